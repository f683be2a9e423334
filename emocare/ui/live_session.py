"""A live session as it runs: picture and controls left, what is observed right.

Buttons and the camera are drawn when something changes that they depend on; everything that moves
is drawn by one fragment that runs by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emocare.domain.live import LivePhase, LiveView
from emocare.services.live_run import LiveRun
from emocare.ui import (
    context,
    frame,
    live_away,
    live_camera,
    live_controls,
    live_faults,
    live_marks,
    live_panels,
    live_parts,
    live_picture,
    live_quality,
    live_sequence,
    live_state,
    theme,
)
from emocare.ui.text import live as text

TICK_S = 0.5
EAGER_TICK_S = 0.25
"""During the check, and until the recording's first picture: somebody waits for it."""

PATIENT_TICK_S = 2.0

SPARING_TICK_S = 1.0
"""While reading is behind: drawing the charts takes a fifth of what the server can do and a third
of a core in the browser, and the pictures are worth more."""
BEHIND_MS, CAUGHT_UP_MS = 40.0, 20.0
"""Median delay from which on reading is behind, and under which it has caught up; 8 ms where one
person uses the machine."""
SPARING = "live_sparing"
"""Whether this browser session draws at the slower rate."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where the moving things go."""

    phase: DeltaGenerator
    parts: DeltaGenerator
    quality: DeltaGenerator
    panels: DeltaGenerator
    marks: DeltaGenerator
    severity: DeltaGenerator
    details: DeltaGenerator


@dataclass(frozen=True, slots=True)
class Shape:
    """What buttons and camera depend on; when it changes the page is drawn anew."""

    phase: LivePhase
    part: int
    done: bool
    fault: str
    failing: bool
    retry: bool
    seen: bool
    network: bool
    sparing: bool = False


def show(run: LiveRun) -> None:
    """Draws the session; opens the questionnaire by itself when the picture stays unusable."""
    record, view = run.record, run.view()
    if view.phase is LivePhase.ENDED:
        live_controls.ended(run)
        return
    sample = live_state.source() == text.SOURCE_SAMPLE
    fault = "" if sample else live_faults.current(run.session_id, view)
    bar = frame.patient_bar(context.app().people.get(record.patient_id), record.consent)
    with bar:
        phase = st.container(horizontal=True, vertical_alignment="center", width="content")
    parts = st.container(border=True, key="live_parts", gap="xsmall")
    left, right = st.columns([10, 16], gap="small")
    with left:
        picture, controls = st.container(), st.container()
        with st.container(border=True, key="live_quality", gap="xsmall"):
            quality, instead = st.container(gap="xsmall"), st.container()
        switches = st.container()
    with right:
        panels, buttons, marks, severity, details = _observed(view)
    boxes = Boxes(phase, parts, quality, panels, marks, severity, details)
    # First of all: what follows may begin the run anew, and Streamlit refuses a fragment that
    # comes back to boxes which the last run has not reached.
    every_s = _every_s(run, view, quiet=not (sample or fault))
    st.fragment(run_every=every_s)(_tick)(run, shape(view, fault), boxes, sample)
    with picture:
        _picture(run, fault, sample=sample)
    with controls:
        live_controls.row(run, view, quiet=live_quality.failing(view))
    with instead:
        live_controls.instead(run, view)
    with buttons:
        live_marks.buttons(run, view)
    with switches:
        live_picture.switches(sample=sample, fault=fault)


def _every_s(run: LiveRun, view: LiveView, *, quiet: bool) -> float:
    """How often what moves is drawn.

    Args:
        quiet: The camera may be about to open. Whatever is drawn then makes the browser's side
            begin again, so it is left alone until it has offered a connection.
    """
    if quiet and not live_camera.offered(run.session_id):
        return PATIENT_TICK_S
    if view.phase is LivePhase.CHECK or view.frames_read == 0:
        return EAGER_TICK_S
    return SPARING_TICK_S if sparing(view) else TICK_S


def sparing(view: LiveView) -> bool:
    """Whether reading is behind, so that drawing gives way; with some play between the two, so
    that it does not change with every look."""
    limit_ms = CAUGHT_UP_MS if st.session_state.get(SPARING) else BEHIND_MS
    recording = view.phase is LivePhase.RECORDING
    found = recording and view.delay_ms is not None and view.delay_ms > limit_ms
    st.session_state[SPARING] = found
    return found


def _picture(run: LiveRun, fault: str, *, sample: bool) -> None:
    if sample:
        live_away.keep(partial(live_state.left, run))
        live_picture.played(run)
    else:
        live_picture.show(run, fault)


def _observed(view: LiveView) -> tuple[DeltaGenerator, ...]:
    """Places of the panels, the buttons that mark, what was marked, the severity, the details."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.PANELS, anchor=False, width="content")
        st.space("stretch")
        st.badge(text.INVESTIGATIONAL, icon=":material/science:", color="violet")
        live_sequence.control(view)
    panels = st.container()
    with st.container(border=True, key="live_marks", gap="xsmall"):
        buttons, marks = st.container(gap="xsmall"), st.container()
    return panels, buttons, marks, st.container(), st.container()


def shape(view: LiveView, fault: str) -> Shape:
    """What of ``view`` buttons and camera depend on."""
    return Shape(
        phase=view.phase, part=view.part_index, done=view.protocol_done, fault=fault,
        failing=live_quality.failing(view), retry=view.gate is None or view.gate.retry_left,
        seen=view.frames_read > 0, network=view.model_fault is None, sparing=sparing(view),
    )  # fmt: skip


def _tick(run: LiveRun, drawn: Shape, boxes: Boxes, sample: bool) -> None:
    """Draws what moves; then, when something else has changed, the whole page."""
    view = run.view()
    fault = "" if sample else live_faults.current(run.session_id, view)
    if fault and fault != live_faults.BLACK and view.phase is LivePhase.RECORDING:
        run.pause()
        view = run.view()
    # Drawn at each run, also before the page is drawn anew: Streamlit refuses a fragment that
    # comes back to boxes which it has left empty.
    _draw(view, boxes, sample)
    if live_state.conducted() is not run:
        st.rerun()
    if view.gate is not None and view.gate.questionnaire_due:
        live_state.open_questionnaire(live_state.end(run))
    if view.source_ended:
        live_state.review(live_state.end(run))
    if shape(view, fault) != drawn:
        st.rerun()


def _draw(view: LiveView, boxes: Boxes, sample: bool) -> None:
    colours = theme.palette()
    with boxes.phase:
        live_parts.phase(view, sample=sample)
    with boxes.parts:
        live_parts.card(view)
    with boxes.quality:
        live_quality.card(view)
    with boxes.panels:
        network = live_sequence.draws_network(view)
        live_panels.panels(view, context.app().live.typical(), colours, network=network)
        st.caption(live_panels.note(view, network=network))
    with boxes.marks:
        st.caption(live_marks.line(view.markers))
    with boxes.severity:
        live_sequence.severity(view, colours)
    with boxes.details:
        live_panels.details(view, colours)
