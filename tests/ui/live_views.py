"""Views of a live session made up for tests of the screens: every number is scripted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, Face, FaceQuality
from emocare.domain.frames import Box
from emocare.domain.live import (
    FREE_RECORDING,
    PROTOCOL,
    CheckLine,
    LiveCheck,
    LiveGate,
    LiveGateState,
    LivePhase,
    LiveView,
    Trail,
)
from emocare.domain.readings import FrameReading, FrameStatus
from emocare.domain.records import SessionId
from emocare.domain.summary import DIMENSIONS, GateDecision, GateReason

DARK = GateReason(
    "valid_fraction", 0.2, 0.7,
    "Too dark on the face: brightness 22, need 40. Turn a lamp towards the face.",
    GateDecision.UNRELIABLE,
)  # fmt: skip


def trail(gap: bool = False) -> Trail:
    """A point a second, a wave with its band; ``gap`` leaves ten seconds out."""
    t = np.arange(-59.0, 1.0)
    value = 40 + 20 * np.sin(t / 7)
    if gap:
        value[20:30] = np.nan
    return Trail(t, value, value - 10, value + 10)


def face(width_px: float = 150.0, yaw_deg: float = 3.0) -> Face:
    """A face in the middle of a picture of 640 x 360."""
    box = Box(320 - width_px / 2, 80, 320 + width_px / 2, 280)
    return Face(
        box_px=box, confidence=0.99, landmarks_px=np.full((70, 2), 200, np.float32),
        yaw_deg=yaw_deg, pitch_deg=0.0, roll_deg=0.0, eye_openness_left=0.3,
        eye_openness_right=0.3, gaze_down=0.0, mouth_occluded=0.0, eyes_occluded=0.0,
        expressions=np.full(len(EXPRESSIONS), 1 / len(EXPRESSIONS), np.float32),
        action_units=np.full(len(ACTION_UNITS), 0.1, np.float32),
        quality=FaceQuality(400.0, 120.0, 0.01, 0.9),
    )  # fmt: skip


def reading(status: FrameStatus = FrameStatus.OK, **more: Any) -> FrameReading:
    """A reading of that face."""
    return FrameReading(12.0, status, face=face(), n_faces=1, **more)


def gate(state: LiveGateState = LiveGateState.RELIABLE, **more: Any) -> LiveGate:
    """The live gate without any failure."""
    return replace(LiveGate(state, (), 0.0, 0.0, None, True), **more)


def check(*wrong: str, green_for_s: float = 0.0) -> LiveCheck:
    """The sitting position; the lines named do not pass."""
    lines = tuple(
        CheckLine(name, name not in wrong, 120.0, 40.0, "",
                  f"Mend the {name}: 20, need 40." if name in wrong else "")
        for name in ("light", "distance", "angle", "one_person")
    )  # fmt: skip
    return LiveCheck(lines, green_for_s, 3.0)


def view(phase: LivePhase = LivePhase.RECORDING, *, guided: bool = True, **more: Any) -> LiveView:
    """A session in the middle of its second part, everything measured."""
    begun = phase is not LivePhase.CHECK
    plain = LiveView(
        session_id=SessionId("s"), phase=phase, guided=guided,
        parts=PROTOCOL if guided else FREE_RECORDING, part_index=1 if guided and begun else 0,
        part_elapsed_s=52.0, part_left_s=8.0 if guided else None, protocol_done=False,
        elapsed_s=82.0 if begun else 0.0, latest=reading(), picture_px=(640, 360),
        check=None if begun else check(), gate=gate() if begun else None, valid_s=52.0,
        valid_needed_s=60.0, readings_per_s=21.0, delay_ms=142.0, frames_in=1722,
        frames_read=1655, frames_dropped=67, trails={name: trail() for name in DIMENSIONS},
        expression_share=np.full(len(EXPRESSIONS), 0.125),
        action_units=np.full(len(ACTION_UNITS), 0.2), markers=(), second_person=False,
        black_for_s=0.0, no_picture_for_s=0.0, fault=None, source_ended=False,
    )  # fmt: skip
    return replace(plain, **more)
