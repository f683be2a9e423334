"""One session as a FHIR bundle, gathered from the store."""

from __future__ import annotations

from datetime import datetime

from emocare.clinical import Instrument
from emocare.clinical.instruments.instrument import Option
from emocare.domain.records import ReportId, ReportRecord, ReportState, SessionId
from emocare.report.content import Audience, Report, Signature
from emocare.report.fhir import (
    Choice,
    FhirContent,
    FormDefinition,
    Question,
    build_bundle,
    to_json,
)
from emocare.services.forms_offered import OfferedForms
from emocare.services.report_content import Edition, ReportBuilder
from emocare.services.workplace import now
from emocare.store import Store


class FhirExport:
    """Builds bundles from what is stored; makes and changes nothing."""

    def __init__(self, store: Store, builder: ReportBuilder, offered: OfferedForms) -> None:
        self._store = store
        self._builder = builder
        self._offered = offered

    def bundle(self, session_id: SessionId, *, named: bool) -> str:
        """The session and the newest version of its report for the file, as JSON.

        Args:
            named: With name, number and the document; otherwise under a pseudonym.

        Raises:
            NotFound: No such session.
            ReportError: The bundle does not hold to R4B.
        """
        filed = self._filed(session_id)
        at = now()
        report = self._builder.build(_edition(session_id, filed, at))
        forms = {q.title: form_definition(self._offered.printed(q.response))
                 for q in report.questionnaires}  # fmt: skip
        content = FhirContent(
            report, forms, filed, named, at.astimezone(), changed=self._changed(report, filed)
        )
        return to_json(build_bundle(content))

    def _changed(self, report: Report, filed: ReportRecord | None) -> bool:
        """Whether something was answered, reviewed, marked, left out or withdrawn after the
        signature."""
        if filed is None or filed.signed_at is None:
            return False
        times = [q.response.answered_at for q in report.questionnaires]
        times += [mark.marked_at for mark in self._store.person_marks(report.session.id)]
        times += [event.at for event in report.withdrawals]
        left_out_at = self._store.left_out_at(report.session.id)
        if left_out_at is not None:
            times.append(left_out_at)
        if report.review is not None:
            times.append(report.review.saved_at)
        return any(at > filed.signed_at for at in times)

    def _filed(self, session_id: SessionId) -> ReportRecord | None:
        versions = [r for r in self._store.reports(session_id)
                    if r.audience == Audience.FILE.value]  # fmt: skip
        return max(versions, key=lambda record: record.version, default=None)


def form_definition(form: Instrument) -> FormDefinition:
    """A form with its words and codes, as a bundle needs it."""
    asked = form.difficulty
    return FormDefinition(
        name=form.name, title=form.title, version=form.version, language=form.language,
        stem=form.stem, notice=form.notice,
        items=tuple(
            Question(item.text, _choices(item.options or form.options), item.loinc,
                     own_choices=bool(item.options), reverse=item.reverse)
            for item in form.items
        ),
        difficulty=None if asked is None
        else Question(asked.text, _choices(asked.options), asked.loinc, own_choices=True),
        safety_item=None if form.safety is None else form.safety.item,
        panel=form.loinc_panel, total=form.loinc_total,
        scales={scale.name: scale.items for scale in form.scales},
    )  # fmt: skip


def _choices(options: tuple[Option, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(option.value, option.text, option.loinc) for option in options)


def _edition(session_id: SessionId, filed: ReportRecord | None, at: datetime) -> Edition:
    """The filed version as it stands, or a draft that was never made."""
    if filed is None:
        return Edition(ReportId(""), session_id, 1, ReportState.DRAFT, Audience.FILE, at)
    signature = None
    if filed.state is not ReportState.DRAFT and filed.signed_at is not None:
        signature = Signature(
            filed.signed_by or "", filed.signer_role or "", filed.licence or "", filed.signed_at
        )
    return Edition(filed.id, session_id, filed.version, filed.state, Audience.FILE, at,
                   signature=signature)  # fmt: skip
