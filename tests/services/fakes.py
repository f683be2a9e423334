"""A scripted face reader, tiny videos, and a clock that only moves when told."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import (
    ACTION_UNITS,
    LANDMARKS,
    Face,
    FaceQuality,
    PictureReading,
    ReadHint,
)
from emocare.domain.frames import Box, Frame
from emocare.domain.summary import ModelRef
from emocare.services.engine import LoadedFace

MODELS = (ModelRef("scripted", "1.0.0", "ab" * 32),)
BOX = Box(200.0, 100.0, 350.0, 290.0)


def face_at(t_s: float, box: Box = BOX, **changes: float) -> Face:
    """What a made-up person shows at ``t_s``: talking, smiling now and then, blinking."""

    def wave(period_s: float, shift: float = 0.0) -> float:
        return math.sin(2 * math.pi * (t_s / period_s + shift))

    # Two periods that share no multiple near a window, so that windows differ by chance.
    smile = 0.3 * max(0.0, wave(6.1) + 0.6 * wave(4.3)) ** 2
    units = {name: 0.08 + 0.07 * wave(5.0 + k, 0.1 * k) for k, name in enumerate(ACTION_UNITS)}
    units |= {"au12": 0.05 + smile, "au05": math.nan, "au06": math.nan, "au09": math.nan}
    closed = t_s % 4.0 > 3.85
    units["au45"] = 0.9 if closed else 0.05
    moods = np.array([1.6, 3.0 * smile, 0.05, 0.2 + 0.1 * wave(17.0), 0.05, 0.05, 0.05, 0.05])
    values = {
        "confidence": 0.97, "yaw_deg": 6 * wave(7.0), "pitch_deg": 4 * wave(5.3),
        "roll_deg": 2 * wave(9.1), "eye_openness_left": 0.04 if closed else 0.3,
        "eye_openness_right": 0.04 if closed else 0.3, "gaze_down": 0.1 + 0.05 * wave(6.0),
        "mouth_occluded": 0.02, "eyes_occluded": 0.02,
    } | changes  # fmt: skip
    x = np.linspace(box.x1, box.x2, LANDMARKS)
    y = np.linspace(box.y1, box.y2, LANDMARKS)
    return Face(
        box_px=box, landmarks_px=np.stack([x, y], axis=1).astype(np.float32),
        expressions=(moods / moods.sum()).astype(np.float32),
        action_units=np.array([units[name] for name in ACTION_UNITS], np.float32),
        quality=FaceQuality(300.0, 120.0, 0.01, 0.9), **values,
    )  # fmt: skip


def nobody(frame: Frame) -> PictureReading:
    """An empty room."""
    return PictureReading(None, False, True, 0, 0.0, 120.0)


class ScriptedReader:
    """Reads what the script says. ``gate`` can hold it up, ``fail_at_s`` makes it break."""

    def __init__(self, script: Callable[[float], Face | None] = face_at) -> None:
        self._script = script
        self.gate = threading.Event()
        self.gate.set()
        self.fail_at_s = math.inf
        self.reads = 0

    def read(self, frame: Frame, hint: ReadHint) -> PictureReading:
        assert self.gate.wait(30), "the test forgot to open the gate"
        if frame.t_s >= self.fail_at_s:
            raise ZeroDivisionError("a fault of the program")
        self.reads += 1
        face = self._script(frame.t_s)
        if face is None:
            return nobody(frame)
        if hint.region is not None and not hint.region.contains(*face.box_px.centre):
            return nobody(frame)
        followed = hint.landmarks_px is not None
        return PictureReading(face, followed, True, 1, 0.0, 120.0)

    def read_crop(self, picture: NDArray[np.uint8]) -> Face:
        height, width = picture.shape[:2]
        return face_at(0.0, Box(0.0, 0.0, float(width), float(height)))

    def loaded(self) -> LoadedFace:
        return LoadedFace(self, MODELS)


def never(t_s: float) -> Face | None:
    """Nobody is ever there."""
    return None


def small(t_s: float) -> Face:
    """A face too far away."""
    return face_at(t_s, Box(100.0, 100.0, 150.0, 170.0))


class Clock:
    """Wall time that the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s
