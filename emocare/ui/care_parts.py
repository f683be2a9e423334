"""The therapy history under the chart: diagnoses, treatment, visits, events, and who wrote it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from emocare.domain.care import (
    CareEntry,
    CareKind,
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
)
from emocare.domain.records import Patient
from emocare.services.care import DatedVisit
from emocare.services.course import Course
from emocare.ui import care_forms, context
from emocare.ui.text import timeline as text
from emocare.ui.wording import day, plain, when

SHOWN_VISITS = 8
"""The newest; older ones stand in the table above."""


def show(patient: Patient, course: Course) -> None:
    """Draws the four cards and the history of changes."""
    st.subheader(text.CARE_TITLE, anchor=False)
    diagnoses = context.app().care.entries(patient.id, CareKind.DIAGNOSIS)
    with st.grid(2, min_column_width=420):
        _card(text.DIAGNOSES, diagnoses, _plain_row)
        _card(text.TREATMENT, course.treatments, _plain_row)
        _visits(course.visits)
        _card(text.EVENTS, course.events, _plain_row)
    _history(patient)


def sentence(entry: CareEntry) -> tuple[str, str]:
    """An entry in words: what it is, and when."""
    content = entry.content
    if isinstance(content, Diagnosis):
        code = f" ({content.code})" if content.code else ""
        return f"{content.text}{code}", _span(content.since, content.until)
    if isinstance(content, Medication | Therapy):
        return content.label, _span(content.since, content.until)
    if isinstance(content, LifeEvent):
        return content.text, day(content.on)
    if isinstance(content, Visit):
        at = f" {content.at:%H:%M}" if content.at else ""
        note = f", {content.note}" if content.note else ""
        return f"{text.VISIT_STATES[content.state][0]}{note}", f"{day(content.on)}{at}"
    done = content.done_on if isinstance(content, Goal | Step) else None
    return content.text, "" if done is None else text.PLAN_DONE.format(day=day(done))


def _span(since: date | None, until: date | None) -> str:
    if since is None:
        return "" if until is None else text.UNTIL.format(until=day(until))
    if until is None:
        return text.SINCE.format(since=day(since))
    return text.FROM_TO.format(since=day(since), until=day(until))


def _card(
    title: str, entries: Sequence[CareEntry], row: Callable[[CareEntry], None]
) -> None:
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(f"**{title}**")
        for entry in entries:
            row(entry)
        if not entries:
            st.caption(text.NONE_YET)


def _plain_row(entry: CareEntry) -> None:
    words, dated = sentence(entry)
    with st.container(horizontal=True, vertical_alignment="center"):
        # The words wrap among themselves, so that the button keeps its place.
        with st.container(horizontal=True, vertical_alignment="center", width="stretch"):
            st.markdown(plain(words), width="content")
            st.caption(dated, width="content")
        _edit(entry)


def _visits(visits: Sequence[DatedVisit]) -> None:
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(f"**{text.VISITS}**")
        for one in list(reversed(visits))[:SHOWN_VISITS]:
            word, icon, colour = text.VISIT_STATES[one.state]
            at = f" {one.visit.at:%H:%M}" if one.visit.at else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.container(horizontal=True, vertical_alignment="center", width="stretch"):
                    st.badge(word, icon=icon, color=colour)
                    st.markdown(f"{day(one.visit.on)}{at}", width="content")
                    if one.visit.note:
                        st.caption(plain(one.visit.note), width="content")
                _edit(one.entry)
        if not visits:
            st.caption(text.NONE_YET)


def _edit(entry: CareEntry) -> None:
    words, _ = sentence(entry)
    if st.button("", icon=":material/edit:", type="tertiary", key=f"edit_{entry.id}",
                 help=f"{text.EDIT}: {plain(words)}"):  # fmt: skip
        care_forms.edit_dialog(entry)


def _history(patient: Patient) -> None:
    """Who entered, changed and removed what."""
    entries = context.app().care.history(patient.id)
    if not entries:
        return
    with st.expander(text.HISTORY):
        frame = pd.DataFrame(
            [(when(e.saved_at), e.saved_by, _did(e), _entry(e)) for e in entries],
            columns=list(text.HISTORY_COLUMNS),
        )
        st.dataframe(frame, hide_index=True, alt=text.HISTORY_ALT,
                     height="content" if len(frame) < 12 else 420)  # fmt: skip


def _did(entry: CareEntry) -> str:
    if entry.removed:
        return text.HISTORY_REMOVED
    return text.HISTORY_ADDED if entry.version == 1 else text.HISTORY_CHANGED


def _entry(entry: CareEntry) -> str:
    words, dated = sentence(entry)
    return f"{text.KINDS[entry.kind]}: {words}" + (f", {dated}" if dated else "")
