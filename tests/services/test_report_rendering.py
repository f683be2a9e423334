"""A report is set once, and anew when anything in it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emocare.report.content import Report
from emocare.services import report_rendering
from emocare.services.report_rendering import KEPT, Rendering
from tests.report.report_builder import make_report as report


@pytest.fixture
def set_ones(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Every report that was really set."""
    done: list[Report] = []

    def render(one: Report) -> bytes:
        done.append(one)
        return str(len(done)).encode()

    monkeypatch.setattr(report_rendering, "render_pdf", render)
    return done


def test_the_same_content_is_set_once(set_ones: list[Report]) -> None:
    rendering = Rendering()
    assert rendering.pdf(report()) == rendering.pdf(report()) == b"1"
    assert len(set_ones) == 1


def test_anything_that_changes_sets_it_anew(set_ones: list[Report]) -> None:
    rendering, made = Rendering(), report()
    rendering.pdf(made)
    changed = (replace(made, clinic="Another"), replace(made, version=made.version + 1),
               replace(made, patient=replace(made.patient, name="Somebody Else")))  # fmt: skip
    assert [rendering.pdf(one) for one in changed] == [b"2", b"3", b"4"]


def test_only_the_last_ones_are_kept(set_ones: list[Report]) -> None:
    rendering, made = Rendering(), report()
    for number in range(KEPT + 1):
        rendering.pdf(replace(made, clinic=f"Clinic {number}"))
    rendering.pdf(replace(made, clinic="Clinic 1"))
    assert len(set_ones) == KEPT + 1
    rendering.pdf(replace(made, clinic="Clinic 0"))
    assert len(set_ones) == KEPT + 2 and len(rendering._kept) == KEPT
