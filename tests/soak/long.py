"""One long recording: how soon its review is there, and whether ``analyze`` says the same."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from emocare.domain.summary import DIMENSIONS
from emocare.domain.summary_json import summary_to_dict
from tests.browser.fake_camera import motion_jpeg
from tests.browser.live_tools import CLIP, Page
from tests.soak.same_stretch import COMPARED, analyze, cut, offset_s
from tests.soak.section import Goal, Section
from tests.soak.stage import Options, counts, say, stage, start_settled, stop_and_review
from tests.soak.stored import Stored, stored

GOAL_S = 2.0
ALIKE = 0.5
"""Below this correlation the stretch of the clip has not been found."""
BEFORE_S = 45.0
"""So long the camera may play before the recording begins."""


def run(options: Options) -> Section:
    """Records, stops, and compares with the same stretch of the clip."""
    with stage(lambda folder: _camera(folder, options.seconds)) as found:
        with found.window() as page:
            start_settled(page)
            _wait(page, options.seconds)
            waited_s = stop_and_review(page)
        say(f"review after {waited_s:.2f} s")
        found.server.stop()
        live = stored(found.server.data_dir)[-1]
        begins_s, alike, offline = _offline(live, found.folder)
    assert live.record.summary is not None, "the session has no summary"
    online = summary_to_dict(live.record.summary)
    source = online["source"]
    figures = [
        ("recorded", f"{live.end_s:.1f} s, {len(live.readings)} readings, "
                     f"{source['frames_dropped']} of {source['frames_decoded']} pictures lost"),
        ("picture that arrived", f"{source['width_px']}x{source['height_px']}"),
        ("Stop to review", f"{waited_s:.2f} s"),
        ("stretch of the clip", f"from {begins_s:.1f} s, correlation {alike:.2f}"),
        ("gate, live and `analyze`", f"{_gate(online)}; {_gate(offline)}"),
    ]  # fmt: skip
    goals = [
        Goal(f"Stop to review {waited_s:.2f} s, at most {GOAL_S:.0f} s", waited_s <= GOAL_S),
        Goal("the stretch of the clip was found", alike >= ALIKE),
        Goal("the same gate decision", _decision(online) == _decision(offline)),
    ]
    for name, mine, theirs in _pairs(online, offline):
        figures.append((f"{name}, live and `analyze`", f"{_words(mine)}; {_words(theirs)}"))
        goals.append(Goal(f"{name} within the interval of `analyze`", inside(mine, theirs)))
    return Section("long", f"one recording of {live.end_s:.0f} s against `analyze`", _how(),
                   tuple(figures), tuple(goals))  # fmt: skip


def _how() -> str:
    return (
        "The camera plays the long sample (JPEG pictures, 640x480, 30 a second). After Stop the "
        "time runs until the review's heading is visible. Head, mouth and eye movement then find "
        "where in the clip the recording began; that stretch is cut out and given to `analyze`. "
        "The live pictures differ from it by JPEG, by what the browser does to size and quality on "
        "the way, and by the moments at which they were read. Values stand with their 90 % "
        "interval."
    )


def _camera(folder: Path, seconds: float) -> Path:
    say("writing the camera's file")
    return motion_jpeg(CLIP, folder / "camera.mjpeg", seconds + BEFORE_S)


def _wait(page: Page, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        page.wait_for_timeout(1000 * min(10.0, left))
        say(f"{max(0.0, until - time.monotonic()):.0f} s to go, {counts(page)}")


def _offline(live: Stored, folder: Path) -> tuple[float, float, dict[str, Any]]:
    """Begin of the stretch, the correlation there, and its summary.json."""
    say("analyze of the whole clip")
    _, whole = analyze(CLIP, folder / "whole")
    rows = {name: live.readings[name] for name in ("t_s", *COMPARED)}
    begins_s, alike = offset_s(rows, whole)
    say(f"analyze of the stretch from {begins_s:.1f} s (correlation {alike:.2f})")
    length_s = live.end_s + live.interval_s
    stretch = cut(CLIP, folder / "stretch.mp4", begins_s, length_s)
    summary, _ = analyze(stretch, folder / "stretch")
    return begins_s, alike, summary


def _pairs(
    online: dict[str, Any], offline: dict[str, Any]
) -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    """Name, live and offline estimate of the index and of each dimension."""
    found = [("index", _index(online), _index(offline))]
    for name in DIMENSIONS:
        found.append((name, online["dimensions"][name], offline["dimensions"][name]))
    return found


def _index(summary: dict[str, Any]) -> dict[str, Any] | None:
    index = summary["behaviour_index"]
    if index is None:
        return None
    low, high = index["ci90"] or (None, None)
    return {"value": index["value"], "low": low, "high": high}


def inside(mine: dict[str, Any] | None, theirs: dict[str, Any] | None) -> bool:
    """Whether the live value lies in the other's interval; both not measured is the same too."""
    if mine is None or theirs is None:
        return mine is theirs
    if theirs["low"] is None:
        return False
    return bool(theirs["low"] <= mine["value"] <= theirs["high"])


def _words(estimate: dict[str, Any] | None) -> str:
    if estimate is None:
        return "not measured"
    if estimate["low"] is None:
        return f"{estimate['value']:.2f} (no interval)"
    return f"{estimate['value']:.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})"


def _decision(summary: dict[str, Any]) -> str:
    return str(summary["gate"]["decision"])


def _gate(summary: dict[str, Any]) -> str:
    reasons = ", ".join(reason["metric"] for reason in summary["gate"]["reasons"])
    valid_s = summary["gate"]["metrics"]["valid_s"]
    return f"{_decision(summary)}{f' ({reasons})' if reasons else ''}, {valid_s:.0f} s valid"
