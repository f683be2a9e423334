"""What was answered: every item of every questionnaire, and the change over the visits."""

from __future__ import annotations

from itertools import pairwise

from reportlab.platypus import Flowable

from emocare.domain.records import ScaleScore, ScoreResult
from emocare.domain.summary import Band
from emocare.report import words
from emocare.report.blocks import (
    Commands,
    gap,
    head,
    heading,
    notes,
    rich,
    small,
    subheading,
    table,
    text,
    together,
)
from emocare.report.charts import scale_of, total_scale
from emocare.report.content import Audience, Questionnaire, Report, TotalPoint
from emocare.report.sections.front import history, index_change_sentence, safety_item_sentence
from emocare.report.shaping import markup
from emocare.report.style import INK, TEXT_WIDTH
from emocare.report.trends import index_chart, totals_chart

LONG_ANSWER = 30
"""Characters from which the words of an answer need a wider column."""


def questionnaires(report: Report) -> list[Flowable]:
    """Each questionnaire with its items, its total on its scale and what the total means."""
    if not report.questionnaires:
        return [heading("Questionnaire"),
                text("No questionnaire was answered in this session or in the 14 days before it. "
                     "Nothing is concluded from its absence.")]  # fmt: skip
    parts: list[Flowable] = []
    for questionnaire in report.questionnaires:
        parts += _questionnaire(report, questionnaire)
    return parts


def _questionnaire(report: Report, questionnaire: Questionnaire) -> list[Flowable]:
    """The items on one page, and what they mean close after."""
    response = questionnaire.response
    day = words.moment(words.local(response.answered_at, report.generated_at.tzinfo))
    mode = words.MODES.get(response.mode, response.mode)
    asked = f"{day} · {mode} · {response.language}"
    meaning: list[Flowable] = []
    if questionnaire.steps:
        meaning += [gap(5), total_scale(questionnaire, TEXT_WIDTH)]
    for line in questionnaire.scales:
        meaning += [gap(3), subheading(line.title),
                    scale_of(line.steps, line.maximum, line.score, TEXT_WIDTH)]  # fmt: skip
    said = [(name, note) for name, note in _notes(report, questionnaire) if note]
    if said:
        meaning += [gap(2), notes(said)]
    items = [heading(f"Questionnaire: {questionnaire.title}", asked), small(questionnaire.stem),
             gap(3), _items(questionnaire)]  # fmt: skip
    found = [together(items, partable=True)]
    return [*found, together(meaning)] if meaning else [*found]


def _items(questionnaire: Questionnaire) -> Flowable:
    rows: list[list[object]] = []
    for i, item in enumerate(questionnaire.items, start=1):
        answer = item.answer_text or "not answered"
        points = "–" if item.value is None else str(item.value)
        tight = {"size": 8, "leading": 1.28}
        rows.append([text(str(i), colour="muted", **tight), text(item.text, **tight),
                     text(answer, colour="muted", **tight),
                     text(points, bold=True, align="right", **tight)])  # fmt: skip
    first = len(rows)
    for name, total in _totals(questionnaire):
        rows.append([text(name, size=8.4, bold=True), "",
                     text(total, size=8.4, bold=True, align="right"), ""])  # fmt: skip
    last = len(rows) - 1
    commands: Commands = [("BACKGROUND", (0, first), (-1, last), "white"),
                          ("LINEABOVE", (0, first), (-1, first), 0.7, INK),
                          ("NOSPLIT", (0, max(first - 2, 0)), (-1, last))]  # fmt: skip
    for row in range(first, last + 1):
        commands += [("SPAN", (0, row), (1, row)), ("SPAN", (2, row), (3, row))]
    longest = max((len(item.answer_text or "") for item in questionnaire.items), default=0)
    number, answers = 18 if first < 10 else 24, 112 if longest < LONG_ANSWER else 178
    widths = [number, TEXT_WIDTH - number - answers - 30, answers, 30]
    return table(rows, widths, commands, zebra=True, pad=1.7)


def _totals(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """The total, or that of each scale: name and "14 of 42"."""
    if not questionnaire.scales:
        return [("Total", _of(questionnaire.response.result.total, questionnaire.maximum))]
    return [(line.title, _of(line.score.total, line.maximum)) for line in questionnaire.scales]


def _of(total: int | None, maximum: int) -> str:
    return "no total" if total is None else f"{total} of {maximum}"


def _notes(report: Report, questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """What the total means and what it leaves open: label and sentence, "" for none."""
    result, daily = questionnaire.response.result, questionnaire.difficulty
    named = [(line.title, line.score) for line in questionnaire.scales] or [
        (questionnaire.title, result)]  # fmt: skip
    said = []
    for name, scored in named:
        missing = _missing_note(scored)
        if missing and questionnaire.scales:
            missing = f"{name}: {missing}"
        said += [("Total", missing), ("Band", _band_note(name, scored))]
    said += [("Bands", questionnaire.bands_note), ("Safety", safety_item_sentence(questionnaire))]
    if daily is not None:
        said.append(("Daily life", f"{daily.text} {daily.answer_text or 'Not answered'}."))
    if result.screen_positive is not None:
        said.append(("Screen", "Positive." if result.screen_positive else "Not positive."))
    if report.audience is Audience.FILE and result.algorithm is not None:
        said.append((
            "Symptom count",
            f"{words.ALGORITHM.get(result.algorithm, result.algorithm)}. Not a diagnosis: "
            "impairment, bereavement, mania history and physical causes must be ruled out. "
            "Consider bipolar history before antidepressant decisions.",
        ))  # fmt: skip
    return [*said, ("Accuracy", questionnaire.accuracy), ("Form", questionnaire.notice)]


def _missing_note(result: ScoreResult | ScaleScore) -> str:
    """How missing answers were dealt with."""
    low, high = result.possible_range
    if result.total is None:
        return f"Too many answers are missing for a total; those given allow {low} to {high}."
    if not result.prorated:
        return ""
    unsure = " The range crosses a band: the band is uncertain." * result.band_uncertain
    return f"Prorated for missing answers; the true total is between {low} and {high}.{unsure}"


def _band_note(name: str, result: ScoreResult | ScaleScore) -> str:
    """The house band with the native one beside it."""
    if result.total is None or (result.band is None and result.native_band is None):
        return ""
    own = f"{name} {result.total}"
    if result.band is None:
        return f"{own}, native: {result.native_band}. This form has no severity bands."
    native = f", native: {result.native_band}" if result.native_band else ""
    note = f"{own}: {words.SEVERITY[result.band].lower()}{native}."
    if result.band is Band.SEVERE and result.native_band in ("moderately severe",
                                                             "extremely severe"):  # fmt: skip
        own_word = result.native_band.capitalize()
        note += f" {own_word} counts as severe in the four bands used here."
    return note


def changes(report: Report) -> list[Flowable]:
    """Totals over the visits with their thresholds, and the facial index on its own axis."""
    with_history = [(q, history(report, q)) for q in report.questionnaires if not q.scales]
    drawn = [(q, points) for q, points in with_history if len(points) >= 2 and q.steps]
    if not with_history and len(report.indices) < 2:
        return []
    parts: list[Flowable] = [_change_table(report, with_history)] if with_history else []
    charts = [_trend(report, questionnaire, points, first=i == 0)
              for i, (questionnaire, points) in enumerate(drawn)]  # fmt: skip
    visits = max((len(points) for _, points in with_history), default=0)
    name = f"Change over {words.count(visits, 'visit')}" if visits > 1 else "Change"
    if not drawn and len(report.indices) < 2:
        parts.append(small("One visit. Change needs two."))
    found: list[Flowable] = [together([heading(name), *parts])]
    found += [together(chart) for chart in charts]
    if len(report.indices) >= 2:
        found.append(together(_index_trend(report)))
    return found


def _change_table(report: Report, rows: list[tuple[Questionnaire, list[TotalPoint]]]) -> Flowable:
    """First, previous and present total of each instrument, with the threshold."""
    names = ("Total", "First", "Previous", "Now", "Since previous", "Since first", "Counts from")
    cells: list[list[object]] = [head(*names, right=(3, 4, 5, 6))]
    for questionnaire, points in rows:
        now = questionnaire.response.result.total
        at = questionnaire.response.answered_at
        before = [p for p in points if p.answered_at < at and p.total is not None]
        first, previous = (before[0], before[-1]) if before else (None, None)
        step = questionnaire.change_threshold
        right = ["–" if now is None else str(now), _delta(previous, now), _delta(first, now),
                 "–" if step is None else f"{step} points"]  # fmt: skip
        cells.append([
            text(questionnaire.title, size=8, bold=True),
            text(_dated(report, first), size=8), text(_dated(report, previous), size=8),
            *(text(value, size=8, align="right", bold=i == 0) for i, value in enumerate(right)),
        ])  # fmt: skip
    widths = [58, 92, 92, 40, 72, 64, TEXT_WIDTH - 418]
    return table(cells, widths, header=True, pad=2)


def _dated(report: Report, point: TotalPoint | None) -> str:
    if point is None:
        return "–"
    at = words.local(point.answered_at, report.generated_at.tzinfo)
    return f"{point.total} on {words.day(at)}"


def _delta(before: TotalPoint | None, now: int | None) -> str:
    if before is None or before.total is None or now is None:
        return "–"
    return words.number(now - before.total, sign=True)


def _trend(
    report: Report, questionnaire: Questionnaire, points: list[TotalPoint], *, first: bool
) -> list[Flowable]:
    zone = report.generated_at.tzinfo
    chart = totals_chart(questionnaire, points, TEXT_WIDTH, 110 if first else 80, zone)
    step = questionnaire.change_threshold
    note = "Square: answered total."
    if any(p.prorated for p in points):
        note += " Hollow square and bar: prorated, with its possible range."
    if step is not None:
        note += f" Dashed: first total plus and minus {step}, from where a change counts."
    if _overlaps(points):
        note += " Some visits lie under 7 days apart: their recall periods overlap."
    return [subheading(f"{questionnaire.title} total, {questionnaire.steps[0].low} to "
                       f"{questionnaire.maximum}"), chart, small(note)]  # fmt: skip


def _overlaps(points: list[TotalPoint]) -> bool:
    return any((b.answered_at - a.answered_at).days < 7 for a, b in pairwise(points))


def _index_trend(report: Report) -> list[Flowable]:
    chart = index_chart(report.indices, TEXT_WIDTH, 96, report.generated_at.tzinfo)
    note = "Circle and bar: index with its 90 % interval, investigational."
    if any(p.value is None for p in report.indices):
        note += " Cross: no reliable face, no index."
    if any(not p.comparable for p in report.indices):
        note += " Dotted vertical: task, engine or reference changed, not comparable across it."
    sentence = index_change_sentence(report)
    parts: list[Flowable] = [subheading("Facial behaviour index, 0 to 100, on its own axis"),
                             chart, small(note)]  # fmt: skip
    if sentence:
        parts.append(rich(markup(sentence), size=8.2))
    return parts


