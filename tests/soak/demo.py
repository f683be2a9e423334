"""The demo from its start to its last page, again and again."""

from __future__ import annotations

import statistics
import time

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PATIENCE_MS
from tests.browser.demo_walk import Visitor, started, walk
from tests.browser.live_tools import playwright
from tests.soak.section import Goal, Section
from tests.soak.stage import Options, say

COUNT = 3
HOME_S, BLANK_S, CLICKS = 20.0, 2.0, 8
HOW = (
    "Each round is `python start.py --demo` with everything installed: it makes the clinic anew, "
    "and a fresh Chromium, which is started before and not counted, opens it as soon as it is "
    "said to be ready. Home is there when the guided start and the list of patients can be read. "
    "Then the walk of the browser test: film with its curves, the questionnaire that opens by "
    "itself, alert, year, report, evidence. Blank is the longest time in which the page shows no "
    "word, looked at twenty times a second; before Home the browser loads the "
    "application itself."
)


def run(options: Options) -> Section:
    """Starts the demo as often as asked for and walks through it."""
    count = options.count or COUNT
    home: list[float] = []
    first: list[float] = []
    blank: list[float] = []
    clicks: list[int] = []
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number in range(1, count + 1):
            with started() as demo:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.set_default_timeout(PATIENCE_MS)
                visitor = Visitor(page)
                visitor.open(demo.address)
                home.append(time.monotonic() - demo.began)
                walk(visitor)
                visitor.next("How far to trust it")
                visitor.saw("Evidence")
                first.append(visitor.blank_first_s)
                blank.append(visitor.longest_blank_s)
                clicks.append(visitor.clicks)
                page.close()
            say(f"demo {number}/{count}: Home after {home[-1]:.1f} s, blank {blank[-1]:.2f} s")
        browser.close()
    return Section(
        "demo", f"{count} starts of the demo clinic", HOW,
        (("start to Home, median", f"{statistics.median(home):.1f} s"),
         ("all, in order", " ".join(f"{taken:.1f}" for taken in home)),
         ("clicks to everything", str(max(clicks))),
         ("longest blank before Home", f"{max(first):.2f} s"),
         ("longest blank after Home", f"{max(blank):.2f} s")),
        (Goal(f"Home after at most {max(home):.1f} s, goal {HOME_S:.0f} s", max(home) <= HOME_S),
         Goal(f"{max(clicks)} clicks, at most {CLICKS}", max(clicks) <= CLICKS),
         Goal(f"nothing blank for longer than {max(*first, *blank):.2f} s, goal {BLANK_S:.0f} s",
              max(*first, *blank) <= BLANK_S)),
    )  # fmt: skip
