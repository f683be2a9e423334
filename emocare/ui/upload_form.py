"""Whose video it is, which files or samples, and the patient's part of each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.domain.records import Patient
from emocare.services.samples import Sample
from emocare.ui import context, frame, patient_forms, queue, region, text
from emocare.ui.consent import Ticks
from emocare.ui.text import consent as consent_text
from emocare.ui.wording import plain, span

TYPES = ("mp4", "mov", "avi", "webm", "mkv")
ROUND = "upload_round"
STAGED = "upload_staged"
SAMPLE_KEY = "upload_sample"


@dataclass(frozen=True, slots=True)
class Clip:
    """A video that was chosen: a staged upload or a sample."""

    path: Path
    name: str


def round_key() -> str:
    """Changes with each submission, so that every field starts empty for the next patient."""
    return str(st.session_state.setdefault(ROUND, 0))


def choose_patient(current: Patient | None) -> Patient | None:
    """The person the video is of; adding one is a click away."""
    people = {patient.id: patient for patient in context.app().people.everybody()}
    ids = list(people)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            text.WHO, ids, index=ids.index(current.id) if current else None,
            placeholder=text.WHO_HINT if ids else text.NO_PATIENTS, disabled=not ids,
            format_func=lambda i: f"{people[i].name}, {people[i].code}",
        )  # fmt: skip
        patient_forms.add_button()
    if chosen is None:
        return None
    if current is None or chosen != current.id:
        context.choose(chosen)
    return people[chosen]


def choose_clips(patient: Patient | None, agreed: Ticks) -> list[Clip]:
    """Files dropped here, each copied to disk at once, or one of the samples.

    Args:
        patient: Whose recordings they will be.
        agreed: Nothing is taken before these are enough.
    """
    allowed = patient is not None and agreed.enough
    limit = context.app().settings.max_video_bytes
    files = st.file_uploader(
        text.DROP, type=list(TYPES), accept_multiple_files=True, key=f"drop_{round_key()}",
        help=text.DROP_LIMIT.format(gb=round(limit / 1024**3)), disabled=not allowed,
    )  # fmt: skip
    if not allowed:
        st.caption(consent_text.FIRST_CONSENT)
    clips = _stage(files if allowed else [], patient, agreed)
    samples = {sample.name: sample for sample in context.app().recordings.samples()}
    if samples:
        chosen = _choose_sample(samples, instead=bool(clips))
        if chosen is not None:
            if patient is not None and not frame.is_sample(patient):
                st.caption(text.SAMPLE_OF_A_PERSON.format(name=plain(patient.name)))
            clips.append(Clip(chosen.path, chosen.path.name))
    return clips


def _choose_sample(samples: dict[str, Sample], *, instead: bool) -> Sample | None:
    """The sample picked, if any.

    Args:
        instead: Whether videos of a person are there: a made-up one is never taken beside them.
    """
    key = f"{SAMPLE_KEY}_{round_key()}"
    wanted = st.query_params.get("sample")
    if wanted is not None:
        del st.query_params["sample"]
        if wanted in samples:
            st.session_state[key] = wanted
    name = st.pills(
        text.SAMPLES, list(samples), key=key, wrap=True, disabled=instead,
        format_func=lambda n: text.SAMPLE_LENGTH.format(
            title=samples[n].title, length=span(samples[n].duration_s)),
    )  # fmt: skip
    if name is None or instead:
        return None
    st.caption(plain(samples[name].description))
    return samples[name]


def _stage(files: Sequence[Any], patient: Patient | None, agreed: Ticks) -> list[Clip]:
    """Copies new files into the private folder and forgets those taken off the list."""
    recordings = context.app().recordings
    staged: dict[str, Clip] = st.session_state.setdefault(STAGED, {})
    present = {file.file_id for file in files}
    for gone in [key for key in staged if key not in present]:
        recordings.discard_upload(staged.pop(gone).path)
    for file in files:
        if file.file_id not in staged and patient is not None:
            try:
                path = recordings.stage_upload(file.name, file, patient.id, agreed.consent())
            except EmoCareError as error:
                st.error(plain(str(error)), icon=":material/error:")
                continue
            staged[file.file_id] = Clip(path, file.name)
    return [staged[file.file_id] for file in files if file.file_id in staged]


def choose_regions(clips: Sequence[Clip]) -> None:
    """The first picture of each clip, on which the patient's part can be boxed."""
    shown = clips[0]
    if len(clips) > 1:
        number = st.segmented_control(
            text.REGION_WHICH, range(len(clips)), default=0, required=True,
            format_func=lambda i: clips[i].name, key=f"region_which_{round_key()}",
        )  # fmt: skip
        shown = clips[number if number < len(clips) else 0]
    try:
        first = context.app().recordings.preview(shown.path)
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    region.pick(shown.path, shown.name, first)


def start_button(patient: Patient | None, clips: Sequence[Clip], agreed: Ticks) -> bool:
    """Start, or what is still missing in words."""
    missing = [
        words for words, there in (
            (text.NEEDS_PATIENT, patient is not None), (text.NEEDS_VIDEO, bool(clips)),
            *agreed.needs(),
        ) if not there
    ]  # fmt: skip
    label = text.START if len(clips) < 2 else text.START_MANY.format(count=len(clips))
    pressed = st.button(label, type=frame.primary(), icon=":material/play_arrow:", width="stretch",
                        disabled=bool(missing), key="upload_start")  # fmt: skip
    if missing:
        st.caption(text.START_NEEDS.format(what=", ".join(missing)))
    return pressed


def submit(patient: Patient, clips: Sequence[Clip], agreed: Ticks) -> None:
    """Queues every clip and empties the form. Raises what the services refuse."""
    consent = agreed.consent()
    for clip in clips:
        session_id = context.app().recordings.submit(
            patient.id, clip.path, clip.name, consent, region.chosen(clip.path),
            delete_after=not agreed.keep_video,
        )
        queue.watch(session_id)
        region.forget(clip.path)
    st.session_state[STAGED] = {}
    st.session_state[ROUND] += 1
