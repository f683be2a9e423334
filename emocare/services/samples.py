"""The sample clips that come with Emo-Care."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocare.domain.errors import InputError

INDEX = "manifest.json"
"""Index in the samples folder: its ``clips`` name each file and the JSON beside it that says what
truly happens in it."""

KEPT = ("events", "segments", "regions", "people", "intervals")
"""What of that JSON goes into ``Sample.expected`` besides its own ``expected``."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample clip.

    Attributes:
        name: Short name, unique.
        title: A few words.
        description: What it shows, one sentence.
        path: Where it lies.
        duration_s: Length in seconds.
        expected: What should be seen: ``gate`` and ``because``, and what happens when.
    """

    name: str
    title: str
    description: str
    path: Path
    duration_s: float
    expected: Mapping[str, Any]


def list_samples(folder: Path) -> list[Sample]:
    """The clips of the index that are there, in its order; none without an index.

    Raises:
        InputError: The index is damaged.
    """
    index = folder / INDEX
    if not index.is_file():
        return []
    try:
        clips = json.loads(index.read_text(encoding="utf-8"))["clips"]
        samples = [_sample(folder, clip) for clip in clips if (folder / clip["file"]).is_file()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{INDEX} of the sample clips is damaged ({error!r}). Install Emo-Care again."
        ) from error
    return samples


def _sample(folder: Path, clip: Mapping[str, Any]) -> Sample:
    truth = json.loads((folder / clip["truth"]).read_text(encoding="utf-8"))
    more = {key: truth[key] for key in KEPT if key in truth}
    return Sample(
        name=str(clip["name"]), title=str(truth["title"]), description=str(truth["description"]),
        path=folder / str(clip["file"]), duration_s=float(truth["duration_s"]),
        expected={**truth["expected"], **more},
    )  # fmt: skip
