"""From the tables of an instrument file to an ``Instrument``; a wrong entry is a ``Fault``."""

from __future__ import annotations

from emocare.clinical.instruments.checks import Fault
from emocare.clinical.instruments.fields import (
    keys,
    maybe_number,
    maybe_text,
    number,
    numbers,
    rows,
    text,
)
from emocare.clinical.instruments.instrument import (
    Algorithm,
    BandStep,
    ChangeRule,
    Difficulty,
    Instrument,
    Item,
    LeadsTo,
    Option,
    SafetyItem,
    Scale,
    Screen,
)
from emocare.domain.summary import BANDS, Band

NO_LANGUAGE = "zxx"
"""ISO 639 for "no words": the language of a form whose words the clinic has to supply."""


def build(data: object) -> Instrument:
    """The instrument that the tables of a file describe, not yet checked as a whole.

    Raises:
        Fault: A key is missing, unknown, or of a wrong type.
    """
    worded = not (isinstance(data, dict) and "item_count" in data)
    top = keys("form" if worded else "form without words", data)
    scoring, licence = keys("scoring", top["scoring"]), keys("licence", top["licence"])
    loinc = keys("loinc", top.get("loinc", {}))
    better = scoring.get("higher_is_better", False)
    if not isinstance(better, bool):
        raise Fault(f"scoring higher_is_better: expected true or false, got {better!r}")
    multiplier = maybe_number(scoring, "multiplier", "scoring")
    turned = numbers(scoring.get("reverse", []), "scoring reverse")
    return Instrument(
        **{key: text(top[key], key)
           for key in ("name", "title", "version", "domain", "recall")},
        language=text(top["language"], "language") if worded else NO_LANGUAGE,
        stem=text(top["stem"], "stem") if worded else "",
        recall_days=number(top["recall_days"], "recall_days"),
        options=options(top["options"], "options") if worded else _bare_options(top["values"]),
        items=_items(top["items"], turned) if worded else _bare_items(top["item_count"], turned),
        missing_allowed=number(scoring["missing_allowed"], "scoring missing_allowed"),
        multiplier=1 if multiplier is None else multiplier,
        higher_is_better=better,
        urgent_from=maybe_number(scoring, "urgent_from", "scoring"),
        bands=_bands(top.get("bands", []), "bands"),
        difficulty=_difficulty(top["difficulty"]) if "difficulty" in top else None,
        safety=_safety(top["safety"]) if "safety" in top else None,
        algorithm=_algorithm(top["algorithm"]) if "algorithm" in top else None,
        change=_change(top["change"]) if "change" in top else None,
        screen=_screen(top["screen"]) if "screen" in top else None,
        loinc_panel=maybe_text(loinc, "panel", "loinc"),
        loinc_total=maybe_text(loinc, "total", "loinc"),
        notice=text(licence["notice"], "licence notice"),
        citation=text(licence["citation"], "licence citation"),
        accuracy=maybe_text(top, "accuracy", "") or "",
        bands_note=maybe_text(top, "bands_note", "") or "",
        scales=tuple(_scale(entry, i) for i, entry
                     in enumerate(rows(top.get("scales", []), "scales"), start=1)),
        leads_to=tuple(map(_leads_to, rows(top.get("leads_to", []), "leads_to"))),
        words_needed=not worded,
    )  # fmt: skip


def options(data: object, where: str) -> tuple[Option, ...]:
    if not isinstance(data, list) or len(data) < 2:
        raise Fault(f"{where}: expected at least two, got {data!r}")
    found = []
    for place, entry in enumerate(data, start=1):
        here = f"{where} {place}"
        fields = keys("options", entry)
        found.append(Option(number(fields["value"], here), text(fields["text"], here),
                            maybe_text(fields, "loinc", here)))  # fmt: skip
    if len({option.value for option in found}) != len(found):
        raise Fault(f"{where}: two answers have the same value")
    return tuple(found)


def _bare_options(data: object) -> tuple[Option, ...]:
    """Answers without words: their numbers stand in."""
    values = numbers(data, "values")
    if len(values) < 2 or len(set(values)) != len(values):
        raise Fault(f"values: expected at least two different ones, got {list(values)}")
    return tuple(Option(value, str(value)) for value in values)


def _bare_items(data: object, turned: tuple[int, ...]) -> tuple[Item, ...]:
    """Items without words: their numbers stand in."""
    count = number(data, "item_count")
    if count < 1:
        raise Fault(f"item_count: expected at least 1, got {count}")
    _check_turned(turned, count)
    return tuple(Item(f"Item {n}", reverse=n in turned) for n in range(1, count + 1))


def _check_turned(turned: tuple[int, ...], count: int) -> None:
    for item in turned:
        if not 1 <= item <= count:
            raise Fault(f"scoring reverse: item {item} does not exist; there are {count}")


def _items(data: object, turned: tuple[int, ...]) -> tuple[Item, ...]:
    if not isinstance(data, list) or not data:
        raise Fault(f"items: expected at least one, got {data!r}")
    _check_turned(turned, len(data))
    items = []
    for place, entry in enumerate(data, start=1):
        fields = keys("items", entry)
        here = f"items {place}"
        items.append(Item(text(fields["text"], here), maybe_text(fields, "loinc", here),
                          reverse=place in turned))  # fmt: skip
    return tuple(items)


def _bands(data: object, where: str) -> tuple[BandStep, ...]:
    steps = []
    for place, entry in enumerate(rows(data, where), start=1):
        fields, here = keys("bands", entry), f"{where} {place}"
        word = fields.get("band")
        if word is not None and word not in {band.value for band in BANDS}:
            raise Fault(f"{here}: expected one of {', '.join(BANDS)}, got {word!r}")
        steps.append(BandStep(number(fields["low"], here), number(fields["high"], here),
                              None if word is None else Band(word),
                              text(fields["native"], here)))  # fmt: skip
    return tuple(steps)


def _difficulty(data: object) -> Difficulty:
    fields = keys("difficulty", data)
    return Difficulty(
        text=text(fields["text"], "difficulty text"),
        options=options(fields["options"], "difficulty options"),
        impaired_from=number(fields["impaired_from"], "difficulty impaired_from"),
        loinc=maybe_text(fields, "loinc", "difficulty"),
    )


def _safety(data: object) -> SafetyItem:
    fields = keys("safety", data)
    return SafetyItem(
        item=number(fields["item"], "safety item"),
        elevated=numbers(fields["elevated"], "safety elevated"),
        high=numbers(fields["high"], "safety high"),
        without=maybe_text(fields, "without", "safety"),
    )


def _scale(data: object, place: int) -> Scale:
    fields, here = keys("scales", data), f"scales {place}"
    return Scale(
        name=text(fields["name"], f"{here} name"),
        items=numbers(fields["items"], f"{here} items"),
        bands=_bands(fields["bands"], f"{here} bands"),
    )


def _leads_to(data: object) -> LeadsTo:
    fields = keys("leads_to", data)
    return LeadsTo(
        instrument=text(fields["instrument"], "leads_to instrument"),
        items=numbers(fields["items"], "leads_to items"),
        onto=numbers(fields["onto"], "leads_to onto"),
        positive_from=number(fields["positive_from"], "leads_to positive_from"),
    )


def _algorithm(data: object) -> Algorithm:
    fields = keys("algorithm", data)
    return Algorithm(
        counted_from=number(fields["counted_from"], "algorithm counted_from"),
        counted_from_1=numbers(fields["counted_from_1"], "algorithm counted_from_1"),
        cardinal=numbers(fields["cardinal"], "algorithm cardinal"),
        other_from=number(fields["other_from"], "algorithm other_from"),
        major_from=number(fields["major_from"], "algorithm major_from"),
    )


def _change(data: object) -> ChangeRule:
    fields = keys("change", data)
    return ChangeRule(
        threshold=number(fields["threshold"], "change threshold"),
        response_from=maybe_number(fields, "response_from", "change"),
        remission_below=maybe_number(fields, "remission_below", "change"),
        source=text(fields["source"], "change source"),
    )


def _screen(data: object) -> Screen:
    fields = keys("screen", data)
    subscales = fields.get("subscales", {})
    if not isinstance(subscales, dict):
        raise Fault(f"screen subscales: expected a table, got {subscales!r}")
    return Screen(
        positive_from=maybe_number(fields, "positive_from", "screen"),
        positive_up_to=maybe_number(fields, "positive_up_to", "screen"),
        subscales={name: numbers(items, f"screen subscale {name}")
                   for name, items in subscales.items()},
    )  # fmt: skip
