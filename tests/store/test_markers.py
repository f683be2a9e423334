"""Markers, and the rows that follow from them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emocare.analysis import AnalysisConfig, summarise
from emocare.domain.errors import NotFound
from emocare.domain.live import Marker, MarkerId, MarkerKind
from emocare.domain.readings import Readings
from emocare.domain.records import SessionId
from emocare.domain.summary import SourceInfo
from emocare.store import Store
from emocare.store.database import Database
from emocare.store.migrate import FOLDER
from tests.store.made_up import NOW, patient, readings, same, session

S1 = SessionId("s1")


def marker(number: int, kind: MarkerKind, t_s: float, until_s: float | None = None) -> Marker:
    return Marker(MarkerId(f"m{number}"), S1, t_s, until_s, kind, f"text {number}", "Dr Osei", NOW)


def left_out(store: Store) -> list[int]:
    return store.readings(S1).excluded.nonzero()[0].tolist()


def test_they_come_back_in_time_order_and_survive_closing(store: Store) -> None:
    late = marker(1, MarkerKind.NOTE, 9.5)
    early = marker(2, MarkerKind.TEARFUL, 1.25)
    for one in (late, early):
        store.save_marker(one)
    assert store.markers(S1) == [early, late]
    moved = replace(late, t_s=0.5, text="other")
    store.save_marker(moved)
    path = store.path
    store.close()
    with Store.open(path) as again:
        assert again.markers(S1) == [moved, early]
        assert again.markers(SessionId("other")) == []


def test_rows_follow_from_the_markers_that_leave_out(store: Store) -> None:
    store.append_readings(S1, readings(0, 30))
    other = session(2)
    store.add_session(other)
    store.append_readings(other.id, readings(0, 30))
    store.save_marker(marker(1, MarkerKind.TEARFUL, 0.0, 0.5))
    assert left_out(store) == []
    store.save_marker(marker(2, MarkerKind.EXCLUDED, 5 / 30, 9 / 30))
    store.save_marker(marker(3, MarkerKind.REDONE, 8 / 30, 11 / 30))
    assert left_out(store) == list(range(5, 12))
    store.save_marker(marker(2, MarkerKind.EXCLUDED, 6 / 30, 7 / 30))
    assert left_out(store) == [6, 7, 8, 9, 10, 11]
    store.remove_marker(marker(3, MarkerKind.REDONE, 8 / 30, 11 / 30))
    assert left_out(store) == [6, 7]
    store.remove_marker(marker(2, MarkerKind.EXCLUDED, 6 / 30, 7 / 30))
    assert same(store.readings(S1), readings(0, 30))
    assert same(store.readings(other.id), readings(0, 30))


def test_it_is_known_when_seconds_were_last_left_out_or_brought_back(store: Store) -> None:
    note = marker(1, MarkerKind.NOTE, 1.0)
    store.save_marker(note)
    assert store.left_out_at(S1) is None
    out = marker(2, MarkerKind.EXCLUDED, 1.0, 2.0)
    store.save_marker(out)
    assert store.left_out_at(S1) == out.made_at
    back = replace(out, made_at=out.made_at + timedelta(hours=1))
    store.remove_marker(back)
    assert store.markers(S1) == [note] and store.left_out_at(S1) == back.made_at
    assert store.left_out_at(SessionId("other")) is None


def test_the_summary_is_stored_with_the_marker_or_neither_is(store: Store) -> None:
    source = SourceInfo("camera", None, 0.0, 0, 0, 0, False)
    summary = summarise(Readings.from_frames([]), AnalysisConfig(), source, ())
    record = replace(store.session(S1), summary=summary)
    store.update_session(record)
    changed = replace(record, summary=replace(summary, left_out_s=3.0))
    store.save_marker(marker(1, MarkerKind.EXCLUDED, 0.0, 3.0), changed)
    assert store.session(S1) == changed
    with pytest.raises(NotFound, match="marker does not exist"):
        store.remove_marker(marker(9, MarkerKind.EXCLUDED, 0.0, 3.0), record)
    assert store.session(S1) == changed
    store.remove_marker(marker(1, MarkerKind.EXCLUDED, 0.0, 3.0), record)
    assert store.session(S1) == record
    with pytest.raises(NotFound, match="marker does not exist"):
        store.remove_marker(marker(1, MarkerKind.EXCLUDED, 0.0, 3.0))


def test_a_marker_needs_its_session(store: Store) -> None:
    lost = replace(marker(1, MarkerKind.NOTE, 1.0), session_id=SessionId("none"))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.save_marker(lost)
    store.save_marker(marker(1, MarkerKind.NOTE, 1.0))
    with pytest.raises(NotFound):
        store.remove_marker(replace(marker(1, MarkerKind.NOTE, 1.0), session_id=SessionId("x")))
    assert len(store.markers(S1)) == 1


def test_every_version_of_a_marker_is_kept(store: Store) -> None:
    first = marker(1, MarkerKind.NOTE, 1.0)
    store.save_marker(first)
    store.save_marker(replace(first, text="changed"))
    store.remove_marker(replace(first, made_by="Dr Two"))
    assert store.markers(S1) == []
    store.save_marker(replace(first, text="set again"))
    assert [m.text for m in store.markers(S1)] == ["set again"]
    with store._read() as cursor:
        kept = cursor.execute(
            "SELECT version, removed, text, made_by FROM markers ORDER BY version"
        ).fetchall()
    assert kept == [
        (1, False, "text 1", "Dr Osei"), (2, False, "changed", "Dr Osei"),
        (3, True, "text 1", "Dr Two"), (4, False, "set again", "Dr Osei"),
    ]  # fmt: skip


def test_a_database_of_before_is_brought_up_to_date(tmp_path: Path) -> None:
    """Rows and sessions that were stored before anything could be left out."""
    folder, path = tmp_path / "steps", tmp_path / "emocare.duckdb"
    folder.mkdir()
    for step in sorted(FOLDER.glob("*.sql"))[:3]:
        shutil.copy(step, folder)
    Database.open(path, folder).close()
    with Database.open(path, folder) as old, old._write() as cursor:
        cursor.execute(
            "INSERT INTO readings (session_id, t_s, status, n_faces, segment, track_id) "
            "VALUES ('s1', 0.0, 'NO_FACE', 0, 'free', 0)"
        )
        cursor.execute(
            "INSERT INTO sessions (id, patient_id, started_at, protocol, source_name, state) "
            "VALUES ('s1', 'p1', now(), 'free', 'visit.mp4', 'ready')"
        )
    with Store.open(path) as store:
        assert left_out(store) == [] and store.markers(S1) == []
        assert not store.session(S1).live
        store.save_marker(marker(1, MarkerKind.EXCLUDED, 0.0, 1.0))
        assert left_out(store) == [0]
        store.add_patient(patient(1))
        live = replace(session(9), patient_id=patient(1).id, live=True)
        store.add_session(live)
        assert store.session(live.id) == live
