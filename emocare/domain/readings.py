"""Readings: one row per read frame, the only thing a summary is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, LANDMARKS, Face


class FrameStatus(StrEnum):
    """Whether a frame was measured, and if not, why."""

    OK = "OK"
    NO_FACE = "NO_FACE"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    TOO_BLURRED = "TOO_BLURRED"
    TOO_SMALL = "TOO_SMALL"
    TURNED_AWAY = "TURNED_AWAY"
    OCCLUDED = "OCCLUDED"
    SEVERAL_FACES = "SEVERAL_FACES"
    CAMERA_OFF = "CAMERA_OFF"


class Segment(StrEnum):
    """The task during which a frame was taken (clinical protocol A to D)."""

    FREE = "free"
    BASELINE = "baseline"
    NEUTRAL_TALK = "neutral_talk"
    POSITIVE_MEMORY = "positive_memory"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class FrameReading:
    """One frame as measured.

    Attributes:
        t_s: Media clock in seconds.
        status: Whether the frame is measured. Expressions, Action Units, valence and arousal
            are used exactly when it is OK.
        segment: Task.
        face: The followed face whenever one was tracked, whatever the status; None otherwise.
        track_id: Number of the followed person, from 1; 0 without a face. A new number means
            that it could not be shown to be the same person.
        n_faces: Faces in the picture at the last search.
        second_face_ratio: Largest other face over the followed one at the last search, >= 0.
        valence: sum v_e p_e, uncorrected, -1..1; None unless OK.
        arousal: 0.7 sum a_e p_e, uncorrected, -1..1; None unless OK.
    """

    t_s: float
    status: FrameStatus
    segment: Segment = Segment.FREE
    face: Face | None = None
    track_id: int = 0
    n_faces: int = 0
    second_face_ratio: float = 0.0
    valence: float | None = None
    arousal: float | None = None


P_COLUMNS = tuple(f"p_{name}" for name in EXPRESSIONS)
NUMBER_COLUMNS: tuple[str, ...] = (
    "face_x1_px", "face_y1_px", "face_x2_px", "face_y2_px", "yaw_deg", "pitch_deg", "roll_deg",
    "sharpness", "brightness", "eye_openness_left", "eye_openness_right", *P_COLUMNS,
    "valence", "arousal", *ACTION_UNITS, "face_conf", "second_face_ratio", "gaze_down",
    "mouth_occluded", "eyes_occluded", "clip_fraction", "left_right_luminance_ratio",
    "gaze_up", "gaze_side", "mouth_openness", "landmark_error",
)  # fmt: skip
"""Columns of float64 in which NaN means: not measured."""
_AFTER_TRACK = NUMBER_COLUMNS[NUMBER_COLUMNS.index("face_conf") :]
TEXT_COLUMNS = ("status", "segment")
INT_COLUMNS = ("n_faces", "track_id")
BOOL_COLUMNS = ("excluded",)
COLUMNS: tuple[str, ...] = ("t_s", "status", "n_faces",
                            *NUMBER_COLUMNS[: -len(_AFTER_TRACK)], "segment", "track_id",
                            *_AFTER_TRACK, "excluded")  # fmt: skip
"""Every column of ``readings.parquet`` in its order (``landmarks_px`` apart)."""


@dataclass(frozen=True, slots=True)
class Readings:
    """A table of readings, one row per read frame in time order.

    Attributes:
        columns: Name -> (T,) array for every name in ``COLUMNS``; ``t_s`` float64 strictly
            increasing, ``status`` and ``segment`` str objects, ``n_faces`` and ``track_id``
            int64, ``excluded`` bool (left out by the clinician, and so of every measure), all
            others float64 with NaN for "not measured".
        landmarks_px: (T, 70, 2) float32 with NaN where no face was tracked, or None if not kept.
    """

    columns: Mapping[str, NDArray[np.generic]]
    landmarks_px: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.columns]
        if missing:
            raise ValueError(f"expected all columns, missing {missing}")
        lengths = {len(self.columns[name]) for name in COLUMNS}
        if len(lengths) != 1:
            raise ValueError(f"expected columns of one length, got {sorted(lengths)}")
        t = self["t_s"]
        if len(t) > 1 and not bool(np.all(np.diff(t) > 0)):
            raise ValueError("expected strictly increasing t_s")
        if self.landmarks_px is not None and self.landmarks_px.shape != (len(t), LANDMARKS, 2):
            raise ValueError(
                f"landmarks_px: expected ({len(t)}, 70, 2), got {self.landmarks_px.shape}"
            )

    def __len__(self) -> int:
        return len(self.columns["t_s"])

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """The numeric column ``name`` as (T,) float64."""
        return np.asarray(self.columns[name], dtype=np.float64)

    def text(self, name: str) -> NDArray[np.object_]:
        """The text column ``name`` as (T,) objects of type str."""
        return np.asarray(self.columns[name], dtype=object)

    @property
    def ok(self) -> NDArray[np.bool_]:
        """(T,) True where the frame is measured."""
        return np.asarray(self.text("status") == FrameStatus.OK.value, dtype=bool)

    @property
    def tracked(self) -> NDArray[np.bool_]:
        """(T,) True where a face was followed, measured or not."""
        return np.isfinite(self["face_x1_px"])

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """(T,) True where the clinician left the row out."""
        return np.asarray(self.columns["excluded"], dtype=bool)

    def kept(self) -> Readings:
        """The rows that count: without the excluded ones, whose time becomes a gap."""
        left_out = self.excluded
        return self.rows(~left_out) if bool(left_out.any()) else self

    def with_excluded(self, intervals: Sequence[tuple[float, float]]) -> Readings:
        """The same rows, excluded exactly where ``t_s`` lies in one of the closed intervals."""
        t_s = self["t_s"]
        left_out = np.zeros(len(self), bool)
        for start_s, end_s in intervals:
            left_out |= (t_s >= start_s) & (t_s <= end_s)
        return Readings({**self.columns, "excluded": left_out}, self.landmarks_px)

    def rows(self, mask: NDArray[np.bool_]) -> Readings:
        """The rows where ``mask`` (T,) is True."""
        kept = None if self.landmarks_px is None else self.landmarks_px[mask]
        return Readings({name: self.columns[name][mask] for name in COLUMNS}, kept)

    @classmethod
    def from_frames(
        cls, frames: Sequence[FrameReading], *, landmarks: bool = False
    ) -> Readings:
        """Builds the table; expressions, Action Units, valence, arousal only where OK."""
        rows = [_row(frame) for frame in frames]
        columns: dict[str, NDArray[np.generic]] = {}
        for name in COLUMNS:
            values = [row[name] for row in rows]
            if name in TEXT_COLUMNS:
                columns[name] = np.array(values, dtype=object)
            elif name in INT_COLUMNS:
                columns[name] = np.array(values, dtype=np.int64)
            elif name in BOOL_COLUMNS:
                columns[name] = np.array(values, dtype=np.bool_)
            else:
                columns[name] = np.array(values, dtype=np.float64)
        points = None
        if landmarks:
            points = np.full((len(frames), LANDMARKS, 2), np.nan, np.float32)
            for i, frame in enumerate(frames):
                if frame.face is not None:
                    points[i] = frame.face.landmarks_px
        return cls(columns, points)

    @classmethod
    def concatenate(cls, parts: Sequence[Readings]) -> Readings:
        """Joins tables in time order; no parts give an empty table."""
        if not parts:
            return cls.from_frames([])
        columns = {n: np.concatenate([p.columns[n] for p in parts]) for n in COLUMNS}
        kept = [p.landmarks_px for p in parts if p.landmarks_px is not None]
        return cls(columns, np.concatenate(kept) if len(kept) == len(parts) else None)


def _row(frame: FrameReading) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"t_s": frame.t_s, "status": frame.status.value, "segment": frame.segment.value,
            "n_faces": frame.n_faces, "track_id": frame.track_id,
            "second_face_ratio": frame.second_face_ratio, "excluded": False}  # fmt: skip
    face = frame.face
    if face is None:
        return row
    box, quality = face.box_px, face.quality
    row |= {"face_x1_px": box.x1, "face_y1_px": box.y1, "face_x2_px": box.x2,
            "face_y2_px": box.y2, "yaw_deg": face.yaw_deg, "pitch_deg": face.pitch_deg,
            "roll_deg": face.roll_deg, "sharpness": quality.sharpness,
            "brightness": quality.brightness, "clip_fraction": quality.clip_fraction,
            "left_right_luminance_ratio": quality.left_right_luminance_ratio,
            "eye_openness_left": face.eye_openness_left,
            "eye_openness_right": face.eye_openness_right, "face_conf": face.confidence,
            "gaze_down": face.gaze_down, "mouth_occluded": face.mouth_occluded,
            "eyes_occluded": face.eyes_occluded, "gaze_up": face.gaze_up,
            "gaze_side": face.gaze_side, "mouth_openness": face.mouth_openness,
            "landmark_error": face.landmark_error}  # fmt: skip
    if frame.status is FrameStatus.OK:
        row |= dict(zip(P_COLUMNS, face.expressions.tolist(), strict=True))
        row |= dict(zip(ACTION_UNITS, face.action_units.tolist(), strict=True))
        row |= {"valence": frame.valence, "arousal": frame.arousal}
    return row
