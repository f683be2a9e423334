"""The words of a form that a clinic supplies, and what is said of a file that does not fit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emocare.clinical import load_instrument, misnamed, read_words, words_files
from emocare.clinical.instruments import Instrument
from emocare.clinical.scoring import score_form
from emocare.domain.errors import InputError

STRESS = """
instrument = "PSS-10"
language = "en"
version = "licensed copy 2026"
stem = "A made-up lead-in."
notice = "A made-up notice."
options = ["a", "b", "c", "d", "e"]
items = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10"]
"""
SLEEP = """
instrument = "ISI"
language = "en"
version = "1"
stem = "A made-up lead-in."
notice = "A made-up notice."
options = ["v", "w", "x", "y", "z"]
items = [
    { text = "q1" }, "q2", "q3", { text = "q4", options = ["k", "l", "m", "n", "o"] },
    "q5", "q6", "q7",
]
"""


def read(tmp_path: Path, name: str, content: str) -> Instrument:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (file,) = words_files(tmp_path)
    return read_words(file)


def test_words_make_a_form_that_can_be_asked(tmp_path: Path) -> None:
    form, bare = read(tmp_path, "pss-10.en.toml", STRESS), load_instrument("PSS-10")

    assert not form.words_needed and bare.words_needed
    assert (form.language, form.version, form.notice) == (
        "en", "licensed copy 2026", "A made-up notice.")  # fmt: skip
    assert [item.text for item in form.items] == [f"q{n}" for n in range(1, 11)]
    assert [option.text for option in form.options] == ["a", "b", "c", "d", "e"]
    answers = [0, 1, 2, 3, 4, 0, 1, 2, 3, None]
    assert score_form(form, answers) == score_form(bare, answers)


def test_an_item_may_have_answers_of_its_own(tmp_path: Path) -> None:
    form = read(tmp_path, "isi.en.toml", SLEEP)

    assert form.answer_text(4, 4) == "o"
    assert form.answer_text(4, 3) == "z"
    assert form.answer_text(4) == "z"
    assert [option.value for option in form.options_of(4)] == [0, 1, 2, 3, 4]
    assert form.answer_text(None, 4) is None


def test_a_translation_changes_words_and_nothing_else(tmp_path: Path) -> None:
    shipped = load_instrument("K6")
    lines = ", ".join(f'"fråga {n}"' for n in range(1, 7))
    form = read(tmp_path, "k6.sv.toml", f"""
instrument = "K6"
language = "sv"
version = "official Swedish"
stem = "inledning"
recall = "de senaste 30 dagarna"
notice = "upphovsrätt"
options = ["aldrig", "lite", "ibland", "mest", "alltid"]
items = [{lines}]
""")
    assert (form.language, form.recall) == ("sv", "de senaste 30 dagarna")
    # The shipped form shows the most first; the words are given from the fewest points on.
    assert [(o.value, o.text) for o in form.options] == [
        (4, "alltid"), (3, "mest"), (2, "ibland"), (1, "lite"), (0, "aldrig"),
    ]  # fmt: skip
    assert form.bands == shipped.bands and form.title == shipped.title


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "pss-10.en.toml"
    assert read(tmp_path, path.name, STRESS).items[0].text == "q1"
    path.write_text(STRESS.replace("q1", "new"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert read_words(words_files(tmp_path)[0]).items[0].text == "new"


def test_no_folder_is_no_words(tmp_path: Path) -> None:
    assert words_files(tmp_path / "none") == ()


FAULTS = [
    ("items = [", "things = [", "items is missing"),
    ('"q1", ', "", "items: PSS-10 has 10, got 9"),
    ('"q1"', '" "', "items 1: expected text"),
    ('"q1"', "7", r"\[words of an item\]|words of an item: expected a table"),
    ('"q1"', '{ text = "q1", points = 3 }', "unknown key 'points'"),
    ('["a", "b"', '["b"', "options: expected 5 answers from the fewest points to the most, got 4"),
    ('language = "en"', 'language = "sv"', "language: expected 'en' as in the name of the file"),
    ('instrument = "PSS-10"', 'instrument = "ISI"', "instrument: expected 'PSS-10'"),
    ('version = "licensed copy 2026"', "version = 1", "version: expected text"),
    ("[", "[[", "not a readable TOML file"),
    ("stem =", "[scoring]\nstem =", "is missing"),
    ("stem =", 'difficulty = "x"\nstem =', "exactly where the form has that question"),
]


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_words_that_do_not_fit_are_refused(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    with pytest.raises(InputError, match=rf"^pss-10\.en\.toml: .*({fault})"):
        read(tmp_path, "pss-10.en.toml", STRESS.replace(old, new, 1))


@pytest.mark.parametrize(
    "name", ["pss-10.toml", "bdi.en.toml", "PSS 10.en.toml", "pss-10.english.toml"]
)
def test_a_file_with_a_wrong_name_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(STRESS, encoding="utf-8")
    (tmp_path / "pss-10.en.toml").write_text(STRESS, encoding="utf-8")
    (sentence,) = misnamed(tmp_path)
    assert sentence.startswith(f"{name}: name it like a form and a language")
    assert [file.instrument for file in words_files(tmp_path)] == ["PSS-10"]


def test_validated_words_are_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^k6\.en\.toml: K6 is shipped in language 'en'"):
        read(tmp_path, "k6.en.toml", STRESS)
