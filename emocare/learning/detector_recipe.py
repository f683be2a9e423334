"""Input recipe and outputs of the face detector, written once and copied into its manifest."""

from __future__ import annotations

MODEL_ID = "detector"
VERSION = "1.0.0"
TASK = "face proposals: where upright faces may be, how large and how tilted"

STRIDE = 8
"""Pixels of the input per cell of the output."""
MULTIPLE = 32
"""Height and width of the input are multiples of this."""
MEAN = 0.5
STD = 0.25
PLACE = ("dx", "dy", "log_spread", "sin_roll", "cos_roll")
OUTPUTS = ("heat", "place")

GOLDEN_SIZE = 32
"""Side of the self-test's input."""


def output_labels() -> dict[str, object]:
    """What each output of the graph means, for the manifest."""
    return {
        "place": list(PLACE),
        "outputs": {
            "heat": (
                "(N, 1, H / 8, W / 8) probability that the mean of a face's 68 landmarks lies in "
                "the cell; 0 where a neighbouring cell has more"
            ),
            "place": (
                "(N, 5, H / 8, W / 8) of that face: dx and dy from the middle of the cell to the "
                "mean of the landmarks in cells, log of their spread in cells (spread = root mean "
                "squared distance of the 68 landmarks from their mean), sine and cosine of the "
                "roll, clockwise in the image (not normalised)"
            ),
        },
    }
