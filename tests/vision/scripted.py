"""Hand-made faces, a network that sees them and a detector that is told where to look.

A face is a bright disc with a dark spot on its forehead, on a dark picture. The scripted network
measures the disc nearest to the middle of its crop; the disc's grey value says how sure it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.frames import Frame
from emocare.domain.models import ModelFile, ModelSpec
from emocare.vision.framing import CropRecipe, Grey, Guess
from emocare.vision.network import CropReading
from emocare.vision.pose import Pose
from emocare.vision.reader import OnnxFaceReader

RECIPE = CropRecipe(side_per_spread=3.2, centre_up=0.3)
SURE = {255: 0.99, 240: 0.55, 230: 0.3}
"""Grey value of a disc -> presence."""


def plain_face() -> NDArray[np.float64]:
    """(70, 2) landmarks of a level face, mean 0, spread 1, y down."""
    t = np.linspace(np.pi, 0, 17)
    jaw = np.stack([1.2 * np.cos(t), 0.1 + 1.3 * np.sin(t)], axis=1)
    brow = np.stack([np.linspace(0.25, 0.95, 5), [-0.75, -0.85, -0.88, -0.85, -0.75]], axis=1)
    brows = np.concatenate([(brow * [-1, 1])[::-1], brow])
    nose = np.concatenate(
        [
            np.stack([np.zeros(4), np.linspace(-0.45, 0.1, 4)], axis=1),
            np.stack([np.linspace(-0.25, 0.25, 5), np.full(5, 0.25)], axis=1),
        ]
    )
    a = np.radians([180, 240, 300, 0, 60, 120])
    eye = np.stack([0.2 * np.cos(a), 0.08 * np.sin(a)], axis=1)
    eyes = np.concatenate([eye + np.array(place) for place in ((-0.55, -0.5), (0.55, -0.5))])
    b = np.radians(np.arange(0, 360, 18))
    mouth = np.stack([0.45 * np.cos(b), 0.65 + 0.15 * np.sin(b)], axis=1)
    irises = np.array([[-0.55, -0.5], [0.55, -0.5]])
    points = np.concatenate([jaw, brows, nose, eyes, mouth, irises])
    points -= points[:68].mean(axis=0)
    return points / np.sqrt((points[:68] ** 2).sum(axis=1).mean())


FACE = plain_face()
RADIUS_PER_SPREAD = 0.8


@dataclass(frozen=True)
class Disc:
    """A face: mean of its landmarks, their spread, and its grey value."""

    x: float
    y: float
    spread: float
    grey: int = 255

    @property
    def landmarks_px(self) -> NDArray[np.float32]:
        """Where its landmarks are in the picture."""
        return (FACE * self.spread + [self.x, self.y]).astype(np.float32)

    def guess(self) -> Guess:
        """A slightly wrong guess at it."""
        return Guess(self.x + 0.1 * self.spread, self.y, 1.06 * self.spread)


def frame(*discs: Disc, width: int = 640, height: int = 360, back: int = 60) -> Frame:
    """A picture of discs."""
    grey = np.full((height, width), back, np.uint8)
    for disc in discs:
        centre = (round(disc.x * 16), round(disc.y * 16))
        radius = round(disc.spread * RADIUS_PER_SPREAD * 16)
        cv2.circle(grey, centre, radius, disc.grey, -1, cv2.LINE_AA, shift=4)
        spot = (centre[0], centre[1] - radius // 2)
        cv2.circle(grey, spot, radius // 4, 0, -1, cv2.LINE_AA, shift=4)
    return Frame(0.0, np.repeat(grey[..., None], 3, axis=2))


@dataclass
class ScriptedNetwork:
    """See the module.

    Attributes:
        calls: Number of crops of each call.
        fussy: Sees nothing in crops whose face fills less than this share of the usual area.
    """

    size: int = 80
    calls: list[int] = field(default_factory=list)
    fussy: float = 0.0

    def read(self, crops: NDArray[np.uint8]) -> list[CropReading]:
        """Reads crops."""
        self.calls.append(len(crops))
        return [self._one(crop) for crop in crops]

    def _one(self, crop: Grey) -> CropReading:
        _, labels, stats, centres = cv2.connectedComponentsWithStats((crop > 128).astype(np.uint8))
        points, presence = FACE * 0.25 + 0.5, 0.02
        whole = [i for i in range(1, len(stats)) if stats[i, cv2.CC_STAT_AREA] > 40]
        if whole:
            middle = np.full(2, self.size / 2)
            best = min(whole, key=lambda i: float(np.linalg.norm(centres[i] - middle)))
            points, spread = self._measured((labels == best).astype(np.uint8))
            value = int(np.median(crop[labels == best]))
            presence = SURE[min(SURE, key=lambda grey: abs(grey - value))]
            if spread < self.fussy / RECIPE.side_per_spread:
                presence = 0.02
        return CropReading(
            presence=presence,
            landmarks=points.astype(np.float32),
            expressions=np.full(len(EXPRESSIONS), 1 / 8, np.float32),
            action_units=np.full(len(ACTION_UNITS), 0.25, np.float32),
            pose=Pose(10.0, -5.0, 2.0),
            gaze_down=0.1,
            eye_openness_left=0.31,
            eye_openness_right=0.29,
            mouth_occluded=0.05,
            eyes_occluded=0.04,
            gaze_up=0.2,
            gaze_side=-0.3,
            landmark_error=np.full(70, 0.01, np.float32),
        )

    def _measured(self, disc: Grey) -> tuple[NDArray[np.float64], float]:
        """Landmarks as crop fractions, and their spread."""
        outline = max(cv2.findContours(disc, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
        filled = cv2.drawContours(np.zeros_like(disc), [outline], -1, 1, -1)
        place = np.array([axis.mean() for axis in np.nonzero(filled)[::-1]])
        spot = np.nonzero(filled - disc)[::-1]
        up = np.array([axis.mean() for axis in spot]) - place if spot[0].size else (0.0, -1.0)
        roll = np.arctan2(up[0], -up[1])
        turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        spread = float(np.sqrt(filled.sum() / np.pi)) / RADIUS_PER_SPREAD / self.size
        return FACE @ turn.T * spread + (place + 0.5) / self.size, spread


@dataclass
class ScriptedDetector:
    """Gives the guesses it was told, moved into the searched part by nobody but the reader.

    Attributes:
        guesses: Of the upright search.
        searched: Shape and mean of each picture searched, in order.
        least_spread: Of the last upright search.
    """

    guesses: Sequence[Guess] = ()
    searched: list[tuple[tuple[int, ...], float]] = field(default_factory=list)
    least_spread: float = 0.0

    def find(self, grey: Grey, least_spread: float = 0.0) -> list[Guess]:
        """The told guesses."""
        self.searched.append((grey.shape, float(grey.mean())))
        self.least_spread = least_spread
        return list(self.guesses)


def spec() -> ModelSpec:
    """A manifest entry for a network that has no files."""
    none = ModelFile("none", "0" * 64)
    return ModelSpec(
        "face", "0.0.1", "face-0.0.1", none, none, "test", {}, {}, 1, {}, "card", "figures", {}
    )


def reader(
    *guesses: Guess, fussy: float = 0.0
) -> tuple[OnnxFaceReader, ScriptedNetwork, ScriptedDetector]:
    """A reader over scripted parts, and the parts."""
    network = ScriptedNetwork(fussy=fussy)
    detector = ScriptedDetector(guesses)
    return OnnxFaceReader(network, detector, RECIPE, spec()), network, detector
