"""A report that cannot be right is refused when it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_builder import NOW, alert, make_report, signed

from emocare.domain.errors import ReportError
from emocare.domain.records import AlertState, ReportState
from emocare.report.content import Audience, IndexChange
from emocare.report.render import render_pdf


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ReportError, match="time zone"):
        make_report(generated_at=NOW.replace(tzinfo=None))


def test_a_stored_time_without_a_zone_is_refused() -> None:
    report = make_report()
    naive = replace(report.session, started_at=report.session.started_at.replace(tzinfo=None))
    with pytest.raises(ReportError, match="no time zone"):
        render_pdf(replace(report, session=naive))


def test_a_draft_carries_no_signature_and_a_signed_report_needs_one() -> None:
    report = signed(make_report())
    with pytest.raises(ReportError, match="draft"):
        replace(report, state=ReportState.DRAFT)
    with pytest.raises(ReportError, match="needs a signature"):
        make_report(state=ReportState.SIGNED)


def test_the_patient_copy_needs_the_crisis_numbers() -> None:
    with pytest.raises(ReportError, match="crisis"):
        make_report(audience=Audience.PATIENT, crisis=None)


@pytest.mark.parametrize(
    ("states", "unreviewed"),
    [((), False), ((AlertState.RAISED,), True), ((AlertState.ACKNOWLEDGED,), False),
     ((AlertState.RESOLVED, AlertState.RAISED), True)],
)  # fmt: skip
def test_only_a_raised_alert_is_unreviewed(
    states: tuple[AlertState, ...], unreviewed: bool
) -> None:
    assert make_report(alerts=tuple(alert(s) for s in states)).unreviewed is unreviewed


@pytest.mark.parametrize(("delta", "changed"), [(-15.6, False), (15.7, True), (-15.7, True)])
def test_facial_change_must_exceed_both_uncertainties(delta: float, changed: bool) -> None:
    assert IndexChange(NOW, delta, 15.6).changed is changed
