from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from emocare.app import App, commit_of, examine
from emocare.domain.errors import InputError, StoreBusy
from emocare.services import system
from emocare.services.samples import list_samples
from emocare.settings import ROOT, Settings


def checks(found: list[system.Check]) -> dict[str, system.Check]:
    """By name."""
    return {check.name: check for check in found}


def test_the_doctor_names_every_part(app: App) -> None:
    found = checks(app.system.doctor())
    assert list(found) == ["weights", "sequence", "database", "key", "back-ups", "start", "cameras",
                           "fonts", "disk",
                           "samples", "reference", "forms"]  # fmt: skip
    assert found["forms"].ok and "questionnaires can be asked" in found["forms"].detail
    assert found["weights"].ok and "scripted 1.0.0" in found["weights"].detail
    assert found["database"].ok and found["fonts"].ok
    assert not found["samples"].ok and found["samples"].remedy


def test_the_doctor_finds_what_is_wrong_without_an_application(
    app: App, settings: Settings, tmp_path: Path
) -> None:
    found = checks(examine(replace(settings, models_dir=tmp_path / "none")))
    for name in ("weights", "sequence"):
        assert not found[name].ok and "manifest.json" in found[name].detail and found[name].remedy
    assert (not found["database"].ok and "in use" in found["database"].detail) or (
        "already open" in found["database"].detail
    )
    with pytest.raises(StoreBusy):
        raise StoreBusy(found["database"].detail)


def test_a_second_window_of_another_process_is_told_who_holds_the_file(
    app: App, settings: Settings
) -> None:
    from emocare.app import build_app

    with pytest.raises(StoreBusy, match="Close"):
        build_app(settings)


def test_cameras_are_looked_for_only_where_that_is_known(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    assert "video0" in system._cameras(tmp_path, "linux").detail
    assert "none found" in system._cameras(tmp_path / "empty", "linux").detail
    elsewhere = system._cameras(tmp_path, "darwin")
    assert elsewhere.ok and not elsewhere.checked and "not checked" in elsewhere.detail


def test_a_full_disk_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**9, 10**9, 10**6))
    check = system._disk(tmp_path / "not" / "yet")
    assert not check.ok and "need 2 GB" in check.detail


def write_samples(folder: Path, **changes: Any) -> None:
    """A samples folder with one clip and one that is missing."""
    folder.mkdir(exist_ok=True)
    truth = {"title": "Smile", "description": "One smile.", "duration_s": 18,
             "expected": {"gate": "unreliable", "because": "short"}, "people": 1,
             "events": [{"type": "smile", "onset_s": 1, "offset_s": 2}]} | changes  # fmt: skip
    (folder / "smile.json").write_text(json.dumps(truth))
    (folder / "smile.mp4").write_bytes(b"clip")
    clips = [{"name": n, "file": f"{n}.mp4", "truth": f"{n}.json"} for n in ("smile", "gone")]
    (folder / "manifest.json").write_text(json.dumps({"schema": 1, "clips": clips}))


def test_samples_are_those_of_the_manifest_that_are_there(tmp_path: Path) -> None:
    assert list_samples(tmp_path) == []
    write_samples(tmp_path)
    (sample,) = list_samples(tmp_path)
    assert (sample.name, sample.title, sample.duration_s) == ("smile", "Smile", 18.0)
    assert sample.path == tmp_path / "smile.mp4"
    assert sample.expected["gate"] == "unreliable" and sample.expected["people"] == 1
    (tmp_path / "smile.json").write_text("{")
    with pytest.raises(InputError, match="damaged"):
        list_samples(tmp_path)


def test_the_shipped_samples_are_listed() -> None:
    if not (ROOT / "sample_videos" / "manifest.json").is_file():
        pytest.skip("the sample clips are not made yet")
    assert list_samples(ROOT / "sample_videos")


def test_the_commit_is_read_from_the_working_copy(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert commit_of(tmp_path) is None
    (git / "packed-refs").write_text("# pack\nabc123 refs/heads/main\n")
    assert commit_of(tmp_path) == "abc123"
    (git / "refs" / "heads" / "main").write_text("def456\n")
    assert commit_of(tmp_path) == "def456"
    (git / "HEAD").write_text("fff999\n")
    assert commit_of(tmp_path) == "fff999"
