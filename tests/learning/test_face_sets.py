"""What is known of which picture: splits, masks, soft labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emocare.learning import face_sets, measures


def test_the_majority_protocol_on_hand_made_votes() -> None:
    votes = np.array(
        [
            [6, 1, 1, 1, 1, 0, 0, 0, 0, 0],
            [5, 5, 0, 0, 0, 0, 0, 0, 0, 0],
            [4, 3, 1, 1, 1, 0, 0, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0, 6, 4],
            [0, 0, 0, 0, 0, 0, 2, 1, 1, 1],
        ]
    )
    assert face_sets.majority_labels(votes).tolist() == [0, -1, 0, -1, 6]


def test_soft_labels_sum_to_one_or_are_unknown() -> None:
    votes = np.array([[6, 4, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 2, 8]])
    soft = face_sets.soft_labels(votes, np.full((2, 8), 0.125), 0.4)
    assert soft[0].sum() == pytest.approx(1.0)
    assert soft[0, 0] == pytest.approx(face_sets.VOTES_WEIGHT * 0.6 + 0.6 * 0.125, abs=1e-6)
    assert np.isnan(soft[1]).all()


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Aaron_Eckhart_0001.jpg", "Aaron_Eckhart"),
        ("facial-expressions_2868582k.jpg", "facial-expressions_2868582k"),
    ],
)
def test_a_person_is_the_name_without_its_number(name: str, person: str) -> None:
    assert face_sets.person(name) == person


def test_hash_splits_are_eight_to_one_to_one() -> None:
    splits = np.array([face_sets.hash_split(str(k)) for k in range(3000)])
    shares = np.bincount(splits) / 3000
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.02)
    assert face_sets.hash_split("0") == face_sets.hash_split("0")


@pytest.mark.parametrize("split", [face_sets.VALIDATION, face_sets.TEST])
def test_held_out_ferplus_gives_labels_and_no_measures(data: Path, split: int) -> None:
    faces = face_sets.load_ferplus(data, split, 400)
    labelled = np.isfinite(faces.expressions[:, 0])
    assert 0.7 < labelled.mean() < 1.0
    assert set(np.unique(faces.expressions[labelled])) == {0.0, 1.0}
    for name in ("landmarks", "action_units", "gaze_down", "eye_openness", "presence"):
        assert np.isnan(getattr(faces, name)).all(), name


def test_training_ferplus_knows_measures_where_the_teacher_saw_a_face(data: Path) -> None:
    faces = face_sets.load_ferplus(data, face_sets.TRAIN, 400)
    seen = np.isfinite(faces.landmarks[:, 0, 0])
    assert 0.8 < seen.mean() < 1.0
    assert (np.isfinite(faces.action_units[:, 0]) == seen).all()
    assert np.isnan(faces.rotation).all(), "nobody measured the pose of these"
    soft = faces.expressions[np.isfinite(faces.expressions[:, 0])]
    assert soft.sum(axis=1) == pytest.approx(1.0, abs=1e-4)


def test_head_crops_are_framed_level_and_in_true_aspect(data: Path) -> None:
    faces = face_sets.load_faces(data, face_sets.TEST, 60)
    eyes = faces.landmarks[:, 42:48].mean(axis=1) - faces.landmarks[:, 36:42].mean(axis=1)
    assert eyes[:, 1] == pytest.approx(np.zeros(len(faces)), abs=1e-3)
    assert measures.eye_openness(faces.landmarks) == pytest.approx(faces.eye_openness, abs=1e-4)
    assert np.abs(measures.angles(faces.rotation)[:, 2]).mean() < 3.0
    assert np.isnan(faces.expressions).all(), "no soft label of held-out people"
    assert (faces.presence == 1).all()


def test_people_of_different_splits_do_not_meet(data: Path) -> None:
    names = face_sets.archive(data, "faces.npz")["names"]
    people: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
    for name in names:
        who = face_sets.person(str(name))
        people[face_sets.hash_split(who)].add(who)
    assert not people[0] & people[2]
    assert not people[0] & people[1]


def test_masked_faces_know_presence_and_the_covered_mouth_only(data: Path) -> None:
    faces = face_sets.load_masked(data, face_sets.TEST, 20)
    assert (faces.presence == 1).all()
    assert (faces.occlusion[:, 0] == 1).all()
    assert np.isnan(faces.occlusion[:, 1]).all()
    assert np.isnan(faces.expressions).all()
    assert np.isnan(faces.landmarks).all()
