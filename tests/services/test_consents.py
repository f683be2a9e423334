"""Consent over time: asked before anything is touched, noted, taken back, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.clinical import consent_texts, current_text
from emocare.domain.accounts import Role
from emocare.domain.consent import ConsentKind, Use, is_minor, standing
from emocare.domain.errors import AccessDenied, EmoCareError, InputError
from emocare.domain.frames import Frame
from emocare.domain.records import Consent, Patient, SessionId, SessionState
from emocare.services import references
from emocare.services.batch import operator_consent
from emocare.services.withdrawal import THROWN_AWAY
from emocare.services.workplace import now
from emocare.settings import Settings
from tests.services.conftest import PICTURE, consent, finished, record, times, upload
from tests.services.fakes import ScriptedReader
from tests.services.live_tools import Camera, started
from tests.services.test_access import as_

ALL = tuple(Use)
YEAR = timedelta(days=365)


def everything() -> Consent:
    return replace(consent(keep_video=True), research=True, journal=True)


def ways(app: App, patient: Patient, clip: Path, given: Consent | None) -> Iterator[object]:
    """Every way in which something of a person would be recorded or copied."""
    yield lambda: app.live.start(patient.id, given, guided=False)
    yield lambda: app.recordings.begin(patient.id, "camera", given)
    yield lambda: app.recordings.submit(patient.id, clip, "a.mp4", given, delete_after=True)
    yield lambda: app.recordings.stage_upload("a.mp4", BytesIO(b"x"), patient.id, given)


def assert_refused(app: App, patient: Patient, clip: Path, given: Consent | None, why: str) -> None:
    """Each way says no with these words, and leaves nothing behind."""
    before = app.recordings.sessions(patient.id)
    for way in ways(app, patient, clip, given):
        with pytest.raises(AccessDenied, match=why):
            way()  # type: ignore[operator]
    assert app.recordings.sessions(patient.id) == before and app.live.current() is None
    folder = app.settings.clips_dir
    assert not folder.exists() or list(folder.iterdir()) == []


# Asked before anything is touched


def test_without_consent_nothing_is_touched(app: App, patient: Patient, short_clip: Path) -> None:
    assert_refused(app, patient, short_clip, None, "not agreed to the analysis")
    unkept = replace(consent(), keep_measurements=False)
    assert_refused(app, patient, short_clip, unkept, "keep the measurements")


def test_a_consent_to_an_earlier_text_is_asked_again(
    app: App, patient: Patient, short_clip: Path
) -> None:
    old = replace(consent(), version="2026-11-2")
    assert_refused(app, patient, short_clip, old, "earlier text .version 2026-11-2.")


def test_a_minor_is_refused_everywhere_and_learns_how_a_wrong_date_is_mended(
    app: App, patient: Patient, short_clip: Path
) -> None:
    birth = now().date() - 17 * YEAR
    app.people.update(patient.id, patient.code, patient.name, birth)
    assert_refused(app, patient, short_clip, consent(), "16|17 years old.*Edit person")
    assert_refused(app, patient, short_clip, operator_consent(adult=True), "18 or older")
    with pytest.raises(AccessDenied, match="18 or older"):
        app.questionnaires.draft(patient.id, None, "PHQ-9")
    with pytest.raises(AccessDenied, match="18 or older"):
        app.questionnaires.open_visit(patient.id)
    app.people.update(patient.id, patient.code, patient.name, birth - 2 * YEAR)
    assert app.questionnaires.draft(patient.id, None, "PHQ-9").position == 0
    assert app.live.start(patient.id, replace(consent(), adult=False), guided=False)


@pytest.mark.parametrize(("birth", "today", "minor"), [
    (date(2008, 11, 26), date(2026, 11, 25), True), (date(2008, 11, 25), date(2026, 11, 25), False),
    (date(2008, 2, 29), date(2026, 2, 28), True), (date(2008, 2, 29), date(2026, 3, 1), False),
    (None, date(2026, 1, 1), False),
])  # fmt: skip
def test_who_is_a_minor(birth: date | None, today: date, minor: bool) -> None:
    assert is_minor(birth, today) is minor


def test_without_a_birth_date_a_clinician_confirms_once_that_the_person_is_an_adult(
    app: App, patient: Patient, short_clip: Path
) -> None:
    unsaid = replace(consent(), adult=False)
    assert_refused(app, patient, short_clip, unsaid, "18 or older")
    assert not app.consents.adult_is_known(patient.id)
    app.live.start(patient.id, consent(), guided=False)
    assert app.consents.standing(patient.id).adult and app.consents.adult_is_known(patient.id)
    assert app.live.start(patient.id, replace(consent(), adult=False), guided=False)


def test_made_up_people_are_grown_up(app: App) -> None:
    sample = app.people.add("SAMPLE-1", "Sample")
    assert app.live.start(sample.id, replace(consent(), adult=False), guided=False)


# The list


def test_what_was_agreed_to_is_noted_once_with_who_and_when(
    app: App, patient: Patient, short_clip: Path
) -> None:
    given = everything()
    for _ in range(2):
        app.recordings.submit(patient.id, short_clip, "a.mp4", given, delete_after=True)
    (event,) = app.consents.history(patient.id)
    assert event.kind is ConsentKind.GIVEN and event.uses == frozenset(Use)
    assert (event.at, event.by, event.version) == (
        given.recorded_at, "Dr Test", current_text().version)  # fmt: skip
    assert app.consents.standing(patient.id).in_force == frozenset(Use)


def test_sessions_of_before_the_list_count_with_their_own_consent(
    app: App, patient: Patient
) -> None:
    made = record(app, patient, times(1))
    old = replace(made.consent, version="2026-11", recorded_at=now() - YEAR)  # type: ignore[type-var]
    app._store.add_session(replace(made, id=SessionId("old"), consent=old, summary=None))
    newest, oldest = app.consents.history(patient.id)
    assert (oldest.version, oldest.by, oldest.at) == ("2026-11", "", old.recorded_at)
    assert app.consents.standing(patient.id).given == newest


def test_every_version_is_kept_with_its_words() -> None:
    texts = consent_texts()
    assert {"2026-11", "2026-11-2", "2026-11-3", "operator-cli-1"} == set(texts)
    for text in texts.values():
        assert text.points and (text.live or text.upload)
        assert "emotion-recognition system" in text.notice
    present = current_text()
    assert [p.use for p in present.asked(live=True)] == [
        Use.ANALYSE, Use.MEASUREMENTS, Use.RESEARCH, Use.JOURNAL]  # fmt: skip
    assert [p.use for p in present.asked(live=False)] == list(Use)
    assert all(p.after for p in present.points) and "erase" in present.kept


# Taken back


def test_after_a_withdrawal_only_a_new_consent_records(
    app: App, patient: Patient, short_clip: Path
) -> None:
    given = everything()
    app.live.start(patient.id, given, guided=False).stop()
    done = app.consents.withdraw(patient.id, ALL, " moved away ")
    assert done.event.uses == frozenset(Use) and done.event.reason == "moved away"
    assert app.consents.standing(patient.id).refuses
    assert_refused(app, patient, short_clip, given, "withdrawn the consent on .*tick anew")
    assert_refused(app, patient, short_clip, operator_consent(adult=True), "withdrawn the consent")
    run = app.live.start(patient.id, consent(), guided=False)
    run.stop()
    assert not app.consents.standing(patient.id).refuses
    app.consents.check(patient.id, operator_consent(adult=False))
    assert [e.kind for e in app.consents.history(patient.id)] == [
        ConsentKind.GIVEN, ConsentKind.WITHDRAWN, ConsentKind.GIVEN]  # fmt: skip


def test_nothing_is_withdrawn_that_was_not_given(app: App, patient: Patient) -> None:
    with pytest.raises(InputError, match="nothing to withdraw"):
        app.consents.withdraw(patient.id, ALL)
    record(app, patient, times(1))
    with pytest.raises(InputError, match="nothing to withdraw"):
        app.consents.withdraw(patient.id, [Use.RESEARCH])
    with pytest.raises(InputError, match="reason"):
        app.consents.withdraw(patient.id, [Use.ANALYSE], "x" * 5000)
    assert app.consents.can_withdraw(patient.id) == (Use.ANALYSE, Use.MEASUREMENTS)


def recording(app: App, patient: Patient) -> Camera:
    camera = started(app, patient)
    camera.show(1.0)
    return camera


def test_a_running_session_ends_and_is_kept(app: App, patient: Patient) -> None:
    camera = recording(app, patient)
    assert app.consents.withdraw(patient.id, [Use.ANALYSE]).ended
    stored = app.recordings.session(camera.run.session_id)
    assert stored.state is SessionState.READY and stored.summary is not None
    assert len(app.recordings.readings(stored.id)) > 0
    assert camera.run.ended and "withdrew the consent" in (camera.run.view().fault or "")
    assert app.live.interrupted() == []


def test_a_running_session_is_thrown_away_when_the_measurements_are_withdrawn(
    app: App, patient: Patient
) -> None:
    camera = recording(app, patient)
    assert app.consents.withdraw(patient.id, ALL).ended
    stored = app.recordings.session(camera.run.session_id)
    assert stored.state is SessionState.CANCELLED and stored.error == THROWN_AWAY
    assert stored.summary is None and len(app.recordings.readings(stored.id)) == 0


def test_a_session_in_its_check_ends_and_somebody_elses_goes_on(
    app: App, patient: Patient
) -> None:
    other = app.people.add("P-2", "Bo Example")
    record(app, other, times(1))
    camera = started(app, patient, recording=False)
    assert not app.consents.withdraw(other.id, ALL).ended and not camera.run.ended
    assert app.consents.withdraw(patient.id, ALL).ended and camera.run.ended
    assert app.recordings.sessions(patient.id) == []


def test_a_session_opened_just_before_does_not_begin_to_record(app: App, patient: Patient) -> None:
    """As if the withdrawal had found no session yet while it was being opened."""
    camera = started(app, patient, recording=False)
    app.live._run = None
    app.consents.withdraw(patient.id, ALL)
    with pytest.raises(AccessDenied, match="withdrawn"):
        camera.run.begin()
    camera.run.stop()
    assert app.recordings.sessions(patient.id) == []


def test_a_session_that_broke_off_is_not_continued(app: App, patient: Patient) -> None:
    camera = recording(app, patient)
    camera.run.lost("The cable was pulled.")
    camera.run.stop()
    app.consents.withdraw(patient.id, [Use.ANALYSE])
    with pytest.raises(AccessDenied, match="withdrawn"):
        app.live.resume(camera.run.session_id)
    assert app.live.close_interrupted(camera.run.session_id).state is SessionState.READY


def test_videos_that_wait_or_are_read_are_ended_and_deleted(
    settings: Settings, short_clip: Path
) -> None:
    held = ScriptedReader()
    with build_app(settings, held.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        ids = [upload(app, patient, short_clip, agreed=consent(keep_video=True)) for _ in range(3)]
        app.consents.withdraw(patient.id, ALL)
        states = [finished(app, one) for one in ids]
        assert list(app.settings.clips_dir.glob("*.mp4")) == []
        assert [one.clip_path for one in states] == [None] * 3
        assert states[-1].state is SessionState.CANCELLED
        for one in states:
            if one.state is SessionState.CANCELLED:
                assert len(app.recordings.readings(one.id)) == 0 and one.summary is None


def test_kept_videos_are_deleted_at_once_and_results_stay(
    app: App, patient: Patient, short_clip: Path
) -> None:
    kept = finished(app, upload(app, patient, short_clip, agreed=consent(keep_video=True)))
    assert app.recordings.clip(kept.id) is not None
    done = app.consents.withdraw(patient.id, [Use.VIDEO])
    after = app.recordings.session(kept.id)
    assert done.clips == 1 and list(app.settings.clips_dir.glob("*.mp4")) == []
    assert after.clip_path is None and after.clip_deleted_at is not None
    assert after.summary == kept.summary and after.consent == kept.consent
    assert not app.consents.standing(patient.id).refuses


def test_what_a_killed_process_left_undone_is_done_at_the_next_start(
    settings: Settings, reader: ScriptedReader, short_clip: Path
) -> None:
    with build_app(settings, reader.loaded) as app:
        patient = app.people.add("P-1", "Ada Example")
        kept = finished(app, upload(app, patient, short_clip, agreed=consent(keep_video=True)))
        running = record(app, patient, times(1))
        app._store.update_session(replace(running, state=SessionState.ANALYSING, summary=None))
        event = app.consents._event(
            patient.id, ConsentKind.WITHDRAWN, "", frozenset(Use), "")
        app._store.add_consent_event(event)
        assert app.recordings.clip(kept.id) is not None
    with build_app(settings, reader.loaded) as app:
        assert app.recordings.clip(kept.id) is None
        assert app.recordings.session(kept.id).summary == kept.summary
        left = app.recordings.session(running.id)
        assert left.error == THROWN_AWAY and len(app.recordings.readings(left.id)) == 0


def test_a_sample_is_not_deleted(app: App, patient: Patient, short_clip: Path) -> None:
    session_id = app.recordings.submit(
        patient.id, short_clip, "sample", consent(keep_video=True), delete_after=False)
    finished(app, session_id)
    assert app.consents.withdraw(patient.id, ALL).clips == 0 and short_clip.is_file()


def test_finished_sessions_are_not_analysed_anew(app: App, patient: Patient) -> None:
    kept = record(app, patient, times(2))
    assert app.recordings.recompute(kept.id) is not None
    app.consents.withdraw(patient.id, [Use.MEASUREMENTS])
    with pytest.raises(AccessDenied, match="withdrawn"):
        app.recordings.recompute(kept.id)
    assert app.recordings.session(kept.id).summary == kept.summary


def test_research_withdrawn_counts_no_more_and_leaves_only_with_the_name(
    app: App, patient: Patient, tmp_path: Path
) -> None:
    recorded = app.recordings.begin(patient.id, "camera", everything())
    for t in times(2):
        recorded.push(Frame(t, PICTURE))
    kept = recorded.close()

    def reasons() -> dict[str, int]:
        return dict(app.references.census("free").left_out)

    assert references.NO_CONSENT not in reasons()
    assert app.exports.write_all([kept.id], tmp_path / "a", named=False)
    app.consents.withdraw(patient.id, [Use.RESEARCH])
    assert sum(reasons().values()) == 1
    with pytest.raises(AccessDenied, match="--named"):
        app.exports.write_person(patient.id, tmp_path / "b", named=False)
    assert not (tmp_path / "b").exists()
    assert app.exports.write_person(patient.id, tmp_path / "c", named=True)


def test_the_journal_is_closed_and_opened_again_by_the_patient(app: App, patient: Patient) -> None:
    app.journal.write(patient.id, "For you", shared=True)
    app.journal.write(patient.id, "For me", shared=False)
    assert app.consents.can_withdraw(patient.id) == (Use.JOURNAL,)
    app.consents.withdraw(patient.id, [Use.JOURNAL])
    assert app.journal.shared_entries(patient.id) == []
    assert app.journal.unshared_count(patient.id) == 2
    assert [e.text for e in app.journal.entries(patient.id)] == ["For me", "For you"]
    with pytest.raises(InputError, match="allow it again"):
        app.journal.write(patient.id, "More", shared=True)
    app.consents.share_journal(patient.id)
    assert [e.text for e in app.journal.shared_entries(patient.id)] == ["For you"]
    with pytest.raises(InputError, match="nothing to allow"):
        app.consents.share_journal(patient.id)


def test_agreeing_to_less_takes_nothing_back(app: App, patient: Patient) -> None:
    app.live.start(patient.id, everything(), guided=False).stop()
    app.live.start(patient.id, consent(), guided=False).stop()
    assert Use.RESEARCH in app.consents.standing(patient.id).in_force
    assert standing([]).in_force == frozenset() and standing([]).withdrawn_at is None


# Who


def test_a_patient_withdraws_their_own_and_nobody_elses(app: App, patient: Patient) -> None:
    own = as_(app, "ada", Role.PATIENT, patient=patient)
    other = app.people.add("P-2", "Bo Example")
    for one in (patient, other):
        record(app, one, times(1))
    event = own.consents.withdraw(patient.id, ALL, "my own").event
    assert (event.by, event.by_patient, event.reason) == ("Ada Example", True, "my own")
    assert event.who.startswith("account")
    for call in (own.consents.withdraw, own.consents.history, own.consents.printed):
        with pytest.raises(AccessDenied, match="in your care"):
            call(other.id, *([ALL] if call is own.consents.withdraw else []))
    noted = [(r.entry.kind, r.entry.what) for r in app.audit.rows()]
    assert ("change", "consents.withdraw") in noted and ("refused", "consents.withdraw") in noted
    assert "my own" not in repr(app.audit.rows())


# On paper


@pytest.mark.parametrize("version", ["2026-11", "2026-11-2", "operator-cli-1"])
def test_an_old_consent_prints_its_own_text(app: App, patient: Patient, version: str) -> None:
    made = record(app, patient, times(1))
    old = replace(made.consent, version=version, recorded_at=now() + YEAR)  # type: ignore[type-var]
    app._store.add_session(replace(made, id=SessionId("x"), consent=old, summary=None))
    assert app.consents.printed(patient.id).startswith(b"%PDF")


def test_the_empty_form_can_be_printed(app: App, patient: Patient) -> None:
    assert app.consents.printed(patient.id).startswith(b"%PDF")
    with pytest.raises(EmoCareError):
        app.consents.printed(patient.id.__class__("nobody"))
