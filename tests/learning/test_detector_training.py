"""Made-up pictures: what is pasted where, what the network should say, one real tiny training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emocare.learning import (
    detector_network,
    detector_pictures,
    pasting,
    train_detector,
    training,
)
from emocare.learning.augment import Example
from emocare.learning.batches import Batch
from emocare.learning.detector_maps import target_maps
from emocare.learning.detector_pictures import SIDE, Sources
from emocare.learning.detector_recipe import PLACE, STRIDE
from emocare.learning.face_sets import FaceSet
from emocare.learning.pasting import Piece, Place
from tests.learning.schematic import face_points


@pytest.fixture
def sources(face: Example) -> Sources:
    """Three copies of a bright schematic face, and two dark scenes."""
    faces = FaceSet([np.full((128, 128), 220, np.uint8)] * 3, np.stack([face.to_picture] * 3))
    faces.landmarks[:] = face_points()
    rng = np.random.default_rng(0)
    scenes = [rng.integers(0, 60, (150, 200)).astype(np.uint8) for _ in range(2)]
    return Sources([faces], [1.0], scenes)


def noise() -> np.ndarray:
    return np.zeros((4 * SIDE, 4 * SIDE), np.int8)


def test_a_face_is_pasted_where_its_place_says(face: Example) -> None:
    spot = face.picture.copy()
    spot[:] = 0
    middle = face_points()[:68].mean(axis=0) * 128
    x, y = np.round(middle).astype(int)
    spot[y - 3 : y + 3, x - 3 : x + 3] = 255
    piece = Piece(spot, face.to_picture, face_points())
    place = Place(90.0, 70.0, 30.0, 25.0)
    forward = pasting.affine(piece, place, mirror=False)
    pasted = pasting.warp(spot, forward, (SIDE, SIDE), 0).astype(float)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    centre = [(columns * pasted).sum() / pasted.sum(), (rows * pasted).sum() / pasted.sum()]
    assert np.hypot(centre[0] - 90, centre[1] - 70) < 0.12 * place.side
    corners = forward[:, :2] @ np.array([[0, 128], [0, 0]]) + forward[:, 2:]
    turn = np.degrees(np.arctan2(*(corners[::-1, 1] - corners[::-1, 0])))
    assert turn == pytest.approx(25.0)


def test_blending_keeps_to_the_mask() -> None:
    back, layer = np.full((9, 9), 10, np.uint8), np.full((9, 9), 210, np.uint8)
    mask = np.zeros((9, 9), np.uint8)
    mask[2:5, 2:5], mask[7, 7] = 255, 128
    mixed = pasting.blend(back, layer, mask)
    assert (mixed[2:5, 2:5] == 210).all()
    assert mixed[7, 7] == pytest.approx(110, abs=1)
    assert mixed.sum() == 9 * 210 + int(mixed[7, 7]) + 71 * 10


def test_the_maps_say_where_a_face_is() -> None:
    place = Place(100.0, 61.0, 20.0, 30.0)
    maps = target_maps([place], SIDE, SIDE)
    assert maps.shape == (1 + len(PLACE), SIDE // STRIDE, SIDE // STRIDE)
    row, column = np.unravel_index(maps[0].argmax(), maps[0].shape)
    assert (row, column) == (7, 12)
    assert maps[0, row, column] == 1.0
    assert (maps[0] == 1.0).sum() == 1
    dx, dy, size, sine, cosine = maps[1:, row, column]
    assert (STRIDE * (column + 0.5 + dx), STRIDE * (row + 0.5 + dy)) == pytest.approx((100, 61))
    assert STRIDE * np.exp(size) == pytest.approx(20.0)
    assert np.degrees(np.arctan2(sine, cosine)) == pytest.approx(30.0)
    assert maps[0, row, column + 1] > maps[0, row, column + 3]
    assert target_maps([], SIDE, SIDE).max() == 0.0


def test_drawn_pictures_hold_their_faces(sources: Sources) -> None:
    rng = np.random.default_rng(4)
    drawn = [detector_pictures.draw_picture(sources, rng, noise()) for _ in range(60)]
    assert all(one.picture.shape == (SIDE, SIDE) for one in drawn)
    assert all(one.picture.dtype == np.uint8 for one in drawn)
    counts = [len(one.places) for one in drawn]
    assert min(counts) == 0 and max(counts) >= 2
    for one in drawn:
        for place in one.places:
            assert -2 <= place.x <= SIDE + 2 and -2 <= place.y <= SIDE + 40
            assert detector_pictures.SMALLEST <= place.side <= 1.3 * SIDE


def test_places_that_fooled_the_network_are_drawn_again(sources: Sources) -> None:
    hard = np.array([[1, 100.0, 75.0, 6.0]], np.float32)
    sources.scenes[1][70:80, 95:105] = 255
    rng = np.random.default_rng(0)
    shown = [detector_pictures.draw_background(sources, rng, hard).max() > 200 for _ in range(80)]
    assert sum(shown) > 10


def test_the_loss_falls_as_the_maps_come_nearer() -> None:
    target = torch.from_numpy(target_maps([Place(100.0, 61.0, 20.0, 30.0)], SIDE, SIDE)[None])
    near, far = target.clone(), target.clone()
    near[:, 0], far[:, 0] = torch.logit(target[:, 0].clamp(0.001, 0.999)), -3.0
    far[:, 1:] += 0.5
    good, poor = detector_network.losses(near, target), detector_network.losses(far, target)
    assert good["heat"] < 0.3 * poor["heat"]
    assert good["place"] == 0.0
    assert poor["place"] > 0.5


def test_only_the_warmest_of_neighbouring_cells_is_left() -> None:
    network = detector_network.DetectorNetwork().eval()
    image = torch.randn(1, 1, 96, 160)
    with torch.inference_mode():
        raw, out = network.raw(image), network(image)
    assert out["heat"].shape == (1, 1, 12, 20)
    assert out["place"].shape == (1, 5, 12, 20)
    kept = out["heat"][0, 0] > 0
    assert 0 < kept.sum() < kept.numel() / 3
    assert torch.sigmoid(raw[:, :1]).max() == out["heat"].max()


def test_a_checkpoint_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 1, SIDE, SIDE)).astype(np.uint8)
    maps = target_maps([Place(90.0, 90.0, 25.0, 0.0)], SIDE, SIDE)
    batch = Batch(pictures, np.stack([maps, maps]))
    plan = training.Plan(epochs=2, minutes=None)
    first = training.Trainer(detector_network.DetectorNetwork, plan, 2)
    parts = first.step(lambda network: train_detector.loss(network, batch), 0.5)
    assert set(parts) == {"heat", "place"}
    first.epoch, first.seconds = 1, 12.5
    first.save(tmp_path / "detector.pt")
    second = training.Trainer(detector_network.DetectorNetwork, plan, 2)
    second.load(tmp_path / "detector.pt")
    assert (second.epoch, second.step_count, second.seconds) == (1, 1, 12.5)
    theirs = first.network.state_dict()
    for key, value in second.network.state_dict().items():
        assert torch.equal(value, theirs[key]), key


def test_mined_places_are_in_pixels_of_their_scene() -> None:
    network = detector_network.DetectorNetwork().eval()
    with torch.no_grad():
        network.head.weight.zero_()
        network.head.bias[:] = torch.tensor([4.0, 0.25, -0.25, float(np.log(2.0)), 0.0, 1.0])
    found = train_detector.mine(network, [np.zeros((40, 70), np.uint8)])
    assert found.shape[1] == 4
    assert found[0] == pytest.approx([0, 6.0, 2.0, 16.0], abs=0.2)
    network.head.bias.data[0] = -9.0
    assert len(train_detector.mine(network, [np.zeros((40, 70), np.uint8)])) == 0


def test_the_training_draws_from_every_collection(data: Path) -> None:
    sources = train_detector.load_sources(data, 12)
    assert len(sources.faces) == len(sources.shares) == 3
    assert sum(sources.shares) == pytest.approx(1.0)
    assert all(np.isfinite(faces.landmarks[:, 0]).all() for faces in sources.faces[:2])
    assert len(sources.scenes) == 12
    batch = next(train_detector.make_batches(sources, 1, None, 1))
    assert batch.pictures.shape == (train_detector.BATCH, 1, SIDE, SIDE)
    assert batch.targets[:, 0].max() == 1.0
