"""Simulated people: the same every time, as their file says, disjoint between splits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emocare.analysis import AnalysisConfig, summarise
from emocare.domain.faces import EXPRESSIONS
from emocare.domain.readings import P_COLUMNS, FrameStatus
from emocare.domain.summary import DIMENSIONS, GateDecision, SourceInfo
from emocare.simulation.effects import AFFECTED_GAP, Cohort, Split, load_effects
from emocare.simulation.latent import draw_course, own_unit
from emocare.simulation.measurement import (
    AROUSAL,
    MAX_YAW_DEG,
    VALENCE,
    load_reading_errors,
)
from emocare.simulation.noise import GRID_HZ, smooth
from emocare.simulation.oracle import KNOT_FACTOR, oracle
from emocare.simulation.person import draw_person
from emocare.simulation.session import simulate


def test_the_same_person_every_time_and_another_in_every_place() -> None:
    first = simulate(Cohort.REALISTIC, Split.TEST, 3)
    again = simulate(Cohort.REALISTIC, Split.TEST, 3)
    assert first.person.theta == again.person.theta
    for name, column in first.readings.columns.items():
        np.testing.assert_array_equal(column, again.readings.columns[name])
    others = [
        simulate(Cohort.REALISTIC, Split.TEST, 4), simulate(Cohort.REALISTIC, Split.TRAIN, 3),
        simulate(Cohort.SEPARABLE, Split.TEST, 3),
    ]  # fmt: skip
    assert len({first.person.theta, *(other.person.theta for other in others)}) == 4


def test_there_are_no_people_beyond_a_split() -> None:
    count = load_effects(Cohort.REALISTIC).people(Split.TEST)
    with pytest.raises(ValueError, match="expected a person in"):
        simulate(Cohort.REALISTIC, Split.TEST, count)


def test_readings_are_a_recording_that_the_product_can_use() -> None:
    made = simulate(Cohort.SEPARABLE, Split.VALIDATION, 0)
    readings = made.readings
    probabilities = np.column_stack([readings[name] for name in P_COLUMNS])[readings.ok]
    assert probabilities.shape[1] == len(EXPRESSIONS)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-9)
    assert np.isnan(readings["au12"][~readings.ok]).all()
    assert set(readings.text("status")) <= {status.value for status in FrameStatus}
    source = SourceInfo("x", None, 100.0, len(readings), len(readings), 0, False, 1280, 720)
    summary = summarise(readings, AnalysisConfig(protocol="guided"), source, [])
    assert summary.gate.decision is not GateDecision.UNRELIABLE
    assert summary.behaviour_index is not None


@pytest.mark.parametrize("cohort", list(Cohort))
def test_people_differ_by_what_the_file_says(cohort: Cohort) -> None:
    """Drawn levels have the stated loads, and the pull of a behaviour the stated difference."""
    effects = load_effects(cohort)
    rng = np.random.default_rng(1)
    people = [draw_person(rng, effects) for _ in range(4000)]
    x = np.array([p.x for p in people])
    level = np.array([p.level for p in people])
    loads = [np.corrcoef(x, level[:, k])[0, 1] for k in range(len(DIMENSIONS))]
    np.testing.assert_allclose(loads, effects.load, atol=0.04)
    affected = np.array([p.theta >= 2.0 for p in people])
    share = math.sqrt(effects.tables["time"]["person_share"])
    for row, name in enumerate(effects.behaviours):
        pull = share * level @ effects.effect[row]
        gap = abs(pull[affected].mean() - pull[~affected].mean())
        wanted = effects.tables["difference"][cohort.value][name]
        assert gap == pytest.approx(wanted, rel=0.12), name
    assert pytest.approx(x[affected].mean() - x[~affected].mean(), abs=0.05) == AFFECTED_GAP


def test_errors_of_reading_are_those_of_the_evaluation() -> None:
    errors = load_reading_errors()
    rng = np.random.default_rng(0)
    true = np.full(20000, 0.3)
    read = errors.unit("au12", true, rng.standard_normal(len(true)))
    row, level = errors.units.index("au12"), 2
    stated = np.clip(0.3 + errors.unit_error[row, level], 0.0, 1.0)
    assert read.mean() == pytest.approx(stated.mean(), abs=0.01)
    np.testing.assert_allclose(
        np.quantile(read, [0.1, 0.5, 0.9]), np.quantile(stated, [0.1, 0.5, 0.9]), atol=0.02
    )
    happy = errors.expressions[EXPRESSIONS.index("happiness")]
    assert (happy.argmax(axis=1) == EXPRESSIONS.index("happiness")).mean() > 0.8


def test_smooth_noise_has_unit_variance_and_the_stated_mean_variance() -> None:
    rng = np.random.default_rng(2)
    seconds, tau = 150.0, 10.0
    series = np.column_stack(
        [smooth(rng, int(seconds * GRID_HZ), tau)[:, 0] for _ in range(500)]
    )
    assert series.var() == pytest.approx(1.0, abs=0.05)
    assert series.mean(axis=0).var() == pytest.approx(KNOT_FACTOR * tau / seconds, rel=0.15)


def test_the_oracle_is_calibrated_and_better_where_effects_are_larger() -> None:
    """Its probabilities are posteriors: they come true as often as they say."""
    right = {}
    for cohort in Cohort:
        effects = load_effects(cohort)
        rng = np.random.default_rng(3)
        people = [draw_person(rng, effects) for _ in range(150)]
        said = np.array([oracle(draw_course(rng, one, effects), effects) for one in people])
        band = np.array([min(3, int(one.theta)) for one in people])
        np.testing.assert_allclose(said.sum(axis=1), 1.0)
        right[cohort] = (said.argmax(axis=1) == band).mean()
        assert abs(said.max(axis=1).mean() - right[cohort]) < 0.15
    assert right[Cohort.SEPARABLE] > right[Cohort.REALISTIC] > 0.4


def test_readings_weigh_expressions_as_the_analysis_does() -> None:
    """Two rooms that may not see each other hold the same numbers of sections 3.4 and 4.1."""
    config = AnalysisConfig()
    assert dict(zip(EXPRESSIONS, VALENCE, strict=True)) == dict(config.valence)
    assert dict(zip(EXPRESSIONS, AROUSAL, strict=True)) == dict(config.arousal)
    assert config.arousal_expression == 0.7
    assert config.max_yaw_deg == MAX_YAW_DEG


def test_own_units_lie_within_their_scales() -> None:
    scale = load_effects(Cohort.REALISTIC).tables["scale"]
    values = own_unit(np.random.default_rng(0).normal(0, 3, (500, 6)), scale)
    assert np.abs(values[:, :2]).max() <= 1.0
    assert values[:, 2:].min() >= 0.0
    assert values[:, 2:].max() <= 100.0
