"""The demo clinic on the screen: the band on every page, and the guided start on Home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

import streamlit as st

from emocare.domain.accounts import Role
from emocare.domain.errors import EmoCareError
from emocare.services import demo_people
from emocare.services.demo import Place
from emocare.ui import context, queue
from emocare.ui.text import demo as text

STOP = "demo_stop"
"""Where the guided start stands in this browser session."""
CARDS = 3
TAKES_IN = (context.LIVE, context.UPLOAD)
"""Pages that could bring a real person in."""
_ASK = """<p id="demo_change">{changing}</p><script>
fetch("/sign-in", {{method: "POST", redirect: "manual", body: new URLSearchParams({sent})}})
  .then((answer) => {{
    if (answer.status === 403) document.getElementById("demo_change").textContent = {refused}
    else window.location.replace("/")
  }})
</script>"""
CHANGES = {
    role: _ASK.format(changing=escape(text.CHANGING), refused=json.dumps(text.LOCKED),
                      sent=json.dumps({"step": "demo", "as": role}))
    for role in text.ROLES
}  # fmt: skip
"""Role -> what has the browser ask the gate for it: only the server sets the cookie."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to look at.

    Attributes:
        course: Names the made-up person, None where the page has none.
        opens: Page that opens from there by itself.
    """

    key: str
    page: str
    course: str | None
    opens: str = ""

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
    Stop("abstention", context.REVIEW, demo_people.DARK, opens=context.QUESTIONNAIRE),
    Stop("alert", context.REVIEW, demo_people.ALARMED),
    Stop("change", context.TIMELINE, demo_people.IMPROVING),
    Stop("report", context.REPORT, demo_people.IMPROVING),
    Stop("evidence", context.EVIDENCE, None),
)


def is_on() -> bool:
    """Whether this installation is the demo; one that cannot be opened is taken for none."""
    try:
        return context.house().settings.demo
    except EmoCareError:
        return False


def file_prefix() -> str:
    """What every file that leaves the demo is called first."""
    return text.FILE_PREFIX if is_on() else ""


def band(page: str, *, in_hands: bool) -> None:
    """Says on every page that nothing is real, leads through the guided start, and lets the
    visitor be somebody else.

    Args:
        page: The page that is drawn.
        in_hands: Whether it is shown as a patient sees it who holds the device.
    """
    if not is_on():
        return
    stop = next((s for s in STOPS if s.key == st.session_state.get(STOP)), None)
    if Role.PHYSICIAN not in st.session_state.get(context.ROLE, frozenset()):
        stop = None
    here = stop is not None and _is_here(stop, page)
    with st.container(key="demo_band", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{text.MARK}**", width="content")
            st.space("stretch")
            if not in_hands:
                _roles()
            if stop is not None and (here or not in_hands) and page != context.HOME:
                _way_on(stop, here=here)
        if page in TAKES_IN:
            st.markdown(text.TAKES_IN)
        if stop is not None and here:
            st.markdown(text.STOPS[stop.key][3])
            if stop.opens and page == stop.page:
                st.fragment(run_every=queue.TICK_S)(_opens)()


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


def _roles() -> None:
    """Who the visitor is, and a click to be somebody else."""
    mine = st.session_state.get(context.ROLE, frozenset())
    now = next(role for role in text.ROLES if role in mine)
    wanted = st.segmented_control(
        text.SEEN_AS, list(text.ROLES), default=now, required=True, key=f"demo_role_{now}",
        format_func=text.ROLES.__getitem__, label_visibility="collapsed", width="content",
    )  # fmt: skip
    if wanted != now:
        st.html(CHANGES[wanted], unsafe_allow_javascript=True)


def _opens() -> None:
    """The questionnaire of a film that could not be read opens by itself, as after an upload."""
    record = context.current_session()
    found = None if record is None else queue.opening_of(record)
    if found is not None:
        queue.count_down(found, st.empty())


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
    if page not in (stop.page, stop.opens) or place is None:
        return page == stop.page
    patient = context.current_patient()
    return patient is not None and patient.id == place.patient_id


def _open(stop: Stop) -> None:
    st.session_state[STOP] = stop.key
    place = stop.place
    if place is None:
        context.go(stop.page)
    if stop.opens:
        queue.watch_anew(place.session_id)
    context.go(stop.page, place.patient_id, place.session_id)
