"""Coming into the demo clinic without a password, as whoever one wants to be.

Opens only where two things that do not know of each other say the same: the setting of this
process, and the mark inside the database. A clinic has neither, and its database cannot be opened
by a process that has the first.
"""

from __future__ import annotations

from types import MappingProxyType

from emocare.domain.accounts import Account, Role
from emocare.domain.audit import AuditKind
from emocare.domain.errors import AccessDenied
from emocare.domain.records import PatientId
from emocare.services.accounts import new_account
from emocare.services.audit import Audit
from emocare.services.entrance import LOCKED, NOBODY
from emocare.services.sign_ins import SignIns
from emocare.store import Store

NOT_HERE = "This is not the demo clinic: nobody comes in without a password."
EMPTY = "Nobody is in this demo yet. Open a full one with: python start.py --demo"
NO_PASSWORD = "none"
"""In place of the hash of a password: nothing that is typed fits it."""
LOGINS = MappingProxyType({
    Role.PHYSICIAN: "demo-physician", Role.PATIENT: "demo-patient",
    Role.ADMINISTRATOR: "demo-administrator",
})  # fmt: skip
"""Who one can be. Each has one role, so that the visitor sees what each may see."""


def demo_accounts(physician: str, patient: str, patient_id: PatientId,
                  administrator: str) -> list[Account]:  # fmt: skip
    """The three accounts of a demo clinic; not stored yet.

    Args:
        physician: Full name, and so on.
        patient_id: Whose rows the patient sees.
    """
    names = {Role.PHYSICIAN: physician, Role.PATIENT: patient, Role.ADMINISTRATOR: administrator}
    return [
        new_account(LOGINS[role], name, {role}, patient_id if role is Role.PATIENT else None,
                    NO_PASSWORD, must_change=False)
        for role, name in names.items()
    ]  # fmt: skip


class DemoEntrance:
    """Signs a visitor of the demo in. Any thread."""

    def __init__(self, store: Store, sign_ins: SignIns, audit: Audit, *, demo: bool) -> None:
        self._store = store
        self._sign_ins = sign_ins
        self._audit = audit
        self._demo = demo

    def is_open(self) -> bool:
        """Whether this process is the demo and the database says that everybody is made up."""
        return self._demo and self._store.is_made_up()

    def enter(self, role: Role) -> str:
        """Signs in as the one who has this role; the new token.

        Raises:
            AccessDenied: This is no demo, nobody is in it, or the account was locked.
        """
        if not self.is_open():
            self._audit.note(NOBODY, AuditKind.REFUSED, "sign-in: no demo")
            raise AccessDenied(NOT_HERE)
        account = self._store.account_by_login(LOGINS[role])
        if account is None:
            raise AccessDenied(EMPTY)
        if account.locked:
            raise AccessDenied(LOCKED)
        token = self._sign_ins.begin(account)
        self._audit.note(f"account {account.id}", AuditKind.SIGN_IN, "signed in",
                         f"account:{account.id}")  # fmt: skip
        return token
