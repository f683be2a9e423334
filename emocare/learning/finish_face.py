"""What is done to the first trunk when its training is over: thinning, trust in its landmarks.

Both come in closed form from crops of training people; nothing that the trunk reads changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from emocare.learning import augment, batches, face_sets, framing
from emocare.learning.batches import noise_bank
from emocare.learning.face_network import FaceNetwork
from emocare.learning.face_trunk import FaceTrunk
from emocare.learning.recipe import SIZE
from emocare.learning.training import normalise

Floats = NDArray[np.floating]
VIEWS = 2
"""Crops of every training face, each under its own chance."""
RIDGE = 1e-2
"""Weight of the penalty, per row and unit variance of a feature."""
LEAST_ERROR = 1e-3
"""A thousandth of the crop: landmarks are not known better than that."""
THINNING_CROPS = 2500
"""Most crops of each kind that say which directions matter."""


@torch.no_grad()
def thinned(trunk: FaceTrunk, rank: int, crops: NDArray[np.uint8]) -> FaceTrunk:
    """The same trunk with its large matrix as the product of two thin ones.

    What the matrix gives for real crops is kept along its principal directions, which are far
    fewer than its rows: the product gives the nearest values of that rank in the mean square.

    Args:
        trunk: in evaluation mode, with a whole matrix.
        rank: directions kept.
        crops: (N, 1, S, S) training crops that say which directions matter.
    """
    given = torch.cat(
        [trunk.placed(normalise(crops[k : k + 256])) for k in range(0, len(crops), 256)]
    )
    mean = given.mean(dim=0)
    # Eigenvalues rise, so the principal directions are the last.
    kept = torch.linalg.eigh(torch.cov((given - mean).T))[1][:, -rank:]
    state = {k: v for k, v in trunk.state_dict().items() if not k.startswith("place.")}
    state["place.0.weight"] = kept.T @ trunk.place.weight
    state["place.1.weight"] = kept
    state["place.1.bias"] = mean + kept @ (kept.T @ (trunk.place.bias - mean))
    thin = FaceTrunk(place_rank=rank)
    thin.load_state_dict(state)
    return thin.eval()


def training_crops(data: Path, limit: int | None = None) -> NDArray[np.uint8]:
    """Crops (N, 1, S, S) for the thinning: everything that the first trunk was trained to judge.

    Faces alone will not do: what tells a drawing or a curtain from a face would be thinned away.
    """
    rng = np.random.default_rng(5)
    noise = noise_bank(rng)
    crops = []
    for source in batches.load_draws(data, limit):
        for row in rng.permutation(source.rows)[:THINNING_CROPS]:
            example = augment.Example.of(source.faces, int(row))
            crops.append(
                augment.draw(
                    example, rng, noise, off_face=source.off_face, closing=source.closing
                )[0]
            )
    return np.stack(crops)[:, None]


@dataclass(frozen=True, slots=True)
class Views:
    """N crops.

    Attributes:
        place: (N, 192) features of the places.
        error: (N, 70) distance of every landmark from the teacher's, fraction of the crop.
    """

    place: Floats
    error: Floats


def fit_landmark_error(network: FaceNetwork, data: Path, limit: int | None = None) -> None:
    """Fit the landmarks' expected error in place.

    Its logarithm is regressed on the features of training people, then scaled per landmark so
    that its mean is right on the validation people, for whom the network errs more.
    """
    seen = views(network, data, face_sets.TRAIN, VIEWS, limit)
    weight, bias = ridge(seen.place, np.log(np.maximum(seen.error, LEAST_ERROR)))
    held_out = views(network, data, face_sets.VALIDATION, VIEWS, limit)
    guess = np.exp(held_out.place @ weight.T + bias)
    bias = bias + np.log(held_out.error.mean(axis=0) / guess.mean(axis=0))
    with torch.no_grad():
        network.log_error.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
        network.log_error.bias.copy_(torch.from_numpy(bias.astype(np.float32)))


def views(network: FaceNetwork, data: Path, split: int, count: int, limit: int | None) -> Views:
    """Crops of all people of one split under chance, `count` of each."""
    faces = face_sets.load_faces(data, split, limit)
    rng = np.random.default_rng(3)
    noise = noise_bank(rng)
    parts = [one_view(network, faces, rng, noise) for _ in range(count)]
    return Views(
        np.concatenate([part.place for part in parts]),
        np.concatenate([part.error for part in parts]),
    )


@torch.no_grad()
def one_view(
    network: FaceNetwork,
    faces: face_sets.FaceSet,
    rng: np.random.Generator,
    noise: NDArray[np.int8],
) -> Views:
    """One crop of every face."""
    crops = np.empty((len(faces), 1, SIZE, SIZE), np.uint8)
    points = np.empty_like(faces.landmarks)
    for k in range(len(faces)):
        example = augment.Example.of(faces, k)
        augment.draw_geometry(example, rng)
        crop = framing.cut(example.picture, example.to_picture, SIZE)
        crops[k, 0] = augment.draw_camera(augment.draw_light(crop, rng), rng, noise, True)
        points[k] = example.landmarks
    places, read = [], []
    for start in range(0, len(crops), 256):
        place, both = network.trunk.features(normalise(crops[start : start + 256]))
        places.append(place.numpy())
        read.append(network.trunk.heads(place, both)["landmarks"].numpy())
    error = np.linalg.norm(np.concatenate(read) - points, axis=2)
    return Views(np.concatenate(places), error)


def ridge(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Weight (K, D) and bias (K,) of the ridge regression of y (N, K) on x (N, D)."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = (x - mean) / scale
    gram = z.T @ z + RIDGE * len(z) * np.eye(z.shape[1])
    slope = np.linalg.solve(gram, z.T @ (y - y.mean(axis=0))) / scale[:, None]
    return slope.T, y.mean(axis=0) - mean @ slope
