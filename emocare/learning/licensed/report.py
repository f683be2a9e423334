"""The figures of one evaluation: overall, by sex and age, beside both baselines, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.learning import metrics
from emocare.learning.licensed import baselines, scores
from emocare.learning.licensed.scales import Scale
from emocare.learning.licensed.scores import Predictions

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
OURS = "network"
FEW = 20
"""Fewer people than this are too few to conclude anything from; the figures say so."""
AGES = ((0.0, 30.0, "under 30"), (30.0, 50.0, "30 to 49"), (50.0, 200.0, "50 and over"))
NOT_KNOWN = "not recorded in this data set"


@dataclass(frozen=True, slots=True)
class Labelled:
    """People with their labels, in the order of the predictions.

    Attributes:
        labels: (N,) on the scale.
        people: (N,) who it is of.
        sexes, ages: (N,) None where not known.
    """

    labels: Floats
    people: Sequence[str]
    sexes: Sequence[str | None]
    ages: Sequence[float | None]


def evaluate(
    scale: Scale, train: Labelled, test: Labelled, said: Predictions
) -> dict[str, Any]:
    """Compares predictions with labels.

    Args:
        train: The training people; only their labels and sexes are used, for the baselines.
        test: The people who were predicted.
        said: What the head says of them.

    Returns:
        Counts, and under ``figures`` for each group ("all", "sex: female", ...) each method's
        figures with a 95 % bootstrap interval over people, and the differences to the baselines.
    """
    methods = {OURS: said, baselines.MEAN: baselines.training_mean(
        scale, train.labels, len(test.labels))}  # fmt: skip
    by_sex = baselines.sex_only(scale, train.labels, train.sexes, test.sexes)
    if by_sex is not None:
        methods[baselines.SEX] = by_sex
    groups = group_rows(test)
    return {
        "scale": scale.name,
        "recordings": len(test.labels),
        "people": len(set(test.people)),
        "positive_from": scale.positive_from,
        "intervals": "95 % bootstrap over people; interval_coverage: of nominal 90 % intervals",
        "figures": {name: _group(scale, test, methods, rows) for name, rows in groups.items()},
        "not_measured": {
            **({} if any(test.sexes) else {"sex": NOT_KNOWN, "sex_only baseline": NOT_KNOWN}),
            **({} if any(age is not None for age in test.ages) else {"age": NOT_KNOWN}),
            "site": "one site in every data set",
        },
    }


def group_rows(test: Labelled) -> dict[str, Ints]:
    """Rows of everybody and of each group that is known."""
    groups: dict[str, Ints] = {"all": np.arange(len(test.labels))}
    for sex in sorted({one for one in test.sexes if one is not None}):
        groups[f"sex: {sex}"] = np.flatnonzero([one == sex for one in test.sexes])
    for low, high, name in AGES:
        rows = np.flatnonzero([age is not None and low <= age < high for age in test.ages])
        if len(rows):
            groups[f"age: {name}"] = rows
    return groups


def _group(
    scale: Scale, test: Labelled, methods: Mapping[str, Predictions], rows: Ints
) -> dict[str, Any]:
    names = [test.people[row] for row in rows]
    people = [rows[one] for one in metrics.rows_by_name(names)]

    def measure(drawn: Ints) -> dict[str, float]:
        found = {
            f"{method} {name}": value
            for method, said in methods.items()
            for name, value in scores.figures_of(scale, test.labels, said, drawn).items()
        }
        main = scores.main_figure(scale)
        return found | {
            f"less {method} {main}": found[f"{OURS} {main}"] - found[f"{method} {main}"]
            for method in methods if method != OURS
        }  # fmt: skip

    figures = metrics.figures(measure, people)
    split: dict[str, Any] = {"recordings": len(rows), "people": len(people),
                             "few": len(people) < FEW}  # fmt: skip
    for method in methods:
        split[method] = {name.removeprefix(f"{method} "): value
                         for name, value in figures.items() if name.startswith(f"{method} ")}
    split["network_less"] = {name.removeprefix("less "): value
                             for name, value in figures.items() if name.startswith("less ")}
    return split


def table(found: Mapping[str, Any]) -> str:
    """The figures as lines for a terminal."""
    lines = [f"{found['scale']}: {found['recordings']} recordings of {found['people']} people"]
    for group, figures in found["figures"].items():
        few = ", too few to conclude from" if figures["few"] else ""
        lines.append(f"{group} ({figures['people']} people{few})")
        for method in (OURS, baselines.MEAN, baselines.SEX):
            if method in figures:
                said = ", ".join(f"{name} {_text(value)}"
                                 for name, value in figures[method].items())
                lines.append(f"  {method.replace('_', ' ')}: {said}")
        for name, value in figures["network_less"].items():
            lines.append(f"  network less {name.replace('_', ' ')}: {_text(value)}")
    return "\n".join(lines)


def _text(value: Mapping[str, float] | None) -> str:
    if value is None:
        return "not computable"
    return f"{value['value']:.2f} [{value['low']:.2f}, {value['high']:.2f}]"
