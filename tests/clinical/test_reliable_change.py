"""The reliable change index of a site's own norms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import Norm, read_norms, score
from emocare.clinical.change import reliable_change
from emocare.domain.errors import InputError

NORM = Norm(6.0, 0.84)
"""SD x sqrt(2) x sqrt(1 - 0.84) = 6 x 1.41421 x 0.4 = 3.39411: 7 points are reliable, 6 are not."""


def test_the_formula() -> None:
    assert reliable_change(18, 4, NORM) == pytest.approx(-14 / 3.39411, abs=1e-4)
    assert reliable_change(4, 4, NORM) == 0


@pytest.mark.parametrize(
    ("previous", "flags", "rci"),
    [
        (11, ["IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION", "RELIABLE_IMPROVEMENT"], -2.06),
        (10, ["IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION"], -1.77),
        (4, [], 0.0),
    ],
)
def test_flags(previous: int, flags: list[str], rci: float) -> None:
    change = score("PHQ-9", [1, 1, 1, 1, 0, 0, 0, 0, 0], previous=previous, norm=NORM).change
    assert change == {"delta": 4 - previous, "flags": flags, "rci": rci}


def test_worse_and_more_is_better() -> None:
    worse = score("PHQ-9", [1] * 9, previous=2, norm=NORM).change
    wellbeing = score("WHO-5", [1] * 5, previous=60, norm=Norm(12.0, 0.8)).change

    assert worse is not None and worse["flags"] == ["WORSENING_MCID", "RELIABLE_WORSENING"]
    assert wellbeing is not None and wellbeing["flags"] == ["WORSENING_MCID", "RELIABLE_WORSENING"]
    assert wellbeing["rci"] < 0


def test_without_a_norm_nothing_is_added() -> None:
    assert score("PHQ-9", [1] * 9, previous=2).change == {"delta": 7, "flags": ["WORSENING_MCID"]}


def test_uncertain_comes_last() -> None:
    change = score("PHQ-9", [1] * 8 + [None], previous=0, norm=NORM).change
    assert change is not None
    assert change["flags"] == ["WORSENING_MCID", "RELIABLE_WORSENING", "change uncertain"]


def test_norms_are_read_from_the_setting() -> None:
    assert read_norms("") == {}
    assert read_norms("phq9 6.1 0.89; GAD-7 5 0;") == {
        "PHQ-9": Norm(6.1, 0.89), "GAD-7": Norm(5.0, 0.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "setting",
    ["PHQ-9", "PHQ-9 6", "PHQ-9 6 0.8 1", "PHQ-9 0 0.8", "PHQ-9 -6 0.8", "PHQ-9 6 1",
     "PHQ-9 6 -0.1", "PHQ-9 six 0.8", "PHQ-9 nan 0.8", "PHQ-9 6 nan", "PHQ-9 inf 0.8"],
)  # fmt: skip
def test_an_impossible_norm_is_refused(setting: str) -> None:
    with pytest.raises(InputError, match=r"^Setting norms: expected instrument, SD above 0"):
        read_norms(setting)


def test_a_norm_of_an_unknown_form_or_one_with_scales_is_refused() -> None:
    with pytest.raises(InputError, match="Unknown instrument 'BDI'"):
        read_norms("BDI 5 0.9")
    with pytest.raises(InputError, match="DASS-21 has scales"):
        read_norms("DASS-21 5 0.9")


@given(st.integers(0, 27), st.integers(0, 27), st.floats(0.5, 30), st.floats(0, 0.99))
def test_there_and_back_are_opposite(before: int, after: int, sd: float, r: float) -> None:
    there, back = (reliable_change(*pair, Norm(sd, r)) for pair in ((before, after),
                                                                   (after, before)))  # fmt: skip
    assert math.isclose(there, -back)
    assert (there > 0) == (after > before)
