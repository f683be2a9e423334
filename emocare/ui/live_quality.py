"""How well the face can be read now: the state of the gate, what is missing, six measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from emocare.domain.live import CheckLine, LiveGateState, LivePhase, LiveView
from emocare.domain.readings import FrameReading, FrameStatus
from emocare.ui.text import live as text
from emocare.ui.wording import STATUS_WORDS, number, plain

FAILS: Mapping[str, tuple[FrameStatus, ...]] = {
    "light": (FrameStatus.TOO_DARK, FrameStatus.TOO_BRIGHT, FrameStatus.CAMERA_OFF),
    "distance": (FrameStatus.TOO_SMALL,),
    "angle": (FrameStatus.TURNED_AWAY,),
    "sharpness": (FrameStatus.TOO_BLURRED,),
    "one_person": (FrameStatus.SEVERAL_FACES,),
}
"""Which status speaks of which measure."""
LEAST_WIDTH_PX = 96.0
LEAST_READINGS = 15.0
"""What "reliable" needs of the face's width and of the readings a second (clinical specification
4.2); the gate judges by its own."""
COUNT_DOWN_S = 10.0
"""How long the questionnaire waits after the first failure."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One cell of the grid: name, value in words, and whether it passes (None: no value)."""

    name: str
    value: str
    passed: bool | None


def failing(view: LiveView) -> bool:
    """Whether the questionnaire is about to take over."""
    return view.gate is not None and view.gate.questionnaire_in_s is not None


def card(view: LiveView) -> None:
    """Everything of the card that moves; its buttons are drawn by the page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        check = view.phase is LivePhase.CHECK
        st.markdown(f"**{text.CHECK_TITLE if check else text.QUALITY}**", width="content")
        st.space("stretch")
        if view.gate is not None:
            word, icon, colour = text.GATES[view.gate.state]
            st.badge(word, icon=icon, color=colour)
    st.markdown(sentence(view))
    if failing(view):
        _count_down(view)
        return
    _grid(measures(view))
    delay = text.DELAY_NONE if view.delay_ms is None else text.DELAY.format(
        ms=round(view.delay_ms))  # fmt: skip
    st.caption(text.COUNTS.format(delay=delay, frames_in=_many(view.frames_in),
                                  read=_many(view.frames_read),
                                  dropped=_many(view.frames_dropped)))  # fmt: skip


def sentence(view: LiveView) -> str:
    """The one thing to know: what fails and its remedy, or how much is missing."""
    if view.phase is LivePhase.CHECK:
        return _check_sentence(view)
    if failing(view) and view.gate is not None and view.gate.missing:
        return _cause(view.gate.missing[0].advice)
    if view.second_person:
        return f":orange[:material/group:] {text.OTHER_PERSON_SEEN}"
    gate = view.gate
    if gate is None or gate.state is LiveGateState.COLLECTING:
        left = 0.0 if gate is None else gate.collecting_s
        return text.COLLECTING.format(seconds=max(1, round(left)))
    if gate.missing:
        return _cause(gate.missing[0].advice)
    if view.valid_s < view.valid_needed_s:
        have, need = int(view.valid_s), round(view.valid_needed_s)
        return text.MISSING_S.format(seconds=need - have, have=have, need=need)
    return text.ENOUGH.format(have=round(view.valid_s))


def _check_sentence(view: LiveView) -> str:
    if view.latest is None:
        return text.WAITING
    wrong = [] if view.check is None else [line for line in view.check.lines if not line.passed]
    if wrong:
        return _cause(wrong[0].advice)
    return text.ALL_GREEN


def _cause(advice: str) -> str:
    """The first sentence, cause and figure, in bold; the remedy after it."""
    first, dot, rest = plain(advice).partition(". ")
    return f"**{first}.** {rest}" if dot else f"**{first}**"


def _count_down(view: LiveView) -> None:
    gate = view.gate
    assert gate is not None and gate.questionnaire_in_s is not None
    left = gate.questionnaire_in_s
    st.caption(text.OPENS_IN.format(seconds=max(1, round(left))))
    st.progress(min(1.0, max(0.0, 1.0 - left / COUNT_DOWN_S)))


def measures(view: LiveView) -> tuple[Measure, ...]:
    """The six cells of the grid."""
    lines = {} if view.check is None else {line.name: line for line in view.check.lines}
    cells = [_measure(view.latest, name, lines.get(name))
             for name in ("distance", "light", "angle", "sharpness", "one_person")]  # fmt: skip
    rate = view.readings_per_s
    words = text.READINGS_VALUE.format(value=number(rate))
    return (*cells, Measure(text.READINGS, words, rate >= LEAST_READINGS if rate else None))


def _measure(reading: FrameReading | None, name: str, line: CheckLine | None) -> Measure:
    title = text.SHARPNESS if name == "sharpness" else text.CHECKS[name]
    face = None if reading is None else reading.face
    if reading is None or (face is None and name != "one_person"):
        return Measure(title, text.NO_VALUE, None)
    passed = reading.status not in FAILS[name] if line is None else line.passed
    return Measure(title, _value(reading, name, passed), passed)


def _value(reading: FrameReading, name: str, passed: bool) -> str:
    face = reading.face
    if name == "one_person":
        return text.PEOPLE_VALUE[min(2, reading.n_faces) if passed else 2]
    assert face is not None
    if name == "light":
        return text.LIGHT_GOOD if passed else STATUS_WORDS.get(reading.status, text.LIGHT_BAD)
    if name == "distance":
        return text.DISTANCE_VALUE.format(
            value=number(face.box_px.width), need=number(LEAST_WIDTH_PX))
    if name == "angle":
        turned = max(abs(face.yaw_deg), abs(face.roll_deg))
        return text.ANGLE_VALUE.format(value=number(turned))
    return text.SHARP_VALUE[passed]


def _grid(cells: tuple[Measure, ...]) -> None:
    with st.grid(3, min_column_width=118, gap="xsmall"):
        for cell in cells:
            with st.container(gap="xxsmall"):
                st.caption(cell.name)
                st.markdown(f"{_sign(cell.passed)} {cell.value}")


def _sign(passed: bool | None) -> str:
    if passed is None:
        return ":gray[:material/remove:]"
    return ":green[:material/check:]" if passed else ":orange[:material/warning:]"


def _many(count: int) -> str:
    return f"{count:,}"
