"""The screens a person sees while answering: question, last question, cover, thanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from emocare.ui import context, crisis, form_run, kiosk_state, text
from emocare.ui.form_run import COVERED, CRISIS, DIFFICULTY, FINISHED, QUESTION, FormRun
from emocare.ui.text import questionnaire as more
from emocare.ui.wording import plain

TO_THE_TOP = "<script>document.querySelector('[data-testid=stMain]').scrollTo(0, 0)</script>"

WATCH_S = 3.0
"""How often the pause is looked at."""


def show(run: FormRun) -> None:
    """Draws the screen on which the person is."""
    if run.stage not in (COVERED, FINISHED) and kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        run = cover(run, left=False)
    else:
        kiosk_state.touch()
    _, middle, _ = st.columns([1, 4, 1])
    with middle:
        {QUESTION: _question, DIFFICULTY: _difficulty, CRISIS: _crisis, COVERED: _covered,
         FINISHED: _finished}[run.stage](run)  # fmt: skip
    if run.stage not in (COVERED, FINISHED):
        _watch()


def cover(run: FormRun, *, left: bool) -> FormRun:
    """Covers the answers. A form with an answer at risk that only lacks the unscored question is
    stored at once, so that its alert does not wait for anybody to come back."""
    if run.draft.complete and form_run.at_risk(run) and not left:
        return form_run.finish(run, None, go_on=False)
    behind = run.behind if run.stage == CRISIS else run.stage
    return form_run.keep(replace(run, stage=COVERED, behind=behind, left=left))


@st.fragment(run_every=WATCH_S)
def _watch() -> None:
    if kiosk_state.idle_s() > kiosk_state.TIME_OUT_S:
        st.rerun()


def _question(run: FormRun) -> None:
    form = run.form
    count = len(form.items)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(text.Q_ABOUT.format(recall=form.recall))}**", width="content")
        st.space("stretch")
        st.caption(text.Q_COUNT.format(number=run.index + 1, count=count), width="content")
    st.progress((run.index + 1) / count)
    _why_now(run)
    with st.container(key="question"):
        st.markdown(plain(form.stem))
        st.title(plain(form.items[run.index].text), anchor=False)
    key = f"answer_{form.name}_{run.index}"
    stored = run.draft.answers[run.index] if run.draft.answered[run.index] else None
    value = _options(form.options_of(run.index + 1), stored, key)
    if form_run.risky(run, run.index, value) and not run.crisis_seen:
        draft = context.app().questionnaires.answer(run.draft, run.index, value)
        form_run.keep(replace(run, draft=draft, stage=CRISIS, behind=QUESTION, crisis_seen=True,
                              asked=False))  # fmt: skip
        st.rerun()
    choice = _buttons(key, answered=value is not None, back=run.index > 0)
    if choice == "next":
        _store(run, value)
    elif choice == "skip":
        st.session_state.pop(key, None)
        _store(run, None)
    elif choice == "back":
        form_run.keep(replace(run, index=run.index - 1, resumed=False))
        st.rerun()
    _foot(run)


def _difficulty(run: FormRun) -> None:
    question = run.form.difficulty
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{text.Q_LAST}**", width="content")
    st.progress(1.0)
    with st.container(key="question"):
        st.title(plain(question.text), anchor=False)
    key = f"difficulty_{run.draft.instrument}"
    value = _options(question.options, None, key)
    choice = _buttons(key, answered=value is not None, back=True)
    if choice in ("next", "skip"):
        form_run.finish(run, value if choice == "next" else None)
        st.rerun()
    elif choice == "back":
        form_run.keep(replace(run, stage=QUESTION))
        st.rerun()
    _foot(run)


def _options(options: Sequence[object], stored: int | None, key: str) -> int | None:
    """The answers as one radio group; nothing is chosen beforehand."""
    words = {option.value: option.text for option in options}  # type: ignore[attr-defined]
    values = list(words)
    st.space("small")
    with st.container(key="answers"):
        return st.radio(
            text.Q_ANSWERS, values, index=values.index(stored) if stored in values else None,
            format_func=words.__getitem__, key=key, width="stretch", label_visibility="collapsed",
        )  # fmt: skip


def _buttons(key: str, *, answered: bool, back: bool) -> str | None:
    """Next comes first, so that one Tab leads from the answers to it."""
    choice = None
    st.space("xsmall")
    with st.container(key="next", horizontal=True, vertical_alignment="center"):
        if st.button(text.Q_NEXT, type="primary", disabled=not answered, key=f"{key}_next",
                     icon=":material/arrow_forward:", icon_position="right"):  # fmt: skip
            choice = "next"
        if back and st.button(text.Q_BACK, key=f"{key}_back", icon=":material/arrow_back:"):
            choice = "back"
        st.space("stretch")
        if st.button(text.Q_SKIP, type="tertiary", key=f"{key}_skip"):
            choice = "skip"
    return choice


def _store(run: FormRun, value: int | None) -> None:
    """Keeps the answer and goes on: next question, last question, or the end."""
    draft = context.app().questionnaires.answer(run.draft, run.index, value)
    run = replace(run, draft=draft, resumed=False)
    if run.index + 1 < len(draft.answers):
        form_run.keep(replace(run, index=run.index + 1))
    elif not draft.complete:
        form_run.keep(replace(run, index=draft.position))
    elif form_run.asks_difficulty(run):
        form_run.keep(replace(run, stage=DIFFICULTY))
    else:
        form_run.finish(run, None)
    st.rerun()


def _why_now(run: FormRun) -> None:
    if run.resumed and run.index > 0:
        st.info(text.Q_WELCOME.format(number=run.index + 1), icon=":material/history:")
    elif 0 < run.draft.carried == run.index:
        st.info(more.CARRIED, icon=":material/arrow_forward:")
    elif run.gate and run.index == 0 and run.session_id is not None:
        offer = context.app().questionnaires.needed(run.session_id)
        if offer is not None:
            reason = plain(offer.reasons[0]) if offer.reasons else ""
            st.info(text.Q_BECAUSE.format(reason=reason), icon=":material/visibility_off:")


def _foot(run: FormRun) -> None:
    st.space("small")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(text.Q_KEPT, width="content")
        st.space("stretch")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            if st.button(text.Q_STAFF, type="tertiary", icon=":material/pan_tool:",
                         key="hand_back"):  # fmt: skip
                cover(run, left=True)
                st.rerun()
            if st.button(text.Q_HELP, type="tertiary", icon=":material/call:", key="crisis_help"):
                form_run.keep(replace(run, stage=CRISIS, behind=run.stage, asked=True))
                st.rerun()


def _crisis(run: FormRun) -> None:
    if crisis.card(asked=run.asked):
        form_run.keep(replace(run, stage=run.behind))
        st.rerun()


def _covered(run: FormRun) -> None:
    with st.container(border=True):
        st.title(text.Q_COVERED, anchor=False)
        st.markdown(text.Q_COVERED_BACK if run.left else text.Q_COVERED_BODY)
        with st.container(horizontal=True):
            if st.button(text.Q_GO_ON, type="primary", key="cover_on"):
                kiosk_state.touch()
                form_run.keep(replace(run, stage=run.behind, left=False))
                st.rerun()
            if st.button(text.Q_LEAVE, key="cover_leave"):
                form_run.leave(run)


def _finished(run: FormRun) -> None:
    with st.container(border=True):
        st.title(text.Q_DONE, anchor=False)
        st.markdown(text.Q_DONE_BODY)
        if run.risk or form_run.at_risk(run):
            st.markdown(text.CRISIS_ASKED)
        with st.container(horizontal=True):
            if st.button(text.Q_DONE_STAFF, key="done_staff"):
                form_run.leave(run)
            if st.button(text.Q_HELP, type="tertiary", icon=":material/call:", key="done_help"):
                form_run.keep(replace(run, stage=CRISIS, behind=FINISHED, asked=True))
                st.rerun()
    if not context.app().settings.same_day_review:
        # Nobody will read the answers today: everybody learns whom to call. The page keeps the
        # place to which the last question was scrolled, so it is taken back to the thanks.
        st.html(TO_THE_TOP, unsafe_allow_javascript=True)
        with st.container(border=True):
            st.subheader(more.DONE_HELP, anchor=False)
            crisis.numbers()
