"""How long it takes from the press on "Start camera" to the first reading."""

from __future__ import annotations

import statistics

from tests.soak.section import Goal, Section
from tests.soak.stage import Options, prepare, rounds, stage, start_at_once, stop_and_review
from tests.soak.stored import stored

COUNT = 20
GOAL_S = 5.0
HOW = (
    "START is the press on “Start camera”, with the consent ticked and “Free recording” chosen; "
    "“Start now” is pressed as soon as the page offers it. Measuring means that the page shows "
    "“Pause”, “Capture quality” and at least one picture read for the recording. So the time holds "
    "asking the browser for the camera, opening it, connecting, the first reading and drawing it "
    "(the page draws twice a second, which is in it). It does not hold the consent nor loading the "
    "page, and the permission is given without anybody having to press a button. Every start is in "
    "a window of a fresh profile; with the first its server shows this page for the first time "
    "and begins to load the network. The camera is 640x480 at 15 fps."
)


def run(options: Options) -> Section:
    """Starts as often as asked for."""
    count = options.count or COUNT
    times: list[float] = []

    def one(_: int) -> str:
        with found.window() as page:
            prepare(page)
            taken = start_at_once(page)
            times.append(taken)
            stop_and_review(page)
        return f"{taken:.2f} s"

    with stage() as found:
        failed = rounds("starts", count, found, one)
        found.server.stop()
        rows = [len(session.readings) for session in stored(found.server.data_dir)]
    good = sum(taken <= GOAL_S for taken in times)
    measured = sum(n > 0 for n in rows)
    figures: list[tuple[str, str]] = []
    if times:
        figures = [
            ("START to measuring, median", f"{statistics.median(times):.2f} s"),
            ("fastest and slowest", f"{min(times):.2f} and {max(times):.2f} s"),
            ("the first, of a fresh server", f"{times[0]:.2f} s"),
            ("all, in order", " ".join(f"{taken:.2f}" for taken in times)),
        ]
    figures.append(("sessions stored with rows", f"{measured} of {count}"))
    return Section(
        "starts", f"{count} starts of a free recording", HOW, tuple(figures),
        (Goal(f"at most {GOAL_S:.0f} s in {good} of {count}", good == count),
         Goal(f"{measured} of {count} sessions stored with rows", measured == count)),
        tuple(failed),
    )  # fmt: skip
