"""Which camera of the browser is used, and what the browser says when there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from emocare.ui.text import live as text

KEY = "live_picker"
ASKED = "live_picker_asked"
"""How often the browser was asked for its camera."""

HTML = """
<div data-part="row" hidden>
  <label data-part="label" for="emocare-cameras"></label>
  <select id="emocare-cameras" data-part="cameras"></select>
</div>
<p data-part="hint" hidden></p>
"""
CSS = """
label {font: 400 .875rem var(--st-font); color: var(--st-text-color); display: block;
  margin-bottom: .25rem}
select {font: 400 1rem var(--st-font); color: var(--st-text-color); width: 100%;
  min-height: 2.5rem; padding: 0 .5rem; background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius)}
select:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 1px}
[hidden] {display: none}
p {margin: 0; font: 400 .875rem var(--st-font); color: var(--st-text-color); opacity: .7}
"""


@dataclass(frozen=True, slots=True)
class Picked:
    """What the browser answered.

    Attributes:
        answered: Whether it has answered the last question.
        fault: Name of what is wrong (a DOMException's, "Insecure" or "Unplugged"); "" when the
            camera can be opened.
        camera: Name of the camera, "" when not known.
    """

    answered: bool
    fault: str
    camera: str


def ask() -> None:
    """The browser is asked for its camera at the next ``show``."""
    st.session_state[ASKED] = asked() + 1


def asked() -> int:
    """How often it was asked so far."""
    return int(st.session_state.get(ASKED, 0))


def show(*, watch: bool, asking: bool) -> Picked:
    """Draws the list of cameras.

    Args:
        asking: Whether the browser may be asked now; otherwise no camera is opened.
        watch: The camera is in use: the choice is fixed, and a camera that is pulled is told.
    """
    before = int(_said().get("asked", 0))
    _component()(
        key=KEY, height="content", on_camera_change=_noted,
        data={"ask": asked() if asking else before, "asked": before, "watch": watch,
              "words": text.PICKER},
    )  # fmt: skip
    return answer()


def answer() -> Picked:
    """What the browser has said so far, without drawing anything."""
    said, number = _said(), asked()
    answered = number > 0 and int(said.get("asked", 0)) == number
    return Picked(answered, str(said.get("fault", "")) if answered else "",
                  str(said.get("camera", "")))  # fmt: skip


def _said() -> dict[str, Any]:
    return (st.session_state.get(KEY) or {}).get("camera") or {}


def _noted() -> None:
    """The answer is read from the state of the component at the rerun that follows."""


@cache
def _component() -> Callable[..., object]:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("emocare_live_picker", html=HTML, css=CSS, js=script)
