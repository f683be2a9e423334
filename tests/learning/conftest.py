"""Shared pieces of the learning tests: the data folder, a synthetic face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.learning.augment import Example
from emocare.learning.recipe import ACTION_UNITS, EXPRESSIONS
from tests.learning.schematic import face_points

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with the collections; they are not part of the repository."""
    if not (DATA / "faces.npz").exists():
        pytest.skip("the training data is not at ../shared/data")
    return DATA


@pytest.fixture
def face() -> Example:
    """A schematic face of known landmarks and pose in a 128x128 picture of smooth chance."""
    rng = np.random.default_rng(3)
    coarse = np.kron(rng.integers(60, 200, (16, 16)), np.ones((8, 8)))
    return Example(
        picture=coarse.astype(np.uint8),
        to_picture=np.array([[128.0, 0.0, 0.0], [0.0, 128.0, 0.0]]),
        landmarks=face_points(),
        rotation=np.eye(3),
        expressions=np.eye(len(EXPRESSIONS))[1].astype(np.float32),
        action_units=np.full(len(ACTION_UNITS), 0.1, np.float32),
        gaze_down=0.1,
        eye_openness=np.array([0.3, 0.25], np.float32),
        presence=1.0,
        occlusion=np.zeros(2, np.float32),
        trust=1.0,
    )
