"""Pages around the password once more: taking the device back, accounts made up, providers."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App
from emocare.domain.accounts import Identity
from emocare.domain.errors import AccessDenied
from emocare.domain.records import Patient
from emocare.ui import context, providers
from emocare.ui.providers import Provider
from tests.pages.conftest import PHYSICIAN, Open, again, words
from tests.ui.scenes import Scene


@pytest.fixture
def handed(open_page: Open, scene: Scene) -> Patient:
    """The device is in the hands of this patient."""
    patient = scene.patient("P-1", "Marta Kowalska")
    open_page("plan", patient=patient.id)
    assert context.handed_to() == patient.id
    return patient


def press(page: AppTest, label: str) -> AppTest:
    return next(one for one in page.button if one.label == label).click().run()


@pytest.mark.usefixtures("handed")
def test_a_wrong_password_does_not_take_it_back(open_page: Open, app: App) -> None:
    page = press(again(open_page("patients"), "a guess"), "Take it back")
    assert "not your password" in page.error[0].value
    assert context.handed_to() is not None
    page = press(again(page), "Take it back")
    assert page.title[0].value == "Patients" and context.handed_to() is None
    said = [(row.entry.kind, row.entry.what) for row in app.audit.rows()]
    assert ("refused", "taken back from the patient") in said


@pytest.mark.usefixtures("handed")
def test_signing_out_ends_it_too(open_page: Open) -> None:
    press(open_page("patients"), "Sign out")
    with pytest.raises(AccessDenied):
        context.known()


@pytest.mark.usefixtures("handed")
def test_where_accounts_are_made_up_it_comes_back_by_itself(open_page: Open, app: App) -> None:
    app._confirmations.must_confirm = False
    assert open_page("patients").title[0].value == "Patients"
    assert context.handed_to() is None
    assert "Your password" not in words(open_page("accounts"))


def test_an_account_is_linked_to_a_provider_with_the_password(
    open_page: Open, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [one for one in open_page("accounts").expander if "Sign-in through" in one.label]
    offered = [Provider("clinic", "Sjövik Clinic", "https://sign-in.example")]
    monkeypatch.setattr(providers, "offered", lambda: offered)
    page = open_page("accounts")
    page.text_input(key=f"accounts_email_{PHYSICIAN.id}").input("A@Clinic.example").run()
    page = page.button(key="accounts_link").click().run()
    assert "password once more" in page.error[0].value and not app.accounts.identities()
    page = again(page, key="accounts_password").button(key="accounts_link").click().run()
    assert app.accounts.identities() == {
        PHYSICIAN.id: Identity("https://sign-in.example", email="a@clinic.example")}  # fmt: skip
    page = page.run()
    assert "Signs in through Sjövik Clinic as a@clinic.example" in words(page)
    page.button(key="accounts_unlink").click().run()
    assert not app.accounts.identities()


def test_a_provider_that_cannot_be_used_says_why(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = {"redirect_uri": "http://127.0.0.1:8501/oauth2callback", "client_id": "x"}
    monkeypatch.setattr(providers, "_section", lambda: section)
    page = open_page("accounts")
    assert "there is no cookie_secret" in page.warning[0].value.replace("\\", "")
    assert not [one for one in page.expander if "Sign-in through" in one.label]
