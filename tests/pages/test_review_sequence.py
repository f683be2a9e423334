"""Review: what the sequence networks say beside the index, and every state without them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from emocare.analysis import AnalysisConfig
from emocare.app import App, build_app
from emocare.domain.records import SessionRecord
from emocare.domain.summary import Band
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context
from tests.pages.conftest import Open, words
from tests.pages.test_review import PHQ, sent
from tests.ui.scenes import MODEL, Scene, SteadyReader, readings
from tests.ui.sequences import ScriptedSequences

SECONDS = 211


@pytest.fixture
def networks() -> ScriptedSequences:
    """What the sequence networks say; a test changes it as it goes."""
    return ScriptedSequences()


@pytest.fixture
def app(
    settings: Settings, networks: ScriptedSequences, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    face = LoadedFace(SteadyReader(), (MODEL,))
    with build_app(settings, lambda: face, lambda: networks) as made:
        monkeypatch.setattr(context, "_shared_app", lambda: made)
        yield made


def read(scene: Scene, seconds: float = SECONDS, *, answers: bool = True) -> SessionRecord:
    """A session as the worker would have stored it, sequence networks included."""
    person = scene.patient("P-1", "Ada Lang")
    rows = readings(seconds)
    record = scene.session(person, rows)
    assert record.summary is not None
    config = AnalysisConfig.from_dict(record.summary.config)
    summary = scene.app.summaries.make(rows, config, record.summary.source, [MODEL])
    record = replace(record, summary=summary)
    scene.app._store.update_session(record)
    if answers:
        scene.answers(person, record, PHQ, difficulty=1)
    return record


def chart(page: AppTest) -> dict:
    return json.loads(page.get("plotly_chart")[0].proto.spec)


def html(page: AppTest) -> str:
    return " ".join(str(node.proto) for node in page.get("html"))


def player(page: AppTest) -> str:
    """What the player is sent."""
    return next(str(node.proto) for node in page.get("bidi_component")
                if "emocare_player" in str(node.proto))  # fmt: skip


def test_severity_stands_with_words_percentages_and_origin_once(
    open_page: Open, scene: Scene
) -> None:
    record = read(scene)
    page = open_page("review", session=record.id)
    assert not page.exception
    text = words(page)
    assert "Likeliest: **Moderate**" in text
    assert text.count("Trained on simulated people, not on patients.") == 1
    assert "normal 8 %, mild 21 %, moderate 62 %, severe 9 %" in html(page)


def test_lines_of_formulas_and_network_are_named_and_never_mixed(
    open_page: Open, scene: Scene
) -> None:
    record = read(scene)
    page = open_page("review", session=record.id)
    control = page.segmented_control(key="lines")
    assert control.options == ["From the behaviour index’s formulas", "From the sequence network"]
    before = chart(page)
    assert "Attention" not in [a["text"] for a in before["layout"]["annotations"]]
    page = control.set_value("network").run()
    assert not page.exception
    after = chart(page)
    assert "Attention" in [a["text"] for a in after["layout"]["annotations"]]
    assert len(after["data"]) == len(before["data"]) + 1
    assert "from the sequence network, one value a second" in words(page)
    assert page.segmented_control(key="lines").value == "network"
    again = page.switch_page("pages/clinician/evidence.py").run()
    again = again.switch_page("pages/clinician/review.py").run()
    assert again.segmented_control(key="lines").value == "network"


def test_the_player_is_sent_the_strip_and_five_moments(
    open_page: Open, scene: Scene
) -> None:
    record = read(scene)
    data = player(open_page("review", session=record.id))
    assert "What the severity network looked at" in data
    assert "attention shows what weighed in the estimate, not what is wrong" in data
    assert data.count("of the estimate") == 5
    assert "Moments with most weight in the index" in data


def test_item_by_item_names_the_network_in_a_column_of_its_own(
    open_page: Open, scene: Scene
) -> None:
    record = read(scene)
    page = open_page("review", session=record.id)
    page.button(key="compare").click().run()
    table = page.table[0].value
    told = dict(zip(table["Dimension"], table["Sequence network"], strict=True))
    assert told["Anhedonia"] == "**42** 30 to 54"
    assert told["Valence"] == "**−0.10** −0.30 to 0.10"


def test_without_an_estimate_the_reason_is_said_and_nothing_is_drawn(
    open_page: Open, scene: Scene, networks: ScriptedSequences
) -> None:
    networks.fail = True
    page = open_page("review", session=read(scene).id)
    assert not page.exception
    assert "Severity network: The sequence networks stopped at a fault" in words(page)
    assert not [c for c in page.segmented_control if c.key == "lines"]
    assert "Likeliest" not in words(page)
    assert "What the severity network looked at" not in player(page)
    assert "Moments with most weight in the index" not in player(page)
    page.button(key="compare").click().run()
    assert "Sequence network" not in page.table[0].value.columns


def test_networks_that_were_replaced_take_only_their_lines_away(
    open_page: Open, scene: Scene, networks: ScriptedSequences
) -> None:
    record = read(scene)
    networks.models = (replace(networks.models[0], version="2.0.0"), networks.models[1])
    page = open_page("review", session=record.id)
    assert not page.exception
    text = words(page)
    assert "are not there any more, so their lines and attention cannot be drawn" in text
    assert "Likeliest: **Moderate**" in text and len(page.get("plotly_chart")) == 1
    assert not [c for c in page.segmented_control if c.key == "lines"]


def test_a_face_that_the_network_contradicts_does_not_lead_and_says_why(
    open_page: Open, scene: Scene, networks: ScriptedSequences
) -> None:
    networks.probabilities = (0.01, 0.02, 0.02, 0.95)
    record = read(scene, answers=False)
    assert record.summary is not None and record.summary.behaviour_index is not None
    assert record.summary.behaviour_index.band in (Band.NORMAL, Band.MILD)
    page = open_page("review", session=record.id)
    assert not page.exception
    assert "Indeterminate" in [h.value for h in page.header]
    text = words(page)
    assert "the sequence network severe, 2 bands or more apart" in text
    assert ", provisional" not in "".join(h.value for h in page.header)
    assert "Index **" in text


def test_a_face_beside_answers_keeps_its_word(
    open_page: Open, scene: Scene, networks: ScriptedSequences
) -> None:
    networks.probabilities = (0.01, 0.02, 0.02, 0.95)
    page = open_page("review", session=read(scene).id)
    assert "Indeterminate" not in [h.value for h in page.header]
    assert "bands or more apart" not in words(page)


def test_nothing_of_the_networks_is_sent_before_the_own_impression(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    blind = replace(scene.app, settings=replace(settings, blind_first=True))
    monkeypatch.setattr(context, "_shared_app", lambda: blind)
    record = read(scene)
    page = open_page("review", session=record.id)
    hidden = sent(page)
    for word in ("Severity network", "62 %", "Likeliest", "emocare_player", "sequence network"):
        assert word not in hidden
    page.segmented_control(key="blind_impression").set_value(Band.MILD).run()
    page.button(key="blind_note").click().run()
    assert "Likeliest: **Moderate**" in words(page)


def test_an_unreliable_session_says_nothing_of_the_networks(
    open_page: Open, scene: Scene
) -> None:
    page = open_page("review", session=read(scene, 20, answers=False).id)
    assert not page.exception
    assert "Unreliable" in [h.value for h in page.header]
    assert "Severity network" not in words(page)
    assert not [c for c in page.segmented_control if c.key == "lines"]
