"""Makes the sample clips: ``python sample_videos/make_samples.py [NAME ...]``.

Each clip gets a JSON beside it with what truly happens when; ``manifest.json`` holds the
SHA-256 of every clip. All clips take about ten minutes on one processor core.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

import cv2

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sample_videos.studio.film import Studio, truth, write  # noqa: E402
from sample_videos.studio.scripts import CLIPS  # noqa: E402

MANIFEST = HERE / "manifest.json"


def main(names: list[str], folder: Path = HERE) -> None:
    """Makes the named clips, or all of them, and brings the manifest up to date.

    Raises:
        SystemExit: A name is unknown.
    """
    unknown = [name for name in names if name not in CLIPS]
    if unknown:
        raise SystemExit(f"Unknown clip {unknown[0]!r}. Known: {', '.join(CLIPS)}.")
    cv2.setNumThreads(1)
    studio = Studio()
    for name in names or list(CLIPS):
        started = time.monotonic()
        clip = CLIPS[name]()
        write(studio.frames(clip), folder / f"{name}.mp4")
        write_json(folder / f"{name}.json", truth(clip))
        size = (folder / f"{name}.mp4").stat().st_size
        print(f"{name}: {size / 1e6:.2f} MB in {time.monotonic() - started:.0f} s", flush=True)
    write_json(folder / MANIFEST.name, manifest(folder))


def manifest(folder: Path) -> dict[str, object]:
    """Every clip that exists, in order, with the fingerprint of its file."""
    rows = []
    for name in CLIPS:
        path = folder / f"{name}.mp4"
        if path.exists():
            content = path.read_bytes()
            rows.append({"name": name, "file": path.name, "truth": f"{name}.json",
                         "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    return {"schema": 1, "clips": rows}


def write_json(path: Path, value: dict[str, object]) -> None:
    """JSON with one short object per line where possible, so that changes read well."""
    lines = ["{"]
    for i, (key, item) in enumerate(value.items()):
        comma = "," if i < len(value) - 1 else ""
        if isinstance(item, list) and item and isinstance(item[0], dict):
            rows = ",\n".join("  " + json.dumps(row) for row in item)
            lines.append(f' {json.dumps(key)}: [\n{rows}\n ]{comma}')
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(item)}{comma}")
    path.write_text("\n".join([*lines, "}"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
