"""``python -m tests.soak [NAME...]``: the long counts, each into its section of docs/soak.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.browser.conftest import CHROMIUM
from tests.browser.live_tools import CLIP
from tests.faults import __main__ as faults
from tests.faults import page as reliability
from tests.soak import broken, demo, endurance, fuzz, kills, load, long, starts
from tests.soak.section import PAGE, Measured, Section, broke_off, commit, machine, write
from tests.soak.stage import FAULTS, Options, say

PARTS: dict[str, Callable[[Options], Section]] = {
    "starts": starts.run, "long": long.run, "closed": broken.closed, "killed": broken.killed,
    "left": broken.left, "endurance": endurance.run, "load": load.run, "demo": demo.run,
    "fuzz": fuzz.run, "kills": kills.run,
}  # fmt: skip
WITHOUT_BROWSER = {"fuzz", "kills"}


def main(words: Sequence[str] | None = None) -> int:
    """Runs the parts that are named, or all; 1 when one of them missed a goal."""
    parser = argparse.ArgumentParser(
        prog="start.py soak", description="The long counts; all but fuzz and kills need "
        "Chromium, a quiet machine and half an hour. Every part rewrites its section of "
        "docs/soak.md. The name faults runs every test of a fault instead and writes "
        "docs/reliability.md anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--count", type=int,
                        help="rounds of starts (20), closed, killed, left (5), demo (3); files of "
                        "fuzz (2000), with ten times as many forms; kills (200)")
    parser.add_argument("--seconds", type=float, default=130.0, help="of long (130)")
    parser.add_argument("--minutes", type=float, default=10.0, help="of endurance (10)")
    parser.add_argument("--whole", action="store_true",
                        help="endurance: send 1280x720 whatever the page asks for")  # fmt: skip
    parser.add_argument("--state", type=Path,
                        help="fuzz: file that notes how far it is, to go on from there")
    parser.add_argument("--out", type=Path, default=PAGE, help="another page than docs/soak.md")
    found = parser.parse_args(words)
    if found.names == ["faults"]:
        return faults.main()
    unknown = [name for name in found.names if name not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    wanted = set(found.names or PARTS)
    if wanted - WITHOUT_BROWSER and (CHROMIUM is None or not CLIP.is_file()):
        print("The counts need Chromium and the sample clips; one of them is not here.")
        return 2
    options = Options(found.count, found.seconds, found.minutes, found.whole,
                      found.state)
    missed = [name for name in found.names or PARTS if not _one(name, options, found.out)]
    say(f"missed: {', '.join(missed)}" if missed else "every goal was met")
    return 1 if missed else 0


def _one(name: str, options: Options, page: Path) -> bool:
    """Runs one part and writes its section; whether its goals were met."""
    say(f"{name} ...")
    measured = Measured(datetime.now(UTC), commit(), machine())
    try:
        section = PARTS[name](options)
    except FAULTS as error:
        section = broke_off(name, str(error))
    write(page, section, measured, tuple(PARTS))
    if page == PAGE:
        reliability.renew()
    for goal in section.goals:
        say(f"{name}: {'met' if goal.met else 'MISSED'}: {goal.words}")
    return section.met


if __name__ == "__main__":
    sys.exit(main())
