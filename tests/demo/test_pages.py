"""The mark on every page of the demo, and the guided start."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.domain.accounts import Role
from emocare.services.guard import REFUSED
from emocare.settings import Settings
from emocare.ui import context, demo
from emocare.ui.text import demo as text
from tests.demo.conftest import come_as
from tests.pages.conftest import PAGES, PHYSICIAN, Open, words


@pytest.fixture
def app(shared: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """Behind the pages, which its physician opens."""
    monkeypatch.setattr(context, "_shared_app", lambda: shared)
    come_as(shared, Role.PHYSICIAN, monkeypatch)
    return shared


OWN = {"my_account", "leave"}
SEEN_BY = {
    Role.ADMINISTRATOR: {"accounts", "log", "data", "evidence"} | OWN,
    Role.PATIENT: {"journal", "plan"} | OWN,
    Role.PHYSICIAN: set(PAGES) - {"accounts", "log", "data"},
}
"""The pages that each of the three can open, and together every page there is."""


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in SEEN_BY.items()
                                            for name in sorted(names)])  # fmt: skip
def test_every_page_carries_the_mark(
    app: App, open_page: Open, monkeypatch: pytest.MonkeyPatch, role: Role, name: str
) -> None:
    come_as(app, role, monkeypatch)
    page = open_page(name)
    assert not page.exception
    assert words(page).count(text.MARK) == 1
    assert REFUSED not in words(page)
    assert (text.TAKES_IN in words(page)) is (name in {"live", "upload"})
    assert chosen_role(page) == role
    assert set().union(*SEEN_BY.values()) == set(PAGES)


def chosen_role(page: AppTest) -> str:
    """Whom the band says the visitor is."""
    return str(next(one.value for one in page.get("button_group")
                    if str(one.key).startswith("demo_role_")))  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_a_click_asks_the_gate_for_somebody_else(
    app: App, open_page: Open, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    come_as(app, Role.PHYSICIAN if role is not Role.PHYSICIAN else Role.PATIENT, monkeypatch)
    page = open_page()
    button = next(one for one in page.get("button_group") if one.key.startswith("demo_role_"))
    button.set_value(role.value).run()
    said = "".join(html.body for html in page.get("html"))
    assert 'fetch("/sign-in"' in said
    assert f'{{"step": "demo", "as": "{role.value}"}}' in said


def test_who_holds_the_device_is_nobody_else(app: App, open_page: Open) -> None:
    place = demo.STOPS[1].place
    assert place is not None
    address = {"patient": place.patient_id, "session": place.session_id, "form": "PHQ-9",
               "mode": "self", "gate": "1", "kiosk": "1"}  # fmt: skip
    page = open_page("questionnaire", {demo.STOP: "abstention"}, **address)
    assert "Question 1 of 9" in words(page)
    assert words(page).count(text.MARK) == 1
    assert not [one for one in page.get("button_group") if str(one.key).startswith("demo_role")]
    assert page.button(key="demo_next").label == text.NEXT.format(title=demo.STOPS[2].title)


def test_a_clinic_has_neither_mark_nor_guide(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    with build_app(Settings(data_dir=folder / "data")) as plain:
        monkeypatch.setattr(context, "_shared_app", lambda: plain)
        monkeypatch.setattr(context, "token", lambda: plain.sign_ins.begin(PHYSICIAN))
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
    if stop.key == "example":
        drawn = " ".join(str(node.proto) for node in page.get("html"))
        assert all(band in drawn for band in ("normal", "mild", "moderate", "severe"))
    assert ("The questionnaire opens in" in said) is (stop.key == "abstention")
    last = stop is demo.STOPS[-1]
    assert page.button(key="demo_end" if last else "demo_next").label


def test_whoever_wanders_off_finds_back(app: App, open_page: Open) -> None:
    page = open_page("upload", {demo.STOP: "abstention"})
    assert page.button(key="demo_back").label == text.BACK.format(title=demo.STOPS[1].title)
    assert text.STOPS["abstention"][3] not in words(page)


def test_files_say_it_in_their_names(app: App) -> None:
    assert demo.file_prefix() == "DEMO-"
