"""Pictures of people whose groups are known, as a clinic labelled them, and what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupedPicture:
    """One labelled picture after it was read.

    Attributes:
        path: As the list names it.
        groups: Column -> value, as somebody recorded them; nothing is inferred from the picture.
        person: Who is on it, None when the list does not say.
        expression: The labelled expression, None without a label.
        found: Whether a face was found.
        readable: Whether the gate would measure this picture.
        read_as: The expression read, None without a face.
    """

    path: str
    groups: Mapping[str, str]
    person: str | None
    expression: str | None
    found: bool
    readable: bool
    read_as: str | None
