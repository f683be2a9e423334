"""Commands on the site's own tables of typical values."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from emocare.app import face_engine
from emocare.cli.common import Json, opened, print_json
from emocare.services import reference_files, reference_words
from emocare.settings import PROVISIONAL, keep_setting, load_settings

reference = typer.Typer(
    help="The site's own table of typical values, from sessions of consenting people without "
         "symptoms.\n\nExample: python -m emocare reference build --protocol guided",
)  # fmt: skip


@reference.command("build")
def reference_build(
    protocol: Annotated[str, typer.Option(
        metavar="guided|free", help="Task of the sessions it is built from.")] = "guided",
    as_json: Json = False,
) -> None:  # fmt: skip
    """Builds a new version from stored sessions; says how many are missing when there are too few.

    Counted are sessions of consenting people with a reliable face, read by the networks of this
    installation, with PHQ-9 and GAD-7 of at most 4; the newest of each person. It is not in use
    before 'reference use'.

    Example: python -m emocare reference build --protocol guided
    """
    with opened(load_settings()) as app:
        built = app.references.build(protocol)
    if as_json:
        print_json(built.to_dict())
    else:
        own = sum(row.mu is not None for row in built.features.values())
        print(f"{built.id}: {built.sessions} sessions, {own} of {len(built.features)} features, "
              f"SHA-256 {built.table_sha256}. Compare it, then: python -m emocare reference use "
              f"{built.id}")  # fmt: skip


@reference.command("list")
def reference_list(as_json: Json = False) -> None:
    """Lists the tables of this installation, which is in use, and whether it holds here.

    Example: python -m emocare reference list
    """
    settings = load_settings()
    told = reference_words.listed(settings.data_dir, settings.reference,
                                  face_engine(settings).get().models)  # fmt: skip
    if as_json:
        print_json({"references": told})
    else:
        print("\n".join(reference_words.line(entry) for entry in told))


@reference.command("compare")
def reference_compare(
    name: Annotated[str, typer.Argument(metavar="NAME", help="For example site-guided-v1.")],
    as_json: Json = False,
) -> None:  # fmt: skip
    """Shows a table beside the provisional one, feature by feature in its own unit.

    Example: python -m emocare reference compare site-guided-v1
    """
    rows = reference_words.compared(load_settings().data_dir, name)
    if as_json:
        print_json({"reference": name, "features": [
            {**asdict(row), "large": row.large} for row in rows]})  # fmt: skip
    else:
        print(reference_words.table(rows))


@reference.command("use")
def reference_use(
    name: Annotated[str, typer.Argument(
        metavar="NAME", help="For example site-guided-v1, or provisional-v0 to switch it off.")],
) -> None:  # fmt: skip
    """Writes into the settings which table new results are computed with.

    Results of before keep theirs, and are not compared with results of another one.

    Example: python -m emocare reference use site-guided-v1
    """
    settings = load_settings()
    if name != PROVISIONAL:
        reference_files.load(settings.data_dir, name)
    chosen = reference_files.with_chosen(settings.reference, name)
    file = keep_setting(settings.data_dir, "reference", chosen)
    print(f"{file}: reference = {chosen}. Start Emo-Care again to use it.")
