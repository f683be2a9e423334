"""Whom to follow: one person per recording, and a new number when that cannot be shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import Face, PictureReading, ReadHint
from emocare.domain.frames import Box

REACH = 1.0
"""How far, in face widths, a face may have moved during a short loss."""
SIZE_RANGE = 2.0
"""By which factor its width may have changed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one picture.

    Attributes:
        face: The followed face; while unsettled the largest face, so that it can be drawn.
        track_id: Number of the followed person, 0 while nobody is followed.
        settled: False when several faces were found and it is not known whom to follow.
    """

    face: Face | None
    track_id: int
    settled: bool


class Follower:
    """Keeps one person across pictures. Used by one thread, one per recording.

    While someone is followed the whole picture is searched every ``detect_every_s``; while
    nobody is, at every picture. The reader's largest face is taken unless another face of at
    least half its area is there: then nobody is followed until that is settled. A face that
    was followed for ``settle_s`` is the person of the recording: for ``loss_s`` after a loss
    only a face in about the same place and of about the same size is taken (somebody who walks
    past is not), and faces that appear later do not unsettle. Later, or elsewhere, a face is
    taken under a new number. A face followed for less may have been none (a picture on the
    wall), and holds nothing back.
    """

    def __init__(self, config: AnalysisConfig, region: Box | None) -> None:
        self._config = config
        self._region = region
        self._landmarks: NDArray[np.float32] | None = None
        self._box: Box | None = None
        self._seen_s = -math.inf
        self._since_s = math.inf
        self._searched_s = -math.inf
        self._track_id = 0
        self.n_faces = 0
        self.second_face_ratio = 0.0

    def hint(self, t_s: float) -> ReadHint:
        """What to tell the reader about the picture at ``t_s``."""
        if t_s - self._seen_s > self._config.loss_s:
            self._landmarks = None
        due = t_s - self._searched_s >= self._config.detect_every_s - 1e-6
        return ReadHint(self._landmarks, self._landmarks is None or due, self._region)

    def settle(self, t_s: float, reading: PictureReading) -> Followed:
        """Decides what the picture at ``t_s`` means for the person followed."""
        if reading.detected:
            self._searched_s = t_s
            self.n_faces = reading.n_faces or 0
            self.second_face_ratio = reading.second_face_ratio or 0.0
        face = reading.face
        if face is None or face.confidence < self._config.min_confidence:
            return self._lost()
        if self._landmarks is None or not reading.followed:
            recent = t_s - self._seen_s <= self._config.loss_s
            same = recent and self._box is not None and same_place(
                self._box, face.box_px, REACH, SIZE_RANGE
            )  # fmt: skip
            if recent and self._settled and not same:
                return self._lost()
            if self._crowded and not (same and self._settled):
                return self._unsettled(face)
            if not same:
                self._track_id += 1
                self._since_s = t_s
        elif self._crowded and not self._settled:
            return self._unsettled(face)
        self._landmarks, self._box, self._seen_s = face.landmarks_px, face.box_px, t_s
        return Followed(face, self._track_id, settled=True)

    @property
    def _settled(self) -> bool:
        """Whether the face last followed is the person of the recording."""
        return self._seen_s - self._since_s >= self._config.settle_s - 1e-6

    @property
    def _crowded(self) -> bool:
        """Whether the last search found another face that counts."""
        return self.second_face_ratio >= self._config.second_face_from

    def _unsettled(self, face: Face) -> Followed:
        self._landmarks = None
        return Followed(face, 0, settled=False)

    def drop(self) -> None:
        """Forgets the landmarks, for example because the camera went dark."""
        self._lost()

    def _lost(self) -> Followed:
        self._landmarks = None
        return Followed(None, 0, settled=True)


def same_place(a: Box, b: Box, reach: float, size_range: float) -> bool:
    """Whether two boxes can be the same face.

    Args:
        a: The earlier box.
        b: The later box.
        reach: Largest distance of the centres in mean face widths.
        size_range: Largest ratio of the widths, either way.
    """
    (ax, ay), (bx, by) = a.centre, b.centre
    near = math.hypot(ax - bx, ay - by) <= reach * (a.width + b.width) / 2
    ratio = max(a.width, b.width) / min(a.width, b.width)
    return near and ratio <= size_range
