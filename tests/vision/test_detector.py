from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emocare.domain.errors import ModelError, RecipeMismatch, WeightsCorrupt, WeightsMissing
from emocare.vision import load_face_reader, load_spec
from emocare.vision.detector import (
    FINEST_SPREAD,
    MOST_GUESSES,
    SMALLEST_SPREAD,
    OnnxDetector,
    shrunk,
)
from tests.vision.graphs import write_detector, write_manifest, write_models


@pytest.fixture
def detector(tmp_path: Path) -> OnnxDetector:
    """Takes every bright 8x8 cell for a face of 16 pixels of spread, rolled by 30 degrees."""
    write_models(tmp_path)
    return OnnxDetector(tmp_path, load_spec(tmp_path, "detector"), threads=1)


def picture(*cells: tuple[int, int], rows: int = 48, columns: int = 80) -> np.ndarray:
    """A dark picture, searched at half its size, with bright cells, each less than the one before.

    Args:
        cells: (row, column) of the bright ones.
        rows: Number of cells.
        columns: Likewise; 80 are the 640 pixels that are searched at most.
    """
    grey = np.full((rows, columns), 40, np.uint8)
    for k, cell in enumerate(cells):
        grey[cell] = 255 - 2 * k
    return np.kron(grey, np.ones((16, 16), np.uint8))


def test_shrinking_never_enlarges() -> None:
    assert shrunk(picture(), 0.25).shape == (192, 320)
    assert shrunk(picture(), 2.0).shape == (768, 1280)


def test_a_warm_cell_is_a_guess_with_place_size_and_roll(detector: OnnxDetector) -> None:
    (guess,) = detector.find(picture((10, 20)))
    assert (guess.x, guess.y) == pytest.approx((20.75 * 16, 10.25 * 16))
    assert guess.spread == pytest.approx(32.0, rel=1e-4)
    assert guess.roll_deg == pytest.approx(30.0, abs=0.01)
    assert detector.find(picture()) == []


def test_guesses_are_in_pixels_of_the_picture_given(detector: OnnxDetector) -> None:
    larger = np.kron(picture((10, 20)), np.ones((2, 2), np.uint8))
    (guess,) = detector.find(larger)
    assert (guess.x, guess.y) == pytest.approx((20.75 * 32, 10.25 * 32))
    assert guess.spread == pytest.approx(64.0, rel=1e-4)


def test_large_faces_are_sought_in_a_small_picture(detector: OnnxDetector) -> None:
    large = np.kron(picture((4, 6), rows=12, columns=20), np.ones((2, 2), np.uint8))
    (guess,) = detector.find(large, least_spread=4 * FINEST_SPREAD)
    assert (guess.x, guess.y) == pytest.approx((6.75 * 32, 4.25 * 32))
    assert guess.spread == pytest.approx(64.0, rel=1e-4)


def test_faces_too_small_to_be_read_are_left_out(detector: OnnxDetector) -> None:
    scale = FINEST_SPREAD / SMALLEST_SPREAD
    side = round(96 / scale)
    grey = np.full((side, side), 255, np.uint8)
    assert detector.find(grey)
    assert all(guess.spread >= SMALLEST_SPREAD for guess in detector.find(grey))


@pytest.mark.parametrize("shape", [(100, 75), (33, 641), (8, 8), (1, 1), (720, 31)])
def test_any_shape_is_taken(detector: OnnxDetector, shape: tuple[int, int]) -> None:
    assert detector.find(np.full(shape, 40, np.uint8)) == []


def test_what_lies_beyond_the_border_is_no_guess(detector: OnnxDetector) -> None:
    grey = picture(rows=41, columns=80)
    grey[640:] = 255
    guesses = detector.find(grey)
    assert guesses
    assert all(guess.y <= 656 + 16 for guess in guesses)


def test_neighbours_are_one_face_and_the_surest_comes_first(detector: OnnxDetector) -> None:
    guesses = detector.find(picture((10, 20), (4, 4), (10, 21), (11, 20)))
    assert [(round(g.x / 16 - 0.75), round(g.y / 16 - 0.25)) for g in guesses] == [
        (20, 10), (4, 4),
    ]  # fmt: skip


def test_there_is_an_end_to_guesses(detector: OnnxDetector) -> None:
    cells = [(row, column) for row in range(1, 24, 4) for column in range(1, 40, 5)]
    assert len(detector.find(picture(*cells))) == MOST_GUESSES < len(cells)


def refused(folder: Path, kind: type[ModelError], *changes: dict[str, Any]) -> str:
    """What is said of a detector whose entry was changed."""
    face = write_models(folder)
    found_by = write_detector(folder)
    for change in changes:
        found_by = {**found_by, **change}
    write_manifest(folder, face, found_by)
    with pytest.raises(kind, match="detector") as caught:
        load_face_reader(folder, threads=1)
    return str(caught.value)


RECIPE = {"colour": "grey", "mean": 0.5, "std": 0.25, "stride": 8, "multiple": 32}


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": {**RECIPE, "colour": "rgb"}},
        {"recipe": {k: v for k, v in RECIPE.items() if k != "stride"}},
        {"recipe": {**RECIPE, "stride": 16}},
        {"labels": {"place": ["dx", "dy"]}},
        {"self_test": {"input_formula": "another", "expected": {"heat": []}}},
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    assert refused(tmp_path, RecipeMismatch, change)


def test_a_graph_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    face = write_models(tmp_path)
    write_manifest(tmp_path, face, write_detector(tmp_path, ("heat", "elsewhere")))
    with pytest.raises(RecipeMismatch, match="place"):
        load_face_reader(tmp_path, threads=1)


def test_a_failed_self_test_is_refused(tmp_path: Path) -> None:
    test = write_detector(tmp_path)["self_test"]
    test["expected"]["place"][1][2][3] += 0.01
    assert "place" in refused(tmp_path, WeightsCorrupt, {"self_test": test})


def test_a_missing_detector_is_named(tmp_path: Path) -> None:
    write_manifest(tmp_path, write_models(tmp_path))
    with pytest.raises(WeightsMissing, match="'detector'"):
        load_face_reader(tmp_path, threads=1)


def test_one_changed_bit_is_refused(tmp_path: Path) -> None:
    write_models(tmp_path)
    path = tmp_path / "detector-8.8.8" / "graph.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = hashlib.sha256(bytes(data)).hexdigest()[:12]
    with pytest.raises(WeightsCorrupt, match=f"detector-8.8.8/graph.onnx .*{found}"):
        load_face_reader(tmp_path, threads=1)
