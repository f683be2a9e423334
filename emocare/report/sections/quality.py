"""Under which conditions the recording was made: the gate's measures and the picture's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from emocare.domain.quality import QualityMeasure, native_text, need_text, title
from emocare.domain.summary import GateDecision, Summary, person_change_text
from emocare.report import words
from emocare.report.blocks import gap, head, heading, pairs, table, text, together
from emocare.report.content import Report
from emocare.report.style import TEXT_WIDTH

STATUS = {
    "NO_FACE": "no face", "TOO_DARK": "too dark", "TOO_BRIGHT": "too bright",
    "TOO_BLURRED": "blurred", "TOO_SMALL": "too small", "TURNED_AWAY": "turned away",
    "OCCLUDED": "covered", "SEVERAL_FACES": "several people", "CAMERA_OFF": "camera off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the quality table: what, how much, what is needed, and whether it is so."""

    name: str
    value: str
    needed: str
    result: str


def session_quality(report: Report) -> list[Flowable]:
    """Gate measures, the ISO/IEC 29794-5 measures of the picture, and the source."""
    summary = report.summary
    if summary is None:
        return []
    measures = [*_gate(summary), *_picture(report.quality)]
    half = (len(measures) + 1) // 2
    columns = ["Measure", "Value", "Needed", "Passes"]
    rows: list[list[object]] = [[*head(*columns), "", *head(*columns)]]
    for i in range(half):
        right = measures[half + i] if half + i < len(measures) else None
        rows.append([*_line(measures[i]), "", *(_line(right) if right else [""] * 4)])
    side = (TEXT_WIDTH - 12) / 2
    widths = [side * 0.42, side * 0.17, side * 0.21, side * 0.2]
    parts: list[Flowable] = [
        heading("Session quality"), text(_verdict(summary), size=8.4),
        *(text(line, size=8.4) for line in _people(summary)), gap(4),
        table(rows, [*widths, 12, *widths], [("BACKGROUND", (4, 0), (4, -1), "white"),
              ("LINEBELOW", (4, 0), (4, -1), 1, "white"),
              ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 2)],
              header=True, pad=1.1),
        *(text(line, size=7.2, colour="muted") for line in _notes(report.quality)),
        gap(5), _source(report, summary),
    ]  # fmt: skip
    return [together(parts, partable=True)]


def _line(measure: Measure) -> list[Flowable]:
    return [text(measure.name, size=6.6, leading=1.5),
            text(measure.value, size=7.6, bold=True, leading=1.3),
            text(measure.needed, size=7.2, colour="muted", leading=1.37),
            text(measure.result, size=7.2, colour="muted", leading=1.37)]  # fmt: skip


def _verdict(summary: Summary) -> str:
    decision = words.GATE[summary.gate.decision]
    if summary.gate.decision is GateDecision.RELIABLE:
        return f"The gate says {decision}: every measure is within its limit."
    return f"The gate says {decision}; the reasons stand on the first page."


def _gate(summary: Summary) -> list[Measure]:
    metrics = summary.gate.metrics
    width = metrics.face_width_px

    def need(metric: str, unit: str, factor: float = 1, *, most: bool = False) -> str:
        limits = _setting(summary, "gate", metric)
        limit = limits[0] if isinstance(limits, Sequence) and limits else None
        return _needed(limit, unit, factor, most=most)

    def line(name: str, metric: str, value: str, unit: str, factor: float = 1, *,
             most: bool = False) -> Measure:  # fmt: skip
        failed = any(reason.metric == metric for reason in summary.gate.reasons)
        needed = need(metric, unit, factor, most=most)
        known = bool(needed) and getattr(metrics, metric) is not None
        return Measure(name, value, needed, ("no" if failed else "yes") if known else "")

    return [
        line("Valid time", "valid_s", f"{words.number(metrics.valid_s)} s", " s"),
        line("Face in pictures", "face_fraction", words.percent(metrics.face_fraction), " %", 100),
        line("Valid of these", "valid_fraction", words.percent(metrics.valid_fraction), " %", 100),
        line("Face width", "face_width_px", words.NOT_MEASURED if width is None else
             f"{words.number(width)} px", " px"),
        line("Readings per s", "fps", words.number(metrics.fps, 1), ""),
        line("Second face", "second_face_fraction", words.percent(metrics.second_face_fraction),
             " %", 100, most=True),
        Measure("Turned away", words.percent(summary.turned_away_fraction), "", ""),
    ]  # fmt: skip


def _picture(measures: Sequence[QualityMeasure]) -> list[Measure]:
    """The measures that have a value, under the standard's names."""
    return [
        Measure(title(m.name), native_text(m.value, m.unit), need_text(m), _result(m))
        for m in measures if m.value is not None
    ]  # fmt: skip


def _result(measure: QualityMeasure) -> str:
    if measure.passed is None:
        return "not judged"
    answer = "yes" if measure.passed else "no"
    if measure.passed_share is None:
        return answer
    return f"{answer}, {words.percent(measure.passed_share)}"


def _people(summary: Summary) -> list[str]:
    """Each time a face was taken up anew, in words."""
    return [person_change_text(change) for change in summary.person_changes]


def _notes(measures: Sequence[QualityMeasure]) -> list[str]:
    """What to do where a measure fails, how to read the table, and what has no value."""
    if not measures:
        return []
    lines = [f"{title(m.name)}: {m.advice}" for m in measures if m.passed is False]
    missing = ", ".join(title(m.name) for m in measures if m.value is None)
    lines.append(
        "Names of ISO/IEC 29794-5, values and limits of this project: the median over the time "
        "with the patient’s face, and the share of it in which a picture passes."
        + (f" Without a value: {missing}." if missing else "")
    )
    return lines


def _setting(summary: Summary, *path: str) -> object:
    """A value of the configuration the session was analysed with, None if it is not there."""
    found: object = summary.config
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _needed(
    limit: object, unit: str, factor: float = 1, decimals: int = 0, *, most: bool = False
) -> str:
    """The limit in words; "" when the configuration does not name it."""
    if not isinstance(limit, int | float):
        return ""
    return f"{'≤ ' if most else ''}{words.number(limit * factor, decimals)}{unit}"


def _source(report: Report, summary: Summary) -> Flowable:
    source = summary.source
    frames = (f"{source.frames_decoded} decoded, {source.frames_read} read, "
              f"{source.frames_dropped} dropped")  # fmt: skip
    if source.variable_frame_rate:
        frames += ", variable rate"
    excluded = ", ".join(f"{STATUS.get(status, words.plain(status).lower())} "
                         f"{words.number(seconds)} s"
                         for status, seconds in summary.gate.excluded.items())  # fmt: skip
    if summary.left_out_s:
        by_hand = f"by the clinician {words.number(summary.left_out_s)} s"
        excluded = f"{excluded}, {by_hand}" if excluded else by_hand
    size = f"{source.width_px} × {source.height_px} px" if source.width_px else words.NOT_RECORDED
    rate = "" if source.bitrate_kbps is None else f", {words.number(source.bitrate_kbps)} kbit/s"
    facts: list[tuple[str, object]] = [
        ("Source", source.path), ("Frames", frames),
        ("Picture", f"{size}{rate}"), ("Left out", excluded or "nothing"),
        ("Camera", report.visit.camera or words.NOT_RECORDED),
        ("Note", source.note or "none"),
    ]  # fmt: skip
    return pairs(facts, 2, label_width=52)


def source_hash(summary: Summary) -> str:
    """SHA-256 of the recording, or why there is none."""
    return summary.source.sha256 or "none: recorded live from the camera"


