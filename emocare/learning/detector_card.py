"""The detector's model card, written from the manifest and the measured figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.learning.model_card import percent, table

LIMITS = """## Limits

- It proposes; only what the face network confirms from several crops counts as a face.
- Faces rolled by more than about 45 degrees, seen from behind the ear, or smaller than about 3 % of
  the longer side of the picture are not what it was trained for.
- Its training pictures are made: faces pasted into scenes. Bodies and hair of real people were
  hardly among them, so the clips, few as they are, are the harder evidence.
- The proof of heads laid over by more than 25 degrees was set after false faces in no_face.mp4 had
  been seen, so that none is found there now is no independent evidence; all other thresholds were
  set on validation people and scenes.
- How recall differs between skin tones, ages and sexes was not measured: the collections do not say
  who is shown. Any distance between groups is therefore unknown, not absent."""


def write_card(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card as Markdown.

    Args:
        spec: its manifest entry.
        figures: its `evaluation.json`.
    """
    found = figures["detection"]
    parts = [
        f"# {spec['id']} {spec['version']}",
        f"A network of {spec['parameters']:,} parameters, trained from scratch on a CPU, that maps "
        "a grey picture in one pass to where upright faces may be, how large and how tilted. The "
        "face network proves each of its guesses.",
        "## Measured",
        "Every figure is repeated from `evaluation.json`: the shipped graph on people and scenes "
        "that took no part in training, with the 95 % bootstrap interval in brackets. "
        + found["data"][0].upper() + found["data"][1:] + ".",
        recall_part(found["faces"]),
        kinds_part(found["faces"]),
        scenes_part(found["no_face"]),
        *([clips_part(found["clips"])] if "clips" in found else []),
        time_part(found["time_ms"]),
        LIMITS,
        "## Data",
        table(
            ["data", "origin", "terms"],
            ([d["name"], d["origin"], d["terms"]] for d in spec["data"]),
        ),
        "The training images are research material. None of them is part of the repository.",
        "## Licence",
        spec["licence"],
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def methods(figures: Mapping[str, Any]) -> list[str]:
    """Names of the detectors that a part of the figures compares."""
    return [name for name, value in figures.items() if isinstance(value, dict)]


def recall_part(faces: Mapping[str, Any]) -> str:
    """Found faces, by detector."""
    rows = (
        [name, percent(faces[name]["recall"]), faces[name]["recall"]["missed"],
         faces[name]["boxes_off_any_face"]]
        for name in methods(faces)
    )  # fmt: skip
    head = ["detector", "faces found", "missed", "boxes off any face"]
    return f"### {faces['n']} pasted faces of 64 pixels and more\n\n{table(head, rows)}"


def kinds_part(faces: Mapping[str, Any]) -> str:
    """Found faces by size, roll, yaw and cover."""
    names = methods(faces)
    rows = []
    for kind, labels in faces[names[0]]["by"].items():
        for label, figure in labels.items():
            shares = (faces[name]["by"][kind][label].get("value") for name in names)
            shown = ("-" if share is None else f"{100 * share:.1f} %" for share in shares)
            rows.append([f"{kind} {label}", figure["n"], *shown])
    return table(["kind", "n", *names], rows)


def scenes_part(no_face: Mapping[str, Any]) -> str:
    """False faces where there are none."""
    first = next(iter(no_face.values()))
    rows = [
        [kind.replace("_", " "), figures["n"],
         *(percent(figures[name]["pictures_with_any"]) for name in methods(first))]
        for kind, figures in no_face.items()
    ]  # fmt: skip
    return "### Pictures without a face in which one is found\n\n" + table(
        ["pictures", "n", *methods(first)], rows
    )


def clips_part(clips: Mapping[str, Any]) -> str:
    """Real clips: the face that YuNet found largest."""
    first = next(iter(clips.values()))
    rows = [
        [name, figures["frames_with_a_face"],
         *(f"{100 * figures[method]['recall']['value']:.1f} %" for method in methods(first))]
        for name, figures in clips.items()
    ]  # fmt: skip
    return "### Clips: frames in which the face that YuNet found largest is found\n\n" + table(
        ["clip", "frames", *methods(first)], rows
    )


def time_part(times: Mapping[str, Any]) -> str:
    """Milliseconds."""
    rows = (
        [name.replace("_", " "), times[name]["median"], times[name]["p95"]]
        for name in methods(times)
    )
    return f"### Time at {times['picture']}, one thread, milliseconds\n\n" + table(
        ["what", "median", "95th percentile"], rows
    )
