"""Questionnaires, drafts and the alerts that cannot be lost."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import duckdb
import pytest

import emocare.store
from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.records import AlertId, AlertState, PatientId, ResponseId, SessionId
from emocare.store import Store
from emocare.store.answers import _store_alert
from tests.store.made_up import NOW, alert, patient, response, session

P1 = PatientId("p1")
A1 = AlertId("a1")
LATER = NOW + timedelta(minutes=3)


def test_a_finished_form_comes_back(store: Store) -> None:
    for form in (response(1), response(2, session_number=1, total=None)):
        store.add_response(form, [])
        found = store.response(form.id)
        assert found == form
        assert found.answered_at.tzinfo is UTC
        assert found.answers[3] is None


def test_forms_come_newest_first(store: Store) -> None:
    store.add_patient(patient(2))
    store.add_response(response(1, hours=1), [])
    store.add_response(response(2, hours=3, instrument="GAD-7"), [])
    store.add_response(response(3, hours=2, patient_number=2), [])

    assert [r.id for r in store.responses(P1)] == ["r2", "r1"]
    assert [r.id for r in store.responses()] == ["r2", "r3", "r1"]
    assert [r.id for r in store.responses(instrument="PHQ-9")] == ["r3", "r1"]
    assert [r.id for r in store.responses(P1, "GAD-7")] == ["r2"]
    assert store.responses(PatientId("nobody")) == []


def test_a_form_needs_its_person_and_recording(store: Store) -> None:
    store.add_patient(patient(2))
    with pytest.raises(NotFound, match="patient does not exist"):
        store.add_response(response(1, patient_number=9), [])
    with pytest.raises(NotFound, match="no such recording"):
        store.add_response(response(1, session_number=9), [])
    with pytest.raises(NotFound, match="no such recording"):
        store.add_response(response(1, patient_number=2, session_number=1), [])
    with pytest.raises(NotFound, match="questionnaire does not exist"):
        store.response(ResponseId("r1"))


def test_a_form_and_its_alerts_are_stored_together_or_not_at_all(store: Store) -> None:
    store.add_response(response(1), [alert(1, response(1))])
    second = response(2)

    with pytest.raises(StoreError, match="cannot be stored"):
        store.add_response(second, [alert(2, second), alert(1, second)])
    assert [r.id for r in store.responses()] == ["r1"]
    assert [a.id for a in store.alerts()] == ["a1"]
    store.add_response(second, [alert(2, second), alert(3, second)])
    assert {a.id for a in store.alerts()} == {"a1", "a2", "a3"}


def test_an_alert_belongs_to_its_form_and_begins_as_raised(store: Store) -> None:
    form = response(1)
    with pytest.raises(InputError, match="belongs to the response"):
        store.add_response(form, [alert(1, response(2))])
    with pytest.raises(InputError, match="belongs to the response"):
        store.add_response(form, [replace(alert(1, form), patient_id=PatientId("p2"))])
    with pytest.raises(InputError, match="begins as raised, got resolved"):
        store.add_response(form, [replace(alert(1, form), state=AlertState.RESOLVED)])
    assert store.responses() == store.alerts() == []


def test_of_alerts_raised_together_the_gravest_comes_first(store: Store) -> None:
    form = response(1)
    levels = {1: "", 2: "elevated", 3: "high", 4: ""}
    store.add_response(form, [replace(alert(n, form), level=at) for n, at in levels.items()])
    assert [a.level for a in store.alerts()] == ["high", "elevated", "", ""]


def test_a_draft_is_resumed(store: Store) -> None:
    s1 = SessionId("s1")
    assert store.draft(P1, None, "PHQ-9") is None
    for number in range(20):
        store.save_draft(P1, None, "PHQ-9", {"answers": [number, None, "ä"], "position": number})
    store.save_draft(P1, s1, "PHQ-9", {"in": "session"})
    store.save_draft(P1, None, "GAD-7", {"other": True})

    assert store.draft(P1, None, "PHQ-9") == {"answers": [19, None, "ä"], "position": 19}
    assert sorted(store.drafts(), key=str) == sorted(
        [(P1, None, "PHQ-9"), (P1, s1, "PHQ-9"), (P1, None, "GAD-7")], key=str
    )
    store.delete_draft(P1, None, "PHQ-9")
    store.delete_draft(P1, None, "PHQ-9")
    assert store.draft(P1, None, "PHQ-9") is None
    assert store.draft(P1, s1, "PHQ-9") == {"in": "session"}
    assert store.draft(P1, None, "GAD-7") == {"other": True}
    with pytest.raises(NotFound):
        store.save_draft(PatientId("p9"), None, "PHQ-9", {})


def test_an_alert_outlives_the_program(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    for opening in range(4):
        with Store.open(path) as store:
            if opening == 0:
                store.add_patient(patient())
                store.add_response(response(), [alert()])
            assert [a.id for a in store.alerts(P1, open_only=True)] == ["a1"]
            if opening == 1:
                store.acknowledge_alert(A1, "Dr A", LATER)
            if opening == 2:
                assert store.alert(A1).state is AlertState.ACKNOWLEDGED
    with Store.open(path) as store:
        store.resolve_alert(A1, "Dr B", LATER, "safety_plan", "Plan made with her sister.")
        assert store.alerts(open_only=True) == []
        assert store.alerts(P1) == [store.alert(A1)]


def test_the_life_of_an_alert_is_kept_whole(store: Store) -> None:
    store.add_response(response(), [alert()])
    seen = store.acknowledge_alert(A1, "Dr A", LATER)
    assert store.alert(A1) == seen
    done = store.resolve_alert(A1, "Dr B", LATER, "referred", "")

    assert store.alert(A1) == done
    assert (done.acknowledged_by, done.resolved_by, done.action, done.note) == (
        "Dr A", "Dr B", "referred", "")  # fmt: skip
    assert done == replace(
        alert(), state=AlertState.RESOLVED, acknowledged_by="Dr A", acknowledged_at=LATER,
        resolved_by="Dr B", resolved_at=LATER, action="referred", note="",
    )  # fmt: skip


def test_no_step_of_an_alert_is_left_out_repeated_or_undone(store: Store) -> None:
    store.add_response(response(), [alert()])
    with pytest.raises(InputError, match="Acknowledge the alert first"):
        store.resolve_alert(A1, "Dr A", LATER, "referred", "")
    store.acknowledge_alert(A1, "Dr A", LATER)
    with pytest.raises(InputError, match="already acknowledged by Dr A"):
        store.acknowledge_alert(A1, "Dr B", LATER)
    with pytest.raises(InputError, match="Choose what was done"):
        store.resolve_alert(A1, "Dr B", LATER, "dismissed", "")
    assert store.alert(A1).state is AlertState.ACKNOWLEDGED
    store.resolve_alert(A1, "Dr A", LATER, "referred", "")
    with pytest.raises(InputError, match="already resolved"):
        store.resolve_alert(A1, "Dr B", LATER, "assessed", "other")
    with pytest.raises(InputError, match="already resolved"):
        store.acknowledge_alert(A1, "Dr B", LATER)
    with pytest.raises(NotFound, match="alert does not exist"):
        store.acknowledge_alert(AlertId("none"), "Dr A", LATER)
    assert store.alert(A1).resolved_by == "Dr A"


def test_a_step_is_written_only_on_the_state_it_comes_from(store: Store) -> None:
    store.add_response(response(), [alert()])
    seen = store.acknowledge_alert(A1, "Dr A", LATER)
    with pytest.raises(InputError, match="changed by someone else"), store._write() as cursor:
        _store_alert(cursor, replace(seen, acknowledged_by="Dr B"), AlertState.RAISED)
    assert store.alert(A1) == seen


def test_alerts_come_newest_first_and_open_ones_alone(store: Store) -> None:
    store.add_patient(patient(2))
    forms = [response(1, hours=1), response(2, hours=2), response(3, patient_number=2, hours=3)]
    for number, form in enumerate(forms, start=1):
        store.add_response(form, [alert(number, form)])
    store.acknowledge_alert(A1, "Dr A", NOW + timedelta(hours=5))
    store.acknowledge_alert(AlertId("a2"), "Dr A", NOW + timedelta(hours=5))
    store.resolve_alert(AlertId("a2"), "Dr A", NOW + timedelta(hours=5), "assessed", "")

    assert [a.id for a in store.alerts()] == ["a3", "a2", "a1"]
    assert [a.id for a in store.alerts(open_only=True)] == ["a3", "a1"]
    assert [a.id for a in store.alerts(P1)] == ["a2", "a1"]
    assert [a.id for a in store.alerts(P1, open_only=True)] == ["a1"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE alerts SET state = 'gone'",
        "UPDATE alerts SET state = 'raised'",
        "UPDATE alerts SET state = 'resolved'",
        "UPDATE alerts SET acknowledged_by = NULL",
        "UPDATE alerts SET acknowledged_at = NULL",
        "UPDATE alerts SET action = 'assessed'",
    ],
)
def test_the_file_itself_refuses_half_a_step(store: Store, sql: str) -> None:
    store.add_response(response(), [alert()])
    seen = store.acknowledge_alert(A1, "Dr A", LATER)
    with pytest.raises(StoreError) as caught, store._write() as cursor:
        cursor.execute(sql)
    assert isinstance(caught.value.__cause__, duckdb.ConstraintException)
    assert store.alert(A1) == seen


def test_nothing_but_drafts_readings_journals_and_sign_ins_is_deleted_while_working() -> None:
    """Erasing a person and retention times are steps of their own, in files of their own."""
    folder = Path(emocare.store.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py")
                       if path.name not in ("erasing.py", "expiry.py"))
    assert set(re.findall(r"DELETE\s+FROM\s+(\w+)", source, re.IGNORECASE)) == {
        "drafts", "readings", "journal", "assignments", "sign_ins", "sign_in_failures",
        "identities",
    }
    assert not re.search(r"\b(TRUNCATE|DROP\s+TABLE)\b", source, re.IGNORECASE)


def test_the_session_of_a_form_may_be_of_another_day(store: Store) -> None:
    store.add_session(session(2, hours=-900))
    store.add_response(response(1, session_number=2), [])
    assert store.response(ResponseId("r1")).session_id == "s2"
