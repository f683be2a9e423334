from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from emocare.domain.faces import PictureReading, ReadHint
from emocare.domain.frames import Box
from emocare.vision.framing import Guess
from tests.vision.scripted import Disc, frame, reader

ONE = Disc(300, 180, 40)
OTHER = Disc(520, 170, 30)
FOLLOW = ReadHint(ONE.landmarks_px, detect=False)


def at(reading: PictureReading, disc: Disc, within: float = 3.0) -> bool:
    assert reading.face is not None
    return bool(np.abs(reading.face.landmarks_px - disc.landmarks_px).mean() < within)


def test_an_empty_picture_has_no_face() -> None:
    ours, _, detector = reader()
    reading = ours.read(frame(back=100), ReadHint())
    assert (reading.face, reading.followed, reading.detected) == (None, False, True)
    assert (reading.n_faces, reading.second_face_ratio) == (0, 0.0)
    assert reading.frame_brightness == pytest.approx(100)
    assert len(detector.searched) == 2


def test_a_guess_becomes_a_face_with_its_landmarks() -> None:
    ours, _, _ = reader(ONE.guess())
    reading = ours.read(frame(ONE), ReadHint())
    assert at(reading, ONE, 1.5)
    face = reading.face
    assert face is not None
    assert not reading.followed
    assert (reading.n_faces, reading.second_face_ratio) == (1, 0.0)
    box = Box(*ONE.landmarks_px[:68].min(axis=0), *ONE.landmarks_px[:68].max(axis=0))
    assert face.box_px.iou(box) > 0.9
    assert face.confidence == pytest.approx(0.99)
    assert (face.eye_openness_left, face.eye_openness_right) == (0.31, 0.29)
    assert (face.mouth_occluded, face.eyes_occluded, face.gaze_down) == (0.05, 0.04, 0.1)
    assert (face.gaze_up, face.gaze_side) == (0.2, -0.3)
    assert face.mouth_openness >= 0
    assert 0 < face.landmark_error < 0.1


@pytest.mark.parametrize("order", [(ONE, OTHER), (OTHER, ONE)])
def test_without_a_hint_the_largest_is_read(order: tuple[Disc, Disc]) -> None:
    ours, _, _ = reader(*(d.guess() for d in order))
    reading = ours.read(frame(ONE, OTHER), ReadHint())
    assert at(reading, ONE)
    assert reading.n_faces == 2
    assert reading.second_face_ratio == pytest.approx((30 / 40) ** 2, abs=0.06)


def test_a_followed_face_needs_no_search() -> None:
    ours, network, detector = reader(ONE.guess())
    reading = ours.read(frame(ONE), FOLLOW)
    assert at(reading, ONE)
    assert (reading.followed, reading.detected) == (True, False)
    assert (reading.n_faces, reading.second_face_ratio) == (None, None)
    assert detector.searched == []
    assert network.calls == [1]


def test_a_second_look_only_after_a_large_movement() -> None:
    near, far = Disc(303, 181, 40.5), Disc(325, 195, 46)
    ours, network, _ = reader()
    assert at(ours.read(frame(near), FOLLOW), near)
    assert network.calls == [1]
    reading = ours.read(frame(far), FOLLOW)
    assert at(reading, far, 1.5)
    assert reading.followed
    assert network.calls == [1, 1, 1]


def test_a_face_that_stands_still_does_not_wander() -> None:
    ours, _, _ = reader()
    still, landmarks = frame(ONE), ONE.landmarks_px
    for _ in range(60):
        face = ours.read(still, ReadHint(landmarks, detect=False)).face
        assert face is not None
        landmarks = face.landmarks_px
    assert np.abs(landmarks - ONE.landmarks_px).mean() < 1.5


def test_a_lost_face_is_searched_even_when_not_asked() -> None:
    moved = Disc(330, 260, 40)
    ours, _, detector = reader(moved.guess())
    reading = ours.read(frame(moved), FOLLOW)
    assert detector.searched
    assert reading.detected
    assert at(reading, moved)


def test_another_place_is_not_the_followed_face() -> None:
    ours, _, _ = reader(OTHER.guess())
    reading = ours.read(frame(OTHER), FOLLOW)
    assert at(reading, OTHER)
    assert not reading.followed


def test_the_followed_face_is_kept_when_a_larger_one_appears() -> None:
    large = Disc(500, 180, 60)
    ours, _, detector = reader(large.guess(), ONE.guess())
    reading = ours.read(frame(ONE, large), ReadHint(ONE.landmarks_px, detect=True))
    assert at(reading, ONE)
    assert reading.followed
    assert reading.n_faces == 2
    assert reading.second_face_ratio == pytest.approx((60 / 40) ** 2, rel=0.1)
    assert detector.least_spread == pytest.approx(20, rel=0.1)


def test_the_followed_face_counts_once_and_always() -> None:
    hint = ReadHint(ONE.landmarks_px, detect=True)
    shifted = Guess(ONE.x + 8, ONE.y - 6, ONE.spread * 1.2)
    for guesses in ((), (ONE.guess(), shifted)):
        ours, _, detector = reader(*guesses)
        reading = ours.read(frame(ONE), hint)
        assert (reading.n_faces, reading.followed, reading.detected) == (1, True, True)
        assert len(detector.searched) == 1


def test_only_faces_of_the_region_exist() -> None:
    region = Box(420, 60, 640, 300)
    ours, _, detector = reader()
    detector.guesses = [Guess(g.x - 310, g.y, g.spread) for g in (ONE.guess(), OTHER.guess())]
    reading = ours.read(frame(ONE, OTHER), ReadHint(region=region))
    assert at(reading, OTHER)
    assert reading.n_faces == 1
    assert detector.searched[0][0] == (360, 330)
    lost = ours.read(frame(ONE), ReadHint(ONE.landmarks_px, detect=False, region=region))
    assert lost.face is None


@pytest.mark.parametrize(("grey", "found"), [(255, True), (240, False), (230, False)])
def test_a_search_needs_presence_of_point_six(grey: int, found: bool) -> None:
    disc = Disc(300, 180, 40, grey)
    ours, _, _ = reader(disc.guess())
    assert (ours.read(frame(disc), ReadHint()).face is not None) == found


@pytest.mark.parametrize(("grey", "found"), [(255, True), (240, True), (230, False)])
def test_following_needs_a_little_less(grey: int, found: bool) -> None:
    ours, _, _ = reader()
    disc = Disc(300, 180, 40, grey)
    assert (ours.read(frame(disc), FOLLOW).face is not None) == found


def test_what_is_a_face_in_one_crop_only_is_none() -> None:
    ours, network, _ = reader(ONE.guess(), fussy=0.95)
    assert ours.read(frame(ONE, back=100), ReadHint()).face is None
    assert network.calls[:3] == [1, 1, 3]


def test_a_guess_keeps_to_the_region() -> None:
    inside, outside = Disc(150, 180, 62), Disc(480, 180, 62)
    ours, _, _ = reader(inside.guess(), outside.guess())
    picture = frame(inside, outside, back=100)
    reading = ours.read(picture, ReadHint(region=Box(0, 0, 320, 360)))
    assert at(reading, inside)
    assert reading.n_faces == 1


def test_small_faces_are_sought_when_there_is_no_large_one() -> None:
    ours, _, detector = reader()
    ours.read(frame(back=30), ReadHint())
    assert len(detector.searched) == 2
    assert detector.least_spread == 0.0


def test_a_large_jump_in_size_is_no_following() -> None:
    small = Disc(300, 180, 14)
    ours, _, _ = reader(small.guess())
    reading = ours.read(frame(small), FOLLOW)
    assert at(reading, small)
    assert not reading.followed


def test_read_crop_takes_the_picture_as_it_is() -> None:
    disc = Disc(24, 26, 14)
    ours, _, detector = reader()
    picture = frame(disc, width=48, height=48).rgb
    for crop in (picture, np.ascontiguousarray(picture[..., 0])):
        face = ours.read_crop(crop)
        assert face.box_px == Box(0, 0, 48, 48)
        assert np.abs(face.landmarks_px - disc.landmarks_px).mean() < 1.0
        assert (face.yaw_deg, face.pitch_deg) == pytest.approx((10.0, -5.0))
    assert ours.read_crop(np.full((300, 200, 3), 9, np.uint8)).confidence == pytest.approx(0.02)
    assert detector.searched == []


def test_threads_may_share_a_reader() -> None:
    ours, _, _ = reader(ONE.guess(), OTHER.guess())
    picture = frame(ONE, OTHER)
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(lambda _: ours.read(picture, ReadHint()), range(12)))
    faces = [r.face.landmarks_px for r in readings if r.face is not None]
    assert len(faces) == 12
    assert all(np.array_equal(faces[0], other) for other in faces)
    assert {r.n_faces for r in readings} == {2}


def test_it_says_which_network_reads() -> None:
    assert reader()[0].spec.version == "0.0.1"


def test_a_poor_guess_is_looked_at_until_it_fits() -> None:
    ours, network, _ = reader(Guess(ONE.x + 28, ONE.y - 22, 1.5 * ONE.spread))
    assert at(ours.read(frame(ONE), ReadHint()), ONE, 1.5)
    assert network.calls[0] == 1
