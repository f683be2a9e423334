"""People in care: adding, changing, finding, and what to do next for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from emocare.domain.errors import InputError, NotFound
from emocare.domain.records import (
    Alert,
    Patient,
    PatientId,
    ReportState,
    Response,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import GateDecision
from emocare.services.next_steps import NextSteps, Situation, rank
from emocare.services.texts import CODE_LIMIT, NAME_LIMIT, within
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

SEXES: tuple[str, ...] = ("female", "male", "other")
"""Recorded sex; None means not recorded."""

TREND_INSTRUMENTS: tuple[str, ...] = ("PHQ-9", "PHQ-8")
"""Whose totals the small trend of the patient table shows."""


@dataclass(frozen=True, slots=True)
class PatientOverview:
    """One row of the patient table.

    Attributes:
        patient: The person.
        sessions: Number of recordings.
        last_session: The newest recording, without its summary.
        gate: Capture quality of the newest recording, None when it was not measured.
        last_response: The newest questionnaire.
        totals: PHQ-9 or PHQ-8 totals, oldest first, without unscorable ones.
        states: Status words for the coloured badges.
    """

    patient: Patient
    sessions: int
    last_session: SessionRecord | None
    gate: GateDecision | None
    last_response: Response | None
    totals: list[int]
    states: list[str]


class People:
    """Use cases around the list of patients."""

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def add(
        self, code: str, name: str, birth_date: date | None = None, sex: str | None = None
    ) -> Patient:
        """Adds a person.

        Raises:
            InputError: Code or name is empty, the code is taken, or a date or sex is impossible.
        """
        _check(code, name, birth_date, sex)
        patient = Patient(
            id=PatientId(new_id()), code=code.strip(), name=name.strip(), birth_date=birth_date,
            sex=sex, clinician=self._workplace.signer, created_at=now(),
        )  # fmt: skip
        self._store.add_patient(patient)
        return patient

    def update(
        self, patient_id: PatientId, code: str, name: str, birth_date: date | None = None,
        sex: str | None = None,
    ) -> Patient:  # fmt: skip
        """Changes what is known of a person; errors as in ``add``."""
        old = self._store.patient(patient_id)
        _check(code, name, birth_date, sex)
        patient = replace(
            old, code=code.strip(), name=name.strip(), birth_date=birth_date, sex=sex
        )
        self._store.update_patient(patient)
        return patient

    def get(self, patient_id: PatientId) -> Patient:
        """The person.

        Raises:
            NotFound: Nobody has this identifier.
        """
        return self._store.patient(patient_id)

    def by_code(self, code: str) -> Patient:
        """The person with the clinic's own number ``code``, in capitals or not.

        Raises:
            NotFound: Nobody has it; says to add the person first.
        """
        try:
            return self._store.patient_by_code(code)
        except NotFound as error:
            raise NotFound(f"{error} Add the person in the app first.") from error

    def everybody(self) -> list[Patient]:
        """Everybody by name, without anything else of them."""
        return self._store.patients()

    def overview(self, search: str = "") -> list[PatientOverview]:
        """Everybody whose name or code holds every word of ``search``, by name."""
        counts = self._store.session_counts()
        sessions = self._store.latest_sessions(summaries=False)
        gates = self._store.latest_gates()
        responses = self._store.latest_responses()
        totals = self._store.totals(TREND_INSTRUMENTS)
        alarmed = self._store.open_alert_counts()
        return [
            PatientOverview(
                patient=patient, sessions=counts.get(patient.id, 0),
                last_session=sessions.get(patient.id), gate=gates.get(patient.id),
                last_response=responses.get(patient.id), totals=totals.get(patient.id, []),
                states=_states(sessions.get(patient.id), gates.get(patient.id),
                               patient.id in alarmed),
            )
            for patient in self._store.patients(search)
        ]  # fmt: skip

    def matching(self, rows: Sequence[PatientOverview], search: str) -> list[PatientOverview]:
        """Those of ``rows`` whose name or code holds every word of ``search``."""
        found = {patient.id for patient in self._store.patients(search)}
        return [row for row in rows if row.patient.id in found]

    def next_steps(
        self, limit: int = 4, rows: Sequence[PatientOverview] | None = None
    ) -> NextSteps:
        """What needs the clinician now, most pressing first.

        Args:
            limit: At most so many steps.
            rows: Everybody as ``overview`` gave them; asked for again when None.
        """
        everybody = self.overview() if rows is None else rows
        sessions = self._measured(everybody)
        reviewed = self._store.reviewed_sessions()
        reports = self._store.report_states()
        alerts: dict[PatientId, list[Alert]] = {}
        for alert in self._store.alerts(open_only=True):
            alerts.setdefault(alert.patient_id, []).append(alert)
        situations = []
        for row in everybody:
            last = sessions.get(row.patient.id)
            situations.append(
                Situation(
                    patient=row.patient, open_alerts=alerts.get(row.patient.id, []),
                    last_session=last, reviewed=last is not None and last.id in reviewed,
                    signed=last is not None and reports.get(last.id) is ReportState.SIGNED,
                    last_response=row.last_response,
                )
            )  # fmt: skip
        return rank(situations, limit)

    def _measured(self, rows: Sequence[PatientOverview]) -> dict[PatientId, SessionRecord]:
        """Each person's newest recording with a summary; a later file that could not be read
        does not hide it."""
        found = {row.patient.id: row.last_session for row in rows
                 if row.last_session is not None and row.gate is not None}  # fmt: skip
        hidden = any(row.last_session is not None and row.gate is None for row in rows)
        older = self._store.latest_sessions(summaries=False, measured=True) if hidden else {}
        return older | found


def _check(code: str, name: str, birth: date | None, sex: str | None) -> None:
    if not code.strip():
        raise InputError("The patient number is empty. Enter the clinic's own number.")
    if not name.strip():
        raise InputError("The name is empty. Enter the person's name.")
    within(code.strip(), "number", CODE_LIMIT)
    within(name.strip(), "name", NAME_LIMIT)
    if any(not ch.isprintable() for ch in code + name):
        raise InputError("Name or number holds a character that cannot be printed. Retype it.")
    today = now().date()
    if birth is not None and not (today.year - 130 <= birth.year and birth <= today):
        raise InputError(f"The date of birth {birth:%d %b %Y} cannot be. Correct the date.")
    if sex is not None and sex not in SEXES:
        raise InputError(f"Sex: expected one of {', '.join(SEXES)} or nothing, got {sex!r}.")


def _states(
    last: SessionRecord | None, gate: GateDecision | None, alarmed: bool
) -> list[str]:
    states = ["Safety alert"] if alarmed else []
    if last is None:
        return [*states, "No recording"]
    if not last.recorded:
        return [*states, "Questionnaire only"]
    if last.state is SessionState.READY and gate is not None:
        return [*states, gate.value.capitalize()]
    return [*states, last.state.value.capitalize()]
