"""What the face network cannot do, in plain words; whatever depends on a figure is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emocare.domain.faces import ACTION_UNITS

POOR_F1 = 0.5
UNRELATED_R = 0.3
TURNED_DEG = 30

ALWAYS = (
    "It cannot tell how a person feels, or whether they are ill. It says what a face looks like.",
    "It cannot reassure: a face that looks usual says nothing against an illness.",
    "It cannot compare people recorded with different cameras, tasks or engines.",
    "It cannot read a face that Parkinson's disease, palsy, botulinum toxin, stroke, medication, "
    "pain, a mask or poor light has changed.",
    "It learnt expressions from acted and press photographs of web origin, not from patients.",
    "Nobody labelled age, sex or skin colour in its data: differences between groups are not "
    "measured.",
    "Its Action Units repeat the blendshapes of its teacher by name. They are not the coding of "
    "trained FACS coders.",
    "Covers over the eyes were only ever drawn artificially; covers over the mouth are masks, "
    "hands and drawn shapes.",
)


def limits(spec: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """The limits of one network as sentences.

    Args:
        spec: its manifest entry.
        figures: its `evaluation.json`.
    """
    found = [*ALWAYS, *_poor_classes(figures), *_unread_units(spec), *_rare_units(figures)]
    return [*found, *_unrelated_in_a_clip(figures), *_turned(figures)]


def _poor_classes(figures: Mapping[str, Any]) -> list[str]:
    f1 = figures.get("expressions", {}).get("f1", {})
    poor = [name for name, value in f1.items() if value < POOR_F1]
    if not poor:
        return []
    return [f"It reads {joined(poor)} poorly: F1 under {POOR_F1} on pictures it has not seen."]


def _unread_units(spec: Mapping[str, Any]) -> list[str]:
    read = {str(unit).lower() for unit in spec.get("labels", {}).get("action_units", ())}
    missing = [unit.upper() for unit in ACTION_UNITS if unit not in read]
    return [f"It does not read {joined(missing)} at all."] if read and missing else []


def _rare_units(figures: Mapping[str, Any]) -> list[str]:
    headline = figures.get("action_units", {}).get("headline", {})
    counted = set(headline.get("columns", ()))
    rare = [unit.upper() for unit in headline.get("share_of_faces_seen", {}) if unit not in counted]
    if not rare:
        return []
    return [f"Its teacher hardly ever sees {joined(rare)}; what is read there means little."]


def _unrelated_in_a_clip(figures: Mapping[str, Any]) -> list[str]:
    units: dict[str, None] = {}
    for clip in figures.get("clips", {}).values():
        for unit, r in clip.get("action_unit_r", {}).items():
            if r < UNRELATED_R:
                units[unit.upper()] = None
    if not units:
        return []
    return [
        f"Over time, within one person, {joined(sorted(units))} can be unrelated to the teacher's "
        f"(r under {UNRELATED_R} in a test clip): between people they agree better."
    ]


def _turned(figures: Mapping[str, Any]) -> list[str]:
    rows = figures.get("conditions", {}).get("yaw", [])
    if rows and rows[-1].get("action_unit_mean_r") is not None:
        return []
    return [f"Heads turned by more than {TURNED_DEG} degrees are too rare in its data to measure."]


def joined(words: list[str]) -> str:
    """Words as a list in a sentence."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
