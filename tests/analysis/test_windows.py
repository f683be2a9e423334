"""Tasks and their windows (section 3.3)."""

import numpy as np

from emocare.analysis.clock import durations
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.windows import cut_windows, neighbours, spans
from emocare.domain.readings import Readings, Segment
from tests.analysis.made_up import MadeUpPerson, stamps

CONFIG = AnalysisConfig()


def session(*parts: tuple[Segment, float]) -> Readings:
    tables, start = [], 0.0
    for segment, seconds in parts:
        tables.append(MadeUpPerson().readings(start + stamps(seconds, 30), segment))
        start += seconds
    return Readings.concatenate(tables)


def cut(readings: Readings, ok: np.ndarray | None = None, hop: float = 10.0):  # type: ignore[no-untyped-def]
    t = readings["t_s"]
    dt = durations(t, CONFIG.gap_s)
    held = np.ones(len(t), bool) if ok is None else ok
    return cut_windows(spans(readings, dt), t, dt, held, hop, CONFIG)


def test_sixty_seconds_make_six_windows() -> None:
    windows = cut(session((Segment.FREE, 60)))
    assert [w.valid for w in windows] == [True] * 6
    assert [w.end - w.first for w in windows] == [300] * 6


def test_windows_start_at_each_tasks_first_frame_and_skip_the_baseline() -> None:
    talk, memory = (Segment.NEUTRAL_TALK, 25.0), (Segment.POSITIVE_MEMORY, 20.0)
    windows = cut(session((Segment.BASELINE, 13.0), talk, memory))
    assert [w.start_s for w in windows] == [13.0, 23.0, 33.0, 38.0, 48.0]
    assert Segment.BASELINE not in {w.segment for w in windows}
    assert [w.valid for w in windows] == [True, True, False, True, True]
    assert list(neighbours(windows)) == [True, True, False, True]


def test_neighbours_need_the_window_between() -> None:
    windows = [w for i, w in enumerate(cut(session((Segment.FREE, 60)))) if i != 2]
    assert list(neighbours(windows)) == [True, False, True, True]


def test_sixty_percent_measured_is_enough() -> None:
    readings = session((Segment.FREE, 20))
    ok = np.ones(len(readings), bool)
    ok[:120] = False
    ok[300:421] = False
    assert [w.valid for w in cut(readings, ok)] == [True, False]


def test_the_end_of_a_task_counts_only_what_is_there() -> None:
    assert [w.valid for w in cut(session((Segment.FREE, 16.1)))] == [True, True]
    assert [w.valid for w in cut(session((Segment.FREE, 15.0)))] == [True, False]
    assert [w.valid for w in cut(session((Segment.FREE, 2.0)))] == [False]


def test_windows_of_the_live_plot_overlap() -> None:
    windows = cut(session((Segment.FREE, 20)), hop=5.0)
    assert [w.start_s for w in windows] == [0.0, 5.0, 10.0, 15.0]
    assert [w.valid for w in windows] == [True, True, True, False]


def test_a_repeated_task_is_a_new_span() -> None:
    found = spans(
        session((Segment.REST, 5), (Segment.FREE, 5), (Segment.REST, 5)),
        np.full(450, 1 / 30),
    )
    assert [s.segment for s in found] == [Segment.REST, Segment.FREE, Segment.REST]


def test_no_rows_no_spans() -> None:
    assert spans(Readings.from_frames([]), np.zeros(0)) == ()
