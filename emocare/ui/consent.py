"""What the patient agrees to before the picture is touched; nothing is ticked beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from emocare.domain.records import Consent
from emocare.services.recordings import CONSENT_VERSION
from emocare.ui import text
from emocare.ui.text import live as live_text
from emocare.ui.text import reference as reference_text


@dataclass(frozen=True, slots=True)
class Ticks:
    """The boxes as they stand."""

    analyse: bool
    keep_measurements: bool
    keep_video: bool
    research: bool = False

    @property
    def enough(self) -> bool:
        """Whether a recording may be read and its numbers stored."""
        return self.analyse and self.keep_measurements

    def consent(self) -> Consent:
        """The agreement as it is stored, with the version of the text and the time."""
        return Consent(CONSENT_VERSION, self.analyse, self.keep_measurements, self.keep_video,
                       datetime.now(UTC), self.research)  # fmt: skip


def ask(round_key: str, *, live: bool = False) -> Ticks:
    """Draws the text and the boxes.

    Args:
        round_key: A new one for each submission, so that no tick is carried to the next patient.
        live: The words for a camera. Its pictures are never stored, so nothing is asked of them.
    """
    with st.container(border=True, gap="small"):
        st.subheader(text.CONSENT, anchor=False)
        st.caption(text.CONSENT_READ)
        st.markdown(f":small[{live_text.CONSENT_TEXT if live else text.CONSENT_TEXT}]")
        analyse = live_text.CONSENT_ANALYSE if live else text.CONSENT_ANALYSE
        return Ticks(
            st.checkbox(analyse, key=f"consent_analyse_{round_key}"),
            st.checkbox(text.CONSENT_MEASUREMENTS, key=f"consent_keep_{round_key}"),
            False if live else st.checkbox(
                text.CONSENT_VIDEO, key=f"consent_video_{round_key}", help=text.CONSENT_VIDEO_HELP
            ),
            st.checkbox(reference_text.CONSENT_RESEARCH, key=f"consent_research_{round_key}",
                        help=reference_text.CONSENT_RESEARCH_HELP),
        )  # fmt: skip
