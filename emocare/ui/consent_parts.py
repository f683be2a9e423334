"""Where a person's consent stands, and taking it back: for the clinician and for the person."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from emocare.domain.consent import ConsentEvent, ConsentKind, Standing, Use
from emocare.domain.records import Patient, PatientId
from emocare.services.consents import Withdrawal
from emocare.ui import context
from emocare.ui.text import consent as text
from emocare.ui.wording import day, local, plain, when

SURE, SAID = "consent_sure", "consent_said"
"""Whose withdrawal is being confirmed, and what is said once after it."""


def points(stands: Standing) -> None:
    """Each use with its state in words, colour and sign."""
    for use in Use:
        last = stands.last.get(use)
        name = "never" if last is None else last.kind.value
        label, icon, colour = text.STATES[name]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text.USES[use], width="content")
            st.space("stretch")
            at = "" if last is None else day(local(last.at).date())
            st.badge(label.format(day=at), icon=icon, color=colour)  # type: ignore[arg-type]


def given(stands: Standing) -> None:
    """The newest consent in one line, and whether its text is the present one."""
    event = stands.given
    if event is None:
        return
    consents = context.app().consents
    own, present = consents.text(event.version), consents.text()
    st.caption(text.GIVEN_LINE.format(
        version=plain(event.version), text_day="?" if own is None else day(own.date),
        when=when(event.at), by=noted_by(event)
    ))  # fmt: skip
    if present is not None and event.version != present.version:
        st.caption(text.OLD_TEXT.format(version=present.version))
    if stands.adult:
        st.caption(text.ADULT_LINE)


def noted_by(event: ConsentEvent) -> str:
    """Who, after a comma; "" where it was not noted."""
    if event.by_patient:
        return text.BY_PATIENT
    return text.BY.format(name=plain(event.by)) if event.by else ""


def names(uses: Sequence[Use] | frozenset[Use]) -> str:
    """Uses in words, in the order of the text."""
    return ", ".join(text.USES[use].lower() for use in Use if use in uses)


def history(patient: Patient) -> None:
    """Every line of the list, newest first."""
    for event in context.app().consents.history(patient.id):
        given = event.kind is ConsentKind.GIVEN
        form = text.HISTORY_GIVEN if given else text.HISTORY_WITHDRAWN
        reason = text.REASON_SAID.format(reason=plain(event.reason)) if event.reason else ""
        st.markdown(form.format(
            when=when(event.at), by=noted_by(event), version=plain(event.version),
            uses=names(event.uses), reason=reason,
        ))  # fmt: skip


def ask_what(patient_id: PatientId, lead: str, reason: str) -> tuple[list[Use], str]:
    """The boxes of what is taken back, what follows, and the reason."""
    consents = context.app().consents
    can = consents.can_withdraw(patient_id)
    st.markdown(lead)
    everything = len(can) > 1 and st.checkbox(text.WITHDRAW_ALL, key="withdraw_all")
    chosen = [use for use in can
              if st.checkbox(text.USES[use], value=bool(everything), disabled=bool(everything),
                             key=f"withdraw_{use.value}_{bool(everything)}")]  # fmt: skip
    _follows(chosen)
    return chosen, st.text_input(reason, max_chars=300, key="withdraw_reason")


def _follows(chosen: Sequence[Use]) -> None:
    """What happens, what stays, and why."""
    found = context.app().consents.text()
    if not chosen or found is None:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{text.WHAT_FOLLOWS}**")
        st.markdown("\n".join(f"* {plain(p.after)}" for p in found.points if p.use in chosen))
        st.markdown(f"**{text.WHAT_STAYS}**")
        st.markdown(plain(found.kept))


def done(result: Withdrawal) -> str:
    """What a withdrawal did, in a sentence or three."""
    said = text.DONE.format(uses=names(result.event.uses))
    if result.ended:
        said += text.DONE_ENDED
    if result.clips:
        said += text.DONE_CLIPS[result.clips != 1].format(count=result.clips)
    return said


def say() -> None:
    """What was done, once."""
    if said := st.session_state.pop(SAID, ""):
        st.success(said, icon=":material/check_circle:")
