"""Rows that a clinician left out: a gap for every measure, and back as if nothing had been."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.summarise import summarise
from emocare.analysis.timeline import timeline
from emocare.domain.readings import FrameStatus, Readings, Segment
from emocare.domain.summary import GateDecision
from tests.analysis.made_up import SOURCE, lively, stamps, with_status

CONFIG = AnalysisConfig()
WHOLE = lively(90.0).readings(stamps(90.0, 30.0))
AT = [(20.0, 30.0), (25.0, 35.0), (88.0, 99.0)]
LEFT_OUT = WHOLE.with_excluded(AT)


def test_only_the_rows_in_the_intervals_are_left_out() -> None:
    t_s = WHOLE["t_s"]
    inside = ((t_s >= 20.0) & (t_s <= 35.0)) | (t_s >= 88.0)
    assert LEFT_OUT.excluded.tolist() == inside.tolist()
    assert len(LEFT_OUT.kept()) == int((~inside).sum())
    assert not LEFT_OUT.with_excluded([]).excluded.any()
    assert WHOLE.kept() is WHOLE


def test_a_summary_sees_a_gap_where_rows_are_left_out() -> None:
    found = summarise(LEFT_OUT, CONFIG, SOURCE, ())
    gap = summarise(LEFT_OUT.kept(), CONFIG, SOURCE, ())
    assert found.left_out_s == pytest.approx(17.03, abs=0.02)
    assert replace(found, left_out_s=0.0) == gap
    assert found != summarise(WHOLE, CONFIG, SOURCE, ())
    assert found.gate.metrics.valid_s == pytest.approx(90.0 - 17.03 + 0.5, abs=0.1)


def test_it_is_reversible() -> None:
    assert summarise(LEFT_OUT.with_excluded([]), CONFIG, SOURCE, ()) == summarise(
        WHOLE, CONFIG, SOURCE, ()
    )


def test_everything_left_out_is_nothing_measured() -> None:
    nothing = WHOLE.with_excluded([(0.0, 99.0)])
    found = summarise(nothing, CONFIG, SOURCE, ())
    assert found.gate.decision is GateDecision.UNRELIABLE and found.behaviour_index is None
    assert found.left_out_s == pytest.approx(90.0)
    shown = timeline(nothing, CONFIG)
    assert [(q.start_s, q.end_s, q.reason) for q in shown.quality] == [
        (0.0, pytest.approx(90.0), "LEFT_OUT")
    ]
    assert shown.segments == () and np.isnan(shown.action_units["AU12"]).all()


def test_the_timeline_says_what_was_left_out_and_why_the_rest_is_missing() -> None:
    t_s = WHOLE["t_s"]
    rows = with_status(WHOLE, (t_s >= 50.0) & (t_s < 60.0), FrameStatus.NO_FACE)
    shown = timeline(rows.with_excluded([(20.0, 29.99)]), CONFIG)
    assert [(q.level.value, q.reason) for q in shown.quality] == [
        ("reliable", None), ("unreliable", "LEFT_OUT"), ("reliable", None),
        ("unreliable", "NO_FACE"), ("reliable", None),
    ]  # fmt: skip
    assert [q.start_s for q in shown.quality] == pytest.approx([0, 20, 30, 50, 60])
    assert shown.duration_s == pytest.approx(90.0)
    assert len(shown.cell_t_s) == 90
    assert np.isnan(shown.action_units["AU12"][20:30]).all()
    assert np.isfinite(shown.action_units["AU12"][31:49]).all()


def test_a_part_done_again_begins_its_windows_anew() -> None:
    """The windows of a task start at its first row that counts."""
    first, again = (
        lively(40.0).readings(stamps(40.0, 30.0), Segment.NEUTRAL_TALK),
        lively(40.0, seed=5).readings(stamps(40.0, 30.0), Segment.NEUTRAL_TALK),
    )
    later = Readings({**again.columns, "t_s": again["t_s"] + 43.0})
    rows = Readings.concatenate([first, later]).with_excluded([(0.0, 42.0)])
    one, other = summarise(rows, CONFIG, SOURCE, ()), summarise(later, CONFIG, SOURCE, ())
    assert one.features == other.features
