"""The model card of a scale, written from the manifest and the measured figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.learning.licensed import baselines
from emocare.learning.licensed.report import OURS
from emocare.learning.model_card import table

WARNING = (
    "Research only. It repeats how one group of people answered one questionnaire; it is no "
    "diagnosis, was not validated clinically, and never stands in place of the questionnaire."
)
LIMITS = """## Limits

- Trained on one data set of few people, one language, one way of recording. Elsewhere it may be
  wrong without showing it; its interval holds for people like those of the dev split.
- A recording that is worse measured than the training recordings gets no answer.
- A baseline that knows only the sex is beside the figures, for sex alone predicts the label in some
  sets. Where the interval of the difference holds 0, nothing was shown to be learnt from faces.
- Data sets that publish features instead of videos have no expressions, and units on the scale of
  the program that measured them: their model must not read recordings of this product.
- Scales are never mixed: this model knows no other one."""
UNTESTED = (
    "Not measured on the test split yet: python -m emocare evaluate severity PATH --data {data}."
)


def write_card(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card as Markdown.

    Args:
        spec: its manifest entry.
        figures: its `evaluation.json`.
    """
    test = figures["test"]
    parts = [
        f"# {spec['id']} {spec['version']}",
        f"A network of {spec['parameters']:,} parameters: {spec['task']}.",
        WARNING,
        "## Measured",
        "Every figure is repeated from `evaluation.json`, with its 95 % bootstrap interval over "
        "people behind it.",
        "### Test split",
        *([UNTESTED.format(data=figures["data"])] if test is None else [
            f"{test['recordings']} recordings of {test['people']} people; {test['abstained']} got "
            "no answer.", *_groups(test)]),
        "### Dev split",
        figures["dev"]["note"],
        *_groups(figures["dev"]),
        LIMITS,
        "## Data",
        table(["data", "terms", "fingerprint of the labels"],
              ([d["name"], d["terms"], d["labels_sha256"][:12]] for d in spec["data"])),
        "None of the data is part of the repository.",
        "## Licence",
        spec["licence"],
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _groups(part: Mapping[str, Any]) -> list[str]:
    """Tables of every group, and what was not measured."""
    tables = []
    for name, group in part["figures"].items():
        methods = [m for m in (OURS, baselines.MEAN, baselines.SEX) if m in group]
        few = ", too few to conclude from" if group["few"] else ""
        rows = [[figure.replace("_", " "), *(text(group[m][figure]) for m in methods)]
                for figure in group[OURS]]  # fmt: skip
        rows += [[f"network less {key.replace('_', ' ')}", text(value),
                  *("" for _ in methods[1:])]
                 for key, value in group["network_less"].items()]  # fmt: skip
        head = ["figure", *(m.replace("_", " ") for m in methods)]
        tables += [f"**{name}** ({group['people']} people{few})", table(head, rows)]
    missing = "; ".join(f"{key}: {why}" for key, why in part["not_measured"].items())
    return [*tables, f"Not measured: {missing}."]


def text(figure: Mapping[str, float] | None) -> str:
    """A figure with its interval."""
    if figure is None:
        return "not computable"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
