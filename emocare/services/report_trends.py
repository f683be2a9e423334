"""How the visits of one person compare: totals, facial indices, and what counts as change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emocare.analysis import TOO_SHORT, AnalysisConfig, refusal
from emocare.analysis.config import HASH_KEY
from emocare.domain.records import Response, SessionRecord
from emocare.domain.summary import BehaviourIndex, GateDecision, ModelRef, Summary
from emocare.report.content import IndexChange, IndexPoint, TotalPoint

SAME_VISIT = timedelta(days=1)
"""Answers up to this long after a recording began still belong to the visit."""

MIN_SESSIONS = 3
"""Comparable reliable sessions before the face's change is spoken of (specification 3.5)."""


def up_to(sessions: Sequence[SessionRecord], record: SessionRecord) -> list[SessionRecord]:
    """Sessions until and with ``record``, oldest first; those that failed are left out."""
    kept = [
        s for s in sessions
        if s.id == record.id or (s.summary is not None and s.started_at <= record.started_at)
    ]  # fmt: skip
    return sorted(kept, key=lambda s: s.started_at)


def totals(responses: Sequence[Response], record: SessionRecord) -> tuple[TotalPoint, ...]:
    """Totals until the visit of ``record``, oldest first."""
    end = record.started_at + SAME_VISIT
    return total_points(
        [r for r in responses if r.session_id == record.id or r.answered_at <= end]
    )


def total_points(responses: Sequence[Response]) -> tuple[TotalPoint, ...]:
    """Every total, oldest first."""
    return tuple(
        TotalPoint(
            r.instrument, r.answered_at, r.result.total, r.result.prorated,
            r.result.possible_range if None in r.answers else None,
        )
        for r in sorted(responses, key=lambda r: r.answered_at)
    )  # fmt: skip


def indices(
    sessions: Sequence[SessionRecord], record: SessionRecord
) -> tuple[IndexPoint, ...]:
    """The facial index of every session, marked where task, engine or reference differ."""
    return tuple(_point(session, record) for session in sessions if session.summary is not None)


def index_change(
    sessions: Sequence[SessionRecord], record: SessionRecord
) -> tuple[IndexChange | None, str]:
    """Change against the comparable session before, or None with the reason why not.

    Needs three sessions with the same task, engine and reference and a reliable gate, this one
    included.
    """
    if usable(record) is None:
        return None, "This session has no reliable facial index with an interval."
    alike = [s for s in sessions if usable(s) is not None and comparable(s, record)]
    if len(alike) < MIN_SESSIONS:
        return None, (
            f"{len(alike)} of {MIN_SESSIONS} comparable reliable sessions; change is not stated."
        )
    before = alike[alike.index(record) - 1]
    old, new = usable(before), usable(record)
    if old is None or new is None:
        return None, "The session before has no reliable facial index."
    return index_difference(before.started_at, old, new), ""


def index_difference(since: datetime, old: BehaviourIndex, new: BehaviourIndex) -> IndexChange:
    """The difference of two indices beside sqrt(H1^2 + H2^2), what counts as change."""
    needed = math.hypot(_half_width(old), _half_width(new))
    return IndexChange(since, new.value - old.value, needed)


@dataclass(frozen=True, slots=True)
class Method:
    """How a session's numbers came about. Only numbers of one method may be compared.

    Attributes:
        protocol: The task, "free" or "guided".
        camera: Whether it was a live camera rather than a file.
        models: The networks that read the pictures.
        reference: Identifier of the reference table.
        analysis: Hash of everything the analysis does with the readings.
        sequence: The sequence networks; None where they could say nothing of these readings, so
            that nothing of it depends on them.
    """

    protocol: str
    camera: bool
    models: tuple[ModelRef, ...]
    reference: str
    analysis: str
    sequence: tuple[ModelRef, ...] | None = None

    def same(self, other: Method) -> bool:
        """Whether numbers of both may be compared."""
        if self.sequence is None or other.sequence is None:
            return replace(self, sequence=None) == replace(other, sequence=None)
        return self == other


def method(record: SessionRecord, summary: Summary) -> Method:
    """The method of a summary of this session."""
    config = summary.config
    analysis = str(config.get(HASH_KEY, ""))
    if config.get("wrong_person"):
        # The mark changes what is shown, not how it was measured.
        analysis = replace(AnalysisConfig.from_dict(config), wrong_person=False).hash
    return Method(
        protocol=record.protocol, camera=summary.source.path == "camera",
        models=summary.face_models, reference=str(config.get("reference", "")),
        analysis=analysis, sequence=_sequence(summary),
    )  # fmt: skip


def _sequence(summary: Summary) -> tuple[ModelRef, ...] | None:
    silent = refusal(summary) is not None or summary.model_reason == TOO_SHORT
    return None if silent else summary.sequence_models


def comparable(one: SessionRecord, other: SessionRecord) -> bool:
    """Whether task, engine, analysis and reference are the same, so that numbers may be
    compared."""
    if one.summary is None or other.summary is None:
        return False
    return method(one, one.summary).same(method(other, other.summary))


def usable(record: SessionRecord) -> BehaviourIndex | None:
    """The index of a session with a reliable gate and an interval; None of any other."""
    summary = record.summary
    if summary is None or summary.gate.decision is not GateDecision.RELIABLE:
        return None
    index = summary.behaviour_index
    return index if index is not None and index.ci90 is not None else None


def _half_width(index: BehaviourIndex) -> float:
    """H before the interval was cut at 0 and 100: the wider of its two sides."""
    low, high = index.ci90 or (index.value, index.value)
    return max(index.value - low, high - index.value)


def _point(session: SessionRecord, record: SessionRecord) -> IndexPoint:
    summary = session.summary
    index = None if summary is None else summary.behaviour_index
    low, high = (None, None) if index is None or index.ci90 is None else index.ci90
    return IndexPoint(
        at=session.started_at, value=None if index is None else index.value, low=low, high=high,
        gate=None if summary is None else summary.gate.decision,
        comparable=comparable(session, record),
    )  # fmt: skip
