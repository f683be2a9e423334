"""Files for others: readings.parquet, summary.json, and the session as CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from emocare.domain.errors import InputError
from emocare.domain.readings import BOOL_COLUMNS, COLUMNS, INT_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.records import Response, SessionRecord
from emocare.domain.summary import Estimate, Summary
from emocare.domain.summary_json import summary_to_dict

READINGS_FILE = "readings.parquet"
SUMMARY_FILE = "summary.json"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell of text that begins so, blanks before it or not, would be run by a spreadsheet."""


def readings_table(readings: Readings) -> pa.Table:
    """The table of ``readings.parquet``: ``COLUMNS`` in order, null where not measured.

    Returns:
        float64, int64, bool and string columns; with kept landmarks also ``landmarks_px``, 140
        float32 (70 x, y pairs) a row or null.
    """
    arrays: list[pa.Array] = []
    for name in COLUMNS:
        if name in TEXT_COLUMNS:
            arrays.append(pa.array(readings.text(name).tolist(), pa.string()))
        elif name in INT_COLUMNS:
            arrays.append(pa.array(np.asarray(readings.columns[name], np.int64)))
        elif name in BOOL_COLUMNS:
            arrays.append(pa.array(readings.excluded, pa.bool_()))
        else:
            arrays.append(pa.array(readings[name], pa.float64(), from_pandas=True))
    names = list(COLUMNS)
    if readings.landmarks_px is not None:
        flat = readings.landmarks_px.reshape(len(readings), -1)
        rows = [row.tolist() if np.isfinite(row).all() else None for row in flat]
        arrays.append(pa.array(rows, pa.list_(pa.float32())))
        names.append("landmarks_px")
    return pa.Table.from_arrays(arrays, names=names)


def write(folder: Path, readings: Readings, summary: Summary) -> list[Path]:
    """Writes ``readings.parquet`` and ``summary.json`` into ``folder``, which is made.

    Raises:
        InputError: The folder cannot be written. What was in it before stays as it was.
    """
    table, text = folder / READINGS_FILE, folder / SUMMARY_FILE
    parts = [path.with_name(f"{path.name}.part") for path in (table, text)]
    there = folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(readings_table(readings), parts[0])
        parts[1].write_text(summary_json(summary) + "\n", encoding="utf-8")
        for part, path in zip(parts, (table, text), strict=True):
            part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            for part in parts:
                part.unlink(missing_ok=True)
            if not there:
                folder.rmdir()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(
            f"{folder} cannot be written: {reason}. Choose another folder."
        ) from error
    return [table, text]


def summary_json(summary: Summary) -> str:
    """``summary.json`` as text; a value that could not be measured is null, never NaN."""
    return json.dumps(summary_to_dict(summary), indent=2, ensure_ascii=False, allow_nan=False)


def session_csv(record: SessionRecord, responses: list[Response]) -> str:
    """The session as a table with the columns section, name, value, low, high, note.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["section", "name", "value", "low", "high", "note"])
    rows = [*_session_rows(record), *_answer_rows(responses)]
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()


Row = tuple[str, str, object, object, object, object]


def _session_rows(record: SessionRecord) -> list[Row]:
    rows: list[Row] = [
        ("session", "id", record.id, None, None, None),
        ("session", "started_at", record.started_at.isoformat(), None, None, None),
        ("session", "state", record.state.value, None, None, record.error),
    ]
    summary = record.summary
    if summary is None:
        return rows
    gate, index = summary.gate, summary.behaviour_index
    rows.append(("session", "reference", summary.config.get("reference"), None, None, None))
    rows += [("gate", "decision", gate.decision.value, None, None,
              " ".join(reason.advice for reason in gate.reasons))]  # fmt: skip
    rows += [
        ("gate", name, getattr(gate.metrics, name), None, None, None)
        for name in ("valid_s", "face_fraction", "valid_fraction", "face_width_px", "fps",
                     "second_face_fraction")
    ]  # fmt: skip
    if index is None:
        rows.append(("behaviour_index", "value", None, None, None, summary.index_reason))
    else:
        low, high = index.ci90 or (None, None)
        rows.append(("behaviour_index", "value", index.value, low, high, index.band.value))
        rows += [("driver", d.item, d.contribution, None, None, d.reason) for d in index.drivers]
    for name, estimate in summary.dimensions.items():
        shown = estimate or Estimate(float("nan"), None, None)
        value = None if estimate is None else shown.value
        rows.append(("dimension", name, value, shown.low, shown.high,
                     summary.dimension_reasons.get(name)))  # fmt: skip
    rows += [("expression", name, mean, None, None, None)
             for name, mean in (summary.expressions_mean or {}).items()]  # fmt: skip
    rows += [("action_unit", name, None if unit is None else unit.mean, None,
              None if unit is None else unit.p90, None)
             for name, unit in summary.action_units.items()]  # fmt: skip
    return rows


def _answer_rows(responses: list[Response]) -> list[Row]:
    rows: list[Row] = []
    for response in responses:
        result = response.result
        low, high = result.possible_range
        if not result.scales:
            rows.append((response.instrument, "total", result.total, low, high,
                         result.native_band))  # fmt: skip
        rows += [(response.instrument, f"total_{scale.name}", scale.total, *scale.possible_range,
                  scale.native_band) for scale in result.scales]  # fmt: skip
        rows += [(response.instrument, f"item_{i}", answer, None, None, None)
                 for i, answer in enumerate(response.answers, start=1)]  # fmt: skip
        rows += [(response.instrument, "alert", code, None, None, None) for code in result.alerts]
    return rows


def safe_cell(value: object) -> object:
    """What a CSV cell holds: empty for None, and no text that a spreadsheet would run.

    Such text gets an apostrophe in front. Numbers, negative ones too, stay as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
