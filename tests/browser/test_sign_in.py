"""Signing in and out in a real browser: what stays after a reload, what ends at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import entrance
from tests.browser.conftest import CHROMIUM, PATIENCE_MS, Clinic
from tests.services.entrance_tools import OTHER

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("EMOCARE_REQUIRE_BROWSER"),
                       reason="no Chromium on this machine"),
]  # fmt: skip


@pytest.fixture
def profile(chromium: Any) -> Iterator[Any]:
    """A browser in which nobody is signed in."""
    made = chromium.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


def heading(page: Any, name: str) -> Any:
    return page.get_by_role("heading", name=name)


def sign_in(page: Any, password: str = entrance.PASSWORD) -> None:
    """With the keyboard alone."""
    expect(heading(page, "Sign in")).to_be_visible()
    page.keyboard.type(entrance.LOGIN)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_signing_in_and_out(profile: Any, clinic: Clinic) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    for path in ("/", "/review", "/media/0123456789abcdef0123456789abcdef.mp4", "/index.html",
                 "/_stcore/upload_file/x/y", "/component/streamlit_webrtc.component/index.html",
                 "/_stcore/metrics", "/_stcore/host-config", "/_stcore/script-health-check",
                 "/static/manifest.json", "/auth/login", "/auth/logout", "/oauth2callback"):
        answer = profile.request.get(f"{clinic.address}{path}", max_redirects=0)
        assert answer.status in (401, 404), f"{path}: of a server that nobody has visited yet"
    page, outside = profile.new_page(), []
    page.on("request", lambda request: outside.append(request.url)
            if not request.url.startswith((clinic.address, "data:", "blob:")) else None)
    page.goto(f"{clinic.address}/timeline")
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("not right")
    page.keyboard.type(entrance.PASSWORD)  # the name is kept, the password has the focus
    page.keyboard.press("Enter")
    expect(page.get_by_text("Emo-Care supports").first).to_be_visible()
    assert "/timeline" in page.url, "the page that was asked for opens"

    page.goto(clinic.address)
    expect(heading(page, "Patients")).to_be_visible()
    page.reload()
    expect(heading(page, "Patients")).to_be_visible()
    (cookie,) = [one for one in profile.cookies() if one["name"] == entrance.COOKIE]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["expires"] == -1
    assert cookie["value"] not in page.url
    assert cookie["value"] not in page.evaluate("document.cookie + JSON.stringify(localStorage)")

    page.get_by_text("More", exact=True).click()
    page.get_by_text("Sign out", exact=True).click()
    expect(heading(page, "Sign in")).to_be_visible()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    profile.add_cookies([cookie])
    page.goto(clinic.address)
    expect(heading(page, "Sign in")).to_be_visible()
    assert outside == []


def test_an_open_window_leaves_when_the_sign_in_ends_elsewhere(
    profile: Any, clinic: Clinic
) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    entrance.let_in(profile, clinic.address)
    page, other = profile.new_page(), profile.new_page()
    page.goto(clinic.address)
    expect(heading(page, "Patients")).to_be_visible()
    other.goto(f"{clinic.address}/account")
    other.get_by_role("button", name="Sign out everywhere").click()
    for window in (other, page):
        expect(heading(window, "Sign in")).to_be_visible()
    expect(heading(page, "Patients")).to_have_count(0)


def test_the_first_start_makes_the_administrator(
    profile: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.browser.live_tools import Server

    expect.set_options(timeout=PATIENCE_MS)
    monkeypatch.setattr(entrance, "prepare", lambda *_: None)
    server = Server(tmp_path)
    server.start()
    try:
        page = profile.new_page()
        page.goto(server.address)
        expect(heading(page, "Make the first account")).to_be_visible()
        for typed in ("Dr B. Berg", "b.berg", OTHER, OTHER):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(heading(page, "Patients")).to_be_visible()
    finally:
        server.stop()
