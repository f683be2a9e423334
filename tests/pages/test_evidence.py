"""Evidence: figures of the engine in use, its self-test, what it cannot do, and every way to lack
them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.errors import WeightsCorrupt
from emocare.services.engine import FaceEngine, LoadedFace
from emocare.services.evidence import Evidence
from emocare.settings import Settings
from emocare.ui import context
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene


def test_it_says_which_engine_and_that_no_patient_validated_it(open_page: Open, app: App) -> None:
    page = open_page("evidence")
    assert not page.exception and not page.error
    text = words(page)
    sheet = app.evidence.sheet()
    assert page.title[0].value == "Evidence"
    assert f"face {sheet.engine.version}, SHA-256 {sheet.engine.sha256[:4]}" in text
    assert [w.value for w in page.warning] == [context.text.NOT_VALIDATED]
    assert "Self-test passed" in text


def test_figures_and_limits_are_on_the_same_screen(open_page: Open, app: App) -> None:
    page = open_page("evidence")
    text = words(page)
    for heading in ("How often it is right", "When it says 70 %", "by group", "What it cannot do"):
        assert heading in text
    assert len(page.get("plotly_chart")) == 4
    for limit in app.evidence.sheet().limits:
        assert limit in text
    assert "Expected calibration error" in text and "3,152 images" in text
    assert "Nobody labelled groups" in text


def test_the_model_card_opens(open_page: Open, app: App) -> None:
    page = open_page("evidence")
    page = page.button(key="card").click().run()
    assert not page.exception
    text = words(page)
    assert "# Limits" in text and f"**face {app.evidence.sheet().engine.version}**" in text
    assert "Download" in [b.label for b in page.get("download_button")]


def test_a_condition_is_chosen_and_its_steps_are_shown(open_page: Open, app: App) -> None:
    page = open_page("evidence")
    page = page.segmented_control(key="condition").set_value("yaw").run()
    assert not page.exception
    steps = [one.key for one in app.evidence.sheet().measured.conditions["yaw"]]
    spec = page.get("plotly_chart")[2].proto.spec
    assert len(steps) > 2 and all(step in spec for step in steps)


def swap(monkeypatch: pytest.MonkeyPatch, app: App, models: Path) -> None:
    """Another models folder behind the page."""
    other = Evidence(models, app.settings.data_dir, app.engine)
    monkeypatch.setattr(context, "_shared_app", lambda: replace(app, evidence=other))


def test_without_an_evaluation_it_says_not_measured(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    manifest = app.settings.models_dir / "manifest.json"
    (models / "manifest.json").write_text(manifest.read_text(encoding="utf-8"))
    swap(monkeypatch, app, models)
    page = open_page("evidence")
    assert not page.exception
    assert words(page).count("Not measured for this engine.") == 4
    assert page.button(key="card").disabled
    assert len(page.get("plotly_chart")) == 1


def test_a_failed_self_test_turns_faces_off_and_nothing_else(
    open_page: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch, app: App
) -> None:
    def refuse() -> LoadedFace:
        raise WeightsCorrupt("The face network failed its self-test (pose differs).")

    broken = Evidence(settings.models_dir, settings.data_dir, FaceEngine(refuse))
    monkeypatch.setattr(context, "_shared_app", lambda: replace(app, evidence=broken))
    page = open_page("evidence")
    assert not page.exception
    text = words(page)
    assert "Self-test failed" in text and "pose differs" in page.error[0].value.replace("\\", "")
    assert "Questionnaires go on." in text and "Self-test passed" not in text
    assert "What it cannot do" in text


def test_without_a_models_folder_it_says_what_to_do(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    swap(monkeypatch, app, tmp_path / "none")
    page = open_page("evidence")
    assert not page.exception
    assert page.title[0].value == "Evidence"
    assert "Restore the models folder" in page.error[0].value


def test_the_clinics_own_groups_are_shown(open_page: Open, app: App) -> None:
    accuracy = {"value": 0.8, "low": 0.7, "high": 0.9}
    manifest = app.settings.models_dir / "manifest.json"
    listed = json.loads(manifest.read_text(encoding="utf-8"))["models"]
    kept = {
        "models": [{"sha256": one["files"]["weights"]["sha256"]} for one in listed
                   if one["id"] not in ("affect", "severity")],
        "pictures": 1204,
        "all": {"accuracy": accuracy},
        "groups": {"age_group": {"values": {"65 and older": {
            "accuracy": accuracy, "labelled_and_found": 118}}}},
    }  # fmt: skip
    (app.settings.data_dir / "fairness.json").write_text(json.dumps(kept))
    page = open_page("evidence")
    assert "1,204 pictures" in words(page)
    spec = page.get("plotly_chart")[1].proto.spec
    assert "Age 65 and older" in spec and "n 118" in spec


ROWS = [
    {"what": "Severity, weighted kappa", "value": 0.8124, "low": 0.79, "high": 0.831,
     "note": "2,000 simulated people"},
    {"what": "Abstains below", "value": "30 s", "low": None, "high": None, "note": ""},
    {"what": "Parameters", "value": 184000, "low": None, "high": None, "note": "*all* of them"},
]  # fmt: skip


def with_networks(models: Path, manifest: Path, **more: object) -> None:
    """The shipped manifest and two sequence networks, of which one was evaluated."""
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    listed["models"] = [one for one in listed["models"] if one["id"] not in ("affect", "severity")]
    for name in ("affect", "severity"):
        folder = models / f"{name}-1.0.0"
        folder.mkdir(parents=True)
        listed["models"].append({
            "id": name, "version": "1.0.0", "folder": folder.name, "card": "MODEL_CARD.md",
            "evaluation": "evaluation.json",
            "files": {"weights": {"file": "w", "sha256": f"{name:x<64}"},
                      "graph": {"file": "g", "sha256": "0" * 64}},
        })  # fmt: skip
    (models / "severity-1.0.0" / "MODEL_CARD.md").write_text(
        "# severity 1.0.0\n\n## Limits\n\n- Knows no\n  patient.\n* Rules nothing out.\n"
    )
    evaluation = {"kind": "sequence", "graph_sha256": "0" * 64, "rows": ROWS} | more
    (models / "severity-1.0.0" / "evaluation.json").write_text(json.dumps(evaluation))
    (models / "manifest.json").write_text(json.dumps(listed))


def test_sequence_networks_show_their_rows_as_a_table(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_networks(tmp_path / "models", app.settings.models_dir / "manifest.json")
    swap(monkeypatch, app, tmp_path / "models")
    page = open_page("evidence")
    assert not page.exception and not page.error
    text = words(page)
    assert "Trained on simulated people, not on patients." in text
    table = page.table[0].value
    assert list(table.columns) == ["What", "Value", "95 % interval", "Note"]
    assert table.iloc[0].tolist() == [
        "Severity, weighted kappa", "0.812", "0.790 to 0.831", "2,000 simulated people",
    ]  # fmt: skip
    assert table.iloc[1].tolist()[1:] == ["30 s", "", ""]
    assert table.iloc[2].tolist()[1:] == ["184,000", "", "\\*all\\* of them"]
    assert "* Knows no patient.\n* Rules nothing out." in text
    assert text.count("Not measured for this network.") == 1
    assert page.button(key="card_affect").disabled
    page = page.button(key="card_severity").click().run()
    assert "**severity 1.0.0**" in words(page)


def test_figures_of_another_network_are_not_shown(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    manifest = app.settings.models_dir / "manifest.json"
    with_networks(tmp_path / "models", manifest, graph_sha256="1" * 64)
    swap(monkeypatch, app, tmp_path / "models")
    page = open_page("evidence")
    assert not page.exception and not page.table
    assert words(page).count("Not measured for this network.") == 2


def test_a_broken_row_is_told_where_it_happened(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    manifest = app.settings.models_dir / "manifest.json"
    with_networks(tmp_path / "models", manifest, rows=[{"what": "Kappa"}])
    swap(monkeypatch, app, tmp_path / "models")
    page = open_page("evidence")
    assert not page.exception
    assert "The evaluation of severity cannot be read." in page.error[0].value.replace("\\", "")
    assert page.title[0].value == "Evidence" and len(page.get("plotly_chart")) == 1


def test_the_clinics_own_test_counts_although_sequence_networks_are_listed(
    app: App, tmp_path: Path
) -> None:
    manifest = app.settings.models_dir / "manifest.json"
    with_networks(tmp_path / "models", manifest)
    shipped = json.loads(manifest.read_text(encoding="utf-8"))["models"]
    reading = [one for one in shipped if one["id"] not in ("affect", "severity")]
    kept = {
        "models": [{"sha256": one["files"]["weights"]["sha256"]} for one in reading],
        "pictures": 77,
    }
    (app.settings.data_dir / "fairness.json").write_text(json.dumps(kept))
    sheet = Evidence(tmp_path / "models", app.settings.data_dir, app.engine).sheet()
    assert sheet.group_pictures == 77


def test_an_open_alert_stays_in_sight(open_page: Open, scene: Scene) -> None:
    person = scene.patient("P-1", "Ada Lang")
    scene.answers(person, None, [1, 1, 1, 1, 1, 1, 1, 1, 2])
    assert "Safety alert" in words(open_page("evidence"))


def test_the_page_is_reached_from_the_real_wiring(settings: Settings) -> None:
    with build_app(settings) as app:
        assert app.evidence.self_test().passed
