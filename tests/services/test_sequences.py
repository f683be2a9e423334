"""The sequence networks in the product: one place makes summaries, and nothing breaks without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emocare.analysis import TOO_SHORT, AnalysisConfig, measured_rows, summarise
from emocare.app import App, build_app, workplace_of
from emocare.domain.errors import ModelError, WeightsMissing
from emocare.domain.faces import Face
from emocare.domain.frames import Box, Frame
from emocare.domain.live import MarkerKind
from emocare.domain.records import Patient, SessionRecord, SessionState
from emocare.domain.severity import FACE_INDETERMINATE
from emocare.domain.summary import (
    DIMENSIONS,
    NO_SEQUENCE_NETWORK,
    Band,
    GateDecision,
    ModelRef,
    Summary,
)
from emocare.services.batch import Batch, to_dict
from emocare.services.engine import FaceEngine, SequenceEngine
from emocare.services.face_course import BreakKind
from emocare.services.summaries import FAULT, Summaries
from emocare.settings import Settings
from tests.report.report_reading import whole_text
from tests.services.conftest import PICTURE, consent, record, times
from tests.services.fakes import MODELS, ScriptedReader, face_at, never
from tests.services.sequences import ORIGIN, SEQUENCE_MODELS, SURE, ScriptedSequence

REFUSED = "The weight file severity-1.0.0/model.onnx cannot be read: install Emo-Care again."
NEWER = (SEQUENCE_MODELS[0], ModelRef("severity", "1.1.0", "aa" * 32))


@pytest.fixture
def sequence() -> ScriptedSequence:
    return ScriptedSequence()


@pytest.fixture
def app(
    settings: Settings, reader: ScriptedReader, sequence: ScriptedSequence
) -> Iterator[App]:
    """The application with both scripted."""
    with build_app(settings, reader.loaded, sequence.loaded) as built:
        yield built


def summary_of(record: SessionRecord) -> Summary:
    assert record.summary is not None
    return record.summary


def stored(app: App, record: SessionRecord) -> Summary:
    return summary_of(app.recordings.session(record.id))


def test_a_recording_holds_what_the_networks_say(app: App, patient: Patient) -> None:
    made = record(app, patient)
    summary = stored(app, made)
    assert summary == made.summary
    assert summary.severity_model is not None and summary.dimensions_model is not None
    assert summary.severity_model.estimate.probabilities == SURE
    assert summary.severity_model.origin == ORIGIN and summary.model_reason is None
    assert [m.start_s for m in summary.severity_model.moments] == [0.0]
    assert summary.models == (*MODELS, *SEQUENCE_MODELS)
    assert summary.face_models == MODELS and summary.sequence_models == SEQUENCE_MODELS
    assert set(summary.dimensions_model) == set(DIMENSIONS)
    assert summary.dimensions_model["fatigue"] is None
    lips = app.recordings.readings(made.id)["au12"]
    valence = summary.dimensions_model["valence"]
    assert valence is not None and valence.value == pytest.approx(lips.mean(), abs=1e-3)


def test_everything_else_is_the_analysis_alone(app: App, patient: Patient) -> None:
    made = record(app, patient)
    summary = stored(app, made)
    config = AnalysisConfig.from_dict(summary.config)
    bare = summarise(app.recordings.readings(made.id), config, summary.source, MODELS)
    assert bare == replace(
        summary, models=MODELS, dimensions_model=None, severity_model=None,
        model_reason=NO_SEQUENCE_NETWORK,
    )  # fmt: skip


def test_a_stored_summary_can_be_recomputed(app: App, patient: Patient) -> None:
    made = record(app, patient)
    assert app.recordings.recompute(made.id) == made.summary == stored(app, made)


def test_seconds_that_are_left_out_reach_no_network(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    made = record(app, patient)
    before = stored(app, made)
    marker = app.live.add_marker(made.id, MarkerKind.EXCLUDED, 10.0, 20.0)
    left = sequence.given[-1]["t_s"]
    assert not ((left >= 10.0) & (left <= 20.0)).any() and left[-1] > 70.0
    without = stored(app, made)
    assert without.dimensions_model != before.dimensions_model
    assert app.recordings.recompute(made.id) == without
    app.live.remove_marker(made.id, marker.id)
    assert stored(app, made) == before


def test_the_mark_of_a_wrong_person_silences_the_networks_and_back(
    app: App, patient: Patient
) -> None:
    made = record(app, patient)
    marked = app.person_marks.mark(made.id, wrong=True)
    assert marked.severity_model is None and marked.models == MODELS
    assert marked.model_reason == marked.index_reason
    assert app.recordings.sequence(made.id) is None
    assert app.person_marks.mark(made.id, wrong=False) == made.summary


def two_people(t_s: float) -> Face:
    """Somebody else sits down elsewhere for the last quarter of a minute."""
    return face_at(t_s) if t_s < 60 else face_at(t_s, Box(10.0, 10.0, 90.0, 110.0))


def test_only_the_person_measured_is_read(settings: Settings) -> None:
    sequence = ScriptedSequence()
    with build_app(settings, ScriptedReader(two_people).loaded, sequence.loaded) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
        readings = app.recordings.readings(made.id)
    assert int(readings["track_id"].max()) == 2
    mine = measured_rows(readings, AnalysisConfig())
    assert 60.0 <= mine["t_s"][-1] < 66.0 and len(readings) == 1500
    assert int(mine["track_id"].max()) == 1
    # The change of the person leaves the gate no choice, so the networks are not even asked.
    summary = summary_of(made)
    assert summary.gate.decision is GateDecision.UNRELIABLE and sequence.given == []
    assert summary.severity_model is None and summary.model_reason == summary.index_reason


def test_too_little_says_so_and_nothing_else(app: App, patient: Patient) -> None:
    summary = summary_of(record(app, patient, times(20)))
    assert summary.severity_model is None and summary.dimensions_model is None
    assert summary.gate.decision is GateDecision.UNRELIABLE
    assert summary.model_reason is not None and "20 s" in summary.model_reason


def test_a_reading_of_too_few_seconds_leaves_the_reason(app: App, patient: Patient) -> None:
    """The gate counts seconds of measured rows; the network may still find too few of them."""

    class Silent(ScriptedSequence):
        def read(self, readings: object) -> None:
            return None

    made = record(app, patient)
    before = summary_of(made)
    summary = Summaries(SequenceEngine(Silent().loaded)).make(
        app.recordings.readings(made.id), AnalysisConfig.from_dict(before.config), before.source,
        before.face_models,
    )  # fmt: skip
    assert summary.model_reason == TOO_SHORT and summary.models == MODELS


def test_without_networks_it_says_that_none_took_part(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
        assert summary_of(made).model_reason == NO_SEQUENCE_NETWORK
        assert app.recordings.sequence(made.id) is None
        found = {check.name: check for check in app.system.doctor()}
    assert found["sequence"].ok and not found["sequence"].checked


def test_weights_that_are_refused_break_nothing(
    settings: Settings, reader: ScriptedReader, caplog: pytest.LogCaptureFixture
) -> None:
    """The recording is kept with the sentence; once the file is mended the next use loads it."""
    refused = [True]

    def load() -> ScriptedSequence:
        if refused[0]:
            raise WeightsMissing(REFUSED)
        return ScriptedSequence()

    with build_app(settings, reader.loaded, load) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
        assert made.state is SessionState.READY
        assert summary_of(made).model_reason == REFUSED and REFUSED in caplog.text
        assert summary_of(made).behaviour_index is not None
        bad = next(check for check in app.system.doctor() if check.name == "sequence")
        assert not bad.ok and bad.detail == REFUSED and bad.remedy
        refused[0] = False
        again = app.recordings.recompute(made.id)
        assert again.severity_model is not None and again.model_reason is None
        good = next(check for check in app.system.doctor() if check.name == "sequence")
        assert good.ok and "severity 1.0.0" in good.detail


def test_a_fault_of_the_networks_keeps_the_recording(
    settings: Settings, reader: ScriptedReader, caplog: pytest.LogCaptureFixture
) -> None:
    broken = ScriptedSequence(fail_at_s=5.0)
    with build_app(settings, reader.loaded, broken.loaded) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
    assert made.state is SessionState.READY
    assert summary_of(made).model_reason == FAULT and "ZeroDivisionError" in caplog.text


def test_the_shipped_networks_come_with_the_shipped_face_network_only(
    settings: Settings, reader: ScriptedReader, tmp_path: Path
) -> None:
    gone = replace(settings, models_dir=tmp_path / "none")
    with build_app(gone) as app:
        found = {check.name: check for check in app.system.doctor()}["sequence"]
    assert not found.ok and "manifest.json" in found.detail
    with build_app(gone, reader.loaded) as app:
        found = {check.name: check for check in app.system.doctor()}["sequence"]
    assert found.ok and not found.checked


def test_a_network_is_loaded_once_and_checked_anew() -> None:
    loads = []
    engine = SequenceEngine(lambda: loads.append(1) or ScriptedSequence())  # type: ignore[func-returns-value]
    assert engine.get() is engine.get() and len(loads) == 1
    assert engine.check() is not engine.get() and len(loads) == 2
    with pytest.raises(ModelError, match="No sequence network"):
        SequenceEngine(None).get()


# The review


def test_a_review_sees_second_by_second_what_the_summary_was_made_of(
    app: App, patient: Patient
) -> None:
    made = record(app, patient)
    shown = app.recordings.sequence(made.id)
    assert shown is not None and len(shown.t_s) == 75
    assert shown.severity.probabilities == SURE
    summary = stored(app, made)
    assert summary.dimensions_model is not None
    assert summary.dimensions_model["anxiety"] == shown.session["anxiety"]


@pytest.mark.parametrize("change", ["another version", "refused", "fault"])
def test_a_review_shows_no_networks_but_those_of_the_summary(
    app: App, patient: Patient, sequence: ScriptedSequence, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    made = record(app, patient)

    def refuse() -> ScriptedSequence:
        raise WeightsMissing(REFUSED)

    if change == "another version":
        sequence.models = NEWER
    elif change == "fault":
        sequence.fail_at_s = 5.0
    else:
        monkeypatch.setattr(app.summaries, "_engine", SequenceEngine(refuse))
    assert app.recordings.sequence(made.id) is None


# Another version


def test_other_networks_are_another_method(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    """The course breaks where they change, and analysing again mends it."""
    records = [record(app, patient) for _ in range(2)]
    sequence.models = NEWER
    records.append(record(app, patient))
    course = app.courses.of(patient.id).face
    assert [brk.kinds for brk in course.breaks] == [(BreakKind.ANALYSIS,)]
    assert course.comparable == 1
    assert {r.id for r in app.reanalyses.renewable(patient.id)} == {r.id for r in records[:2]}
    assert app.reanalyses.run(patient.id) == 2
    assert app.reanalyses.renewable(patient.id) == []
    course = app.courses.of(patient.id).face
    assert course.breaks == () and course.comparable == 3
    assert stored(app, records[0]).sequence_models == SEQUENCE_MODELS


def test_a_session_of_before_there_were_networks_can_be_renewed(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        old = record(app, patient)
        assert app.reanalyses.renewable(patient.id) == []
    with build_app(settings, reader.loaded, ScriptedSequence().loaded) as app:
        assert [r.id for r in app.reanalyses.renewable(patient.id)] == [old.id]
        assert app.reanalyses.run(patient.id) == 1 and app.reanalyses.renewable(patient.id) == []
    with build_app(settings, reader.loaded) as app:
        assert app.reanalyses.renewable(patient.id) == []


def test_an_unreliable_session_is_no_break_and_never_old(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    record(app, patient)
    short = record(app, patient, times(20))
    record(app, patient)
    assert summary_of(short).sequence_models == ()
    assert app.courses.of(patient.id).face.breaks == ()
    assert app.reanalyses.renewable(patient.id) == []


# The headline


@pytest.mark.parametrize(
    ("probabilities", "why"),
    [((0.0, 0.0, 0.1, 0.9), "two"), ((0.55, 0.25, 0.15, 0.05), "0.55")],
    ids=["apart", "unsure"],
)
def test_doubt_takes_the_headline_from_the_face(
    settings: Settings, reader: ScriptedReader, why: str,
    probabilities: tuple[float, float, float, float],
) -> None:  # fmt: skip
    with build_app(settings, reader.loaded, ScriptedSequence(probabilities).loaded) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
        shown = app.questionnaires.headline(made.id)
    summary = summary_of(made)
    assert summary.behaviour_index is not None
    assert summary.behaviour_index.band in (Band.NORMAL, Band.MILD)
    assert summary.severity.band is None and shown.band is None and shown.ask_questionnaire
    assert summary.severity.flags == (FACE_INDETERMINATE, "QUESTIONNAIRE_REQUIRED")
    assert FACE_INDETERMINATE in shown.flags and shown.reason == summary.severity.reason
    assert shown.reason is not None and (why in shown.reason or "2 bands" in shown.reason)


def test_nobody_in_the_room_asks_no_network(settings: Settings) -> None:
    sequence = ScriptedSequence()
    with build_app(settings, ScriptedReader(never).loaded, sequence.loaded) as app:
        made = record(app, app.people.add("P-1", "Ada Example"))
    assert sequence.given == [] and summary_of(made).severity_model is None


def test_what_a_killed_process_left_is_summarised_with_the_networks(
    settings: Settings, reader: ScriptedReader, sequence: ScriptedSequence
) -> None:
    app = build_app(settings, reader.loaded, sequence.loaded)
    patient = app.people.add("P-1", "Ada Example")
    recording = app.recordings.begin(patient.id, "camera", consent())
    for t in times(75):
        recording.push(Frame(t, PICTURE))
    recording.flush()
    app._store.close()
    with build_app(settings, reader.loaded, sequence.loaded) as again:
        found = again.recordings.session(recording.record.id)
        assert found.state is SessionState.INTERRUPTED
        summary = summary_of(found)
        assert summary.sequence_models == SEQUENCE_MODELS
        assert again.recordings.recompute(found.id) == summary



# What leaves


def test_the_tables_hold_what_the_networks_say(app: App, patient: Patient) -> None:
    made = record(app, patient)
    tables = app.exports.tables(made.id)
    (row,) = tables.table("session").to_pylist()
    assert [row[f"model_{band}"] for band in ("normal", "mild", "moderate", "severe")] == list(SURE)
    assert row["model_band"] == "normal" and row["model_reason"] is None
    assert row["model_moments"].startswith("0-5 ") and "severity 1.0.0" in row["models"]
    rows = {r["dimension"]: r for r in tables.table("dimensions").to_pylist()
            if r["source"] == "model"}  # fmt: skip
    summary = stored(app, made)
    assert set(rows) == set(DIMENSIONS) and summary.dimensions_model is not None
    anxiety = summary.dimensions_model["anxiety"]
    assert anxiety is not None
    assert (rows["anxiety"]["value"], rows["anxiety"]["low"]) == (anxiety.value, anxiety.low)
    assert rows["fatigue"]["value"] is None and rows["fatigue"]["reason"]


def test_a_video_of_the_command_line_holds_them_too(
    short_clip: Path, settings: Settings, reader: ScriptedReader
) -> None:
    """The clip is short, so the reason stands where the networks would."""
    work = Batch(
        engine=FaceEngine(reader.loaded),
        summaries=Summaries(SequenceEngine(ScriptedSequence().loaded)),
        workplace=workplace_of(settings), recordings=None, patient_id=None, keep_landmarks=False,
    )  # fmt: skip
    told = to_dict([work.run(short_clip, None, lambda at, of: None)])
    assert told["dimensions_model"] is None and told["severity_model"] is None
    assert told["dimensions_model_reason"] == told["behaviour_index_reason"]


def test_the_report_and_the_bundle_of_such_a_session_can_be_made(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    made = record(app, patient)
    pdf, fhir = tmp_path / "report.pdf", tmp_path / "report.json"
    app.exports.write_report(made.id, pdf=pdf, fhir=fhir, csv=None, named=True)
    said = whole_text(pdf.read_bytes())
    assert ORIGIN in said and SEQUENCE_MODELS[1].sha256 in said
    assert SEQUENCE_MODELS[1].sha256 in fhir.read_text(encoding="utf-8")
