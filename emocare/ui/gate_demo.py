"""The gate of the demo clinic: a visitor is let in by itself, as the demo's physician.

The page that brings the token goes on by itself instead of redirecting: a browser that came from a
link elsewhere sends a strict cookie only to what a page of the same place has asked for.
"""

from __future__ import annotations

from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from emocare.app import App
from emocare.domain.accounts import Role
from emocare.domain.errors import EmoCareError, InputError
from emocare.services.entrance import Step
from emocare.ui import sign_in_page
from emocare.ui.gate_answers import form_page, keep_token, opening_page
from emocare.ui.sign_in_page import Form
from emocare.ui.text import demo as text

ENTERED, OUT = "entered", "out"
"""Why the entrance is asked for: a visitor was just let in; somebody signed out."""


async def come_in(request: Request, house: App, onward: str) -> Response:
    """Lets in who has no token yet; offers the choice after signing out, and where the browser
    keeps no cookie."""
    why = request.query_params.get("why", "")
    if why in (ENTERED, OUT) or request.method != "GET":
        note = {OUT: text.OUT, ENTERED: text.NO_COOKIE}.get(why, "")
        return form_page(Form(sign_in_page.DEMO, onward=onward, note=note))
    try:
        token = await to_thread.run_sync(house.demo_entrance.enter, Role.PHYSICIAN)
    except EmoCareError as error:
        return form_page(Form(sign_in_page.DEMO, onward=onward, error=str(error)), 403)
    answer = opening_page(f"/sign-in?why={ENTERED}&next={quote(onward, safe='')}")
    keep_token(answer, request, token)
    return answer


def take(house: App, wanted: str) -> Step:
    """Signs in as the one that was chosen.

    Raises:
        InputError: There is no such one.
        AccessDenied: This is no demo.
    """
    if wanted not in set(Role):
        raise InputError(text.NOBODY_SO)
    return Step(token=house.demo_entrance.enter(Role(wanted)))
