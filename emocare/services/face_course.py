"""The facial index over the sessions: which may be compared, where the line breaks, and whether
it changed (clinical specification 3.5)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from emocare.domain.records import SessionId, SessionRecord
from emocare.domain.summary import Band, GateDecision
from emocare.report.content import IndexChange
from emocare.services.report_trends import (
    MIN_SESSIONS,
    Method,
    comparable,
    index_difference,
    method,
    usable,
)


class BreakKind(StrEnum):
    """What differs from the session before, so that the numbers cannot be compared."""

    TASK = "task"
    SOURCE = "source"
    ENGINE = "engine"
    REFERENCE = "reference"
    ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True)
class FacePoint:
    """The facial index of one session.

    Attributes:
        value: None where the face could not be used.
        low: Lower end of the 90 % interval, None without one.
        high: Upper end.
        gate: Capture quality of the session.
        run: Points of one number may be joined by a line; None stands alone (limited quality, no
            interval, or no value).
        reanalysed: Whether the value comes from a later analysis of the stored readings.
        engine: Version of the network that read the face, "" without one.
    """

    session_id: SessionId
    at: datetime
    value: float | None
    low: float | None
    high: float | None
    band: Band | None
    gate: GateDecision
    run: int | None
    reanalysed: bool
    engine: str


@dataclass(frozen=True, slots=True)
class Break:
    """From ``at`` on the numbers come about differently.

    Attributes:
        at: The first session after the break.
        before: The last session before it.
        kinds: What differs, the weightiest first.
        value: What it is from here on: a version, a task, a reference.
    """

    at: datetime
    before: datetime
    kinds: tuple[BreakKind, ...]
    value: str


@dataclass(frozen=True, slots=True)
class FaceCourse:
    """The face over the sessions of one person, oldest first.

    Attributes:
        first: First of the sessions that are comparable with the newest usable one.
        last: That newest one.
        comparable: How many there are, both included.
        change: ``last`` against ``first``; None with fewer than three comparable sessions.
    """

    points: tuple[FacePoint, ...]
    breaks: tuple[Break, ...]
    first: FacePoint | None
    last: FacePoint | None
    comparable: int
    change: IndexChange | None

    @property
    def needed(self) -> int:
        """Comparable reliable sessions before a change is spoken of."""
        return MIN_SESSIONS


def face_course(
    sessions: Sequence[SessionRecord], reanalysed: Collection[SessionId] = ()
) -> FaceCourse:
    """The course of the face.

    Args:
        sessions: Of one person, with the summaries to compare; in any order.
        reanalysed: Those whose summary is a later analysis.
    """
    measured = sorted((s for s in sessions if s.summary is not None), key=lambda s: s.started_at)
    points = _points(measured, reanalysed)
    newest = next((s for s in reversed(measured) if usable(s) is not None), None)
    alike = [] if newest is None else [
        s for s in measured if usable(s) is not None and comparable(s, newest)
    ]  # fmt: skip
    by_id = {point.session_id: point for point in points}
    return FaceCourse(
        points=points, breaks=_breaks(measured),
        first=by_id[alike[0].id] if alike else None, last=by_id[alike[-1].id] if alike else None,
        comparable=len(alike), change=_change(alike),
    )  # fmt: skip


def _change(alike: Sequence[SessionRecord]) -> IndexChange | None:
    if len(alike) < MIN_SESSIONS:
        return None
    old, new = usable(alike[0]), usable(alike[-1])
    if old is None or new is None:
        return None
    return index_difference(alike[0].started_at, old, new)


def _points(
    measured: Sequence[SessionRecord], reanalysed: Collection[SessionId]
) -> tuple[FacePoint, ...]:
    points, run, before = [], 0, None
    for record in measured:
        summary = record.summary
        if summary is None:
            continue
        reliable = usable(record) is not None
        if before is not None and not (reliable and usable(before) is not None
                                       and comparable(record, before)):  # fmt: skip
            run += 1
        before = record
        index = summary.behaviour_index
        low, high = (None, None) if index is None or index.ci90 is None else index.ci90
        points.append(
            FacePoint(
                session_id=record.id, at=record.started_at,
                value=None if index is None else index.value, low=low, high=high,
                band=None if index is None else index.band, gate=summary.gate.decision,
                run=run if reliable else None, reanalysed=record.id in reanalysed,
                engine=summary.models[0].version if summary.models else "",
            )
        )  # fmt: skip
    return tuple(points)


def _breaks(measured: Sequence[SessionRecord]) -> tuple[Break, ...]:
    found = []
    for before, record in pairwise(measured):
        old, new = _method(before), _method(record)
        kinds = _differences(old, new)
        if kinds:
            found.append(Break(record.started_at, before.started_at, kinds,
                               _value(kinds[0], new)))  # fmt: skip
    return tuple(found)


def _differences(old: Method | None, new: Method | None) -> tuple[BreakKind, ...]:
    """What differs; the analysis, the sequence networks with it, is named alone only, because its
    hash holds task and reference too."""
    if old is None or new is None or old.same(new):
        return ()
    pairs = (
        (BreakKind.TASK, old.protocol, new.protocol),
        (BreakKind.SOURCE, old.camera, new.camera),
        (BreakKind.ENGINE, old.models, new.models),
        (BreakKind.REFERENCE, old.reference, new.reference),
    )
    return tuple(kind for kind, a, b in pairs if a != b) or (BreakKind.ANALYSIS,)


def _value(kind: BreakKind, new: Method | None) -> str:
    if new is None:
        return ""
    return {
        BreakKind.TASK: new.protocol, BreakKind.SOURCE: "camera" if new.camera else "file",
        BreakKind.ENGINE: new.models[0].version if new.models else "",
        BreakKind.REFERENCE: new.reference, BreakKind.ANALYSIS: new.analysis[:6],
    }[kind]  # fmt: skip


def _method(record: SessionRecord) -> Method | None:
    return None if record.summary is None else method(record, record.summary)
