"""What a part found, and its section in ``docs/soak.md``."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "soak.md"
HEAD = """# Long counts of the live session, of hostile input and of killed processes

Written by `python start.py soak [NAME...]`; every part replaces its own section and leaves the
others. In every part but `fuzz` and `kills` a headless Chromium, whose camera plays a sample clip
where one is needed, runs on the same machine as the server and takes its share of the processor.
Figures are of the machine that a section names, and of no other.
"""
_SECTION = re.compile(r"^## (?=[a-z]+: )", re.M)


@dataclass(frozen=True, slots=True)
class Goal:
    """What had to be reached, in words with the figure that counts, and whether it was."""

    words: str
    met: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page.

    Attributes:
        name: By which the part is called.
        title: What was done, with its count.
        how: How the figures come about: what is included and what is not.
        figures: What and value, in the order in which they are shown.
        goals: At least one.
        notes: What else was seen, one sentence each.
    """

    name: str
    title: str
    how: str
    figures: tuple[tuple[str, str], ...]
    goals: tuple[Goal, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.goals:
            raise ValueError(f"{self.name}: expected at least one goal")

    @property
    def met(self) -> bool:
        """Whether every goal was reached."""
        return all(goal.met for goal in self.goals)


@dataclass(frozen=True, slots=True)
class Measured:
    """When, at which commit and on what it was measured."""

    when: datetime
    commit: str
    machine: str


def broke_off(name: str, reason: str) -> Section:
    """The section of a part that could not be carried out."""
    return Section(
        name, "broke off", "The part ended before it had a figure.", (),
        (Goal(f"carried out; it ended with: {one_line(reason)}", False),),
    )  # fmt: skip


def one_line(reason: str) -> str:
    """The first line of a message and what it was waiting for, without a folder of this machine."""
    lines = [line.strip(" -") for line in reason.splitlines() if line.strip(" -")]
    said = lines[:1] + [line for line in lines[1:] if line.startswith("waiting for")][:1]
    return re.sub(r"(?<!\w)/[\w.\-/]{3,}", "...", " ".join(said))[:200] or "no message"


def markdown(section: Section, measured: Measured) -> str:
    """The section as it stands in the page."""
    lines = [
        f"## {section.name}: {section.title}", "",
        f"{measured.when:%Y-%m-%d %H:%M} UTC, commit {measured.commit}. {measured.machine}.", "",
        section.how, "",
    ]  # fmt: skip
    if section.figures:
        lines += ["| figure | value |", "|---|---|"]
        lines += [f"| {_cell(what)} | {_cell(value)} |" for what, value in section.figures]
        lines.append("")
    lines += [f"* {'Met' if goal.met else '**Missed**'}: {goal.words}." for goal in section.goals]
    if section.notes:
        lines += ["", *(f"* {note}" for note in section.notes)]
    return "\n".join(lines) + "\n"


def write(page: Path, section: Section, measured: Measured, order: Sequence[str]) -> None:
    """Puts the section into the page in place of its last version; makes the page if need be.

    Args:
        order: Names of all parts; sections stand in this order.
    """
    found = sections(page.read_text(encoding="utf-8")) if page.exists() else {}
    found[section.name] = markdown(section, measured)
    known = [name for name in order if name in found]
    others = [name for name in found if name not in order]
    blocks = [HEAD, *(found[name] for name in [*known, *others])]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(block.rstrip("\n") + "\n" for block in blocks), encoding="utf-8")


def sections(page: str) -> dict[str, str]:
    """Name -> text of every section of a page."""
    blocks = _SECTION.split(page)[1:]
    return {block.partition(":")[0]: f"## {block}" for block in blocks}


def machine() -> str:
    """Cores, processor, memory and system, without anything that names this machine."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.is_file() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.M)
    processor = model.group(1).strip() if model else platform.processor() or platform.machine()
    memory_gb = psutil.virtual_memory().total / 1024**3
    return (
        f"{os.cpu_count()} cores ({processor}), {memory_gb:.1f} GB memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )


def commit() -> str:
    """Of the working tree, and whether something in it differs, this page apart."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    found = git("rev-parse", "--short", "HEAD")
    changed = git("status", "--porcelain", "--", ".", f":!{PAGE.relative_to(ROOT).as_posix()}")
    return f"{found or 'unknown'}{' with changes' if changed else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
