"""Markers of a clinician: set while recording, changed afterwards, with what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from emocare.analysis import AnalysisConfig
from emocare.domain.errors import InputError, NotFound
from emocare.domain.live import LEAVES_OUT, MARKER_TEXT_LIMIT, Marker, MarkerId, MarkerKind
from emocare.domain.records import SessionId, SessionRecord
from emocare.services.memory import give_back
from emocare.services.recording import left_out
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, new_id, now
from emocare.store import Store


class Markers:
    """Markers of sessions that have ended. Leaving seconds out renews the summary with it."""

    def __init__(self, store: Store, workplace: Workplace, summaries: Summaries) -> None:
        self._store = store
        self._workplace = workplace
        self._summaries = summaries

    def of(self, session_id: SessionId) -> list[Marker]:
        """The markers of a session in time order."""
        return self._store.markers(session_id)

    def made(
        self, session_id: SessionId, kind: MarkerKind, t_s: float, until_s: float | None, text: str
    ) -> Marker:
        """A new marker, not stored yet.

        Raises:
            InputError: A time or the text cannot be.
        """
        marker = new_marker(
            session_id, kind, t_s, until_s, marker_text(kind, text), self._workplace.signer
        )
        return _checked(marker)

    def changed(
        self, session_id: SessionId, marker_id: MarkerId, t_s: float | None,
        until_s: float | None, text: str | None,
    ) -> Marker:  # fmt: skip
        """A marker as it shall be, not stored yet; None leaves as it is.

        Raises:
            NotFound: There is no such marker.
            InputError: A time or the text cannot be.
        """
        found = self.find(session_id, marker_id)
        return _checked(replace(
            found, t_s=found.t_s if t_s is None else t_s,
            until_s=found.until_s if until_s is None else until_s,
            text=found.text if text is None else marker_text(found.kind, text),
            made_by=self._workplace.signer, made_at=now(),
        ))  # fmt: skip

    def find(self, session_id: SessionId, marker_id: MarkerId) -> Marker:
        """A marker as it is now.

        Raises:
            NotFound: There is no such marker.
        """
        found = next((m for m in self._store.markers(session_id) if m.id == marker_id), None)
        if found is None:
            raise NotFound("This marker does not exist any more. Reload the page.")
        return found

    def save(self, marker: Marker) -> None:
        """Stores a marker, its rows and the summary that comes of it, at once or not at all.

        Raises:
            NotFound: There is no such session.
        """
        record = self._store.session(marker.session_id)
        before = self._store.markers(marker.session_id)
        after = [*(m for m in before if m.id != marker.id), marker]
        self._store.save_marker(marker, self._summarised(record, before, after))

    def remove(self, session_id: SessionId, marker_id: MarkerId) -> None:
        """Takes a marker back; what it left out counts again.

        Raises:
            NotFound: There is no such session or marker.
        """
        record, marker = self._store.session(session_id), self.find(session_id, marker_id)
        before = self._store.markers(session_id)
        after = [m for m in before if m.id != marker_id]
        self._store.remove_marker(
            replace(marker, made_by=self._workplace.signer, made_at=now()),
            self._summarised(record, before, after),
        )

    def _summarised(
        self, record: SessionRecord, before: Sequence[Marker], after: Sequence[Marker]
    ) -> SessionRecord | None:
        """The session as it is with other markers; None where that changes nothing."""
        old = record.summary
        if old is None or sorted(left_out(before)) == sorted(left_out(after)):
            return None
        readings = self._store.readings(record.id).with_excluded(left_out(after))
        config = AnalysisConfig.from_dict(old.config)
        summary = self._summaries.make(readings, config, old.source, old.face_models)
        give_back()
        return replace(record, summary=summary)


def new_marker(
    session_id: SessionId, kind: MarkerKind, t_s: float, until_s: float | None, text: str, by: str
) -> Marker:
    """A marker made now."""
    return Marker(MarkerId(new_id()), session_id, t_s, until_s, kind, text, by, now())


def marker_text(kind: MarkerKind, text: str) -> str:
    """The text of a marker as it is kept.

    Raises:
        InputError: A note says nothing, or it is too long.
    """
    text = text.strip()
    if kind is MarkerKind.NOTE and not text:
        raise InputError("Write what the note says, then add it.")
    if len(text) > MARKER_TEXT_LIMIT:
        raise InputError(
            f"The text has {len(text)} characters, at most {MARKER_TEXT_LIMIT} are kept. "
            "Shorten it."
        )
    return text


def _checked(marker: Marker) -> Marker:
    end_s = marker.until_s
    if marker.t_s < 0 or (end_s is not None and end_s < marker.t_s):
        raise InputError("A marker begins at 0:00 or later and ends after its beginning.")
    if marker.kind in LEAVES_OUT and end_s is None:
        raise InputError("Say where the seconds that are left out end.")
    return marker
