"""Erasing a person: rows, files, blocks; the certificate; holds; what is past its time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.data_life import DataClass
from emocare.domain.errors import AccessDenied, InputError, NotFound
from emocare.domain.records import Patient, PatientId, SessionState
from emocare.services.data_life import DataLife
from emocare.services.erasure_words import WORDS
from emocare.settings import Settings
from emocare.store import Store
from emocare.store.erasing import OF_ACCOUNT, OF_PATIENT, OF_SESSION
from tests.killed import PEOPLE, Place, fill_plain, whole
from tests.services.conftest import consent, finished, upload
from tests.services.fakes import ScriptedReader
from tests.store.made_up import patient as made_up_patient
from tests.store.made_up import session

SOUGHT = PatientId("p9")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    fill_plain(made)
    return made


def with_clip(place: Place, store: Store) -> Path:
    """The person's kept clip, and another that belongs to the samples."""
    clip = place.workplace.clips_dir / "sought.mp4"
    sample = place.root / "data" / "samples" / "smile.mp4"
    sample.parent.mkdir()
    sample.write_bytes(b"sample")
    store.add_session(replace(session(9, 9), clip_path=str(clip)))
    store.add_session(replace(session(10, 9), clip_path=str(sample)))
    return clip


def test_nothing_of_the_person_is_left(place: Place) -> None:
    with Store.open(place.database) as store:
        clip = with_clip(place, store)
        done = place.life(store).erase(SOUGHT)
        whole(store)
        assert not clip.exists() and (place.root / "data" / "samples" / "smile.mp4").exists()
        assert done.erasure.counts["clips"] == 1 and done.erasure.counts["sessions"] == 2
        assert store.erasures()[0].finished
    for path in place.root.rglob("*"):
        assert not path.is_file() or b"Sought" not in path.read_bytes(), path


def test_what_goes_is_counted_before_as_it_is_afterwards(place: Place) -> None:
    with Store.open(place.database) as store:
        with_clip(place, store)
        life = place.life(store)
        before = life.counts(SOUGHT)
        assert before["sessions"] == 2 and before["clips"] == 1
        assert life.erase(SOUGHT).erasure.counts == before
        with pytest.raises(NotFound):
            life.counts(SOUGHT)


def test_the_certificate_counts_and_names_nobody(place: Place) -> None:
    with Store.open(place.database) as store:
        done = place.life(store).erase(SOUGHT)
    text = done.certificate
    assert "MRN-0009" in text and done.erasure.patient_id in text and "Dr A" in text
    assert f"{done.erasure.erased_at:%Y-%m-%d}" in text and "Sought" not in text
    for words in WORDS.values():
        assert words in text
    assert "no earlier back-ups" in text.replace("There are ", "").replace("\n", " ")


def test_every_table_has_words_on_the_certificate() -> None:
    assert set(WORDS) == {*OF_PATIENT, *OF_SESSION, *OF_ACCOUNT, "sessions", "patients", "clips"}


def test_back_ups_that_hold_the_person_are_named(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.vault.keys()
    with Store.open(place.database, keys=place.vault.keys()) as store:
        store.add_patient(made_up_patient())
        made = place.backups(store).make()
        done = place.life(store).erase(made_up_patient().id)
    assert done.copies == (made.file,) and str(made.file) in done.certificate
    assert (place.root / "backups" / "erased.json").is_file()


def test_a_running_session_is_ended_first(place: Place) -> None:
    with Store.open(place.database) as store:
        store.add_session(session(9, 9, SessionState.ANALYSING))
        with pytest.raises(InputError, match="running"):
            place.life(store).erase(SOUGHT)
        assert store.patient(SOUGHT).id == SOUGHT


def test_a_hold_blocks_with_a_sentence(place: Place) -> None:
    with Store.open(place.database) as store:
        life = place.life(store)
        with pytest.raises(InputError, match="reason"):
            life.hold(SOUGHT, " ")
        life.hold(SOUGHT, "court order")
        assert [one.patient_id for one in life.holds()] == [SOUGHT]
        with pytest.raises(AccessDenied, match="court order"):
            life.erase(SOUGHT)
        assert life.lift(SOUGHT) == 1
        life.erase(SOUGHT)
        with pytest.raises(NotFound):
            life.erase(SOUGHT)


def test_the_next_start_finishes_what_was_interrupted(
    settings: Settings, reader: ScriptedReader
) -> None:
    with build_app(settings, reader.loaded) as app:
        person = app.people.add("P-1", "Ada Example")
        app._store.erase(person.id, "Dr A", person.created_at)
        assert app._store.erasures(unfinished=True)
    with build_app(settings, reader.loaded) as app:
        assert app._store.erasures()[0].finished


def test_what_is_past_its_time_is_listed_and_removed(place: Place) -> None:
    with Store.open(place.database) as store:
        life = place.life(store)
        (found,) = life.expired()
        assert (found.kind, found.items, found.people) == (
            DataClass.QUESTIONNAIRES, PEOPLE, PEOPLE)  # fmt: skip
        (removed,) = life.remove_expired()
        assert (removed.kind, removed.items) == (found.kind, found.items)
        assert life.remove_expired() == []
        assert store.responses() == []
        whole(store)
        keeps = DataLife(store, place.workplace, place.backups(store), dict.fromkeys(DataClass, 0))
        assert keeps.expired() == [] and keeps.remove_expired() == []
    assert b"moderately severe" not in place.database.read_bytes()


def test_the_clip_of_a_session_past_its_time_goes_with_it(place: Place) -> None:
    with Store.open(place.database) as store:
        clip = with_clip(place, store)
        kept = {DataClass.SESSIONS: 1}
        life = DataLife(store, place.workplace, place.backups(store), kept)
        assert life.remove_expired()[0].items == 3 + 2
        assert store.sessions() == [] and not clip.exists()


def test_a_negative_time_is_named(place: Place) -> None:
    with Store.open(place.database) as store, pytest.raises(InputError, match="keep_journal_days"):
        DataLife(store, place.workplace, place.backups(store), {DataClass.JOURNAL: -1})


def test_an_uploaded_clip_lies_only_in_the_private_folder(
    app: App, patient: Patient, short_clip: Path, settings: Settings
) -> None:
    """Byte for byte, anywhere below the data folder, while it waits and after its analysis."""
    content = short_clip.read_bytes()

    def where() -> set[Path]:
        return {path.parent for path in settings.data_dir.rglob("*")
                if path.is_file() and content[100:600] in path.read_bytes()}  # fmt: skip

    with short_clip.open("rb") as file:
        staged = app.recordings.stage_upload("visit.mp4", file, patient.id, consent())
    assert where() == {settings.clips_dir}
    staged.unlink()
    record = finished(app, upload(app, patient, short_clip))
    assert record.state is SessionState.READY and where() == set()
