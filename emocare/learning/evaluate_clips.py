"""The shipped graph on real clips, beside the reference measurements of the same frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import face_sets, framing, measures, metrics
from emocare.learning.face_graph import FaceGraph, Outputs, cut_frame
from emocare.learning.recipe import ACTION_UNITS

Floats = NDArray[np.floating]
CLOSED = 0.35
"""Openness, as a share of the clip's 95th percentile, at which an eye counts as closed."""
CLIPS = ("single_face", "expressions_woman")
SMILE = ACTION_UNITS.index("au12")


def evaluate_clips(data: Path, models: Path) -> dict[str, Any]:
    """Smile timing, eye closures, units and pose on clips; crops cut from reference landmarks."""
    graph = FaceGraph(models)
    return {name: clip_figures(data / "videos", name, graph) for name in CLIPS}


def read_clip(folder: Path, name: str, graph: FaceGraph) -> tuple[dict[str, NDArray], Outputs]:
    """Read every frame with a face; returns the reference rows of those frames and the outputs.

    Landmarks come back in pixels and roll relative to the picture.
    """
    reference = face_sets.archive(folder / "reference" / f"{name}.npz", "")
    found = reference["found"]
    video = cv2.VideoCapture(str(next(folder.glob(f"{name}.*"))))
    crops, frames = [], []
    for k in range(len(found)):
        more, picture = video.read()
        if not more:
            raise ValueError(f"{name}: expected {len(found)} frames, got {k}")
        if found[k]:
            crop, to_picture = cut_frame(picture, reference["landmarks_px"][k], graph.size)
            crops.append(crop)
            frames.append(to_picture)
    video.release()
    read = graph.read(np.stack(crops))
    pairs = zip(frames, read["landmarks"], strict=True)
    read["landmarks"] = np.stack([framing.apply(frame, points) for frame, points in pairs])
    rolls = np.degrees([np.arctan2(frame[1, 0], frame[0, 0]) for frame in frames])
    read["pose"][:, 2] += rolls
    per_frame = {key: value[found] for key, value in reference.items() if len(value) == len(found)}
    return {**per_frame, "blendshape_names": reference["blendshape_names"]}, read


def clip_figures(folder: Path, name: str, graph: FaceGraph) -> dict[str, Any]:
    """Agreement of one clip with its reference."""
    reference, read = read_clip(folder, name, graph)
    time_s = reference["time_s"]
    names = list(reference["blendshape_names"])
    units = measures.action_units(reference["blendshapes"], names)
    true_ratio = measures.eye_openness(reference["landmarks_px"].astype(np.float64)).mean(axis=1)
    ratio = read["eye_openness"].mean(axis=1)
    pose = measures.angles(reference["pose"][:, :3, :3].astype(np.float64))
    points = reference["landmarks_px"].astype(np.float64)
    ocular = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)
    nme = np.linalg.norm(read["landmarks"] - points, axis=2).mean(axis=1) / ocular
    true_closed, closed = is_closed(true_ratio), is_closed(ratio)
    unit_r = [metrics.pearson(read["action_units"][:, k], units[:, k]) for k in range(14)]
    return {
        "frames": len(time_s),
        "smile_half_rise_s": half_rise(time_s, read["action_units"][:, SMILE]),
        "smile_half_rise_reference_s": half_rise(time_s, units[:, SMILE]),
        "action_unit_r": {u: round(r, 3) for u, r in zip(ACTION_UNITS, unit_r, strict=True)},
        "eye_openness_r": round(metrics.pearson(ratio, true_ratio), 3),
        "eye_openness_p95": round(float(np.percentile(ratio, 95)), 3),
        "eye_openness_p95_reference": round(float(np.percentile(true_ratio, 95)), 3),
        "closed_frames": int(closed.sum()),
        "closed_frames_reference": int(true_closed.sum()),
        "closed_frames_both": int((closed & true_closed).sum()),
        "closures": closures(closed),
        "closures_reference": closures(true_closed),
        "nme_percent_of_outer_interocular": round(float(100 * nme.mean()), 3),
        "pose_mae_deg": [round(float(v), 2) for v in np.abs(read["pose"] - pose).mean(axis=0)],
        "presence_min": round(float(read["presence"].min()), 3),
    }


def half_rise(time_s: Floats, values: Floats) -> float:
    """First time at which a smoothed signal passes half way from lowest to highest value."""
    smooth = np.convolve(np.pad(values, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    half = (smooth.min() + smooth.max()) / 2
    return round(float(time_s[int(np.argmax(smooth >= half))]), 3)


def is_closed(ratio: Floats) -> NDArray[np.bool_]:
    """Frames in which the eyes are closed, by the share of the clip's own 95th percentile."""
    return ratio <= CLOSED * np.percentile(ratio, 95)


def closures(closed: NDArray[np.bool_]) -> int:
    """Number of separate runs of closed frames."""
    return int((np.diff(np.concatenate([[0], closed.astype(int)])) == 1).sum())
