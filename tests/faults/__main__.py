"""``python -m tests.faults``: runs every test of a fault and writes docs/reliability.md anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults import RECORD
from tests.faults.page import PAGE, ROOT, marked, rows, written


def main(more: Sequence[str] = ()) -> int:
    """Runs the tests and writes the page; 1 when one failed or said nothing.

    Args:
        more: Further words for pytest.
    """
    known = marked()
    with tempfile.TemporaryDirectory(prefix="emocare-faults-") as folder:
        target = Path(folder) / "said.jsonl"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", "fault", *more,
             *sorted({name.partition("::")[0] for name in known})],
            cwd=ROOT, env={**os.environ, RECORD: str(target)}, check=False,
        )  # fmt: skip
        lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    if done.returncode:
        print("The page was not written: a test failed.")
        return 1
    said: dict[str, str] = {}
    for one in map(json.loads, lines):
        if said.setdefault(one["test"], one["said"]) != one["said"]:
            print(f"{one['test']} says different things:\n{said[one['test']]}\n{one['said']}")
            return 1
    # A test that is skipped on this system keeps what the page says of it.
    said = {name: row.said for name, row in rows().items()} | said
    if silent := sorted(set(known) - set(said)):
        print(f"Nothing is known of: {', '.join(silent)}")
        return 1
    PAGE.write_text(written(known, said), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(known)} faults")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
