from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emocare.app import build_app
from emocare.domain.live import LiveView
from emocare.learning import bench_live
from emocare.services.live_path import time_live
from emocare.settings import Settings
from tests.services.fakes import ScriptedReader


def test_a_live_session_is_measured_from_the_camera_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_live, "WIDTH", 64)
    monkeypatch.setattr(bench_live, "HEIGHT", 48)
    monkeypatch.setattr(bench_live, "SETTLED_S", 0.2)

    def live_path(video: Path, look: Callable[[LiveView], None]) -> dict[str, float]:
        with build_app(Settings(data_dir=tmp_path / "data"), ScriptedReader().loaded) as app:
            return time_live(app.people, app.live, video, look)

    said: list[str] = []
    figures = bench_live.measure(live_path, None, 3.0, said.append)
    frames = figures["frames"]
    assert frames["in"] == frames["read"] + frames["dropped"] == 90
    assert figures["seconds"] == pytest.approx(2.97, abs=0.3)
    assert 0 < figures["readings_per_s"]["lowest"] <= figures["readings_per_s"]["highest"]
    assert figures["memory_mb"]["end"] > 0 and said
    assert figures["delay_ms"]["median"] <= figures["delay_ms"]["p95"]
    lines = bench_live.table(figures).splitlines()
    assert lines[0].startswith("64x48 at 30 frames/s") and lines[3].endswith("dropped")
