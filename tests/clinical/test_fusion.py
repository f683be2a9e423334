"""What leads: the questionnaire, provisionally the face, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import DatedResult, headline, score
from emocare.domain.summary import BANDS, Band, GateDecision
from tests.clinical.recordings import recording

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)
RELIABLE, LIMITED, UNRELIABLE = GateDecision
NOT_ASKED = ("QUESTIONNAIRE_REQUIRED",)
TOTALS = {Band.NORMAL: 2, Band.MILD: 7, Band.MODERATE: 12, Band.SEVERE: 17}


def answered(
    band: Band, name: str = "PHQ-9", ago: timedelta = timedelta(0), same_session: bool = False
) -> DatedResult:
    """A complete form in this band."""
    items = {"PHQ-9": 9, "PHQ-8": 8, "GAD-7": 7}[name]
    answers = [min(3, max(0, TOTALS[band] - 3 * place)) for place in range(items)]
    return DatedResult(score(name, answers), NOW - ago, same_session)


def test_the_worst_valid_band_leads_with_its_native_word() -> None:
    found = headline([answered(Band.MILD), answered(Band.SEVERE, "GAD-7")], None, NOW, True)
    other = headline([answered(Band.SEVERE), answered(Band.MILD, "GAD-7")], None, NOW, True)

    assert (found.band, found.source, found.native_band) == (
        Band.SEVERE, "questionnaire", "severe")  # fmt: skip
    assert found.per_domain == {"PHQ-9": Band.MILD, "GAD-7": Band.SEVERE}
    assert (found.flags, found.ask_questionnaire) == ((), False)
    assert other.native_band == "moderately severe"


@pytest.mark.parametrize(
    ("ago", "leads"),
    [
        (timedelta(0), True),
        (TWO_WEEKS, True),
        (TWO_WEEKS + timedelta(microseconds=1), False),
        (timedelta(microseconds=-1), False),
    ],
)
def test_fourteen_days(ago: timedelta, leads: bool) -> None:
    found = headline([answered(Band.MILD, ago=ago)], None, NOW, True)

    assert (found.source == "questionnaire") == leads
    assert found.flags == (() if leads else NOT_ASKED)


@pytest.mark.parametrize("ago", [timedelta(minutes=-5), timedelta(days=40)])
def test_the_session_s_own_answers_are_always_valid(ago: timedelta) -> None:
    found = headline([answered(Band.MILD, ago=ago, same_session=True)], None, NOW, True)
    assert found.band is Band.MILD


def test_in_each_domain_the_last_one_counts() -> None:
    results = [
        answered(Band.SEVERE, "PHQ-8", timedelta(days=9)),
        answered(Band.MILD, "PHQ-9", timedelta(days=1)),
        answered(Band.NORMAL, "GAD-7", timedelta(days=3)),
    ]
    for order in (results, results[::-1]):
        found = headline(order, None, NOW, True)
        assert found.per_domain == {"PHQ-9": Band.MILD, "GAD-7": Band.NORMAL}
        assert found.band is Band.MILD


def test_of_two_answered_at_once_the_worse_counts() -> None:
    results = [answered(Band.SEVERE), answered(Band.MILD)]
    assert headline(results, None, NOW, True).band is Band.SEVERE
    assert headline(results[::-1], None, NOW, True).band is Band.SEVERE


def test_forms_without_a_total_and_other_forms_do_not_lead() -> None:
    results = [
        DatedResult(score("PHQ-9", [None] * 9), NOW),
        DatedResult(score("PHQ-4", [3] * 4), NOW),
        DatedResult(score("PHQ-2", [3] * 2), NOW),
        DatedResult(score("WHO-5", [0] * 5), NOW),
    ]
    assert headline(results, None, NOW, True).source == "none"
    assert headline([*results, answered(Band.MILD)], None, NOW, True).band is Band.MILD


def test_a_prorated_form_leads() -> None:
    prorated = DatedResult(score("PHQ-9", [1, 1, 1, 1, 0, 0, 0, None, 0]), NOW)
    assert headline([prorated], None, NOW, True).band is Band.MILD


@pytest.mark.parametrize("gate", [RELIABLE, LIMITED])
@pytest.mark.parametrize("face", BANDS)
def test_without_answers_a_usable_face_leads_provisionally(gate: GateDecision, face: Band) -> None:
    found = headline([], recording(gate, face), NOW, True)

    assert (found.band, found.source, found.native_band) == (face, "face_provisional", None)
    assert (found.flags, found.per_domain) == ((), {})
    assert found.ask_questionnaire


@pytest.mark.parametrize("face", [Band.INDETERMINATE, None])
def test_an_indeterminate_face_does_not_lead(face: Band | None) -> None:
    found = headline([], recording(LIMITED, face), NOW, True)
    assert (found.band, found.source, found.flags) == (None, "none", NOT_ASKED)


def test_strict_sites_never_show_a_face_headline() -> None:
    found = headline([], recording(RELIABLE, Band.SEVERE), NOW, False)
    assert (found.band, found.source, found.flags) == (None, "none", NOT_ASKED)


def test_an_unreliable_face_is_not_used_even_with_an_index() -> None:
    alone = headline([], recording(UNRELIABLE, Band.SEVERE), NOW, True)
    beside = headline([answered(Band.NORMAL)], recording(UNRELIABLE, Band.SEVERE), NOW, True)

    assert (alone.band, alone.source) == (None, "none")
    assert alone.flags == ("FACE_UNRELIABLE_USE_QUESTIONNAIRE", "QUESTIONNAIRE_REQUIRED")
    assert (beside.band, beside.flags) == (Band.NORMAL, ("FACE_UNRELIABLE_USE_QUESTIONNAIRE",))


@pytest.mark.parametrize("allow_face", [True, False])
@pytest.mark.parametrize("asked", BANDS)
@pytest.mark.parametrize("face", BANDS)
def test_a_face_two_bands_higher_asks_for_a_look(asked: Band, face: Band, allow_face: bool) -> None:
    found = headline([answered(asked)], recording(RELIABLE, face), NOW, allow_face)

    assert (found.band, found.source) == (asked, "questionnaire")
    higher = BANDS.index(face) - BANDS.index(asked) >= 2
    assert found.flags == (("FACE_HIGHER_THAN_QUESTIONNAIRE",) if higher else ())


SURE_MILD = (0.05, 0.8, 0.1, 0.05)
DOUBTS = {"apart": (0.05, 0.05, 0.1, 0.8), "unsure": (0.3, 0.5, 0.1, 0.1)}
"""Of a face whose index says normal or mild."""


@pytest.mark.parametrize("gate", [RELIABLE, LIMITED])
@pytest.mark.parametrize("why", DOUBTS)
def test_a_sequence_network_in_doubt_takes_the_headline_from_the_face(
    gate: GateDecision, why: str
) -> None:
    found = headline([], recording(gate, Band.MILD, DOUBTS[why]), NOW, True)

    assert (found.band, found.source, found.native_band) == (None, "none", None)
    assert found.flags == ("FACE_INDETERMINATE", "QUESTIONNAIRE_REQUIRED")
    assert found.ask_questionnaire and found.reason is not None
    assert ("severe" if why == "apart" else "0.50") in found.reason


@pytest.mark.parametrize("face", [Band.NORMAL, Band.MILD, Band.MODERATE])
def test_a_sure_network_within_one_band_leaves_the_face_provisional(face: Band) -> None:
    found = headline([], recording(RELIABLE, face, SURE_MILD), NOW, True)
    assert (found.band, found.source, found.flags) == (face, "face_provisional", ())
    assert found.reason is None


@pytest.mark.parametrize("network", [None, SURE_MILD, *DOUBTS.values()])
@pytest.mark.parametrize("asked", BANDS)
@pytest.mark.parametrize("face", BANDS)
def test_no_network_changes_a_questionnaire_s_headline(
    asked: Band, face: Band, network: tuple[float, float, float, float] | None
) -> None:
    beside = headline([answered(asked)], recording(RELIABLE, face, network), NOW, True)
    assert beside == headline([answered(asked)], recording(RELIABLE, face), NOW, True)


@pytest.mark.parametrize(
    ("gate", "face", "allow_face"),
    [(UNRELIABLE, Band.MILD, True), (RELIABLE, None, True), (RELIABLE, Band.INDETERMINATE, True),
     (RELIABLE, Band.MILD, False)],
    ids=["unreliable", "no index", "no band", "strict site"],
)  # fmt: skip
def test_a_network_says_nothing_where_the_face_could_not_lead_anyway(
    gate: GateDecision, face: Band | None, allow_face: bool
) -> None:
    found = headline([], recording(gate, face, DOUBTS["apart"]), NOW, allow_face)
    assert found == headline([], recording(gate, face), NOW, allow_face)
    assert "FACE_INDETERMINATE" not in found.flags


@given(
    st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=9, max_size=9),
    st.sampled_from(list(GateDecision)),
    st.sampled_from([None, *Band]),
    st.booleans(),
)
def test_no_face_touches_an_alert_or_a_questionnaire_band(
    answers: list[int | None], gate: GateDecision, face: Band | None, allow_face: bool
) -> None:
    result = score("PHQ-9", answers)
    found = headline([DatedResult(result, NOW)], recording(gate, face), NOW, allow_face)

    assert score("PHQ-9", answers) == result
    if answers[8]:
        assert any(alert.startswith("SI_ITEM9_POSITIVE") for alert in result.alerts)
    if result.band is not None:
        assert (found.band, found.source) == (result.band, "questionnaire")
