"""Ten minutes at the full rate: readings a second, delay and memory, from beginning to end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.browser.fake_camera import motion_jpeg
from tests.browser.live_tools import CLIP, Page
from tests.soak.section import Goal, Section
from tests.soak.stage import (
    Options,
    Stage,
    begin_settled,
    button,
    counts,
    prepare,
    say,
    stage,
    stop_and_review,
    text,
)
from tests.soak.stored import Stored, stored
from tests.soak.streams import KEEP, WHOLE, Way, outside_ms, way

SIZE_PX = (1280, 720)
CAMERA_S = 60.0
EVERY_S = 10.0
SETTLED_S, ENDS_S = 120.0, 120.0
"""From the second minute on the first two minutes are compared with the last two."""
LEAST_HZ = 15.0
MOST_MS = 250.0
GROWS_MS, GROWS_MB = 10.0, 30.0
"""Within this it has not grown. The rows of the recording stay in memory until it ends, which is
about a megabyte a minute and is meant to."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at one moment.

    Attributes:
        at_s: Since the recording began.
        hz: Readings a second since the last sample.
        delay_ms: The page's median of the last five seconds; None without any.
        outside_ms: Of the way in browser and network since the last sample; None if unknown.
        dropped: Pictures lost so far.
        rss_mb: Memory of the server.
    """

    at_s: float
    hz: float
    delay_ms: float | None
    outside_ms: float | None
    dropped: int
    rss_mb: float


def run(options: Options) -> Section:
    """Records for so many minutes and looks every ten seconds."""
    with stage(_camera) as found:
        with found.window() as page:
            page.add_init_script(KEEP)
            if options.whole:
                page.add_init_script(WHOLE)
            page.goto(found.live_address)
            prepare(page)
            button(page, text.START_CAMERA).click()
            begin_settled(page)
            samples = _watch(page, found, options.minutes * 60.0)
            sent = way(page)
            waited_s = stop_and_review(page)
        found.server.stop()
        live = stored(found.server.data_dir)[-1]
    return section(samples, live, sent, waited_s, options)


def _camera(folder: Path) -> Path:
    say("writing the camera's file")
    return motion_jpeg(CLIP, folder / "camera.mjpeg", CAMERA_S, size_px=SIZE_PX)


def _watch(page: Page, found: Stage, seconds: float) -> list[Sample]:
    assert found.server.process is not None
    process = psutil.Process(found.server.process.pid)
    began = last_s = time.monotonic()
    last_read, last_way = 0, way(page)
    samples: list[Sample] = []
    while time.monotonic() - began < seconds:
        page.wait_for_timeout(1000 * EVERY_S)
        shown, now_way, now_s = counts(page), way(page), time.monotonic()
        assert shown is not None, "the page shows no counts any more"
        samples.append(Sample(
            now_s - began, (shown.read - last_read) / (now_s - last_s), shown.delay_ms,
            outside_ms(last_way, now_way), shown.dropped, process.memory_info().rss / 1024**2,
        ))  # fmt: skip
        last_read, last_way, last_s = shown.read, now_way, now_s
        say(_line(samples[-1]))
    return samples


def _line(sample: Sample) -> str:
    return (
        f"{sample.at_s:.0f} s: {sample.hz:.1f} readings/s, delay {_ms(sample.delay_ms)}, browser "
        f"and network {_ms(sample.outside_ms)}, {sample.dropped} lost, {sample.rss_mb:.0f} MB"
    )


def section(
    samples: Sequence[Sample], live: Stored, sent: Way | None, waited_s: float, options: Options
) -> Section:
    """The figures of a run and what they say about its goals."""
    rate = statistics.median(sample.hz for sample in samples)
    slowest = min(sample.hz for sample in samples)
    delay = _median(samples, lambda s: s.delay_ms)
    outside = _median(samples, lambda s: s.outside_ms)
    first, last = ends(samples)
    delays = [_median(part, lambda s: s.delay_ms) for part in (first, last)]
    memory = [_median(part, lambda s: s.rss_mb) for part in (first, last)]
    source = None if live.record.summary is None else live.record.summary.source
    arrived = "no summary" if source is None else f"{source.width_px}x{source.height_px}"
    came = "" if source is None else f" of {source.frames_decoded}"
    figures = (
        ("readings a second, median and slowest ten seconds", f"{rate:.1f} and {slowest:.1f}"),
        ("delay from arrival to reading, median", _ms(delay)),
        ("browser and network, mean of ten seconds, median", _ms(outside)),
        ("camera to overlay, estimate",
         _ms(None if delay is None or outside is None else delay + outside)),
        ("pictures lost because reading was behind", f"{samples[-1].dropped}{came}"),
        ("delay at the beginning and at the end", " and ".join(map(_ms, delays))),
        ("memory of the server at the beginning and at the end",
         " and ".join(f"{value or 0:.0f} MB" for value in memory)),
        ("picture sent at the end, and that arrived", f"{_size(sent)}, {arrived}"),
        ("stored", f"{len(live.readings)} readings over {live.end_s:.0f} s"),
        ("Stop to review", f"{waited_s:.2f} s"),
    )  # fmt: skip
    slower = None if None in delays else delays[1] - delays[0]  # type: ignore[operator]
    more = (memory[1] or 0.0) - (memory[0] or 0.0)
    goals = (
        Goal(f"{rate:.1f} readings a second, at least {LEAST_HZ:.0f}", rate >= LEAST_HZ),
        Goal(f"median delay {_ms(delay)}, under {MOST_MS:.0f} ms",
             delay is not None and delay < MOST_MS),
        Goal(f"delay does not grow: {_ms(slower)} from beginning to end, at most {GROWS_MS:.0f} ms",
             slower is not None and slower <= GROWS_MS),
        Goal(f"memory does not grow: {more:.0f} MB, at most {GROWS_MB:.0f} MB", more <= GROWS_MB),
    )  # fmt: skip
    return Section("endurance", f"{samples[-1].at_s / 60:.1f} minutes, camera of 1280x720 at 30 "
                   "pictures a second", _how(first, last, options), figures, goals)  # fmt: skip


def ends(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """The two stretches that are compared: two minutes from minute two on, and the last two; of a
    shorter run its second and its last fifth."""
    length_s = samples[-1].at_s
    settled_s, part_s = min(SETTLED_S, length_s / 5), min(ENDS_S, length_s / 5)
    first = [s for s in samples if settled_s < s.at_s <= settled_s + part_s]
    last = [s for s in samples if s.at_s > length_s - part_s]
    return first or [samples[0]], last


def _how(first: Sequence[Sample], last: Sequence[Sample], options: Options) -> str:
    size = (
        "the browser is made to send it at that size" if options.whole
        else "the page asks the browser for 640x360 and gets what the browser makes of it"
    )  # fmt: skip
    return (
        "A free recording with the settings as shipped, the browser on the same machine. The "
        f"camera gives 1280x720 at 30 a second; {size}. Every {EVERY_S:.0f} s the page's own "
        "counts are read. Delay is the page's figure: from the arrival of a picture in the session "
        "to its reading. Camera to overlay is an estimate, that delay and, from the browser's own "
        "WebRTC statistics, encoding, the network there and back, and the time from the first "
        "packet back to the decoded picture. Not included: the camera itself, decoding, drawing "
        "and encoding on the server, the wait for the next picture that carries the overlay (half "
        "an interval in the mean), and the screen. Memory is the resident size of the server; the "
        "rows of a recording stay in it until it ends, about a megabyte a minute. Beginning is "
        f"{_span(first)}, end {_span(last)}."
    )


def _span(part: Sequence[Sample]) -> str:
    return f"{part[0].at_s - EVERY_S:.0f} to {part[-1].at_s:.0f} s"


def _median(samples: Sequence[Sample], of: Callable[[Sample], float | None]) -> float | None:
    values = [value for sample in samples if (value := of(sample)) is not None]
    return statistics.median(values) if values else None


def _ms(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0f} ms"


def _size(sent: Way | None) -> str:
    return "not known" if sent is None else f"{sent.width_px}x{sent.height_px}"
