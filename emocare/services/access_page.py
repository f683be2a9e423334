"""The table of who may call what, as a page to read: ``docs/access.md``.

Written by ``python -m emocare.services.access_page``; a test asserts that the page is current.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from emocare.domain.accounts import Role
from emocare.services.access import POLICY, Proof, Rule, Whose

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
_HEAD = """# Who may call what

Written from the table in `emocare/services/access.py` by
`python -m emocare.services.access_page`; do not edit it here.

Pages and command line reach the services through a guard that asks this table. A name without a
row is refused. Every refusal is written to the log, whoever was refused, with the function and the
identifiers of the record. Nobody without a role is let through to anything.

* **yes**: who has the role may call it; where the patient comes from somewhere, only for patients
  who may be opened: a patient's own rows, a physician's patients (or those of nobody, or those
  opened in an emergency). An administrator's rows hold no clinical content.
* **program**: no person may call it.
* **Patient from**: where the guard looks whose data it is; *nobody* means that no patient is asked
  for.
* **Password again**: the signed-in person proves once more who they are. The command line has no
  password.
"""
_WHOSE = {
    Whose.NOBODY: "nobody", Whose.PATIENT: "patient (without one the result is cut)",
    Whose.SESSION: "session", Whose.SESSIONS: "sessions", Whose.ALERT: "alert",
    Whose.HELD: "record given", Whose.RESULT: "result, cut or refused",
    Whose.RESULT_OR_NONE: "result, none instead",
}  # fmt: skip
_PROOF = {None: "", Proof.ONCE: "for each call", Proof.FIVE_MINUTES: "holds 5 minutes"}


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_tables()]) + "\n"


def _tables() -> Iterator[str]:
    columns = " | ".join(role.value.capitalize() for role in Role)
    for service, names in groupby(sorted(POLICY), lambda name: name.partition(".")[0]):
        yield f"## {service}\n"
        yield f"| Function | {columns} | Patient from | In the log | Password again |"
        yield "|---|" + "---|" * (len(Role) + 3)
        yield from (_row(name, POLICY[name]) for name in names)
        yield ""


def _row(name: str, rule: Rule) -> str:
    no = "" if rule.roles else "program"
    roles = " | ".join("yes" if role in rule.roles else no for role in Role)
    noted = "" if rule.noted is None else rule.noted.value
    return (f"| `{name.partition('.')[2]}` | {roles} | {_WHOSE[rule.whose]} | {noted} "
            f"| {_PROOF[rule.proof]} |")  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
