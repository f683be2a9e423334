"""What the patient agrees to before the picture is touched; nothing is ticked beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st

from emocare.domain.consent import Standing, Use, is_minor
from emocare.domain.errors import AccessDenied
from emocare.domain.records import Consent, Patient
from emocare.services.adults import require_not_minor
from emocare.services.recordings import CONSENT_VERSION
from emocare.ui import context
from emocare.ui import text as common
from emocare.ui.text import consent as text
from emocare.ui.wording import day, local, plain


@dataclass(frozen=True, slots=True)
class Ticks:
    """The boxes as they stand.

    Attributes:
        adult: Whether the clinician confirms that the person is one.
        asks_adult: Whether that is needed, because nothing else says it.
        minor: Whether the person is known to be younger: there are no boxes then.
    """

    analyse: bool
    keep_measurements: bool
    keep_video: bool
    research: bool = False
    journal: bool = False
    adult: bool = False
    asks_adult: bool = False
    minor: bool = False

    @property
    def may_look(self) -> bool:
        """Whether one picture may be read that is not kept."""
        return self.analyse and not self.minor and (self.adult or not self.asks_adult)

    @property
    def enough(self) -> bool:
        """Whether a recording may be read and its numbers stored."""
        return all(there for _, there in self.needs())

    def needs(self) -> tuple[tuple[str, bool], ...]:
        """What has to be there before a start, in words, and whether it is."""
        if self.minor:
            return ((text.NEEDS_GROWN_UP, False),)
        return (
            (common.NEEDS_CONSENT, self.analyse and self.keep_measurements),
            (text.NEEDS_ADULT, self.adult or not self.asks_adult),
        )

    def consent(self) -> Consent:
        """The agreement as it is stored, with the version of the text and the time."""
        return Consent(CONSENT_VERSION, self.analyse, self.keep_measurements, self.keep_video,
                       datetime.now(UTC), self.research, self.journal, self.adult)  # fmt: skip


def notice() -> None:
    """That this is an emotion-recognition system, before anything else is asked."""
    found = context.app().consents.text()
    if found is not None:
        st.info(plain(found.notice), icon=":material/face:")


def ask(round_key: str, patient: Patient | None, *, live: bool = False) -> Ticks:
    """Draws the text and the boxes.

    Args:
        round_key: A new one for each submission, so that no tick is carried to the next patient.
        patient: Whose consent it is; another person begins with empty boxes.
        live: The words for a camera. Its pictures are never stored, so nothing is asked of them.
    """
    consents = context.app().consents
    found = consents.text()
    assert found is not None
    with st.container(border=True, gap="small"):
        st.subheader(text.TITLE, anchor=False)
        if patient is not None and _minor(patient):
            return Ticks(False, False, False, minor=True)
        stands = None if patient is None else consents.standing(patient.id)
        _before(stands, found.version)
        st.caption(text.READ)
        st.markdown(f":small[“{plain(found.statement(live=live))}”]")
        key = f"{round_key}_{'' if patient is None else patient.id}"
        ticked = {
            point.use: st.checkbox(plain(point.words(live=live)), help=point.help or None,
                                   key=f"consent_{point.use.value}_{key}")
            for point in found.asked(live=live)
        }  # fmt: skip
        agreed = Ticks(**{use.value: ticked.get(use, False) for use in Use})
        ticks = _confirmed(agreed, patient, key)
        _print(ticks, patient, live=live)
    return ticks


def _minor(patient: Patient) -> bool:
    """Says what to do about a person who is known to be too young."""
    try:
        require_not_minor(patient)
    except AccessDenied as refusal:
        st.error(plain(str(refusal)), icon=":material/no_accounts:")
    return is_minor(patient.birth_date, datetime.now().date())


def _before(stands: Standing | None, version: str) -> None:
    """What was said before, where it matters now."""
    if stands is None or stands.given is None:
        return
    if stands.refuses and stands.withdrawn_at is not None:
        st.warning(text.TAKEN_BACK.format(day=day(local(stands.withdrawn_at).date())),
                   icon=":material/gpp_bad:")  # fmt: skip
    elif stands.given.version != version:
        at = day(local(stands.given.at).date())
        st.info(text.CHANGED.format(version=plain(stands.given.version), day=at),
                icon=":material/update:")  # fmt: skip


def _confirmed(ticks: Ticks, patient: Patient | None, key: str) -> Ticks:
    """Adds the clinician's own box where nothing says that the person is an adult."""
    if patient is None or context.app().consents.adult_is_known(patient.id):
        return ticks
    adult = st.checkbox(text.ADULT, key=f"consent_adult_{key}", help=text.ADULT_HELP)
    return replace(ticks, adult=adult, asks_adult=True)


def _print(ticks: Ticks, patient: Patient | None, *, live: bool) -> None:
    if patient is None:
        return
    consents = context.app().consents
    st.download_button(
        text.PRINT, lambda: consents.printed(patient.id, ticks.consent(), live=live),
        text.PRINT_FILE.format(code=patient.code), "application/pdf", on_click="ignore",
        icon=":material/print:", key="consent_print", help=text.PRINT_HELP, type="tertiary",
    )  # fmt: skip
