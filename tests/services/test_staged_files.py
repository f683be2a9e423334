"""A staged upload belongs to the account that staged it; a clip to whoever may open its session."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.accounts import Role
from emocare.domain.errors import AccessDenied, VideoUnreadable
from emocare.services.sign_ins import actor_of
from emocare.settings import Settings
from tests.services.conftest import consent
from tests.services.entrance_tools import GOOD, quick
from tests.services.fakes import ScriptedReader


@pytest.fixture
def house(tmp_path: Path) -> Iterator[App]:
    settings = Settings(data_dir=tmp_path / "data", samples_dir=tmp_path / "samples")
    with build_app(settings, ScriptedReader().loaded, hasher=quick()) as made:
        made.entrance.make_first("anna", "Dr A. Lindqvist", GOOD, treats=True)
        yield made


@pytest.fixture
def anna(house: App) -> App:
    return house.for_actor(actor_of(house.accounts.by_login("anna")))


@pytest.fixture
def bo(house: App) -> App:
    return house.for_actor(actor_of(house.accounts.add("bo", "Bo", [Role.PHYSICIAN]).account))


@pytest.fixture
def staged(anna: App) -> Path:
    patient = anna.people.add("P-0", "Jonas Berg")
    return anna.recordings.stage_upload(
        "visit.mp4", BytesIO(b"no video, but somebody's"), patient.id, consent())


def test_what_another_account_staged_is_not_shown_used_or_deleted(
    house: App, bo: App, staged: Path
) -> None:
    patient = bo.people.add("P-2", "Jonas Berg")
    for refused in (
        lambda: bo.recordings.preview(staged),
        lambda: bo.recordings.discard_upload(staged),
        lambda: bo.recordings.submit(patient.id, staged, "x.mp4", consent(), delete_after=True),
    ):
        with pytest.raises(AccessDenied, match="not added by you"):
            refused()
    assert staged.is_file() and house.recordings.sessions() == []
    kinds = [row.entry.what for row in house.audit.rows() if row.entry.kind == "refused"]
    assert kinds == ["recordings.preview", "recordings.discard_upload", "recordings.submit"]


def test_who_staged_it_sees_it_and_takes_it_back(anna: App, staged: Path) -> None:
    with pytest.raises(VideoUnreadable):
        anna.recordings.preview(staged)
    anna.recordings.discard_upload(staged)
    assert not staged.exists()
    anna.recordings.discard_upload(staged)


def test_no_other_file_of_this_machine_is_opened(house: App, anna: App, tmp_path: Path) -> None:
    other = tmp_path / "somebody.mp4"
    other.write_bytes(b"x")
    patient = anna.people.add("P-1", "Marta Kowalska")
    for path in (other, house.settings.database, Path("/etc/passwd")):
        with pytest.raises(AccessDenied):
            anna.recordings.preview(path)
        with pytest.raises(AccessDenied):
            anna.recordings.submit(patient.id, path, "x.mp4", consent(), delete_after=False)


def test_once_submitted_it_is_the_clip_of_its_session(
    house: App, anna: App, bo: App, staged: Path
) -> None:
    patient = anna.people.add("P-1", "Marta Kowalska")
    session_id = anna.recordings.submit(patient.id, staged, "v.mp4", consent(), delete_after=False)
    with pytest.raises(AccessDenied):
        anna.recordings.preview(staged)
    anna.recordings.discard_upload(staged)
    with pytest.raises(VideoUnreadable):
        anna.recordings.still(session_id, 0.0)
    with pytest.raises(AccessDenied, match="in your care"):
        bo.recordings.still(session_id, 0.0)
