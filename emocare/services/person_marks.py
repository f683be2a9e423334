"""The clinician's mark that a recording shows another person than the patient (section 4.2)."""

from __future__ import annotations

from dataclasses import replace

from emocare.analysis import AnalysisConfig
from emocare.domain.errors import InputError
from emocare.domain.records import PersonMark, SessionId
from emocare.domain.summary import Summary
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, now
from emocare.store import Store


class PersonMarks:
    """Sets and takes back the mark; each is kept with who and when."""

    def __init__(self, store: Store, workplace: Workplace, summaries: Summaries) -> None:
        self._store = store
        self._workplace = workplace
        self._summaries = summaries

    def mark(self, session_id: SessionId, *, wrong: bool) -> Summary:
        """Marks a recording as of the wrong person, or takes the mark back.

        The summary is computed anew from the stored readings under its own configuration, so
        taking the mark back restores its numbers. Settings that its configuration did not name
        yet are added with their defaults.

        Raises:
            NotFound: No such session.
            InputError: It has no summary, or the mark says so already.
        """
        record = self._store.session(session_id)
        if record.summary is None:
            raise InputError("This session has no summary, so there is nothing to mark.")
        if is_wrong_person(self._store, session_id) is wrong:
            state = "marked" if wrong else "not marked"
            raise InputError(f"This session is {state} already. Reload the page.")
        config = replace(AnalysisConfig.from_dict(record.summary.config), wrong_person=wrong)
        summary = self._summaries.make(
            self._store.readings(session_id), config, record.summary.source,
            record.summary.face_models,
        )
        self._store.add_person_mark(
            PersonMark(session_id, wrong, self._workplace.signer, now()),
            replace(record, summary=summary),
        )
        return summary

    def latest(self, session_id: SessionId) -> PersonMark | None:
        """What was said last, None when nothing was."""
        return next(iter(self._store.person_marks(session_id)), None)

    def history(self, session_id: SessionId) -> list[PersonMark]:
        """Every mark and every taking back, newest first."""
        return self._store.person_marks(session_id)


def is_wrong_person(store: Store, session_id: SessionId) -> bool:
    """Whether the recording is marked as of another person now."""
    marks = store.person_marks(session_id)
    return bool(marks) and marks[0].wrong
