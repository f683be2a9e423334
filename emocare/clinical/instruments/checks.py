"""What must hold between the parts of an instrument before anything is scored with it."""

from __future__ import annotations

from emocare.clinical.instruments.instrument import BandStep, Instrument
from emocare.domain.summary import BANDS


class Fault(Exception):
    """What is wrong with an instrument, before the name of its file is known."""


def check(instrument: Instrument) -> None:
    """Refuses an instrument that some possible form could not be scored with.

    Raises:
        Fault: Says what does not fit.
    """
    values = instrument.values
    if values != tuple(range(values[0], values[-1] + 1)):
        raise Fault(f"options: expected values without a gap, got {list(values)}")
    if not 0 <= instrument.missing_allowed < len(instrument.items):
        raise Fault(
            f"scoring missing_allowed: expected 0 to {len(instrument.items) - 1}, "
            f"got {instrument.missing_allowed}"
        )
    if instrument.multiplier < 1:
        raise Fault(f"scoring multiplier: expected at least 1, got {instrument.multiplier}")
    _check_bands(instrument.bands, instrument.lowest, instrument.highest)
    _check_items(instrument)
    _check_scales(instrument)
    for way in instrument.leads_to:
        if not way.items or len(way.items) != len(way.onto):
            raise Fault("leads_to: expected as many items as onto, at least one")
    screen = instrument.screen
    if screen is not None and (screen.positive_from is None) == (screen.positive_up_to is None):
        raise Fault("screen: expected either positive_from or positive_up_to")
    if instrument.change is not None and instrument.change.threshold < 1:
        raise Fault(f"change threshold: expected at least 1, got {instrument.change.threshold}")


def _check_bands(bands: tuple[BandStep, ...], lowest: int, highest: int) -> None:
    """Every possible total has exactly one band, and severity never falls as totals rise."""
    expected, worst = lowest, 0
    for step in bands:
        if step.low != expected or step.high < step.low:
            raise Fault(f"bands: expected a step from {expected}, got {step.low} to {step.high}")
        expected = step.high + 1
        if step.band is not None:
            if BANDS.index(step.band) < worst:
                raise Fault(f"bands: {step.band} at {step.low} is milder than the step before")
            worst = BANDS.index(step.band)
    if bands and expected != highest + 1:
        raise Fault(f"bands: expected to end at {highest}, got {expected - 1}")
    if len({step.band is None for step in bands}) > 1:
        raise Fault("bands: either every step has a band or none")


def _check_scales(instrument: Instrument) -> None:
    """Each item counts in exactly one scale, and nothing speaks of a total of the whole form."""
    if not instrument.scales:
        return
    every = sorted(item for scale in instrument.scales for item in scale.items)
    if every != list(range(1, len(instrument.items) + 1)):
        raise Fault("scales: expected every item in exactly one scale")
    if len({scale.name for scale in instrument.scales}) != len(instrument.scales):
        raise Fault("scales: two have the same name")
    for scale in instrument.scales:
        if instrument.missing_allowed >= len(scale.items):
            raise Fault(f"scales: {scale.name} could be scored without an answer")
        _check_bands(scale.bands, *instrument.range_of(len(scale.items)))
    if instrument.bands or instrument.screen or instrument.change or instrument.algorithm or (
        instrument.urgent_from is not None
    ):
        raise Fault("scales: a form with scales has no bands, screen, change or urgent total")


def _check_items(instrument: Instrument) -> None:
    """Every item number exists, and every answer to the safety item has been thought of."""
    named: list[int] = []
    if instrument.safety is not None:
        safety = instrument.safety
        named.append(safety.item)
        known = sorted((*safety.elevated, *safety.high))
        if known != [value for value in instrument.values if value > instrument.values[0]]:
            raise Fault("safety: elevated and high must hold every answer above the lowest, once")
        if 1 <= safety.item <= len(instrument.items) and (
            instrument.items[safety.item - 1].reverse
        ):
            raise Fault("safety: its item cannot be reversed")
    if instrument.algorithm is not None:
        named += [*instrument.algorithm.cardinal, *instrument.algorithm.counted_from_1]
        if instrument.algorithm.other_from > instrument.algorithm.major_from:
            raise Fault("algorithm: other_from is above major_from")
    if instrument.screen is not None:
        named += [item for items in instrument.screen.subscales.values() for item in items]
    named += [item for way in instrument.leads_to for item in way.items]
    for number in named:
        if not 1 <= number <= len(instrument.items):
            raise Fault(f"item {number} does not exist; there are {len(instrument.items)}")
    if instrument.difficulty is not None:
        answers = [option.value for option in instrument.difficulty.options]
        if instrument.difficulty.impaired_from not in answers:
            raise Fault(f"difficulty impaired_from: expected one of {answers}")
