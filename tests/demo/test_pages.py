"""The mark on every page of the demo, and the guided start."""

from __future__ import annotations

import pytest

from emocare.app import App, build_app
from emocare.settings import Settings
from emocare.ui import context, demo
from emocare.ui.text import demo as text
from tests.pages.conftest import PAGES, Open, words


@pytest.mark.parametrize("name", list(PAGES))
def test_every_page_carries_the_mark(app: App, open_page: Open, name: str) -> None:
    page = open_page(name)
    assert not page.exception
    assert words(page).count(text.MARK) == 1


def test_a_clinic_has_neither_mark_nor_guide(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    with build_app(Settings(data_dir=folder)) as plain:
        monkeypatch.setattr(context, "_shared_app", lambda: plain)
        page = open_page()
        assert text.MARK not in words(page)
        assert text.TITLE not in words(page)
        assert demo.file_prefix() == ""


def test_home_offers_what_to_look_at(app: App, open_page: Open) -> None:
    page = open_page()
    assert text.TITLE in words(page)
    for stop in demo.STOPS:
        assert page.button(key=f"demo_{stop.key}").label == stop.title
    assert len(demo.STOPS) <= 6


@pytest.mark.parametrize("stop", demo.STOPS, ids=lambda stop: stop.key)
def test_each_stop_shows_what_it_promises(app: App, open_page: Open, stop: demo.Stop) -> None:
    place = stop.place
    address = {} if place is None else {"patient": place.patient_id, "session": place.session_id}
    name = next(name for name, path in PAGES.items() if path == stop.page)
    page = open_page(name, {demo.STOP: stop.key}, **address)
    assert not page.exception
    said = words(page)
    assert text.STOPS[stop.key][3] in said
    last = stop is demo.STOPS[-1]
    assert page.button(key="demo_end" if last else "demo_next").label


def test_whoever_wanders_off_finds_back(app: App, open_page: Open) -> None:
    page = open_page("upload", {demo.STOP: "abstention"})
    assert page.button(key="demo_back").label == text.BACK.format(title=demo.STOPS[1].title)
    assert text.STOPS["abstention"][3] not in words(page)


def test_files_say_it_in_their_names(app: App) -> None:
    assert demo.file_prefix() == "DEMO-"
