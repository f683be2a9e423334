"""Takes the pictures of the documents: the real app, a real browser and the sample clips.

Run from the root of the repository: ``python docs/images/take_pictures.py [FOLDER] [NAME...]``.
A name is a scene (``home``) or one picture (``home-1024-dark``); without names every picture is
taken. Needs the Chromium that the browser tests use. Nobody but made-up persons is in them.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

import live_walk  # noqa: E402
import walk  # noqa: E402
from camera import Camera  # noqa: E402

from tests.browser.conftest import (  # noqa: E402
    ARGUMENTS,
    CHROMIUM,
    PATIENCE_MS,
    free_port,
    wait_until_up,
)

CLINIC = {"EMOCARE_CLINICIAN": "Dr A. Lindqvist", "EMOCARE_CLINIC": "Sjövik Clinic",
          "EMOCARE_CLINIC_PHONE": "+46 8 555 01 40"}  # fmt: skip

STUCK = "where-it-stopped.png"
"""What the page showed when a step of the walk did not come."""


def main(folder: Path, wanted: frozenset[str]) -> None:
    """Starts the app with an empty data folder and writes each picture that is wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder, wanted)
    with (
        running_app() as address, sync_playwright() as play, tempfile.TemporaryDirectory() as clips,
    ):  # fmt: skip
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        try:
            if not wanted or not all(name.startswith(("evidence", "live")) for name in wanted):
                walk.clinic(page, camera)
            if not wanted or any(name.startswith("evidence") for name in wanted):
                walk.evidence(page, camera, address)
            if not wanted or any(name.startswith("live") for name in wanted):
                live_walk.live(play, address, camera, Path(clips))
        except (Error, AssertionError):
            page.screenshot(path=str(folder / STUCK))
            raise
        browser.close()


@contextlib.contextmanager
def running_app() -> Iterator[str]:
    """The address of the app while it runs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port",
             str(port), "--server.headless", "true"],
            cwd=ROOT, env={**os.environ, **CLINIC, "EMOCARE_DATA_DIR": data},
        )  # fmt: skip
        try:
            wait_until_up(server, address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=60)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE, frozenset(sys.argv[2:]))
