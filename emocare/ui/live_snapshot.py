"""One picture where no session is possible: taken by the browser, read by the same network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from emocare.services import stills
from emocare.ui import context, theme
from emocare.ui.charts import live as charts
from emocare.ui.text import live as text
from emocare.ui.wording import AU_WORDS, STATUS_WORDS, plain

TAKEN = "live_snapshot_taken"


def show(*, allowed: bool) -> None:
    """The browser's own camera field and what was read from its picture.

    Args:
        allowed: Whether the patient has agreed to the analysis.
    """
    if not allowed:
        st.caption(text.SNAPSHOT_NEEDS)
        return
    taken = st.camera_input(text.SNAPSHOT_TAKE, key=TAKEN)
    if taken is None:
        return
    found = stills.read_snapshot(
        taken, context.app().engine, context.app().settings.data_dir
    )
    with st.container(border=True, key="live_snapshot", gap="small"):
        st.markdown(f"**{text.SNAPSHOT_TITLE}.** {sentence(found)}")
        if found["expressions"] is not None:
            _bars(found)


def sentence(found: Mapping[str, Any]) -> str:
    """Whether the face could be read, and what a session would have left out."""
    flags = [STATUS_WORDS.get(flag, flag.lower().replace("_", " "))
             for flag in found["quality_flags"]]  # fmt: skip
    said = text.SNAPSHOT_LIMITS.format(what=plain(", ".join(flags))) if flags else ""
    if found["expressions"] is None:
        return f"{text.SNAPSHOT_NO_FACE} {said}".strip()
    return f"{text.SNAPSHOT_READ} {said}".strip()


def _bars(found: Mapping[str, Any]) -> None:
    colours = theme.palette()
    rows = {text.EXPRESSION_WORDS[name]: value for name, value in found["expressions"].items()}
    units = {AU_WORDS[name.lower()]: value for name, value in found["action_units"].items()
             if value is not None}  # fmt: skip
    with st.grid(2, min_column_width=250, gap="xsmall"):
        for title, values, key in ((text.SNAPSHOT_EXPRESSIONS, rows, "expressions"),
                                   (text.SNAPSHOT_UNITS, units, "units")):  # fmt: skip
            with st.container(gap="xsmall"):
                st.markdown(f"**{title}**")
                table = pd.DataFrame({"name": list(values), "share": list(values.values())})
                st.vega_lite_chart(table, charts.bars(list(values), colours), theme=None,
                                   width="stretch", key=f"snapshot_{key}", alt=title)  # fmt: skip
