"""The second trunk of the face network: expressions alone, at a finer grid than the first."""

from __future__ import annotations

from torch import Tensor, nn

from emocare.learning.face_trunk import Block
from emocare.learning.recipe import EXPRESSIONS

WIDTHS = (32, 48, 96, 144)
DEPTHS = (3, 2, 1)


class ExpressionTrunk(nn.Module):
    """Grey crop (N, 1, SIZE, SIZE), normalised, to the logits (N, 8) of the expressions.

    Three of its six blocks work on a quarter of the input's side, where wrinkles and corners of
    the mouth still are to be seen. It sees nothing but expressions in its training, so what it
    gets wrong differs from what the first trunk gets wrong; the two are averaged.
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
        blocks: list[nn.Module] = []
        for before, width, depth in zip(widths, widths[1:], depths, strict=False):
            blocks.append(Block(before, width, 2))
            blocks += [Block(width, width, 1) for _ in range(depth - 1)]
        self.body = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(dropout)
        self.expressions = nn.Linear(widths[-1], len(EXPRESSIONS))

    def forward(self, image: Tensor) -> Tensor:
        """Logits (float32)."""
        looks = self.body(self.stem(image)).mean(dim=(2, 3))
        return self.expressions(self.dropout(looks)).float()
