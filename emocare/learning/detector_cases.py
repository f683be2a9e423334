"""Pictures of known faces that the detector is measured on, the same at every run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import covers, face_sets, framing, measures, pasting
from emocare.learning.face_sets import FaceSet
from emocare.learning.pasting import Grey, Piece, Place
from emocare.learning.recipe import SIDE_PER_SPREAD

Floats = NDArray[np.floating]
WIDTH, HEIGHT = 640, 480
SMALLEST, LARGEST = 84.0, 440.0
"""Crop sides of the faces in pixels, drawn evenly by their logarithm."""
MASKED_SHARE, COVERED_SHARE = 0.12, 0.12
TWO_SHARE = 0.25
FACE_WIDTH, FACE_HEIGHT = 0.79, 0.79
"""Box of the landmarks over the crop side, for masked faces, whose landmarks are not known."""


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face in a picture.

    Attributes:
        box: x1, y1, x2, y2 around its 68 landmarks (brow to chin) in pixels.
        roll_deg: Clockwise in the image.
        yaw_deg: Positive to the subject's left; NaN where not known.
        cover: "none", "drawn" (mouth or eyes painted over) or "mask" (a real one).
        person: Who it is.
    """

    box: Floats
    roll_deg: float
    yaw_deg: float
    cover: str
    person: int

    @property
    def size_px(self) -> float:
        """The longer side of the box."""
        return float(max(self.box[2] - self.box[0], self.box[3] - self.box[1]))


@dataclass(frozen=True, slots=True)
class Case:
    """A picture and all faces in it."""

    picture: Grey
    faces: list[KnownFace]


@dataclass(frozen=True, slots=True)
class Cast:
    """Whose faces and which scenes the pictures are made of."""

    faces: FaceSet
    masked: FaceSet
    scenes: list[Grey]


def load_cast(data: Path, split: int, limit: int | None = None) -> Cast:
    """One split of the head crops, the masked faces and the scenes."""
    return Cast(
        face_sets.load_faces(data, split, limit),
        face_sets.load_masked(data, split, limit),
        face_sets.load_scenes(data, split, limit).pictures,
    )


def make_cases(cast: Cast, count: int, seed: int, *, level: bool = False) -> list[Case]:
    """Pictures (480, 640) with one or two faces each.

    Args:
        cast: what they are made of.
        count: number of pictures.
        seed: of everything that is drawn.
        level: upright faces without covers only, to learn how boxes relate.
    """
    rng = np.random.default_rng(seed)
    return [make_case(cast, rng, level) for _ in range(count)]


def make_case(cast: Cast, rng: np.random.Generator, level: bool) -> Case:
    """One picture."""
    scene = cast.scenes[int(rng.integers(len(cast.scenes)))]
    picture = enlarged(scene, WIDTH, HEIGHT)
    faces: list[KnownFace] = []
    wanted = 2 if not level and rng.random() < TWO_SHARE else 1
    places: list[Place] = []
    for _ in range(wanted):
        place = draw_place(rng, level)
        if any(np.hypot(place.x - p.x, place.y - p.y) < 0.6 * (place.side + p.side)
               for p in places):  # fmt: skip
            continue
        places.append(place)
        picture, face = put(cast, picture, place, rng, level)
        faces.append(face)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 90))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_GRAYSCALE)
    return Case(picture, faces)


def enlarged(scene: Grey, width: int, height: int) -> Grey:
    """The middle of a scene at the wanted shape."""
    factor = max(width / scene.shape[1], height / scene.shape[0])
    size = (int(np.ceil(factor * scene.shape[1])), int(np.ceil(factor * scene.shape[0])))
    large = cv2.resize(scene, size, interpolation=cv2.INTER_CUBIC)
    y, x = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.ascontiguousarray(large[y : y + height, x : x + width])


def draw_place(rng: np.random.Generator, level: bool) -> Place:
    """Where a face goes; up to a sixth of it may be cut off."""
    side = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    inside = 0.5 * side if level else 0.36 * side
    x = rng.uniform(inside, WIDTH - inside)
    y = rng.uniform(inside, HEIGHT - inside)
    roll = 0.0 if level else rng.choice([rng.normal(0, 8), rng.uniform(-45, 45)])
    return Place(float(x), float(y), side / SIDE_PER_SPREAD, float(roll))


def put(
    cast: Cast, picture: Grey, place: Place, rng: np.random.Generator, level: bool
) -> tuple[Grey, KnownFace]:
    """Paste a face of chance: as a head, as the bare face or as the whole rectangle."""
    masked = not level and len(cast.masked) > 0 and rng.random() < MASKED_SHARE
    faces = cast.masked if masked else cast.faces
    row = int(rng.integers(len(faces)))
    piece, cover = Piece.of(faces, row), "mask" if masked else "none"
    if piece.known and not level and rng.random() < COVERED_SHARE:
        points = framing.apply(piece.to_picture, piece.landmarks.astype(np.float64)) - 0.5
        paint = covers.cover_mouth if rng.random() < 0.6 else covers.cover_eyes
        piece = Piece(paint(piece.picture, points, rng), piece.to_picture, piece.landmarks)
        cover = "drawn"
    forward = pasting.affine(piece, place, mirror=False)
    shape = (picture.shape[0], picture.shape[1])
    layer = pasting.warp(piece.picture, forward, shape, cv2.BORDER_REPLICATE)
    mask, kind = pasting.whole(piece, forward, shape), rng.random()
    if kind < 0.4:
        mask = cv2.min(mask, pasting.head(place, shape, rng))
    elif kind < 0.6 and piece.known:
        mask = pasting.hull(piece, forward, shape)
    mask = pasting.softened(mask, place.side * float(rng.uniform(0.0, 0.04)))
    yaw = float(measures.angles(faces.rotation[row])[0])
    known = KnownFace(true_box(piece, place, shape), place.roll_deg, yaw, cover, row)
    return pasting.blend(picture, layer, mask), known


def true_box(piece: Piece, place: Place, shape: tuple[int, int]) -> Floats:
    """x1, y1, x2, y2 of the face in the picture: around its landmarks where they are known."""
    frame = place.frame().matrix()
    if piece.known:
        points = framing.apply(frame, piece.landmarks[:68].astype(np.float64))
    else:
        x, y = FACE_WIDTH / 2 * place.side, FACE_HEIGHT / 2 * place.side
        middle = np.array([place.x, place.y])
        points = middle + np.array([[-x, -y], [x, -y], [x, y], [-x, y]])
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return np.clip(box, 0, [shape[1], shape[0], shape[1], shape[0]])
