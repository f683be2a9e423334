"""The demo clinic on the screen: the band on every page, and the guided start on Home."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.services import demo_people
from emocare.services.demo import Place
from emocare.ui import context
from emocare.ui.text import demo as text

STOP = "demo_stop"
"""Where the guided start stands in this browser session."""
CARDS = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to look at; ``course`` names the made-up person, None where the page has none."""

    key: str
    page: str
    course: str | None

    @property
    def place(self) -> Place | None:
        """The session that is opened."""
        return None if self.course is None else context.app().demo.last_visit(self.course)

    @property
    def title(self) -> str:
        """A few words."""
        return text.STOPS[self.key][0]


STOPS: tuple[Stop, ...] = (
    Stop("example", context.REVIEW, demo_people.FILMED),
    Stop("abstention", context.REVIEW, demo_people.DARK),
    Stop("alert", context.REVIEW, demo_people.ALARMED),
    Stop("change", context.TIMELINE, demo_people.IMPROVING),
    Stop("report", context.REPORT, demo_people.IMPROVING),
    Stop("evidence", context.EVIDENCE, None),
)


def is_on() -> bool:
    """Whether this installation is the demo; one that cannot be opened is taken for none."""
    try:
        return context.app().settings.demo
    except EmoCareError:
        return False


def file_prefix() -> str:
    """What every file that leaves the demo is called first."""
    return text.FILE_PREFIX if is_on() else ""


def band(page: str, *, guided: bool) -> None:
    """Says on every page that nothing is real, and leads through the guided start.

    Args:
        page: The page that is drawn.
        guided: Whether the way on is offered; not while a patient holds the device.
    """
    if not is_on():
        return
    stop = next((s for s in STOPS if s.key == st.session_state.get(STOP)), None)
    with st.container(key="demo_band", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{text.MARK}**", width="content")
            if guided and stop is not None and page != context.HOME:
                st.space("stretch")
                _way_on(stop, here=_is_here(stop, page))
        if guided and stop is not None and _is_here(stop, page):
            st.markdown(text.STOPS[stop.key][3])


def cards() -> None:
    """What to look at, as cards; nothing outside the demo."""
    if not is_on():
        return
    st.subheader(text.TITLE, anchor=False)
    st.caption(text.ABOUT)
    with st.grid(CARDS, min_column_width=290):
        for stop in STOPS:
            title, icon, seen, _ = text.STOPS[stop.key]
            with st.container(border=True, height="stretch", gap="xsmall"):
                if st.button(title, icon=icon, key=f"demo_{stop.key}", width="stretch"):
                    _open(stop)
                st.caption(seen)


def _way_on(stop: Stop, *, here: bool) -> None:
    """One button: to the next stop, or back to the one that was left."""
    number = STOPS.index(stop)
    if not here:
        if st.button(text.BACK.format(title=stop.title), key="demo_back"):
            _open(stop)
    elif number + 1 < len(STOPS):
        following = STOPS[number + 1]
        if st.button(text.NEXT.format(title=following.title), key="demo_next",
                     icon=":material/arrow_forward:", icon_position="right"):  # fmt: skip
            _open(following)
    elif st.button(text.ALL_SEEN, key="demo_end", icon=":material/group:"):
        st.session_state.pop(STOP)
        context.go(context.HOME)


def _is_here(stop: Stop, page: str) -> bool:
    """Whether the stop is what is on screen."""
    place = stop.place
    if page != stop.page or place is None:
        return page == stop.page
    patient = context.current_patient()
    return patient is not None and patient.id == place.patient_id


def _open(stop: Stop) -> None:
    st.session_state[STOP] = stop.key
    place = stop.place
    if place is None:
        context.go(stop.page)
    context.go(stop.page, place.patient_id, place.session_id)
