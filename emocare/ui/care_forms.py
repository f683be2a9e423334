"""Dialogs in which a clinician enters, changes, ends and removes what stands in the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import streamlit as st

from emocare.domain.care import (
    CareEntry,
    CareKind,
    Content,
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.errors import EmoCareError
from emocare.domain.records import Patient
from emocare.ui import context
from emocare.ui.text import timeline as text
from emocare.ui.wording import plain

KINDS = (CareKind.MEDICATION, CareKind.THERAPY, CareKind.DIAGNOSIS, CareKind.EVENT)
"""What "Add treatment change" offers."""

DATE = "DD/MM/YYYY"
FIRST_DAY = date(1920, 1, 1)


@st.dialog(text.DIALOG_ADD, width="medium")
def add_dialog(patient: Patient, treatments: Sequence[CareEntry]) -> None:
    """See ``add_form``."""
    add_form(patient, treatments)


@st.dialog(text.DIALOG_VISIT, width="medium")
def visit_dialog(patient: Patient) -> None:
    """See ``visit_form``."""
    visit_form(patient)


@st.dialog(text.DIALOG_EDIT, width="medium")
def edit_dialog(entry: CareEntry) -> None:
    """See ``edit_form``."""
    edit_form(entry)


def add_form(patient: Patient, treatments: Sequence[CareEntry]) -> None:
    """Medication, another dose, therapy, diagnosis or event."""
    kind = st.segmented_control(
        text.KIND_LABEL, KINDS, default=KINDS[0], required=True,
        format_func=text.KINDS.__getitem__, key="care_kind",
    )  # fmt: skip
    current = [e for e in treatments if isinstance(e.content, Medication)
               and e.content.until is None]  # fmt: skip
    if kind is CareKind.MEDICATION and current:
        names = {e.id: _label(e) for e in current}
        chosen = st.selectbox(text.CHANGE_WHICH, [None, *names], key="care_which",
                              format_func=lambda i: names.get(i, text.CHANGE_NEW))  # fmt: skip
        old = next((e for e in current if e.id == chosen), None)
        if old is not None:
            _new_dose(old)
            return
    content = _fields(kind, None)
    st.caption(text.NOT_A_PRESCRIPTION)
    if st.button(text.SAVE, type="primary", key="care_save"):
        _do(lambda: context.app().care.add(patient.id, content()))


def visit_form(patient: Patient) -> None:
    """The next appointment."""
    content = _fields(CareKind.VISIT, None)
    if st.button(text.SAVE, type="primary", key="care_save"):
        _do(lambda: context.app().care.add(patient.id, content()))


def edit_form(entry: CareEntry) -> None:
    """Changes an entry, ends it today, or removes it after a second question."""
    care = context.app().care
    content = _fields(entry.kind, entry.content)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.SAVE, type="primary", key="care_save"):
            _do(lambda: care.change(entry, content()))
        open_ended = isinstance(entry.content, Diagnosis | Medication | Therapy)
        if open_ended and entry.content.until is None and st.button(
            text.END_TODAY, icon=":material/event_available:", key="care_end"
        ):
            _do(lambda: care.end(entry, datetime.now().date()))
        st.space("stretch")
        with st.popover(text.REMOVE, icon=":material/delete:", width="content"):
            st.markdown(text.REMOVE_SURE)
            if st.button(text.REMOVE_GO, key="care_remove"):
                _do(lambda: care.remove(entry))


def _new_dose(old: CareEntry) -> None:
    dose = st.text_input(text.NEW_DOSE, max_chars=300, key="care_new_dose")
    on = st.date_input(text.NEW_DOSE_FROM, value="today", format=DATE, min_value=FIRST_DAY,
                       key="care_dose_from")  # fmt: skip
    st.caption(text.NOT_A_PRESCRIPTION)
    if st.button(text.SAVE, type="primary", key="care_save"):
        _do(lambda: context.app().care.change_dose(old, dose, on))


def _fields(kind: CareKind, old: Content | None) -> Callable[[], Content]:
    """Draws the fields of a kind, filled from ``old``; the result makes what was entered."""
    if kind is CareKind.MEDICATION:
        return _medication(old if isinstance(old, Medication) else None)
    if kind is CareKind.THERAPY:
        before = old if isinstance(old, Therapy) else None
        name = _line(text.FIELD_THERAPY, before.name if before else "")
        since, until = _days(before.since if before else None, before.until if before else None)
        return lambda: Therapy(name, since or datetime.now().date(), until)
    if kind is CareKind.DIAGNOSIS:
        return _diagnosis(old if isinstance(old, Diagnosis) else None)
    if kind is CareKind.EVENT:
        event = old if isinstance(old, LifeEvent) else None
        said = _line(text.FIELD_EVENT, event.text if event else "")
        on = _one_day(text.FIELD_ON, event.on if event else None)
        return lambda: LifeEvent(said, on)
    if kind is CareKind.VISIT:
        return _visit(old if isinstance(old, Visit) else None)
    if not isinstance(old, Goal | Step):
        raise TypeError(f"expected a goal or a step, got {old!r}")
    words = _line(text.KINDS[kind], old.text)
    return lambda: replace(old, text=words)


def _medication(old: Medication | None) -> Callable[[], Content]:
    left, right = st.columns([3, 2])
    with left:
        name = _line(text.FIELD_NAME, old.name if old else "")
    with right:
        dose = _line(text.FIELD_DOSE, old.dose if old else "")
    since, until = _days(old.since if old else None, old.until if old else None)
    return lambda: Medication(name, dose, since or datetime.now().date(), until)


def _diagnosis(old: Diagnosis | None) -> Callable[[], Content]:
    left, right = st.columns([3, 2])
    with left:
        said = _line(text.FIELD_DIAGNOSIS, old.text if old else "")
    with right:
        code = _line(text.FIELD_CODE, (old.code if old else "") or "", 20)
    since, until = _days(old.since if old else None, old.until if old else None,
                         known=old is None or old.since is not None)  # fmt: skip
    return lambda: Diagnosis(said, code or None, since, until)


def _visit(old: Visit | None) -> Callable[[], Content]:
    left, right = st.columns(2)
    with left:
        on = _one_day(text.FIELD_ON, old.on if old else None)
    with right:
        at = st.time_input(text.FIELD_AT, value=old.at if old else None, key="care_at")
    state = VisitState.PLANNED
    if old is not None:
        state = st.segmented_control(
            text.FIELD_STATE, list(VisitState), default=old.state, required=True,
            format_func=lambda s: text.VISIT_STATES[s][0], key="care_state",
        )  # fmt: skip
    note = _line(text.FIELD_NOTE, old.note if old else "")
    return lambda: Visit(on, at, state, note)


def _line(label: str, value: str, limit: int = 300) -> str:
    return st.text_input(label, value=value, max_chars=limit, key=f"care_{label}").strip()


def _days(
    since: date | None, until: date | None, *, known: bool = True
) -> tuple[date | None, date | None]:
    left, right = st.columns(2)
    with left:
        begun = st.date_input(
            text.FIELD_SINCE, value=(since or "today") if known else None, format=DATE,
            min_value=FIRST_DAY, key="care_since",
        )  # fmt: skip
    with right:
        ended = st.date_input(text.FIELD_UNTIL, value=until, format=DATE, min_value=FIRST_DAY,
                              key="care_until")  # fmt: skip
    return begun, ended


def _one_day(label: str, value: date | None) -> date:
    chosen = st.date_input(label, value=value or "today", format=DATE, min_value=FIRST_DAY,
                           key="care_on")  # fmt: skip
    return chosen or datetime.now().date()


def _label(entry: CareEntry) -> str:
    content = entry.content
    return content.label if isinstance(content, Medication | Therapy) else ""


def _do(action: Callable[[], object]) -> None:
    """Stores, or says in the dialog what is wrong."""
    try:
        action()
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()
