"""Reads the sample clips of the demo clinic: ``python sample_videos/make_readings.py``.

The demo shows a clip with its measurements at once, so they are made beforehand with the face
network of this version and kept in ``readings/``. Run it again after the network or a clip changes.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from emocare.analysis import AnalysisConfig, Analyzer  # noqa: E402
from emocare.app import face_engine, workplace_of  # noqa: E402
from emocare.media.digest import sha256_of  # noqa: E402
from emocare.services.analysing import feed  # noqa: E402
from emocare.services.demo_people import PEOPLE  # noqa: E402
from emocare.services.demo_sessions import MadeUpReadings, keep_clip  # noqa: E402
from emocare.settings import Settings  # noqa: E402


def main() -> None:
    """Reads every clip that a made-up person was filmed in."""
    settings = Settings(samples_dir=HERE)
    loaded = face_engine(settings).get()
    for name in sorted({visit.clip for one in PEOPLE for visit in one.visits if visit.clip}):
        path = HERE / f"{name}.mp4"
        analyzer = Analyzer(loaded.reader, AnalysisConfig())
        source = feed(path, sha256_of(path), workplace_of(settings), analyzer.push,
                      lambda at, length: None)  # fmt: skip
        made = MadeUpReadings(analyzer.readings(), replace(source, path=path.name), loaded.models)
        print(keep_clip(HERE, name, made), flush=True)


if __name__ == "__main__":
    main()
