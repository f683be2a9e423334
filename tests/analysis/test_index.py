"""Dimensions and the behaviour index (sections 3.4, 3.5, 7)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emocare.analysis.config import AnalysisConfig
from emocare.analysis.dimensions import combine, dimension, item
from emocare.analysis.index import band_of, behaviour_index, linear_series, round_tenth
from emocare.analysis.measures import FEATURES
from emocare.analysis.reference import load_reference
from emocare.domain.summary import Band, BehaviourIndex, Feature

CONFIG = AnalysisConfig()
REFERENCE = load_reference(CONFIG)
SMILE = ("f1", "f2")


def made(
    z: dict[str, float], default: float = 0.0, missing: tuple[str, ...] = ()
) -> dict[str, Feature]:
    """Features with the given z; ``missing`` are null."""
    found = {}
    for name in FEATURES:
        if name in missing:
            found[name] = Feature(None, None, None, "missing")
            continue
        value = z.get(name, default)
        found[name] = Feature(0.5, value, float(np.clip(value / 3, 0, 1)))
    return found


def indexed(features: dict[str, Feature], windows: int = 12) -> BehaviourIndex | None:
    table = {n: np.full(windows, f.z) for n, f in features.items() if f.z is not None}
    return behaviour_index(
        features, table, windows, np.ones(max(0, windows - 1), bool), REFERENCE, CONFIG
    ).index


def value_of(features: dict[str, Feature]) -> BehaviourIndex:
    index = indexed(features)
    assert index is not None
    return index


def test_everything_typical_is_zero_and_normal() -> None:
    index = value_of(made({}, -1.0))
    assert (index.value, index.band) == (0.0, Band.NORMAL)


def test_everything_far_off_is_a_hundred_and_severe() -> None:
    index = value_of(made({}, 9.0))
    assert (index.value, index.band) == (100.0, Band.SEVERE)


def test_smile_alone_is_twenty_two() -> None:
    """f1 and f2 are also in anhedonia, which is a dimension and no item of the index."""
    index = value_of(made(dict.fromkeys(SMILE, 3.0), -1.0))
    assert (index.value, index.band) == (22.0, Band.NORMAL)


@pytest.mark.parametrize(
    ("value", "band"),
    [(24.9, Band.NORMAL), (25.0, Band.MILD), (44.9, Band.MILD), (45.0, Band.MODERATE),
     (64.9, Band.MODERATE), (65.0, Band.SEVERE), (0.0, Band.NORMAL), (100.0, Band.SEVERE)],
)  # fmt: skip
def test_band_edges(value: float, band: Band) -> None:
    assert band_of(value, CONFIG.band_edges) is band


def test_the_printed_number_and_the_band_agree() -> None:
    assert round_tenth(24.96) == 25.0
    assert round_tenth(24.949) == 24.9
    assert round_tenth(44.95) == 45.0


def test_item_weights() -> None:
    grouped = {"expressivity": ("f3", "f4"), "head_motion": ("f5", "f6"), "gaze_down": ("f7",),
               "neg_valence": ("f8",), "au14": ("f9",)}  # fmt: skip
    for name, parts in grouped.items():
        index = value_of(made(dict.fromkeys(parts, 3.0), -1.0))
        extra = 100 * CONFIG.items["fatigue"] * 0.10 if "f5" in parts else 0.0
        assert index.value == pytest.approx(round_tenth(100 * CONFIG.items[name] + extra)), name


def test_one_of_two_features_stands_for_its_item() -> None:
    index = value_of(made({"f1": 3.0}, -1.0, missing=("f2",)))
    assert index.value == 22.0


def test_null_below_seventy_percent_of_the_weight() -> None:
    assert indexed(made({}, 0.0, missing=(*SMILE, "f9"))) is not None
    poor = made({}, 0.0, missing=(*SMILE, "f9", "f8"))
    table = {name: np.zeros(0) for name in FEATURES}
    result = behaviour_index(poor, table, 0, np.zeros(0, bool), REFERENCE, CONFIG)
    assert result.index is None
    assert "63 %" in (result.reason or "")


def test_without_au14_the_other_weights_are_renormalised() -> None:
    index = value_of(made(dict.fromkeys(SMILE, 3.0), -1.0, missing=("f9",)))
    assert index.value == round_tenth(22 / 0.95)


def test_drivers_are_all_nine_sorted_with_their_reference() -> None:
    index = value_of(made({"f7": 3.0, "f1": 1.5, "f2": 1.5}, -1.0, missing=("f9",)))
    assert [d.item for d in index.drivers[:2]] == ["gaze_down", "smile"]
    assert index.drivers[-1].item == "au14"
    assert index.drivers[-1].contribution is None
    assert index.drivers[-1].reason
    assert {d.item for d in index.drivers} == set(CONFIG.items)
    smile = next(d for d in index.drivers if d.item == "smile")
    assert smile.reference_mean == pytest.approx(np.sin(0.40) ** 2)
    assert smile.reference_sd == pytest.approx(np.sin(0.80) * 0.14)
    assert smile.value == 0.5
    assert [d.grade for d in index.drivers if d.item in ("smile", "au14", "irritability")] == [
        "A", "D", "B",
    ]  # fmt: skip


def test_a_dimension_in_the_index_shows_its_own_score() -> None:
    index = value_of(made({"f10": 3.0}, -1.0))
    fatigue = next(d for d in index.drivers if d.item == "fatigue")
    assert fatigue.value == pytest.approx(45.0)
    assert fatigue.reference_mean == pytest.approx(13.3, abs=0.1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-4, 8), min_size=len(FEATURES), max_size=len(FEATURES)),
    st.sets(st.sampled_from([n for n in FEATURES if n not in SMILE]), max_size=6),
)
def test_contributions_add_up_to_the_index(z: list[float], missing: set[str]) -> None:
    index = indexed(made(dict(zip(FEATURES, z, strict=True)), missing=tuple(missing)))
    if index is None:
        return
    total = sum(d.contribution or 0.0 for d in index.drivers)
    assert abs(total - index.value) <= 0.05 + 1e-6
    assert 0.0 <= index.value <= 100.0
    shown = [d.contribution for d in index.drivers if d.contribution is not None]
    assert shown == sorted(shown, reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([n for n in FEATURES if n != "f9"]), st.floats(-2, 3), st.floats(0.1, 3))
def test_worse_never_lowers_the_index(name: str, z: float, more: float) -> None:
    base = dict.fromkeys(FEATURES, 0.5)
    before = value_of(made(base | {name: z}))
    after = value_of(made(base | {name: z + more}))
    assert after.value >= before.value


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("anhedonia", {"f1": 3, "f2": 3}, 50.0),
        ("anhedonia", {"f3": 1.5}, 12.5),
        ("anxiety", {"f14": 3, "au12_pair": 3}, 40.0),
        ("irritability", {"f18": 3, "f17": 1.5}, 47.5),
        ("fatigue", {"f10": 3, "f11": 3, "f12": 3, "f13": 3, "f5": 3}, 100.0),
    ],
)
def test_dimensions_are_weighted_sums(name: str, z: dict[str, float], expected: float) -> None:
    found = dimension(name, made(z, -1.0), CONFIG)
    assert found.u is not None
    assert 100 * found.u == pytest.approx(expected)


def test_anxiety_and_fatigue_vanish_below_fifteen_frames_a_second() -> None:
    slow = made({}, missing=("f9", "f10", "f11", "f15", "f16", "f21"))
    assert [n for n in CONFIG.dimensions if dimension(n, slow, CONFIG).u is None] == [
        "anxiety", "fatigue",
    ]  # fmt: skip
    index = indexed(slow)
    assert index is not None
    lost = {d.item for d in index.drivers if d.contribution is None}
    assert lost == {"anxiety", "fatigue", "au14"}


def test_a_dimension_needs_sixty_five_percent_of_its_weight() -> None:
    assert dimension("anhedonia", made({}, missing=("f21", "f4")), CONFIG).u is not None
    gone = dimension("anhedonia", made({}, missing=("f1", "f21")), CONFIG)
    assert gone.u is None
    assert "50 %" in (gone.reason or "")


def test_combine_renormalises() -> None:
    found = combine({"f1": 0.6, "f2": 0.4}, made({"f1": 3.0, "f2": 0.0}), 0.65)
    assert found.u == pytest.approx(0.6)
    assert combine({"f1": 0.7, "f2": 0.3}, made({"f1": 3.0}, missing=("f2",)), 0.65).u == 1.0


def test_the_window_series_leaves_clipped_items_out() -> None:
    features = made({"f1": 2.0, "f2": 2.0, "f7": 5.0, "f8": -1.5})
    items = {name: item(name, features, CONFIG) for name in CONFIG.items}
    table = {name: np.zeros(3) for name in FEATURES}
    made_series = {"f1": [3, 0, 3], "f2": [3, 0, 0], "f7": [9, 9, 0], "f8": [5, 0, 0]}
    for name, series in made_series.items():
        table[name] = np.array(series, dtype=float)
    y = linear_series(items, CONFIG.items, table, 3, CONFIG)
    assert y == pytest.approx([22.0, 0.0, 11.0])


def wavy(z: float, windows: int, swing: float) -> BehaviourIndex:
    features = made({}, z)
    sign = np.where(np.arange(windows) % 2 == 0, 1.0, -1.0)
    table = {n: np.full(windows, z) + swing * sign for n in FEATURES}
    adjacent = np.ones(windows - 1, bool)
    found = behaviour_index(features, table, windows, adjacent, REFERENCE, CONFIG).index
    assert found is not None
    return found


def test_a_number_near_an_edge_is_indeterminate() -> None:
    assert wavy(0.75, 12, 0.1).band is Band.INDETERMINATE
    assert wavy(0.3, 12, 0.1).band is Band.NORMAL
    assert wavy(1.05, 12, 0.0).band is Band.MILD


def test_a_wide_interval_is_indeterminate() -> None:
    calm, wild = wavy(2.6, 8, 0.1), wavy(2.6, 8, 2.0)
    assert calm.band is Band.SEVERE
    assert wild.ci90 is not None
    assert wild.ci90[1] - wild.ci90[0] > calm.ci90[1] - calm.ci90[0]  # type: ignore[index]
    assert wild.band is Band.INDETERMINATE


def test_fewer_than_six_windows_have_no_interval_and_no_band() -> None:
    index = indexed(made({}, 0.2), windows=5)
    assert index is not None
    assert (index.ci90, index.band_probabilities, index.ess) == (None, None, None)
    assert (index.band, index.windows) == (Band.INDETERMINATE, 5)


def test_an_effective_sample_of_less_than_three_has_no_interval() -> None:
    features = made({}, 0.5)
    table = {n: np.linspace(-2, 3, 6) for n in FEATURES}
    index = behaviour_index(features, table, 6, np.ones(5, bool), REFERENCE, CONFIG).index
    assert index is not None
    assert index.ess == 2.0
    assert (index.ci90, index.band) == (None, Band.INDETERMINATE)


def test_the_interval_stays_on_the_scale() -> None:
    index = value_of(made({}, 0.1))
    assert index.ci90 is not None
    assert index.ci90[0] == 0.0
    assert index.ci90[1] == pytest.approx(100 * 0.1 / 3 + 1.645 * 8, abs=0.2)
