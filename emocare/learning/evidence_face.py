"""The detail of the face network on the page of evidence: classes, calibration, conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from emocare.learning.model_card import plain, table
from emocare.learning.model_limits import joined

Figures = Mapping[str, Any]
MISSING = "not measured"
KINDS = {
    "face_width_px": "Face width",
    "blur": "Blur",
    "light": "Light",
    "yaw": "Head turn",
}


def figure(value: Mapping[str, float] | float | None, digits: int = 3) -> str:
    """A figure with its interval where it has one; in words where it is missing."""
    if value is None:
        return MISSING
    if isinstance(value, Mapping):
        return plain(value, digits)
    return f"{value:.{digits}f}"


def percent(value: float | None) -> str:
    """A share in per cent; in words where it is missing."""
    return MISSING if value is None else f"{100 * value:.1f} %"


def detail(figures: Figures) -> list[str]:
    """Everything beyond the model card that `evaluation.json` of the face network holds."""
    expressions = figures.get("expressions", {})
    return [
        section("Each expression", expressions.get("per_class"), classes),
        section("Calibration", expressions if "reliability" in expressions else None, calibration),
        section("What is read wrongly", expressions.get("failures"), failures),
        section("Units that move", figures.get("action_units", {}).get("headline"), headline),
        section("Worse pictures and turned heads", figures.get("conditions"), conditions),
        section("Real clips through the app's reader", figures.get("reader"), reader),
        f"### Groups of people\n\nAge, sex, skin tone, glasses, beard, head covering: {MISSING}. "
        "Nobody labelled them in the data. `python -m emocare evaluate fairness` measures them on "
        "a labelled set of a clinic's own.",
    ]


def section(title: str, found: Any, write: Callable[[Any], str]) -> str:
    """A titled part, or the words that it was not measured."""
    return f"### {title}\n\n{MISSING.capitalize() + '.' if not found else write(found)}"


def classes(per_class: Figures) -> str:
    """Precision, recall and F1 of each class."""
    return table(
        ["expression", "images", "precision", "recall", "F1"],
        (
            [name, one["images"], *(figure(one[kind]) for kind in ("precision", "recall", "f1"))]
            for name, one in per_class.items()
        ),
    )


def calibration(expressions: Figures) -> str:
    """The reliability diagram as a table."""
    rows = (
        [f"{one['from']:.2f} to {one['to']:.2f}", one["n"], figure(one["confidence"]),
         figure(one["accuracy"])]
        for one in expressions["reliability"] if one["n"]
    )  # fmt: skip
    return (
        f"Expected calibration error {figure(expressions.get('ece'), 4)}, 15 equal bins of the "
        f"largest probability ({expressions.get('ece_note', 'bootstrap over images')}).\n\n"
        + table(["said", "images", "mean said", "came true"], rows)
    )


def failures(found: Figures) -> str:
    """In words which pictures fail; no picture is shown."""
    votes = found["split_votes_at_most"]
    first = found["confident_pairs"][0] if found["confident_pairs"] else None
    sentences = [
        f"{found['errors']} images were read wrongly, {found['confident_errors']} of them with a "
        f"probability of {found['confident_from']} or more.",
        f"In {percent(found['share_of_errors_with_split_votes'])} of the errors at most {votes} of "
        "the ten people who labelled the image agreed, against "
        f"{percent(found['share_of_right_readings_with_split_votes'])} of the right readings; of "
        "the confident errors it was "
        f"{percent(found['share_of_confident_errors_with_split_votes'])}.",
        f"In the fifth of the images with the least contrast "
        f"{percent(found['error_rate_flattest_fifth'])} were read wrongly, in the others "
        f"{percent(found['error_rate_other_contrast'])}.",
    ]
    if first is not None:
        sentences.insert(1, f"The most frequent confident error is {first['true']} read as "
                            f"{first['read']} ({first['images']} images).")  # fmt: skip
    by_votes = table(
        ["votes for the label", "images", "read wrongly"],
        ([one["votes"], one["images"], percent(one["error_rate"])]
         for one in found["error_rate_by_votes"]),
    )  # fmt: skip
    return "\n\n".join([
        " ".join(sentences), by_votes, "All errors:", pairs(found["pairs"]),
        f"Errors with a probability of {found['confident_from']} or more:",
        pairs(found["confident_pairs"]),
    ])  # fmt: skip


def pairs(rows: Iterable[Figures]) -> str:
    """The most frequent pairs of true and read class."""
    return table(
        ["true", "read as", "images", "share", "mean probability"],
        ([one["true"], one["read"], one["images"], percent(one["share"]),
          figure(one["mean_confidence"], 2)] for one in rows),
    )  # fmt: skip


def headline(found: Figures) -> str:
    """The headline of the Action Units and how often the teacher sees each of them."""
    columns = set(found["columns"])
    shares = found["share_of_faces_seen"]
    rows = ([name, percent(share), "yes" if name in columns else "no"]
            for name, share in shares.items())  # fmt: skip
    return (
        f"Headline **{figure(found['mean_r'])}**: {found['definition']}. Left out: "
        f"{joined([n for n in shares if n not in columns] or ['none'])}.\n\n"
        + table(["column", "share of faces in which the teacher sees it", "counts"], rows)
    )


def conditions(found: Figures) -> str:
    """Accuracy when pictures get worse, one table a group."""
    parts = [f"{found['data']}."]
    for key, title in KINDS.items():
        rows = (
            [one["condition"], one["images"], figure(one["expression_accuracy"]), one["faces"],
             figure(one["action_unit_mean_r"]), figure(one["landmark_nme_percent"], 2)]
            for one in found.get(key, [])
        )  # fmt: skip
        head = [title, "images", "expressions, accuracy", "faces", "Action Units, mean r",
                "landmarks, NME %"]  # fmt: skip
        parts.append(table(head, rows))
    parts.append("Head turn: faces by the teacher's yaw, FER+ images by the network's own reading.")
    return "\n\n".join(parts)


def reader(found: Figures) -> str:
    """Jitter and traces through the reader of the app."""
    clips = found["clips"]
    rows = [
        [words, *(figure(clip[key]) for clip in clips.values())]
        for words, key in (
            ("landmark jitter, %", "jitter_percent"),
            ("landmark jitter of the reference, %", "jitter_percent_reference"),
            ("ours over the reference's", "jitter_ratio"),
        )
    ]
    rows.append(["still steps", *(clip["still_steps"] for clip in clips.values())])
    names = list(next(iter(clips.values()))["traces"])
    rows += [[f"{name.replace('_', ' ')}, r", *(trace(clip["traces"][name], found["target_r"])
                                               for clip in clips.values())]
             for name in names]  # fmt: skip
    return f"{found['data']}.\n\n" + table([f"target r {found['target_r']}", *clips], rows)


def trace(one: Figures, target: float) -> str:
    """One correlation with what may be concluded from it."""
    if one["r"] is None:
        return MISSING
    if not one["judged"]:
        return f"{one['r']:.3f}, not judged: the reference moves by {one['reference_range']:.3f}"
    return f"{one['r']:.3f}, {'reached' if one['r'] >= target else 'not reached'}"
