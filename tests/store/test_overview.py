"""Lists of everybody, each in one query."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from emocare.domain.records import AlertId, PatientId, SessionId
from emocare.domain.summary import Band, GateDecision
from emocare.store import Store
from emocare.store.overview import Counts
from tests.clinical.recordings import recording
from tests.store.made_up import NOW, alert, patient, readings, report, response, review, session

P1, P2 = PatientId("p1"), PatientId("p2")


def test_an_empty_clinic(store: Store) -> None:
    assert store.counts() == Counts(1, 1, 0, 0, 0, 0)
    assert store.latest_responses() == store.totals() == store.open_alert_counts() == {}
    assert store.reviewed_sessions() == set()
    assert store.report_states() == {}


def test_the_newest_recording_of_each_person(store: Store) -> None:
    store.add_patient(patient(2))
    store.add_patient(patient(3))
    newest = replace(session(2, hours=2), summary=recording(GateDecision.RELIABLE, Band.MILD))
    for record in (newest, session(3, hours=1), session(4, patient_number=2, hours=-1)):
        store.add_session(record)

    assert store.latest_sessions() == {P1: newest, P2: session(4, patient_number=2, hours=-1)}
    assert store.latest_sessions(summaries=False)[P1] == replace(newest, summary=None)
    assert store.session_counts() == {P1: 3, P2: 1}

    unread = session(5, hours=3)
    store.add_session(unread)
    assert store.latest_sessions()[P1] == unread
    assert store.latest_sessions(measured=True) == {P1: newest}


def test_the_newest_form_and_the_totals_of_each_person(store: Store) -> None:
    store.add_patient(patient(2))
    for form in (
        response(1, hours=3, total=9), response(2, hours=1, total=16),
        response(3, hours=2, total=None), response(4, hours=4, total=5, instrument="GAD-7"),
        response(5, patient_number=2, total=20),
    ):  # fmt: skip
        store.add_response(form, [])

    assert {p: r.id for p, r in store.latest_responses().items()} == {P1: "r4", P2: "r5"}
    assert store.latest_responses(["PHQ-9", "PHQ-8"])[P1] == response(1, hours=3, total=9)
    assert store.totals(["PHQ-9"]) == {P1: [16, 9], P2: [20]}
    assert store.totals() == {P1: [16, 9, 5], P2: [20]}
    assert store.totals(["WHO-5"]) == {}


def test_open_alerts_reviews_and_counts(store: Store) -> None:
    form = response()
    store.add_response(form, [alert(1, form), alert(2, form)])
    store.acknowledge_alert(AlertId("a1"), "Dr A", NOW + timedelta(1))
    store.append_readings(SessionId("s1"), readings(0, 12))
    store.add_review(review(1))
    store.add_review(review(2))
    store.add_report(report(1))

    assert store.open_alert_counts() == {P1: 2}
    store.resolve_alert(AlertId("a1"), "Dr A", NOW + timedelta(1), "assessed", "")
    assert store.open_alert_counts() == {P1: 1}
    assert store.reviewed_sessions() == {SessionId("s1")}
    assert store.counts() == Counts(1, 1, 12, 1, 1, 1)
