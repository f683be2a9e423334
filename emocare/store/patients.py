"""People in care."""

from __future__ import annotations

from emocare.domain.errors import InputError, NotFound
from emocare.domain.records import Patient, PatientId
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.rows import PATIENT, patient_from_row, patient_to_row


class Patients(Database):
    """The table ``patients``."""

    def add_patient(self, patient: Patient) -> None:
        """Adds a person.

        Raises:
            InputError: The clinic's number is taken.
            StoreError: The identifier is taken.
        """
        with self._write() as cursor:
            _check_code(cursor, patient)
            insert(cursor, "patients", patient_to_row(patient))

    def update_patient(self, patient: Patient) -> None:
        """Changes what is known of a person; the identifier stays.

        Raises:
            NotFound: Nobody has this identifier.
            InputError: The clinic's number is another person's.
        """
        row = patient_to_row(patient)
        del row["id"]
        with self._write() as cursor:
            _check_code(cursor, patient)
            if not update(cursor, "patients", row, "id = ?", [patient.id]):
                raise NotFound("This patient does not exist.")

    def patient(self, patient_id: PatientId) -> Patient:
        """The person with this identifier.

        Raises:
            NotFound: There is none.
        """
        with self._read() as cursor:
            return patient_from_row(one(
                cursor, f"SELECT {PATIENT} FROM patients WHERE id = ?", [patient_id],
                "This patient does not exist.",
            ))  # fmt: skip

    def patient_by_code(self, code: str) -> Patient:
        """The person with the clinic's own number ``code``, in capitals or not.

        Raises:
            NotFound: There is none.
        """
        with self._read() as cursor:
            return patient_from_row(one(
                cursor, f"SELECT {PATIENT} FROM patients WHERE lower(code) = lower(?)",
                [code.strip()], f"No patient has the number {code.strip()!r}.",
            ))  # fmt: skip

    def patients(self, search: str = "") -> list[Patient]:
        """Everybody whose name or number holds every word of ``search``, by name.

        Capitals and accents do not matter.
        """
        words = search.split()
        wanted = " AND ".join(
            ["contains(strip_accents(lower(name || ' ' || code)), strip_accents(lower(?)))"]
            * len(words)
        )
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {PATIENT} FROM patients WHERE {wanted or 'true'} "
                "ORDER BY lower(name), code",
                words,
            )
        return [patient_from_row(row) for row in found]


def _check_code(cursor: Cursor, patient: Patient) -> None:
    """The clinic's number is unique, in capitals or not.

    Checked here, under the write lock, and not by an index: the engine deletes and re-inserts
    rows with an indexed column and then reports duplicates that are none.
    """
    taken = rows(cursor, "SELECT name FROM patients WHERE lower(code) = lower(?) AND id <> ?",
                 [patient.code, patient.id])  # fmt: skip
    if taken:
        raise InputError(
            f"The number {patient.code} is already taken. Open that person or choose another "
            "number."
        )
