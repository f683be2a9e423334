"""What the sequence networks say of a session: the severity row, their lines, their attention.

Everything here comes from the face, so it waits for the own impression like the index does, and
says nothing where the gate says unreliable.
"""

from __future__ import annotations

import streamlit as st

from emocare.domain.records import SessionId, SessionRecord
from emocare.domain.sequence import SequenceReading
from emocare.domain.summary import GateDecision, Summary
from emocare.ui import context, line_source, severity_bar
from emocare.ui.text import sequence as text
from emocare.ui.theme import Palette
from emocare.ui.wording import BAND_WORDS, plain

WIDTHS = [7, 20, 11]


def severity(summary: Summary, colours: Palette) -> None:
    """The row under the cards: likeliest band, the bar, and what it was trained on; without an
    estimate why there is none."""
    if is_bare(summary):
        # The card above says why; the networks have no reason of their own.
        return
    model = summary.severity_model
    if model is None:
        if summary.model_reason:
            st.caption(text.SEVERITY_WHY.format(why=plain(summary.model_reason)))
        return
    estimate = model.estimate
    with st.container(border=True, key="severity_model"):
        head, bar, note = st.columns(WIDTHS, vertical_alignment="center")
        with head.container(gap="xxsmall"):
            st.badge(text.SEVERITY, icon=":material/science:", color="violet")
            st.markdown(text.SEVERITY_LIKELY.format(band=BAND_WORDS[estimate.band]))
        with bar:
            severity_bar.show(estimate, colours)
        note.caption(f"{plain(model.origin)} {text.LEADS}")


def is_bare(summary: Summary) -> bool:
    """Whether nothing of the face may be said but how well it was seen."""
    return summary.gate.decision is GateDecision.UNRELIABLE


def reading_of(record: SessionRecord, version: str) -> SequenceReading | None:
    """The whole reading of a session whose summary has an estimate; where its networks are gone
    or were replaced, a line says so.

    Args:
        version: Changes with whatever the reading depends on.
    """
    summary = record.summary
    if summary is None or summary.severity_model is None or is_bare(summary):
        return None
    found = _reading(record.id, version)
    if found is None:
        _reading.clear(record.id, version)
        st.caption(text.NO_LINES)
    return found


@st.cache_data(show_spinner=False, max_entries=4)
def _reading(session_id: SessionId, version: str) -> SequenceReading | None:
    return context.app().recordings.sequence(session_id)


def chosen(reading: SequenceReading | None) -> SequenceReading | None:
    """Draws the choice between formulas and network; gives the reading where it was chosen."""
    if reading is None:
        return None
    return reading if line_source.control(text.LINES) == text.NETWORK else None
