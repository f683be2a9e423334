"""Review: understand a session and decide, in two minutes."""

from emocare.ui import context

context.require(context.CLINICIAN)

import streamlit as st

from emocare.ui import (
    cards,
    compare,
    decision,
    frame,
    review_parts,
    review_sequence,
    sessions,
    theme,
)

picked = sessions.pick()
if picked is not None:
    patient, record = picked
    with frame.patient_bar(patient, record.consent):
        sessions.state(record)
    with frame.guard():
        voice = review_parts.answered(record)
        blind = review_parts.is_blind(record)
        if not review_parts.shows_face(record):
            review_parts.answers_alone(record, voice)
        else:
            with st.grid(3, min_column_width=290):
                cards.answered_card(voice, lambda: review_parts.open_questionnaire(record),
                                    leads_page=frame.primary() == "primary")  # fmt: skip
                if blind:
                    cards.hidden_cards(lambda band: review_parts.note_impression(record, band))
                else:
                    cards.observed_card(record, alone=voice.band is None, doubt=voice.doubt)
                    cards.together_card(voice, record.summary,
                                        lambda: compare.dialog(voice, record.summary))  # fmt: skip
            if not blind and record.summary is not None:
                review_sequence.severity(record.summary, theme.palette())
                review_parts.picture_and_chart(record, voice, theme.palette())
            if not blind:
                decision.form(record, main=bool(voice.responses))
