"""The folder of a demo and that of a clinic: which database may be opened as which.

The demo opens only what the file ``DEMO_FILE`` beside it says is made up, so that nothing of a
clinic is touched, not even brought up to date. The mark inside the database goes wherever the
database goes, and a clinic refuses it.
"""

from __future__ import annotations

from pathlib import Path

from emocare.domain.errors import StoreError
from emocare.report.words import DEMO
from emocare.services.vault import Vault
from emocare.store import Store

MARK = DEMO
"""What stands on every page and on every page of a report."""
DEMO_FILE = "DEMO.txt"
"""Lies beside the database of a demo clinic and says so."""
DEMO_DATABASE = (
    "{name} in {folder} is the database of the demo clinic: everybody in it is made up, so no "
    "clinic works with it. Set EMOCARE_DATA_DIR to another folder, or open a demo with: python "
    "start.py --demo"
)
REAL_DATABASE = (
    "{name} in {folder} is the database of a clinic. The demo never opens it: unset "
    "EMOCARE_DATA_DIR and start the demo with: python start.py --demo"
)


def open_store(database: Path, vault: Vault, *, demo: bool) -> Store:
    """Opens the database, which is either of a clinic or of the demo; a new one becomes that.

    Raises:
        StoreError: It cannot be opened, or is of the other kind.
    """
    there = database.exists()
    if demo and there and not is_demo_folder(database.parent):
        raise refusal(database, demo=True)
    store = Store.open(database, keys=vault.keys())
    if demo and not there:
        store.mark_made_up()
        (database.parent / DEMO_FILE).write_text(f"{MARK}\n", encoding="utf-8")
    if store.is_made_up() is not demo:
        store.close()
        raise refusal(database, demo=demo)
    return store


def is_demo_folder(folder: Path) -> bool:
    """Whether a folder says that it is of the demo."""
    return (folder / DEMO_FILE).is_file()


def refusal(database: Path, *, demo: bool) -> StoreError:
    """Why a database is not opened.

    Args:
        demo: Whether it is the demo that does not open it.
    """
    sentence = REAL_DATABASE if demo else DEMO_DATABASE
    return StoreError(sentence.format(name=database.name, folder=database.parent))
