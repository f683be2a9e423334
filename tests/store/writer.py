"""Writes into a store until it is killed and says what was acknowledged, one line each.

Run by ``test_durability`` as ``python -m tests.store.writer FILE ROUND``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from emocare.domain.records import SessionId, SessionState
from emocare.store import Store
from tests.store.made_up import alert, patient, readings, response, session

CHUNK = 30
"""Rows of a chunk of readings, written all together."""


def main(path: Path, base: int) -> None:
    """Adds people with a recording, readings, answers and alerts, without end."""
    store = Store.open(path)
    number = base
    while True:
        number += 1
        store.add_patient(patient(number))
        said("patient", number)
        store.add_session(session(number, number, SessionState.ANALYSING))
        said("session", number)
        for chunk in range(2):
            store.append_readings(
                SessionId(f"s{number}"), readings(chunk * CHUNK, (chunk + 1) * CHUNK)
            )
            said(f"chunk{chunk}", number)
        store.save_draft(patient(number).id, None, "PHQ-9", {"answers": [number]})
        said("draft", number)
        form = response(number, number)
        store.add_response(form, [alert(2 * number, form), alert(2 * number + 1, form)])
        said("response", number)


def said(kind: str, number: int) -> None:
    """One acknowledgement, on its way before anything else happens."""
    sys.stdout.write(f"{kind} {number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
