"""The readings of the demo clinic: of simulated people, and those kept of sample clips."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import InputError
from emocare.domain.readings import COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.summary import ModelRef, SourceInfo
from emocare.services.demo_people import MadeUpPerson, MadeUpVisit
from emocare.simulation.effects import X_SD, Cohort, Effects, load_effects
from emocare.simulation.person import Person, draw_person
from emocare.simulation.session import session_of

SIMULATED = "simulated visit"
"""``SessionRecord.source_name`` where nobody was recorded."""
SIMULATOR, SIMULATED_ENGINE = "simulated-people", "simulated"
"""Name and version of what made the readings of nobody; its SHA-256 is that of the effect sizes."""
LENGTH_S, READING_HZ = (88.0, 112.0), 20.0
"""A conversation long enough for a reliable reading, and short enough to be made at each start."""
FACE_PX = 190.0
FOLDER, META = "readings", "meta"


@dataclass(frozen=True, slots=True)
class MadeUpReadings:
    """Readings of one visit and where they came from.

    Attributes:
        models: What made them: the networks that read a clip, or the simulator.
    """

    readings: Readings
    source: SourceInfo
    models: tuple[ModelRef, ...]


def simulated(who: MadeUpPerson, visit: MadeUpVisit) -> MadeUpReadings:
    """A conversation with the simulated person, as severe as they were that day.

    The same person and the same visit always give the same readings.
    """
    effects = _conversation(load_effects(Cohort.REALISTIC))
    drawn = draw_person(np.random.default_rng(who.seed), effects)
    number = who.visits.index(visit)
    rng = np.random.default_rng([who.seed, number])
    rows = session_of(rng, _as_severe(drawn, visit.theta, who, effects), effects).readings
    t_s = rows["t_s"]
    source = SourceInfo(
        path=SIMULATED, sha256=None, duration_s=float(t_s[-1]), frames_decoded=len(rows),
        frames_read=len(rows), frames_dropped=0, variable_frame_rate=False, width_px=1280,
        height_px=720,
    )  # fmt: skip
    return MadeUpReadings(
        rows, source, (ModelRef(SIMULATOR, SIMULATED_ENGINE, effects.sha256),)
    )


def _conversation(effects: Effects) -> Effects:
    """The model with free conversation alone, before a camera that works."""
    tables = dict(effects.tables)
    tables["protocol"] = {**tables["protocol"], "free_share": 1.0, "free_s": list(LENGTH_S)}
    tables["camera"] = {**tables["camera"], "fps": [READING_HZ], "fps_share": [1.0],
                        "dark_share": 0.0}  # fmt: skip
    return replace(effects, tables=tables)


def _as_severe(drawn: Person, theta: float, who: MadeUpPerson, effects: Effects) -> Person:
    """The drawn person on a day of severity ``theta``: face and habits stay, the level moves."""
    moved = effects.load * (theta - drawn.theta) / X_SD
    return replace(drawn, theta=theta, level=drawn.level + moved, sex=who.sex[0],
                   face_width_px=FACE_PX)  # fmt: skip


def of_clip(samples_dir: Path, name: str) -> MadeUpReadings:
    """What the face network read of a sample clip when the files were made.

    Raises:
        InputError: The file is missing or damaged.
    """
    path = _file(samples_dir, name)
    try:
        with np.load(path, allow_pickle=False) as stored:
            columns = {column: _column(column, stored[column]) for column in COLUMNS}
            meta: dict[str, Any] = json.loads(str(stored[META]))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path.name} of the sample clips is missing or damaged ({error!r}). Install Emo-Care "
            "again."
        ) from error
    return MadeUpReadings(
        Readings(columns), SourceInfo(**meta["source"]),
        tuple(ModelRef(**model) for model in meta["models"]),
    )  # fmt: skip


def keep_clip(samples_dir: Path, name: str, made: MadeUpReadings) -> Path:
    """Writes what was read of a sample clip into its file; numbers are kept as float32."""
    meta = {"source": asdict(made.source), "models": [asdict(m) for m in made.models]}
    arrays: dict[str, NDArray[Any]] = {META: np.array(json.dumps(meta))}
    for column in COLUMNS:
        values = np.asarray(made.readings.columns[column])
        if column in TEXT_COLUMNS:
            values = values.astype(np.str_)
        elif column in NUMBER_COLUMNS:
            values = values.astype(np.float32)
        arrays[column] = values
    path = _file(samples_dir, name)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)
    return path


def _column(name: str, values: NDArray[Any]) -> NDArray[np.generic]:
    if name in TEXT_COLUMNS:
        return values.astype(object)
    return values.astype(np.float64) if name in NUMBER_COLUMNS else values


def _file(samples_dir: Path, name: str) -> Path:
    return samples_dir / FOLDER / f"{name}.npz"
