"""The store: everything that is kept, behind one object."""

from __future__ import annotations

from emocare.store.accounts import Accounts
from emocare.store.answers import Answers
from emocare.store.audit import AuditLog
from emocare.store.bulk import Bulk
from emocare.store.care import Care
from emocare.store.consents import Consents
from emocare.store.copies import Copies
from emocare.store.erasing import Erasing
from emocare.store.expiry import Expiry
from emocare.store.filed import Filed
from emocare.store.journal import Journal
from emocare.store.markers import Markers
from emocare.store.overview import Overview
from emocare.store.patients import Patients
from emocare.store.sessions import Sessions


class Store(
    Patients, Sessions, Markers, Answers, Filed, Overview, Care, Journal, Bulk, Erasing, Expiry,
    Copies, Accounts, AuditLog, Consents,
):  # fmt: skip
    """One database file, opened once by one process and used from any thread.

    ``Store.open(path)`` opens or creates it; ``close()`` lets it go. When a method that writes
    returns, what it wrote is on the disk and survives a killed process. Times come back in UTC.
    Every method raises ``StoreError`` when the file or the disk fails.
    """
