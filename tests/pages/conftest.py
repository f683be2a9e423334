"""A real application in a temporary folder behind the pages; only the face network is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.domain.accounts import Account, AccountId, Role
from emocare.services.engine import LoadedFace
from emocare.services.sign_ins import SignIns
from emocare.settings import Settings
from emocare.ui import context
from tests.services.entrance_tools import GOOD, quick
from tests.ui.scenes import MODEL, Scene, SteadyReader

ROOT = Path(__file__).resolve().parents[2]
ENTRY = str(ROOT / "streamlit_app.py")
PAGES = {name: f"pages/clinician/{name}.py"
         for name in ("patients", "live", "upload", "review", "timeline", "report", "evidence",
                      "questionnaire")}  # fmt: skip
PAGES["plan"] = "pages/patient/plan.py"
PAGES["journal"] = "pages/patient/journal.py"
PAGES["consent"] = "pages/patient/consent.py"
PAGES |= {name: f"pages/administration/{name}.py" for name in ("accounts", "log", "data")}
PAGES |= {name: f"pages/account/{name}.py" for name in ("my_account", "leave")}
PHYSICIAN = Account(
    id=AccountId("a" * 32), login="a.lindqvist", full_name="Dr A. Lindqvist",
    roles=frozenset({Role.PHYSICIAN, Role.ADMINISTRATOR}), patient_id=None,
    password=quick().hash(GOOD), must_change=False, locked=False,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip

Open = Callable[..., AppTest]


class SignedIn:
    """Stands for the cookie of the browser, which a test of a page cannot set."""

    def __init__(self) -> None:
        self.account = PHYSICIAN
        self._tokens: dict[SignIns, str] = {}

    def token(self) -> str | None:
        """A token of the application behind the pages, made at its first use."""
        sign_ins = context.house().sign_ins
        if sign_ins not in self._tokens:
            self._tokens[sign_ins] = sign_ins.begin(self.account)
        return self._tokens[sign_ins]

    def as_(self, account: Account) -> None:
        """Somebody else signs in."""
        self.account = account
        self._tokens.clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", samples_dir=tmp_path / "samples",
                    clinician="Dr A. Lindqvist", clinic="Sjövik Clinic")  # fmt: skip


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    with build_app(settings, lambda: LoadedFace(SteadyReader(), (MODEL,))) as made:
        monkeypatch.setattr(context, "_shared_app", lambda: made)
        made._store.add_account(PHYSICIAN)
        yield made


@pytest.fixture(autouse=True)
def signed_in(monkeypatch: pytest.MonkeyPatch) -> SignedIn:
    """Who opens the pages: a physician who administers too, unless a test says somebody else."""
    who = SignedIn()
    monkeypatch.setattr(context, "token", who.token)
    return who


@pytest.fixture
def scene(app: App) -> Scene:
    return Scene(app)


@pytest.fixture
def open_page(app: App) -> Open:
    """Opens a page as a browser would: the entry first, then the page, with its address."""

    def opened(name: str = "patients", state: dict[str, object] | None = None,
               **address: str) -> AppTest:  # fmt: skip
        test = AppTest.from_file(ENTRY, default_timeout=60)
        for key, value in (state or {}).items():
            test.session_state[key] = value
        if name == "patients":
            for key, value in address.items():
                test.query_params[key] = value
            return test.run()
        test.run()
        test.switch_page(PAGES[name])
        for key, value in address.items():
            test.query_params[key] = value
        return test.run()

    return opened


def again(test: AppTest, password: str = GOOD, key: str = "") -> AppTest:
    """Types the password into the fields that ask for it again."""
    for one in test.text_input:
        if one.label in ("Your password", "Your password, or the code of the authenticator") and (
            key in (one.key or "")
        ):
            one.input(password)
    return test


def taken_back(test: AppTest, name: str) -> AppTest:
    """Takes the device back from a patient, after the page has asked for the password.

    Args:
        name: Of the page the browser is on; AppTest forgets where the script has led it.
    """
    assert test.title[0].value == "This device is in the hands of a patient"
    if name != "patients":
        test.switch_page(PAGES[name])
    again(test)
    return next(one for one in test.button if one.label == "Take it back").click().run()


def words(test: AppTest) -> str:
    """Everything that is written on the page, widgets' labels included, without escapes."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "info", "warning",
             "success",
             "badge", "button", "checkbox", "text_input", "selectbox", "radio")  # fmt: skip
    found = []
    for kind in kinds:
        for element in test.get(kind):
            found.append(str(getattr(element, "label", "") or ""))
            found.append(str(getattr(element, "value", "") or ""))
    return "\n".join(found).replace("\\", "")
