"""The face network as it ships: two trunks, their averaged expressions, further small heads."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from emocare.learning.expression_trunk import ExpressionTrunk
from emocare.learning.face_trunk import FaceTrunk, thinned
from emocare.learning.recipe import FURTHER_WIDTHS, LANDMARKS

PLACE_RANK = 96
PLACE_WIDTH = 192
LOOK_WIDTH = 384


class FaceNetwork(nn.Module):
    """Grey crop (N, 1, SIZE, SIZE), normalised, to the outputs named in the manifest.

    The trunks are trained one after the other; what is put together here (the share of each in
    the expressions, the temperature, the further heads) is fitted on top of them.
    """

    def __init__(self, trunk: FaceTrunk | None = None, look: ExpressionTrunk | None = None) -> None:
        super().__init__()
        self.trunk = FaceTrunk(place_rank=PLACE_RANK) if trunk is None else trunk
        self.look = ExpressionTrunk() if look is None else look
        self.look_share = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.log_temperature = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.gaze = nn.Linear(LOOK_WIDTH, FURTHER_WIDTHS["gaze_up"] + FURTHER_WIDTHS["gaze_side"])
        self.log_error = nn.Linear(PLACE_WIDTH, LANDMARKS)

    @classmethod
    def of(cls, trunk: FaceTrunk, look: ExpressionTrunk) -> FaceNetwork:
        """Put two trained trunks together; share, temperature and further heads still to fit."""
        return cls(thinned(trunk, PLACE_RANK), look).eval()

    def logits(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Expression logits (N, 8) of the first and of the second trunk."""
        return self.trunk.raw(image)["expressions"], self.look(image)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The outputs of the exported graph; names and shapes as in the manifest."""
        place, both = self.trunk.features(image)
        raw = self.trunk.heads(place, both)
        share = self.look_share
        logits = (1.0 - share) * raw["expressions"] + share * self.look(image)
        gaze = self.gaze(both)
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
