"""The gate in front of everything the server answers: nothing passes without a valid token.

Plain ASGI, because the middleware of the framework never sees a websocket. The token is 256
random bits in a cookie that no script can read; whether it holds is asked again at every request
and at every message of a websocket, so signing out ends what is open at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from emocare.app import App
from emocare.domain.audit import AuditKind
from emocare.domain.errors import EmoCareError, InputError
from emocare.services.entrance import NOBODY, TOO_LATE, Step
from emocare.ui import gate_demo, providers, sign_in_page
from emocare.ui.context import COOKIE
from emocare.ui.gate_answers import (
    BEAT,
    SIGN_IN,
    SIGN_OUT,
    UNKEPT,
    fields,
    form_page,
    going_on,
    inside,
    is_here,
    is_open,
    is_own,
    keep_token,
    notice_page,
    to_sign_in,
)
from emocare.ui.gate_files import ToldFiles, is_bound
from emocare.ui.sign_in_page import Form
from emocare.ui.text import entry
from emocare.ui.text import sign_in as text

NOT_SIGNED_IN = 4401
"""Code with which a websocket is closed."""

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
        self._told = ToldFiles()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or one websocket for as long as it is open."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http" and not is_open(scope["path"]):
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
        path, token = request.url.path, _token(request)
        own = {SIGN_IN: self._sign_in, SIGN_OUT: self._sign_out, BEAT: self._beat,
               providers.CALLBACK: self._callback}  # fmt: skip
        passes = house.sign_ins.known(token) is not None
        if path in own:
            answer: Response = await own[path](request, house)
        elif path == providers.LOGIN and await to_thread.run_sync(providers.offered):
            await self._app(scope, receive, send)
            return
        elif path in (providers.LOGIN, providers.LOGOUT):
            answer = Response(status_code=404, headers=UNKEPT)
        elif not passes or token is None:
            answer = to_sign_in(request)
        elif is_bound(path) and not self._told.knows(token, path):
            answer = Response(status_code=404, headers=UNKEPT)
        else:
            await self._app(scope, receive, send)
            return
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
        if wanted := request.query_params.get("with"):
            begin = await to_thread.run_sync(providers.address, wanted)
            return RedirectResponse(begin or SIGN_IN, 303, headers=UNKEPT)
        first = await to_thread.run_sync(house.entrance.nobody_yet)
        if first and not is_here(request):
            return notice_page(403, text.FIRST_TITLE, text.ELSEWHERE)
        note = {"idle": text.IDLE, "out": text.OUT}.get(request.query_params.get("why", ""), "")
        return form_page(Form(sign_in_page.FIRST if first else sign_in_page.NAME, onward=onward,
                          note=note))  # fmt: skip

    async def _step(self, request: Request, house: App) -> Response:
        """One form that was sent."""
        if not is_own(request):
            return form_page(_blank(house, text.STRANGE), 403)
        sent = await fields(request)
        if sent is None:
            return form_page(_blank(house, text.TOO_LONG), 413)
        step = sign_in_page.DEMO if house.settings.demo else sent.get("step", "")
        form = Form(step=step, ticket=sent.get("ticket", ""),
                    onward=inside(sent.get("next", "/")), login=sent.get("login", ""),
                    full_name=sent.get("full_name", ""))  # fmt: skip
        if form.step == sign_in_page.FIRST and not is_here(request):
            return notice_page(403, text.FIRST_TITLE, text.ELSEWHERE)
        try:
            done = await to_thread.run_sync(_take, house, form, sent)
        except EmoCareError as error:
            return form_page(_again(form, str(error)), 403)
        if done.token is None:
            return form_page(Form(step=done.needs, ticket=done.ticket, onward=form.onward))
        answer = RedirectResponse(form.onward, 303, headers=UNKEPT)
        return await self._signed_in(request, house, done.token, answer)

    async def _signed_in(
        self, request: Request, house: App, token: str, answer: Response
    ) -> Response:
        """The answer with the new cookie; the sign-in before it is over."""
        old = _token(request)
        if old is not None:
            await to_thread.run_sync(house.entrance.sign_out, old)
        keep_token(answer, request, token)
        return answer

    async def _callback(self, request: Request, house: App) -> Response:
        """The browser comes back from a provider: Streamlit asks who it is, the entrance whether
        an administrator has linked them. Streamlit's own cookies go no further."""
        if request.method != "GET" or not await to_thread.run_sync(providers.offered):
            return Response(status_code=404, headers=UNKEPT)
        cookies: list[str] = []

        async def heard(message: Message) -> None:
            cookies.extend(value.decode("latin-1") for name, value in message.get("headers", ())
                           if name.lower() == b"set-cookie")  # fmt: skip

        await self._app(request.scope, request.receive, heard)
        answer = await self._recognised(request, house, cookies)
        for cookie in cookies:
            if not providers.is_of_streamlit(cookie):
                answer.headers.append("set-cookie", cookie)
        return answer

    async def _recognised(self, request: Request, house: App, cookies: list[str]) -> Response:
        identity = providers.identity_of(cookies)
        if identity is None:
            await to_thread.run_sync(house.audit.note, NOBODY, AuditKind.REFUSED,
                                     "sign-in: provider")  # fmt: skip
            return form_page(Form(error=entry.PROVIDER_FAILED), 403)
        try:
            done = await to_thread.run_sync(house.entrance.sign_in_with, identity)
        except EmoCareError as error:
            return form_page(Form(error=str(error)), 403)
        if done.token is None:
            return form_page(Form(step=done.needs, ticket=done.ticket))
        return await self._signed_in(request, house, done.token, going_on())

    async def _sign_out(self, request: Request, house: App) -> Response:
        if request.method != "POST" or not is_own(request):
            return Response(status_code=405)
        await to_thread.run_sync(house.entrance.sign_out, _token(request))
        answer = Response(status_code=204, headers=UNKEPT)
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return answer

    async def _beat(self, request: Request, house: App) -> Response:
        """Whether this browser is still signed in; asked every few seconds by the page."""
        if request.method != "POST" or not is_own(request):
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
            if token is not None and message.get("bytes"):
                self._told.note(token, message["bytes"])
            await send(message)

        await self._app(scope, checked_receive, checked_send)


_CLOSE: Message = {"type": "websocket.close", "code": NOT_SIGNED_IN, "reason": "not signed in"}


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


def _token(connection: HTTPConnection) -> str | None:
    return connection.cookies.get(COOKIE)
