"""The clinician's own view of a session: impression, agreement, confounders, note."""

from __future__ import annotations

from collections.abc import Sequence

from emocare.domain.errors import ChangedElsewhere, InputError
from emocare.domain.records import Review, ReviewId, SessionId
from emocare.domain.summary import BANDS, Band
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store

CONFOUNDERS: dict[str, str] = {
    "facial_weakness": "Known facial weakness",
    "parkinsonism": "Parkinsonism",
    "antipsychotic": "Antipsychotic",
    "sedative": "Sedative",
    "botulinum": "Botulinum toxin in the last 6 months",
    "autism": "Autism",
    "interpreter": "Interpreter used",
    "covered": "Heavy beard, mask or glasses glare",
    "crying": "Crying",
    "first_language": "Not in the first language",
}
"""Confounder code -> words (clinical specification 3.6)."""

AGREEMENTS: dict[str, str] = {
    "agree": "Agrees with my impression",
    "partly": "Agrees in part",
    "disagree": "Does not agree",
    "not_used": "Not used",
}
"""How the observed behaviour compares with the clinician's impression: code -> words."""

NOTE_LIMIT = 20_000
"""Longest clinician's note in characters."""


class Reviews:
    """Saving again makes a new version; older ones are kept."""

    CONFOUNDERS = CONFOUNDERS
    AGREEMENTS = AGREEMENTS

    def __init__(self, store: Store, workplace: Workplace) -> None:
        self._store = store
        self._workplace = workplace

    def save(
        self, session_id: SessionId, impression: Band | None, agreement: str | None,
        confounders: Sequence[str], note: str, *, seen: int | None = None,
    ) -> Review:  # fmt: skip
        """Saves the next version of the review of a session.

        Args:
            seen: The version that was on screen, 0 without one; None: whichever is the newest.

        Raises:
            NotFound: No such session.
            ChangedElsewhere: Somebody has saved another version since; it is the newest.
            InputError: A code is unknown, or the note is too long.
        """
        self._store.session(session_id)
        if impression is not None and impression not in BANDS:
            raise InputError("Impression: expected normal, mild, moderate or severe.")
        if agreement is not None and agreement not in AGREEMENTS:
            raise InputError(
                f"Agreement: expected one of {', '.join(AGREEMENTS)}, got {agreement!r}."
            )
        unknown = [code for code in confounders if code not in CONFOUNDERS]
        if unknown:
            raise InputError(f"Unknown confounder {unknown[0]!r}. Known: {', '.join(CONFOUNDERS)}.")
        if len(note) > NOTE_LIMIT:
            raise InputError(f"The note has {len(note)} characters; {NOTE_LIMIT} fit. Shorten it.")
        latest = self.latest(session_id)
        if seen is not None and latest is not None and latest.version > seen:
            raise ChangedElsewhere(
                f"{latest.reviewer} has saved version {latest.version} of this review in another "
                "window. It is kept, and yours is not saved yet. Save again to add yours as the "
                "next version, or reload the page to see the other one."
            )
        review = Review(
            id=ReviewId(new_id()), session_id=session_id,
            version=1 if latest is None else latest.version + 1, impression=impression,
            agreement=agreement, confounders=tuple(dict.fromkeys(confounders)),
            note=note.strip(), reviewer=self._workplace.signer, saved_at=now(),
        )  # fmt: skip
        self._store.add_review(review)
        return review

    def latest(self, session_id: SessionId) -> Review | None:
        """The newest version, None before the first."""
        return max(self._store.reviews(session_id), key=lambda r: r.version, default=None)
