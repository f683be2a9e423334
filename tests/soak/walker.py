"""Somebody who walks between pages: the clicks and the clock are in the browser itself."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from emocare.ui import text
from emocare.ui.player import CHART_KEY
from tests.browser.live_tools import Page

STEPS = (
    ("review", f".st-key-{CHART_KEY}"),
    ("timeline", ".st-key-course"),
    ("patients", "[data-testid=stDataFrame]"),
    ("report", ".st-key-pdf"),
)
"""Page, and what is there once its last large part is drawn."""
THINK_MS = 1500.0
"""How long a person looks before the next click; a few tenths more or less."""
GIVE_UP_MS = 30_000.0
_WALK = """async ({steps, names, thinkMs, giveUpMs, begin}) => {
  const nap = (ms) => new Promise((go) => setTimeout(go, ms))
  const state = () => document.querySelector("[data-test-script-state]")
    ?.dataset.testScriptState ?? "none"
  const there = (selector) => [...document.querySelectorAll(selector)]
    .some((one) => one.closest('[data-stale="true"]') === null && one.offsetParent !== null)
  window.soakSteps = []
  window.soakGoesOn = true
  for (let i = begin; window.soakGoesOn; i += 1) {
    const [path, marker] = steps[i % steps.length]
    const link = [...document.querySelectorAll("a")].find((one) =>
      new URL(one.href).pathname.replaceAll("/", "") === path
      || one.innerText.trim().endsWith(names[path]))
    if (link === undefined) { window.soakSteps.push({path, fault: "no link"}); break }
    const at = performance.now()
    let words = null, answered = null, done = null
    const main = document.querySelector("[data-testid=stMain]")
    const seen = new MutationObserver((changes) => {
      const added = changes.flatMap((one) => [...one.addedNodes])
      if (added.some((one) => one.textContent.trim())) words ??= performance.now() - at
    })
    link.click()
    seen.observe(main, {childList: true, subtree: true})
    while (done === null && performance.now() - at < giveUpMs) {
      await nap(15)
      const now = performance.now() - at
      const here = location.pathname === new URL(link.href).pathname
      if (answered === null && here && there(marker)) answered = now
      if (answered !== null && state() === "notRunning") done = now
    }
    seen.disconnect()
    window.soakSteps.push({path, words, answered, done})
    await nap(thinkMs * (0.7 + 0.6 * Math.random()))
  }
}"""


@dataclass(frozen=True, slots=True)
class Step:
    """One click.

    Attributes:
        path: Of the page.
        words_ms: Until the first new words stood on it; None when none came.
        answered_ms: Until its last large part was there; None when it did not come.
        done_ms: Until the server had nothing more to send, too.
    """

    path: str
    words_ms: float | None
    answered_ms: float | None
    done_ms: float | None


def begin(page: Page, at: int) -> None:
    """Begins to walk, in the browser, and comes back at once.

    Args:
        at: Number of the first step, so that two people do not do the same at the same time.
    """
    names = {path: title for _, title, _, path in text.NAVIGATION}
    page.evaluate(
        f"(words) => {{ window.soakWalk = ({_WALK})(words) }}",
        {"steps": [list(step) for step in STEPS], "names": names, "thinkMs": THINK_MS,
         "giveUpMs": GIVE_UP_MS, "begin": at},
    )  # fmt: skip


def end(page: Page) -> list[Step]:
    """Lets the step under way come to its end; every step."""
    page.evaluate("async () => { window.soakGoesOn = false; await window.soakWalk }")
    return [Step(one["path"], one.get("words"), one.get("answered"), one.get("done"))
            for one in page.evaluate("() => window.soakSteps")]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and slowest, in seconds."""

    median_s: float
    p95_s: float
    longest_s: float
    count: int

    def __str__(self) -> str:
        return f"{self.median_s:.2f}, {self.p95_s:.2f}, {self.longest_s:.2f} s ({self.count})"


def spread(times_ms: Sequence[float]) -> Spread:
    """Of at least one time in milliseconds."""
    ordered = sorted(times_ms)
    at = min(len(ordered) - 1, int(0.95 * len(ordered)))
    return Spread(statistics.median(ordered) / 1000.0, ordered[at] / 1000.0,
                  ordered[-1] / 1000.0, len(ordered))  # fmt: skip
