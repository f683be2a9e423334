"""Made-up readings with known movements, and a scripted face reader.

The person is a function of time, drawn once from a seed; frames only sample it. So the same
person can be seen at another frame rate, with frames lost or with jittered stamps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import (
    ACTION_UNITS,
    EXPRESSIONS,
    Face,
    FaceQuality,
    PictureReading,
    ReadHint,
)
from emocare.domain.frames import Box, Frame
from emocare.domain.readings import (
    COLUMNS,
    NUMBER_COLUMNS,
    FrameStatus,
    Readings,
    Segment,
)
from emocare.domain.summary import SourceInfo

Floats = NDArray[np.float64]
UNMEASURED = ("au05", "au06", "au09")
OPEN_EYE = 0.30
"""Eye aspect ratio of the open eye."""

SOURCE = SourceInfo("made-up.mp4", "0" * 64, 120.0, 3600, 3600, 0, False, 640, 480, 900.0)


@dataclass(frozen=True)
class MadeUpPerson:
    """What a made-up person does, on the media clock.

    Attributes:
        smiles: (onset, offset) of AU12 at ``smile_level``.
        blinks: Centre of each blink; eyes are closed for 0.14 s.
        closures: (onset, offset) of long closures.
        aside: (onset, offset) of the head turned 25 degrees.
        down: (onset, offset) of the gaze down.
        yawns: (onset, offset) of the jaw open.
        frowns: (onset, offset) of AU4 at 0.6.
        raises: (onset, offset) of AU1 and AU2 at 0.6.
        unit_motion: Amplitude of the slow movement of all units.
        head_deg: Amplitude of head movement.
        expressions: Mean probabilities in the order of EXPRESSIONS.
        seed: Phases of the slow movements.
        noise: Standard deviation of measurement noise on units.
    """

    smiles: Sequence[tuple[float, float]] = ()
    blinks: Sequence[float] = ()
    closures: Sequence[tuple[float, float]] = ()
    aside: Sequence[tuple[float, float]] = ()
    down: Sequence[tuple[float, float]] = ()
    yawns: Sequence[tuple[float, float]] = ()
    frowns: Sequence[tuple[float, float]] = ()
    raises: Sequence[tuple[float, float]] = ()
    smile_level: float = 0.7
    unit_motion: float = 0.10
    head_deg: float = 4.0
    expressions: Sequence[float] = field(
        default=(0.70, 0.10, 0.03, 0.08, 0.03, 0.02, 0.02, 0.02)
    )
    seed: int = 0
    noise: float = 0.005

    def readings(self, t_s: Floats, segment: Segment = Segment.FREE) -> Readings:
        """The person seen at ``t_s``, everything measured."""
        rng = np.random.default_rng(self.seed)
        columns: dict[str, NDArray[np.generic]] = {
            name: np.full(len(t_s), np.nan) for name in NUMBER_COLUMNS
        }
        columns |= {
            "t_s": np.array(t_s, dtype=np.float64),
            "status": np.full(len(t_s), FrameStatus.OK.value, dtype=object),
            "segment": np.full(len(t_s), segment.value, dtype=object),
            "n_faces": np.ones(len(t_s), np.int64), "track_id": np.ones(len(t_s), np.int64),
            "excluded": np.zeros(len(t_s), bool),
        }  # fmt: skip
        columns |= self._units(t_s, rng)
        columns |= self._pose(t_s, rng)
        columns |= self._eyes(t_s, rng)
        columns |= self._expression_columns(t_s, rng)
        constants = {
            "face_x1_px": 200.0, "face_x2_px": 350.0, "face_y1_px": 100.0, "face_y2_px": 290.0,
            "sharpness": 300.0, "brightness": 120.0, "face_conf": 0.98, "second_face_ratio": 0.0,
            "mouth_occluded": 0.02, "eyes_occluded": 0.02, "clip_fraction": 0.01,
            "left_right_luminance_ratio": 0.9, "valence": 0.0, "arousal": 0.0,
        }  # fmt: skip
        columns |= {name: np.full(len(t_s), value) for name, value in constants.items()}
        return Readings({name: columns[name] for name in COLUMNS})

    def _units(self, t_s: Floats, rng: np.random.Generator) -> dict[str, Floats]:
        noise = np.random.default_rng(self.seed + 1)
        found = {}
        for name in ACTION_UNITS:
            wave = slow(t_s, rng, (0.05, 0.11, 0.23))
            strength = 0.06 + self.unit_motion * np.clip(wave, 0, None)
            strength = strength + noise.normal(0, self.noise, len(t_s))
            found[name] = np.clip(strength, 0.0, 1.0)
        found["au12"] = lifted(found["au12"], t_s, self.smiles, self.smile_level)
        found["au26"] = lifted(found["au26"], t_s, self.yawns, 0.85)
        found["au04"] = lifted(found["au04"], t_s, self.frowns, 0.6)
        for name in ("au01", "au02"):
            found[name] = lifted(found[name], t_s, self.raises, 0.6)
        return found | {name: np.full(len(t_s), np.nan) for name in UNMEASURED}

    def _pose(self, t_s: Floats, rng: np.random.Generator) -> dict[str, Floats]:
        axes = {}
        for name, scale in (("yaw_deg", 1.0), ("pitch_deg", 0.7), ("roll_deg", 0.4)):
            axes[name] = scale * self.head_deg * slow(t_s, rng, (0.08, 0.21, 0.4))
        for start, end in self.aside:
            axes["yaw_deg"] = np.where((t_s >= start) & (t_s < end), 25.0, axes["yaw_deg"])
        return axes

    def _eyes(self, t_s: Floats, rng: np.random.Generator) -> dict[str, Floats]:
        openness = 0.95 + 0.03 * slow(t_s, rng, (0.13, 0.31))
        gaze = np.full(len(t_s), 0.15)
        for start, end in self.down:
            gaze = np.where((t_s >= start) & (t_s < end), 0.8, gaze)
            openness = np.where((t_s >= start) & (t_s < end), 0.6, openness)
        for centre in self.blinks:
            openness = np.where(np.abs(t_s - centre) <= 0.07, 0.12, openness)
        for start, end in self.closures:
            openness = np.where((t_s >= start) & (t_s < end), 0.08, openness)
        noise = np.random.default_rng(self.seed + 2).normal(0, 0.01, (2, len(t_s)))
        left, right = np.clip(openness * OPEN_EYE + noise * OPEN_EYE, 0.0, None)
        return {"eye_openness_left": left, "eye_openness_right": right, "gaze_down": gaze}

    def _expression_columns(self, t_s: Floats, rng: np.random.Generator) -> dict[str, Floats]:
        weights = np.array(self.expressions)[:, None] * np.exp(
            0.4 * np.stack([slow(t_s, rng, (0.03, 0.09)) for _ in EXPRESSIONS])
        )
        p = weights / weights.sum(axis=0)
        return {f"p_{name}": row for name, row in zip(EXPRESSIONS, p, strict=True)}


def slow(t_s: Floats, rng: np.random.Generator, frequencies: Sequence[float]) -> Floats:
    """A sum of sines with random phase and slightly random frequency, standard deviation 1."""
    total = np.zeros(len(t_s))
    for frequency in frequencies:
        f, phase = frequency * rng.uniform(0.8, 1.25), rng.uniform(0, 2 * np.pi)
        total += np.sin(2 * np.pi * f * t_s + phase)
    return total / np.sqrt(len(frequencies) / 2)


def lifted(
    strength: Floats, t_s: Floats, bouts: Sequence[tuple[float, float]], level: float
) -> Floats:
    """``strength`` raised to ``level`` during each bout."""
    for start, end in bouts:
        strength = np.where((t_s >= start) & (t_s < end), level, strength)
    return strength


def stamps(seconds: float, fps: float) -> Floats:
    """Times of an even recording."""
    return np.arange(round(seconds * fps)) / fps


def lively(seconds: float, seed: int = 0) -> MadeUpPerson:
    """A person with irregular smiles, blinks and looks away over ``seconds``."""
    rng = np.random.default_rng(seed)
    smiles = bouts(rng, seconds, 11.0, (1.0, 3.0))
    return MadeUpPerson(
        smiles=smiles,
        blinks=[float(x) for x in np.cumsum(rng.uniform(1.5, 5.0, int(seconds / 3)))
                if x < seconds - 1],
        aside=bouts(rng, seconds, 25.0, (0.8, 1.6)), down=bouts(rng, seconds, 14.0, (1.0, 3.0)),
        frowns=bouts(rng, seconds, 20.0, (0.6, 1.5)), seed=seed,
    )  # fmt: skip


def blunted(seconds: float, seed: int = 3) -> MadeUpPerson:
    """Hardly smiles or moves, looks down a lot."""
    rng = np.random.default_rng(seed)
    downs = [(s, s + rng.uniform(3, 5)) for s in np.arange(1, seconds - 6, 9.0)]
    return MadeUpPerson(
        smiles=[(33, 34.2), (95, 96)], blinks=list(np.arange(2.3, seconds - 1, 3.1)), down=downs,
        unit_motion=0.03, head_deg=1.2, seed=seed,
        expressions=(0.50, 0.03, 0.02, 0.30, 0.05, 0.03, 0.04, 0.03),
    )  # fmt: skip


def bouts(
    rng: np.random.Generator, seconds: float, every_s: float, length: tuple[float, float]
) -> list[tuple[float, float]]:
    """Stretches about every ``every_s`` seconds."""
    found, t = [], float(rng.uniform(1, every_s))
    while t < seconds - length[1]:
        found.append((t, t + float(rng.uniform(*length))))
        t += float(rng.uniform(0.5, 1.5)) * every_s + length[1]
    return found


def changed(readings: Readings, **columns: object) -> Readings:
    """The table with some columns replaced by arrays or constants."""
    new = dict(readings.columns)
    for name, value in columns.items():
        old = new[name]
        new[name] = np.broadcast_to(np.asarray(value, dtype=old.dtype), old.shape).copy()
    return Readings(new)


def with_status(readings: Readings, rows: NDArray[np.bool_], status: FrameStatus) -> Readings:
    """The table with ``status`` on some rows; without a face where that status has none."""
    status_column = readings.text("status").copy()
    status_column[rows] = status.value
    new = dict(readings.columns) | {"status": status_column}
    faceless = (FrameStatus.NO_FACE, FrameStatus.CAMERA_OFF)
    for name in NUMBER_COLUMNS:
        measured = name.startswith(("p_", "au")) or name in ("valence", "arousal")
        if measured or (status in faceless and name != "second_face_ratio"):
            new[name] = np.where(rows, np.nan, readings[name])
    if status in faceless:
        new["n_faces"] = np.where(rows, 0, new["n_faces"])
        new["track_id"] = np.where(rows, 0, new["track_id"])
    return Readings(new)


def face(**changes: object) -> Face:
    """A well-lit frontal face 150 px wide."""
    units = np.full(len(ACTION_UNITS), 0.1, np.float32)
    units[[ACTION_UNITS.index(name) for name in UNMEASURED]] = np.nan
    plain = Face(
        box_px=Box(200, 100, 350, 290), confidence=0.98,
        landmarks_px=np.full((70, 2), 200.0, np.float32), yaw_deg=2.0, pitch_deg=1.0, roll_deg=0.0,
        eye_openness_left=0.3, eye_openness_right=0.3, gaze_down=0.1, mouth_occluded=0.02,
        eyes_occluded=0.02,
        expressions=np.array([0.6, 0.1, 0.05, 0.1, 0.05, 0.04, 0.03, 0.03], np.float32),
        action_units=units, quality=FaceQuality(300.0, 120.0, 0.01, 0.9),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def quality(**changes: float) -> FaceQuality:
    """Good quality with some values changed."""
    return replace(FaceQuality(300.0, 120.0, 0.01, 0.9), **changes)


def seen(
    one: Face | None, *, followed: bool = True, n_faces: int | None = None, second: float = 0.0,
    brightness: float = 120.0, detected: bool = True,
) -> PictureReading:  # fmt: skip
    """What a reader says of one picture."""
    count = (0 if one is None else 1) if n_faces is None else n_faces
    return PictureReading(
        one, followed, detected, count if detected else None, second if detected else None,
        brightness,
    )  # fmt: skip


class ScriptedReader:
    """A face reader that says what a script tells it to, and remembers what it was asked."""

    def __init__(self, script: Callable[[float, ReadHint], PictureReading]) -> None:
        self._script = script
        self.hints: list[ReadHint] = []

    def read(self, frame: Frame, hint: ReadHint) -> PictureReading:
        self.hints.append(hint)
        return self._script(frame.t_s, hint)


def frame(t_s: float) -> Frame:
    """A tiny picture; the scripted reader never looks at it."""
    return Frame(t_s, np.zeros((2, 2, 3), np.uint8))
