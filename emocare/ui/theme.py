"""Colours and the little CSS that no setting of Streamlit can replace.

The palette is read anew at each run, because the reader may change the system's appearance at
any time. Streamlit's own colours stand in ``.streamlit/config.toml``; these are the same values
for charts and for the rules below.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by the role they play, as hex strings.

    Attributes:
        page: Background.
        panel: Inputs, table heads.
        line: Borders and axes.
        grid: Chart grid.
        ink: Text.
        muted: Axis labels and notes.
        answered: What the person answered (petrol).
        observed: What was observed on the face (violet).
        reliable: Measured well, done.
        attention: Limited, overdue, provisional.
        safety: Safety alerts and the crisis card, nothing else.
        unmeasured: Time that was not measured.
        chosen: Ground of a chosen answer.
        steps: Four grey-blue lightness steps behind a trend, normal to severe.
        heat: Ten violet steps from nothing to the strongest movement.
    """

    page: str
    panel: str
    line: str
    grid: str
    ink: str
    muted: str
    answered: str
    observed: str
    reliable: str
    attention: str
    safety: str
    unmeasured: str
    chosen: str
    steps: tuple[str, str, str, str]
    heat: tuple[str, ...]


LIGHT = Palette(
    page="#FFFFFF", panel="#F2F5F6", line="#D5DCE1", grid="#E7ECEF", ink="#0F1820",
    muted="#55626E", answered="#0B5A6B", observed="#6B4FA0", reliable="#1B6E53",
    attention="#A15C00", safety="#B3261E", unmeasured="#C3CBD1", chosen="#D9E4E8",
    steps=("#F6F8F9", "#E9EEF1", "#DBE3E8", "#CBD6DD"),
    heat=("#F7F5FB", "#EAE5F4", "#DAD1EC", "#C7B9E1", "#B19FD5", "#9A84C6", "#836AB5",
          "#6B4FA0", "#523A80", "#3A285E"),
)  # fmt: skip
DARK = Palette(
    page="#12181D", panel="#1B232A", line="#34404A", grid="#27313A", ink="#E4E9ED",
    muted="#A3AFB9", answered="#6FBCCD", observed="#B49BE6", reliable="#6CC3A0",
    attention="#E0A14A", safety="#F0857C", unmeasured="#46525C", chosen="#1D3A44",
    steps=("#151C22", "#1B242B", "#232E36", "#2D3A43"),
    heat=("#1D1B27", "#2A2340", "#3A2F5A", "#4C3F74", "#60518E", "#7566A7", "#8C7CBF",
          "#A28FD6", "#BBA9E8", "#D6C9F5"),
)  # fmt: skip


def palette(theme_type: str | None = None) -> Palette:
    """The colours of the appearance in use.

    Args:
        theme_type: "light" or "dark"; None asks the browser's own answer.
    """
    kind = st.context.theme.type if theme_type is None else theme_type
    return DARK if kind == "dark" else LIGHT


def alpha(colour: str, share: float) -> str:
    """``colour`` (#RRGGBB) as an rgba() string with the given opacity, 0..1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"


STARRED_SELECTORS: tuple[str, ...] = (
    ".stMainBlockContainer",
    ".st-key-answers [data-testid=stRadioOption]",
    ".st-key-answers [data-selected=true] > label",
    "button[data-variant][data-selected=true]",
    "[data-testid=stElementToolbar]",
)
"""Selectors that hang on Streamlit's own names; a browser test fails when one matches nothing."""


def css(colours: Palette) -> str:
    """All custom rules of the product as one style sheet.

    The name of the button that begins a part again is kept for those who hear it: its sign fits
    beside the others at 1024 px, its words do not. The last rule takes away the tool bar that
    floats over tables and charts: it covers the search field, and it would let anybody download
    the list of patients past every record of it.
    """
    option = ".st-key-answers [data-testid=stRadioOption]"
    return f"""
.stMainBlockContainer {{padding-left: 1.5rem; padding-right: 1.5rem; max-width: 1560px}}
.st-key-voice_q {{border-top: 3px solid {colours.answered}}}
.st-key-voice_f {{border-top: 3px solid {colours.observed}}}
.st-key-alert, .st-key-crisis {{border-left: 4px solid {colours.safety}}}
.st-key-demo_band {{background: {colours.panel}; border-left: 4px solid {colours.attention};
  border-radius: 6px; padding: .375rem .75rem}}
.st-key-answers .stRadio, .st-key-answers [role=radiogroup],
.st-key-answers [role=radiogroup] > div {{width: 100%}}
.st-key-answers [role=radiogroup] {{gap: .75rem}}
{option} {{width: 100%; padding: 1.05rem 1.25rem; border: 1px solid {colours.muted};
  border-radius: 6px}}
.st-key-answers [data-selected=true] > label {{background: {colours.chosen};
  border-color: {colours.answered}; box-shadow: inset 0 0 0 1px {colours.answered}}}
.st-key-answers [role=radiogroup] p {{font-size: 1.25rem}}
.st-key-question h1 {{font-size: 1.75rem}}
.st-key-next button {{min-height: 3.5rem; min-width: 11rem}}
.st-key-next button p {{font-size: 1.125rem}}
.st-key-live_redo [data-testid=stMarkdownContainer] {{position: absolute; width: 1px;
  height: 1px; overflow: hidden; clip-path: inset(50%)}}
button[data-variant][data-selected=true] * {{color: {colours.ink}}}
[data-testid=stElementToolbar] {{display: none}}
"""


def apply() -> None:
    """Writes the style sheet into the page; called once per run by the entry."""
    st.html(f"<style>{css(palette())}</style>")
