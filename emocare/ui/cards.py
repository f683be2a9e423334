"""The three voices of a session: what was answered, what was observed, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from emocare.domain.records import Response, ScaleScore, ScoreResult, SessionRecord
from emocare.domain.summary import BANDS, Band, BehaviourIndex, Gate, GateDecision, Summary
from emocare.ui import text
from emocare.ui.text import questionnaire as more
from emocare.ui.text import reference as reference_text
from emocare.ui.wording import (
    BAND_WORDS,
    DIMENSION_WORDS,
    FACE_WORDS,
    number,
    plain,
    reference_words,
    signed,
    span,
    when,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the person answered, as far as it counts for this session.

    Attributes:
        band: Headline band of the valid forms, None when there is none or it cannot be scored.
        responses: Valid forms, newest first.
        maxima: Instrument -> highest possible total, of one scale where it has several.
        dimensions: Dimension -> self-report value in the dimension's own range.
        item9: What the safety question was answered, None where it was not asked.
        overlapping: Instruments answered under seven days after the time before.
        doubt: Why the sequence network keeps a face from leading where nothing was answered;
            None where it does not.
    """

    band: Band | None
    responses: Sequence[Response]
    maxima: Mapping[str, int]
    dimensions: Mapping[str, float | None]
    item9: str | None
    overlapping: Sequence[str] = ()
    doubt: str | None = None


def answered_card(
    voice: Answered, on_open: Callable[[], None], *, leads_page: bool, alone: bool = False
) -> None:
    """The questionnaire's card; without answers it offers to ask.

    Args:
        alone: Whether no other card stands beside it, whose height it would take.
    """
    height = "content" if alone else "stretch"
    with st.container(border=True, key="voice_q", height=height, gap="xsmall"):
        with _head(text.VOICE_ANSWERED, ":material/assignment:", "blue"):
            if voice.responses:
                st.caption(when(voice.responses[0].answered_at), width="content")
        if not voice.responses:
            st.header(text.NOT_ANSWERED, anchor=False)
            st.markdown(text.NOT_ANSWERED_BODY)
            st.space("stretch")
            if st.button(text.OPEN_QUESTIONNAIRE, icon=":material/assignment:", width="stretch",
                         type="primary" if leads_page else "secondary", key="open_q"):  # fmt: skip
                on_open()
            return
        scorable = any(r.result.scorable for r in voice.responses)
        verdict = more.NO_BAND if scorable else text.NOT_SCORABLE
        st.header(BAND_WORDS[voice.band] if voice.band else verdict, anchor=False)
        st.markdown("  \n".join(line for r in voice.responses for line in _totals(r, voice.maxima)))
        st.caption(" ".join(_notes(voice)))


def _totals(response: Response, maxima: Mapping[str, int]) -> list[str]:
    """One line for the form, or one for each of its scales."""
    name, maximum = plain(response.instrument), maxima[response.instrument]
    if not response.result.scales:
        return [_total(name, response.result, maximum)]
    return [_total(f"{name} {plain(s.name)}", s, maximum) for s in response.result.scales]


def _total(name: str, result: ScoreResult | ScaleScore, maximum: int) -> str:
    if result.total is None:
        return text.TOTAL_MISSING.format(name=name)
    words = text.TOTAL if result.native_band else text.TOTAL_PLAIN
    line = words.format(name=name, total=result.total, maximum=maximum,
                        native=(result.native_band or "").lower())  # fmt: skip
    if result.prorated:
        line += text.TOTAL_PRORATED.format(
            low=result.possible_range[0], high=result.possible_range[1]
        )
    return line


def _notes(voice: Answered) -> list[str]:
    """Change with its doubts, what is listed, and the safety question."""
    notes = [
        text.CHANGE.format(
            name=plain(r.instrument), delta=signed(r.result.change["delta"]),
            verdict=text.CHANGE_COUNTS if _counts(r) else text.CHANGE_NONE,
        )
        for r in voice.responses if r.result.change is not None
    ]  # fmt: skip
    for response in voice.responses:
        name, result = plain(response.instrument), response.result
        change = result.change or {"flags": []}
        if "change uncertain" in change["flags"]:
            notes.append(more.UNCERTAIN.format(name=name))
        if any(flag.startswith("RELIABLE_") for flag in change["flags"]):
            notes.append(more.RELIABLE.format(name=name, rci=number(change["rci"], 2)))
        if response.instrument in voice.overlapping:
            notes.append(more.OVERLAP.format(name=name))
        if result.band_uncertain:
            notes.append(more.BAND_UNCERTAIN.format(name=name))
        notes += [f"{name}: {text.LISTED[code][0].lower()}{text.LISTED[code][1:]}"
                  for code in (*result.alerts, *change["flags"]) if code in text.LISTED]
    if voice.item9 is not None:
        notes.append(voice.item9)
    return notes


def _counts(response: Response) -> bool:
    flags = (response.result.change or {}).get("flags", [])
    return any(flag.endswith("MCID") for flag in flags)


def observed_card(record: SessionRecord, *, alone: bool, doubt: str | None = None) -> None:
    """The face's card: index with interval and probability, or the reason why there is none.

    Args:
        alone: Whether nothing was answered, so that the face would lead provisionally.
        doubt: Why it does not lead even so.
    """
    summary = record.summary
    with st.container(border=True, key="voice_f", height="stretch", gap="xsmall"):
        with _head(text.VOICE_OBSERVED, ":material/face:", "violet"):
            if summary is not None and summary.models:
                st.caption(text.ENGINE.format(version=summary.models[0].version),
                           width="content")  # fmt: skip
        if summary is None:
            st.header(text.NO_SUMMARY, anchor=False)
            st.markdown(plain(record.error or text.NO_SUMMARY_BODY))
        elif summary.gate.decision is GateDecision.UNRELIABLE:
            st.header(text.FACE_UNRELIABLE, anchor=False)
            st.markdown(plain(reason_sentence(summary.gate)))
            st.caption(text.FACE_UNRELIABLE_NOTE)
        elif summary.behaviour_index is None:
            st.header(text.NO_INDEX, anchor=False)
            st.markdown(plain(summary.index_reason or ""))
            st.caption(_investigational(summary))
        else:
            _index(summary, summary.behaviour_index, alone=alone, doubt=doubt)
        if summary is not None and summary.source.note:
            st.caption(plain(summary.source.note))


def _index(
    summary: Summary, index: BehaviourIndex, *, alone: bool, doubt: str | None
) -> None:  # fmt: skip
    verdict = face_words(index) + (text.PROVISIONAL if alone else "")
    st.header(FACE_WORDS[Band.INDETERMINATE] if doubt else verdict, anchor=False)
    if doubt:
        st.markdown(f":orange[:material/contrast:] {plain(doubt)}")
    if index.ci90 is None:
        st.markdown(text.INDEX_BARE.format(value=number(index.value, 1)))
    else:
        lines = [text.INDEX.format(value=number(index.value, 1), low=number(index.ci90[0]),
                                   high=number(index.ci90[1]))]  # fmt: skip
        if index.band_probabilities is not None:
            best = max(range(4), key=lambda i: index.band_probabilities[i])  # type: ignore[index]
            lines.append(text.PROBABILITY.format(
                band=FACE_WORDS[BANDS[best]].lower(), p=f"{index.band_probabilities[best]:.2f}"))
        st.markdown("  \n".join(lines))
    valid = span(summary.gate.metrics.valid_s)
    st.caption(f"{_investigational(summary)} {text.VALID.format(span=valid)}")
    if summary.gate.reasons:
        st.caption(plain(reason_sentence(summary.gate)))


def _investigational(summary: Summary) -> str:
    reference = reference_words(summary.config.get("reference"))
    return reference_text.INVESTIGATIONAL.format(reference=plain(reference))


def face_words(index: BehaviourIndex) -> str:
    """The verdict of the face; an undecided one names the bands between which it lies."""
    if index.band is not Band.INDETERMINATE:
        return FACE_WORDS[index.band]
    if index.band_probabilities is None:
        return FACE_WORDS[Band.INDETERMINATE]
    likely = sorted(sorted(range(4), key=lambda i: -index.band_probabilities[i])[:2])  # type: ignore[index]
    low, high = (BANDS[i] for i in likely)
    return f"{text.FACE_SHORT[low]} to {FACE_WORDS[high].lower()}"


def reason_sentence(gate: Gate) -> str:
    """The worst reasons of the gate as sentences with cause, figure and remedy."""
    worst = [r.advice for r in gate.reasons if r.level is gate.decision]
    return " ".join(worst[:2]) or " ".join(r.advice for r in gate.reasons[:1])


def together_card(voice: Answered, summary: Summary | None, on_compare: Callable[[], None]) -> None:
    """The third card: the distance in bands and what it does not mean. It never computes."""
    with st.container(border=True, key="voice_j", height="stretch", gap="xsmall"):
        distance = band_distance(voice, summary)
        if distance is not None and distance >= 2:
            st.badge(text.LOOK_AGAIN, icon=":material/visibility:", color="orange")
        else:
            st.badge(text.VOICE_TOGETHER, icon=":material/compare_arrows:", color="gray")
        st.markdown(_verdict(voice, summary, distance))
        lines = _pairs(voice.dimensions, summary)
        if lines:
            st.caption(lines)
        st.space("stretch")
        if st.button(text.COMPARE, icon=":material/table_rows:", width="stretch", key="compare",
                     disabled=summary is None):  # fmt: skip
            on_compare()


def hidden_cards(on_note: Callable[[Band], None]) -> None:
    """Own impression first: the face and the comparison wait, and are not sent to the browser."""
    with st.container(border=True, key="voice_f", height="stretch", gap="xsmall"):
        with _head(text.VOICE_OBSERVED, ":material/face:", "violet"):
            pass
        st.header(text.HIDDEN, anchor=False)
        st.markdown(text.HIDDEN_BODY)
        st.space("stretch")
        chosen = st.segmented_control(
            text.IMPRESSION, BANDS, format_func=BAND_WORDS.__getitem__, key="blind_impression",
            label_visibility="collapsed", width="stretch",
        )  # fmt: skip
        if st.button(text.NOTE_IMPRESSION, icon=":material/lock_open:", type="primary",
                     width="stretch", disabled=chosen is None, key="blind_note"):  # fmt: skip
            on_note(chosen)
    with st.container(border=True, key="voice_j", height="stretch", gap="xsmall"):
        st.badge(text.VOICE_TOGETHER, icon=":material/compare_arrows:", color="gray")
        st.markdown(text.HIDDEN_TOGETHER)
        st.space("stretch")
        st.button(text.COMPARE, icon=":material/table_rows:", width="stretch", disabled=True,
                  key="compare")  # fmt: skip


def band_distance(voice: Answered, summary: Summary | None) -> int | None:
    """Bands by which the face lies above (+) or below (−) the answers; None without both."""
    index = None if summary is None else summary.behaviour_index
    if voice.band not in BANDS or index is None or index.band not in BANDS:
        return None
    return BANDS.index(index.band) - BANDS.index(voice.band)


def _verdict(voice: Answered, summary: Summary | None, distance: int | None) -> str:
    if distance is not None:
        if distance == 0:
            return text.SAME_BAND
        many = text.BANDS_APART[abs(distance)]
        if distance < 0:
            return text.FACE_BELOW.format(many=many)
        return (text.FACE_FAR_ABOVE if distance >= 2 else text.FACE_ABOVE).format(many=many)
    if voice.band is None:
        return text.NO_ANSWERS_TO_COMPARE
    index = None if summary is None else summary.behaviour_index
    return text.NO_FACE_TO_COMPARE if index is None else text.FACE_UNDECIDED


def _pairs(answered: Mapping[str, float | None], summary: Summary | None) -> str:
    """Up to two dimensions that both voices speak of, with both numbers."""
    parts = []
    for name in ("anhedonia", "fatigue", "anxiety"):
        estimate = None if summary is None else summary.dimensions.get(name)
        said = answered.get(name)
        if estimate is not None and said is not None:
            parts.append(text.PAIR.format(name=DIMENSION_WORDS[name], said=number(said),
                                          seen=number(estimate.value)))  # fmt: skip
    return " ".join(parts[:2])


def _head(label: str, icon: str, colour: str) -> DeltaGenerator:
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        st.badge(label, icon=icon, color=colour)
        st.space("stretch")
    return row
