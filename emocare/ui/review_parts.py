"""The parts of the page Review between the bar and the decision."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from emocare.domain.records import Response, SessionId, SessionRecord
from emocare.domain.sequence import SequenceReading
from emocare.domain.severity import FACE_INDETERMINATE
from emocare.domain.summary import Band, Driver, Summary
from emocare.domain.timeline import Timeline
from emocare.ui import (
    answers,
    cards,
    context,
    decision,
    frame,
    picture_quality,
    player,
    review_markers,
    review_sequence,
    text,
)
from emocare.ui.attention import strip
from emocare.ui.cards import Answered
from emocare.ui.charts.session import Show, caption, session_figure
from emocare.ui.text import questionnaire as more
from emocare.ui.theme import Palette
from emocare.ui.wording import ITEM_WORDS, number, plain, span

CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
LARGEST_WEIGHT = 22
"""Points of the heaviest item; the bars' scale is fixed to it."""

DRIVER_WIDTHS = (106, 76, 100, 58)

UNITS: dict[str, tuple[float, str, int]] = {
    "smile": (100, " %", 0), "expressivity": (1, "", 3), "head_motion": (1, "°/s", 1),
    "gaze_down": (100, " %", 0), "neg_valence": (1, "", 2), "fatigue": (1, "", 0),
    "anxiety": (1, "", 0), "au14": (100, " %", 0), "irritability": (1, "", 0),
}  # fmt: skip
"""Item -> factor, unit and digits with which its raw value is written."""


def answered(record: SessionRecord) -> Answered:
    """What the questionnaires say for this session."""
    service = context.app().questionnaires
    order = {name: place for place, name in enumerate(service.names())}
    responses = sorted(service.of_session(record.id),
                       key=lambda r: order.get(r.instrument, len(order)))  # fmt: skip
    lead = service.headline(record.id)
    forms = {r.instrument: service.offered.printed(r) for r in responses}
    return Answered(
        band=lead.band if lead.source == "questionnaire" else None, responses=responses,
        maxima={name: form.highest // max(1, len(form.scales)) for name, form in forms.items()},
        dimensions=service.self_report(record.id), item9=_item9(responses),
        overlapping=service.overlapping(record.id),
        doubt=lead.reason if FACE_INDETERMINATE in lead.flags else None,
    )  # fmt: skip


def _item9(responses: list[Response]) -> str | None:
    """What the safety question of the newest form that asks it was answered."""
    for response in responses:
        form = context.app().questionnaires.offered.printed(response)
        if form.safety is None:
            continue
        value = response.answers[form.safety.item - 1]
        if value is None:
            return text.ITEM9_MISSING
        words = (form.answer_text(value, form.safety.item) or "").lower()
        return (text.ITEM9_ZERO if value == 0 else text.ITEM9).format(words=words)
    return None


def shows_face(record: SessionRecord) -> bool:
    """Whether there is a face to speak of: a recording, in a clinic that analyses faces."""
    return record.recorded and context.app().settings.facial_module_enabled


def answers_alone(record: SessionRecord, voice: Answered) -> None:
    """The questionnaires of a visit and the decision, without a word about a face."""
    left, right = st.columns([9, 16])
    with left:
        cards.answered_card(voice, lambda: open_questionnaire(record), alone=True,
                            leads_page=frame.primary() == "primary")  # fmt: skip
        if voice.responses and st.button(text.OPEN_QUESTIONNAIRE, icon=":material/assignment:",
                                         key="open_more"):  # fmt: skip
            open_questionnaire(record)
        if not context.app().settings.facial_module_enabled:
            st.caption(more.NO_FACES)
    with right:
        decision.form(record, main=bool(voice.responses), face=False)
    if voice.responses:
        st.subheader(more.ANSWERS_TITLE, anchor=False)
        answers.tables(voice.responses)


def is_blind(record: SessionRecord) -> bool:
    """Whether the clinic wants the clinician's own impression before the face is shown."""
    app = context.app()
    if not app.settings.blind_first or record.summary is None or not shows_face(record):
        return False
    latest = app.reviews.latest(record.id)
    return latest is None or latest.impression is None


def note_impression(record: SessionRecord, band: Band) -> None:
    """Stores the own impression; the face is shown from then on."""
    context.app().reviews.save(record.id, band, None, (), "")
    st.rerun()


def open_questionnaire(record: SessionRecord) -> None:
    """Opens the questionnaire for this session, before the device is handed over."""
    context.go(context.QUESTIONNAIRE, record.patient_id, record.id)


def picture_and_chart(record: SessionRecord, voice: Answered, colours: Palette) -> None:
    """Left the clip, moments and drivers; right the session over time."""
    summary = record.summary
    assert summary is not None
    line = _timeline(*_key(record))
    bare = review_sequence.is_bare(summary)
    reading = review_sequence.reading_of(record, _key(record)[1])
    left, right = st.columns([9, 16])
    with left:
        _player(record, colours, reading)
        if not bare:
            drivers(summary)
    with right:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(text.OVER_TIME, anchor=False, width="content")
            st.space("stretch")
            rows = Show.ALL
            if not bare:
                rows = st.segmented_control(
                    text.ROWS_LABEL, list(Show), default=Show.ALL, required=True, key="rows",
                    label_visibility="collapsed", format_func=str,
                )  # fmt: skip
        network = review_sequence.chosen(reading)
        markers = review_markers.of(record)
        figure = session_figure(line, voice.dimensions, Show(rows), colours, quality_only=bare,
                                markers=markers, network=network)  # fmt: skip
        drawn = f"chart_{record.id}_{rows}_{network is not None}"
        with st.container(key=player.CHART_KEY):
            st.plotly_chart(figure, theme=None, config=CHART, key=drawn,
                            alt=text.CHART_ALT.format(length=span(line.duration_s)))  # fmt: skip
        has_squares = any(v is not None for v in voice.dimensions.values())
        st.caption(caption(line, quality_only=bare, answered=has_squares,
                           reference=summary.config.get("reference"),
                           network=network is not None))  # fmt: skip
        picture_quality.row(record)
        review_markers.row(record, markers)


@st.fragment
def _player(record: SessionRecord, colours: Palette, reading: SequenceReading | None) -> None:
    key = _key(record)
    line = _timeline(*key)
    player.show(record, line, _face_boxes(*key), colours,
                None if reading is None else strip(reading, line.duration_s))  # fmt: skip


def _key(record: SessionRecord) -> tuple[SessionId, str]:
    """What a drawing depends on: the session, the configuration of its summary, and how much of
    it counts."""
    summary = record.summary
    seen = summary and (summary.config, summary.gate.metrics)
    return record.id, f"{record.started_at.isoformat()} {seen}"


@st.cache_data(show_spinner=False, max_entries=4)
def _timeline(session_id: SessionId, version: str) -> Timeline:
    return context.app().recordings.timeline(session_id)


@st.cache_data(show_spinner=False, max_entries=4)
def _face_boxes(session_id: SessionId, version: str) -> list[list[float | None]]:
    return player.face_boxes(context.app().recordings.readings(session_id))


def drivers(summary: Summary) -> None:
    """The nine items of the index, largest contribution first, on one fixed scale."""
    st.subheader(text.DRIVERS, anchor=False)
    index = summary.behaviour_index
    if index is None:
        st.caption(text.DRIVERS_NONE)
        return
    item, points, seen, grade = text.DRIVER_COLUMNS
    shown = [d for d in index.drivers if d.contribution is not None]
    frame = pd.DataFrame({
        item: [ITEM_WORDS.get(d.item, d.item) for d in shown],
        points: [float(d.contribution or 0.0) for d in shown],
        seen: [_seen(d) for d in shown], grade: [d.grade.replace("-", "–") for d in shown],
    })  # fmt: skip
    column = st.column_config
    config = {
        item: column.TextColumn(width=DRIVER_WIDTHS[0]),
        points: column.ProgressColumn(width=DRIVER_WIDTHS[1], min_value=0,
                                      max_value=LARGEST_WEIGHT, format="%.1f", color="violet"),
        seen: column.TextColumn(width=DRIVER_WIDTHS[2]),
        grade: column.TextColumn(width=DRIVER_WIDTHS[3]),
    }  # fmt: skip
    st.dataframe(frame, hide_index=True, column_config=config, alt=text.DRIVERS_ALT,
                 height="content")  # fmt: skip
    missing = [
        f"{ITEM_WORDS.get(d.item, d.item)} ({plain(d.reason.rstrip('.'))})" if d.reason
        else ITEM_WORDS.get(d.item, d.item)
        for d in index.drivers if d.contribution is None
    ]  # fmt: skip
    if missing:
        st.caption(text.DRIVERS_MISSING.format(items="; ".join(missing)))


def _seen(driver: Driver) -> str:
    """The raw value with the reference beside it: "9 % (15 ± 5)"."""
    if driver.value is None:
        return text.NOT_MEASURED
    factor, unit, digits = UNITS.get(driver.item, (1, "", 2))
    words = f"{number(driver.value * factor, digits)}{unit}"
    if driver.reference_mean is None:
        return words
    typical = number(driver.reference_mean * factor, digits)
    # Only shares carry their spread: the column is 100 px wide beside the chart at 1024.
    if driver.reference_sd is None or unit != " %":
        return f"{words} ({typical})"
    return f"{words} ({typical} ± {number(driver.reference_sd * factor, digits)})"
