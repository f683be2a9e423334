from __future__ import annotations

import cv2
import numpy as np
import pytest

from emocare.domain.errors import RecipeMismatch
from emocare.learning import framing as training
from emocare.vision.framing import CropRecipe, Framing, Guess
from emocare.vision.plausible import agree, face_box, is_a_face, same_face
from tests.vision.scripted import FACE, RECIPE, Disc

GREY = cv2.GaussianBlur(
    np.random.default_rng(3).integers(0, 255, (240, 320), dtype=np.uint8), (0, 0), 3
)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    a = np.radians(degrees)
    return points @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]).T


def test_roll_is_positive_clockwise_in_the_image() -> None:
    framing = RECIPE.from_landmarks(turned(FACE, 20.0) * 50 + [100, 120])
    assert framing.roll_deg == pytest.approx(20.0)
    assert framing.side == pytest.approx(3.2 * 50)
    up = np.array([np.sin(np.radians(20)), -np.cos(np.radians(20))])
    assert [framing.x, framing.y] == pytest.approx(np.array([100, 120]) + 15 * up)


def test_a_guess_is_framed_like_the_landmarks_it_stands_for() -> None:
    known = RECIPE.from_landmarks(turned(FACE, -12.0) * 30 + [90, 80])
    guess = RECIPE.from_guess(Guess(90, 80, 30, -12.0))
    assert guess.shift_from(known) < 1e-6
    assert guess.turn_from(known) == pytest.approx(0, abs=1e-6)
    assert guess.side == pytest.approx(known.side)


def test_points_go_to_the_crop_and_back() -> None:
    framing = Framing(100, 90, 60, 33.0)
    points = np.random.default_rng(0).uniform(0, 200, (70, 2))
    assert framing.to_picture(framing.to_crop(points)) == pytest.approx(points, abs=1e-3)
    assert framing.to_crop(np.array([[100.0, 90.0]])) == pytest.approx(np.array([[0.5, 0.5]]))


def test_an_unturned_square_of_equal_size_is_the_picture_itself() -> None:
    crop = Framing(100, 90, 64, 0.0).cut(GREY, 64)
    assert np.array_equal(crop, GREY[58:122, 68:132])


def test_outside_the_picture_its_edge_is_repeated() -> None:
    crop = Framing(0, 0, 64, 0.0).cut(GREY, 64)
    assert (crop[:32, :32] == GREY[0, 0]).all()


@pytest.mark.parametrize(
    ("x", "y", "side", "roll"),
    [(160, 120, 80, 0), (150, 110, 120, 25), (140, 130, 200, -40), (40, 200, 190, 10),
     (160, 120, 45, 5)],
)  # fmt: skip
def test_the_app_cuts_as_the_training_did(x: float, y: float, side: float, roll: float) -> None:
    ours = Framing(x, y, side, roll).cut(GREY, 80)
    theirs = training.cut(GREY, training.Framing(x, y, side, roll).matrix(), 80)
    assert np.abs(ours.astype(int) - theirs).mean() < 1.0


def test_the_app_frames_as_the_training_did() -> None:
    from emocare.learning.recipe import crop_recipe

    recipe = CropRecipe.parse({"crop": crop_recipe()})
    points = turned(FACE, 14.0) * 37 + [111, 95]
    ours, theirs = recipe.from_landmarks(points), training.frame_landmarks(points)
    assert (ours.x, ours.y, ours.side, ours.roll_deg) == pytest.approx(
        (theirs.centre_x, theirs.centre_y, theirs.side, theirs.roll_deg)
    )


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"crop": {"border": "replicate", "interpolation": "linear", "side_per_spread": 3}},
        {"crop": {"border": "zero", "interpolation": "linear", "side_per_spread": 3,
                  "centre_up_in_spreads": 0.3}},
    ],
)  # fmt: skip
def test_an_unknown_crop_is_refused(recipe: dict[str, object]) -> None:
    with pytest.raises(RecipeMismatch):
        CropRecipe.parse(recipe)


def test_the_plain_face_is_plausible_and_its_distortions_are_not() -> None:
    level = FACE * 0.25 + 0.5
    assert is_a_face(level)
    assert is_a_face(turned(FACE, 30.0) * 0.25 + 0.5)
    assert not is_a_face(FACE * [1, -1] * 0.25 + 0.5)
    assert not is_a_face(FACE * [-1, 1] * 0.25 + 0.5)
    assert not is_a_face(FACE * 0.03 + 0.5)
    assert not is_a_face(FACE * 0.25 + 1.2)
    assert not is_a_face(np.full((70, 2), np.nan))


def test_agreement_looks_at_place_size_and_turn() -> None:
    one = Framing(100, 100, 50, 175.0)
    limits = {"shift": 0.2, "scale": 1.25, "turn_deg": 15.0}
    assert agree(Framing(108, 100, 60, -175.0), one, **limits)
    assert not agree(Framing(112, 100, 50, 175.0), one, **limits)
    assert not agree(Framing(100, 100, 65, 175.0), one, **limits)
    assert not agree(Framing(100, 100, 38, 175.0), one, **limits)
    assert not agree(Framing(100, 100, 50, 150.0), one, **limits)


def test_the_face_box_reaches_from_brow_to_chin_and_cheek_to_cheek() -> None:
    points = Disc(200, 150, 40).landmarks_px
    box = face_box(points)
    assert box.y1 == pytest.approx(points[17:27, 1].min())
    assert box.y2 == pytest.approx(points[8, 1])
    assert (box.x1, box.x2) == pytest.approx((points[0, 0], points[16, 0]))


def test_boxes_of_one_face() -> None:
    face = face_box(Disc(200, 150, 40).landmarks_px)
    assert same_face(face, face_box(Disc(210, 155, 44).landmarks_px))
    assert same_face(face, face_box(Disc(200, 170, 12).landmarks_px))
    assert not same_face(face, face_box(Disc(280, 150, 40).landmarks_px))


@pytest.mark.parametrize("side", [200.0, 333.3, 900.0])
@pytest.mark.parametrize("roll_deg", [0.0, 25.0, -80.0])
@pytest.mark.parametrize("place", [(0.5, 0.5), (0.0, 1.0), (1.2, 0.1)])
def test_shrinking_a_part_gives_what_shrinking_the_whole_gives(
    side: float, roll_deg: float, place: tuple[float, float]
) -> None:
    """Every pixel within one level of OpenCV's area averaging of the whole neighbourhood."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 256, (48, 64), np.uint8)
    grey = np.asarray(cv2.resize(coarse, (641, 477), interpolation=cv2.INTER_CUBIC))
    square = Framing(place[0] * 641, place[1] * 477, side, roll_deg)
    cut = square.cut(grey, 80).astype(int)
    around, to_picture = square._around(grey, square.matrix())
    height, width = around.shape
    small = (max(1, round(width * 80 / side)), max(1, round(height * 80 / side)))
    whole = cv2.resize(around, small, interpolation=cv2.INTER_AREA)
    pixels = np.diag([small[0] / width, small[1] / height]) @ to_picture
    pixels[:, :2] /= 80
    pixels[:, 2] += pixels[:, :2] @ np.array([0.5, 0.5]) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(whole, pixels, (80, 80), flags=flags,
                              borderMode=cv2.BORDER_REPLICATE).astype(int)  # fmt: skip
    assert np.abs(cut - expected).max() <= 1
    assert (cut != expected).mean() < 0.005
    assert expected.std() > 5
