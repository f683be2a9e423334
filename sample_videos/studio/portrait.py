"""The photograph, cut into layers: wall, body with neck, head. Source pixels unless said.

The photograph is ``skimage.data.astronaut()`` (Eileen Collins, NASA, public domain), 512 x 512.
A *plate* is an enlarged part of it: plate pixel = (source pixel - ``ORIGIN``) * ``SCALE``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from sample_videos.studio.anatomy import BROWS

SCALE = 2.0
"""Plate pixels per source pixel."""
ORIGIN = (10.0, -40.0)
"""Source position of the plate's first pixel: a little above the photograph."""
PLATE = (860, 700)
"""Width and height of the plate in plate pixels."""

JAW = [(178, 128), (182, 134), (183.5, 143), (186, 152), (190, 159), (196, 166), (203, 172),
       (212.5, 177), (222.5, 179), (231, 178.3), (240, 173.5), (247.5, 168), (254.5, 161),
       (259, 155.5), (264, 146), (268, 136), (272, 133)]  # fmt: skip
"""The edge of cheek and chin, from the ear on the left of the picture to the other ear."""
BODY = [(185, 149), (170, 148), (150, 149.5), (135, 156), (124, 167), (117, 180), (112, 186),
        (112, 203), (100, 216), (85, 232), (70, 244), (55, 262), (45, 280), (38, 300), (30, 320),
        (380, 320), (356, 300), (350, 280), (342, 264), (333, 252), (320, 242), (305, 234),
        (304, 228), (297, 212), (285, 195), (270, 180), (255, 172)]  # fmt: skip
"""The edge of the suit, from the neck on the left round to the neck on the right."""
NECK = [(194, 126), (187, 140), (185.2, 152), (186, 176), (190, 184), (198, 186), (215, 189),
        (235, 191), (250, 188), (255, 172), (257, 158), (256, 146), (250, 126)]  # fmt: skip
"""The neck as it would be seen without the chin in front of it."""
SKIN = [(168, 116), (180, 119), (180.6, 110), (182.5, 97.5), (185.6, 87.5), (187.5, 76.5),
        (196, 80), (206, 81), (215, 80), (227.5, 82), (240, 84.4), (252.5, 87), (265, 90.6),
        (268.7, 92.5), (271, 104), (271, 116), (271, 125.5), (284, 125.5), (286, 140), (225, 215),
        (160, 140)]  # fmt: skip
"""Face and ears up to the hair line."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The photograph in layers, all in plate pixels.

    Attributes:
        head: (H, W, 3) float32 RGB 0..255, colours continued beyond the head's edge.
        head_alpha: (H, W) float32 0..1, hair, ears and face down to the jaw.
        body: (H, W, 3) float32 RGB, the suit.
        body_alpha: (H, W) float32 0..1.
        neck: (H, W, 3) float32 RGB, the neck without the chin in front of it.
        neck_alpha: (H, W) float32 0..1.
        wall: (H, W, 3) float32 RGB, the backdrop without anybody.
        hair: (H, W) float32 0..1, how much a pixel of the head is hair.
        points: (478, 3) float64, mesh of the face in source pixels.
    """

    head: NDArray[np.float32]
    head_alpha: NDArray[np.float32]
    body: NDArray[np.float32]
    body_alpha: NDArray[np.float32]
    neck: NDArray[np.float32]
    neck_alpha: NDArray[np.float32]
    wall: NDArray[np.float32]
    hair: NDArray[np.float32]
    points: NDArray[np.float64]


def to_plate(points: object) -> NDArray[np.float64]:
    """Source positions (N, 2) as plate positions."""
    return (np.asarray(points, np.float64) - ORIGIN) * SCALE


def smooth_polygon(points: list[tuple[float, float]], soft_px: float) -> NDArray[np.float32]:
    """The inside of a source polygon on the plate, 0..1, its edge ``soft_px`` plate pixels wide."""
    mask = np.zeros((PLATE[1], PLATE[0]), np.uint8)
    corners = np.round(to_plate(points) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, lineType=cv2.LINE_AA, shift=4)
    return cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), soft_px)


def load_points() -> NDArray[np.float64]:
    """The committed mesh of the portrait, (478, 3)."""
    text = (Path(__file__).parent / "landmarks.json").read_text(encoding="utf-8")
    return np.array(json.loads(text)["points"], np.float64)


def load_layers() -> Layers:
    """Cuts the photograph. Takes about two seconds; nothing is random."""
    photo = data.astronaut()
    person = _person_alpha(photo)
    plate = _enlarge(photo)
    person_plate = _cut(person, cv2.INTER_CUBIC).clip(0, 1)
    person_plate[: int(-ORIGIN[1] * SCALE)] = 0
    above_jaw = smooth_polygon([*JAW, (330, 120), (330, -30), (120, -30), (120, 120)], 1.6)
    head_alpha = (person_plate * above_jaw).astype(np.float32)
    body_alpha, neck_alpha = smooth_polygon(BODY, 1.2), smooth_polygon(NECK, 1.4)
    unseen = np.maximum(neck_alpha, head_alpha)
    body = _continued(plate, (body_alpha > 0.9) & (unseen < 0.02), 8.0)
    neck = _neck(plate, head_alpha, neck_alpha)
    head = _continued(plate, head_alpha > 0.9, 14.0)
    wall = _wall(photo, person)
    hair = 1 - smooth_polygon(SKIN, 1.8)
    return Layers(head, head_alpha, body, body_alpha, neck, neck_alpha, wall, hair, load_points())


def _cut(picture: NDArray[np.generic], how: int) -> NDArray[np.float32]:
    """The plate's part of a source picture; rows above the photograph are mirrored."""
    top = int(-ORIGIN[1])
    padded = cv2.copyMakeBorder(picture.astype(np.float32), top, 0, 0, 0, cv2.BORDER_REFLECT)
    matrix = np.array([[SCALE, 0, -ORIGIN[0] * SCALE], [0, SCALE, 0]], np.float64)
    return cv2.warpAffine(padded, matrix, PLATE, flags=how, borderMode=cv2.BORDER_REFLECT)


def _enlarge(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The photograph on the plate, sharpened, its thin brows a little fuller."""
    plate = _cut(photo, cv2.INTER_LANCZOS4)
    soft = cv2.GaussianBlur(plate, (0, 0), 1.5)
    plate = plate + np.float32(0.55) * (plate - soft)
    brows = np.zeros((PLATE[1], PLATE[0]), np.float32)
    for line in BROWS:
        corners = np.round(to_plate(line) * 16).astype(np.int32)
        cv2.polylines(brows, [corners], False, 1.0, 4, cv2.LINE_AA, 4)
    dark = cv2.GaussianBlur(brows, (0, 0), 1.6)[..., None] * np.float32((0.20, 0.23, 0.25))
    return (plate * (1 - dark)).clip(0, 255).astype(np.float32)


def _person_alpha(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Who stands before the backdrop, 0..1, in source pixels: GrabCut, then a soft edge."""
    cv2.setRNGSeed(7)
    mask = np.full(photo.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.ellipse(mask, ((227, 78), (164, 146), 0), cv2.GC_PR_BGD, -1)
    cv2.ellipse(mask, ((227, 76), (140, 116), 0), cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, ((227, 76), (112, 92), 0), cv2.GC_FGD, -1)
    for corners in ([*JAW, (250, 80), (200, 80)], BODY, NECK):
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], cv2.GC_FGD)
    for centre in ((179.5, 124), (272, 128)):
        cv2.circle(mask, (int(centre[0]), int(centre[1])), 8, cv2.GC_PR_FGD, -1)
    window = np.s_[0:320, 20:440]
    part, found = photo[window].copy(), mask[window].copy()
    empty = np.zeros((1, 65), np.float64)
    cv2.grabCut(part, found, None, empty, empty.copy(), 4, cv2.GC_INIT_WITH_MASK)
    mask[window] = found
    inside = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    inside = cv2.morphologyEx(inside, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8)


def _continued(
    picture: NDArray[np.float32], known: NDArray[np.bool_], reach_px: float
) -> NDArray[np.float32]:
    """The picture where ``known``; elsewhere the colours of the nearest known pixels, blurred."""
    weight = known.astype(np.float32)
    filled = picture.copy()
    todo = ~known
    total = np.zeros_like(weight)
    colour = np.zeros_like(picture)
    for sigma, trust in ((reach_px / 6, 1.0), (reach_px / 2, 0.05), (reach_px * 2, 1e-3),
                         (reach_px * 8, 1e-5)):  # fmt: skip
        near = cv2.GaussianBlur(weight, (0, 0), sigma)
        colour += trust * cv2.GaussianBlur(picture * weight[..., None], (0, 0), sigma)
        total += trust * near
    filled[todo] = (colour / np.maximum(total, 1e-9)[..., None])[todo]
    return filled


def _neck(
    plate: NDArray[np.float32], head: NDArray[np.float32], neck: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The neck's colours; what the chin hides is darker the higher it lies."""
    bare = (neck > 0.9) & (head < 0.02) & (plate.mean(axis=2) > 70)
    bare = cv2.erode(bare.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    skin = _continued(plate, bare, 16.0)
    rows = (np.arange(PLATE[1]) / SCALE + ORIGIN[1])[:, None]
    shade = np.interp(rows, [140, 172, 184], [0.62, 0.78, 1.0])
    skin = skin * shade[..., None].astype(np.float32)
    hidden = cv2.GaussianBlur((head > 0.01).astype(np.float32), (0, 0), 3.0)
    hidden = np.minimum(1, hidden * 2.2)[..., None]
    mixed = (plate * (1 - hidden) + skin * hidden).astype(np.float32)
    return _continued(mixed, neck > 0.9, 8.0)


def _wall(photo: NDArray[np.uint8], person: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mottled backdrop, continued behind person, flag and model."""
    clear = cv2.dilate((person > 0.02).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    columns, rows = np.meshgrid(np.arange(512), np.arange(512))
    clear &= (columns > 100) & (columns < 350) & (rows < 200)
    plate = _cut(photo, cv2.INTER_LINEAR)
    known = _cut(clear.astype(np.uint8), cv2.INTER_LINEAR) > 0.99
    filled = _continued(plate, known, 60.0)
    mottle = np.random.default_rng(3).normal(size=(28, 34)).astype(np.float32)
    mottle = cv2.resize(mottle, PLATE, interpolation=cv2.INTER_CUBIC)
    return (cv2.GaussianBlur(filled, (0, 0), 5.0) + 2.5 * mottle[..., None]).astype(np.float32)
