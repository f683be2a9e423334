"""Parts by recorded time."""

from __future__ import annotations

import numpy as np
import pytest

from emocare.domain.live import FREE_RECORDING, PROTOCOL
from emocare.domain.readings import FrameReading, FrameStatus, Readings, Segment
from emocare.services.live_parts import Progress


def run(progress: Progress, start_s: float, end_s: float, step_s: float = 0.1) -> list[str]:
    """Segments of pictures from ``start_s`` to before ``end_s``."""
    return [str(progress.take(float(t))) for t in np.arange(start_s, end_s - 1e-9, step_s)]


def rows(*stretches: tuple[Segment, float, float]) -> Readings:
    """Rows at ten a second."""
    return Readings.from_frames([
        FrameReading(float(t), FrameStatus.NO_FACE, segment)
        for segment, start_s, end_s in stretches for t in np.arange(start_s, end_s - 1e-9, 0.1)
    ])  # fmt: skip


def test_the_protocol_runs_by_itself_and_ends() -> None:
    progress = Progress(PROTOCOL)
    found = run(progress, 0.0, 212.0)
    counts = {name: found.count(name) for name in dict.fromkeys(found)}
    assert list(counts) == ["baseline", "neutral_talk", "positive_memory", "rest", "None"]
    assert [counts[p.segment.value] for p in PROTOCOL] == pytest.approx(
        [300, 600, 900, 300], abs=1
    )
    assert progress.done and progress.left_s == pytest.approx(0.0, abs=1e-6)


def test_the_protocol_is_that_of_the_clinical_specification() -> None:
    assert [(p.segment.value, p.length_s, p.optional) for p in PROTOCOL] == [
        ("baseline", 30.0, False), ("neutral_talk", 60.0, False),
        ("positive_memory", 90.0, False), ("rest", 30.0, True),
    ]  # fmt: skip


def test_a_pause_and_a_stall_are_no_time_of_a_part() -> None:
    progress = Progress(PROTOCOL)
    run(progress, 0.0, 10.0)
    progress.gap()
    run(progress, 60.0, 65.0)
    assert progress.elapsed_s == pytest.approx(14.8)
    progress.take(90.0)
    assert progress.elapsed_s == pytest.approx(15.8), "a second at most of a stall counts"


def test_redo_and_skip() -> None:
    progress = Progress(PROTOCOL)
    run(progress, 0.0, 10.0)
    assert (progress.index, progress.start_s) == (0, 0.0)
    progress.redo()
    assert (progress.elapsed_s, progress.start_s) == (0.0, None)
    run(progress, 10.0, 12.0)
    assert progress.start_s == pytest.approx(10.0)
    for index in (1, 2, 3):
        progress.skip()
        assert (progress.index, progress.elapsed_s, progress.start_s) == (index, 0.0, None)
    progress.skip()
    assert progress.done and progress.take(13.0) is None
    progress.redo()
    assert progress.take(14.0) is Segment.REST


def test_without_protocol_there_is_no_end() -> None:
    progress = Progress(FREE_RECORDING)
    progress.skip()
    assert set(run(progress, 0.0, 300.0, 0.5)) == {"free"}
    assert progress.left_s is None and not progress.done


def test_an_interrupted_session_goes_on_in_its_part() -> None:
    progress = Progress(PROTOCOL)
    progress.resume(rows((Segment.BASELINE, 0, 30), (Segment.NEUTRAL_TALK, 30, 42)))
    assert progress.index == 1 and progress.start_s == pytest.approx(30.0)
    assert progress.elapsed_s == pytest.approx(11.9)
    assert progress.take(50.0) is Segment.NEUTRAL_TALK
    assert progress.elapsed_s == pytest.approx(11.9), "the interruption is no time of the part"


def test_rows_that_were_left_out_do_not_count_when_it_goes_on() -> None:
    again = rows((Segment.BASELINE, 0, 20)).with_excluded([(0.0, 9.95)])
    progress = Progress(PROTOCOL)
    progress.resume(again)
    assert progress.start_s == pytest.approx(10.0) and progress.elapsed_s == pytest.approx(9.9)
    nothing = Progress(PROTOCOL)
    nothing.resume(again.with_excluded([(0.0, 99.0)]))
    assert (nothing.index, nothing.elapsed_s, nothing.start_s) == (0, 0.0, None)


def test_a_session_that_had_gone_on_without_protocol_goes_on_so() -> None:
    progress = Progress(PROTOCOL)
    progress.resume(rows((Segment.REST, 0, 30), (Segment.FREE, 30, 35)))
    assert progress.parts[progress.index].segment is Segment.FREE and progress.left_s is None
