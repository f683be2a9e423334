"""Measuring the detector, alone and with the proof, beside its peers, on what it never saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import detector_peers, face_sets, metrics
from emocare.learning.detector_cases import Case, KnownFace, enlarged, load_cast, make_cases
from emocare.learning.detector_peers import Conversion, Find, ious
from emocare.vision import load_spec
from emocare.vision.detector import OnnxDetector
from emocare.vision.framing import CropRecipe, Grey
from emocare.vision.network import FaceNetwork
from emocare.vision.search import LARGE_SHARE, FaceSearch

Floats = NDArray[np.floating]
Figures = dict[str, Any]
PICTURES, LEARNT_PICTURES = 560, 150
OVERLAP, MASKED_OVERLAP = 0.5, 0.3
"""Overlap with the true box from which a face counts as found; less for real masks, whose box is
only roughly known: about the picture that shows them."""
LEAST_PX = 64.0
CLIPS = ("single_face", "expressions_woman", "face_noface", "noface_face", "street_crowd")
CUTS_S = {"face_noface": 2.37, "noface_face": 3.95}
CLIP_FRAMES = 60
"""Frames of a clip that are looked at, evenly spread."""
TIMED = 60
OURS = ("detector", "detector_and_proof")


@dataclass(frozen=True, slots=True)
class Method:
    """A detector, and how its boxes become landmark boxes."""

    name: str
    find: Find
    conversion: Conversion

    def boxes(self, grey: Grey) -> Floats:
        """(N, 4) boxes around the landmarks."""
        return self.conversion.apply(self.find(grey))


def evaluate_detector(
    data: Path, models: Path, *, pictures: int = PICTURES, limit: int | None = None
) -> Figures:
    """Recall on known faces, false faces on scenes, clips and time; see the keys.

    Args:
        data: folder with the collections, and with clips and peers where they are to be measured.
        models: folder with the manifest.
        pictures: number of test pictures.
        limit: use only the first pictures of each collection.
    """
    taught = make_cases(load_cast(data, face_sets.TRAIN, limit or 1000), LEARNT_PICTURES, 11,
                        level=True)  # fmt: skip
    detector, search = parts(models)
    methods = [
        Method(name, find, detector_peers.learned(find, taught))
        for name, find in finders(data, detector, search).items()
    ]
    cast = load_cast(data, face_sets.TEST, limit)
    cases = make_cases(cast, pictures, 5)
    figures: Figures = {
        "data": (
            "test people of faces.npz and masked faces (test part) pasted into test scenes, seed "
            "5, 640x480; they are pasted in the ways of the training, which favours ours; the "
            "clips are real"
        ),
        "boxes": (
            "around the 68 landmarks; each detector's own boxes are turned into such by the median "
            "relation over 150 level training people"
        ),
        "overlap": OVERLAP,
        "overlap_of_masked_faces": MASKED_OVERLAP,
        "pictures": len(cases),
        "faces": recall_figures(methods, cases),
        "no_face": scene_figures(methods, cast.scenes),
    }
    if (data / "videos").exists() and (data / detector_peers.YUNET).exists():
        figures["clips"] = {name: clip_figures(methods, data, name) for name in CLIPS}
        figures["no_face"]["no_face.mp4"] = counted(methods, frames(data / "videos", "no_face")[0])
    figures["time_ms"] = time_figures(detector, search, cases, cast.scenes)
    return figures


def parts(models: Path) -> tuple[OnnxDetector, FaceSearch]:
    """The shipped detector and the search that proves what it finds; one thread each."""
    spec, found_by = load_spec(models, "face"), load_spec(models, "detector")
    detector = OnnxDetector(models, found_by, threads=1)
    network = FaceNetwork(models, spec, threads=1)
    return detector, FaceSearch(network, detector, CropRecipe.parse(spec.recipe))


def finders(data: Path, detector: OnnxDetector, search: FaceSearch) -> dict[str, Find]:
    """Everything that is measured, by name; YuNet only where its file is."""
    found = {
        OURS[0]: detector_peers.of_detector(detector),
        OURS[1]: detector_peers.of_search(search),
        "haar_tuned": detector_peers.of_cascade(tuned=True),
        "haar_default": detector_peers.of_cascade(tuned=False),
    }
    path = data / detector_peers.YUNET
    if path.exists():
        for score in (detector_peers.YUNET_SCORE, detector_peers.YUNET_LOOSE_SCORE):
            found[f"yunet_{score}"] = detector_peers.of_yunet(path, score)
    return found


def recall_figures(methods: Sequence[Method], cases: Sequence[Case]) -> Figures:
    """Share of the known faces that each detector finds, overall and by kind."""
    rows = [(k, face) for k, case in enumerate(cases) for face in case.faces
            if face.size_px >= LEAST_PX]  # fmt: skip
    faces = [face for _, face in rows]
    pictures = metrics.rows_by_name([str(k) for k, _ in rows])
    wanted = np.array([MASKED_OVERLAP if f.cover == "mask" else OVERLAP for f in faces])
    result: Figures = {"n": len(faces)}
    for method in methods:
        boxes = [method.boxes(case.picture) for case in cases]
        overlaps = np.array([best(boxes[k], face.box) for k, face in rows])
        hits = overlaps >= wanted
        spare = sum(len(found) for found in boxes) - int(
            sum((ious_any(boxes[k], case) >= 0.3).sum() for k, case in enumerate(cases))
        )
        result[method.name] = {
            "recall": share(hits, pictures),
            "mean_overlap_of_found": round(float(overlaps[hits].mean()), 3) if hits.any() else None,
            "boxes_off_any_face": spare,
            "by": {
                name: {
                    label: share_where(hits, np.array([test(face) for face in faces]))
                    for label, test in kinds.items()
                }
                for name, kinds in KINDS.items()
            },
        }
    return result


KINDS: dict[str, dict[str, Callable[[KnownFace], bool]]] = {
    "size_px": {
        "64-96": lambda f: f.size_px < 96,
        "96-160": lambda f: 96 <= f.size_px < 160,
        "160-250": lambda f: 160 <= f.size_px < 250,
        "250+": lambda f: f.size_px >= 250,
    },
    "roll_deg": {
        "0-15": lambda f: abs(f.roll_deg) < 15,
        "15-30": lambda f: 15 <= abs(f.roll_deg) < 30,
        "30-45": lambda f: abs(f.roll_deg) >= 30,
    },
    "yaw_deg": {
        "0-20": lambda f: abs(f.yaw_deg) < 20,
        "20-40": lambda f: 20 <= abs(f.yaw_deg) < 40,
        "40+": lambda f: abs(f.yaw_deg) >= 40,
    },
    "cover": {kind: lambda f, kind=kind: f.cover == kind for kind in ("none", "drawn", "mask")},
}
"""Kinds of faces; those of unknown yaw are of no kind of yaw."""


def best(boxes: Floats, box: Floats) -> float:
    """Overlap of the box that fits best, 0 when there is none."""
    return float(ious(boxes, box).max()) if len(boxes) else 0.0


def ious_any(boxes: Floats, case: Case) -> Floats:
    """Largest overlap (N,) of each box with any face of a picture."""
    overlaps = [ious(boxes, face.box) for face in case.faces]
    return np.max(overlaps, axis=0) if overlaps else np.zeros(len(boxes))


def share(hits: NDArray[np.bool_], groups: Sequence[NDArray]) -> Figures:
    """A share with its interval over the groups, and what it counts."""
    return {
        **metrics.figure(lambda rows: float(hits[rows].mean()), groups),
        "n": len(hits), "missed": int((~hits).sum()),
    }  # fmt: skip


def share_where(hits: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Figures:
    """The share among the chosen rows; none when none is chosen."""
    if not chosen.any():
        return {"n": 0}
    return share(hits[chosen], metrics.single_rows(int(chosen.sum())))


def scene_figures(methods: Sequence[Method], scenes: Sequence[Grey]) -> Figures:
    """False faces on held-out scenes, as they are and enlarged to 640x480."""
    large = [enlarged(scene, 640, 480) for scene in scenes]
    return {
        "scenes_as_they_are": counted(methods, scenes),
        "scenes_at_640x480": counted(methods, large),
    }


def counted(methods: Sequence[Method], pictures: Sequence[Grey]) -> Figures:
    """False faces per picture, and the share of pictures that have any."""
    result: Figures = {"n": len(pictures)}
    groups = metrics.single_rows(len(pictures))
    for method in methods:
        counts = np.array([len(method.find(picture)) for picture in pictures])
        result[method.name] = {
            "faces": int(counts.sum()),
            "per_picture": round(float(counts.mean()), 4),
            "pictures_with_any": share(counts > 0, groups),
        }
    return result


def frames(folder: Path, name: str) -> tuple[list[Grey], list[int]]:
    """Up to `CLIP_FRAMES` grey frames of a clip, evenly spread, and their numbers."""
    video = cv2.VideoCapture(str(next(folder.glob(f"{name}.*"))))
    count = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = set(np.linspace(0, count - 1, min(count, CLIP_FRAMES)).astype(int).tolist())
    pictures, numbers, k = [], [], 0
    while (read := video.read())[0]:
        if k in wanted:
            pictures.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY))
            numbers.append(k)
        k += 1
    video.release()
    return pictures, numbers


def clip_figures(methods: Sequence[Method], data: Path, name: str) -> Figures:
    """Share of frames in which the face that YuNet found largest is found, where it is 64 px.

    YuNet's boxes are turned into landmark boxes as in its own row. In frames of the cartoon halves
    false faces are counted instead.
    """
    stored = face_sets.archive(data / "videos" / "reference" / f"{name}.npz", "")
    pictures, numbers = frames(data / "videos", name)
    yunet = next(m.conversion for m in methods if m.name.startswith("yunet"))
    cut = CUTS_S.get(name)
    truths, kept, empty = [], [], []
    for picture, k in zip(pictures, numbers, strict=True):
        if k >= len(stored["time_s"]) or (
            cut is not None and abs(float(stored["time_s"][k]) - cut) <= 0.1
        ):
            continue
        x, y, width, height = stored["yunet_largest_box_xywh"][k].astype(np.float64)
        if stored["yunet_faces"][k] == 0:
            empty.append(picture)
        elif width >= LEAST_PX:
            truths.append(yunet.apply(np.array([[x, y, x + width, y + height]]))[0])
            kept.append(picture)
    result: Figures = {"frames_with_a_face": len(kept), "frames_without": len(empty)}
    for method in methods:
        overlaps = np.array([best(method.boxes(p), t) for p, t in zip(kept, truths, strict=True)])
        result[method.name] = {
            "recall": share(overlaps >= OVERLAP, metrics.single_rows(len(kept))),
            "median_overlap": round(float(np.median(overlaps)), 3),
            "false_faces_in_frames_without": sum(len(method.find(p)) for p in empty),
        }
    return result


def time_figures(
    detector: OnnxDetector, search: FaceSearch, cases: Sequence[Case], scenes: Sequence[Grey]
) -> Figures:
    """Milliseconds at 1280x720 on one thread, by the clock of a machine that may be busy."""
    with_face = [cv2.resize(case.picture, (1280, 720)) for case in cases[:TIMED]]
    without = [enlarged(scene, 1280, 720) for scene in scenes[:TIMED]]
    large = LARGE_SHARE * 720
    return {
        "picture": "1280x720",
        "detector_large_faces": timed(lambda p: detector.find(p, large), with_face),
        "detector_all_faces": timed(lambda p: detector.find(p), with_face),
        "search_with_a_face": timed(lambda p: search.faces(p, None, None), with_face),
        "search_without": timed(lambda p: search.faces(p, None, None), without),
    }


def timed(run: Callable[[Grey], object], pictures: Sequence[Grey]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds, after one run to warm up."""
    run(pictures[0])
    took = []
    for picture in pictures:
        started = time.perf_counter()
        run(picture)
        took.append(1e3 * (time.perf_counter() - started))
    median, late = np.percentile(took, [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(late), 2), "n": len(took)}
