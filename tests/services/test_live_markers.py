"""Markers: stored at once, changed later, and what they leave out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from emocare.app import App
from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.live import MARKER_TEXT_LIMIT, MarkerId, MarkerKind
from emocare.domain.records import Patient, SessionId
from tests.services.conftest import record
from tests.services.live_tools import started


def test_a_marker_is_in_the_store_at_once(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(3.0)
    made = camera.run.mark(MarkerKind.ASKED_ABOUT_SLEEP)
    assert app.live.markers(camera.run.session_id) == [made]
    assert (made.t_s, made.until_s, made.made_by) == (pytest.approx(2.95), None, "Dr Test")
    camera.show(2.0)
    note = camera.run.mark(MarkerKind.NOTE, "  cries, wants to go on  ")
    assert note.text == "cries, wants to go on"
    assert camera.run.view().markers == (made, note)
    ended = camera.run.stop()
    assert app.recordings.timeline(ended.id).markers == (made, note)


@pytest.mark.parametrize("text", ["", "   ", "x" * (MARKER_TEXT_LIMIT + 1)])
def test_a_note_says_something_and_not_too_much(app: App, patient: Patient, text: str) -> None:
    camera = started(app, patient)
    camera.show(1.0)
    with pytest.raises(InputError):
        camera.run.mark(MarkerKind.NOTE, text)
    assert app.live.markers(camera.run.session_id) == []
    camera.run.stop()


def test_the_last_ten_seconds_can_be_left_out(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    camera = started(app, patient)
    camera.show(40.0)
    marker = camera.run.exclude_last()
    session_id = camera.run.session_id
    stored = app.recordings.readings(session_id)
    assert len(stored) == 800, "rows that waited are written first"
    assert stored.excluded.tolist() == (stored["t_s"] >= marker.t_s).tolist()
    assert marker.until_s == stored["t_s"][-1] and marker.until_s - marker.t_s == 10.0
    assert camera.run.view().valid_s == pytest.approx(30.0, abs=0.2)
    assert np.isnan(camera.run.view().trails["valence"].value[-10:]).all()
    camera.show(30.0)
    ended = camera.run.stop()
    assert ended.summary is not None and ended.summary.left_out_s == pytest.approx(10.0, abs=0.1)
    # The row before the gap stands for half a second, as before every gap.
    assert ended.summary.gate.metrics.valid_s == pytest.approx(60.0, abs=0.5)
    assert app.recordings.recompute(ended.id) == ended.summary
    timeline = app.recordings.timeline(ended.id)
    assert timeline.duration_s == pytest.approx(70.0)
    assert "LEFT_OUT" in {stretch.reason for stretch in timeline.quality}
    table, _ = app.recordings.export(ended.id, tmp_path)
    column = pq.read_table(table).column("excluded")
    assert column.null_count == 0 and sum(column.to_pylist()) == int(stored.excluded.sum())


def test_what_was_left_out_comes_back_with_its_marker(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(70.0)
    first = camera.run.exclude_last(10.0)
    second = camera.run.exclude_last(5.0)
    camera.run.remove_marker(first.id)
    session_id = camera.run.session_id
    rows = app.recordings.readings(session_id)
    assert rows.excluded.sum() == pytest.approx(100, abs=1), "the other marker still holds five"
    ended = camera.run.stop()
    assert ended.summary is not None
    live_rows = app.recordings.readings(session_id).excluded
    app.live.remove_marker(session_id, second.id)
    assert not app.recordings.readings(session_id).excluded.any() and live_rows.any()
    renewed = app.recordings.session(session_id).summary
    assert renewed is not None and renewed.left_out_s == 0.0
    assert renewed.gate.metrics.valid_s == pytest.approx(70.0, abs=0.1)
    assert app.recordings.recompute(session_id) == renewed


def test_markers_can_be_changed_afterwards(app: App, patient: Patient) -> None:
    session = record(app, patient)
    assert session.summary is not None
    left_out = app.live.add_marker(session.id, MarkerKind.EXCLUDED, 20.0, 30.0)
    without = app.recordings.session(session.id).summary
    assert without is not None and without.left_out_s == pytest.approx(10.0, abs=0.1)
    assert without.config == session.summary.config
    wider = app.live.edit_marker(session.id, left_out.id, until_s=40.0, text="the phone rang")
    assert (wider.t_s, wider.until_s, wider.text) == (20.0, 40.0, "the phone rang")
    stored = app.recordings.session(session.id).summary
    assert stored is not None and stored.left_out_s == pytest.approx(20.0, abs=0.1)
    assert app.live.markers(session.id) == [wider]
    app.live.remove_marker(session.id, left_out.id)
    assert app.recordings.session(session.id).summary == session.summary, "nothing is left of it"


def test_a_changed_moment_leaves_the_summary_alone(app: App, patient: Patient) -> None:
    session = record(app, patient, [k / 20 for k in range(100)])
    made = app.live.add_marker(session.id, MarkerKind.TEARFUL, 2.0)
    moved = app.live.edit_marker(session.id, made.id, t_s=3.0)
    assert moved.t_s == 3.0 and moved.made_at >= made.made_at
    assert app.recordings.session(session.id).summary == session.summary


def test_impossible_markers_are_refused(app: App, patient: Patient) -> None:
    session = record(app, patient, [k / 20 for k in range(100)])
    with pytest.raises(InputError, match="begins at"):
        app.live.add_marker(session.id, MarkerKind.TEARFUL, -1.0)
    with pytest.raises(InputError, match="begins at"):
        app.live.add_marker(session.id, MarkerKind.EXCLUDED, 3.0, 2.0)
    with pytest.raises(InputError, match="Say where"):
        app.live.add_marker(session.id, MarkerKind.EXCLUDED, 3.0)
    with pytest.raises(NotFound):
        app.live.edit_marker(session.id, MarkerId("none"), text="x")
    with pytest.raises(NotFound):
        app.live.remove_marker(session.id, MarkerId("none"))
    with pytest.raises(NotFound):
        app.live.add_marker(SessionId("none"), MarkerKind.TEARFUL, 1.0)
    assert app.live.markers(session.id) == []


def test_markers_of_a_running_session_are_changed_in_it(app: App, patient: Patient) -> None:
    camera = started(app, patient)
    camera.show(20.0)
    session_id = camera.run.session_id
    marker = camera.run.exclude_last(10.0)
    app.live.edit_marker(session_id, marker.id, t_s=15.0)
    added = app.live.add_marker(session_id, MarkerKind.OTHER_PERSON, 4.0)
    assert [m.id for m in camera.run.view().markers] == [added.id, marker.id]
    camera.show(3.0)
    assert app.recordings.readings(session_id).excluded.sum() == pytest.approx(100, abs=1)
    app.live.remove_marker(session_id, marker.id)
    ended = camera.run.stop()
    assert ended.summary is not None and ended.summary.left_out_s == 0.0
    assert app.live.markers(session_id) == [added]


def test_nothing_is_left_out_when_it_cannot_be_stored(
    app: App, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    camera = started(app, patient)
    camera.show(15.0)
    with monkeypatch.context() as broken:
        broken.setattr(app._store, "save_marker", full)
        with pytest.raises(StoreError, match="full"):
            camera.run.exclude_last()
        with pytest.raises(StoreError, match="full"):
            camera.run.mark(MarkerKind.TEARFUL)
    assert camera.run.view().markers == ()
    ended = camera.run.stop()
    assert ended.summary is not None and ended.summary.left_out_s == 0.0
