"""Care and re-analyses in the store: rows are only added, the newest counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from emocare.analysis import AnalysisConfig, summarise
from emocare.domain.care import CareEntry, CareId, CareKind, Goal, LifeEvent, Medication
from emocare.domain.errors import InputError, NotFound, StoreError
from emocare.domain.records import PatientId, SessionId, SessionState
from emocare.domain.summary import GateDecision, ModelRef, SourceInfo, Summary
from emocare.store import Store
from emocare.store.care import Reanalysis
from emocare.store.migrate import FOLDER
from tests.store.made_up import KOLKATA, NOW, clinic, patient, readings, response, session

DAY = date(2026, 1, 8)


def entry(number: int = 1, version: int = 1, **changes: object) -> CareEntry:
    made = CareEntry(
        CareId(f"c{number}"), PatientId("p1"), version, Medication("sertraline", "50 mg", DAY),
        False, "Dr Osei", (NOW + timedelta(minutes=version)).astimezone(KOLKATA),
    )  # fmt: skip
    return replace(made, **changes)


def summary(config: AnalysisConfig | None = None) -> Summary:
    source = SourceInfo("a.mp4", None, 1.0, 30, 30, 0, False)
    return summarise(readings(0, 30), config or AnalysisConfig(), source,
                     [ModelRef("face", "1", "ab" * 32)])  # fmt: skip


def test_the_newest_version_counts(store: Store) -> None:
    store.save_care(entry())
    store.save_care(entry(version=2, content=Medication("sertraline", "100 mg", DAY)))
    (found,) = store.care(PatientId("p1"))
    assert (found.version, found.content.label) == (2, "sertraline 100 mg")
    assert found.saved_at == NOW + timedelta(minutes=2)
    assert [e.version for e in store.care_history(PatientId("p1"))] == [2, 1]


def test_what_is_removed_stays_in_the_history(store: Store) -> None:
    store.save_care(entry())
    store.save_care(entry(version=2, removed=True, saved_by="Dr Lang"))
    assert store.care(PatientId("p1")) == []
    newest, oldest = store.care_history(PatientId("p1"), CareId("c1"))
    assert (newest.removed, newest.saved_by) == (True, "Dr Lang")
    assert (oldest.removed, oldest.saved_by) == (False, "Dr Osei")
    with pytest.raises(InputError, match="removed in the meantime"):
        store.save_care(entry(version=3))


def test_two_people_cannot_write_the_same_version(store: Store) -> None:
    store.save_care(entry())
    store.save_care(entry(version=2))
    with pytest.raises(InputError, match="changed in the meantime"):
        store.save_care(entry(version=2))


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (entry(patient_id=PatientId("nobody")), NotFound),
        (entry(number=9, version=2), NotFound),
        (entry(version=2, content=LifeEvent("x", DAY)), StoreError),
    ],
)
def test_what_does_not_fit_is_refused(
    store: Store, made: CareEntry, error: type[Exception]
) -> None:
    store.save_care(entry())
    with pytest.raises(error):
        store.save_care(made)
    assert len(store.care_history(PatientId("p1"))) == 1


def test_several_are_stored_together_or_not_at_all(store: Store) -> None:
    with pytest.raises(NotFound):
        store.save_care(entry(1), entry(2, version=5))
    assert store.care() == []


def test_kinds_and_people_are_kept_apart(tmp_path: Path) -> None:
    with clinic(tmp_path / "a.duckdb", people=2) as store:
        store.save_care(entry(1), entry(2, content=Goal("Walk")),
                        entry(3, patient_id=PatientId("p2")))  # fmt: skip
        assert [e.id for e in store.care(PatientId("p1"), [CareKind.GOAL])] == ["c2"]
        assert [e.id for e in store.care(kinds=[CareKind.MEDICATION])] == ["c1", "c3"]
        assert [e.id for e in store.care(PatientId("p2"))] == ["c3"]


def test_a_reanalysis_stands_beside_the_session(store: Store) -> None:
    own = summary()
    store.update_session(replace(session(), summary=own))
    for minutes, config in ((1, AnalysisConfig(gap_s=0.6)), (2, AnalysisConfig(gap_s=0.7))):
        store.add_reanalysis(Reanalysis(SessionId("s1"), summary(config), "Dr Osei",
                                        NOW + timedelta(minutes=minutes)))  # fmt: skip
    made = store.reanalyses(PatientId("p1"))[SessionId("s1")]
    assert made.summary == summary(AnalysisConfig(gap_s=0.7))
    assert (made.made_by, made.made_at) == ("Dr Osei", NOW + timedelta(minutes=2))
    assert store.session(SessionId("s1")).summary == own
    assert store.reanalyses(PatientId("p2")) == {}


def test_a_reanalysis_needs_its_session(store: Store) -> None:
    with pytest.raises(NotFound):
        store.add_reanalysis(Reanalysis(SessionId("none"), summary(), "Dr Osei", NOW))


def test_sessions_with_readings_are_known(store: Store) -> None:
    store.add_session(session(2))
    assert store.sessions_with_readings(PatientId("p1")) == set()
    store.append_readings(SessionId("s2"), readings(0, 10))
    assert store.sessions_with_readings(PatientId("p1")) == {"s2"}


def test_the_gate_of_a_session_is_there_without_its_summary(store: Store) -> None:
    assert store.latest_gates() == {}
    store.update_session(replace(session(), summary=summary()))
    assert store.latest_gates() == {"p1": GateDecision.UNRELIABLE}
    assert store.latest_sessions(summaries=False, measured=True)[PatientId("p1")].summary is None
    store.add_session(session(2, state=SessionState.FAILED, hours=1))
    assert store.latest_gates() == {}
    assert store.latest_sessions(measured=True)[PatientId("p1")].id == "s1"


def test_an_older_file_gets_the_gate_of_its_summaries(tmp_path: Path) -> None:
    before = tmp_path / "steps"
    before.mkdir()
    for path in sorted(FOLDER.glob("*.sql")):
        if path.name < "0005":
            (before / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "a.duckdb"
    Store.open(path, before).close()
    with duckdb.connect(str(path)) as old:
        old.execute(
            "INSERT INTO sessions (id, patient_id, started_at, protocol, source_name, state, "
            "summary) VALUES ('s1', 'p1', now(), 'free', 'a', 'ready', "
            "'{\"gate\": {\"decision\": \"limited\"}}'), "
            "('s2', 'p2', now(), 'free', 'a', 'failed', NULL)"
        )
    with Store.open(path) as store:
        assert store.latest_gates() == {"p1": GateDecision.LIMITED}


def test_made_up_rows_are_read_like_entered_ones(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.duckdb") as store:
        store.add_made_up([patient(1)], [session(1), session(2, hours=1)], [response(1)])
        assert store.patients() == [patient(1)]
        assert [s.id for s in store.sessions(limit=1)] == ["s2"]
        assert store.responses() == [response(1)]
