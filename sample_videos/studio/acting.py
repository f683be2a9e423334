"""What a person does when: tracks of every movement, and the truth derived from them.

An event begins and ends where its track crosses a level that stands for clinical 3.3, so the
truth speaks of what the picture shows and not of when a movement was planned.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.expression import Look
from sample_videos.studio.person import Pose

FPS = 25
Track = NDArray[np.float64]

LEVELS = {"smile": ("smile", 0.40), "brow_raise": ("brow_up", 0.7),
          "brow_lower": ("brow_down", 1.2), "eyes": ("closed", 0.80)}  # fmt: skip
"""Event -> track and the level at which the movement is plainly there."""
TURN_SEEN = 0.77
"""Degrees of yaw that a face reader sees for each degree of the warp."""
LONGEST_BLINK_S = 0.5


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens.

    Attributes:
        type: smile, brow_raise, brow_lower, blink, long_closure or look_away.
        onset_s, offset_s: When it is plainly there.
        detail: Direction of a look away, else empty.
    """

    type: str
    onset_s: float
    offset_s: float
    detail: str = ""


class Part:
    """One person's part in a clip. Times are seconds from the clip's start.

    Attributes:
        t: (N,) time of every frame.
        tracks: Name of a ``Look`` or ``Pose`` value -> (N,) values.
        notes: (start, end, words) of what is no event: talking, nodding, looking aside.
    """

    def __init__(self, duration_s: float, seed: int, idle: float = 1.0) -> None:
        """
        Args:
            duration_s: Length of the clip.
            seed: Of the small movements of somebody who sits still.
            idle: Their size; 1 is ordinary.
        """
        self.t = np.arange(round(duration_s * FPS)) / FPS
        names = [f.name for f in (*fields(Look), *fields(Pose))]
        self.tracks: dict[str, Track] = {name: np.zeros_like(self.t) for name in names}
        self.notes: list[tuple[float, float, str]] = []
        self.looks_down: list[tuple[float, float]] = []
        self.random = np.random.default_rng(seed)
        self._idle(idle)

    def _wander(self, size: float, slow_hz: float) -> Track:
        phases = self.random.uniform(0, 2 * np.pi, 3)
        rates = slow_hz * np.array([1.0, 2.3, 4.1]) * self.random.uniform(0.8, 1.2, 3)
        waves = [np.sin(2 * np.pi * r * self.t + p) / (i + 1)
                 for i, (r, p) in enumerate(zip(rates, phases, strict=True))]  # fmt: skip
        return size * np.sum(waves, axis=0)

    def _idle(self, size: float) -> None:
        for name, amount in (("yaw_deg", 1.6), ("pitch_deg", 1.1), ("roll_deg", 0.9), ("x", 1.0)):
            self.tracks[name] += self._wander(amount * size, 0.09)
        breath = 0.5 * np.sin(2 * np.pi * self.t / 3.9 + self.random.uniform(0, 6))
        self.tracks["body_y"] += breath
        self.tracks["y"] += 0.6 * breath
        self.tracks["body_x"] += 0.3 * self.tracks["x"]
        times = np.cumsum(self.random.uniform(0.7, 2.6, int(self.t[-1]) + 4))
        for name, amount in (("gaze_x", 0.55), ("gaze_y", 0.25)):
            steps = self.random.normal(0, amount, len(times) + 1).clip(-1, 1)
            self.tracks[name] += self._soft(steps[np.searchsorted(times, self.t)], 0.08)

    def _soft(self, track: Track, width_s: float) -> Track:
        kernel = np.hanning(2 * max(1, round(width_s * FPS)) + 3)
        return np.convolve(np.pad(track, len(kernel), mode="edge"), kernel / kernel.sum(), "same")[
            len(kernel) : -len(kernel)
        ]

    def hold(self, start: float, end: float, rise: float = 0.4, fall: float = 0.5) -> Track:
        """0, then 1 from ``start`` to ``end``; half way at these two times."""
        up = np.clip((self.t - start) / rise + 0.5, 0, 1)
        down = np.clip((end - self.t) / fall + 0.5, 0, 1)
        return (up * up * (3 - 2 * up)) * (down * down * (3 - 2 * down))

    def smile(self, start: float, end: float, size: float = 1.0, teeth: float = 1.0) -> None:
        """A smile; ``teeth`` 0 keeps the lips closed."""
        shape = self.hold(start, end, 0.45, 0.7)
        self.tracks["smile"] = np.maximum(self.tracks["smile"], size * shape)
        late = self.hold(start + 0.12, end - 0.15, 0.4, 0.6)
        self.tracks["part"] = np.maximum(self.tracks["part"], 0.95 * size * teeth * late)
        self.tracks["pitch_deg"] += 1.5 * size * shape

    def brows(self, start: float, end: float, up: bool) -> None:
        """Brows raised, or drawn down with narrowed eyes and the chin a little forward."""
        shape = self.hold(start, end, 0.3, 0.4)
        self.tracks["brow_up" if up else "brow_down"] += shape * (1.35 if up else 2.1)
        if not up:
            self.tracks["closed"] += 0.12 * shape
            self.tracks["smile"] = np.maximum(self.tracks["smile"], 0.10 * shape)
            self.tracks["pitch_deg"] += 9.0 * shape

    def blink(self, *times: float, shut_s: float = 0.14) -> None:
        """Blinks: shut from each time on for ``shut_s``, faster down than up."""
        for at in times:
            down = np.clip((self.t - at) / 0.10 + 1.0, 0, 1)
            up = np.clip((at + shut_s - self.t) / 0.16 + 1.0, 0, 1)
            shut = np.minimum(down, up)
            shape = shut * shut * (3 - 2 * shut)
            self.tracks["closed"] = np.maximum(self.tracks["closed"], shape)

    def blinks(self, start: float, end: float, every_s: float, avoid: float = 1.0) -> None:
        """Ordinary blinks at uneven times, never while looking away."""
        at = start + self.random.uniform(0.3, 0.7) * every_s
        while at < end - 0.5:
            turned = np.abs(self.tracks["yaw_deg"]) > 12
            busy = turned | (np.abs(self.tracks["gaze_y"]) > 1.6) | (self.tracks["brow_down"] > 0.1)
            near = np.abs(self.t - at) < avoid
            if not bool(busy[near].any()):
                self.blink(round(at * FPS) / FPS)
            at += every_s * self.random.uniform(0.65, 1.4)

    def turn(self, start: float, end: float, yaw_deg: float, pitch_deg: float = 0.0) -> None:
        """Turns the head; eyes lead, the body follows a little."""
        shape = self.hold(start, end, 0.6, 0.6)
        self.tracks["yaw_deg"] += yaw_deg * shape
        self.tracks["pitch_deg"] += pitch_deg * shape
        side = np.sign(yaw_deg) * min(1.0, abs(yaw_deg) / 30)
        self.tracks["gaze_x"] += 2.2 * side * self.hold(start - 0.12, end - 0.12, 0.25, 0.25)
        self.tracks["x"] += 2.5 * side * shape
        self.tracks["body_x"] += 1.0 * side * shape
        self.tracks["roll_deg"] += 1.5 * side * shape

    def look_down(self, start: float, end: float) -> None:
        """Eyes and head down, lids lowered and not shut: an event."""
        shape = self.hold(start, end, 0.5, 0.5)
        self.tracks["gaze_y"] += 6.2 * shape
        self.tracks["closed"] = np.maximum(self.tracks["closed"], 0.75 * shape)
        self.tracks["pitch_deg"] -= 33.0 * shape
        self.tracks["y"] += 7.0 * shape
        self.looks_down.append((round(start + 0.1, 2), round(end - 0.1, 2)))

    def glance(self, start: float, end: float, x: float, y: float = 0.0) -> None:
        """Only the eyes move: no event."""
        shape = self.hold(start, end, 0.12, 0.12)
        self.tracks["gaze_x"] += x * shape
        self.tracks["gaze_y"] += y * shape

    def nod(self, start: float, times: int, size_deg: float = 5.0, every_s: float = 0.7) -> None:
        """Nods, or with a negative size nothing but the opposite direction first."""
        end = start + times * every_s
        wave = np.sin(2 * np.pi * (self.t - start) / every_s)
        self.tracks["pitch_deg"] -= size_deg * wave * self.hold(start, end, 0.3, 0.3)
        self.notes.append((start, end, "nod"))

    def sway(self, start: float, end: float, size: float, every_s: float = 2.2) -> None:
        """Livelier head: tilts and small turns."""
        shape = self.hold(start, end, 0.8, 0.8)
        for name, amount, rate in (("yaw_deg", 5.0, 1.0), ("roll_deg", 2.6, 0.83), ("x", 2.2, 1.0),
                                   ("pitch_deg", 2.4, 1.31)):  # fmt: skip
            phase = self.random.uniform(0, 2 * np.pi)
            wave = np.sin(2 * np.pi * rate * self.t / every_s + phase)
            self.tracks[name] += amount * size * wave * shape

    def talk(self, start: float, end: float, size: float = 1.0) -> None:
        """Speech without sound: three to four small openings of the mouth a second."""
        shape = self.hold(start, end, 0.3, 0.3)
        at, beats = start, np.zeros_like(self.t)
        while at < end:
            width = self.random.uniform(0.09, 0.15)
            tall = self.random.uniform(0.35, 1.0)
            beats = np.maximum(beats, tall * np.exp(-(((self.t - at) / width) ** 2)))
            at += self.random.uniform(0.22, 0.42) + (0.5 if self.random.random() < 0.08 else 0.0)
        self.tracks["part"] = np.maximum(self.tracks["part"], 0.42 * size * beats * shape)
        self.tracks["jaw"] += 2.6 * size * beats * shape
        round_lips = self._soft(np.abs(self._wander(0.45, 0.8)), 0.1)
        self.tracks["pucker"] += (round_lips * shape).clip(0, 0.8)
        self.notes.append((start, end, "talk"))

    def look(self, frame: int) -> Look:
        """The face at a frame. Seen from above, lips that rest must be drawn flatter."""
        values = {f.name: float(self.tracks[f.name][frame]) for f in fields(Look)}
        bent = min(0.0, float(self.tracks["pitch_deg"][frame]))
        values["smile"] += 0.012 * bent * (1 - values["smile"])
        values["arch"] += min(0.9, -bent / 36) * (1 - max(0.0, min(1.0, values["smile"])))
        values["closed"] = min(1.0, values["closed"])
        return Look(**values)

    def pose(self, frame: int) -> Pose:
        """Head and body at a frame."""
        return Pose(**{f.name: float(self.tracks[f.name][frame]) for f in fields(Pose)})

    def events(self) -> list[Event]:
        """The truth, in order of onset."""
        found: list[Event] = []
        for kind, (track, level) in LEVELS.items():
            for onset, offset in self._above(self.tracks[track], level):
                if kind == "eyes":
                    long = offset - onset > LONGEST_BLINK_S
                    found.append(Event("long_closure" if long else "blink", onset, offset))
                else:
                    found.append(Event(kind, onset, offset))
        seen = self.tracks["yaw_deg"] * TURN_SEEN
        for sign, words in ((1, "to the right of the picture"), (-1, "to the left of the picture")):
            found += [Event("look_away", *span, words) for span in self._above(sign * seen, 20.0)]
        found += [Event("look_away", *span, "down") for span in self.looks_down]
        return sorted(found, key=lambda e: e.onset_s)

    def _above(self, track: Track, level: float) -> list[tuple[float, float]]:
        """Spans in which a track is at least ``level``; ends between frames by interpolation."""
        over = np.concatenate([[False], track >= level, [False]]).astype(int)
        spans = []
        for a, b in zip(np.flatnonzero(np.diff(over) == 1), np.flatnonzero(np.diff(over) == -1),
                        strict=True):  # fmt: skip
            spans.append((round(float(self.t[a]), 2), round(float(self.t[b - 1] + 1 / FPS), 2)))
        return spans
