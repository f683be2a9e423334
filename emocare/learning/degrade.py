"""Held-out pictures made worse on purpose: smaller, blurred, badly lit. Fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.learning import framing
from emocare.learning.face_sets import FaceSet

Grey = NDArray[np.uint8]
Floats = NDArray[np.floating]
FACE_PER_CROP = 0.81
"""Width of a face, ear to ear at the jaw, over the side of its crop: mean over held-out people."""
SIZES_PX = (96, 64, 48, 32, 24)
"""Face widths to which pictures are shrunk."""
BLURS = (0.01, 0.02, 0.03, 0.05)
"""Standard deviation of the blur as a share of the crop's side."""
GAMMAS = (0.5, 2.0, 3.0)
DARKNESS = (0.3, 0.1)
"""Share of the light that is left; sensor noise stays as it is."""
NOISE = 3.0
"""Standard deviation of the sensor noise of a dark picture, in grey values of 255."""
SIDES = (0.4, 0.1)
"""Light left at the dark side of a face lit from one side."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One way of making crops worse.

    Attributes:
        group: "face_width_px", "blur" or "light".
        label: In words, with its figure.
        change: Changes one crop (S, S) uint8.
    """

    group: str
    label: str
    change: Callable[[Grey, np.random.Generator], Grey]


def unchanged(crop: Grey, rng: np.random.Generator) -> Grey:
    """The crop itself."""
    del rng
    return crop


def conditions() -> list[Condition]:
    """Every condition that works on the crop, from mild to hard in each group."""
    found = [Condition("blur", "none", unchanged), Condition("light", "as taken", unchanged)]
    for share in BLURS:
        found.append(Condition("blur", f"{100 * share:.0f} % of the crop", blur(share)))
    for gamma in GAMMAS:
        word = "brighter" if gamma < 1 else "darker"
        found.append(Condition("light", f"gamma {gamma:g}, {word}", gammas(gamma)))
    for left in DARKNESS:
        found.append(Condition("light", f"{100 * left:.0f} % of the light", dark(left)))
    for left in SIDES:
        label = f"{100 * left:.0f} % at the dark side"
        found.append(Condition("light", label, side_lit(left)))
    return found


def blur(share: float) -> Callable[[Grey, np.random.Generator], Grey]:
    """Gaussian blur of a share of the crop's side."""

    def change(crop: Grey, rng: np.random.Generator) -> Grey:
        del rng
        return np.asarray(cv2.GaussianBlur(crop, (0, 0), share * len(crop)), dtype=np.uint8)

    return change


def gammas(gamma: float) -> Callable[[Grey, np.random.Generator], Grey]:
    """Grey values to the power of gamma, on a scale of 0 to 1."""

    def change(crop: Grey, rng: np.random.Generator) -> Grey:
        del rng
        return to_grey(255.0 * (crop / 255.0) ** gamma)

    return change


def dark(left: float) -> Callable[[Grey, np.random.Generator], Grey]:
    """Less light with the noise of the sensor on top."""

    def change(crop: Grey, rng: np.random.Generator) -> Grey:
        return to_grey(left * crop + rng.normal(0.0, NOISE, crop.shape))

    return change


def side_lit(left: float) -> Callable[[Grey, np.random.Generator], Grey]:
    """Light that falls off across the face, from the left or the right by chance."""

    def change(crop: Grey, rng: np.random.Generator) -> Grey:
        ramp = np.linspace(1.0, left, crop.shape[1])
        return to_grey(crop * (ramp if rng.random() < 0.5 else ramp[::-1]))

    return change


def to_grey(values: Floats) -> Grey:
    """Rounded and held in 0..255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def width_px(faces: FaceSet) -> Floats:
    """Width (N,) of each face in pixels of its stored picture."""
    return FACE_PER_CROP * np.linalg.norm(faces.to_picture[:, :, 0], axis=1)


def shrunk_crop(picture: Grey, to_picture: Floats, width: float, size: int) -> Grey:
    """The crop of a face whose picture was shrunk until the face was `width` pixels wide."""
    side = float(np.linalg.norm(to_picture[:, 0]))
    factor = width / (FACE_PER_CROP * side)
    height, wide = picture.shape
    small = (max(1, round(wide * factor)), max(1, round(height * factor)))
    scale = np.diag([small[0] / wide, small[1] / height])
    shrunk = np.asarray(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return framing.cut(shrunk, scale @ to_picture, size)
