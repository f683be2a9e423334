"""The picture of a live session: the camera's, a sample's that is played, or why there is none."""

from __future__ import annotations

from functools import partial

import streamlit as st

from emocare.domain.live import LivePhase
from emocare.domain.readings import FrameStatus
from emocare.services.live_run import LiveRun
from emocare.ui import frame, live_camera, live_faults, live_picker, live_state
from emocare.ui.live_camera_overlay import OverlayState, draw
from emocare.ui.text import live as text

MIRROR, LANDMARKS = "live_mirror", "live_landmarks"
KEPT = "live_switches"
"""Where the two switches are kept while another page is open."""
PICTURE_S = 0.25
"""How often the picture of a sample is drawn."""
PICTURE_PX = 296


def show(run: LiveRun, fault: str) -> None:
    """The camera's picture, or what is wrong with it and the way back."""
    if live_faults.tries_again(run.session_id, fault):
        live_faults.connect(run.session_id)
        st.rerun()
    if fault and fault != live_faults.BLACK:
        live_faults.take_off(run.session_id, fault)
        with st.container(border=True, key="live_fault", gap="small"):
            live_faults.explain(fault)
            st.button(text.CONNECT_AGAIN, type=frame.primary(), icon=":material/videocam:",
                      key="live_connect", on_click=live_faults.connect,
                      args=(run.session_id,))  # fmt: skip
            chosen = live_faults.ways_on() if run.phase is LivePhase.CHECK else None
        if chosen is not None:
            live_state.end(run)
            live_faults.go_on(chosen, run.record.patient_id)
    elif not live_picker.answer().answered:
        st.skeleton(height=PICTURE_PX)
    else:
        live_camera.camera(
            run.session_id, run.offer, partial(overlay_of, run, landmarks=_switch(LANDMARKS)),
            mirror=_switch(MIRROR), on_gone=partial(run.lost, text.GONE),
            on_leave=partial(live_state.left, run), on_missed=run.missed,
        )  # fmt: skip
        if fault:
            live_faults.explain(fault)
        elif st.session_state.get(live_state.RETURNED):
            st.caption(text.RETURNED)


def overlay_of(run: LiveRun, *, landmarks: bool) -> OverlayState:
    """What is drawn into the picture now; called on the thread of the pictures."""
    view = run.view()
    reading = view.latest
    face = None if reading is None else reading.face
    return OverlayState(
        size_px=view.picture_px, box_px=None if face is None else face.box_px,
        landmarks_px=face.landmarks_px if face is not None and landmarks else None,
        measured=reading is not None and reading.status is FrameStatus.OK,
        silhouette=view.phase is LivePhase.CHECK,
        seated=view.check is not None and view.check.green_for_s > 0,
    )  # fmt: skip


@st.fragment(run_every=PICTURE_S)
def played(run: LiveRun) -> None:
    """The newest picture of a sample that plays as the camera."""
    picture = run.picture
    if picture is None:
        st.skeleton(height=PICTURE_PX)
        return
    shown = draw(picture, overlay_of(run, landmarks=_switch(LANDMARKS)))
    st.image(shown, width="stretch", output_format="JPEG", alt=text.SAMPLE_ALT)


def switches(*, sample: bool, fault: str) -> None:
    """Mirror and landmarks, kept while another page is open; and which camera is used."""
    kept = st.session_state.setdefault(KEPT, {MIRROR: False, LANDMARKS: False})
    with st.container(horizontal=True):
        if not sample:
            st.toggle(text.MIRROR, value=kept[MIRROR], key=MIRROR, help=text.MIRROR_HELP,
                      on_change=_keep)  # fmt: skip
        st.toggle(text.LANDMARKS, value=kept[LANDMARKS], key=LANDMARKS, on_change=_keep)
    if not sample:
        live_picker.show(watch=not fault, asking=True)


def _keep() -> None:
    st.session_state[KEPT] = {name: _switch(name) for name in (MIRROR, LANDMARKS)}


def _switch(name: str) -> bool:
    kept = st.session_state.get(KEPT, {})
    return bool(st.session_state.get(name, kept.get(name, False)))
