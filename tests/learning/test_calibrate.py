"""The blend of the two trunks' expressions."""

from __future__ import annotations

import numpy as np
import torch

from emocare.learning import calibrate
from emocare.learning.face_network import FaceNetwork
from emocare.learning.recipe import SIZE


def test_the_blend_finds_the_better_trunk_the_temperature_and_what_is_said_too_rarely() -> None:
    random = np.random.default_rng(0)
    fine = torch.from_numpy(random.normal(0.0, 2.0, (4000, 8)))
    noise = torch.from_numpy(random.normal(0.0, 2.0, (4000, 8)))
    true = 0.5 * fine
    true[:, 5] += 1.5
    labels = np.array([random.choice(8, p=p) for p in torch.softmax(true, 1).numpy()])
    blend = calibrate.fit_blend(noise, fine, labels)
    assert blend.share > 0.9
    assert 1.6 < blend.temperature < 2.4
    assert int(np.argmax(blend.offsets)) == 5
    assert blend.offsets[5] - np.delete(blend.offsets, 5).mean() > 1.0


def test_what_is_applied_is_what_was_fitted() -> None:
    torch.manual_seed(0)
    network = FaceNetwork().eval()
    image = torch.rand(3, 1, SIZE, SIZE)
    with torch.no_grad():
        first, fine = network.logits(image)
        blend = calibrate.Blend(0.7, 0.6, np.linspace(-1.0, 1.0, 8))
        wanted = (0.3 * first + 0.7 * fine) / 0.6 + torch.from_numpy(blend.offsets)
        calibrate.apply(network, blend)
        shown = network(image)["expressions"]
    assert torch.allclose(shown, torch.softmax(wanted.float(), dim=1), atol=1e-5)
