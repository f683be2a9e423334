"""What was measured of the sequence networks, read from what ships with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocare.domain.errors import WeightsCorrupt
from emocare.domain.summary import ModelRef

KIND = "sequence"
"""What ``evaluation.json`` of such a network names as its kind."""
IDS = ("affect", "severity")
"""Networks that are sequence networks whether or not they have been evaluated."""

Read = Callable[[Path], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One line of a network's evaluation.

    Attributes:
        what: What was measured, in words.
        value: The figure, or words.
        low: Lower end of its 95 % interval; None without one.
        high: Upper end.
        note: What it was measured on, may be empty.
    """

    what: str
    value: float | str
    low: float | None
    high: float | None
    note: str


@dataclass(frozen=True, slots=True)
class SequenceSheet:
    """One sequence network on the page Evidence.

    Attributes:
        engine: Network with the SHA-256 of its weights.
        rows: Empty when there is no evaluation of this very network.
        limits: What it cannot do, from the model card.
        card: The whole model card as Markdown, "" without one.
    """

    engine: ModelRef
    rows: tuple[MeasuredRow, ...]
    limits: tuple[str, ...]
    card: str


def is_sequence(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the manifest is a network over time and not one that reads pictures."""
    return entry.get("id") in IDS or entry.get("kind") == KIND


def rows_of(figures: Mapping[str, Any], name: str) -> tuple[MeasuredRow, ...]:
    """The rows of an ``evaluation.json`` of a sequence network, in their order.

    Raises:
        WeightsCorrupt: A row lacks a field or holds something else.
    """
    try:
        return tuple(_row(one) for one in figures.get("rows", ()))
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsCorrupt(f"The evaluation of {name} cannot be read.") from error


def _row(one: Mapping[str, Any]) -> MeasuredRow:
    value, low, high = one["value"], one["low"], one["high"]
    return MeasuredRow(
        str(one["what"]), value if isinstance(value, str) else float(value),
        None if low is None else float(low), None if high is None else float(high),
        str(one["note"]),
    )  # fmt: skip


def sheet_of(
    entry: Mapping[str, Any], models_dir: Path, read: Read,
    limits_of: Callable[[str], tuple[str, ...]],
) -> SequenceSheet:  # fmt: skip
    """One network out of its entry in the manifest.

    Args:
        models_dir: Folder of the manifest.
        read: Reads a JSON object.
        limits_of: Gives the limits that a model card lists.

    Raises:
        WeightsCorrupt: The evaluation cannot be read.
    """
    folder, files = models_dir / str(entry["folder"]), entry["files"]
    card_file = folder / str(entry.get("card", ""))
    card = card_file.read_text(encoding="utf-8") if card_file.is_file() else ""
    evaluation = folder / str(entry.get("evaluation", ""))
    figures = read(evaluation) if evaluation.is_file() else {}
    graph = files.get("graph", {}).get("sha256")
    mine = figures.get("kind") == KIND and figures.get("graph_sha256", graph) == graph
    sha256 = files["weights"]["sha256"] if "weights" in files else graph
    engine = ModelRef(str(entry["id"]), str(entry["version"]), str(sha256))
    return SequenceSheet(engine, rows_of(figures, engine.id) if mine else (), limits_of(card), card)
