"""Whether the face is found, read and named as well in one group of people as in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import EXPRESSIONS
from emocare.domain.groups import GroupedPicture
from emocare.learning import metrics

Ints = NDArray[np.integer]
Measure = Callable[[Ints], float]
Figures = dict[str, Any]
USUAL = ("age_group", "sex", "skin_tone", "glasses", "beard", "head_covering")
"""Columns that a clinic should record; those it did not are named as not measured."""
STOP_RATIO = 1.5
"""A group whose gate fails more than this many times as often as the best stops a release."""
FEW = 30
"""Fewer pictures than this are too few to conclude anything from; the figures say so."""
MISSING = "not measured"
INDEX_RULE = "false 'above normal' rate of the index: not measured, needs sessions with answers"


def compare(pictures: Sequence[GroupedPicture]) -> Figures:
    """Figures of every group beside the best one, and what would stop a release.

    Intervals: 95 % bootstrap over people where the list names them, otherwise over pictures.
    """
    columns = list(dict.fromkeys(name for one in pictures for name in one.groups))
    groups = {column: column_figures(column, pictures) for column in columns}
    stops = [
        {"group": column, "value": value, "gate_failure": found["gate_failure"],
         "best_gate_failure": groups[column]["best_gate_failure"], "pictures": found["pictures"]}
        for column in columns for value, found in groups[column]["values"].items()
        if found["stop_ship"]
    ]  # fmt: skip
    return {
        "pictures": len(pictures),
        "people": len({one.person for one in pictures if one.person}) or None,
        "labelled": sum(one.expression is not None for one in pictures),
        "all": group_figures(pictures),
        "groups": groups,
        "not_measured": [*(name for name in USUAL if name not in columns), INDEX_RULE],
        "stop_ship_rule": f"gate failure over {STOP_RATIO} times the best group's",
        "stop_ship": stops,
    }


def column_figures(column: str, pictures: Sequence[GroupedPicture]) -> Figures:
    """The values of one column, each against the best."""
    values = sorted({one.groups[column] for one in pictures if column in one.groups})
    parts = {v: [one for one in pictures if one.groups.get(column) == v] for v in values}
    found = {value: group_figures(part) for value, part in parts.items()}
    for kind in ("readable_share", "accuracy"):
        measured = {v: one[kind]["value"] for v, one in found.items() if one[kind] is not None}
        best = max(measured, key=measured.__getitem__, default=None)
        for number, value in enumerate(values):
            found[value][f"{kind}_less_best"] = None if best is None or value not in measured else (
                difference(parts[value], parts[best], MEASURES[kind], number, same=value == best)
            )  # fmt: skip
    enough = [one for one in found.values() if not one["few"]]
    least = min((one["gate_failure"] for one in enough), default=None)
    for one in found.values():
        # Of a group too small to conclude anything from, nothing is concluded, either way.
        judged = least is not None and not one["few"]
        one["stop_ship"] = judged and one["gate_failure"] > STOP_RATIO * least
    return {"best_gate_failure": least, "values": found}


def group_figures(pictures: Sequence[GroupedPicture]) -> Figures:
    """Figures of one group by itself."""
    rows = people_rows(pictures)
    labelled = [one for one in pictures if one.expression is not None]
    readable = metrics.figure(readable_share(pictures), rows)
    return {
        "pictures": len(pictures),
        "few": len(pictures) < FEW,
        "found_share": metrics.figure(found_share(pictures), rows),
        "readable_share": readable,
        "gate_failure": round(1 - readable["value"], 4),
        "labelled_and_found": len(readings_of(labelled)),
        "accuracy": expression_figure(labelled, accuracy),
        "macro_f1": expression_figure(labelled, macro_f1),
    }


def expression_figure(
    labelled: Sequence[GroupedPicture], of: Callable[[Sequence[GroupedPicture]], Measure]
) -> dict[str, float] | None:
    """A figure of the expressions over labelled pictures with a face; None without any."""
    seen = readings_of(labelled)
    return metrics.figure(of(seen), people_rows(seen)) if seen else None


def readings_of(pictures: Sequence[GroupedPicture]) -> list[GroupedPicture]:
    """Labelled pictures in which a face was found."""
    return [one for one in pictures if one.expression is not None and one.read_as is not None]


def people_rows(pictures: Sequence[GroupedPicture]) -> list[Ints]:
    """Rows by person; a picture of nobody named stands for itself."""
    names = [f"person {one.person}" if one.person else f"picture {one.path}" for one in pictures]
    return metrics.rows_by_name(names)


def found_share(pictures: Sequence[GroupedPicture]) -> Measure:
    """Share of pictures in which a face is found."""
    flags = np.array([one.found for one in pictures], dtype=np.float64)
    return lambda rows: float(flags[rows].mean())


def readable_share(pictures: Sequence[GroupedPicture]) -> Measure:
    """Share of pictures that the gate would measure."""
    flags = np.array([one.readable for one in pictures], dtype=np.float64)
    return lambda rows: float(flags[rows].mean())


def accuracy(pictures: Sequence[GroupedPicture]) -> Measure:
    """Share of labelled pictures whose expression is read as labelled."""
    flags = np.array([one.expression == one.read_as for one in pictures], dtype=np.float64)
    return lambda rows: float(flags[rows].mean())


def macro_f1(pictures: Sequence[GroupedPicture]) -> Measure:
    """Mean F1 over the expressions that somebody labelled in this group."""
    labels = np.array([EXPRESSIONS.index(str(one.expression)) for one in pictures])
    guesses = np.array([EXPRESSIONS.index(str(one.read_as)) for one in pictures])
    seen = np.unique(labels)

    def measure(rows: Ints) -> float:
        table = metrics.confusion(labels[rows], guesses[rows], len(EXPRESSIONS))
        return float(metrics.f1_per_class(table)[seen].mean())

    return measure


MEASURES: Mapping[str, Callable[[Sequence[GroupedPicture]], Measure]] = {
    "readable_share": readable_share, "accuracy": accuracy,
}  # fmt: skip


def difference(
    group: Sequence[GroupedPicture], best: Sequence[GroupedPicture],
    of: Callable[[Sequence[GroupedPicture]], Measure], number: int, *, same: bool,
) -> dict[str, float]:  # fmt: skip
    """A figure of a group less that of the best, with the 95 % interval of two separate draws.

    Args:
        number: Of the group; its draws get a seed of their own.
        same: Whether the group is the best one itself: the difference is 0.
    """
    if same:
        return {"value": 0.0, "low": 0.0, "high": 0.0}
    if of is accuracy:
        group, best = readings_of(group), readings_of(best)
    mine, theirs = of(group), of(best)
    pairs = zip(
        metrics.resampled(people_rows(group), seed=number + 1),
        metrics.resampled(people_rows(best), seed=0), strict=True,
    )  # fmt: skip
    low, high = np.percentile([mine(a) - theirs(b) for a, b in pairs], [2.5, 97.5])
    value = mine(np.arange(len(group))) - theirs(np.arange(len(best)))
    return {k: round(float(v), 4) for k, v in (("value", value), ("low", low), ("high", high))}


def table(figures: Mapping[str, Any]) -> str:
    """The figures as lines of text."""
    lines = [f"{figures['pictures']} pictures, {figures['labelled']} with an expression label"]
    for column, group in figures["groups"].items():
        lines += ["", column]
        lines += [f"  {value}: {line(found)}" for value, found in group["values"].items()]
    lines += ["", *(f"{name}: {MISSING}" for name in figures["not_measured"] if name in USUAL),
              INDEX_RULE, ""]  # fmt: skip
    if not figures["stop_ship"]:
        lines.append(f"No group breaks the rule: {figures['stop_ship_rule']}.")
    for stop in figures["stop_ship"]:
        lines.append(
            f"STOP: {stop['group']} {stop['value']}: the gate fails in "
            f"{100 * stop['gate_failure']:.1f} % of {stop['pictures']} pictures, in the best group "
            f"in {100 * stop['best_gate_failure']:.1f} %."
        )
    return "\n".join(lines)


def line(found: Mapping[str, Any]) -> str:
    """One group in one line."""
    few = f" (fewer than {FEW}: conclude nothing)" if found["few"] else ""
    return (
        f"n {found['pictures']}{few}; found {said(found['found_share'])}; readable "
        f"{said(found['readable_share'])}, less best {said(found['readable_share_less_best'])}; "
        f"accuracy {said(found['accuracy'])}, less best {said(found['accuracy_less_best'])}; "
        f"macro F1 {said(found['macro_f1'])}"
    )


def said(figure: Mapping[str, float] | None) -> str:
    """A figure with its interval, or that there is none."""
    if figure is None:
        return MISSING
    value, low, high = (f"{figure[key]:.3f}".replace("-", "−") for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
