"""How a clinic of many people and many years feels: a made-up one, timed and measured.

Everything is made up and lies in a folder of its own. Each session has the full summary of a
recording and two questionnaires; readings are stored for one person only, because those of a
whole clinic are too much to make up, and their size is given per recording.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from emocare.analysis import AnalysisConfig, summarise
from emocare.clinical import load_instrument, score
from emocare.domain.care import Medication, Visit, VisitState
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.readings import COLUMNS, INT_COLUMNS, TEXT_COLUMNS, Readings
from emocare.domain.records import (
    Consent,
    Patient,
    PatientId,
    Response,
    ResponseId,
    SessionId,
    SessionRecord,
    SessionState,
)
from emocare.domain.summary import ModelRef, SourceInfo, Summary
from emocare.services.care import CareHistory
from emocare.services.course import Courses
from emocare.services.engine import SequenceEngine
from emocare.services.people import People
from emocare.services.reanalysis import Reanalyses
from emocare.services.summaries import Summaries
from emocare.services.workplace import Workplace, new_id
from emocare.store import Store
from emocare.store.keys import DatabaseKey

PATIENTS, SESSIONS = 2000, 20_000
VISITS = 12
"""Visits of the person whose course is opened, over a year."""
RECORDING_S, READING_HZ = 180.0, 15.0
RUNS = 7
AT_ONCE = 500
"""Sessions made up before they are written."""
FIRST = ("Ada", "Jonas", "Inês", "Marta", "Zoë", "Daniel", "Amara", "Noor", "Łucja", "Per")
LAST = ("Kowalska", "Berg", "Duarte", "Okafor", "Lang", "Nowak", "Singh", "Haddad", "Öberg", "Ruiz")
MEGABYTE = 1024.0**2
KEYS = (DatabaseKey(bytes(32)),)
"""Encrypted as in a clinic; the key is no secret, because nobody is in it."""

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the made-up clinic is."""

    patients: int = PATIENTS
    sessions: int = SESSIONS
    visits: int = VISITS


def bench_clinic(folder: Path, workplace: Workplace, size: Size, log: Log) -> dict[str, Any]:
    """Makes the clinic up, opens it again and times what the pages ask for.

    Args:
        folder: An empty folder for the database.
        workplace: Of this installation; nothing is written to its own folders.
        size: Of the clinic.
        log: Takes one line per part.

    Returns:
        Sizes of the file in megabytes, seconds of opening, and milliseconds (median and slowest)
        of each question, with that of the processor.
    """
    path = folder / "clinic.duckdb"
    log(f"making up {size.patients} people with {size.sessions} sessions")
    began = time.perf_counter()
    with Store.open(path, keys=KEYS) as store:
        _fill(store, size)
    without = _megabytes(path)
    with Store.open(path, keys=KEYS) as store:
        person = _one_year(store, workplace, size.visits)
    made_s = time.perf_counter() - began
    whole = _megabytes(path)
    began = time.perf_counter()
    with Store.open(path, keys=KEYS) as store:
        opened_s = time.perf_counter() - began
        log("timing lists, search and one person's course")
        questions = _questions(store, workplace, person)
        figures = {name: _timed(ask) for name, ask in questions.items()}
    return {
        "patients": size.patients + 1, "sessions": size.sessions + size.visits,
        "made_up_in_s": round(made_s, 1), "open_s": round(opened_s, 3),
        "file_mb_without_readings": round(without, 1),
        "readings_mb_per_10_minutes": round(
            (whole - without) / size.visits * 600.0 / RECORDING_S, 2),
        "times_ms": figures,
    }  # fmt: skip


def make_up(store: Store, workplace: Workplace, size: Size) -> PatientId:
    """Fills an empty database with a clinic; the person whose course holds a year."""
    _fill(store, size)
    return _one_year(store, workplace, size.visits)


def table(figures: dict[str, Any]) -> str:
    """The figures for a person."""
    lines = [
        f"{figures['patients']} people, {figures['sessions']} sessions, made up in "
        f"{figures['made_up_in_s']} s",
        f"file without readings     {figures['file_mb_without_readings']:>9.1f} MB",
        f"readings of ten minutes   {figures['readings_mb_per_10_minutes']:>9.2f} MB "
        f"at {READING_HZ:g} a second",
        f"opening                   {1000 * figures['open_s']:>9.0f} ms",
    ]
    for name, row in figures["times_ms"].items():
        lines.append(f"{name:25} {row['median']:>9.1f} ms  (slowest {row['slowest']:.1f}, "
                     f"processor {row['processor']:.1f})")  # fmt: skip
    return "\n".join(lines)


def _questions(
    store: Store, workplace: Workplace, person: PatientId
) -> dict[str, Callable[[], object]]:
    """What a page asks for when it is drawn."""
    people, courses = People(store, workplace), Courses(store, workplace)
    reanalyses = Reanalyses(store, workplace, Summaries(SequenceEngine(None)))

    def patients_page() -> None:
        everybody = people.overview()
        people.next_steps(4 * len(everybody), everybody)

    def search() -> None:
        everybody = people.overview()
        people.next_steps(4 * len(everybody), everybody)
        people.matching(everybody, "kow 17")

    def course() -> None:
        courses.of(person)
        reanalyses.renewable(person)

    return {
        "page of all patients": patients_page,
        "the same after a search": search,
        "newest sessions of all": lambda: store.sessions(summaries=False, limit=200),
        "list of all names": people.everybody,
        "one person's course": course,
    }


def _timed(ask: Callable[[], object]) -> dict[str, float]:
    """Milliseconds: on the clock (median and slowest), and of the processor (median), which says
    the same on a machine that is busy with something else."""
    times, processor = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        ask()
        times.append(1000.0 * (time.perf_counter() - began))
        processor.append(1000.0 * (time.process_time() - used))
    return {
        "median": round(statistics.median(times), 1), "slowest": round(max(times), 1),
        "processor": round(statistics.median(processor), 1),
    }


def _megabytes(path: Path) -> float:
    """Size of a database that is closed, so that no log of writes stands beside it."""
    return path.stat().st_size / MEGABYTE


def _fill(store: Store, size: Size) -> None:
    random = np.random.default_rng(7)
    summary = _summary(readings(RECORDING_S, 3))
    people = list(_people(size.patients))
    store.add_made_up(patients=people)
    today = datetime.now(UTC)
    for start in range(0, size.sessions, AT_ONCE):
        made = [
            _session(people[i % len(people)].id,
                     today - timedelta(days=float(random.uniform(1, 1000))), summary)
            for i in range(start, min(start + AT_ONCE, size.sessions))
        ]  # fmt: skip
        store.add_made_up(sessions=made, responses=[r for s in made for r in _answers(s, random)])


def _one_year(store: Store, workplace: Workplace, visits: int) -> PatientId:
    """A person with readings, a treatment and planned visits."""
    patient = replace(next(_people(1)), id=PatientId(new_id()), code="C-YEAR", name="Year, Ada")
    store.add_patient(patient)
    random = np.random.default_rng(11)
    today = datetime.now(UTC)
    care = CareHistory(store, workplace)
    for i in range(visits):
        at = today - timedelta(days=365.0 * (visits - 1 - i) / visits)
        rows = readings(RECORDING_S, i)
        record = _session(patient.id, at, _summary(rows))
        store.add_session(record)
        store.append_readings(record.id, rows)
        for response in _answers(record, random):
            store.add_response(response, ())
        care.add(patient.id, Visit(at.date(), state=VisitState.KEPT))
    care.add(patient.id, Medication("sertraline", "50 mg", (today - timedelta(300)).date()))
    return patient.id


def _people(count: int) -> Iterator[Patient]:
    for i in range(count):
        name = f"{LAST[i % len(LAST)]}, {FIRST[i // len(LAST) % len(FIRST)]}"
        yield Patient(PatientId(new_id()), f"C-{i:05}", name, None, None, "Dr Made Up",
                      datetime.now(UTC))  # fmt: skip


def _session(patient_id: PatientId, at: datetime, summary: Summary) -> SessionRecord:
    return SessionRecord(
        id=SessionId(new_id()), patient_id=patient_id, started_at=at, protocol="free",
        source_name="visit.mp4", state=SessionState.READY,
        consent=Consent("made-up", True, True, False, at), region=None, clip_path=None,
        clip_deleted_at=at, summary=summary, error=None,
    )  # fmt: skip


def _answers(record: SessionRecord, random: np.random.Generator) -> Iterator[Response]:
    for name in ("PHQ-9", "GAD-7"):
        form = load_instrument(name)
        answers = tuple(int(a) for a in random.integers(0, 4, len(form.items)))
        yield Response(
            id=ResponseId(new_id()), patient_id=record.patient_id, session_id=record.id,
            instrument=name, version=form.version, language=form.language, mode="self",
            answers=answers, difficulty=None, result=score(name, answers, None),
            answered_at=record.started_at,
        )  # fmt: skip


def _summary(rows: Readings) -> Summary:
    source = SourceInfo(
        path="visit.mp4", sha256="ab" * 32, duration_s=RECORDING_S, frames_decoded=len(rows),
        frames_read=len(rows), frames_dropped=0, variable_frame_rate=False, width_px=640,
        height_px=480,
    )  # fmt: skip
    return summarise(rows, AnalysisConfig(), source, [ModelRef("made-up", "1.0.0", "ab" * 32)])


def readings(seconds: float, seed: int) -> Readings:
    """A made-up person who talks: slow waves in every measure."""
    random = np.random.default_rng(seed)
    t_s = np.arange(int(seconds * READING_HZ)) / READING_HZ

    def wave(period_s: float, low: float, high: float) -> np.ndarray:
        shift = random.uniform(0, 2 * np.pi)
        middle = low + (high - low) * (0.5 + 0.5 * np.sin(2 * np.pi * t_s / period_s + shift))
        return middle + random.normal(0, 0.01 * (high - low), len(t_s))

    values = {name: wave(20, 0.0, 0.3) for name in COLUMNS}
    values |= {name: np.clip(wave(6 + i, 0.0, 0.5), 0, 1) for i, name in enumerate(ACTION_UNITS)}
    values |= {f"p_{name}": wave(9 + i, 0.05, 0.2) for i, name in enumerate(EXPRESSIONS)}
    values |= {
        "t_s": t_s, "face_x1_px": wave(20, 230, 250), "face_y1_px": wave(25, 90, 100),
        "sharpness": wave(30, 300, 500), "brightness": wave(30, 110, 130),
        "yaw_deg": wave(9, -8, 8), "pitch_deg": wave(7, -6, 4), "roll_deg": wave(11, -3, 3),
        "face_conf": wave(30, 0.95, 0.99), "left_right_luminance_ratio": wave(30, 0.8, 0.95),
        "eye_openness_left": wave(4, 0.24, 0.31), "eye_openness_right": wave(4, 0.24, 0.31),
        "clip_fraction": wave(30, 0.0, 0.02), "second_face_ratio": np.zeros(len(t_s)),
        "mouth_occluded": wave(30, 0.0, 0.05), "eyes_occluded": wave(30, 0.0, 0.05),
    }  # fmt: skip
    values |= {"face_x2_px": values["face_x1_px"] + 150, "face_y2_px": values["face_y1_px"] + 190}
    for name in TEXT_COLUMNS:
        word = "OK" if name == "status" else "free"
        values[name] = np.full(len(t_s), word, dtype=object)
    for name in INT_COLUMNS:
        values[name] = np.ones(len(t_s), np.int64)
    values["excluded"] = np.zeros(len(t_s), dtype=bool)
    return Readings(values)
