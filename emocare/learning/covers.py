"""Synthetic covers over mouth or eyes: masks, hands, dark glasses, reduced to plain shapes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
MOUTH, EYES = 0, 1
MOUTH_UNITS = ("au10", "au12", "au14", "au15", "au17", "au20", "au24", "au26", "au28")
EYE_UNITS = ("au01", "au02", "au04", "au07", "au45")


def cover_mouth(
    crop: NDArray[np.uint8], points: Floats, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cover nose tip to chin with a mask-like polygon or a hand-like ellipse.

    Args:
        crop: grey uint8 (S, S).
        points: (70, 2) landmarks in crop pixels.
        rng: source of chance.
    """
    layer = np.zeros_like(crop)
    if rng.random() < 0.6:
        outline = np.concatenate([points[2:15], points[[28 + int(rng.integers(0, 3))]]])
    else:
        centre, size = points[48:60].mean(axis=0), np.ptp(points[48:60], axis=0)
        radius = np.maximum(size * rng.uniform(0.7, 1.1, 2), 0.14 * crop.shape[0])
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * radius
        rotate = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        outline = centre + ring @ (rotate if abs(size[0] - size[1]) < 4 else np.eye(2))
    cv2.fillPoly(layer, [np.round(outline).astype(np.int32)], 255, lineType=cv2.LINE_AA)
    return paint(crop, layer, rng, rng.uniform(20, 250))


def cover_eyes(
    crop: NDArray[np.uint8], points: Floats, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Cover both eyes with a bar or two dark glasses; arguments as for `cover_mouth`."""
    layer = np.zeros_like(crop)
    eyes = [points[36:42], points[42:48]]
    distance = float(np.linalg.norm(eyes[1].mean(axis=0) - eyes[0].mean(axis=0)))
    if rng.random() < 0.65:
        axes = distance * rng.uniform([0.30, 0.20], [0.46, 0.36])
        tilt = float(np.degrees(np.arctan2(*(eyes[1] - eyes[0]).mean(axis=0)[::-1])))
        for eye in eyes:
            centre = np.round(eye.mean(axis=0) + np.array([0.0, 0.06 * distance])).astype(int)
            size = (max(1, round(axes[0])), max(1, round(axes[1])))
            cv2.ellipse(layer, centre.tolist(), size, tilt, 0, 360, 255, -1, cv2.LINE_AA)
        bridge = np.round([eyes[0].mean(axis=0), eyes[1].mean(axis=0)]).astype(np.int32)
        cv2.line(layer, bridge[0].tolist(), bridge[1].tolist(), 255, 2, cv2.LINE_AA)
        return paint(crop, layer, rng, rng.uniform(5, 90))
    start, end = eyes[0].mean(axis=0), eyes[1].mean(axis=0)
    reach = (end - start) * rng.uniform(0.4, 0.8)
    ends = np.round([start - reach, end + reach]).astype(np.int32)
    thick = max(3, round(distance * rng.uniform(0.35, 0.7)))
    cv2.line(layer, ends[0].tolist(), ends[1].tolist(), 255, thick, cv2.LINE_AA)
    return paint(crop, layer, rng, rng.uniform(5, 250))


def paint(
    crop: NDArray[np.uint8], layer: NDArray[np.uint8], rng: np.random.Generator, grey: float
) -> NDArray[np.uint8]:
    """Lay a softly shaded tone of the given grey over the crop where `layer` is 255."""
    size = crop.shape[0]
    slope = rng.uniform(-30, 30, 2)
    ramp = np.linspace(-0.5, 0.5, size)
    tone = grey + slope[0] * ramp[None, :] + slope[1] * ramp[:, None]
    tone = tone + rng.normal(0, rng.uniform(0, 8), crop.shape)
    share = layer.astype(np.float32) / 255.0
    return np.clip(crop * (1 - share) + tone * share, 0, 255).astype(np.uint8)
