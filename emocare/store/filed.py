"""Reviews and reports: versions that are added, and signed bytes that never change."""

from __future__ import annotations

import hashlib

from emocare.domain.errors import ReportError, StoreError
from emocare.domain.records import (
    PersonMark,
    ReportId,
    ReportRecord,
    ReportState,
    Review,
    SessionId,
    SessionRecord,
)
from emocare.store.database import Cursor, Database, insert, one, rows, update
from emocare.store.rows import (
    PERSON_MARK,
    REPORT,
    REVIEW,
    person_mark_from_row,
    person_mark_to_row,
    report_from_row,
    report_to_row,
    review_from_row,
    review_to_row,
    session_to_row,
)


class Filed(Database):
    """The tables ``reviews``, ``person_marks`` and ``reports``. Nothing in them is deleted."""

    def add_review(self, review: Review) -> None:
        """Stores a version of the clinician's own view.

        Raises:
            NotFound: There is no such recording.
            StoreError: This version exists already.
        """
        with self._write() as cursor:
            _check_session(cursor, review.session_id)
            taken = rows(cursor, "SELECT id FROM reviews WHERE session_id = ? AND version = ?",
                         [review.session_id, review.version])  # fmt: skip
            if taken:
                raise StoreError(
                    f"Version {review.version} of this review exists already. Reload the page."
                )
            insert(cursor, "reviews", review_to_row(review))

    def reviews(self, session_id: SessionId) -> list[Review]:
        """Every version of the review of a recording, newest first."""
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {REVIEW} FROM reviews WHERE session_id = ? ORDER BY version DESC",
                [session_id],
            )
        return [review_from_row(row) for row in found]

    def add_person_mark(self, mark: PersonMark, record: SessionRecord) -> None:
        """Stores a mark and the summary that comes of it, in one transaction.

        Raises:
            NotFound: There is no such recording.
        """
        with self._write() as cursor:
            _check_session(cursor, mark.session_id)
            insert(cursor, "person_marks", person_mark_to_row(mark))
            row = session_to_row(record)
            update(cursor, "sessions", {name: row[name] for name in ("summary", "gate")},
                   "id = ?", [mark.session_id])  # fmt: skip

    def person_marks(self, session_id: SessionId) -> list[PersonMark]:
        """Everything that was said of who was recorded, newest first."""
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {PERSON_MARK} FROM person_marks WHERE session_id = ? "
                "ORDER BY marked_at DESC, rowid DESC",
                [session_id],
            )
        return [person_mark_from_row(row) for row in found]

    def add_report(self, report: ReportRecord) -> None:
        """Stores a new version of a report.

        Raises:
            NotFound: There is no such recording.
            ReportError: The fingerprint is not that of the bytes, or the version exists already
                for this recording and audience.
        """
        _check_fingerprint(report)
        with self._write() as cursor:
            _insert_report(cursor, report)

    def replace_draft_report(self, report: ReportRecord) -> None:
        """Stores a draft anew, or the signed report that comes of it.

        Raises:
            NotFound: There is no such report.
            ReportError: The stored one is signed or amended and never changes, or the
                fingerprint is not that of the bytes.
        """
        _check_fingerprint(report)
        row = report_to_row(report)
        for fixed in ("id", "session_id", "version", "audience"):
            del row[fixed]
        with self._write() as cursor:
            stored = _report(cursor, report.id)
            if not update(cursor, "reports", row, "id = ? AND state = 'draft'", [report.id]):
                raise ReportError(
                    f"Version {stored.version} is {stored.state.value} and never changes. Amend "
                    "it to make a new version."
                )

    def mark_amended(self, report_id: ReportId) -> None:
        """Marks a signed report as replaced by a later version; nothing else of it changes.

        Raises:
            NotFound: There is no such report.
            ReportError: It is not signed.
        """
        with self._write() as cursor:
            _mark_amended(cursor, report_id)

    def amend_report(self, report_id: ReportId, next_version: ReportRecord) -> None:
        """Marks a signed report as amended and adds the next version, in one transaction.

        Raises:
            NotFound: There is no such report.
            ReportError: It is not signed, or the next version cannot be stored.
        """
        _check_fingerprint(next_version)
        with self._write() as cursor:
            _mark_amended(cursor, report_id)
            _insert_report(cursor, next_version)

    def reports(self, session_id: SessionId) -> list[ReportRecord]:
        """Every version of the reports of a recording, newest first.

        Raises:
            StoreError: The bytes of one no longer have their fingerprint.
        """
        with self._read() as cursor:
            found = rows(
                cursor,
                f"SELECT {REPORT} FROM reports WHERE session_id = ? "
                "ORDER BY version DESC, created_at DESC, id",
                [session_id],
            )
        return [_whole(report_from_row(row)) for row in found]

    def report(self, report_id: ReportId) -> ReportRecord:
        """The report with this identifier.

        Raises:
            NotFound: There is none.
            StoreError: Its bytes no longer have their fingerprint.
        """
        with self._read() as cursor:
            return _whole(_report(cursor, report_id))


def _report(cursor: Cursor, report_id: ReportId) -> ReportRecord:
    return report_from_row(one(cursor, f"SELECT {REPORT} FROM reports WHERE id = ?", [report_id],
                               "This report does not exist."))  # fmt: skip


def _insert_report(cursor: Cursor, report: ReportRecord) -> None:
    _check_session(cursor, report.session_id)
    taken = rows(
        cursor, "SELECT id FROM reports WHERE session_id = ? AND audience = ? AND version = ?",
        [report.session_id, report.audience, report.version],
    )  # fmt: skip
    if taken:
        raise ReportError(
            f"Version {report.version} of this report exists already. Reload the page."
        )
    insert(cursor, "reports", report_to_row(report))


def _mark_amended(cursor: Cursor, report_id: ReportId) -> None:
    stored = _report(cursor, report_id)
    if not update(cursor, "reports", {"state": ReportState.AMENDED.value},
                  "id = ? AND state = 'signed'", [report_id]):  # fmt: skip
        raise ReportError(
            f"Version {stored.version} is {stored.state.value}; only a signed report can be "
            "amended."
        )


def _check_fingerprint(report: ReportRecord) -> None:
    found = hashlib.sha256(report.pdf).hexdigest()
    if found != report.sha256:
        raise ReportError(
            f"The fingerprint of the report is not that of its bytes: {report.sha256[:12]} is "
            f"noted, {found[:12]} was found."
        )


def _whole(report: ReportRecord) -> ReportRecord:
    if hashlib.sha256(report.pdf).hexdigest() != report.sha256:
        raise StoreError(
            f"Version {report.version} of the report is damaged: its bytes no longer have their "
            "fingerprint. Restore a back-up."
        )
    return report


def _check_session(cursor: Cursor, session_id: SessionId) -> None:
    one(cursor, "SELECT id FROM sessions WHERE id = ?", [session_id],
        "This recording does not exist.")  # fmt: skip
