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
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

import house_walk  # noqa: E402
import live_walk  # noqa: E402
import walk  # noqa: E402
from camera import Camera  # noqa: E402

from emocare import cli  # noqa: E402
from emocare.app import build_app  # noqa: E402
from emocare.services.engine import LoadedFace  # noqa: E402
from emocare.settings import Settings  # noqa: E402
from tests.browser import entrance  # noqa: E402
from tests.browser.conftest import (  # noqa: E402
    ARGUMENTS,
    CHROMIUM,
    PATIENCE_MS,
    free_port,
    wait_until_up,
)
from tests.ui.scenes import MODEL, Scene, SteadyReader  # noqa: E402
from tests.ui.year import odd_course, whole_year  # noqa: E402

DEMO = ("demo",)
"""Scenes of the demo clinic."""
LATER = ("timeline", "plan")
"""Scenes that need people with many visits, and so a clinic of their own."""
HOUSE = ("accounts", "data", "log", "consent", "sign-in")
"""Scenes of what an administrator has, in the same clinic."""
APART = ("evidence", "live", *DEMO, *LATER, *HOUSE)
"""Scenes that the walk through the clinic does not pass."""

CLINIC = {"EMOCARE_CLINICIAN": "Dr A. Lindqvist", "EMOCARE_CLINIC": "Sjövik Clinic",
          "EMOCARE_CLINIC_PHONE": "+46 8 555 01 40"}  # fmt: skip

STUCK = "where-it-stopped.png"
"""What the page showed when a step of the walk did not come."""


def main(folder: Path, wanted: frozenset[str]) -> None:
    """Starts the app with an empty data folder and writes each picture that is wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder, wanted)
    with sync_playwright() as play, tempfile.TemporaryDirectory() as clips:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        try:
            with running_app() as address:
                entrance.let_in(page.context, address)
                page.goto(address)
                if not wanted or not all(name.startswith(APART) for name in wanted):
                    walk.clinic(page, camera)
                if _any(wanted, ("evidence",)):
                    walk.evidence(page, camera, address)
            if _any(wanted, ("live",)):
                with running_app() as address:
                    live_walk.live(play, address, camera, Path(clips))
            if _any(wanted, (*LATER, *HOUSE)):
                with running_app(a_year) as address:
                    entrance.let_in(page.context, address)
                    if _any(wanted, LATER):
                        walk.timeline(page, camera, address)
                    if _any(wanted, HOUSE):
                        house_walk.house(page, camera, address)
            if _any(wanted, DEMO):
                with running_app(a_demo, {"EMOCARE_DEMO": "true"}) as address:
                    walk.demo(page, camera, address)
        except (Error, AssertionError):
            page.screenshot(path=str(folder / STUCK))
            raise
        browser.close()


def _any(wanted: frozenset[str], starts: tuple[str, ...]) -> bool:
    """Whether a picture with a name that starts so is wanted; without names every one is."""
    return not wanted or any(name.startswith(starts) for name in wanted)


def a_year(data: Path) -> None:
    """Puts made-up people with many visits into a data folder, before the app starts."""
    settings = Settings(data_dir=data, clinician=CLINIC["EMOCARE_CLINICIAN"])
    with build_app(settings, lambda: LoadedFace(SteadyReader(), (MODEL,))) as app:
        scene = Scene(app)
        whole_year(scene, scene.patient("P-0148", "Marta Kowalska", date(1984, 5, 3)))
        odd_course(scene, scene.patient("P-0131", "Jonas Berg", date(1968, 1, 9)))


def a_demo(data: Path) -> None:
    """Makes the demo clinic in a data folder."""
    cli.main(["demo", str(data)])


@contextlib.contextmanager
def running_app(
    fill: Callable[[Path], None] = lambda data: None, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of the app while it runs.

    Args:
        fill: Puts what is needed into the empty data folder before the app starts.
        more: Settings in place of those of the clinic.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        fill(data)
        if fill is not a_demo:  # the demo lets its visitor in by itself
            entrance.prepare(data, address)
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port",
             str(port), "--server.headless", "true"],
            cwd=ROOT, env={**os.environ, **(more or CLINIC), "EMOCARE_DATA_DIR": str(data)},
        )  # fmt: skip
        try:
            wait_until_up(server, address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=60)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE, frozenset(sys.argv[2:]))
