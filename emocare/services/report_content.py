"""Everything a report says, gathered from the store. Nothing is rendered here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from emocare.analysis import (
    AnalysisConfig,
    recording_quality,
    reference_sha256,
    timeline,
)
from emocare.clinical import (
    ACTIONS,
    AlertAction,
    Instrument,
    self_report_dimensions,
)
from emocare.domain.consent import ConsentEvent, ConsentKind
from emocare.domain.quality import QualityMeasure
from emocare.domain.readings import Readings
from emocare.domain.records import (
    Alert,
    AlertState,
    ReportRecord,
    ReportState,
    Response,
    ResponseId,
    Review,
    SessionId,
    SessionRecord,
)
from emocare.report.content import (
    AnsweredItem,
    Audience,
    BandStep,
    Crisis,
    CrisisLine,
    Headline,
    Provenance,
    Questionnaire,
    Report,
    SafetyAlert,
    ScaleLine,
    Signature,
    Tick,
    VersionEntry,
)
from emocare.services import report_trends as trends
from emocare.services.questionnaires import Questionnaires
from emocare.services.reviews import AGREEMENTS, CONFOUNDERS
from emocare.services.workplace import Workplace
from emocare.store import Store

SAMPLE_CODE = "SAMPLE"
"""The number of a made-up person begins so; every page of such a report says it."""

_THRESHOLDS: tuple[tuple[str, str], ...] = (
    ("valid_s", "s"), ("face_fraction", ""), ("valid_fraction", ""), ("face_width_px", "px"),
    ("fps", "Hz"), ("second_face_fraction", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edition:
    """Which version of which report is to be built.

    Attributes:
        generated_at: Printed as the time of making.
        reason: Why it was amended, None for version 1.
        earlier: The versions before, oldest first.
        signature: None for a draft.
    """

    report_id: str
    session_id: SessionId
    version: int
    state: ReportState
    audience: Audience
    generated_at: datetime
    reason: str | None = None
    earlier: tuple[ReportRecord, ...] = ()
    signature: Signature | None = None


class ReportBuilder:
    """Fills a ``Report`` from the store; the same store and edition give an equal report."""

    def __init__(
        self, store: Store, workplace: Workplace, questionnaires: Questionnaires
    ) -> None:
        self._store = store
        self._workplace = workplace
        self._questionnaires = questionnaires

    def build(self, edition: Edition) -> Report:
        """The report of one session.

        Raises:
            NotFound: No such session.
        """
        record = self._store.session(edition.session_id)
        faces = self._workplace.facial_module_enabled and record.recorded
        if not faces:
            record = replace(record, summary=None, error=None)
        patient = self._store.patient(record.patient_id)
        review = max(self._store.reviews(record.id), key=lambda r: r.version, default=None)
        responses = sorted(self._questionnaires.of_session(record.id), key=_phq_first)
        readings = self._store.readings(record.id) if record.summary is not None else None
        sessions = trends.up_to(self._store.sessions(record.patient_id), record)
        index_change, why_not = trends.index_change(sessions, record)
        zone = edition.generated_at.astimezone()
        offered = self._questionnaires.offered
        return Report(
            report_id=edition.report_id, version=edition.version, state=edition.state,
            audience=edition.audience, generated_at=zone, clinic=self._workplace.clinic,
            patient=patient, session=record, headline=self._headline(record.id),
            provenance=self._provenance(record, responses),
            alerts=self._alerts(record, responses),
            questionnaires=tuple(_questionnaire(r, offered.printed(r)) for r in responses),
            timeline=None if record.summary is None or readings is None
            else timeline(readings, AnalysisConfig.from_dict(record.summary.config)),
            quality=_quality(record, readings),
            self_report=self_report_dimensions({r.instrument: r.answers for r in responses}),
            totals=trends.totals(self._store.responses(patient.id), record),
            indices=trends.indices(sessions, record) if faces else (),
            index_change=index_change, index_change_reason=why_not, review=review,
            agreement_text=None if review is None or review.agreement is None
            else AGREEMENTS.get(review.agreement, review.agreement),
            confounders=_ticks(review), withdrawals=self._withdrawals(record),
            crisis=self._crisis(), signature=edition.signature,
            versions=_history(edition), faces=faces, demo=self._workplace.demo,
            made_up=self._workplace.demo or patient.code.startswith(SAMPLE_CODE),
        )  # fmt: skip

    def _withdrawals(self, record: SessionRecord) -> tuple[ConsentEvent, ...]:
        """What was taken back since the consent of the session."""
        if record.consent is None:
            return ()
        return tuple(event for event in self._store.consent_events(record.patient_id)
                     if event.kind is ConsentKind.WITHDRAWN
                     and event.at >= record.consent.recorded_at)  # fmt: skip

    def _headline(self, session_id: SessionId) -> Headline:
        found = self._questionnaires.headline(session_id)
        return Headline(
            found.band, found.source, found.flags, found.native_band, found.per_domain,
            found.reason,
        )  # fmt: skip

    def _alerts(
        self, record: SessionRecord, responses: Sequence[Response]
    ) -> tuple[SafetyAlert, ...]:
        """Those of these questionnaires, and whatever else of this person is not resolved."""
        shown = {response.id for response in responses}
        known = {r.id: r for r in self._store.responses(record.patient_id)}
        return tuple(
            self._safety_alert(alert, known.get(alert.response_id or ResponseId("")))
            for alert in self._store.alerts(record.patient_id)
            if alert.response_id in shown or alert.state is not AlertState.RESOLVED
        )

    def _safety_alert(self, alert: Alert, response: Response | None) -> SafetyAlert:
        action = None if alert.action is None else ACTIONS[AlertAction(alert.action)]
        form = None if response is None else self._questionnaires.offered.printed(response)
        if response is None or form is None or form.safety is None or "ITEM" not in alert.code:
            return SafetyAlert(alert, action_text=action)
        number = form.safety.item
        answer = response.answers[number - 1]
        return SafetyAlert(
            alert, form.items[number - 1].text, form.answer_text(answer, number), action
        )

    def _crisis(self) -> Crisis:
        card = self._questionnaires.crisis_card()
        return Crisis(
            emergency=card.emergency,
            lines=tuple(CrisisLine(line.name, line.number, line.note) for line in card.lines),
            text=card.text, verified_on=card.verified_on,
            clinic_phone=self._workplace.clinic_phone,
        )  # fmt: skip

    def _provenance(self, record: SessionRecord, responses: Sequence[Response]) -> Provenance:
        forms = tuple((r.instrument, f"{r.version}, {r.language}") for r in responses)
        if record.summary is None:
            return Provenance(self._workplace.app_version, self._workplace.git_commit, forms)
        config = AnalysisConfig.from_dict(record.summary.config)
        return Provenance(
            app_version=self._workplace.app_version, git_commit=self._workplace.git_commit,
            instruments=forms, reference=config.reference,
            reference_sha256=reference_sha256(config), config_sha256=config.hash,
            thresholds=tuple(
                (name, f"{config.gate[name][0]:g} / {config.gate[name][1]:g} {unit}".strip())
                for name, unit in _THRESHOLDS
            ),
        )  # fmt: skip


def _quality(record: SessionRecord, readings: Readings | None) -> tuple[QualityMeasure, ...]:
    """Those of the summary; of one stored before it held them, from its readings."""
    summary = record.summary
    if summary is None:
        return ()
    if summary.quality or readings is None:
        return summary.quality
    size = (summary.source.width_px, summary.source.height_px)
    config = AnalysisConfig.from_dict(summary.config)
    return recording_quality(readings, size, config)


def _phq_first(response: Response) -> tuple[int, str]:
    """PHQ forms, then GAD forms, then all others by name."""
    starts = [response.instrument.startswith(name) for name in ("PHQ", "GAD")]
    return (starts.index(True) if any(starts) else len(starts), response.instrument)


def _questionnaire(response: Response, form: Instrument) -> Questionnaire:
    return Questionnaire(
        title=form.name, response=response, stem=form.stem,
        items=tuple(
            AnsweredItem(item.text, answer, form.answer_text(answer, number))
            for number, (item, answer)
            in enumerate(zip(form.items, response.answers, strict=True), start=1)
        ),
        maximum=form.highest,
        steps=tuple(BandStep(s.low, s.high, s.band, s.native) for s in form.bands),
        difficulty=_difficulty(form, response.difficulty),
        change_threshold=None if form.change is None else form.change.threshold,
        accuracy=form.accuracy, notice=form.notice, bands_note=form.bands_note,
        scales=_scales(response, form),
    )  # fmt: skip


def _scales(response: Response, form: Instrument) -> tuple[ScaleLine, ...]:
    known = {scale.name: scale for scale in form.scales}
    return tuple(
        ScaleLine(
            title=f"{form.name} {scored.name}",
            maximum=form.range_of(len(known[scored.name].items))[1],
            steps=tuple(BandStep(s.low, s.high, s.band, s.native)
                        for s in known[scored.name].bands),
            score=scored,
        )
        for scored in response.result.scales
    )  # fmt: skip


def _difficulty(form: Instrument, answer: int | None) -> AnsweredItem | None:
    if form.difficulty is None:
        return None
    words = next((o.text for o in form.difficulty.options if o.value == answer), None)
    return AnsweredItem(form.difficulty.text, answer, words)


def _ticks(review: Review | None) -> tuple[Tick, ...]:
    if review is None:
        return ()
    return tuple(Tick(words, code in review.confounders) for code, words in CONFOUNDERS.items())


def _history(edition: Edition) -> tuple[VersionEntry, ...]:
    """Every earlier version counts as amended: this one replaces it the moment it is stored."""
    entries = [
        VersionEntry(
            r.version, ReportState.AMENDED, r.signed_at or r.created_at, r.signed_by,
            r.amendment_reason, r.sha256,
        )
        for r in edition.earlier
    ]  # fmt: skip
    signature = edition.signature
    own = VersionEntry(
        edition.version, edition.state,
        edition.generated_at if signature is None else signature.signed_at,
        None if signature is None else signature.name, edition.reason,
    )  # fmt: skip
    return (*entries, own)
