"""The resting face (section 3.3)."""

import numpy as np
import pytest

from emocare.analysis.baseline import (
    ESTIMATED,
    NOT_NEUTRAL,
    TOO_SHORT,
    Baseline,
    RawSignals,
    corrected,
    take_baseline,
)
from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS

CONFIG = AnalysisConfig()
N = 900


def raw(**units: object) -> RawSignals:
    table = np.full((N, len(ACTION_UNITS)), 0.1)
    for name, values in units.items():
        table[:, ACTION_UNITS.index(name)] = values
    expressions = np.full((N, len(EXPRESSIONS)), 0.1)
    return RawSignals(table, expressions, np.full(N, 0.3), np.full(N, -4.0))


def taken(signals: RawSignals, neutral_rows: int) -> Baseline:
    return take_baseline(
        signals, np.full(N, 1 / 30), np.ones(N, bool), np.arange(N) < neutral_rows, CONFIG
    )


def test_the_neutral_segments_median_is_the_resting_face() -> None:
    sag = np.where(np.arange(N) < 300, 0.25, 0.9)
    found = taken(raw(au15=sag), 300)
    assert found.units[ACTION_UNITS.index("au15")] == pytest.approx(0.25)
    assert found.info.method == "segment"
    assert found.info.flags == ()
    assert found.pitch_deg == -4.0


def test_without_a_segment_a_low_percentile_stands_in_and_says_so() -> None:
    values = np.linspace(0, 1, N)
    found = taken(raw(au12=values), 0)
    assert found.units[ACTION_UNITS.index("au12")] == pytest.approx(0.1, abs=0.01)
    assert found.info.method == "estimated"
    assert found.info.flags == (ESTIMATED,)


def test_the_usual_pitch_is_the_median_and_not_the_lowest() -> None:
    signals = raw()
    signals.pitch_deg[:180] = -40.0
    assert taken(signals, 0).pitch_deg == -4.0


def test_a_neutral_segment_of_two_seconds_is_too_short() -> None:
    assert taken(raw(), 60).info.flags == (ESTIMATED, TOO_SHORT)


def test_the_resting_face_is_capped_at_one_half() -> None:
    found = taken(raw(au07=0.9), 300)
    assert found.units[ACTION_UNITS.index("au07")] == 0.5
    assert found.info.flags == ()


@pytest.mark.parametrize("name", ["au12", "au26"])
def test_a_smile_or_open_jaw_at_rest_is_flagged(name: str) -> None:
    assert NOT_NEUTRAL in taken(raw(**{name: 0.7}), 300).info.flags


@pytest.mark.parametrize(
    ("name", "flagged"),
    [("happiness", True), ("anger", True), ("surprise", True), ("sadness", False)],
)
def test_only_telltale_expressions_are_flagged(name: str, flagged: bool) -> None:
    signals = raw()
    signals.expressions[:, EXPRESSIONS.index(name)] = 0.8
    assert (NOT_NEUTRAL in taken(signals, 300).info.flags) is flagged


def test_neutral_itself_is_never_corrected() -> None:
    signals = raw()
    signals.expressions[:, EXPRESSIONS.index("neutral")] = 0.8
    assert taken(signals, 300).expressions[EXPRESSIONS.index("neutral")] == 0.0


def test_units_that_are_not_measured_stay_so() -> None:
    found = taken(raw(au05=np.nan), 300)
    assert np.isnan(found.units[ACTION_UNITS.index("au05")])


def test_correction_takes_shape_away_and_not_movement() -> None:
    values = np.array([[0.1], [0.2], [0.6], [1.0]])
    found = corrected(values, np.array([0.2]))[:, 0]
    assert found == pytest.approx([0.0, 0.0, 0.5, 1.0])


def test_nothing_measured() -> None:
    none = np.zeros(0)
    nothing = RawSignals(np.zeros((0, 17)), np.zeros((0, 8)), none, none)
    found = take_baseline(nothing, none, none.astype(bool), none.astype(bool), CONFIG)
    assert np.isnan(found.open_eye)
    assert found.pitch_deg == 0.0
