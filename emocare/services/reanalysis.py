"""Stored readings under the present analysis, kept beside what was signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from emocare.analysis import AnalysisConfig
from emocare.domain.consent import NEEDED
from emocare.domain.records import PatientId, SessionId, SessionRecord
from emocare.domain.summary import ModelRef, Summary
from emocare.services.consent_rules import withdrawn
from emocare.services.memory import give_back
from emocare.services.reference_files import analysis_config
from emocare.services.report_trends import method
from emocare.services.summaries import Summaries, renewable
from emocare.services.workplace import Workplace, now
from emocare.store import Store
from emocare.store.care import Reanalysis

Progress = Callable[[int, int], None]


class Reanalyses:
    """Renews the summaries that a course compares.

    The summary of the session itself is what its review and its signed report rest on and is
    never touched. Readings come from the networks of their day: another network cannot read a
    picture that is gone, so only the analysis and what the sequence networks say is renewed.
    """

    def __init__(self, store: Store, workplace: Workplace, summaries: Summaries) -> None:
        self._store = store
        self._workplace = workplace
        self._summaries = summaries

    def renewable(self, patient_id: PatientId) -> list[SessionRecord]:
        """Sessions that were analysed by an earlier method and whose readings are stored.

        Not those whose consent was withdrawn: they are not analysed anew.
        """
        sessions = compared(
            self._store.sessions(patient_id), self._store.reanalyses(patient_id)
        )
        present = self._summaries.present()
        old = [record for record in sessions if self._is_old(record, present)]
        if not old:
            return []
        stored = self._store.sessions_with_readings(patient_id)
        return [record for record in old if record.id in stored
                and not withdrawn(self._store, record) & NEEDED]  # fmt: skip

    def run(self, patient_id: PatientId, progress: Progress | None = None) -> int:
        """Re-analyses every session that can be, one after the other; returns how many.

        Args:
            progress: Takes the number done and the number of all.
        """
        waiting = self.renewable(patient_id)
        for done, record in enumerate(waiting):
            if progress is not None:
                progress(done, len(waiting))
            if record.summary is not None:
                self._store.add_reanalysis(self._reanalysed(record, record.summary))
                give_back()
        return len(waiting)

    def _reanalysed(self, record: SessionRecord, before: Summary) -> Reanalysis:
        summary = self._summaries.make(
            self._store.readings(record.id), self._present(record, before), before.source,
            before.face_models,
        )
        return Reanalysis(record.id, summary, self._workplace.signer, now())

    def _is_old(
        self, record: SessionRecord, present: tuple[ModelRef, ...] | None
    ) -> bool:
        """Whether the summary comes from another analysis, or from other sequence networks, than
        a present one would."""
        summary = record.summary
        if summary is None or summary.config.get("wrong_person"):
            return False
        if method(record, summary).analysis != self._present(record, summary).hash:
            return True
        return renewable(summary, present)

    def _present(self, record: SessionRecord, summary: Summary) -> AnalysisConfig:
        return analysis_config(self._workplace, record.protocol, summary.face_models)


def compared(
    sessions: Sequence[SessionRecord], reanalyses: Mapping[SessionId, Reanalysis]
) -> list[SessionRecord]:
    """The sessions with the summary that a course compares: the newest re-analysis, otherwise
    the session's own. A recording marked as of another person keeps its own."""
    found = []
    for record in sessions:
        made = reanalyses.get(record.id)
        if made is None or record.summary is None or record.summary.config.get("wrong_person"):
            found.append(record)
        else:
            found.append(replace(record, summary=made.summary))
    return found
