"""What the command line says on the way: progress on stderr, one line of findings."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from emocare.media.content import printable
from emocare.services.batch import Entry

EVERY_S = 2.0
"""Wall time between two lines of progress."""


def say(line: str) -> None:
    """One line on stderr."""
    print(line, file=sys.stderr, flush=True)


class Meter:
    """Says on stderr how far a video is, at most every ``EVERY_S`` of wall time."""

    def __init__(self, video: Path) -> None:
        self._name = printable(video)
        self._started = time.monotonic()
        self._said = self._started

    def __call__(self, position_s: float, duration_s: float | None) -> None:
        """Notes the media position; says a line when it is time."""
        now = time.monotonic()
        if now - self._said < EVERY_S:
            return
        self._said = now
        if not duration_s or position_s <= 0:
            say(f"{self._name}: {position_s:.0f} s read")
            return
        share = min(1.0, position_s / duration_s)
        left = (now - self._started) * (1 - share) / share
        say(f"{self._name}: {position_s:.0f} of {duration_s:.0f} s read, {left:.0f} s left")


def describe(entry: Entry) -> str:
    """One line on what was found in a video."""
    summary = entry.summary
    if summary is None:
        return entry.error or printable(entry.path)
    gate, index = summary.gate, summary.behaviour_index
    seconds = f"{gate.metrics.valid_s:.1f} s measured"
    parts = [f"{printable(entry.path)}: {gate.decision.value}, {seconds}"]
    if index is not None:
        span = "" if index.ci90 is None else f" ({index.ci90[0]:.0f} to {index.ci90[1]:.0f})"
        parts.append(f"facial behaviour index {index.value:.1f}{span}, {index.band.value}")
    elif summary.index_reason:
        parts.append(f"no index: {summary.index_reason}".rstrip("."))
    if index is not None and gate.reasons:
        parts.append(gate.reasons[0].advice.rstrip("."))
    if summary.source.note:
        parts.append(summary.source.note.rstrip("."))
    if entry.folder is not None:
        parts.append(f"written to {entry.folder}")
    if entry.session_id is not None:
        parts.append(f"session {entry.session_id}")
    return "; ".join(parts)
