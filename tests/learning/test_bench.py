from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emocare.learning import bench
from emocare.media.video import VideoReader
from tests.media.clips import make_clip
from tests.services.fakes import ScriptedReader
from tests.services.sequences import ScriptedSequence


def test_a_spread_is_in_milliseconds() -> None:
    spread = bench.Spread.of([k / 1000 for k in range(1, 101)])
    assert (spread.median, spread.n) == (50.5, 100)
    assert spread.p90 == pytest.approx(90.1) and spread.p99 == pytest.approx(99.01)


def test_the_clip_has_the_frames_asked_for_and_no_cut(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), 40 * k, np.uint8) for k in range(5)]
    path = bench.write_clip(tmp_path / "a.mp4", pictures, 20)
    with VideoReader(path, reading_hz=bench.FPS, max_s=60, max_bytes=10**8) as video:
        means = [float(frame.rgb.mean()) for frame in video]
    assert len(means) == 20
    assert max(abs(a - b) for a, b in pairwise(means)) < 60


def test_repeats_run_on_one_clock(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", [k / 30 for k in range(60)])
    stages, readings = bench.time_frames(clip, ScriptedReader())
    assert set(stages) == {"decode", "search", "follow", "push"}
    assert len(stages["decode"]) == len(stages["push"]) == 60
    table = bench.repeated(readings, 20.0)
    assert len(table) == 600 and table["t_s"][-1] == pytest.approx(20.0, abs=0.1)
    assert bench.time_summaries(readings)


def test_the_figures_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "WIDTH", 64)
    monkeypatch.setattr(bench, "HEIGHT", 48)
    monkeypatch.setattr(bench, "NOISE_FRAMES", 12)
    monkeypatch.setattr(bench, "peak_of", lambda whole_path, clip: 321.0)
    seen: list[Path] = []

    def whole_path(video: Path) -> dict[str, float]:
        assert video.is_file()
        seen.append(video)
        return {"stage": 0.1, "analyse": 2.0, "report": 0.5, "frames": 12.0}

    said: list[str] = []
    figures = bench.bench(
        ScriptedReader(), ScriptedSequence(), whole_path, None, long=False, log=said.append
    )
    assert seen and not seen[0].exists() and said
    assert figures["frames_per_second"]["upload"] == 6.0
    assert figures["stages_ms"]["push"]["n"] == 12
    assert figures["stages_ms"]["sequence_per_frame"]["n"] >= 59
    assert figures["upload_peak_memory_mb"] == 321.0
    lines = bench.table(figures).splitlines()
    assert lines[0] == "64x48, with a face" and any("peak memory" in line for line in lines)


def hold(video: Path) -> dict[str, float]:
    """Holds as many megabytes as the clip has bytes."""
    size = video.stat().st_size * 1024**2
    held = np.ones(size, np.uint8)
    bench.time.sleep(0.5)
    return {"frames": float(held[0])}


def fail(video: Path) -> dict[str, float]:
    """Ends with an error code."""
    raise SystemExit(3)


def test_memory_is_that_of_a_fresh_process(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x")
    (tmp_path / "large").write_bytes(b"x" * 200)
    small, large = (bench.peak_of(hold, tmp_path / name) for name in ("small", "large"))
    assert 150 < large - small < 260
    with pytest.raises(RuntimeError, match="code 3"):
        bench.peak_of(fail, tmp_path / "small")
