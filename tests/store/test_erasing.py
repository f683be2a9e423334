"""Erasing people and retention times: nothing forgotten, nothing held taken, nothing else lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from emocare.domain.accounts import Identity, Role, SignIn
from emocare.domain.data_life import DataClass, LegalHold
from emocare.domain.errors import AccessDenied, NotFound
from emocare.domain.journal import JournalEntry, JournalId
from emocare.domain.records import AlertState, PatientId, SessionId, SessionState
from emocare.services.accounts import new_account
from emocare.store import Store
from emocare.store.database import rows
from emocare.store.erasing import KEPT, OF_PATIENT, OF_SESSION
from tests.store.made_up import (
    NOW,
    alert,
    patient,
    readings,
    report,
    response,
    review,
    session,
)

P1, P2 = PatientId("p1"), PatientId("p2")
LATER = NOW + timedelta(days=1)


def entry(number: int) -> JournalEntry:
    return JournalEntry(JournalId(f"j{number}"), PatientId(f"p{number}"), NOW, date(2026, 11, 21),
                        "words", True, False, None)  # fmt: skip


def fill(store: Store, number: int) -> None:
    """One person with something in many tables; the fixture has made number 1 and its session."""
    if number > 1:
        store.add_patient(patient(number))
        store.add_session(session(number, number))
    store.append_readings(SessionId(f"s{number}"), readings(0, 60))
    form = response(number, number, number)
    store.add_response(form, [alert(number, form)])
    store.add_review(review(session_number=number))
    store.add_report(report(session_number=number))
    store.add_journal_entry(entry(number), None)
    store.save_draft(PatientId(f"p{number}"), None, "PHQ-9", {"answers": [1]})


def counts(store: Store) -> dict[str, int]:
    """Rows of every table."""
    with store._read() as cursor:
        names = [row["table_name"] for row in rows(
            cursor, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'emocare'")]
        return {name: rows(cursor, f"SELECT count(*) AS n FROM {name}")[0]["n"]
                for name in names if name != "schema_migrations"}  # fmt: skip


def test_every_table_that_names_somebody_is_known(store: Store) -> None:
    """A new table goes into one of the three lists: erased with a person, or kept for a reason."""
    with store._read() as cursor:
        found = rows(cursor, "SELECT table_name, column_name FROM duckdb_columns() "
                             "WHERE database_name = 'emocare'")  # fmt: skip
    of_patient = {row["table_name"] for row in found if row["column_name"] == "patient_id"}
    of_session = {row["table_name"] for row in found if row["column_name"] == "session_id"}
    assert of_patient == {*OF_PATIENT, *KEPT, "sessions"}
    assert of_session - of_patient == set(OF_SESSION)


def test_erasing_one_leaves_the_other_as_it_was(store: Store) -> None:
    fill(store, 1)
    alone = counts(store)
    fill(store, 2)
    both = counts(store)
    erasure = store.erase(P2, "Dr A", NOW, clips=1)
    assert counts(store) == {**alone, "erasures": 1}
    assert {name: n for name, n in erasure.counts.items() if n} == {
        **{name: both[name] - n for name, n in alone.items() if both[name] != n}, "clips": 1}
    assert store.patient(P1) == patient() and store.erasures() == [erasure]
    with pytest.raises(NotFound):
        store.erase(P2, "Dr A", NOW)


def test_nothing_of_their_account_and_their_device_stays(store: Store) -> None:
    fill(store, 1)
    fill(store, 2)
    for number in (1, 2):
        account = new_account(f"p{number}", "X", [Role.PATIENT], PatientId(f"p{number}"), "none",
                              must_change=False)  # fmt: skip
        store.add_account(account)
        store.link_identity(account.id, Identity("https://x", f"s{number}", "a@b.c"[number:]), NOW)
        store.add_sign_in(SignIn(f"t{number}", account.id, NOW, NOW, PatientId(f"p{number}")))
    erasure = store.erase(P2, "Dr A", NOW)
    assert erasure.counts["identities"] == 1
    assert [one.subject for one in store.identities().values()] == ["s1"]
    assert [one.handed_to for one in store.sign_ins()] == [P1, None]


def test_a_hold_keeps_everything_until_it_is_lifted(store: Store) -> None:
    hold = LegalHold(P1, "court order", "Dr A", NOW)
    store.set_hold(hold)
    store.set_hold(replace(hold, reason="second"))
    before = counts(store)
    with pytest.raises(AccessDenied, match=r"2026-11-21 \(court order\).*until it is lifted"):
        store.erase(P1, "Dr A", NOW)
    assert counts(store) == before and [one.reason for one in store.holds()] == [
        "court order", "second"]  # fmt: skip
    assert store.lift_holds(P1, "Dr B", LATER) == 2 and store.holds(P1) == []
    assert store.erase(P1, "Dr A", LATER).counts["legal_holds"] == 2
    with pytest.raises(NotFound):
        store.set_hold(hold)


def test_who_comes_back_is_erased_again(store: Store) -> None:
    fill(store, 1)
    erasure = store.erase(P1, "Dr A", NOW)
    store.add_patient(patient())
    store.set_hold(LegalHold(P1, "as old as the back-up", "Dr A", NOW))
    assert store.erase_again([erasure]) == 1 and store.patients() == []
    assert store.erase_again([erasure]) == 0 and len(store.erasures()) == 1
    other = replace(erasure, patient_id=P2)
    assert store.erase_again([other, other]) == 0 and len(store.erasures()) == 2


def test_the_mark_says_when_the_file_was_written_anew(store: Store) -> None:
    store.erase(P1, "Dr A", NOW)
    assert len(store.erasures(unfinished=True)) == 1
    store.finish_erasures()
    assert store.erasures(unfinished=True) == [] and store.erasures()[0].finished


@pytest.mark.parametrize(
    ("kind", "table", "items"),
    [(DataClass.READINGS, "readings", 60), (DataClass.QUESTIONNAIRES, "responses", 1),
     (DataClass.JOURNAL, "journal", 1), (DataClass.REPORTS, "reports", 1)],
)  # fmt: skip
def test_each_class_goes_by_its_own_age(
    store: Store, kind: DataClass, table: str, items: int
) -> None:
    fill(store, 1)
    settle_alerts(store)
    fill(store, 2)
    store.set_hold(LegalHold(P2, "court order", "Dr A", NOW))
    before = counts(store)
    assert store.expired(kind, NOW - timedelta(days=1)).items == 0
    found = store.expired(kind, LATER)
    assert (found.items, found.people) == (items, 1)
    assert store.remove_expired(kind, LATER) == found
    alerts = 1 if kind is DataClass.QUESTIONNAIRES else 0
    assert counts(store) == {**before, table: before[table] - items,
                             "alerts": before["alerts"] - alerts}  # fmt: skip


def settle_alerts(store: Store) -> None:
    for one in store.alerts(P1):
        if one.state is AlertState.RAISED:
            store.acknowledge_alert(one.id, "Dr A", NOW)
            store.resolve_alert(one.id, "Dr A", NOW, "assessed")


def test_answers_stay_while_their_alert_is_open(store: Store) -> None:
    fill(store, 1)
    assert store.expired(DataClass.QUESTIONNAIRES, LATER).items == 0
    settle_alerts(store)
    assert store.expired(DataClass.QUESTIONNAIRES, LATER).items == 1


def test_a_session_stays_with_its_report_and_answers_outlive_it(store: Store) -> None:
    fill(store, 1)
    store.add_session(session(7, 1, SessionState.ANALYSING))
    assert store.expired(DataClass.SESSIONS, LATER).items == 0
    store.remove_expired(DataClass.REPORTS, LATER)
    assert store.clips_of_expired(LATER) == ["clips/a.mp4"]
    assert store.remove_expired(DataClass.SESSIONS, LATER).items == 1
    after = counts(store)
    assert (after["sessions"], after["readings"], after["reviews"]) == (1, 0, 0)
    assert [form.session_id for form in store.responses()] == [None]
