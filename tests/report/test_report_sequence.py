"""The report's section on the sequence networks: what it says, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_builder import make_report, session, signed, summary, unreliable
from report_reading import pages_text, whole_text

from emocare.domain.severity import (
    FACE_INDETERMINATE,
    AttendedMoment,
    SeverityEstimate,
    SeverityModel,
)
from emocare.domain.summary import (
    DIMENSIONS,
    NO_SEQUENCE_NETWORK,
    Estimate,
    GateDecision,
    ModelRef,
    Summary,
)
from emocare.report.charts import probability_bars
from emocare.report.content import Audience, Headline, Report
from emocare.report.render import render_pdf
from emocare.report.style import NOT_MEASURED, VIOLET

ORIGIN = "Trained on simulated people, not on patients."
AFFECT, SEVERITY = ModelRef("affect", "1.0.0", "1a" * 32), ModelRef("severity", "1.2.0", "5e" * 32)
DOUBT = "The sequence network gives its likeliest band, moderate, a probability of 0.55."


def modelled(moments: tuple[AttendedMoment, ...] = (AttendedMoment(95.0, 104.0, 0.21),
                                                    AttendedMoment(40.0, 47.0, 0.12))) -> Summary:
    """A summary in which both networks speak."""
    found = summary()
    values = {"valence": Estimate(-0.31, -0.5, -0.1), "anhedonia": Estimate(51.4, 30.0, 65.0),
              "anxiety": Estimate(44.0, None, None)}  # fmt: skip
    return replace(
        found, models=(*found.models, AFFECT, SEVERITY),
        dimensions_model=dict.fromkeys(DIMENSIONS) | values,
        severity_model=SeverityModel(
            SeverityEstimate((0.08, 0.31, 0.55, 0.06)), ORIGIN, moments, ("affect", "severity")
        ),
        model_reason=None,
    )  # fmt: skip


def section(report: Report) -> str:
    """The words between the section's heading and the next one."""
    said = whole_text(render_pdf(report))
    return said[said.index("Sequence networks") : said.index("Session quality")]


def test_it_says_dimensions_probabilities_moments_and_networks() -> None:
    said = section(make_report(session=session(modelled())))
    assert ORIGIN in said
    for line in ("Valence −0.31, −0.50 to −0.10", "Anhedonia 51, 30 to 65",
                 "Anxiety 44, no interval", "Fatigue not measured"):  # fmt: skip
        assert line in said
    for band, share in (("Normal", "0.08"), ("Mild", "0.31"), ("Moderate", "0.55"),
                        ("Severe", "0.06")):  # fmt: skip
        assert band in said and share in said
    assert "1:35–1:44 (21 %), 0:40–0:47 (12 %)" in said
    assert f"affect 1.0.0, SHA-256 {AFFECT.sha256}" in said
    assert f"severity 1.2.0, SHA-256 {SEVERITY.sha256}" in said
    assert "never change a questionnaire's band or an alert" in said


def test_without_a_stretch_that_stood_out_it_says_so() -> None:
    assert "No stretch stood out." in section(make_report(session=session(modelled(()))))


def test_the_patient_copy_says_nothing_of_them() -> None:
    said = whole_text(render_pdf(make_report(session=session(modelled()),
                                             audience=Audience.PATIENT)))  # fmt: skip
    assert "equence network" not in said and AFFECT.sha256 not in said
    assert "face 1.3.0" in said


def test_the_file_names_them_among_the_methods() -> None:
    said = whole_text(render_pdf(signed(make_report(session=session(modelled())))))
    assert said.count(SEVERITY.sha256) == 2


@pytest.mark.parametrize("reason", [NO_SEQUENCE_NETWORK, None])
def test_a_summary_without_them_has_no_section(reason: str | None) -> None:
    found = replace(summary(), model_reason=reason)
    assert "Sequence networks" not in whole_text(render_pdf(make_report(session=session(found))))


def test_why_they_say_nothing() -> None:
    refused = replace(summary(), model_reason="The weight file severity.onnx cannot be read.")
    assert "Not measured: The weight file severity.onnx cannot be read." in section(
        make_report(session=session(refused))
    )
    silent = replace(summary(GateDecision.UNRELIABLE), model_reason="A long sentence of the gate.")
    said = section(unreliable(session=session(silent)))
    assert "Not measured: no reliable face, for the reasons on page 1." in said
    assert "A long sentence" not in said


@pytest.mark.parametrize(("audience", "shown"), [(Audience.FILE, True), (Audience.PATIENT, False)])
def test_doubt_is_said_on_page_one(audience: Audience, shown: bool) -> None:
    headline = Headline(None, "none", (FACE_INDETERMINATE, "QUESTIONNAIRE_REQUIRED"),
                        reason=DOUBT)  # fmt: skip
    report = make_report(session=session(modelled()), headline=headline, questionnaires=(),
                         audience=audience)  # fmt: skip
    first = pages_text(render_pdf(report))[0]
    assert (DOUBT in first) is shown
    assert ("The face alone gives no band." in first) is not shown
    assert "A questionnaire is required for a headline." in first


def test_bars_are_as_long_as_their_probabilities_and_told_apart_in_grey() -> None:
    drawing = probability_bars(SeverityEstimate((0.1, 0.2, 0.65, 0.05)), 200)
    bars = [s for s in drawing.contents if getattr(s, "fillColor", None) in (VIOLET, NOT_MEASURED)
            and hasattr(s, "width")]  # fmt: skip
    assert [round(bar.width / bars[0].width, 2) for bar in bars] == [1.0, 2.0, 6.5, 0.5]
    assert [bar.fillColor for bar in bars].index(VIOLET) == 2
    grey = [0.299 * c.red + 0.587 * c.green + 0.114 * c.blue for c in (VIOLET, NOT_MEASURED)]
    assert abs(grey[0] - grey[1]) > 0.3


def test_the_report_stays_within_its_pages() -> None:
    assert len(pages_text(render_pdf(make_report(session=session(modelled()))))) == 5
