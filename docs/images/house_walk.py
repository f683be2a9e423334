"""The walk through what an administrator has, and what a patient agrees to."""

from __future__ import annotations

from typing import Any

from camera import Camera
from playwright.sync_api import expect
from walk import APPEARANCES, SIZES, open_course

from emocare.ui.text.consent import MY_TITLE
from emocare.ui.text.data import PARTS
from tests.browser.test_straight_line import button

SCENES = ("data", "data-key", "data-retention", "data-erasure")
"""Pictures of the parts of the page Data, in their order."""


def house(page: Any, camera: Camera, address: str) -> None:
    """Accounts, log and data, then the consent of a patient, then the entrance."""
    page.goto(f"{address}/accounts")
    expect(page.get_by_role("heading", name="Add account")).to_be_visible()
    camera.take(page, "accounts", SIZES)
    page.goto(f"{address}/data")
    button(page, "Back up now").click()
    expect(page.get_by_text("Back-up made")).to_be_visible()
    for scene, part in zip(SCENES, PARTS, strict=True):
        page.get_by_test_id("stButtonGroup").get_by_text(part, exact=True).click()
        camera.take(page, scene, APPEARANCES if scene == "data" else SIZES)
    page.goto(f"{address}/log")
    expect(page.get_by_role("heading", name="Log")).to_be_visible()
    camera.take(page, "log", SIZES)
    open_course(page, address, "Marta Kowalska")
    page.locator(".st-key-consent_open button").first.click()
    expect(page.get_by_role("heading", name=MY_TITLE)).to_be_visible()
    camera.take(page, "consent-patient", SIZES)
    page.context.clear_cookies()
    page.goto(address)
    expect(button(page, "Sign in")).to_be_visible()
    if camera.wants("sign-in", "1440"):  # no page of Streamlit: it stands still by itself
        page.screenshot(path=str(camera.folder / "sign-in-1440.png"))
