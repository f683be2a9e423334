"""Everything on the timeline as a table: the same numbers without a picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from emocare.domain.care import LifeEvent, Treatment
from emocare.services.course import Course
from emocare.ui.text import timeline as text
from emocare.ui.wording import BAND_WORDS, FACE_WORDS, local, number

ROW_PX = 36
MOST_ROWS = 12

Line = tuple[date, str, str, str, str]
"""Day, what, value, in words, remark."""


def show(course: Course, forms: dict[str, Any]) -> None:
    """Draws the table, newest first."""
    lines = rows(course, forms)
    frame = pd.DataFrame(lines, columns=list(text.TABLE_COLUMNS))
    st.dataframe(
        frame, hide_index=True, row_height=ROW_PX, alt=text.TABLE_ALT,
        height="content" if len(lines) <= MOST_ROWS else MOST_ROWS * ROW_PX,
        column_config={text.TABLE_COLUMNS[0]: st.column_config.DateColumn(format="D MMM YYYY")},
    )  # fmt: skip


def rows(course: Course, forms: dict[str, Any]) -> list[Line]:
    """Every total, index, treatment, event and visit, newest first."""
    found = [*_totals(course, forms), *_face(course), *_care(course)]
    return sorted(found, key=lambda line: line[0], reverse=True)


def _totals(course: Course, forms: dict[str, Any]) -> Iterator[Line]:
    for one in course.instruments:
        for point in one.points:
            if point.total is None:
                value, words = text.NOT_YET, text.NO_TOTAL_HERE
            else:
                step = forms[one.instrument].step(point.total)
                value = str(point.total)
                if point.prorated and point.possible_range is not None:
                    low, high = point.possible_range
                    value = text.TABLE_POSSIBLE.format(total=point.total, low=low, high=high)
                words = "" if step is None else step.native
                if step is not None and step.band is not None:
                    own, house = step.native.lower(), BAND_WORDS[step.band]
                    words = house if own == house.lower() else f"{house}, native: {own}"
            remark = text.REMARK_PRORATED if point.prorated else ""
            yield _day(point.answered_at), one.instrument, value, words, remark


def _face(course: Course) -> Iterator[Line]:
    for point in course.face.points:
        value, words = text.NOT_YET, text.NO_FACE
        if point.value is not None:
            value = number(point.value, 1)
            if point.low is not None and point.high is not None:
                value = text.TABLE_INTERVAL.format(value=value, low=number(point.low),
                                                   high=number(point.high))  # fmt: skip
            words = "" if point.band is None else FACE_WORDS[point.band]
        remark = text.REMARK_ENGINE.format(engine=point.engine, gate=text.GATE_SHORT[point.gate])
        if point.reanalysed:
            remark += f", {text.REMARK_REANALYSED}"
        yield _day(point.at), text.TABLE_FACE, value, words, remark


def _care(course: Course) -> Iterator[Line]:
    for entry in course.treatments:
        content = entry.content
        if isinstance(content, Treatment):
            yield (content.since, text.TREATMENT,
                   text.TREATMENT_BEGINS.format(name=content.label), "", "")  # fmt: skip
            if content.until is not None:
                yield (content.until, text.TREATMENT,
                       text.TREATMENT_ENDS.format(name=content.label), "", "")  # fmt: skip
    for entry in course.events:
        if isinstance(entry.content, LifeEvent):
            yield entry.content.on, text.EVENTS, entry.content.text, "", ""
    for visit in course.visits:
        word = text.VISIT_STATES[visit.state][0]
        remark = "" if visit.noted else text.VISIT_NOT_NOTED
        yield visit.visit.on, text.VISITS, word, visit.visit.note, remark


def _day(at: datetime) -> date:
    return local(at).date()
