"""Real clips through the reader of the app, following as it follows: steadiness and traces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.analysis import AnalysisConfig, Analyzer
from emocare.domain.faces import FaceReader
from emocare.domain.readings import Readings
from emocare.learning import face_sets, measures, metrics
from emocare.learning.evaluate_clips import CLIPS
from emocare.learning.recipe import ACTION_UNITS
from emocare.media.video import VideoReader
from emocare.vision import load_face_reader

Floats = NDArray[np.floating]
TRACES = {"smile": "au12", "jaw": "au26", "blink": "au45", "brow_lowering": "au04"}
TARGET_R = 0.8
MOVES = 0.05
"""A trace is judged when the reference's 5th and 95th percentile lie at least this far apart."""
STILL_SHIFT, STILL_ZOOM, STILL_TURN_DEG = 0.01, 0.01, 0.5
"""Head motion between two frames up to which the head is still: in outer inter-ocular distances,
as a share of the size, and in the picture."""
READING_HZ, MAX_S, MAX_BYTES = 30.0, 600.0, 1024**3
OUTER_CORNERS = (36, 45)


@dataclass(frozen=True, slots=True)
class Pair:
    """One clip as the app reads it beside the reference, on the frames both have.

    Attributes:
        index: (T,) number of each frame in the clip.
        ours: (T, 70, 2) landmarks in pixels.
        theirs: (T, 70, 2) likewise.
        units: Unit name -> (T,) ours; NaN where the frame was not measured.
        reference: Unit name -> (T,) the teacher's.
        frames: Frames of the clip in which the reference has a face.
    """

    index: NDArray[np.integer]
    ours: Floats
    theirs: Floats
    units: Mapping[str, Floats]
    reference: Mapping[str, Floats]
    frames: int


def evaluate_reader(data: Path, models: Path) -> dict[str, Any]:
    """Landmark jitter of a still head and Action Unit traces, by the reader that the app uses."""
    reader = load_face_reader(models)
    clips = {name: clip_figures(read_pair(data / "videos", name, reader)) for name in CLIPS}
    return {
        "data": (
            f"{' and '.join(CLIPS)}, read by the app's own reader and analyser from the video "
            "file; reference by MediaPipe. Jitter: standard deviation of the landmarks from one "
            "frame to the next after the best similarity is taken out, in % of the outer "
            "inter-ocular distance, where the reference shows the head still (at most "
            f"{100 * STILL_SHIFT:.0f} % shift, {100 * STILL_ZOOM:.0f} % zoom, "
            f"{STILL_TURN_DEG} degrees turn between frames). Traces: Pearson r over frames; judged "
            f"where the reference moves by {MOVES} or more (5th to 95th percentile)"
        ),
        "target_r": TARGET_R,
        "clips": clips,
    }


def read_pair(folder: Path, name: str, reader: FaceReader) -> Pair:
    """Reads a clip as the app does and lays the reference beside it by time."""
    reference = face_sets.archive(folder / "reference" / f"{name}.npz", "")
    readings = read_clip(next(folder.glob(f"{name}.*")), reader)
    times = reference["time_s"]
    nearest = np.abs(readings["t_s"][:, None] - times[None]).argmin(axis=1)
    close = np.abs(readings["t_s"] - times[nearest]) < 0.5 * np.median(np.diff(times))
    both = close & reference["found"][nearest] & readings.tracked
    index = nearest[both]
    shapes = reference["blendshapes"].astype(np.float64)
    truth = measures.action_units(shapes, [str(n) for n in reference["blendshape_names"]])
    if readings.landmarks_px is None:
        raise ValueError("expected readings with landmarks")
    return Pair(
        index=index,
        ours=readings.landmarks_px[both].astype(np.float64),
        theirs=reference["landmarks_px"][index].astype(np.float64),
        units={unit: readings[unit][both] for unit in TRACES.values()},
        reference={unit: truth[index, ACTION_UNITS.index(unit)] for unit in TRACES.values()},
        frames=int(reference["found"].sum()),
    )


def read_clip(path: Path, reader: FaceReader) -> Readings:
    """Every reading of a file, with landmarks."""
    analyzer = Analyzer(reader, AnalysisConfig(), keep_landmarks=True)
    with VideoReader(path, reading_hz=READING_HZ, max_s=MAX_S, max_bytes=MAX_BYTES) as video:
        for frame in video:
            analyzer.push(frame)
    return analyzer.readings()


def clip_figures(pair: Pair) -> dict[str, Any]:
    """Jitter and traces of one clip."""
    still = still_steps(pair)
    ours, theirs = jitter(pair.ours, still), jitter(pair.theirs, still)
    return {
        "frames_with_a_face": pair.frames,
        "frames_compared": len(pair.index),
        "still_steps": int(still.sum()),
        "jitter_percent": ours,
        "jitter_percent_reference": theirs,
        "jitter_ratio": None if not ours or not theirs else round(ours / theirs, 3),
        "traces": {
            name: trace(pair.units[unit], pair.reference[unit]) for name, unit in TRACES.items()
        },
    }


def trace(ours: Floats, theirs: Floats) -> dict[str, Any]:
    """Correlation of one unit over the frames that were measured, and whether it can be judged."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    if both.sum() < 3:
        return {"frames": int(both.sum()), "r": None, "reference_range": None, "judged": False}
    low, high = np.percentile(theirs[both], [5, 95])
    return {
        "frames": int(both.sum()),
        "r": round(metrics.pearson(ours[both], theirs[both]), 3),
        "reference_range": round(float(high - low), 3),
        "judged": bool(high - low >= MOVES),
    }


def still_steps(pair: Pair) -> NDArray[np.bool_]:
    """Steps (T - 1,) between neighbouring frames in which the reference's head is still."""
    still = np.diff(pair.index) == 1
    for k in np.flatnonzero(still):
        before, after = pair.theirs[k], pair.theirs[k + 1]
        scale, turn_deg = similarity(before, after)
        shift = np.linalg.norm(after.mean(axis=0) - before.mean(axis=0)) / ocular(before)
        still[k] = (
            shift <= STILL_SHIFT
            and abs(scale - 1) <= STILL_ZOOM
            and abs(turn_deg) <= STILL_TURN_DEG
        )
    return still


def jitter(points: Floats, still: NDArray[np.bool_]) -> float | None:
    """Standard deviation per coordinate of what a similarity leaves between frames, in %.

    Args:
        points: (T, 70, 2) landmarks in pixels.
        still: (T - 1,) which steps count.
    """
    left = []
    for k in np.flatnonzero(still):
        left.append(100 * residual(points[k], points[k + 1]) / ocular(points[k]))
    return round(float(np.sqrt(np.mean(np.square(left)))), 4) if left else None


def residual(before: Floats, after: Floats) -> Floats:
    """What remains (70, 2) of `after` less the similarity of `before` that fits it best."""
    a, b = as_complex(before), as_complex(after)
    factor = np.vdot(a, b) / np.vdot(a, a)
    rest = b - factor * a
    return np.stack([rest.real, rest.imag], axis=1)


def similarity(before: Floats, after: Floats) -> tuple[float, float]:
    """Scale and turn in degrees of the similarity that best takes `before` to `after`."""
    a, b = as_complex(before), as_complex(after)
    factor = np.vdot(a, b) / np.vdot(a, a)
    return float(abs(factor)), float(np.degrees(np.angle(factor)))


def as_complex(points: Floats) -> NDArray[np.complexfloating]:
    """Centred points as complex numbers: a similarity is then one factor (least squares)."""
    centred = points - points.mean(axis=0)
    return np.asarray(centred[:, 0] + 1j * centred[:, 1])


def ocular(points: Floats) -> float:
    """Distance of the outer eye corners."""
    left, right = OUTER_CORNERS
    return float(np.linalg.norm(points[left] - points[right]))
