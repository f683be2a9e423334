"""Readings to summary: what must hold for every recording."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocare.analysis.analysed import analyse
from emocare.analysis.config import HASH_KEY, AnalysisConfig
from emocare.analysis.estimates import affect_series
from emocare.analysis.summarise import QUESTIONNAIRE_REQUIRED, severity_of, summarise
from emocare.analysis.uncertainty import spread
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import (
    COLUMNS,
    INT_COLUMNS,
    TEXT_COLUMNS,
    FrameStatus,
    Readings,
    Segment,
)
from emocare.domain.summary import (
    DIMENSIONS,
    Band,
    EventType,
    GateDecision,
    ModelRef,
    Severity,
    Summary,
)
from emocare.domain.summary_json import summary_from_dict, summary_to_dict
from tests.analysis.made_up import (
    SOURCE,
    MadeUpPerson,
    blunted,
    changed,
    lively,
    stamps,
    with_status,
)

CONFIG = AnalysisConfig()
MODELS = (ModelRef("face", "1.0.0", "a" * 64),)
SECONDS = 150.0
PEOPLE = [lively(SECONDS), blunted(SECONDS)]
PLAIN = MadeUpPerson().readings(stamps(70, 15))
ALWAYS = np.ones(len(PLAIN), bool)


def summary_of(readings: Readings, config: AnalysisConfig = CONFIG) -> Summary:
    return summarise(readings, config, SOURCE, MODELS)


@pytest.fixture(scope="module")
def readings() -> Readings:
    return lively(SECONDS).readings(stamps(SECONDS, 30))


@pytest.fixture(scope="module")
def summary(readings: Readings) -> Summary:
    return summary_of(readings)


def everything_finite(value: object) -> bool:
    if isinstance(value, dict):
        return all(everything_finite(v) for v in value.values())
    if isinstance(value, list | tuple):
        return all(everything_finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


def test_a_lively_person_is_reliable_and_in_the_typical_range(summary: Summary) -> None:
    assert summary.gate.decision is GateDecision.RELIABLE
    index = summary.behaviour_index
    assert index is not None
    assert index.band is Band.NORMAL
    assert index.ci90 is not None
    assert index.ci90[0] <= index.value <= index.ci90[1]
    assert index.windows == 15
    assert summary.severity == Severity(Band.NORMAL, "face_provisional", ())


def test_a_blunted_person_scores_higher_for_the_right_reasons(summary: Summary) -> None:
    other = summary_of(blunted(SECONDS).readings(stamps(SECONDS, 30))).behaviour_index
    assert other is not None
    assert summary.behaviour_index is not None
    assert other.value > summary.behaviour_index.value + 30
    leading = {driver.item for driver in other.drivers[:5]}
    assert {"smile", "expressivity", "head_motion", "gaze_down"} <= leading


def test_known_movements_are_counted() -> None:
    person = lively(SECONDS)
    found = summary_of(person.readings(stamps(SECONDS, 30))).events
    blinks = [e for e in found.list if e.type is EventType.BLINK]
    smiles = [e for e in found.list if e.type is EventType.SMILE]
    assert len(blinks) == len(person.blinks)
    assert len(smiles) == len(person.smiles)
    assert found.blinks_per_min == pytest.approx(len(person.blinks) / SECONDS * 60, rel=0.02)
    for event, (onset, offset) in zip(smiles, person.smiles, strict=True):
        assert (event.onset_s, event.offset_s) == pytest.approx((onset, offset), abs=0.05)
    aside = sorted([*person.aside, *person.down])
    looks = [e for e in found.list if e.type is EventType.LOOK_AWAY]
    for onset, offset in aside:
        assert any(e.onset_s <= onset + 0.2 and e.offset_s >= offset - 0.2 for e in looks)


def test_all_named_parts_are_there(summary: Summary) -> None:
    assert tuple(summary.dimensions) == DIMENSIONS
    assert set(summary.action_units) == {name.upper() for name in ACTION_UNITS}
    assert summary.action_units["AU05"] is None
    assert summary.action_units["AU12"] is not None
    assert summary.expressions_mean is not None
    assert sum(summary.expressions_mean.values()) == pytest.approx(1.0)
    assert summary.expressions_dominant == "neutral"
    assert summary.models == MODELS
    assert summary.config[HASH_KEY] == CONFIG.hash
    assert AnalysisConfig.from_dict(summary.config) == CONFIG
    assert summary.baseline.flags == ("baseline=estimated",)


def test_dimensions_lie_on_their_scales_with_their_intervals(summary: Summary) -> None:
    for name, estimate in summary.dimensions.items():
        assert estimate is not None, name
        low, high = (-1, 1) if name in ("valence", "arousal") else (0, 100)
        assert estimate.low is not None
        assert estimate.high is not None
        assert low <= estimate.low <= estimate.value <= estimate.high <= high
    assert dict(summary.dimension_reasons) == {}


def test_a_dimensions_interval_is_that_of_its_windows_without_tau(
    readings: Readings, summary: Summary
) -> None:
    found = analyse(readings, CONFIG, None)
    half = spread(affect_series("valence", found, CONFIG), found.adjacent, CONFIG).half_width
    estimate = summary.dimensions["valence"]
    assert half is not None
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx(
        (estimate.value - half, estimate.value + half)
    )


def test_the_mean_expressions_are_plain_means_of_the_measured_rows(
    readings: Readings, summary: Summary
) -> None:
    assert summary.expressions_mean is not None
    assert summary.expressions_mean["happiness"] == pytest.approx(
        readings["p_happiness"].mean(), rel=1e-3
    )


def test_it_is_pure(readings: Readings, summary: Summary) -> None:
    before = {name: np.array(readings.columns[name]) for name in COLUMNS}
    assert summary_of(readings) == summary
    for name in COLUMNS:
        same = np.array_equal(
            before[name], readings.columns[name], equal_nan=name not in TEXT_COLUMNS
        )
        assert same, name


def test_recomputed_from_a_parquet_table_it_is_equal(readings: Readings, summary: Summary) -> None:
    table = pa.table({
        name: pa.array(list(readings.columns[name]) if name in TEXT_COLUMNS
                       else readings.columns[name], from_pandas=True)
        for name in COLUMNS
    })  # fmt: skip
    file = io.BytesIO()
    pq.write_table(table, file)
    read = pq.read_table(io.BytesIO(file.getvalue()))
    columns = {}
    for name in COLUMNS:
        kind = object if name in TEXT_COLUMNS else np.int64 if name in INT_COLUMNS else np.float64
        values = read[name].to_pylist()
        columns[name] = np.array([np.nan if v is None else v for v in values], dtype=kind)
    assert summary_of(Readings(columns)) == summary


def test_recomputed_from_its_own_json_config_it_is_equal(
    readings: Readings, summary: Summary
) -> None:
    stored = summary_from_dict(json.loads(json.dumps(summary_to_dict(summary), allow_nan=False)))
    assert stored == summary
    config = AnalysisConfig.from_dict(stored.config)
    assert summarise(readings, config, stored.source, stored.models) == summary


def value_and_interval(summary: Summary) -> tuple[float, float]:
    index = summary.behaviour_index
    assert index is not None
    assert index.ci90 is not None
    return index.value, index.ci90[1] - index.value


@pytest.mark.parametrize("person", PEOPLE, ids=["lively", "blunted"])
def test_lost_frames_hardly_move_the_index(person: MadeUpPerson) -> None:
    whole = person.readings(stamps(SECONDS, 30))
    value, half = value_and_interval(summary_of(whole))
    for share, seed in ((0.1, 0), (0.2, 1), (0.2, 2)):
        keep = np.random.default_rng(seed).random(len(whole)) > share
        lost, _ = value_and_interval(summary_of(whole.rows(keep)))
        assert abs(lost - value) < half / 4


@pytest.mark.parametrize("person", PEOPLE, ids=["lively", "blunted"])
def test_another_frame_rate_or_jittered_stamps_hardly_move_the_index(person: MadeUpPerson) -> None:
    value, half = value_and_interval(summary_of(person.readings(stamps(SECONDS, 30))))
    jitter = np.random.default_rng(5).uniform(-0.012, 0.012, int(SECONDS * 30))
    for t in (stamps(SECONDS, 15), stamps(SECONDS, 24), stamps(SECONDS, 30) + 0.012 + jitter):
        other, _ = value_and_interval(summary_of(person.readings(t)))
        assert abs(other - value) < half / 4


def test_a_later_start_of_the_clock_changes_nothing(readings: Readings, summary: Summary) -> None:
    later = summary_of(changed(readings, t_s=readings["t_s"] + 64.0))
    assert later.behaviour_index is not None
    assert summary.behaviour_index is not None
    assert later.behaviour_index.value == pytest.approx(summary.behaviour_index.value, abs=0.11)
    assert len(later.events.list) == len(summary.events.list)


def test_columns_that_do_not_matter_do_not_matter(readings: Readings, summary: Summary) -> None:
    order = np.random.default_rng(0).permutation(len(readings))
    shuffled = changed(
        readings,
        **{name: readings[name][order] for name in ("valence", "arousal", "sharpness", "brightness",
                                                    "clip_fraction", "n_faces", "face_y1_px")},
    )  # fmt: skip
    assert summary_of(shuffled) == summary


def test_an_unreliable_face_says_nothing_but_keeps_its_measurements(readings: Readings) -> None:
    gone = with_status(readings, readings["t_s"] > 40, FrameStatus.NO_FACE)
    found = summary_of(gone)
    assert found.gate.decision is GateDecision.UNRELIABLE
    assert found.behaviour_index is None
    assert "face was seen" in (found.index_reason or "")
    assert set(found.dimensions.values()) == {None}
    assert set(found.dimension_reasons) == set(DIMENSIONS)
    assert found.severity.band is None
    assert found.features["f1"].value is not None
    assert found.events.list


def test_a_limited_face_still_has_an_index(readings: Readings) -> None:
    narrow = changed(readings, face_x2_px=readings["face_x1_px"] + 80.0)
    found = summary_of(narrow)
    assert found.gate.decision is GateDecision.LIMITED
    assert found.behaviour_index is not None
    assert found.severity.source == "face_provisional"


def test_forty_seconds_have_an_index_without_interval_and_no_headline() -> None:
    found = summary_of(lively(40).readings(stamps(40, 30)))
    assert found.gate.decision is GateDecision.LIMITED
    assert found.behaviour_index is not None
    assert (found.behaviour_index.ci90, found.behaviour_index.band) == (None, Band.INDETERMINATE)
    assert found.severity == Severity(None, "none", (QUESTIONNAIRE_REQUIRED,))
    for estimate in found.dimensions.values():
        assert estimate is None or (estimate.low is None and estimate.high is None)


def test_severity_without_an_index() -> None:
    expected = Severity(None, "none", (QUESTIONNAIRE_REQUIRED,))
    assert severity_of(GateDecision.RELIABLE, None) == expected


@pytest.mark.parametrize(
    "readings",
    [
        Readings.from_frames([]),
        MadeUpPerson().readings(np.array([0.5])),
        MadeUpPerson().readings(np.array([0.5, 0.6])),
        with_status(PLAIN, ALWAYS, FrameStatus.NO_FACE),
        with_status(PLAIN, ALWAYS, FrameStatus.TURNED_AWAY),
        with_status(PLAIN, ALWAYS, FrameStatus.CAMERA_OFF),
        MadeUpPerson().readings(stamps(70, 15), Segment.BASELINE),
        MadeUpPerson().readings(stamps(200, 1)),
        MadeUpPerson(unit_motion=0.0, noise=0.0, head_deg=0.0).readings(stamps(70, 15)),
        changed(PLAIN, eye_openness_left=0.0, eye_openness_right=0.0),
        changed(PLAIN, gaze_down=np.nan, mouth_occluded=np.nan,
                eyes_occluded=np.nan),
        changed(PLAIN, **dict.fromkeys(ACTION_UNITS, np.nan)),
        changed(PLAIN, mouth_occluded=1.0, eyes_occluded=1.0),
    ],
    ids=["empty", "one row", "two rows", "no face", "turned away", "camera off", "only baseline",
         "one a second", "frozen", "no eyes", "unknown regions", "no units", "all covered"],
)  # fmt: skip
def test_strange_recordings_give_a_summary_without_nan(readings: Readings) -> None:
    found = summary_of(readings)
    document = summary_to_dict(found)
    assert everything_finite(document)
    assert summary_from_dict(json.loads(json.dumps(document, allow_nan=False))) == found
    for name, estimate in found.dimensions.items():
        assert estimate is not None or found.dimension_reasons[name]
    assert found.behaviour_index is not None or found.index_reason
    assert found.events.blinks_per_min is not None or found.events.blinks_reason


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(0, 200),
    st.lists(st.sampled_from([s for s in FrameStatus if s is not FrameStatus.OK]), max_size=3),
)  # fmt: skip
def test_any_mixture_of_statuses_and_stamps_gives_a_summary(
    seed: int, rows: int, statuses: list[FrameStatus]
) -> None:
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.exponential(rng.choice([0.03, 0.2, 2.0]), rows) + 1e-4)
    readings = lively(60, seed).readings(t)
    for status in statuses:
        readings = with_status(readings, rng.random(rows) < 0.4, status)
    segments = rng.choice([s.value for s in Segment], size=max(1, rows // 40)).repeat(40)
    padded = np.resize(segments, rows).astype(object)
    found = summary_of(changed(readings, segment=padded))
    assert everything_finite(summary_to_dict(found))


def test_a_baseline_counts_as_valid_time_but_not_as_windows() -> None:
    person = lively(100)
    readings = Readings.concatenate([
        person.readings(stamps(30, 15), Segment.BASELINE),
        person.readings(30 + stamps(70, 15), Segment.NEUTRAL_TALK),
    ])  # fmt: skip
    found = summary_of(readings, replace(CONFIG, protocol="guided"))
    assert found.gate.metrics.valid_s == pytest.approx(100.0)
    assert found.behaviour_index is not None
    assert found.behaviour_index.windows == 7
    assert found.baseline.method == "segment"


def test_turned_away_time_is_reported_and_not_scored(readings: Readings, summary: Summary) -> None:
    aside = readings["t_s"] % 10 < 2
    turned = summary_of(with_status(readings, aside, FrameStatus.TURNED_AWAY))
    assert turned.turned_away_fraction == pytest.approx(0.2, abs=0.01)
    assert summary.turned_away_fraction == 0.0
    assert turned.gate.excluded["TURNED_AWAY"] == pytest.approx(30.0, abs=0.1)
