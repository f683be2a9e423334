"""What is killed at a random moment: each kind says what it confirmed, and checks what stayed."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np

from emocare.analysis import AnalysisConfig, Analyzer
from emocare.domain.audit import AuditKind
from emocare.domain.errors import NotFound
from emocare.domain.frames import Frame
from emocare.domain.journal import JournalId
from emocare.domain.records import (
    AlertId,
    PatientId,
    ReportState,
    ResponseId,
    SessionId,
    SessionState,
)
from emocare.services.audit import Audit
from emocare.services.clips import Clips
from emocare.services.engine import SequenceEngine
from emocare.services.journal import Journal
from emocare.services.questionnaires import Questionnaires
from emocare.services.recording import Recording
from emocare.services.recovery import recover
from emocare.services.summaries import Summaries
from emocare.store import Store
from emocare.store.migrate import FOLDER, migrations
from tests import killed
from tests.killed import PEOPLE, Place
from tests.services.fakes import MODELS, ScriptedReader
from tests.store import made_up
from tests.store.test_journal import alert, entry

Said = Callable[[str], None]
"""Confirms one row to whoever kills, before anything else happens."""

PICTURE = np.full((48, 64, 3), 120, np.uint8)
HZ = 30
EARLY = 2
"""Steps of the schema that the database of an earlier version knows."""
OLD_ROWS = 6000


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Attributes:
        ready: Makes the folder from which every round begins.
        act: The work; says what is confirmed. Without end, unless ``ends``.
        lost: Opens what was left as the next start does, and says how many confirmed rows are
            missing or different. Raises where it cannot be opened or used.
        ends: Whether the work comes to an end by itself and has nothing to confirm before.
    """

    ready: Callable[[Place], None]
    act: Callable[[Place, Said], None]
    lost: Callable[[Place, Sequence[str]], int]
    ends: bool = False


def opened(place: Place) -> Store:
    """The encrypted store of a place."""
    return Store.open(place.database, keys=place.vault.keys())


def empty_clinic(place: Place) -> None:
    """One person, under a key."""
    with opened(place) as store:
        store.add_patient(made_up.patient(1))
        store.add_session(made_up.session(1, 1))


def missing(heard: Sequence[str], there: Callable[[int], bool]) -> int:
    """How many of the confirmed numbers are not there."""
    return sum(not there(int(number)) for number in heard)


# Recording


def record(place: Place, said: Said) -> None:
    """A recording at full speed; confirms the number of rows that were written."""
    with opened(place) as store:
        store.add_session(made_up.session(2, 1, SessionState.QUEUED))
        analyzer = Analyzer(ScriptedReader(), AnalysisConfig())
        recording = Recording(
            store, store.session(SessionId("s2")), analyzer, MODELS,
            Journal(place.workplace.clips_dir), Summaries(SequenceEngine(None)),
        )  # fmt: skip
        for number in itertools.count(1):
            recording.push(Frame(number / HZ, PICTURE))
            if number % 7 == 0:
                recording.flush()
                said(str(number))


def recorded(place: Place, heard: Sequence[str]) -> int:
    """The rows are there and summarised, and the session says that it was broken off."""
    confirmed = max(map(int, heard), default=0)
    folder = place.workplace.clips_dir
    with opened(place) as store:
        recover(store, Clips(folder, 10**9), Journal(folder), Summaries(SequenceEngine(None)))
        try:
            session = store.session(SessionId("s2"))
        except NotFound:
            return confirmed
        rows = store.readings(session.id)
        wanted = np.arange(1, len(rows) + 1) / HZ
        assert session.state is SessionState.INTERRUPTED
        assert np.array_equal(rows["t_s"], wanted), "rows are in order, without a gap"
        assert (session.summary is not None) == (len(rows) > 0)
        return max(0, confirmed - len(rows))


# Answering


def answer(place: Place, said: Said) -> None:
    """One form after another, answer by answer; confirms form and answer as one number."""
    with opened(place) as store:
        forms = Questionnaires(store, place.workplace)
        for number in itertools.count(1):
            person = made_up.patient(100 + number)
            store.add_patient(person)
            draft = forms.draft(person.id, None, "PHQ-9")
            for index in range(9):
                draft = forms.answer(draft, index, (number + index) % 4)
                said(str(10 * number + index))
            forms.finish(draft, 1)
            said(str(10 * number + 9))


def answered(place: Place, heard: Sequence[str]) -> int:
    """Every answer is there, in the draft or in the finished form; a form has its alerts."""
    with opened(place) as store:
        forms = Questionnaires(store, place.workplace)

        def there(number: int) -> bool:
            form, index = divmod(number, 10)
            person = PatientId(f"p{100 + form}")
            done = store.responses(person)
            if index == 9 or done:
                at_risk = (form + 8) % 4 > 0
                return len(done) == 1 and bool(store.alerts(person)) >= at_risk
            draft = forms.draft(person, None, "PHQ-9")
            return draft.answered[index] and draft.answers[index] == (form + index) % 4

        return missing(heard, there)


# Signing, writing in the journal, the log


def pdf(number: int) -> bytes:
    """As large as a short report."""
    return hashlib.sha256(str(number).encode()).digest() * 2000


def sign(place: Place, said: Said) -> None:
    """A draft, signed; confirms each that is signed."""
    with opened(place) as store:
        for number in itertools.count(1):
            draft = made_up.report(number, pdf(number))
            store.add_report(draft)
            store.replace_draft_report(replace(
                draft, state=ReportState.SIGNED, signed_by="Dr Osei", signer_role="physician",
                licence="1", signed_at=made_up.NOW,
            ))  # fmt: skip
            said(str(number))


def signed(place: Place, heard: Sequence[str]) -> int:
    """Every signed one is there with its bytes, which the store compares with the fingerprint."""
    with opened(place) as store:
        found = {one.version: one for one in store.reports(SessionId("s1"))}
        return missing(heard, lambda number: number in found
                       and found[number].state is ReportState.SIGNED
                       and found[number].pdf == pdf(number))  # fmt: skip


def write_journal(place: Place, said: Said) -> None:
    """Entries, each with an alert."""
    with opened(place) as store:
        for number in itertools.count(1):
            name = AlertId(f"j{number}")
            store.add_journal_entry(entry(number, alert_id=name), alert(id=name))
            said(str(number))


def journal_written(place: Place, heard: Sequence[str]) -> int:
    """Every entry is there, and none is without its alert."""
    with opened(place) as store:
        entries = {one.id for one in store.journal(PatientId("p1"), shared_only=False)}
        alerts = {one.id for one in store.alerts()}
        assert entries == alerts
        return missing(heard, lambda number: JournalId(f"j{number}") in entries)


def log(place: Place, said: Said) -> None:
    """Rows of the log."""
    with opened(place) as store:
        audit = Audit(store, place.database.parent)
        for number in itertools.count(1):
            audit.note("account a1", AuditKind.CHANGE, "reviews.save", f"session:s{number}")
            said(str(number))


def logged(place: Place, heard: Sequence[str]) -> int:
    """The chain is whole and as long as was confirmed."""
    with opened(place) as store:
        audit = Audit(store, place.database.parent)
        found = audit.verify()
        assert not found.findings, found.findings
        return max(0, max(map(int, heard), default=0) - found.rows)


# What comes to an end


def an_earlier_version(place: Place, *, readable: bool) -> None:
    """A database of the first steps of the schema with people, answers and many readings."""
    steps = place.root / "steps"
    steps.mkdir(parents=True)
    for step in migrations()[:EARLY]:
        (steps / step.name).write_text(step.sql, encoding="utf-8")
    keys = [] if readable else place.vault.keys()
    with Store.open(place.database, steps, keys) as store:
        for number in range(1, PEOPLE + 1):
            store.add_patient(made_up.patient(number))
            store.add_response(made_up.response(number, number), [])
        with store._write() as cursor:
            cursor.execute(
                "INSERT INTO sessions (id, patient_id, started_at, protocol, source_name, state) "
                "VALUES ('s1', 'p1', now(), 'free', 'visit.mp4', 'failed')")
            cursor.execute(
                "INSERT INTO readings (session_id, t_s, status, n_faces, segment, track_id) "
                f"SELECT 's1', i / 30.0, 'no_face', 0, 'free', -1 FROM range({OLD_ROWS}) t(i)")


def up_to_date(place: Place, heard: Sequence[str]) -> int:
    """The next start brings it up to date; everything is there."""
    with opened(place) as store:
        people = {one.id for one in store.patients()}
        forms = {one.id for one in store.responses()}
        with store._read() as cursor:
            found = cursor.execute("SELECT max(number) FROM schema_migrations").fetchone()
        assert found == (len(migrations(FOLDER)),)
        rows = len(store.readings(SessionId("s1")))
        gone = sum(f"p{n}" not in people for n in range(1, PEOPLE + 1))
        gone += sum(ResponseId(f"r{n}") not in forms for n in range(1, PEOPLE + 1))
        return gone + OLD_ROWS - rows


def of_step(name: str, ready: Callable[[Place], None] | None = None) -> Kind:
    """A step of ``tests.killed``, which raises where anything is missing."""
    step = killed.STEPS[name]

    def lost(place: Place, heard: Sequence[str]) -> int:
        step.check(place)
        return 0

    return Kind(ready or step.ready, lambda place, said: step.act(place), lost, ends=True)


def sought_under_key(place: Place) -> None:
    """As ``fill_plain``, encrypted."""
    killed.fill_with_vault(place)
    killed.add_sought(place)


def open_and_close(place: Place, said: Said) -> None:
    """What a start does."""
    with closing(opened(place)):
        pass


KINDS: dict[str, Kind] = {
    "recording": Kind(empty_clinic, record, recorded),
    "answering": Kind(empty_clinic, answer, answered),
    "signing a report": Kind(empty_clinic, sign, signed),
    "journal": Kind(empty_clinic, write_journal, journal_written),
    "log": Kind(empty_clinic, log, logged),
    "migration": Kind(lambda place: an_earlier_version(place, readable=False), open_and_close,
                      up_to_date, ends=True),
    "first encryption": Kind(lambda place: an_earlier_version(place, readable=True),
                             open_and_close, up_to_date, ends=True),
    "change of key": of_step("rotate"),
    "back-up": of_step("backup"),
    "restore": of_step("restore"),
    "erasure": of_step("erase", sought_under_key),
    "retention": of_step("expire", killed.fill_with_vault),
}  # fmt: skip
