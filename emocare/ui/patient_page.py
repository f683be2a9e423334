"""What every page in the hands of a patient has: a cover, help in a crisis, the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from emocare.domain.records import Patient
from emocare.ui import context, kiosk_state
from emocare.ui.text import timeline as text

SHOWN, COVERED, CRISIS = "shown", "covered", "crisis"
WATCH_S = 3.0
"""How often the pause is looked at."""


@dataclass(frozen=True, slots=True)
class PatientPage:
    """What differs between these pages.

    Attributes:
        name: Begins the keys of its widgets.
        first: ``SHOWN``, or ``COVERED`` where who hands the device over should not read it.
        draw: The page itself, without its foot.
        help: Draws whom to call now; True when the person wants to go back.
        cover: Draws the words of the cover.
        go_on: The button that uncovers it.
        forget: Takes away what the person has not saved, before and after the device is
            in their hands.
    """

    name: str
    first: str
    draw: Callable[[Patient], None]
    help: Callable[[], bool]
    cover: Callable[[Patient], None]
    go_on: str
    forget: Callable[[Patient], None]

    @property
    def stage(self) -> str:
        """Where the browser session keeps what the person sees."""
        return f"{self.name}_stage"


def hand_over(page: PatientPage, address: str, patient: Patient) -> None:
    """Shows this page of this person and nothing else until staff take the device back."""
    page.forget(patient)
    st.session_state[page.stage] = page.first
    context.hand_over(patient.id)
    context.go(address, patient.id, **{kiosk_state.FLAG: "1"})


def show(page: PatientPage, patient: Patient) -> None:
    """Draws what the person sees now; who has signed in themselves needs no cover."""
    if context.known().actor.patient_id is not None:
        _own(page, patient)
        return
    if not kiosk_state.running():
        # Opened by its address: from the next run on there is no navigation.
        context.hand_over(patient.id)
        st.rerun()
    stage = st.session_state.get(page.stage, page.first)
    if stage != COVERED and kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        stage = st.session_state[page.stage] = COVERED
    elif stage != COVERED:
        kiosk_state.touch()
    kiosk_state.keep()
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        if stage == COVERED:
            _covered(page, patient)
        elif stage == CRISIS:
            if page.help():
                _to(page, SHOWN)
        else:
            page.draw(patient)
            _foot(page)
    if stage != COVERED:
        _watch()


def _own(page: PatientPage, patient: Patient) -> None:
    with st.columns([1, 4, 1])[1]:
        if st.session_state.get(page.stage, SHOWN) == CRISIS:
            if page.help():
                _to(page, SHOWN)
            return
        page.draw(patient)
        st.space("small")
        _help(page)


@st.fragment(run_every=WATCH_S)
def _watch() -> None:
    if kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        st.rerun()


def _foot(page: PatientPage) -> None:
    st.space("small")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.PATIENT_BACK, type="primary", icon=":material/pan_tool:",
                     key=f"{page.name}_back"):  # fmt: skip
            _to(page, COVERED)
        st.space("stretch")
        _help(page)


def _help(page: PatientPage) -> None:
    if st.button(text.PATIENT_HELP, type="tertiary", icon=":material/call:",
                 key=f"{page.name}_help"):  # fmt: skip
        _to(page, CRISIS)


def _covered(page: PatientPage, patient: Patient) -> None:
    with st.container(border=True):
        page.cover(patient)
        with st.container(horizontal=True):
            if st.button(page.go_on, type="primary", key=f"{page.name}_on"):
                kiosk_state.touch()
                _to(page, SHOWN)
            if st.button(text.PATIENT_LEAVE, key=f"{page.name}_leave"):
                st.session_state.pop(page.stage, None)
                page.forget(patient)
                kiosk_state.leave()
                context.go(context.TIMELINE, patient.id)


def _to(page: PatientPage, stage: str) -> None:
    st.session_state[page.stage] = stage
    st.rerun()
