"""The face reader: follow the known face, search for others, say what is seen."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import Face, PictureReading, ReadHint
from emocare.domain.frames import Box, Frame
from emocare.domain.models import ModelSpec
from emocare.vision.detector import Detector
from emocare.vision.framing import CropRecipe, Framing, Grey
from emocare.vision.looks import Seen, look
from emocare.vision.network import CropReader
from emocare.vision.plausible import agree, face_box, is_a_face, same_face
from emocare.vision.quality import face_quality
from emocare.vision.search import FaceSearch, inside
from emocare.vision.shape import mouth_openness, relative_error

FOLLOWED = 0.5
"""Presence from which a followed face counts: what was a face a moment ago needs less proof."""
STILL_SHIFT, STILL_SCALE, STILL_TURN_DEG = 0.06, 1.08, 6.0
"""Movement up to which one look is enough; beyond it the crop is cut again and read again."""


class OnnxFaceReader:
    """Reads one picture at a time; keeps nothing between pictures, so threads may share it.

    Args:
        network: The face network.
        detector: Proposes where to look.
        recipe: How crops are framed.
        specs: Manifest entries of the networks, that of the face network first.
    """

    def __init__(
        self, network: CropReader, detector: Detector, recipe: CropRecipe, *specs: ModelSpec
    ) -> None:
        self._network = network
        self._search = FaceSearch(network, detector, recipe)
        self._recipe = recipe
        self._specs = specs

    @property
    def spec(self) -> ModelSpec:
        """The manifest entry of the network that reads."""
        return self._specs[0]

    @property
    def specs(self) -> tuple[ModelSpec, ...]:
        """The manifest entries of all networks, that of the face network first."""
        return self._specs

    def read(self, frame: Frame, hint: ReadHint) -> PictureReading:
        """Reads a picture.

        A followed face is looked for where it was; only when it is lost, or ``hint.detect`` is
        set, the whole picture is searched. See ``PictureReading`` for the result.
        """
        grey = _grey(frame.rgb)
        brightness = float(cv2.mean(grey)[0])
        tracked = None
        if hint.landmarks_px is not None:
            tracked = self._follow(grey, hint.landmarks_px, hint.region)
        if tracked is not None and not hint.detect:
            face = self._face(grey, tracked)
            return PictureReading(face, True, False, None, None, brightness)
        others = self._search.faces(grey, hint.region, tracked)
        followed = tracked is not None
        if tracked is None and hint.landmarks_px is not None:
            tracked = _nearest(others, face_box(hint.landmarks_px))
            followed = tracked is not None
        if tracked is None:
            tracked = max(others, key=lambda seen: seen.box.area, default=None)
        if tracked is None:
            return PictureReading(None, False, True, 0, 0.0, brightness)
        areas = [seen.box.area for seen in others if seen is not tracked]
        ratio = max(areas, default=0.0) / tracked.box.area
        face = self._face(grey, tracked)
        return PictureReading(face, followed, True, 1 + len(areas), ratio, brightness)

    def read_crop(self, picture: NDArray[np.uint8]) -> Face:
        """Reads a picture that is a face crop already, framed as the network's own crops are.

        Nothing is searched or refused; the box is the whole picture and the confidence says how
        much it looks like a face.

        Args:
            picture: (H, W, 3) red green blue or (H, W) grey, uint8, any size.
        """
        grey = picture if picture.ndim == 2 else _grey(picture)
        height, width = grey.shape
        size = self._network.size
        shrinks = max(height, width) > size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        crop = np.asarray(cv2.resize(grey, (size, size), interpolation=method), dtype=np.uint8)
        reading = self._network.read(crop[None])[0]
        landmarks_px = (reading.landmarks * (width, height)).astype(np.float32)
        square = Framing(width / 2, height / 2, float(max(height, width)), 0.0)
        box = Box(0.0, 0.0, float(width), float(height))
        return self._face(grey, Seen(reading, square, landmarks_px, box))

    def _follow(
        self, grey: Grey, landmarks_px: NDArray[np.float32], region: Box | None
    ) -> Seen | None:
        """The hinted face where it was, or None when it cannot be shown to be there still."""
        before = self._recipe.from_landmarks(landmarks_px)
        seen = look(self._network, grey, [before])[0]
        now = self._recipe.from_landmarks(seen.landmarks_px)
        if not agree(
            now, before, shift=STILL_SHIFT, scale=STILL_SCALE, turn_deg=STILL_TURN_DEG
        ) and agree(now, before, shift=0.5, scale=1.6, turn_deg=40.0):
            seen = look(self._network, grey, [now])[0]
            now = self._recipe.from_landmarks(seen.landmarks_px)
        steady = agree(now, before, shift=0.45, scale=1.5, turn_deg=35.0)
        settled = agree(now, seen.framing, shift=0.2, scale=1.3, turn_deg=20.0)
        if seen.reading.presence < FOLLOWED or not (steady and settled):
            return None
        if not is_a_face(seen.reading.landmarks) or not inside(seen.box, region):
            return None
        return seen

    def _face(self, grey: Grey, seen: Seen) -> Face:
        reading = seen.reading
        pose = reading.pose.turned(seen.framing.roll_deg)
        return Face(
            box_px=seen.box,
            confidence=reading.presence,
            landmarks_px=seen.landmarks_px,
            yaw_deg=pose.yaw_deg,
            pitch_deg=pose.pitch_deg,
            roll_deg=pose.roll_deg,
            eye_openness_left=reading.eye_openness_left,
            eye_openness_right=reading.eye_openness_right,
            gaze_down=reading.gaze_down,
            mouth_occluded=reading.mouth_occluded,
            eyes_occluded=reading.eyes_occluded,
            expressions=reading.expressions,
            action_units=reading.action_units,
            quality=face_quality(grey, seen.framing, seen.landmarks_px),
            gaze_up=reading.gaze_up,
            gaze_side=reading.gaze_side,
            mouth_openness=mouth_openness(seen.landmarks_px),
            landmark_error=relative_error(
                reading.landmark_error, seen.framing.side, seen.landmarks_px
            ),
        )


def _grey(rgb: NDArray[np.uint8]) -> Grey:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _nearest(faces: list[Seen], lost: Box) -> Seen | None:
    """The face that lies where the lost one was and is about as large, if any."""
    near = [
        seen
        for seen in faces
        if same_face(seen.box, lost) and 1 / 2.5 < seen.box.area / lost.area < 2.5
    ]
    return max(near, key=lambda seen: seen.box.iou(lost), default=None)
