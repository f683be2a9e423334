"""What the gate sends itself: pages that run no script, and the cookie with the token."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from emocare.ui import sign_in_page
from emocare.ui.context import COOKIE
from emocare.ui.sign_in_page import Form

UNKEPT = {"Cache-Control": "no-store"}


def form_page(form: Form, status: int = 200) -> Response:
    """A page with a form."""
    return _page(status, lambda nonce: sign_in_page.page(form, nonce))


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
