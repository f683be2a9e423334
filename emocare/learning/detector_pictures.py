"""Training pictures of the detector: scenes, and faces pasted into them, under chance."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import augment, covers, framing, pasting
from emocare.learning.face_sets import FaceSet
from emocare.learning.pasting import Grey, Piece, Place
from emocare.learning.recipe import CENTRE_UP, SIDE_PER_SPREAD

Floats = NDArray[np.floating]
SIDE = 192
"""Side of a training picture: the shorter side of a 16:9 picture whose longer is 320."""
SMALLEST, LARGEST = 15.0, 230.0
"""Crop sides of the pasted faces in pixels, drawn evenly by their logarithm."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the pictures are made of.

    Attributes:
        faces: sets of faces, with how often each is drawn.
        shares: probability of each set.
        scenes: pictures without a face.
    """

    faces: list[FaceSet]
    shares: list[float]
    scenes: list[Grey]

    def piece(self, rng: np.random.Generator) -> Piece:
        """Any face."""
        faces = self.faces[int(rng.choice(len(self.faces), p=self.shares))]
        return Piece.of(faces, int(rng.integers(len(faces))))


@dataclass(slots=True)
class Composed:
    """A picture in the making, and the faces in it."""

    picture: Grey
    places: list[Place]


def draw_background(
    sources: Sources, rng: np.random.Generator, hard: NDArray[np.floating] | None
) -> Grey:
    """A square part (SIDE, SIDE) of a scene, or of one that fooled the network (`hard`).

    Args:
        sources: what to draw from.
        rng: source of chance.
        hard: rows of scene, x, y, spread (in pixels of the scene), or None.
    """
    if hard is not None and len(hard) and rng.random() < 0.35:
        row, x, y, spread = hard[int(rng.integers(len(hard)))]
        scene = sources.scenes[int(row)]
        side = float(np.clip(spread * rng.uniform(5, 20), 40, 1.3 * min(scene.shape)))
        x, y = x + side * rng.uniform(-0.35, 0.35), y + side * rng.uniform(-0.35, 0.35)
    else:
        scene = sources.scenes[int(rng.integers(len(sources.scenes)))]
        side = float(np.exp(rng.uniform(np.log(0.25), np.log(1.15)))) * min(scene.shape)
        x, y = rng.uniform(0.2, 0.8, 2) * scene.shape[::-1]
    turn = float(rng.normal(0, 5))
    frame = framing.Framing(float(x), float(y), side, turn).matrix()
    picture = framing.cut(scene, frame, SIDE, cv2.BORDER_REFLECT_101)
    return picture[:, ::-1].copy() if rng.random() < 0.5 else picture


def draw_place(rng: np.random.Generator, largest: float) -> Place:
    """A place of chance for a face, possibly cut by the border."""
    side = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(largest))))
    inside = min((0.42 if rng.random() < 0.75 else 0.12) * side, 0.46 * SIDE)
    x, y = rng.uniform(inside, SIDE - inside, 2)
    wide = rng.random() < 0.3
    roll = rng.uniform(-48, 48) if wide else float(np.clip(rng.normal(0, 12), -40, 40))
    return Place(float(x), float(y), side / SIDE_PER_SPREAD, float(roll))


def is_free(place: Place, others: list[Place]) -> bool:
    """Whether a face here leaves the others visible."""
    return all(
        np.hypot(place.x - o.x, place.y - o.y) > 0.42 * (place.side + o.side) for o in others
    )


def draw_mask(piece: Piece, forward: Floats, place: Place, rng: np.random.Generator) -> Grey:
    """How the pasted thing is cut out: a head, the bare face or the whole rectangle."""
    shape = (SIDE, SIDE)
    mask = pasting.whole(piece, forward, shape)
    kind = rng.random()
    if kind < 0.3:
        return pasting.softened(mask, place.side * float(rng.choice([0.0, 0.01, 0.04])))
    cut = (
        pasting.hull(piece, forward, shape)
        if kind < 0.55 and piece.known
        else pasting.head(place, shape, rng)
    )
    return pasting.softened(cv2.min(mask, cut), place.side * float(rng.uniform(0.0, 0.05)))


def draw_person(picture: Grey, place: Place, rng: np.random.Generator) -> Grey:
    """Something like hair and shoulders behind the place of a face, in plain tones."""
    frame = place.frame()
    side, a = frame.side, np.radians(place.roll_deg)
    shape = picture.shape
    layer = picture
    if rng.random() < 0.7:
        body = np.zeros(shape, np.uint8)
        down = np.array([-np.sin(a), np.cos(a)]) * 0.4
        neck = np.array([frame.centre_x, frame.centre_y]) + side * down
        half, drop = side * rng.uniform(0.9, 1.5), side * rng.uniform(1.0, 3.0)
        slope = side * rng.uniform(0.2, 0.6)
        outline = np.array([
            [-0.25 * side, -0.1 * side], [0.25 * side, -0.1 * side], [half, slope], [half, drop],
            [-half, drop], [-half, slope],
        ])  # fmt: skip
        cv2.fillPoly(body, [np.round(neck + outline).astype(np.int32)], 255)
        layer = paint(layer, pasting.softened(body, 0.02 * side), rng)
    if rng.random() < 0.7:
        hair = np.zeros(shape, np.uint8)
        grown = side * rng.uniform([0.42, 0.5], [0.62, 0.85])
        up = side * rng.uniform(-0.15, 0.2)
        middle = (
            round(frame.centre_x + up * float(np.sin(a))),
            round(frame.centre_y - up * float(np.cos(a))),
        )
        size = (max(1, round(grown[0])), max(1, round(grown[1])))
        cv2.ellipse(hair, middle, size, place.roll_deg, 0, 360, 255, -1)
        layer = paint(layer, pasting.softened(hair, 0.03 * side), rng)
    return layer


def paint(picture: Grey, mask: Grey, rng: np.random.Generator) -> Grey:
    """A tone with some grain over the picture where the mask is."""
    grain = rng.normal(0, 1, (24, 24)).astype(np.float32)
    grain = cv2.resize(grain, picture.shape[::-1], interpolation=cv2.INTER_CUBIC)
    tone = rng.uniform(5, 235) + rng.uniform(0, 18) * grain
    return pasting.blend(picture, np.clip(tone, 0, 255).astype(np.uint8), mask)


def draw_covered(piece: Piece, rng: np.random.Generator) -> Piece:
    """The face with mouth or eyes covered by a plain shape."""
    height, width = piece.picture.shape
    if not piece.known or height != width:
        return piece
    points = framing.apply(piece.to_picture, piece.landmarks.astype(np.float64)) - 0.5
    cover = covers.cover_mouth if rng.random() < 0.6 else covers.cover_eyes
    return Piece(cover(piece.picture, points, rng), piece.to_picture, piece.landmarks)


def add_face(composed: Composed, sources: Sources, place: Place, rng: np.random.Generator) -> None:
    """Paste a face of chance at a place. In place."""
    piece = sources.piece(rng)
    if rng.random() < 0.15:
        piece = draw_covered(piece, rng)
    forward = pasting.affine(piece, place, bool(rng.random() < 0.5))
    if rng.random() < 0.45:
        composed.picture = draw_person(composed.picture, place, rng)
    layer = pasting.warp(piece.picture, forward, (SIDE, SIDE), cv2.BORDER_REPLICATE)
    layer = augment.draw_light(layer, rng)
    mask = draw_mask(piece, forward, place, rng)
    composed.picture = pasting.blend(composed.picture, layer, mask)
    composed.places.append(place)
    if rng.random() < 0.10:
        composed.picture = draw_thing(composed.picture, sources, place, rng)


def draw_thing(picture: Grey, sources: Sources, place: Place, rng: np.random.Generator) -> Grey:
    """Something that hides up to about a third of a face from one side."""
    angle = rng.uniform(0, 2 * np.pi)
    away = rng.uniform(0.5, 0.75) * place.side
    middle = np.array([place.x + away * np.cos(angle), place.y + away * np.sin(angle)])
    half = place.side * rng.uniform(0.25, 0.5, 2)
    corners = middle + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    mask = pasting.softened(
        pasting.polygon(corners, picture.shape), place.side * float(rng.uniform(0, 0.03))
    )
    if rng.random() < 0.5:
        return paint(picture, mask, rng)
    return pasting.blend(picture, draw_background(sources, rng, None), mask)


def add_nothing(
    composed: Composed, sources: Sources, place: Place, rng: np.random.Generator
) -> None:
    """Paste something that is no face in the way faces are pasted. In place."""
    if rng.random() < 0.45:
        composed.picture = draw_person(composed.picture, place, rng)
    kind = rng.random()
    if kind < 0.25:
        return
    if kind < 0.6:
        layer = draw_background(sources, rng, None)
        mask = pasting.head(place, (SIDE, SIDE), rng)
        mask = pasting.softened(mask, place.side * float(rng.uniform(0.0, 0.05)))
    else:
        piece = sources.piece(rng)
        a = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.2, 0.4)
        zoom = rng.uniform(3.0, 5.0)
        near = framing.Framing(
            0.5 + reach * float(np.cos(a)), 0.5 + reach * float(np.sin(a)), 1 / zoom, 0.0
        ).matrix()
        part = Piece(piece.picture, framing.chain(piece.to_picture, near), np.full((70, 2), np.nan))
        forward = pasting.affine(part, place, bool(rng.random() < 0.5))
        layer = pasting.warp(part.picture, forward, (SIDE, SIDE), cv2.BORDER_REPLICATE)
        mask = pasting.head(place, (SIDE, SIDE), rng)
        mask = pasting.softened(mask, place.side * float(rng.uniform(0.0, 0.05)))
    layer = augment.draw_light(layer, rng)
    composed.picture = pasting.blend(composed.picture, layer, mask)


def draw_close(sources: Sources, rng: np.random.Generator) -> Composed:
    """A face that fills the picture, with its own surroundings."""
    piece = sources.piece(rng)
    if rng.random() < 0.15:
        piece = draw_covered(piece, rng)
    side = float(rng.uniform(0.9, 1.3)) * SIDE
    x, y = SIDE / 2 + rng.normal(0, 0.05 * SIDE, 2)
    roll = float(np.clip(rng.normal(0, 10), -35, 35))
    place = Place(float(x), float(y + CENTRE_UP * side / SIDE_PER_SPREAD), side / SIDE_PER_SPREAD,
                  roll)  # fmt: skip
    forward = pasting.affine(piece, place, bool(rng.random() < 0.5))
    layer = pasting.warp(piece.picture, forward, (SIDE, SIDE), cv2.BORDER_REPLICATE)
    return Composed(layer, [place])


def draw_picture(
    sources: Sources,
    rng: np.random.Generator,
    noise: NDArray[np.int8],
    hard: NDArray[np.floating] | None = None,
) -> Composed:
    """One training picture (SIDE, SIDE) and the faces in it."""
    kind = rng.random()
    if kind < 0.07:
        composed = draw_close(sources, rng)
    else:
        composed = Composed(draw_background(sources, rng, hard), [])
        wanted = 0 if kind < 0.32 else 1 if kind < 0.65 else int(rng.integers(2, 7))
        largest = LARGEST if wanted == 1 else 90.0
        for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.5 else 0):
            add_nothing(composed, sources, draw_place(rng, LARGEST), rng)
        for _ in range(wanted):
            place = draw_place(rng, largest)
            if is_free(place, composed.places):
                add_face(composed, sources, place, rng)
    composed.picture = draw_camera(augment.draw_light(composed.picture, rng), rng, noise)
    return composed


def draw_camera(picture: Grey, rng: np.random.Generator, noise: NDArray[np.int8]) -> Grey:
    """Lose detail and light as cameras do: dusk, fewer pixels, blur, JPEG, noise."""
    dusk = rng.random() < 0.12
    if dusk:
        gain = float(np.exp(rng.uniform(np.log(0.1), np.log(0.6))))
        picture = cv2.convertScaleAbs(picture, alpha=gain, beta=float(rng.uniform(0, 10)))
    if rng.random() < 0.2:
        few = int(SIDE * rng.uniform(0.35, 0.9))
        small = cv2.resize(picture, (few, few), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 1.8)))
    if rng.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 85))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_GRAYSCALE)
    if dusk or rng.random() < 0.3:
        x, y = rng.integers(0, noise.shape[0] - SIDE, 2)
        grain = noise[y : y + SIDE, x : x + SIDE].astype(np.int16)
        strength = int(rng.integers(1, 9))
        picture = np.clip(picture + grain * strength // 16, 0, 255).astype(np.uint8)
    return picture
