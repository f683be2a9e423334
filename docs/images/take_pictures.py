"""Takes the pictures of the page Evidence: the real app in a real browser, without any patient.

Run from the root of the repository: ``python docs/images/take_pictures.py [FOLDER]``. Needs the
Chromium that the browser tests use.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE_MS  # noqa: E402

PICTURES = (("evidence-1440", 1440, 900, "light"), ("evidence-1024", 1024, 768, "light"),
            ("evidence-1440-dark", 1440, 900, "dark"))  # fmt: skip
CHARTS, LAST_CHART = ".js-plotly-plot .main-svg .xaxislayer-above", 3
"""What a drawn chart holds, and the number of the last one from 0."""
SETTLE_MS = 2500
"""Until fonts and charts stand still."""


def main(folder: Path) -> None:
    """Starts the app on a free port with an empty data folder and writes each picture."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port",
             str(port), "--server.headless", "true"],
            cwd=ROOT, env={**os.environ, "EMOCARE_DATA_DIR": data},
        )  # fmt: skip
        try:
            wait_until_up(address)
            take(address, folder)
        finally:
            server.terminate()
            server.wait(timeout=60)


def wait_until_up(address: str) -> None:
    """Waits for the server, two minutes at most."""
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"expected an answer from {address}")


def take(address: str, folder: Path) -> None:
    """One picture of the whole page per size and appearance."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, width, height, scheme in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height},
                                    color_scheme=scheme)  # fmt: skip
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{address}/evidence")
            page.locator(CHARTS).nth(LAST_CHART).wait_for()
            page.wait_for_timeout(SETTLE_MS)
            # The page scrolls inside itself, so the window is made as high as its content.
            whole = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
            page.set_viewport_size({"width": width, "height": max(height, int(whole) + 60)})
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=str(folder / f"{name}.png"))
            page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
