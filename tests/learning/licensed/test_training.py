"""Training and measuring a scale on made-up people, and the commands that do it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from emocare import cli
from emocare.domain.errors import InputError, ModelError
from emocare.learning import sequence_run
from emocare.learning.licensed import card, daic_woz, export, fit, measuring, sets
from emocare.learning.licensed.fit import Plan
from emocare.learning.licensed.graph import ScaleGraph, installed
from emocare.learning.licensed.people import TOO_SHORT, Course, gather
from emocare.learning.licensed.recordings import TRAINING, Split
from emocare.learning.licensed.scales import PHQ8, VLOG, Scale
from emocare.temporal.self_test import golden_seconds
from emocare.temporal.tokens import FEATURES
from tests.learning.licensed import made_up
from tests.media.clips import make_clip

ROOT = Path(__file__).resolve().parents[3]
IDS = [k for k in range(300, 400) if str(k) not in daic_woz.EXCLUDED]
SMALL = Plan(width=16, epochs=25)


def quiet(line: str) -> None:
    """Takes a line of progress."""
    assert line


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def daic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("daic")
    made_up.daic_woz(folder, {"train": IDS[:26], "dev": IDS[26:34], "test": IDS[34:44]})
    return folder


@pytest.fixture(scope="module")
def models(daic: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a scale trained on made-up people."""
    folder = tmp_path_factory.mktemp("models")
    export.train_scale(daic_woz.load(daic, TRAINING), folder, SMALL, quiet)
    return folder


@pytest.fixture(scope="module")
def measured(daic: Path, models: Path) -> dict:
    found = daic_woz.load(daic, (Split.TRAIN, Split.TEST))
    return measuring.measure_scale(found, models, quiet)


def test_the_planted_signal_is_learnt(measured: dict) -> None:
    everybody = measured["test"]["figures"]["all"]
    assert measured["test"]["people"] == 10
    assert everybody["network"]["mae"]["value"] < 0.5 * everybody["training_mean"]["mae"]["value"]
    for baseline in ("training_mean", "sex_only"):
        assert everybody["network_less"][f"{baseline} mae"]["high"] < 0
    assert everybody["network"]["ccc"]["value"] > 0.8
    assert everybody["network"]["auroc"]["value"] > 0.9


def test_the_model_is_installed_with_all_it_needs(models: Path, measured: dict) -> None:
    entry = installed(models)["phq8"]
    folder = models / entry["folder"]
    assert entry["folder"] == "severity-phq8-1.0.0"
    assert {path.name for path in folder.iterdir()} == {
        "weights.safetensors", "graph.onnx", "MODEL_CARD.md", "evaluation.json"}  # fmt: skip
    assert entry["data"][0]["origin"] == "daic-woz"
    assert not {"rate", "so_far"} & set(entry["recipe"]["shape"]["inputs"])
    figures = json.loads((folder / "evaluation.json").read_text("utf-8"))
    assert figures == measured
    assert (folder / "MODEL_CARD.md").read_text("utf-8") == card.write_card(entry, figures)
    mae = figures["test"]["figures"]["all"]["network"]["mae"]
    assert card.text(mae) in (folder / "MODEL_CARD.md").read_text("utf-8")


def test_the_graph_says_what_the_network_says(daic: Path) -> None:
    people = gather(daic_woz.load(daic, TRAINING), Split.DEV, quiet).courses
    fitted = fit.fit(PHQ8, people, people, replace(SMALL, epochs=1), quiet)
    path = daic.parent / "graph.onnx"
    export.write_graph(fitted.network, path)
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for seconds in (golden_seconds()[None], people[0].values[None]):
        said, share = session.run(None, {"seconds": seconds})
        with torch.no_grad():
            expected, attention = fitted.network(torch.from_numpy(seconds))
        np.testing.assert_allclose(said, expected.numpy(), rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(share, attention.numpy(), atol=1e-5)


def test_a_changed_file_is_refused(models: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(models, tmp_path / "models")
    graph = copied / "severity-phq8-1.0.0" / "graph.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"severity-phq8-1\.0\.0/graph\.onnx was changed"):
        ScaleGraph(copied, PHQ8)


def test_training_means_come_from_the_training_people_alone(daic: Path) -> None:
    found = daic_woz.load(daic, TRAINING)
    train, dev = (gather(found, split, quiet).courses for split in TRAINING)
    moved = [replace(one, values=one.values + 3, label=24.0) for one in dev]
    plan = replace(SMALL, epochs=1)
    plain, other = (fit.fit(PHQ8, train, part, plan, quiet).network for part in (dev, moved))
    assert torch.equal(plain.body.mean, other.body.mean)
    assert torch.equal(plain.body.sd, other.body.sd) and torch.equal(plain.centre, other.centre)
    rows = np.concatenate([one.values for one in train])
    rows = rows[rows[:, FEATURES.index("measured")] > 0]
    np.testing.assert_allclose(plain.body.mean.numpy(), rows.mean(axis=0), atol=1e-4)


def test_a_longer_padding_changes_nothing(daic: Path) -> None:
    people = gather(daic_woz.load(daic, TRAINING), Split.DEV, quiet).courses
    network = fit.fit(PHQ8, people, people, replace(SMALL, epochs=1), quiet).network
    values = torch.from_numpy(people[0].values[None])
    longer = torch.cat([values, torch.zeros(1, 50, values.shape[2])], dim=1)
    with torch.no_grad():
        torch.testing.assert_close(network(values)[0], network(longer)[0])


def test_the_interval_of_the_dev_people_by_hand() -> None:
    labels = np.arange(1.0, 20.0)
    assert fit.conformal_width(labels, np.zeros(19), np.full(19, 2.0)) == 9.0, "18th of 19"
    assert fit.conformal_width(np.array([4.0, 1.0]), np.zeros(2), np.ones(2)) == 4.0


def test_short_recordings_are_left_out(tmp_path: Path) -> None:
    made_up.daic_woz(tmp_path, {"train": (303, 304), "dev": (307,)})
    made_up.daic_session(tmp_path, "303", 0.5, seconds=20)
    people = gather(daic_woz.load(tmp_path, TRAINING), Split.TRAIN, quiet)
    assert [one.id for one in people.courses] == ["304"] and people.left_out == {"303": TOO_SHORT}
    made_up.daic_session(tmp_path, "307", 0.5, seconds=20)
    with pytest.raises(InputError, match="no recording of the split dev can be used"):
        gather(daic_woz.load(tmp_path, TRAINING), Split.DEV, quiet)


def test_a_worse_measured_recording_gets_no_answer(models: Path, daic: Path) -> None:
    graph = ScaleGraph(models, PHQ8)
    course: Course = gather(daic_woz.load(daic, TRAINING), Split.DEV, quiet).courses[0]
    assert graph.inside(course)
    assert not graph.inside(replace(course, measured_share=0.1))
    assert not graph.inside(replace(course, measured_s=1))


def test_versions_go_up(models: Path, tmp_path: Path) -> None:
    assert export.next_version(models, PHQ8) == "1.1.0"
    assert export.next_version(models, VLOG) == "1.0.0"
    for name in ("severity-phq8-1.9.0", "severity-phq8-1.10.0", "severity-phq9-1.30.0"):
        (tmp_path / name).mkdir()
    assert export.next_version(tmp_path, PHQ8) == "1.11.0"


def test_a_model_is_measured_on_its_own_data_set(models: Path, tmp_path: Path) -> None:
    made_up.e_daic(tmp_path, {"train": (303,), "test": (600,)})
    found = sets.open_set("e-daic", tmp_path, (Split.TRAIN, Split.TEST), unused)
    with pytest.raises(InputError, match="was trained on daic-woz, which may hold people of E-D"):
        measuring.measure_scale(found, models, quiet)


def unused() -> sets.VideoCache:
    raise AssertionError("no video in this set")


def test_yes_and_no_is_learnt_too(tmp_path: Path) -> None:
    made_up.d_vlog(tmp_path / "vlogs", {"train": 24, "valid": 8, "test": 12})
    models = tmp_path / "models"
    models.mkdir()
    found = sets.open_set("d-vlog", tmp_path / "vlogs", TRAINING, unused)
    export.train_scale(found, models, replace(SMALL, epochs=12), quiet)
    found = sets.open_set("d-vlog", tmp_path / "vlogs", (Split.TRAIN, Split.TEST), unused)
    figures = measuring.measure_scale(found, models, quiet)["test"]["figures"]["all"]
    assert figures["network"]["auroc"]["value"] > 0.9
    assert "mae" not in figures["network"]
    assert figures["network_less"]["training_mean auroc"]["value"] > 0.4
    assert installed(models)["vlog"]["recipe"]["interval_width"] is None


def test_every_data_set_has_one_scale() -> None:
    found: dict[str, Scale] = {name: sets.require_name(name) for name in sets.NAMES}
    assert {name: one.id for name, one in found.items()} == {
        "daic-woz": "phq8", "e-daic": "phq8", "avec2014": "bdi2", "d-vlog": "vlog",
        "own-clinic": "phq9"}  # fmt: skip


def test_videos_are_read_by_the_reader_of_the_product(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", [k / 20 for k in range(20)])
    cache = sets.video_cache(tmp_path / "kept", ROOT / "models")
    readings = cache.readings(clip)
    assert len(readings) == 20 and not readings.ok.any()
    kept = list((tmp_path / "kept").glob("clip-*.parquet"))
    assert len(kept) == 1
    clip_time = kept[0].stat().st_mtime_ns
    again = cache.readings(clip)
    assert kept[0].stat().st_mtime_ns == clip_time
    np.testing.assert_array_equal(again["t_s"], readings["t_s"])


# Commands


def test_the_commands_train_and_measure(
    daic: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("EMOCARE_MODELS_DIR", str(tmp_path))
    words = ["severity", str(daic), "--data", "daic-woz"]
    assert cli.main(["evaluate", *words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "No trained model is installed for the scale PHQ-8." in err
    assert cli.main(["train", *words, "--epochs", "2"]) == 0
    out, err = capsys.readouterr()
    assert out.strip() == str(tmp_path / "severity-phq8-1.0.0")
    assert "epoch 1:" in err and "evaluate severity PATH --data daic-woz" in err
    assert "network less training mean mae" in err
    assert cli.main(["evaluate", *words, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["model"] == "severity-phq8" and told["test"]["people"] == 10


BAD: dict[str, tuple[list[str], str]] = {
    "no path": (["train", "severity", "--data", "daic-woz"], "--data NAME PATH"),
    "epochs alone": (["train", "severity", "--epochs", "2"], "--data NAME PATH"),
    "no set": (["evaluate", "severity", "."], "--data NAME PATH"),
    "unknown set": (["train", "severity", ".", "--data", "daic"], "'daic' is no known data set"),
    "unknown to evaluate": (["evaluate", "severity", ".", "--data", "x"], "no known data set"),
    "no folder": (["train", "severity", "gone", "--data", "daic-woz"], "gone is no folder"),
    "empty folder": (["train", "severity", ".", "--data", "e-daic"], "train_split.csv is not the"),
    "no videos": (["train", "severity", ".", "--data", "avec2014"], "holds no video"),
    "no vlogs": (["train", "severity", ".", "--data", "d-vlog"], "labels.csv is not there"),
    "no sessions": (["train", "severity", ".", "--data", "own-clinic"], "no exported session"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_is_one_line(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    words, said = BAD[kind]
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == "" and said in err and err.count("\n") == 1 and "Traceback" not in err


def test_without_data_simulated_people_are_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setenv("EMOCARE_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(sequence_run, "run", lambda *words: started.append(words[:3]))
    assert cli.main(["train", "severity"]) == 0
    assert cli.main(["train", "severity", "--out", "elsewhere"]) == 0
    assert started == [("severity", Path("runs/sequence"), tmp_path),
                       ("severity", Path("elsewhere"), tmp_path)]  # fmt: skip
    assert str(tmp_path / "manifest.json") in capsys.readouterr().out


def test_a_wrong_column_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up.daic_woz(tmp_path, {"train": (303,), "dev": (307,)})
    path = tmp_path / "303_P" / "303_CLNF_AUs.txt"
    pd.read_csv(path, skipinitialspace=True).rename(columns={"AU12_r": "AU12"}).to_csv(path)
    assert cli.main(["train", "severity", str(tmp_path), "--data", "daic-woz"]) == 2
    err = capsys.readouterr().err
    assert "303_CLNF_AUs.txt has no column AU12_r" in err and err.count("\n") == 1


def test_the_doctor_says_which_scales_have_a_model(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))

    def line() -> dict:
        cli.main(["doctor", "--json"])
        checks = json.loads(capsys.readouterr().out)["checks"]
        return next(check for check in checks if check["name"] == "severity")

    found = line()
    assert found["ok"] and found["detail"] == (
        "no trained model installed for this scale: PHQ-8, PHQ-9, BDI-II, D-Vlog label")
    copied = shutil.copytree(models, tmp_path / "models")
    monkeypatch.setenv("EMOCARE_MODELS_DIR", str(copied))
    assert line()["detail"].startswith("severity-phq8 1.0.0 (")
    (copied / "severity-phq8-1.0.0" / "graph.onnx").write_bytes(b"x")
    assert not line()["ok"]
    (copied / "manifest.json").write_text("{", "utf-8")
    assert line() == {"name": "severity", "ok": True, "checked": False,
                      "detail": "not checked without weights", "remedy": ""}  # fmt: skip
