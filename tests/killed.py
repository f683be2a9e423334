"""Kills a step at every point where it touches the disk, and checks what the next start finds.

Run as ``python -m tests.killed STEP FOLDER [MOST]``: forks a process for every point, before any
database is open, so that one import serves all of them. With MOST, of points spread evenly from the
first to the last. Prints how many there are, and how many times it was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from emocare.domain.data_life import DataClass
from emocare.domain.errors import NotFound
from emocare.domain.records import PatientId, SessionId
from emocare.services.backups import Backups, Keep
from emocare.services.data_life import DataLife
from emocare.services.restoring import restore
from emocare.services.vault import Vault
from emocare.services.workplace import Workplace
from emocare.store import Store
from emocare.store.encryption import encrypted
from emocare.store.key_folder import KeyFolder
from emocare.store.keys import DatabaseKey
from tests.store.made_up import clinic, patient, readings, response

KEY = DatabaseKey(bytes(range(32)))
NEEDLE = "Zoë Żak"
PEOPLE = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one run."""

    root: Path

    @property
    def database(self) -> Path:
        """Its database."""
        return self.root / "data" / "emocare.duckdb"

    @property
    def vault(self) -> Vault:
        """Its key."""
        return Vault(KeyFolder(self.root / "key", ring=lambda: None), self.database, "file")

    @property
    def keys(self) -> list[DatabaseKey]:
        """What opens the database; nothing where it is readable on purpose."""
        return self.vault.keys() if encrypted(self.database) else []

    @property
    def workplace(self) -> Workplace:
        """Its clinic."""
        data = self.root / "data"
        return Workplace("Clinic", "Dr A", "", "US", data, data / "clips", data / "samples")

    def backups(self, store: Store) -> Backups:
        """Its back-ups."""
        return Backups(store, self.workplace, self.root / "backups", Keep(7, 4, 12))

    def life(self, store: Store) -> DataLife:
        """Its retention and erasure: answers go after a day."""
        return DataLife(store, self.workplace, self.backups(store), {DataClass.QUESTIONNAIRES: 1})


@dataclass(frozen=True, slots=True)
class Step:
    """What is made ready, what is killed, and what must hold afterwards."""

    ready: Callable[[Place], None]
    act: Callable[[Place], None]
    check: Callable[[Place], None]


def fill(place: Place, keys: list[DatabaseKey]) -> None:
    """Three people, each with rows and a form."""
    clinic(place.database, PEOPLE).close()
    with Store.open(place.database, keys=keys) as store:
        for number in range(1, PEOPLE + 1):
            store.append_readings(SessionId(f"s{number}"), readings(0, 200))
            store.add_response(response(number, number), [])


def whole(store: Store, people: int = PEOPLE) -> None:
    """Everything of ``fill`` is there."""
    found = {one.id: one for one in store.patients()}
    for number in range(1, people + 1):
        assert found[PatientId(f"p{number}")] == patient(number)
    for number in range(1, people + 1):
        assert len(store.readings(SessionId(f"s{number}"))) == 200


def nothing_readable(folder: Path) -> None:
    """No file of a folder holds a name."""
    for path in folder.rglob("*"):
        assert not path.is_file() or NEEDLE.encode() not in path.read_bytes(), path


def converted(place: Place) -> None:
    """Opened with the key, everything is there, encrypted, and nothing else is left."""
    with Store.open(place.database, keys=[KEY]) as store:
        whole(store)
    assert encrypted(place.database)
    nothing_readable(place.root)
    assert [path.name for path in place.database.parent.iterdir()] == ["emocare.duckdb"]


def fill_with_vault(place: Place) -> None:
    """The same, under the key of a vault."""
    fill(place, place.vault.keys())


def opens(place: Place) -> None:
    """The key folder opens it, and the key can be changed again."""
    with Store.open(place.database, keys=place.vault.keys()) as store:
        whole(store)
    place.vault.rotate()
    with Store.open(place.database, keys=place.vault.keys()[:1]) as store:
        whole(store)


def back_up(place: Place) -> None:
    """Makes one."""
    with Store.open(place.database, keys=place.vault.keys()) as store:
        place.backups(store).make()


def backed_up(place: Place) -> None:
    """Whatever is listed restores, and the next one is made; no unfinished file stays."""
    with Store.open(place.database, keys=place.vault.keys()) as store:
        whole(store)
        listed = place.backups(store).all()
        place.backups(store).make(place.root / "other")
        place.backups(store).make()
    assert not list(place.root.rglob("*.part"))
    assert [path.name for path in place.database.parent.iterdir()] == ["emocare.duckdb"]
    for backup in listed:
        bring_back(place, backup.file)


def add_back_up(place: Place) -> None:
    """A database with one person more than its back-up."""
    fill_with_vault(place)
    back_up(place)
    with Store.open(place.database, keys=place.vault.keys()) as store:
        store.add_patient(patient(PEOPLE + 1))


def bring_back(place: Place, file: Path | None = None) -> None:
    """Restores the only back-up."""
    found = file or next((place.root / "backups").glob("*.emocare-backup"))
    restore(found, place.database, place.vault, lambda key: "", place.root / "backups")


def brought_back(place: Place) -> None:
    """The former database or the restored one, whole; restoring again works."""
    with Store.open(place.database, keys=place.vault.keys()) as store:
        people = store.patients()
        assert len(people) in (PEOPLE, PEOPLE + 1)
        assert people[:PEOPLE] == [patient(number) for number in range(1, PEOPLE + 1)]
    bring_back(place)
    with Store.open(place.database, keys=place.vault.keys()) as store:
        whole(store)


def fill_plain(place: Place) -> None:
    """Readable on purpose, so that its bytes can be searched."""
    fill(place, [])
    add_sought(place)


def add_sought(place: Place) -> None:
    """One person with a name of theirs, and a clip."""
    with Store.open(place.database, keys=place.keys) as store:
        store.add_patient(patient(9, name="Sought Person"))
        clip = place.workplace.clips_dir / "sought.mp4"
        clip.parent.mkdir()
        clip.write_bytes(b"Sought Person")


def erase(place: Place) -> None:
    """The person with the name."""
    with Store.open(place.database, keys=place.keys) as store:
        place.life(store).erase(PatientId("p9"))


def erased(place: Place) -> None:
    """There still, or in no byte of the file once the next start has finished."""
    with Store.open(place.database, keys=place.keys) as store:
        place.life(store).finish()
        try:
            store.patient(PatientId("p9"))
            place.life(store).erase(PatientId("p9"))
        except NotFound:
            assert len(store.erasures()) == 1
        whole(store)
        assert not store.erasures(unfinished=True)
    assert b"Sought" not in place.database.read_bytes()


def expire(place: Place) -> None:
    """Every form is older than a day."""
    with Store.open(place.database, keys=place.keys) as store:
        place.life(store).remove_expired()


def expired(place: Place) -> None:
    """Removed by the next try at the latest, and then in no byte."""
    with Store.open(place.database, keys=place.keys) as store:
        place.life(store).finish()
        place.life(store).remove_expired()
        assert store.responses() == []
        whole(store, PEOPLE)
    assert b"moderately severe" not in place.database.read_bytes()


def fill_forms(place: Place) -> None:
    """Readable on purpose, with forms."""
    fill(place, [])
    assert b"moderately severe" in place.database.read_bytes()


STEPS = {
    "convert": Step(lambda place: fill(place, []),
                    lambda place: Store.open(place.database, keys=[KEY]).close(), converted),
    "rotate": Step(fill_with_vault, lambda place: void(place.vault.rotate()), opens),
    "backup": Step(fill_with_vault, back_up, backed_up),
    "restore": Step(add_back_up, bring_back, brought_back),
    "erase": Step(fill_plain, erase, erased),
    "expire": Step(fill_forms, expire, expired),
}  # fmt: skip


def void(_: object) -> None:
    """For steps that return something."""


def forked(work: Callable[[], None]) -> int:
    """Runs it in a process of its own; 0, or minus the signal that ended it.

    Raises:
        AssertionError: It failed by itself.
    """
    number = os.fork()
    if number == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            if code:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    assert code <= 0, "the process failed by itself"
    return code


def killed_at(point: int, work: Callable[[], None]) -> Callable[[], None]:
    """The same work, ended with SIGKILL at the ``point``-th touch of the disk."""

    def run() -> None:
        left = [point]

        def touch() -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        touching(touch)
        work()

    return run


def touching(touch: Callable[[], None]) -> None:
    """Calls ``touch`` before every touch of the disk of this process, for good."""

    def touched(original: Callable[..., object]) -> Callable[..., object]:
        def call(*words: object, **named: object) -> object:
            touch()
            return original(*words, **named)

        return call

    for name in ("fsync", "link", "replace", "rename", "unlink", "chmod"):
        setattr(os, name, touched(getattr(os, name)))


def points(step: Step, template: Place, folder: Path) -> int:
    """How often the step touches the disk."""
    place = Place(folder / "count")
    shutil.copytree(template.root, place.root)
    noted = folder / "count.txt"

    def run() -> None:
        count = [0]
        touching(lambda: count.__setitem__(0, count[0] + 1))
        step.act(place)
        noted.write_text(str(count[0]), encoding="ascii")

    assert forked(run) == 0
    shutil.rmtree(place.root)
    return int(noted.read_text(encoding="ascii"))


def spread(count: int, most: int) -> Sequence[int]:
    """At most ``most`` of the points 1 to ``count``, the first and the last among them."""
    if most >= count:
        return range(1, count + 1)
    return sorted({1 + round(k * (count - 1) / (most - 1)) for k in range(most)})


def at_points(name: str, folder: Path, most: int = 10_000) -> tuple[int, int]:
    """Kills one step at its points and checks what the next start finds.

    Returns:
        How many points there are, and how many times it was killed.
    """
    step, template = STEPS[name], Place(folder / "template")
    template.root.mkdir(parents=True)
    assert forked(lambda: step.ready(template)) == 0
    count = points(step, template, folder)
    killed = 0
    for point in spread(count, most):
        place = Place(folder / str(point))
        shutil.copytree(template.root, place.root)
        code = forked(killed_at(point, lambda place=place: step.act(place)))  # type: ignore[misc]
        # Times and names of files differ from run to run, and with them a touch or two.
        assert code == -signal.SIGKILL or point >= count - 2
        killed += code == -signal.SIGKILL
        assert forked(lambda place=place: step.check(place)) == 0  # type: ignore[misc]
        shutil.rmtree(place.root)
    return count, killed


if __name__ == "__main__":
    print(*at_points(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])))
