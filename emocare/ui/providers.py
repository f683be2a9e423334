"""Sign-in through a provider of the clinic, by Streamlit's own login (OpenID Connect).

Off unless ``secrets.toml`` has a section ``[auth]``. Streamlit's routes ask the provider and check
its answer; who that is, is read here from the cookies of Streamlit's answer, which never reach the
browser: what holds afterwards is the application's own token alone. The only place that knows
these parts of the framework.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from streamlit import auth_util
from streamlit.errors import StreamlitAuthError
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from emocare.domain.accounts import Identity
from emocare.ui.text import entry as text

LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
DEFAULT = "default"
_DISCOVERY = "/.well-known/openid-configuration"
_NEEDED = ("client_id", "client_secret", "server_metadata_url")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider that is configured completely.

    Attributes:
        name: Of its section.
        label: As people call it.
        issuer: Its address, as its tokens name it.
    """

    name: str
    label: str
    issuer: str


def offered() -> list[Provider]:
    """The providers that can be used; none unless they are configured and Authlib is there."""
    section = _section()
    if not section or fault():
        return []
    return [_provider(name, one) for name, one in _sections(section).items()]


def fault() -> str:
    """Why what is configured cannot be used; "" where nothing is, or all is well."""
    section = _section()
    if not section:
        return ""
    missing = [key for key in ("redirect_uri", "cookie_secret") if not section.get(key)]
    every = _sections(section)
    missing += [key for one in every.values() for key in _NEEDED if not one.get(key)]
    if missing or not every:
        return text.NO_FIELDS.format(missing=(missing or _NEEDED)[0])
    return "" if auth_util.is_authlib_installed() else text.NO_AUTHLIB


def address(name: str) -> str | None:
    """Where the browser begins with a provider; None for one that is not offered."""
    if name not in [one.name for one in offered()]:
        return None
    token = auth_util.encode_provider_token(name)
    return f"{auth_util.get_origin_from_redirect_uri()}{LOGIN}?provider={quote(token, safe='')}"


def identity_of(cookies: Sequence[str]) -> Identity | None:
    """Who the provider says has come, from the cookies that Streamlit's callback sets.

    Args:
        cookies: Values of ``Set-Cookie``; they are signed by this server.

    Returns:
        None when the provider has not recognised anybody.
    """
    values = _values(cookies)

    def signed(name: str) -> bytes | None:
        value = values.get(name)
        if not value:
            return None
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    found = auth_util.get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    told: Mapping[str, Any] = json.loads(found) if found else {}
    issuer, subject = told.get("iss"), told.get("sub")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not issuer or not subject:
        return None
    email = told.get("email") if told.get("email_verified") in (True, "true") else None
    return Identity(issuer, subject, email.strip().casefold() if isinstance(email, str) else "")


def is_of_streamlit(cookie: str) -> bool:
    """Whether a ``Set-Cookie`` would sign in at the framework, beside the application's token."""
    return cookie.startswith(USER_COOKIE_NAME)


def _values(cookies: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in cookies:
        try:
            values |= {name: morsel.value for name, morsel in SimpleCookie(one).items()}
        except CookieError:
            continue
    return values


def _section() -> Mapping[str, Any]:
    try:
        return auth_util.get_secrets_auth_section().to_dict()
    except (AttributeError, StreamlitAuthError):
        return {}


def _sections(section: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The providers by the name of their section."""
    named = {name: one for name, one in section.items()
             if isinstance(one, Mapping) and any(key in one for key in _NEEDED)}  # fmt: skip
    return named or ({DEFAULT: section} if any(key in section for key in _NEEDED) else {})


def _provider(name: str, section: Mapping[str, Any]) -> Provider:
    metadata = str(section["server_metadata_url"])
    issuer = metadata.removesuffix(_DISCOVERY)
    host = urlsplit(metadata).hostname or text.PROVIDER_NAMELESS
    label = section.get("label") or (host if name == DEFAULT else name.capitalize())
    return Provider(name, str(label), issuer)
