"""Signing in: what is let through, what is refused, and what somebody who tries can learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from emocare.domain.accounts import Role
from emocare.domain.errors import AccessDenied, InputError
from emocare.services import authenticator, entrance, passwords
from emocare.services.passwords import Passwords
from emocare.store import Store
from tests.services.entrance_tools import GOOD, OTHER, Hall, quick


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with Store.open(tmp_path / "emocare.duckdb") as store:
        yield Hall(store, tmp_path)


@pytest.fixture
def anna(hall: Hall) -> str:
    """The first account; her token."""
    token = hall.entrance.make_first("Anna", "Dr A. Lindqvist", GOOD, treats=True).token
    assert token is not None
    return token


def test_the_first_account_is_made_once(hall: Hall) -> None:
    assert hall.entrance.nobody_yet()
    token = hall.entrance.make_first(" ANNA ", "Dr A. Lindqvist", GOOD, treats=False).token
    known = hall.sign_ins.known(token)
    assert known is not None and known.account.login == "anna"
    assert known.account.roles == {Role.ADMINISTRATOR}
    assert not hall.entrance.nobody_yet()
    with pytest.raises(InputError, match="already"):
        hall.entrance.make_first("eve", "Eve", OTHER, treats=True)
    assert [a.login for a in hall.store.accounts()] == ["anna"]


def test_signing_in_gives_a_new_token_each_time(hall: Hall, anna: str) -> None:
    tokens = {hall.entrance.sign_in("anna", GOOD).token for _ in range(5)} | {anna}
    assert len(tokens) == 6 and None not in tokens
    assert all(len(token or "") >= 43 for token in tokens), "256 random bits"


def test_the_token_is_stored_nowhere(hall: Hall, anna: str, tmp_path: Path) -> None:
    hall.store.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert anna.encode() not in content and GOOD.encode() not in content, file.name


def test_a_restart_signs_nobody_out(hall: Hall, anna: str) -> None:
    hall.open_anew()
    assert hall.sign_ins.known(anna) is not None


@pytest.mark.parametrize("token", ["", "x", None, "ü", "\ud800", "a" * 10_000])
def test_a_wrong_token_is_nobody(hall: Hall, anna: str, token: str | None) -> None:
    assert hall.sign_ins.known(token) is None


def test_a_token_is_worthless_after_the_sign_out(hall: Hall, anna: str) -> None:
    hall.entrance.sign_out(anna)
    assert hall.sign_ins.known(anna) is None
    hall.open_anew()
    assert hall.sign_ins.known(anna) is None, "after a restart too"


def test_ten_idle_minutes_end_it(hall: Hall, anna: str) -> None:
    for _ in range(3):
        hall.later(minutes=9)
        hall.sign_ins.touch(anna)
    assert hall.sign_ins.known(anna) is not None
    hall.later(minutes=10, seconds=1)
    hall.sign_ins.touch(anna)
    assert hall.sign_ins.known(anna) is None


def test_nobody_stays_for_more_than_twelve_hours(hall: Hall, anna: str) -> None:
    for _ in range(12 * 60 // 9):
        hall.later(minutes=9)
        hall.sign_ins.touch(anna)
    assert hall.sign_ins.known(anna) is not None
    hall.later(minutes=9)
    assert hall.sign_ins.known(anna) is None


def test_a_wrong_name_and_a_wrong_password_read_the_same(hall: Hall, anna: str) -> None:
    said = []
    for name in ("anna", "nobody"):
        for _ in range(7):
            with pytest.raises(AccessDenied) as refused:
                hall.entrance.sign_in(name, "wrong")
            said.append(str(refused.value))
    assert said[:7] == said[7:], "who tries cannot tell whether anybody has the name"
    assert said[4] == entrance.WRONG and "one minute" in said[5]


def test_an_unknown_name_costs_as_much_work(hall: Hall, anna: str) -> None:
    checked: list[str] = []

    class Counting(type(hall.hasher._hasher)):  # type: ignore[misc]
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return super().verify(stored, password)

    inner = hall.hasher._hasher
    hall.hasher._hasher = Counting(inner.time_cost, inner.memory_cost, inner.parallelism)
    for name in ("anna", "nobody"):
        with pytest.raises(AccessDenied):
            hall.entrance.sign_in(name, "wrong")
    assert len(checked) == 2
    somebody, no_one = (one.rsplit("$", 2)[0] for one in checked)
    assert somebody == no_one, "with the same parameters"


def test_the_rest_grows_and_ends(hall: Hall, anna: str) -> None:
    def fail() -> None:
        with pytest.raises(AccessDenied):
            hall.entrance.sign_in("anna", "wrong")

    for _ in range(5):
        fail()
    rests = []
    for _ in range(5):
        with pytest.raises(AccessDenied) as refused:
            hall.entrance.sign_in("anna", GOOD)
        rests.append(str(refused.value).partition("again in ")[2].partition(",")[0])
        found = hall.store.failures(next(iter(_keys(hall))))
        assert found is not None
        hall.at = found.until
        fail()
    assert rests == ["one minute", "5 minutes", "15 minutes", "60 minutes", "60 minutes"]
    hall.later(hours=1)
    assert hall.entrance.sign_in("anna", GOOD).token
    fail()
    assert hall.entrance.sign_in("anna", GOOD).token, "the count began anew"


def _keys(hall: Hall) -> list[str]:
    with hall.store._read() as cursor:
        return [key for (key,) in cursor.execute(
            "SELECT name_hash FROM sign_in_failures").fetchall()]  # fmt: skip


def test_a_rest_outlasts_a_restart(hall: Hall, anna: str) -> None:
    for _ in range(5):
        with pytest.raises(AccessDenied):
            hall.entrance.sign_in("anna", "wrong")
    hall.open_anew()
    with pytest.raises(AccessDenied, match="Too many"):
        hall.entrance.sign_in("anna", GOOD)


def test_a_handed_password_holds_for_one_sign_in(hall: Hall, anna: str) -> None:
    handed = hall.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN])
    step = hall.entrance.sign_in("bo", handed.password)
    assert step.token is None and step.needs == entrance.PASSWORD
    with pytest.raises(InputError, match="only you know"):
        hall.entrance.choose_password(step.ticket, handed.password)
    assert hall.entrance.choose_password(step.ticket, OTHER).token
    with pytest.raises(AccessDenied, match="too long"):
        hall.entrance.choose_password(step.ticket, GOOD)
    with pytest.raises(AccessDenied):
        hall.entrance.sign_in("bo", handed.password)
    assert hall.entrance.sign_in("bo", OTHER).token


def test_a_ticket_holds_for_five_minutes_and_its_own_step(hall: Hall, anna: str) -> None:
    handed = hall.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN])
    step = hall.entrance.sign_in("bo", handed.password)
    with pytest.raises(AccessDenied):
        hall.entrance.give_code(step.ticket, "000000")
    hall.later(minutes=5)
    with pytest.raises(AccessDenied, match="too long"):
        hall.entrance.choose_password(step.ticket, OTHER)


def test_a_locked_account_is_told_so_only_with_its_password(hall: Hall, anna: str) -> None:
    handed = hall.accounts.add("bo", "Bo Berg", [Role.PHYSICIAN])
    token = hall.entrance.choose_password(
        hall.entrance.sign_in("bo", handed.password).ticket, OTHER
    ).token
    hall.accounts.lock(handed.account.id)
    assert hall.sign_ins.known(token) is None, "and signed out at once"
    with pytest.raises(AccessDenied, match="not right"):
        hall.entrance.sign_in("bo", "wrong")
    with pytest.raises(AccessDenied, match="locked"):
        hall.entrance.sign_in("bo", OTHER)
    hall.accounts.unlock(handed.account.id)
    assert hall.entrance.sign_in("bo", OTHER).token


def test_the_last_administrator_stays(hall: Hall, anna: str) -> None:
    known = hall.sign_ins.known(anna)
    assert known is not None
    with pytest.raises(InputError, match="administer"):
        hall.accounts.lock(known.account.id)
    with pytest.raises(InputError, match="administer"):
        hall.accounts.set_roles(known.account.id, [Role.PHYSICIAN])
    assert hall.store.account(known.account.id).roles == known.account.roles


def test_the_authenticator_is_asked_and_a_code_holds_once(hall: Hall, anna: str) -> None:
    known = hall.sign_ins.known(anna)
    assert known is not None
    secret = authenticator.new_secret()
    made = pyotp.TOTP(secret)
    hall.store.update_account(replace(known.account, code_secret=secret))
    step = hall.entrance.sign_in("anna", GOOD)
    assert step.token is None and step.needs == entrance.CODE
    with pytest.raises(AccessDenied, match="code"):
        hall.entrance.give_code(step.ticket, "12345")
    code = made.at(hall.at)
    assert hall.entrance.give_code(step.ticket, f"{code[:3]} {code[3:]}").token
    again = hall.entrance.sign_in("anna", GOOD)
    with pytest.raises(AccessDenied, match="code"):
        hall.entrance.give_code(again.ticket, code)
    hall.later(seconds=30)
    assert hall.entrance.give_code(again.ticket, made.at(hall.at)).token


def test_wrong_codes_make_the_name_rest(hall: Hall, anna: str) -> None:
    known = hall.sign_ins.known(anna)
    assert known is not None
    hall.store.update_account(replace(known.account, code_secret=authenticator.new_secret()))
    step = hall.entrance.sign_in("anna", GOOD)
    for _ in range(5):
        with pytest.raises(AccessDenied, match="code"):
            hall.entrance.give_code(step.ticket, "12345")
    with pytest.raises(AccessDenied, match="Too many"):
        hall.entrance.give_code(step.ticket, "12345")


@pytest.mark.parametrize(("password", "says"), [
    ("short one", "12"), ("a" * 12, "repeats"), ("abababababab", "repeats"),
    ("password1234", "first"), ("Password!2024", "first"), ("1q2w3e4r5t6y", "first"),
    ("123456789012", "first"), ("anna is my name", "sign-in name"), ("x" * 257, "256"),
])  # fmt: skip
def test_easy_passwords_are_refused(password: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        passwords.check(password, "anna")


@pytest.mark.parametrize("password", [GOOD, "Ünsere Öfen glühen", "correct horse battery"])
def test_long_ones_are_taken(password: str) -> None:
    passwords.check(password, "anna")


def test_a_made_up_password_passes_its_own_rules() -> None:
    made = {passwords.made_up() for _ in range(50)}
    assert len(made) == 50
    for one in made:
        passwords.check(one, "anna")


def test_the_shipped_hash_is_argon2id_with_the_parameters_of_the_rfc() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_accents_fit_however_they_are_typed() -> None:
    hasher = quick()
    assert hasher.fits("Lindqvist är ha\u0308r", hasher.hash("Lindqvist är här"))


def test_everything_is_in_the_log_and_no_name_is(hall: Hall, anna: str) -> None:
    with pytest.raises(AccessDenied):
        hall.entrance.sign_in("anna", "wrong")
    with pytest.raises(AccessDenied):
        hall.entrance.sign_in("my-secret-in-the-wrong-field", "wrong")
    hall.entrance.sign_out(anna)
    rows = hall.audit.rows()
    assert [row.entry.what for row in rows] == [
        "first account", "signed in", "sign-in: wrong password", "sign-in: wrong password",
        "signed out",
    ]  # fmt: skip
    assert "anna" not in repr(rows) and "my-secret" not in repr(rows)
