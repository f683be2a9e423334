"""The state of this installation: weights, database, cameras, fonts, disk, samples."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emocare.clinical import read_norms
from emocare.domain.errors import EmoCareError, ModelError
from emocare.report import fonts
from emocare.services.engine import FaceEngine, SequenceEngine
from emocare.services.forms_offered import OfferedForms
from emocare.services.questionnaires_resources import staff_notes
from emocare.services.samples import list_samples
from emocare.services.workplace import Workplace, now

NEEDED_BYTES = 2 * 1024**3
"""Free disk below which a long video may not fit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor.

    Attributes:
        name: What was looked at.
        ok: False only when a fault was found.
        detail: What was found.
        remedy: What to do, "" when nothing is needed.
        checked: False where this could not be looked at on this system; ``ok`` is then True.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    checked: bool = True


class System:
    """Checks that can be asked for at any time, from any thread."""

    def __init__(
        self, workplace: Workplace, engine: FaceEngine, sequences: SequenceEngine,
        database: Callable[[], str], *more: Callable[[], Check],
    ) -> None:  # fmt: skip
        """Args:
        database: Says in a few words how the database is; raises EmoCareError at a fault.
        more: Further checks of what belongs to the database.
        """
        self._more = more
        self._workplace = workplace
        self._engine = engine
        self._sequences = sequences
        self._database = database

    def doctor(self) -> list[Check]:
        """Every check, faults included; never raises for a fault that it can name."""
        return [
            self._weights(), self._sequence(), self._store(), *(look() for look in self._more),
            _cameras(Path("/dev"), sys.platform), _fonts(),
            _disk(self._workplace.data_dir), self._samples(), self._reference(),
            _forms(self._workplace),
        ]  # fmt: skip

    def _weights(self) -> Check:
        try:
            loaded = self._engine.get()
        except ModelError as error:
            return Check("weights", False, str(error),
                         "Install Emo-Care again, or restore the models folder.")  # fmt: skip
        names = ", ".join(f"{m.id} {m.version} ({m.sha256[:12]})" for m in loaded.models)
        return Check("weights", True, f"{names}: hash and self-test passed")

    def _sequence(self) -> Check:
        if not self._sequences.installed:
            return Check("sequence", True, "no sequence networks are installed", checked=False)
        try:
            models = self._sequences.get().models
        except ModelError as error:
            return Check("sequence", False, str(error),
                         "Install Emo-Care again, or restore the models folder.")  # fmt: skip
        names = ", ".join(f"{m.id} {m.version} ({m.sha256[:12]})" for m in models)
        return Check("sequence", True, f"{names}: hash and self-test passed")

    def _store(self) -> Check:
        try:
            return Check("database", True, self._database())
        except EmoCareError as error:
            return Check("database", False, str(error), "Do what the message says.")

    def _reference(self) -> Check:
        """Whether the tables of typical values in use hold for these networks."""
        sites = self._workplace.references
        if not sites:
            return Check("reference", True, "provisional")
        try:
            models = self._engine.get().models
        except ModelError:
            return Check("reference", True, "not checked without weights", checked=False)
        wrong = [site.id for site in sites if not site.fits(site.protocol, models)]
        if wrong:
            return Check("reference", False, f"{wrong[0]} was built with other networks or another "
                         "analysis; results are computed with the provisional one",
                         "Build a new one: python -m emocare reference build")  # fmt: skip
        names = ", ".join(f"{site.id} ({site.sessions} sessions)" for site in sites)
        return Check("reference", True, names)

    def _samples(self) -> Check:
        try:
            samples = list_samples(self._workplace.samples_dir)
        except EmoCareError as error:
            return Check("samples", False, str(error), "Install Emo-Care again.")
        if not samples:
            return Check("samples", False, "no sample clip is there", "Install Emo-Care again.")
        return Check("samples", True, f"{len(samples)} clips")


def _forms(workplace: Workplace) -> Check:
    try:
        count = len(OfferedForms(workplace).names())
        read_norms(workplace.norms)
        notes = staff_notes(workplace, now().date())
    except EmoCareError as error:
        return Check("forms", False, str(error), "Correct the setting.")
    if notes:
        return Check("forms", False, " ".join(notes), "Do what the message says.")
    return Check("forms", True, f"{count} questionnaires can be asked; crisis numbers are in date")


def _cameras(devices: Path, platform: str) -> Check:
    if not platform.startswith("linux"):
        return Check("cameras", True, f"not checked on {platform}", checked=False)
    found = sorted(path.name for path in devices.glob("video*"))
    if not found:
        return Check("cameras", True, "none found; uploads and questionnaires work without one")
    return Check("cameras", True, ", ".join(found))


def _fonts() -> Check:
    if missing := fonts.missing():
        return Check("fonts", False, f"missing: {', '.join(missing)}", "Install Emo-Care again.")
    return Check("fonts", True, f"{5 + len(fonts.SCRIPTS)} fonts of the report are there")


def _disk(data_dir: Path) -> Check:
    folder = data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1024**3:.1f} GB free"
    if free < NEEDED_BYTES:
        return Check("disk", False, f"{detail}, need {NEEDED_BYTES / 1024**3:.0f} GB",
                     "Free some space on the disk of the data folder.")  # fmt: skip
    return Check("disk", True, detail)
