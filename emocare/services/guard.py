"""The services as one person may use them: every call is checked, then made, then written down."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from emocare.domain.accounts import Actor, Role
from emocare.domain.audit import AuditKind
from emocare.domain.errors import AccessDenied, NotConfirmed
from emocare.domain.records import Patient, PatientId
from emocare.services.access import POLICY, Rule, Whose
from emocare.services.acting import acting
from emocare.services.assignments import Assignments
from emocare.services.audit import Audit
from emocare.services.confirmations import Confirmations
from emocare.services.next_steps import NextSteps
from emocare.services.report_content import SAMPLE_CODE
from emocare.store import Store

REFUSED = "This is not for your account. Ask an administrator for the right to do it."
NOT_YOURS = (
    "This person is not in your care. In an emergency open them on the page Patients with your "
    "reason, or ask an administrator."
)
NOT_CONFIRMED = "This needs your password once more. Type it beside the button and try again."
_NAMES = ("patient_id", "session_id", "alert_id", "marker_id", "entry_id", "account_id")
"""Arguments whose values are identifiers and may stand in the log."""
_IDENTIFIER = re.compile(r"[0-9A-Za-z._-]{1,64}")
_ROWS_OF_OTHERS = frozenset({Whose.PATIENT, Whose.RESULT, Whose.RESULT_OR_NONE})


class Owners:
    """Whose a session or an alert is; asked of the database once. Any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str], PatientId] = {}

    def of(self, table: str, record_id: str) -> PatientId | None:
        """The patient, None where there is no such record yet."""
        found = self._known.get((table, record_id))
        if found is None:
            found = self._store.patient_of(table, record_id)
            if found is not None:
                self._known[(table, record_id)] = found
        return found


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands between one person and the services."""

    actor: Actor
    assignments: Assignments
    owners: Owners
    audit: Audit
    confirmations: Confirmations

    def around(self, name: str, service: Any) -> Any:
        """The service behind this guard.

        Args:
            name: Of the service in the table of who may do what.
        """
        return Guarded(self, name, service)

    def call(self, name: str, inner: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Checks, calls and writes down.

        Raises:
            AccessDenied: This person may not call it, or not for this patient.
            NotConfirmed: It needs the password once more, just before.
        """
        rule = self.rule(name)
        about = _Call(inner, args, named)
        for patient_id in about.patients(rule.whose, self.owners):
            if not self._may_open(rule, patient_id):
                self._refuse(name, about.record(), NOT_YOURS)
        if rule.proof and not self.confirmations.take(self.actor, name, rule.proof):
            self._deny(name, about.record())
            raise NotConfirmed(NOT_CONFIRMED)
        try:
            with acting(self.actor):
                result = inner(*args, **named)
        except AccessDenied:
            self._deny(name, about.record())
            raise
        if rule.whose in _ROWS_OF_OTHERS:
            result = self._cut(rule, name, about, result)
        self._note(rule, name, about, result)
        return result

    def rule(self, name: str) -> Rule:
        """The row of a name.

        Raises:
            AccessDenied: There is none, or not for this person.
        """
        rule = POLICY.get(name)
        if rule is None or not rule.roles & self.actor.roles:
            self._refuse(name, "", REFUSED)
        return rule

    def _may_open(self, rule: Rule, patient_id: PatientId) -> bool:
        if Role.ADMINISTRATOR in rule.roles and self.actor.has(Role.ADMINISTRATOR):
            return True
        return self.assignments.may_open(self.actor, patient_id)

    def _cut(self, rule: Rule, name: str, about: _Call, result: Any) -> Any:
        """The result without rows of people who may not be opened."""
        if isinstance(result, NextSteps):
            kept = self._mine(rule, result.items)
            if len(kept) == len(result.items):
                return result
            return replace(result, items=kept, more=0)
        if isinstance(result, list):
            return self._mine(rule, result)
        patient_id = _patient_of(result)
        if patient_id is None or self._may_open(rule, patient_id):
            return result
        if rule.whose is Whose.RESULT_OR_NONE:
            return None
        self._refuse(name, about.record(), NOT_YOURS)

    def _mine(self, rule: Rule, items: list[Any]) -> list[Any]:
        return [item for item in items
                if (who := _patient_of(item)) is None or self._may_open(rule, who)]  # fmt: skip

    def _note(self, rule: Rule, name: str, about: _Call, result: Any) -> None:
        account_id = self.actor.account_id if rule.assigns else None
        # Made-up people are everybody's.
        if account_id is not None and not result.code.startswith(SAMPLE_CODE):
            self.assignments.assign(account_id, result.id)
        if rule.noted is None or (rule.noted is AuditKind.CHANGE and result == []):
            return
        record = about.record() or _record_of(result)
        if rule.noted is AuditKind.VIEW:
            self.audit.viewed(self.actor.who, name, record)
        else:
            self.audit.note(self.actor.who, rule.noted, name, record)

    def _refuse(self, name: str, record: str, why: str) -> NoReturn:
        self._deny(name, record)
        raise AccessDenied(why)

    def _deny(self, name: str, record: str) -> None:
        self.audit.note(self.actor.who, AuditKind.REFUSED, name, record)


class Guarded:
    """One service behind a guard. It has the names of the service and lets nothing be set."""

    __slots__ = ("_guard", "_name", "_service")

    def __init__(self, guard: Guard, name: str, service: Any) -> None:
        object.__setattr__(self, "_guard", guard)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_service", service)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._service, name)
        full = f"{self._name}.{name}"
        if not callable(found):
            self._guard.rule(full)
            return found

        def call(*args: Any, **named: Any) -> Any:
            return self._guard.call(full, found, *args, **named)

        return call

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a service cannot be set")


class _Call:
    """The arguments of one call by their names."""

    def __init__(self, inner: Callable[..., Any], args: Any, named: Any) -> None:
        bound = inspect.signature(inner).bind_partial(*args, **named)
        self._arguments = bound.arguments
        self._first = args[0] if args else next(iter(named.values()), None)

    def patients(self, whose: Whose, owners: Owners) -> Iterator[PatientId]:
        """Everybody the call is about, as its arguments say."""
        given = self._arguments
        if whose is Whose.PATIENT and given.get("patient_id"):
            yield given["patient_id"]
        if whose is Whose.HELD:
            held = getattr(self._first, "patient_id", None)
            if held:
                yield held
        sessions = list(given.get("sessions", ())) if whose is Whose.SESSIONS else []
        if whose in (Whose.SESSION, Whose.PATIENT) and given.get("session_id"):
            sessions.append(given["session_id"])
        if whose is Whose.HELD and getattr(self._first, "session_id", None):
            sessions.append(getattr(self._first, "session_id"))  # noqa: B009
        yield from _owners(owners, "sessions", sessions)
        if whose is Whose.ALERT:
            yield from _owners(owners, "alerts", [given["alert_id"]])

    def record(self) -> str:
        """The identifiers among the arguments, for the log."""
        found = [_identifier(name, self._arguments[name])
                 for name in _NAMES if self._arguments.get(name)]  # fmt: skip
        found += [_identifier("session_id", one) for one in self._arguments.get("sessions", ())]
        if not found:
            found = [_record_of(self._first)]
        return " ".join(part for part in found if part)


def _owners(owners: Owners, table: str, ids: list[str]) -> Iterator[PatientId]:
    found = (owners.of(table, one) for one in ids)
    return (patient_id for patient_id in found if patient_id is not None)


def _patient_of(item: Any) -> PatientId | None:
    """Whose a record is."""
    if isinstance(item, Patient):
        return item.id
    for holder in (item, getattr(item, "record", None), getattr(item, "patient", None)):
        if isinstance(holder, Patient):
            return holder.id
        patient_id = getattr(holder, "patient_id", None)
        if patient_id is not None:
            return PatientId(patient_id)
    return None


def _record_of(item: Any) -> str:
    """The identifiers of a record, for the log; "" for anything else."""
    if isinstance(item, Patient):
        return _identifier("patient_id", item.id)
    found = [_identifier(name, getattr(item, name))
             for name in ("patient_id", "session_id") if getattr(item, name, None)]  # fmt: skip
    account = getattr(item, "account", item)
    if hasattr(account, "login"):
        found.append(_identifier("account_id", account.id))
    return " ".join(found)


def _identifier(name: str, value: Any) -> str:
    """``kind:value``; anything that does not look like an identifier is not written down."""
    said = value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else "?"
    return f"{name.removesuffix('_id')}:{said}"
