"""Where faces may be: a small network that maps a whole picture in one pass.

What it gives are guesses. The face network decides which of them are faces, so false ones cost
time and nothing else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import RecipeMismatch
from emocare.domain.manifest import read_checked
from emocare.domain.models import ModelSpec
from emocare.vision.framing import Grey, Guess
from emocare.vision.network import ONE_RELEASE, open_session

LONG_SIDE = 640
"""Pictures are searched at this size of their longer side, or smaller when only large faces are
sought."""
FINEST_SPREAD = 7.0
"""Landmark spread in pixels to which the smallest face sought is shrunk (a head of 22 pixels)."""
SMALLEST_SPREAD = 11.7
"""Smaller faces are not sought (a head of 37 pixels of the picture): nothing can be read in them,
and half of what looks like one in a scene without people is that small."""
WARM = 0.25
"""Heat from which a cell is a guess."""
MOST_GUESSES = 12
APART = 1.2
"""Faces whose middles are nearer than this many spreads of the larger are one."""
GOLDEN_SIZE = 32
"""Side of the self-test's input."""
PLACE = ["dx", "dy", "log_spread", "sin_roll", "cos_roll"]


class Detector(Protocol):
    """Proposes faces; the seam at which tests put a scripted one."""

    def find(self, grey: Grey, least_spread: float = 0.0) -> list[Guess]:
        """Faces that may be in a grey picture (H, W), surest first.

        Args:
            grey: The picture.
            least_spread: Faces of a smaller landmark spread need not be found.
        """
        ...


class OnnxDetector:
    """An ONNX graph run as its manifest entry says. Holds no state between calls.

    Args:
        models_dir: Folder of the models.
        spec: Entry of the manifest.
        threads: Processor threads of one call.

    Raises:
        WeightsMissing: The graph is not there.
        WeightsCorrupt: The graph is not the one of the manifest.
        RecipeMismatch: Graph and manifest do not fit each other or this program.
    """

    def __init__(self, models_dir: Path, spec: ModelSpec, threads: int = 2) -> None:
        graph = read_checked(models_dir, spec, spec.graph)
        recipe = spec.recipe
        try:
            self._mean, self._std = float(recipe["mean"]), float(recipe["std"])
            self._stride, self._multiple = int(recipe["stride"]), int(recipe["multiple"])
            colour = recipe["colour"]
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeMismatch(f"The {spec.id} recipe lacks {error}: {ONE_RELEASE}.") from error
        if colour != "grey" or spec.labels.get("place") != PLACE:
            raise RecipeMismatch(
                f"The {spec.id} takes {colour!r} pictures and gives {spec.labels.get('place')}, "
                f"expected 'grey' and {PLACE}: {ONE_RELEASE}."
            )
        self._session = open_session(graph, spec, threads)
        self._names = [output.name for output in self._session.get_outputs()]
        self._check_graph(spec)

    def run(self, image: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Runs the graph on a normalised (N, 1, H, W) input; outputs by name."""
        return dict(zip(self._names, self._session.run(None, {"image": image}), strict=True))

    def find(self, grey: Grey, least_spread: float = 0.0) -> list[Guess]:
        """Faces rolled by up to about 45 degrees, down to a head of 37 pixels, or 22 of 640."""
        least = max(least_spread, SMALLEST_SPREAD)
        scale = min(1.0, LONG_SIDE / max(grey.shape), FINEST_SPREAD / least)
        small = shrunk(grey, scale)
        height, width = small.shape
        edges = (0, -height % self._multiple, 0, -width % self._multiple)
        whole = cv2.copyMakeBorder(small, *edges, cv2.BORDER_REPLICATE)
        image = (whole[None, None].astype(np.float32) / 255.0 - self._mean) / self._std
        outputs = self.run(image.astype(np.float32))
        found: list[Guess] = []
        for guess in self._guesses(outputs["heat"][0, 0], outputs["place"][0]):
            on_picture = guess.x < width + self._stride and guess.y < height + self._stride
            large = guess.spread >= SMALLEST_SPREAD * scale
            if on_picture and large and not any(_one_face(guess, other) for other in found):
                found.append(guess)
        return [
            Guess(g.x / scale, g.y / scale, g.spread / scale, g.roll_deg)
            for g in found[:MOST_GUESSES]
        ]

    def _guesses(self, heat: NDArray[np.float32], place: NDArray[np.float32]) -> list[Guess]:
        """The warm cells (rows, columns) as guesses in pixels of the input, warmest first."""
        rows, columns = np.nonzero(heat >= WARM)
        order = np.argsort(-heat[rows, columns], kind="stable")
        guesses = []
        for row, column in zip(rows[order], columns[order], strict=True):
            dx, dy, log_spread, sine, cosine = (float(v) for v in place[:, row, column])
            guesses.append(
                Guess(
                    (float(column) + 0.5 + dx) * self._stride,
                    (float(row) + 0.5 + dy) * self._stride,
                    float(np.exp(np.clip(log_spread, -3.0, 5.0))) * self._stride,
                    float(np.degrees(np.arctan2(sine, cosine))),
                )
            )
        return guesses

    def _check_graph(self, spec: ModelSpec) -> None:
        inputs = [(i.name, i.shape[1]) for i in self._session.get_inputs()]
        if inputs != [("image", 1)]:
            raise RecipeMismatch(
                f"The {spec.id} graph takes {inputs}, expected image (N, 1, H, W): {ONE_RELEASE}."
            )
        sides = (2 * self._multiple, 3 * self._multiple)
        outputs = self.run(np.zeros((1, 1, *sides), np.float32))
        cells = (sides[0] // self._stride, sides[1] // self._stride)
        for name, expected in {"heat": (1, 1, *cells), "place": (1, len(PLACE), *cells)}.items():
            shape = outputs[name].shape if name in outputs else None
            if shape != expected:
                raise RecipeMismatch(
                    f"The {spec.id} graph gives {name} as {shape}, expected {expected}: "
                    f"{ONE_RELEASE}."
                )


def _one_face(guess: Guess, other: Guess) -> bool:
    away = float(np.hypot(guess.x - other.x, guess.y - other.y))
    return away < APART * max(guess.spread, other.spread)


def shrunk(grey: Grey, scale: float) -> Grey:
    """The picture at ``scale`` of its size, never enlarged."""
    if scale >= 1.0:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
