"""The page of the faults cannot lie: its rows are the tests, its words are the product's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import Seen
from tests.faults.page import AREAS, HEAD, PAGE, figures, marked, read, rows, written

FEWEST = 30


def test_the_page_lists_exactly_the_tests_with_their_words() -> None:
    assert {name: replace(row, said="") for name, row in rows().items()} == marked(), (
        "Run: python -m tests.faults"
    )
    assert all(row.said for row in rows().values())


def test_nothing_else_stands_on_the_page() -> None:
    said = {name: row.said for name, row in rows().items()}
    assert PAGE.read_text(encoding="utf-8") == written(marked(), said), (
        "Run: python -m tests.faults"
    )
    assert "soak kills`: Met" in "\n".join(figures())


def test_there_are_enough_and_every_area_has_some() -> None:
    assert len(marked()) >= FEWEST
    assert {row.area for row in marked().values()} == set(AREAS)
    titles = [row.title for row in marked().values()]
    assert len(titles) == len(set(titles))
    assert "{figures}" in HEAD


def test_what_is_written_is_read_back() -> None:
    row = replace(next(iter(marked().values())), title="a | b")
    assert read(written({row.test: row}, {row.test: "x | y"})) == {
        row.test: replace(row, said="x | y")
    }


def test_a_loss_beyond_the_limit_and_silence_are_refused(tmp_path: Path) -> None:
    seen = Seen(2.0, tmp_path)
    with pytest.raises(AssertionError, match="at most"):
        seen("Something was lost.", lost=2.1)
    with pytest.raises(AssertionError, match="told nothing"):
        seen("", lost=0)
    seen(f"{tmp_path}/a is full.\nTry again.", lost=2.0)
    seen("It is in use by 4711.", lost=0, hide={"4711": "N"})
    assert seen.said == "…/a is full. Try again. / It is in use by N."
