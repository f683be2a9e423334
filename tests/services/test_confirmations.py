"""The password once more: what needs it, how long it holds, and who is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from emocare.domain.accounts import Account, Actor, Role
from emocare.domain.errors import AccessDenied, NotConfirmed
from emocare.domain.records import PatientId
from emocare.services import authenticator
from emocare.services.access import POLICY, Proof
from emocare.services.acting import acting
from emocare.services.guard import Guard
from emocare.services.own_account import OwnAccount
from emocare.store import Store
from tests.services.entrance_tools import GOOD, Hall
from tests.services.test_access import Open, Owned, Reached, Written

SIGN, ROLES = "reports.sign", "accounts.set_roles"
PATIENT = PatientId("p1")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with Store.open(tmp_path / "emocare.duckdb") as store:
        yield Hall(store, tmp_path)


@pytest.fixture
def token(hall: Hall) -> str:
    made = hall.entrance.make_first("anna", "Dr A. Lindqvist", GOOD, treats=True).token
    assert made is not None
    return made


@pytest.fixture
def anna(hall: Hall, token: str) -> Actor:
    known = hall.sign_ins.known(token)
    assert known is not None and known.actor.sign_in
    return known.actor


@pytest.fixture
def own(hall: Hall) -> OwnAccount:
    return OwnAccount(hall.store, hall.hasher, hall.sign_ins, hall.lockout, hall.confirmations)


def confirm(own: OwnAccount, actor: Actor, typed: str, name: str) -> None:
    with acting(actor):
        own.confirm(typed, name)


def call(hall: Hall, actor: Actor, name: str) -> list[str]:
    """Calls a function through the guard; what was reached."""
    reached = Reached([])
    service, _, function = name.partition(".")
    guard = Guard(actor, Open(), Owned(), Written(), hall.confirmations)  # type: ignore[arg-type]
    getattr(guard.around(service, reached), function)()
    return reached.calls


def test_without_it_the_call_is_refused_and_reaches_nothing(hall: Hall, anna: Actor) -> None:
    for name, rule in POLICY.items():
        if rule.proof is not None:
            with pytest.raises(NotConfirmed, match="password once more"):
                call(hall, anna, name)


def test_it_holds_for_one_call(hall: Hall, anna: Actor, own: OwnAccount) -> None:
    confirm(own, anna, GOOD, ROLES)
    assert call(hall, anna, ROLES) == ["set_roles"]
    with pytest.raises(NotConfirmed):
        call(hall, anna, ROLES)


def test_for_signing_it_holds_for_five_minutes(hall: Hall, anna: Actor, own: OwnAccount) -> None:
    confirm(own, anna, GOOD, SIGN)
    for _ in range(3):
        hall.later(minutes=1, seconds=39)
        assert call(hall, anna, SIGN) == ["sign"]
    hall.later(seconds=3)
    with pytest.raises(NotConfirmed):
        call(hall, anna, SIGN)


def test_one_for_one_call_is_used_within_a_minute(
    hall: Hall, anna: Actor, own: OwnAccount
) -> None:
    confirm(own, anna, GOOD, ROLES)
    hall.later(minutes=1)
    with pytest.raises(NotConfirmed):
        call(hall, anna, ROLES)


def test_it_is_for_one_function_and_one_browser(
    hall: Hall, anna: Actor, own: OwnAccount
) -> None:
    confirm(own, anna, GOOD, SIGN)
    elsewhere = hall.sign_ins.known(hall.entrance.sign_in("anna", GOOD).token)
    assert elsewhere is not None
    for actor, name in ((anna, ROLES), (anna, "reports.amend"), (elsewhere.actor, SIGN)):
        with pytest.raises(NotConfirmed):
            call(hall, actor, name)


def test_a_wrong_one_counts_as_at_the_sign_in(hall: Hall, anna: Actor, own: OwnAccount) -> None:
    for _ in range(5):
        with pytest.raises(AccessDenied, match="not your password"):
            confirm(own, anna, "wrong", SIGN)
    with pytest.raises(AccessDenied, match="Too many"):
        confirm(own, anna, GOOD, SIGN)
    with pytest.raises(AccessDenied, match="Too many"):
        hall.entrance.sign_in("anna", GOOD)
    hall.later(minutes=1)
    confirm(own, anna, GOOD, SIGN)


def test_the_authenticator_will_do_and_its_code_holds_once(
    hall: Hall, anna: Actor, own: OwnAccount, token: str
) -> None:
    secret = authenticator.new_secret()
    account = account_of(hall, token)
    hall.store.update_account(replace(account, code_secret=secret))
    code = pyotp.TOTP(secret).at(hall.at)
    confirm(own, anna, code, SIGN)
    with pytest.raises(AccessDenied, match="neither"):
        confirm(own, anna, code, SIGN)
    confirm(own, anna, GOOD, SIGN)


def account_of(hall: Hall, token: str) -> Account:
    known = hall.sign_ins.known(token)
    assert known is not None
    return hall.store.account(known.account.id)


def test_what_needs_no_proof_cannot_be_confirmed(anna: Actor, own: OwnAccount) -> None:
    for name in ("people.get", "not.there"):
        with pytest.raises(Exception, match="asks for no password"):
            confirm(own, anna, GOOD, name)


def test_the_command_line_is_not_asked(hall: Hall) -> None:
    operator = Actor("command line", "operator", frozenset(Role), everybody=True)
    assert call(hall, operator, SIGN) == ["sign"]


def test_where_accounts_are_made_up_nobody_is_asked(hall: Hall, anna: Actor) -> None:
    hall.confirmations.must_confirm = False
    assert call(hall, anna, SIGN) == ["sign"]


def test_signing_and_only_signing_holds_longer() -> None:
    assert {name for name, rule in POLICY.items() if rule.proof is Proof.FIVE_MINUTES} == {
        "reports.sign", "reports.amend"}  # fmt: skip


# The device in a patient's hands


def test_the_device_is_taken_back_with_the_password_alone(hall: Hall, token: str) -> None:
    hall.entrance.hand_over(token, PATIENT)
    hall.entrance.hand_over(token, PATIENT)
    assert hall.sign_ins.handed_to(token) == PATIENT
    for typed in ("", "wrong"):
        with pytest.raises(AccessDenied):
            hall.entrance.take_back(token, typed)
    assert hall.sign_ins.handed_to(token) == PATIENT
    hall.entrance.take_back(token, GOOD)
    assert hall.sign_ins.handed_to(token) is None
    said = [(row.entry.kind, row.entry.what) for row in hall.audit.rows()][2:]
    back = "taken back from the patient"
    assert said == [("sign-in", "handed to the patient"), ("refused", back), ("refused", back),
                    ("sign-in", back)]  # fmt: skip


def test_it_cannot_be_handed_on(hall: Hall, token: str) -> None:
    hall.entrance.hand_over(token, PATIENT)
    with pytest.raises(AccessDenied, match="hands of somebody else"):
        hall.entrance.hand_over(token, PatientId("p2"))
    with pytest.raises(AccessDenied):
        hall.entrance.hand_over("guessed", PATIENT)


def test_a_restart_gives_it_to_nobody(hall: Hall, token: str) -> None:
    hall.entrance.hand_over(token, PATIENT)
    hall.open_anew()
    assert hall.sign_ins.handed_to(token) == PATIENT


def test_another_browser_of_the_account_goes_on(hall: Hall, token: str) -> None:
    other = hall.entrance.sign_in("anna", GOOD).token
    hall.entrance.hand_over(token, PATIENT)
    assert hall.sign_ins.handed_to(other) is None
    hall.entrance.sign_out(token)
    assert hall.sign_ins.handed_to(token) is None and hall.sign_ins.known(token) is None


def test_trying_to_take_it_back_makes_the_name_rest(hall: Hall, token: str) -> None:
    hall.entrance.hand_over(token, PATIENT)
    for _ in range(5):
        with pytest.raises(AccessDenied):
            hall.entrance.take_back(token, "wrong")
    with pytest.raises(AccessDenied, match="Too many"):
        hall.entrance.take_back(token, GOOD)
    hall.at += timedelta(minutes=1)
    hall.entrance.take_back(token, GOOD)


