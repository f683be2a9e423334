"""One training example: a crop under chance, with everything known of the face moved along."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import covers, eyelids, framing, measures
from emocare.learning.face_sets import FaceSet
from emocare.learning.recipe import ACTION_UNITS, OUTPUT_WIDTHS, SIZE

Floats = NDArray[np.floating]
BORDERS = (cv2.BORDER_REPLICATE, cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT, cv2.BORDER_REFLECT_101)
MIRROR = measures.mirror_order()
BLINK = ACTION_UNITS.index("au45")
SQUINT = ACTION_UNITS.index("au07")


@dataclass(slots=True)
class Example:
    """One picture and what is known of it, NaN where nothing is; fields as in `FaceSet`."""

    picture: NDArray[np.uint8]
    to_picture: Floats
    landmarks: Floats
    rotation: Floats
    expressions: Floats
    action_units: Floats
    gaze_down: float
    eye_openness: Floats
    presence: float
    occlusion: Floats
    trust: float

    @classmethod
    def of(cls, faces: FaceSet, index: int) -> Example:
        """Copy row `index` of a set."""
        return cls(
            faces.pictures[index],
            faces.to_picture[index],
            faces.landmarks[index].astype(np.float64),
            faces.rotation[index].astype(np.float64),
            faces.expressions[index].copy(),
            faces.action_units[index].copy(),
            float(faces.gaze_down[index]),
            faces.eye_openness[index].copy(),
            float(faces.presence[index]),
            faces.occlusion[index].copy(),
            float(faces.trust[index]),
        )

    def targets(self) -> Floats:
        """All targets in one float32 row, in the order of `OUTPUT_WIDTHS`, then the trust."""
        parts = [
            [self.presence],
            self.landmarks.ravel(),
            self.expressions,
            self.action_units,
            measures.angles(self.rotation),
            [self.gaze_down],
            self.eye_openness,
            self.occlusion,
            [self.trust],
        ]
        return np.concatenate(parts).astype(np.float32)


TARGET_WIDTH = sum(OUTPUT_WIDTHS.values()) + 1


def move(
    example: Example,
    *,
    mirror: bool = False,
    turn_deg: float = 0.0,
    zoom: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
) -> None:
    """Change the crop in place, and landmarks, rotation and eyes with it.

    Args:
        example: changed in place.
        mirror: flip left and right first.
        turn_deg: turn of the shown face, clockwise in the crop.
        zoom: above 1 the face is shown larger.
        shift: movement of the shown face in crop sides, right and down.
    """
    half = np.array([0.5, 0.5])
    a = np.radians(turn_deg)
    turn = zoom * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    if mirror:
        turn = turn @ np.diag([-1.0, 1.0])
        example.rotation = measures.mirror_rotation(example.rotation)
        example.landmarks = example.landmarks[MIRROR]
        example.eye_openness = example.eye_openness[::-1].copy()
    forward = np.column_stack([turn, half - turn @ half + np.asarray(shift)])
    example.to_picture = framing.chain(example.to_picture, framing.invert(forward))
    example.landmarks = framing.apply(forward, example.landmarks)
    example.rotation = measures.turn_in_image(example.rotation, turn_deg)


def close_eyes(example: Example, closure: tuple[float, float]) -> None:
    """Close the eyes (image left, image right) of the picture; 1 is shut. In place."""
    pixels = framing.apply(example.to_picture, example.landmarks) - 0.5
    blinks = []
    for first, share in zip((36, 42), closure, strict=True):
        if share > 0:
            example.picture, pixels = eyelids.close_eye(example.picture, pixels, first, share)
    example.landmarks = framing.apply(framing.invert(example.to_picture), pixels + 0.5)
    example.eye_openness = measures.eye_openness(example.landmarks)
    blinks = [eyelids.blink_at(float(ratio)) for ratio in example.eye_openness]
    example.action_units[BLINK] = max(float(example.action_units[BLINK]), float(np.mean(blinks)))
    example.action_units[SQUINT] = np.nan
    example.gaze_down = np.nan
    if max(closure) > 0.35:
        example.expressions[:] = np.nan


def draw_geometry(example: Example, rng: np.random.Generator) -> None:
    """Mirror, turn, zoom and shift by chance. In place."""
    if rng.random() < 0.5:
        move(example, mirror=True)
    draw_place(example, rng)


def draw_place(example: Example, rng: np.random.Generator) -> None:
    """Turn, zoom and shift by chance. In place."""
    move(
        example,
        turn_deg=float(np.clip(rng.normal(0, 9), -30, 30)),
        zoom=float(np.exp(np.clip(rng.normal(0, 0.08), -0.22, 0.22))),
        shift=tuple(np.clip(rng.normal(0, 0.035, 2), -0.1, 0.1)),
    )


def draw_off_face(example: Example, rng: np.random.Generator) -> None:
    """Move the crop off the face, so that it holds none that could be read. In place."""
    kind = rng.random()
    if kind < 0.6:
        angle = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.55, 0.9)
        shift = (reach * float(np.cos(angle)), reach * float(np.sin(angle)))
        move(example, zoom=float(rng.uniform(0.8, 1.3)), shift=shift)
    elif kind < 0.85:
        place = rng.uniform(-1.2, 1.2, 2)
        move(example, zoom=float(rng.uniform(3.0, 5.0)), shift=(float(place[0]), float(place[1])))
    else:
        move(example, zoom=float(rng.uniform(0.2, 0.33)), shift=tuple(rng.uniform(-0.3, 0.3, 2)))
    forget_face(example)
    example.presence = 0.0


def draw_scene(example: Example, rng: np.random.Generator) -> None:
    """Cut any square of a picture without a face. In place."""
    height, width = example.picture.shape
    side = float(rng.uniform(0.15, 1.0)) * min(height, width)
    x, y = rng.uniform(side / 2, width - side / 2), rng.uniform(side / 2, height - side / 2)
    turn = float(rng.normal(0, 10))
    example.to_picture = framing.Framing(float(x), float(y), side, turn).matrix()


def forget_face(example: Example) -> None:
    """Mark everything about the face as not known. In place."""
    for name in ("landmarks", "rotation", "expressions", "action_units", "eye_openness"):
        getattr(example, name)[...] = np.nan
    example.occlusion[:] = np.nan
    example.gaze_down = np.nan


def draw_cover(example: Example, crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray:
    """Cover mouth or eyes of a crop by chance and forget what is no longer to be seen."""
    points = example.landmarks * crop.shape[0] - 0.5
    where = covers.MOUTH if rng.random() < 0.5 else covers.EYES
    draw = covers.cover_mouth if where == covers.MOUTH else covers.cover_eyes
    hidden = covers.MOUTH_UNITS if where == covers.MOUTH else covers.EYE_UNITS
    crop = draw(crop, points, rng)
    example.occlusion[where] = 1.0
    example.expressions[:] = np.nan
    example.action_units[[ACTION_UNITS.index(unit) for unit in hidden]] = np.nan
    if where == covers.EYES:
        example.gaze_down = np.nan
        example.eye_openness[:] = np.nan
    return crop


def draw_light(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Change gamma, contrast and brightness by one table, now and then light from a side."""
    levels = np.arange(256) / 255.0
    levels = levels ** np.exp(rng.normal(0, 0.25))
    levels = (levels - 0.5) * np.exp(rng.normal(0, 0.22)) + 0.5 + rng.normal(0, 0.08)
    crop = cv2.LUT(crop, np.clip(levels * 255, 0, 255).astype(np.uint8))
    if rng.random() < 0.25:
        ramp = np.linspace(-1, 1, crop.shape[0], dtype=np.float32)
        slope = rng.normal(0, 0.25, 2).astype(np.float32)
        gain = 1.0 + slope[0] * ramp[None, :] + slope[1] * ramp[:, None]
        crop = np.clip(crop * np.maximum(gain, 0.1), 0, 255).astype(np.uint8)
    return crop


def draw_camera(
    crop: NDArray[np.uint8], rng: np.random.Generator, noise: NDArray[np.int8], fine: bool
) -> NDArray[np.uint8]:
    """Lose detail as cameras do: fewer pixels, blur, JPEG, noise.

    Args:
        crop: grey uint8 (S, S).
        rng: source of chance.
        noise: a bank of standard noise x 16, at least (2S, 2S).
        fine: whether the picture has more detail than FER's 48 pixels to begin with.
    """
    size = crop.shape[0]
    if rng.random() < (0.5 if fine else 0.1):
        few = int(rng.integers(28, 64))
        small = cv2.resize(crop, (few, few), interpolation=cv2.INTER_AREA)
        crop = cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.12:
        crop = cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.5, 1.3)))
    if rng.random() < 0.12:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))]
        crop = cv2.imdecode(cv2.imencode(".jpg", crop, quality)[1], cv2.IMREAD_GRAYSCALE)
    if rng.random() < 0.25:
        x, y = rng.integers(0, noise.shape[0] - size, 2)
        grain = noise[y : y + size, x : x + size].astype(np.int16)
        strength = int(rng.integers(1, 9))
        crop = np.clip(crop.astype(np.int16) + grain * strength // 16, 0, 255).astype(np.uint8)
    return crop


def draw_patch(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grey out one small rectangle, so that no single spot decides."""
    size = crop.shape[0]
    width, height = rng.integers(size // 10, size // 4, 2)
    x, y = int(rng.integers(0, size - width)), int(rng.integers(0, size - height))
    crop = crop.copy()
    crop[y : y + height, x : x + width] = rng.integers(0, 256)
    return crop


def draw_closure(rng: np.random.Generator) -> tuple[float, float]:
    """How far the two eyes close: mostly both alike, half the time nearly or quite shut."""
    share = rng.uniform(0.75, 1.0) if rng.random() < 0.5 else rng.uniform(0.1, 0.75)
    if rng.random() < 0.1:
        return (share, 0.0) if rng.random() < 0.5 else (0.0, share)
    return (share, float(np.clip(share + rng.normal(0, 0.03), 0, 1)))


def draw(
    example: Example,
    rng: np.random.Generator,
    noise: NDArray[np.int8],
    *,
    off_face: bool = False,
    closing: float = 0.0,
) -> tuple[NDArray[np.uint8], Floats]:
    """Make one training crop (S, S) uint8 and its target row.

    Args:
        example: what is known; changed.
        rng: source of chance.
        noise: see `draw_camera`.
        off_face: make a crop without a face of it.
        closing: probability of closing the eyes.
    """
    fine = example.picture.shape[0] > 48
    known = bool(np.isfinite(example.landmarks[0, 0]))
    scene = example.presence == 0 and not known and fine
    if off_face:
        draw_off_face(example, rng)
        known = False
    elif scene:
        draw_scene(example, rng)
    else:
        if known and rng.random() < closing:
            close_eyes(example, draw_closure(rng))
        draw_geometry(example, rng)
    # A reflected border would put a second face beside the one that was moved out of sight.
    border = BORDERS[int(rng.integers(len(BORDERS) - off_face))]
    crop = framing.cut(example.picture, example.to_picture, SIZE, border)
    if known and example.presence == 1 and rng.random() < 0.08:
        crop = draw_cover(example, crop, rng)
    elif rng.random() < 0.15:
        crop = draw_patch(crop, rng)
    crop = draw_camera(draw_light(crop, rng), rng, noise, fine)
    return crop, example.targets()
