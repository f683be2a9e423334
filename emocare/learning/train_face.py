"""Training of the face network's first trunk on a CPU, resumable after every epoch."""

from __future__ import annotations

import torch
from torch import nn

from emocare.learning import batches, face_losses, training
from emocare.learning.batches import Batch
from emocare.learning.crop_training import Course
from emocare.learning.face_trunk import FaceTrunk
from emocare.learning.training import Losses, normalise


def loss(network: nn.Module, batch: Batch) -> Losses:
    """The parts of the loss of one batch."""
    with torch.autocast("cpu", torch.bfloat16):
        raw = network.raw(normalise(batch.pictures))
    return face_losses.losses(raw, face_losses.split_targets(torch.from_numpy(batch.targets)))


COURSE = Course(
    module="train_face",
    checkpoint="face.pt",
    make=FaceTrunk,
    steps_per_epoch=340,
    prepare=batches.prepare,
    loss=loss,
    logits=lambda network, crops: network.raw(crops)["expressions"],
)

if __name__ == "__main__":
    COURSE.train(**training.parse_arguments(__doc__), log=training.say)
