"""Questionnaires: offered when the face cannot be used, kept answer by answer, scored, alarmed."""

from __future__ import annotations

import threading
from datetime import date

from emocare.clinical import (
    CrisisCard,
    DatedResult,
    Headline,
    Instrument,
    headline,
    previous_total,
    read_norms,
    recall_overlaps,
    score,
    self_report_dimensions,
)
from emocare.domain.errors import AnswerOutOfRange, InputError, NotFound
from emocare.domain.records import (
    PatientId,
    Response,
    ResponseId,
    SessionId,
    SessionRecord,
)
from emocare.domain.summary import GateDecision
from emocare.services.adults import require_not_minor
from emocare.services.forms_following import carried, due
from emocare.services.forms_offered import DEFAULT_PACK, OfferedForms
from emocare.services.questionnaires_draft import (
    Draft,
    Offer,
    alerts_of,
    draft_from,
    finished_elsewhere,
    first_open,
    left_at_risk,
    merged,
    require_same,
    to_store,
    with_answer,
)
from emocare.services.questionnaires_resources import crisis_card, staff_notes
from emocare.services.questionnaires_visits import counts, is_of, new_visit, visit_on
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

__all__ = ["DEFAULT_PACK", "Draft", "Offer", "Questionnaires"]

MODES: tuple[str, ...] = ("self", "interviewer")


class Questionnaires:
    """Use cases around forms. Every answer is stored at once."""

    def __init__(self, store: Store, workplace: Workplace) -> None:
        """Raises:
        InputError: A norm in the settings is wrong.
        """
        self._store = store
        self._workplace = workplace
        self._changing = threading.Lock()
        self._norms = read_norms(workplace.norms)
        self.offered = OfferedForms(workplace)

    def form(self, name: str, language: str = "") -> Instrument:
        """A form with its words, options and rules; see ``OfferedForms.form``.

        Raises:
            InputError: No such instrument, or no words for it.
        """
        return self.offered.form(name, language)

    def names(self) -> tuple[str, ...]:
        """Every form that can be asked in this installation; the default pack first."""
        return self.offered.names()

    def follow_ups(self, patient_id: PatientId) -> list[str]:
        """The full forms that this day's positive short forms ask for."""
        return due(self._store.responses(patient_id), now(), self.offered.substitute)

    def crisis_card(self) -> CrisisCard:
        """Whom a person can call now, in the country of this clinic."""
        return crisis_card(self._workplace)

    def staff_notes(self, today: date) -> list[str]:
        """What the staff should mend around questionnaires, one sentence each."""
        return staff_notes(self._workplace, today)

    def self_report(self, session_id: SessionId) -> dict[str, float | None]:
        """The six dimensions as single items of the forms that count for a session say them."""
        counted = {r.instrument: r.answers for r in self.of_session(session_id)}
        return self_report_dimensions(counted)

    def needed(self, session_id: SessionId) -> Offer | None:
        """The form to open by itself: the gate says unreliable and no valid answers exist.

        Returns:
            None when the face can be used, a valid questionnaire of the session or of the last
            14 days leads anyway, or faces are not analysed in this clinic.
        """
        record = self._store.session(session_id)
        summary = record.summary
        if summary is None or summary.gate.decision is not GateDecision.UNRELIABLE:
            return None
        if not self._workplace.facial_module_enabled:
            return None
        if not self.headline(session_id).ask_questionnaire:
            return None
        reasons = sorted(
            summary.gate.reasons, key=lambda r: r.level is not GateDecision.UNRELIABLE
        )
        return Offer(tuple(reason.advice for reason in reasons), self.names()[0])

    def draft(
        self, patient_id: PatientId, session_id: SessionId | None, instrument: str,
        language: str = "",
    ) -> Draft:  # fmt: skip
        """The form as far as it was answered, or a new one.

        A new one begins with the answers of a positive short form of the same day, and in
        ``language``; "" is the first there is.

        Raises:
            NotFound: No such patient or session.
            AccessDenied: The person is a minor.
            InputError: No such instrument, or this clinic does not ask it.
        """
        form = self.offered.to_ask(instrument)
        require_not_minor(self._store.patient(patient_id))
        if session_id is not None:
            self._own_session(patient_id, session_id)
        stored = self._store.draft(patient_id, session_id, form.name)
        if stored is not None and self._finished(ResponseId(stored["response_id"])):
            self._store.delete_draft(patient_id, session_id, form.name)
            stored = None
        if stored is not None:
            return draft_from(stored, patient_id, session_id, form)
        form = self.offered.to_ask(instrument, language)
        answers = carried(form, self._store.responses(patient_id), now(), self.offered.substitute)
        answered = tuple(answer is not None for answer in answers)
        return Draft(
            response_id=ResponseId(new_id()), patient_id=patient_id, session_id=session_id,
            instrument=form.name, answers=answers, answered=answered,
            position=first_open(answered), resumed=False, language=form.language,
            carried=sum(answered),
        )  # fmt: skip

    def answer(self, draft: Draft, index: int, value: int | None) -> Draft:
        """Stores one answer at once and returns the draft with it.

        Args:
            index: Item, from 0.
            value: Points of the chosen option; None = prefer not to say.

        Raises:
            AnswerOutOfRange: There is no such item or option.
            ChangedElsewhere: The form was finished in another window.
        """
        form = self.form(draft.instrument, draft.language)
        if not 0 <= index < len(form.items):
            raise AnswerOutOfRange(
                f"{form.name} has {len(form.items)} questions; there is no number {index + 1}."
            )
        if value is not None and (type(value) is not int or value not in form.values):
            raise AnswerOutOfRange(
                f"Question {index + 1}: expected one of {list(form.values)} or nothing, "
                f"got {value!r}."
            )
        with self._changing:
            draft = with_answer(self._as_it_stands(draft), index, value)
            self._store.save_draft(
                draft.patient_id, draft.session_id, draft.instrument, to_store(draft, now())
            )
        return draft

    def _as_it_stands(self, draft: Draft) -> Draft:
        """With the answers that another window has stored meanwhile."""
        if self._finished(draft.response_id) is not None:
            raise finished_elsewhere(draft)
        stored = self._store.draft(draft.patient_id, draft.session_id, draft.instrument)
        if stored is not None and self._finished(ResponseId(stored["response_id"])) is not None:
            return draft
        return merged(draft, stored)

    def finish(
        self, draft: Draft, difficulty: int | None = None, mode: str = "self"
    ) -> Response:
        """Scores the form, raises its alerts, and stores both in one transaction.

        Finishing the same draft twice gives the response of the first time.

        Args:
            difficulty: Answer to the unscored item on daily life, None if not given or asked.
            mode: "self" or "interviewer".

        Raises:
            InputError: An item was not dealt with, or the mode is unknown.
            ChangedElsewhere: Answers were changed in another window.
            AnswerOutOfRange: The difficulty is not one of its options.
        """
        with self._changing:
            if (done := self._finished(draft.response_id)) is not None:
                return done
            require_same(draft, stands := self._as_it_stands(draft))
            return self._finish(stands, difficulty, mode)

    def finish_left_alone(self) -> list[Response]:
        """Finishes forms that hold an answer at risk and that nobody goes on with.

        Whoever answers the safety question, the last one, and leaves or closes the browser must
        not keep the alert waiting.
        """
        finished = []
        for patient_id, session_id, instrument in self._store.drafts():
            stored = self._store.draft(patient_id, session_id, instrument)
            form = self.offered.known(instrument, (stored or {}).get("language", ""))
            if stored is None or not left_at_risk(stored, form, now()):
                continue
            finished.append(self.finish(draft_from(stored, patient_id, session_id, form)))
        return finished

    def _finish(self, draft: Draft, difficulty: int | None, mode: str) -> Response:
        if not draft.complete:
            raise InputError(
                f"Question {draft.position + 1} is not answered yet. Choose an answer or "
                "'I prefer not to say'."
            )
        if mode not in MODES:
            raise InputError(f"Mode: expected self or interviewer, got {mode!r}.")
        response = self._scored(draft, difficulty, mode)
        self._store.add_response(response, alerts_of(response))
        self._store.delete_draft(draft.patient_id, draft.session_id, draft.instrument)
        return response

    def todays_visit(self, patient_id: PatientId) -> SessionRecord | None:
        """Today's visit without a recording of this person, None where there is none."""
        return visit_on(self._store.sessions(patient_id), now())

    def open_visit(self, patient_id: PatientId) -> SessionRecord:
        """Today's visit without a recording of this person; a new one where there is none.

        Raises:
            NotFound: No such patient.
            AccessDenied: The person is a minor.
        """
        require_not_minor(self._store.patient(patient_id))
        found = self.todays_visit(patient_id)
        if found is not None:
            return found
        record = new_visit(patient_id, now())
        self._store.add_session(record)
        return record

    def responses(self, patient_id: PatientId) -> list[Response]:
        """Finished forms of a person, newest first."""
        found = self._store.responses(patient_id)
        return sorted(found, key=lambda response: response.answered_at, reverse=True)

    def of_session(self, session_id: SessionId) -> list[Response]:
        """Forms that count for a session: its own and those of the 14 days up to it, newest
        first, at most one per instrument."""
        record = self._store.session(session_id)
        counted: dict[str, Response] = {}
        for response in self.responses(record.patient_id):
            if counts(response, record):
                counted.setdefault(response.instrument, response)
        return list(counted.values())

    def overlapping(self, session_id: SessionId) -> tuple[str, ...]:
        """Forms of a session whose recall period overlaps with that of the time before."""
        every = self.responses(self._store.session(session_id).patient_id)
        return tuple(
            response.instrument for response in self.of_session(session_id)
            if any(recall_overlaps(other.answered_at, response.answered_at) for other in every
                   if other.instrument == response.instrument
                   and other.answered_at < response.answered_at)
        )  # fmt: skip

    def headline(self, session_id: SessionId) -> Headline:
        """What leads for a session: questionnaire before face (clinical specification 3.7)."""
        record = self._store.session(session_id)
        results = [
            DatedResult(r.result, r.answered_at, same_session=is_of(r, record))
            for r in self._store.responses(record.patient_id)
        ]
        face = record.summary if self._workplace.facial_module_enabled else None
        return headline(results, face, record.started_at, self._workplace.allow_face_headline)

    def _scored(self, draft: Draft, difficulty: int | None, mode: str) -> Response:
        form = self.offered.known(draft.instrument, draft.language)
        at = now()
        earlier = previous_total(self._store.responses(draft.patient_id), form.name, at)
        result = score(
            form.name, draft.answers, difficulty,
            previous=None if earlier is None else earlier.total,
            previous_prorated=earlier is not None and earlier.prorated,
            norm=self._norms.get(form.name),
        )  # fmt: skip
        return Response(
            id=draft.response_id, patient_id=draft.patient_id, session_id=draft.session_id,
            instrument=form.name, version=form.version, language=draft.language, mode=mode,
            answers=draft.answers, difficulty=difficulty, result=result, answered_at=at,
        )  # fmt: skip

    def _finished(self, response_id: ResponseId) -> Response | None:
        try:
            return self._store.response(response_id)
        except NotFound:
            return None

    def _own_session(self, patient_id: PatientId, session_id: SessionId) -> None:
        if self._store.session(session_id).patient_id != patient_id:
            raise InputError("This recording belongs to another person. Open the person again.")
