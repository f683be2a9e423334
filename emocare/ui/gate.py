"""The gate in front of everything the server answers: nothing passes without a valid token.

Plain ASGI, because the middleware of the framework never sees a websocket. The token is 256
random bits in a cookie that no script can read; whether it holds is asked again at every request
and at every message of a websocket, so signing out ends what is open at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from emocare.app import App
from emocare.domain.errors import EmoCareError, InputError
from emocare.services.entrance import TOO_LATE, Step
from emocare.ui import gate_demo, sign_in_page
from emocare.ui.context import COOKIE
from emocare.ui.gate_answers import UNKEPT, form_page, keep_token, notice_page
from emocare.ui.sign_in_page import Form
from emocare.ui.text import sign_in as text

SIGN_IN, SIGN_OUT, BEAT = "/sign-in", "/sign-out", "/signed-in"
OPEN = ("/_stcore/health",)
"""What may be asked by anybody, beside the fonts and the logo."""
OPEN_FOLDER = "/app/static/"
NOT_SIGNED_IN = 4401
"""Code with which a websocket is closed."""
LONGEST_FORM = 16_384
_INSIDE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.=&?%+~")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class Gate:
    """Lets pass who is signed in, and signs in who is not."""

    def __init__(self, app: Asgi, house: Callable[[], App]) -> None:
        """Args:
        app: Everything behind the gate.
        house: The application; raises EmoCareError when it cannot be opened.
        """
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or one websocket for as long as it is open."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and not _is_open(scope["path"]):
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    # Requests

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            house = await to_thread.run_sync(self._house)
        except EmoCareError as error:
            await notice_page(503, text.NOT_READY, str(error))(scope, receive, send)
            return
        own = {SIGN_IN: self._sign_in, SIGN_OUT: self._sign_out, BEAT: self._beat}
        if request.url.path in own:
            answer: Response = await own[request.url.path](request, house)
        elif house.sign_ins.known(_token(request)) is not None:
            await self._app(scope, receive, send)
            return
        else:
            answer = _to_sign_in(request)
        await answer(scope, receive, send)

    async def _sign_in(self, request: Request, house: App) -> Response:
        onward = inside(request.query_params.get("next", "/"))
        if request.method == "POST":
            return await self._step(request, house)
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405)
        if house.sign_ins.known(_token(request)) is not None:
            return RedirectResponse(onward, 303)
        if house.settings.demo:
            return await gate_demo.come_in(request, house, onward)
        first = await to_thread.run_sync(house.entrance.nobody_yet)
        if first and not _is_here(request):
            return notice_page(403, text.FIRST_TITLE, text.ELSEWHERE)
        note = {"idle": text.IDLE, "out": text.OUT}.get(request.query_params.get("why", ""), "")
        step = sign_in_page.FIRST if first else sign_in_page.NAME
        return form_page(Form(step, onward=onward, note=note))

    async def _step(self, request: Request, house: App) -> Response:
        """One form that was sent."""
        if not _is_own(request):
            return form_page(_blank(house, text.STRANGE), 403)
        sent = await _fields(request)
        if sent is None:
            return form_page(_blank(house, text.TOO_LONG), 413)
        step = sign_in_page.DEMO if house.settings.demo else sent.get("step", "")
        form = Form(step=step, ticket=sent.get("ticket", ""),
                    onward=inside(sent.get("next", "/")), login=sent.get("login", ""),
                    full_name=sent.get("full_name", ""))  # fmt: skip
        if form.step == sign_in_page.FIRST and not _is_here(request):
            return notice_page(403, text.FIRST_TITLE, text.ELSEWHERE)
        try:
            done = await to_thread.run_sync(_take, house, form, sent)
        except EmoCareError as error:
            return form_page(_again(form, str(error)), 403)
        if done.token is None:
            return form_page(Form(step=done.needs, ticket=done.ticket, onward=form.onward))
        old = _token(request)
        if old is not None:
            await to_thread.run_sync(house.entrance.sign_out, old)
        answer = RedirectResponse(form.onward, 303, headers=UNKEPT)
        keep_token(answer, request, done.token)
        return answer

    async def _sign_out(self, request: Request, house: App) -> Response:
        if request.method != "POST" or not _is_own(request):
            return Response(status_code=405)
        await to_thread.run_sync(house.entrance.sign_out, _token(request))
        answer = Response(status_code=204, headers=UNKEPT)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    async def _beat(self, request: Request, house: App) -> Response:
        """Whether this browser is still signed in; asked every few seconds by the page."""
        if request.method != "POST" or not _is_own(request):
            return Response(status_code=405)
        token = _token(request)
        known = house.sign_ins.known(token)
        if known is None:
            return Response(status_code=401, headers=UNKEPT)
        # Who records a session sits there with their hands in their lap.
        records = house.live.recorded_by() == known.account.id
        # Nobody is made to come in anew who looks at made-up people.
        if request.query_params.get("active") == "1" or records or house.settings.demo:
            await to_thread.run_sync(house.sign_ins.touch, token)
        return Response(status_code=204, headers=UNKEPT)

    # Websockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(HTTPConnection(scope))

        def holds() -> bool:
            try:
                return self._house().sign_ins.known(token) is not None
            except EmoCareError:
                return False

        if not await to_thread.run_sync(holds):
            await receive()
            wanted = scope.get("subprotocols") or [None]
            await send({"type": "websocket.accept", "subprotocol": wanted[0]})
            await send(_CLOSE)
            return
        closed = False

        async def checked_receive() -> Message:
            nonlocal closed
            message = await receive()
            if message["type"] == "websocket.receive" and not holds():
                if not closed:
                    closed = True
                    await send(_CLOSE)
                return {"type": "websocket.disconnect", "code": NOT_SIGNED_IN}
            return message

        async def checked_send(message: Message) -> None:
            nonlocal closed
            if closed:
                return
            if message["type"] == "websocket.send" and not holds():
                closed, message = True, _CLOSE
            await send(message)

        await self._app(scope, checked_receive, checked_send)


_CLOSE: Message = {"type": "websocket.close", "code": NOT_SIGNED_IN, "reason": "not signed in"}


def inside(address: str) -> str:
    """The address if it is a page of this application, otherwise the start page."""
    parts = urlsplit(address)
    plain = set(address) <= _INSIDE and address.startswith("/") and not address.startswith("//")
    if not plain or parts.scheme or parts.netloc or parts.path in (SIGN_IN, SIGN_OUT, BEAT):
        return "/"
    return address


def _take(house: App, form: Form, sent: dict[str, str]) -> Step:
    """What the form asks the entrance for."""
    if form.step == sign_in_page.DEMO:
        return gate_demo.take(house, sent.get("as", ""))
    password = sent.get("password", "")
    if form.step in (sign_in_page.FIRST, sign_in_page.PASSWORD) and password != sent.get("again"):
        raise InputError(text.NOT_THE_SAME)
    if form.step == sign_in_page.FIRST:
        return house.entrance.make_first(form.login, form.full_name, password,
                                         treats=sent.get("treats") == "1")  # fmt: skip
    if form.step == sign_in_page.CODE:
        return house.entrance.give_code(form.ticket, sent.get("code", ""))
    if form.step == sign_in_page.PASSWORD:
        return house.entrance.choose_password(form.ticket, password)
    return house.entrance.sign_in(form.login, password)


def _again(form: Form, error: str) -> Form:
    """The form once more with the reason; from the start when its ticket is over."""
    known = form.step in (sign_in_page.FIRST, sign_in_page.CODE, sign_in_page.PASSWORD,
                          sign_in_page.DEMO)  # fmt: skip
    over = error == TOO_LATE
    return replace(form, step=form.step if known and not over else sign_in_page.NAME, error=error)


def _blank(house: App, error: str) -> Form:
    """The first form with the reason why nothing was taken."""
    return Form(sign_in_page.DEMO if house.settings.demo else sign_in_page.NAME, error=error)


def _to_sign_in(request: Request) -> Response:
    """A page is sent to the sign-in, anything else is refused."""
    if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
        return Response(status_code=401, headers=UNKEPT)
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = inside(f"{request.url.path}{query}")
    more = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
    return RedirectResponse(f"{SIGN_IN}{more}", 303, headers=UNKEPT)


async def _fields(request: Request) -> dict[str, str] | None:
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


def _is_open(path: str) -> bool:
    return path in OPEN or (path.startswith(OPEN_FOLDER) and ".." not in path)


def _is_here(request: Request) -> bool:
    """Whether the browser runs on the workstation itself, and under its own name: a page of
    another name that points here must not make the first account."""
    host = request.url.hostname or ""
    try:
        from_here = request.client is not None and ip_address(request.client.host).is_loopback
        return from_here and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _is_own(request: Request) -> bool:
    """Whether a form or a question was sent by a page of this application."""
    origin = request.headers.get("origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc == request.headers.get("host")


def _token(connection: HTTPConnection) -> str | None:
    return connection.cookies.get(COOKIE)
