"""Who may call what: every public name has a row, every cell of the table holds, nobody reads
somebody else's rows, and everything is written down."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from emocare.app import MOST_ACTORS, SERVICES, App, build_app
from emocare.domain.accounts import Account, AccountId, Actor, Role
from emocare.domain.audit import AuditKind
from emocare.domain.errors import AccessDenied, InputError, NotConfirmed, NotFound
from emocare.domain.records import Patient, PatientId
from emocare.services.access import POLICY, Proof, Whose
from emocare.services.guard import Guard
from emocare.services.sign_ins import actor_of
from emocare.settings import Settings
from tests.services.entrance_tools import GOOD, quick
from tests.services.fakes import ScriptedReader


def public_names() -> dict[str, Any]:
    """Every public name of every service of ``App``, those set in a constructor included."""
    found = {}
    for service, kind in get_type_hints(App).items():
        if service not in SERVICES:
            continue
        names = {name for name in dir(kind) if not name.startswith("_")}
        source = inspect.getsource(kind.__init__)
        names |= {part.split("=")[0].split(":")[0].strip()
                  for part in source.split("self.")[1:]
                  if not part.startswith("_") and part.split()[1:2] == ["="]}  # fmt: skip
        found |= {f"{service}.{name}": kind for name in names}
    return found


def test_every_public_name_of_every_service_has_a_row() -> None:
    missing = sorted(set(public_names()) - set(POLICY) - {"sign_ins.when_gone"})
    assert not missing, (
        f"{', '.join(missing)}: add a row to the table in emocare/services/access.py for each: "
        "who may call it, where the patient comes from, and what is written to the log."
    )


def test_no_row_is_about_nothing() -> None:
    assert sorted(set(POLICY) - set(public_names())) == []


def test_rows_of_administrators_hold_no_clinical_content() -> None:
    """The object check is not made for them, so no row about somebody's data may name them."""
    about_somebody = {name for name, rule in POLICY.items()
                      if Role.ADMINISTRATOR in rule.roles and rule.whose is not Whose.NOBODY}
    makes_the_account_of_a_patient = {"people.by_code"}
    removes_or_keeps_without_showing = {
        "data_life.erase", "data_life.hold", "data_life.holds", "data_life.lift",
        "data_life.counts",
    }
    assert about_somebody == makes_the_account_of_a_patient | removes_or_keeps_without_showing


ARGUMENTS = {Whose.PATIENT: "patient_id", Whose.SESSION: "session_id",
             Whose.SESSIONS: "sessions", Whose.ALERT: "alert_id"}  # fmt: skip


def test_the_named_argument_is_there() -> None:
    kinds = public_names()
    for name, rule in POLICY.items():
        if rule.whose not in ARGUMENTS:
            continue
        given = inspect.signature(getattr(kinds[name], name.partition(".")[2])).parameters
        assert ARGUMENTS[rule.whose] in given, name


def test_what_names_a_patient_is_checked() -> None:
    """With a patient, session or alert among the arguments the row looks there."""
    kinds = public_names()
    looks = {"patient_id": {Whose.PATIENT}, "session_id": {Whose.SESSION, Whose.PATIENT,
             Whose.RESULT_OR_NONE}, "alert_id": {Whose.ALERT}, "sessions": {Whose.SESSIONS}}
    for name, rule in POLICY.items():
        inner = getattr(kinds[name], name.partition(".")[2], None)
        if not callable(inner) or not rule.roles or name.startswith(("accounts.", "assignments.")):
            continue
        for argument in inspect.signature(inner).parameters:
            if argument in looks:
                assert rule.whose in looks[argument], f"{name} ({argument})"


# The matrix, cell by cell, with services that only note that they were reached


@dataclass
class Reached:
    """Stands for any service: every name can be called and gives a record of Anna's patient."""

    calls: list[str]

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, patient_id: Any = None, session_id: Any = None, alert_id: Any = None,
                 sessions: Any = ()) -> Any:  # fmt: skip
            self.calls.append(name)
            return Held()

        return call


@dataclass(frozen=True)
class Held:
    """A record of the patient P."""

    patient_id: str = "P"
    session_id: str = "S"
    id: str = "P"
    code: str = "P-1"


class Open:
    """Says that everybody may open the patient P."""

    def may_open(self, actor: Actor, patient_id: str) -> bool:
        return patient_id == "P" and not actor.roles <= {Role.ADMINISTRATOR}

    def assign(self, account_id: str, patient_id: str) -> None:
        assert patient_id == "P"


class Owned:
    def of(self, table: str, record_id: str) -> str:
        return {"S": "P", "A": "P"}.get(record_id, "Q")


class Written:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def note(self, who: str, kind: AuditKind, what: str, record: str = "") -> None:
        self.rows.append((str(kind), what, record))

    def viewed(self, who: str, what: str, record: str) -> None:
        self.rows.append(("view", what, record))


@dataclass
class Proved:
    """Says that the password was given again, or not."""

    proved: bool = True

    def take(self, actor: Actor, name: str, proof: Proof) -> bool:
        return self.proved


def call(
    name: str, actor: Actor, whose: str, *, proved: bool = True
) -> tuple[bool, list[str], Written]:
    """Calls a name through the guard for patient P or Q; whether it came through."""
    rule, written, reached = POLICY[name], Written(), Reached([])
    guard = Guard(actor, Open(), Owned(), written, Proved(proved))  # type: ignore[arg-type]
    service, _, function = name.partition(".")
    other = whose != "P"
    named: dict[str, Any] = {
        Whose.PATIENT: {"patient_id": whose},
        Whose.SESSION: {"session_id": "T" if other else "S"},
        Whose.SESSIONS: {"sessions": ["S", "T"] if other else ["S"]},
        Whose.ALERT: {"alert_id": "B" if other else "A"},
    }.get(rule.whose, {})
    args = [Held(whose, "T" if other else "S")] if rule.whose is Whose.HELD else []
    try:
        getattr(guard.around(service, reached), function)(*args, **named)
    except AccessDenied:
        return False, reached.calls, written
    return True, reached.calls, written


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", POLICY)
def test_every_cell(name: str, role: Role) -> None:
    rule = POLICY[name]
    patient = PatientId("P") if role is Role.PATIENT else None
    actor = Actor("account x", "X", frozenset({role}), AccountId("x"), patient)
    through, calls, written = call(name, actor, "P")
    assert through is (role in rule.roles)
    assert bool(calls) is through, "the service is not reached by who may not"
    if not through:
        assert written.rows == [("refused", name, "")]
    elif rule.noted is not None:
        assert [(kind, what) for kind, what, _ in written.rows] == [(str(rule.noted), name)]
    else:
        assert not written.rows


@pytest.mark.parametrize(("name", "role"), [
    (name, role) for name, rule in POLICY.items() for role in sorted(rule.roles)
    if rule.proof is not None and role is not Role.PATIENT
])  # fmt: skip
def test_every_cell_without_the_password_again(name: str, role: Role) -> None:
    actor = Actor("account x", "X", frozenset({role}), AccountId("x"))
    through, calls, written = call(name, actor, "P", proved=False)
    assert not through and not calls
    assert [(kind, what) for kind, what, _ in written.rows] == [("refused", name)]


@pytest.mark.parametrize("name", POLICY)
def test_every_cell_for_who_has_no_role(name: str) -> None:
    actor = Actor("account x", "X", frozenset(), AccountId("x"))
    through, calls, written = call(name, actor, "P")
    assert not through and not calls
    assert written.rows == [("refused", name, "")]


@pytest.mark.parametrize(("name", "role"), [
    (name, role) for name, rule in POLICY.items() for role in sorted(rule.roles)
    if rule.whose in (*ARGUMENTS, Whose.HELD) and role is not Role.ADMINISTRATOR
])  # fmt: skip
def test_every_cell_for_somebody_else(name: str, role: Role) -> None:
    """Of a patient who may not be opened nothing is reached, and the attempt is written down."""
    patient = PatientId("P") if role is Role.PATIENT else None
    actor = Actor("account x", "X", frozenset({role}), AccountId("x"), patient)
    through, calls, written = call(name, actor, "Q")
    assert not through and not calls
    assert [(kind, what) for kind, what, _ in written.rows] == [("refused", name)]


def test_an_unknown_name_is_refused() -> None:
    guard = Guard(Actor("x", "X", frozenset(Role)), Open(), Owned(), Written(), Proved())  # type: ignore[arg-type]
    with pytest.raises(AccessDenied):
        guard.around("people", Reached([])).not_there()


def test_nothing_behind_a_guard_can_be_reached_or_set() -> None:
    guard = Guard(Actor("x", "X", frozenset(Role)), Open(), Owned(), Written(), Proved())  # type: ignore[arg-type]
    service = guard.around("people", Reached([]))
    with pytest.raises(AttributeError):
        _ = service._store
    with pytest.raises(AttributeError):
        service.get = None


# The real application


@pytest.fixture
def house(tmp_path: Path) -> Iterator[App]:
    settings = Settings(data_dir=tmp_path / "data", clinician="Nobody")
    with build_app(settings, ScriptedReader().loaded, hasher=quick()) as made:
        made.entrance.make_first("anna", "Dr A. Lindqvist", GOOD, treats=True)
        yield made


PASSWORDS = {"anna": GOOD}


def as_(house: App, login: str, *roles: Role, patient: Patient | None = None) -> App:
    """The application as somebody new may use it."""
    handed = house.accounts.add(login, login.title(), roles, patient and patient.id)
    PASSWORDS[login] = handed.password
    return house.for_actor(actor_of(handed.account))


@pytest.fixture
def anna(house: App) -> App:
    return house.for_actor(actor_of(house.accounts.by_login("anna")))


@pytest.fixture
def marta(anna: App) -> Patient:
    return anna.people.add("P-1", "Marta Kowalska")


def written(house: App) -> list[tuple[str, str, str]]:
    return [(row.entry.kind, row.entry.what, row.entry.record) for row in house.audit.rows()]


def test_who_adds_a_patient_is_responsible(house: App, anna: App, marta: Patient) -> None:
    assert house.assignments.of(marta.id) == {house.accounts.by_login("anna").id}
    assert marta.clinician == "Dr A. Lindqvist", "who is signed in, not the setting"


def test_another_physician_sees_nothing_of_the_patient(house: App, marta: Patient) -> None:
    bo = as_(house, "bo", Role.PHYSICIAN)
    own = bo.people.add("P-2", "Jonas Berg")
    house.questionnaires.open_visit(marta.id)
    assert [p.code for p in bo.people.everybody()] == ["P-2"]
    assert [row.patient.code for row in bo.people.overview()] == ["P-2"]
    assert bo.recordings.recent() == [] and bo.recordings.sessions() == []
    for refused in (lambda: bo.people.get(marta.id), lambda: bo.people.by_code("P-1"),
                    lambda: bo.courses.of(marta.id), lambda: bo.people.update(marta.id, "X", "Y"),
                    lambda: bo.alerts.all(marta.id)):  # fmt: skip
        with pytest.raises(AccessDenied, match="in your care"):
            refused()
    assert bo.people.get(own.id) == own
    assert ("refused", "people.get", f"patient:{marta.id}") in written(house)


def test_alerts_of_others_are_not_shown_but_those_of_nobody_are(house: App, marta: Patient) -> None:
    bo = as_(house, "bo", Role.PHYSICIAN)
    nobodys = house.people.add("P-3", "Nobody's")
    for patient in (marta, nobodys):
        draft = house.questionnaires.draft(patient.id, None, "PHQ-9")
        for i in range(9):
            draft = house.questionnaires.answer(draft, i, 1)
        house.questionnaires.finish(draft)
    assert {alert.patient_id for alert in house.alerts.open()} == {marta.id, nobodys.id}
    assert {alert.patient_id for alert in bo.alerts.open()} == {nobodys.id}
    (mine,) = bo.alerts.open()
    assert bo.alerts.acknowledge(mine.id).acknowledged_by == "Bo"
    (others,) = house.alerts.open(marta.id)
    with pytest.raises(AccessDenied):
        bo.alerts.acknowledge(others.id)
    assert ("alert", "alerts.acknowledge", f"alert:{mine.id}") in written(house)


def test_emergency_access_opens_for_eight_hours_and_is_told(
    house: App, anna: App, marta: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = as_(house, "bo", Role.PHYSICIAN)
    with pytest.raises(InputError, match="why"):
        bo.own_account.confirm(PASSWORDS["bo"], "assignments.open_in_emergency")
        bo.assignments.open_in_emergency("P-1", "short")
    bo.own_account.confirm(PASSWORDS["bo"], "assignments.open_in_emergency")
    with pytest.raises(NotFound):
        bo.assignments.open_in_emergency("P-99", "brought in by ambulance")
    with pytest.raises(NotConfirmed):
        bo.assignments.open_in_emergency("P-1", "brought in by ambulance")
    bo.own_account.confirm(PASSWORDS["bo"], "assignments.open_in_emergency")
    bo.assignments.open_in_emergency("P-1", "brought in by ambulance")
    assert bo.people.get(marta.id) == marta
    (grant,) = anna.assignments.emergencies()
    assert grant.reason == "brought in by ambulance"
    assert ("emergency access", "assignments.open_in_emergency", f"patient:{marta.id}") in written(
        house)  # fmt: skip
    later = datetime.now(UTC) + timedelta(hours=8, minutes=1)
    monkeypatch.setattr("emocare.services.assignments.now", lambda: later)
    with pytest.raises(AccessDenied):
        bo.people.get(marta.id)


def test_a_patient_reaches_only_their_own_rows(house: App, marta: Patient) -> None:
    other = house.people.add("P-2", "Jonas Berg")
    visit = house.questionnaires.open_visit(other.id)
    mine = as_(house, "marta", Role.PATIENT, patient=marta)
    assert mine.people.get(marta.id) == marta
    assert mine.journal.write(marta.id, "A quiet day.", False).entry.patient_id == marta.id
    draft = mine.questionnaires.draft(marta.id, None, "PHQ-9")
    for refused in (
        lambda: mine.people.get(other.id), lambda: mine.journal.entries(other.id),
        lambda: mine.care.plan(other.id), lambda: mine.recordings.session(visit.id),
        lambda: mine.questionnaires.draft(marta.id, visit.id, "PHQ-9"),
        lambda: mine.questionnaires.answer(replace(draft, session_id=visit.id), 0, 1),
        lambda: mine.questionnaires.answer(replace(draft, patient_id=other.id), 0, 1),
        lambda: mine.people.everybody(), lambda: mine.alerts.open(), lambda: mine.audit.rows(),
        lambda: mine.reports.current(visit.id), lambda: mine.accounts.everybody(),
    ):  # fmt: skip
        before = len(house.audit.rows())
        with pytest.raises(AccessDenied):
            refused()
        assert house.audit.rows()[before].entry.kind == "refused"


def test_an_administrator_reads_nothing_clinical(house: App, marta: Patient) -> None:
    admin = as_(house, "root", Role.ADMINISTRATOR)
    assert admin.people.by_code("P-1").id == marta.id
    for refused in (lambda: admin.people.get(marta.id), lambda: admin.people.overview(),
                    lambda: admin.recordings.sessions(marta.id),
                    lambda: admin.exports.write_person(marta.id, Path("x"), named=True)):
        with pytest.raises(AccessDenied):
            refused()


def test_private_entries_are_for_the_patient_alone(house: App, anna: App, marta: Patient) -> None:
    with pytest.raises(AccessDenied):
        anna.journal.entries(marta.id)
    assert anna.journal.shared_entries(marta.id) == []


def test_the_log_holds_no_name_and_no_value(house: App, anna: App, marta: Patient) -> None:
    anna.people.get(marta.id)
    anna.people.update(marta.id, "P-1", "Marta Kowalska-Nowak")
    anna.people.overview("Kowalska")
    said = repr(house.audit.rows())
    assert "Marta" not in said and "Kowalska" not in said and "P-1" not in said
    assert marta.id in said


def test_what_is_typed_into_an_address_does_not_reach_the_log(house: App, anna: App) -> None:
    with pytest.raises(NotFound):
        anna.people.get(PatientId("Marta Kowalska, born 1984"))
    with pytest.raises(AccessDenied):
        as_(house, "bo", Role.PATIENT, patient=anna.people.add("P-9", "Bo")).people.get(
            PatientId("Marta Kowalska"))  # fmt: skip
    assert "Marta" not in repr(house.audit.rows())


def test_made_up_people_are_everybodys(house: App, anna: App) -> None:
    sample = anna.people.add("SAMPLE-1", "Sample")
    assert house.assignments.of(sample.id) == frozenset()


def test_the_same_view_is_noted_once(house: App, anna: App, marta: Patient) -> None:
    for _ in range(5):
        anna.people.get(marta.id)
    assert len([row for row in written(house) if row[:2] == ("view", "people.get")]) == 1


def test_looking_for_alerts_left_alone_notes_nothing(house: App, anna: App) -> None:
    before = written(house)
    assert anna.questionnaires.finish_left_alone() == []
    assert written(house) == before


def test_the_command_line_may_do_everything_and_is_told(house: App, marta: Patient) -> None:
    user = Actor("command line (root)", "Nobody", frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}),
                 everybody=True)  # fmt: skip
    operator = house.for_actor(user)
    assert operator.people.get(marta.id) == marta
    assert house.audit.rows()[-1].entry.who == "command line (root)"
    with pytest.raises(AccessDenied, match="signed in"):
        operator.own_account.get()


def test_an_account_of_a_patient_has_no_other_role(house: App, marta: Patient) -> None:
    with pytest.raises(InputError, match="no other role"):
        house.accounts.add("x1", "X", [Role.PATIENT, Role.PHYSICIAN], marta.id)
    with pytest.raises(InputError, match="names the patient"):
        house.accounts.add("x1", "X", [Role.PATIENT])
    with pytest.raises(NotFound):
        house.accounts.add("x1", "X", [Role.PATIENT], PatientId("none"))
    assert isinstance(house.accounts.by_login("anna"), Account)


def test_who_gets_other_rights_gets_other_services(tmp_path: Path) -> None:
    """Services are kept for each actor; nothing of another one's is handed out."""
    with build_app(Settings(data_dir=tmp_path / "data"), ScriptedReader().loaded) as app:
        may = Actor("account a", "Dr A", frozenset({Role.PHYSICIAN}), AccountId("a"))
        assert app.for_actor(may) is app.for_actor(replace(may))
        assert app.for_actor(may).people.everybody() == []
        for other in (replace(may, roles=frozenset({Role.ADMINISTRATOR})),
                      replace(may, roles=frozenset({Role.PATIENT}), patient_id=PatientId("p"))):
            with pytest.raises(AccessDenied):
                app.for_actor(other).people.everybody()
        for number in range(MOST_ACTORS + 2):
            app.for_actor(replace(may, who=f"account {number}"))
        assert 0 < len(app._guarded) <= MOST_ACTORS
        assert replace(app, settings=app.settings).for_actor(may) is not app.for_actor(may)
