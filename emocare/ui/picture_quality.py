"""How well the picture could be read, who was in it, and the mark that it was somebody else."""

from __future__ import annotations

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.quality import QualityMeasure, native_text, need_text, title
from emocare.domain.records import SessionRecord
from emocare.domain.summary import Summary, person_change_text
from emocare.ui import context, text
from emocare.ui.wording import number, plain, when

MOST_CHANGES = 2
"""Sentences beside the chart; the dialog has them all."""


def row(record: SessionRecord) -> None:
    """The doubts about who was measured, and the two buttons, under the session's chart."""
    summary = record.summary
    assert summary is not None
    for change in summary.person_changes[:MOST_CHANGES]:
        icon = ":material/swap_horiz:" if change.usable else ":material/person_alert:"
        st.markdown(f":orange[{icon}] {person_change_text(change)}")
    more = len(summary.person_changes) - MOST_CHANGES
    if more > 0:
        st.caption(text.PERSON_CHANGES_MORE.format(count=more))
    mark = context.app().person_marks.latest(record.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.QUALITY_OPEN, icon=":material/high_quality:", key="quality_open"):
            dialog(summary)
        if mark is not None and mark.wrong:
            st.caption(plain(text.WRONG_PERSON_MARKED.format(name=mark.marked_by,
                                                             when=when(mark.marked_at))),
                       width="content")  # fmt: skip
            st.button(text.WRONG_PERSON_UNDO, icon=":material/undo:", key="wrong_undo",
                      on_click=_mark, args=(record, False))  # fmt: skip
        elif st.button(text.WRONG_PERSON, icon=":material/person_off:", key="wrong_person"):
            wrong_person_dialog(record)


@st.dialog(text.QUALITY_TITLE, width="large")
def dialog(summary: Summary) -> None:
    """Every measure with its value, need and score; what to do stands beside what fails."""
    for change in summary.person_changes:
        st.markdown(person_change_text(change))
    measured = [m for m in summary.quality if m.value is not None]
    if not measured:
        st.caption(text.QUALITY_NONE)
        return
    st.caption(text.QUALITY_NOTE)
    lines = [_line(measure) for measure in measured]
    st.table({name: [line[i] for line in lines] for i, name in enumerate(text.QUALITY_COLUMNS)},
             hide_index=True, alt=text.QUALITY_TITLE)  # fmt: skip
    missing = ", ".join(title(m.name) for m in summary.quality if m.value is None)
    if missing:
        st.caption(text.QUALITY_MISSING.format(names=missing))


def _line(measure: QualityMeasure) -> tuple[str, str, str, str, str]:
    result = text.QUALITY_RESULTS[measure.passed]
    if measure.passed_share is not None:
        result = f"{result}, {100 * measure.passed_share:.0f} %"
    if measure.advice is not None:
        result = f"**{result}.** {measure.advice}"
    return (title(measure.name), native_text(measure.value, measure.unit), need_text(measure),
            "" if measure.score is None else number(measure.score), result)  # fmt: skip


@st.dialog(text.WRONG_PERSON_TITLE, width="medium")
def wrong_person_dialog(record: SessionRecord) -> None:
    """Says what the mark does before it is set."""
    st.markdown(text.WRONG_PERSON_SURE)
    # The callback marks, so that the rerun that follows closes the dialog on the new state.
    if st.button(text.WRONG_PERSON_GO, icon=":material/person_off:", key="wrong_go",
                 on_click=_mark, args=(record, True)):  # fmt: skip
        st.rerun()


def _mark(record: SessionRecord, wrong: bool) -> None:
    try:
        context.app().person_marks.mark(record.id, wrong=wrong)
    except EmoCareError as error:
        st.toast(plain(str(error)), icon=":material/error:")
