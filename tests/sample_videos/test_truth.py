"""What the product measures on its own sample clips, against what truly happens in them.

The clips are made by ``make_samples.py`` with known actions; the tolerances are half of the promise
"within 0.3 s, counts right within one" only where nothing else is said.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emocare.analysis import AnalysisConfig, Analyzer
from emocare.domain.frames import Box
from emocare.domain.readings import FrameStatus, Readings
from emocare.domain.summary import Event, EventType, GateDecision, Summary
from emocare.media import VideoReader
from emocare.vision import load_face_reader

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ROOT / "sample_videos"
NAMES = [clip["name"] for clip in json.loads((CLIPS / "manifest.json").read_text())["clips"]]
WITHIN_S = 0.3
LIMITS = {"max_s": 7200.0, "max_bytes": 4 * 1024**3}


def truth_of(name: str) -> dict[str, Any]:
    return dict(json.loads((CLIPS / f"{name}.json").read_text(encoding="utf-8")))


class Measured:
    """Readings and summary of a clip."""

    def __init__(
        self, name: str, region: Box | None = None, until_s: float = math.inf
    ) -> None:
        reader = load_face_reader(ROOT / "models", 2)
        analyzer = Analyzer(reader, AnalysisConfig(), region=region)
        with VideoReader(CLIPS / f"{name}.mp4", **LIMITS) as video:
            for frame in video:
                if frame.t_s > until_s:
                    break
                analyzer.push(frame)
            self.summary: Summary = analyzer.finish(video.source(None), ())
        self.readings: Readings = analyzer.readings()

    def events(self, kind: str) -> list[Event]:
        return [e for e in self.summary.events.list if e.type is EventType(kind)]


@pytest.fixture(scope="module")
def measured() -> dict[str, Measured]:
    return {}


def measure(measured: dict[str, Measured], name: str) -> Measured:
    if name not in measured:
        region = None
        if name == "two_people":
            region = Box(*truth_of(name)["regions"][0]["x1y1x2y2_px"])
        measured[name] = Measured(name, region)
    return measured[name]


def unmatched(true: Sequence[dict[str, Any]], seen: Sequence[Event]) -> list[dict[str, Any]]:
    """True events whose onset no measured event meets within ``WITHIN_S``."""
    return [
        t for t in true if not any(abs(e.onset_s - t["onset_s"]) <= WITHIN_S for e in seen)
    ]


@pytest.mark.parametrize("kind", ["smile", "blink", "look_away"])
@pytest.mark.parametrize("name", NAMES)
def test_events_are_seen_when_they_happen(
    measured: dict[str, Measured], name: str, kind: str
) -> None:
    true = [e for e in truth_of(name)["events"] if e["type"] == kind]
    seen = measure(measured, name).events(kind)
    told = [(round(e.onset_s, 2), round(e.offset_s, 2)) for e in seen]
    assert abs(len(seen) - len(true)) <= 1, (true, told)
    missed = unmatched(true, seen)
    assert not missed, (missed, told)


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_says_what_the_clip_deserves(measured: dict[str, Measured], name: str) -> None:
    expected = truth_of(name)["expected"]["gate"]
    assert measure(measured, name).summary.gate.decision is GateDecision(expected)


def test_brows_are_seen(measured: dict[str, Measured]) -> None:
    clip = measure(measured, "brows")
    for kind in ("brow_raise", "brow_lower"):
        true = [e for e in truth_of("brows")["events"] if e["type"] == kind]
        seen = clip.events(kind)
        assert true
        assert abs(len(seen) - len(true)) <= 1
        assert not unmatched(true, seen)


def test_the_dark_is_not_measured(measured: dict[str, Measured]) -> None:
    readings = measure(measured, "dark_then_light").readings
    (start, end), = truth_of("dark_then_light")["intervals"]["dark"]
    dark = (readings["t_s"] > start) & (readings["t_s"] < end - WITHIN_S)
    assert not readings.ok[dark].any()
    assert (readings.text("status")[dark] == FrameStatus.TOO_DARK.value).mean() > 0.9


def test_nobody_is_nobody(measured: dict[str, Measured]) -> None:
    assert not measure(measured, "no_face").readings.tracked.any()


def test_two_people_without_a_region_are_refused() -> None:
    gate = Measured("two_people", until_s=6.0).summary.gate
    assert gate.decision is GateDecision.UNRELIABLE
    assert "second_face_fraction" in [r.metric for r in gate.reasons]


def test_the_long_clip_has_an_index_with_its_interval(measured: dict[str, Measured]) -> None:
    summary = measure(measured, "session").summary
    index = summary.behaviour_index
    assert index is not None
    assert index.ci90 is not None
    assert index.ess is not None
    assert index.ess >= 3
    assert summary.gate.metrics.valid_s >= 150
