"""What was observed: six dimensions beside the answers, the session over time, the index."""

from __future__ import annotations

from collections.abc import Mapping

from reportlab.platypus import Flowable

from emocare.domain.faces import ACTION_UNITS
from emocare.domain.self_report_items import items_text
from emocare.domain.summary import (
    DIMENSIONS,
    BehaviourIndex,
    Driver,
    Estimate,
    GateDecision,
    Summary,
)
from emocare.report import words
from emocare.report.blocks import (
    Commands,
    gap,
    head,
    heading,
    pairs,
    rich,
    small,
    subheading,
    table,
    text,
    together,
)
from emocare.report.charts import dimension_scale, index_scale, points_bar, unit_bars
from emocare.report.content import Audience, Report
from emocare.report.sections.front import observed_band, reference_words
from emocare.report.shaping import markup
from emocare.report.style import PETROL, TEXT_WIDTH, VIOLET
from emocare.report.trajectories import SIGNED, limits, quality_chart, session_chart

GRADES: Mapping[str, str] = {
    "valence": "C", "arousal": "not graded", "anhedonia": "A–B", "anxiety": "C",
    "irritability": "D", "fatigue": "C",
}  # fmt: skip
"""Evidence for reading each dimension from a face; A is replicated, D is weak."""
DRIVERS: Mapping[str, str] = {
    "smile": "Smile time", "expressivity": "Expressivity", "head_motion": "Head speed",
    "gaze_down": "Looking down", "neg_valence": "Valence", "fatigue": "Fatigue",
    "anxiety": "Anxiety", "au14": "Dimpler AU14", "irritability": "Irritability",
}  # fmt: skip


def dimensions(report: Report) -> list[Flowable]:
    """Two columns for six dimensions: what was answered and what was observed."""
    rows: list[list[object]] = [head("Dimension", "Answered", "Observed, 90 % interval",
                                     "On one scale", "Items", "Grade", right=(1,))]
    summary = report.summary
    for name in DIMENSIONS:
        answered = report.self_report.get(name)
        estimate = summary.dimensions.get(name) if summary is not None else None
        rows.append([
            text(name.capitalize(), size=8, bold=True),
            text(_answered(name, answered), size=8, align="right",
                 colour="petrol" if answered is not None else "muted",
                 bold=answered is not None),
            text(_observed(name, estimate), size=8,
                 colour="violet" if estimate is not None else "muted"),
            dimension_scale(answered, estimate, limits(name), 116),
            text(_items(report, name, answered), size=7.2, colour="muted"),
            text(GRADES[name], size=7.2, colour="muted"),
        ])  # fmt: skip
    widths = [62, 66, 106, 126, TEXT_WIDTH - 408, 48]
    commands: Commands = [("LINEBELOW", (1, 0), (1, 0), 1.4, PETROL, "butt"),
                          ("LINEBELOW", (2, 0), (2, 0), 1.4, VIOLET, "butt"),
                          ("VALIGN", (0, 1), (-1, -1), "MIDDLE")]  # fmt: skip
    note = ("Petrol square: self-report items, single-item projections without cut-offs. Violet "
            "circle and band: observed on the face. Valence and arousal run from −1 to +1, the "
            "others from 0 to 100. Grade: evidence for the face, A replicated to D weak. Neither "
            "column is a severity.")  # fmt: skip
    return [together([heading("Six dimensions, answered and observed"),
                      table(rows, widths, commands, header=True, pad=2), gap(3),
                      *(small(reason, colour="ink") for reason in _reasons(summary)),
                      small(note)])]  # fmt: skip


def _answered(name: str, value: float | None) -> str:
    if value is None:
        return "not answered"
    return words.number(value, 2 if name in SIGNED else 0, sign=name in SIGNED)


def _reasons(summary: Summary | None) -> list[str]:
    """Why dimensions were not measured on the face: each reason once, with its dimensions."""
    if summary is None:
        return [f"Observed {words.NOT_MEASURED}: no recording was analysed."]
    if summary.gate.decision is GateDecision.UNRELIABLE:
        return [f"Observed {words.NOT_MEASURED}: no reliable face, for the reasons on page 1."]
    names: dict[str, list[str]] = {}
    for name in DIMENSIONS:
        if summary.dimensions.get(name) is None:
            reason = summary.dimension_reasons.get(name) or "no reason recorded"
            names.setdefault(reason, []).append(name)
    return [f"{', '.join(missing).capitalize()} {words.NOT_MEASURED}: {reason.rstrip('.')}."
            for reason, missing in names.items()]  # fmt: skip


def _observed(name: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return words.NOT_MEASURED
    decimals = 2 if name in SIGNED else 0
    value = words.number(estimate.value, decimals, sign=name in SIGNED)
    if estimate.low is None or estimate.high is None:
        return f"{value}, no interval"
    return f"{value}, {words.span(estimate.low, estimate.high, decimals)}"


def _items(report: Report, name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return items_text(name, {q.response.instrument for q in report.questionnaires})


def over_time(report: Report) -> list[Flowable]:
    """Quality, tasks and trajectories on one time axis; quality alone when nothing was read."""
    timeline, summary = report.timeline, report.summary
    if timeline is None or summary is None:
        return []
    quality = ("Quality: tall green reliable, half amber limited, low grey no valid picture.")
    if all(summary.dimensions.get(name) is None for name in DIMENSIONS):
        return [together([heading("The session over time"), quality_chart(timeline, TEXT_WIDTH),
                          small(f"{quality} No trajectory is shown: the face could not be read "
                                "reliably.")])]  # fmt: skip
    chart = session_chart(timeline, summary.dimensions, report.self_report, TEXT_WIDTH)
    note = ("Violet line and band: observed, 90 % interval, on a ground of the typical range; "
            "gaps are time without a valid picture. At the right: value of the session; petrol "
            f"square: self-report. {quality}")  # fmt: skip
    return [together([heading("The session over time"), chart, small(note)])]


def index(report: Report) -> list[Flowable]:
    """The facial behaviour index: its scale, its nine items (file copy) and its making."""
    summary = report.summary
    if summary is None:
        return []
    found = summary.behaviour_index
    if found is None:
        reason = summary.index_reason or "The face could not be read reliably."
        return [together([heading("Facial behaviour index, investigational"),
                          text(f"Index {words.NOT_MEASURED}: {reason}")])]  # fmt: skip
    interval = "no interval" if found.ci90 is None else f"90 % interval {words.span(*found.ci90)}"
    said = f"({interval}). {observed_band(found)}. {reference_words(found.reference)}."
    line = f"{markup(f'{words.number(found.value, 1)} of 100', bold=True)} {markup(said)}"
    parts: list[Flowable] = [heading("Facial behaviour index, investigational"), rich(line),
                             gap(5), index_scale(found, TEXT_WIDTH)]  # fmt: skip
    if report.audience is Audience.FILE:
        parts += [gap(4), _drivers(found), gap(3),
                  small("Points: contribution to the index on a bar fixed at 22, the largest "
                        "weight. Seen (typical): the raw feature and the reference mean ± "
                        "standard deviation. Grade: A replicated to D weak evidence.")]  # fmt: skip
    return [together(parts, partable=True), together([gap(4), _making(report, summary, found)])]


def _drivers(found: BehaviourIndex) -> Flowable:
    rows: list[list[object]] = [head("Item", "Points", "", "Seen (typical)", "Grade", right=(1,))]
    for driver in found.drivers:
        points = "–" if driver.contribution is None else words.number(driver.contribution, 1)
        rows.append([
            text(DRIVERS.get(driver.item, words.plain(driver.item)), size=8),
            text(points, size=8, align="right"), points_bar(driver.contribution, 130),
            text(_seen(driver), size=8, colour="ink" if driver.value is not None else "muted"),
            text(driver.grade.replace("-", "–"), size=8),
        ])  # fmt: skip
    widths = [104, 44, 146, TEXT_WIDTH - 338, 44]
    return table(rows, widths, [("VALIGN", (0, 1), (-1, -1), "MIDDLE")], header=True, pad=1.9)


def _seen(driver: Driver) -> str:
    """The raw feature in its unit with the reference beside it."""
    if driver.value is None:
        reason = driver.reason or "no reason recorded"
        return f"{words.NOT_MEASURED}: {reason}"
    share, decimals, unit = _UNITS.get(driver.item, (1.0, 2, ""))

    def shown(value: float) -> str:
        return words.number(value * share, decimals)

    text_ = f"{shown(driver.value)}{unit}"
    if driver.reference_mean is None:
        return text_
    spread = "" if driver.reference_sd is None else f" ± {shown(driver.reference_sd)}"
    return f"{text_} ({shown(driver.reference_mean)}{spread})"


_UNITS: Mapping[str, tuple[float, int, str]] = {
    "smile": (100, 0, " %"), "expressivity": (1, 3, ""), "head_motion": (1, 1, " °/s"),
    "gaze_down": (100, 0, " %"), "neg_valence": (1, 2, ""), "fatigue": (1, 0, ""),
    "anxiety": (1, 0, ""), "au14": (100, 0, " %"), "irritability": (1, 0, ""),
}  # fmt: skip
"""Item -> factor, decimals and unit of its raw feature."""


def _making(report: Report, summary: Summary, found: BehaviourIndex) -> Flowable:
    probabilities = words.NOT_MEASURED
    if found.band_probabilities is not None:
        probabilities = ", ".join(
            f"{name} {words.number(p, 2)}" for name, p in
            zip(("typical", "mild", "moderate", "marked"), found.band_probabilities, strict=True)
        )  # fmt: skip
    flags = ", ".join(words.plain(f).lower() for f in summary.baseline.flags if "=" not in f)
    baseline = {"segment": "taken from the neutral segment", "estimated": "estimated from the "
                "session"}.get(summary.baseline.method, summary.baseline.method)  # fmt: skip
    segments = "–"
    if report.timeline is not None and report.timeline.segments:
        segments = ", ".join(
            f"{words.SEGMENTS[s.segment].lower()} {words.duration(s.end_s - s.start_s)}"
            for s in report.timeline.segments
        )
    ess = words.NOT_MEASURED if found.ess is None else words.number(found.ess, 1)
    return pairs([
        ("Windows", f"{found.windows} valid, effective sample size {ess}"),
        ("Resting face", f"{baseline}; {flags}" if flags else baseline),
        ("Probability", probabilities),
        ("Protocol", f"{report.session.protocol}; {segments}"),
    ], 2, label_width=60)  # fmt: skip


def units(report: Report) -> list[Flowable]:
    """Movement of each Action Unit over the measured pictures, and the counted events."""
    summary = report.summary
    if summary is None or summary.gate.decision is GateDecision.UNRELIABLE:
        return []  # movement of a face that could not be read is no finding
    present = {name: summary.action_units.get(name)
               for name in (column.upper() for column in ACTION_UNITS)}  # fmt: skip
    if all(unit is None for unit in present.values()):
        return []
    absent = [words.unit_name(name) for name, unit in present.items() if unit is None]
    note = ("Bar: mean. Tick: 90th percentile, both on a scale fixed at 0 to 1. At the right: "
            "share of the time active. Movement above the resting face.")  # fmt: skip
    if absent:
        note += f" Not measured by this engine: {', '.join(absent)}."
    return [together([subheading("Facial movement (Action Units)"), gap(2),
                      unit_bars(present, TEXT_WIDTH), gap(2), small(note), gap(2),
                      text(_events(summary), size=8.2)])]  # fmt: skip


def _events(summary: Summary) -> str:
    seen = [event.type for event in summary.events.list]
    counted = [f"{name.lower()} {seen.count(kind)}" for kind, name in words.EVENTS.items()
               if kind in seen]  # fmt: skip
    rate = summary.events.blinks_per_min
    blinks = (f"blinks {words.NOT_MEASURED}" if rate is None
              else f"blinks {words.number(rate)} per minute")  # fmt: skip
    return f"Observed movements: {', '.join([*counted, blinks])}."
