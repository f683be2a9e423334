"""Pasting a face, or something that is none, at a known place of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import framing
from emocare.learning.face_sets import FaceSet
from emocare.learning.recipe import CENTRE_UP, SIDE_PER_SPREAD

Floats = NDArray[np.floating]
Grey = NDArray[np.uint8]
FOREHEAD = 0.55
"""How far above the brows the hull of a face goes, as a share of the brow-to-chin height."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face lies in a picture.

    Attributes:
        x: Mean of the 68 landmarks in pixels (edges, not pixel centres).
        y: Likewise, down.
        spread: Root mean square distance of the landmarks from that mean, in pixels.
        roll_deg: Roll, clockwise in the image.
    """

    x: float
    y: float
    spread: float
    roll_deg: float

    @property
    def side(self) -> float:
        """Side of the canonical crop, about the height of the head."""
        return SIDE_PER_SPREAD * self.spread

    def frame(self) -> framing.Framing:
        """The canonical crop of a face that lies here."""
        a = np.radians(self.roll_deg)
        up = CENTRE_UP * self.spread
        x, y = self.x + up * float(np.sin(a)), self.y - up * float(np.cos(a))
        return framing.Framing(x, y, self.side, self.roll_deg)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to paste.

    Attributes:
        picture: grey source.
        to_picture: (2, 3) affine from fractions of the canonical crop to it.
        landmarks: (70, 2) fractions of the crop, NaN where not known.
    """

    picture: Grey
    to_picture: Floats
    landmarks: Floats

    @classmethod
    def of(cls, faces: FaceSet, row: int) -> Piece:
        """Face `row` of a set."""
        return cls(faces.pictures[row], faces.to_picture[row], faces.landmarks[row])

    @property
    def known(self) -> bool:
        """Whether the landmarks are known."""
        return bool(np.isfinite(self.landmarks[0, 0]))


MIRRORED = np.array([[-1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""Affine from crop fractions to those of the mirrored crop."""


def affine(piece: Piece, place: Place, mirror: bool) -> Floats:
    """(2, 3) from pixels of the piece to pixels of the picture that it is pasted into."""
    target = place.frame().matrix()
    if mirror:
        target = framing.chain(target, MIRRORED)
    return framing.chain(target, framing.invert(piece.to_picture))


def warp(source: Grey, forward: Floats, shape: tuple[int, int], border: int) -> Grey:
    """The source as it lies in the target (H, W); pixels are averaged when it shrinks."""
    step = float(np.sqrt(abs(np.linalg.det(forward[:, :2]))))
    if step < 0.6:
        height, width = source.shape
        small = (max(1, round(1.2 * step * width)), max(1, round(1.2 * step * height)))
        source = cv2.resize(source, small, interpolation=cv2.INTER_AREA)
        forward = framing.chain(
            forward, np.array([[width / small[0], 0.0, 0.0], [0.0, height / small[1], 0.0]])
        )
    pixels = forward.copy()
    pixels[:, 2] += pixels[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return cv2.warpAffine(
        source, pixels, shape[::-1], flags=cv2.INTER_LINEAR, borderMode=border, borderValue=0.0
    )


def whole(piece: Piece, forward: Floats, shape: tuple[int, int]) -> Grey:
    """Mask of the piece's own rectangle, hard edges."""
    height, width = piece.picture.shape
    right, bottom = width - 0.5, height - 0.5
    corners = np.array([[0.5, 0.5], [right, 0.5], [right, bottom], [0.5, bottom]])
    return polygon(framing.apply(forward, corners), shape)


def polygon(points: Floats, shape: tuple[int, int]) -> Grey:
    """Mask (H, W) that is 255 inside a polygon given in pixels."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points - 0.5).astype(np.int32)], 255)
    return mask


def head(place: Place, shape: tuple[int, int], rng: np.random.Generator) -> Grey:
    """Mask of an ellipse about as large as a head."""
    frame = place.frame()
    axes = frame.side * rng.uniform([0.36, 0.47], [0.52, 0.66])
    mask = np.zeros(shape, np.uint8)
    middle = (round(frame.centre_x), round(frame.centre_y))
    size = (max(1, round(axes[0])), max(1, round(axes[1])))
    cv2.ellipse(mask, middle, size, frame.roll_deg, 0, 360, 255, -1)
    return mask


def hull(piece: Piece, forward: Floats, shape: tuple[int, int]) -> Grey:
    """Mask of the face itself: the landmarks' hull, with the forehead above the brows."""
    points = framing.apply(piece.to_picture, piece.landmarks[:68].astype(np.float64))
    brows = points[17:27]
    up = brows.mean(axis=0) - points[8]
    outline = cv2.convexHull(np.concatenate([points, brows + FOREHEAD * up]).astype(np.float32))
    return polygon(framing.apply(forward, outline[:, 0].astype(np.float64)), shape)


def softened(mask: Grey, sigma: float) -> Grey:
    """The mask with edges as wide as a blur of `sigma` pixels makes them."""
    return mask if sigma < 0.3 else cv2.GaussianBlur(mask, (0, 0), sigma)


def blend(background: Grey, layer: Grey, mask: Grey) -> Grey:
    """`layer` over `background` where the mask is 255, mixed where it is between."""
    share = mask.astype(np.uint16)
    mixed = background * (255 - share) + layer * share
    return ((mixed + 127) // 255).astype(np.uint8)
