"""The parts of the page Patients: cards of what to do next, the table, the empty state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from emocare.domain.errors import NotFound
from emocare.domain.records import AlertState, SessionState
from emocare.domain.summary import Band, GateDecision
from emocare.services.next_steps import NextStep
from emocare.services.people import TREND_INSTRUMENTS, PatientOverview, People
from emocare.services.report_content import SAMPLE_CODE
from emocare.ui import alert_strip, context, patient_forms, text
from emocare.ui.text import live as live_text
from emocare.ui.text import questionnaire as more
from emocare.ui.wording import BAND_WORDS, GATE_WORDS, age, plain, span, when

CARDS = 4
WIDTHS = (146, 78, 49, 114, 178, 99, 138, 105, 69)
"""Columns of the table in pixels, 976 together: what fits at 1024 beside the margins."""

ROW_PX = 40
SHOWN_ROWS = 16
"""A longer table scrolls inside itself."""


def day_line(count: int) -> str:
    """Today and how many people there are."""
    today = datetime.now()
    people = text.PATIENT_COUNT[count != 1].format(count=count)
    return f"{today:%A} {today.day} {today:%B %Y} · {people}"


def title_actions() -> None:
    """What can be begun for anybody, beside the title."""
    with st.container(horizontal=True, width="content"):
        if context.app().settings.facial_module_enabled and st.button(
            live_text.START_SESSION, icon=":material/videocam:"
        ):
            context.go(context.LIVE)
        patient_forms.add_button()


def empty(people: People) -> None:
    """The first start: add somebody, or try everything with a sample."""
    with st.container(border=True):
        faces = context.app().settings.facial_module_enabled
        st.markdown(text.EMPTY_HOME if faces else more.EMPTY_HOME)
        with st.container(horizontal=True):
            if faces and st.button(text.TRY_SAMPLE, type="primary", icon=":material/science:"):
                try_sample(people)
            patient_forms.add_button()


def try_sample(people: People) -> None:
    """Adds the made-up person, if not there yet, and opens Upload with the longest sample."""
    try:
        person = people.by_code(f"{SAMPLE_CODE}-1")
    except NotFound:
        person = people.add(f"{SAMPLE_CODE}-1", text.SAMPLE_NAME)
    samples = context.app().recordings.samples()
    longest = max(samples, key=lambda s: s.duration_s, default=None)
    sample = {} if longest is None else {"sample": longest.name}
    context.go(context.UPLOAD, person.id, **sample)


def step_cards(steps: Sequence[NextStep], everybody: Sequence[PatientOverview]) -> None:
    """At most four cards, the most pressing first."""
    rows = {row.patient.id: row for row in everybody}
    st.subheader(text.NEXT_TITLE, anchor=False)
    if not steps:
        st.caption(text.NEXT_NOTHING)
        return
    with st.grid(CARDS, min_column_width=220):
        for i, step in enumerate(steps[:CARDS]):
            _step_card(step, rows[step.patient.id], main=i == 0 and not alert_strip.is_open())
    if len(steps) > CARDS:
        st.caption(text.NEXT_MORE.format(count=len(steps) - CARDS))


def _step_card(step: NextStep, row: PatientOverview, *, main: bool) -> None:
    word, icon, colour, action = text.NEXT_KINDS[step.kind]
    with st.container(border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(word, icon=icon, color=colour)
            st.space("stretch")
            st.caption(text.MINUTES.format(count=step.minutes), width="content")
        st.markdown(f"**{plain(step.patient.name)}**")
        st.caption(plain(_detail(step, row)))
        st.space("stretch")
        if st.button(action, key=f"step_{step.kind}_{step.patient.id}", width="stretch",
                     type="primary" if main else "secondary"):  # fmt: skip
            _open_step(step)


def _detail(step: NextStep, row: PatientOverview) -> str:
    """What it is about, in one or two sentences."""
    if step.kind == "safety":
        alert = alert_strip.pending(row.patient.id)[0]
        raised = alert.state is AlertState.RAISED
        return text.STEP_SAFETY[not raised].format(alert=alert_strip.sentence(alert))
    if step.session_id is None:
        return step.detail
    last = context.app().recordings.session(step.session_id)
    if last.summary is None and last.recorded:
        return step.detail
    at = when(last.started_at)
    if step.kind == "report":
        return text.STEP_REPORT.format(when=at)
    if step.kind == "review":
        lead = context.app().questionnaires.headline(last.id)
        said = text.STEP_UNASKED
        if lead.source == "questionnaire" and lead.band is not None:
            said = text.STEP_BAND.format(band=BAND_WORDS[lead.band].lower())
        return text.STEP_REVIEW.format(when=at, said=said)
    faces = context.app().settings.facial_module_enabled
    if faces and last.summary is not None and (
        last.summary.gate.decision is GateDecision.UNRELIABLE
    ):
        return text.STEP_NO_FACE.format(span=span(last.summary.source.duration_s))
    return text.STEP_ASK.format(when=at)


def _open_step(step: NextStep) -> None:
    if step.kind == "report":
        context.go(context.REPORT, step.patient.id, step.session_id)
    if step.kind == "questionnaire":
        context.go(context.QUESTIONNAIRE, step.patient.id, step.session_id)
    context.go(context.REVIEW, step.patient.id, step.session_id)


def patient_table(everybody: Sequence[PatientOverview], steps: Sequence[NextStep]) -> None:
    """Filter, search and the table; one click opens a person."""
    todo = {step.patient.id for step in steps}
    alarmed = {alert.patient_id for alert in context.app().alerts.open()}
    members = {"All": lambda row: True, "To do": lambda row: row.patient.id in todo,
               "Alerts": lambda row: row.patient.id in alarmed}  # fmt: skip
    counts = {name: sum(map(test, everybody)) for name, test in members.items()}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.ALL_PATIENTS, anchor=False, width="content")
        st.space("stretch")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            chosen = st.segmented_control(
                text.FILTER_LABEL, text.FILTERS, default=text.FILTERS[0], required=True,
                key="home_filter", label_visibility="collapsed",
                format_func=lambda name: f"{name} {counts[name]}",
            )  # fmt: skip
            words = st.text_input(
                text.SEARCH, key="home_search", placeholder=text.SEARCH, width=280,
                icon=":material/search:", label_visibility="collapsed",
            )  # fmt: skip
    found = context.app().people.matching(everybody, words) if words else everybody
    order = {step.patient.id: i for i, step in reversed(list(enumerate(steps)))}
    rows = sorted((row for row in found if members[chosen](row)),
                  key=lambda row: order.get(row.patient.id, len(steps)))
    if rows:
        _table(rows, _states(rows, steps))
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(text.NOBODY.format(words=plain(words)) if words else text.NOBODY_HERE,
                    width="content")  # fmt: skip
        st.button(text.CLEAR, on_click=_clear)


def _clear() -> None:
    st.session_state["home_search"] = ""
    st.session_state["home_filter"] = text.FILTERS[0]


def _states(rows: Sequence[PatientOverview], steps: Sequence[NextStep]) -> list[list[str]]:
    """The most pressing thing to do for each person; otherwise the state of the last session."""
    first: dict[str, str] = {}
    for step in steps:
        first.setdefault(step.patient.id, text.STATE_WORDS[step.kind])
    return [[first[row.patient.id]] if row.patient.id in first else row.states[-1:]
            for row in rows]  # fmt: skip


def _table(rows: Sequence[PatientOverview], states: Sequence[list[str]]) -> None:
    names = text.COLUMNS
    frame = pd.DataFrame(
        {
            names[0]: [row.patient.name for row in rows],
            names[1]: [row.patient.code for row in rows],
            names[2]: pd.array([age(row.patient) for row in rows], dtype="Int64"),
            names[3]: [_last_visit(row) for row in rows],
            names[4]: [_severity(row) for row in rows],
            names[5]: [row.totals if len(row.totals) > 1 else None for row in rows],
            names[6]: list(states),
            names[7]: [_quality(row) for row in rows],
            text.OPEN: [text.OPEN] * len(rows),
        }
    )
    if not context.app().settings.facial_module_enabled:
        frame = frame.drop(columns=names[7])
    options = list(dict.fromkeys(word for state in states for word in state))
    config = {name: st.column_config.Column(width=width)
              for name, width in zip(names, WIDTHS, strict=False)}  # fmt: skip
    config[names[5]] = st.column_config.LineChartColumn(width=WIDTHS[5], y_min=0, y_max=27)
    config[names[6]] = st.column_config.MultiselectColumn(
        width=WIDTHS[6], options=options, color=[STATE_COLOURS.get(o, "gray") for o in options]
    )
    config[text.OPEN] = st.column_config.ButtonColumn(
        "", width=WIDTHS[8], key="open_patient", type="tertiary"
    )
    st.dataframe(frame, row_height=ROW_PX, hide_index=True, column_config=config, placeholder="",
                 height="content" if len(rows) <= SHOWN_ROWS else SHOWN_ROWS * ROW_PX,
                 alt=text.TABLE_ALT)  # fmt: skip
    click = st.session_state.get("open_patient")
    if click is not None:
        _open(rows[click["row"]])


STATE_COLOURS = {
    "Safety alert": "red", "Ready for review": "blue", "Report to sign": "blue",
    "No answers yet": "orange", "Failed": "orange", "Interrupted": "orange",
}  # fmt: skip


def _open(row: PatientOverview) -> None:
    if row.last_session is None:
        faces = context.app().settings.facial_module_enabled
        context.go(context.UPLOAD if faces else context.QUESTIONNAIRE, row.patient.id)
    context.go(context.REVIEW, row.patient.id, row.last_session.id)


def _last_visit(row: PatientOverview) -> str:
    """The newest recording or questionnaire."""
    moments = []
    if row.last_session is not None:
        moments.append(row.last_session.started_at)
    if row.last_response is not None:
        moments.append(row.last_response.answered_at)
    return when(max(moments)) if moments else text.NO_VISIT


def _severity(row: PatientOverview) -> str:
    response = row.last_response
    if response is None:
        return text.NOT_ANSWERED_CELL
    if response.instrument not in TREND_INSTRUMENTS and row.totals:
        step = context.app().questionnaires.form(TREND_INSTRUMENTS[0]).step(row.totals[-1])
        return _total(row.totals[-1], step.band, step.native)
    if response.result.scales:
        return f"{response.instrument}: {more.NO_BAND.lower()}"
    if response.result.total is None:
        return text.NOT_SCORABLE_CELL
    name = "" if response.instrument in TREND_INSTRUMENTS else f"{response.instrument}: "
    return name + _total(response.result.total, response.result.band, response.result.native_band)


def _total(total: int, band: Band | None, native: str | None) -> str:
    """The total with the house's word and, where it differs, the form's own."""
    word, own = BAND_WORDS[band] if band else "", native or ""
    beside = f" ({own})" if word and own.lower() not in (word.lower(), "minimal") else ""
    return f"{total} · {word or own}{beside}".replace("moderately", "mod.")


def _quality(row: PatientOverview) -> str:
    last = row.last_session
    if not context.app().settings.facial_module_enabled:
        return text.NO_RECORDING
    if last is None or row.gate is None:
        return text.NO_RECORDING if last is None or last.state is SessionState.READY else ""
    return GATE_WORDS[row.gate][0]

