"""A training of sequence networks in a process of its own, with the allocator that makes it fast.

``python -m emocare.learning.sequence_run WHAT OUT MODELS ...``: what the commands ``train affect``,
``train severity`` and ``evaluate ablation`` start.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from emocare.learning import ablation, evidence_page
from emocare.learning.export_sequence import ship_affect, ship_severity, write_ablation
from emocare.learning.training import current_commit, run_apart, say

Log = Callable[[str], None]
AFFECT, SEVERITY, ABLATION = "affect", "severity", "ablation"


def run(what: str, out: Path, models: Path, log: Log, *further: str) -> None:
    """Starts the process and passes its lines on.

    Args:
        what: "affect", "severity" or "ablation".
        out: Folder of simulated people and checkpoints.
        models: Folder with the manifest.
        further: Words for the process, for the ablation ``--cohort`` and ``--seeds``.
    """
    run_apart("sequence_run", [what, str(out), str(models), *further], log)


def main() -> None:
    """What the process does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=[AFFECT, SEVERITY, ABLATION])
    parser.add_argument("out", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--cohort", default="separable")
    parser.add_argument("--seeds", type=int, default=ablation.SEEDS)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.what == ABLATION:
        found = ablation.ablate(given.cohort, given.out, say, seeds=given.seeds)
        write_ablation(given.models.parent / "docs", found)
        evidence_page.refresh(given.models)
    else:
        ship = ship_affect if given.what == AFFECT else ship_severity
        ship(given.out, given.models, current_commit(), say)


if __name__ == "__main__":
    main()
