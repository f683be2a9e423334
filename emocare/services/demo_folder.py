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

NO_DEMO = (
    "There is no demo clinic in {folder}, or it is still being made. To make one and open it: "
    "python start.py --demo"
)


def open_store(database: Path, vault: Vault, *, demo: bool) -> Store:
    """Opens the database, which is either of a clinic or of the demo.

    A clinic's is made where there is none; that of a demo by ``make_demo`` alone, so that a
    server cannot be asked for it while it is being made.

    Raises:
        StoreError: It cannot be opened, is of the other kind, or there is no demo yet.
    """
    if demo and not database.exists():
        raise StoreError(NO_DEMO.format(folder=database.parent))
    if demo and not is_demo_folder(database.parent):
        raise refusal(database, demo=True)
    store = Store.open(database, keys=vault.keys())
    if store.is_made_up() is not demo:
        store.close()
        raise refusal(database, demo=demo)
    return store


def make_demo(database: Path, vault: Vault) -> None:
    """Makes the database of a demo, with nobody in it, where there is none.

    Raises:
        StoreError: It cannot be written.
    """
    (database.parent / DEMO_FILE).write_text(f"{MARK}\n", encoding="utf-8")
    with Store.open(database, keys=vault.keys()) as store:
        store.mark_made_up()


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
