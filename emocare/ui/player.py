"""The clip beside the chart, and the cursor that runs through both.

The picture is Streamlit's own player. A small component without a frame of its own adds play,
previous and next moment (keys P and the arrows), moves a line through the session chart while
the clip plays, and seeks when the chart is clicked. It reads nothing from the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.readings import Readings
from emocare.domain.records import SessionRecord
from emocare.domain.timeline import Timeline
from emocare.ui import context, text
from emocare.ui.attention import Strip
from emocare.ui.text import sequence as sequence_text
from emocare.ui.theme import Palette
from emocare.ui.wording import clock, plain, when

CLIP_KEY = "clip"
CHART_KEY = "session_chart"
PLAYABLE = frozenset({".mp4", ".m4v", ".mov", ".webm"})
"""Containers that browsers play; the codec inside is tried by the browser itself."""

LARGEST_PLAYED = 400 * 1024**2
"""Streamlit holds a clip in memory while it is shown; larger ones are shown as still pictures."""

BOX_HZ = 10.0
"""How often a second the measured face's corners are sent for drawing."""

CSS = """
.bar {display: flex; align-items: center; gap: .5rem; font: 400 1rem var(--st-font);
  color: var(--st-text-color); flex-wrap: wrap}
.bar[hidden], p[hidden] {display: none}
button {font: 400 .875rem var(--st-font); color: var(--st-text-color); cursor: pointer;
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius); min-height: 2.5rem; padding: 0 .75rem;
  display: inline-flex; align-items: center; gap: .5rem}
button:hover:enabled {border-color: var(--st-primary-color)}
button:focus-visible {outline: 2px solid var(--st-primary-color); outline-offset: 2px}
button:disabled {opacity: .45; cursor: default}
svg {width: 16px; height: 16px; fill: currentColor}
kbd {font: inherit; opacity: .6}
strong {font-weight: 600}
.rest {opacity: .7}
p {margin: .75rem 0 .25rem; font: 400 .875rem var(--st-font); color: var(--st-text-color)}
p.rest {min-height: 1.2rem; margin-top: .5rem}
p.failed {color: var(--st-orange-text-color)}
.moments {display: flex; gap: .375rem; flex-wrap: wrap}
.moments button {border-radius: 999px; min-height: 2rem}
.moments button[aria-pressed=true] {border-color: var(--st-primary-color);
  background: var(--st-secondary-background-color)}
[data-part=looked][hidden] {display: none}
p[data-part=explained] {margin: 0 0 .5rem}
.strip {position: relative; height: 18px; cursor: pointer; overflow: hidden;
  border: 1px solid var(--st-border-color); border-radius: 3px}
.strip svg {display: block; width: 100%; height: 100%; color: var(--st-text-color);
  shape-rendering: crispEdges}
.strip i {position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px;
  pointer-events: none; background: var(--st-text-color);
  box-shadow: 0 0 0 2px var(--st-background-color)}
.ends {display: flex; justify-content: space-between; font: 400 .875rem var(--st-font);
  color: var(--st-text-color); opacity: .7}
"""

HTML = """
<div class="bar" data-part="row" hidden>
  <button type="button" data-part="play">
    <svg data-part="icon-play" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4 2.5v11l9-5.5z"/></svg>
    <svg data-part="icon-pause" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4 3h3v10H4zM9 3h3v10H9z"/></svg>
    <kbd>P</kbd></button>
  <button type="button" data-part="prev">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3h2v10H3zM13 3v10L6 8z"/></svg>
    <kbd>←</kbd></button>
  <button type="button" data-part="next">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M11 3h2v10h-2zM3 3v10l7-5z"/></svg>
    <kbd>→</kbd></button>
  <span><strong data-part="now">0:00</strong> <span class="rest" data-part="of"></span></span>
</div>
<p class="failed" data-part="failed" hidden></p>
<div data-part="looked" hidden>
  <p data-part="looked-label"></p>
  <div class="strip" data-part="strip" role="img">
    <svg data-part="cells" preserveAspectRatio="none" aria-hidden="true"></svg>
    <i data-part="here"></i></div>
  <div class="ends"><span>0:00</span><span data-part="end"></span></div>
  <p class="rest" data-part="explained"></p>
  <div class="moments" data-part="attended"></div>
  <p class="rest" data-part="attended-why"></p>
</div>
<p data-part="label" hidden></p>
<div class="moments" data-part="moments"></div>
<p class="rest" data-part="why"></p>
"""


@dataclass(frozen=True, slots=True)
class Clip:
    """How a session's picture can be shown.

    Attributes:
        path: The file, None once it is gone.
        plays: Whether a browser can be asked to play it.
        note: What to say instead, "" when it plays.
    """

    path: Path | None
    plays: bool
    note: str


def clip_of(record: SessionRecord) -> Clip:
    """Looks whether the clip is there and can be played in a browser."""
    path = context.app().recordings.clip(record.id)
    if path is None:
        gone = record.clip_deleted_at
        return Clip(None, False, text.CLIP_NONE if gone is None
                    else text.CLIP_DELETED.format(when=when(gone)))  # fmt: skip
    suffix = path.suffix.lower()
    if suffix not in PLAYABLE:
        return Clip(path, False, text.CLIP_CONTAINER.format(suffix=suffix.lstrip(".").upper()))
    if path.stat().st_size > LARGEST_PLAYED:
        return Clip(path, False, text.CLIP_LARGE)
    return Clip(path, True, "")


def show(
    record: SessionRecord, line: Timeline, boxes: list[list[float | None]], colours: Palette,
    attention: Strip | None = None,
) -> None:  # fmt: skip
    """Draws the clip, or says why not, and the controls that move the cursor.

    Args:
        boxes: The measured face over time as ``face_boxes`` gives it.
        attention: What the severity network looked at; None draws nothing of it.
    """
    clip = clip_of(record)
    with st.container(key=CLIP_KEY, gap="xsmall"):
        if clip.plays:
            # Browsers refuse "video/quicktime" by name although they play what is inside.
            kind = "video/webm" if clip.path and clip.path.suffix == ".webm" else "video/mp4"
            st.video(str(clip.path), format=kind, alt=text.CLIP_ALT)
        elif clip.path is None:
            with st.container(border=True):
                st.markdown(f":material/videocam_off: {clip.note}")
        else:
            _still(record, clip)
    moments = [round(m.t_s, 2) for m in line.moments]
    _component()(
        key="player", height="content",
        data={
            "clip_key": CLIP_KEY if clip.plays else "", "chart_key": CHART_KEY,
            "duration_s": line.duration_s, "moments": moments,
            "labels": [m.label for m in line.moments],
            "boxes": boxes if clip.plays else [], "ink": colours.ink,
            "page": colours.page, "tell": clip.path is not None and not clip.plays,
            "words": _words(attention), "attention": attention and attention.data(),
        },
        on_t_change=_noted,
    )  # fmt: skip
    if clip.path is not None and clip.path.parent == context.app().settings.clips_dir:
        _delete_button(record)


def _words(attention: Strip | None) -> dict[str, str]:
    if attention is None:
        return text.PLAYER
    return text.PLAYER | {
        "moments": sequence_text.MOMENTS_OF_INDEX, "looked": sequence_text.LOOKED_AT,
        "explained": sequence_text.LOOKED_EXPLAINED,
    }  # fmt: skip


def _still(record: SessionRecord, clip: Clip) -> None:
    at = float((st.session_state.get("player") or {}).get("t") or 0.0)
    st.image(context.app().recordings.still(record.id, at).rgb, width="stretch",
             alt=text.STILL_ALT.format(time=clock(at)))  # fmt: skip
    st.caption(clip.note)


def _delete_button(record: SessionRecord) -> None:
    if st.button(text.DELETE_CLIP, type="tertiary", icon=":material/delete:", key="delete_clip"):
        _delete(record)


@st.dialog(text.DELETE_CLIP)
def _delete(record: SessionRecord) -> None:
    st.markdown(text.DELETE_CLIP_SURE)
    if st.button(text.DELETE_CLIP_GO, key="delete_clip_go"):
        try:
            context.app().recordings.delete_clip(record.id)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()


def _noted() -> None:
    """The position is read from the state of the component at the rerun that follows."""


@cache
def _component() -> Callable[..., object]:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("emocare_player", html=HTML, css=CSS, js=script)


def face_boxes(readings: Readings) -> list[list[float | None]]:
    """[t, x1, y1, x2, y2, measured], at most ``BOX_HZ`` a second; corners None without a face."""
    t = readings["t_s"]
    if not len(t):
        return []
    keep = np.unique(np.floor((t - t[0]) * BOX_HZ).astype(int), return_index=True)[1]
    corners = np.stack([readings[f"face_{c}_px"] for c in ("x1", "y1", "x2", "y2")], axis=1)
    ok = readings.ok
    return [
        [round(float(t[i]), 2),
         *([round(float(v)) for v in corners[i]] if np.isfinite(corners[i]).all() else [None] * 4),
         int(ok[i])]
        for i in keep
    ]  # fmt: skip
