"""The face network as it ships: two trunks, their averaged expressions, trust in landmarks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from emocare.learning.face_trunk import PLACE_WIDTH, FaceTrunk
from emocare.learning.fine_trunk import FineTrunk
from emocare.learning.recipe import LANDMARKS

PLACE_RANK = 72
"""Rank of the first trunk's large matrix as it ships: the largest that keeps the whole network
under two million parameters. See docs/trials.md."""


class FaceNetwork(nn.Module):
    """Grey crop (N, 1, SIZE, SIZE), normalised, to the outputs named in the manifest.

    The trunks are trained one after the other; what is put together here (the share of each in
    the expressions, the temperature, the landmarks' errors) is fitted on top of them.
    """

    def __init__(self, trunk: FaceTrunk | None = None, fine: FineTrunk | None = None) -> None:
        super().__init__()
        self.trunk = FaceTrunk(place_rank=PLACE_RANK) if trunk is None else trunk
        self.fine = FineTrunk() if fine is None else fine
        self.fine_share = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.log_temperature = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.log_error = nn.Linear(PLACE_WIDTH, LANDMARKS)

    def logits(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Expression logits (N, 8) of the first and of the fine trunk."""
        return self.trunk.raw(image)["expressions"], self.fine(image)[0]

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The outputs of the exported graph; names and shapes as in the manifest."""
        place, both = self.trunk.features(image)
        raw = self.trunk.heads(place, both)
        finer, gaze = self.fine(image)
        logits = (1.0 - self.fine_share) * raw["expressions"] + self.fine_share * finer
        return {
            "presence": torch.sigmoid(raw["presence"]),
            "landmarks": raw["landmarks"],
            "expressions": torch.softmax(logits * torch.exp(-self.log_temperature), dim=1),
            "action_units": torch.sigmoid(raw["action_units"]),
            "pose": raw["pose"],
            "gaze_down": torch.sigmoid(raw["gaze_down"]),
            "eye_openness": torch.relu(raw["eye_openness"]),
            "occlusion": torch.sigmoid(raw["occlusion"]),
            "gaze_up": torch.clamp(gaze[:, 0], 0.0, 1.0),
            "gaze_side": torch.clamp(gaze[:, 1], -1.0, 1.0),
            "landmark_error": torch.exp(self.log_error(place)),
        }
