"""Item by item: the six dimensions as answered and as observed, never averaged."""

from __future__ import annotations

import streamlit as st

from emocare.domain.self_report_items import items_text
from emocare.domain.summary import DIMENSIONS, Estimate, Summary
from emocare.ui import answers, text
from emocare.ui.cards import Answered
from emocare.ui.text import questionnaire as more
from emocare.ui.text import sequence as network_text
from emocare.ui.wording import DIMENSION_WORDS, number, plain

GRADES = {"valence": "C", "arousal": "not graded", "anhedonia": "A–B", "anxiety": "C",
          "irritability": "D", "fatigue": "C"}  # fmt: skip
"""Weakest evidence grade among the facial markers of a dimension (clinical specification 3.1)."""


@st.dialog(text.COMPARE_TITLE, width="large")
def dialog(voice: Answered, summary: Summary | None) -> None:
    """Two columns of numbers with their evidence; what was not measured says so."""
    theirs = None if summary is None else summary.dimensions_model
    st.caption(text.COMPARE_NOTE + (f" {network_text.COMPARE_NOTE}" if theirs else ""))
    name, said, seen, grade = text.COMPARE_COLUMNS
    answered = {response.instrument for response in voice.responses}
    rows = []
    for key in DIMENSIONS:
        digits = 2 if key in ("valence", "arousal") else 0
        value = voice.dimensions.get(key)
        row = {
            name: DIMENSION_WORDS[key],
            said: text.NOT_ASKED if value is None else f":blue[■] **{number(value, digits)}**",
            more.COMPARE_SOURCE: "" if value is None else plain(items_text(key, answered)),
            seen: _observed(key, summary, digits), grade: GRADES[key],
        }  # fmt: skip
        if theirs:
            row[network_text.COMPARE_NETWORK] = _estimate(theirs.get(key), digits)
        rows.append(row)
    st.table({column: [row[column] for row in rows] for column in rows[0]}, hide_index=True,
             alt=text.COMPARE_TITLE)  # fmt: skip
    answers.tables(voice.responses)


def _observed(key: str, summary: Summary | None, digits: int) -> str:
    estimate: Estimate | None = None if summary is None else summary.dimensions.get(key)
    if estimate is None:
        reason = "" if summary is None else summary.dimension_reasons.get(key, "")
        return f"{text.NOT_MEASURED}. {plain(reason)}" if reason else text.NOT_MEASURED
    return f":violet[●] {_estimate(estimate, digits)}"


def _estimate(estimate: Estimate | None, digits: int) -> str:
    if estimate is None:
        return text.NOT_MEASURED
    words = f"**{number(estimate.value, digits)}**"
    if estimate.low is None or estimate.high is None:
        return words
    return f"{words} {number(estimate.low, digits)} to {number(estimate.high, digits)}"
