"""A session as tables, in CSV and Parquet, with the dictionary that explains every column."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from emocare.analysis import AnalysisConfig, reference_sha256
from emocare.domain.live import Marker
from emocare.domain.readings import Readings
from emocare.domain.records import SessionId, SessionRecord
from emocare.domain.summary import BANDS, DIMENSIONS, Summary
from emocare.services.data_dictionary import (
    NUMBER,
    TABLES,
    TEXT,
    TIME,
    TRUTH,
    WHOLE,
    Column,
    dictionary_csv,
)
from emocare.services.export_answers import Answered, Row, item_rows, total_rows, utc
from emocare.services.exports import readings_table, safe_cell

DICTIONARY_FILE = "data_dictionary.csv"
ENCODING = "utf-8-sig"
"""With the mark that makes spreadsheets read names and symbols right; readers of data skip it."""

_TYPES: Mapping[str, pa.DataType] = {
    TEXT: pa.string(), WHOLE: pa.int64(), NUMBER: pa.float64(), TRUTH: pa.bool_(),
    TIME: pa.timestamp("us", "UTC"),
}  # fmt: skip
FAST = 3
"""Of the nine levels of packing: a session of two hours must not keep anybody waiting."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The same session gives the same bytes."""


@dataclass(frozen=True, slots=True)
class SessionTables:
    """What the tables are made of.

    Attributes:
        record: Without a summary where no face was analysed.
        answered: Forms that count for the session.
        self_report: Dimension -> value of the answers, None where not answered.
        readings: Every row, None without a recording or where faces are not analysed.
        markers: In time order.
        named: Whether markers say who set them and what was written.
    """

    record: SessionRecord
    answered: Sequence[Answered]
    self_report: Mapping[str, float | None]
    readings: Readings | None
    markers: Sequence[Marker] = ()
    named: bool = False

    def table(self, name: str) -> pa.Table:
        """One table with its columns in the order of the dictionary; null where there is none."""
        if name == "readings":
            return self._readings()
        return _table(name, list(_ROWS[name](self)))

    def _readings(self) -> pa.Table:
        readings = Readings.from_frames([]) if self.readings is None else self.readings
        kept = readings_table(readings)
        identity = pa.array([self.record.id] * kept.num_rows, pa.string())
        columns = TABLES["readings"]
        arrays = [identity if c.name == "session_id" else kept[c.name] for c in columns]
        return pa.Table.from_arrays(arrays, schema=schema(columns, [a.type for a in arrays]))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of every file: the dictionary, then each table in both forms."""
        yield DICTIONARY_FILE, dictionary_csv().encode(ENCODING)
        for name in TABLES:
            yield from _both(name, self.table(name))

    def zipped(self) -> bytes:
        """All files in one archive."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files():
                packed = name.endswith(".parquet")
                archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content,
                                 zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED,
                                 FAST)  # fmt: skip
        return out.getvalue()


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    columns = TABLES[name]
    arrays = [pa.array([row.get(c.name) for row in rows], _TYPES[c.kind]) for c in columns]
    return pa.Table.from_arrays(arrays, schema=schema(columns))


def _both(name: str, table: pa.Table) -> Iterator[tuple[str, bytes]]:
    yield f"{name}.csv", table_csv(table)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    yield f"{name}.parquet", out.getvalue()


def schema(columns: Sequence[Column], types: Sequence[pa.DataType] = ()) -> pa.Schema:
    """Types of a table, those of the dictionary unless given; each field carries its meaning."""
    return pa.schema([
        pa.field(c.name, kind,
                 metadata={"unit": c.unit, "range": c.range_text, "meaning": c.meaning})
        for c, kind in zip(columns, types or [_TYPES[c.kind] for c in columns], strict=True)
    ])  # fmt: skip


def table_csv(table: pa.Table) -> bytes:
    """A table as CSV in which no text runs as a formula.

    Readings are many, so they are written column by column. Their measures have seven digits, which
    is what the networks give; Parquet holds every bit.
    """
    out = io.BytesIO()
    if "status" in table.column_names:
        out.write(b"\xef\xbb\xbf")
        pacsv.write_csv(_safe(table.cast(_short(table.schema))), out)
        return out.getvalue()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([safe_cell(value) for value in row.values()])
    return text.getvalue().encode(ENCODING)


def _safe(table: pa.Table) -> pa.Table:
    """The table with ``safe_cell`` done to every column of text; null stays null."""
    for place, field in enumerate(table.schema):
        if field.type == pa.string():
            words = pa.concat_arrays(table[place].chunks or [pa.array([], pa.string())])
            coded = words.dictionary_encode()
            cells = pa.array([safe_cell(one) for one in coded.dictionary.to_pylist()], pa.string())
            table = table.set_column(place, field, cells.take(coded.indices))
    return table


def _short(full: pa.Schema) -> pa.Schema:
    """The schema with measures in single precision; the clock keeps its own."""
    return pa.schema([
        field.with_type(pa.float32())
        if field.type == pa.float64() and field.name != "t_s" else field
        for field in full
    ])  # fmt: skip


def _session(found: SessionTables) -> Iterator[Row]:
    record = found.record
    row: Row = {"session_id": record.id, "patient": record.patient_id,
                "started_at": utc(record.started_at), "protocol": record.protocol,
                "state": record.state.value}  # fmt: skip
    if record.summary is not None:
        row |= _measured(record.summary)
    yield row


def _measured(summary: Summary) -> Row:
    gate, index = summary.gate, summary.behaviour_index
    config = AnalysisConfig.from_dict(summary.config)
    row: Row = {
        "duration_s": summary.source.duration_s, "gate": gate.decision.value,
        "gate_reasons": " ".join(reason.advice for reason in gate.reasons) or None,
        "valid_s": gate.metrics.valid_s, "left_out_s": summary.left_out_s,
        "face_fraction": gate.metrics.face_fraction,
        "valid_fraction": gate.metrics.valid_fraction,
        "face_width_px": gate.metrics.face_width_px, "fps": gate.metrics.fps,
        "second_face_fraction": gate.metrics.second_face_fraction,
        "index_reason": summary.index_reason, "reference": config.reference,
        "reference_sha256": reference_sha256(config), "config_sha256": config.hash,
        "models": "; ".join(f"{m.id} {m.version} {m.sha256}" for m in summary.models),
    }  # fmt: skip
    if index is not None:
        low, high = index.ci90 or (None, None)
        row |= {"index": index.value, "index_low": low, "index_high": high,
                "index_band": index.band.value}  # fmt: skip
    return row | _modelled(summary)


def _modelled(summary: Summary) -> Row:
    """What the sequence networks say of severity."""
    model = summary.severity_model
    if model is None:
        return {"model_reason": summary.model_reason}
    shares = zip(BANDS, model.estimate.probabilities, strict=True)
    found = {f"model_{band}": share for band, share in shares}
    moments = "; ".join(f"{m.start_s:g}-{m.end_s:g} {m.share:.2f}" for m in model.moments)
    return {**found, "model_band": model.estimate.band.value, "model_moments": moments or None}


def answer_files(answered: Sequence[Answered]) -> Iterator[tuple[str, bytes]]:
    """Dictionary, items and totals of every form of a person, whether or not of a session."""
    yield DICTIONARY_FILE, dictionary_csv().encode(ENCODING)
    for name, rows_of in (("items", item_rows), ("totals", total_rows)):
        rows = [row for one in answered for row in rows_of(one.response.session_id, one)]
        yield from _both(name, _table(name, rows))


def _items(found: SessionTables) -> Iterator[Row]:
    for one in found.answered:
        yield from item_rows(found.record.id, one)


def _totals(found: SessionTables) -> Iterator[Row]:
    for one in found.answered:
        yield from total_rows(found.record.id, one)


def _dimensions(found: SessionTables) -> Iterator[Row]:
    for name, value in found.self_report.items():
        yield {"session_id": found.record.id, "dimension": name, "source": "self_report",
               "value": value, "reason": "Not answered." if value is None else None}  # fmt: skip
    summary = found.record.summary
    for name, estimate in ({} if summary is None else summary.dimensions).items():
        row: Row = {"session_id": found.record.id, "dimension": name, "source": "face"}
        if estimate is not None:
            row |= {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        elif summary is not None:
            row["reason"] = summary.dimension_reasons.get(name) or summary.index_reason
        yield row
    yield from () if summary is None else _model_dimensions(found.record.id, summary)


def _model_dimensions(session_id: SessionId, summary: Summary) -> Iterator[Row]:
    estimates = summary.dimensions_model
    for name in DIMENSIONS:
        row: Row = {"session_id": session_id, "dimension": name, "source": "model"}
        estimate = None if estimates is None else estimates.get(name)
        if estimate is not None:
            row |= {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        else:
            row["reason"] = summary.model_reason or "Not measured in this recording."
        yield row


def _drivers(found: SessionTables) -> Iterator[Row]:
    summary = found.record.summary
    index = None if summary is None else summary.behaviour_index
    for driver in () if index is None else index.drivers:
        yield {"session_id": found.record.id,
               **{c.name: getattr(driver, c.name) for c in TABLES["drivers"][1:]}}  # fmt: skip


def _events(found: SessionTables) -> Iterator[Row]:
    summary = found.record.summary
    for event in () if summary is None else summary.events.list:
        yield {"session_id": found.record.id, "type": event.type.value, "onset_s": event.onset_s,
               "apex_s": event.apex_s, "offset_s": event.offset_s}  # fmt: skip


def _markers(found: SessionTables) -> Iterator[Row]:
    for marker in found.markers:
        row: Row = {"session_id": found.record.id, "t_s": marker.t_s, "until_s": marker.until_s,
                    "kind": marker.kind.value}  # fmt: skip
        if found.named:
            row |= {"text": marker.text or None, "made_by": marker.made_by or None}
        yield row


_ROWS = {"session": _session, "items": _items, "totals": _totals, "dimensions": _dimensions,
         "drivers": _drivers, "events": _events, "markers": _markers}  # fmt: skip
