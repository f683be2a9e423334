"""Readings as Arrow tables: a column is moved at once, NaN becomes NULL and back."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from emocare.domain.faces import LANDMARKS
from emocare.domain.readings import BOOL_COLUMNS, COLUMNS, INT_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.records import SessionId

SELECT = ", ".join((*COLUMNS, "landmarks_px"))
"""The columns that ``from_batches`` needs, in the order of the table."""

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
        elif name in BOOL_COLUMNS:
            columns[name] = pa.array(readings.excluded, pa.bool_())
        else:
            numbers = readings[name]
            columns[name] = pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    points = readings.landmarks_px
    if points is not None:
        offsets = np.arange(len(readings) + 1, dtype=np.int32) * _POINTS
        flat = pa.array(np.ascontiguousarray(points, dtype=np.float32).ravel())
        columns["landmarks_px"] = pa.ListArray.from_arrays(pa.array(offsets), flat)
    return pa.table(columns)


def from_batches(batches: Iterable[pa.RecordBatch]) -> Readings:
    """The readings of batches with the columns of ``SELECT``, in time order whatever theirs is.

    Batch by batch, so that a long recording is never held twice.
    """
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in COLUMNS}
    points: list[NDArray[np.float32] | None] = []
    for batch in batches:
        for name in COLUMNS:
            parts[name].append(_values(name, batch.column(name)))
        points.append(_landmarks(batch))
    if not points:
        return Readings.from_frames([])
    columns: dict[str, NDArray[np.generic]] = {}
    for name in COLUMNS:
        columns[name] = np.concatenate(parts.pop(name))
    kept = [part for part in points if part is not None]
    landmarks = np.concatenate(kept) if len(kept) == len(points) else None
    order = np.argsort(columns["t_s"].astype(np.float64), kind="stable")
    if np.all(np.diff(order) > 0):
        return Readings(columns, landmarks)
    ordered = {name: column[order] for name, column in columns.items()}
    return Readings(ordered, None if landmarks is None else landmarks[order])


def _values(name: str, column: pa.Array) -> NDArray[np.generic]:
    if name in TEXT_COLUMNS:
        # A handful of words stands in many thousand rows: one object each.
        return np.array([sys.intern(word) for word in column.to_pylist()], dtype=object)
    if name in BOOL_COLUMNS:
        return np.array(column.to_numpy(zero_copy_only=False), dtype=np.bool_)
    kind = np.int64 if name in INT_COLUMNS else np.float64
    return np.array(column.to_numpy(zero_copy_only=False), dtype=kind)


def _landmarks(batch: pa.RecordBatch) -> NDArray[np.float32] | None:
    """(T, 70, 2), or None when a row has none."""
    column = batch.column("landmarks_px")
    if column.null_count:
        return None
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return np.array(flat, dtype=np.float32).reshape(-1, LANDMARKS, 2)
