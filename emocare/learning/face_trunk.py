"""The trunk of the face network: one dense residual network, many small heads."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from emocare.learning.recipe import ACTION_UNITS, EXPRESSIONS, LANDMARKS, SIZE

POSE_SCALE_DEG = 30.0
"""Degrees that one unit of the pose head stands for."""
PLACE_WIDTH = 192
RATIO_SCALE = 0.3
"""Eye aspect ratio that one unit of the eye head stands for: a wide awake eye."""


class Block(nn.Module):
    """Two dense 3x3 convolutions around a shortcut; depthwise ones train four times slower here."""

    def __init__(self, width_in: int, width_out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width_in, width_out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(width_out)
        self.second = nn.Conv2d(width_out, width_out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(width_out)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or width_in != width_out:
            pool = nn.AvgPool2d(2) if stride == 2 else nn.Identity()
            match = nn.Conv2d(width_in, width_out, 1, bias=False)
            self.shortcut = nn.Sequential(pool, match, nn.BatchNorm2d(width_out))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, width_in, H, W) to (N, width_out, H / stride, W / stride)."""
        y = functional.relu(self.first_norm(self.first(x)), inplace=True)
        y = self.second_norm(self.second(y))
        return functional.relu(y + self.shortcut(x), inplace=True)


class FaceTrunk(nn.Module):
    """Grey crop (N, 1, SIZE, SIZE), normalised, to all that is read from a face.

    Where things are (landmarks, eyes, pose) is read from flattened maps of two scales; what the
    face looks like (expression, units) also from the mean of the last map.
    """

    def __init__(
        self,
        widths: tuple[int, int, int, int] = (24, 48, 96, 192),
        depths: tuple[int, int, int] = (1, 2, 1),
        place_width: int = PLACE_WIDTH,
        place_rank: int | None = None,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        stem, low, middle, high = widths
        self.stem = nn.Sequential(
            nn.Conv2d(1, stem, 5, 2, 2, bias=False), nn.BatchNorm2d(stem), nn.ReLU(inplace=True)
        )
        self.low = stage(stem, low, depths[0])
        self.middle = stage(low, middle, depths[1])
        self.high = stage(middle, high, depths[2])
        cell_middle, cell_high = SIZE // 8, SIZE // 16
        self.squeeze_middle = nn.Conv2d(middle, 24, 1)
        self.squeeze_high = nn.Conv2d(high, 64, 1)
        flat = 24 * cell_middle**2 + 64 * cell_high**2
        self.place = place_layer(flat, place_width, place_rank)
        both = place_width + high
        self.dropout = nn.Dropout(dropout)
        self.landmarks = nn.Linear(place_width, 2 * LANDMARKS)
        self.eyes = nn.Linear(both, 3)
        self.pose = nn.Linear(both, 3)
        self.units = nn.Linear(both, len(ACTION_UNITS))
        self.expressions = nn.Linear(both, len(EXPRESSIONS))
        self.presence = nn.Linear(both, 1)
        self.occlusion = nn.Linear(both, 2)

    def raw(self, image: Tensor) -> dict[str, Tensor]:
        """All heads before their last squashing, as the losses want them (float32)."""
        return self.heads(*self.features(image))

    def features(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Where things are (N, place_width), and that with how they look (N, both)."""
        middle = self.middle(self.low(self.stem(image)))
        high = self.high(middle)
        place = functional.relu(self._placed(middle, high))
        return place, torch.cat([place, high.mean(dim=(2, 3))], dim=1)

    def placed(self, image: Tensor) -> Tensor:
        """What the large matrix gives (N, place_width), before it is cut off at zero."""
        middle = self.middle(self.low(self.stem(image)))
        return self._placed(middle, self.high(middle))

    def _placed(self, middle: Tensor, high: Tensor) -> Tensor:
        maps = [self.squeeze_middle(middle).flatten(1), self.squeeze_high(high).flatten(1)]
        return self.place(functional.relu(torch.cat(maps, dim=1)))

    def heads(self, place: Tensor, both: Tensor) -> dict[str, Tensor]:
        """All heads on the features, before their last squashing."""
        loose = self.dropout(both)
        eyes = self.eyes(both)
        return {
            "presence": self.presence(both)[:, 0].float(),
            "landmarks": self.landmarks(place).float().reshape(-1, LANDMARKS, 2) * 0.25 + 0.5,
            "expressions": self.expressions(loose).float(),
            "action_units": self.units(loose).float(),
            "pose": self.pose(both).float() * POSE_SCALE_DEG,
            "gaze_down": eyes[:, 0].float(),
            "eye_openness": (eyes[:, 1:].float() + 1.0) * RATIO_SCALE,
            "occlusion": self.occlusion(both).float(),
        }


def place_layer(flat: int, width: int, rank: int | None) -> nn.Module:
    """Maps to places: one matrix to learn, or the two thin ones it ships as."""
    if rank is None:
        return nn.Linear(flat, width)
    return nn.Sequential(nn.Linear(flat, rank, bias=False), nn.Linear(rank, width))


def stage(width_in: int, width_out: int, depth: int) -> nn.Sequential:
    """Halve the resolution, then go on at it for `depth` blocks in all."""
    blocks = [Block(width_in, width_out, 2)]
    blocks += [Block(width_out, width_out, 1) for _ in range(depth - 1)]
    return nn.Sequential(*blocks)


def count_parameters(network: nn.Module) -> int:
    """Number of trained and fixed parameters."""
    return sum(parameter.numel() for parameter in network.parameters())
