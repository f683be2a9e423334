"""What was acknowledged survives a killed process; what was not is whole or absent."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emocare.domain.records import PatientId, ResponseId, SessionId, SessionState
from emocare.store import Store
from tests.store.made_up import ROOT, patient, readings, response, same
from tests.store.writer import CHUNK

ROUNDS = 8


def write_and_kill(path: Path, base: int, chance: random.Random) -> list[tuple[str, int]]:
    """Runs the writer, kills it at a random moment of its work, returns what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", str(path), str(base)], cwd=ROOT,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    heard = [process.stdout.readline() for _ in range(chance.randint(1, 14))]
    assert all(heard), "the writer ended by itself"
    time.sleep(chance.uniform(0.0, 0.02))
    process.send_signal(signal.SIGKILL)
    heard += process.stdout.read().splitlines()
    process.stdout.close()
    assert process.wait(timeout=60) == -signal.SIGKILL
    lines = [line.split() for line in heard if line.strip()]
    return [(words[0], int(words[1])) for words in lines]


def check(store: Store, acknowledged: list[tuple[str, int]]) -> None:
    """Every acknowledged row is there and equal; nothing is there in part."""
    for kind, number in acknowledged:
        if kind == "patient":
            assert store.patient(PatientId(f"p{number}")) == patient(number)
        elif kind == "session":
            assert store.session(SessionId(f"s{number}")).state is SessionState.ANALYSING
        elif kind.startswith("chunk"):
            stop = (int(kind.removeprefix("chunk")) + 1) * CHUNK
            found = store.readings(SessionId(f"s{number}"))
            assert same(found.rows(found["t_s"] < (stop - 0.5) / 30), readings(0, stop))
        elif kind == "draft":
            found_draft = store.draft(PatientId(f"p{number}"), None, "PHQ-9")
            assert found_draft == {"answers": [number]}
        else:
            assert kind == "response"
            assert store.response(ResponseId(f"r{number}")) == response(number, number)
            assert len(store.alerts(PatientId(f"p{number}"))) == 2
    for form in store.responses():
        assert len(store.alerts(form.patient_id)) == 2
    for record in store.sessions(summaries=False):
        assert len(store.readings(record.id)) % CHUNK == 0


@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_killed_processes_lose_nothing(tmp_path: Path) -> None:
    path, chance = tmp_path / "emocare.duckdb", random.Random(20261121)
    everything: list[tuple[str, int]] = []
    for number in range(ROUNDS):
        new = write_and_kill(path, 1000 * (number + 1), chance)
        everything += new
        with Store.open(path) as store:
            check(store, new)
    with Store.open(path) as store:
        check(store, everything)
    assert {kind for kind, _ in everything} == {
        "patient", "session", "chunk0", "chunk1", "draft", "response",
    }  # fmt: skip
