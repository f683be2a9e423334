"""What people agreed to and took back."""

from __future__ import annotations

from emocare.domain.consent import ConsentEvent, ConsentKind, Use
from emocare.domain.records import PatientId
from emocare.store.database import Database, Row, insert, one, rows
from emocare.store.rows import from_epoch, to_utc

_EVENT = (
    "patient_id, kind, version, uses, epoch_us(noted_at) AS noted_at, noted_by, who, by_patient, "
    "adult, reason"
)


class Consents(Database):
    """The table ``consents``. Lines are added and read; none is changed or taken away."""

    def add_consent_event(self, event: ConsentEvent) -> None:
        """Adds a line.

        Raises:
            NotFound: There is no such patient.
        """
        with self._write() as cursor:
            one(cursor, "SELECT id FROM patients WHERE id = ?", [event.patient_id],
                "This patient does not exist.")  # fmt: skip
            insert(cursor, "consents", _to_row(event))

    def consent_events(self, patient_id: PatientId | None = None) -> list[ConsentEvent]:
        """Lines of a person, oldest first; of everybody when no one is named."""
        whose = "true" if patient_id is None else "patient_id = ?"
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {_EVENT} FROM consents WHERE {whose} ORDER BY consents.noted_at, rowid",
                [] if patient_id is None else [patient_id],
            )  # fmt: skip
        return [_from_row(row) for row in found]


def _to_row(event: ConsentEvent) -> dict[str, object]:
    return {
        "patient_id": event.patient_id, "kind": event.kind.value, "version": event.version,
        "uses": ",".join(sorted(event.uses)), "noted_at": to_utc(event.at), "noted_by": event.by,
        "who": event.who, "by_patient": event.by_patient, "adult": event.adult,
        "reason": event.reason,
    }  # fmt: skip


def _from_row(row: Row) -> ConsentEvent:
    return ConsentEvent(
        patient_id=PatientId(row["patient_id"]), kind=ConsentKind(row["kind"]),
        version=row["version"],
        uses=frozenset(Use(name) for name in row["uses"].split(",") if name),
        at=from_epoch(row["noted_at"]), by=row["noted_by"], who=row["who"],
        by_patient=row["by_patient"], adult=row["adult"], reason=row["reason"],
    )  # fmt: skip
