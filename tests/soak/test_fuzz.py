"""A short piece of the count of damaged files and random forms."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.soak.fuzz import SAMPLES, Found, files, random_forms, section
from tests.soak.mutations import WAYS, mutant, sources


@pytest.fixture(scope="module")
def good() -> dict[str, list[bytes]]:
    return sources(SAMPLES)


def test_no_damaged_file_ends_the_application_or_stays(tmp_path: Path) -> None:
    found = Found()
    assert sum(1 for _ in files(found, 40)) == 40
    assert found.faults == []
    assert sum(found.ended.values()) == 40
    assert found.ended["read"] >= 3
    assert found.ended["refused: VideoUnreadable"] >= 3


def test_no_random_form_ends_the_program_or_is_scored_wrongly() -> None:
    scored, refused, wrong = random_forms(400)
    assert wrong == []
    assert scored > 150 and refused > 50 and scored + refused == 400


def test_a_number_gives_the_same_file_and_every_way_comes_up(good: dict[str, list[bytes]]) -> None:
    assert mutant(7, good) == mutant(7, good)
    ways = Counter(mutant(seed, good).how for seed in range(100))
    assert set(ways) == set(WAYS)


def test_what_went_wrong_is_a_goal_that_was_missed() -> None:
    fine = section(Found(done=3, ended={"read": 3}, last_mb=90.0), 30, 0, [])
    assert fine.met and "3 damaged files and 30 random forms" in fine.title
    for found, wrong in ((Found(faults=["5: broke"]), []), (Found(slow=["5: 11.0 s"]), []),
                         (Found(last_mb=500.0), []), (Found(), ["5: PHQ-9"])):  # fmt: skip
        assert not section(found, 30, 0, wrong).met
