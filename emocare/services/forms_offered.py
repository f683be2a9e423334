"""Which forms can be asked in this clinic, in which languages, and with which words."""

from __future__ import annotations

from pathlib import Path

from emocare.clinical import (
    Instrument,
    instrument_names,
    load_instrument,
    misnamed,
    pack_names,
    read_words,
    words_files,
)
from emocare.domain.errors import InputError
from emocare.domain.records import Response
from emocare.services.workplace import Workplace

ALL_PACKS = "all"
DEFAULT_PACK: tuple[str, ...] = ("PHQ-9", "GAD-7")
WORDS_FOLDER = "instruments"
"""Folder in the data folder with the words that the clinic supplies."""


class OfferedForms:
    """The forms of one installation. Reads files, holds nothing; any thread."""

    def __init__(self, workplace: Workplace) -> None:
        self._folder: Path = workplace.data_dir / WORDS_FOLDER
        self._same_day_review = workplace.same_day_review
        wanted = [part.strip() for part in workplace.packs.split(",") if part.strip()]
        known = {_plain(name): name for name in pack_names()}
        self._packs = {known[_plain(name)] for name in wanted if _plain(name) in known}
        self._unknown = [n for n in wanted if _plain(n) not in known and n != ALL_PACKS]
        if ALL_PACKS in wanted:
            self._packs = set(pack_names())

    def names(self) -> tuple[str, ...]:
        """Every form that can be asked here; the default pack first."""
        first = [self.substitute(name) for name in DEFAULT_PACK]
        return (*first, *(n for n in instrument_names() if n not in first and self._offers(n)))

    def substitute(self, name: str) -> str:
        """The form asked in place of ``name``: one without a question on self-harm where nobody
        looks at the answers the same day (clinical specification 0.4)."""
        safety = load_instrument(name).safety
        if self._same_day_review or safety is None or safety.without is None:
            return name
        return safety.without

    def languages(self, name: str) -> tuple[str, ...]:
        """Languages in which the form can be asked, the shipped one first."""
        form = load_instrument(name)
        shipped = () if form.words_needed else (form.language,)
        own = [f.language for f in words_files(self._folder) if f.instrument == form.name]
        return (*shipped, *(language for language in own if language not in shipped))

    def form(self, name: str, language: str = "") -> Instrument:
        """The form in the words in which it is asked: the shipped ones, or the clinic's.

        Args:
            language: "" is the first language there is.

        Raises:
            InputError: No such form, no words in that language, or a file of words has a fault.
        """
        shipped = load_instrument(name)
        language = language or next(iter(self.languages(name)), "en")
        if not shipped.words_needed and shipped.language == language:
            return shipped
        for file in words_files(self._folder):
            if (file.instrument, file.language) == (shipped.name, language):
                return read_words(file)
        raise InputError(
            f"{shipped.name} cannot be asked in language {language!r}: its words are not here. "
            f"Put them into {self._folder / f'{shipped.name.lower()}.{language}.toml'}."
        )

    def to_ask(self, name: str, language: str = "") -> Instrument:
        """As ``form``, refusing what this clinic does not ask.

        Raises:
            InputError: As ``form``, or the form is switched off by a setting.
        """
        form = self.form(name, language)
        instead = self.substitute(form.name)
        if instead != form.name:
            raise InputError(
                f"{form.name} asks about self-harm and is not used here, because nobody looks at "
                f"the answers the same day (setting same_day_review). Use {instead}."
            )
        if form.name in pack_names() and form.name not in self._packs:
            raise InputError(f"{form.name} is switched off. Add it to the setting packs.")
        return form

    def printed(self, response: Response) -> Instrument:
        """The form of a finished response in its own words; without them, as it is shipped.

        A report must come out whatever has become of a file of words.
        """
        return self.known(response.instrument, response.language)

    def known(self, name: str, language: str) -> Instrument:
        """As ``form``; with the shipped words, or numbers, where the clinic's are gone."""
        try:
            return self.form(name, language)
        except InputError:
            return load_instrument(name)

    def faults(self) -> list[str]:
        """What is wrong with the setting ``packs`` and the files of words, one sentence each."""
        faults = [f"Setting packs: {name!r} is no content pack here. There are: "
                  f"{', '.join(pack_names()) or 'none'}." for name in self._unknown]
        faults += misnamed(self._folder)
        for file in words_files(self._folder):
            try:
                read_words(file)
            except InputError as error:
                faults.append(str(error))
        return faults

    def _offers(self, name: str) -> bool:
        if name in pack_names() and name not in self._packs:
            return False
        if self.substitute(name) != name:
            return False
        if not load_instrument(name).words_needed:
            return True
        try:
            self.form(name)
        except InputError:
            return False
        return True


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
