"""Whom to follow: one person per recording, and a new number when that cannot be shown."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.analysis.config import AnalysisConfig
from emocare.domain.faces import Face, PictureReading, ReadHint
from emocare.domain.frames import Box

REACH = 0.75
"""How far, in face widths, a face may have moved during a short loss."""
SIZE_RANGE = 1.5
"""By which factor its width may have changed."""
PLACE_REACH = 0.5
PLACE_SIZE = 1.33
"""How close in place (face widths) and size a face must be to count as in the very same place."""
STEP, WIDTHS_PER_S, STEP_SIZE = 0.3, 6.0, 1.5
"""A head moves at most so many face widths between two pictures, at about one metre a second
(a face is some 15 cm wide), and its width changes at most by this factor [engineering]."""
STILL_S, STILL_REACH = 0.5, 0.4
"""Whoever moved further, in face widths, in that time has no place to be known by
[engineering]."""
PATH = 32
"""Places kept, for more than half a second of pictures that are all searched."""
COMPANY_EVERY_S = 0.1
"""How often the whole picture is searched while somebody else of like size is about."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one picture.

    Attributes:
        face: The followed face; while unsettled the largest face, so that it can be drawn.
        track_id: Number of the followed person, 0 while nobody is followed.
        settled: False when several faces were found and it is not known whom to follow, or
            which of them this one is.
    """

    face: Face | None
    track_id: int
    settled: bool


class Follower:
    """Keeps one person across pictures. Used by one thread, one per recording.

    While someone is followed the whole picture is searched every ``detect_every_s``; while
    nobody is, at every picture. The reader's largest face is taken unless another face of at
    least half its area is there: then nobody is followed until that is settled. A face that
    was followed for ``settle_s`` is the person of the recording: for ``hold_s`` after a loss
    only a face in about the same place and of about the same size is taken (somebody who walks
    past is not), and faces that appear later do not unsettle. Within ``loss_s`` it keeps its
    number; later, or elsewhere, a face is taken under a new one. A face followed for less may
    have been none (a picture on the wall), and holds nothing back.

    Whoever passes close before the person could carry the reader away. So while another face
    that counts is about, it is searched for ten times a second; from the moment it can no
    longer be told apart, and for ``loss_s``, only a face in the very place where the person was
    last seen beside it is taken and it is not measured, and that place is what the reader is
    told to look at. Behind somebody else a person may be gone for ``hold_s`` and keep the
    number. A person who was on the move has no place to be known by, and gets a new number
    when the others are gone.

    Persons are not told apart by their looks: the proportions of the landmarks were measured
    and are too alike (see decision record 0010), and nothing that identifies anybody is kept.
    """

    def __init__(self, config: AnalysisConfig, region: Box | None) -> None:
        self._config = config
        self._region = region
        self._landmarks: NDArray[np.float32] | None = None
        self._box: Box | None = None
        self._seen_s = -math.inf
        self._since_s = math.inf
        self._searched_s = -math.inf
        self._missing = True
        self._apart: Face | None = None
        self._path: deque[tuple[float, Box]] = deque(maxlen=PATH)
        self._company_s = -math.inf
        self._merged = False
        self._track_id = 0
        self._expected_id = 0
        self._pictures: Counter[int] = Counter()
        self.n_faces = 0
        self.second_face_ratio = 0.0

    def hint(self, t_s: float) -> ReadHint:
        """What to tell the reader about the picture at ``t_s``."""
        if t_s - self._seen_s > self._longest_wait_s:
            self._landmarks = None
        every = COMPANY_EVERY_S if self._in_company(t_s) else self._config.detect_every_s
        due = t_s - self._searched_s >= every - 1e-6
        return ReadHint(self._landmarks, self._missing or due, self._region)

    def settle(self, t_s: float, reading: PictureReading) -> Followed:
        """Decides what the picture at ``t_s`` means for the person followed."""
        if reading.detected:
            self._searched_s = t_s
            self.n_faces = reading.n_faces or 0
            self.second_face_ratio = reading.second_face_ratio or 0.0
        face = reading.face
        if face is None or face.confidence < self._config.min_confidence:
            return self._lost(t_s)
        longest_s = self._longest_wait_s
        self._note_company(t_s, face, searched=reading.detected)
        if self._merged and not self._in_place(face):
            lost = self._lost(t_s)
            return Followed(face, 0, settled=False) if self._crowded else lost
        if not self._continues(t_s, reading, face):
            return self._taken_up(t_s, face, longest_s)
        if self._crowded and not self._settled:
            return self._unsettled(face)
        return self._kept(t_s, face)

    def drop(self) -> None:
        """Forgets the landmarks, for example because the camera went dark."""
        self._merged = False
        self._lost(math.inf)

    def expect(self, track_ids: NDArray[np.int64]) -> None:
        """Goes on after the rows of an interrupted recording.

        Args:
            track_ids: (T,) of those rows; the person who was followed longest is expected.
        """
        self._pictures = Counter(track_ids[track_ids > 0].tolist())
        self.expect_same()

    def expect_same(self) -> None:
        """Whoever was followed longest is expected back, wherever and whenever that is.

        Only for a pause that the operator made and ended: who is there then is their word.
        """
        self._landmarks, self._box, self._apart = None, None, None
        self._seen_s, self._since_s, self._company_s = -math.inf, math.inf, -math.inf
        self._missing, self._merged = True, False
        self._path.clear()
        self.n_faces, self.second_face_ratio = 0, 0.0
        self._expected_id = max(self._pictures, key=self._pictures.__getitem__, default=0)

    def _taken_up(self, t_s: float, face: Face, longest_s: float) -> Followed:
        """A face that is not the continuation of the picture before.

        Args:
            t_s: Media clock.
            face: The face.
            longest_s: How long the person may have been gone and keep the number.
        """
        away_s = t_s - self._seen_s
        same = self._box is not None and same_place(self._box, face.box_px, REACH, SIZE_RANGE)
        if away_s <= self._config.hold_s and self._settled and not same:
            return self._lost(t_s)
        same = same and away_s <= longest_s
        if self._crowded and not (same and self._settled):
            return self._unsettled(face)
        if not same:
            self._track_id = self._next_id()
            self._since_s = t_s
        return self._kept(t_s, face)

    def _next_id(self) -> int:
        """The number of a face that is taken up: the expected person's once, else a new one."""
        number, self._expected_id = self._expected_id, 0
        return number or max(self._pictures, default=0) + 1

    def _continues(self, t_s: float, reading: PictureReading, face: Face) -> bool:
        """Whether the reader kept to the face and a head can have moved that far."""
        if self._missing or not reading.followed or self._box is None:
            return False
        reach = STEP + WIDTHS_PER_S * (t_s - self._seen_s)
        return same_place(self._box, face.box_px, reach, STEP_SIZE)

    def _note_company(self, t_s: float, face: Face, *, searched: bool) -> None:
        """Keeps where the person was last seen apart from another face that counts."""
        waits = self._missing and t_s - self._seen_s <= self._config.hold_s
        if not self._settled or not (self._in_company(t_s) or waits):
            self._merged = False
        if not searched or not self._settled:
            return
        if not self._crowded:
            if self._in_company(t_s) and not self._merged:
                self._merged = True
                self._apart = self._apart if self._still() else None
            return
        if not self._merged or self._in_place(face):
            self._apart, self._merged = face, False
            self._path.append((t_s, face.box_px))
        self._company_s = t_s

    def _still(self) -> bool:
        """Whether the person kept to one place while last seen beside somebody else."""
        end_s, now = self._path[-1]
        while end_s - self._path[0][0] > STILL_S + 1e-6:
            self._path.popleft()
        return same_place(self._path[0][1], now, STILL_REACH, PLACE_SIZE)

    def _in_company(self, t_s: float) -> bool:
        """Whether another face that counts was seen within ``loss_s``."""
        return t_s - self._company_s <= self._config.loss_s

    def _in_place(self, face: Face) -> bool:
        """Whether ``face`` is in the very place where the person was last seen apart."""
        return self._apart is not None and same_place(
            self._apart.box_px, face.box_px, PLACE_REACH, PLACE_SIZE
        )

    @property
    def _longest_wait_s(self) -> float:
        """How long a face may be gone and keep its number: longer behind somebody else."""
        return self._config.hold_s if self._merged else self._config.loss_s

    @property
    def _settled(self) -> bool:
        """Whether the face last followed is the person of the recording."""
        return self._seen_s - self._since_s >= self._config.settle_s - 1e-6

    @property
    def _crowded(self) -> bool:
        """Whether the last search found another face that counts."""
        return self.second_face_ratio >= self._config.second_face_from

    def _kept(self, t_s: float, face: Face) -> Followed:
        self._landmarks, self._box, self._seen_s = face.landmarks_px, face.box_px, t_s
        self._missing = False
        self._pictures[self._track_id] += 1
        return Followed(face, self._track_id, settled=not self._merged)

    def _unsettled(self, face: Face) -> Followed:
        self._landmarks, self._missing = None, True
        return Followed(face, 0, settled=False)

    def _lost(self, t_s: float) -> Followed:
        """Nobody is followed; in company the reader is told where to wait for the person."""
        waits = self._settled and (self._merged or self._in_company(t_s))
        self._landmarks = self._apart.landmarks_px if waits and self._apart else None
        self._missing = True
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
