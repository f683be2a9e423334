"""What the gate answers itself: forms, notices, the cookie, and what it asks of a request."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from emocare.ui import providers, sign_in_page
from emocare.ui.context import COOKIE
from emocare.ui.sign_in_page import Form

SIGN_IN, SIGN_OUT, BEAT = "/sign-in", "/sign-out", "/signed-in"
OPEN = ("/_stcore/health",)
"""What may be asked by anybody, beside the fonts and the logo."""
OPEN_FOLDER = "/app/static/"
LONGEST_FORM = 16_384
UNKEPT = {"Cache-Control": "no-store"}
_INSIDE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.=&?%+~")


def inside(address: str) -> str:
    """The address if it is a page of this application, otherwise the start page."""
    parts = urlsplit(address)
    plain = set(address) <= _INSIDE and address.startswith("/") and not address.startswith("//")
    if not plain or parts.scheme or parts.netloc or parts.path in (SIGN_IN, SIGN_OUT, BEAT):
        return "/"
    return address


def form_page(form: Form, status: int = 200) -> Response:
    """The form, with the providers beside the one for name and password."""
    if form.step == sign_in_page.NAME:
        offered = tuple((one.name, one.label) for one in providers.offered())
        form = replace(form, providers=offered)
    return _page(status, lambda nonce: sign_in_page.page(form, nonce))


def going_on() -> Response:
    """A page that leads to the start page. Not a redirect: the browser comes from the provider's
    address, and the cookie of the sign-in is sent from our own pages only."""
    return _page(200, sign_in_page.going_on)


def notice_page(status: int, title: str, sentence: str) -> Response:
    """A page that only says something."""
    return _page(status, lambda nonce: sign_in_page.notice(title, sentence, nonce))


def opening_page(onward: str) -> Response:
    """A page that goes on to another one by itself."""
    return _page(200, lambda nonce: sign_in_page.opening(onward, nonce))


def keep_token(answer: Response, request: Request, token: str) -> None:
    """Puts the token where no script can read it; it is nowhere else."""
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict",
                      secure=request.url.scheme == "https")  # fmt: skip


def _page(status: int, made: Callable[[str], str]) -> Response:
    nonce = secrets.token_urlsafe(16)
    policy = (f"default-src 'none'; style-src 'nonce-{nonce}'; font-src 'self'; img-src 'self'; "
              "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")  # fmt: skip
    return HTMLResponse(made(nonce), status, headers={
        **UNKEPT, "Content-Security-Policy": policy, "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    })  # fmt: skip


def to_sign_in(request: Request) -> Response:
    """A page is sent to the sign-in, anything else is refused."""
    if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=401, headers=UNKEPT)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = inside(f"{request.url.path}{query}")
    more = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
    return RedirectResponse(f"{SIGN_IN}{more}", 303, headers=UNKEPT)


async def fields(request: Request) -> dict[str, str] | None:
    """The fields of a form, None when it is too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            return None
    try:
        every = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    return {name: values[0] for name, values in every.items()}


def is_open(path: str) -> bool:
    """Whether anybody may ask for this path."""
    return path in OPEN or (path.startswith(OPEN_FOLDER) and ".." not in path)


def is_here(request: Request) -> bool:
    """Whether the browser runs on the workstation itself, and under its own name: a page of
    another name that points here must not make the first account."""
    host = request.url.hostname or ""
    try:
        from_here = request.client is not None and ip_address(request.client.host).is_loopback
        return from_here and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def is_own(request: Request) -> bool:
    """Whether a form or a question was sent by a page of this application."""
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc == request.headers.get("host")
