"""What every page has around it: navigation, logo, style, patient bar, alert strip, foot."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emocare.domain.errors import EmoCareError
from emocare.domain.records import Consent, Patient
from emocare.services.report_content import SAMPLE_CODE
from emocare.ui import (
    alert_strip,
    collecting,
    context,
    demo,
    kiosk_state,
    live_away,
    take_back,
    text,
    theme,
)
from emocare.ui import menu as menus
from emocare.ui.text import consent as consent_text
from emocare.ui.wording import person_line, plain

STATIC = Path(__file__).resolve().parents[2] / "static"


def set_up() -> None:
    """Page settings and logging; the first call of the entry."""
    collecting.spare_modules()
    # A PNG: a material icon here would be fetched from the network.
    st.set_page_config(
        page_title="Emo-Care", page_icon=str(STATIC / "favicon.png"), layout="wide",
        initial_sidebar_state="collapsed",
    )  # fmt: skip
    logging.getLogger("emocare").setLevel(logging.INFO)


def run() -> None:
    """Draws the frame and runs the page the address names, for who is signed in."""
    theme.apply()
    try:
        menu = menus.of(context.enter())
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.caption(text.FOOT)
        return
    pages = menu.pages
    in_hands_now = kiosk_state.running() or context.handed_to() is not None
    page = st.navigation(menu.groups, position="hidden" if in_hands_now else "top")
    in_hands = [pages[one] for one in menus.IN_HANDS if one in pages]
    staff = page not in in_hands or (
        page is pages.get(context.QUESTIONNAIRE) and not kiosk_state.running())  # fmt: skip
    if staff and take_back.wanted():
        with guard():
            take_back.show()
        st.columns([1, 2, 1])[1].caption(text.FOOT)
        return
    if in_hands_now and staff:
        kiosk_state.leave()
        page = st.navigation(menu.groups, position="top")
    if page is not pages.get(context.LIVE):
        live_away.leave()
    if _is_first_run() and page is not pages[menu.home]:
        _load_again()
    with st.container(key="page"), guard():
        _logo(about_somebody=page is not pages[menu.home] and context.HOME in pages)
        demo.band(next(name for name, one in pages.items() if one is page),
                  in_hands=kiosk_state.running())  # fmt: skip
        page.run()
    foot = st.columns([1, 4, 1])[1] if kiosk_state.running() else st.container()
    foot.caption(text.FOOT)
    _page_watch()(key="page_watch", on_appearance_change=_only_run_again)


@st.cache_resource(show_spinner=False)
def _process() -> dict[str, bool]:
    """What this server process remembers for all browsers."""
    return {"ran": False}


def _is_first_run() -> bool:
    """Whether no page was shown by this server process before, to any browser."""
    process = _process()
    first = not process["ran"]
    process["ran"] = True
    return first


@cache
def _page_watch() -> Callable[..., object]:
    script = Path(__file__).with_name("page_watch.js").read_text(encoding="utf-8")
    return st.components.v2.component("emocare_page_watch", js=script)


def _only_run_again() -> None:
    """The run that follows a callback is all that a new appearance needs."""


def _load_again() -> None:
    """Loads the page anew. Until ``st.navigation`` has run once in a process, Streamlit takes the
    folder ``pages`` for its old kind of pages, finds nothing under this address and covers the
    page with "Page not found"; from the second load on everything is known."""
    st.html("<script>window.location.reload()</script>", unsafe_allow_javascript=True)
    st.stop()


@contextmanager
def guard() -> Iterator[None]:
    """Shows an error of the house where it happened, as cause and remedy; the rest stays."""
    try:
        yield
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")


def patient_bar(patient: Patient, consent: Consent | None = None) -> DeltaGenerator:
    """Name, number and consent on the left; returns the place for state and actions on the right.

    The alert strip follows directly under the bar.
    """
    bar = st.container(horizontal=True, vertical_alignment="center")
    with bar:
        st.markdown(f"**{plain(patient.name)}**", width="content")
        st.caption(person_line(patient), width="content")
        if context.app().consents.standing(patient.id).refuses:
            st.badge(consent_text.BADGE_WITHDRAWN, icon=":material/gpp_bad:", color="orange")
        elif consent is not None:
            st.badge(text.CONSENT_BADGE.format(version=consent.version),
                     icon=":material/verified_user:", color="gray")  # fmt: skip
        st.space("stretch")
        right = st.container(horizontal=True, vertical_alignment="center", width="content")
    alert_strip.show(patient)
    return right


def is_sample(patient: Patient) -> bool:
    """Whether this is the made-up person of a sample, as its number says."""
    return patient.code.startswith(SAMPLE_CODE)


def primary() -> str:
    """Type of the page's main button: an open safety alert takes the primary place over."""
    return "secondary" if alert_strip.is_open() else "primary"


def _logo(*, about_somebody: bool) -> None:
    """The word mark; on a page about a made-up person, and on all of the demo, it says so."""
    shade = "dark" if st.context.theme.type == "dark" else "light"
    patient = context.current_patient() if about_somebody else None
    made_up = demo.is_on() or (patient is not None and is_sample(patient))
    tag = "demo-" if made_up else ""
    st.logo(str(STATIC / f"logo-{tag}{shade}.svg"), size="medium")
