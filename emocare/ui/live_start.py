"""Before a live session: whose, what was agreed, where the picture comes from, and the start."""

from __future__ import annotations

import contextlib
import threading

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.records import Patient
from emocare.services.live import CAMERA
from emocare.services.live_run import LiveRun
from emocare.services.samples import Sample
from emocare.ui import (
    alert_strip,
    consent,
    context,
    frame,
    live_faults,
    live_open,
    live_picker,
    live_snapshot,
    live_state,
    upload_form,
)
from emocare.ui import (
    text as common,
)
from emocare.ui.text import live as text
from emocare.ui.wording import plain, span

SOURCE = "live_source"
WANTED = "live_wanted"
"""Set from the press on Start until the browser has answered."""


def show() -> None:
    """Draws the form; begins a session when everything is there."""
    _warm()
    patient = context.current_patient()
    st.title(text.TITLE, anchor=False)
    alert_strip.show(patient)
    live_open.notices()
    left, right = st.columns([14, 11], gap="medium")
    with left, frame.guard():
        consent.notice()
        patient = upload_form.choose_patient(patient)
        source = _choose_source()
        if source == text.SOURCE_SNAPSHOT:
            st.caption(text.SNAPSHOT_WHY)
        guided = source != text.SOURCE_SNAPSHOT and _choose_way()
        sample = _choose_sample(patient) if source == text.SOURCE_SAMPLE else None
        place = st.container()
    with right, frame.guard():
        agreed = consent.ask(f"live_{live_state.round_key()}", patient, live=True)
        if source == text.SOURCE_SNAPSHOT:
            with place:
                live_snapshot.show(allowed=agreed.may_look)
            return
        with place:
            _camera_place(source, patient)
        if _start_button(patient, source, sample, agreed) and source == text.SOURCE_SAMPLE:
            _begin(patient, agreed, guided, sample)
    if st.session_state.get(WANTED) and source == text.SOURCE_CAMERA:
        _when_answered(patient, agreed, guided)


@st.cache_resource(show_spinner=False)
def _warm() -> None:
    """Loads the face network while the form is filled in, once per process."""
    engine = context.app().engine

    def load() -> None:
        # The start itself says what is wrong with a network that cannot be loaded.
        with contextlib.suppress(EmoCareError):
            engine.get()

    threading.Thread(target=load, name="emocare-warm", daemon=True).start()


def _choose_source() -> str:
    """Camera, sample or snapshot; the address or a fault may have chosen before."""
    wanted = st.session_state.pop(live_faults.WANTED_SOURCE, None)
    if wanted is not None:
        st.session_state[SOURCE] = wanted
    return str(st.segmented_control(
        text.SOURCE, list(text.SOURCES), default=text.SOURCE_CAMERA, required=True, key=SOURCE,
        format_func=text.SOURCES.__getitem__,
    ))  # fmt: skip


def _choose_way() -> bool:
    guided = bool(st.segmented_control(
        text.WAY, [True, False], default=True, required=True, key="live_way",
        format_func=text.WAYS.__getitem__,
    ))  # fmt: skip
    st.caption(text.GUIDED_NOTE if guided else text.FREE_NOTE)
    return guided


def _choose_sample(patient: Patient | None) -> Sample | None:
    samples = {sample.name: sample for sample in context.app().recordings.samples()}
    name = st.pills(
        common.SAMPLES, list(samples), key="live_sample", wrap=True,
        format_func=lambda n: common.SAMPLE_LENGTH.format(
            title=samples[n].title, length=span(samples[n].duration_s)),
    )  # fmt: skip
    if name is None:
        return None
    st.caption(plain(samples[name].description))
    if patient is not None and not frame.is_sample(patient):
        st.caption(common.SAMPLE_OF_A_PERSON.format(name=plain(patient.name)))
    return samples[name]


def _camera_place(source: str, patient: Patient | None) -> None:
    """The list of cameras, and what the browser said when it was asked."""
    if source != text.SOURCE_CAMERA:
        return
    picked = live_picker.show(watch=False, asking=bool(st.session_state.get(WANTED)))
    if picked.fault:
        with st.container(border=True, key="live_fault", gap="small"):
            live_faults.explain(picked.fault)
            chosen = live_faults.ways_on()
        if chosen is not None:
            live_faults.go_on(chosen, None if patient is None else patient.id)


def _start_button(
    patient: Patient | None, source: str, sample: Sample | None, agreed: consent.Ticks
) -> bool:
    by_camera = source == text.SOURCE_CAMERA
    asking = bool(st.session_state.get(WANTED)) and by_camera
    needed = (
        (common.NEEDS_PATIENT, patient is not None), (text.NEEDS_SAMPLE, by_camera or sample),
        *agreed.needs(),
    )  # fmt: skip
    missing = [words for words, there in needed if not there]
    pressed = st.button(
        text.START_CAMERA if by_camera else text.START_SAMPLE, type=frame.primary(),
        icon=":material/videocam:" if by_camera else ":material/play_arrow:", width="stretch",
        disabled=bool(missing) or asking or live_state.elsewhere() is not None,
        key="live_start", on_click=_ask if by_camera else None,
    )  # fmt: skip
    if missing:
        st.caption(common.START_NEEDS.format(what=", ".join(missing)))
    if asking:
        st.caption(text.ASKING)
    return pressed


def _ask() -> None:
    """Asks the browser for its camera in the run that follows the press."""
    live_picker.ask()
    st.session_state[WANTED] = True


def _when_answered(patient: Patient | None, agreed: consent.Ticks, guided: bool) -> None:
    """Begins once the browser has shown that it can open the camera."""
    picked = live_picker.answer()
    if not picked.answered:
        return
    st.session_state.pop(WANTED)
    if picked.fault or patient is None or not agreed.enough:
        st.rerun()
    with frame.guard():
        _begin(patient, agreed, guided, None)


def _begin(
    patient: Patient | None, agreed: consent.Ticks, guided: bool, sample: Sample | None
) -> None:
    assert patient is not None
    source = text.SOURCE_CAMERA if sample is None else text.SOURCE_SAMPLE
    with st.spinner(text.LOADING):
        run = context.app().live.start(
            patient.id, agreed.consent(), guided=guided,
            source=CAMERA if sample is None else sample.path.name,
        )  # fmt: skip
    _first_picture(run, sample)
    live_state.conduct(run, source)
    context.choose(patient.id)
    st.rerun()


def _first_picture(run: LiveRun, sample: Sample | None) -> None:
    """Lets the sample play; a camera is opened by the page that follows."""
    if sample is None:
        return
    try:
        run.play(sample.path)
    except EmoCareError:
        run.stop()
        raise
