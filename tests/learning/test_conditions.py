"""Pictures made worse: the right way, by the right amount, the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.learning import degrade, evaluate_conditions, headline, metrics
from tests.learning.conftest import MODELS


@pytest.fixture
def crop() -> np.ndarray:
    return np.random.default_rng(5).integers(40, 216, (80, 80)).astype(np.uint8)


def test_every_condition_is_the_same_each_time(crop: np.ndarray) -> None:
    for condition in degrade.conditions():
        first, second = (condition.change(crop, np.random.default_rng(0)) for _ in range(2))
        assert first.dtype == np.uint8 and first.shape == crop.shape
        assert np.array_equal(first, second), condition.label


def test_a_wider_blur_leaves_less_detail(crop: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    spread = [float(degrade.blur(share)(crop, rng).std()) for share in degrade.BLURS]
    assert spread == sorted(spread, reverse=True) and spread[0] < crop.std()


def test_light_goes_where_its_name_says(crop: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    brighter, darker = (degrade.gammas(gamma)(crop, rng).mean() for gamma in (0.5, 2.0))
    assert brighter > crop.mean() > darker
    assert degrade.dark(0.1)(crop, rng).mean() == pytest.approx(0.1 * crop.mean(), rel=0.1)
    sides = degrade.side_lit(0.1)(np.full((80, 80), 200, np.uint8), rng).mean(axis=0)
    assert {round(float(sides[0])), round(float(sides[-1]))} == {20, 200}


def test_a_shrunk_face_keeps_its_place() -> None:
    picture = np.zeros((160, 160), np.uint8)
    picture[70:90, 40:60] = 255
    frame = np.array([[160.0, 0.0, 0.0], [0.0, 160.0, 0.0]])
    small = degrade.shrunk_crop(picture, frame, 32, 80)
    y, x = np.nonzero(small > 100)
    assert (x.mean() / 80, y.mean() / 80) == pytest.approx((50 / 160, 80 / 160), abs=0.02)


def test_headline_columns_are_those_seen_often_enough_and_gaze() -> None:
    assert headline.moving_columns(np.array([0.5, 0.019, 0.02, 0.0])) == [0, 2, 3]


def test_mean_pearson_is_the_mean_of_the_columns() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 3)), rng.normal(size=(50, 3))
    y[:, 0] = x[:, 0]
    expected = np.mean([metrics.pearson(x[:, k], y[:, k]) for k in range(3)])
    assert metrics.mean_pearson(x, y) == pytest.approx(expected)
    assert metrics.mean_pearson(np.ones((5, 1)), x[:5, :1]) == 0.0


def test_too_few_pictures_give_no_figure_and_others_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_conditions, "FER_IMAGES", 60)
    monkeypatch.setattr(evaluate_conditions, "FACES", 60)
    held = evaluate_conditions.load(data, MODELS)
    assert len(held.labels) == 60 and len(held.faces) >= 60
    rows = evaluate_conditions.by_size(held)
    assert rows[0]["images"] == 0 and rows[0]["expression_accuracy"] is None
    assert rows[-1]["images"] == 60 and 0.5 < rows[-1]["expression_accuracy"]["value"] <= 1
    assert rows[-1]["landmark_nme_percent"]["value"] > rows[1]["landmark_nme_percent"]["value"]
