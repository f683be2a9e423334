"""The crisis card: right numbers, always there, honest about its age."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from emocare.clinical import crisis_resources
from emocare.clinical.crisis import FILE, read_cards
from emocare.domain.errors import InputError

SENTENCE = (
    "If you might act on thoughts of harming yourself, call now. "
    "This app does not alert anyone in real time."
)


@pytest.mark.parametrize(
    ("country", "emergency", "numbers"),
    [
        ("US", "911", ["988", "741741"]),
        ("CA", "911", ["9-8-8"]),
        ("GB", "999", ["116 123"]),
        ("IE", "112 or 999", ["116 123"]),
        ("AU", "000", ["13 11 14"]),
        ("NZ", "111", ["1737"]),
        ("IN", "112", ["14416"]),
        ("DE", "112", []),
        ("us", "911", ["988", "741741"]),
    ],
)
def test_the_numbers(country: str, emergency: str, numbers: list[str]) -> None:
    card = crisis_resources(country)

    assert card.emergency == emergency
    assert [line.number for line in card.lines] == numbers
    assert card.text == SENTENCE
    assert card.directory == "findahelpline.com"


def test_the_first_line_of_the_united_states_says_everything() -> None:
    note = crisis_resources("US").lines[0].note
    assert all(word in note for word in ("text", "Veterans press 1", "Spanish press 2",
                                         "988lifeline.org"))  # fmt: skip


@pytest.mark.parametrize("country", ["", "XX", "Atlantis"])
def test_there_is_always_a_card(country: str) -> None:
    card = crisis_resources(country)

    assert "112" in card.emergency
    assert (card.country, card.directory) == ("", "findahelpline.com")


def test_every_country_of_the_european_union_has_112() -> None:
    cards = read_cards(FILE)
    union = ("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE")
    assert len(union.split()) == 27
    assert all("112" in cards[country].emergency for country in union.split())


def test_old_numbers_are_reported_and_shown() -> None:
    card = crisis_resources("US")

    assert not card.stale(card.verified_on + timedelta(days=365))
    assert card.stale(card.verified_on + timedelta(days=366))
    assert card.lines


def test_a_country_may_have_its_own_date(tmp_path: Path) -> None:
    file = tmp_path / "cards.toml"
    file.write_text(
        'verified_on = 2026-01-01\ntext = "t"\ndirectory = "d"\neuropean_union = []\n'
        '[country.US]\nemergency = "911"\nverified_on = 2026-06-01\n'
        '[country.CA]\nemergency = "911"\n[eu]\nemergency = "112"\n[elsewhere]\nemergency = "?"\n',
        encoding="utf-8",
    )
    cards = read_cards(file)
    assert (cards["US"].verified_on, cards["CA"].verified_on) == (
        date(2026, 6, 1), date(2026, 1, 1))  # fmt: skip


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("x = ", "not a readable TOML"),
        ('verified_on = 2026-01-01\ntext = "t"', "missing or wrong"),
        ('verified_on = "today"\ntext = "t"\ndirectory = "d"\neuropean_union = []\n'
         '[country.US]\nemergency = "911"\n[eu]\nemergency = "112"\n[elsewhere]\nemergency = "?"',
         "verified_on of US: expected a date"),
        ('verified_on = 2026-01-01\ntext = "t"\ndirectory = "d"\neuropean_union = []\n'
         '[country.US]\nemergency = 911\n[eu]\nemergency = "112"\n[elsewhere]\nemergency = "?"',
         "expected text, got 911"),
    ],
)  # fmt: skip
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "cards.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=fault):
        read_cards(file)


# The clinic's own file

OWN = '''
verified_on = 2026-10-01
[country.us]
emergency = "911"
lines = [{ name = "County line", number = "555 0100" }]
'''


def own(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "crisis_resources.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_the_clinics_own_numbers_lead_for_their_country(tmp_path: Path) -> None:
    path = own(tmp_path, OWN)
    here, elsewhere = crisis_resources("US", path), crisis_resources("CA", path)

    assert [(line.name, line.number) for line in here.lines] == [("County line", "555 0100")]
    assert (here.verified_on, here.text) == (date(2026, 10, 1), SENTENCE)
    assert here.directory == "findahelpline.com"
    assert elsewhere == crisis_resources("CA")
    assert crisis_resources("US", tmp_path / "none.toml") == crisis_resources("US")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [("verified_on = 2026-10-01", "", "verified_on"),
     ("2026-10-01", '"October"', "expected a date"),
     ("[country.us]", "[countries.us]", "countries is unknown"),
     ('emergency = "911"', "", "emergency"),
     ('emergency = "911"', 'emergency = " "', "expected a number"),
     ('"555 0100"', "5550100", "expected text"),
     ("[country.us]", "[country.us", "not a readable TOML file")],
)  # fmt: skip
def test_a_fault_in_it_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(InputError, match=rf"^crisis_resources\.toml: .*{fault}"):
        crisis_resources("US", own(tmp_path, OWN.replace(old, new, 1)))
