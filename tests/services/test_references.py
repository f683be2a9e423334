"""The site's reference from stored sessions to a new result: who counts, files, the setting."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from emocare import settings as settings_module
from emocare.analysis import AnalysisConfig, SiteReference, config
from emocare.analysis.site_reference import SiteFeature, method_sha256
from emocare.app import App, build_app, examine
from emocare.domain.errors import InputError
from emocare.domain.frames import Frame
from emocare.domain.records import Patient, SessionId, SessionRecord
from emocare.domain.summary import Feature, GateDecision, ModelRef, Summary
from emocare.report.fhir import check_bundle
from emocare.services import reference_files as files
from emocare.services import reference_words, references
from emocare.services.report_trends import comparable
from emocare.services.workplace import now
from emocare.settings import PROVISIONAL, Settings, keep_setting, load_settings
from tests.services.conftest import PICTURE, consent, record, times
from tests.services.fakes import MODELS, ScriptedReader
from tests.services.test_care import answered

CALM9, CALM7 = (1, 1, 0, 1, 0, 0, 0, 0, 0), (1, 0, 1, 0, 0, 0, 0)
OTHER = (ModelRef("scripted", "0.9.0", "cd" * 32),)


@pytest.fixture
def pattern(app: App, patient: Patient) -> Summary:
    """A reliable summary; others are varied from it."""
    summary = record(app, patient).summary
    assert summary is not None and summary.gate.decision is GateDecision.RELIABLE
    return summary


def varied(summary: Summary, seed: int) -> Summary:
    """The same session of somebody else: every feature a little different."""
    random = np.random.default_rng(seed)
    features = {
        name: feature if feature.value is None
        else Feature(feature.value * float(random.uniform(0.5, 1.5)), feature.z, feature.u)
        for name, feature in summary.features.items()
    }  # fmt: skip
    return replace(summary, features=features)


def visit(
    app: App, number: int, summary: Summary | None, *, research: bool = True,
    phq9: tuple[int | None, ...] | None = CALM9, gad7: tuple[int | None, ...] | None = CALM7,
    code: str = "R", protocol: str = "free",
) -> SessionRecord:  # fmt: skip
    """A stored session of a person of its own with both forms."""
    known = {row.patient.code: row.patient for row in app.people.overview()}
    person = known.get(f"{code}-{number}") or app.people.add(f"{code}-{number}", f"Person {number}")
    template = app.recordings.sessions()[-1]
    session = replace(
        template, id=SessionId(f"s{len(app.recordings.sessions())}"), patient_id=person.id,
        started_at=now() - timedelta(minutes=5), summary=summary, protocol=protocol,
        consent=replace(consent(), research=research),
    )  # fmt: skip
    app._store.add_session(session)
    for name, answers in (("PHQ-9", phq9), ("GAD-7", gad7)):
        if answers is not None:
            answered(app, person, answers, name, session.id)  # type: ignore[arg-type]
    return session


def thirty(app: App, pattern: Summary, count: int = 30) -> None:
    for number in range(count):
        visit(app, number, varied(pattern, number))


def site(settings: Settings, name: str = "site-free-v1", protocol: str = "free",
         models: tuple[ModelRef, ...] = MODELS) -> SiteReference:  # fmt: skip
    """A table made up for this installation, in its folder."""
    made = SiteReference(
        name, protocol, models, method_sha256(AnalysisConfig(protocol=protocol)), 31, "2026-11-25",
        "Dr Test", {"f1": SiteFeature(31, 0.6, 0.1), "f2": SiteFeature(3, None, None, "few")},
    )  # fmt: skip
    files.keep(settings.data_dir, made)
    return made


# Who counts


def test_each_reason_is_counted_and_the_numbers_are_said(app: App, pattern: Summary) -> None:
    limited = replace(pattern, gate=replace(pattern.gate, decision=GateDecision.LIMITED))
    older = replace(pattern, config={**pattern.config, "smile_level": 0.4})
    visit(app, 1, pattern)
    visit(app, 1, pattern)
    visit(app, 2, pattern, research=False)
    visit(app, 3, limited)
    visit(app, 4, replace(pattern, models=OTHER))
    visit(app, 5, older)
    visit(app, 6, pattern, gad7=None)
    visit(app, 7, pattern, phq9=(1, 1, 1, 1, 1, 0, 0, 0, 0))
    visit(app, 8, pattern, gad7=(1, 1, 1, None, 0, 0, 0))
    visit(app, 9, pattern, code="SAMPLE")
    visit(app, 10, None)
    visit(app, 11, pattern, protocol="guided")
    census = app.references.census("free")
    assert len(census.usable) == 1 and not census.enough
    assert census.left_out == {
        references.MADE_UP: 1, references.NO_SUMMARY: 1, references.NO_CONSENT: 2,
        references.NOT_RELIABLE: 1, references.OTHER_ENGINE: 1, references.OTHER_METHOD: 1,
        references.UNANSWERED: 1, references.SYMPTOMS: 2, references.SAME_PERSON: 1,
    }  # fmt: skip
    assert sum(census.left_out.values()) + 1 == census.sessions == 12
    with pytest.raises(InputError, match="1 of 30 sessions that are needed can be used") as said:
        app.references.build("free")
    assert "2 without consent to this use" in str(said.value)
    assert "2 with PHQ-9 or GAD-7 above 4" in str(said.value)
    assert files.names(app.settings.data_dir) == []


def test_nothing_at_all_is_said_too(app: App) -> None:
    with pytest.raises(InputError, match=r"0 of 30 .* of 0 sessions with the protocol guided"):
        app.references.build("guided")
    with pytest.raises(InputError, match="expected one of free, guided"):
        app.references.build("chat")


# From sessions to a result


def test_twenty_nine_are_refused_and_thirty_make_a_table_that_is_used(
    app: App, pattern: Summary, settings: Settings, reader: ScriptedReader
) -> None:
    thirty(app, pattern, 29)
    with pytest.raises(InputError, match="29 of 30"):
        app.references.build("free")
    visit(app, 29, varied(pattern, 29))
    built = app.references.build("free")
    assert (built.id, built.sessions, built.models) == ("site-free-v1", 30, MODELS)
    assert files.load(settings.data_dir, built.id) == built
    own = {name for name, row in built.features.items() if row.mu is not None}
    measured = {n for n, f in pattern.features.items() if f.value not in (None, 0.0)}
    assert own and own <= measured and "f9" not in own, "AU14 is never measured"
    assert app.references.build("free").id == "site-free-v2"
    before = app.recordings.sessions()[-1]
    app.close()
    used = replace(settings, reference=built.id)
    with build_app(used, reader.loaded) as again:
        said(again, before, built)


def said(app: App, before: SessionRecord, built: SiteReference) -> None:
    """Every result of a new recording names the table, and is not compared with the old."""
    patient = app.people.get(before.patient_id)
    new = record(app, patient)
    assert new.summary is not None and new.summary.behaviour_index is not None
    assert new.summary.behaviour_index.reference == new.summary.config["reference"] == built.id
    assert not comparable(before, new)
    used = app._store.session(before.id).summary
    assert used is not None and used.config["reference"] == PROVISIONAL, "old results stay"
    (row,) = app.exports.tables(new.id).table("session").to_pylist()
    assert (row["reference"], row["reference_sha256"]) == (built.id, built.table_sha256)
    bundle = json.loads(app.exports.fhir(new.id, named=False))
    assert check_bundle(bundle) == []
    assert f"site reference {built.id}" in json.dumps(bundle)
    assert built.table_sha256 in json.dumps(bundle)
    assert f"session,reference,{built.id}" in app.reports.csv(new.id)
    assert app.recordings.recompute(before.id).config["reference"] == built.id


def test_guided_recordings_have_the_smaller_uncertainty_and_free_ones_not(
    settings: Settings, reader: ScriptedReader
) -> None:
    names = [site(settings, f"site-{p}-v1", p).id for p in ("free", "guided")]
    both = replace(settings, reference=", ".join(names))
    with build_app(both, reader.loaded) as app:
        for protocol, tau in (("free", 8.0), ("guided", 5.0)):
            person = app.people.add(protocol, "Ada Example")
            recording = app.recordings.begin(person.id, "camera", consent(), protocol=protocol)
            recording.push(Frame(0.0, PICTURE))
            summary = recording.close().summary
            assert summary is not None
            kept = AnalysisConfig.from_dict(summary.config)
            assert (kept.reference, kept.tau) == (f"site-{protocol}-v1", tau)


def test_a_table_of_other_networks_is_not_applied_and_doctor_says_so(
    settings: Settings, reader: ScriptedReader, patient: Patient, app: App
) -> None:
    app.close()
    site(settings, models=OTHER)
    used = replace(settings, reference="site-free-v1")
    with build_app(used, reader.loaded) as again:
        summary = record(again, patient, times(4)).summary
        assert summary is not None and summary.config["reference"] == PROVISIONAL
        check = next(c for c in again.system.doctor() if c.name == "reference")
    assert not check.ok
    assert "computed with the provisional one" in check.detail
    (provisional, listed) = reference_words.listed(settings.data_dir, used.reference, MODELS)
    assert not provisional["in_use"] and listed["in_use"] and not listed["applies"]
    assert "not applied" in reference_words.line(listed)


# Files and the setting


def test_a_table_is_never_overwritten_and_a_changed_one_stops_the_start(
    settings: Settings, reader: ScriptedReader
) -> None:
    made = site(settings)
    with pytest.raises(InputError, match="exists already"):
        files.keep(settings.data_dir, made)
    path = settings.data_dir / files.FOLDER / "site-free-v1.json"
    path.write_text(path.read_text("utf-8").replace("0.6", "0.7"), "utf-8")
    used = replace(settings, reference="site-free-v1")
    with pytest.raises(InputError, match=r"fingerprint.*reference use provisional-v0"):
        build_app(used, reader.loaded)
    check = next(c for c in examine(used) if c.name == "reference")
    assert not check.ok and "fingerprint" in check.detail
    fault = reference_words.listed(settings.data_dir, "", MODELS)[1]
    assert "fingerprint" in reference_words.line(fault) and not fault["applies"]


@pytest.mark.parametrize("name", ["site-free-v9", "../secret", "site-free-v01", "anything"])
def test_a_table_that_is_not_there_is_named_with_those_that_are(
    settings: Settings, name: str
) -> None:
    site(settings)
    with pytest.raises(InputError, match="Known: provisional-v0, site-free-v1"):
        files.load(settings.data_dir, name)


def test_a_renamed_file_is_refused(settings: Settings) -> None:
    site(settings)
    folder = settings.data_dir / files.FOLDER
    (folder / "site-free-v1.json").rename(folder / "site-free-v2.json")
    with pytest.raises(InputError, match="holds site-free-v1"):
        files.load(settings.data_dir, "site-free-v2")


def test_versions_sort_by_number(settings: Settings) -> None:
    for number in (10, 2):
        site(settings, f"site-free-v{number}")
    assert files.names(settings.data_dir) == ["site-free-v2", "site-free-v10"]


def test_two_tables_for_one_protocol_are_refused(settings: Settings) -> None:
    for number in (1, 2):
        site(settings, f"site-free-v{number}")
    with pytest.raises(InputError, match="two tables for one protocol"):
        files.in_use(settings.data_dir, "site-free-v1,site-free-v2")


def test_choosing_keeps_the_table_of_the_other_protocol() -> None:
    chosen = files.with_chosen(PROVISIONAL, "site-free-v1")
    assert chosen == "site-free-v1"
    chosen = files.with_chosen(chosen, "site-guided-v1")
    assert files.with_chosen(chosen, "site-free-v2") == "site-guided-v1, site-free-v2"
    assert files.with_chosen(chosen, PROVISIONAL) == PROVISIONAL


def test_the_setting_is_one_line_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# ours\nclinic = "Sjövik"\nreading_hz = 15.0\n', "utf-8")
    keep_setting(tmp_path, "reference", "site-free-v1")
    keep_setting(tmp_path, "reference", "site-free-v2")
    assert file.read_text("utf-8") == (
        '# ours\nclinic = "Sjövik"\nreading_hz = 15.0\nreference = "site-free-v2"\n'
    )
    assert load_settings({"EMOCARE_DATA_DIR": str(tmp_path)}).reference == "site-free-v2"


@pytest.mark.parametrize(
    "text", ["[table]\nx = 1\n", "clinic = 'a\n", 'clinic = """\nreference = 1"""']
)
def test_an_unusual_file_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match='Write reference = "site-free-v1" into it'):
        keep_setting(tmp_path, "reference", "site-free-v1")
    assert file.read_text("utf-8") == text


def test_a_variable_wins_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOCARE_REFERENCE", PROVISIONAL)
    with pytest.raises(InputError, match="EMOCARE_REFERENCE is set"):
        keep_setting(tmp_path, "reference", "site-free-v1")


def test_the_shipped_table_has_one_name() -> None:
    assert settings_module.PROVISIONAL == config.PROVISIONAL == Settings().reference
