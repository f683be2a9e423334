"""What the training minimises; every target that is not known (NaN) is left out."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from emocare.learning.recipe import LANDMARKS, OUTPUT_WIDTHS

WEIGHTS = {
    "presence": 0.3,
    "landmarks": 1.0,
    "expressions": 1.5,
    "action_units": 0.6,
    "pose": 0.15,
    "gaze_down": 0.3,
    "eye_openness": 1.0,
    "occlusion": 0.2,
}
"""Chosen so that after some epochs every part pulls about as strongly as the expressions."""
SMOOTHING = 0.02
"""Share of every soft label spread evenly over the eight expressions."""
UNIT_SPREAD = (0.14, 0.10, 0.22, 0.20, 0.18, 0.35, 0.03, 0.06, 0.10, 0.10, 0.10, 0.12, 0.10, 0.16)
"""Rough standard deviation of each Action Unit, so that rare units count too."""
EYE_POINTS = slice(36, 48)


def split_targets(rows: Tensor) -> dict[str, Tensor]:
    """Name the columns of target rows (N, 172); `trust` is the last."""
    names = list(OUTPUT_WIDTHS)
    parts = torch.split(rows, [*OUTPUT_WIDTHS.values(), 1], dim=1)
    targets = dict(zip([*names, "trust"], parts, strict=True))
    targets["landmarks"] = targets["landmarks"].reshape(-1, LANDMARKS, 2)
    for name in ("presence", "gaze_down", "trust"):
        targets[name] = targets[name][:, 0]
    return targets


def known_mean(loss: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of an elementwise loss over known targets, with optional weights (broadcast)."""
    known = torch.isfinite(target).float()
    if weight is not None:
        known = known * weight
    return (torch.nan_to_num(loss) * known).sum() / known.sum().clamp(min=1.0)


def known(target: Tensor) -> Tensor:
    """The target with 0 where nothing is known, so that no NaN reaches a gradient."""
    return torch.nan_to_num(target)


def expression_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross entropy (scalar) of logits (N, 8) against smoothed soft labels (N, 8)."""
    soft = known(target) * (1 - SMOOTHING) + SMOOTHING / target.shape[1]
    each = -(soft * functional.log_softmax(logits, dim=1)).sum(dim=1)
    return known_mean(each, target[:, 0])


def landmark_loss(points: Tensor, target: Tensor, trust: Tensor) -> Tensor:
    """Distance in hundredths of the crop, smooth below one; the eye points count four times."""
    weight = torch.ones(LANDMARKS, device=points.device)
    weight[EYE_POINTS] = 4.0
    each = functional.smooth_l1_loss(points * 100, known(target) * 100, reduction="none")
    return known_mean(each, target, weight[None, :, None] * trust[:, None, None]) * 0.4


def eye_loss(ratio: Tensor, target: Tensor, trust: Tensor) -> Tensor:
    """Distance of the eye aspect ratio in twentieths; nearly closed eyes count three times."""
    weight = 1.0 + 2.0 * (known(target) < 0.15).float()
    each = functional.smooth_l1_loss(ratio * 20, known(target) * 20, reduction="none")
    return known_mean(each, target, weight * trust[:, None])


def unit_loss(logits: Tensor, target: Tensor, trust: Tensor) -> Tensor:
    """Squared distance of each unit over its usual spread."""
    spread = torch.tensor(UNIT_SPREAD, device=logits.device)
    each = ((torch.sigmoid(logits) - known(target)) / (spread + 0.03)) ** 2
    return known_mean(each, target, trust[:, None])


def losses(raw: dict[str, Tensor], targets: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weighted loss (scalar) of every output; their sum is what is minimised."""
    trust = targets["trust"]
    pose = functional.smooth_l1_loss(raw["pose"] / 5, known(targets["pose"]) / 5, reduction="none")
    gaze = (torch.sigmoid(raw["gaze_down"]) - known(targets["gaze_down"])) ** 2 / 0.02
    parts = {
        "presence": covered(raw["presence"], targets["presence"]),
        "landmarks": landmark_loss(raw["landmarks"], targets["landmarks"], trust),
        "expressions": expression_loss(raw["expressions"], targets["expressions"]),
        "action_units": unit_loss(raw["action_units"], targets["action_units"], trust),
        "pose": known_mean(pose, targets["pose"]),
        "gaze_down": known_mean(gaze, targets["gaze_down"], trust),
        "eye_openness": eye_loss(raw["eye_openness"], targets["eye_openness"], trust),
        "occlusion": covered(raw["occlusion"], targets["occlusion"]),
    }
    return {name: WEIGHTS[name] * part for name, part in parts.items()}


def covered(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy (scalar) over the known targets."""
    each = functional.binary_cross_entropy_with_logits(logits, known(target), reduction="none")
    return known_mean(each, target)
