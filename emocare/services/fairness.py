"""A clinic's own labelled pictures, read as the app reads: the material of a fairness test.

Groups come from the clinic's list alone. Sex, age or skin colour are never read off a face.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emocare.analysis import AnalysisConfig
from emocare.domain.errors import ImageUnreadable, InputError
from emocare.domain.faces import EXPRESSIONS
from emocare.domain.groups import GroupedPicture
from emocare.domain.readings import FrameStatus
from emocare.services.engine import FaceEngine, StillReader
from emocare.services.stills import Crop, read_still

KEPT = "fairness.json"
PATH, PERSON, EXPRESSION = "path", "person", "expression"
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list.

    Attributes:
        name: The path as it stands there.
        file: The picture itself.
        groups: Column -> value; empty cells are left out.
        person: Who is on it, or None.
        expression: Label, or None.
    """

    name: str
    file: Path
    groups: Mapping[str, str]
    person: str | None
    expression: str | None


def read_list(folder: Path, groups: Path) -> list[Listed]:
    """Reads the list and checks every line before a picture is opened.

    Args:
        folder: Holds the pictures.
        groups: CSV (comma or semicolon, UTF-8) with the column ``path``, at least one column of
            groups, and if known ``expression`` and ``person``.

    Raises:
        InputError: A file or column is missing, or a line cannot be used; says which.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder. Give the folder that holds the pictures.")
    lines = _table(groups)
    columns = list(lines[0][1])
    if PATH not in columns:
        raise InputError(f"{groups.name} has no column '{PATH}'. Its columns: "
                         f"{', '.join(columns)}.")  # fmt: skip
    names = [name for name in columns if name not in (PATH, PERSON, EXPRESSION)]
    if not names:
        raise InputError(f"{groups.name} has no column of groups. Add one, for example "
                         "'age_group' or 'glasses'.")  # fmt: skip
    found: dict[Path, Listed] = {}
    for number, line in lines:
        one = _listed(folder, f"{groups.name}, line {number}", line)
        if one.file in found:
            raise InputError(f"{groups.name}, line {number}: {one.name} stands there twice.")
        found[one.file] = one
    return list(found.values())


def read_pictures(
    listed: list[Listed], engine: FaceEngine, log: Log
) -> Iterator[GroupedPicture | None]:
    """Reads each picture with the reader of the app; None, and a line, for a file that is none.

    Raises:
        ModelError: The face network cannot be used.
    """
    reader, config = engine.get().reader, AnalysisConfig()
    for one in listed:
        try:
            yield _read(one, reader, config)
        except ImageUnreadable as error:
            log(f"{one.name} is left out: {error}")
            yield None


def result(
    engine: FaceEngine, read: Sequence[GroupedPicture | None],
    compare: Callable[[Sequence[GroupedPicture]], dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The comparison together with the engine it holds for and the files that were left out.

    Raises:
        InputError: No picture could be read.
    """
    pictures = [one for one in read if one is not None]
    if not pictures:
        raise InputError("None of the listed files is a picture.")
    models = [{"id": m.id, "version": m.version, "sha256": m.sha256} for m in engine.get().models]
    return {"models": models, "left_out": len(read) - len(pictures), **compare(pictures)}


def keep(data_dir: Path, figures: Mapping[str, Any]) -> None:
    """Keeps a result in the data folder for the page Evidence; names and pictures are not in it.

    Raises:
        InputError: The folder cannot be written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False)
        part = data_dir / f"{KEPT}.part"
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(data_dir / KEPT)
    except OSError as error:
        raise InputError(f"{data_dir} cannot be written: {error.strerror}.") from error


def _read(one: Listed, reader: StillReader, config: AnalysisConfig) -> GroupedPicture:
    still = read_still(one.file, reader, Crop.NEVER, config)
    face = still.face
    found = face is not None and face.confidence >= config.min_confidence
    return GroupedPicture(
        path=one.name, groups=one.groups, person=one.person, expression=one.expression,
        found=found, readable=found and still.status is FrameStatus.OK,
        read_as=EXPRESSIONS[int(face.expressions.argmax())] if face is not None and found else None,
    )  # fmt: skip


def _table(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Number and cells by column of each line of a CSV; columns in small letters."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text. Save it as CSV (UTF-8).") from error
    head = text.split("\n", 1)[0]
    mark = ";" if head.count(";") > head.count(",") else ","
    lines = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        rows = [(lines.line_num, row) for row in lines if any(map(str.strip, row))]
    except csv.Error as error:
        raise InputError(f"{path.name}, line {lines.line_num}: {error}.") from error
    if len(rows) < 2:
        raise InputError(f"{path.name} holds no lines under its head.")
    names = [name.strip().lower() for name in rows[0][1]]
    if len(set(names)) != len(names) or "" in names:
        raise InputError(f"{path.name}: every column needs a name of its own.")
    for n, row in rows[1:]:
        if len(row) != len(names):
            raise InputError(f"{path.name}, line {n}: expected {len(names)} cells, got {len(row)}.")
    return [(n, dict(zip(names, map(str.strip, row), strict=True))) for n, row in rows[1:]]


def _listed(folder: Path, where: str, line: dict[str, str]) -> Listed:
    name = clean_path(line[PATH])
    file = (folder / name).resolve()
    if not name or not file.is_relative_to(folder.resolve()):
        raise InputError(f"{where}: {name or 'an empty path'} does not lie in {folder}.")
    if not file.is_file():
        raise InputError(f"{where}: {name} is not in {folder}.")
    label = line.get(EXPRESSION, "").lower() or None
    if label is not None and label not in EXPRESSIONS:
        raise InputError(f"{where}: '{label}' is no expression. Known: {', '.join(EXPRESSIONS)}.")
    groups = {column: value for column, value in line.items()
              if value and column not in (PATH, PERSON, EXPRESSION)}  # fmt: skip
    return Listed(name, file, groups, line.get(PERSON) or None, label)


def clean_path(name: str) -> str:
    """A path of the list without control characters, which no file name needs."""
    return "".join(ch for ch in name.replace("\\", "/") if ch.isprintable())
