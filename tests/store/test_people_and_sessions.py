"""People, recordings and readings as they were given."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.readings import COLUMNS, Readings
from emocare.domain.records import PatientId, SessionId, SessionState
from emocare.domain.summary import Band, GateDecision
from emocare.store import Store
from emocare.store.frames import from_batches, to_arrow
from emocare.store.rows import session_from_row, session_to_row
from tests.clinical.recordings import recording
from tests.store.made_up import NOW, clinic, patient, readings, same, session

S1 = SessionId("s1")
P1 = PatientId("p1")


def names(store: Store, search: str) -> list[str]:
    return [found.name for found in store.patients(search)]


def test_a_person_comes_back_with_utc_times(store: Store) -> None:
    found = store.patient(P1)

    assert found == patient()
    assert found.created_at.tzinfo is UTC
    assert found.created_at.microsecond == 123456


def test_a_person_can_be_changed_again_and_again(store: Store) -> None:
    for number in range(30):
        changed = replace(patient(), name=f"Name {number}", code=f"C{number}", birth_date=None,
                          sex=None)  # fmt: skip
        store.update_patient(changed)
        assert store.patient(P1) == changed
    assert len(store.patients()) == 1


def test_people_who_do_not_exist(store: Store) -> None:
    with pytest.raises(NotFound, match="patient does not exist"):
        store.patient(PatientId("nobody"))
    with pytest.raises(NotFound, match="patient does not exist"):
        store.update_patient(patient(99))
    with pytest.raises(NotFound, match="No patient has the number 'X'"):
        store.patient_by_code("X")


@pytest.mark.parametrize("code", ["MRN-0001", "mrn-0001"])
def test_a_number_belongs_to_one_person(store: Store, code: str) -> None:
    with pytest.raises(InputError, match="already taken"):
        store.add_patient(patient(2, code=code))
    store.add_patient(patient(2))
    with pytest.raises(InputError, match="already taken"):
        store.update_patient(replace(patient(2), code=code))
    assert len(store.patients()) == 2


def test_an_identifier_belongs_to_one_person(store: Store) -> None:
    with pytest.raises(StoreError, match="cannot be stored"):
        store.add_patient(patient(1, code="other"))


def test_a_time_needs_a_zone(store: Store) -> None:
    with pytest.raises(InputError, match="time with a time zone"):
        store.add_patient(replace(patient(2), created_at=datetime(2026, 1, 1)))


def test_search_takes_words_in_any_order_without_capitals_and_accents(store: Store) -> None:
    store.add_patient(patient(2, name="ANNA Kowalska"))
    store.add_patient(patient(3, name="Jan Kowalski"))
    store.add_patient(patient(4, name="100 % Test_Name"))

    assert names(store, "") == ["100 % Test_Name", "ANNA Kowalska", "Jan Kowalski", "Zoë Żak"]
    assert names(store, "kowal") == ["ANNA Kowalska", "Jan Kowalski"]
    assert names(store, "  kowal ANNA ") == ["ANNA Kowalska"]
    assert names(store, "zoe zak") == names(store, "ŻAK zoë") == ["Zoë Żak"]
    assert names(store, "mrn-0003") == ["Jan Kowalski"]
    assert names(store, "jan 0003") == ["Jan Kowalski"]
    assert names(store, "%") == names(store, "t_n") == ["100 % Test_Name"]
    assert names(store, "nobody") == []


def test_a_number_is_found_in_capitals_or_not(store: Store) -> None:
    assert store.patient_by_code(" mrn-0001 ") == patient()


@pytest.mark.parametrize("face", [None, Band.MILD])
def test_a_recording_comes_back(store: Store, face: Band | None) -> None:
    full = replace(
        session(2), summary=recording(GateDecision.LIMITED, face), clip_path=None,
        clip_deleted_at=NOW, error="one sentence",
    )  # fmt: skip
    bare = replace(session(3), consent=None, region=None, clip_path=None)
    for record in (full, bare):
        store.add_session(record)
        assert store.session(record.id) == record
    assert store.session(bare.id).started_at.tzinfo is UTC


def test_a_recording_can_be_changed_again_and_again(store: Store) -> None:
    for number, state in enumerate([*SessionState] * 4):
        changed = replace(session(), state=state, source_name=str(number),
                          summary=recording(GateDecision.RELIABLE, Band.NORMAL))  # fmt: skip
        store.update_session(changed)
        assert store.session(S1) == changed


def test_recordings_that_do_not_exist(store: Store) -> None:
    with pytest.raises(NotFound, match="recording does not exist"):
        store.session(SessionId("none"))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.update_session(session(99))
    with pytest.raises(NotFound, match="patient does not exist"):
        store.add_session(session(9, patient_number=99))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.readings(SessionId("none"))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.append_readings(SessionId("none"), readings(0, 3))


def test_a_recording_never_changes_its_person(store: Store) -> None:
    store.add_patient(patient(2))
    with pytest.raises(NotFound):
        store.update_session(replace(session(), patient_id=PatientId("p2")))
    assert store.session(S1).patient_id == P1


def test_recordings_come_newest_first(store: Store) -> None:
    store.add_patient(patient(2))
    for number, owner, hours in ((2, 1, 5.0), (3, 2, 9.0), (4, 1, -5.0)):
        store.add_session(session(number, owner, hours=hours))

    assert [record.id for record in store.sessions()] == ["s3", "s2", "s1", "s4"]
    assert [record.id for record in store.sessions(P1)] == ["s2", "s1", "s4"]
    assert store.sessions(PatientId("nobody")) == []


def test_long_lists_leave_the_summary_out_on_request(store: Store) -> None:
    record = replace(session(), summary=recording(GateDecision.RELIABLE, Band.MILD))
    store.update_session(record)

    assert store.sessions() == [record]
    assert store.sessions(summaries=False) == [replace(record, summary=None)]


@pytest.mark.parametrize("landmarks", [False, True])
def test_readings_come_back_to_the_last_bit(store: Store, landmarks: bool) -> None:
    parts = [readings(0, 7, landmarks), readings(7, 8, landmarks), readings(8, 90, landmarks)]
    for part in parts:
        store.append_readings(S1, part)
    found = store.readings(S1)

    assert same(found, Readings.concatenate(parts))
    assert (found.landmarks_px is not None) == landmarks
    assert np.isnan(found["au05"]).all() and np.isfinite(found["au12"]).any()


def test_a_recording_without_rows_has_an_empty_table(store: Store) -> None:
    store.append_readings(S1, readings(0, 0))
    assert same(store.readings(S1), Readings.from_frames([]))


def test_landmarks_are_given_back_only_when_every_row_has_them(store: Store) -> None:
    store.append_readings(S1, readings(0, 5, landmarks=True))
    store.append_readings(S1, readings(5, 9))

    found = store.readings(S1)
    assert found.landmarks_px is None
    assert same(found, readings(0, 9))


def test_readings_of_one_recording_do_not_meet_another_s(store: Store) -> None:
    store.add_session(session(2))
    store.append_readings(S1, readings(0, 10))
    store.append_readings(SessionId("s2"), readings(3, 8))

    assert same(store.readings(S1), readings(0, 10))
    assert same(store.readings(SessionId("s2")), readings(3, 8))


def test_readings_go_forward_in_time(store: Store) -> None:
    store.append_readings(S1, readings(10, 20))
    for again in (readings(10, 20), readings(19, 25), readings(0, 5)):
        with pytest.raises(InputError, match="Readings go forward in time"):
            store.append_readings(S1, again)
    assert same(store.readings(S1), readings(10, 20))


def test_readings_can_be_removed_without_consent(store: Store) -> None:
    store.add_session(session(2))
    for number in (S1, SessionId("s2")):
        store.append_readings(number, readings(0, 6))

    assert store.delete_readings(S1) == 6
    assert len(store.readings(S1)) == 0
    assert len(store.readings(SessionId("s2"))) == 6
    assert store.delete_readings(S1) == 0


def test_the_table_has_exactly_the_columns_of_the_domain(store: Store) -> None:
    with store._read() as cursor:
        described = cursor.execute("DESCRIBE readings").fetchall()
    assert {row[0] for row in described} == {"session_id", *COLUMNS, "landmarks_px"}


def test_rows_come_in_time_order_whatever_order_the_engine_gives_them_in() -> None:
    late, early = readings(10, 25, landmarks=True), readings(0, 10, landmarks=True)
    batches = [*to_arrow(S1, late).to_batches(), *to_arrow(S1, early).to_batches()]
    assert same(from_batches(batches), readings(0, 25, landmarks=True))
    assert len(from_batches([])) == 0


def test_what_was_not_measured_is_null_in_the_file(store: Store) -> None:
    store.append_readings(S1, readings(0, 10))
    with store._read() as cursor:
        found = cursor.execute(
            "SELECT count(au05), count(au12), count(yaw_deg), count(landmarks_px), count(t_s), "
            "count(*) FILTER (isnan(au12)) FROM readings"
        ).fetchone()
    assert found == (0, 6, 8, 0, 10, 0)


def test_unfinished_recordings_are_interrupted_with_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    with clinic(path) as store:
        for number, state in enumerate(SessionState, start=2):
            store.add_session(session(number, state=state, hours=-number))
        store.append_readings(SessionId("s3"), readings(0, 40))
    with Store.open(path) as store:
        left = store.unfinished()
        ended = store.recover("Emo-Care ended while this was analysed.")

        assert [record.state for record in left] == [SessionState.ANALYSING, SessionState.QUEUED]
        assert [record.id for record in ended] == ["s3", "s2"]
        for record in ended:
            assert store.session(record.id) == record
            assert record.state is SessionState.INTERRUPTED
            assert record.error == "Emo-Care ended while this was analysed."
        assert same(store.readings(SessionId("s3")), readings(0, 40))
        assert store.unfinished() == store.recover("again") == []
        kept = {record.state for record in store.sessions()}
        assert kept == set(SessionState) - {SessionState.QUEUED, SessionState.ANALYSING}


def test_clips_that_still_lie_there(store: Store) -> None:
    store.add_session(replace(session(2), clip_path=None, clip_deleted_at=NOW))
    assert store.clip_paths() == {S1: "clips/a.mp4"}


def test_an_instant_is_kept_to_the_microsecond_over_centuries(store: Store) -> None:
    for number, at in enumerate([datetime(1899, 12, 31, 23, 59, 59, 999999, UTC),
                                 datetime(2199, 1, 1, 0, 0, 0, 1, UTC)], start=2):  # fmt: skip
        store.add_session(replace(session(number), started_at=at))
        assert store.session(SessionId(f"s{number}")).started_at == at
    assert store.sessions()[0].started_at - NOW > timedelta(days=60000)


def test_consent_to_research_is_kept_and_one_of_before_agrees_to_none(store: Store) -> None:
    given = session(9)
    assert given.consent is not None
    agreed = replace(given, consent=replace(given.consent, research=True))
    store.add_session(agreed)
    kept = store.session(SessionId("s9")).consent
    assert kept is not None and kept.research
    row = session_to_row(given)
    words = json.loads(str(row["consent"]))
    del words["research"]
    older = session_from_row({**row, "consent": json.dumps(words), "started_at": 0,
                              "clip_deleted_at": None})  # fmt: skip
    assert older.consent is not None and not older.consent.research
