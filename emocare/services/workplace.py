"""The clinic and the limits of this installation, handed to the services by the wiring."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emocare.analysis import SiteReference
from emocare.domain.errors import AccessDenied
from emocare.services import acting


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the services need to know of the installation.

    Attributes:
        clinic: Name printed on reports.
        clinician: Who uses this workstation where nobody is signed in.
        clinic_phone: Printed on the crisis card; may be empty.
        country: ISO 3166 two letters.
        data_dir: Folder of the database.
        clips_dir: Private folder for staged and kept clips.
        samples_dir: The sample clips, never deleted.
        reading_hz: At most this many readings a second.
        max_video_s: Longest recording in seconds.
        max_video_bytes: Largest recording in bytes.
        allow_face_headline: Whether a face-only headline is ever given.
        app_version: Version of Emo-Care, printed on reports.
        git_commit: Commit of the installation, None when it is not known.
        references: The site's own tables in use, at most one for each protocol.
        packs: Content packs that are offered, separated by commas, or "all".
        norms: The site's own norms as the setting holds them.
        same_day_review: Whether somebody looks at answers the same day.
        facial_module_enabled: Whether faces are analysed at all.
        demo: Whether everybody here is made up.
    """

    clinic: str
    clinician: str
    clinic_phone: str
    country: str
    data_dir: Path
    clips_dir: Path
    samples_dir: Path
    reading_hz: float = 30.0
    max_video_s: float = 2 * 3600.0
    max_video_bytes: int = 4 * 1024**3
    allow_face_headline: bool = True
    app_version: str = ""
    git_commit: str | None = None
    references: tuple[SiteReference, ...] = ()
    packs: str = "all"
    norms: str = ""
    same_day_review: bool = True
    facial_module_enabled: bool = True
    demo: bool = False

    @property
    def signer(self) -> str:
        """Who stands behind what is done now: who is signed in, otherwise ``clinician``."""
        actor = acting.current()
        return self.clinician if actor is None else actor.full_name

    def require_faces(self) -> None:
        """Raises AccessDenied where faces are not analysed."""
        if not self.facial_module_enabled:
            raise AccessDenied(
                "Faces are not analysed here: the setting facial_module_enabled is off. Use the "
                "questionnaires, or switch the setting on where the law allows it."
            )


def now() -> datetime:
    """The time of day with its zone, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A new identifier that says nothing about a person: 32 hexadecimal characters."""
    return uuid.uuid4().hex


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
