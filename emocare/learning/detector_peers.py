"""Detectors side by side: ours, ours with the proof, OpenCV's cascade and YuNet.

Each gives boxes of its own kind; `Conversion` turns them into boxes around the 68 landmarks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import cv2.data
import numpy as np
from numpy.typing import NDArray

from emocare.learning.detector_cases import Case
from emocare.vision.detector import OnnxDetector
from emocare.vision.framing import Grey
from emocare.vision.search import LARGE_SHARE, FaceSearch

Floats = NDArray[np.floating]
Find = Callable[[Grey], Floats]
"""Grey picture (H, W) -> (N, 4) boxes x1, y1, x2, y2."""
CASCADE = "haarcascade_frontalface_default.xml"
YUNET = "peers/face_detection_yunet_2026may.onnx"
YUNET_SCORE = 0.9
"""Its default; the looser one is in many programs."""
YUNET_LOOSE_SCORE = 0.6
CASCADE_LONG_SIDE = 640
NO_BOXES = np.zeros((0, 4))


@dataclass(frozen=True, slots=True)
class Conversion:
    """How the landmarks' box lies in a detector's own: medians over level training people.

    Attributes:
        right: Middle of the landmarks' box right of the own box's middle, in own widths.
        down: Likewise below, in own heights.
        width: Width over the own width.
        height: Height over the own height.
    """

    right: float = 0.0
    down: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def apply(self, boxes: Floats) -> Floats:
        """(N, 4) own boxes as landmark boxes."""
        size = boxes[:, 2:] - boxes[:, :2]
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2 + size * [self.right, self.down]
        half = size * [self.width, self.height] / 2
        return np.concatenate([middle - half, middle + half], axis=1)


def learned(find: Find, cases: list[Case]) -> Conversion:
    """The conversion of a detector from pictures with one known face each."""
    rows = []
    for case in cases:
        truth = case.faces[0].box
        boxes = find(case.picture)
        overlap = ious(boxes, truth)
        if len(boxes) and overlap.max() > 0.2:
            box = boxes[int(overlap.argmax())]
            size = box[2:] - box[:2]
            off = ((truth[:2] + truth[2:]) - (box[:2] + box[2:])) / 2 / size
            rows.append([*off, *((truth[2:] - truth[:2]) / size)])
    return Conversion(*np.median(rows, axis=0)) if rows else Conversion()


def ious(boxes: Floats, box: Floats) -> Floats:
    """Overlap over union (N,) of boxes (N, 4) with one (4,)."""
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    both = np.clip(high - low, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    return both / (areas - both)


def of_detector(detector: OnnxDetector) -> Find:
    """Our detector alone, large faces first as in the search: a square of two spreads each."""

    def find(grey: Grey) -> Floats:
        guesses = detector.find(grey, LARGE_SHARE * min(grey.shape))
        for small in detector.find(grey):
            if all(np.hypot(small.x - g.x, small.y - g.y) > max(small.spread, g.spread)
                   for g in guesses):  # fmt: skip
                guesses.append(small)
        return np.array([
            [g.x - g.spread, g.y - g.spread, g.x + g.spread, g.y + g.spread] for g in guesses
        ]).reshape(-1, 4)  # fmt: skip

    return find


def of_search(search: FaceSearch) -> Find:
    """What the application sees without a hint: every face that is proposed and proven."""

    def find(grey: Grey) -> Floats:
        boxes = [seen.box for seen in search.faces(grey, None, None)]
        return np.array([[b.x1, b.y1, b.x2, b.y2] for b in boxes]).reshape(-1, 4)

    return find


def of_cascade(*, tuned: bool) -> Find:
    """OpenCV's frontal cascade with its defaults, or tuned to miss little at 640 pixels."""
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / CASCADE))

    def find(grey: Grey) -> Floats:
        if not tuned:
            boxes = cascade.detectMultiScale(grey)
            scale = 1.0
        else:
            scale = min(1.0, CASCADE_LONG_SIDE / max(grey.shape))
            size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
            small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
            least = max(20, int(min(small.shape) / 20))
            boxes = cascade.detectMultiScale(
                cv2.equalizeHist(small), scaleFactor=1.15, minNeighbors=2, minSize=(least, least)
            )
        found = np.asarray(boxes, np.float64).reshape(-1, 4) / scale
        return np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], axis=1)

    return find


def of_yunet(path: Path, score: float) -> Find:
    """YuNet through `cv2.FaceDetectorYN`."""
    net = cv2.FaceDetectorYN.create(str(path), "", (320, 320), score_threshold=score)

    def find(grey: Grey) -> Floats:
        net.setInputSize((grey.shape[1], grey.shape[0]))
        faces = net.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))[1]
        if faces is None:
            return NO_BOXES
        found = faces[:, :4].astype(np.float64)
        return np.concatenate([found[:, :2], found[:, :2] + found[:, 2:]], axis=1)

    return find
