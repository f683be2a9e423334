"""Crisis phrases: a wide net, whatever stands around them and however they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emocare.clinical import crisis_phrases, journal_alert
from emocare.clinical.alerts import Urgency, urgency
from emocare.clinical.crisis_phrases import phrases

TYPED: tuple[tuple[str, str], ...] = (
    ("I want to die.", "want to die"),
    ("I don't want to be here anymore.", "don't want to be here"),
    ("Everyone would be better off without me.", "better off without me"),
    ("I want to end it all tonight.", "end it all"),
    ("I could kill myself", "kill myself"),
    ("killing myself is on my mind", "kill myself"),
    ("I am going to end my life", "end my life"),
    ("ending my miserable life", "end my life"),
    ("I would take my own life", "take my own life"),
    ("taking my life", "take my own life"),
    ("I wanna die", "want to die"),
    ("I just want to be dead", "want to die"),
    ("I would rather die than go back", "want to die"),
    ("I wish I was dead", "wish I were dead"),
    ("I wish I were dead", "wish I were dead"),
    ("I wish I had never been born", "wish I were dead"),
    ("I wish I wasn't here", "wish I were dead"),
    ("I hope I never wake up", "not wake up"),
    ("I don't want to wake up tomorrow", "not wake up"),
    ("I'd be better off dead", "better off dead"),
    ("they would be better without me", "better off without me"),
    ("suicide", "suicide"),
    ("I feel suicidal", "suicide"),
    ("there is no reason to live", "no reason to live"),
    ("I can't find any reason to go on living", "no reason to live"),
    ("nothing to live for", "no reason to live"),
    ("life is not worth living", "no reason to live"),
    ("I hurt myself", "hurt myself"),
    ("I want to hang myself", "hurt myself"),
    ("I cut myself again", "cut myself"),
    ("cutting my wrists", "cut myself"),
    ("self-harm", "self-harm"),
    ("self harm", "self-harm"),
    ("selfharming again", "self-harm"),
    ("I took an overdose", "overdose"),
    ("overdosing", "overdose"),
    ("I would take all my pills at once", "overdose"),
    ("I can't go on", "can't go on"),
    ("I can’t go on", "can't go on"),
    ("I cant go on", "can't go on"),
    ("I cannot carry on", "can't go on"),
    ("I can't take it anymore", "can't go on"),
    ("I don't want to be here any more", "don't want to be here"),
    ("I dont want to be here anymore", "don't want to be here"),
    ("I don’t want to live", "don't want to be here"),
    ("I do not want to exist", "don't want to be here"),
    ("I want to disappear", "don't want to be here"),
    ("I wrote a goodbye letter", "goodbye letter"),
    ("I left a note to say goodbye", "goodbye letter"),
    ("good-bye notes for my children", "goodbye letter"),
)
IDIOMS: tuple[str, ...] = (
    "I do not want to die.", "That meeting made me want to die", "I cut myself some slack today",
    "No thoughts of suicide at all", "We can't go on holiday this year",
)  # fmt: skip
NOT_MATCHED: tuple[str, ...] = (
    "I finally feel at peace with my decision. Thank you all, I love you.",
    "Killed it at work today, this is sick!", "मैं बहुत उदास हूँ", "", "   ",
    "I ran 12 kms and slept well.", "I cut the bread and took my tablets.",
    "We said goodbye at the station.", "The film ended and we went home.",
)  # fmt: skip

phrase = st.sampled_from([typed for typed, _ in TYPED])


@pytest.mark.parametrize(("typed", "name"), TYPED)
def test_a_phrase_is_found_by_its_name(typed: str, name: str) -> None:
    assert name in crisis_phrases(typed)


@pytest.mark.parametrize("typed", IDIOMS)
def test_negation_and_idioms_match_on_purpose(typed: str) -> None:
    assert crisis_phrases(typed)


@pytest.mark.parametrize("typed", NOT_MATCHED)
def test_what_is_not_found(typed: str) -> None:
    """The first one shows why no match means nothing."""
    assert crisis_phrases(typed) == ()


@given(st.text(), phrase, st.text())
def test_whatever_stands_around_a_phrase_it_is_found(before: str, typed: str, after: str) -> None:
    assert set(crisis_phrases(typed)) <= set(crisis_phrases(f"{before}\n{typed}\n{after}"))


@given(phrase, st.data())
def test_how_it_is_typed_does_not_matter(typed: str, data: st.DataObject) -> None:
    gap = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\u00a0", " \u200b", "... ", ", "])
    changed = "".join(data.draw(gap) if ch == " " else ch for ch in typed)
    changed = changed.replace("'", data.draw(st.sampled_from(["'", "’", "‘", "ʼ", "`", "´", ""])))
    changed = data.draw(st.sampled_from([changed, changed.upper(), changed.title()]))
    assert crisis_phrases(changed) == crisis_phrases(typed)


@pytest.mark.parametrize("typed", ["sui\u200bcide", "SUÏCIDE", "ｓｕｉｃｉｄｅ", "kill *myself*"])
def test_signs_inside_do_not_hide_it(typed: str) -> None:
    assert crisis_phrases(typed)


def test_every_phrase_of_the_list_is_tried() -> None:
    names = [one.name for one in phrases()]
    assert len(set(names)) == len(names)
    assert {name for _, name in TYPED} == set(names)


@given(st.text(), phrase)
def test_the_alert_is_high_and_says_nothing_of_the_text(before: str, typed: str) -> None:
    alert = journal_alert(f"{before} {typed}")
    assert alert is not None
    assert (alert.code, alert.level) == ("JOURNAL_CRISIS_PHRASE", "high")
    assert urgency(alert.code, alert.level) is Urgency.IMMEDIATE
    assert alert == journal_alert("suicide")


def test_without_a_phrase_there_is_no_alert() -> None:
    assert journal_alert("A quiet day.") is None
