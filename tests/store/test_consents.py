"""The list of consents: added to and read, nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from emocare.domain.consent import ConsentEvent, ConsentKind, Use
from emocare.domain.errors import NotFound
from emocare.domain.records import PatientId, SessionId
from emocare.store import Store
from emocare.store.consents import Consents
from emocare.store.rows import session_from_row
from tests.store.made_up import NOW, patient, session

P1 = PatientId("p1")
GIVEN = ConsentEvent(P1, ConsentKind.GIVEN, "2026-11-3", frozenset(Use), NOW, "Dr A", "account x",
                     by_patient=False, adult=True)  # fmt: skip
BACK = ConsentEvent(P1, ConsentKind.WITHDRAWN, "2026-11-3", frozenset({Use.VIDEO, Use.RESEARCH}),
                    NOW + timedelta(microseconds=1), "Ada", "account y", by_patient=True,
                    reason="mine — ‘so’")  # fmt: skip


def test_lines_come_back_as_they_were_oldest_first(store: Store) -> None:
    store.add_patient(patient(2))
    other = replace(GIVEN, patient_id=PatientId("p2"), uses=frozenset())
    for event in (BACK, GIVEN, other):
        store.add_consent_event(event)
    assert store.consent_events(P1) == [GIVEN, BACK]
    assert len(store.consent_events()) == 3
    with pytest.raises(NotFound):
        store.add_consent_event(replace(GIVEN, patient_id=PatientId("none")))


def test_no_line_can_be_changed_or_taken_away() -> None:
    assert [name for name in vars(Consents) if not name.startswith("_")] == [
        "add_consent_event", "consent_events"]  # fmt: skip


def test_lines_go_with_an_erased_person(store: Store) -> None:
    store.add_consent_event(GIVEN)
    assert store.erase(P1, "Dr A", NOW).counts["consents"] == 1
    assert store.consent_events() == []


def test_a_session_keeps_every_box_and_one_of_before_has_not_ticked_the_new_ones(
    store: Store,
) -> None:
    made = session(9)
    assert made.consent is not None
    everything = replace(made.consent, journal=True, adult=True)
    store.add_session(replace(made, consent=everything))
    assert store.session(SessionId("s9")).consent == everything
    with store._read() as cursor:
        row = cursor.execute("SELECT consent FROM sessions WHERE id = 's9'").fetchone()
    assert row is not None
    words = {k: v for k, v in json.loads(row[0]).items() if k not in ("journal", "adult")}
    old = session_from_row({
        "id": "s9", "patient_id": "p1", "started_at": 0, "protocol": "free", "source_name": "a",
        "state": "ready", "consent": json.dumps(words), "region": None, "clip_path": None,
        "clip_deleted_at": None, "summary": None, "error": None, "live": False,
    }).consent  # fmt: skip
    assert old is not None and not old.journal and not old.adult
