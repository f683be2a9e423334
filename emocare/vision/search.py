"""Searching a whole picture for faces, and the proof that what was found is one."""

from __future__ import annotations

import cv2
import numpy as np

from emocare.domain.frames import Box
from emocare.vision.detector import Detector
from emocare.vision.framing import CropRecipe, Framing, Grey
from emocare.vision.looks import Seen, look
from emocare.vision.network import CropReader
from emocare.vision.plausible import agree, is_a_face, same_face

FOUND = 0.6
"""Presence from which a searched face counts."""
FIRST_LOOK = 0.15
"""Presence below which a guess of the detector is not looked at a second time."""
LARGE_SHARE = 1 / 18
"""Landmark spread, as a share of the shorter side, of a face that is searched first: about
a sixth of that side from ear to ear. Most recordings hold such a face, and it is found soonest."""
OTHER_SHARE = 0.5
"""Beside a followed or large face, others are sought down to this share of its width."""
LEAST_PRESENCE = 0.9
"""Least presence in each of the crops, framed a little differently, that confirm a face."""
TILTED_DEG, LEAST_PRESENCE_TILTED = 25.0, 0.98
"""Roll beyond which those crops must say more: heads are seldom laid over so far, while textures
and drawings lie any way (in a cartoon clip such guesses passed with 0.93 and 0.97)."""
MOST_DRIFT = 0.05
"""Most that the landmarks may move between those crops, on average, in crop sides."""
DIM = 90.0
"""Mean luminance of a crop below which it is confirmed with its brightness raised."""


class FaceSearch:
    """Finds faces that nobody is following. Keeps nothing between pictures."""

    def __init__(self, network: CropReader, detector: Detector, recipe: CropRecipe) -> None:
        self._network = network
        self._detector = detector
        self._recipe = recipe

    def faces(self, grey: Grey, region: Box | None, known: Seen | None) -> list[Seen]:
        """All faces of a picture.

        Large faces are sought first; small ones only when there is none, because that takes many
        times longer.

        Args:
            grey: (H, W) picture.
            region: Only faces whose centre lies in it exist.
            known: A face that is followed already. It is among the result, and only others of at
                least half its width are sought.
        """
        if known is None:
            faces = self._sought(grey, region, LARGE_SHARE * min(grey.shape), [])
        else:
            faces = [known]
        if not faces:
            return self._sought(grey, region, 0.0, [])
        largest = max(seen.framing.side for seen in faces)
        return self._sought(
            grey, region, OTHER_SHARE * largest / self._recipe.side_per_spread, faces
        )

    def _sought(
        self, grey: Grey, region: Box | None, least_spread: float, faces: list[Seen]
    ) -> list[Seen]:
        """``faces`` and those that the detector finds beside them."""
        part, left, top = _around(grey, region)
        guesses = self._detector.find(part, least_spread)
        squares = [self._recipe.from_guess(guess).moved(left, top) for guess in guesses]
        squares = self._promising(look(self._network, grey, squares), faces)
        return self._proven(grey, squares, region, faces)

    def _promising(self, seen: list[Seen], known: list[Seen]) -> list[Framing]:
        """Better squares around what looks like a further face, best first, one for each."""
        boxes = [other.box for other in known]
        squares = []
        for one in sorted(seen, key=lambda s: -self._promise(s)):
            if (
                one.reading.presence >= FIRST_LOOK
                and is_a_face(one.reading.landmarks)
                and not any(same_face(one.box, box) for box in boxes)
            ):
                boxes.append(one.box)
                squares.append(self._recipe.from_landmarks(one.landmarks_px))
        return squares

    def _promise(self, seen: Seen) -> float:
        """Presence, less when the face lies off the middle: then its landmarks are rough."""
        better = self._recipe.from_landmarks(seen.landmarks_px)
        off = better.shift_from(seen.framing) + abs(np.log(better.side / seen.framing.side)) / 2
        return seen.reading.presence - float(off)

    def _proven(
        self,
        grey: Grey,
        squares: list[Framing],
        region: Box | None,
        faces: list[Seen],
    ) -> list[Seen]:
        """``faces`` and those squares that hold further faces."""
        found = list(faces)
        settled = [self._settled(grey, seen) for seen in look(self._network, grey, squares)]
        for seen in sorted(settled, key=lambda s: -s.reading.presence):
            if (
                self._is_found(seen, region)
                and not any(same_face(seen.box, other.box) for other in found)
                and self._is_confirmed(grey, seen)
            ):
                found.append(seen)
        return found

    def _settled(self, grey: Grey, seen: Seen) -> Seen:
        """The same, looked at once more when its square was still off the face."""
        better = self._recipe.from_landmarks(seen.landmarks_px)
        if (
            seen.reading.presence < FOUND
            or not is_a_face(seen.reading.landmarks)
            or agree(better, seen.framing, shift=0.06, scale=1.1, turn_deg=8.0)
        ):
            return seen
        return look(self._network, grey, [better])[0]

    def _is_found(self, seen: Seen, region: Box | None) -> bool:
        now = self._recipe.from_landmarks(seen.landmarks_px)
        return (
            seen.reading.presence >= FOUND
            and is_a_face(seen.reading.landmarks)
            and agree(now, seen.framing, shift=0.15, scale=1.25, turn_deg=15.0)
            and inside(seen.box, region)
        )

    def _is_confirmed(self, grey: Grey, seen: Seen) -> bool:
        """Whether further looks, from slightly elsewhere and in better light, see the same face.

        Textures that pass for a face in one crop seldom do so in others, and the landmarks that
        they are given wander with the crop.
        """
        f = seen.framing
        light = float(f.cut(grey, self._network.size).mean())
        if light < DIM:
            grey = np.asarray(cv2.convertScaleAbs(grey, alpha=DIM / max(light, 1.0)), np.uint8)
        elsewhere = [
            Framing(f.x, f.y, f.side * 1.2, f.roll_deg),
            Framing(f.x + 0.06 * f.side, f.y - 0.04 * f.side, f.side, f.roll_deg + 8.0),
            Framing(f.x - 0.06 * f.side, f.y + 0.04 * f.side, f.side * 0.92, f.roll_deg - 8.0),
        ]
        looks = look(self._network, grey, elsewhere)
        presence = min(one.reading.presence for one in looks)
        drift = max(
            float(np.linalg.norm(one.landmarks_px - seen.landmarks_px, axis=1).mean()) / f.side
            for one in looks
        )
        tilted = abs(f.roll_deg) > TILTED_DEG
        least = LEAST_PRESENCE_TILTED if tilted else LEAST_PRESENCE
        return presence >= least and drift <= MOST_DRIFT


def inside(box: Box, region: Box | None) -> bool:
    """Whether a face's centre lies in the region, if there is one."""
    return region is None or region.contains(*box.centre)


def _around(grey: Grey, region: Box | None) -> tuple[Grey, int, int]:
    """The region with half its size around it, and where that part begins."""
    if region is None:
        return grey, 0, 0
    height, width = grey.shape
    dx, dy = region.width / 2, region.height / 2
    x1, x2 = (int(np.clip(v, 0, width)) for v in (region.x1 - dx, region.x2 + dx))
    y1, y2 = (int(np.clip(v, 0, height)) for v in (region.y1 - dy, region.y2 + dy))
    if x2 - x1 < 2 or y2 - y1 < 2:
        return grey, 0, 0
    return grey[y1:y2, x1:x2], x1, y1
