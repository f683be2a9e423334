"""Somebody else, made from the same photograph: mirrored, reshaped and recoloured."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.anatomy import Move
from sample_videos.studio.portrait import SCALE, Layers, to_plate

SHAPE: list[Move] = [
    (184, 143, -3.0, 0.0), (264, 146, 3.0, 0.0), (190, 159, -3.2, 1.0), (254, 161, 3.2, 1.0),
    (222, 178, 0.0, 2.5), (203, 172, -2.0, 1.8), (240, 173, 2.0, 1.8),
    (210, 128, -1.6, 1.0), (238, 130, 1.6, 1.0), (224, 131, 0.0, 2.0),
    (203, 101, 0.8, 0.4), (247, 103, -0.8, 0.4), (203, 90, 0.4, 1.2), (247, 93, -0.4, 1.2),
    (203, 140, 0.6, 1.6), (244, 141, -0.6, 1.6), (223, 150, 0.0, 2.0),
    (203, 104.5, 0.8, 0.6), (247, 107, -0.8, 0.6),
]  # fmt: skip
"""A broader jaw, a longer chin, a wider nose, eyes closer together. Source pixels."""


def somebody_else(layers: Layers) -> Layers:
    """The layers with dark hair, browner skin and a blue suit."""
    hair = layers.hair[..., None]
    skin = layers.head * np.float32((0.84, 0.73, 0.64))
    dark = layers.head.mean(axis=2, keepdims=True) * np.float32((0.36, 0.31, 0.29))
    return replace(
        layers,
        head=(skin + hair * (dark - skin)).astype(np.float32),
        neck=(layers.neck * np.float32((0.84, 0.73, 0.64))).astype(np.float32),
        body=_blue(layers.body),
    )


def mirrored(about_x: float) -> NDArray[np.float64]:
    """(3, 3) that mirrors the plate about a source column."""
    centre = to_plate([(about_x, 0.0)])[0][0]
    return np.array([[-1, 0, 2 * centre], [0, 1, 0], [0, 0, 1]], np.float64)


def _blue(body: NDArray[np.float32]) -> NDArray[np.float32]:
    """The suit's orange as a dull blue of the same brightness."""
    warm = ((body[..., 0] - body[..., 2] - 30) / 50).clip(0, 1)
    warm = cv2.GaussianBlur(warm.astype(np.float32), (0, 0), 0.8 * SCALE)[..., None]
    blue = body.mean(axis=2, keepdims=True) * np.float32((0.45, 0.66, 0.92))
    return (body + warm * (blue - body)).astype(np.float32)
