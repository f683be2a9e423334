"""Under which conditions the recording was made: the gate's measures and the picture's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from emocare.domain.summary import GateDecision, Summary
from emocare.report import words
from emocare.report.blocks import gap, head, heading, pairs, table, text, together
from emocare.report.content import Capture, Report
from emocare.report.style import TEXT_WIDTH

STATUS = {
    "NO_FACE": "no face", "TOO_DARK": "too dark", "TOO_BRIGHT": "too bright",
    "TOO_BLURRED": "blurred", "TOO_SMALL": "too small", "TURNED_AWAY": "turned away",
    "OCCLUDED": "covered", "SEVERAL_FACES": "several people", "CAMERA_OFF": "camera off",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of the quality table: what, how much, what reliable needs, the ISO measure's name."""

    name: str
    value: str
    needed: str
    iso: str


def session_quality(report: Report) -> list[Flowable]:
    """Gate measures, picture measures with the ISO/IEC 29794-5 names, and the source."""
    summary = report.summary
    if summary is None:
        return []
    measures = [*_gate(summary), *_picture(summary, report.capture)]
    half = (len(measures) + 1) // 2
    columns = ["Measure", "Value", "Needed", "ISO 29794-5"]
    rows: list[list[object]] = [[*head(*columns), "", *head(*columns)]]
    for i in range(half):
        right = measures[half + i] if half + i < len(measures) else None
        rows.append([*_line(measures[i]), "", *(_line(right) if right else [""] * 4)])
    side = (TEXT_WIDTH - 12) / 2
    widths = [side * 0.28, side * 0.165, side * 0.21, side * 0.345]
    parts: list[Flowable] = [
        heading("Session quality"), text(_verdict(summary), size=8.4), gap(4),
        table(rows, [*widths, 12, *widths], [("BACKGROUND", (4, 0), (4, -1), "white"),
              ("LINEBELOW", (4, 0), (4, -1), 1, "white"),
              ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 2)],
              header=True, pad=1.9),
        gap(5), _source(report, summary),
    ]  # fmt: skip
    return [together(parts, partable=True)]


def _line(measure: Measure) -> list[Flowable]:
    return [text(measure.name, size=7.6, leading=1.3),
            text(measure.value, size=7.6, bold=True, leading=1.3),
            text(measure.needed, size=7.2, colour="muted", leading=1.37),
            text(measure.iso, size=6.1, colour="muted", leading=1.6)]  # fmt: skip


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

    return [
        Measure("Valid time", f"{words.number(metrics.valid_s)} s", need("valid_s", " s"), ""),
        Measure("Face in pictures", words.percent(metrics.face_fraction),
                need("face_fraction", " %", 100), ""),
        Measure("Valid of these", words.percent(metrics.valid_fraction),
                need("valid_fraction", " %", 100), ""),
        Measure("Face width", words.NOT_MEASURED if width is None else
                f"{words.number(width)} px", need("face_width_px", " px"), "HeadSize"),
        Measure("Readings per s", words.number(metrics.fps, 1), need("fps", ""), ""),
        Measure("Second face", words.percent(metrics.second_face_fraction),
                need("second_face_fraction", " %", 100, most=True), "SingleFacePresent"),
        Measure("Turned away", words.percent(summary.turned_away_fraction), "", ""),
    ]  # fmt: skip


def _picture(summary: Summary, capture: Capture | None) -> list[Measure]:
    if capture is None:
        return []

    def need(name: str, unit: str = "", factor: float = 1, decimals: int = 0, *,
             most: bool = False) -> str:  # fmt: skip
        return _needed(_setting(summary, name), unit, factor, decimals, most=most)

    angles = (capture.yaw_deg, capture.pitch_deg, capture.roll_deg)
    turned = (need("max_yaw_deg", "°"), need("max_pitch_deg", "°"), need("max_roll_deg", "°"))
    bright = (need("min_brightness"), need("max_brightness"))
    return [
        Measure("Sharpness", words.number(capture.sharpness), need("min_sharpness"), "Sharpness"),
        Measure("Face brightness", words.number(capture.brightness),
                " to ".join(b for b in bright if b), "LuminanceMean"),
        Measure("Clipped pixels", words.percent(capture.clip_fraction, 1),
                need("max_clip_fraction", " %", 100, most=True), "OverExposurePrevention"),
        Measure("Left to right light", words.number(capture.left_right_luminance_ratio, 2),
                need("min_left_right_ratio", decimals=2), "IlluminationUniformity"),
        Measure("Yaw, pitch, roll", ", ".join(
            words.NOT_MEASURED if a is None else f"{words.number(a)}°" for a in angles),
            ", ".join(t for t in turned if t), "HeadPoseYaw/Pitch/Roll"),
        Measure("Mouth covered", words.percent(capture.mouth_occluded),
                need("max_missing_region", " %", 100, most=True), "MouthOcclusionPrevention"),
        Measure("Eyes covered", words.percent(capture.eyes_occluded),
                need("max_missing_region", " %", 100, most=True), "EyesVisible"),
    ]  # fmt: skip


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


