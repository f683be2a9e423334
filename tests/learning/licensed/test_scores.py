"""Every figure against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emocare.learning.licensed import baselines, report, scores
from emocare.learning.licensed.report import Labelled
from emocare.learning.licensed.scales import BDI2, PHQ8, PHQ9, VLOG


def test_bands_are_those_of_the_scales() -> None:
    assert PHQ8.bands(np.array([0, 4, 5, 9, 10, 14, 15, 24])).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert PHQ9.bands(np.array([4.49, 4.5, 27, 40])).tolist() == [0, 1, 3, 3]
    assert BDI2.bands(np.array([13, 14, 19, 20, 28, 29, 63])).tolist() == [0, 1, 1, 2, 2, 3, 3]


def test_errors_by_hand() -> None:
    labels, guesses = np.array([0.0, 4.0, 8.0]), np.array([1.0, 4.0, 5.0])
    assert scores.mean_absolute_error(labels, guesses) == pytest.approx(4 / 3)
    assert scores.root_mean_squared_error(labels, guesses) == pytest.approx(math.sqrt(10 / 3))


def test_concordance_by_hand() -> None:
    # Means 2 and 3, variances 2/3 and 2/3, covariance 2/3: 2 * 2/3 / (4/3 + 1) = 4/7.
    assert scores.concordance(np.array([1.0, 2.0, 3.0]),
                              np.array([2.0, 3.0, 4.0])) == pytest.approx(4 / 7)  # fmt: skip
    assert scores.concordance(np.array([1.0, 2.0]), np.array([1.5, 1.5])) == 0.0
    assert math.isnan(scores.concordance(np.array([2.0, 2.0]), np.array([2.0, 2.0])))


def test_quadratic_kappa_by_hand() -> None:
    # Seen: (0,0) (0,1) (3,3) (3,1): weights 0 + 1 + 0 + 4 = 5. Expected from the margins
    # 2, 0, 0, 2 and 1, 2, 0, 1: (0,1) 1*1, (0,3) 0.5*9, (3,0) 0.5*9, (3,1) 1*4 = 14.
    kappa = scores.quadratic_kappa(np.array([0, 0, 3, 3]), np.array([0, 1, 3, 1]))
    assert kappa == pytest.approx(1 - 5 / 14)
    assert scores.quadratic_kappa(np.array([0, 1, 2]), np.array([0, 1, 2])) == 1.0
    assert math.isnan(scores.quadratic_kappa(np.array([1, 1]), np.array([1, 1])))


def test_area_under_roc_by_hand() -> None:
    # Of six pairs four are right and one is a tie.
    positive = np.array([True, True, False, False, False])
    assert scores.area_under_roc(positive, np.array([0.9, 0.4, 0.4, 0.5, 0.1])) == pytest.approx(
        4.5 / 6)  # fmt: skip
    assert math.isnan(scores.area_under_roc(np.array([True]), np.array([0.2])))


def test_calibration_error_by_hand() -> None:
    # Bin 0.1: two of 0.15, one positive: |0.3 - 1|; bin 0.9: one of 0.95 and positive, 1.0 not.
    positive = np.array([True, False, True, False])
    found = scores.calibration_error(positive, np.array([0.15, 0.15, 0.95, 1.0]))
    assert found == pytest.approx((0.7 + 0.95) / 4)


def test_intervals_and_probabilities_of_a_normal_distribution() -> None:
    said = scores.gaussian(PHQ8, np.array([9.5, 1.0]), np.array([2.0, 2.0]), width=1.5)
    assert said.positive[0] == pytest.approx(0.5) and said.positive[1] < 1e-4
    assert (said.low.tolist(), said.high.tolist()) == ([6.5, 0.0], [12.5, 4.0])
    assert scores.coverage(np.array([6.0, 3.0]), said.low, said.high) == 0.5
    assert scores.normal_cdf(np.array([1.96]))[0] == pytest.approx(0.975, abs=1e-4)


def test_baselines_look_at_the_training_labels_only() -> None:
    train = np.array([2.0, 4.0, 10.0, 12.0])
    sexes = ["male", "male", "female", "female"]
    assert baselines.training_mean(PHQ8, train, 3).mean.tolist() == [7.0] * 3
    said = baselines.sex_only(PHQ8, train, sexes, ["female", "male", None])
    assert said is not None and said.mean.tolist() == [11.0, 3.0, 7.0]
    assert baselines.sex_only(PHQ8, train, [None] * 4, ["male"]) is None
    vlog = baselines.training_mean(VLOG, np.array([0.0, 1.0, 1.0, 1.0]), 1)
    assert vlog.positive.tolist() == [0.75]


def made_up(count: int, people: int | None = None) -> Labelled:
    labels = np.arange(count) % 25.0
    names = [str(k if people is None else k % people) for k in range(count)]
    sexes = ["female" if k % 2 else "male" for k in range(count)]
    return Labelled(labels, names, sexes, [20.0 + k for k in range(count)])


def test_a_report_has_every_group_method_and_interval() -> None:
    people = made_up(50)
    said = scores.gaussian(PHQ8, people.labels + 1, np.full(50, 2.0), 1.645)
    found = report.evaluate(PHQ8, people, people, said)
    assert set(found["figures"]) == {"all", "sex: female", "sex: male", "age: under 30",
                                     "age: 30 to 49", "age: 50 and over"}  # fmt: skip
    everybody = found["figures"]["all"]
    assert everybody["network"]["mae"]["value"] == pytest.approx(0.96), "24 cannot be exceeded"
    mean = everybody["training_mean"]
    assert mean["ccc"]["value"] == 0.0 and mean["auroc"]["value"] == 0.5
    less = everybody["network_less"]["training_mean mae"]
    assert less["high"] < 0 and less["low"] <= less["value"] <= less["high"]
    assert not everybody["few"] and found["figures"]["age: under 30"]["few"]
    assert found["not_measured"] == {"site": "one site in every data set"}
    assert "training mean: mae" in report.table(found)


def test_what_is_not_recorded_is_said() -> None:
    people = Labelled(np.array([0.0, 1.0, 1.0]), ["a", "b", "c"], [None] * 3, [None] * 3)
    found = report.evaluate(VLOG, people, people, scores.bernoulli(np.array([0.1, 0.8, 0.9])))
    assert set(found["not_measured"]) == {"sex", "age", "sex_only baseline", "site"}
    assert set(found["figures"]) == {"all"}
    assert "mae" not in found["figures"]["all"]["network"]
    assert found["figures"]["all"]["network"]["auroc"]["value"] == 1.0


def test_intervals_are_over_people_and_not_over_recordings() -> None:
    labels = np.repeat(np.array([2.0, 20.0, 8.0, 14.0]), 10)
    guesses = labels + np.repeat(np.array([0.0, 6.0, 1.0, 4.0]), 10)
    said = scores.gaussian(PHQ8, guesses, np.full(40, 2.0), 1.645)
    alone = Labelled(labels, [str(k) for k in range(40)], [None] * 40, [None] * 40)
    shared = Labelled(labels, [str(k // 10) for k in range(40)], [None] * 40, [None] * 40)
    widths = []
    for people in (alone, shared):
        found = report.evaluate(PHQ8, people, people, said)
        mae = found["figures"]["all"]["network"]["mae"]
        widths.append(mae["high"] - mae["low"])
    assert widths[1] > 2 * widths[0]
