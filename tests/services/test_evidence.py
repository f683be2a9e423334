"""The evidence of the engine in use: figures of this very network or none, and a real self-test."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from emocare.domain.errors import WeightsCorrupt, WeightsMissing
from emocare.services.engine import FaceEngine
from emocare.services.evidence import USUAL_GROUPS, Evidence, limits_of
from emocare.settings import ROOT
from tests.services.fakes import ScriptedReader

MODELS = ROOT / "models"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the manifest, the figures and the card, without the weights."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(MODELS / "manifest.json", folder)
    target = folder / entry()["folder"]
    target.mkdir()
    for name in (entry()["evaluation"], entry()["card"]):
        shutil.copy(MODELS / entry()["folder"] / name, target)
    return folder


def entry() -> dict:
    models = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))["models"]
    return next(one for one in models if one["id"] == "face")


def evidence(models: Path, data: Path | None = None) -> Evidence:
    return Evidence(models, data or models / "none", FaceEngine(ScriptedReader().loaded))


def test_figures_are_those_of_the_evaluation(models: Path) -> None:
    sheet = evidence(models).sheet()
    told = json.loads((models / entry()["folder"] / "evaluation.json").read_text("utf-8"))
    assert sheet.measured is not None
    found = {one.key: one for one in sheet.measured.estimates}
    accuracy = told["expressions"]["accuracy"]
    assert (found["accuracy"].value, found["accuracy"].low) == (accuracy["value"], accuracy["low"])
    assert found["au12"].value == told["action_units"]["pearson_r"]["au12"]["value"]
    assert found["accuracy"].n == told["expressions"]["images"]
    assert sheet.engine.sha256 == entry()["files"]["weights"]["sha256"]
    said = [point.said for point in sheet.measured.calibration]
    assert said == sorted(said) and all(p.n >= 10 for p in sheet.measured.calibration)


def test_limits_are_the_lines_of_the_card(models: Path) -> None:
    sheet = evidence(models).sheet()
    assert sheet.limits and all(f"* {limit}\n" in sheet.card for limit in sheet.limits)
    assert limits_of("# x\n\n## Limits\n\n* one\n* two\n\n## Data\n\n* three\n") == ("one", "two")
    assert limits_of("no card") == ()


def test_what_is_missing_stays_missing(models: Path) -> None:
    path = models / entry()["folder"] / "evaluation.json"
    path.write_text(json.dumps({"graph_sha256": entry()["files"]["graph"]["sha256"]}))
    measured = evidence(models).sheet().measured
    assert measured is not None and measured.calibration == ()
    assert {one.value for one in measured.estimates} == {None}
    assert set(measured.conditions.values()) == {()}


def test_figures_of_another_network_are_not_shown(models: Path) -> None:
    path = models / entry()["folder"] / "evaluation.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"graph_sha256": "00"}))
    assert evidence(models).sheet().measured is None
    path.unlink()
    assert evidence(models).sheet().measured is None


def test_a_damaged_file_is_said(models: Path) -> None:
    (models / entry()["folder"] / "evaluation.json").write_text("{")
    with pytest.raises(WeightsCorrupt, match=r"evaluation\.json cannot be read"):
        evidence(models).sheet()
    (models / "manifest.json").write_text("[]")
    with pytest.raises(WeightsCorrupt, match="something else"):
        evidence(models).sheet()
    (models / "manifest.json").write_text('{"models": []}')
    with pytest.raises(WeightsMissing, match="no face network"):
        evidence(models).sheet()


def hashes() -> list[str]:
    models = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))["models"]
    reading = [one for one in models if one["id"] in ("face", "detector")]
    return [one["files"]["weights"]["sha256"] for one in reading]


def kept(*sha256: str) -> str:
    accuracy = {"value": 0.8, "low": 0.7, "high": 0.9}
    values = {"yes": {"accuracy": accuracy, "labelled_and_found": 40}, "no": {"accuracy": None}}
    return json.dumps({
        "models": [{"sha256": one} for one in sha256], "pictures": 80,
        "all": {"accuracy": accuracy},
        "groups": {"glasses": {"values": values}},
    })  # fmt: skip


def test_the_clinics_own_test_is_shown_for_the_engine_it_was_made_with(
    models: Path, tmp_path: Path
) -> None:
    (tmp_path / "fairness.json").write_text(kept(*hashes()))
    sheet = evidence(models, tmp_path).sheet()
    assert (sheet.group_pictures, sheet.group_accuracy) == (80, 0.8)
    glasses = [group.estimate for group in sheet.groups if group.column == "glasses"]
    shown = [(one.key, one.value, one.n) for one in glasses]
    assert shown == [("yes", 0.8, 40), ("no", None, None)]
    for other in (kept("another"), kept(hashes()[0], "another"), kept(*hashes())[:-20]):
        (tmp_path / "fairness.json").write_text(other)
        sheet = evidence(models, tmp_path).sheet()
        assert sheet.group_pictures is None
        assert [group.column for group in sheet.groups] == list(USUAL_GROUPS)


def test_the_self_test_loads_anew_each_time() -> None:
    loads: list[int] = []

    def load() -> object:
        loads.append(1)
        if len(loads) == 3:
            raise WeightsCorrupt("The face network failed its self-test.")
        return ScriptedReader().loaded()

    engine = FaceEngine(load)
    in_use = engine.get()
    found = Evidence(MODELS, MODELS, engine)
    assert found.self_test().passed
    failed = found.self_test()
    assert not failed.passed and "failed its self-test" in failed.fault
    assert engine.get() is in_use and len(loads) == 3
