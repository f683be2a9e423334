"""Who and when, and the summary: the two voices side by side and the conditions below."""

from __future__ import annotations

from reportlab.platypus import Flowable, Paragraph

from emocare.domain.consent import ConsentEvent, Use, uses_of
from emocare.domain.records import ScaleScore, ScoreResult
from emocare.domain.severity import FACE_INDETERMINATE
from emocare.domain.summary import BANDS, Band, BehaviourIndex, GateDecision
from emocare.report import words
from emocare.report.blocks import box, cards, gap, pairs, small, table, text
from emocare.report.content import (
    Audience,
    IndexChange,
    Questionnaire,
    Report,
    TotalPoint,
)
from emocare.report.shaping import markup
from emocare.report.style import (
    INK,
    PETROL,
    TEXT_WIDTH,
    VIOLET,
    text_style,
)

USES = {
    Use.ANALYSE: "camera analysis", Use.MEASUREMENTS: "keep measurements",
    Use.VIDEO: "keep video", Use.RESEARCH: "research", Use.JOURNAL: "share journal",
}  # fmt: skip
"""What can be agreed to, as the header of the report lists it."""

SAFETY_ITEM = {"PHQ-9": 9}
"""The item of each instrument that asks for thoughts of death or self-harm, from 1."""


def title(report: Report) -> list[Flowable]:
    """The title and one line of circumstances."""
    name = "Session report" if report.audience is Audience.FILE else "Your session report"
    start = words.local(report.session.started_at, report.generated_at.tzinfo)
    return [
        text(name, size=19, bold=True, leading=1.2),
        gap(3),
        text(f"{words.long_day(start)}, {_hours(report)} · {report.patient.clinician}",
             size=8.2, colour="muted"),
        gap(9),
    ]  # fmt: skip


def facts(report: Report) -> list[Flowable]:
    """Identifiers, circumstances and consent."""
    patient, visit, session = report.patient, report.visit, report.session
    zone = report.generated_at.tzinfo
    day = words.local(session.started_at, zone).date()
    born = words.NOT_RECORDED
    if patient.birth_date is not None:
        years = words.age(patient.birth_date, day)
        born = f"{words.day(patient.birth_date)} ({years} years)"
    recording = f"{words.plain(session.protocol)} protocol, {session.source_name}"
    if not report.faces:
        recording = "none: questionnaires only"
    shown = [
        ("Patient", patient.name), ("Number", patient.code),
        ("Born", born), ("Sex", patient.sex or words.NOT_RECORDED),
        ("Reason", visit.reason or words.NOT_RECORDED),
        ("Language", visit.language or words.NOT_RECORDED),
        ("Clinician present", _yes(visit.attended)), ("Interpreter", _yes(visit.interpreter)),
        ("Consent", _consent(report)), ("Recording", recording),
    ]  # fmt: skip
    return [pairs(shown, 2, label_width=72, pad=1.8), gap(12)]


def _hours(report: Report) -> str:
    zone = report.generated_at.tzinfo
    start = words.clock(words.local(report.session.started_at, zone))
    if report.visit.ended_at is None:
        return start
    return f"{start}–{words.clock(words.local(report.visit.ended_at, zone))}"


def _yes(value: bool | None) -> str:
    return words.NOT_RECORDED if value is None else "yes" if value else "no"


def _consent(report: Report) -> str:
    consent = report.session.consent
    if consent is None:
        return words.NOT_RECORDED
    covered = [USES[use] for use in Use if use in uses_of(consent)]
    day = words.day(words.local(consent.recorded_at, report.generated_at.tzinfo))
    said = f"version {consent.version} of {day}: {', '.join(covered) or 'nothing agreed to'}"
    return "; ".join([said, *(_taken_back(report, event) for event in report.withdrawals)])


def _taken_back(report: Report, event: ConsentEvent) -> str:
    uses = ", ".join(USES[use] for use in Use if use in event.uses)
    day = words.day(words.local(event.at, report.generated_at.tzinfo))
    return f"withdrawn {day}: {uses}"


def voices(report: Report) -> list[Flowable]:
    """The answers and the face side by side, never merged, and the conditions below them."""
    if not report.faces:
        flags = [text(words.flag(code), bold=True, colour="attention")
                 for code in report.headline.flags]  # fmt: skip
        return [box(_answers(report), PETROL), gap(6), *flags, gap(3)]
    parts: list[Flowable] = [cards(_answers(report), _face(report), (PETROL, VIOLET)), gap(6)]
    for code in report.headline.flags:
        parts += [text(_flag(report, code), bold=True, colour="attention"), gap(2)]
    said = "Two voices, shown side by side and never averaged."
    if report.headline.source == "questionnaire":
        said += " The questionnaire leads; the face is an observation."
    parts += [small(said), gap(9), *_conditions(report)]
    return parts


def _flag(report: Report, code: str) -> str:
    """The flag as a sentence; the file also says why the face alone gives no band."""
    reason = report.headline.reason
    if code == FACE_INDETERMINATE and reason is not None and report.audience is Audience.FILE:
        return reason
    return words.flag(code)


def _card(name: str, verdict: str, colour: str, lines: list[str], notes: list[str]
          ) -> list[Flowable]:  # fmt: skip
    return [
        text(name.upper(), size=7.2, bold=True, colour=colour, leading=1.3),
        gap(3),
        text(verdict, size=15, bold=True, leading=1.2),
        gap(5),
        *(text(line, size=8.4) for line in lines if line),
        *(text(note, size=8.2, colour="muted") for note in notes if note),
    ]


def _answers(report: Report) -> list[Flowable]:
    leads = report.headline.source == "questionnaire"
    name = "Questionnaire, leads" if leads else "Questionnaire"
    if not report.questionnaires:
        return _card(name, "Not answered", "petrol", ["No questionnaire within 14 days."],
                     ["A questionnaire is needed for a headline."])  # fmt: skip
    band = report.headline.band
    verdict = words.SEVERITY[band] if leads and band is not None else "No band"
    lines = [line for q in report.questionnaires for line in _total_lines(report, q)]
    notes = [*(change_sentence(report, q) for q in report.questionnaires),
             *(safety_item_sentence(q) for q in report.questionnaires)]  # fmt: skip
    return _card(name, verdict, "petrol", lines, notes)


def _total_lines(report: Report, questionnaire: Questionnaire) -> list[str]:
    """The total in one line, or that of each scale."""
    response = questionnaire.response
    day = words.local(response.answered_at, report.generated_at.tzinfo)
    earlier = "" if response.session_id == report.session.id else f", answered {words.day(day)}"
    if not questionnaire.scales:
        line = _total_line(questionnaire.title, response.result, questionnaire.maximum)
        return [line + earlier]
    return [_total_line(line.title, line.score, line.maximum) + earlier
            for line in questionnaire.scales]  # fmt: skip


def _total_line(name: str, result: ScoreResult | ScaleScore, maximum: int) -> str:
    low, high = result.possible_range
    if result.total is None:
        return f"{name} no total: too many answers missing (possible {low} to {high})"
    native = f" (native: {result.native_band})" if result.native_band else ""
    prorated = ""
    if result.prorated:
        unsure = ", band uncertain" if result.band_uncertain else ""
        prorated = f", prorated, possible {low} to {high}{unsure}"
    return f"{name} {result.total} of {maximum}{native}{prorated}"


def safety_item_sentence(questionnaire: Questionnaire) -> str:
    """The answer to the safety item and what it cannot mean; "" for forms without one."""
    item = SAFETY_ITEM.get(questionnaire.response.instrument)
    if item is None or item > len(questionnaire.items):
        return ""
    answer = questionnaire.items[item - 1]
    if answer.value is None:
        return f"Item {item} was not answered: ask directly."
    said = (answer.answer_text or str(answer.value)).lower()
    tail = words.ZERO_IS_NO_PROOF if answer.value == 0 else "See the safety box."
    return f"Item {item}: {said}. {tail}"


def history(report: Report, questionnaire: Questionnaire) -> list[TotalPoint]:
    """The totals of this instrument in time order."""
    return [p for p in report.totals if p.instrument == questionnaire.response.instrument]


def change_sentence(report: Report, questionnaire: Questionnaire) -> str:
    """Difference to the previous total and whether it counts; "" without a previous one."""
    points = [p for p in history(report, questionnaire) if p.total is not None]
    total = questionnaire.response.result.total
    at = questionnaire.response.answered_at
    before = [p for p in points if p.answered_at < at]
    if not before or total is None or before[-1].total is None:
        return ""
    delta = total - before[-1].total
    since = words.day(words.local(before[-1].answered_at, report.generated_at.tzinfo))
    sentence = f"{questionnaire.title} {words.number(delta, sign=True)} since {since}"
    step = questionnaire.change_threshold
    if step is not None:
        sentence += ": counts as change" if abs(delta) >= step else ": no change shown"
    if before[-1].prorated or questionnaire.response.result.prorated:
        sentence += ", change uncertain"
    if (at - before[-1].answered_at).days < 7:
        sentence += ", recall periods overlap"
    return f"{sentence}."


def _face(report: Report) -> list[Flowable]:
    name, summary = "Facial behaviour, investigational", report.summary
    if summary is None:
        reason = report.session.error or "No recording was analysed."
        return _card(name, "Not measured", "violet", [reason], [])
    if summary.gate.decision is GateDecision.UNRELIABLE:
        return _card(name, "No reliable face", "violet",
                     ["No index is given."],
                     [f"{_measured(report)}.", "The reasons stand below."])  # fmt: skip
    index = summary.behaviour_index
    if index is None:
        return _card(name, "No index", "violet", [summary.index_reason or ""], [])
    interval = f", 90 % interval {words.span(*index.ci90)}" if index.ci90 else ", no interval"
    lines = [f"Index {words.number(index.value, 1)}{interval}", _measured(report)]
    provisional = "No valid questionnaire: this headline is provisional."
    notes = [
        provisional if report.headline.source == "face_provisional" else "",
        reference_words(index.reference),
        index_change_sentence(report),
        "A low index does not reassure.",
    ]
    return _card(name, observed_band(index), "violet", lines, notes)


def _measured(report: Report) -> str:
    summary = report.summary
    if summary is None:
        return ""
    metrics = summary.gate.metrics
    return (f"Gate: {words.GATE[summary.gate.decision]}, {words.number(metrics.valid_s)} s valid, "
            f"{words.number(metrics.fps)} readings/s")  # fmt: skip


def observed_band(index: BehaviourIndex) -> str:
    """The band in words; an indeterminate one names the two likeliest if they are neighbours."""
    if index.band is not Band.INDETERMINATE or index.band_probabilities is None:
        return words.OBSERVED[index.band]
    order = sorted(range(4), key=lambda i: -index.band_probabilities[i])  # type: ignore[index]
    low, high = sorted(order[:2])
    if high - low != 1:
        return words.OBSERVED[Band.INDETERMINATE]
    first = words.OBSERVED[BANDS[low]]
    short = first.removesuffix(" atypical") if low else first
    return f"{short} to {words.OBSERVED[BANDS[high]].lower()}"


def reference_words(reference: str) -> str:
    """Provisional or the site's own, with its identifier."""
    kind = "Provisional" if reference.startswith("provisional") else "Site"
    return f"{kind} reference ({reference})"


def index_change_sentence(report: Report) -> str:
    """Change against the patient's own history, or why nothing can be said."""
    change: IndexChange | None = report.index_change
    if change is None:
        return report.index_change_reason
    since = words.day(words.local(change.since, report.generated_at.tzinfo))
    verdict = "Changed" if change.changed else "Not changed"
    return (f"{verdict} against own history: {words.number(change.delta, sign=True)} since "
            f"{since}, needs more than {words.number(change.needed)}.")  # fmt: skip


def _conditions(report: Report) -> list[Flowable]:
    """The third line of the summary: under which conditions the face was read."""
    summary = report.summary
    name = text("SESSION CONDITIONS", size=7.2, bold=True, colour="muted", leading=1.3)
    if summary is None:
        return [name, gap(2), text("No recording was analysed.")]
    decision = summary.gate.decision
    colour = "done" if decision is GateDecision.RELIABLE else "attention"
    if decision is GateDecision.UNRELIABLE:
        colour = "ink"
    verdict = markup(words.GATE[decision].capitalize(), bold=True)
    style = text_style(8.6, colour=colour)
    face = summary.gate.metrics.face_fraction
    detail = (f"Face in {words.percent(face)} of the pictures, "
              f"{words.duration(summary.source.duration_s)} min recorded.")  # fmt: skip
    first = Paragraph(verdict, style)
    rest = [text(sentence, size=8.4) for sentence in
            (detail, *(reason.advice for reason in summary.gate.reasons))]  # fmt: skip
    row = table([[name, first, rest]], [100, 62, TEXT_WIDTH - 162],
                [("LEFTPADDING", (0, 0), (0, 0), 0), ("LINEABOVE", (0, 0), (-1, 0), 0.7, INK),
                 ("VALIGN", (0, 0), (-1, -1), "TOP")], pad=4.5)  # fmt: skip
    return [row]
