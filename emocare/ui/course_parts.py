"""The parts of the page Timeline that show change: whose, four metrics, the chart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from emocare.domain.records import Patient
from emocare.services.course import REMISSION, RESPONSE, Course, InstrumentCourse, TotalChange
from emocare.ui import alert_strip, context, course_table
from emocare.ui.charts.course import course_figure
from emocare.ui.text import timeline as text
from emocare.ui.theme import palette
from emocare.ui.wording import day, number, signed

CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
METRICS = 4


def person() -> Patient | None:
    """The person of this page; otherwise draws what leads to one, and None."""
    patient = context.current_patient()
    if patient is not None:
        return patient
    st.title(text.TITLE, anchor=False)
    alert_strip.show()
    people = {one.id: one for one in context.app().people.everybody()}
    with st.container(border=True):
        if not people:
            st.markdown(text.NOBODY)
            if st.button(text.OPEN_PATIENTS, icon=":material/group:"):
                context.go(context.HOME)
            return None
        chosen = st.selectbox(
            text.WHO, list(people), index=None, placeholder=text.WHO_HINT,
            format_func=lambda i: f"{people[i].name}, {people[i].code}",
        )  # fmt: skip
    if chosen is not None:
        context.choose(chosen)
        st.rerun()
    return None


def empty(patient: Patient) -> None:
    """Nothing has a date yet: the way to the first answers."""
    with st.container(border=True):
        st.markdown(text.EMPTY)
        if st.button(text.OPEN_QUESTIONNAIRE, icon=":material/assignment:", key="course_ask"):
            context.go(context.QUESTIONNAIRE, patient.id)


def forms(course: Course) -> dict[str, Any]:
    """The words and rules of every questionnaire of the course."""
    service = context.app().courses
    return {one.instrument: service.form(one) for one in course.instruments}


def metrics(course: Course, known: dict[str, Any]) -> None:
    """First to last of two questionnaires, response and remission, and the face."""
    with st.grid(METRICS, min_column_width=220):
        for place in range(2):
            if place < len(course.instruments):
                one = course.instruments[place]
                _totals(one, known[one.instrument])
            else:
                _metric(context.app().questionnaires.names()[place], text.NOT_YET,
                        text.NOT_ANSWERED)  # fmt: skip
        _response(course, known)
        if context.app().settings.facial_module_enabled:
            _face(course)


def _totals(one: InstrumentCourse, form: Any) -> None:
    label = text.SINCE_START.format(name=one.instrument)
    if one.change is None:
        scored = one.scored
        value = str(scored[-1].total) if scored else text.NOT_YET
        _metric(label, value, text.NEEDS_TWO if scored else text.NO_TOTAL, _rules(form, None))
        return
    change, rule = one.change, form.change
    pill = text.NO_THRESHOLD if rule is None else text.THRESHOLD
    _metric(
        label, text.FIRST_TO_LAST.format(first=change.first.total, last=change.last.total),
        pill.format(delta=signed(change.delta), threshold=rule and rule.threshold),
        _rules(form, change),
    )  # fmt: skip


def _rules(form: Any, change: TotalChange | None) -> str | None:
    """What counts as change, from where, and what it comes to here."""
    rule, parts = form.change, []
    if rule is not None:
        words = text.COUNTS_HELP_PLAIN if rule.response_from is None else text.COUNTS_HELP
        parts.append(words.format(
            name=form.name, threshold=rule.threshold, source=rule.source,
            response=rule.response_from, remission=rule.remission_below,
        ))  # fmt: skip
    if change is not None:
        parts.append((text.COUNTS if change.counts else text.NO_CHANGE).capitalize() + ".")
        if change.uncertain:
            parts.append(f"{text.UNCERTAIN.capitalize()}.")
        if change.rci is not None:
            verdict = text.RELIABLE_YES if change.reliable else text.RELIABLE_NO
            parts.append(text.RELIABLE.format(index=number(change.rci, 2), verdict=verdict))
    return "\n\n".join(parts) or None


def _response(course: Course, known: dict[str, Any]) -> None:
    """Of the first questionnaire that defines them."""
    one = next((one for one in course.instruments
                if known[one.instrument].change is not None
                and known[one.instrument].change.remission_below is not None), None)  # fmt: skip
    if one is None or one.change is None:
        _metric(text.RESPONSE_TITLE, text.NOT_YET, text.NEEDS_TWO)
        return
    rule, first = known[one.instrument].change, one.change.first.total or 0
    reached = [words for flag, words in ((RESPONSE, text.RESPONSE), (REMISSION, text.REMISSION))
               if flag in one.change.flags]  # fmt: skip
    value = text.BOTH if len(reached) == 2 else reached[0] if reached else text.NOT_REACHED
    if reached:
        pill = text.REACHED.format(name=one.instrument, first=first, last=one.change.last.total)
    elif rule.response_from is not None and first < rule.response_from:
        pill = text.NEEDS_REMISSION.format(least=rule.response_from, below=rule.remission_below)
    else:
        pill = text.NEEDS.format(half=first // 2, below=rule.remission_below)
    _metric(text.RESPONSE_TITLE, value, pill, _rules(known[one.instrument], None))


def _face(course: Course) -> None:
    face = course.face
    if face.change is None or face.first is None or face.last is None:
        pill = text.FACE_FEW.format(count=face.comparable, needed=face.needed)
        _metric(text.FACE_TITLE_PLAIN, text.FACE_NONE, pill, text.FACE_LIMIT)
        return
    words = text.FACE_CHANGED if face.change.changed else text.FACE_SAME
    _metric(
        text.FACE_TITLE.format(engine=face.last.engine),
        text.FIRST_TO_LAST.format(first=number(face.first.value or 0),
                                  last=number(face.last.value or 0)),
        words.format(delta=signed(round(face.change.delta)), needed=number(face.change.needed)),
        f"{_face_said(face.change)}\n\n{text.FACE_LIMIT}",
    )  # fmt: skip


def _face_said(change: Any) -> str:
    """The difference beside what it would have to exceed; never a word of better or worse."""
    verdict = text.FACE_CHANGED if change.changed else text.NO_CHANGE
    return text.FACE_SAID.format(delta=signed(round(change.delta)), day=day(change.since),
                                 needed=number(change.needed, 1), verdict=verdict)  # fmt: skip


def _metric(label: str, value: str, pill: str, help_text: str | None = None) -> None:
    """A number with its need in the pill: no arrow and no colour, which would praise or blame."""
    st.metric(label, value, pill, border=True, delta_color="off", delta_arrow="off",
              help=help_text, height="stretch")  # fmt: skip


def head(patient: Patient, course: Course) -> date | None:
    """The fact as a heading, how far back, and Re-analyse; gives the first day to show."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(fact(course), anchor=False, width="content")
        st.space("stretch")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            chosen = st.segmented_control(
                text.SPAN_LABEL, list(text.SPANS), default="1 year", required=True,
                label_visibility="collapsed", key="course_span",
            )  # fmt: skip
            _reanalyse(patient)
    back = text.SPANS[chosen]
    return None if back is None else datetime.now().date() - timedelta(days=back)


def fact(course: Course) -> str:
    """How many visits were answered and how many missed, in words."""
    answered, recorded = len(course.answered_days), len(course.recorded_days)
    words = text.VISITS_NONE
    if answered or recorded:
        kind = text.VISITS_ANSWERED if answered else text.VISITS_RECORDED
        count = answered or recorded
        words = kind[count != 1].format(count=_count(count))
    if course.missed:
        words += f", {text.VISITS_MISSED.format(count=_count(course.missed).lower())}"
    return words


def _count(count: int) -> str:
    return text.NUMBERS[count] if count < len(text.NUMBERS) else str(count)


def _reanalyse(patient: Patient) -> None:
    """The button, while there is something to renew."""
    service = context.app().reanalyses
    faces = context.app().settings.facial_module_enabled
    waiting = len(service.renewable(patient.id)) if faces else 0
    if waiting and st.button(
        text.REANALYSE[waiting != 1].format(count=waiting), icon=":material/autorenew:",
        help=text.REANALYSE_HELP, key="reanalyse",
    ):  # fmt: skip
        bar = st.progress(0.0)

        def show(done: int, count: int) -> None:
            bar.progress(done / count, text.REANALYSING.format(number=done + 1, count=count))

        service.run(patient.id, show)
        st.rerun()


def chart(course: Course, known: dict[str, Any], since: date | None) -> None:
    """The figure, what its marks mean, what to mind, and the same numbers as a table."""
    figure = course_figure(course, known, since, datetime.now().date(), palette())
    if figure is None and since is not None:
        figure = course_figure(course, known, None, datetime.now().date(), palette())
    if figure is None:
        return
    start, end = (datetime.fromisoformat(str(at)) for at in figure.layout.xaxis.range)
    rows = ", ".join([one.instrument for one in course.instruments]
                     + ([text.FACE_TITLE_PLAIN] if course.face.points else []))  # fmt: skip
    st.plotly_chart(figure, theme=None, config=CHART, key="course",
                    alt=text.ALT.format(rows=rows or text.TREATMENT, start=day(start),
                                        end=day(end)))  # fmt: skip
    st.caption(caption(course, known))
    _notes(course)
    with st.expander(text.AS_TABLE):
        course_table.show(course, known)


def caption(course: Course, known: dict[str, Any]) -> str:
    """The line under the chart that takes the place of a legend."""
    rules = [
        text.CAPTION_POINTS.format(name=one.instrument,
                                   threshold=known[one.instrument].change.threshold)
        for one in course.instruments
        if one.change is not None and known[one.instrument].change is not None
    ]  # fmt: skip
    shown = [text.CAPTION_THRESHOLD.format(points=", ".join(rules) + " points")] if rules else []
    if course.instruments:
        shown.append(text.CAPTION_ANSWERED)
    if any(p.prorated for one in course.instruments for p in one.points):
        shown.append(text.CAPTION_PRORATED)
    if course.face.points:
        shown.append(text.CAPTION_FACE)
    if any(p.value is not None and p.run is None for p in course.face.points):
        shown.append(text.CAPTION_LIMITED)
    if course.events:
        shown.append(text.CAPTION_EVENTS)
    return " ".join(shown)


def _notes(course: Course) -> None:
    if course.instruments and all(one.change is None for one in course.instruments):
        st.caption(text.ONE_VISIT)
    if course.face.change is not None:
        st.caption(_face_said(course.face.change))
    for one in course.instruments:
        if one.overlapping:
            pairs = "; ".join(text.OVERLAP_PAIR.format(first=day(a), second=day(b))
                              for a, b in one.overlapping[-3:])  # fmt: skip
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(text.OVERLAP_BADGE, icon=":material/event_repeat:", color="orange")
                st.caption(text.OVERLAP.format(name=one.instrument, pairs=pairs), width="content")
    if course.face.points and course.face.change is None:
        st.caption(text.FEW_SESSIONS.format(count=course.face.comparable,
                                            needed=course.face.needed))  # fmt: skip
    if course.hidden:
        st.caption(text.FACE_HIDDEN.format(count=course.hidden))
