"""The live session on the page of evidence, from `docs/bench-live.json`."""

from __future__ import annotations

import json
from pathlib import Path

from emocare.learning import model_card

FILE = "bench-live.json"
HOW = (
    "A clip plays as the camera and is decoded in the same process; nothing is drawn. The delay "
    "runs from the picture's arrival to the end of its reading. With a browser beside the server, "
    "which also draws everything, the way from the camera to the overlay and ten minutes in a row "
    "are in [soak.md](soak.md)."
)


def live_part(docs: Path) -> str | None:
    """What `bench --live --out docs/bench-live.json` found; None where it was never run."""
    path = docs / FILE
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    rate, delay, frames = found["readings_per_s"], found["delay_ms"], found["frames"]
    memory, (width, height) = found["memory_mb"], found["picture"]
    machine = ", ".join(f"{name.replace('_', ' ')} {value}"
                        for name, value in found["machine"].items())  # fmt: skip
    rows = [
        ["recorded, s", f"{found['seconds']:.0f}"],
        ["readings a second, median (lowest)", f"{rate['median']:.1f} ({rate['lowest']:.1f})"],
        ["delay, ms, median (p95)", f"{delay['median']:.1f} ({delay['p95']:.1f})"],
        ["pictures in, read, dropped", f"{frames['in']}, {frames['read']}, {frames['dropped']}"],
        ["memory, MB, at 5 s (at the end)", f"{memory['start']:.0f} ({memory['end']:.0f})"],
        ["stop to the stored summary, s", f"{found['stop_s']:.2f}"],
    ]
    return (
        f"A camera of {width}x{height} at {found['camera_fps']:.0f} pictures a second on one "
        f"machine ({machine}). {HOW}\n\n" + model_card.table(["measure", "value"], rows)
    )
