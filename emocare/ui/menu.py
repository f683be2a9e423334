"""The pages of who is signed in, as the menu shows them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from emocare.domain.accounts import Actor, Role
from emocare.domain.errors import EmoCareError
from emocare.ui import context, text
from emocare.ui.text import consent, data, journal, sign_in, timeline

FACE_PAGES = (context.LIVE, context.UPLOAD, context.EVIDENCE)
"""Pages about faces: not there where faces are not analysed."""
IN_HANDS = (context.QUESTIONNAIRE, context.PLAN, context.JOURNAL, context.CONSENT)
"""Pages that are handed to a patient."""

_ADMINISTRATION = (
    (context.ACCOUNTS, sign_in.ACCOUNTS, ":material/admin_panel_settings:", "accounts"),
    (context.LOG, sign_in.LOG, ":material/history:", "log"),
    (context.DATA, data.TITLE, ":material/database:", "data"),
)
_OWN = (
    (context.MY_ACCOUNT, sign_in.MY_ACCOUNT, ":material/person:", "account"),
    (context.LEAVE, sign_in.SIGN_OUT, ":material/logout:", "leave"),
)


@dataclass(frozen=True, slots=True)
class Menu:
    """Pages by their file.

    Attributes:
        home: The page that opens without an address.
        groups: Heading -> pages; those under "" stand beside each other.
    """

    home: str
    pages: dict[str, StreamlitPage]
    groups: dict[str, list[StreamlitPage]]


def of(actor: Actor) -> Menu:
    """Everything this person may open, and nothing else has an address for them."""
    listed, hidden, home = _listed(actor)
    pages = {
        page: st.Page(page, title=title, icon=icon, url_path=path, default=page == home)
        for page, title, icon, path in listed
    }
    for page, title, path in hidden:
        pages[page] = st.Page(page, title=title, url_path=path, visibility="hidden")
    main = list(pages.values())
    own = _OWN if home == context.ACCOUNTS or not actor.has(Role.ADMINISTRATOR) else (
        *_ADMINISTRATION, *_OWN)  # fmt: skip
    more = {page: st.Page(page, title=title, icon=icon, url_path=path)
            for page, title, icon, path in own}  # fmt: skip
    return Menu(home, pages | more, {"": main, sign_in.MORE: list(more.values())})


def _listed(
    actor: Actor,
) -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]], str]:
    """Pages of the menu, pages that only a button opens, and the first one."""
    plan, diary = (context.PLAN, timeline.PATIENT_PLAN, "plan"), (
        context.JOURNAL, journal.TITLE, "journal")  # fmt: skip
    agreed = context.CONSENT, consent.MY_TITLE, "consent"
    if actor.has(Role.PATIENT):
        icons = (":material/edit_note:", ":material/event_note:", ":material/verified_user:")
        return [(page, title, icon, path) for (page, title, path), icon
                in zip((diary, plan, agreed), icons, strict=True)], [], context.JOURNAL  # fmt: skip
    if not actor.has(Role.PHYSICIAN):
        evidence = [entry for entry in text.NAVIGATION if entry[0] == context.EVIDENCE]
        return [*_ADMINISTRATION, *evidence], [], context.ACCOUNTS
    listed = [entry for entry in text.NAVIGATION if entry[0] not in FACE_PAGES or _faces()]
    # Opened by a button and handed to the patient; they have no place in the menu.
    return listed, [plan, diary, agreed], context.HOME


def _faces() -> bool:
    """Whether faces are analysed; a fault of the installation is shown by the page itself."""
    try:
        return context.house().settings.facial_module_enabled
    except EmoCareError:
        return True
