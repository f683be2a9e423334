"""Sign-in through a provider: off unless configured; never by itself, never by a mere address.

Most tests put Streamlit's answer in its place, signed as Streamlit signs it. With Authlib installed
(requirements-oidc.txt) the last ones go the whole way, over HTTP to a provider on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from streamlit import auth_util, config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from emocare.app import App, build_app
from emocare.domain.accounts import Account, Identity, Role
from emocare.domain.errors import InputError
from emocare.services import authenticator
from emocare.settings import Settings
from emocare.ui.gate import Gate
from tests.services.entrance_tools import GOOD, quick
from tests.services.fakes import ScriptedReader
from tests.ui.oidc import Provider

ORIGIN = "http://127.0.0.1:8501"
ISSUER = "https://sign-in.clinic.example"
SECRETS = f"""
[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "forty random signs that nobody else knows"
[auth.clinic]
label = "the clinic"
client_id = "emo-care"
client_secret = "x"
server_metadata_url = "{ISSUER}/.well-known/openid-configuration"
"""
BO = {"iss": ISSUER, "sub": "bo-4711", "email": "Bo@Clinic.example", "email_verified": True}


@dataclass
class Browser:
    """Keeps cookies and asks the gate."""

    gate: Gate
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    body: str = ""
    location: str = ""

    def get(self, address: str) -> Browser:
        """One request; what came back."""
        parts = urlsplit(address)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "http", "method": "GET", "path": parts.path, "scheme": "http",
            "query_string": parts.query.encode(), "server": ("127.0.0.1", 8501),
            "client": ("127.0.0.1", 50000), "root_path": "", "http_version": "1.1",
            "headers": [(b"host", b"127.0.0.1:8501"), (b"accept", b"text/html"),
                        (b"cookie", cookie.encode())],
        }  # fmt: skip
        self.body = self.location = ""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            self.body += message.get("body", b"").decode()
            self.status = message.get("status", self.status)
            for name, value in message.get("headers", ()):
                if name == b"location":
                    self.location = value.decode()
                if name == b"set-cookie":
                    key, _, rest = value.decode().partition("=")
                    self.cookies[key] = rest.partition(";")[0]

        asyncio.run(self.gate(scope, receive, send))
        return self

    @property
    def error(self) -> str:
        found = re.search(r'class="error"[^>]*>([^<]*)<', self.body)
        return found[1] if found else ""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[App]:
    settings = Settings(data_dir=tmp_path / "data", clinician="Nobody")
    with build_app(settings, ScriptedReader().loaded, hasher=quick()) as made:
        made.entrance.make_first("anna", "Dr A. Lindqvist", GOOD, treats=True)
        yield made


@pytest.fixture
def bo(house: App) -> Account:
    account = house.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN]).account
    account = replace(account, password=quick().hash(GOOD), must_change=False)
    house._store.update_account(account)
    return account


@pytest.fixture
def configured(tmp_path: Path) -> Iterator[Path]:
    """A file of secrets that a test may fill."""
    file, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    file.write_text(SECRETS)
    config.set_option("secrets.files", [str(file)])
    secrets_singleton._reset()
    yield file
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


@pytest.fixture
def with_authlib(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_util, "is_authlib_installed", lambda: True)
    monkeypatch.setattr(auth_util, "encode_provider_token", lambda name: f"token of {name}")


def behind(claims: dict[str, Any] | None, secret: str = "") -> Any:
    """Streamlit's callback, after the provider has answered with these claims."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        cookies = [b"_streamlit_session=null; path=/"]
        if claims is not None:

            def keep(name: str, value: str) -> None:
                signed = create_signed_value(secret or get_cookie_secret(), name, value)
                cookies.append(b"%s=%s; Path=/" % (name.encode(), signed))

            auth_util.set_cookie_with_chunks(
                keep, lambda n, v: create_signed_value(get_cookie_secret(), n, v),
                "_streamlit_user", claims, cookie_attr_size=60)  # fmt: skip
        await send({"type": "http.response.start", "status": 302, "headers": [
            (b"location", b"/"), *((b"set-cookie", one) for one in cookies)]})
        await send({"type": "http.response.body", "body": b"behind"})

    return app


def come(house: App, claims: dict[str, Any] | None, secret: str = "") -> Browser:
    """Somebody comes back from the provider."""
    browser = Browser(Gate(behind(claims, secret), lambda: house))
    return browser.get("/oauth2callback?code=1&state=2")


def token(browser: Browser) -> str | None:
    return browser.cookies.get("emocare_sign_in")


def written(house: App) -> list[tuple[str, str, str]]:
    return [(row.entry.who, row.entry.kind, row.entry.what) for row in house.audit.rows()]


def test_without_configuration_nothing_of_it_is_there(house: App) -> None:
    browser = Browser(Gate(behind(BO), lambda: house))
    assert "Sign in with" not in browser.get("/sign-in").body
    for path in ("/auth/login?provider=x", "/auth/logout", "/oauth2callback?code=1"):
        assert browser.get(path).status == 404
    assert not browser.cookies


def test_the_sign_in_page_offers_the_provider(house: App, with_authlib: None) -> None:
    browser = Browser(Gate(behind(BO), lambda: house))
    assert "Sign in with the clinic" in browser.get("/sign-in").body
    assert browser.get("/sign-in?with=clinic").location == (
        f"{ORIGIN}/auth/login?provider=token%20of%20clinic")  # fmt: skip
    assert browser.get("/sign-in?with=another").location == "/sign-in"
    assert browser.get("/auth/login?provider=x").body == "behind"
    assert browser.get("/auth/logout").status == 404


def test_configured_without_authlib_it_is_not_offered(house: App, configured: Path,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_util, "is_authlib_installed", lambda: False)
    browser = Browser(Gate(behind(BO), lambda: house))
    assert "Sign in with" not in browser.get("/sign-in").body
    assert browser.get("/oauth2callback?code=1").status == 404


def test_nobody_is_let_in_who_was_not_linked(house: App, bo: Account, with_authlib: None) -> None:
    browser = come(house, BO)
    assert browser.status == 403 and token(browser) is None
    assert "bo-4711" in browser.error and "administrator" in browser.error
    assert {a.login for a in house.accounts.everybody()} == {"anna", "bo"}, "and no account is made"
    assert written(house)[-1] == ("nobody", "refused", "sign-in: identity of nobody")


def test_who_was_linked_is_let_in_with_the_applications_own_token(
    house: App, bo: Account, with_authlib: None
) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    browser = come(house, BO)
    assert browser.status == 200 and house.sign_ins.known(token(browser)).account.login == "bo"
    assert 'http-equiv="refresh" content="0;url=/"' in browser.body
    assert not [name for name in browser.cookies if name.startswith("_streamlit_user")]
    assert "_streamlit_session" in browser.cookies, "what held the state is taken away"
    assert written(house)[-1] == (f"account {bo.id}", "sign-in", "signed in")


def test_a_long_answer_comes_in_pieces(house: App, bo: Account, with_authlib: None) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    browser = come(house, BO | {"groups": "g" * 9000})
    assert token(browser) and not [n for n in browser.cookies if n.startswith("_streamlit_user")]


@pytest.mark.parametrize(("claims", "let_in"), [
    (BO, True),
    (BO | {"email_verified": "true"}, True),
    (BO | {"email_verified": False}, False),
    (BO | {"email_verified": "false"}, False),
    ({k: v for k, v in BO.items() if k != "email_verified"}, False),
    (BO | {"iss": "https://evil.example"}, False),
    (BO | {"email": "eve@clinic.example"}, False),
])  # fmt: skip
def test_an_address_counts_only_when_the_provider_has_checked_it(
    house: App, bo: Account, with_authlib: None, claims: dict[str, Any], let_in: bool
) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, email="bo@CLINIC.example"))
    assert bool(token(come(house, claims))) is let_in


def test_an_address_that_goes_to_somebody_else_later_opens_nothing(
    house: App, bo: Account, with_authlib: None
) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, email="bo@clinic.example"))
    assert token(come(house, BO))
    assert house.accounts.identities()[bo.id].subject == "bo-4711"
    assert token(come(house, BO | {"sub": "another person"})) is None


def test_an_identity_belongs_to_one_account(house: App, bo: Account, with_authlib: None) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    anna = house.accounts.by_login("anna")
    with pytest.raises(InputError, match="another account"):
        house.accounts.link(anna.id, Identity(ISSUER, "bo-4711"))
    house.accounts.unlink(bo.id)
    assert token(come(house, BO)) is None
    house.accounts.link(anna.id, Identity(ISSUER, "bo-4711"))


@pytest.mark.parametrize("identity", [
    Identity("", "x"), Identity(ISSUER), Identity(ISSUER, email="no address"),
    Identity(ISSUER, "x" * 256),
])  # fmt: skip
def test_what_identifies_nobody_cannot_be_linked(
    house: App, bo: Account, identity: Identity
) -> None:
    with pytest.raises(InputError):
        house.accounts.link(bo.id, identity)


def test_a_locked_account_stays_outside(house: App, bo: Account, with_authlib: None) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    house.accounts.lock(bo.id)
    browser = come(house, BO)
    assert token(browser) is None and "locked" in browser.error
    assert written(house)[-1] == (f"account {bo.id}", "refused", "sign-in: locked")


def test_the_authenticator_is_asked_all_the_same(
    house: App, bo: Account, with_authlib: None
) -> None:
    house._store.update_account(replace(bo, code_secret=authenticator.new_secret()))
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    browser = come(house, BO)
    assert token(browser) is None and "Six figures" in browser.body


@pytest.mark.parametrize("secret", ["", "another secret of somebody else"])
def test_who_the_provider_does_not_know_is_told_so(
    house: App, bo: Account, with_authlib: None, secret: str
) -> None:
    """Nobody recognised, and an answer that this server has not signed."""
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    browser = come(house, BO if secret else None, secret)
    assert browser.status == 403 and token(browser) is None
    assert "provider has not signed you in" in browser.error


def test_a_cookie_of_streamlit_alone_opens_nothing(
    house: App, bo: Account, with_authlib: None
) -> None:
    house.accounts.link(bo.id, Identity(ISSUER, "bo-4711"))
    signed = create_signed_value(get_cookie_secret(), "_streamlit_user", json.dumps(BO)).decode()
    browser = Browser(Gate(behind(None), lambda: house), {"_streamlit_user": signed})
    assert browser.get("/").location == "/sign-in"
    assert browser.get("/oauth2callback?code=1").status == 403 and token(browser) is None


# The whole way, with Authlib

real = pytest.mark.skipif(
    importlib.util.find_spec("authlib") is None,
    reason="Authlib is not installed: pip install -r requirements-oidc.txt",
)


def the_whole_way(house: App, provider: Provider, configured: Path) -> Browser:
    """From the button of the sign-in page to the provider and back."""
    configured.write_text(provider.secrets(ORIGIN))
    secrets_singleton._reset()
    inner = Starlette(routes=create_auth_routes(""), middleware=[
        Middleware(SessionMiddleware, secret_key="x" * 40, same_site="lax")])  # fmt: skip
    browser = Browser(Gate(inner, lambda: house))
    assert "Sign in with Clinic" in browser.get("/sign-in").body
    there = browser.get(browser.get("/sign-in?with=clinic").location).location
    assert there.startswith(f"{provider.issuer}/authorize"), there

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as sent:
        urllib.request.build_opener(Stay).open(there, timeout=10)
    back = sent.value.headers["location"]
    sent.value.close()
    return browser.get(back)


@real
def test_somebody_who_was_linked_goes_the_whole_way(
    house: App, bo: Account, configured: Path
) -> None:
    with Provider({"sub": "bo-4711"}) as provider:
        house.accounts.link(bo.id, Identity(provider.issuer, "bo-4711"))
        browser = the_whole_way(house, provider, configured)
        assert house.sign_ins.known(token(browser)).account.login == "bo"
        browser.get("/oauth2callback?code=code-0&state=stale")
        assert browser.status == 403, "the way back holds once"


@real
@pytest.mark.parametrize(("claims", "forged"), [
    ({"sub": "bo-4711", "aud": "another program"}, False), ({"sub": "bo-4711"}, True),
    ({"sub": "bo-4711", "exp": 1}, False), ({"sub": "bo-4711", "nonce": "replayed"}, False),
    ({"sub": "bo-4711", "iss": "https://evil.example"}, False), ({"sub": "somebody"}, False),
])  # fmt: skip
def test_a_token_that_is_not_for_here_opens_nothing(
    house: App, bo: Account, configured: Path, claims: dict[str, Any], forged: bool
) -> None:
    with Provider(claims, forged) as provider:
        house.accounts.link(bo.id, Identity(provider.issuer, "bo-4711"))
        browser = the_whole_way(house, provider, configured)
    assert browser.status == 403 and token(browser) is None
