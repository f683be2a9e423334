"""Review: what the sequence networks say beside the index, and every state without them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from emocare.domain.errors import WeightsMissing
from emocare.domain.records import SessionId, SessionRecord
from emocare.domain.sequence import SequenceReading
from emocare.domain.severity import SeverityModel
from emocare.domain.summary import Band
from emocare.services.recordings import Recordings
from emocare.settings import Settings
from tests.pages.conftest import Open, words
from tests.pages.test_review import sent
from tests.ui.scenes import Scene, readings
from tests.ui.sequences import MODELS, ORIGIN, reading

SECONDS = 211


def with_networks(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> SessionRecord:
    """A session of which both networks have said something."""
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(SECONDS))
    said = reading(SECONDS)
    assert record.summary is not None
    summary = replace(
        record.summary, models=(*record.summary.models, *MODELS), dimensions_model=said.session,
        severity_model=SeverityModel(said.severity, ORIGIN, said.moments,
                                     tuple(m.id for m in MODELS)),
        model_reason=None,
    )  # fmt: skip
    record = replace(record, summary=summary)
    scene.app._store.update_session(record)

    def sequence(self: Recordings, session_id: SessionId) -> SequenceReading | None:
        assert session_id == record.id
        return said

    monkeypatch.setattr(Recordings, "sequence", sequence, raising=False)
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
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_networks(scene, monkeypatch)
    page = open_page("review", session=record.id)
    assert not page.exception
    text = words(page)
    assert "Likeliest: **Moderate**" in text
    assert text.count("Trained on simulated people, not on patients.") == 1
    assert "normal 8 %, mild 21 %, moderate 62 %, severe 9 %" in html(page)


def test_lines_of_formulas_and_network_are_named_and_never_mixed(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_networks(scene, monkeypatch)
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
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_networks(scene, monkeypatch)
    data = player(open_page("review", session=record.id))
    assert "What the severity network looked at" in data
    assert "attention shows what weighed in the estimate, not what is wrong" in data
    assert data.count("of the estimate") == 5
    assert "Moments with most weight in the index" in data


def test_item_by_item_names_the_network_in_a_column_of_its_own(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_networks(scene, monkeypatch)
    page = open_page("review", session=record.id)
    page.button(key="compare").click().run()
    table = page.table[0].value
    told = dict(zip(table["Dimension"], table["Sequence network"], strict=True))
    assert told["Anhedonia"] == "**42** 30 to 54"
    assert told["Valence"] == "**−0.10** −0.30 to 0.10"


def test_without_networks_the_reason_is_said_and_nothing_is_drawn(
    open_page: Open, scene: Scene
) -> None:
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(120))
    page = open_page("review", session=record.id)
    assert not page.exception
    assert record.summary is not None and record.summary.model_reason is not None
    assert f"Severity network: {record.summary.model_reason}" in words(page)
    assert not [c for c in page.segmented_control if c.key == "lines"]
    assert "Likeliest" not in words(page)
    assert "What the severity network looked at" not in player(page)
    assert "Moments with most weight in the index" not in player(page)


def test_a_network_that_cannot_be_loaded_takes_only_its_lines_away(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_networks(scene, monkeypatch)

    def refuse(self: Recordings, session_id: SessionId) -> SequenceReading | None:
        raise WeightsMissing("models/affect-1.0.0 is not there.")

    monkeypatch.setattr(Recordings, "sequence", refuse, raising=False)
    page = open_page("review", session=record.id)
    assert not page.exception
    text = words(page)
    assert "cannot be shown. models/affect-1.0.0 is not there." in text
    assert "Likeliest: **Moderate**" in text and len(page.get("plotly_chart")) == 1
    assert not [c for c in page.segmented_control if c.key == "lines"]


def test_nothing_of_the_networks_is_sent_before_the_own_impression(
    open_page: Open, scene: Scene, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(type(scene.app), "settings", replace(settings, blind_first=True))
    record = with_networks(scene, monkeypatch)
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
    person = scene.patient("P-1", "Ada Lang")
    record = scene.session(person, readings(40, face_share=0.3))
    page = open_page("review", session=record.id)
    assert not page.exception
    assert "Severity network" not in words(page)
    assert not [c for c in page.segmented_control if c.key == "lines"]
