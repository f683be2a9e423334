"""Treatment as boxes in lanes, and events as diamonds, above the rows of a course."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from emocare.domain.care import CareEntry, LifeEvent, Treatment
from emocare.ui.charts.dated import DatedPlot, moment, upright
from emocare.ui.text import timeline as text
from emocare.ui.theme import Palette
from emocare.ui.wording import day

LANE = "lane{number}"
EVENTS = "events"
LETTERS = 130
"""Letters that fit beside each other over the whole time shown, in the narrow window."""

MIN_LETTERS = 6
"""A label that would be shorter is left out; the words are in the hover and in the table."""

Shown = tuple[datetime, datetime]


def is_lane(key: str) -> bool:
    """Whether a row holds treatment or events rather than numbers."""
    return key == EVENTS or key.startswith("lane")


def in_lanes(treatments: Sequence[CareEntry], today: date) -> list[list[CareEntry]]:
    """Treatments in as few lanes as show none on top of another."""
    lanes: list[list[CareEntry]] = []
    for entry in treatments:
        content = entry.content
        if not isinstance(content, Treatment):
            continue
        for lane in lanes:
            last = lane[-1].content
            if isinstance(last, Treatment) and (last.until or date.max) <= content.since:
                lane.append(entry)
                break
        else:
            lanes.append([entry])
    return lanes


def draw_treatments(plot: DatedPlot, lanes: Sequence[Sequence[CareEntry]], shown: Shown,
                    today: date, colours: Palette) -> None:  # fmt: skip
    """A box for each treatment, and a thin line through the rows of numbers at each change."""
    changes: set[datetime] = set()
    for number, lane in enumerate(lanes):
        axis = plot.axis[LANE.format(number=number)]
        for entry in lane:
            content = entry.content
            if not isinstance(content, Treatment):
                continue
            begin, stop = moment(content.since), _after(content.until, today)
            left, right = max(begin, shown[0]), min(stop, shown[1])
            if left >= right:
                continue
            changes |= {begin} | ({stop} if content.until is not None else set())
            _box(plot, axis, content, (left, right), shown, colours)
    for at in sorted(changes):
        if shown[0] < at < shown[1]:
            upright(plot, at, colours, rows=[k for k in plot.axis if not is_lane(k)])


def _after(until: date | None, today: date) -> datetime:
    """Where a box ends: after its last day, so that the next dose begins where it stops."""
    return moment(today if until is None else until + timedelta(days=1))


def _box(plot: DatedPlot, axis: str, content: Treatment, box: Shown, shown: Shown,
         colours: Palette) -> None:  # fmt: skip
    left, right = box
    plot.shape(type="rect", x0=left, x1=right, y0=0.04, y1=0.96, yref=axis,
                          fillcolor=colours.panel, line=dict(color=colours.line, width=1),
                          layer="below")  # fmt: skip
    middle = left + (right - left) / 2
    words = text.HOVER_TREATMENT.format(
        name=content.label, since=day(content.since),
        until=text.TODAY if content.until is None else day(content.until),
    )  # fmt: skip
    plot.figure.add_scatter(
        x=[middle], y=[0.5], yaxis=axis, mode="markers", marker=dict(size=20, opacity=0),
        customdata=[words], hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    room = int((right - left) / (shown[1] - shown[0]) * LETTERS)
    label = content.label if len(content.label) <= room else f"{content.label[: room - 1]}…"
    if room >= 4:
        plot.note(text=_safe(label), x=middle, y=0.5, yref=axis, showarrow=False,
                                   yanchor="middle",
                                   font=dict(size=13, color=colours.ink))  # fmt: skip


def draw_events(plot: DatedPlot, events: Sequence[CareEntry], shown: Shown,
                colours: Palette) -> None:  # fmt: skip
    """A diamond for each event, with its words where there is room before the next."""
    dated = [(moment(e.content.on), e.content) for e in events
             if isinstance(e.content, LifeEvent)]  # fmt: skip
    inside = sorted(((at, event) for at, event in dated if shown[0] <= at <= shown[1]),
                    key=lambda pair: pair[0])  # fmt: skip
    if not inside:
        return
    plot.figure.add_scatter(
        x=[at for at, _ in inside], y=[0] * len(inside), yaxis=plot.axis[EVENTS], mode="markers",
        marker=dict(symbol="diamond", size=9, color=colours.ink),
        customdata=[f"{_safe(event.text)}, {day(event.on)}" for _, event in inside],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    whole = shown[1] - shown[0]
    for i, (at, event) in enumerate(inside):
        ahead = inside[i + 1][0] if i + 1 < len(inside) else shown[1]
        room = int((ahead - at) / whole * LETTERS)
        if room >= MIN_LETTERS:
            label = event.text if len(event.text) <= room else f"{event.text[: room - 1]}…"
            plot.note(
                text=_safe(label), x=at, y=0, yref=plot.axis[EVENTS], xanchor="left", xshift=8,
                yanchor="middle", showarrow=False, font=dict(size=13, color=colours.muted),
            )  # fmt: skip


def _safe(words: str) -> str:
    """Text from outside as plotly may show it: nothing in it is taken for markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
