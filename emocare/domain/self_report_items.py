"""Which items of which questionnaires stand behind each self-reported dimension (1.8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

SELF_REPORT_ITEMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "valence": (("PHQ-9", "2"), ("PHQ-8", "2"), ("WHO-5", "1")),
    "arousal": (("GAD-7", "4, 5"), ("PHQ-9", "4"), ("PHQ-8", "4")),
    "anhedonia": (("PHQ-9", "1"), ("PHQ-8", "1"), ("WHO-5", "5")),
    "anxiety": (("GAD-7", "1, 2, 3, 7"),),
    "irritability": (("GAD-7", "6"), ("DASS-21", "6, 11, 14, 18")),
    "fatigue": (("PHQ-9", "4"), ("PHQ-8", "4"), ("K10", "1"), ("WHO-5", "3, 4")),
}
"""Dimension -> instrument and item numbers. PHQ-8 stands in where PHQ-9 was not answered."""


def items_text(dimension: str, answered: Collection[str]) -> str:
    """ "PHQ-9 2; WHO-5 1": the items of ``dimension`` among the instruments answered."""
    return "; ".join(
        f"{name} {items}" for name, items in SELF_REPORT_ITEMS[dimension]
        if name in answered and not (name == "PHQ-8" and "PHQ-9" in answered)
    )  # fmt: skip
