"""The journal in a real browser: long typing is not lost, and the crisis card comes into sight."""

from __future__ import annotations

from typing import Any

import pytest

from emocare.app import build_app
from emocare.settings import Settings
from tests.browser import entrance
from tests.browser.conftest import PATIENCE_MS, Clinic

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

STEP_MS = 100


@pytest.fixture
def journal(chromium: Any, clinic: Clinic) -> Any:
    """The open journal of one person; ``sent`` holds what the browser has told the server."""
    with build_app(Settings(data_dir=clinic.data_dir)) as app:
        patient = app.people.add("P-1", "Ada Example")
        for number in range(12):
            app.journal.write(patient.id, f"Entry {number}\nof some day", shared=False)
    page = chromium.new_page(viewport={"width": 1024, "height": 768})
    entrance.let_in(page.context, clinic.address)
    page.set_default_timeout(PATIENCE_MS)
    page.sent = []

    def note(frame: object) -> None:
        page.sent.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.goto(f"{clinic.address}/journal?patient={patient.id}")
    page.get_by_role("button", name="Open my journal").click(timeout=PATIENCE_MS)
    return page


def wait_until_sent(page: Any, words: bytes) -> None:
    for _ in range(PATIENCE_MS // STEP_MS):
        if any(words in frame for frame in page.sent if isinstance(frame, bytes)):
            return
        page.wait_for_timeout(STEP_MS)
    raise AssertionError(f"{words!r} was not sent")


def test_what_is_typed_is_sent_while_the_person_goes_on(journal: Any) -> None:
    field = journal.get_by_label("What is on your mind today?")
    field.click()
    journal.keyboard.type("A long thought")
    wait_until_sent(journal, b"A long thought")
    journal.keyboard.type(", and on it goes")
    expect(field).to_be_focused()
    wait_until_sent(journal, b"A long thought, and on it goes")
    expect(field).to_have_value("A long thought, and on it goes")
    journal.get_by_role("button", name="Hand the device back").click()
    expect(journal.get_by_text("is not saved yet")).to_be_visible()
    journal.get_by_role("button", name="Open my journal").click()
    expect(field).to_have_value("A long thought, and on it goes")


def test_the_crisis_card_comes_into_sight(journal: Any) -> None:
    journal.get_by_label("What is on your mind today?").fill("I can’t go on")
    journal.get_by_role("button", name="Save entry").click()
    title = journal.get_by_role("heading", name="You do not have to be alone with this")
    expect(title).to_be_in_viewport()
    expect(journal.get_by_role("button", name="This is not about me")).to_be_visible()
    journal.get_by_role("button", name="I have told someone here").click()
    expect(title).to_have_count(0)
