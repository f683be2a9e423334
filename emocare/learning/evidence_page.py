"""The page of evidence, `docs/evidence.md`: every shipped network with what was measured of it.

Written from the manifest, each `evaluation.json`, `docs/bench.json` and `docs/bench-live.json`
alone, so that writing it again gives the same bytes on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emocare.learning import evidence_face, evidence_live, manifest, model_card, sequence_card
from emocare.learning.model_limits import limits
from emocare.learning.recipe import MODEL_ID

PAGE, BENCH, ABLATION = "evidence.md", "bench.json", "ablation.json"
MISSING = evidence_face.MISSING
NOTE = (
    "Written by `python -m emocare evaluate all DATA` from the `evaluation.json` beside each "
    "network; do not edit. Figures in brackets are 95 % bootstrap intervals.\n\n"
    "**Not validated on patients.** The networks were trained on public pictures and on simulated "
    "people. Nothing here shows that a face reveals an illness."
)


def refresh(models: Path) -> Path | None:
    """Write the page beside the models folder; None where there is no `docs` folder."""
    docs = models.parent / "docs"
    if not docs.is_dir():
        return None
    page = docs / PAGE
    page.write_text(write_page(models, docs), encoding="utf-8")
    return page


def write_page(models: Path, docs: Path) -> str:
    """The page as Markdown.

    Args:
        models: folder with the manifest.
        docs: folder that may hold `bench.json`, the comparison with other programs.
    """
    parts = ["# Evidence", NOTE]
    for spec in manifest.read_models(models):
        parts += model_parts(models, spec)
    for cohort, found in ablations(docs / ABLATION).items():
        parts += [f"## What attention adds: {cohort} simulated people",
                  sequence_card.ablation_part(found)]  # fmt: skip
    parts += ["## Beside other programs", peers(docs / BENCH)]
    live = evidence_live.live_part(docs)
    if live is not None:
        parts += ["## The live session", live]
    return "\n\n".join(parts) + "\n"


def model_parts(models: Path, spec: Mapping[str, Any]) -> list[str]:
    """One network: its name and hash, then its figures."""
    files = ", ".join(
        f"{name} `{entry['sha256'][:12]}`" for name, entry in spec.get("files", {}).items()
    )
    head = f"## {spec['id']} {spec['version']}\n\n{spec.get('task', '')}. SHA-256: {files}."
    path = models / spec["folder"] / spec.get("evaluation", "evaluation.json")
    if not path.exists():
        return [head, f"{MISSING.capitalize()}."]
    figures = json.loads(path.read_text(encoding="utf-8"))
    if figures.get("kind") == "sequence":
        return [head, sequence_parts(figures)]
    if spec["id"] != MODEL_ID:
        return [head, *generic_parts(figures)]
    return [head, *face_parts(spec, figures)]


def face_parts(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """The face network: what the card says, then the detail."""
    parts = {
        "expressions": model_card.expressions_part,
        "action_units": model_card.units_part,
        "landmarks": model_card.landmarks_part,
        "readability": model_card.readability_part,
        "clips": model_card.clips_part,
    }
    written = [
        write(figures[name]) if name in figures
        else f"### {name.replace('_', ' ').capitalize()}\n\n{MISSING.capitalize()}."
        for name, write in parts.items()
    ]  # fmt: skip
    cannot = "\n".join(f"* {limit}" for limit in limits(spec, figures))
    return [*written, *evidence_face.detail(figures), f"### What it cannot do\n\n{cannot}"]


def sequence_parts(figures: Mapping[str, Any]) -> str:
    """A sequence network: the rows that its evaluation names; the card has the detail."""
    rows = (
        [row["what"], cell(row["value"]) if row["low"] is None else model_card.plain(row),
         row["note"]]
        for row in figures["rows"]
    )  # fmt: skip
    return model_card.table(["measure", "value", "on"], rows)


def ablations(path: Path) -> dict[str, Any]:
    """The ablation of each cohort that was run, none without the file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def generic_parts(figures: Mapping[str, Any]) -> list[str]:
    """Figures of any other network: one table of every value by its name."""
    skipped = ("model", "version", "graph_sha256")
    rows = [row for row in flat({k: v for k, v in figures.items() if k not in skipped})]
    return [model_card.table(["measure", "value"], rows)]


def flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Name and text of every value in nested JSON; a figure with its interval is one value."""
    if isinstance(value, Mapping) and {"value", "low", "high"} <= set(value):
        yield name, model_card.plain(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat(inner, f"{name}, {spaced(key)}" if name else spaced(key))
    elif isinstance(value, list) and any(isinstance(inner, Mapping | list) for inner in value):
        for number, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name} {number}")
    elif isinstance(value, list):
        yield name, ", ".join(str(inner) for inner in value)
    else:
        yield name, MISSING if value is None else str(value).replace("|", "/")


def spaced(key: str) -> str:
    """A key of JSON as words."""
    return str(key).replace("_", " ")


def peers(path: Path) -> str:
    """The comparison with other programs, where one was measured."""
    if not path.exists():
        return f"{MISSING.capitalize()} here yet."
    bench = json.loads(path.read_text(encoding="utf-8"))
    names = list(dict.fromkeys(name for row in bench["rows"] for name in row["values"]))
    rows = (
        [f"{row['what']}, {row['unit']}" if row.get("unit") else row["what"],
         *(cell(row["values"].get(name)) for name in names), row.get("note", "")]
        for row in bench["rows"]
    )  # fmt: skip
    machine = ", ".join(f"{spaced(k)} {v}" for k, v in bench.get("machine", {}).items())
    versions = ", ".join(f"{name} {version}" for name, version in bench["versions"].items())
    return (
        f"Measured on one machine ({machine or MISSING}) with {versions}.\n\n"
        + model_card.table(["measure", *names, "note"], rows)
    )


def cell(value: float | str | None) -> str:
    """One value of the comparison."""
    if value is None:
        return MISSING
    return f"{value:.4g}" if isinstance(value, float) else str(value)
