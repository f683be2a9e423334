"""Browsers of tests come in signed in: the token is made before the server starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from emocare.app import make_data_dir, vault_for
from emocare.domain.accounts import Role
from emocare.services.accounts import new_account
from emocare.services.sign_ins import SignIns
from emocare.services.workplace import now
from emocare.settings import load_settings
from emocare.store import Store
from tests.services.entrance_tools import GOOD, quick

COOKIE = "emocare_sign_in"
LOGIN, FULL_NAME, PASSWORD = "anna", "Dr A. Lindqvist", GOOD
TOKENS: dict[tuple[str, str], str] = {}
"""Address of a server and sign-in name -> token."""


def prepare(data_dir: Path, address: str, more: Sequence[str] = ()) -> None:
    """Makes the physician of an installation, if there is none, and signs them in; while no
    server runs on this folder.

    Args:
        more: Sign-in names of further physicians, likewise.
    """
    settings = replace(load_settings(), data_dir=data_dir)
    make_data_dir(data_dir)
    with Store.open(settings.database, keys=vault_for(settings).keys()) as store:
        for login in (LOGIN, *more):
            account = store.account_by_login(login)
            if account is None:
                account = new_account(
                    login, FULL_NAME if login == LOGIN else f"Dr {login.title()}",
                    [Role.PHYSICIAN, Role.ADMINISTRATOR], None, quick().hash(PASSWORD),
                    must_change=False,
                )  # fmt: skip
                store.add_account(account, first=login == LOGIN)
            TOKENS[address, login] = SignIns(store, now).begin(account)


def let_in(context: Any, address: str, login: str = LOGIN) -> None:
    """Gives a profile of a browser the cookie of a physician.

    Args:
        address: Of the server or of one of its pages.
        login: Whose.
    """
    parts = urlsplit(address)
    server = f"{parts.scheme}://{parts.netloc}"
    context.add_cookies([{
        "name": COOKIE, "value": TOKENS[server, login], "url": server, "httpOnly": True,
        "sameSite": "Strict",
    }])  # fmt: skip
