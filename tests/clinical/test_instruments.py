"""The shipped instrument files word for word, and files that must be refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from emocare.clinical import instrument_names, load_instrument, pack_names
from emocare.clinical.instruments import read_instrument
from emocare.clinical.instruments.loading import FOLDER, PACKS, WITHOUT_WORDS
from emocare.domain.errors import InputError

PHQ9_CODES = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5",
              "44253-3", "44260-8")  # fmt: skip
GAD7_CODES = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")


def texts(name: str) -> list[str]:
    return [item.text for item in load_instrument(name).items]


def test_what_is_shipped() -> None:
    assert instrument_names() == ("DASS-21", "GAD-2", "GAD-7", "ISI", "K10", "K6", "PHQ-2", "PHQ-4",
                                  "PHQ-8", "PHQ-9", "PSS-10", "WHO-5")  # fmt: skip
    assert pack_names() == ("DASS-21", "WHO-5")
    for name in instrument_names():
        instrument = load_instrument(name)
        assert instrument.name == name
        assert instrument.recall_days == {"K10": 28, "K6": 30, "PSS-10": 30, "DASS-21": 7}.get(
            name, 14)
        assert instrument.notice and instrument.citation


def test_forms_under_copyright_have_no_words() -> None:
    bare = {name for name in instrument_names() if load_instrument(name).words_needed}
    assert bare == {"ISI", "PSS-10"}
    for name in bare:
        instrument = load_instrument(name)
        assert instrument.stem == "" and instrument.language == "zxx"
        assert [item.text for item in instrument.items] == [
            f"Item {n}" for n in range(1, len(instrument.items) + 1)
        ]  # fmt: skip
        assert [option.text for option in instrument.options] == ["0", "1", "2", "3", "4"]


def test_a_pack_has_its_own_notice() -> None:
    for name in pack_names():
        folder = PACKS / name.lower()
        notice = (folder / "NOTICE.md").read_text(encoding="utf-8")
        assert name in notice and "not covered by the licence" in notice


def test_the_two_scales_of_kessler_have_words_and_answers_of_their_own() -> None:
    k10, k6 = load_instrument("K10"), load_instrument("K6")

    assert (k10.values, k10.lowest, k10.highest) == ((1, 2, 3, 4, 5), 10, 50)
    assert (k6.values, k6.lowest, k6.highest) == ((0, 1, 2, 3, 4), 0, 24)
    assert k10.items[0].text == "tired out for no good reason?"
    assert k6.items[3].text == "so depressed that nothing could cheer you up?"
    assert k6.items[3].text not in texts("K10")
    assert k10.answer_text(5) == k6.answer_text(4) == "All of the time"
    assert "Australian Bureau of Statistics" in k10.bands_note


def test_dass_21_has_three_scales_of_seven_items() -> None:
    dass = load_instrument("DASS-21")

    assert [scale.name for scale in dass.scales] == ["depression", "anxiety", "stress"]
    assert all(len(scale.items) == 7 for scale in dass.scales)
    words = {scale.name: [dass.items[i - 1].text for i in scale.items] for scale in dass.scales}
    assert "I felt that life was meaningless" in words["depression"]
    assert "I was aware of dryness of my mouth" in words["anxiety"]
    assert "I found it difficult to relax" in words["stress"]


def test_the_perceived_stress_scale_turns_four_items_round() -> None:
    items = load_instrument("PSS-10").items
    assert [n for n, item in enumerate(items, start=1) if item.reverse] == [4, 5, 7, 8]


@pytest.mark.parametrize("name", ["PHQ-2", "GAD-2", "PHQ-4"])
def test_a_short_form_leads_to_the_full_one_with_the_same_questions(name: str) -> None:
    form = load_instrument(name)
    assert form.leads_to
    for way in form.leads_to:
        full = load_instrument(way.instrument)
        assert [form.items[i - 1].text for i in way.items] == [
            full.items[i - 1].text for i in way.onto
        ]  # fmt: skip
        assert [(o.value, o.text) for o in form.options] == [(o.value, o.text)
                                                             for o in full.options]  # fmt: skip
        assert way.positive_from == 3


def test_without_the_safety_question_the_rest_is_the_same() -> None:
    safety = load_instrument("PHQ-9").safety
    assert safety is not None and safety.without == "PHQ-8"
    assert load_instrument("PHQ-8").bands[-1].high == 24


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
    for name in set(instrument_names()) - {"PHQ-9", "GAD-7", "PHQ-2"}:
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


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.stem)
def test_the_files_need_no_code_to_be_read(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {"values", "item_count"} if path.parent == WITHOUT_WORDS else {
        "stem", "options", "items", "language"}
    assert {"name", "scoring", "licence"} | words <= set(data)


DASS = (PACKS / "dass-21" / "dass-21.toml").read_text(encoding="utf-8")
PSS = (WITHOUT_WORDS / "pss-10.toml").read_text(encoding="utf-8")
OTHER_FAULTS = [
    (DASS, "items = [3, 5, 10,", "items = [3, 4, 10,", "every item in exactly one scale"),
    (DASS, 'name = "anxiety"', 'name = "stress"', "two have the same name"),
    (DASS, "missing_allowed = 1", "missing_allowed = 7", "could be scored without an answer"),
    (DASS, "low = 28, high = 42", "low = 28, high = 41", "expected to end at 42, got 41"),
    (DASS, "multiplier = 2", "multiplier = 2\nurgent_from = 9", "has no bands, screen, change"),
    (DASS, "[licence]", "[[leads_to]]\ninstrument='a'\nitems=[1]\nonto=[]\npositive_from=1\n"
     "[licence]", "as many items as onto"),
    (DASS, "[licence]", "[[leads_to]]\ninstrument='a'\nitems=[22]\nonto=[1]\npositive_from=1\n"
     "[licence]", "item 22 does not exist"),
    (PSS, "reverse = [4, 5, 7, 8]", "reverse = [4, 5, 7, 11]", "item 11 does not exist"),
    (PSS, "item_count = 10", "item_count = 0", "expected at least 1, got 0"),
    (PSS, "values = [0, 1, 2, 3, 4]", "values = [0, 1, 2, 3, 5]", "values without a gap"),
    (PSS, "values = [0, 1, 2, 3, 4]", "values = [0, 0]", "at least two different ones"),
    (PSS, 'recall = "the last month"', "", "recall is missing"),
    (GOOD, "missing_allowed = 2", "missing_allowed = 2\nreverse = [9]", "cannot be reversed"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "old", "new", "fault"), OTHER_FAULTS,
                         ids=[fault[3] for fault in OTHER_FAULTS])  # fmt: skip
def test_scales_and_reversals_are_checked_too(
    tmp_path: Path, good: str, old: str, new: str, fault: str
) -> None:
    assert old in good
    path = tmp_path / f"{tomllib.loads(good)['name'].lower()}.toml"
    path.write_text(good.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InputError, match=rf"^{path.name}: .*{fault}"):
        read_instrument(path)
