"""Rules of questionnaires that hold whatever is answered, in which order, beside which face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emocare.clinical import load_instrument
from emocare.domain.errors import NotFound
from emocare.domain.records import (
    Alert,
    Patient,
    PatientId,
    Response,
    ResponseId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import BANDS, GateDecision, Summary
from emocare.services.questionnaires import Questionnaires
from emocare.services.workplace import Workplace
from tests.clinical.recordings import recording

PERSON, SESSION = PatientId("p"), SessionId("s")
ANSWER = st.sampled_from([None, 0, 1, 2, 3])
FACES = st.builds(recording, st.sampled_from(GateDecision), st.sampled_from([None, *BANDS]))


class Shelf:
    """A store in memory with one person, one recording, and what a form leaves behind."""

    def __init__(self, face: Summary | None) -> None:
        self.kept: list[Response] = []
        self.raised: list[Alert] = []
        self._drafts: dict[str, dict[str, Any]] = {}
        at = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self._session = SessionRecord(
            SESSION, PERSON, at, "free", "a.mp4", SessionState.READY, None, None, None, None,
            face, None,
        )  # fmt: skip

    def patient(self, patient_id: PatientId) -> Patient:
        return Patient(patient_id, "P-1", "A", None, None, "Dr A", self._session.started_at)

    def session(self, session_id: SessionId) -> SessionRecord:
        return self._session

    def responses(self, patient_id: PatientId) -> list[Response]:
        return list(self.kept)

    def response(self, response_id: ResponseId) -> Response:
        for response in self.kept:
            if response.id == response_id:
                return response
        raise NotFound("This questionnaire does not exist.")

    def draft(self, patient: PatientId, session: SessionId | None, form: str) -> Any:
        return self._drafts.get(form)

    def save_draft(self, patient: PatientId, session: SessionId | None, form: str,
                   content: Mapping[str, Any]) -> None:  # fmt: skip
        self._drafts[form] = dict(content)

    def delete_draft(self, patient: PatientId, session: SessionId | None, form: str) -> None:
        self._drafts.pop(form, None)

    def add_response(self, response: Response, alerts: Sequence[Alert]) -> None:
        self.kept.append(response)
        self.raised += alerts


def service(shelf: Shelf, **settings: Any) -> Questionnaires:
    none = Path("/none")
    place = Workplace("Clinic", "Dr A", "", "US", none, none, none, **settings)
    return Questionnaires(shelf, place)  # type: ignore[arg-type]


@given(
    st.lists(ANSWER, min_size=9, max_size=9), st.sampled_from([1, 2, 3]), ANSWER,
    st.none() | FACES, st.booleans(), st.booleans(), st.permutations(range(9)),
)  # fmt: skip
@settings(deadline=None)
def test_item_9_above_zero_always_raises_its_alert(
    answers: list[int | None], item9: int, difficulty: int | None, face: Summary | None,
    faces: bool, allow_face: bool, order: list[int],
) -> None:  # fmt: skip
    """Whatever else is answered or missing, in any order, whatever gate and index say."""
    answers[8] = item9
    shelf = Shelf(face)
    asked = service(shelf, facial_module_enabled=faces, allow_face_headline=allow_face)
    draft = asked.draft(PERSON, SESSION, "PHQ-9")
    for index in order:
        draft = asked.answer(draft, index, answers[index])
    response = asked.finish(draft, difficulty)

    found = [a for a in shelf.raised if a.code == "SI_ITEM9_POSITIVE"]
    assert [(a.level, a.state.value) for a in found] == [
        ("elevated" if item9 == 1 else "high", "raised")
    ]
    assert response.answers == tuple(answers)
    raised = list(shelf.raised)
    asked.headline(SESSION)
    assert shelf.raised == raised


@given(st.sampled_from(["PHQ-9", "GAD-7", "K10", "WHO-5", "DASS-21", "K6"]), st.data())
@settings(deadline=None)
def test_the_order_of_answering_never_matters(name: str, data: st.DataObject) -> None:
    """Forwards, in any order, with answers changed on the way, and over an interruption."""
    form = load_instrument(name)
    count = len(form.items)
    answer = st.sampled_from([None, *form.values])
    wanted = data.draw(st.lists(answer, min_size=count, max_size=count))
    order = data.draw(st.permutations(range(count)))
    first = data.draw(st.lists(answer, min_size=count, max_size=count))

    straight, mixed = service(Shelf(None)), service(Shelf(None))
    draft = straight.draft(PERSON, SESSION, name)
    for index, value in enumerate(wanted):
        draft = straight.answer(draft, index, value)
    one = straight.finish(draft)
    other_draft = mixed.draft(PERSON, SESSION, name)
    for index in order:
        other_draft = mixed.answer(other_draft, index, first[index])
        other_draft = mixed.draft(PERSON, SESSION, name)
    for index in reversed(order):
        other_draft = mixed.answer(other_draft, index, wanted[index])
    other = mixed.finish(other_draft)

    assert (one.answers, one.result) == (other.answers, other.result)


@given(st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=4, max_size=4), st.booleans())
@settings(deadline=None)
def test_a_short_form_is_carried_exactly_when_its_part_is_positive(
    answers: list[int | None], same_day: bool
) -> None:
    shelf = Shelf(None)
    asked = service(shelf, same_day_review=same_day)
    draft = asked.draft(PERSON, SESSION, "PHQ-4")
    for index, value in enumerate(answers):
        draft = asked.answer(draft, index, value)
    asked.finish(draft)

    anxiety, mood = answers[:2], answers[2:]
    depression = "PHQ-9" if same_day else "PHQ-8"
    expected = [name for name, part in ((depression, mood), ("GAD-7", anxiety))
                if sum(value or 0 for value in part) >= 3]  # fmt: skip
    assert asked.follow_ups(PERSON) == expected
    for name, part in ((depression, mood), ("GAD-7", anxiety)):
        full = asked.draft(PERSON, SESSION, name)
        if name in expected:
            assert list(full.answers[:2]) == part
            assert full.carried == sum(value is not None for value in part)
            assert full.answered[:2] == tuple(value is not None for value in part)
        else:
            assert full.carried == 0 and not any(full.answered)
        assert not any(full.answered[2:])


def test_nothing_is_carried_from_another_day() -> None:
    shelf = Shelf(None)
    asked = service(shelf)
    draft = asked.draft(PERSON, SESSION, "PHQ-2")
    for index in (0, 1):
        draft = asked.answer(draft, index, 3)
    asked.finish(draft)
    assert asked.follow_ups(PERSON) == ["PHQ-9"]
    shelf.kept = [replace(r, answered_at=r.answered_at.replace(year=2020)) for r in shelf.kept]
    assert asked.follow_ups(PERSON) == []
    assert asked.draft(PERSON, SESSION, "PHQ-9").carried == 0


def test_a_full_form_of_the_same_day_is_not_asked_again() -> None:
    shelf = Shelf(None)
    asked = service(shelf)
    for name, values in (("GAD-2", (2, 2)), ("GAD-7", (2, 2, 0, 0, 0, 0, 0))):
        draft = asked.draft(PERSON, SESSION, name)
        for index, value in enumerate(values):
            draft = asked.answer(draft, index, value)
        asked.finish(draft)
    assert asked.follow_ups(PERSON) == []
