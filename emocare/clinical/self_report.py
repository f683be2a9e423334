"""Self-report items projected on the six dimensions, to stand beside the face's (1.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Answers = Sequence[int | None]

_RANGE = {"PHQ-9": (0, 3), "GAD-7": (0, 3), "WHO-5": (0, 5), "K10": (1, 5), "DASS-21": (0, 3)}
IRRITABLE = (6, 11, 14, 18)
"""Items of the DASS-21 stress scale that ask for irritability."""

_SAME_ITEMS = {"PHQ-9": ("PHQ-9", "PHQ-8")}
"""PHQ-8 has the first eight items of PHQ-9 and stands in for it."""


def self_report_dimensions(answers: Mapping[str, Answers]) -> dict[str, float | None]:
    """Single-item projections without cut-offs: to be plotted, never banded.

    Sums need all their items; means are taken over the items answered. None where nothing was
    answered. The item on slow or restless movement is left out: it means opposite arousals.

    Args:
        answers: Instrument name -> answers in the order of the form. PHQ-9 (or PHQ-8), GAD-7,
            WHO-5, K10 and DASS-21 are used, others ignored.

    Returns:
        valence and arousal in -1..1, anhedonia, anxiety, irritability and fatigue in 0..100.
    """
    low_mood = _mean(_share(answers, "PHQ-9", 2), _reversed(answers, "WHO-5", 1))
    up = (_share(answers, "GAD-7", 4), _share(answers, "GAD-7", 5))
    down = _share(answers, "PHQ-9", 4)
    worries = [_share(answers, "GAD-7", item) for item in (1, 2, 3, 7)]
    tired = _mean(
        _share(answers, "PHQ-9", 4), _share(answers, "K10", 1),
        _reversed(answers, "WHO-5", 3), _reversed(answers, "WHO-5", 4),
    )  # fmt: skip
    irritable = _mean(
        _share(answers, "GAD-7", 6), *(_share(answers, "DASS-21", item) for item in IRRITABLE)
    )
    lost_interest = _mean(_share(answers, "PHQ-9", 1), _reversed(answers, "WHO-5", 5))
    complete = None not in worries
    return {
        "valence": None if low_mood is None else 1 - 2 * low_mood,
        "arousal": None if up[0] is None or up[1] is None or down is None
        else (up[0] + up[1]) / 2 - down,
        "anhedonia": _percent(lost_interest),
        "anxiety": _percent(_mean(*worries)) if complete else None,
        "irritability": _percent(irritable),
        "fatigue": _percent(tired),
    }  # fmt: skip


def _share(answers: Mapping[str, Answers], instrument: str, item: int) -> float | None:
    """Item ``item`` (from 1) of the instrument as 0..1 of its range, None if unanswered."""
    low, high = _RANGE[instrument]
    for name in _SAME_ITEMS.get(instrument, (instrument,)):
        value = answers[name][item - 1] if name in answers else None
        if value is not None:
            return (value - low) / (high - low)
    return None


def _reversed(answers: Mapping[str, Answers], instrument: str, item: int) -> float | None:
    share = _share(answers, instrument, item)
    return None if share is None else 1 - share


def _mean(*shares: float | None) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
