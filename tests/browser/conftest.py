"""The real application in a real browser: a server on a free port and a headless Chromium."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browser import entrance

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((p for name in ("chromium", "chromium-browser", "google-chrome")
                 if (p := shutil.which(name))), None)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 120_000
"""How long a step may take on a slow machine before it counts as broken."""


@dataclass
class Clinic:
    """A running installation with its own empty data folder.

    Attributes:
        address: Where it listens.
        outside: Every address that a page asked for and that is not this machine.
    """

    address: str
    data_dir: Path
    outside: list[str] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """Starts the application on a free port and ends it afterwards."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = dict(os.environ) | {
        "EMOCARE_DATA_DIR": str(tmp_path / "data"), "EMOCARE_CLINICIAN": "Dr A. Lindqvist",
        "EMOCARE_CLINIC": "Sjövik Clinic", "EMOCARE_CLINIC_PHONE": "+46 8 555 01 40",
    }  # fmt: skip
    entrance.prepare(tmp_path / "data", address)
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port",
             str(port), "--server.headless", "true"],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until_up(server, address)
            yield Clinic(address, tmp_path / "data")
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Any]:
    """An installation that a test may kill and start anew: a ``live_tools.Server``."""
    from tests.browser.live_tools import Server

    running = Server(tmp_path)
    running.start()
    yield running
    running.stop()


def wait_until_up(server: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(
            f"{address}/_stcore/health", timeout=2
        ) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise AssertionError(f"The server did not start (exit code {server.poll()}).")


@pytest.fixture
def chromium() -> Iterator[object]:
    """A headless browser; the test is left out where there is none, unless one is required."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        if os.environ.get("EMOCARE_REQUIRE_BROWSER"):
            pytest.fail("EMOCARE_REQUIRE_BROWSER is set, but there is no Chromium here.")
        pytest.skip("no Chromium on this machine")
    with driver.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def page(chromium: object, clinic: Clinic) -> Iterator[object]:
    """A page of a fresh browser profile at the start of the application."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    entrance.let_in(context, clinic.address)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)

    def note(request: object) -> None:
        address = request.url
        if not address.startswith((clinic.address, "data:", "blob:",
                                   clinic.address.replace("http", "ws"))):  # fmt: skip
            clinic.outside.append(address)

    opened.on("request", note)
    opened.on("websocket", lambda socket: note(socket))
    opened.goto(clinic.address)
    yield opened
    context.close()
