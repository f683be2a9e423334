"""Who sees which pages, and the pages of accounts, the own account, the log and emergencies."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.domain.accounts import Account, Role
from emocare.domain.audit import AuditFilter, AuditKind
from emocare.domain.errors import AccessDenied
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context, log_parts
from tests.pages.conftest import PAGES, ROOT, Open, SignedIn, again, words
from tests.services.entrance_tools import GOOD, OTHER, quick
from tests.ui.scenes import MODEL, Scene, SteadyReader


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn) -> App:
    """With quick passwords and an account that is stored."""
    with build_app(settings, lambda: LoadedFace(SteadyReader(), (MODEL,)), hasher=quick()) as made:
        monkeypatch.setattr(context, "_shared_app", lambda: made)
        made.entrance.make_first("a.lindqvist", "Dr A. Lindqvist", GOOD, treats=True)
        signed_in.as_(made.accounts.by_login("a.lindqvist"))
        yield made


def make(app: App, login: str, *roles: Role, patient: str | None = None) -> Account:
    patient_id = None if patient is None else app.people.by_code(patient).id
    return app.accounts.add(login, login.title(), roles, patient_id).account


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def field(page: AppTest, label: str) -> object:
    return next(one for one in page.text_input if one.label == label)


def test_nobody_sees_anything_without_a_token(open_page: Open, scene: Scene,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    scene.patient("P-1", "Marta Kowalska")
    for token in (None, "guessed"):
        monkeypatch.setattr(context, "token", lambda t=token: t)
        page = open_page()
        assert "not signed in" in page.error[0].value
        assert "Marta" not in words(page) and not page.button and not page.dataframe


def test_a_page_that_is_open_ends_with_the_sign_in(open_page: Open, app: App, scene: Scene,
                                                   signed_in: SignedIn) -> None:
    scene.patient("P-1", "Marta Kowalska")
    page = open_page()
    assert page.dataframe
    app.accounts.sign_out_everywhere(signed_in.account.id)
    page.run()
    assert "not signed in" in page.error[0].value and not page.dataframe


def test_another_account_finds_nothing_of_the_session_before(
    open_page: Open, app: App, scene: Scene, signed_in: SignedIn
) -> None:
    patient = scene.patient("P-1", "Marta Kowalska")
    page = open_page("timeline", patient=patient.id)
    assert page.session_state[context.PATIENT] == patient.id
    signed_in.as_(make(app, "bo", Role.PHYSICIAN))
    page.query_params.clear()
    page.run()
    assert context.PATIENT not in page.session_state


def test_two_people_at_once_see_their_own_patients_and_nothing_of_each_other(
    open_page: Open, app: App, signed_in: SignedIn
) -> None:
    anna, bo = signed_in.account, make(app, "bo", Role.PHYSICIAN)
    pages, patients = {}, {}
    for account, code, name in ((anna, "P-1", "Marta Kowalska"), (bo, "P-2", "Jonas Berg")):
        signed_in.as_(account)
        added = app.for_actor(context.known().actor).people.add(code, name)
        patients[account.id] = added
        pages[account.id] = open_page("timeline", patient=added.id)
    for account, other in ((anna, bo), (bo, anna), (anna, bo)):
        signed_in.as_(account)
        page = pages[account.id].run()
        mine, theirs = patients[account.id], patients[other.id]
        assert mine.name in words(page) and theirs.name not in words(page)
        assert page.session_state[context.PATIENT] == mine.id
        page.query_params[context.PATIENT] = theirs.id
        assert theirs.name not in words(page.run())
        page.query_params[context.PATIENT] = mine.id
        page.run()


@pytest.mark.parametrize("name", ["accounts", "log", "data"])
def test_administration_is_for_administrators(
    open_page: Open, app: App, signed_in: SignedIn, name: str
) -> None:
    signed_in.as_(make(app, "bo", Role.PHYSICIAN))
    page = AppTest.from_file(str(ROOT / PAGES[name]), default_timeout=60)
    page.session_state[context.ROLE] = frozenset({Role.PHYSICIAN})
    assert words(page.run()).strip() == context.text.REFUSED


def test_an_administrator_alone_begins_with_the_accounts(
    open_page: Open, app: App, scene: Scene, signed_in: SignedIn
) -> None:
    scene.patient("P-1", "Marta Kowalska")
    signed_in.as_(make(app, "root", Role.ADMINISTRATOR))
    page = open_page()
    assert page.title[0].value == "Accounts" and "Marta" not in words(page)


def test_a_patient_sees_their_journal_and_nobody_elses(
    open_page: Open, app: App, scene: Scene, signed_in: SignedIn
) -> None:
    mine, other = scene.patient("P-1", "Marta Kowalska"), scene.patient("P-2", "Jonas Berg")
    app.journal.write(mine.id, "A walk in the wood.", False)
    app.journal.write(other.id, "Something else.", False)
    signed_in.as_(make(app, "marta", Role.PATIENT, patient="P-1"))
    for page in (open_page(), open_page(patient=other.id), open_page("plan", patient=other.id)):
        assert not page.exception and not page.error
        read = words(page) + "".join(one.value for one in page.text)
        assert "Something else" not in read and "Berg" not in read
    assert [one.value for one in open_page(patient=other.id).text] == ["A walk in the wood."]
    assert "Give the device back" not in words(open_page())


def test_a_physician_cannot_open_the_journal_but_hands_it_over(
    open_page: Open, app: App, scene: Scene
) -> None:
    patient = scene.patient("P-1", "Marta Kowalska")
    app.journal.write(patient.id, "A walk in the wood.", False)
    physician = app.for_actor(context.known().actor)
    with pytest.raises(AccessDenied):
        physician.journal.entries(patient.id)
    page = open_page("journal", patient=patient.id)
    page = page.run()
    assert not page.exception and not page.error


def test_an_account_is_made_and_its_password_shown_once(open_page: Open, app: App) -> None:
    page = open_page("accounts")
    field(page, "Full name").input("Bo Berg")
    field(page, "Sign-in name").input("bo")
    (roles,) = [one for one in page.button_group if one.key is None or "roles" not in one.key]
    roles.select(Role.PHYSICIAN)
    page = press(again(page, OTHER), "Make account")
    assert "not your password" in page.error[0].value
    page = press(again(page), "Make account")
    account = app.accounts.by_login("bo")
    assert account.must_change and account.roles == {Role.PHYSICIAN}
    (shown,) = [one.value for one in page.markdown if "for one sign-in" in one.value]
    password = shown.rsplit("`", 2)[1]
    assert app.entrance.sign_in("bo", password).needs == "password"
    page = press(page, "I have passed it on")
    assert password not in words(page)


def test_the_last_administrator_cannot_be_locked(open_page: Open, app: App) -> None:
    page = press(open_page("accounts"), "Lock")
    assert "administer" in page.error[0].value
    assert not app.accounts.by_login("a.lindqvist").locked


def test_the_password_is_changed_with_the_present_one(open_page: Open, app: App) -> None:
    page = open_page("my_account")
    for label, value in (("Present password", "wrong"), ("New password", OTHER),
                         ("New password once more", OTHER)):
        field(page, label).input(value)
    page = press(page, "Change the password")
    assert "not your password" in page.error[0].value
    field(page, "Present password").input(GOOD)
    press(page, "Change the password")
    assert app.entrance.sign_in("a.lindqvist", OTHER).token
    with pytest.raises(AccessDenied):
        context.known()


def test_an_authenticator_is_set_up_and_taken_away(open_page: Open, app: App) -> None:
    page = press(open_page("my_account"), "Set up")
    secret = page.session_state["account_secret"]
    field(page, "Six figures").input(pyotp.TOTP(secret).now())
    field(page, "Your password").input(GOOD)
    page = press(page, "Use it")
    assert "in use" in page.success[0].value
    assert app.entrance.sign_in("a.lindqvist", GOOD).needs == "code"
    field(page, "Your password").input(GOOD)
    press(page, "Do without")
    assert app.entrance.sign_in("a.lindqvist", GOOD).token


def test_the_log_is_shown_checked_and_taken_away(open_page: Open, app: App, scene: Scene) -> None:
    patient = scene.patient("P-1", "Marta Kowalska")
    open_page("timeline", patient=patient.id)
    page = open_page("log")
    assert not page.exception
    shown = page.dataframe[0].value
    assert "courses.of" in set(shown["What"]) and "a.lindqvist" in set(shown["Who"])
    assert "Kowalska" not in shown.to_csv()
    page = press(page, "Check the log")
    assert "none edited" in page.success[0].value
    with app._store._write() as cursor:
        cursor.execute("UPDATE audit SET what = 'x' WHERE number = 1")
    page = press(open_page("log"), "Check the log")
    assert "Row 1 was changed" in page.error[0].value


def test_the_log_is_read_page_by_page(open_page: Open, app: App) -> None:
    for i in range(120):
        app.audit.note("command line", AuditKind.CHANGE, "row", f"patient:{i}")
    page = open_page("log")
    shown = page.dataframe[0].value
    assert len(shown) == 50 and shown.iloc[0]["Number"] > shown.iloc[-1]["Number"]
    said = next(c.value for c in page.caption if c.value.startswith("Rows 1 to 50 of"))
    page.number_input[0].set_value(2).run()
    assert page.dataframe[0].value.iloc[0]["Number"] <= shown.iloc[-1]["Number"], "it grows"
    page.number_input[0].set_value(9999).run()
    assert not page.exception and page.dataframe[0].value.iloc[-1]["Number"] == 1
    page.selectbox(key="log_who").select("command line").run()
    assert f"of {said.split(' of ')[1]}" not in words(page)
    assert "Rows 1 to 50 of 120" in words(page), "another filter begins with its first page"
    page.text_input(key="log_record").input("patient:119").run()
    assert list(page.dataframe[0].value["Record"]) == ["patient:119"]


def test_a_cell_of_the_log_is_no_formula() -> None:
    for cell in ("=1+1", "@bo", "-bo", "  =1", "＝1"):
        assert log_parts.safe(cell) == f"'{cell}"
    assert log_parts.safe("patient:1") == "patient:1"


def test_the_file_holds_what_fits_the_filters(app: App) -> None:
    app.audit.note("=cmd()", AuditKind.CHANGE, "row", "patient:1")
    app.audit.note("other", AuditKind.CHANGE, "row", "patient:2")
    mine = app.for_actor(context.known().actor).audit
    text = log_parts.csv(mine, AuditFilter(record="patient:1"), {}).decode("utf-8-sig")
    made = text.splitlines()
    assert len(made) == 2 and "'=cmd()" in made[1]
    kinds = [row.entry.kind for row in app.audit.rows() if row.entry.what == "audit.chosen"]
    assert kinds == ["export"]


def test_somebody_elses_patient_opens_with_a_reason(
    open_page: Open, app: App, signed_in: SignedIn
) -> None:
    first = app.for_actor(context.known().actor)
    patient = first.people.add("P-1", "Marta Kowalska")
    assert "Open somebody else's patient" not in words(open_page()) + str(
        [one.label for one in open_page().expander])  # fmt: skip
    bo = replace(make(app, "bo", Role.PHYSICIAN), password=quick().hash(GOOD))
    app._store.update_account(bo)
    signed_in.as_(bo)
    page = open_page()
    assert "Marta" not in words(page)
    assert [one.label for one in page.expander] == ["Open somebody else's patient"]
    field(page, "Patient number").input("P-1")
    page.text_area[0].input("brought in by ambulance")
    page = press(page, "Open")
    assert "your password once more" in page.error[0].value
    page = press(again(page), "Open")
    assert page.query_params["patient"] in (patient.id, [patient.id])
    signed_in.as_(app.accounts.by_login("a.lindqvist"))
    table = open_page("accounts").dataframe[-1].value
    assert table.iloc[0]["Reason"] == "brought in by ambulance"
