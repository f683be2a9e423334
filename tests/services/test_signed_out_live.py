"""A live session and the sign-in of who records it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emocare.app import App, build_app
from emocare.domain.accounts import AccountId, Role
from emocare.domain.records import SessionState
from emocare.services.live_opening import SIGNED_OUT
from emocare.services.sign_ins import actor_of
from emocare.settings import Settings
from tests.services.conftest import consent
from tests.services.entrance_tools import GOOD, quick
from tests.services.fakes import Clock, ScriptedReader
from tests.services.live_tools import Camera, wait_until


@pytest.fixture
def house(tmp_path: Path) -> Iterator[App]:
    with build_app(Settings(data_dir=tmp_path), ScriptedReader().loaded, hasher=quick()) as made:
        yield made


@pytest.fixture
def token(house: App) -> str:
    token = house.entrance.make_first("anna", "Dr A. Lindqvist", GOOD, treats=True).token
    assert token is not None
    return token


def recording(house: App, token: str) -> Camera:
    """Anna records a session of ten seconds so far."""
    known = house.sign_ins.known(token)
    assert known is not None
    anna = house.for_actor(known.actor)
    clock = Clock()
    house.live._clock = clock
    patient = anna.people.add("P-1", "Marta Kowalska")
    camera = Camera(anna.live.start(patient.id, consent(), guided=False), clock)
    camera.show(0.5)
    assert house.live.recorded_by() is None, "it is only checked where the person sits"
    camera.run.begin()
    camera.show(10)
    return camera


def test_who_records_is_known_and_only_while_it_runs(house: App, token: str) -> None:
    camera = recording(house, token)
    assert house.live.recorded_by() == house.accounts.by_login("anna").id
    camera.run.pause()
    assert house.live.recorded_by() is None
    camera.run.stop()


def test_signing_out_ends_the_recording_and_keeps_what_was_measured(
    house: App, token: str
) -> None:
    camera = recording(house, token)
    house.entrance.sign_out(token)
    wait_until(lambda: camera.run.ended)
    record = house.recordings.session(camera.run.session_id)
    assert record.state is SessionState.INTERRUPTED and record.error == SIGNED_OUT
    assert len(house.recordings.readings(record.id)) > 100


def test_it_goes_on_while_the_account_is_signed_in_elsewhere(house: App, token: str) -> None:
    camera = recording(house, token)
    other = house.entrance.sign_in("anna", GOOD).token
    house.entrance.sign_out(token)
    assert house.live.current() is camera.run
    house.entrance.sign_out(other)
    wait_until(lambda: camera.run.ended)


def test_nobody_elses_sign_out_ends_it(house: App, token: str) -> None:
    camera = recording(house, token)
    house.live.leave(AccountId("somebody else"))
    assert house.live.current() is camera.run
    camera.run.stop()


def test_another_physician_does_not_reach_the_run(house: App, token: str) -> None:
    camera = recording(house, token)
    handed = house.accounts.add("bo", "Bo", [Role.PHYSICIAN])
    bo = house.for_actor(actor_of(handed.account))
    assert bo.live.current() is None and bo.live.run(camera.run.session_id) is None
    camera.run.stop()
