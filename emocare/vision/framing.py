"""The canonical framing: which square of a picture the network sees.

The numbers come from the recipe that was stored with the weights; here is only the arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import RecipeMismatch
from emocare.vision.averaging import averaged

Floats = NDArray[np.float64]
Grey = NDArray[np.uint8]
CORNERS = np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
"""Corners of a crop in fractions, as columns (x, y, 1)."""
IMAGE_LEFT_EYE = slice(36, 42)
"""The subject's right eye."""
IMAGE_RIGHT_EYE = slice(42, 48)
"""The subject's left eye."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Where a face may be.

    Attributes:
        x: Expected mean of the 68 landmarks in pixels of the picture.
        y: Likewise, down.
        spread: Expected root mean square distance of the landmarks from that mean, in pixels.
        roll_deg: Expected roll, clockwise in the image.
    """

    x: float
    y: float
    spread: float
    roll_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class CropRecipe:
    """How a crop is framed, as the manifest says.

    Attributes:
        side_per_spread: Crop side over the root mean square distance of the 68 points from
            their mean.
        centre_up: Crop centre above that mean, in spreads, along the face's up direction.
    """

    side_per_spread: float
    centre_up: float

    @classmethod
    def parse(cls, recipe: Mapping[str, Any]) -> CropRecipe:
        """Reads ``recipe["crop"]`` of a manifest entry.

        Raises:
            RecipeMismatch: The crop is described in a way that is not known here.
        """
        try:
            crop = recipe["crop"]
            known = (crop["border"], crop["interpolation"]) == ("replicate", "linear")
            recipe_numbers = cls(
                float(crop["side_per_spread"]), float(crop["centre_up_in_spreads"])
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeMismatch(
                f"The face network's crop recipe lacks {error}: use weights and program of one "
                "release."
            ) from error
        if not known:
            raise RecipeMismatch(
                "The face network wants a crop with another border or interpolation: use weights "
                "and program of one release."
            )
        return recipe_numbers

    def from_landmarks(self, landmarks_px: NDArray[np.floating[Any]]) -> Framing:
        """Frames a face from its (68 or 70, 2) landmarks; levelled along its eye line."""
        face = np.asarray(landmarks_px, dtype=np.float64)[:68]
        mean = face.mean(axis=0)
        spread = float(np.sqrt(((face - mean) ** 2).sum(axis=1).mean()))
        eyes = face[IMAGE_RIGHT_EYE].mean(axis=0) - face[IMAGE_LEFT_EYE].mean(axis=0)
        roll = float(np.arctan2(eyes[1], eyes[0]))
        centre = mean + self.centre_up * spread * np.array([np.sin(roll), -np.cos(roll)])
        side = self.side_per_spread * max(spread, 1e-3)
        return Framing(float(centre[0]), float(centre[1]), side, float(np.degrees(roll)))

    def from_guess(self, guess: Guess) -> Framing:
        """Frames a face of which only place and size are known."""
        roll = np.radians(guess.roll_deg)
        up = self.centre_up * guess.spread
        return Framing(
            guess.x + up * float(np.sin(roll)),
            guess.y - up * float(np.cos(roll)),
            self.side_per_spread * guess.spread,
            guess.roll_deg,
        )


@dataclass(frozen=True, slots=True)
class Framing:
    """A square in a picture.

    Attributes:
        x: Centre in pixels.
        y: Centre in pixels, down.
        side: Side in pixels.
        roll_deg: Turn of the square, clockwise in the image.
    """

    x: float
    y: float
    side: float
    roll_deg: float

    def matrix(self) -> Floats:
        """(2, 3) affine from crop fractions to picture pixels (edges, not pixel centres)."""
        a = np.radians(self.roll_deg)
        turn = self.side * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        centre = np.array([self.x, self.y])
        return np.column_stack([turn, centre - turn @ np.array([0.5, 0.5])])

    def to_picture(self, fractions: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Maps crop fractions (..., 2) to picture pixels."""
        matrix = self.matrix()
        return np.asarray(fractions @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)

    def to_crop(self, points_px: NDArray[np.floating[Any]]) -> Floats:
        """Maps picture pixels (..., 2) to crop fractions."""
        matrix = self.matrix()
        inverse = np.linalg.inv(matrix[:, :2])
        return np.asarray((points_px - matrix[:, 2]) @ inverse.T, dtype=np.float64)

    def moved(self, dx: float, dy: float) -> Framing:
        """The square at another place."""
        return Framing(self.x + dx, self.y + dy, self.side, self.roll_deg)

    def shift_from(self, other: Framing) -> float:
        """Distance of the centres in sides of ``other``."""
        return float(np.hypot(self.x - other.x, self.y - other.y)) / other.side

    def turn_from(self, other: Framing) -> float:
        """Absolute difference of the rolls in degrees, 0..180."""
        return abs((self.roll_deg - other.roll_deg + 180.0) % 360.0 - 180.0)

    def cut(self, grey: Grey, size: int) -> Grey:
        """Cuts the square out of a grey picture (H, W).

        Outside the picture its edge pixels are repeated. When the square has more than twice
        the wanted pixels, its surroundings are first shrunk by area averaging.

        Returns:
            (size, size) uint8.
        """
        to_picture = self.matrix()
        grey, to_picture = self._around(grey, to_picture)
        if self.side / size > 2.0:
            grey, to_picture = self._shrunk(grey, to_picture, size)
        pixels = to_picture.copy()
        pixels[:, :2] /= size
        pixels[:, 2] += pixels[:, :2] @ np.array([0.5, 0.5]) - 0.5
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(
            grey, pixels, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(crop, dtype=np.uint8)

    def _shrunk(self, grey: Grey, to_picture: Floats, size: int) -> tuple[Grey, Floats]:
        """What the square touches of the picture shrunk to one pixel per wanted pixel."""
        height, width = grey.shape
        small = (
            max(1, round(width * size / self.side)),
            max(1, round(height * size / self.side)),
        )
        to_small = np.diag([small[0] / width, small[1] / height]) @ to_picture
        corners = to_small @ CORNERS
        # One pixel for the interpolation, one for what rounding may add.
        first = np.clip(np.floor(corners.min(axis=1)) - 2, 0, np.subtract(small, 1))
        last = np.clip(np.ceil(corners.max(axis=1)) + 2, first + 1, small)
        to_small[:, 2] -= first
        return averaged(grey, small, first, last), to_small

    def _around(self, grey: Grey, to_picture: Floats) -> tuple[Grey, Floats]:
        """The part of a large picture that the square can touch, whichever way it is turned."""
        height, width = grey.shape
        reach = 0.75 * self.side + 4.0
        x1, x2 = (int(np.clip(v, 0, width)) for v in (self.x - reach, self.x + reach))
        y1, y2 = (int(np.clip(v, 0, height)) for v in (self.y - reach, self.y + reach))
        if x2 - x1 < 2 or y2 - y1 < 2:
            return grey, to_picture
        moved = to_picture.copy()
        moved[:, 2] -= (x1, y1)
        return grey[y1:y2, x1:x2], moved
