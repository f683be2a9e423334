"""Summaries go to JSON and back without loss, in the documented shape."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from emocare.domain.errors import InputError
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.quality import QualityMeasure
from emocare.domain.severity import AttendedMoment, SeverityEstimate, SeverityModel
from emocare.domain.summary import (
    DIMENSIONS,
    NO_SEQUENCE_NETWORK,
    ActionUnitSummary,
    Band,
    BaselineInfo,
    BehaviourIndex,
    Driver,
    Estimate,
    Event,
    Events,
    EventType,
    Feature,
    Gate,
    GateDecision,
    GateMetrics,
    GateReason,
    ModelRef,
    PersonChange,
    Severity,
    SourceInfo,
    Summary,
)
from emocare.domain.summary_json import summary_from_dict, summary_to_dict

SUMMARY = Summary(
    source=SourceInfo("visit.mp4", "b" * 64, 91.2, 2736, 2736, 0, False, 640, 360, 812.5),
    models=(ModelRef("face", "1.0.0", "a" * 64),),
    config={"protocol": "free", "band_edges": [25.0, 45.0, 65.0], "config_hash": "c" * 64},
    gate=Gate(
        GateDecision.LIMITED,
        (GateReason("face_width_px", 80.0, 96.0, "Move closer: face 80 px, need 96.",
                    GateDecision.LIMITED),),
        GateMetrics(90.0, 0.99, 0.98, 80.0, 30.0, 0.0), {"TURNED_AWAY": 1.2},
    ),
    expressions_mean={"neutral": 0.8, "happiness": 0.2}, expressions_dominant="neutral",
    action_units={n.upper(): None for n in ACTION_UNITS}
    | {"AU12": ActionUnitSummary(0.2, 0.6, 0.15)},
    dimensions=dict.fromkeys(DIMENSIONS) | {"valence": Estimate(-0.1, -0.2, 0.0),
                                            "anhedonia": Estimate(31.0, None, None)},
    dimension_reasons={"fatigue": "Needs 15 frames a second."},
    features={"f1": Feature(0.15, 0.1, 0.03), "f9": Feature(None, None, None, "not measured")},
    behaviour_index=BehaviourIndex(
        31.4, (22.0, 40.8), Band.MILD, (0.2, 0.7, 0.1, 0.0),
        (Driver("smile", 0.22, 12.0, 0.5, 0.1, 0.15, 0.1, "A"),
         Driver("au14", 0.05, None, None, None, 0.08, 0.08, "B", "not measured")),
        9, 6.5, "provisional-v0",
    ),
    index_reason=None, severity=Severity(Band.MILD, "face_provisional", ()),
    events=Events(17.5, (Event(EventType.BLINK, 1.0, 1.05, 1.1),), "Low confidence"),
    baseline=BaselineInfo("estimated", ("baseline=estimated",)), turned_away_fraction=0.02,
    quality=(
        QualityMeasure("Sharpness", 31.0, "", 39.0, 40.0, None, False, 0.21, 0.7, "Steady it."),
        QualityMeasure("DynamicRange", None, "", None, reason="Not measured."),
    ),
    person_changes=(PersonChange(72.0, 91.2, 12.0, False), PersonChange(3.0, 5.0, None, True)),
)  # fmt: skip
BARE = replace(
    SUMMARY, gate=Gate(GateDecision.UNRELIABLE, (), GateMetrics(0.0, 0.0, None, None, 0.0, 0.0)),
    expressions_mean=None, expressions_dominant=None, dimensions=dict.fromkeys(DIMENSIONS),
    behaviour_index=None, index_reason="The face could not be measured reliably.",
    severity=Severity(None, "none", ("QUESTIONNAIRE_REQUIRED",)), events=Events(None, ()),
    turned_away_fraction=None, quality=(), person_changes=(),
    source=SourceInfo("camera", None, 3.0, 90, 80, 10, True, note="broke off"),
)  # fmt: skip


WITH_MODEL = replace(
    SUMMARY,
    models=(*SUMMARY.models, ModelRef("affect", "1.0.0", "d" * 64),
            ModelRef("severity", "1.1.0", "e" * 64)),
    dimensions_model=dict.fromkeys(DIMENSIONS) | {"valence": Estimate(-0.2, -0.4, 0.1)},
    severity_model=SeverityModel(
        SeverityEstimate((0.1, 0.25, 0.6, 0.05)),
        "Trained on simulated people, not on patients.",
        (AttendedMoment(12.0, 17.0, 0.4), AttendedMoment(2.0, 4.0, 0.1)), ("affect", "severity"),
    ),
    model_reason=None,
)  # fmt: skip


@pytest.mark.parametrize(
    "summary", [SUMMARY, BARE, WITH_MODEL], ids=["full", "bare", "with sequence networks"]
)
def test_round_trip_through_text(summary: Summary) -> None:
    text = json.dumps(summary_to_dict(summary), allow_nan=False)
    assert summary_from_dict(json.loads(text)) == summary


def test_the_documented_names() -> None:
    document = summary_to_dict(SUMMARY)
    assert document["schema"] == 1
    assert {"path", "sha256", "duration_s", "frames_decoded", "frames_read", "frames_dropped",
            "variable_frame_rate"} <= set(document["source"])  # fmt: skip
    assert set(document["models"][0]) == {"id", "version", "sha256"}
    assert document["gate"]["decision"] == "limited"
    assert {"metric", "value", "needed", "advice"} <= set(document["gate"]["reasons"][0])
    assert set(document["gate"]["metrics"]) == {
        "valid_s", "face_fraction", "valid_fraction", "face_width_px", "fps",
        "second_face_fraction",
    }  # fmt: skip
    assert document["expressions"] == {
        "mean": {"neutral": 0.8, "happiness": 0.2}, "dominant": "neutral",
    }  # fmt: skip
    assert document["action_units"]["AU12"] == {"mean": 0.2, "p90": 0.6, "active_fraction": 0.15}
    assert document["dimensions"]["valence"] == {"value": -0.1, "low": -0.2, "high": 0.0}
    assert document["dimensions_model"] is None
    index = document["behaviour_index"]
    assert (index["value"], index["ci90"], index["band"]) == (31.4, [22.0, 40.8], "mild")
    assert {"item", "contribution", "value", "reference_mean", "reference_sd", "grade"} <= set(
        index["drivers"][0]
    )
    assert document["severity"] == {"band": "mild", "source": "face_provisional", "flags": [],
                                    "reason": None}  # fmt: skip
    assert document["events"]["blinks_per_min"] == 17.5
    assert document["events"]["list"] == [
        {"type": "blink", "onset_s": 1.0, "apex_s": 1.05, "offset_s": 1.1}
    ]


def test_the_sequence_networks_by_name() -> None:
    document = summary_to_dict(WITH_MODEL)
    assert document["dimensions_model"]["valence"] == {"value": -0.2, "low": -0.4, "high": 0.1}
    assert document["dimensions_model"]["arousal"] is None
    assert document["dimensions_model_reason"] is None
    assert document["severity_model"] == {
        "probabilities": {"normal": 0.1, "mild": 0.25, "moderate": 0.6, "severe": 0.05},
        "band": "moderate", "probability": 0.6,
        "origin": "Trained on simulated people, not on patients.",
        "moments": [{"start_s": 12.0, "end_s": 17.0, "share": 0.4},
                    {"start_s": 2.0, "end_s": 4.0, "share": 0.1}],
        "models": ["affect", "severity"],
    }  # fmt: skip


def test_the_networks_of_pictures_and_of_sequences_are_told_apart() -> None:
    assert WITH_MODEL.face_models == SUMMARY.models == SUMMARY.face_models
    assert [model.id for model in WITH_MODEL.sequence_models] == ["affect", "severity"]
    assert SUMMARY.sequence_models == ()


def test_a_summary_stored_before_there_were_sequence_networks_still_loads() -> None:
    old = summary_to_dict(SUMMARY)
    for name in ("dimensions_model", "dimensions_model_reason", "severity_model"):
        del old[name]
    assert summary_from_dict(old) == SUMMARY
    assert SUMMARY.model_reason == NO_SEQUENCE_NETWORK


@pytest.mark.parametrize(
    "probabilities", [(0.5, 0.5, 0.5, 0.0), (0.5, 0.5)], ids=["sum", "number"]
)
def test_probabilities_that_cannot_be_are_refused(probabilities: tuple[float, ...]) -> None:
    document = summary_to_dict(WITH_MODEL)
    names = ("normal", "mild", "moderate", "severe")
    document["severity_model"]["probabilities"] = dict(zip(names, probabilities, strict=False))
    with pytest.raises(InputError, match="malformed"):
        summary_from_dict(document)


def test_quality_and_person_changes_by_name() -> None:
    document = summary_to_dict(SUMMARY)
    assert document["quality"]["Sharpness"] == {
        "value": 31.0, "unit": "", "score": 39.0, "least": 40.0, "most": None, "passed": False,
        "passed_share": 0.21, "needed_share": 0.7, "advice": "Steady it.", "reason": None,
    }  # fmt: skip
    assert document["quality"]["DynamicRange"]["reason"]
    assert document["quality_reason"] is None
    assert document["person_changes"][0] == {
        "t_s": 72.0, "end_s": 91.2, "away_s": 12.0, "usable": False,
    }  # fmt: skip


def test_a_summary_stored_before_there_were_measures_still_loads() -> None:
    old = summary_to_dict(BARE)
    assert old["quality"] is None
    assert old["quality_reason"]
    for name in ("quality", "quality_reason", "person_changes"):
        del old[name]
    assert summary_from_dict(old) == BARE


def test_null_has_a_reason_beside_it() -> None:
    document = summary_to_dict(BARE)
    assert document["behaviour_index"] is None
    assert document["behaviour_index_reason"]
    assert document["expressions"]["mean"] is None
    assert document["expressions"]["reason"]
    assert document["dimensions_model_reason"]
    for name, unit in document["action_units"].items():
        assert unit is not None or document["action_unit_reasons"][name]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_a_fault(value: float) -> None:
    broken = replace(SUMMARY, turned_away_fraction=value)
    with pytest.raises(ValueError, match="turned_away_fraction"):
        summary_to_dict(broken)


def test_only_plain_values_are_written() -> None:
    def plain(value: object) -> bool:
        if type(value) is dict:
            return all(type(k) is str and plain(v) for k, v in value.items())
        if type(value) is list:
            return all(plain(v) for v in value)
        return value is None or type(value) in (str, float, int, bool)

    assert plain(summary_to_dict(SUMMARY))


def test_another_schema_or_a_missing_part_is_refused() -> None:
    document = summary_to_dict(SUMMARY)
    with pytest.raises(InputError, match="schema 1"):
        summary_from_dict({**document, "schema": 2})
    del document["gate"]
    with pytest.raises(InputError, match="gate"):
        summary_from_dict(document)
