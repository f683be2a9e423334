"""How far the engine in use may be trusted: its measured figures, limits and a real self-test."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from emocare.domain.errors import ModelError, WeightsCorrupt, WeightsMissing
from emocare.domain.summary import ModelRef
from emocare.services.engine import FaceEngine
from emocare.services.evidence_sequence import SequenceSheet, is_sequence, sheet_of
from emocare.services.fairness import KEPT
from emocare.services.workplace import now

MANIFEST, FACE = "manifest.json", "face"
REMEDY = "Restore the models folder from the release."
LIMITS_HEAD = "## Limits"
UNITS = ("au12", "au04", "au45", "au15")
"""Single Action Units that are shown beside the mean."""
CONDITIONS = ("face_width_px", "blur", "light", "yaw")
USUAL_GROUPS = ("age_group", "sex", "skin_tone", "glasses", "beard", "head_covering")
FEWEST_IN_BIN = 10
"""A calibration point stands for at least this many pictures."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measured figure.

    Attributes:
        key: What was measured, for example "accuracy" or "au12".
        value: The figure; None when it was not measured.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Pictures or faces behind it; None when that is not said.
    """

    key: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """How often readings of about one probability came true, with its 95 % interval."""

    said: float
    came_true: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Group:
    """Accuracy of the expressions in one group of people, as a clinic's own test found it.

    Attributes:
        column: For example "age_group".
        estimate: ``key`` is the value of the column; without a value where nobody measured.
    """

    column: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one engine.

    Attributes:
        estimates: Figures on a scale of 0 to 1.
        images: Pictures behind the expressions.
        faces: Faces behind the Action Units.
        people: People on them.
        conditions: Condition ("face_width_px", "blur", ...) -> mean r of the Action Units, step by
            step; the key of each figure names the step.
        calibration: Points of the reliability diagram, from the least to the most sure.
        calibration_error: With its interval, where there is one.
    """

    estimates: tuple[Estimate, ...]
    images: int | None
    faces: int | None
    people: int | None
    conditions: Mapping[str, tuple[Estimate, ...]]
    calibration: tuple[CalibrationPoint, ...]
    calibration_error: Estimate


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page shows.

    Attributes:
        engine: Network in use with the SHA-256 of its weights.
        measured: None when there is no evaluation of this very network.
        groups: By column; always at least the usual ones, without a value where not measured.
        group_pictures: Pictures of the clinic's own test, None without one.
        group_accuracy: Accuracy over all of them, None where it was not measured.
        limits: What it cannot do, one sentence each, from the model card.
        card: The whole model card as Markdown, "" without one.
    """

    engine: ModelRef
    measured: Measured | None
    groups: tuple[Group, ...]
    group_pictures: int | None
    group_accuracy: float | None
    limits: tuple[str, ...]
    card: str


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Outcome of loading the engine anew: hash and golden input.

    Attributes:
        at: When it ran.
        fault: "" when it passed, otherwise the reason.
    """

    at: datetime
    fault: str

    @property
    def passed(self) -> bool:
        """Whether the engine may be used."""
        return not self.fault


class Evidence:
    """Reads the figures that ship with the engine. Safe to use from any thread."""

    def __init__(self, models_dir: Path, data_dir: Path, engine: FaceEngine) -> None:
        """Args:
        models_dir: Folder with ``manifest.json``.
        data_dir: May hold the result of a clinic's own fairness test.
        engine: For the self-test.
        """
        self._models_dir = models_dir
        self._data_dir = data_dir
        self._engine = engine

    def self_test(self) -> SelfTest:
        """Loads the engine anew, so that its hash and golden input are checked now."""
        try:
            self._engine.check()
        except ModelError as error:
            return SelfTest(now(), str(error))
        return SelfTest(now(), "")

    def sheet(self) -> Sheet:
        """What was measured of the engine in use.

        Raises:
            ModelError: The manifest or the evaluation cannot be read.
        """
        entry = self._entry()
        folder = self._models_dir / str(entry["folder"])
        files = entry["files"]
        engine = ModelRef(str(entry["id"]), str(entry["version"]), str(files["weights"]["sha256"]))
        card_file = folder / str(entry.get("card", ""))
        card = card_file.read_text(encoding="utf-8") if card_file.is_file() else ""
        evaluation = folder / str(entry.get("evaluation", ""))
        figures = _read(evaluation) if evaluation.is_file() else {}
        mine = figures.get("graph_sha256") == files["graph"]["sha256"]
        test = self._own_test()
        everybody = test.get("all", {}).get("accuracy") or {}
        return Sheet(
            engine=engine, measured=measured_of(figures) if mine else None,
            groups=groups_of(test), group_pictures=test.get("pictures"),
            group_accuracy=everybody.get("value"), limits=limits_of(card), card=card,
        )  # fmt: skip

    def sequences(self) -> tuple[SequenceSheet, ...]:
        """What was measured of each sequence network; empty where none is installed.

        Raises:
            ModelError: The manifest or an evaluation cannot be read.
        """
        return tuple(
            sheet_of(entry, self._models_dir, _read, limits_of)
            for entry in self._listed() if is_sequence(entry)
        )  # fmt: skip

    def _listed(self) -> list[Mapping[str, Any]]:
        path = self._models_dir / MANIFEST
        if not path.is_file():
            raise WeightsMissing(f"models/{MANIFEST} is not there. {REMEDY}")
        return list(_read(path).get("models", []))

    def _entry(self) -> Mapping[str, Any]:
        found = next((one for one in self._listed() if one.get("id") == FACE), None)
        if found is None:
            raise WeightsMissing(f"models/{MANIFEST} names no face network. {REMEDY}")
        return dict(found)

    def _own_test(self) -> Mapping[str, Any]:
        """The clinic's own test, when it can be read and was made with these very networks that
        read pictures."""
        path = self._data_dir / KEPT
        try:
            test = _read(path) if path.is_file() else {}
        except WeightsCorrupt:
            # A half-written or old file says nothing; the page then says "not measured".
            _log.warning("%s cannot be read: run evaluate fairness --keep again", KEPT)
            return {}
        hashes = {model.get("sha256") for model in test.get("models", ())}
        reading = [one for one in self._listed() if not is_sequence(one)]
        return test if hashes == {one["files"]["weights"]["sha256"] for one in reading} else {}


def groups_of(test: Mapping[str, Any]) -> tuple[Group, ...]:
    """Accuracy by group out of a kept test; the usual groups stay in words where there is none."""
    found = test.get("groups", {})
    groups: list[Group] = []
    for column in dict.fromkeys((*USUAL_GROUPS, *found)):
        values = found.get(column, {}).get("values", {})
        groups += [
            Group(column, _estimate(
                f"{value} (few)" if one.get("few") else value,
                one.get("accuracy"), one.get("labelled_and_found"),
            ))
            for value, one in values.items()
        ] or [Group(column, Estimate(""))]
    return tuple(groups)


def measured_of(figures: Mapping[str, Any]) -> Measured:
    """The figures of the page out of an ``evaluation.json``; whatever is missing stays missing."""
    expressions = figures.get("expressions", {})
    units = figures.get("action_units", {})
    images, faces = expressions.get("images"), units.get("faces")
    correlations = units.get("pearson_r", {})
    return Measured(
        estimates=(
            _estimate("accuracy", expressions.get("accuracy"), images),
            _estimate("macro_f1", expressions.get("macro_f1"), images),
            _estimate("units", units.get("headline", {}).get("mean_r"), faces),
            *(_estimate(unit, correlations.get(unit), faces) for unit in UNITS),
            _estimate("gaze_down", units.get("gaze_down_r"), faces),
            _estimate("eye_openness", units.get("eye_openness_left_r"), faces),
        ),
        images=images, faces=faces, people=units.get("people"),
        conditions={
            name: tuple(_estimate(one["condition"], one["action_unit_mean_r"], one["faces"])
                        for one in figures.get("conditions", {}).get(name, ()))
            for name in CONDITIONS
        },
        calibration=tuple(
            CalibrationPoint(one["confidence"], one["accuracy"]["value"], one["accuracy"]["low"],
                             one["accuracy"]["high"], one["n"])
            for one in expressions.get("reliability", ()) if one["n"] >= FEWEST_IN_BIN
        ),
        calibration_error=_estimate("ece", expressions.get("ece"), images),
    )  # fmt: skip


def limits_of(card: str) -> tuple[str, ...]:
    """The list under the head "Limits" of a model card, one sentence each."""
    _, _, rest = card.partition(f"\n{LIMITS_HEAD}\n")
    part = rest.split("\n## ", 1)[0]
    items = part.replace("\n  ", " ").splitlines()
    return tuple(line[2:].strip() for line in items if line.startswith(("* ", "- ")))


def _estimate(key: str, figure: Mapping[str, float] | None, n: int | None) -> Estimate:
    if figure is None:
        return Estimate(key)
    return Estimate(key, figure["value"], figure["low"], figure["high"], n)


def _read(path: Path) -> dict[str, Any]:
    """A JSON object.

    Raises:
        WeightsCorrupt: The file cannot be read as one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsCorrupt(f"{path.name} cannot be read. {REMEDY}") from error
    if not isinstance(found, dict):
        raise WeightsCorrupt(f"{path.name} holds something else. {REMEDY}")
    return found
