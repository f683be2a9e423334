"""Heads fitted on the finished trunk in closed form: gaze up and aside, trust in each landmark.

Ridge regression on the trunk's features of training people under the same chance as in the
training. Nothing of the trunk changes, so nothing that it reads can get worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from emocare.learning import augment, face_sets, framing
from emocare.learning.batches import noise_bank
from emocare.learning.face_network import FaceNetwork
from emocare.learning.recipe import SIZE
from emocare.learning.training import normalise

Floats = NDArray[np.floating]
VIEWS = 3
"""Crops of every training face, each under its own chance."""
RIDGE = 1e-2
"""Weight of the penalty, per row and unit variance of a feature."""
LEAST_ERROR = 1e-3
"""A thousandth of the crop: landmarks are not known better than that."""


@dataclass(frozen=True, slots=True)
class Views:
    """Features and truth of N crops.

    Attributes:
        place: (N, 192) features of the places.
        both: (N, 384) features of places and looks.
        gaze: (N, 2) up 0..1 and aside -1..1 by the teacher.
        error: (N, 70) distance of every landmark from the teacher's, fraction of the crop.
    """

    place: Floats
    both: Floats
    gaze: Floats
    error: Floats


def fit(network: FaceNetwork, data: Path, limit: int | None = None) -> None:
    """Fit the further heads in place.

    Gaze is regressed directly. The landmarks' expected error is regressed on its logarithm from
    training people, then scaled per landmark so that its mean is right on the validation people,
    for whom the network errs more.
    """
    seen = views(network, data, face_sets.TRAIN, VIEWS, limit)
    set_linear(network.gaze, *ridge(seen.both, seen.gaze))
    logs = np.log(np.maximum(seen.error, LEAST_ERROR))
    weight, bias = ridge(seen.place, logs)
    held_out = views(network, data, face_sets.VALIDATION, VIEWS, limit)
    guess = np.exp(held_out.place @ weight.T + bias)
    set_linear(network.log_error, weight, bias + np.log(held_out.error.mean(0) / guess.mean(0)))


def views(
    network: FaceNetwork, data: Path, split: int, count: int, limit: int | None
) -> Views:
    """Crops of all people of one split with their features and truth."""
    faces = face_sets.load_faces(data, split, limit)
    gaze = face_sets.load_gaze(data, split, limit)
    rng = np.random.default_rng(3)
    noise = noise_bank(rng)
    parts = [one_view(network, faces, gaze, rng, noise) for _ in range(count)]
    return Views(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Views.__dataclass_fields__
        }
    )


def one_view(
    network: FaceNetwork,
    faces: face_sets.FaceSet,
    gaze: Floats,
    rng: np.random.Generator,
    noise: NDArray[np.int8],
) -> Views:
    """One crop of every face."""
    crops = np.empty((len(faces), 1, SIZE, SIZE), np.uint8)
    points = np.empty_like(faces.landmarks)
    gaze = gaze.copy()
    for k in range(len(faces)):
        example = augment.Example.of(faces, k)
        if rng.random() < 0.5:
            augment.move(example, mirror=True)
            gaze[k, 1] *= -1.0
        augment.draw_place(example, rng)
        crop = framing.cut(example.picture, example.to_picture, SIZE)
        crops[k, 0] = augment.draw_camera(augment.draw_light(crop, rng), rng, noise, True)
        points[k] = example.landmarks
    place, both, read = features(network, crops)
    error = np.linalg.norm(read - points, axis=2)
    return Views(place, both, gaze, error)


@torch.inference_mode()
def features(network: FaceNetwork, crops: NDArray[np.uint8]) -> tuple[Floats, Floats, Floats]:
    """Features (N, 192), (N, 384) and landmarks (N, 70, 2) of crops (N, 1, S, S)."""
    parts = []
    for start in range(0, len(crops), 256):
        place, both = network.trunk.features(normalise(crops[start : start + 256]))
        landmarks = network.trunk.heads(place, both)["landmarks"]
        parts.append((place.numpy(), both.numpy(), landmarks.numpy()))
    place, both, landmarks = (np.concatenate(column) for column in zip(*parts, strict=True))
    return place, both, landmarks


def ridge(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Weight (K, D) and bias (K,) of the ridge regression of y (N, K) on x (N, D)."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = (x - mean) / scale
    gram = z.T @ z + RIDGE * len(z) * np.eye(z.shape[1])
    slope = np.linalg.solve(gram, z.T @ (y - y.mean(axis=0))) / scale[:, None]
    return slope.T, y.mean(axis=0) - mean @ slope


def set_linear(layer: torch.nn.Linear, weight: Floats, bias: Floats) -> None:
    """Put a fitted regression into a layer."""
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
        layer.bias.copy_(torch.from_numpy(bias.astype(np.float32)))
