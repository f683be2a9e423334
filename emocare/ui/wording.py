"""Numbers, times and codes as words: "21 Nov 2026", "1:24", "−0.12", "mildly atypical"."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from emocare.domain.records import Patient
from emocare.domain.summary import Band, EventType, GateDecision
from emocare.ui.text import reference as reference_text

MINUS = "\u2212"
RANGE = "\u2013"

BAND_WORDS: dict[Band, str] = {
    Band.NORMAL: "Normal", Band.MILD: "Mild", Band.MODERATE: "Moderate", Band.SEVERE: "Severe",
    Band.INDETERMINATE: "Indeterminate",
}  # fmt: skip
"""Words of a questionnaire's band and of the clinician's impression."""

FACE_WORDS: dict[Band, str] = {
    Band.NORMAL: "Typical range", Band.MILD: "Mildly atypical",
    Band.MODERATE: "Moderately atypical", Band.SEVERE: "Markedly atypical",
    Band.INDETERMINATE: "Indeterminate",
}  # fmt: skip
"""Words of the facial behaviour index; never the words of an illness."""

GATE_WORDS: dict[GateDecision, tuple[str, str, str]] = {
    GateDecision.RELIABLE: ("Reliable", "green", ":material/check_circle:"),
    GateDecision.LIMITED: ("Limited", "orange", ":material/contrast:"),
    GateDecision.UNRELIABLE: ("Unreliable", "gray", ":material/visibility_off:"),
}
"""Word, badge colour and icon of the capture quality."""

DIMENSION_WORDS: dict[str, str] = {
    "valence": "Valence", "arousal": "Arousal", "anhedonia": "Anhedonia", "anxiety": "Anxiety",
    "irritability": "Irritability", "fatigue": "Fatigue",
}  # fmt: skip

AU_WORDS: dict[str, str] = {
    "au01": "AU1 inner brow", "au02": "AU2 outer brow", "au04": "AU4 brow lowerer",
    "au05": "AU5 upper lid", "au06": "AU6 cheek raiser", "au07": "AU7 lids tight",
    "au09": "AU9 nose wrinkler", "au10": "AU10 upper lip", "au12": "AU12 smile",
    "au14": "AU14 dimpler", "au15": "AU15 lip corner down", "au17": "AU17 chin raiser",
    "au20": "AU20 lip stretcher", "au24": "AU24 lip press", "au26": "AU26 jaw drop",
    "au28": "AU28 lip suck", "au45": "AU45 blink",
}  # fmt: skip

ITEM_WORDS: dict[str, str] = {
    "smile": "Smile time", "expressivity": "Expressivity", "head_motion": "Head motion",
    "gaze_down": "Looking down", "neg_valence": "Valence", "fatigue": "Fatigue",
    "anxiety": "Anxiety", "au14": "Dimpler AU14", "irritability": "Irritability",
}  # fmt: skip
"""The nine items of the facial behaviour index."""

EVENT_WORDS: dict[EventType, str] = {
    EventType.BLINK: "blink", EventType.SMILE: "smile", EventType.LOOK_AWAY: "looking down or away",
    EventType.LONG_CLOSURE: "long eye closure", EventType.YAWN: "yawn",
    EventType.BROW_LOWER: "brow lowered", EventType.BROW_RAISE: "brow raised",
    EventType.MICRO_CANDIDATE: "micro-movement candidate",
}  # fmt: skip

SEGMENT_WORDS: dict[str, str] = {
    "free": "Free", "baseline": "Neutral", "neutral_talk": "Talk",
    "positive_memory": "Positive memory", "rest": "Rest",
}  # fmt: skip

STATUS_WORDS: dict[str, str] = {
    "NO_FACE": "no face", "TOO_DARK": "too dark", "TOO_BRIGHT": "too bright",
    "TOO_BLURRED": "blurred", "TOO_SMALL": "face too small", "TURNED_AWAY": "turned away",
    "OCCLUDED": "face covered", "SEVERAL_FACES": "several people", "CAMERA_OFF": "no picture",
    "LEFT_OUT": "left out by the clinician",
}  # fmt: skip
"""Why frames were not measured."""


def number(value: float, digits: int = 0) -> str:
    """A number with a real minus sign; rounds to ``digits`` and never gives a negative zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS) if float(text) != 0 else text.lstrip("-")


def signed(value: float) -> str:
    """A difference: "+3", "−2" or "0"."""
    return f"+{number(value)}" if value > 0 else number(value)


def clock(seconds: float) -> str:
    """A position on the media clock, "1:24" or "1:02:03"."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


def span(seconds: float) -> str:
    """A length of time in words, "3 min 2 s" or "52 s"."""
    whole = max(0, round(seconds))
    minutes, secs = divmod(whole, 60)
    return f"{minutes} min {secs} s" if minutes else f"{secs} s"


def local(moment: datetime) -> datetime:
    """The moment in this machine's time zone; a naive one is taken as local."""
    return moment.astimezone() if moment.tzinfo else moment


def day(moment: date | datetime) -> str:
    """A date, "21 Nov 2026"."""
    value = local(moment) if isinstance(moment, datetime) else moment
    return f"{value.day} {value:%b %Y}"


def when(moment: datetime, now: datetime | None = None) -> str:
    """A moment as people say it: "today 10:40", "yesterday 16:05", "18 Nov", "8 Oct 2025"."""
    value, today = local(moment), local(now or datetime.now().astimezone())
    days = (today.date() - value.date()).days
    if days == 0:
        return f"today {value:%H:%M}"
    if days == 1:
        return f"yesterday {value:%H:%M}"
    return f"{value.day} {value:%b}" if value.year == today.year else day(value)


def age(patient: Patient, on: date | None = None) -> int | None:
    """Completed years, None without a date of birth."""
    birth = patient.birth_date
    if birth is None:
        return None
    today = on or datetime.now().date()
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def person_line(patient: Patient) -> str:
    """Number, age, sex and clinician of a person in one caption."""
    years = age(patient)
    parts = [patient.code, f"{years} years" if years is not None else None, patient.sex,
             patient.clinician]  # fmt: skip
    return " · ".join(plain(part) for part in parts if part)


def plain(text: str) -> str:
    """Text from outside, made safe for Markdown: nothing in it formats, links or turns to icons."""
    for mark in "\\`*_{}[]<>#+|~$:":
        text = text.replace(mark, f"\\{mark}")
    return text


def fingerprint(sha256: str) -> str:
    """A hash short enough to compare by eye: "4c1d 90ae … 77f2"."""
    return f"{sha256[:4]} {sha256[4:8]} … {sha256[-4:]}"


def key_of(*parts: object) -> str:
    """A short stable key for widgets made from any parts."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:12]


def reference_words(name: object) -> str:
    """Which table of typical values: the provisional one, or the site's own by its name."""
    if not isinstance(name, str) or name.startswith("provisional"):
        return reference_text.PROVISIONAL
    return reference_text.SITE.format(name=name)
