"""Severity bar, attention strip and the network's lines: what is drawn, and what is not."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from emocare.domain.sequence import SeverityEstimate
from emocare.domain.summary import DIMENSIONS
from emocare.domain.timeline import Timeline
from emocare.ui import live_panels, live_session, severity_bar
from emocare.ui.attention import MOST_CELLS, shares, strip
from emocare.ui.charts.attention import ATTENTION
from emocare.ui.charts.session import Show, caption, session_figure
from emocare.ui.theme import DARK, LIGHT, Palette
from tests.ui.live_views import trail, view
from tests.ui.sequences import PROBABILITIES, reading
from tests.ui.test_charts import bands, session

__all__ = ["session"]


def written(html: str) -> str:
    """The words between the tags."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_percentages_are_whole_and_sum_to_a_hundred() -> None:
    assert severity_bar.percents((0.335, 0.335, 0.33, 0.0)) == [34, 33, 33, 0]
    assert severity_bar.percents((1 / 3, 1 / 3, 1 / 3, 0.0)) == [34, 33, 33, 0]
    assert severity_bar.percents((0.004, 0.004, 0.004, 0.988)) == [1, 0, 0, 99]


def test_the_bar_says_every_band_in_words() -> None:
    estimate = SeverityEstimate(PROBABILITIES)
    said = "Severity network: normal 8 %, mild 21 %, moderate 62 %, severe 9 %"
    assert severity_bar.said(estimate) == said
    html = severity_bar.bar_html(estimate, LIGHT)
    assert f'aria-label="{said}"' in html
    assert written(html) == "Normal 8 % Mild 21 % Moderate 62 % Severe 9 %"


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_likeliest_differs_by_more_than_colour_and_none_is_red(colours: Palette) -> None:
    html = severity_bar.bar_html(SeverityEstimate(PROBABILITIES), colours)
    bold = re.findall(r"font-weight:600.*?</span></span>", html)
    assert [written(f"<{part}") for part in bold] == ["Moderate 62 %"]
    assert html.count(f"2px solid {colours.ink}") == 2
    for colour in (colours.safety, colours.answered, colours.observed, colours.reliable):
        assert colour not in html


def test_without_an_estimate_the_bar_is_empty_and_keeps_its_words() -> None:
    html = severity_bar.bar_html(None, LIGHT)
    assert written(html) == "Normal – Mild – Moderate – Severe –"
    assert "Severity network: nothing yet" in html


def test_attention_is_told_in_even_shares_and_blank_in_a_gap() -> None:
    said = reading(100, gap=(50, 60))
    share = shares(said)
    assert np.isnan(share[50:60]).all() and np.isfinite(share[:50]).all()
    assert np.nansum(share) == pytest.approx(90.0)
    even = replace(said, attention=np.where(said.attention > 0, 1 / 90, 0.0))
    drawn = strip(even, 100.0).cells
    assert [cell[2] for cell in drawn] == [0.2, 0.2]
    assert [cell[:2] for cell in drawn] == [(0.0, 50.0), (60.0, 100.0)]


def test_a_long_session_is_drawn_in_coarser_steps_that_still_leave_the_gap() -> None:
    cells = strip(reading(5400, gap=(1000, 1090)), 5400.0).cells
    assert len(cells) <= MOST_CELLS
    assert not [cell for cell in cells if cell[0] < 1080 and cell[1] > 1009]
    assert cells[0][0] == 0.0 and cells[-1][1] == 5400.0


def test_moments_say_when_and_how_much() -> None:
    sent = strip(reading(100), 100.0).data()
    assert "severity network over 1 min 40 s" in str(sent["alt"])
    first = sent["moments"][0]
    assert first == {"t": 40.0, "until": 44.0, "label": "0:40 · 30 %",
                     "why": "0:40 to 0:44 weighed 30 % of the estimate"}  # fmt: skip


def test_the_chart_draws_the_network_in_place_of_the_formulas(session: Timeline) -> None:
    said = reading(40, gap=(10, 14))
    plain = session_figure(session, {}, Show.ALL, LIGHT)
    figure = session_figure(session, {}, Show.ALL, LIGHT, network=said)
    lines = [t for t in figure.data if t.type == "scatter" and t.mode == "lines" and t.fill is None]
    assert len(lines) == len(DIMENSIONS)
    assert len(lines[0].y) == 40 and [v is None for v in lines[0].y[9:15]] == [
        False, True, True, True, True, False,
    ]  # fmt: skip
    assert all(line.connectgaps is False for line in lines)
    assert list(bands(figure)[0].x).count(None) == 2
    typical = [s for s in figure.layout.shapes if s.type == "rect"]
    assert not typical and [s for s in plain.layout.shapes if s.type == "rect"]


def test_attention_is_a_grey_row_on_one_fixed_scale(session: Timeline) -> None:
    said = reading(40, gap=(10, 14))
    figure = session_figure(session, {}, Show.DIMENSIONS, LIGHT, network=said)
    row = next(t for t in figure.data if t.type == "heatmap")
    assert (row.zmin, row.zmax) == (0, 5.0)
    assert [v is None for v in row.z[0][9:15]] == [False, True, True, True, True, False]
    assert LIGHT.observed not in str(row.colorscale)
    assert row.x[0] == 0.5
    assert "Attention" in [a.text for a in figure.layout.annotations]
    assert ATTENTION not in str(session_figure(session, {}, Show.ALL, LIGHT).to_plotly_json())


def test_the_caption_names_whose_lines_they_are(session: Timeline) -> None:
    theirs = caption(session, network=True, reference="provisional-v1")
    assert theirs.startswith("Violet line and band: from the sequence network")
    assert "Grey: typical range" not in theirs
    assert "sequence network" not in caption(session)


def test_live_panels_say_why_the_network_is_silent() -> None:
    assert live_panels.network_nothing(view()) == "needs 30 s"
    ended = replace(trail(), value=np.append(trail().value[:-1], np.nan))
    gone = view(model_trails=dict.fromkeys(DIMENSIONS, ended))
    assert live_panels.network_nothing(gone) == "no valid picture"


def test_live_note_names_the_network() -> None:
    assert "the sequence network" in live_panels.note(view(), network=True)
    assert "10 s mean" in live_panels.note(view())


def test_a_network_that_fails_draws_the_page_anew_without_the_choice() -> None:
    drawn = live_session.shape(view(), "")
    assert live_session.shape(view(model_fault="It broke."), "") != drawn
    assert live_session.shape(view(severity_model=SeverityEstimate(PROBABILITIES)), "") == drawn
