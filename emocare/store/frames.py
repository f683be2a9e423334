"""Readings as Arrow tables: a column is moved at once, NaN becomes NULL and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emocare.domain.faces import LANDMARKS
from emocare.domain.readings import COLUMNS, INT_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.records import SessionId

SELECT = ", ".join((*COLUMNS, "landmarks_px"))
"""The columns that ``from_arrow`` needs, in the order of the table."""

_POINTS = 2 * LANDMARKS


def to_arrow(session_id: SessionId, readings: Readings) -> pa.Table:
    """The rows as they are stored. Landmarks keep their NaN: a row without a face has them too."""
    columns: dict[str, pa.Array] = {"session_id": pa.array([session_id] * len(readings))}
    for name in COLUMNS:
        values = readings.columns[name]
        if name in TEXT_COLUMNS:
            columns[name] = pa.array([str(value) for value in values], pa.string())
        elif name in INT_COLUMNS:
            columns[name] = pa.array(values, pa.int64())
        else:
            numbers = readings[name]
            columns[name] = pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    points = readings.landmarks_px
    if points is not None:
        offsets = np.arange(len(readings) + 1, dtype=np.int32) * _POINTS
        flat = pa.array(np.ascontiguousarray(points, dtype=np.float32).ravel())
        columns["landmarks_px"] = pa.ListArray.from_arrays(pa.array(offsets), flat)
    return pa.table(columns)


def from_arrow(table: pa.Table) -> Readings:
    """The readings of a table with the columns of ``SELECT``."""
    columns: dict[str, NDArray[np.generic]] = {}
    for name in COLUMNS:
        column = table.column(name)
        if name in TEXT_COLUMNS:
            columns[name] = np.array(column.to_pylist(), dtype=object)
        elif name in INT_COLUMNS:
            columns[name] = column.to_numpy().astype(np.int64)
        else:
            columns[name] = column.to_numpy().astype(np.float64)
    return Readings(columns, _landmarks(table))


def _landmarks(table: pa.Table) -> NDArray[np.float32] | None:
    """(T, 70, 2), or None when a row has none or there are no rows."""
    column = table.column("landmarks_px")
    if table.num_rows == 0 or column.null_count:
        return None
    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, dtype=np.float32).reshape(-1, LANDMARKS, 2)
