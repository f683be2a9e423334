"""The clinician's own decision on a session."""

from __future__ import annotations

import streamlit as st

from emocare.domain.errors import ChangedElsewhere, EmoCareError
from emocare.domain.records import Review, SessionRecord
from emocare.domain.summary import BANDS
from emocare.ui import context, frame, text
from emocare.ui.wording import BAND_WORDS, plain, when


def form(record: SessionRecord, *, main: bool, face: bool = True) -> None:
    """Impression, agreement, confounders and note; saving again makes a new version.

    Args:
        main: Whether saving is the next step of the page and so its primary button.
        face: Whether there is a face to agree with; without one only impression and note are
            asked for.
    """
    reviews = context.app().reviews
    latest = reviews.latest(record.id)
    seen = f"review_seen_{record.id}"
    if f"note_{record.id}" not in st.session_state:
        # The fields are drawn anew, from this version.
        st.session_state[seen] = latest.version if latest else 0
    st.subheader(text.DECISION, anchor=False)
    with st.container(border=True):
        with st.grid(3 if face else 1, min_column_width=330):
            impression = st.segmented_control(
                text.IMPRESSION, BANDS, default=latest and latest.impression, width="stretch",
                format_func=BAND_WORDS.__getitem__, key=f"impression_{record.id}",
            )  # fmt: skip
            agreement, confounders = None, []
            if face:
                agreement, confounders = _about_the_face(record, latest)
        note = st.text_area(text.NOTE, value=latest.note if latest else "", height=90,
                            key=f"note_{record.id}")  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_saved(latest), width="content")
            st.space("stretch")
            with st.container(horizontal=True, width="content"):
                save = st.button(text.SAVE, key="decision_save")
                report = st.button(text.SAVE_REPORT, key="decision_report",
                                   type=frame.primary() if main else "secondary",
                                   icon=":material/description:")  # fmt: skip
    if not (save or report):
        return
    try:
        saved = reviews.save(record.id, impression, agreement, confounders, note,
                             seen=st.session_state[seen])  # fmt: skip
    except EmoCareError as error:
        if isinstance(error, ChangedElsewhere) and (latest := reviews.latest(record.id)):
            st.session_state[seen] = latest.version
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state[seen] = saved.version
    if report:
        context.go(context.REPORT, record.patient_id, record.id)
    st.rerun()


def _about_the_face(record: SessionRecord, latest: Review | None) -> tuple[str | None, list[str]]:
    """Agreement with the facial index, and what may have changed the face."""
    reviews = context.app().reviews
    agreement = st.selectbox(
        text.AGREEMENT, list(reviews.AGREEMENTS), index=_index(latest, reviews.AGREEMENTS),
        format_func=reviews.AGREEMENTS.__getitem__, key=f"agreement_{record.id}",
        placeholder=text.AGREEMENT_HINT,
    )  # fmt: skip
    confounders = st.multiselect(
        text.CONFOUNDERS, list(reviews.CONFOUNDERS),
        default=list(latest.confounders) if latest else [],
        format_func=reviews.CONFOUNDERS.__getitem__, key=f"confounders_{record.id}",
        placeholder=text.CONFOUNDERS_HINT,
    )  # fmt: skip
    return agreement, confounders


def _index(latest: Review | None, options: dict[str, str]) -> int | None:
    if latest is None or latest.agreement is None:
        return None
    return list(options).index(latest.agreement)


def _saved(latest: Review | None) -> str:
    if latest is None:
        return text.NOT_SAVED
    return text.SAVED.format(when=when(latest.saved_at), version=latest.version)
