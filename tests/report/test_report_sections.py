"""What the report says, section by section, read back from the finished file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from report_builder import (
    CONFOUNDERS,
    NOW,
    PHQ9,
    START,
    alert,
    gad7,
    indices,
    make_report,
    phq9,
    session,
    signed,
    summary,
    totals,
    unreliable,
    withdrawal,
)
from report_reading import pages_text, whole_text

from emocare.domain.consent import Use
from emocare.domain.records import AlertState
from emocare.domain.summary import Band, GateDecision, PersonChange
from emocare.report.content import Audience, Headline, IndexChange, Report
from emocare.report.render import render_pdf
from emocare.report.sections.closing import INTENDED_USE, LIMITS
from emocare.report.sections.front import change_sentence, observed_band, safety_item_sentence


def text_of(report: Report) -> str:
    return whole_text(render_pdf(report))


def with_summary(**changes: object) -> Report:
    """A full report whose summary differs in some fields."""
    return make_report(session=session(replace(summary(), **changes)))  # type: ignore[arg-type]


class TestSafety:
    def test_an_open_alert_is_the_first_thing_on_page_one(self) -> None:
        first = pages_text(render_pdf(make_report(alerts=(alert(),))))[0]
        assert first.startswith("Safety alert: Thoughts of death or self-harm were reported")
        assert PHQ9[8] in first and "Answer: Several days." in first
        assert "Raised 21 Nov 2026, 10:31. NOT YET REVIEWED" in first
        assert first.index("Safety alert") < first.index("Session report")

    def test_an_acknowledged_alert_names_who_and_when(self) -> None:
        first = pages_text(render_pdf(make_report(alerts=(alert(AlertState.ACKNOWLEDGED),))))[0]
        assert "Acknowledged by Dr A. Lindqvist, 21 Nov 2026, 10:45. Not yet resolved." in first

    def test_a_resolved_alert_stays_with_its_action_and_note(self) -> None:
        first = pages_text(render_pdf(make_report(alerts=(alert(AlertState.RESOLVED, "high"),))))[0]
        assert "(high: review immediately)" in first
        assert "Resolved by Dr A. Lindqvist, 21 Nov 2026, 11:11: Safety plan made." in first
        assert "Plan written together" in first and "NOT YET REVIEWED" not in first

    def test_without_an_alert_there_is_no_box(self) -> None:
        assert "Safety alert" not in text_of(make_report())

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [(0, "Item 9: not at all. A zero does not rule out risk."),
         (1, "Item 9: several days. See the safety box."),
         (None, "Item 9 was not answered: ask directly.")],
    )  # fmt: skip
    def test_item_nine_is_always_spoken_of(self, answer: int | None, sentence: str) -> None:
        assert safety_item_sentence(phq9((1, 1, 1, 1, 1, 1, 1, 1, answer))) == sentence
        assert safety_item_sentence(gad7()) == ""


class TestVoices:
    def test_both_stand_side_by_side_and_the_questionnaire_leads(self) -> None:
        first = pages_text(render_pdf(make_report()))[0]
        for said in ("QUESTIONNAIRE, LEADS", "Moderate", "PHQ-9 13 of 27 (native: moderate)",
                     "GAD-7 9 of 21 (native: mild)", "FACIAL BEHAVIOUR, INVESTIGATIONAL",
                     "Mildly atypical", "Index 38.0, 90 % interval 27 to 49",
                     "Gate: reliable, 182 s valid, 21 readings/s",
                     "Provisional reference (provisional-v0)", "A low index does not reassure.",
                     "SESSION CONDITIONS"):  # fmt: skip
            assert said in first

    def test_an_unreliable_face_gives_reasons_and_no_number(self) -> None:
        text = text_of(unreliable())
        assert "No reliable face" in text and "Unreliable" in text
        assert "Only 22 s could be read, 60 s are needed." in text
        assert "Index not measured" in text
        assert "Index 38" not in text and "38.0 of 100" not in text
        assert "Observed not measured: no reliable face, for the reasons on page 1." in text
        assert "Facial movement (Action Units)" not in text
        assert "No trajectory is shown" in text
        assert "The face could not be read reliably: use the questionnaire." in text

    def test_without_a_questionnaire_the_face_is_provisional(self) -> None:
        text = text_of(make_report(questionnaires=(), totals=(), self_report={},
                                   headline=Headline(Band.MILD, "face_provisional")))  # fmt: skip
        assert "Not answered" in text and "this headline is provisional" in text
        assert "Nothing is concluded from its absence." in text
        assert text.count("not answered") >= 6

    def test_without_a_recording_only_the_answers_speak(self) -> None:
        record = replace(session(None), error="The file holds no picture.")
        text = text_of(make_report(session=record, timeline=None, quality=(), indices=()))
        assert "Not measured The file holds no picture." in text
        assert "PHQ-9 13 of 27" in text
        assert "Observed not measured: no recording was analysed." in text
        assert "Session quality" not in text and "of 100" not in text

    def test_a_face_far_above_the_answers_asks_for_a_second_look(self) -> None:
        headline = Headline(Band.NORMAL, "questionnaire", ("FACE_HIGHER_THAN_QUESTIONNAIRE",))
        assert "Look again: the face lies two or more bands above" in text_of(
            make_report(headline=headline)
        )

    @pytest.mark.parametrize(
        ("probabilities", "words"),
        [((0.1, 0.45, 0.44, 0.01), "Mildly to moderately atypical"),
         ((0.5, 0.4, 0.1, 0.0), "Typical range to mildly atypical"),
         ((0.4, 0.1, 0.4, 0.1), "Band indeterminate"), (None, "Band indeterminate")],
    )  # fmt: skip
    def test_an_indeterminate_band_names_its_neighbours(
        self, probabilities: tuple[float, float, float, float] | None, words: str
    ) -> None:
        index = summary().behaviour_index
        assert index is not None
        unsure = replace(index, band=Band.INDETERMINATE, band_probabilities=probabilities)
        assert observed_band(unsure) == words

    def test_a_site_reference_is_not_called_provisional(self) -> None:
        index = summary().behaviour_index
        assert index is not None
        text = text_of(with_summary(behaviour_index=replace(index, reference="site-2026-03")))
        assert "Site reference (site-2026-03)" in text and "Provisional reference" not in text

    def test_facial_change_is_stated_against_the_own_history_only(self) -> None:
        assert "Not changed against own history: −2 since 17 Oct 2026, needs more than 16." in (
            text_of(make_report())
        )
        moved = make_report(index_change=IndexChange(NOW, 20.0, 15.6))
        assert "Changed against own history: +20" in text_of(moved)
        why = "1 of 3 comparable reliable sessions; change is not stated."
        assert why in text_of(make_report(index_change=None, index_change_reason=why))


class TestAnswers:
    def test_every_item_with_answer_and_score(self) -> None:
        text = text_of(make_report())
        assert "1 Little interest or pleasure in doing things More than half the days 2" in text
        assert "Total 13 of 27" in text and "Total 9 of 21" in text
        assert "Somewhat difficult" in text
        assert "sensitivity 0.85 (0.79–0.89), specificity 0.85 (0.82–0.87)" in text

    def test_the_native_band_is_shown_when_it_differs(self) -> None:
        text = text_of(make_report(questionnaires=(phq9((2, 2, 3, 2, 2, 2, 1, 2, 0)),)))
        assert "PHQ-9 16: severe, native: moderately severe." in text
        assert "Moderately severe counts as severe in the four bands used here." in text

    def test_a_prorated_total_says_so(self) -> None:
        form = phq9((1, 1, 1, 1, 0, 0, 0, None, 0), total=5, band=Band.MILD, native_band="mild",
                    possible_range=(4, 7), band_uncertain=True)  # fmt: skip
        text = text_of(make_report(questionnaires=(form,)))
        assert "Prorated for missing answers; the true total is between 4 and 7." in text
        assert "the band is uncertain" in text
        assert "not answered –" in text

    def test_a_form_without_a_total_says_so(self) -> None:
        form = phq9((None, None, 2, 2, 1, None, 1, 0, 2), total=None, band=None, native_band=None,
                    possible_range=(8, 17), algorithm=None)  # fmt: skip
        text = text_of(make_report(questionnaires=(form,), headline=Headline(None, "none")))
        assert "PHQ-9 no total: too many answers missing (possible 8 to 17)" in text
        assert "No band" in text and "Symptom count" not in text

    def test_an_earlier_form_carries_its_date(self) -> None:
        form = phq9()
        response = replace(form.response, session_id=None,
                           answered_at=START - timedelta(days=7))  # fmt: skip
        text = text_of(make_report(questionnaires=(replace(form, response=response),)))
        assert "answered 14 Nov 2026" in text


class TestChange:
    @pytest.mark.parametrize(
        ("values", "sentence"),
        [((18, 13), "PHQ-9 −5 since 17 Oct 2026: counts as change."),
         ((12, 13), "PHQ-9 +1 since 17 Oct 2026: no change shown."),
         ((None, 13), ""), ((13,), "")],
    )  # fmt: skip
    def test_the_threshold_decides(self, values: tuple[int | None, ...], sentence: str) -> None:
        report = make_report(totals=totals("PHQ-9", values))
        assert change_sentence(report, phq9()) == sentence

    def test_visits_within_a_week_overlap(self) -> None:
        before, now = totals("PHQ-9", (18, 13))
        near = replace(before, answered_at=now.answered_at - timedelta(days=6))
        report = make_report(totals=(near, now))
        assert "recall periods overlap" in change_sentence(report, phq9())
        assert "their recall periods overlap" in text_of(report)

    def test_a_prorated_neighbour_makes_the_change_uncertain(self) -> None:
        before, now = totals("PHQ-9", (18, 13))
        report = make_report(totals=(replace(before, prorated=True), now))
        assert change_sentence(report, phq9()).endswith("counts as change, change uncertain.")

    def test_one_visit_is_no_change(self) -> None:
        report = make_report(totals=(*totals("PHQ-9", (13,)), *totals("GAD-7", (9,))),
                             indices=indices((38.0,)))  # fmt: skip
        text = text_of(report)
        assert "One visit. Change needs two." in text
        assert "on its own axis" not in text

    def test_first_previous_and_present_totals(self) -> None:
        text = text_of(make_report())
        assert "Change over 9 visits" in text
        assert "PHQ-9 19 on 14 Feb 2026 12 on 17 Oct 2026 13 +1 −6 5 points" in text
        assert "GAD-7 14 on 14 Feb 2026 9 on 17 Oct 2026 9 0 −5 4 points" in text


class TestObserved:
    def test_six_dimensions_in_two_columns_with_source_and_grade(self) -> None:
        text = text_of(make_report())
        assert "Valence +0.33 −0.12, −0.20 to −0.04 PHQ-9 2 C" in text
        assert "Anxiety 50 28, 19 to 37 GAD-7 1, 2, 3, 7 C" in text
        assert "Irritability 33 17, 10 to 24 GAD-7 6 D" in text

    def test_a_missing_dimension_prints_its_reason(self) -> None:
        found = summary()
        text = text_of(with_summary(
            dimensions={**found.dimensions, "anxiety": None, "fatigue": None},
            dimension_reasons=dict.fromkeys(("anxiety", "fatigue"), "under 15 readings a second"),
        ))  # fmt: skip
        assert "Anxiety, fatigue not measured: under 15 readings a second." in text

    def test_the_index_lists_all_nine_items_with_seen_typical_and_grade(self) -> None:
        text = text_of(make_report())
        assert "38.0 of 100 (90 % interval 27 to 49)" in text
        for line in ("Smile time 12.1 9 % (15 ± 5) A", "Head speed 7.6 4.1 °/s (6.0 ± 2.4) A",
                     "Valence 2.9 −0.12 (0.05 ± 0.12) C", "Irritability 0.3 17 D",
                     "not measured: this engine does not"):  # fmt: skip
            assert line in text
        assert "17 valid, effective sample size 6.4" in text

    def test_units_and_events(self) -> None:
        text = text_of(make_report())
        assert "AU12 smile" in text
        assert "Not measured by this engine: AU5 upper lid, AU6 cheek raiser, AU9" in text
        assert "smiles 2" in text and "blinks 14 per minute" in text

    def test_blinks_that_cannot_be_counted_are_not_zero(self) -> None:
        text = text_of(with_summary(events=replace(summary().events, blinks_per_min=None)))
        assert "blinks not measured" in text


class TestQuality:
    def test_measures_with_what_the_configuration_needs(self) -> None:
        text = text_of(make_report())
        for line in ("Valid time 182 s 60 s yes", "Face width 132 px 96 px yes",
                     "Second face 0 % ≤ 5 % yes",
                     "6330 decoded, 4431 read, 12 dropped", "no face 6 s, turned away 15 s",
                     "USB camera"):  # fmt: skip
            assert line in text

    def test_a_limit_that_is_not_in_the_configuration_is_not_invented(self) -> None:
        text = text_of(with_summary(config={}))
        assert "Valid time 182 s Turned away" in text

    def test_named_measures_with_need_and_what_to_do(self) -> None:
        text = text_of(make_report())
        assert "Luminance mean 118 40 to 220 yes, 100 %" in text
        assert "Head pose yaw 6° ≤ 30° yes, 98 %" in text
        assert "Sharpness 31 40 no, 21 %" in text
        assert "Sharpness: Steady and focus the camera, and clean its lens." in text
        assert "Eyes open 0.28 not judged" in text
        assert "Without a value: Over exposure prevention." in text

    def test_without_readings_there_are_no_picture_measures(self) -> None:
        text = text_of(make_report(quality=()))
        assert "Luminance mean" not in text and "Valid time 182 s" in text

    def test_another_person_is_named_with_the_time(self) -> None:
        changes = (PersonChange(72.0, 95.5, 12.0, False), PersonChange(120.0, 180.0, 6.0, True))
        text = text_of(with_summary(person_changes=changes))
        assert "Another person may have been measured from 1:12 to 1:35" in text
        assert "The face came back at 2:00 after 6 s in the same place" in text

    def test_limited_is_named_with_its_reason(self) -> None:
        found = summary()
        advice = "45 s could be read, 60 s are needed."
        reason = replace(summary(GateDecision.UNRELIABLE).gate.reasons[0], advice=advice)
        gate = replace(found.gate, decision=GateDecision.LIMITED, reasons=(reason,))
        text = text_of(with_summary(gate=gate))
        assert "Limited" in text and advice in text


class TestClosing:
    def test_every_fingerprint_is_printed_whole(self) -> None:
        text = text_of(make_report())
        for mark in ("5e77220c0ffee5e77220c0ffee5e77220c0ffee0", "4c1d90ae77f2b1c3" * 4,
                     "9f2c" * 16, "ab12" * 16, "cd34" * 16):  # fmt: skip
            assert mark in text
        assert "face 1.3.0" in text and "Emo-Care 0.1.0" in text
        assert "valid time 60 / 30 s" in text

    def test_what_is_not_known_is_said(self) -> None:
        made = replace(make_report().provenance, git_commit=None, reference_sha256=None)
        text = text_of(make_report(provenance=made))
        assert "commit not recorded" in text and "hash not recorded" in text

    def test_limits_are_mandatory_in_both_copies(self) -> None:
        for audience in Audience:
            text = text_of(make_report(audience=audience))
            for sentence in (*LIMITS, INTENDED_USE):
                assert sentence in text

    def test_the_check_list_is_printed_whole(self) -> None:
        text = text_of(make_report())
        assert all(line in text for line in CONFOUNDERS)
        assert "The check list was not filled in." in text_of(make_report(confounders=()))

    def test_the_conclusion_is_the_clinicians(self) -> None:
        text = text_of(signed(make_report()))
        assert "Impression Moderate" in text and "differs from my view" in text
        assert "Sleep still broken." in text
        assert "Dr Anna Lindqvist, psychiatrist Licence SE-118 203" in text
        assert "Signed electronically 21 Nov 2026, 11:05 UTC+01:00" in text

    def test_without_a_review_nothing_is_concluded(self) -> None:
        text = text_of(make_report(review=None))
        assert "No impression was noted." in text and "Draft, not signed" in text


class TestPatientCopy:
    def test_the_crisis_numbers_come_first(self) -> None:
        report = make_report(audience=Audience.PATIENT, alerts=(alert(AlertState.RESOLVED),))
        first = pages_text(render_pdf(report))[0]
        assert first.startswith("Help in a crisis If you might act on thoughts of harming yourself")
        assert "Emergency 112" in first and "+46 60 12 34 56" in first and "116 123" in first
        assert "Numbers as published, listed on 1 Sep 2026" in first
        assert first.index("Help in a crisis") < first.index("Safety alert")
        assert "Copy for the patient" in first

    def test_it_leaves_out_the_count_and_the_drivers(self) -> None:
        own, filed = (text_of(make_report(audience=a)) for a in (Audience.PATIENT, Audience.FILE))
        for only_filed in ("Symptom count", "Smile time", "Seen (typical)"):
            assert only_filed in filed and only_filed not in own
        for in_both in ("Index 38.0, 90 % interval 27 to 49", "Total 13 of 27", "Six dimensions"):
            assert in_both in filed and in_both in own

    def test_the_file_copy_has_no_crisis_card(self) -> None:
        assert "Help in a crisis" not in text_of(make_report())

    def test_a_clinic_without_a_number_has_no_line(self) -> None:
        report = make_report(audience=Audience.PATIENT)
        assert report.crisis is not None
        text = text_of(replace(report, crisis=replace(report.crisis, clinic_phone="")))
        assert "+46 60" not in text


def test_the_header_says_which_consent_and_what_was_taken_back() -> None:
    assert "version 3 of 14 Sep 2026: camera analysis, keep measurements" in text_of(make_report())
    text = text_of(make_report(withdrawals=(withdrawal(Use.ANALYSE, Use.MEASUREMENTS),)))
    assert "withdrawn 28 Sep 2026: camera analysis, keep measurements" in text


def test_a_report_with_the_least_possible_content() -> None:
    """No questionnaire, no recording, no birth date, no consent, no review."""
    report = make_report(
        session=replace(session(None), consent=None), timeline=None, quality=(),
        questionnaires=(), totals=(), indices=(), self_report={}, index_change=None, review=None,
        agreement_text=None, confounders=(), versions=(), headline=Headline(None, "none"),
        visit=type(make_report().visit)(),
        patient=replace(make_report().patient, birth_date=None, sex=None),
    )  # fmt: skip
    text = text_of(report)
    assert "birth date not recorded" in text
    assert text.count("not recorded") >= 6
    assert "No recording was analysed." in text
