"""Two windows on the same record: the later one is told, and nothing is overwritten."""

from __future__ import annotations

import pytest

from emocare.app import App
from emocare.domain.errors import ChangedElsewhere, EmoCareError, InputError, ReportError
from emocare.domain.records import Patient
from emocare.domain.summary import Band
from tests.faults import Seen, fault
from tests.services.conftest import consent, record, times


def answered(app: App, patient: Patient, values: list[int]) -> None:
    draft = app.questionnaires.draft(patient.id, None, "PHQ-9")
    for index, value in enumerate(values):
        draft = app.questionnaires.answer(draft, index, value)
    app.questionnaires.finish(draft)


@fault("Two windows answer the same form", area="Several windows and processes",
       injected="both open it, answer in turns, and the one that did not see the last answer "
                "finishes")
def test_answering(app: App, patient: Patient, seen: Seen) -> None:
    forms = app.questionnaires
    one, other = (forms.draft(patient.id, None, "PHQ-9") for _ in range(2))
    for index in range(0, 9, 2):
        one = forms.answer(one, index, 1)
    for index in range(1, 9, 2):
        other = forms.answer(other, index, 2)
    assert other.complete and other.answers == (1, 2, 1, 2, 1, 2, 1, 2, 1)
    forms.answer(one, 0, 3)
    with pytest.raises(ChangedElsewhere) as caught:
        forms.finish(other)
    stands = forms.draft(patient.id, None, "PHQ-9")
    assert stands.answers == (3, 2, 1, 2, 1, 2, 1, 2, 1)
    assert forms.finish(stands).answers == stands.answers
    assert len(forms.responses(patient.id)) == 1
    seen(caught.value, lost=sum(answer is None for answer in stands.answers))


@fault("A window answers a form that another one has finished",
       area="Several windows and processes", injected="the other window finishes it in between",
       lost="nothing; the later answer is refused")
def test_finished(app: App, patient: Patient, seen: Seen) -> None:
    forms = app.questionnaires
    forms.answer(forms.draft(patient.id, None, "PHQ-9"), 0, 1)
    late = forms.draft(patient.id, None, "PHQ-9")
    answered(app, patient, [1] * 9)
    with pytest.raises(ChangedElsewhere) as caught:
        forms.answer(late, 1, 3)
    (response,) = forms.responses(patient.id)
    seen(caught.value, lost=sum(answer != 1 for answer in response.answers))


@fault("Two windows edit the same review", area="Several windows and processes",
       injected="both show version 1; the second saves after the first has saved version 2")
def test_review(app: App, patient: Patient, seen: Seen) -> None:
    session = record(app, patient, times(4))
    app.reviews.save(session.id, Band.MILD, None, (), "first")
    shown = app.reviews.latest(session.id).version
    app.reviews.save(session.id, Band.MODERATE, None, (), "of the other window", seen=shown)
    with pytest.raises(ChangedElsewhere) as caught:
        app.reviews.save(session.id, Band.MILD, None, (), "mine", seen=shown)
    assert app.reviews.latest(session.id).note == "of the other window"
    app.reviews.save(session.id, Band.MILD, None, (), "mine", seen=shown + 1)
    notes = [one.note for one in app._store.reviews(session.id)]
    seen(caught.value, lost=sum(note not in notes for note in ("mine", "of the other window")))


@fault("Two windows sign the same report", area="Several windows and processes",
       injected="the second signs after the first")
def test_signing(app: App, patient: Patient, seen: Seen) -> None:
    session = record(app, patient, times(4))
    app.reviews.save(session.id, Band.MILD, "not_used", (), "")
    app.reports.draft(session.id)
    signed = app.reports.sign(session.id, "Dr A", "physician", "1")
    with pytest.raises(ReportError) as caught:
        app.reports.sign(session.id, "Dr B", "physician", "2")
    kept = app.reports.current(session.id)
    seen(caught.value, lost=int(kept.pdf != signed.pdf))


@fault("Two windows record on one workstation", area="Several windows and processes",
       injected="a second live session is begun while one is recorded")
def test_recording(app: App, patient: Patient, seen: Seen) -> None:
    run = app.live.start(patient.id, consent(), guided=False)
    run.begin()
    with pytest.raises(InputError) as caught:
        app.live.start(patient.id, consent(), guided=False)
    seen(caught.value, lost=int(run.ended))
    run.stop()


@fault("Two windows acknowledge the same alert", area="Several windows and processes",
       injected="the second does it after the first")
def test_alert(app: App, patient: Patient, seen: Seen) -> None:
    answered(app, patient, [0] * 8 + [3])
    alert = app.alerts.open()[0]
    first = app.alerts.acknowledge(alert.id)
    with pytest.raises(EmoCareError) as caught:
        app.alerts.acknowledge(alert.id)
    seen(caught.value, lost=int(app.alerts.open()[0] != first))
