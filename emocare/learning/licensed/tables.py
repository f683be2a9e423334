"""Readings made of columns, and readings kept in a Parquet file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from emocare.domain.errors import InputError
from emocare.domain.readings import (
    BOOL_COLUMNS,
    COLUMNS,
    INT_COLUMNS,
    TEXT_COLUMNS,
    FrameStatus,
    Readings,
    Segment,
)

Floats = NDArray[np.float64]


def readings_of(
    t_s: Floats, ok: NDArray[np.bool_], measured: Mapping[str, Floats]
) -> Readings:
    """Readings of one person in front of a camera.

    Args:
        t_s: (T,) media clock in seconds; a row that is not later than all before it is dropped.
        ok: (T,) whether the face was measured. Otherwise the row is NO_FACE and all NaN.
        measured: Names of number columns -> (T,); columns that are not named are NaN.
    """
    latest = np.maximum.accumulate(np.nan_to_num(t_s, nan=-np.inf))
    later = np.isfinite(t_s) & (np.diff(latest, prepend=-np.inf) > 0)
    t_s, ok = t_s[later], ok[later]
    columns: dict[str, NDArray[np.generic]] = {}
    for name in COLUMNS:
        columns[name] = np.full(len(t_s), np.nan)
    for name, values in measured.items():
        columns[name] = np.where(ok, np.asarray(values, np.float64)[later], np.nan)
    columns["t_s"] = t_s
    columns["status"] = np.where(ok, FrameStatus.OK.value, FrameStatus.NO_FACE.value).astype(object)
    columns["segment"] = np.full(len(t_s), Segment.FREE.value, dtype=object)
    columns["n_faces"] = columns["track_id"] = ok.astype(np.int64)
    columns["second_face_ratio"] = np.zeros(len(t_s))
    columns["excluded"] = np.zeros(len(t_s), bool)
    return Readings(columns)


def write_readings(path: Path, readings: Readings) -> None:
    """Keeps readings in a Parquet file; landmarks are not kept.

    Raises:
        InputError: The file cannot be written.
    """
    arrays = {}
    for name in COLUMNS:
        values = readings.columns[name]
        arrays[name] = pa.array(values.tolist(), pa.string()) if name in TEXT_COLUMNS else values
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(arrays), part, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written. Choose another folder with --out.") from error


def read_readings(path: Path) -> Readings:
    """Reads a table of readings: of ``write_readings``, or of an exported session.

    Raises:
        InputError: It is no such table, or lacks a column.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path} cannot be read as a table. Export the session again.") from error
    columns: dict[str, NDArray[np.generic]] = {}
    for name in COLUMNS:
        if name not in table.column_names:
            raise InputError(
                f"{path} has no column {name}. Export the session again with this version."
            )
        column = table[name]
        if name in TEXT_COLUMNS:
            columns[name] = np.array(column.to_pylist(), dtype=object)
        elif name in INT_COLUMNS:
            columns[name] = np.array(column.to_pylist(), dtype=np.int64)
        elif name in BOOL_COLUMNS:
            columns[name] = np.array(column.to_pylist(), dtype=np.bool_)
        else:
            columns[name] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return Readings(columns)
