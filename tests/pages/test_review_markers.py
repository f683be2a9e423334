"""Markers on the review: drawn on the chart, added, changed, removed; left out means left out."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.live import MarkerKind
from emocare.domain.records import SessionRecord
from tests.pages.conftest import Open, words
from tests.ui.scenes import Scene, readings


@pytest.fixture
def record(scene: Scene) -> SessionRecord:
    return scene.session(scene.patient("P-1", "Ada Lang"), readings(211))


def figure(page: AppTest) -> dict:
    return json.loads(page.get("plotly_chart")[0].proto.spec)


def texts(page: AppTest) -> list[str]:
    return [note["text"] for note in figure(page)["layout"]["annotations"]]


def test_without_markers_there_is_no_row_for_them(open_page: Open, record: SessionRecord) -> None:
    page = open_page("review", session=record.id)
    assert not page.exception
    assert "Markers" not in texts(page)
    assert page.button(key="markers_open")


def test_markers_stand_on_the_chart_and_time_left_out_is_shaded(
    open_page: Open, scene: Scene, record: SessionRecord
) -> None:
    live = scene.app.live
    live.add_marker(record.id, MarkerKind.TEARFUL, 84.0)
    live.add_marker(record.id, MarkerKind.EXCLUDED, 120.0, 130.0)
    page = open_page("review", session=record.id)
    assert not page.exception
    assert {"Markers", "Tearful", "Left out"} <= set(texts(page))
    shaded = [s for s in figure(page)["layout"]["shapes"] if s["x0"] == 120.0 and s["x1"] == 130.0]
    assert len(shaded) == 1
    assert "◆ 1:24 Tearful · 2:00 to 2:10 Left out" in words(page)


def test_a_marker_is_added_changed_and_removed_in_the_dialog(
    open_page: Open, scene: Scene, record: SessionRecord
) -> None:
    page = open_page("review", session=record.id).button(key="markers_open").click().run()
    page.number_input(key="marker_at_new").set_value(30.0)
    page.text_input(key="marker_words_new").input("asked twice")
    page.button(key="marker_add_new").click().run()
    assert not page.exception
    [made] = scene.app.live.markers(record.id)
    assert (made.kind, made.t_s, made.text) == (MarkerKind.NOTE, 30.0, "asked twice")

    page.button(key="markers_open").click().run()
    page.number_input(key=f"marker_at_{made.id}").set_value(33.0)
    page.button(key=f"marker_save_{made.id}").click().run()
    [changed] = scene.app.live.markers(record.id)
    assert (changed.id, changed.t_s) == (made.id, 33.0)

    page.button(key="markers_open").click().run()
    page.button(key=f"marker_remove_{made.id}").click().run()
    assert not page.exception
    assert scene.app.live.markers(record.id) == []


def test_an_empty_note_is_refused_in_the_dialog(
    open_page: Open, scene: Scene, record: SessionRecord
) -> None:
    page = open_page("review", session=record.id).button(key="markers_open").click().run()
    page.button(key="marker_add_new").click().run()
    assert "Write what the note says" in page.toast[0].value
    assert scene.app.live.markers(record.id) == []


def test_leaving_time_out_changes_the_summary_that_is_shown(
    open_page: Open, scene: Scene, record: SessionRecord
) -> None:
    open_page("review", session=record.id)
    before = scene.app.recordings.session(record.id).summary
    scene.app.live.add_marker(record.id, MarkerKind.EXCLUDED, 60.0, 160.0)
    after = scene.app.recordings.session(record.id).summary
    assert after.gate.metrics.valid_s < before.gate.metrics.valid_s - 80
    page = open_page("review", session=record.id)
    assert not page.exception
    assert len(figure(page)["data"]) > 0
