"""One questionnaire in the hands of a person: which form, where in it, what is on screen.

Everything can be rebuilt from the address after a reload; the answers themselves are in the store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.records import PatientId, SessionId
from emocare.services.questionnaires import Draft
from emocare.ui import context, kiosk_state

RUN = "form_run"
FORM, MODE, GATE, DONE, LANGUAGE = "form", "mode", "gate", "done", "language"
QUESTION, DIFFICULTY, CRISIS = "question", "difficulty", "crisis"
COVERED, FINISHED = "covered", "finished"


@dataclass(frozen=True, slots=True)
class FormRun:
    """Where the person stands.

    Attributes:
        mode: "self" or "interviewer".
        gate: Whether the form was opened because the picture could not be used.
        draft: What is stored so far.
        index: Question on screen, from 0.
        stage: Which screen is shown.
        behind: Stage to which the crisis card and the cover go back.
        resumed: Whether answers from before were found.
        crisis_seen: Whether the crisis card was shown for an answer.
        asked: Whether the card on screen was asked for, rather than shown for an answer.
        left: Whether the cover was asked for, rather than shown after a pause.
        risk: Whether a form before this one held an answer that shows the crisis card.
    """

    patient_id: PatientId
    session_id: SessionId | None
    mode: str
    gate: bool
    draft: Draft
    index: int
    stage: str = QUESTION
    behind: str = QUESTION
    resumed: bool = False
    crisis_seen: bool = False
    asked: bool = False
    left: bool = False
    risk: bool = False

    @property
    def form(self) -> Any:
        """The instrument with its words."""
        return context.app().questionnaires.form(self.draft.instrument, self.draft.language)


def begin(patient_id: PatientId, session_id: SessionId | None, form: str, mode: str, *,
          gate: bool = False, language: str = "", risk: bool = False) -> FormRun:  # fmt: skip
    """Opens a form, at the first question that is still open, and hands the device over."""
    draft = context.app().questionnaires.draft(patient_id, session_id, form, language)
    last = len(draft.answers) - 1
    run = FormRun(patient_id, session_id, mode, gate, draft, min(draft.position, last),
                  resumed=draft.resumed, risk=risk)  # fmt: skip
    context.choose(patient_id, session_id)
    st.query_params.update(_address(run))
    if mode == "self":
        context.hand_over(patient_id)
    kiosk_state.start()
    return keep(run)


def current() -> FormRun | None:
    """The form on screen; after a reload it is rebuilt from the address. None when none runs."""
    if not kiosk_state.running():
        st.session_state.pop(RUN, None)
        return None
    run = st.session_state.get(RUN)
    if isinstance(run, FormRun):
        kiosk_state.keep()
        _write_address(run)
        return run
    patient, form = context.current_patient(), st.query_params.get(FORM)
    if patient is None or form is None:
        kiosk_state.leave()
        return None
    session = context.current_session()
    try:
        run = begin(
            patient.id, None if session is None else session.id, form,
            st.query_params.get(MODE, "self"), gate=st.query_params.get(GATE) == "1",
            language=st.query_params.get(LANGUAGE, ""),
        )  # fmt: skip
    except EmoCareError:
        kiosk_state.leave()
        raise
    if st.query_params.get(DONE) == "1":
        run = keep(replace(run, stage=FINISHED))
    return run


def keep(run: FormRun) -> FormRun:
    """Remembers where the person stands."""
    st.session_state[RUN] = run
    return run


def finish(run: FormRun, difficulty: int | None, *, go_on: bool = True) -> FormRun:
    """Scores and stores the form, raises its alerts, and thanks.

    Args:
        go_on: Whether a full form that the answers ask for follows at once.
    """
    service = context.app().questionnaires
    service.finish(run.draft, difficulty, run.mode)
    risk = run.risk or at_risk(run)
    following = service.follow_ups(run.patient_id) if go_on else []
    if following:
        spoken = run.draft.language in service.offered.languages(following[0])
        return begin(run.patient_id, run.session_id, following[0], run.mode, risk=risk,
                     language=run.draft.language if spoken else "")  # fmt: skip
    st.query_params[DONE] = "1"
    return keep(replace(run, stage=FINISHED, risk=risk))


def leave(run: FormRun) -> None:
    """Takes the device back and opens the session's review, or the patients."""
    st.session_state.pop(RUN, None)
    kiosk_state.leave()
    if run.session_id is None:
        context.go(context.HOME, run.patient_id)
    context.go(context.REVIEW, run.patient_id, run.session_id)


def risky(run: FormRun, index: int, value: int | None) -> bool:
    """Whether this answer shows the crisis card at once."""
    safety = run.form.safety
    return (
        safety is not None and index == safety.item - 1 and value is not None
        and value in (*safety.elevated, *safety.high)
    )  # fmt: skip


def at_risk(run: FormRun) -> bool:
    """Whether an answer that shows the crisis card is stored in the draft."""
    return any(risky(run, i, value) for i, value in enumerate(run.draft.answers))


def asks_difficulty(run: FormRun) -> bool:
    """Whether the unscored question on daily life follows: any item above zero."""
    return run.form.difficulty is not None and any(v for v in run.draft.answers)


def _write_address(run: FormRun) -> None:
    context.choose(run.patient_id, run.session_id)
    wanted = _address(run)
    if any(st.query_params.get(name) != value for name, value in wanted.items()):
        st.query_params.update(wanted)


def _address(run: FormRun) -> dict[str, str]:
    return {FORM: run.draft.instrument, MODE: run.mode, GATE: "1" if run.gate else "0",
            LANGUAGE: run.draft.language}  # fmt: skip
