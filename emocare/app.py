"""The wiring: the only place that knows every part. Pages and command line start here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from emocare import __version__
from emocare.domain.errors import InputError, StoreError
from emocare.domain.sequence import SequenceReader
from emocare.domain.summary import ModelRef
from emocare.services import memory, reference_files
from emocare.services.alerts import Alerts
from emocare.services.care import CareHistory
from emocare.services.course import Courses
from emocare.services.demo import MARK, DemoClinic
from emocare.services.engine import FaceEngine, LoadedFace, SequenceEngine
from emocare.services.evidence import Evidence
from emocare.services.live import Live
from emocare.services.patient_journal import PatientJournal
from emocare.services.people import People
from emocare.services.person_marks import PersonMarks
from emocare.services.questionnaires import Questionnaires
from emocare.services.reanalysis import Reanalyses
from emocare.services.recordings import Recordings
from emocare.services.references import References
from emocare.services.reports import Reports
from emocare.services.reviews import Reviews
from emocare.services.session_exports import SessionExports
from emocare.services.summaries import Summaries
from emocare.services.system import Check, System
from emocare.services.workplace import Workplace
from emocare.settings import PROVISIONAL, ROOT, Settings
from emocare.store import Store
from emocare.temporal.loading import load_sequence_reader
from emocare.vision import load_face_reader

DEMO_FILE = "DEMO.txt"
"""Lies beside the database of a demo clinic and says so."""
DEMO_DATABASE = (
    "{name} in {folder} is the database of the demo clinic: everybody in it is made up, so no "
    "clinic works with it. Set EMOCARE_DATA_DIR to another folder, or open a demo with: python "
    "start.py --demo"
)
REAL_DATABASE = (
    "{name} in {folder} is the database of a clinic. The demo never opens it: unset "
    "EMOCARE_DATA_DIR and start the demo with: python start.py --demo"
)
DATABASE_OPENS = "opens, can be written; not encrypted, so use disk encryption"


@dataclass(frozen=True, slots=True)
class App:
    """Everything a page or a command may do. One per process; close it at the end."""

    settings: Settings
    people: People
    recordings: Recordings
    live: Live
    questionnaires: Questionnaires
    alerts: Alerts
    reviews: Reviews
    person_marks: PersonMarks
    reports: Reports
    exports: SessionExports
    references: References
    system: System
    engine: FaceEngine
    evidence: Evidence
    care: CareHistory
    courses: Courses
    reanalyses: Reanalyses
    journal: PatientJournal
    summaries: Summaries
    demo: DemoClinic
    _store: Store

    def close(self) -> None:
        """Ends what is running, keeping what was measured, and closes the database."""
        self.live.close()
        self.recordings.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def build_app(
    settings: Settings, load_face: Callable[[], LoadedFace] | None = None,
    load_sequence: Callable[[], SequenceReader] | None = None,
) -> App:  # fmt: skip
    """Makes the folders, opens the database and puts the services together.

    Networks are loaded at their first use, so that questionnaires and reports work without them.

    Args:
        settings: Of this installation.
        load_face: Loads the face reader in place of the shipped one; tests use it.
        load_sequence: Loads the sequence networks in place of the shipped ones. Those were trained
            on what the shipped face network reads, so beside another face reader there are none
            unless they are given.

    Raises:
        InputError: The data folder cannot be made.
        StoreError: The database is in use elsewhere, newer than this version, or that of a clinic
            where the demo is started, or the other way round.
    """
    memory.keep_pictures_apart()
    workplace = workplace_of(settings)
    make_data_dir(settings.data_dir)
    store = open_store(settings)
    engine = face_engine(settings) if load_face is None else FaceEngine(load_face)
    sequences = SequenceEngine(load_sequence)
    if load_face is None and load_sequence is None:
        sequences = sequence_engine(settings)
    summaries = Summaries(sequences)
    questionnaires = Questionnaires(store, workplace)
    reports = Reports(store, workplace, questionnaires)
    reviews, care = Reviews(store, workplace), CareHistory(store, workplace)
    return App(
        settings=settings, people=People(store, workplace),
        recordings=Recordings(store, engine, workplace, summaries),
        live=Live(store, engine, workplace, summaries),
        questionnaires=questionnaires,
        alerts=Alerts(store, workplace), reviews=reviews,
        person_marks=PersonMarks(store, workplace, summaries),
        reports=reports, exports=SessionExports(store, workplace, questionnaires, reports),
        references=References(store, workplace, questionnaires, engine),
        system=System(workplace, engine, sequences, lambda: DATABASE_OPENS), engine=engine,
        evidence=Evidence(settings.models_dir, settings.data_dir, engine),
        care=care, courses=Courses(store, workplace),
        reanalyses=Reanalyses(store, workplace, summaries),
        journal=PatientJournal(store, workplace), summaries=summaries,
        demo=DemoClinic(store, workplace, summaries, reviews, reports, care),
        _store=store,
    )  # fmt: skip


def open_store(settings: Settings) -> Store:
    """Opens the database, which is either of a clinic or of the demo.

    The demo opens only what the file ``DEMO_FILE`` beside it says is made up, so that nothing of a
    clinic is touched, not even brought up to date. The mark inside goes wherever the database goes.

    Raises:
        StoreError: It cannot be opened, or is of the other kind.
    """
    there, beside = settings.database.exists(), settings.data_dir / DEMO_FILE
    place = {"name": settings.database.name, "folder": settings.data_dir}
    if settings.demo and there and not beside.is_file():
        raise StoreError(REAL_DATABASE.format(**place))
    store = Store.open(settings.database)
    if settings.demo and not there:
        store.mark_made_up()
        beside.write_text(f"{MARK}\n", encoding="utf-8")
    if store.is_made_up() is not settings.demo:
        store.close()
        sentence = REAL_DATABASE if settings.demo else DEMO_DATABASE
        raise StoreError(sentence.format(**place))
    return store


def face_engine(settings: Settings) -> FaceEngine:
    """The face network of this installation, not loaded yet."""

    def load() -> LoadedFace:
        reader = load_face_reader(settings.models_dir, settings.reader_threads)
        models = (ModelRef(spec.id, spec.version, spec.weights.sha256) for spec in reader.specs)
        return LoadedFace(reader, tuple(models))

    return FaceEngine(load)


def sequence_engine(settings: Settings) -> SequenceEngine:
    """The sequence networks of this installation, not loaded yet."""
    return SequenceEngine(lambda: load_sequence_reader(settings.models_dir))


def examine(settings: Settings) -> list[Check]:
    """The doctor without an application: works where the database cannot be opened."""

    def database() -> str:
        make_data_dir(settings.data_dir)
        Store.open(settings.database).close()
        return DATABASE_OPENS

    try:
        workplace, faults = workplace_of(settings), []
    except InputError as error:
        workplace = workplace_of(replace(settings, reference=PROVISIONAL))
        faults = [Check("reference", False, str(error), "Do what the message says.")]
    checks = System(
        workplace, face_engine(settings), sequence_engine(settings), database
    ).doctor()
    return [c for c in checks if not faults or c.name != "reference"] + faults


def workplace_of(settings: Settings) -> Workplace:
    """What the services may know of the settings."""
    return Workplace(
        clinic=settings.clinic, clinician=settings.clinician, clinic_phone=settings.clinic_phone,
        country=settings.country, data_dir=settings.data_dir, clips_dir=settings.clips_dir,
        samples_dir=settings.samples_dir, reading_hz=settings.reading_hz,
        max_video_s=settings.max_video_s, max_video_bytes=settings.max_video_bytes,
        allow_face_headline=settings.allow_face_headline, app_version=__version__,
        git_commit=commit_of(ROOT), packs=settings.packs, norms=settings.norms,
        same_day_review=settings.same_day_review,
        facial_module_enabled=settings.facial_module_enabled, demo=settings.demo,
        references=reference_files.in_use(settings.data_dir, settings.reference),
    )  # fmt: skip


def make_data_dir(folder: Path) -> None:
    """Makes the data folder, readable by its owner only.

    Raises:
        InputError: It cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The data folder {folder} cannot be made: {error.strerror}. Set EMOCARE_DATA_DIR to "
            "a folder that you may write."
        ) from error


def commit_of(folder: Path) -> str | None:
    """The commit a working copy stands on, read from its files; None for any other folder."""
    head = folder / ".git" / "HEAD"
    if not head.is_file():
        return None
    text = head.read_text(encoding="ascii").strip()
    if not text.startswith("ref: "):
        return text
    name = text.removeprefix("ref: ")
    if (ref := folder / ".git" / name).is_file():
        return ref.read_text(encoding="ascii").strip()
    packed = folder / ".git" / "packed-refs"
    lines = packed.read_text(encoding="ascii").splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)
