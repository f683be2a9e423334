"""What the page Live says in each state: parts, clock, prompt, quality, panels, marks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import streamlit as st

from emocare.domain.live import LiveGateState, LivePhase, Marker, MarkerId, MarkerKind
from emocare.domain.readings import FrameStatus
from emocare.domain.records import SessionId
from emocare.ui import live_faults, live_marks, live_panels, live_parts, live_quality, live_session
from emocare.ui.charts import live as charts
from emocare.ui.text import live as text
from emocare.ui.theme import DARK as DARK_THEME
from emocare.ui.theme import LIGHT
from tests.ui.live_views import DARK, check, gate, reading, trail, view

CHECK, PAUSED = LivePhase.CHECK, LivePhase.PAUSED


def marker(kind: MarkerKind, t_s: float, until_s: float | None = None, said: str = "") -> Marker:
    return Marker(MarkerId(str(t_s)), SessionId("s"), t_s, until_s, kind, said, "Dr A",
                  datetime.now(UTC))  # fmt: skip


def test_the_running_part_says_what_is_left_and_what_to_say() -> None:
    now = view()
    assert live_parts.time_left(now) == "8 s left in this part"
    assert live_parts.progress(now) == pytest.approx(52 / 60)
    assert "room you woke up in" in live_parts.prompt(now)
    assert [live_parts.label(part) for part in now.parts] == [
        "Neutral 30 s", "Talk 60 s", "Positive memory 90 s", "Rest 30 s, optional",
    ]  # fmt: skip


def test_a_paused_part_keeps_its_seconds() -> None:
    assert live_parts.time_left(view(PAUSED)) == "Paused, 8 s left in this part"


def test_the_check_counts_down_only_while_everything_is_green() -> None:
    assert live_parts.time_left(view(CHECK)) == "Waits for green"
    green = view(CHECK, check=check(green_for_s=1.1))
    assert live_parts.time_left(green) == "Starts in 2 s"
    assert live_parts.progress(green) == pytest.approx(1.1 / 3)
    free = view(CHECK, guided=False)
    assert live_parts.time_left(free) == ""
    assert "Start when you are ready" in live_parts.prompt(free)


def test_a_free_recording_has_no_end_and_no_prompt_to_ask() -> None:
    free = view(guided=False)
    assert live_parts.time_left(free) == "1:22 recorded"
    assert live_parts.progress(free) == 0.0
    assert live_parts.prompt(free).startswith("Free recording")


def test_after_the_last_part_nothing_is_left_to_say() -> None:
    done = view(PAUSED, protocol_done=True)
    assert live_parts.progress(done) == 1.0
    assert "All parts are done" in live_parts.prompt(done)


def test_quality_says_how_much_is_missing_for_reliable() -> None:
    assert live_quality.sentence(view()) == (
        "8 s more of valid picture needed for **reliable** (52 of 60 s)."
    )
    assert "Enough" in live_quality.sentence(view(valid_s=61.0))
    collecting = gate(LiveGateState.COLLECTING, collecting_s=6.4)
    assert live_quality.sentence(view(gate=collecting)).startswith("6 s more before")


def test_a_failing_picture_names_cause_figure_and_remedy_first() -> None:
    failing = view(gate=gate(LiveGateState.UNRELIABLE, missing=(DARK,),
                             questionnaire_in_s=4.0))  # fmt: skip
    assert live_quality.failing(failing)
    said = live_quality.sentence(failing).replace("\\", "")
    assert said == (
        "**Too dark on the face: brightness 22, need 40.** Turn a lamp towards the face."
    )


def test_a_second_person_is_told_before_the_seconds() -> None:
    assert "Somebody else is in the picture" in live_quality.sentence(view(second_person=True))


def test_the_check_names_the_first_line_that_fails_with_its_remedy() -> None:
    wrong = view(CHECK, check=check("distance", "angle"))
    assert live_quality.sentence(wrong).replace("\\", "") == (
        "**Mend the distance: 20, need 40.**"
    )
    assert live_quality.sentence(view(CHECK)).startswith("**All green.**")
    assert live_quality.sentence(view(CHECK, latest=None)) == "Waiting for the first picture."


@pytest.mark.parametrize(
    ("status", "cell", "value"),
    [
        (FrameStatus.TOO_DARK, "Light", "too dark"),
        (FrameStatus.TURNED_AWAY, "Angle", "turned 3°"),
        (FrameStatus.TOO_BLURRED, "Sharpness", "blurred"),
        (FrameStatus.SEVERAL_FACES, "People", "several"),
        (FrameStatus.TOO_SMALL, "Distance", "150 px of 96"),
    ],
)
def test_each_measure_fails_by_the_status_that_speaks_of_it(
    status: FrameStatus, cell: str, value: str
) -> None:
    cells = {m.name: m for m in live_quality.measures(view(latest=reading(status)))}
    assert cells[cell].value == value
    assert [name for name, m in cells.items() if m.passed is False] == [cell]


def test_without_a_face_nothing_passes_and_nothing_fails() -> None:
    nobody = replace(reading(FrameStatus.NO_FACE), face=None, n_faces=0)
    cells = {m.name: m for m in live_quality.measures(view(latest=nobody, readings_per_s=4.0))}
    assert cells["Distance"].passed is None and cells["Distance"].value == "no face"
    assert cells["People"].value == "nobody"
    assert cells["Readings"].passed is False


def test_the_page_is_drawn_anew_only_when_buttons_or_camera_change() -> None:
    drawn = live_session.shape(view(), "")
    later = view(part_elapsed_s=55.0, part_left_s=5.0, valid_s=55.0, frames_in=9)
    assert live_session.shape(later, "") == drawn
    failing = view(gate=gate(LiveGateState.UNRELIABLE, questionnaire_in_s=9.0))
    assert live_session.shape(failing, "") != drawn
    assert live_session.shape(view(PAUSED), "") != drawn
    assert live_session.shape(view(), "lost") != drawn


def test_drawing_spares_while_reading_is_behind_and_does_not_flutter() -> None:
    st.session_state.pop(live_session.SPARING, None)
    delays = (8.0, 39.0, 41.0, 30.0, 21.0, 19.0, 30.0, None)
    found = [live_session.sparing(view(delay_ms=delay)) for delay in delays]
    assert found == [False, False, True, True, True, False, False, False]
    assert not live_session.sparing(view(CHECK, delay_ms=90.0))
    drawn = live_session.shape(view(delay_ms=8.0), "")
    assert live_session.shape(view(delay_ms=90.0), "") != drawn
    st.session_state.pop(live_session.SPARING, None)


def test_marks_are_written_with_their_time() -> None:
    marks = [marker(MarkerKind.TEARFUL, 84), marker(MarkerKind.NOTE, 90, said="asked *twice*"),
             marker(MarkerKind.EXCLUDED, 50, 60)]  # fmt: skip
    assert live_marks.line(marks).replace("\\", "") == (
        "Marked: 1:24 Tearful · 1:30 Note: asked *twice* · 0:50 to 1:00 Left out"
    )
    assert live_marks.line([]) == ""


def test_every_fault_has_cause_and_remedy() -> None:
    for name in ("NotAllowedError", "NotFoundError", "NotReadableError", "Insecure", "Unplugged",
                 "no_offer", "not_connected", "lost", "broken", "black"):  # fmt: skip
        cause, remedy = live_faults.words(name)
        assert cause.endswith((".", "other.")) and remedy.endswith(".")
    cause, _ = live_faults.words("Odd<b>Error")
    assert "Odd\\<b\\>Error" in cause


def test_gaps_stay_gaps_in_a_panel() -> None:
    table = charts.trail_table(trail(gap=True))
    assert table["piece"].nunique() == 2
    assert len(table) == 50
    assert charts.latest(trail()) == pytest.approx((40.0, 30.0, 50.0))
    ended = trail()
    ended.value[-1] = np.nan
    assert charts.latest(ended) is None
    assert len(charts.trail_table(replace(trail(), value=np.full(60, np.nan)))) == 0


@pytest.mark.parametrize("colours", [LIGHT, DARK_THEME])
def test_a_panel_has_the_full_scale_and_never_changes_with_the_data(colours: object) -> None:
    spec = charts.panel("valence", (-0.1, 0.2), colours, axis=False)
    lines = [layer for layer in spec["layer"] if "data" not in layer]
    assert {tuple(one["encoding"]["y"]["scale"]["domain"]) for one in lines} == {(-1.0, 1.0)}
    assert spec["layer"][0]["data"]["values"] == [{"low": -0.1, "high": 0.2}]
    other = charts.panel("fatigue", None, colours, axis=True)
    assert other["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0.0, 100.0]
    assert other["height"] > spec["height"]


def test_a_dimension_without_a_value_says_why() -> None:
    nothing = replace(trail(), value=np.full(60, np.nan))
    ended = replace(trail(), value=np.append(trail().value[:-1], np.nan))
    trails = view().trails
    assert live_panels.nothing(view(trails=dict.fromkeys(trails, nothing))) == "not yet"
    assert live_panels.nothing(view(trails=dict.fromkeys(trails, ended))) == "no valid picture"
    one = {**trails, "anxiety": nothing}
    slow = view(trails=one, readings_per_s=6.0)
    assert live_panels.nothing(slow) == "needs 15 readings a second"
    assert live_panels.nothing(view(trails=one)) == "not yet"


def test_bars_keep_their_order_and_leave_out_units_that_no_reader_measures() -> None:
    table = charts.expression_table(np.array([0.5, *[np.nan] * 7]))
    assert table["share"].tolist() == [0.5, *[0.0] * 7]
    spec = charts.bars(charts.expression_names(), LIGHT)
    assert spec["encoding"]["y"]["sort"][0] == text.EXPRESSION_WORDS["neutral"]
    assert spec["encoding"]["x"]["scale"]["domain"] == [0, 1]
