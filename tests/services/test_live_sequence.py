"""The sequence networks while a session is recorded: followed, begun anew, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from emocare.app import App, build_app
from emocare.domain.errors import WeightsMissing
from emocare.domain.live import LivePhase, LiveView, MarkerKind
from emocare.domain.records import Patient, SessionState
from emocare.domain.summary import DIMENSIONS
from emocare.services.summaries import FAULT
from emocare.settings import Settings
from tests.services.fakes import ScriptedReader
from tests.services.live_tools import Camera, started, wait_until
from tests.services.sequences import SURE, ScriptedSequence


@pytest.fixture
def sequence() -> ScriptedSequence:
    return ScriptedSequence()


@pytest.fixture
def app(
    settings: Settings, reader: ScriptedReader, sequence: ScriptedSequence
) -> Iterator[App]:
    with build_app(settings, reader.loaded, sequence.loaded) as built:
        yield built


def says_nothing(view: LiveView) -> bool:
    return view.severity_model is None and view.model_trails == {} and view.model_fault is None


def rows(camera: Camera) -> np.ndarray:
    """Times of the rows that the stream was given."""
    stream = camera.run._sequence._stream
    assert stream is not None
    return stream.rows["t_s"]  # type: ignore[attr-defined]


def test_it_speaks_after_half_a_minute_and_shows_the_last_minute(
    app: App, patient: Patient
) -> None:
    camera = started(app, patient)
    camera.show(25)
    assert says_nothing(camera.run.view())
    camera.show(60)
    view = camera.run.view()
    assert view.severity_model is not None and view.severity_model.probabilities == SURE
    assert set(view.model_trails) == set(DIMENSIONS)
    trail = view.model_trails["valence"]
    assert trail.t_s[0] >= -60.0 and trail.t_s[-1] <= 0.0 and 57 <= len(trail.t_s) <= 60
    assert (trail.low < trail.value).all() and (trail.value < trail.high).all()
    assert view.model_fault is None
    camera.run.stop()


def test_every_row_is_given_once_a_second_and_once(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    camera = started(app, patient)
    camera.show(20)
    given = rows(camera)
    stream = camera.run._sequence._stream
    assert stream is not None and 18 <= stream.pushes <= 20  # type: ignore[attr-defined]
    assert sequence.streams == 1
    record = camera.run.stop()
    stored = app.recordings.readings(record.id)["t_s"]
    assert (given == stored[: len(given)]).all() and len(stored) - len(given) <= 20


def test_seconds_left_out_begin_a_stream_over_the_rows_that_count(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    camera = started(app, patient)
    camera.show(45)
    marker = camera.run.exclude_last(10.0)
    assert says_nothing(camera.run.view())
    camera.show(3)
    left = rows(camera)
    assert not ((left >= marker.t_s) & (left <= (marker.until_s or 0.0))).any()
    assert left[0] == pytest.approx(0.0, abs=0.06) and sequence.streams == 2
    assert camera.run.view().severity_model is not None
    camera.run.remove_marker(marker.id)
    camera.show(2)
    back = rows(camera)
    assert ((back >= marker.t_s) & (back <= (marker.until_s or 0.0))).sum() > 190
    assert sequence.streams == 3
    camera.run.stop()


def test_a_part_that_is_redone_is_forgotten(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    camera = started(app, patient, guided=True, recording=False)
    camera.until(lambda: camera.run.view().phase is LivePhase.RECORDING)
    camera.show(5)
    camera.run.redo()
    camera.show(3)
    assert sequence.streams == 2 and rows(camera)[0] > 4.0
    camera.run.stop()


def test_a_note_and_a_pause_change_nothing(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    camera = started(app, patient)
    camera.show(33)
    camera.run.mark(MarkerKind.NOTE, "asked about work")
    camera.run.pause()
    assert camera.run.view().severity_model is not None
    camera.stamp_s += 20.0
    camera.clock.now_s += 20.0
    camera.run.resume()
    camera.show(4)
    assert sequence.streams == 1 and camera.run.view().severity_model is not None
    assert np.diff(rows(camera)).max() > 0.5
    camera.run.stop()


def test_a_fault_is_said_and_the_recording_goes_on(
    app: App, patient: Patient, sequence: ScriptedSequence, caplog: pytest.LogCaptureFixture
) -> None:
    camera = started(app, patient)
    camera.show(35)
    sequence.fail_at_s = 40.0
    camera.show(10)
    view = camera.run.view()
    assert view.model_fault == FAULT and "ZeroDivisionError" in caplog.text
    assert view.severity_model is None and view.model_trails == {}
    assert view.phase is LivePhase.RECORDING and view.fault is None
    sequence.fail_at_s = np.inf
    camera.show(20)
    assert camera.run.view().model_fault == FAULT
    record = camera.run.stop()
    assert record.state is SessionState.READY and record.summary is not None
    assert record.summary.severity_model is not None


def test_networks_that_cannot_be_loaded_are_said(
    settings: Settings, reader: ScriptedReader
) -> None:
    def refuse() -> ScriptedSequence:
        raise WeightsMissing("The weight file is not there.")

    with build_app(settings, reader.loaded, refuse) as app:
        camera = started(app, app.people.add("P-1", "Ada Example"))
        camera.show(35)
        view = camera.run.view()
        assert view.model_fault == "The weight file is not there." and view.severity_model is None
        record = camera.run.stop()
        assert record.state is SessionState.READY
        assert record.summary is not None
        assert record.summary.model_reason == "The weight file is not there."


def test_an_installation_without_networks_has_no_fault(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        camera = started(app, app.people.add("P-1", "Ada Example"))
        camera.show(35)
        assert says_nothing(camera.run.view())
        camera.run.stop()


def test_a_continued_session_is_followed_from_its_first_row(
    app: App, patient: Patient, sequence: ScriptedSequence
) -> None:
    camera = started(app, patient)
    camera.show(35)
    camera.run.lost("The browser was closed.")
    session = camera.run.session_id
    wait_until(lambda: camera.run.ended)
    app.live._clock = camera.clock
    again = Camera(app.live.resume(session), camera.clock)
    again.show(0.5)
    again.run.begin()
    again.show(3)
    assert rows(again)[0] == pytest.approx(0.0, abs=0.06) and rows(again)[-1] > 40.0
    assert again.run.view().severity_model is not None
    record = again.run.stop()
    assert app.recordings.recompute(record.id) == record.summary
