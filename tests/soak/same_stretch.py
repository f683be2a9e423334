"""Which stretch of a clip a live recording saw, and what ``analyze`` makes of that stretch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.soak.section import ROOT

COMPARED = ("yaw_deg", "au12", "eye_openness_left")
STEP_S = 0.1
"""Head, mouth and eyes, ten times a second, find the stretch."""


def analyze(clip: Path, out: Path) -> tuple[dict[str, Any], dict[str, NDArray[np.float64]]]:
    """summary.json and the compared columns of readings.parquet that ``analyze`` writes.

    Raises:
        AssertionError: The command failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "emocare", "analyze", str(clip), "--out", str(out)], cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"analyze: {done.stderr}"
    folder = out / clip.stem
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    table = pq.read_table(folder / "readings.parquet", columns=["t_s", *COMPARED])
    columns = {name: table[name].to_numpy().astype(np.float64) for name in table.column_names}
    return summary, columns


def offset_s(live: dict[str, NDArray[np.float64]], clip: dict[str, NDArray[np.float64]]
             ) -> tuple[float, float]:  # fmt: skip
    """Where in the clip the live rows begin, and the correlation there (1: the same movement).

    Args:
        live: "t_s" and the columns of ``COMPARED``, (T,) each.
        clip: The same of the whole clip, at least as long.

    Raises:
        AssertionError: The clip is shorter than the recording.
    """
    short = [_even(live, name) for name in COMPARED]
    whole = [_even(clip, name) for name in COMPARED]
    n = len(short[0])
    places = len(whole[0]) - n + 1
    assert places > 0, "the recording is longer than the clip"
    found = [
        float(np.mean([np.corrcoef(a, b[k : k + n])[0, 1]
                       for a, b in zip(short, whole, strict=True)]))
        for k in range(places)
    ]  # fmt: skip
    best = int(np.argmax(found))
    return best * STEP_S, found[best]


def _even(rows: dict[str, NDArray[np.float64]], name: str) -> NDArray[np.float64]:
    t_s, values = rows["t_s"], rows[name]
    measured = np.isfinite(values)
    at = np.arange(t_s[0], t_s[-1], STEP_S)
    return np.interp(at, t_s[measured], values[measured])


def cut(clip: Path, target: Path, start_s: float, seconds: float) -> Path:
    """A stretch of ``clip`` as H.264, nearly without loss, with its own pictures and times."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as made:
        rate = source.streams.video[0].average_rate
        stream = made.add_stream("libx264", rate=rate, options={"crf": "8", "preset": "veryfast"})
        stream.width, stream.height = (source.streams.video[0].width,
                                       source.streams.video[0].height)  # fmt: skip
        stream.pix_fmt = "yuv420p"
        for frame in source.decode(video=0):
            time_s = float(frame.time or 0.0) - start_s
            if time_s >= seconds:
                break
            if time_s < 0.0:
                continue
            picture = av.VideoFrame.from_ndarray(frame.to_ndarray(format="rgb24"), format="rgb24")
            made.mux(stream.encode(picture))
        made.mux(stream.encode())
    return target
