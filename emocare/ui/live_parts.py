"""The parts of a session: which are done, which runs, how long it still lasts, what to say."""

from __future__ import annotations

import streamlit as st

from emocare.domain.live import LivePhase, LiveView, Part
from emocare.ui.text import live as text
from emocare.ui.wording import clock

DONE = ("green", ":material/check_circle:", text.PART_DONE)
NOW = ("blue", ":material/play_circle:", text.PART_NOW)
TO_COME = ("gray", ":material/radio_button_unchecked:", text.PART_TO_COME)


def phase(view: LiveView, *, sample: bool) -> None:
    """Badge of the phase and the clock, at the right end of the patient's bar."""
    if sample:
        st.badge(text.SAMPLE_BADGE, icon=":material/movie:", color="gray")
    if not view.guided:
        st.badge(text.FREE_BADGE, icon=":material/lock_open:", color="gray")
    word, icon, colour = text.PHASES[view.phase]
    st.badge(word, icon=icon, color=colour)
    st.markdown(f"**{clock(view.elapsed_s)}**", width="content")


def card(view: LiveView) -> None:
    """Badges of the parts, the bar of the one that runs, and what to say."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _badge(text.CHECK_PART, NOW if view.phase is LivePhase.CHECK else DONE)
        for i, part in enumerate(view.parts):
            _badge(label(part), _standing(view, i))
        st.space("stretch")
        st.caption(time_left(view), width="content")
    st.progress(progress(view))
    st.markdown(prompt(view))


def label(part: Part) -> str:
    """Name and length of a part."""
    words = text.PARTS[part.title_key]
    if part.length_s is not None:
        words = text.PART_LENGTH.format(name=words, seconds=round(part.length_s))
    return text.PART_OPTIONAL.format(label=words) if part.optional else words


def _badge(words: str, standing: tuple[str, str, str]) -> None:
    colour, icon, said = standing
    st.badge(words, icon=icon, color=colour, help=said)


def _standing(view: LiveView, index: int) -> tuple[str, str, str]:
    if view.phase is LivePhase.CHECK:
        return TO_COME
    if view.protocol_done or index < view.part_index:
        return DONE
    return NOW if index == view.part_index else TO_COME


def progress(view: LiveView) -> float:
    """How much of the running part is over, 0..1; in the check, of the seconds of green."""
    if view.phase is LivePhase.CHECK:
        if view.check is None or not view.guided:
            return 0.0
        return min(1.0, view.check.green_for_s / view.check.needed_s)
    if view.protocol_done:
        return 1.0
    if view.part.length_s is None:
        return 0.0
    return min(1.0, view.part_elapsed_s / view.part.length_s)


def time_left(view: LiveView) -> str:
    """What the clock of the part says, in words."""
    if view.phase is LivePhase.CHECK:
        if view.check is None or not view.guided:
            return ""
        if view.check.green_for_s <= 0:
            return text.WAITS
        return text.STARTS_IN.format(
            seconds=max(1, round(view.check.needed_s - view.check.green_for_s)))
    if view.part_left_s is None or view.protocol_done:
        return text.RECORDED.format(clock=clock(view.elapsed_s))
    words = text.PAUSED_LEFT if view.phase is LivePhase.PAUSED else text.LEFT
    return words.format(seconds=round(view.part_left_s))


def prompt(view: LiveView) -> str:
    """What the clinician says now."""
    if view.phase is LivePhase.CHECK:
        return text.CHECK_PROMPT if view.guided else text.CHECK_PROMPT_FREE
    if view.protocol_done:
        return text.DONE_PROMPT
    return text.PROMPTS[view.part.title_key]
