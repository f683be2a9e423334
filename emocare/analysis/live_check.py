"""The sitting position before a recording: light, distance, angle, one person (section 3.2)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.status import face_light
from emocare.domain.faces import Face
from emocare.domain.live import CheckLine, LiveCheck
from emocare.domain.readings import FrameReading, FrameStatus

GREEN_S = 3.0
"""So long everything must pass before a guided recording begins."""
STEADY_S = 0.5
"""A check passes when most pictures of this time do, so that one blurred picture spoils nothing."""
DARK = "Turn a lamp towards the face"
SEAT = "Sit before the camera so that the whole face is in the picture"


@dataclass(frozen=True, slots=True)
class _Seen:
    """One check on one picture."""

    passed: bool
    value: float | None
    needed: float
    unit: str
    advice: str


class SittingCheck:
    """Looks at pictures as they come. Used by one thread."""

    def __init__(self, config: AnalysisConfig) -> None:
        self._config = config
        self._recent: deque[tuple[float, dict[str, _Seen]]] = deque()
        self._green_since_s: float | None = None

    def add(self, reading: FrameReading) -> LiveCheck:
        """Takes the next picture and says how the person sits."""
        seen = {
            "light": _light(reading, self._config),
            "distance": _distance(reading.face, self._config),
            "angle": _angle(reading.face, self._config),
            "one_person": _people(reading, self._config),
        }
        now_s = reading.t_s
        self._recent.append((now_s, seen))
        while now_s - self._recent[0][0] > STEADY_S:
            self._recent.popleft()
        lines = tuple(self._line(name, one) for name, one in seen.items())
        if not all(line.passed for line in lines):
            self._green_since_s = None
        elif self._green_since_s is None:
            self._green_since_s = now_s
        green_s = 0.0 if self._green_since_s is None else now_s - self._green_since_s
        return LiveCheck(lines, green_s, GREEN_S)

    def _line(self, name: str, newest: _Seen) -> CheckLine:
        votes = [seen[name].passed for _, seen in self._recent]
        passed = 2 * sum(votes) >= len(votes)
        advice = "" if passed else newest.advice or self._last_advice(name)
        return CheckLine(name, passed, newest.value, newest.needed, newest.unit, advice)

    def _last_advice(self, name: str) -> str:
        return next(s[name].advice for _, s in reversed(self._recent) if not s[name].passed)


def _light(reading: FrameReading, config: AnalysisConfig) -> _Seen:
    """Light on the face, by the rules that decide whether a picture is measured."""
    least, face = config.min_brightness, reading.face
    if reading.status is FrameStatus.CAMERA_OFF:
        text = "Switch the camera on or open its cover: the picture is black."
        return _Seen(False, 0.0, least, "", text)
    if face is None:
        dark = reading.status is FrameStatus.TOO_DARK
        text = f"{DARK}: the picture is too dark to find one." if dark else f"{SEAT}."
        return _Seen(False, None, least, "", text)
    mean, fault = face.quality.brightness, face_light(face, config)
    if fault is FrameStatus.TOO_BRIGHT:
        most = config.max_brightness
        text = (
            "Turn the light away or close the blind: parts of the face are dazzled, brightness "
            f"{mean:.0f}, at most {most:.0f}."
        )
        return _Seen(False, mean, most, "", text)
    if fault is not None and face.quality.left_right_luminance_ratio < config.min_left_right_ratio:
        ratio, even = face.quality.left_right_luminance_ratio, config.min_left_right_ratio
        text = (
            f"Light both sides of the face: the darker side has {100 * ratio:.0f} % of the "
            f"other's light, need {100 * even:.0f} %."
        )
        return _Seen(False, mean, least, "", text)
    if fault is not None:
        text = f"{DARK}: brightness {mean:.0f}, need {least:.0f}."
        return _Seen(False, mean, least, "", text)
    return _Seen(True, mean, least, "", "")


def _distance(face: Face | None, config: AnalysisConfig) -> _Seen:
    need = config.gate["face_width_px"][0]
    if face is None:
        return _Seen(False, None, need, "px", f"{SEAT}.")
    width = face.box_px.width
    text = "" if width >= need else f"Move closer: face {width:.0f} px, need {need:.0f}."
    return _Seen(width >= need, width, need, "px", text)


def _angle(face: Face | None, config: AnalysisConfig) -> _Seen:
    """The turn that is furthest beyond its limit; limits are those of looking aside, of the
    tilt of a camera that still gives a frontal view, and of roll."""
    if face is None:
        return _Seen(False, None, config.look_yaw_deg, "deg", f"{SEAT}.")
    turns = (
        ("Face the camera: the head is turned", abs(face.yaw_deg), config.look_yaw_deg),
        ("Put the camera at eye height: the head is tilted", abs(face.pitch_deg),
         config.max_pitch0_deg),
        ("Hold the head and the camera upright: it leans", abs(face.roll_deg),
         config.max_roll_deg),
    )  # fmt: skip
    words, value, limit = max(turns, key=lambda turn: turn[1] / turn[2])
    passed = value <= limit and math.isfinite(value)
    text = "" if passed else f"{words} {value:.0f}°, at most {limit:.0f}°."
    return _Seen(passed, value, limit, "deg", text)


def _people(reading: FrameReading, config: AnalysisConfig) -> _Seen:
    """Somebody far behind, of less than half the patient's size, does not count."""
    if reading.face is None:
        return _Seen(False, 0.0, 1.0, "people", f"{SEAT}.")
    several = (
        reading.status is FrameStatus.SEVERAL_FACES
        or reading.second_face_ratio >= config.second_face_from
    )
    count = max(2, reading.n_faces) if several else 1
    text = f"Only the patient in the picture: {count} people are seen." if several else ""
    return _Seen(not several, float(count), 1.0, "people", text)
