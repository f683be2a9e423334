"""Emo-Care beside its peers on this machine, in one run, on the same pictures.

Programs take turns picture by picture, so that whatever else the machine does slows all of them.
All run on the same two processor cores.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.analysis import AnalysisConfig, Analyzer
from emocare.domain.faces import FaceReader, ReadHint
from emocare.domain.frames import Frame
from emocare.learning import bench, face_sets, manifest, peers
from emocare.learning.face_graph import FaceGraph
from emocare.learning.peers import FER, HAAR, MEDIAPIPE, OURS, YUNET, Absent
from emocare.learning.recipe import MODEL_ID

THREADS = 2
PASSES = 3
"""Times that a clip is read; the first pass of each warms up and is not counted."""
SEARCH_EVERY = 5
UPLOAD_FRAMES = 600
"""Twenty seconds: long enough that loading the network hardly counts."""
UPLOADS = 3
CLIPS = ("single_face.mp4", "expressions_woman.mp4")
"""Read from the data folder's ``videos`` if they are there."""

Log = Callable[[str], None]
Row = dict[str, Any]
Work = Callable[[Frame], object]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, and with what.

    Attributes:
        reader: The loaded face reader.
        whole_path: From upload to report, in an installation of its own.
        samples: Clips of this program with one face.
        data: Folder with the peers' model files, further clips and FER+; None = without.
        models: Folder of the models.
    """

    reader: FaceReader
    whole_path: bench.WholePath
    samples: Sequence[Path]
    data: Path | None
    models: Path
    log: Log = field(default=print)


def measure(what: Bench) -> dict[str, Any]:
    """All rows: ``{"machine", "versions", "rows": [{"what", "unit", "values", "note"}]}``."""
    names = ("mediapipe", "fer", "tensorflow-cpu", "opencv-python-headless", "onnxruntime")
    with two_cores():
        rows = [
            *frame_rows(what), *search_rows(what), *upload_rows(what), *expression_rows(what),
        ]  # fmt: skip
    versions = {OURS: manifest.read_model(what.models, MODEL_ID)["version"]}
    versions |= {name: peers.version(name) for name in names}
    return {"machine": bench.machine(), "versions": versions, "rows": rows}


@contextmanager
def two_cores() -> Iterator[None]:
    """Keeps this process, its threads and what it starts on two cores where that can be asked."""
    threads = cv2.getNumThreads()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    try:
        cv2.setNumThreads(THREADS)
        if cores is not None:
            os.sched_setaffinity(0, sorted(cores)[:THREADS])
        yield
    finally:
        if cores is not None:
            os.sched_setaffinity(0, cores)
        cv2.setNumThreads(threads)


def frame_rows(what: Bench) -> list[Row]:
    """From a frame to its reading on every clip, and on all of them together."""
    peer = peers.mediapipe(what.data)
    every: dict[str, list[float]] = {}
    rows: list[Row] = []
    for clip in _clips(what):
        what.log(f"following: {clip.name}")
        times = follow_times(what.reader, peer, _pictures(clip))
        rows += follow_rows(clip.stem, times, peer)
        for name, values in times.items():
            every.setdefault(name, []).extend(values)
    if isinstance(peer, peers.Landmarker):
        peer.close()
    return [*follow_rows("all clips", every, peer), *rows]


def follow_times(
    reader: FaceReader, peer: peers.Follow | Absent, pictures: Sequence[NDArray[np.uint8]]
) -> dict[str, list[float]]:
    """Seconds per frame by program, turn about; the same frames for both."""
    times: dict[str, list[float]] = {}
    for number in range(PASSES):
        works: dict[str, Work] = {OURS: Analyzer(reader, AnalysisConfig()).push}
        if not isinstance(peer, Absent):
            works[MEDIAPIPE] = partial(_followed, peer)
        frames = [Frame(k / bench.FPS, rgb) for k, rgb in enumerate(pictures)]
        taken = turn_about(works, frames)
        if number:
            for name, values in taken.items():
                times.setdefault(name, []).extend(values)
    return times


def _followed(peer: peers.Follow, frame: Frame) -> bool:
    return peer(frame.rgb, frame.t_s)


def turn_about(works: Mapping[str, Work], frames: Sequence[Frame]) -> dict[str, list[float]]:
    """Seconds of every work on every frame; who begins changes from frame to frame."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for number, frame in enumerate(frames):
        names = list(works)
        for name in names if number % 2 else reversed(names):
            started = time.perf_counter()
            works[name](frame)
            times[name].append(time.perf_counter() - started)
    return times


def follow_rows(
    clip: str, times: Mapping[str, Sequence[float]], peer: peers.Follow | Absent
) -> list[Row]:
    """Median, 95th percentile and ratios of one clip."""
    why = {MEDIAPIPE: peer}
    what = f"1280x720 frame to reading, {clip}"
    ours, theirs = (np.asarray(times.get(name, ())) for name in (OURS, MEDIAPIPE))
    ratio = paired = None
    if len(theirs):
        ratio = float(np.median(ours) / np.median(theirs))
        paired = float(np.median(ours / theirs))
    name = f"{OURS} / {MEDIAPIPE}"
    search = f"whole picture searched every {AnalysisConfig().detect_every_s} s"
    return [
        _row(f"{what}: median", "ms", _at(times, 50), f"{len(ours)} frames; ours with the {search}",
             why),
        _row(f"{what}: 95th percentile", "ms", _at(times, 95), "", why),
        _row(f"{what}: ratio of medians", "ratio", {name: _rounded(ratio)}, "below 1: faster"),
        _row(f"{what}: median ratio, frame by frame", "ratio", {name: _rounded(paired)}, ""),
    ]  # fmt: skip


def search_rows(what: Bench) -> list[Row]:
    """Searching a whole picture when nobody is followed yet."""
    what.log("searching whole pictures")
    works: dict[str, Work] = {OURS: partial(what.reader.read, hint=ReadHint())}
    why: dict[str, object] = {YUNET: peers.yunet(what.data), HAAR: peers.haar()}
    found: dict[str, int] = {}
    for name, search in why.items():
        if callable(search):
            works[name] = partial(_searched, search, found, name)
    pictures = [rgb for clip in _clips(what) for rgb in _pictures(clip)[::SEARCH_EVERY]]
    frames = [Frame(float(k), rgb) for k, rgb in enumerate(pictures)]
    turn_about(works, frames[:3])
    found.clear()
    times = turn_about(works, frames)
    read = [what.reader.read(frame, ReadHint()).face is not None for frame in frames]
    shares: dict[str, float | None] = {
        name: round(100.0 * found.get(name, 0) / len(frames), 1) for name in works
    }
    shares[OURS] = round(100.0 * float(np.mean(read)), 1)
    note = "ours proves and reads what it finds, the others give boxes"
    return [
        _row("search of a whole 1280x720 picture: median", "ms", _at(times, 50), note, why),
        _row("search of a whole 1280x720 picture: 95th percentile", "ms", _at(times, 95), "", why),
        _row("pictures in which a face was found", "%", shares, f"{len(frames)} pictures", why),
    ]


def _searched(search: peers.Search, found: dict[str, int], name: str, frame: Frame) -> None:
    found[name] = found.get(name, 0) + bool(search(frame.rgb))


def upload_rows(what: Bench) -> list[Row]:
    """An upload from queue to stored summary, and the memory of a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        clip = bench.write_clip(
            Path(folder) / "upload.mp4", _pictures(_clips(what)[0]), UPLOAD_FRAMES
        )
        rates = []
        for number in range(UPLOADS):
            what.log(f"upload {number + 1} of {UPLOADS}")
            times = what.whole_path(clip)
            rates.append(times["frames"] / bench.FPS / times["analyse"])
        what.log("memory of a fresh process")
        peak = bench.peak_of(what.whole_path, clip)
    seconds = UPLOAD_FRAMES / bench.FPS
    return [
        _row("upload of 1280x720 at 30 fps, decoding and storing included", "x real time",
             {OURS: round(float(np.median(rates)), 2)},
             f"{seconds:.0f} s of MPEG-4, median of {UPLOADS}, loading the network included"),
        _row("peak resident memory from upload to report", "MB", {OURS: round(peak, 1)},
             "a fresh process with the whole program except the web server"),
    ]  # fmt: skip


def expression_rows(what: Bench) -> list[Row]:
    """Accuracy on the FER+ test images."""
    if what.data is None or not (what.data / "ferplus.npz").is_file():
        return []
    what.log("expressions on FER+ test")
    faces = face_sets.load_ferplus(what.data, face_sets.TEST)
    labelled = np.flatnonzero(np.isfinite(faces.expressions[:, 0]))
    labels = faces.expressions[labelled].argmax(axis=1)
    guesses = FaceGraph(what.models).read_set(faces)["expressions"][labelled].argmax(axis=1)
    values: dict[str, float | None] = {OURS: round(100.0 * float((guesses == labels).mean()), 2)}
    classify = peers.fer()
    if not isinstance(classify, Absent):
        theirs = np.array([classify(faces.pictures[k]) for k in labelled])
        values[FER] = round(100.0 * float((theirs == labels).mean()), 2)
    note = (f"majority protocol, {len(labels)} images, one pass. MediaPipe names no expressions; "
            "its landmarks taught ours, so they are not scored here")  # fmt: skip
    return [_row("expressions, FER+ test: accuracy", "%", values, note, {FER: classify})]


def _clips(what: Bench) -> list[Path]:
    folder = None if what.data is None else what.data / "videos"
    further = [] if folder is None else [folder / name for name in CLIPS]
    return [*what.samples, *(clip for clip in further if clip.is_file())]


def _pictures(clip: Path) -> list[NDArray[np.uint8]]:
    return bench.sample_pictures(clip, bench.WIDTH, bench.HEIGHT, bench.FRAMES)


def _at(times: Mapping[str, Sequence[float]], percent: float) -> dict[str, float | None]:
    return {name: _rounded(1000.0 * float(np.percentile(values, percent)))
            for name, values in times.items()}  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _row(
    what: str, unit: str, values: Mapping[str, float | None], note: str,
    peers_of: Mapping[str, object] | None = None,
) -> Row:  # fmt: skip
    """One row; peers that are absent have null and their reason in the note."""
    numbers = dict(values)
    notes = [note] if note else []
    for name, peer in (peers_of or {}).items():
        if isinstance(peer, Absent):
            numbers[name] = None
            notes.append(f"{name}: {peer.reason}")
    return {"what": what, "unit": unit, "values": numbers, "note": "; ".join(notes)}


def table(figures: Mapping[str, Any]) -> str:
    """The rows as lines for reading."""
    lines = ["  ".join(f"{name} {value}" for name, value in figures["versions"].items())]
    for row in figures["rows"]:
        values = "  ".join(
            f"{name} {'-' if value is None else format(value, '.2f')}"
            for name, value in row["values"].items()
        )
        lines.append(f"{row['what']}: {values} {row['unit']}")
        if row["note"]:
            lines.append(f"    {row['note']}")
    return "\n".join(lines)
