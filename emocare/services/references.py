"""Building the site's own reference from sessions of consenting people without symptoms (3.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emocare.analysis import AnalysisConfig, SiteReference
from emocare.analysis.config import PROTOCOLS
from emocare.analysis.site_reference import MIN_SESSIONS, estimate, method_sha256
from emocare.domain.consent import ConsentEvent, ConsentKind, Use
from emocare.domain.errors import InputError
from emocare.domain.records import PatientId, Response, SessionRecord
from emocare.domain.summary import Feature, GateDecision, ModelRef
from emocare.services import reference_files as files
from emocare.services.engine import FaceEngine
from emocare.services.questionnaires import Questionnaires
from emocare.services.report_content import SAMPLE_CODE
from emocare.services.workplace import Workplace, now
from emocare.store import Store

FORMS = ("PHQ-9", "GAD-7")
HIGHEST = 4
"""Totals up to which a person counts as without symptoms; the possible total where an answer is
missing."""

MADE_UP = "of made-up people"
NO_SUMMARY = "not analysed"
NO_CONSENT = "without consent to this use"
NOT_RELIABLE = "without a reliable face"
OTHER_ENGINE = "read by other networks"
OTHER_METHOD = "analysed by another method"
UNANSWERED = "without valid PHQ-9 and GAD-7"
SYMPTOMS = f"with PHQ-9 or GAD-7 above {HIGHEST}"
SAME_PERSON = "of a person who counts already"
REASONS = (MADE_UP, NO_SUMMARY, NO_CONSENT, NOT_RELIABLE, OTHER_ENGINE, OTHER_METHOD, UNANSWERED,
           SYMPTOMS, SAME_PERSON)  # fmt: skip
"""Why a session does not count, in the order in which it is looked at."""


@dataclass(frozen=True, slots=True)
class Census:
    """Which sessions of one protocol count.

    Attributes:
        sessions: All of the protocol.
        usable: Features of those that count, one session for each person.
        left_out: Reason -> number of sessions.
    """

    protocol: str
    sessions: int
    usable: tuple[Mapping[str, Feature], ...]
    left_out: Mapping[str, int]

    @property
    def enough(self) -> bool:
        """Whether a table can be built."""
        return len(self.usable) >= MIN_SESSIONS

    def sentence(self) -> str:
        """The numbers in one sentence."""
        said = f"{len(self.usable)} of {MIN_SESSIONS} sessions that are needed can be used"
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.left_out.items())
        of = f"of {self.sessions} sessions with the protocol {self.protocol}"
        return f"{said}, {of}: {reasons}." if reasons else f"{said}, {of}."


class References:
    """Counts, builds and lists the tables of this installation."""

    def __init__(
        self, store: Store, workplace: Workplace, questionnaires: Questionnaires,
        engine: FaceEngine,
    ) -> None:  # fmt: skip
        self._store = store
        self._workplace = workplace
        self._questionnaires = questionnaires
        self._engine = engine

    def census(self, protocol: str) -> Census:
        """Looks at every session of a protocol; the newest of each person counts.

        Raises:
            InputError: No such protocol.
            ModelError: The networks cannot be used.
        """
        if protocol not in PROTOCOLS:
            raise InputError(f"Protocol: expected one of {', '.join(PROTOCOLS)}.")
        models = self._engine.get().models
        withdrawn = _withdrawals(self._store.consent_events())
        records = [r for r in self._store.sessions() if r.protocol == protocol]
        records.sort(key=lambda record: record.started_at, reverse=True)
        made_up = {p.id for p in self._store.patients() if p.code.startswith(SAMPLE_CODE)}
        usable: dict[PatientId, Mapping[str, Feature]] = {}
        counted: Counter[str] = Counter()
        for record in records:
            reason = MADE_UP if record.patient_id in made_up else self._refused(record, models)
            if reason is None and _taken_back(record, withdrawn):
                reason = NO_CONSENT
            if reason is None and record.patient_id in usable:
                reason = SAME_PERSON
            if reason is not None:
                counted[reason] += 1
            elif record.summary is not None:
                usable[record.patient_id] = record.summary.features
        left_out = {reason: counted[reason] for reason in REASONS if counted[reason]}
        return Census(protocol, len(records), tuple(usable.values()), left_out)

    def build(self, protocol: str) -> SiteReference:
        """Builds the next version from what is stored and keeps it; it is not in use yet.

        Raises:
            InputError: Too few sessions can be used (says how many and why), or the file cannot
                be written.
        """
        census = self.census(protocol)
        if not census.enough:
            raise InputError(f"No reference was built. {census.sentence()}")
        data_dir = self._workplace.data_dir
        earlier = [files.version(n) for n in files.names(data_dir) if f"-{protocol}-" in n]
        reference = SiteReference(
            id=f"site-{protocol}-v{max(earlier, default=0) + 1}", protocol=protocol,
            models=tuple(self._engine.get().models),
            method_sha256=method_sha256(AnalysisConfig(protocol=protocol)),
            sessions=len(census.usable), built_at=now().isoformat(timespec="seconds"),
            built_by=self._workplace.signer, features=estimate(census.usable),
        )  # fmt: skip
        files.keep(data_dir, reference)
        return reference

    def fits(self, reference: SiteReference) -> bool:
        """Whether the networks and the analysis of this installation are those of the table."""
        return reference.fits(reference.protocol, self._engine.get().models)

    def _refused(self, record: SessionRecord, models: tuple[ModelRef, ...]) -> str | None:
        summary = record.summary
        if summary is None:
            return NO_SUMMARY
        if record.consent is None or not record.consent.research:
            return NO_CONSENT
        if summary.gate.decision is not GateDecision.RELIABLE:
            return NOT_RELIABLE
        if summary.face_models != models:
            return OTHER_ENGINE
        shipped = method_sha256(AnalysisConfig(protocol=record.protocol))
        if method_sha256(AnalysisConfig.from_dict(summary.config)) != shipped:
            return OTHER_METHOD
        return self._symptoms(record)

    def _symptoms(self, record: SessionRecord) -> str | None:
        answered = {r.instrument: r for r in self._questionnaires.of_session(record.id)}
        counted = [answered.get(form) for form in FORMS]
        if any(response is None or response.result.total is None for response in counted):
            return UNANSWERED
        if any(response is not None and _highest(response) > HIGHEST for response in counted):
            return SYMPTOMS
        return None


def _withdrawals(events: Sequence[ConsentEvent]) -> dict[PatientId, datetime]:
    """When each person last took back the use for research."""
    return {event.patient_id: event.at for event in events
            if event.kind is ConsentKind.WITHDRAWN and Use.RESEARCH in event.uses}  # fmt: skip


def _taken_back(record: SessionRecord, withdrawn: Mapping[PatientId, datetime]) -> bool:
    at = withdrawn.get(record.patient_id)
    return at is not None and record.consent is not None and at >= record.consent.recorded_at


def _highest(response: Response) -> int:
    """The largest total that the answers allow."""
    return max(response.result.possible_range[1], response.result.total or 0)
