"""What leads: the questionnaire, or provisionally the face; never an average (3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emocare.domain.records import ScoreResult
from emocare.domain.severity import FACE_INDETERMINATE
from emocare.domain.summary import BANDS, Band, GateDecision, Summary

VALID_FOR = timedelta(days=14)
"""A questionnaire leads for this long, the last moment included."""

DOMAINS: Mapping[str, str] = {"PHQ-9": "depression", "PHQ-8": "depression", "GAD-7": "anxiety"}
"""Instruments that may lead -> their domain."""

FACE_HIGHER_THAN_QUESTIONNAIRE = "FACE_HIGHER_THAN_QUESTIONNAIRE"
FACE_UNRELIABLE_USE_QUESTIONNAIRE = "FACE_UNRELIABLE_USE_QUESTIONNAIRE"
QUESTIONNAIRE_REQUIRED = "QUESTIONNAIRE_REQUIRED"


@dataclass(frozen=True, slots=True)
class DatedResult:
    """A scored questionnaire with its time.

    Attributes:
        same_session: Answered for the very session the headline is of. Then it is valid whatever
            the clock says (it is usually answered after the session began).
    """

    result: ScoreResult
    answered_at: datetime
    same_session: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """What leads, and what to say beside it.

    Attributes:
        band: One of the four; None when nothing may lead.
        source: "questionnaire", "face_provisional" or "none".
        flags: Codes such as ``QUESTIONNAIRE_REQUIRED``.
        native_band: The leading instrument's own word, None unless a questionnaire leads.
        per_domain: Instrument -> band, one instrument for each domain answered.
        reason: Why a face that is there does not lead, as a sentence; None otherwise.
    """

    band: Band | None
    source: str
    flags: tuple[str, ...]
    native_band: str | None
    per_domain: Mapping[str, Band]
    reason: str | None = None

    @property
    def ask_questionnaire(self) -> bool:
        """Whether a questionnaire should be asked for: nothing valid was answered."""
        return self.source != "questionnaire"


def headline(
    results: Sequence[DatedResult], summary: Summary | None, at: datetime, allow_face: bool
) -> Headline:
    """What leads at ``at``.

    A valid questionnaire leads with its worst band. Valid is a scorable PHQ-9, PHQ-8 or GAD-7 of
    this session or of the 14 days up to ``at``; in each domain the last one counts. Without one a
    face that is not unreliable and has one of the four bands leads provisionally, unless the
    sequence network contradicts it or is itself in doubt: then nothing leads. A face can raise a
    flag but never changes a questionnaire's band or an alert, and a lower face says nothing.

    Args:
        results: Questionnaires in any order.
        summary: The recording, None without one.
        at: The time of the session (or now), with a time zone.
        allow_face: Whether a face may lead at all.
    """
    leading = _last_per_domain(results, at)
    face = _face_band(summary)
    unreliable = summary is not None and summary.gate.decision is GateDecision.UNRELIABLE
    flags = [FACE_UNRELIABLE_USE_QUESTIONNAIRE] if unreliable else []
    if leading:
        worst = max(leading, key=lambda r: (_rank(r), -leading.index(r)))
        if face is not None and BANDS.index(face) - _rank(worst) >= 2:
            flags.append(FACE_HIGHER_THAN_QUESTIONNAIRE)
        return Headline(worst.band, "questionnaire", tuple(flags), worst.native_band,
                        {r.instrument: r.band for r in leading if r.band is not None})  # fmt: skip
    if face is not None and allow_face:
        doubt = _doubt(summary, face)
        if doubt is not None:
            flags += [FACE_INDETERMINATE, QUESTIONNAIRE_REQUIRED]
            return Headline(None, "none", tuple(flags), None, {}, doubt)
        return Headline(face, "face_provisional", tuple(flags), None, {})
    return Headline(None, "none", (*flags, QUESTIONNAIRE_REQUIRED), None, {})


def _doubt(summary: Summary | None, face: Band) -> str | None:
    """Why the sequence network keeps the face from leading; None where it does not."""
    model = None if summary is None else summary.severity_model
    return None if model is None else model.estimate.doubt(face)


def _rank(result: ScoreResult) -> int:
    assert result.band is not None
    return BANDS.index(result.band)


def _last_per_domain(results: Sequence[DatedResult], at: datetime) -> list[ScoreResult]:
    """The last valid result of each domain, depression first; the worse one of a tie."""
    last: dict[str, DatedResult] = {}
    for dated in results:
        domain = DOMAINS.get(dated.result.instrument)
        age = at - dated.answered_at
        in_time = dated.same_session or timedelta(0) <= age <= VALID_FOR
        if domain is None or dated.result.band is None or not in_time:
            continue
        held = last.get(domain)
        if held is None or (dated.answered_at, _rank(dated.result)) > (
            held.answered_at, _rank(held.result)
        ):  # fmt: skip
            last[domain] = dated
    return [last[domain].result for domain in ("depression", "anxiety") if domain in last]


def _face_band(summary: Summary | None) -> Band | None:
    """The face's band where it may be used: one of the four from a gate that is not unreliable."""
    if summary is None or summary.gate.decision is GateDecision.UNRELIABLE:
        return None
    index = summary.behaviour_index
    return index.band if index is not None and index.band in BANDS else None
