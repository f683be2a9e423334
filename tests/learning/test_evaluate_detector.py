"""The measuring itself, on scripted detectors that are right, wrong or blind."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.learning import detector_cases, detector_peers, evaluate_detector
from emocare.learning.augment import Example
from emocare.learning.detector_cases import Case, Cast, KnownFace
from emocare.learning.detector_peers import Conversion, ious
from emocare.learning.evaluate_detector import Method
from emocare.learning.face_sets import FaceSet
from tests.learning.schematic import face_points


def case(*boxes: tuple[float, float, float, float], roll: float = 0.0) -> Case:
    faces = [KnownFace(np.array(box), roll, 5.0, "none", k) for k, box in enumerate(boxes)]
    return Case(np.zeros((480, 640), np.uint8), faces)


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    assert ious(boxes, boxes[0]) == pytest.approx([1.0, 1 / 3, 0.0])
    assert ious(np.zeros((0, 4)), boxes[0]).shape == (0,)


def test_a_conversion_is_learned_from_known_faces() -> None:
    truth = (100.0, 120.0, 180.0, 220.0)
    own = np.array([[90.0, 70.0, 190.0, 230.0]])
    conversion = detector_peers.learned(lambda _: own, [case(truth)] * 3)
    assert conversion.apply(own)[0] == pytest.approx(truth)
    assert conversion.apply(2 * own)[0] == pytest.approx(2 * np.array(truth))
    assert detector_peers.learned(lambda _: np.zeros((0, 4)), [case(truth)]) == Conversion()


def test_recall_counts_faces_that_overlap_by_half() -> None:
    near, off, tiny = (100.0, 100, 200, 200), (400.0, 100, 500, 200), (10.0, 10, 40, 40)
    cases = [case(near, off), case(near, roll=20.0), case(tiny)]
    answers = np.array([[110.0, 100, 210, 200], [300, 300, 350, 350]])
    methods = [
        Method("scripted", lambda _: answers, Conversion()),
        Method("blind", lambda _: np.zeros((0, 4)), Conversion()),
    ]
    figures = evaluate_detector.recall_figures(methods, cases)
    assert figures["n"] == 3
    ours = figures["scripted"]
    assert ours["recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert ours["recall"]["missed"] == 1
    assert 0.0 <= ours["recall"]["low"] < ours["recall"]["value"] <= ours["recall"]["high"] <= 1.0
    assert ours["boxes_off_any_face"] == 4
    assert ours["by"]["roll_deg"]["15-30"] == {
        "value": 1.0, "low": 1.0, "high": 1.0, "n": 1, "missed": 0,
    }  # fmt: skip
    assert ours["by"]["cover"]["mask"] == {"n": 0}
    assert figures["blind"]["recall"]["value"] == 0.0
    assert figures["blind"]["mean_overlap_of_found"] is None


def test_false_faces_are_counted_per_picture() -> None:
    pictures = [np.full((9, 9), value, np.uint8) for value in (0, 0, 200, 0)]
    method = Method("bright", lambda p: np.ones((2 * int(p.mean() > 99), 4)), Conversion())
    figures = evaluate_detector.counted([method], pictures)["bright"]
    assert (figures["faces"], figures["per_picture"]) == (2, 0.5)
    assert figures["pictures_with_any"]["value"] == 0.25


def test_made_pictures_are_the_same_every_time(face: Example) -> None:
    faces = FaceSet([face.picture], face.to_picture[None])
    faces.landmarks[:], faces.rotation[:] = face_points(), np.eye(3)
    masked = FaceSet([face.picture], face.to_picture[None])
    cast = Cast(faces, masked, [np.zeros((200, 200), np.uint8)])
    once, again = (detector_cases.make_cases(cast, 50, 3) for _ in range(2))
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(once, again, strict=True))
    known = [one for made in once for one in made.faces]
    assert {one.cover for one in known} == {"none", "drawn", "mask"}
    assert max(abs(one.roll_deg) for one in known) > 20
    for made in once:
        assert made.picture.shape == (480, 640)
        for one in made.faces:
            x1, y1, x2, y2 = one.box.round().astype(int)
            assert 0 <= x1 < x2 <= 640 and 0 <= y1 < y2 <= 480
            assert made.picture[y1:y2, x1:x2].mean() > 40
    level = detector_cases.make_cases(cast, 5, 3, level=True)
    assert {one.roll_deg for made in level for one in made.faces} == {0.0}
