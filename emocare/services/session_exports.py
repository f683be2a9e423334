"""A session for others: report, FHIR bundle and tables, to download or into a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from emocare.domain.consent import Use
from emocare.domain.errors import AccessDenied, InputError
from emocare.domain.records import (
    PatientId,
    ReportState,
    Response,
    SessionId,
    SessionState,
)
from emocare.services.consent_rules import withdrawn
from emocare.services.export_answers import Answered
from emocare.services.export_tables import ENCODING, SessionTables, answer_files
from emocare.services.fhir_export import FhirExport
from emocare.services.questionnaires import Questionnaires
from emocare.services.report_content import ReportBuilder
from emocare.services.reports import Reports
from emocare.services.workplace import Workplace
from emocare.store import Store

FHIR_FILE, REPORT_FILE = "fhir.json", "report.pdf"
ANSWERS_FOLDER = "questionnaires"
RUNNING = (SessionState.QUEUED, SessionState.ANALYSING)


class SessionExports:
    """Everything that leaves the application about one session."""

    def __init__(
        self, store: Store, workplace: Workplace, questionnaires: Questionnaires, reports: Reports
    ) -> None:
        self._store = store
        self._faces = workplace.facial_module_enabled
        self._questionnaires = questionnaires
        self._reports = reports
        self._fhir = FhirExport(store, ReportBuilder(store, workplace, questionnaires),
                                questionnaires.offered)  # fmt: skip

    def fhir(self, session_id: SessionId, *, named: bool) -> str:
        """The bundle as JSON; see ``FhirExport.bundle``."""
        return self._fhir.bundle(session_id, named=named)

    def tables(self, session_id: SessionId, *, named: bool = False) -> SessionTables:
        """The session as tables; they carry a pseudonym and no name of the patient.

        Args:
            named: Whether markers say who set them and what was written.

        Raises:
            NotFound: No such session.
        """
        record = self._store.session(session_id)
        faces = self._faces and record.recorded
        if not faces:
            record = replace(record, summary=None)
        responses = sorted(self._questionnaires.of_session(session_id),
                           key=lambda r: (r.instrument, r.answered_at))  # fmt: skip
        return SessionTables(
            record, self._answered(responses), self._questionnaires.self_report(session_id),
            self._store.readings(session_id) if faces else None,
            self._store.markers(session_id), named,
        )  # fmt: skip

    def _answered(self, responses: Sequence[Response]) -> list[Answered]:
        printed = self._questionnaires.offered.printed
        return [Answered(response, printed(response)) for response in responses]

    def write_report(
        self, session_id: SessionId, *, pdf: Path | None, fhir: Path | None, csv: Path | None,
        named: bool,
    ) -> list[Path]:  # fmt: skip
        """Writes what was asked for: the report as filed, otherwise as a draft, and the rest.

        Raises:
            NotFound: No such session.
            InputError: Nothing was asked for, or a file cannot be written.
        """
        files: dict[Path, bytes] = {}
        if pdf is not None:
            current = self._reports.current(session_id)
            if current is None or current.state is not ReportState.SIGNED:
                current = self._reports.draft(session_id)
            files[pdf] = current.pdf
        if fhir is not None:
            files[fhir] = self.fhir(session_id, named=named).encode()
        if csv is not None:
            files[csv] = self._reports.csv(session_id).encode(ENCODING)
        if not files:
            raise InputError("Nothing to write. Give at least one of --pdf, --fhir and --csv.")
        return [_write(path, content) for path, content in files.items()]

    def write_all(
        self, sessions: Sequence[SessionId], folder: Path, *, named: bool
    ) -> list[Path]:
        """Writes each session into a folder of its own: bundle, tables, and named the report.

        The report is the newest signed one; without a signature there is none, and none is
        made. The PDF names the patient, so a pseudonymous export leaves it out.

        Raises:
            NotFound: No such session.
            InputError: One is still being analysed, or the folder cannot be written.
            AccessDenied: The patient has withdrawn the use without name for research.
        """
        for session_id in sessions:
            if self._store.session(session_id).state in RUNNING:
                raise InputError(
                    "This recording is still being analysed. Wait until it is ready, or cancel it."
                )
            if not named:
                self._require_research(session_id)
        written = []
        for session_id in sessions:
            written += self._write_one(session_id, folder / session_id, named=named)
        return written

    def _require_research(self, session_id: SessionId) -> None:
        if Use.RESEARCH in withdrawn(self._store, self._store.session(session_id)):
            raise AccessDenied(
                f"The patient of session {session_id} has withdrawn the use of de-identified "
                "measurements. Leave the session out, or export the record with the name (--named)."
            )

    def write_person(self, patient_id: PatientId, folder: Path, *, named: bool) -> list[Path]:
        """Writes everything of a person: each session, and every form, of a session or not.

        Raises:
            As ``write_all``; InputError: There is nothing.
        """
        sessions = [r.id for r in sorted(self._store.sessions(patient_id),
                                         key=lambda r: r.started_at)]  # fmt: skip
        responses = sorted(self._store.responses(patient_id), key=lambda r: r.answered_at)
        if not sessions and not responses:
            raise InputError("There is nothing to export: no session and no answers.")
        written = self.write_all(sessions, folder, named=named)
        own = _made(folder / ANSWERS_FOLDER)
        return written + [_write(own / name, content)
                          for name, content in answer_files(self._answered(responses))]  # fmt: skip

    def _write_one(self, session_id: SessionId, folder: Path, *, named: bool) -> list[Path]:
        bundle = self.fhir(session_id, named=named).encode()
        written = [_write(_made(folder) / FHIR_FILE, bundle)]
        written += [_write(folder / name, content)
                    for name, content in self.tables(session_id, named=named).files()]  # fmt: skip
        signed = [r for r in self._reports.versions(session_id) if r.state is ReportState.SIGNED]
        if named and signed:
            written.append(_write(folder / REPORT_FILE, signed[0].pdf))
        return written


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def _write(path: Path, content: bytes) -> Path:
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        # Half a file must not be taken for the whole; one of before stays.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> InputError:
    why = os.strerror(error.errno) if error.errno else str(error)
    return InputError(f"{path} cannot be written: {why}. Choose another place.")
