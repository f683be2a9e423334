"""What the pages and their server ask for: this machine alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import entrance
from tests.browser.conftest import PATIENCE_MS, ROOT, Clinic

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

PAGES = ("Live", "Upload", "Evidence", "Report", "Questionnaire", "Review", "Timeline", "Patients")
WITHIN_THE_PAGE = ("data", "blob")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the server notes every address outside this machine that it asked for."""
    paths = [str(ROOT / "tests" / "network"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    monkeypatch.setenv("REFUSED_ADDRESSES", str(tmp_path / "refused.txt"))
    return tmp_path / "refused.txt"


def test_every_request_of_the_main_pages_is_to_the_app(
    refused: Path, chromium: Any, clinic: Clinic
) -> None:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    entrance.let_in(context, clinic.address)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.set_default_timeout(PATIENCE_MS)
    page.goto(clinic.address)
    page.get_by_role("button", name="Try with a sample").click()
    expect(page.get_by_text("The patient’s part of the picture")).to_be_visible()
    for title in PAGES:
        link = page.get_by_role("link", name=title, exact=True)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
            state="attached")
    context.close()
    found = {urlsplit(address) for address in asked}
    own = urlsplit(clinic.address).netloc
    assert {part.netloc for part in found if part.scheme not in WITHIN_THE_PAGE} == {own}
    assert {part.scheme for part in found} >= {"http", "ws"}
    assert not refused.exists(), refused.read_text(encoding="utf-8")
