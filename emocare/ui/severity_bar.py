"""The four probabilities of the severity network as one bar, with words and percentages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from emocare.domain.sequence import SeverityEstimate
from emocare.domain.summary import BANDS
from emocare.ui.text import sequence as text
from emocare.ui.theme import Palette
from emocare.ui.wording import BAND_WORDS

BAR_PX = 20
PERCENT_EM = 2.7
"""Width kept for a percentage, so that the words stand still when it gains a digit."""


def show(estimate: SeverityEstimate | None, colours: Palette) -> None:
    """Draws the bar; without an estimate an empty one of the same height."""
    st.html(bar_html(estimate, colours))


def percents(probabilities: Sequence[float]) -> list[int]:
    """Whole percentages whose sum is 100: the largest remainders are rounded up."""
    exact = [100.0 * p for p in probabilities]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in by_remainder[: 100 - sum(whole)]:
        whole[i] += 1
    return whole


def said(estimate: SeverityEstimate | None) -> str:
    """The bar in words, for those who hear it."""
    if estimate is None:
        return text.SEVERITY_NONE
    parts = [
        text.SEVERITY_PART.format(band=BAND_WORDS[band].lower(), percent=percent)
        for band, percent in zip(BANDS, percents(estimate.probabilities), strict=True)
    ]
    return text.SEVERITY_SAID.format(parts=", ".join(parts))


def bar_html(estimate: SeverityEstimate | None, colours: Palette) -> str:
    """Four segments from normal to severe, each outlined, and the four words below in order.

    The likeliest has a heavy outline and bold words, so that nothing hangs on the four greys.
    """
    values = None if estimate is None else percents(estimate.probabilities)
    segments, words = [], []
    for i, band in enumerate(BANDS):
        likely = estimate is not None and band is estimate.band
        edge = f"{2 if likely else 1}px solid {colours.ink if likely else colours.muted}"
        if values is not None and estimate is not None:
            segments.append(
                f'<div style="flex:{estimate.probabilities[i]:.4f} 1 0;min-width:3px;'
                f'box-sizing:border-box;border:{edge};background:{colours.steps[i]}"></div>'
            )
        told = text.NOTHING if values is None else text.PERCENT.format(percent=values[i])
        words.append(
            f'<span style="font-weight:{600 if likely else 400};white-space:nowrap">'
            f'<span style="display:inline-block;width:11px;height:11px;margin-right:6px;'
            f'box-sizing:border-box;border:{edge};background:{colours.steps[i]}"></span>'
            f"{escape(BAND_WORDS[band])} "
            f'<span style="display:inline-block;min-width:{PERCENT_EM}em">{escape(told)}</span>'
            "</span>"
        )
    empty = "" if segments else f";border:1px dashed {colours.muted};box-sizing:border-box"
    return (
        f'<div role="img" aria-label="{escape(said(estimate))}" style="color:{colours.ink};'
        f'font-size:14px;line-height:1.5">'
        f'<div style="display:flex;gap:2px;height:{BAR_PX}px{empty}">{"".join(segments)}</div>'
        f'<div style="display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px;'
        f'margin-top:6px">{"".join(words)}</div></div>'
    )
