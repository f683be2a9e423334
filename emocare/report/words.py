"""Numbers, dates and codes as a reader sees them. A missing value is words, never a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from emocare.domain.errors import ReportError
from emocare.domain.readings import Segment
from emocare.domain.records import AlertState, ReportState
from emocare.domain.severity import FACE_INDETERMINATE
from emocare.domain.summary import Band, EventType, GateDecision

NOT_MEASURED = "not measured"
NOT_RECORDED = "not recorded"
DISCLAIMER = "Emo-Care supports a clinician's review. It does not diagnose."
DEMO = "DEMO: made-up people. Nothing here is real."
ZERO_IS_NO_PROOF = "A zero does not rule out risk."

SEVERITY: Mapping[Band, str] = {
    Band.NORMAL: "Normal", Band.MILD: "Mild", Band.MODERATE: "Moderate", Band.SEVERE: "Severe",
    Band.INDETERMINATE: "Indeterminate",
}  # fmt: skip
OBSERVED: Mapping[Band, str] = {
    Band.NORMAL: "Typical range", Band.MILD: "Mildly atypical",
    Band.MODERATE: "Moderately atypical", Band.SEVERE: "Markedly atypical",
    Band.INDETERMINATE: "Band indeterminate",
}  # fmt: skip
GATE: Mapping[GateDecision, str] = {
    GateDecision.RELIABLE: "reliable", GateDecision.LIMITED: "limited",
    GateDecision.UNRELIABLE: "unreliable",
}  # fmt: skip
STATUS: Mapping[ReportState, str] = {
    ReportState.DRAFT: "DRAFT", ReportState.SIGNED: "SIGNED", ReportState.AMENDED: "AMENDED",
}  # fmt: skip
ALERT_STATE: Mapping[AlertState, str] = {
    AlertState.RAISED: "NOT YET REVIEWED", AlertState.ACKNOWLEDGED: "Acknowledged",
    AlertState.RESOLVED: "Resolved",
}  # fmt: skip
SEGMENTS: Mapping[Segment, str] = {
    Segment.FREE: "Free", Segment.BASELINE: "Neutral", Segment.NEUTRAL_TALK: "Talk",
    Segment.POSITIVE_MEMORY: "Positive memory", Segment.REST: "Rest",
}  # fmt: skip
EVENTS: Mapping[EventType, str] = {
    EventType.SMILE: "Smiles", EventType.BROW_LOWER: "Brow lowered",
    EventType.BROW_RAISE: "Brow raised", EventType.LOOK_AWAY: "Looking away",
    EventType.LONG_CLOSURE: "Long eye closures", EventType.YAWN: "Yawns",
    EventType.MICRO_CANDIDATE: "Micro-movement candidates",
}  # fmt: skip
UNITS: Mapping[str, str] = {
    "au01": "inner brow", "au02": "outer brow", "au04": "brow lowerer", "au05": "upper lid",
    "au06": "cheek raiser", "au07": "lids tight", "au09": "nose wrinkler",
    "au10": "upper lip", "au12": "smile", "au14": "dimpler", "au15": "lip corners",
    "au17": "chin raiser", "au20": "lip stretch", "au24": "lip press", "au26": "jaw drop",
    "au28": "lip roll", "au45": "eyes closed",
}  # fmt: skip
METRICS: Mapping[str, str] = {
    "valid_s": "valid time", "face_fraction": "face in pictures",
    "valid_fraction": "valid of these", "face_width_px": "face width",
    "fps": "readings per second", "second_face_fraction": "second face",
}  # fmt: skip
ALERTS: Mapping[str, str] = {
    "SI_ITEM9_POSITIVE": "Thoughts of death or self-harm were reported",
    "SI_ITEM9_MISSING": "The safety question was not answered: ask directly",
    "SCORE_URGENT_REVIEW": "The total calls for an urgent review",
    "FUNCTIONAL_IMPAIRMENT": "Daily life is reported as very or extremely difficult",
    "WORSENING_MCID": "The total has risen by the change threshold or more",
    "JOURNAL_CRISIS_PHRASE": "The journal holds a crisis phrase",
    "NOT_SCORABLE": "Too many answers are missing: no total",
}
LEVELS: Mapping[str, str] = {"high": "high: review immediately", "elevated": "review the same day"}
FLAGS: Mapping[str, str] = {
    "FACE_HIGHER_THAN_QUESTIONNAIRE":
        "Look again: the face lies two or more bands above the answers.",
    "FACE_UNRELIABLE_USE_QUESTIONNAIRE":
        "The face could not be read reliably: use the questionnaire.",
    FACE_INDETERMINATE: "The face alone gives no band.",
    "QUESTIONNAIRE_REQUIRED": "A questionnaire is required for a headline.",
}
MODES: Mapping[str, str] = {"self": "self-administered", "interviewer": "asked by an interviewer"}
ALGORITHM: Mapping[str, str] = {
    "none": "Neither criteria count is reached",
    "other_syndrome": "Other depressive syndrome count (2 to 4 items)",
    "major_syndrome": "Major depressive syndrome criteria count (5 or more items)",
}


def measured(value: float | None) -> bool:
    """Whether there is a number to print."""
    return value is not None and math.isfinite(value)


def number(value: float | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A number with a true minus; "not measured" when there is none.

    Args:
        value: None and NaN are not measured.
        decimals: Places after the point.
        sign: Write "+" before values above zero.
    """
    if value is None or not math.isfinite(value):
        return NOT_MEASURED
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    if value < 0:
        return f"−{text}"
    return f"+{text}" if sign else text


def percent(share: float | None, decimals: int = 0) -> str:
    """A share 0..1 as "34 %"."""
    if share is None or not math.isfinite(share):
        return NOT_MEASURED
    return f"{number(100 * share, decimals)} %"


def span(low: float, high: float, decimals: int = 0) -> str:
    """ "27 to 49"."""
    return f"{number(low, decimals)} to {number(high, decimals)}"


def day(value: date) -> str:
    """ "21 Nov 2026"; a moment must already be in the zone to print."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def long_day(value: date) -> str:
    """ "Saturday 21 November 2026"."""
    return f"{_DAYS[value.weekday()]} {value.day} {_LONG_MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """ "10:40"."""
    return f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime) -> str:
    """ "21 Nov 2026, 10:40"."""
    return f"{day(value)}, {clock(value)}"


def local(value: datetime, zone: tzinfo | None) -> datetime:
    """The moment in the report's zone.

    Raises:
        ReportError: The moment has no zone, so it cannot be told when it was.
    """
    if value.tzinfo is None:
        raise ReportError(f"The time {value.isoformat()} has no time zone. Store it with one.")
    return value.astimezone(zone)


def zone(value: datetime) -> str:
    """ "UTC+01:00"."""
    offset = value.utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" if minutes == 0 else f"UTC{sign}{hours:02d}:{rest:02d}"


def age(born: date, at: date) -> int:
    """Full years."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def duration(seconds: float) -> str:
    """ "3:31" in minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def unit_name(unit: str) -> str:
    """ "AU12" as "AU12 smile"; "AU04" as "AU4 brow lowerer"."""
    return f"AU{int(unit[2:])} {UNITS[unit.lower()]}"


def plain(code: str) -> str:
    """A code without a sentence of its own: "SOME_FLAG" as "Some flag"."""
    text = code.replace("_", " ").replace("=", ": ").strip().lower()
    return text[:1].upper() + text[1:]


def alert_title(code: str) -> str:
    """The alert in words; a code may carry its level after a colon."""
    bare = code.split(":", 1)[0]
    return ALERTS.get(bare, plain(bare))


def flag(code: str) -> str:
    """A headline flag as a sentence."""
    return FLAGS.get(code, f"{plain(code)}.")


def shortened(text: str, longest: int = 150) -> str:
    """For the header of each page only; the full text stands on the first page."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def count(amount: int, noun: str) -> str:
    """ "1 visit", "9 visits"."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December")  # fmt: skip
_MONTHS = tuple(name[:3] for name in _LONG_MONTHS)
