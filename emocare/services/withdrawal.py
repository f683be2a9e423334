"""What a withdrawal takes away: a recording that runs, waiting videos, kept clips.

The withdrawal is written down before anything of this is done, so a process that is killed in
between finishes at its next start.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emocare.domain.consent import ConsentKind, Use
from emocare.domain.records import PatientId, SessionRecord, SessionState
from emocare.services.clips import Clips
from emocare.services.consent_rules import withdrawn
from emocare.services.workplace import now
from emocare.store import Store

THROWN_AWAY = (
    "The patient withdrew the consent while this was recorded. The measurements were thrown away."
)
ENDED = "The patient withdrew the consent, so the session was ended. What was measured is kept."
RUNNING = (SessionState.QUEUED, SessionState.ANALYSING)


def throw_away(store: Store, record: SessionRecord) -> SessionRecord:
    """Removes the measurements of a session that has ended; that it was begun stays."""
    store.delete_readings(record.id)
    record = replace(record, state=SessionState.CANCELLED, summary=None, error=THROWN_AWAY)
    store.update_session(record)
    return record


def delete_clips(store: Store, clips: Clips, patient_id: PatientId) -> int:
    """Deletes the clips that a person agreed to keep before taking that back, and says how many
    there were. Samples stay, and a video that is being read goes when its reading ends."""
    deleted = 0
    for record in store.sessions(patient_id):
        if record.clip_path is None or record.state in RUNNING:
            continue
        if Use.VIDEO not in withdrawn(store, record):
            continue
        if clips.delete(Path(record.clip_path)):
            store.update_session(replace(record, clip_path=None, clip_deleted_at=now()))
            deleted += 1
    return deleted


def after_a_kill(store: Store, record: SessionRecord) -> SessionRecord:
    """A session that broke off with its process, thrown away if that was under way."""
    return throw_away(store, record) if Use.MEASUREMENTS in withdrawn(store, record) else record


def finish(store: Store, clips: Clips) -> None:
    """Deletes clips of withdrawals whose process was killed before it had."""
    reached = {event.patient_id for event in store.consent_events()
               if event.kind is ConsentKind.WITHDRAWN and Use.VIDEO in event.uses}  # fmt: skip
    for patient_id in reached:
        delete_clips(store, clips, patient_id)
