"""The second trunk of the face network: expressions and gaze, at a finer grid than the first."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from emocare.learning.face_trunk import Block
from emocare.learning.recipe import EXPRESSIONS, SIZE

WIDTHS = (32, 48, 96, 144)
DEPTHS = (3, 2, 1)
EYE_ROWS = slice(SIZE // 16, 11 * SIZE // 80)
"""Rows of the first grid (a quarter of the input's side) that hold the eyes of a framed face."""


class FineTrunk(nn.Module):
    """Grey crop (N, 1, SIZE, SIZE), normalised, to expression logits and gaze.

    Three of its six blocks work on a quarter of the input's side, where wrinkles, corners of the
    mouth and irises still are to be seen. What it gets wrong of expressions differs from what the
    first trunk gets wrong; the two are averaged.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = WIDTHS,
        depths: tuple[int, ...] = DEPTHS,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, 2, 2, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        )
        stages: list[nn.Module] = []
        for before, width, depth in zip(widths, widths[1:], depths, strict=False):
            blocks = [Block(before, width, 2)]
            blocks += [Block(width, width, 1) for _ in range(depth - 1)]
            stages.append(nn.Sequential(*blocks))
        self.fine, self.rest = stages[0], nn.Sequential(*stages[1:])
        self.dropout = nn.Dropout(dropout)
        self.expressions = nn.Linear(widths[-1], len(EXPRESSIONS))
        cells = (EYE_ROWS.stop - EYE_ROWS.start) * (SIZE // 4)
        self.squeeze = nn.Conv2d(widths[1], 8, 1)
        self.eyes = nn.Linear(8 * cells, 32)
        self.gaze = nn.Linear(32, 2)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, 8), and gaze (N, 2) up and to the subject's left, not limited; float32."""
        fine = self.fine(self.stem(image))
        looks = self.rest(fine).mean(dim=(2, 3))
        eyes = functional.relu(self.squeeze(fine[:, :, EYE_ROWS])).flatten(1)
        gaze = self.gaze(functional.relu(self.eyes(eyes)))
        return self.expressions(self.dropout(looks)).float(), gaze.float()


def gaze_loss(gaze: Tensor, target: Tensor, trust: Tensor) -> Tensor:
    """Squared distance over a usual spread of 0.2, of gaze (N, 2); unknown (NaN) targets apart."""
    known = torch.isfinite(target)
    each = ((gaze - torch.nan_to_num(target)) / 0.2) ** 2 * known * trust[:, None]
    return each.sum() / (known * trust[:, None]).sum().clamp(min=1.0)
