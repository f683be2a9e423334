"""The gate in front of the server: what passes without a token, what a form may do, what leaves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from emocare.app import App, build_app
from emocare.domain.accounts import Role
from emocare.domain.errors import StoreBusy
from emocare.settings import Settings
from emocare.ui import gate_files
from emocare.ui.gate import Gate, inside
from tests.services.entrance_tools import GOOD, OTHER, quick
from tests.services.fakes import ScriptedReader

HOST = "127.0.0.1:8501"
HTML = {"accept": "text/html"}


@dataclass
class Answer:
    """What came back: status, headers, cookie and body; ``passed`` when it was from behind."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    passed: bool = False

    @property
    def token(self) -> str | None:
        found = re.match(r"emocare_sign_in=([^;]*);", self.headers.get("set-cookie", ""))
        return found and found[1]

    @property
    def error(self) -> str:
        found = re.search(r'class="error"[^>]*>([^<]*)<', self.body)
        return found[1] if found else ""

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        assert found is not None
        return found[1]


@dataclass
class Door:
    """A gate with a page behind it, asked as a browser would."""

    house: App
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate = Gate(self._behind, lambda: self.house)

    async def _behind(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"behind"})
            return
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            said = message["text"]
            await send({"type": "websocket.send", "text": f"behind: {said}"})
            if said.startswith("/"):
                await send({"type": "websocket.send", "bytes": b"\x0a\x31" + said.encode()
                            + b"2\x0b"})  # fmt: skip

    def ask(self, path: str, form: dict[str, str] | None = None, *, method: str = "",
            token: str | None = None, client: str = "127.0.0.1", **headers: str) -> Answer:
        """One request; ``form`` makes it a POST from a page of the application itself."""
        method = method or ("GET" if form is None else "POST")
        given = {"host": HOST, **HTML, **headers}
        if method == "POST":
            given.setdefault("origin", f"http://{HOST}")
        if token is not None:
            given["cookie"] = f"emocare_sign_in={token}"
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "scheme": "http", "server": ("127.0.0.1", 8501), "client": (client, 50000),
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
        }  # fmt: skip
        answer, body = Answer(), urlencode(form or {}).encode()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                answer.body += message.get("body", b"").decode()

        asyncio.run(self.gate(scope, receive, send))
        answer.passed = answer.body == "behind"
        return answer

    def first(self) -> str:
        """Makes the first account; its token."""
        token = self.ask("/sign-in", {"step": "first", "login": "anna", "full_name": "Dr A. L.",
                                      "password": GOOD, "again": GOOD, "treats": "1"}).token
        assert token
        return token

    def sign_in(self, password: str = GOOD, *, login: str = "anna", **more: str) -> Answer:
        return self.ask("/sign-in", {"step": "name", "login": login, "password": password} | more)

    def talk(self, token: str | None, *texts: str, between: Any = None) -> list[dict[str, Any]]:
        """A websocket: says each text and notes what comes back."""
        sent: list[dict[str, Any]] = []
        todo = [{"type": "websocket.connect"},
                *({"type": "websocket.receive", "text": text} for text in texts),
                {"type": "websocket.disconnect", "code": 1000}]  # fmt: skip
        headers = [(b"host", HOST.encode())]
        if token is not None:
            headers.append((b"cookie", f"emocare_sign_in={token}".encode()))
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers,
                 "query_string": b"", "scheme": "ws", "subprotocols": ["streamlit"],
                 "server": ("127.0.0.1", 8501)}  # fmt: skip

        async def receive() -> dict[str, Any]:
            message = todo.pop(0)
            if between is not None and message.get("text") == texts[-1]:
                between()
            return message

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self.gate(scope, receive, send))
        return sent


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    settings = Settings(data_dir=tmp_path / "data")
    with build_app(settings, ScriptedReader().loaded, hasher=quick()) as house:
        yield Door(house)


@pytest.mark.parametrize("path", [
    "/", "/review", "/admin", "/media/abc.png", "/static/js/index.js", "/_stcore/host-config",
    "/_stcore/upload_file/a/b", "/_stcore/metrics", "/component/x", "/app/static/../../README.md",
])  # fmt: skip
@pytest.mark.parametrize("token", [None, "", "guessed"])
def test_nothing_passes_without_a_token(door: Door, path: str, token: str | None) -> None:
    door.first()
    page = door.ask(path, token=token)
    assert not page.passed and page.status == 303
    assert page.headers["location"].startswith("/sign-in")
    for more in ({"accept": "application/json"}, {"accept": "*/*"}):
        assert door.ask(path, token=token, **more).status == 401
    assert door.ask(path, {"a": "b"}, token=token).status == 401


def test_only_health_fonts_and_logo_pass(door: Door) -> None:
    assert door.ask("/_stcore/health").passed
    assert door.ask("/app/static/inter-latin-wght-normal.woff2").passed


def test_the_first_account_comes_in_and_is_made_once(door: Door) -> None:
    asked = door.ask("/sign-in")
    assert "Make the first account" in asked.body and asked.status == 200
    token = door.first()
    assert door.ask("/", token=token).passed
    assert "Make the first account" not in door.ask("/sign-in").body
    again = door.ask("/sign-in", {"step": "first", "login": "eve", "full_name": "Eve",
                                  "password": OTHER, "again": OTHER})  # fmt: skip
    assert again.token is None and "already" in again.error


@pytest.mark.parametrize(("client", "host"), [
    ("192.168.1.20", HOST), ("127.0.0.1", "clinic.example"), ("127.0.0.1", "evil.example:8501"),
    ("10.0.0.1", "clinic.example"),
])  # fmt: skip
def test_the_first_account_is_made_at_the_workstation_only(
    door: Door, client: str, host: str
) -> None:
    assert door.ask("/sign-in", client=client, host=host).status == 403
    sent = door.ask("/sign-in", {"step": "first", "login": "eve", "full_name": "Eve",
                    "password": OTHER, "again": OTHER}, client=client, host=host,
                    origin=f"http://{host}")  # fmt: skip
    assert sent.status == 403 and sent.token is None
    assert door.house.entrance.nobody_yet()


def test_the_cookie_is_for_this_browser_alone(door: Door) -> None:
    door.first()
    cookie = door.sign_in().headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "max-age" not in cookie and "expires" not in cookie and "domain" not in cookie


def test_signing_in_anew_ends_the_old_token(door: Door) -> None:
    old = door.first()
    new = door.ask("/sign-in", {"step": "name", "login": "anna", "password": GOOD}, token=old)
    assert new.token and new.token != old
    assert not door.ask("/", token=old).passed and door.ask("/", token=new.token).passed


def test_a_token_that_came_along_is_never_taken_over(door: Door) -> None:
    """Whoever plants a cookie before the sign-in has nothing afterwards."""
    door.first()
    planted = "x" * 43
    answer = door.ask("/sign-in", {"step": "name", "login": "anna", "password": GOOD},
                      token=planted)  # fmt: skip
    assert answer.token not in (None, planted)
    assert not door.ask("/", token=planted).passed


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9000", ""])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/signed-in"])
def test_forms_of_other_pages_are_refused(door: Door, path: str, origin: str) -> None:
    token = door.first()
    answer = door.ask(path, {"step": "name", "login": "anna", "password": GOOD}, token=token,
                      origin=origin)  # fmt: skip
    assert answer.status in (403, 405) and answer.token is None
    assert door.ask("/", token=token).passed, "and nobody was signed out"


def test_a_copied_cookie_is_worthless_after_the_sign_out(door: Door) -> None:
    token = door.first()
    assert door.ask("/sign-out", method="GET", token=token).status == 405
    assert door.ask("/sign-out", {}, token=token).status == 204
    assert not door.ask("/", token=token).passed
    assert door.talk(token)[-1] == {"type": "websocket.close", "code": 4401,
                                    "reason": "not signed in"}  # fmt: skip


def test_a_wrong_password_says_so_and_keeps_the_name(door: Door) -> None:
    door.first()
    answer = door.sign_in("wrong")
    assert answer.status == 403 and answer.token is None and "not right" in answer.error
    assert 'value="anna"' in answer.body and "wrong" not in answer.body


def test_what_was_typed_cannot_become_part_of_the_page(door: Door) -> None:
    door.first()
    answer = door.sign_in("x", login='"><script>alert(1)</script>')
    assert "<script" not in answer.body
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example",
    "/%2f%2fevil.example/..//", "javascript:alert(1)", "/a\r\nSet-Cookie: x=y", "evil",
    "/sign-out", "/sign-in?next=/", "/ä", "",
])  # fmt: skip
def test_the_way_on_stays_inside(door: Door, address: str) -> None:
    found = inside(address)
    assert found == "/" or (found == address and address.startswith("/%2f"))
    door.first()
    location = door.sign_in(next=address).headers["location"]
    assert location.startswith("/") and not location.startswith("//")


def test_the_page_that_was_asked_for_opens_afterwards(door: Door) -> None:
    door.first()
    asked = door.ask("/review?patient=ab12&session=cd34")
    form = door.ask(asked.headers["location"])
    onward = form.hidden("next").replace("&amp;", "&")
    assert onward == "/review?patient=ab12&session=cd34"
    assert door.sign_in(next=onward).headers["location"] == onward


def test_a_handed_password_leads_to_ones_own(door: Door) -> None:
    door.first()
    handed = door.house.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN])
    asked = door.sign_in(handed.password, login="bo")
    assert asked.token is None and "Choose your own password" in asked.body
    ticket = asked.hidden("ticket")
    form = {"step": "password", "ticket": ticket, "password": OTHER}
    differs = door.ask("/sign-in", form | {"again": GOOD})
    assert "not the same" in differs.error and differs.hidden("ticket") == ticket
    done = door.ask("/sign-in", form | {"again": OTHER})
    assert done.token and door.ask("/", token=done.token).passed
    assert "too long" in door.ask("/sign-in", form | {"again": OTHER}).error


def test_a_form_without_end_is_cut_off(door: Door) -> None:
    door.first()
    assert door.sign_in("x" * 20_000).status == 413
    many = {f"field{i}": "1" for i in range(50)}
    assert door.ask("/sign-in", many).status == 413


def test_the_beat_says_whether_somebody_is_signed_in(door: Door) -> None:
    token = door.first()
    assert door.ask("/signed-in?active=1", {}, token=token).status == 204
    assert door.ask("/signed-in?active=1", {}).status == 401
    door.house.accounts.sign_out_everywhere(door.house.accounts.by_login("anna").id)
    assert door.ask("/signed-in?active=1", {}, token=token).status == 401


def test_only_a_touch_keeps_the_sign_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    token = door.first()
    touched: list[str] = []
    monkeypatch.setattr(door.house.sign_ins, "touch", touched.append)
    door.ask("/signed-in?active=0", {}, token=token)
    door.ask("/", token=token)
    assert touched == []
    door.ask("/signed-in?active=1", {}, token=token)
    assert touched == [token]


def test_who_records_a_session_is_not_idle(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    token = door.first()
    account_id = door.house.accounts.by_login("anna").id
    touched: list[str] = []
    monkeypatch.setattr(door.house.sign_ins, "touch", touched.append)
    for recorder, expected in ((None, 0), ("somebody else", 0), (account_id, 1)):
        monkeypatch.setattr(door.house.live, "recorded_by", lambda r=recorder: r)
        door.ask("/signed-in?active=0", {}, token=token)
        assert len(touched) == expected


@pytest.mark.parametrize("token", [None, "guessed"])
def test_no_websocket_opens_without_a_token(door: Door, token: str | None) -> None:
    door.first()
    sent = door.talk(token, "hello")
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == 4401


def test_a_websocket_is_closed_when_the_sign_in_ends(door: Door) -> None:
    token = door.first()
    assert [m.get("text") for m in door.talk(token, "one", "two")] == [
        None, "behind: one", "behind: two"]  # fmt: skip
    sent = door.talk(token, "one", "two", between=lambda: door.house.entrance.sign_out(token))
    assert [message["type"] for message in sent] == [
        "websocket.accept", "websocket.send", "websocket.close"]  # fmt: skip
    assert sent[1]["text"] == "behind: one" and sent[-1]["code"] == 4401


def test_a_database_in_use_is_said_without_a_stack_trace(door: Door) -> None:
    def busy() -> App:
        raise StoreBusy("Another Emo-Care (process 4711) uses the database. Close it first.")

    door.gate = Gate(door._behind, busy)
    answer = door.ask("/")
    assert answer.status == 503 and "process 4711" in answer.body
    assert door.talk("x")[-1]["type"] == "websocket.close"
    assert door.ask("/_stcore/health").passed


def test_ten_idle_minutes_close_everything(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages lead to the sign-in, the page that is open is told to leave (its camera goes off with
    it), files and the websocket are closed, and the copied cookie is worth nothing."""
    token, later = door.first(), datetime.now(UTC) + timedelta(minutes=10, seconds=5)
    door.talk(token, CLIP)
    gone: list[str] = []
    monkeypatch.setattr(door.house.sign_ins, "when_gone", gone.append)

    def sleep() -> None:
        monkeypatch.setattr(door.house.sign_ins, "_now", lambda: later)

    sent = door.talk(token, "one", "two", between=sleep)
    assert [m.get("text") for m in sent] == [None, "behind: one", None]
    assert sent[-1]["code"] == 4401
    assert door.ask("/signed-in?active=1", {}, token=token).status == 401
    assert door.ask("/review", token=token).headers["location"] == "/sign-in?next=%2Freview"
    assert door.ask(CLIP, token=token).status == 303
    assert gone == [door.house.accounts.by_login("anna").id], "a paused recording is ended"


CLIP = f"/media/{'0a1b' * 16}.mp4"
UPLOADS = "/_stcore/upload_file/0f8fad5b-d9cb-469f-a165-70867728950e/"
ROUTES = ("/", "/review", "/anything", CLIP, f"{UPLOADS}1", "/component/x/index.html",
          "/_stcore/bidi-components/x/y.js", "/_stcore/metrics", "/_stcore/script-health-check",
          "/_stcore/host-config", "/static/js/main.js", "/index.html",
          "/app/static/../streamlit_app.py", "/_stcore/stream", "/~/+/media/x.mp4")  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST"])
def test_nothing_is_answered_without_a_token_that_holds(door: Door, method: str) -> None:
    """Before the first visit, with no token, a guessed one, and one after the sign-out."""
    for path in ROUTES:
        assert door.ask(path, method=method).status in (303, 401), f"{path} before anybody came"
    over = door.first()
    door.talk(over, CLIP, UPLOADS)
    door.house.entrance.sign_out(over)
    for path in ROUTES:
        for token in (None, "guessed", over):
            answer = door.ask(path, method=method, token=token)
            assert not answer.passed and answer.status in (303, 401), (path, token)


def test_a_file_is_given_only_to_the_browser_that_was_told_of_it(door: Door) -> None:
    token = door.first()
    assert door.ask(CLIP, token=token).status == 404, "not before it was told"
    door.talk(token, CLIP)
    assert door.ask(CLIP, token=token).passed
    assert door.ask(CLIP, method="HEAD", token=token).passed
    assert not door.ask(CLIP.replace("0a1b", "0a1c"), token=token).passed
    handed = door.house.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN]).account
    patient = door.house.people.add("P-1", "Marta Kowalska")
    marta = door.house.accounts.add("marta", "Marta", [Role.PATIENT], patient.id).account
    own = door.house.accounts.by_login("anna")
    for account in (handed, marta, own):
        other = door.house.sign_ins.begin(account)
        assert door.ask(CLIP, token=other).status == 404, account.login
        assert door.ask(CLIP.replace("/media/", "/media//"), token=other).status == 404
    door.house.entrance.sign_out(token)
    assert not door.ask(CLIP, token=token).passed


def test_nobody_uploads_into_the_session_of_another(door: Door) -> None:
    token = door.first()
    door.talk(token, UPLOADS + "a")
    assert door.ask(UPLOADS + "a", method="PUT", token=token).passed
    other = door.house.sign_ins.begin(door.house.accounts.by_login("anna"))
    for method in ("PUT", "DELETE"):
        assert door.ask(UPLOADS + "a", method=method, token=other).status == 404


def test_what_was_told_is_forgotten_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_files, "MOST", 2)
    told = gate_files.ToldFiles()
    names = [f"/media/{i:032x}.png" for i in range(3)]
    for name in names:
        told.note("t", name.encode())
    assert [told.knows("t", name) for name in names] == [False, True, True]
