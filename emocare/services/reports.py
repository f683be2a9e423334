"""Reports: the check list, drafts, signing and amending. What is signed never changes."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from emocare.domain.errors import ReportError
from emocare.domain.records import (
    AlertState,
    ReportId,
    ReportRecord,
    ReportState,
    Review,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import GateDecision
from emocare.report.content import Audience, Signature
from emocare.report.render import pages_as_png
from emocare.services.exports import session_csv
from emocare.services.questionnaires import Questionnaires
from emocare.services.report_content import Edition, ReportBuilder
from emocare.services.report_rendering import Rendering
from emocare.services.texts import AMENDMENT_LIMIT, check_signer, within
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

_log = logging.getLogger(__name__)

FILE = Audience.FILE.value
PATIENT = Audience.PATIENT.value


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the check list before signing.

    Attributes:
        text: What is so, or what is missing.
        done: Whether it is in order.
        blocking: Whether signing waits for it.
    """

    text: str
    done: bool
    blocking: bool


class Reports:
    """Versions of the reports of a session, counted apart for the file and for the patient."""

    def __init__(
        self, store: Store, workplace: Workplace, questionnaires: Questionnaires
    ) -> None:
        self._store = store
        self._questionnaires = questionnaires
        self._faces = workplace.facial_module_enabled
        self._builder = ReportBuilder(store, workplace, questionnaires)
        self._rendering = Rendering()

    def checklist(self, session_id: SessionId) -> list[CheckItem]:
        """What stands in the way of signing, and what the reader should know.

        Raises:
            NotFound: No such session.
        """
        record = self._store.session(session_id)
        reviews = self._store.reviews(session_id)
        review = max(reviews, key=lambda r: r.version, default=None)
        ended = record.state not in (SessionState.QUEUED, SessionState.ANALYSING)
        items = [
            _item(review is not None and review.impression is not None,
                  "Your own impression is noted", "Your own impression is missing", blocking=True),
            _item(self._questionnaires.headline(session_id).source == "questionnaire",
                  "A valid questionnaire leads",
                  "No valid questionnaire of this session or of the 14 days before it"),
        ]  # fmt: skip
        if record.recorded and self._faces:
            items = [
                _item(ended, "Recording analysed", "The recording is still being analysed",
                      blocking=True), *items, *_face_items(record, review),
            ]  # fmt: skip
        alerts = self._store.alerts(record.patient_id)
        if alerts:
            items.append(
                _item(all(alert.state is not AlertState.RAISED for alert in alerts),
                      "Safety alerts are reviewed",
                      "Safety alert not reviewed: every page will carry a watermark")
            )  # fmt: skip
        return items

    def draft(self, session_id: SessionId, audience: str = FILE) -> ReportRecord:
        """Makes the report anew from the store, in place of an earlier draft.

        The patient copy of a signed report carries its signature and does not change any more.

        Raises:
            NotFound: No such session.
            ReportError: The report is signed (amend it), or the recording is not analysed yet.
        """
        self._require_ended(session_id)
        current = self.current(session_id, audience)
        if Audience(audience) is Audience.PATIENT:
            return self._patient_copy(session_id, current)
        if current is not None and current.state is ReportState.SIGNED:
            raise ReportError("This report is signed and does not change. Amend it instead.")
        if current is not None and current.state is ReportState.DRAFT:
            return self._redraft(current)
        return self._first_draft(session_id, audience)

    def sign(self, session_id: SessionId, name: str, role: str, licence: str) -> ReportRecord:
        """Signs the draft. The bytes that result are never changed again.

        Raises:
            ReportError: There is no draft, the check list blocks, a name is missing, or the
                record has changed since the draft was made (the draft is renewed; read it again).
        """
        draft = self.current(session_id)
        if draft is not None and draft.state is ReportState.SIGNED:
            raise ReportError(
                f"Version {draft.version} is signed already, by {draft.signed_by}. Reload the "
                "page; nothing was changed."
            )
        if draft is None or draft.state is not ReportState.DRAFT:
            raise ReportError("There is no draft to sign. Make the report first.")
        if not name.strip() or not role.strip():
            raise ReportError("Name and role of the person who signs are needed.")
        check_signer(name.strip(), role.strip(), licence.strip())
        blocked = [item.text for item in self.checklist(session_id)
                   if item.blocking and not item.done]  # fmt: skip
        if blocked:
            raise ReportError(f"It cannot be signed yet. {'. '.join(blocked)}.")
        if _sha256(self._render(self._edition(draft))) != draft.sha256:
            self._redraft(draft)
            raise ReportError(
                "The record has changed since this draft was made. The draft was renewed: read "
                "it again, then sign."
            )
        signature = Signature(name.strip(), role.strip(), licence.strip(), now())
        edition = replace(
            self._edition(draft), state=ReportState.SIGNED, signature=signature,
            generated_at=signature.signed_at,
        )  # fmt: skip
        pdf = self._render(edition)
        signed = replace(
            draft, state=ReportState.SIGNED, pdf=pdf, sha256=_sha256(pdf),
            signed_by=signature.name, signer_role=signature.role, licence=signature.licence,
            signed_at=signature.signed_at,
        )  # fmt: skip
        self._store.replace_draft_report(signed)
        _log.info("report version %d signed, sha256 %s", signed.version, signed.sha256)
        return signed

    def amend(self, session_id: SessionId, reason: str) -> ReportRecord:
        """Opens the next version of a signed report as a draft and marks the signed one.

        Raises:
            ReportError: Nothing is signed, or no reason is given.
        """
        signed = self.current(session_id)
        if signed is None or signed.state is not ReportState.SIGNED:
            raise ReportError("Only a signed report can be amended.")
        if not reason.strip():
            raise ReportError("An amendment needs a reason. Write why the report is changed.")
        within(reason.strip(), "reason", AMENDMENT_LIMIT, ReportError)
        draft = self._new_draft(session_id, FILE, reason.strip())
        self._store.amend_report(signed.id, draft)
        return draft

    def versions(self, session_id: SessionId, audience: str = FILE) -> list[ReportRecord]:
        """Every version for one audience, newest first."""
        found = [r for r in self._store.reports(session_id) if r.audience == audience]
        return sorted(found, key=lambda record: record.version, reverse=True)

    def current(self, session_id: SessionId, audience: str = FILE) -> ReportRecord | None:
        """The newest version, None before the first."""
        return next(iter(self.versions(session_id, audience)), None)

    def csv(self, session_id: SessionId) -> str:
        """The session and the questionnaires that count for it, as a table."""
        record = self._store.session(session_id)
        if not self._faces:
            record = replace(record, summary=None)
        return session_csv(record, self._questionnaires.of_session(session_id))

    def pages(self, report: ReportRecord) -> list[bytes]:
        """The pages of the very bytes that are filed, as PNG pictures."""
        return list(pages_as_png(report.pdf))

    def _patient_copy(
        self, session_id: SessionId, current: ReportRecord | None
    ) -> ReportRecord:
        filed = self.current(session_id)
        if filed is None or filed.state is not ReportState.SIGNED:
            if current is not None and current.state is ReportState.DRAFT:
                return self._redraft(current)
            return self._first_draft(session_id, PATIENT)
        if (
            current is not None
            and current.state is ReportState.SIGNED
            and current.signed_at == filed.signed_at
        ):
            return current
        if current is None or current.state is not ReportState.DRAFT:
            draft = self._new_draft(session_id, PATIENT, filed.amendment_reason)
            if current is None:
                self._store.add_report(draft)
            else:
                self._store.amend_report(current.id, draft)
            current = draft
        return self._sign_copy(current, filed)

    def _sign_copy(self, copy: ReportRecord, filed: ReportRecord) -> ReportRecord:
        if filed.signed_by is None or filed.signed_at is None:
            raise ReportError("The signed report has no signature. Restore it from a back-up.")
        signature = Signature(
            filed.signed_by, filed.signer_role or "", filed.licence or "", filed.signed_at
        )
        edition = replace(
            self._edition(copy), state=ReportState.SIGNED, signature=signature,
            generated_at=filed.signed_at,
        )  # fmt: skip
        pdf = self._render(edition)
        signed = replace(
            copy, state=ReportState.SIGNED, pdf=pdf, sha256=_sha256(pdf),
            signed_by=filed.signed_by, signer_role=filed.signer_role, licence=filed.licence,
            signed_at=filed.signed_at,
        )  # fmt: skip
        self._store.replace_draft_report(signed)
        return signed

    def _first_draft(self, session_id: SessionId, audience: str) -> ReportRecord:
        record = self._new_draft(session_id, audience, None)
        self._store.add_report(record)
        return record

    def _new_draft(
        self, session_id: SessionId, audience: str, reason: str | None
    ) -> ReportRecord:
        """The next version, rendered but not stored."""
        record = ReportRecord(
            id=ReportId(new_id()), session_id=session_id,
            version=len(self.versions(session_id, audience)) + 1, state=ReportState.DRAFT,
            audience=audience, pdf=b"", sha256="", created_at=now(), amendment_reason=reason,
        )  # fmt: skip
        return self._rendered(record, record.created_at)

    def _redraft(self, draft: ReportRecord) -> ReportRecord:
        """The draft from the store as it is now; the same record when nothing has changed."""
        if _sha256(self._render(self._edition(draft))) == draft.sha256:
            return draft
        record = self._rendered(draft, now())
        self._store.replace_draft_report(record)
        return record

    def _rendered(self, record: ReportRecord, at: datetime) -> ReportRecord:
        record = replace(record, created_at=at)
        pdf = self._render(self._edition(record))
        return replace(record, pdf=pdf, sha256=_sha256(pdf))

    def _edition(self, record: ReportRecord) -> Edition:
        return Edition(
            report_id=record.id, session_id=record.session_id, version=record.version,
            state=record.state, audience=Audience(record.audience),
            generated_at=record.created_at, reason=record.amendment_reason,
            earlier=tuple(reversed(self._before(record))),
        )  # fmt: skip

    def _before(self, record: ReportRecord) -> list[ReportRecord]:
        return [
            other for other in self.versions(record.session_id, record.audience)
            if other.version < record.version
        ]  # fmt: skip

    def _render(self, edition: Edition) -> bytes:
        return self._rendering.pdf(self._builder.build(edition))

    def _require_ended(self, session_id: SessionId) -> None:
        state = self._store.session(session_id).state
        if state in (SessionState.QUEUED, SessionState.ANALYSING):
            raise ReportError("The recording is still being analysed. Wait until it is ready.")


def _face_items(record: SessionRecord, review: Review | None) -> list[CheckItem]:
    """What the reader should know of the face."""
    summary = record.summary
    reliable = summary is not None and summary.gate.decision is GateDecision.RELIABLE
    word = "not measured" if summary is None else summary.gate.decision.value
    return [
        _item(review is not None and bool(review.confounders),
              "Confounders are noted", "No confounder is ticked"),
        _item(reliable, "The face was read reliably", f"The face reading is {word}"),
    ]  # fmt: skip


def _item(done: bool, good: str, bad: str, *, blocking: bool = False) -> CheckItem:
    return CheckItem(good if done else bad, done, blocking)


def _sha256(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()
