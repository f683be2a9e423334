"""How the visits of one person compare: totals, facial indices, and what counts as change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from emocare.domain.records import Response, SessionRecord
from emocare.domain.summary import BehaviourIndex, GateDecision, Summary
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
    kept = [r for r in responses if r.session_id == record.id or r.answered_at <= end]
    return tuple(
        TotalPoint(
            r.instrument, r.answered_at, r.result.total, r.result.prorated,
            r.result.possible_range if None in r.answers else None,
        )
        for r in sorted(kept, key=lambda r: r.answered_at)
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
    if _usable(record) is None:
        return None, "This session has no reliable facial index with an interval."
    alike = [s for s in sessions if _usable(s) is not None and comparable(s, record)]
    if len(alike) < MIN_SESSIONS:
        return None, (
            f"{len(alike)} of {MIN_SESSIONS} comparable reliable sessions; change is not stated."
        )
    before = alike[alike.index(record) - 1]
    old, new = _usable(before), _usable(record)
    if old is None or new is None:
        return None, "The session before has no reliable facial index."
    needed = math.hypot(_half_width(old), _half_width(new))
    return IndexChange(before.started_at, new.value - old.value, needed), ""


def comparable(one: SessionRecord, other: SessionRecord) -> bool:
    """Whether task, engine and reference are the same, so that numbers may be compared."""
    if one.summary is None or other.summary is None:
        return False
    return _method(one, one.summary) == _method(other, other.summary)


def _method(record: SessionRecord, summary: Summary) -> tuple[object, ...]:
    camera = summary.source.path == "camera"
    return (record.protocol, camera, summary.models, summary.config.get("reference"))


def _usable(record: SessionRecord) -> BehaviourIndex | None:
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
