"""How long each stage takes on this machine, and how much memory it needs.

The picture is 1280x720. Stages that belong to rooms this one may not enter (store, report) are
timed through the whole path, which the caller hands in.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, TypeVar

import cv2
import numpy as np
import psutil
from numpy.typing import NDArray

from emocare.analysis import AnalysisConfig, Analyzer, summarise
from emocare.domain.faces import FaceReader, ReadHint
from emocare.domain.readings import COLUMNS, Readings
from emocare.domain.sequence import SequenceReader
from emocare.domain.summary import SourceInfo
from emocare.learning.bench_sequence import time_sequence
from emocare.media.video import VideoReader

WIDTH, HEIGHT, FPS = 1280, 720, 30.0
LONG_WIDTH, LONG_HEIGHT = 640, 360
FRAMES = 150
"""Frames of the timed clip: five seconds."""
NOISE_FRAMES = 30
"""Frames when there is no sample: every one is searched in full, which takes longest."""
SUMMARY_S = 600.0
"""Length of the recording that is summarised: ten minutes."""
SUMMARIES = 5
SEQUENCE_S = 60.0
"""Length of the recording that the sequence networks follow."""
MINUTES = (1, 20)
"""Lengths whose memory is compared with ``long``."""
MEGABYTE = 1024.0**2
MAX_S, MAX_BYTES = 7200.0, 4 * 1024**3

T = TypeVar("T")
Log = Callable[[str], None]
Stages = dict[str, list[float]]


class WholePath(Protocol):
    """Runs one video from upload to report; returns seconds by step. Must be importable."""

    def __call__(self, video: Path) -> Mapping[str, float]:
        """See ``services.whole_path.time_path``."""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of one stage: median and percentiles over ``n`` runs."""

    median: float
    p90: float
    p99: float
    n: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """From the seconds of single runs."""
        ms = 1000.0 * np.asarray(seconds)
        p50, p90, p99 = (round(float(v), 3) for v in np.percentile(ms, (50, 90, 99)))
        return cls(p50, p90, p99, len(ms))


def bench(
    reader: FaceReader, networks: SequenceReader, whole_path: WholePath, sample: Path | None, *,
    long: bool, log: Log,
) -> dict[str, Any]:  # fmt: skip
    """Times every stage.

    Args:
        reader: The loaded face reader.
        networks: The loaded sequence networks.
        whole_path: From upload to report, in an installation of its own.
        sample: A clip with a face; without one the picture is noise and no face is followed.
        long: Also compare the memory of a long and a short video (many minutes).
        log: Takes one line per part.

    Returns:
        Milliseconds by stage, frames per second, seconds of the whole path, and the megabytes of
        a fresh process that takes it.
    """
    with tempfile.TemporaryDirectory() as folder:
        pictures = sample_pictures(sample, WIDTH, HEIGHT, FRAMES)
        count = NOISE_FRAMES if sample is None else FRAMES
        clip = write_clip(Path(folder) / "bench.mp4", pictures, count)
        log("decoding, searching, following, pushing")
        stages, readings = time_frames(clip, reader)
        log("summarising ten minutes")
        stages["summarise_10_min"] = time_summaries(readings)
        log("a minute of the sequence networks")
        stages["sequence_per_frame"] = time_sequence(networks, repeated(readings, SEQUENCE_S))
        log("the whole path")
        whole = dict(whole_path(clip))
        figures: dict[str, Any] = {
            "machine": machine(),
            "picture": [WIDTH, HEIGHT],
            "face_in_picture": bool(readings.tracked.any()),
            "stages_ms": {name: _shown(Spread.of(times)) for name, times in stages.items()},
            "frames_per_second": rates(stages, whole),
            "whole_path_s": {name: round(value, 3) for name, value in whole.items()},
            "upload_peak_memory_mb": round(peak_of(whole_path, clip), 1),
        }
        if long:
            figures["memory"] = compare_memory(Path(folder), whole_path, sample, log)
    return figures


def time_frames(clip: Path, reader: FaceReader) -> tuple[Stages, Readings]:
    """Seconds per frame of each stage, and what was read."""
    stages: Stages = {name: [] for name in ("decode", "search", "follow", "push")}
    analyzer = Analyzer(reader, AnalysisConfig())
    followed: NDArray[np.float32] | None = None
    with _open(clip) as video:
        frames = iter(video)
        while (frame := _timed(stages["decode"], partial(next, frames, None))) is not None:
            found = _timed(stages["search"], partial(reader.read, frame, ReadHint()))
            if followed is not None:
                hint = ReadHint(followed, detect=False)
                _timed(stages["follow"], partial(reader.read, frame, hint))
            followed = None if found.face is None else found.face.landmarks_px
            _timed(stages["push"], partial(analyzer.push, frame))
    stages["decode"].pop()
    return {name: times for name, times in stages.items() if times}, analyzer.readings()


def time_summaries(readings: Readings) -> list[float]:
    """Seconds to summarise ten minutes made of repeats of ``readings``."""
    table = repeated(readings, SUMMARY_S)
    source = SourceInfo("bench", None, SUMMARY_S, len(table), len(table), 0, False)
    times: list[float] = []
    for _ in range(SUMMARIES):
        _timed(times, partial(summarise, table, AnalysisConfig(), source, ()))
    return times


def repeated(readings: Readings, seconds: float) -> Readings:
    """The rows again and again on one running clock, about ``seconds`` long."""
    t = readings["t_s"]
    period = float(t[-1] - t[0]) + 1.0 / FPS
    count = max(1, round(seconds / period))
    columns = {name: np.tile(readings.columns[name], count) for name in COLUMNS}
    columns["t_s"] = np.concatenate([t + k * period for k in range(count)])
    return Readings(columns)


def rates(stages: Stages, whole: Mapping[str, float]) -> dict[str, float]:
    """Frames per second of the stages a video passes, and of the whole upload."""
    push = float(np.median(stages["push"])) + float(np.median(stages["decode"]))
    return {
        "decode": round(1.0 / float(np.median(stages["decode"])), 1),
        "decode_and_push": round(1.0 / push, 1),
        "upload": round(whole["frames"] / whole["analyse"], 1),
    }


def compare_memory(
    folder: Path, whole_path: WholePath, sample: Path | None, log: Log
) -> dict[str, float]:
    """Peak memory of a process that takes a video from upload to report, by its length."""
    pictures = sample_pictures(sample, LONG_WIDTH, LONG_HEIGHT, FRAMES)
    peaks: dict[str, float] = {}
    for minutes in MINUTES:
        log(f"memory of a {minutes}-minute video")
        clip = write_clip(folder / f"{minutes}.mp4", pictures, int(minutes * 60 * FPS))
        peaks[f"minutes_{minutes}_mb"] = round(peak_of(whole_path, clip), 1)
        clip.unlink()
    short, length = (peaks[f"minutes_{minutes}_mb"] for minutes in MINUTES)
    return {**peaks, "difference_mb": round(length - short, 1)}


def peak_of(whole_path: WholePath, clip: Path) -> float:
    """Peak resident memory in MB of a fresh process that runs the whole path.

    Raises:
        RuntimeError: The process failed.
    """
    process = get_context("spawn").Process(target=whole_path, args=(clip,))
    process.start()
    watched = psutil.Process(process.pid)
    peak = 0.0
    while process.is_alive():
        try:
            peak = max(peak, watched.memory_info().rss / MEGABYTE)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.05)
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the whole path ended with code {process.exitcode}")
    return peak


def sample_pictures(
    sample: Path | None, width: int, height: int, count: int
) -> list[NDArray[np.uint8]]:
    """Up to ``count`` pictures (height, width, 3) of the sample, or of noise."""
    if sample is None:
        random = np.random.default_rng(0)
        return [random.integers(0, 255, (height, width, 3), dtype=np.uint8) for _ in range(8)]
    pictures: list[NDArray[np.uint8]] = []
    with _open(sample) as video:
        for frame in video:
            pictures.append(np.asarray(cv2.resize(frame.rgb, (width, height)), dtype=np.uint8))
            if len(pictures) == count:
                break
    return pictures


def write_clip(path: Path, pictures: Sequence[NDArray[np.uint8]], count: int) -> Path:
    """A clip of ``count`` frames at ``FPS``; the pictures run to and fro, without a cut."""
    height, width = pictures[0].shape[:2]
    code = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), code, FPS, (width, height))
    order = [*range(len(pictures)), *range(len(pictures) - 2, 0, -1)]
    for number in range(count):
        writer.write(cv2.cvtColor(pictures[order[number % len(order)]], cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1024**3, 1),
        "python": platform.python_version(),
    }


def table(figures: Mapping[str, Any]) -> str:
    """The figures as lines for reading."""
    face = "with" if figures["face_in_picture"] else "without"
    lines = [f"{figures['picture'][0]}x{figures['picture'][1]}, {face} a face",
             f"{'stage':20}{'median':>10}{'p90':>10}{'p99':>10}  ms"]  # fmt: skip
    for name, row in figures["stages_ms"].items():
        lines.append(f"{name:20}{row['median']:10.2f}{row['p90']:10.2f}{row['p99']:10.2f}")
    lines += [f"{name:20}{value:10.1f}  frames/s"
              for name, value in figures["frames_per_second"].items()]  # fmt: skip
    lines += [f"{name:20}{value:10.2f}  s"
              for name, value in figures["whole_path_s"].items() if name != "frames"]  # fmt: skip
    lines.append(f"{'upload, peak memory':20}{figures['upload_peak_memory_mb']:10.1f}  MB")
    lines += [f"{name:20}{value:10.1f}" for name, value in figures.get("memory", {}).items()]
    return "\n".join(lines)


def _open(path: Path) -> VideoReader:
    return VideoReader(path, reading_hz=FPS, max_s=MAX_S, max_bytes=MAX_BYTES)


def _timed(times: list[float], work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    times.append(time.perf_counter() - started)
    return result


def _shown(spread: Spread) -> dict[str, float]:
    return {"median": spread.median, "p90": spread.p90, "p99": spread.p99, "n": spread.n}
