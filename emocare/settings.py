"""Settings: where things lie and what the clinic wants. Read once, never changed while running."""

from __future__ import annotations

import json
import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from emocare.domain.errors import InputError

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``streamlit_app.py``, ``models/`` and ``sample_videos/``."""

PROVISIONAL = "provisional-v0"
"""The table of typical values that is shipped."""
SETTINGS_FILE = "settings.toml"

NO_FACES: tuple[str, ...] = ("US-IL",)
"""Places whose law keeps a licensed professional from letting software detect emotions
(Illinois, 225 ILCS 155/20(b)(4)): the facial module is off there unless it is switched on."""

UNNAMED = "Clinician"
"""Who uses the workstation as long as nobody has said."""


OF_EVERY_DEMO: dict[str, object] = {"key_dir": "", "key_holder": "file", "backup_dir": "",
                                    "backup_keep": "0 0 0"}  # fmt: skip
"""Whatever the settings say, the demo has a key of its own beside its folder, thrown away with it,
and makes no back-ups."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can differ between two installations.

    Attributes:
        data_dir: Database, temporary clips, logs. Created by ``build_app``, never at import.
        models_dir: Folder with ``manifest.json``.
        samples_dir: The sample clips.
        clinic: Name printed on reports.
        clinician: Stands behind what is done on the command line, where nobody signs in.
        clinic_phone: Printed on the crisis card; empty until the clinic sets it.
        country: Chooses the crisis numbers, ISO 3166 two letters.
        reading_hz: At most this many readings a second are taken from a recording.
        reader_threads: Processor threads of the face network.
        allow_face_headline: Whether a face-only headline is ever shown (clinical 3.7).
        blind_first: Hide the facial index until the clinician has noted an impression.
        max_video_s: Longest recording in seconds.
        max_video_bytes: Largest recording in bytes.
        reference: Tables of typical values in use: the provisional one, or the site's own by
            their names, separated by commas, at most one for each protocol.
        packs: Content packs that are offered, by form: "all", a list, or separated by commas.
        norms: The site's own norms for the reliable change index, "PHQ-9 6.1 0.89; ...":
            form, standard deviation, reliability.
        same_day_review: Whether somebody looks at answers the same day. Otherwise PHQ-8 takes
            the place of PHQ-9, and everybody is shown whom to call in a crisis.
        high_alert_text: What the staff read beside an alert that needs an immediate review.
        jurisdiction: Where the clinic works, such as "US-IL"; decides on the module's default.
        facial_module_enabled: Whether faces are analysed at all. Off: questionnaires only. Off by
            default in the places of ``NO_FACES``.
        key_dir: Folder of the database's key; beside the data folder when empty.
        key_holder: Who keeps the key: "file", "keyring", "passphrase", or "auto", which takes the
            operating system's keyring where one works.
        backup_dir: Folder of the daily back-ups; in the data folder when empty.
        backup_keep: How many daily, weekly and monthly back-ups are kept; "0 0 0": none are made.
        keep_readings_days: Days after which readings of a session may be removed; 0 keeps them.
        keep_sessions_days: The same for whole sessions with their summary and review.
        keep_questionnaires_days: The same for answers.
        keep_journal_days: The same for journal entries.
        keep_reports_days: The same for reports.
        demo: Whether this is the demo clinic, whose people are all made up. A database is either
            of a clinic or of the demo, and never opened as the other.
    """

    data_dir: Path = ROOT / "data"
    models_dir: Path = ROOT / "models"
    samples_dir: Path = ROOT / "sample_videos"
    clinic: str = "Your clinic"
    clinician: str = UNNAMED
    clinic_phone: str = ""
    country: str = "US"
    reading_hz: float = 30.0
    reader_threads: int = 2
    allow_face_headline: bool = True
    blind_first: bool = False
    max_video_s: float = 2 * 3600.0
    max_video_bytes: int = 4 * 1024**3
    reference: str = PROVISIONAL
    packs: str = "all"
    norms: str = ""
    same_day_review: bool = True
    high_alert_text: str = "Do not leave the person alone until this is reviewed."
    jurisdiction: str = ""
    facial_module_enabled: bool = True
    key_dir: str = ""
    key_holder: str = "auto"
    backup_dir: str = ""
    backup_keep: str = "7 4 12"
    keep_readings_days: int = 0
    keep_sessions_days: int = 0
    keep_questionnaires_days: int = 0
    keep_journal_days: int = 0
    keep_reports_days: int = 0
    demo: bool = False

    @property
    def keys_folder(self) -> Path:
        """Where the key lies: never in the data folder, unless the setting says so."""
        beside = self.data_dir.resolve()
        return Path(self.key_dir) if self.key_dir else beside.with_name(f"{beside.name}-key")

    @property
    def backups_folder(self) -> Path:
        """Where the daily back-ups lie."""
        return Path(self.backup_dir) if self.backup_dir else self.data_dir / "backups"

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.data_dir / "emocare.duckdb"

    @property
    def clips_dir(self) -> Path:
        """Private folder for clips while they are analysed or kept with consent."""
        return self.data_dir / "clips"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Reads ``<data_dir>/settings.toml`` and then ``EMOCARE_<NAME>`` variables, which win.

    Args:
        environ: Environment to read; the process's own when None.

    Returns:
        The settings; defaults for everything not named.

    Raises:
        InputError: The file cannot be read, a name is unknown or a value has the wrong type.
    """
    env = dict(os.environ) if environ is None else environ
    values: dict[str, object] = {}
    data_dir = Path(env.get("EMOCARE_DATA_DIR", ROOT / "data"))
    file = data_dir / SETTINGS_FILE
    if file.exists():
        values |= _read(file)
    names = {f.name for f in fields(Settings)}
    unknown = sorted(set(values) - names)
    if unknown:
        raise InputError(f"{file.name}: unknown setting {unknown[0]!r}. Known: {sorted(names)}.")
    for name in names:
        raw = env.get(f"EMOCARE_{name.upper()}")
        if raw is not None:
            values[name] = raw
    values["data_dir"] = data_dir
    if _cast("demo", values.get("demo", False)):
        values |= OF_EVERY_DEMO
    if str(values.get("jurisdiction", "")).strip().upper() in NO_FACES:
        values.setdefault("facial_module_enabled", False)
    return Settings(**{n: _cast(n, v) for n, v in values.items()})  # type: ignore[arg-type]


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"The settings in {file} cannot be read: {error}. Correct the line, or put a copy of "
            "the file back; without the file Emo-Care starts with its own settings."
        ) from error


def keep_setting(data_dir: Path, name: str, value: str) -> Path:
    """Writes one text into ``settings.toml`` of the data folder; every other line stays.

    Raises:
        InputError: The file cannot be read or written, or a variable of the environment wins
            over it.
    """
    variable = f"EMOCARE_{name.upper()}"
    if variable in os.environ:
        raise InputError(f"{variable} is set and wins over {SETTINGS_FILE}. Change it there.")
    file = data_dir / SETTINGS_FILE
    line = f"{name} = {json.dumps(value)}"
    try:
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        lines = old.splitlines()
        mine = [i for i, text in enumerate(lines) if re.match(rf"\s*{name}\s*=", text)]
        if mine:
            lines[mine[0]] = line
        else:
            lines.append(line)
        new = "\n".join(lines) + "\n"
        if tomllib.loads(new) != {**tomllib.loads(old), name: value}:
            raise InputError(f"{file} is laid out in an unusual way. Write {line} into it.")
        part = file.with_name(f"{SETTINGS_FILE}.part")
        part.write_text(new, encoding="utf-8")
        part.replace(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} cannot be changed: {error}. Write {line} into it.") from error
    return file


def _cast(name: str, value: object) -> object:
    default = {f.name: f.default for f in fields(Settings)}[name]
    try:
        if isinstance(default, bool):
            if isinstance(value, bool):
                return value
            return {"1": True, "true": True, "0": False, "false": False}[str(value).lower()]
        if isinstance(default, str) and isinstance(value, list):
            return ", ".join(map(str, value))
        return type(default)(value) if not isinstance(default, Path) else Path(str(value))
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"Setting {name}: expected {type(default).__name__}, got {value!r}."
        ) from error
