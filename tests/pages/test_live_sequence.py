"""Live: the sequence networks' lines and severity beside the formulas, and without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.domain.records import Patient
from emocare.services.engine import LoadedFace
from emocare.services.live_run import LiveRun
from emocare.settings import Settings
from emocare.ui import context
from tests.pages.conftest import Open, words
from tests.pages.test_live import begin, browser, feed, person, started
from tests.ui.scenes import MODEL, Scene, SteadyReader
from tests.ui.sequences import ScriptedSequences

__all__ = ["browser", "person"]
FED_S = 8.0


@pytest.fixture
def networks() -> ScriptedSequences:
    """Ready after three seconds, so that no test waits for thirty."""
    return ScriptedSequences(ready_s=3.0)


@pytest.fixture
def app(
    settings: Settings, networks: ScriptedSequences, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    face = LoadedFace(SteadyReader(), (MODEL,))
    with build_app(settings, lambda: face, lambda: networks) as made:
        monkeypatch.setattr(context, "_shared_app", lambda: made)
        yield made


def recorded(open_page: Open, person: Patient) -> tuple[AppTest, LiveRun]:
    page, run = started(open_page, person)
    page = begin(page, run)
    feed(run, FED_S, start_s=0.1)
    return page.run(), run


def html(page: AppTest) -> str:
    return " ".join(str(node.proto) for node in page.get("html"))


def lines(page: AppTest) -> list[str]:
    return [c.key for c in page.segmented_control if c.key == "lines"]


def test_the_bar_stands_empty_until_the_network_speaks(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, run = started(open_page, person)
    assert "Severity network: nothing yet" in html(page)
    assert "Needs 30 s of valid picture." in words(page)
    page = begin(page, run)
    feed(run, FED_S, start_s=0.1)
    page = page.run()
    assert not page.exception
    assert run.view().severity_model is not None
    assert "normal 8 %, mild 21 %, moderate 62 %, severe 9 %" in html(page)
    assert words(page).count("Trained on simulated people, not on patients.") == 1


def test_the_same_panels_show_either_lines_and_the_choice_stays(
    open_page: Open, person: Patient, browser: dict[str, object]
) -> None:
    page, run = recorded(open_page, person)
    assert page.segmented_control(key="lines").options == ["Formulas", "Sequence network"]
    before = len(page.get("vega_lite_chart"))
    page = page.segmented_control(key="lines").set_value("network").run()
    assert not page.exception
    assert len(page.get("vega_lite_chart")) == before
    assert "Line: the sequence network, one value a second." in words(page)
    now = run.view().model_trails["anhedonia"]
    assert f"**{now.value[-1]:.0f}** :gray[:small[{now.low[-1]:.0f} to" in words(page)
    page = page.switch_page("pages/clinician/evidence.py").run()
    page = page.switch_page("pages/clinician/live.py").run()
    assert page.segmented_control(key="lines").value == "network"


def test_a_network_that_fails_is_a_quiet_line_and_the_session_goes_on(
    open_page: Open, person: Patient, browser: dict[str, object], networks: ScriptedSequences
) -> None:
    networks.fail = True
    page, run = recorded(open_page, person)
    page = page.run()
    assert not page.exception and not page.error
    assert run.view().model_fault is not None
    assert "The sequence networks stopped at a fault of the program." in words(page)
    assert lines(page) == [] and "Severity network" not in html(page)


def test_no_severity_is_sent_where_the_own_impression_comes_first(
    open_page: Open, scene: Scene, person: Patient, browser: dict[str, object],
    monkeypatch: pytest.MonkeyPatch, settings: Settings,
) -> None:  # fmt: skip
    blind = replace(scene.app, settings=replace(settings, blind_first=True))
    monkeypatch.setattr(context, "_shared_app", lambda: blind)
    page, run = recorded(open_page, person)
    assert run.view().severity_model is not None
    assert "moderate 62 %" not in html(page)
    assert "hidden until your impression is noted" in words(page)
    assert words(page).count("Trained on simulated people, not on patients.") == 1
