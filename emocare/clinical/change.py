"""Change between two totals of one instrument, and the total to compare with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from emocare.clinical.instruments.instrument import Instrument
from emocare.clinical.instruments.loading import load_instrument
from emocare.domain.errors import InputError
from emocare.domain.records import Response

IMPROVEMENT_MCID = "IMPROVEMENT_MCID"
WORSENING_MCID = "WORSENING_MCID"
RESPONSE_50 = "RESPONSE_50"
REMISSION = "REMISSION"
OVERLAP = timedelta(days=7)
"""Repeats closer than this are shown with "recall periods overlap"."""


RELIABLE_IMPROVEMENT = "RELIABLE_IMPROVEMENT"
RELIABLE_WORSENING = "RELIABLE_WORSENING"
CHANGE_UNCERTAIN = "change uncertain"
"""Appended when either total is prorated."""

RELIABLE_FROM = 1.96
"""A change index beyond this is larger than the error of measurement at 95 %."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A site's own norm of an instrument.

    Attributes:
        sd: Standard deviation of the totals in the site's reference group, points.
        reliability: Test-retest or internal reliability r, 0 up to but not 1.
    """

    sd: float
    reliability: float


def reliable_change(previous: int, total: int, norm: Norm) -> float:
    """(x2 - x1) / (SD x sqrt(2) x sqrt(1 - r)) (clinical specification 1.6)."""
    return (total - previous) / (norm.sd * math.sqrt(2) * math.sqrt(1 - norm.reliability))


def read_norms(text: str) -> Mapping[str, Norm]:
    """Norms as a setting writes them: "PHQ-9 6.1 0.89; GAD-7 5.2 0.92", SD and reliability.

    Raises:
        InputError: An instrument is unknown, or a number is missing or impossible.
    """
    norms: dict[str, Norm] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, *numbers = entry.split()
        form = load_instrument(name)
        try:
            sd, reliability = map(float, numbers)
        except ValueError:
            sd = reliability = math.nan
        if not (0 < sd < math.inf and 0 <= reliability < 1):
            raise InputError(
                f"Setting norms: expected instrument, SD above 0 and reliability from 0 to below "
                f"1, as in 'PHQ-9 6.1 0.89', got {entry!r}."
            )
        if form.scales:
            raise InputError(f"Setting norms: {form.name} has scales and no total of its own.")
        norms[form.name] = Norm(sd, reliability)
    return norms


@dataclass(frozen=True, slots=True)
class PreviousTotal:
    """The total a new form is compared with."""

    total: int
    prorated: bool
    answered_at: datetime


def change(
    instrument: Instrument, total: int, prorated: bool, previous: int, previous_prorated: bool,
    norm: Norm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The change from ``previous`` to ``total`` as {"delta": points, "flags": [...]}.

    A change counts from the instrument's threshold on. Response is at least half of a previous
    total of 10 or more; remission is a total under 5 that was not under 5 before (clinical
    specification 1.6). With a norm of the site "rci" is the reliable change index as well, and a
    flag says when it is reliable. Flags stand in the order of the constants above.

    Args:
        total: The new total, possibly prorated.
        previous: The earlier total of the same instrument.
    """
    delta = total - previous
    worse = -delta if instrument.higher_is_better else delta
    flags: list[str] = []
    rule = instrument.change
    if rule is not None:
        if -worse >= rule.threshold:
            flags.append(IMPROVEMENT_MCID)
        if worse >= rule.threshold:
            flags.append(WORSENING_MCID)
        if rule.response_from is not None and previous >= rule.response_from and (
            2 * total <= previous
        ):
            flags.append(RESPONSE_50)
        if rule.remission_below is not None and total < rule.remission_below <= previous:
            flags.append(REMISSION)
    index = None if norm is None else reliable_change(previous, total, norm)
    if index is not None and abs(index) > RELIABLE_FROM:
        flags.append(RELIABLE_WORSENING if worse > 0 else RELIABLE_IMPROVEMENT)
    if prorated or previous_prorated:
        flags.append(CHANGE_UNCERTAIN)
    told: dict[str, Any] = {"delta": delta, "flags": flags}
    if index is not None:
        told["rci"] = round(index, 2)
    return told


def previous_total(
    responses: Sequence[Response], instrument: str, before: datetime
) -> PreviousTotal | None:
    """The last scorable total of ``instrument`` answered before ``before``, None without one."""
    earlier = [
        r for r in responses
        if r.instrument == instrument and r.answered_at < before and r.result.total is not None
    ]  # fmt: skip
    if not earlier:
        return None
    last = max(earlier, key=lambda r: r.answered_at)
    assert last.result.total is not None
    return PreviousTotal(last.result.total, last.result.prorated, last.answered_at)


def recall_overlaps(earlier: datetime, later: datetime) -> bool:
    """Whether two forms lie under seven days apart, so that their recall periods overlap."""
    return abs(later - earlier) < OVERLAP
