"""The shipped instrument files word for word, and files that must be refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from emocare.clinical import instrument_names, load_instrument
from emocare.clinical.instruments import read_instrument
from emocare.clinical.instruments.loading import FOLDER
from emocare.domain.errors import InputError

PHQ9_CODES = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5",
              "44253-3", "44260-8")  # fmt: skip
GAD7_CODES = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")


def texts(name: str) -> list[str]:
    return [item.text for item in load_instrument(name).items]


def test_what_is_shipped() -> None:
    assert instrument_names() == ("GAD-2", "GAD-7", "PHQ-2", "PHQ-4", "PHQ-8", "PHQ-9", "WHO-5")
    for name in instrument_names():
        instrument = load_instrument(name)
        assert instrument.name == name
        assert instrument.recall_days == 14
        assert instrument.notice and instrument.citation


def test_phq9() -> None:
    phq9 = load_instrument("PHQ-9")

    assert tuple(item.loinc for item in phq9.items) == PHQ9_CODES
    assert (phq9.loinc_panel, phq9.loinc_total) == ("44249-1", "44261-6")
    assert [(o.value, o.text, o.loinc) for o in phq9.options] == [
        (0, "Not at all", "LA6568-5"), (1, "Several days", "LA6569-3"),
        (2, "More than half the days", "LA6570-1"), (3, "Nearly every day", "LA6571-9"),
    ]  # fmt: skip
    assert phq9.items[4].text == "Poor appetite or overeating"
    assert phq9.items[8].text == (
        "Thoughts that you would be better off dead or of hurting yourself in some way"
    )
    assert phq9.stem == (
        "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
    )
    assert "No permission required" in phq9.notice
    assert "0.85 (0.79–0.89)" in phq9.accuracy
    assert (phq9.lowest, phq9.highest) == (0, 27)


def test_the_question_on_daily_life() -> None:
    difficulty = load_instrument("PHQ-9").difficulty

    assert difficulty is not None
    assert (difficulty.loinc, difficulty.impaired_from) == ("69722-7", 2)
    assert [option.text for option in difficulty.options] == [
        "Not difficult at all", "Somewhat difficult", "Very difficult", "Extremely difficult",
    ]  # fmt: skip
    assert [option.loinc for option in difficulty.options] == [None, None, None, "LA6574-3"]


def test_gad7() -> None:
    gad7 = load_instrument("GAD-7")

    assert tuple(item.loinc for item in gad7.items) == GAD7_CODES
    assert (gad7.loinc_panel, gad7.loinc_total, gad7.highest) == ("69737-5", "70274-6", 21)
    assert gad7.items[5].text == "Becoming easily annoyed or irritable"


def test_short_forms_are_parts_of_the_long_ones() -> None:
    assert texts("PHQ-8") == texts("PHQ-9")[:8]
    assert texts("PHQ-2") == texts("PHQ-9")[:2]
    assert texts("GAD-2") == texts("GAD-7")[:2]
    assert texts("PHQ-4") == texts("GAD-2") + texts("PHQ-2")


def test_phq8_has_no_safety_question() -> None:
    assert load_instrument("PHQ-8").safety is None
    assert not any("dead" in text for text in texts("PHQ-8"))


def test_unconfirmed_codes_are_not_there() -> None:
    for name in ("PHQ-8", "GAD-2", "PHQ-4", "WHO-5"):
        instrument = load_instrument(name)
        assert instrument.loinc_panel is None and instrument.loinc_total is None
        assert {item.loinc for item in instrument.items} == {None}
    assert load_instrument("PHQ-2").loinc_total == "55758-7"


def test_answers_have_words() -> None:
    phq9 = load_instrument("PHQ-9")
    assert phq9.answer_text(1) == "Several days"
    assert phq9.answer_text(None) is None


GOOD = (FOLDER / "phq-9.toml").read_text(encoding="utf-8")

FAULTS = [
    ("title = ", "titel = ", r"title is missing"),
    ("recall_days = 14", "recall_days = 14\nspeed = 1", r"unknown key 'speed'"),
    ("recall_days = 14", "recall_days = 14.0", r"recall_days: expected a whole number, got 14.0"),
    ("recall_days = 14", "recall_days = true", r"recall_days: expected a whole number, got True"),
    ("missing_allowed = 2", "missing_allowed = 9", r"missing_allowed: expected 0 to 8, got 9"),
    ("urgent_from = 20", "multiplier = 0", r"multiplier: expected at least 1"),
    ("urgent_from = 20", 'higher_is_better = "no"', r"expected true or false"),
    ('{ value = 1, text = "Several days"', '{ value = 0, text = "Several days"', r"the same value"),
    ('{ value = 3, text = "Nearly', '{ value = 4, text = "Nearly', r"values without a gap"),
    ('text = "Several days"', 'text = " "', r"options 2: expected text"),
    ("low = 5", "low = 6", r"expected a step from 5, got 6 to 9"),
    ("high = 27", "high = 26", r"expected to end at 27, got 26"),
    ("high = 27", "high = 28", r"expected to end at 27, got 28"),
    ('band = "mild"', 'band = "slight"', r"bands 2: expected one of normal, .* got 'slight'"),
    ('band = "moderate"', 'band = "normal"', r"normal at 10 is milder than the step before"),
    ('band = "mild"\n', "", r"either every step has a band or none"),
    ("item = 9", "item = 10", r"item 10 does not exist; there are 9"),
    ("high = [2, 3]", "high = [3]", r"every answer above the lowest, once"),
    ("elevated = [1]", "elevated = [1, 2]", r"every answer above the lowest, once"),
    ("elevated = [1]", "elevated = 1", r"expected a list of whole numbers"),
    ("cardinal = [1, 2]", "cardinal = [0, 2]", r"item 0 does not exist"),
    ("major_from = 5", "major_from = 1", r"other_from is above major_from"),
    ("impaired_from = 2", "impaired_from = 7", r"impaired_from: expected one of \[0, 1, 2, 3\]"),
    ("threshold = 5", "threshold = 0", r"change threshold: expected at least 1"),
    ("[licence]", "[screen]\n\n[licence]", r"either positive_from or positive_up_to"),
    ('name = "PHQ-9"', 'name = "PHQ-7"', r"expected the name of the file, got 'PHQ-7'"),
    ("[scoring]", "[scoring", r"not a readable TOML file"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_file_that_could_be_scored_wrongly_is_refused(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    assert old in GOOD
    path = tmp_path / "phq-9.toml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=rf"^phq-9\.toml: .*{fault}"):
        read_instrument(path)


def test_the_unchanged_file_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "phq-9.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_instrument(path) == load_instrument("PHQ-9")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_files_need_no_code_to_be_read(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    assert {"name", "stem", "options", "items", "licence"} <= set(data)
