"""Accounts, who is signed in, what was tried in vain, and who may open whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emocare.domain.accounts import (
    Account,
    AccountId,
    EmergencyAccess,
    Failures,
    GrantId,
    Identity,
    Role,
    SignIn,
)
from emocare.domain.errors import InputError, NotFound
from emocare.domain.records import PatientId
from emocare.store.database import Cursor, Database, Row, insert, rows, update
from emocare.store.rows import from_epoch, to_utc

_ACCOUNT = (
    "id, login, full_name, roles, patient_id, password, must_change, locked, "
    "epoch_us(created_at) AS created_at, code_secret, code_step"
)


class Accounts(Database):
    """The tables ``accounts``, ``sign_ins``, ``sign_in_failures``, ``assignments`` and
    ``emergency_access``."""

    def add_account(self, account: Account, *, first: bool = False) -> None:
        """Adds an account.

        Args:
            first: Only if there is none yet.

        Raises:
            InputError: The name is taken, or it should be the first and is not.
            NotFound: The patient it is for does not exist.
        """
        with self._write() as cursor:
            if first and rows(cursor, "SELECT id FROM accounts LIMIT 1"):
                raise InputError("There is an account already. Sign in with it.")
            if rows(cursor, "SELECT id FROM accounts WHERE login = ?", [account.login]):
                raise InputError(f"The name {account.login!r} is taken. Choose another one.")
            if account.patient_id is not None and not rows(
                cursor, "SELECT id FROM patients WHERE id = ?", [account.patient_id]
            ):
                raise NotFound("This patient does not exist.")
            insert(cursor, "accounts", _account_to_row(account))

    def update_account(self, account: Account) -> None:
        """Changes an account; its sign-ins stay.

        Raises:
            NotFound: There is none with this identifier.
            InputError: It is the last administrator who can sign in.
        """
        row = _account_to_row(account)
        del row["id"]
        with self._write() as cursor:
            if not update(cursor, "accounts", row, "id = ?", [account.id]):
                raise NotFound("This account does not exist.")
            if not _administrators(cursor):
                raise InputError(
                    "Nobody could administer Emo-Care any more. Make another administrator first."
                )

    def accounts(self) -> list[Account]:
        """Every account, by name."""
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_ACCOUNT} FROM accounts ORDER BY login")
        return [_account_from_row(row) for row in found]

    def account_by_login(self, login: str) -> Account | None:
        """The account with this name, None without one."""
        return self._one_account("login", login)

    def account(self, account_id: AccountId) -> Account:
        """The account with this identifier.

        Raises:
            NotFound: There is none.
        """
        found = self._one_account("id", account_id)
        if found is None:
            raise NotFound("This account does not exist.")
        return found

    def _one_account(self, column: str, value: str) -> Account | None:
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_ACCOUNT} FROM accounts WHERE {column} = ?", [value])
        return _account_from_row(found[0]) if found else None

    # Who is signed in

    def add_sign_in(self, sign_in: SignIn) -> None:
        """Notes that a browser is signed in."""
        with self._write() as cursor:
            insert(cursor, "sign_ins", {
                "token_hash": sign_in.token_hash, "account_id": sign_in.account_id,
                "began_at": to_utc(sign_in.began_at), "seen_at": to_utc(sign_in.seen_at),
                "handed_to": sign_in.handed_to,
            })  # fmt: skip

    def sign_ins(self) -> list[SignIn]:
        """Everybody who is signed in."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT token_hash, account_id, epoch_us(began_at) AS began_at, "
                                 "epoch_us(seen_at) AS seen_at, handed_to "
                                 "FROM sign_ins")  # fmt: skip
        return [
            SignIn(row["token_hash"], AccountId(row["account_id"]), from_epoch(row["began_at"]),
                   from_epoch(row["seen_at"]), row["handed_to"])
            for row in found
        ]  # fmt: skip

    def note_seen(self, token_hash: str, at: datetime) -> None:
        """Notes when a browser was last used."""
        with self._write(changes_sessions=False) as cursor:
            update(cursor, "sign_ins", {"seen_at": to_utc(at)}, "token_hash = ?", [token_hash])

    def note_handed(self, token_hash: str, patient_id: PatientId | None) -> None:
        """Notes in whose hands a browser is; None: in nobody's any more."""
        with self._write() as cursor:
            update(cursor, "sign_ins", {"handed_to": patient_id}, "token_hash = ?", [token_hash])

    def end_sign_ins(self, token_hashes: Sequence[str]) -> None:
        """Takes sign-ins away; their tokens are worth nothing afterwards."""
        with self._write() as cursor:
            for token_hash in token_hashes:
                cursor.execute("DELETE FROM sign_ins WHERE token_hash = ?", [token_hash])

    # Identities of a provider

    def link_identity(self, account_id: AccountId, identity: Identity, at: datetime) -> None:
        """Ties an identity to an account; the one it had before is no longer its own.

        Raises:
            InputError: It belongs to another account.
        """
        with self._write() as cursor:
            for taken in rows(cursor, f"SELECT {_IDENTITY} FROM identities WHERE issuer = ? "
                                      "AND account_id <> ?", [identity.issuer, account_id]):
                if _same(_identity_from_row(taken), identity):
                    raise InputError("This identity belongs to another account. Take it away "
                                     "there first.")  # fmt: skip
            cursor.execute("DELETE FROM identities WHERE account_id = ?", [account_id])
            insert(cursor, "identities", {
                "account_id": account_id, "issuer": identity.issuer,
                "subject": identity.subject or None, "email": identity.email or None,
                "linked_at": to_utc(at),
            })  # fmt: skip

    def unlink_identity(self, account_id: AccountId) -> None:
        """The account signs in through no provider any more."""
        with self._write() as cursor:
            cursor.execute("DELETE FROM identities WHERE account_id = ?", [account_id])

    def identities(self) -> dict[AccountId, Identity]:
        """The identity of every account that has one."""
        with self._read() as cursor:
            found = rows(cursor, f"SELECT {_IDENTITY} FROM identities ORDER BY account_id")
        return {AccountId(row["account_id"]): _identity_from_row(row) for row in found}

    # What was tried in vain

    def failures(self, name_hash: str) -> Failures | None:
        """How often this name was tried in vain, None when it was not."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT name_hash, failures, epoch_us(last_at) AS last_at, "
                                 "epoch_us(until) AS until FROM sign_in_failures "
                                 "WHERE name_hash = ?", [name_hash])  # fmt: skip
        if not found:
            return None
        row = found[0]
        return Failures(row["name_hash"], row["failures"], from_epoch(row["last_at"]),
                        from_epoch(row["until"]))  # fmt: skip

    def keep_failures(self, failed: Failures, forget_before: datetime) -> None:
        """Stores how often a name was tried in vain and forgets what is older than a moment."""
        with self._write() as cursor:
            cursor.execute("DELETE FROM sign_in_failures WHERE name_hash = ? OR last_at < ?",
                           [failed.name_hash, to_utc(forget_before)])  # fmt: skip
            insert(cursor, "sign_in_failures", {
                "name_hash": failed.name_hash, "failures": failed.failures,
                "last_at": to_utc(failed.last_at), "until": to_utc(failed.until),
            })  # fmt: skip

    def forget_failures(self, name_hash: str) -> None:
        """A name begins anew."""
        with self._write() as cursor:
            cursor.execute("DELETE FROM sign_in_failures WHERE name_hash = ?", [name_hash])

    # Who may open whom

    def assign(self, account_id: AccountId, patient_id: PatientId, at: datetime) -> None:
        """Makes an account responsible for a patient; once is enough."""
        with self._write() as cursor:
            if not rows(cursor, f"SELECT since FROM assignments WHERE {_PAIR}",
                        [account_id, patient_id]):  # fmt: skip
                insert(cursor, "assignments", {"account_id": account_id,
                                               "patient_id": patient_id, "since": to_utc(at)})

    def unassign(self, account_id: AccountId, patient_id: PatientId) -> None:
        """Takes that back."""
        with self._write() as cursor:
            cursor.execute(f"DELETE FROM assignments WHERE {_PAIR}", [account_id, patient_id])

    def assignments(self) -> dict[PatientId, set[AccountId]]:
        """Who is responsible for each patient for whom anybody is."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT account_id, patient_id FROM assignments")
        every: dict[PatientId, set[AccountId]] = {}
        for row in found:
            every.setdefault(PatientId(row["patient_id"]), set()).add(AccountId(row["account_id"]))
        return every

    def add_emergency_access(self, grant: EmergencyAccess) -> None:
        """Notes that a patient was opened in an emergency."""
        with self._write() as cursor:
            insert(cursor, "emergency_access", {
                "id": grant.id, "account_id": grant.account_id, "patient_id": grant.patient_id,
                "reason": grant.reason, "opened_at": to_utc(grant.opened_at),
                "until": to_utc(grant.until),
            })  # fmt: skip

    def emergency_accesses(self) -> list[EmergencyAccess]:
        """Every emergency access there was, newest first."""
        with self._read() as cursor:
            found = rows(cursor, "SELECT id, account_id, patient_id, reason, epoch_us(opened_at) "
                                 "AS opened, epoch_us(until) AS ends FROM emergency_access "
                                 "ORDER BY emergency_access.opened_at DESC")  # fmt: skip
        return [
            EmergencyAccess(GrantId(row["id"]), AccountId(row["account_id"]),
                            PatientId(row["patient_id"]), row["reason"],
                            from_epoch(row["opened"]), from_epoch(row["ends"]))
            for row in found
        ]  # fmt: skip


_IDENTITY = "account_id, issuer, subject, email"
_PAIR = "account_id = ? AND patient_id = ?"


def _identity_from_row(row: Row) -> Identity:
    return Identity(row["issuer"], row["subject"] or "", row["email"] or "")


def _same(one: Identity, other: Identity) -> bool:
    return bool(one.subject and one.subject == other.subject) or bool(
        one.email and one.email == other.email)  # fmt: skip


def _administrators(cursor: Cursor) -> bool:
    found = rows(cursor, "SELECT roles FROM accounts WHERE NOT locked")
    return any(Role.ADMINISTRATOR.value in row["roles"].split(",") for row in found)


def _account_to_row(account: Account) -> dict[str, object]:
    return {
        "id": account.id, "login": account.login, "full_name": account.full_name,
        "roles": ",".join(sorted(account.roles)), "patient_id": account.patient_id,
        "password": account.password, "must_change": account.must_change,
        "locked": account.locked, "created_at": to_utc(account.created_at),
        "code_secret": account.code_secret, "code_step": account.code_step,
    }  # fmt: skip


def _account_from_row(row: Row) -> Account:
    return Account(
        id=AccountId(row["id"]), login=row["login"], full_name=row["full_name"],
        roles=frozenset(map(Role, row["roles"].split(","))),
        patient_id=PatientId(row["patient_id"]) if row["patient_id"] else None,
        password=row["password"], must_change=row["must_change"], locked=row["locked"],
        created_at=from_epoch(row["created_at"]), code_secret=row["code_secret"],
        code_step=row["code_step"],
    )  # fmt: skip
