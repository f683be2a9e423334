"""Which back-ups stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emocare.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Keep:
    """How many back-ups stay: the newest of so many days, weeks and months."""

    days: int
    weeks: int
    months: int

    @classmethod
    def of(cls, setting: str) -> Keep:
        """From three numbers.

        Raises:
            InputError: It is something else.
        """
        try:
            days, weeks, months = (int(word) for word in setting.replace(",", " ").split())
            if min(days, weeks, months) < 0:
                raise ValueError(setting)
        except ValueError as error:
            raise InputError(
                f"Setting backup_keep: expected days, weeks and months such as '7 4 12', got "
                f"{setting!r}."
            ) from error
        return cls(days, weeks, months)

    def chosen(self, times: Sequence[datetime]) -> set[datetime]:
        """Those that stay; always the newest."""
        stay: set[datetime] = set(sorted(times)[-1:])
        kinds = ((self.days, "%Y-%m-%d"), (self.weeks, "%G-%V"), (self.months, "%Y-%m"))
        for number, word in kinds:
            newest: dict[str, datetime] = {}
            for at in sorted(times, reverse=True):
                newest.setdefault(at.strftime(word), at)
            stay.update(sorted(newest.values(), reverse=True)[:number])
        return stay
