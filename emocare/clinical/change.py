"""Change between two totals of one instrument, and the total to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from emocare.clinical.instruments.instrument import Instrument
from emocare.domain.records import Response

IMPROVEMENT_MCID = "IMPROVEMENT_MCID"
WORSENING_MCID = "WORSENING_MCID"
RESPONSE_50 = "RESPONSE_50"
REMISSION = "REMISSION"
CHANGE_UNCERTAIN = "change uncertain"
"""Appended when either total is prorated."""

OVERLAP = timedelta(days=7)
"""Repeats closer than this are shown with "recall periods overlap"."""


@dataclass(frozen=True, slots=True)
class PreviousTotal:
    """The total a new form is compared with."""

    total: int
    prorated: bool
    answered_at: datetime


def change(
    instrument: Instrument, total: int, prorated: bool, previous: int, previous_prorated: bool
) -> dict[str, Any]:
    """The change from ``previous`` to ``total`` as {"delta": points, "flags": [...]}.

    A change counts from the instrument's threshold on. Response is at least half of a previous
    total of 10 or more; remission is a total under 5 that was not under 5 before (clinical
    specification 1.6). Flags stand in the order of the constants above.

    Args:
        total: The new total, possibly prorated.
        previous: The earlier total of the same instrument.
    """
    delta = total - previous
    flags: list[str] = []
    rule = instrument.change
    if rule is not None:
        worse = -delta if instrument.higher_is_better else delta
        if -worse >= rule.threshold:
            flags.append(IMPROVEMENT_MCID)
        if worse >= rule.threshold:
            flags.append(WORSENING_MCID)
        if rule.response_from is not None and previous >= rule.response_from and (
            2 * total <= previous
        ):
            flags.append(RESPONSE_50)
        if rule.remission_below is not None and total < rule.remission_below <= previous:
            flags.append(REMISSION)
    if prorated or previous_prorated:
        flags.append(CHANGE_UNCERTAIN)
    return {"delta": delta, "flags": flags}


def previous_total(
    responses: Sequence[Response], instrument: str, before: datetime
) -> PreviousTotal | None:
    """The last scorable total of ``instrument`` answered before ``before``, None without one."""
    earlier = [
        r for r in responses
        if r.instrument == instrument and r.answered_at < before and r.result.total is not None
    ]  # fmt: skip
    if not earlier:
        return None
    last = max(earlier, key=lambda r: r.answered_at)
    assert last.result.total is not None
    return PreviousTotal(last.result.total, last.result.prorated, last.answered_at)


def recall_overlaps(earlier: datetime, later: datetime) -> bool:
    """Whether two forms lie under seven days apart, so that their recall periods overlap."""
    return abs(later - earlier) < OVERLAP
