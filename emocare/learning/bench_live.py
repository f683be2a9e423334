"""How a live session keeps up with a camera on this machine: rate, delay, losses, memory.

The camera is a 1280x720 clip at 30 frames a second, decoded in the same process as a browser's
stream would be.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psutil

from emocare.domain.live import LiveView
from emocare.learning.bench import (
    FPS,
    FRAMES,
    HEIGHT,
    MEGABYTE,
    WIDTH,
    Log,
    machine,
    sample_pictures,
    write_clip,
)

SETTLED_S = 5.0
"""From then on it is measured: the network is loaded and the rates are over five seconds."""


class LivePath(Protocol):
    """Records a clip as a live session; see ``services.live_path.time_live``."""

    def __call__(self, video: Path, look: Callable[[LiveView], None]) -> Mapping[str, float]:
        """Gives the seconds that a view and the end took at most."""
        ...


def measure(live_path: LivePath, sample: Path | None, seconds: float, log: Log) -> dict[str, Any]:
    """Plays ``seconds`` of the sample (of noise without one) and notes what a page sees.

    Returns:
        Readings a second, delay in milliseconds, frames in, read and dropped, and the megabytes
        of this process after five seconds and at the end.
    """
    views: list[LiveView] = []
    memory: list[float] = []
    process = psutil.Process()

    def look(view: LiveView) -> None:
        if view.elapsed_s >= SETTLED_S:
            views.append(view)
            memory.append(process.memory_info().rss / MEGABYTE)

    with tempfile.TemporaryDirectory() as folder:
        log("making the clip")
        clip = _clip(Path(folder) / "camera.mp4", sample, seconds)
        log(f"a live session of {seconds:.0f} s")
        times = live_path(clip, look)
    last = views[-1]
    return {
        "machine": machine(), "picture": [WIDTH, HEIGHT], "camera_fps": FPS,
        "seconds": round(last.elapsed_s, 1),
        "readings_per_s": _shown([view.readings_per_s for view in views]),
        "delay_ms": {
            "median": _shown([view.delay_ms or 0.0 for view in views])["median"],
            "p95": _shown([view.delay_p95_ms or 0.0 for view in views])["median"],
            "worst_p95": _shown([view.delay_p95_ms or 0.0 for view in views])["highest"],
        },
        "frames": {"in": last.frames_in, "read": last.frames_read, "dropped": last.frames_dropped},
        "memory_mb": {"start": round(memory[0], 1), "end": round(memory[-1], 1)},
        "longest_view_ms": round(1000 * times["view"], 2), "stop_s": round(times["stop"], 3),
    }  # fmt: skip


def table(figures: Mapping[str, Any]) -> str:
    """The figures as lines for reading."""
    rate, delay, frames = figures["readings_per_s"], figures["delay_ms"], figures["frames"]
    memory = figures["memory_mb"]
    return "\n".join((
        f"{figures['picture'][0]}x{figures['picture'][1]} at {figures['camera_fps']:.0f} frames/s "
        f"for {figures['seconds']:.0f} s",
        f"{'readings':20}{rate['median']:10.1f} /s, lowest {rate['lowest']:.1f}",
        f"{'delay':20}{delay['median']:10.1f} ms, p95 {delay['p95']:.1f}, "
        f"worst {delay['worst_p95']:.1f}",
        f"{'frames':20}{frames['in']:10} in, {frames['read']} read, {frames['dropped']} dropped",
        f"{'memory':20}{memory['start']:10.1f} MB at the start, {memory['end']:.1f} at the end",
        f"{'view, longest':20}{figures['longest_view_ms']:10.2f} ms",
        f"{'stop':20}{figures['stop_s']:10.2f} s",
    ))  # fmt: skip


def _clip(path: Path, sample: Path | None, seconds: float) -> Path:
    """The camera. Its pictures are gone afterwards: they would count as memory."""
    pictures = sample_pictures(sample, WIDTH, HEIGHT, FRAMES)
    return write_clip(path, pictures, round(seconds * FPS))


def _shown(values: list[float]) -> dict[str, float]:
    low, middle, high = (round(float(v), 1) for v in np.percentile(values, (0, 50, 100)))
    return {"lowest": low, "median": middle, "highest": high}
