"""The answers of a questionnaire, question by question, for the clinician."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emocare.domain.records import Response
from emocare.ui import context, text
from emocare.ui.wording import plain, when


def tables(responses: Sequence[Response]) -> None:
    """Every question with its answer; the safety question in bold."""
    for response in responses:
        form = context.app().questionnaires.offered.printed(response)
        st.markdown(f"**{plain(form.title)}**, {when(response.answered_at)}, "
                    f"{text.Q_MODES_SHORT[response.mode]}")  # fmt: skip
        safety = form.safety.item if form.safety is not None else 0
        questions, said = [], []
        for number, (item, value) in enumerate(
            zip(form.items, response.answers, strict=True), start=1
        ):
            mark = "**" if number == safety else ""
            answer = form.answer_text(value, number)
            words = text.NOT_ASKED if value is None else f"{answer} ({value})"
            # The escaped point keeps Markdown from making a list of it.
            questions.append(f"{mark}{number}\\. {plain(item.text)}{mark}")
            said.append(f"{mark}{plain(words)}{mark}")
        if form.difficulty is not None and response.difficulty is not None:
            options = {option.value: option.text for option in form.difficulty.options}
            questions.append(text.DAILY_LIFE)
            said.append(plain(options[response.difficulty]))
        st.table({text.ANSWER_COLUMNS[0]: questions, text.ANSWER_COLUMNS[1]: said},
                 hide_index=True, alt=form.title)  # fmt: skip
