"""The bench beside peers, with scripted ones: none of them need be installed."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from emocare.domain.frames import Frame
from emocare.learning import bench, bench_peers, peers
from emocare.learning.bench_peers import Bench
from emocare.learning.peers import MEDIAPIPE, OURS, Absent
from tests.media.clips import make_clip
from tests.services.fakes import ScriptedReader

PICTURE = np.zeros((48, 64, 3), np.uint8)
MODELS = Path("models")


def whole_path(video: Path) -> dict[str, float]:
    assert video.is_file()
    return {"analyse": 4.0, "frames": 600.0}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("WIDTH", 64), ("HEIGHT", 48), ("FRAMES", 12)):
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "peak_of", lambda whole_path, clip: 321.0)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "sample.mp4", [k / 30 for k in range(12)])


def test_programs_take_turns_and_the_first_one_changes() -> None:
    order: list[str] = []
    works = {"a": lambda frame: order.append(f"a{frame.t_s:.0f}"),
             "b": lambda frame: order.append(f"b{frame.t_s:.0f}")}  # fmt: skip
    times = bench_peers.turn_about(works, [Frame(float(k), PICTURE) for k in range(3)])
    assert order == ["b0", "a0", "a1", "b1", "b2", "a2"]
    assert [len(values) for values in times.values()] == [3, 3]


def test_the_first_pass_is_not_counted_and_both_see_the_same_frames() -> None:
    seen: list[float] = []

    def peer(rgb: np.ndarray, t_s: float) -> bool:
        seen.append(t_s)
        return True

    times = bench_peers.follow_times(ScriptedReader(), peer, [PICTURE] * 5)
    counted = 5 * (bench_peers.PASSES - 1)
    assert {name: len(values) for name, values in times.items()} == {
        OURS: counted, MEDIAPIPE: counted,
    }  # fmt: skip
    assert seen == [k / bench.FPS for k in range(5)] * bench_peers.PASSES


def test_ratios_are_of_medians_and_of_pairs() -> None:
    times = {OURS: [0.001, 0.002, 0.009], MEDIAPIPE: [0.002, 0.004, 0.003]}
    median, p95, ratio, paired = bench_peers.follow_rows("clip", times, lambda rgb, t_s: True)
    assert median["values"] == {OURS: 2.0, MEDIAPIPE: 3.0} and median["unit"] == "ms"
    assert p95["values"][OURS] == pytest.approx(8.3)
    assert ratio["values"] == {"emocare / mediapipe": 0.667}
    assert paired["values"] == {"emocare / mediapipe": 0.5}


def test_absent_peers_are_told_and_nothing_fails(small: None, sample: Path) -> None:
    said: list[str] = []
    figures = bench_peers.measure(
        Bench(ScriptedReader(), whole_path, [sample], None, MODELS, said.append)
    )
    assert set(figures) == {"machine", "versions", "rows"} and said
    for row in figures["rows"]:
        assert set(row) == {"what", "unit", "values", "note"}
    first = figures["rows"][0]
    assert first["values"][MEDIAPIPE] is None and first["values"][OURS] > 0
    assert "mediapipe: its model file is looked for with --data" in first["note"]
    rates = [row for row in figures["rows"] if row["unit"] == "x real time"]
    assert rates[0]["values"] == {OURS: 5.0}
    assert [row["values"] for row in figures["rows"] if row["unit"] == "MB"] == [{OURS: 321.0}]
    json.dumps(figures, allow_nan=False)
    assert "mediapipe -" in bench_peers.table(figures)


def test_found_faces_are_counted_by_program(
    small: None, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "yunet", lambda data: lambda rgb: 2)
    monkeypatch.setattr(peers, "haar", lambda: lambda rgb: 0)
    what = Bench(ScriptedReader(), whole_path, [sample], None, MODELS, print)
    *_, found = bench_peers.search_rows(what)
    assert found["values"] == {OURS: 100.0, "yunet": 100.0, "haar": 0.0}


def test_everything_runs_on_two_cores_and_is_let_go_again() -> None:
    threads = cv2.getNumThreads()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    with bench_peers.two_cores():
        if cores:
            assert len(os.sched_getaffinity(0)) <= 2
        assert cv2.getNumThreads() <= 2
    assert cv2.getNumThreads() == threads
    assert not cores or os.sched_getaffinity(0) == cores


def test_a_package_that_is_not_there_is_none() -> None:
    assert peers._package("no_such_package_at_all") is None
    assert peers.version("no-such-package-at-all") == peers.NOT_INSTALLED


def test_model_files_are_looked_for_only_where_the_caller_says(tmp_path: Path) -> None:
    assert peers.yunet(None) == Absent("its model file is looked for with --data")
    missing = peers.mediapipe(tmp_path)
    assert isinstance(missing, Absent) and peers.LANDMARKER in missing.reason


def test_the_clock_of_the_landmarker_never_goes_back() -> None:
    stamps: list[int] = []
    closed: list[bool] = []

    class Scripted:
        def detect_for_video(self, image: object, now_ms: int) -> SimpleNamespace:
            stamps.append(now_ms)
            return SimpleNamespace(face_landmarks=[image])

        def close(self) -> None:
            closed.append(True)

    vision = SimpleNamespace(
        FaceLandmarkerOptions=SimpleNamespace, RunningMode=SimpleNamespace(VIDEO=1),
        FaceLandmarker=SimpleNamespace(create_from_options=lambda options: Scripted()),
    )  # fmt: skip
    tasks = SimpleNamespace(vision=vision, BaseOptions=SimpleNamespace)
    package = SimpleNamespace(Image=SimpleNamespace, ImageFormat=SimpleNamespace(SRGB=1))
    landmarker = peers.Landmarker(package, tasks, Path("model"))
    for t_s in (0.0, 0.033, 0.067, 0.0, 0.033):
        assert landmarker(PICTURE, t_s)
    landmarker.close()
    assert all(later > earlier for earlier, later in pairwise(stamps))
    assert stamps[3] - stamps[2] >= peers.NEW_CLIP_MS and closed == [True]


def test_the_expressions_of_fer_are_told_in_our_order(monkeypatch: pytest.MonkeyPatch) -> None:
    class Scripted:
        def __init__(self, offsets: tuple[int, int]) -> None:
            assert offsets == (0, 0)

        def detect_emotions(self, picture: np.ndarray, boxes: list) -> list[dict]:
            assert picture.shape == (48, 48, 3) and boxes == [(0, 0, 48, 48)]
            return [{"emotions": {"angry": 0.1, "happy": 0.7, "neutral": 0.2}}]

    monkeypatch.setattr(peers, "_package", lambda name: SimpleNamespace(FER=Scripted))
    classify = peers.fer()
    assert not isinstance(classify, Absent)
    assert peers.EXPRESSIONS[classify(np.zeros((48, 48), np.uint8))] == "happiness"
