"""The command line: files, JSON, exit codes, one line for whatever cannot be used."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

from emocare import cli
from emocare.analysis import AnalysisConfig, SiteReference
from emocare.analysis.site_reference import SiteFeature, method_sha256
from emocare.app import build_app
from emocare.cli import research
from emocare.domain.consent import Use
from emocare.domain.groups import GroupedPicture
from emocare.domain.readings import COLUMNS
from emocare.domain.records import SessionId, SessionState
from emocare.domain.summary_json import summary_from_dict
from emocare.services import reference_files
from emocare.services.engine import FaceEngine, SequenceEngine
from emocare.settings import Settings, load_settings
from tests.media.clips import make_clip, make_sound, steady
from tests.services.fakes import MODELS, ScriptedReader

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = ("analyze", "classify", "score", "report", "export", "doctor", "bench", "demo",
            "train face", "evaluate expressions", "evaluate action-units", "evaluate landmarks",
            "evaluate all", "evaluate fairness", "reference build", "reference list",
            "reference compare", "reference use", "train severity",
            "evaluate severity", "backup", "restore", "erase", "hold", "retention",
            "key new", "key show", "key rotate", "key recover", "key move")  # fmt: skip

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation of its own whose face reader is scripted."""
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))
    for room in ("bench", "reference", "research", "sessions"):
        monkeypatch.setattr(f"emocare.cli.{room}.face_engine",
                            lambda settings: FaceEngine(ScriptedReader().loaded))  # fmt: skip
    monkeypatch.setattr("emocare.cli.sessions.sequence_engine",
                        lambda settings: SequenceEngine(None))  # fmt: skip
    for room in ("bench", "common"):
        monkeypatch.setattr(
            f"emocare.cli.{room}.build_app",
            lambda settings: build_app(settings, ScriptedReader().loaded),
        )


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and gives exit code, stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "visit.mp4", [k / 20 for k in range(30)])


def add_patient(code: str = "P-1", birth: date | None = date(1980, 1, 1)) -> None:
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        app.people.add(code, "Ada Example", birth)


# analyze


def test_analyze_writes_both_files_and_says_what_it_saw(
    run: Run, clip: Path, tmp_path: Path
) -> None:
    code, out, err = run("analyze", clip, "--out", tmp_path / "out", "--landmarks")
    assert (code, err) == (0, "")
    assert out.startswith("visit.mp4: unreliable")
    table = pq.read_table(tmp_path / "out" / "visit" / "readings.parquet")
    assert table.column_names == [*COLUMNS, "landmarks_px"] and table.num_rows == 30
    told = json.loads((tmp_path / "out" / "visit" / "summary.json").read_text("utf-8"))
    assert told["source"]["path"] == "visit.mp4" and told["schema"] == 1
    assert not (tmp_path / "data" / "emocare.duckdb").exists(), "no patient, no database"


def test_analyze_json_is_the_summary_and_nothing_else(run: Run, clip: Path) -> None:
    code, out, _ = run("analyze", clip, "--json")
    told = json.loads(out)
    assert code == 0 and told["session_id"] is None
    assert summary_from_dict(told).source.frames_read == 30


def test_analyze_goes_on_after_a_bad_file(run: Run, clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "notes.mp4"
    bad.write_text("hello")
    other = tmp_path / "other" / "visit.mp4"
    other.parent.mkdir()
    other.write_bytes(clip.read_bytes())
    code, out, err = run("analyze", clip, bad, other, "--out", tmp_path / "out", "--json")
    assert code == 2
    assert err == "notes.mp4 is a text file: choose a recording in MP4, MOV, AVI, WebM or MKV.\n"
    told = json.loads(out)["videos"]
    assert [entry["error"] is None for entry in told] == [True, False, True]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["visit", "visit-2"]


def test_analyze_says_where_a_file_breaks_off(run: Run, tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mkv", steady(3.0)).read_bytes()
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole[: len(whole) * 6 // 10])
    code, out, _ = run("analyze", torn)
    assert code == 0 and "The file breaks off at 1." in out


def test_analyze_stores_a_session_of_the_patient(run: Run, clip: Path) -> None:
    add_patient()
    code, out, _ = run("analyze", clip, "--patient", "p-1", "--json")
    session_id = SessionId(json.loads(out)["session_id"])
    assert code == 0
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        record = app.recordings.session(session_id)
        assert record.state is SessionState.READY and record.source_name == "visit.mp4"
        assert record.clip_path is None and clip.exists(), "the file is left where it is"
        assert record.consent is not None and record.consent.version == "operator-cli-1"
        assert app.recordings.recompute(session_id) == record.summary


def test_analyze_stores_nothing_of_a_minor_or_of_who_is_not_known_to_be_an_adult(
    run: Run, clip: Path
) -> None:
    add_patient("P-1", date.today() - timedelta(days=17 * 365))
    add_patient("P-2", None)
    code, out, err = run("analyze", clip, "--patient", "P-1", "--adult")
    assert (code, out) == (2, "") and "18 or older" in err and err.count("\n") == 1
    code, out, err = run("analyze", clip, "--patient", "P-2")
    assert (code, out) == (2, "") and "--adult" in err and err.count("\n") == 1
    assert run("analyze", clip, "--patient", "P-2", "--adult")[0] == 0
    assert run("analyze", clip, "--patient", "P-2")[0] == 0, "confirmed once"
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        assert {app.people.get(r.patient_id).code for r in app.recordings.sessions()} == {"P-2"}


def test_analyze_stores_nothing_after_a_withdrawal(run: Run, clip: Path) -> None:
    add_patient()
    assert run("analyze", clip, "--patient", "P-1")[0] == 0
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        app.consents.withdraw(app.people.by_code("P-1").id, list(Use))
    code, out, err = run("analyze", clip, "--patient", "P-1")
    assert (code, out) == (2, "") and "withdrawn the consent" in err and err.count("\n") == 1
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        assert len(app.recordings.sessions()) == 1


def test_an_unreadable_file_leaves_no_session(run: Run, tmp_path: Path) -> None:
    add_patient()
    bad = tmp_path / "notes.mp4"
    bad.write_text("hello")
    assert run("analyze", bad, "--patient", "P-1", "--out", tmp_path / "out")[0] == 2
    assert not (tmp_path / "out").exists()
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        assert app.recordings.sessions() == []


# What cannot be used


def truncated(clip: Path, target: Path) -> Path:
    """The first bytes of a clip: header and nothing behind it."""
    target.write_bytes(clip.read_bytes()[:1500])
    return target


def picture(target: Path) -> Path:
    """A still picture under the name of a video."""
    target.write_bytes(cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    return target


def archive(target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("a.txt", "a")
    return target


def written(target: Path, content: bytes) -> Path:
    target.write_bytes(content)
    return target


BAD_VIDEOS: dict[str, tuple[Callable[[Path, Path], Path], str]] = {
    "missing": (lambda d, c: d / "gone.mp4", "was not found"),
    "empty": (lambda d, c: written(d / "a.mp4", b""), "is empty"),
    "text": (lambda d, c: written(d / "a.mp4", b"hello"), "text file"),
    "page": (lambda d, c: written(d / "a.mp4", b"<!DOCTYPE html><html></html>"), "a.mp4"),
    "playlist": (lambda d, c: written(d / "a.mp4", b"#EXTM3U\nfile:///etc/passwd\n"), "text file"),
    "concat list": (lambda d, c: written(d / "a.mp4", b"ffconcat version 1.0\nfile x\n"), "text"),
    "noise": (
        lambda d, c: written(d / "a.mp4", np.random.default_rng(0).bytes(5000)), "a.mp4",
    ),
    "zeros": (lambda d, c: written(d / "a.mp4", bytes(5000)), "a.mp4"),
    "picture": (lambda d, c: picture(d / "a.mp4"), "a picture, not a recording"),
    "archive": (lambda d, c: archive(d / "a.mp4"), "a ZIP archive"),
    "document": (lambda d, c: written(d / "a.mp4", b"%PDF-1.7 ..."), "a PDF document"),
    "header only": (lambda d, c: truncated(c, d / "a.mp4"), "a.mp4"),
    "sound only": (lambda d, c: make_sound(d / "a.mp4"), "a.mp4"),
    "folder": (lambda d, c: d, "folder"),
    "control characters": (lambda d, c: written(d / "a\x1b[31m.mp4", b"hello"), "text file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_VIDEOS)
def test_a_video_that_cannot_be_read_is_one_line(
    run: Run, clip: Path, tmp_path: Path, kind: str
) -> None:
    make, words = BAD_VIDEOS[kind]
    folder = tmp_path / "videos"
    folder.mkdir()
    code, out, err = run("analyze", make(folder, clip), "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert words in err and err.count("\n") == 1 and "Traceback" not in err
    assert "\x1b" not in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("MAX_VIDEO_S", "1", "too long"), ("MAX_VIDEO_BYTES", "10", "too large")],
)
def test_limits_are_said(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"EMOCARE_{name}", value)
    code, _, err = run("analyze", clip)
    assert code == 2 and words in err and err.count("\n") == 1


NINE = "0,1,1,1,0,0,0,0,1"
BAD_WORDS: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "Missing command"),
    "no such command": (["frobnicate"], "No such command"),
    "no such option": (["doctor", "--loud"], "No such option"),
    "no video": (["analyze"], "Missing argument"),
    "no such patient": (["analyze", "x.mp4", "--patient", "P-9"], "Add the person in the app"),
    "no such form": (["score", "ZZZ", "--answers", NINE], "Unknown instrument"),
    "no answers": (["score", "phq9"], "Missing option '--answers'"),
    "too few answers": (["score", "phq9", "--answers", "0,1"], "has 9 items, got 2"),
    "too many answers": (["score", "phq9", "--answers", NINE + ",0"], "got 10"),
    "out of range": (["score", "phq9", "--answers", "4" + NINE[1:]], "from 0 to 3"),
    "negative": (["score", "phq9", "--answers=-1" + NINE[1:]], "got '-1'"),
    "not a number": (["score", "phq9", "--answers", "x" + NINE[1:]], "got 'x'"),
    "a fraction": (["score", "phq9", "--answers", "1.5" + NINE[1:]], "got '1.5'"),
    "an empty answer": (["score", "phq9", "--answers", NINE[1:]], "got ''"),
    "difficulty": (["score", "phq9", "--answers", NINE, "--difficulty", "9"], "9"),
    "difficulty in words": (
        ["score", "phq9", "--answers", NINE, "--difficulty", "very"], "'--difficulty'",
    ),
    "difficulty not asked": (["score", "gad2", "--answers", "0,1", "--difficulty", "1"], "GAD-2"),
    "previous": (["score", "phq9", "--answers", NINE, "--previous", "28"], "28"),
    "a boolean": (["score", "phq9", "--answers", "true" + NINE[1:]], "got 'true'"),
    "a float": (["score", "phq9", "--answers", "1.0" + NINE[1:]], "got '1.0'"),
    "a float before": (["score", "phq9", "--answers", NINE, "--previous", "4.0"], "'4.0'"),
    "other digits": (["score", "phq9", "--answers", "\u0661" + NINE[1:]], "a whole number"),
    "negative difficulty": (["score", "phq9", "--answers", NINE, "--difficulty=-1"], "got '-1'"),
    "difficulty true": (["score", "phq9", "--answers", NINE, "--difficulty", "true"], "'true'"),
    "far too long": (["score", "phq9", "--answers", "1" * 5000 + NINE[1:]], "Answer 1"),
    "spaces between": (["score", "phq9", "--answers", NINE.replace(",", " ")], "Answer 1"),
    "nothing answered": (["score", "phq9", "--answers", ""], "got ''"),
    "zero on the K10": (["score", "k10", "--answers", "0" + ",1" * 9], "from 1 to 5"),
    "five on the K6": (["score", "k6", "--answers", "5" + ",1" * 5], "from 0 to 4"),
    "too few of 21": (["score", "dass21", "--answers", NINE], "DASS-21 has 21 items, got 9"),
    "previous of scales": (["score", "dass21", "--answers", "0" + ",0" * 20, "--previous", "4"],
                           "no total of its own"),
    "no such session": (["report", "none", "--pdf", "x.pdf"], "does not exist"),
    "nothing to write": (["report", "none"], "Give at least one of --pdf, --fhir and --csv"),
    "too few for a reference": (["reference", "build"], "0 of 30 sessions"),
    "reference protocol": (["reference", "build", "--protocol", "chat"], "free, guided"),
    "reference that is not there": (["reference", "use", "site-free-v7"], "no reference"),
    "reference with itself": (["reference", "compare", "provisional-v0"], "Name another one"),
    "export of nothing": (["export"], "Give either sessions or --patient"),
    "export of both": (["export", "none", "--patient", "P-1"], "either sessions or --patient"),
    "export of nobody": (["export", "--patient", "P-9"], "P-9"),
    "export of no session": (["export", "none"], "does not exist"),
    "no picture": (["classify", "gone.png"], "gone.png"),
    "crop": (["classify", "a.png", "--crop", "maybe"], "maybe"),
    "no data": (["evaluate", "expressions", "no/such/folder"], "ferplus.npz is not there"),
    "train without data": (["train", "face", "no/such/folder"], "is not there"),
    "epochs": (["train", "face", ".", "--epochs", "0"], "--epochs"),
}


@pytest.mark.parametrize("kind", BAD_WORDS)
def test_bad_words_are_one_line(
    run: Run, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words, said = BAD_WORDS[kind]
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1 and "Traceback" not in err


def test_a_broken_installation_is_one_line(
    run: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMOCARE_MODELS_DIR", str(tmp_path / "none"))
    code, _, err = run("analyze", clip)
    assert code == 2 and "manifest.json" in err and err.count("\n") == 1
    monkeypatch.setenv("EMOCARE_READING_HZ", "fast")
    code, _, err = run("analyze", clip)
    assert code == 2 and "reading_hz" in err and err.count("\n") == 1
    monkeypatch.delenv("EMOCARE_READING_HZ")
    (tmp_path / "plain").write_text("no folder")
    monkeypatch.setenv("EMOCARE_DATA_DIR", str(tmp_path / "plain"))
    code, _, err = run("report", "x", "--pdf", tmp_path / "x.pdf")
    assert code == 2 and "data folder" in err and err.count("\n") == 1


def test_a_database_in_use_says_who_holds_it(run: Run, clip: Path) -> None:
    add_patient()
    holder = "\n".join([
        "import sys", "from emocare.app import vault_for",
        "from emocare.settings import load_settings", "from emocare.store import Store",
        "settings = load_settings()",
        "store = Store.open(settings.database, keys=vault_for(settings).keys())",
        "print('open', flush=True)",
        "sys.stdin.read()",
    ])  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", holder], cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    try:
        assert child.stdout.readline() == "open\n"
        code, _, err = run("analyze", clip, "--patient", "P-1")
        assert code == 2 and str(child.pid) in err and err.count("\n") == 1
    finally:
        child.stdin.close()
        child.wait(timeout=30)
        child.stdout.close()


# classify


def write_picture(path: Path, height: int, width: int) -> Path:
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))
    return path


def test_classify_knows_a_crop_by_its_size(run: Run, tmp_path: Path) -> None:
    small = write_picture(tmp_path / "a.png", 48, 48)
    large = write_picture(tmp_path / "b.png", 300, 300)
    oblong = write_picture(tmp_path / "c.png", 48, 60)
    for crop, expected in (("auto", [True, False, False]), ("always", [True] * 3),
                           ("never", [False] * 3)):  # fmt: skip
        code, out, err = run("classify", tmp_path, "--crop", crop)
        rows = [json.loads(line) for line in out.splitlines()]
        assert (code, err) == (0, "")
        assert [row["path"] for row in rows] == [str(small), str(large), str(oblong)]
        assert [row["crop"] for row in rows] == expected
        assert all(row["status"] == "OK" for row in rows)
        assert all(abs(sum(row["expressions"].values()) - 1) < 1e-4 for row in rows)
        assert rows[0]["action_units"]["AU05"] is None
        assert set(rows[0]["pose"]) == {"yaw_deg", "pitch_deg", "roll_deg"}


def test_classify_takes_a_picture_without_a_face_as_the_crop(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FaceEngine(ScriptedReader(lambda t_s: None).loaded)
    monkeypatch.setattr(cli.sessions, "face_engine", lambda settings: engine)
    path = write_picture(tmp_path / "b.png", 300, 200)
    row = json.loads(run("classify", path)[1])
    assert (row["status"], row["crop"], row["n_faces"]) == ("OK", True, 0)
    assert row["expressions"] is not None
    row = json.loads(run("classify", path, "--crop", "never", "--json")[1])
    assert (row["status"], row["crop"], row["expressions"], row["pose"]) == (
        "NO_FACE", False, None, None
    )  # fmt: skip


def test_classify_lists_what_a_gate_would_say_and_nulls_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.services.fakes import BOX, face_at

    turned = ScriptedReader(lambda t_s: face_at(t_s, BOX, yaw_deg=50.0, mouth_occluded=0.9))
    monkeypatch.setattr(cli.sessions, "face_engine", lambda settings: FaceEngine(turned.loaded))
    row = json.loads(run("classify", write_picture(tmp_path / "b.png", 300, 400))[1])
    assert row["status"] == "TURNED_AWAY"
    assert row["quality_flags"] == ["TURNED_AWAY", "MOUTH_COVERED"]
    failing = {name for name, one in row["quality"].items() if one["passed"] is False}
    assert {"HeadPoseYaw", "MouthOcclusionPrevention"} <= failing
    assert row["quality"]["HeadPoseYaw"]["advice"] == "Face the camera."
    assert all(one["value"] is not None or one["reason"] for one in row["quality"].values())
    assert row["expressions"] is not None and row["action_units"]["AU12"] is not None


def test_classify_goes_on_after_a_bad_picture(run: Run, tmp_path: Path) -> None:
    good = write_picture(tmp_path / "good.png", 48, 48)
    bad = written(tmp_path / "bad.png", b"hello")
    code, out, err = run("classify", bad, good)
    assert code == 2 and "bad.png" in err and err.count("\n") == 1
    assert json.loads(out)["path"] == str(good)
    (tmp_path / "none").mkdir()
    code, out, err = run("classify", tmp_path / "none")
    assert (code, out) == (2, "") and "holds no picture" in err


# score, report, doctor, help


@pytest.mark.parametrize("name", ["phq9", "phq-9", "PHQ-9"])
def test_score_gives_the_stable_shape(run: Run, name: str) -> None:
    code, out, err = run("score", name, "--answers", "1,1,1,1,0,0,0,-,0", "--previous", "18",
                         "--json")  # fmt: skip
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert set(told) == {"instrument", "total", "band", "native_band", "prorated",
                         "possible_range", "band_uncertain", "alerts", "change",
                         "screen_positive", "algorithm"}  # fmt: skip
    assert (told["total"], told["band"], told["possible_range"]) == (5, "mild", [4, 7])
    assert told["prorated"] and told["band_uncertain"] and told["change"]["delta"] == -13


def test_score_takes_a_form_that_begins_unanswered(run: Run) -> None:
    code, out, _ = run("score", "phq9", "--answers", "-,-,2,2,1,-,1,0,2")
    assert code == 0
    assert "not scorable (8 to 17 possible)" in out and "SI_ITEM9_POSITIVE:high" in out
    code, out, _ = run("score", "who5", "--answers", "3,3,3,2,2")
    assert code == 0 and "total 52" in out


def test_score_adds_scales_where_a_form_has_several(run: Run) -> None:
    answers = ",".join(["1"] * 21)
    code, out, _ = run("score", "dass-21", "--answers", answers, "--json")
    told = json.loads(out)
    assert code == 0 and (told["total"], told["band"]) == (None, None)
    assert {name: scale["total"] for name, scale in told["scales"].items()} == {
        "depression": 14, "anxiety": 14, "stress": 14}  # fmt: skip
    assert told["scales"]["anxiety"]["native_band"] == "moderate"
    code, out, _ = run("score", "dass-21", "--answers", answers)
    assert code == 0 and "stress: total 14, normal" in out
    assert '"scales"' in run("score", "--help")[1].replace("\n  ", " ")


@pytest.mark.parametrize("setting", ["FACIAL_MODULE_ENABLED=false", "JURISDICTION=US-IL"])
def test_where_faces_are_not_analysed_nothing_is_read(
    run: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    name, value = setting.split("=")
    monkeypatch.setenv(f"EMOCARE_{name}", value)
    out_dir = tmp_path / "out"
    for words in (("analyze", clip, "--out", out_dir), ("analyze", clip, "--json"),
                  ("classify", clip)):  # fmt: skip
        code, out, err = run(*words)
        assert (code, out) == (2, "")
        assert "setting facial_module_enabled is off" in err and err.count("\n") == 1
    assert not out_dir.exists()
    assert run("score", "phq9", "--answers", NINE)[0] == 0


def test_doctor_names_files_of_the_clinic_that_do_not_fit(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "instruments"
    folder.mkdir(parents=True)
    (folder / "pss-10.en.toml").write_text("x = 1", encoding="utf-8")
    code, out, _ = run("doctor", "--json")
    found = {check["name"]: check for check in json.loads(out)["checks"]}["forms"]
    assert code == 1 and not found["ok"] and "pss-10.en.toml: instrument is missing" in (
        found["detail"])


def test_score_without_words(run: Run) -> None:
    """A form under copyright is scored, reversals included, though it cannot be asked."""
    code, out, _ = run("score", "pss10", "--answers", "0,0,0,4,4,0,4,4,0,-", "--json")
    told = json.loads(out)
    assert code == 0 and told["total"] == 0 and told["possible_range"] == [0, 4]
    assert json.loads(run("score", "isi", "--answers", "4,4,4,4,4,1,1", "--json")[1])["band"] == (
        "severe")


def test_score_uses_the_norms_of_the_site(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOCARE_NORMS", "PHQ-9 6.0 0.84")
    words = ("score", "phq9", "--answers", NINE, "--previous", "18")
    told = json.loads(run(*words, "--json")[1])
    assert told["change"]["rci"] == -4.12 and "RELIABLE_IMPROVEMENT" in told["change"]["flags"]
    assert "reliable change index: -4.12" in run(*words)[1]
    monkeypatch.setenv("EMOCARE_NORMS", "PHQ-9 6.0")
    code, out, err = run(*words)
    assert (code, out) == (2, "") and "Setting norms" in err and err.count("\n") == 1


def test_report_renders_what_the_page_renders(run: Run, clip: Path, tmp_path: Path) -> None:
    add_patient()
    session_id = json.loads(run("analyze", clip, "--patient", "P-1", "--json")[1])["session_id"]
    pdf, csv, fhir = tmp_path / "r.pdf", tmp_path / "r.csv", tmp_path / "r.json"
    code, out, _ = run("report", session_id, "--pdf", pdf, "--csv", csv, "--fhir", fhir)
    assert code == 0 and out.splitlines() == [str(pdf), str(fhir), str(csv)]
    assert "Ada Example" not in fhir.read_text("utf-8")
    assert run("report", session_id, "--fhir", fhir, "--named")[0] == 0
    assert "Ada Example" in fhir.read_text("utf-8")
    assert pdf.read_bytes().startswith(b"%PDF") and csv.read_text("utf-8-sig")
    with build_app(load_settings(), ScriptedReader().loaded) as app:
        current = app.reports.current(SessionId(session_id))
        assert current is not None and current.pdf == pdf.read_bytes()


def test_export_writes_a_folder_for_each_session(run: Run, clip: Path, tmp_path: Path) -> None:
    add_patient()
    ids = [json.loads(run("analyze", clip, "--patient", "P-1", "--json")[1])["session_id"]
           for _ in range(2)]  # fmt: skip
    code, out, _ = run("export", "--patient", "p-1", "--out", tmp_path / "e")
    assert code == 0 and len(out.splitlines()) == 2 * 18 + 5
    assert sorted(p.name for p in (tmp_path / "e").iterdir()) == sorted([*ids, "questionnaires"])
    assert run("export", ids[0], "--out", tmp_path / "f")[0] == 0
    assert [p.name for p in (tmp_path / "f").iterdir()] == [ids[0]]


def test_reference_is_listed_compared_and_switched_on_and_off(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("reference", "list")
    assert (code, out) == (0, "* provisional-v0\n")
    made = SiteReference(
        "site-free-v1", "free", MODELS, method_sha256(AnalysisConfig()), 31, "2026-11-25",
        "Dr Test", {"f1": SiteFeature(31, 0.7, 0.1), "f2": SiteFeature(3, None, None, "Few.")},
    )  # fmt: skip
    reference_files.keep(tmp_path / "data", made)
    code, out, _ = run("reference", "compare", "site-free-v1")
    assert code == 0 and "look" in out.splitlines()[1] and "Few." in out.splitlines()[2]
    told = json.loads(run("reference", "compare", "site-free-v1", "--json")[1])
    assert [row["large"] for row in told["features"]] == [True, False]
    code, out, _ = run("reference", "use", "site-free-v1")
    assert code == 0 and "reference = site-free-v1" in out
    listed = json.loads(run("reference", "list", "--json")[1])["references"]
    assert [(r["name"], r["in_use"], r["applies"]) for r in listed] == [
        ("provisional-v0", False, True), ("site-free-v1", True, True)
    ]  # fmt: skip
    assert listed[1]["table_sha256"] == made.table_sha256
    assert run("reference", "use", "provisional-v0")[0] == 0
    assert load_settings().reference == "provisional-v0"


def test_a_changed_reference_can_be_switched_off(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text('reference = "site-free-v1"\n', "utf-8")
    add = ["analyze", "none.mp4", "--patient", "P-1"]
    code, _, err = run(*add)
    assert code == 2 and "There is no reference 'site-free-v1'" in err
    assert "There is no reference" in run("reference", "list")[1]
    assert run("reference", "use", "provisional-v0")[0] == 0
    assert "There is no reference" not in run(*add)[2]


def test_doctor_says_what_is_wrong_with_exit_code_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOCARE_SAMPLES_DIR", str(tmp_path / "none"))
    code, out, _ = run("doctor", "--json")
    told = json.loads(out)
    names = [check["name"] for check in told["checks"]]
    assert names == ["weights", "sequence", "database", "key", "back-ups", "start", "cameras",
                     "fonts", "disk", "samples", "reference", "forms", "severity"]  # fmt: skip
    assert code == 1 and told["ok"] is False
    code, out, _ = run("doctor")
    assert code == 1 and "FAULT  samples" in out
    assert not any(". ." in line or ".." in line for line in out.splitlines())


def test_bench_goes_from_the_frame_to_the_report(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocare.learning import bench

    monkeypatch.setenv("EMOCARE_SAMPLES_DIR", str(tmp_path / "none"))
    for name, value in (("WIDTH", 64), ("HEIGHT", 48), ("NOISE_FRAMES", 12)):
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "peak_of", lambda whole_path, clip: 321.0)
    code, out, _ = run("bench", "--json")
    told = json.loads(out)
    assert code == 0
    assert set(told["stages_ms"]) >= {
        "decode", "search", "push", "summarise_10_min", "sequence_per_frame"
    }
    assert set(told["whole_path_s"]) >= {"stage", "analyse", "timeline", "report"}
    assert told["whole_path_s"]["frames"] == 12
    assert not (tmp_path / "data").exists(), "measured in an installation of its own"


@pytest.mark.parametrize("subject", ["expressions", "action-units", "landmarks"])
def test_evaluate_prints_what_was_measured(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    from emocare.learning import evaluate

    def measure(data: Path, models: Path) -> dict[str, object]:
        return {"data": data.name, "models": models.name}

    monkeypatch.setattr(evaluate, f"evaluate_{subject.replace('-', '_')}", measure)
    name = "ferplus.npz" if subject == "expressions" else "faces.npz"
    np.savez(tmp_path / name, a=np.zeros(1))
    code, out, _ = run("evaluate", subject, tmp_path / name, "--json")
    assert code == 0 and json.loads(out) == {"data": name, "models": "models"}
    wrong = written(tmp_path / "other.npz", b"no archive")
    code, _, err = run("evaluate", subject, wrong)
    assert code == 2 and "is not the data set" in err and err.count("\n") == 1


def test_evaluate_all_refreshes_without_training(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocare.learning import export_detector, export_face

    def refresh(data: Path, models: Path, *, log: Callable[[str], None]) -> dict[str, object]:
        log("measuring expressions")
        return {"model": models.name, "version": data.name}

    monkeypatch.setattr(export_face, "refresh_figures", refresh)
    monkeypatch.setattr(export_detector, "refresh_figures", refresh)
    assert run("evaluate", "all", tmp_path)[0] == 2, "no data sets there"
    for name in research.FACE_ARCHIVES:
        np.savez(tmp_path / name, a=np.zeros(1))
    code, _, err = run("evaluate", "all", tmp_path)
    assert code == 2 and "reference is not there" in err
    (tmp_path / "videos" / "reference").mkdir(parents=True)
    code, out, err = run("evaluate", "all", tmp_path)
    assert (code, err) == (0, 2 * "measuring expressions\n")
    assert out == 2 * f"models {tmp_path.name}: evaluation, card and evidence written\n"


def clinic_set(folder: Path, faces: dict[str, int]) -> Path:
    """Pictures, so many of each group, and their list."""
    lines = ["path,glasses,expression"]
    for value, count in faces.items():
        for k in range(count):
            picture(folder / f"{value}{k}.png")
            lines.append(f"{value}{k}.png,{value},happiness")
    table = folder / "groups.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


def test_fairness_compares_groups_and_keeps_the_result(run: Run, tmp_path: Path) -> None:
    table = clinic_set(tmp_path, {"yes": 3, "no": 2})
    code, out, err = run("evaluate", "fairness", tmp_path, "--groups", table, "--json", "--keep")
    told = json.loads(out)
    assert (code, err) == (0, "") and told["pictures"] == 5 and told["left_out"] == 0
    assert told["models"][0]["id"] == "scripted" and told["stop_ship"] == []
    assert told["groups"]["glasses"]["values"]["yes"]["found_share"]["value"] == 1.0
    assert "skin_tone" in told["not_measured"]
    assert json.loads((tmp_path / "data" / "fairness.json").read_text("utf-8")) == told
    code, out, _ = run("evaluate", "fairness", tmp_path, "--groups", table)
    assert code == 0 and "No group breaks the rule" in out and "sex: not measured" in out


def test_fairness_ends_with_one_when_a_group_is_refused_more_often(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocare.services import fairness

    def read(listed: list[fairness.Listed], *rest: object) -> list[GroupedPicture]:
        return [
            GroupedPicture(one.name, one.groups, None, None, True, one.groups["glasses"] == "no",
                           "neutral") for one in listed
        ]  # fmt: skip

    monkeypatch.setattr(fairness, "read_pictures", read)
    table = clinic_set(tmp_path, {"yes": 31, "no": 30})
    code, out, _ = run("evaluate", "fairness", tmp_path, "--groups", table)
    assert code == 1 and "STOP: glasses yes: the gate fails in 100.0 % of 31 pictures" in out
    few = tmp_path / "few"
    few.mkdir()
    table = clinic_set(few, {"yes": 3, "no": 30})
    code, out, _ = run("evaluate", "fairness", few, "--groups", table)
    assert code == 0 and "STOP" not in out, "three pictures stop nothing"


def test_fairness_says_what_is_wrong_with_the_list(run: Run, tmp_path: Path) -> None:
    table = clinic_set(tmp_path, {"yes": 1})
    (tmp_path / "yes0.png").unlink()
    code, _, err = run("evaluate", "fairness", tmp_path, "--groups", table)
    assert code == 2 and "line 2: yes0.png is not in" in err and err.count("\n") == 1
    code, _, err = run("evaluate", "fairness", tmp_path, "--groups", tmp_path / "none.csv")
    assert code == 2 and "none.csv cannot be read" in err


def test_train_trains_and_ships(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emocare.learning import export_face
    from emocare.learning.crop_training import Course

    for name in research.FACE_ARCHIVES:
        np.savez(tmp_path / name, a=np.zeros(1))
    asked: list[dict[str, object]] = []

    def train(course: Course, data: Path, out: Path, **options: object) -> Path:
        asked.append(options)
        return out / course.checkpoint

    def export(trunk: Path, fine: Path, data: Path, models: Path, **_: object) -> Path:
        return models / f"from-{trunk.stem}-and-{fine.stem}"

    monkeypatch.setattr(Course, "train", train)
    monkeypatch.setattr(export_face, "export", export)
    monkeypatch.setenv("EMOCARE_MODELS_DIR", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "manifest.json").write_text("{}")
    code, out, _ = run("train", "face", tmp_path, "--minutes", "0.5", "--resume")
    assert code == 0 and out.strip() == str(tmp_path / "models" / "from-face-and-fine")
    assert len(asked) == 2
    for options in asked:
        assert (options["minutes"], options["epochs"]) == (0.25, None)
        assert (options["resume"], options["limit"]) == (True, None)
    trial = tmp_path / "trial"
    code, out, _ = run("train", "face", tmp_path, "--epochs", "1", "--limit", "64", "--out", trial)
    assert code == 0 and asked[-1]["limit"] == 64
    assert out.strip() == str(trial / "models" / "from-face-and-fine"), "a trial replaces nothing"
    assert (trial / "models" / "manifest.json").exists(), "measuring needs the other networks too"


def test_help_lists_what_exists_and_shows_an_example(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    listed = {line.split()[0] for line in out.split("Commands:")[1].splitlines() if line.strip()}
    assert listed & {command.split()[0] for command in COMMANDS} == {
        command.split()[0] for command in COMMANDS
    }
    for command in COMMANDS:
        code, out, _ = run(*command.split(), "--help")
        assert code == 0
        assert f"Example: python -m emocare {command}" in " ".join(out.split())


def test_the_command_line_starts_without_torch_and_streamlit() -> None:
    code = "import sys, emocare.cli; print({'torch', 'streamlit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, text=True,
                          capture_output=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "set()"


def test_python_m_runs_it() -> None:
    done = subprocess.run([sys.executable, "-m", "emocare", "score", "phq2", "--answers", "1"],
                          cwd=ROOT, text=True, capture_output=True)  # fmt: skip
    assert done.returncode == 2 and done.stderr == "PHQ-2 has 2 items, got 1 answers.\n"


def test_settings_are_those_of_the_environment(tmp_path: Path) -> None:
    assert load_settings() == Settings(data_dir=tmp_path / "data")
