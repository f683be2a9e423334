"""What comes before everything else: whom to call, and every safety alert."""

from __future__ import annotations

from reportlab.platypus import Flowable, Paragraph

from emocare.domain.records import AlertState
from emocare.report import words
from emocare.report.blocks import box, gap, rich, small, table, text, words_block
from emocare.report.content import Audience, Report, SafetyAlert
from emocare.report.shaping import markup
from emocare.report.style import SAFETY, SAFETY_GROUND, TEXT_WIDTH, text_style


def crisis_box(report: Report) -> list[Flowable]:
    """Whom to call, first of all in the patient's copy."""
    crisis = report.crisis
    if report.audience is not Audience.PATIENT or crisis is None:
        return []
    lines = [("Emergency", crisis.emergency, "")]
    if crisis.clinic_phone:
        lines.append((report.clinic, crisis.clinic_phone, ""))
    lines += [(line.name, line.number, line.note) for line in crisis.lines]
    rows = [
        [text(name, size=8.6), text(number, size=10, bold=True, leading=1.25),
         text(note, size=7.6, colour="muted")]
        for name, number, note in lines
    ]  # fmt: skip
    width = TEXT_WIDTH - 30
    parts: list[Flowable] = [
        text("Help in a crisis", size=11.2, bold=True, leading=1.3),
        gap(2),
        *words_block(crisis.text, text_style(8.6)),
        gap(4),
        table(rows, [width * 0.36, width * 0.26, width * 0.38],
              [("LEFTPADDING", (0, 0), (0, -1), 0)], pad=2.2),
        gap(4),
        small(
            f"Numbers as published, listed on {words.day(crisis.verified_on)}. "
            "This works without the app."
        ),
    ]  # fmt: skip
    return [box(parts, SAFETY), gap(12)]


def safety_box(report: Report) -> list[Flowable]:
    """Every alert with its answer and its life; nothing without an alert."""
    if not report.alerts:
        return []
    parts: list[Flowable] = []
    for i, entry in enumerate(report.alerts):
        if i:
            parts.append(gap(7))
        parts += _alert(report, entry)
    said = words.ZERO_IS_NO_PROOF
    if report.faces:
        said += " The face never changes an alert."
    parts += [gap(4), small(said, colour="ink")]
    return [box(parts, SAFETY, SAFETY_GROUND), gap(12)]


def _alert(report: Report, entry: SafetyAlert) -> list[Flowable]:
    alert = entry.alert
    level = words.LEVELS.get(alert.level, "")
    title = f"Safety alert: {words.alert_title(alert.code)}" + (f" ({level})" if level else "")
    lines: list[Flowable] = [text(title, size=9.6, bold=True, colour="safety", leading=1.35)]
    if entry.item_text:
        answer = entry.answer_text or "not answered"
        lines.append(rich(f"{markup(f'“{entry.item_text}”')} "
                          f"{markup(f'Answer: {answer}.', bold=True)}"))  # fmt: skip
    if alert.detail and not entry.item_text:
        lines += words_block(alert.detail, text_style())
    lines.append(_life(report, entry))
    if alert.note:
        lines += words_block(f"Note: {alert.note}", text_style())
    return lines


def _life(report: Report, entry: SafetyAlert) -> Paragraph:
    """Raised, acknowledged, resolved, in one sentence each."""
    alert, zone = entry.alert, report.generated_at.tzinfo
    said = [f"Raised {words.moment(words.local(alert.raised_at, zone))}."]
    if alert.acknowledged_by and alert.acknowledged_at:
        at = words.moment(words.local(alert.acknowledged_at, zone))
        said.append(f"Acknowledged by {alert.acknowledged_by}, {at}.")
    if alert.state is AlertState.RESOLVED and alert.resolved_at:
        at = words.moment(words.local(alert.resolved_at, zone))
        action = entry.action_text or (words.plain(alert.action) if alert.action else "")
        said.append(f"Resolved by {alert.resolved_by or 'not recorded'}, {at}: {action}.")
    state = "" if alert.state is not AlertState.RAISED else words.ALERT_STATE[alert.state]
    if alert.state is AlertState.ACKNOWLEDGED:
        state = "Not yet resolved."
    return rich(" ".join(p for p in (markup(" ".join(said)),
                                     markup(state, bold=True) if state else "") if p))  # fmt: skip
