"""The model card, written from the manifest and the measured figures so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emocare.learning.model_limits import limits


def percent(figure: Mapping[str, float]) -> str:
    """A share with its interval in per cent."""
    return (
        f"{100 * figure['value']:.2f} % ({100 * figure['low']:.2f} to {100 * figure['high']:.2f})"
    )


def plain(figure: Mapping[str, float], digits: int = 3) -> str:
    """A figure with its interval."""
    value, low, high = (f"{figure[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def write_card(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card of the face network as Markdown.

    Args:
        spec: its manifest entry.
        figures: its `evaluation.json`.
    """
    parts = [
        f"# {spec['id']} {spec['version']}",
        introduction(spec),
        "## Measured",
        "Every figure is repeated from `evaluation.json`: the shipped graph, one pass per picture, "
        "on people and pictures that took no part in training. In brackets the 95 % bootstrap "
        "interval (by picture for FER+, by person otherwise).",
        expressions_part(figures["expressions"]),
        units_part(figures["action_units"]),
        landmarks_part(figures["landmarks"]),
        readability_part(figures["readability"]),
        clips_part(figures["clips"]),
        limits_part(spec, figures),
        "## Data",
        table(
            ["data", "origin", "terms"],
            ([d["name"], d["origin"], d["terms"]] for d in spec["data"]),
        ),
        "The training images are research material. None of them is part of the repository.",
        "## Licence",
        spec["licence"],
    ]
    return "\n\n".join(parts) + "\n"


def introduction(spec: Mapping[str, Any]) -> str:
    """What the network is and how it was made."""
    recipe = spec["recipe"]
    return (
        f"One network of two convolutional trunks ({spec['parameters']:,} parameters, trained from "
        f"scratch) that reads a grey {recipe['size']}x{recipe['size']} crop of a face: whether "
        "there is one, 70 landmarks and how far off each may be, eight expressions, 14 Action "
        "Units, head pose, gaze down, up and aside, eye openness, covers over mouth and eyes. "
        f"Trained at commit {spec['trained_commit']}.\n\n"
        "**Not clinically validated.** The outputs describe what a face looks like; they are no "
        "diagnosis and no measure of what a person feels.\n\n"
        "Soft labels blend the FER+ crowd votes with an out-of-fold teacher ensemble; landmarks, "
        "Action Units (from blendshapes), pose and eyes come from MediaPipe Face Landmarker. The "
        "network therefore repeats the teacher's view of a face, with its errors. Eyes were closed "
        "artificially on part of the training faces, because the data holds few blinks. How the "
        "two trunks are blended in the expressions, temperature and offsets, was fitted on the "
        "FER+ validation images; the landmarks' expected errors were scaled on validation people."
    )


def expressions_part(figures: Mapping[str, Any]) -> str:
    """Expressions: accuracy, calibration, classes."""
    names = list(figures["f1"])
    confusion = figures["confusion_rows_true_columns_read"]
    rows = [[name, f"{figures['f1'][name]:.3f}", *confusion[k]] for k, name in enumerate(names)]
    return (
        f"### Expressions\n\n{figures['data']}: {figures['images']} images.\n\n"
        f"Accuracy {percent(figures['accuracy'])}. Macro F1 {plain(figures['macro_f1'])}. "
        f"Expected calibration error {figures['ece_15_bins']:.4f} (15 bins).\n\n"
        + table(["true", "F1", *(f"read as {name}" for name in names)], rows)
    )


def units_part(figures: Mapping[str, Any]) -> str:
    """Action Units and eyes: correlation with the teacher."""
    rows = [
        [unit, plain(r), f"{figures['mean_absolute_error'][unit]:.4f}"]
        for unit, r in figures["pearson_r"].items()
    ]
    rows += [
        [name, plain(figures[key]), ""]
        for name, key in (
            ("gaze down", "gaze_down_r"),
            ("gaze up", "gaze_up_r"),
            ("gaze aside", "gaze_side_r"),
            ("eye openness, left", "eye_openness_left_r"),
            ("eye openness, right", "eye_openness_right_r"),
        )
    ]
    return (
        f"### Action Units and eyes\n\n{figures['data']}: {figures['faces']} faces of "
        f"{figures['people']} people. Mean r {figures['mean_r']:.4f}; mean absolute error of the "
        f"eye aspect ratio {figures['eye_openness_mean_absolute_error']:.4f}."
        f"{headline_sentence(figures)}\n\n"
        + table(["measure", "r", "mean absolute error"], rows)
    )


def headline_sentence(figures: Mapping[str, Any]) -> str:
    """The headline figure with its definition, where it was measured."""
    headline = figures.get("headline")
    if headline is None:
        return ""
    return f" Headline {plain(headline['mean_r'])}: {headline['definition']}."


def landmarks_part(figures: Mapping[str, Any]) -> str:
    """Landmarks and pose, with the exact and with a loose framing."""
    columns = (figures, figures["loose"])
    nme = "nme_percent_of_outer_interocular"
    rows = [
        ["NME, % of the outer inter-ocular distance", *(plain(c[nme]) for c in columns)],
        ["NME expected by the network, %", *(f"{c['expected_nme_percent']:.3f}" for c in columns)],
        ["r of expected and true NME (logarithms)", *(plain(c["expected_nme_r"]) for c in columns)],
        ["NME of the eye points, %", *(f"{c['nme_eyes_percent']:.3f}" for c in columns)],
        ["share over 8 %", *(f"{c['failures_over_8_percent']:.4f}" for c in columns)],
        *(
            [f"{name} error, degrees", *(plain(c["pose_mae_deg"][name]) for c in columns)]
            for name in ("yaw", "pitch", "roll")
        ),
        [
            "yaw error beyond 20 degrees, degrees",
            *(f"{c['yaw_mae_beyond_20_deg']:.3f}" for c in columns),
        ],
    ]
    return (
        f"### Landmarks and head pose\n\n{figures['data']}; {figures['faces']} faces of "
        f"{figures['people']} people. Loose framing: {figures['loose']['framing']}.\n\n"
        + table(["measure", "framed exactly", "framed loosely"], rows)
    )


def readability_part(figures: Mapping[str, Any]) -> str:
    """Presence and covers."""
    rows = [
        [key.replace("_", " "), f"{value:.4f}"] for key, value in figures.items() if "share" in key
    ]
    return (
        f"### Presence and covers\n\n{figures['data']}: {figures['faces']} faces, "
        f"{figures['scenes']} scenes, {figures['masked']} masked faces.\n\n"
        + table(["measure", "value"], rows)
    )


def clips_part(figures: Mapping[str, Any]) -> str:
    """Two real clips beside their reference."""
    keys = [key for key in next(iter(figures.values())) if key != "action_unit_r"]
    rows = [[key.replace("_", " "), *(clip[key] for clip in figures.values())] for key in keys]
    units = next(iter(figures.values()))["action_unit_r"]
    rows += [
        [f"{unit} r", *(f"{clip['action_unit_r'][unit]:.3f}" for clip in figures.values())]
        for unit in units
    ]
    return (
        "### Real clips\n\nCrops cut from reference landmarks; reference by MediaPipe.\n\n"
        + table(["measure", *figures], rows)
    )


def limits_part(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """What it cannot do, one line each: the application shows these very lines."""
    return "## Limits\n\n" + "\n".join(f"* {limit}" for limit in limits(spec, figures))
