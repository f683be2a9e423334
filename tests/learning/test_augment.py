"""Augmentation moves everything known of a face along with its picture."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning import augment, framing, measures
from emocare.learning.augment import Example
from emocare.learning.recipe import ACTION_UNITS, SIZE
from tests.learning.schematic import copy_example, face_points

NOISE = np.zeros((4 * SIZE, 4 * SIZE), np.int8)


def test_a_mirror_twice_changes_nothing(face: Example) -> None:
    before = face.targets()
    picture = framing.cut(face.picture, face.to_picture, SIZE)
    augment.move(face, mirror=True)
    assert face.eye_openness == pytest.approx([0.25, 0.3])
    mirrored = framing.cut(face.picture, face.to_picture, SIZE)
    assert np.abs(mirrored[:, ::-1].astype(int) - picture).max() <= 2
    augment.move(face, mirror=True)
    assert face.targets() == pytest.approx(before, abs=1e-6, nan_ok=True)


def test_a_mirrored_symmetric_face_keeps_its_landmarks(face: Example) -> None:
    augment.move(face, mirror=True)
    assert face.landmarks[:60] == pytest.approx(face_points()[:60])


def test_turning_the_crop_changes_roll_and_landmarks_alike(face: Example) -> None:
    augment.move(face, turn_deg=20.0)
    assert measures.angles(face.rotation) == pytest.approx([0, 0, 20.0], abs=1e-9)
    eyes = face.landmarks[42:48].mean(axis=0) - face.landmarks[36:42].mean(axis=0)
    assert np.degrees(np.arctan2(eyes[1], eyes[0])) == pytest.approx(20.0)


def test_turning_a_turned_head_changes_yaw_too(face: Example) -> None:
    a = np.radians(30)
    face.rotation = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    augment.move(face, turn_deg=90.0)
    yaw, pitch, _ = measures.angles(face.rotation)
    assert [yaw, pitch] == pytest.approx([0.0, -30.0], abs=1e-6)


def test_picture_and_landmarks_move_together(face: Example) -> None:
    pixels = face.landmarks[30] * 128
    face.picture[:] = 0
    x, y = np.round(pixels).astype(int)
    face.picture[y - 2 : y + 2, x - 2 : x + 2] = 255
    augment.move(face, mirror=True, turn_deg=-17.0, zoom=1.2, shift=(0.1, -0.05))
    crop = framing.cut(face.picture, face.to_picture, SIZE).astype(float)
    seen = np.array([(crop * axis).sum() for axis in np.mgrid[0:SIZE, 0:SIZE]])[::-1] / crop.sum()
    assert (seen + 0.5) / SIZE == pytest.approx(face.landmarks[30], abs=0.01)


@pytest.mark.parametrize("closure", [0.3, 0.6, 1.0])
def test_closing_the_eyes_lowers_the_lids_and_raises_the_blink(
    face: Example, closure: float
) -> None:
    before = measures.eye_openness(face.landmarks)
    picture = face.picture.copy()
    augment.close_eyes(face, (closure, closure))
    assert face.eye_openness == pytest.approx(before * (1 - closure), abs=1e-6)
    assert face.landmarks[[40, 41, 46, 47]] == pytest.approx(face_points()[[40, 41, 46, 47]])
    assert (face.picture != picture).any(), "the picture itself must change"
    assert (face.picture[70:] == picture[70:]).all(), "nothing below the eyes may change"
    blink = face.action_units[ACTION_UNITS.index("au45")]
    assert blink >= 0.1
    if closure == 1.0:
        assert blink == pytest.approx(0.9)
        assert np.isnan(face.expressions).all()


def test_a_cover_makes_what_it_hides_unknown(face: Example) -> None:
    crop = framing.cut(face.picture, face.to_picture, SIZE)
    for seed in range(12):
        example = copy_example(face)
        covered = augment.draw_cover(example, crop, np.random.default_rng(seed))
        assert (covered != crop).any()
        assert example.occlusion.sum() == 1
        assert np.isnan(example.expressions).all()
        hidden = "au12" if example.occlusion[0] else "au45"
        assert np.isnan(example.action_units[ACTION_UNITS.index(hidden)])
        assert np.isnan(example.eye_openness).all() == bool(example.occlusion[1])


def test_an_off_face_crop_knows_only_that_there_is_no_face(face: Example) -> None:
    crop, targets = augment.draw(face, np.random.default_rng(1), NOISE, off_face=True)
    assert crop.shape == (SIZE, SIZE)
    assert crop.dtype == np.uint8
    assert targets[0] == 0
    assert np.isnan(targets[1:-1]).all()


def test_the_same_seed_draws_the_same_example(face: Example) -> None:
    first = copy_example(face)
    a = augment.draw(face, np.random.default_rng(5), NOISE, closing=0.5)
    b = augment.draw(first, np.random.default_rng(5), NOISE, closing=0.5)
    assert (a[0] == b[0]).all()
    assert a[1] == pytest.approx(b[1], nan_ok=True)
