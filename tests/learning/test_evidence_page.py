"""The page of evidence: the committed one is the one its sources give; nothing is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emocare.learning import evidence_page, manifest
from emocare.learning.model_limits import limits
from tests.learning.conftest import MODELS, ROOT

FACE = {
    "id": "face", "version": "9.0.0", "folder": "face-9.0.0", "task": "reads faces",
    "files": {"graph": {"file": "graph.onnx", "sha256": "ab" * 32}},
    "labels": {"action_units": ["au12"]}, "evaluation": "evaluation.json",
}  # fmt: skip


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "face-9.0.0"
    folder.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    manifest.write_model(tmp_path / "models", FACE)
    return tmp_path / "models"


def page(models: Path) -> str:
    return evidence_page.write_page(models, models.parent / "docs")


def test_the_committed_page_is_what_its_sources_give() -> None:
    committed = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    assert committed == evidence_page.write_page(MODELS, ROOT / "docs")


def test_every_network_of_the_manifest_has_its_part() -> None:
    written = evidence_page.write_page(MODELS, ROOT / "docs")
    for spec in manifest.read_models(MODELS):
        assert f"## {spec['id']} {spec['version']}\n" in written


def test_without_figures_it_says_so(models: Path) -> None:
    written = page(models)
    assert "## face 9.0.0" in written and "Not measured.\n" in written
    assert "## Beside other programs\n\nNot measured here yet.\n" in written


def test_a_missing_part_is_named_not_left_out(models: Path) -> None:
    (models / "face-9.0.0" / "evaluation.json").write_text('{"model": "face"}')
    written = page(models)
    for title in ("Expressions", "Landmarks", "Calibration", "Real clips through the app's reader"):
        assert f"### {title}\n\nNot measured." in written
    assert "It does not read AU01, AU02" in written


def test_another_network_is_shown_value_by_value(models: Path) -> None:
    (models / "detector-1.0.0").mkdir()
    manifest.write_model(models, {**FACE, "id": "detector", "folder": "detector-1.0.0"})
    figures = {
        "model": "detector", "recall": {"value": 0.91, "low": 0.9, "high": 0.92},
        "by_size": [{"px": 32, "recall": None}], "curve": [1, 2],
    }  # fmt: skip
    (models / "detector-1.0.0" / "evaluation.json").write_text(json.dumps(figures))
    written = page(models)
    assert "| recall | 0.910 (0.900 to 0.920) |" in written
    assert "| by size 1, recall | not measured |" in written and "| curve | 1, 2 |" in written


def test_peers_stand_beside_each_other_with_machine_and_versions(models: Path) -> None:
    bench = {
        "machine": {"cpu": "a processor", "cores": 2},
        "versions": {"Emo-Care": "1", "other": "0.9"},
        "rows": [{"what": "whole path", "unit": "ms", "values": {"Emo-Care": 12.345, "other": None},
                  "note": "one thread"}],
    }  # fmt: skip
    (models.parent / "docs" / "bench.json").write_text(json.dumps(bench))
    written = page(models)
    assert "cpu a processor, cores 2" in written and "Emo-Care 1, other 0.9" in written
    assert "| whole path, ms | 12.35 | not measured | one thread |" in written


def test_without_a_docs_folder_nothing_is_written(models: Path) -> None:
    (models.parent / "docs").rmdir()
    assert evidence_page.refresh(models) is None
    assert not (models.parent / "docs").exists()


def test_limits_follow_the_figures() -> None:
    figures = {
        "expressions": {"f1": {"neutral": 0.9, "fear": 0.2}},
        "action_units": {"headline": {"columns": ["au12"],
                                      "share_of_faces_seen": {"au12": 0.3, "au14": 0.001}}},
        "clips": {"a": {"action_unit_r": {"au12": 0.9, "au24": -0.1}}},
        "conditions": {"yaw": [{"action_unit_mean_r": {"value": 0.5}}]},
    }  # fmt: skip
    said = " ".join(limits(FACE, figures))
    assert "It reads fear poorly" in said and "sees AU14;" in said and "AU24 can be" in said
    assert "AU12," not in said and "Heads turned" not in said
    bare = " ".join(limits({}, {}))
    assert "poorly" not in bare and "Heads turned" in bare
