"""``docs/reliability.md``: written from the tests that carry ``@fault``, and read back."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.faults import one_line

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
AREAS = (
    "Processes that are killed", "Disk and folders", "Database and key", "Back-ups",
    "Several windows and processes", "Clock", "Live session", "Files that are read",
    "Installation",
)  # fmt: skip
HEAD = """# Nothing lost

What happens when something goes wrong, how that is brought about in a test, what is lost, and what
the user reads. **The tables are written from the tests by `python -m tests.faults`**: each test
hands over the very words that the product gave, and asserts what was lost; every later run of the
test compares the words with this page, and `tests/faults/test_page.py` compares its rows with the
tests that there are. `…` stands for a folder. Lost is what had been confirmed: an answer after its
click, rows of a recording once they are written, a signed report, an entry of the log.

Measured, not only tested: `python start.py soak kills` kills 200 processes at random moments of
writing, and besides before every touch of the disk; `python start.py soak killed` kills the server
under a live recording in a browser. Their figures, as they stand in [soak.md](soak.md):

{figures}

Data of a live recording are written every 1.5 seconds; a killed process or a power cut therefore
loses less than the last two. A *killed process* leaves what the system had not written yet to the
system; a *power cut* does not, and is not what these tests do: they rest there on the engine's and
this program's `fsync` before anything is confirmed.

At every start what a former process left is looked for and put right (decision 0027): live
sessions and videos that were under way, uploads without a session, unfinished copies beside the
database, restores, removals and changes of key that were interrupted; a clock that is behind the
log, a log that is not what was written, missing or changed networks and fonts. What was found is
shown once on the first page of physicians and administrators, and by `python -m emocare doctor`.
"""
COLUMNS = "| fault | brought about by | lost | what the user reads | test |"
_ROW = re.compile(r"^\| (.*) \|$")
_CELL = re.compile(r" (?<!\\)\| ")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page.

    Attributes:
        test: File and name of the test.
        said: What the user reads.
    """

    test: str
    title: str
    area: str
    injected: str
    lost: str
    said: str = ""


def key_of(node: Any) -> str:
    """File and name of a test, without its parameters."""
    return f"{node.path.relative_to(ROOT).as_posix()}::{node.originalname or node.name}"


@cache
def marked() -> dict[str, Row]:
    """Every test that carries ``@fault``, from the source."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "@fault(" not in source:
            continue
        for item in ast.walk(ast.parse(source)):
            if isinstance(item, ast.FunctionDef):
                for words in filter(None, map(_words, item.decorator_list)):
                    name = f"{path.relative_to(ROOT).as_posix()}::{item.name}"
                    found[name] = Row(name, **words)
    return found


def _words(decorator: ast.expr) -> dict[str, str] | None:
    if not isinstance(decorator, ast.Call) or getattr(decorator.func, "id", "") != "fault":
        return None
    (title,) = (ast.literal_eval(word) for word in decorator.args)
    named = {one.arg: ast.literal_eval(one.value) for one in decorator.keywords}
    named.pop("at_most", None)
    return {"title": title, "lost": "nothing", **named}  # type: ignore[dict-item]


@cache
def rows() -> dict[str, Row]:
    """The rows of the page as it is committed."""
    return read(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}


def read(page: str) -> dict[str, Row]:
    """Test -> its row."""
    found, area = {}, ""
    for line in page.splitlines():
        if line.startswith("## "):
            area = line.removeprefix("## ")
        if (match := _ROW.match(line)) is None or line.startswith(("| fault", "|---")):
            continue
        title, injected, lost, said, test = (
            cell.replace("\\|", "|") for cell in _CELL.split(match.group(1)))
        test = test.strip("`")
        found[test] = Row(test, title, area, injected, lost, said)
    return found


def written(known: Mapping[str, Row], said: Mapping[str, str]) -> str:
    """The page.

    Args:
        known: The tests that there are.
        said: Test -> what the user reads.
    """
    lines = [HEAD.format(figures="\n".join(figures()))]
    lines += [f"{len(known)} faults.", ""]
    for area in AREAS:
        lines += [f"## {area}", "", COLUMNS, "|---|---|---|---|---|"]
        lines += [_line(row, said[row.test]) for row in known.values() if row.area == area]
        lines.append("")
    return "\n".join(lines)


def renew() -> None:
    """Writes the page anew with the figures of the counts as they stand now; its rows stay."""
    found = read(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(written(found, {name: row.said for name, row in found.items()}),
                    encoding="utf-8")  # fmt: skip


def figures() -> list[str]:
    """The goals of the two counts, as the page of the counts says them."""
    from tests.soak.section import PAGE as SOAK
    from tests.soak.section import sections

    found = sections(SOAK.read_text(encoding="utf-8"))
    return [f"* `soak {name}`: {line.removeprefix('* ')}"
            for name in ("kills", "killed") for line in found.get(name, "").splitlines()
            if line.startswith(("* Met", "* **Missed**"))]  # fmt: skip


def _line(row: Row, said: str) -> str:
    cells: Sequence[str] = (row.title, row.injected, row.lost, said, f"`{row.test}`")
    return f"| {' | '.join(map(one_line, cells))} |"
