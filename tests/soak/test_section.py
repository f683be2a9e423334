"""The page of the long counts: every part has its own section, and a miss says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.soak.section import (
    Goal,
    Measured,
    Section,
    broke_off,
    commit,
    machine,
    markdown,
    sections,
    write,
)

MEASURED = Measured(datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "abc1234", "4 cores (Some), 16.0 GB")
ORDER = ("starts", "long")


def made(name: str, value: str = "3.1 s", *, met: bool = True) -> Section:
    return Section(name, "a count", "From press to reading.", (("median", value),),
                   (Goal("at most 5 s in 20 of 20", met),))  # fmt: skip


def test_a_section_says_when_where_how_and_how_much() -> None:
    text = markdown(made("starts"), MEASURED)
    assert text.startswith("## starts: a count\n")
    for words in ("2026-03-01 09:05 UTC", "commit abc1234", "4 cores (Some)",
                  "From press to reading.", "| median | 3.1 s |"):  # fmt: skip
        assert words in text
    assert "* Met: at most 5 s in 20 of 20." in text


def test_a_missed_goal_says_so() -> None:
    section = made("starts", met=False)
    assert not section.met
    assert "* **Missed**: at most 5 s in 20 of 20." in markdown(section, MEASURED)


def test_a_section_without_a_goal_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one goal"):
        Section("starts", "a count", "", (), ())


def test_a_part_replaces_its_own_section_only(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "soak.md"
    write(page, made("long", "1 s"), MEASURED, ORDER)
    write(page, made("starts", "2 s"), MEASURED, ORDER)
    before = sections(page.read_text("utf-8"))
    write(page, made("starts", "9 s"), MEASURED, ORDER)
    text = page.read_text("utf-8")
    found = sections(text)
    assert list(found) == ["starts", "long"], "in the order of the parts, each once"
    assert found["long"] == before["long"]
    assert "| median | 9 s |" in found["starts"] and "2 s" not in found["starts"]
    assert text.startswith("# Long counts") and text.count("# Long counts") == 1


def test_writing_the_same_twice_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "soak.md"
    write(page, made("long"), MEASURED, ORDER)
    first = page.read_text("utf-8")
    write(page, made("long"), MEASURED, ORDER)
    assert page.read_text("utf-8") == first


def test_a_part_that_broke_off_is_a_miss_and_names_no_folder() -> None:
    message = "\n/home/somebody/file.mp4 is not there\nCall log:\n  - waiting for a button"
    section = broke_off("long", message)
    assert not section.met
    assert "... is not there waiting for a button" in section.goals[0].words
    assert "somebody" not in markdown(section, MEASURED)
    assert "Call log" not in markdown(section, MEASURED)


def test_a_bar_in_a_value_does_not_break_the_table() -> None:
    assert "| median | a \\| b |" in markdown(made("starts", "a | b"), MEASURED)


def test_machine_and_commit_are_said() -> None:
    assert "cores (" in machine() and "GB memory" in machine()
    assert commit()
