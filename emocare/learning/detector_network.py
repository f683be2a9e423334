"""The face detector: a small dense trunk, three of its scales merged, one map of faces."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from emocare.learning.detector_recipe import PLACE
from emocare.learning.face_trunk import Block

HEAT_BIAS = -4.0
"""Start of the heat map's bias: nearly every cell of nearly every picture is empty."""


class DetectorNetwork(nn.Module):
    """Grey picture (N, 1, H, W), normalised, sides multiples of 32, to a map of faces at 1/8.

    Anchor-free: each cell says whether the middle of a face lies in it and, if so, where exactly,
    how large the face is and how it is rolled. The receptive field is about 310 pixels, so that
    faces as high as the input are seen whole.
    """

    def __init__(self, widths: tuple[int, int, int, int] = (16, 24, 48, 64), merged: int = 32):
        super().__init__()
        stem, low, middle, high = widths
        self.stem = nn.Sequential(
            nn.Conv2d(1, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU(inplace=True)
        )
        self.at_4 = Block(stem, low, 2)
        self.at_8 = Block(low, middle, 2)
        self.at_16 = Block(middle, high, 2)
        self.at_32 = nn.Sequential(Block(high, high, 2), Block(high, high, 1))
        self.squeeze_8 = nn.Conv2d(middle, merged, 1)
        self.squeeze_16 = nn.Conv2d(high, merged, 1)
        self.squeeze_32 = nn.Conv2d(high, merged, 1)
        self.merge = nn.Sequential(
            nn.Conv2d(merged, merged, 3, 1, 1, bias=False),
            nn.BatchNorm2d(merged),
            nn.ReLU(inplace=True),
            nn.Conv2d(merged, merged, 3, 1, 1, bias=False),
            nn.BatchNorm2d(merged),
            nn.ReLU(inplace=True),
        )
        self.head = nn.Conv2d(merged, 1 + len(PLACE), 1)
        nn.init.constant_(self.head.bias, 0.0)
        nn.init.constant_(self.head.bias[:1], HEAT_BIAS)

    def raw(self, image: Tensor) -> Tensor:
        """Heat logit and place (N, 6, H / 8, W / 8) in float32."""
        at_8 = self.at_8(self.at_4(self.stem(image)))
        at_16 = self.at_16(at_8)
        merged = self.squeeze_16(at_16) + doubled(self.squeeze_32(self.at_32(at_16)))
        merged = self.squeeze_8(at_8) + doubled(merged)
        return self.head(self.merge(functional.relu(merged))).float()

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The outputs of the exported graph; names and meanings as in the manifest."""
        raw = self.raw(image)
        heat = torch.sigmoid(raw[:, :1])
        peak = functional.max_pool2d(heat, 3, 1, 1)
        return {"heat": heat * (heat == peak).to(heat.dtype), "place": raw[:, 1:]}


def doubled(x: Tensor) -> Tensor:
    """The map at twice its size, each cell repeated."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def losses(raw: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Weighted loss (scalar) of heat and place; their sum is what is minimised.

    The heat loss is the penalty-reduced focal loss of CornerNet and CenterNet (Law and Deng 2018,
    Zhou et al. 2019): cells near a middle are punished less for being warm.

    Args:
        raw: (N, 6, h, w) as `DetectorNetwork.raw` gives it.
        target: (N, 6, h, w) heat 0..1, then place.
    """
    heat, logit = target[:, 0], raw[:, 0]
    p = torch.sigmoid(logit).clamp(1e-5, 1 - 1e-5)
    middle = (heat == 1).float()
    warm = -middle * (1 - p) ** 2 * torch.log(p)
    cold = -(1 - middle) * (1 - heat) ** 4 * p**2 * torch.log(1 - p)
    count = middle.sum().clamp(min=1.0)
    near = torch.where(heat > NEAR, heat, torch.zeros_like(heat))[:, None]
    off = functional.smooth_l1_loss(raw[:, 1:], target[:, 1:], reduction="none", beta=0.1)
    weights = torch.tensor(PLACE_WEIGHTS)[None, :, None, None]
    return {
        "heat": (warm + cold).sum() / count,
        "place": (off * near * weights).sum() / near.sum().clamp(min=1.0),
    }


NEAR = 0.4
"""Heat from which a cell learns the place of its face."""
PLACE_WEIGHTS = (0.3, 0.3, 2.0, 1.0, 1.0)
