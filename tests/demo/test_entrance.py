"""A visitor comes into the demo without a password, and nobody comes into a clinic so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emocare.app import App, build_app, vault_for
from emocare.domain.accounts import Role
from emocare.domain.audit import AuditKind
from emocare.domain.errors import AccessDenied
from emocare.services import workplace
from emocare.services.demo_entrance import LOGINS, NO_PASSWORD, DemoEntrance
from emocare.services.demo_folder import MARK, make_demo
from emocare.settings import Settings, load_settings
from emocare.store import Store
from tests.services.entrance_tools import GOOD, Hall, quick
from tests.ui.test_gate import HTML, Door

ENTERED = re.compile(r'http-equiv="refresh" content="0; url=([^"]*)"')


@pytest.fixture
def door(app: App) -> Door:
    """The gate of the demo."""
    return Door(app)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Door]:
    """The gate of a clinic."""
    with build_app(Settings(data_dir=tmp_path / "real"), hasher=quick()) as house:
        yield Door(house)


def roles(door: Door, token: str | None) -> set[Role]:
    known = door.house.sign_ins.known(token)
    return set() if known is None else set(known.account.roles)


# Into the demo


def test_a_new_visitor_comes_in_as_the_physician(door: Door) -> None:
    first = door.ask("/review?patient=ab12")
    assert first.status == 303
    entered = door.ask(first.headers["location"])
    assert entered.status == 200 and entered.token
    assert roles(door, entered.token) == {Role.PHYSICIAN}
    found = ENTERED.search(entered.body)
    assert found is not None
    onward = door.ask(found[1].replace("&amp;", "&"), token=entered.token)
    assert onward.headers["location"] == "/review?patient=ab12"
    assert door.ask("/review?patient=ab12", token=entered.token).passed


def test_the_token_is_nowhere_but_in_the_cookie(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    answer = door.ask("/sign-in")
    assert answer.token is not None
    elsewhere = [value for name, value in answer.headers.items() if name != "set-cookie"]
    assert not any(answer.token in text for text in [answer.body, caplog.text, *elsewhere])
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "max-age" not in cookie and "domain" not in cookie
    store = door.house.demo_entrance._store
    assert answer.token not in repr(store.sign_ins())


@pytest.mark.parametrize("why", ["entered", "out"])
def test_without_a_cookie_it_asks_instead_of_going_round(door: Door, why: str) -> None:
    asked = door.ask(f"/sign-in?why={why}")
    assert asked.token is None and not ENTERED.search(asked.body)
    assert [f'name="as" value="{role}"' in asked.body for role in Role] == [True] * 3
    assert 'type="password"' not in asked.body


def test_every_page_of_the_entrance_carries_the_mark(door: Door) -> None:
    pages = [door.ask("/sign-in"), door.ask("/sign-in?why=out"),
             door.ask("/sign-in", {"as": "nobody"}),
             door.ask("/sign-in", {"as": "patient"}, origin="http://evil.example"),
             door.ask("/sign-in", {"as": "x" * 20_000})]  # fmt: skip
    assert [page.status for page in pages] == [200, 200, 403, 403, 413]
    assert all(page.body.count(MARK) == 1 for page in pages)


@pytest.mark.parametrize("role", list(Role))
def test_one_form_makes_the_visitor_somebody_else(door: Door, role: Role) -> None:
    old = door.ask("/sign-in").token
    new = door.ask("/sign-in", {"step": "demo", "as": role.value}, token=old)
    assert new.status == 303 and new.headers["location"] == "/"
    assert roles(door, new.token) == {role}
    assert not door.ask("/", token=old).passed


@pytest.mark.parametrize("sent", [{"as": "owner"}, {}, {"step": "first", "login": "eve"},
                                  {"step": "name", "login": "demo-physician",
                                   "password": NO_PASSWORD}])  # fmt: skip
def test_nothing_else_is_taken(door: Door, sent: dict[str, str]) -> None:
    answer = door.ask("/sign-in", sent)
    assert answer.status == 403 and answer.token is None and answer.error


def test_other_pages_cannot_send_the_form(door: Door) -> None:
    old = door.ask("/sign-in").token
    for origin in ("http://evil.example", "null", ""):
        answer = door.ask("/sign-in", {"as": "patient"}, token=old, origin=origin)
        assert answer.token is None and answer.status == 403
    assert roles(door, old) == {Role.PHYSICIAN}


def test_an_account_that_was_locked_says_so(door: Door) -> None:
    found = door.house.accounts.by_login(LOGINS[Role.PHYSICIAN])
    door.house.accounts.lock(found.id)
    answer = door.ask("/sign-in")
    assert answer.token is None and "locked" in answer.error


def test_nobody_is_sent_away_for_looking(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    token = door.ask("/sign-in").token
    touched: list[str] = []
    monkeypatch.setattr(door.house.sign_ins, "touch", touched.append)
    door.ask("/signed-in?active=0", {}, token=token)
    assert touched == [token]
    assert door.ask("/sign-in?why=idle").token, "and after a night one comes in by oneself"


@pytest.mark.parametrize("login", list(LOGINS.values()))
@pytest.mark.parametrize("password", ["", NO_PASSWORD, "demo", GOOD])
def test_no_password_opens_an_account_of_the_demo(app: App, login: str, password: str) -> None:
    with pytest.raises(AccessDenied):
        app.entrance.sign_in(login, password)


# Never into a clinic


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-in?why=entered", "/sign-in?why=idle",
                                  "/sign-in?as=physician&step=demo"])  # fmt: skip
@pytest.mark.parametrize("accounts", [False, True])
def test_a_clinic_lets_nobody_in(real: Door, path: str, accounts: bool) -> None:
    if accounts:
        real.first()
    answer = real.ask(path, **HTML)
    assert answer.token is None and not answer.passed
    assert MARK not in answer.body


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("accounts", [False, True])
def test_the_form_of_the_demo_is_worth_nothing_there(
    real: Door, role: Role, accounts: bool
) -> None:
    if accounts:
        real.first()
    sent = {"step": "demo", "as": role.value, "login": LOGINS[role], "password": NO_PASSWORD}
    for step in ("demo", "name"):
        answer = real.ask("/sign-in", sent | {"step": step})
        assert answer.status == 403 and answer.token is None
    assert real.house.audit.rows()[-1].entry.kind == AuditKind.REFUSED


@pytest.mark.parametrize(("setting", "marked"), [(False, False), (True, False), (False, True)])
def test_setting_and_mark_are_both_needed(tmp_path: Path, setting: bool, marked: bool) -> None:
    """Whatever one of them says wrongly, there is no token."""
    with Store.open(tmp_path / "a.duckdb") as store:
        if marked:
            store.mark_made_up()
        hall = Hall(store, tmp_path)
        hall.entrance.make_first(LOGINS[Role.PHYSICIAN], "Dr A", GOOD, treats=True)
        before = len(store.sign_ins())
        entrance = DemoEntrance(store, hall.sign_ins, hall.audit, demo=setting)
        assert not entrance.is_open()
        for role in Role:
            with pytest.raises(AccessDenied, match="not the demo"):
                entrance.enter(role)
        assert len(store.sign_ins()) == before


def test_an_empty_demo_says_where_a_full_one_is(tmp_path: Path) -> None:
    settings = load_settings({"EMOCARE_DATA_DIR": str(tmp_path), "EMOCARE_DEMO": "true"})
    make_demo(settings.database, vault_for(settings))
    with build_app(settings) as house:
        answer = Door(house).ask("/sign-in")
    assert answer.token is None and "start.py --demo" in answer.error


def test_a_sign_in_of_the_demo_ends_too(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    token = app.demo_entrance.enter(Role.PATIENT)
    later = workplace.now() + timedelta(hours=13)
    monkeypatch.setattr(app.sign_ins, "_now", lambda: later)
    assert app.sign_ins.known(token) is None
