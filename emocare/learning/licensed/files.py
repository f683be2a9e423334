"""Tables of a data set on disk; what is missing or wrong in one is named with the remedy."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from emocare.domain.errors import InputError

Floats = NDArray[np.float64]


def existing(folder: Path, names: Sequence[str], remedy: str) -> Path:
    """The first of the files that is there.

    Args:
        names: Paths below the folder, in order of preference.

    Raises:
        InputError: None of them is.
    """
    found = first_of(folder, names)
    if found is None:
        raise InputError(f"{folder / names[0]} is not there. {remedy}")
    return found


def first_of(folder: Path, names: Sequence[str]) -> Path | None:
    """The first of the files that is there, None when none is."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def folder_of(path: Path, title: str) -> Path:
    """The folder of a data set.

    Raises:
        InputError: It is no folder.
    """
    if not path.is_dir():
        raise InputError(f"{path} is no folder. Give the folder that holds {title}.")
    return path


def columns_of(path: Path) -> list[str]:
    """The names in the first line of a table, without the blanks around them."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table. Copy it again.") from error


def require_columns(path: Path, wanted: Iterable[str]) -> None:
    """Refuses a table that lacks a column, before anything else is read.

    Raises:
        InputError: The first column that is missing is named.
    """
    found = set(columns_of(path))
    for name in wanted:
        if name not in found:
            raise InputError(
                f"{path} has no column {name}. Copy the file again as it was published."
            )


def read_table(path: Path, wanted: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Columns of a comma-separated table, as text; blanks around names and values are dropped.

    Raises:
        InputError: A column is missing, or the file is no table.
    """
    require_columns(path, wanted)
    keep = {*wanted, *optional}
    try:
        table = pd.read_csv(
            path, dtype=str, skipinitialspace=True, keep_default_na=False, encoding="utf-8-sig",
            usecols=lambda name: name.strip() in keep,
        )  # fmt: skip
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a table. Copy it again.") from error
    table.columns = table.columns.str.strip()
    return table.fillna("").map(str.strip)


def read_numbers(path: Path, wanted: Sequence[str], optional: Sequence[str] = ()) -> dict[
    str, Floats
]:
    """Columns of numbers; what is no finite number (an empty cell, -1.#IND) is NaN.

    Returns:
        Name -> (T,) for every wanted column and the optional ones that are there.

    Raises:
        InputError: A column is missing or holds text, or the table has no rows.
    """
    require_columns(path, wanted)
    keep = {*wanted, *optional}
    try:
        table = pd.read_csv(
            path, skipinitialspace=True, encoding="utf-8-sig", low_memory=False,
            usecols=lambda name: name.strip() in keep,
        )  # fmt: skip
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a table. Copy it again.") from error
    table.columns = table.columns.str.strip()
    if table.empty:
        raise InputError(f"{path} has no rows. Copy it again.")
    found: dict[str, Floats] = {}
    for name in table.columns:
        try:
            values = table[name].to_numpy(np.float64)
        except ValueError as error:
            raise InputError(
                f"{path}: the column {name} holds text where numbers belong. Copy it again."
            ) from error
        found[name] = np.where(np.isfinite(values), values, np.nan)
    return found


def number(path: Path, row: str, column: str, value: str) -> float:
    """A number of a label file.

    Raises:
        InputError: It is none.
    """
    try:
        return float(value)
    except ValueError as error:
        raise InputError(
            f"{path}: {column} of {row} is {value!r}, expected a number. Correct the file."
        ) from error


SEXES = {"f": "female", "m": "male", "female": "female", "male": "male"}


def sex_of(path: Path, row: str, value: str, codes: dict[str, str] | None = None) -> str | None:
    """"female", "male", or None where it is not said.

    Args:
        codes: What the file writes -> which.

    Raises:
        InputError: The file writes something else.
    """
    known = {**SEXES, **(codes or {})}
    said = value.lower()
    if not said:
        return None
    if said not in known:
        raise InputError(
            f"{path}: the gender of {row} is {value!r}, expected one of {', '.join(known)}. "
            "Correct the file."
        )
    return known[said]
