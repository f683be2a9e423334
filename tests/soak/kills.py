"""Kills a process with SIGKILL at random moments of its writing, and opens what it left."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from emocare.domain.errors import EmoCareError
from tests import killed
from tests.killed import Place
from tests.soak.kill_kinds import KINDS, Kind
from tests.soak.section import Goal, Section, one_line
from tests.soak.stage import Options, say

KILLS = 200
ACKNOWLEDGED = 40
"""At most so many confirmations are waited for before a kill."""
FAULTS = (EmoCareError, AssertionError, duckdb.Error, OSError, LookupError, ValueError)
"""What a next start or the look at what it found may end with."""
MOMENT_S = 0.03
"""Then it comes within this time."""
TRIES = 8
"""A process that was done before the signal reached it is no kill; so often it is begun anew, and
the kill comes sooner each time."""
HOW = (
    "A process of its own writes into an encrypted database and says what was confirmed to it; "
    "SIGKILL comes at a random moment: up to 30 ms after one of its first forty confirmations, "
    "and for work that comes to an end by itself anywhere in the time that it takes undisturbed. "
    "Then another process does what the next start does and looks for everything that was "
    "confirmed and everything that was there before. Lost is a confirmed row that is missing or "
    "different; corrupt is a database, a back-up or a key folder that cannot be used. Besides, the "
    "work on whole files is killed once before every single touch of the disk. A killed process "
    "is not a power cut: what the system had not yet written to the disk is still there."
)


@dataclass(slots=True)
class Found:
    """What came of the kills so far.

    Attributes:
        kills: By kind.
        confirmed: Rows, by kind.
        lost: Of them.
        faults: What could not be used, one line each.
    """

    kills: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    faults: list[str] = field(default_factory=list)


def run(options: Options) -> Section:
    """The full count."""
    count = options.count or KILLS
    with tempfile.TemporaryDirectory(prefix="emocare-kills-") as name:
        found = at_random(Path(name), count, random.Random(20261125))
        points = at_every_point(Path(name) / "points")
    return section(found, points)


def at_random(root: Path, count: int, chance: random.Random,
              names: Sequence[str] = tuple(KINDS)) -> Found:  # fmt: skip
    """Kills ``count`` times, the kinds in turns."""
    found = Found()
    templates: dict[str, tuple[Place, float]] = {}
    for number in range(count):
        name = names[number % len(names)]
        if name not in templates:
            templates[name] = prepared(root / f"template {name}", KINDS[name])
        template, seconds = templates[name]
        one(root / "round", name, template, seconds, chance, found)
        if (number + 1) % 10 == 0:
            say(f"kills: {number + 1} of {count}, {sum(found.confirmed.values())} confirmed, "
                f"{found.lost} lost, {len(found.faults)} corrupt")
    return found


def prepared(root: Path, kind: Kind) -> tuple[Place, float]:
    """The folder that every round begins with, and how long the work takes undisturbed."""
    template = Place(root / "ready")
    template.root.mkdir(parents=True)
    assert killed.forked(lambda: kind.ready(template)) == 0
    if not kind.ends:
        return template, 0.0
    trial = Place(root / "trial")
    times = []
    for _ in range(2):
        shutil.copytree(template.root, trial.root)
        began = time.monotonic()
        assert killed.forked(lambda: kind.act(trial, print)) == 0
        times.append(time.monotonic() - began)
        shutil.rmtree(trial.root)
    return template, min(times)


def one(
    root: Path, name: str, template: Place, seconds: float, chance: random.Random, found: Found
) -> None:
    """One kill, and what it left."""
    kind = KINDS[name]
    for attempt in range(1, TRIES + 1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template.root, root)
        heard, was_killed = killed_at_random(kind, Place(root), seconds / attempt, chance)
        if was_killed:
            break
    else:
        raise AssertionError(f"{name}: done before every kill")
    result = examined(kind, Place(root), heard)
    found.kills[name] += 1
    found.confirmed[name] += len(heard)
    found.lost += result["lost"]
    if result["fault"]:
        found.faults.append(f"{name}: {result['fault']}")


def killed_at_random(
    kind: Kind, place: Place, seconds: float, chance: random.Random
) -> tuple[list[str], bool]:
    """Runs the work and kills it; what it confirmed, and whether it was still at work."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inlet)
        try:
            kind.act(place, lambda row: void(os.write(outlet, f"{row}\n".encode())))
        finally:
            os._exit(0)
    os.close(outlet)
    heard = b""
    with os.fdopen(inlet, "rb", buffering=0) as lines:
        if kind.ends:
            time.sleep(chance.uniform(0.0, seconds))
        else:
            for _ in range(chance.randint(0, ACKNOWLEDGED)):
                heard += lines.readline()
            time.sleep(chance.uniform(0.0, MOMENT_S))
        os.kill(child, signal.SIGKILL)
        heard += lines.readall()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return heard.decode("ascii").splitlines(), code == -signal.SIGKILL


def examined(kind: Kind, place: Place, heard: Sequence[str]) -> dict[str, object]:
    """What the next start finds, in a process of its own: {"lost": rows, "fault": ""}."""
    note = place.root / "found.json"

    def look() -> None:
        result: dict[str, object] = {"lost": 0, "fault": ""}
        try:
            result["lost"] = kind.lost(place, heard)
        except FAULTS as error:
            result["fault"] = one_line(f"{type(error).__name__}: {error}")
        note.write_text(json.dumps(result), encoding="utf-8")

    assert killed.forked(look) == 0
    return json.loads(note.read_text(encoding="utf-8"))


def at_every_point(root: Path) -> dict[str, int]:
    """Kills the work on whole files before every touch of the disk; raises where one is lost."""
    done = {}
    for name in killed.STEPS:
        say(f"kills: every touch of the disk of {name}")
        done[name] = killed.at_points(name, root / name)[1]
        shutil.rmtree(root / name)
    return done


def section(found: Found, points: dict[str, int]) -> Section:
    """What is shown of it."""
    kills, confirmed = sum(found.kills.values()), sum(found.confirmed.values())
    figures = [(name, f"{found.kills[name]} kills"
                + (f", {found.confirmed[name]} confirmed" if found.confirmed[name] else ""))
               for name in KINDS if found.kills[name]]  # fmt: skip
    figures += [("rows confirmed before the kills", f"{confirmed}"),
                ("kills before every touch of the disk",
                 ", ".join(f"{name} {count}" for name, count in points.items()))]  # fmt: skip
    return Section(
        "kills", f"{kills} processes killed with SIGKILL at random moments of writing", HOW,
        tuple(figures),
        (Goal(f"{len(found.faults)} corrupt files after {kills} kills", not found.faults),
         Goal(f"{found.lost} of {confirmed} confirmed rows lost", found.lost == 0),
         Goal(f"{sum(points.values())} kills before a touch of the disk left everything whole",
              sum(points.values()) > 0)),
        tuple(found.faults[:10]),
    )  # fmt: skip


def void(_: object) -> None:
    """For calls that return something."""
