"""What a killed process left behind, made into INTERRUPTED sessions that say so."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from emocare.analysis import AnalysisConfig
from emocare.domain.records import SessionRecord, SessionState
from emocare.domain.summary import Summary
from emocare.services.clips import Clips
from emocare.services.journal import Journal
from emocare.services.recording import source_from
from emocare.services.summaries import Summaries
from emocare.services.workplace import now
from emocare.store import Store

_log = logging.getLogger(__name__)

NOTHING = (
    "Emo-Care ended before this video was analysed; nothing was measured. Add the video again."
)
NOTHING_LIVE = "Emo-Care ended before anything was measured in this live session."
NO_NOTE = (
    "Emo-Care ended while this was recorded. The first {end_s:.1f} s were measured and are kept, "
    "but the note of how they were measured is missing or damaged, so there is no summary of them. "
    "Record the visit again."
)


def recover(
    store: Store, clips: Clips, journal: Journal, summaries: Summaries
) -> list[SessionRecord]:
    """Ends every session that was queued or running when the last process stopped.

    Rows that reached the store are kept and summarised, with a source note that says where it
    broke off. Clips without consent to keep them, and staged files without a session, go.

    Returns:
        The sessions that were ended, oldest first.
    """
    ended = [
        _end(store, clips, journal, summaries, record) for record in store.unfinished()
    ]
    clips.delete_strangers({Path(path) for path in store.clip_paths().values()})
    if ended:
        _log.info("%d sessions were left over from a process that ended early", len(ended))
    return ended


def _end(
    store: Store, clips: Clips, journal: Journal, summaries: Summaries, record: SessionRecord
) -> SessionRecord:
    readings = store.readings(record.id)
    found = journal.read(record.id)
    summary: Summary | None = None
    sentence = NOTHING_LIVE if record.live else NOTHING
    end_s = float(readings["t_s"][-1]) if len(readings) else 0.0
    if len(readings) and found is None:
        sentence = NO_NOTE.format(end_s=end_s)
    if len(readings) and found is not None:
        sentence = (
            f"Emo-Care ended while this was recorded. The first {end_s:.1f} s were measured and "
            "are kept."
        )
        lost = " Pictures that were lost until then are not counted." if record.live else ""
        source = source_from(
            readings, found.source_name, found.sha256,
            note=f"The recording broke off at {end_s:.1f} s.{lost}",
        )
        summary = summaries.make(
            readings, AnalysisConfig.from_dict(found.config), source, found.models
        )
    record = replace(record, state=SessionState.INTERRUPTED, summary=summary, error=sentence)
    keep = record.consent is not None and record.consent.keep_video
    if record.clip_path is not None and not keep and clips.delete(Path(record.clip_path)):
        record = replace(record, clip_path=None, clip_deleted_at=now())
    store.update_session(record)
    journal.remove(record.id)
    return record
