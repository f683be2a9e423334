"""Groups compared: shares, differences, and the rule that stops a release."""

from __future__ import annotations

import pytest

from emocare.domain.groups import GroupedPicture
from emocare.learning.fairness import INDEX_RULE, compare, table


def pictures(
    value: str, count: int, readable: int, right: int = 0, labelled: bool = True
) -> list[GroupedPicture]:
    """A group of which the first are readable and the first are read as labelled."""
    return [
        GroupedPicture(
            f"{value}-{k}.jpg", {"glasses": value}, None, "happiness" if labelled else None,
            found=True, readable=k < readable, read_as="happiness" if k < right else "neutral",
        )
        for k in range(count)
    ]  # fmt: skip


def test_a_group_is_set_beside_the_best() -> None:
    found = compare([*pictures("yes", 40, 20, 20), *pictures("no", 40, 36, 36)])
    yes, no = (found["groups"]["glasses"]["values"][v] for v in ("yes", "no"))
    assert yes["readable_share"]["value"] == 0.5 and yes["gate_failure"] == 0.5
    less = yes["readable_share_less_best"]
    assert less["value"] == pytest.approx(-0.4) and less["low"] < -0.4 < less["high"] < 0
    assert no["readable_share_less_best"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert yes["accuracy"]["value"] == 0.5
    assert yes["accuracy_less_best"]["value"] == pytest.approx(-0.4)
    assert found["all"]["accuracy"]["value"] == 0.7


@pytest.mark.parametrize(("readable", "stops"), [(34, False), (33, True)])
def test_a_gate_that_fails_half_again_as_often_stops_a_release(readable: int, stops: bool) -> None:
    found = compare([*pictures("yes", 40, readable), *pictures("no", 40, 36)])
    assert bool(found["stop_ship"]) is stops
    assert ("STOP: glasses yes" in table(found)) is stops


def test_beside_a_gate_that_never_fails_any_failure_counts() -> None:
    assert compare([*pictures("yes", 40, 39), *pictures("no", 40, 40)])["stop_ship"]


def test_without_labels_the_expressions_are_not_measured() -> None:
    found = compare(pictures("yes", 5, 5, labelled=False))
    one = found["groups"]["glasses"]["values"]["yes"]
    assert one["accuracy"] is None and one["macro_f1"] is None and one["few"]
    text = table(found)
    assert "accuracy not measured" in text and "age_group: not measured" in text
    assert INDEX_RULE in text and "conclude nothing" in text


def test_people_are_drawn_as_a_whole() -> None:
    alone = pictures("yes", 40, 20)
    pair = [
        GroupedPicture(one.path, one.groups, f"P{k // 20}", None, True, one.readable, None)
        for k, one in enumerate(alone)
    ]
    wide = compare(pair)["groups"]["glasses"]["values"]["yes"]["readable_share"]
    narrow = compare(alone)["groups"]["glasses"]["values"]["yes"]["readable_share"]
    assert (wide["low"], wide["high"]) == (0.0, 1.0)
    assert narrow["low"] > 0.2 and narrow["high"] < 0.8
