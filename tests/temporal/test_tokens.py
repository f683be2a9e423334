"""Seconds as vectors: the same however rows come, nothing invented where nothing was seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocare.domain.readings import Readings
from emocare.simulation.effects import Cohort, Split
from emocare.simulation.session import simulate
from emocare.temporal.tokens import (
    FEATURES,
    LONGEST_GAP_S,
    MEASURED,
    Tokens,
    TokenStream,
    tokenise,
)


@pytest.fixture(scope="module")
def readings() -> Readings:
    return simulate(Cohort.REALISTIC, Split.TRAIN, 1).readings


def between(readings: Readings, start_s: float, end_s: float) -> Readings:
    t_s = readings["t_s"]
    return readings.rows((t_s >= start_s) & (t_s < end_s))


def column(tokens: Tokens, name: str) -> np.ndarray:
    return tokens.values[:, FEATURES.index(name)]


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(1, 1500), max_size=12))
def test_pushes_of_any_size_give_the_same_digits(readings: Readings, cuts: list[int]) -> None:
    some = between(readings, 0.0, 40.0)
    whole = tokenise(some)
    stream, parts, row = TokenStream(), [], np.arange(len(some))
    edges = sorted({0, len(some), *(c % len(some) for c in cuts)})
    for start, end in itertools.pairwise(edges):
        parts.append(stream.push(some.rows((row >= start) & (row < end))))
    parts.append(stream.finish())
    np.testing.assert_array_equal(np.concatenate([p.t_s for p in parts]), whole.t_s)
    np.testing.assert_array_equal(np.concatenate([p.values for p in parts]), whole.values)


def test_one_vector_a_second_with_the_mean_of_its_rows(readings: Readings) -> None:
    tokens = tokenise(readings)
    assert (np.diff(tokens.t_s) == 1.0).all()
    second = between(readings, 7.0, 8.0)
    assert tokens.t_s[7] == 8.0
    ok = second.ok
    assert column(tokens, "au12_mean")[7] == pytest.approx(second["au12"][ok].mean(), abs=1e-6)
    assert column(tokens, "measured")[7] == pytest.approx(ok.mean())
    eye = (second["eye_openness_left"] + second["eye_openness_right"]) / 2
    assert column(tokens, "eye_least")[7] == pytest.approx(np.nanmin(eye), abs=1e-6)
    assert np.isfinite(tokens.values).all()


def test_a_gap_is_empty_seconds_and_a_long_one_no_longer_than_half_a_minute(
    readings: Readings,
) -> None:
    t_s = readings["t_s"]
    short = tokenise(readings.rows((t_s < 10) | (t_s >= 14)))
    assert not short.measured[10:14].any()
    assert short.t_s[10:15].tolist() == [11.0, 12.0, 13.0, 14.0, 15.0]
    late = dict(readings.columns)
    late["t_s"] = np.where(t_s >= 10, t_s + 500.0, t_s)
    long = tokenise(Readings(late))
    assert len(long) == len(tokenise(readings)) + LONGEST_GAP_S


def test_a_person_without_a_face_gives_no_measured_second(readings: Readings) -> None:
    columns = {name: values.copy() for name, values in readings.columns.items()}
    columns["status"][:] = "NO_FACE"
    for name in columns:
        if name.startswith(("p_", "au", "yaw", "pitch", "roll", "eye_open", "gaze", "mouth_op")):
            columns[name][:] = np.nan
    tokens = tokenise(Readings(columns))
    assert not tokens.measured.any()
    assert np.isfinite(tokens.values).all()
    assert column(tokens, "au12_mean").tolist() == [0.0] * len(tokens)


def test_the_own_mean_looks_back_only(readings: Readings) -> None:
    """What comes later changes no earlier second."""
    early = tokenise(between(readings, 0.0, 30.0))
    all_of_it = tokenise(readings)
    np.testing.assert_array_equal(all_of_it.values[:30], early.values)
    assert early.values[:, MEASURED].max() > 0


def test_nothing_gives_nothing(readings: Readings) -> None:
    assert len(tokenise(between(readings, 5000.0, 6000.0))) == 0
