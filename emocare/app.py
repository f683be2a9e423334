"""The wiring: the only place that knows every part. Pages and command line start here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from emocare import __version__
from emocare.domain.accounts import Actor
from emocare.domain.data_life import DataClass
from emocare.domain.errors import InputError
from emocare.domain.sequence import SequenceReader
from emocare.domain.summary import ModelRef
from emocare.services import memory, reference_files
from emocare.services.accounts import Accounts
from emocare.services.alerts import Alerts
from emocare.services.assignments import Assignments
from emocare.services.audit import Audit
from emocare.services.backups import Backups, Keep
from emocare.services.care import CareHistory
from emocare.services.confirmations import Confirmations
from emocare.services.consents import Consents
from emocare.services.course import Courses
from emocare.services.data_checks import data_checks
from emocare.services.data_life import DataLife
from emocare.services.demo import DemoClinic
from emocare.services.demo_entrance import DemoEntrance
from emocare.services.demo_folder import open_store
from emocare.services.engine import FaceEngine, LoadedFace, SequenceEngine
from emocare.services.entrance import Entrance
from emocare.services.evidence import Evidence
from emocare.services.guard import Guard, Owners
from emocare.services.live import Live
from emocare.services.lockout import Lockout
from emocare.services.own_account import OwnAccount
from emocare.services.passwords import Passwords
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
from emocare.services.sign_ins import SignIns
from emocare.services.startup import Opened, Startup, finished, opened
from emocare.services.summaries import Summaries
from emocare.services.system import Check, System
from emocare.services.vault import Vault, vault_of
from emocare.services.workplace import Workplace, commit_of, now
from emocare.settings import PROVISIONAL, ROOT, Settings
from emocare.store import Store
from emocare.temporal.loading import load_sequence_reader
from emocare.vision import load_face_reader

NOT_LOOKED = Check("start", True, "not looked at: the database cannot be opened", checked=False)
MOST_ACTORS = 64
DATABASE_OPENS = "opens, can be written; encrypted (AES-256-GCM)"


@dataclass(frozen=True, slots=True)
class App:
    """Everything a page or a command may do. One per process; close it at the end."""

    settings: Settings
    people: People
    recordings: Recordings
    live: Live
    questionnaires: Questionnaires
    consents: Consents
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
    vault: Vault
    backups: Backups
    data_life: DataLife
    accounts: Accounts
    own_account: OwnAccount
    assignments: Assignments
    audit: Audit
    entrance: Entrance
    sign_ins: SignIns
    demo: DemoClinic
    demo_entrance: DemoEntrance
    startup: Startup
    _store: Store
    _owners: Owners
    _confirmations: Confirmations
    _guarded: dict[Actor, App] = field(default_factory=dict, init=False, compare=False)

    def for_actor(self, actor: Actor) -> App:
        """The same application as this person may use it: each call is checked and logged.

        Only what ``build_app`` made can be closed. Made once for each actor, because a page asks
        for it some dozens of times; whoever gets other rights is another actor.
        """
        found = self._guarded.get(actor)
        if found is None:
            guard = Guard(actor, self.assignments, self._owners, self.audit,
                          self._confirmations)
            services = {name: guard.around(name, getattr(self, name)) for name in SERVICES}
            found = replace(self, **services)
            if len(self._guarded) >= MOST_ACTORS:
                self._guarded.clear()
            self._guarded[actor] = found
        return found

    def close(self) -> None:
        """Ends what is running, keeping what was measured, and closes the database."""
        self.backups.stop()
        self.live.close()
        self.recordings.close()
        self.audit.flush()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


SERVICES = tuple(one.name for one in fields(App)
                 if one.name != "settings" and not one.name.startswith("_"))  # fmt: skip
"""Everything in an ``App`` that does something; none of it is reached without its guard."""


def build_app(
    settings: Settings, load_face: Callable[[], LoadedFace] | None = None,
    load_sequence: Callable[[], SequenceReader] | None = None,
    hasher: Passwords | None = None,
) -> App:  # fmt: skip
    """Makes the folders, opens the database and puts the services together.

    Networks are loaded at their first use, so that questionnaires and reports work without them.

    Args:
        settings: Of this installation.
        load_face: Loads the face reader in place of the shipped one; tests use it.
        load_sequence: Loads the sequence networks in place of the shipped ones. Those were trained
            on what the shipped face network reads, so beside another face reader there are none
            unless they are given.
        hasher: Of passwords, likewise.

    Raises:
        InputError: The data folder cannot be made.
        StoreError: The database is in use elsewhere, is newer than this version, its key is
            missing, or it is that of a clinic where the demo is started, or the other way round.
    """
    memory.keep_pictures_apart()
    workplace = workplace_of(settings)
    start = _opened(settings, vault := vault_for(settings))
    store = start.store
    backups = Backups(store, workplace, settings.backups_folder, Keep.of(settings.backup_keep))
    engine = face_engine(settings) if load_face is None else FaceEngine(load_face)
    shipped = load_face is None and load_sequence is None
    summaries = Summaries(
        sequences := sequence_engine(settings) if shipped else SequenceEngine(load_sequence))
    questionnaires = Questionnaires(store, workplace)
    reports = Reports(store, workplace, questionnaires)
    data_life = DataLife(store, workplace, backups, keep_days(settings))
    not_finished = finished(data_life.finish)
    live = Live(store, engine, workplace, summaries)
    entrance = _entrance(store, settings, Passwords() if hasher is None else hasher)
    entrance["sign_ins"].when_gone = live.leave
    reviews, care = Reviews(store, workplace), CareHistory(store, workplace)
    recordings = Recordings(store, engine, workplace, summaries, live.under_way)
    startup = Startup(start, entrance["audit"], vault.keys(), settings.models_dir,
                      unfinished=not_finished)  # fmt: skip
    return App(
        settings=settings, people=People(store, workplace), recordings=recordings, live=live,
        questionnaires=questionnaires, consents=Consents(store, workplace, live, recordings),
        alerts=Alerts(store, workplace), reviews=reviews,
        person_marks=PersonMarks(store, workplace, summaries),
        reports=reports, exports=SessionExports(store, workplace, questionnaires, reports),
        references=References(store, workplace, questionnaires, engine),
        system=System(workplace, engine, sequences, lambda: DATABASE_OPENS,
                      *data_checks(vault, settings.backups_folder), startup.check),
        engine=engine, startup=startup,
        evidence=Evidence(settings.models_dir, settings.data_dir, engine),
        care=care, courses=Courses(store, workplace),
        reanalyses=Reanalyses(store, workplace, summaries),
        journal=PatientJournal(store, workplace), summaries=summaries,
        vault=vault, backups=backups, data_life=data_life,
        demo=DemoClinic(store, workplace, summaries, reviews, reports, care),
        **entrance, assignments=Assignments(store), _store=store, _owners=Owners(store),
    )  # fmt: skip


def _entrance(store: Store, settings: Settings, hasher: Passwords) -> dict[str, Any]:
    """What signing in and the log consist of."""
    audit, lockout = Audit(store, settings.data_dir), Lockout(store, now)
    sign_ins = SignIns(store, now)
    confirmations = Confirmations(store, hasher, lockout, now, must_confirm=not settings.demo)
    return {
        "audit": audit, "sign_ins": sign_ins,
        "entrance": Entrance(store, hasher, sign_ins, lockout, audit, now, confirmations),
        "accounts": Accounts(store, hasher, sign_ins, lockout),
        "own_account": OwnAccount(store, hasher, sign_ins, lockout, confirmations),
        "_confirmations": confirmations,
        "demo_entrance": DemoEntrance(store, sign_ins, audit, demo=settings.demo),
    }


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

    found: list[Check] = []

    def database() -> str:
        start = _opened(settings, vault := vault_for(settings))
        with start.store as store:
            audit = Audit(store, settings.data_dir)
            found.append(Startup(start, audit, vault.keys(), settings.models_dir,
                                 repaired=False).check())  # fmt: skip
        return DATABASE_OPENS

    try:
        workplace, faults = workplace_of(settings), []
    except InputError as error:
        workplace = workplace_of(replace(settings, reference=PROVISIONAL))
        faults = [Check("reference", False, str(error), "Do what the message says.")]
    more = data_checks(vault_for(settings), settings.backups_folder)
    checks = System(
        workplace, face_engine(settings), sequence_engine(settings), database, *more,
        lambda: found[0] if found else NOT_LOOKED,
    ).doctor()
    return [c for c in checks if not faults or c.name != "reference"] + faults


def _opened(settings: Settings, vault: Vault) -> Opened:
    if not settings.demo:
        make_data_dir(settings.data_dir)
    return opened(
        lambda: open_store(settings.database, vault, demo=settings.demo),
        settings.database, settings.backups_folder, settings.clips_dir,
    )  # fmt: skip


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


def vault_for(settings: Settings, holder: str | None = None) -> Vault:
    """The key of this installation; nothing is made or read yet.

    Args:
        settings: Of this installation.
        holder: Who keeps a key that is made; as the settings say when None.

    Raises:
        InputError: There is no such holder.
    """
    return vault_of(settings.keys_folder, settings.database, holder or settings.key_holder,
                    throw_away=settings.demo)  # fmt: skip


def keep_days(settings: Settings) -> dict[DataClass, int]:
    """How long each class of data is kept; 0 is for ever."""
    return {kind: getattr(settings, f"keep_{kind.value}_days") for kind in DataClass}


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
