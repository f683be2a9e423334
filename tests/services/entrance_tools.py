"""An entrance with a clock that a test sets, and a hash that is quick."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2

from emocare.services.accounts import Accounts
from emocare.services.audit import Audit
from emocare.services.confirmations import Confirmations
from emocare.services.entrance import Entrance
from emocare.services.lockout import Lockout
from emocare.services.passwords import Passwords
from emocare.services.sign_ins import SignIns
from emocare.store import Store

GOOD = "seven green bicycles sing"
OTHER = "four quiet lamps in a row"


def quick() -> Passwords:
    """The real argon2id with the least it can be asked for."""
    return Passwords(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Hall:
    """Everything around the entrance of one installation."""

    store: Store
    folder: Path
    at: datetime = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    hasher: Passwords = field(default_factory=quick)

    def __post_init__(self) -> None:
        self.open_anew()

    def open_anew(self) -> None:
        """As after a restart."""
        self.audit = Audit(self.store, self.folder)
        self.sign_ins = SignIns(self.store, self.now)
        self.lockout = Lockout(self.store, self.now)
        self.confirmations = Confirmations(self.store, self.hasher, self.lockout, self.now)
        self.entrance = Entrance(self.store, self.hasher, self.sign_ins, self.lockout,
                                 self.audit, self.now, self.confirmations)  # fmt: skip
        self.accounts = Accounts(self.store, self.hasher, self.sign_ins, self.lockout)

    def now(self) -> datetime:
        """What the clock says."""
        return self.at

    def later(self, **time: float) -> None:
        """Sets the clock forward."""
        self.at += timedelta(**time)
