"""Faults: which there are, how a test brings each about, what it costs, what the user reads.

A test of a fault carries ``@fault(...)`` and hands to the fixture ``seen`` the message that the
product gave and what was measured to be lost. ``docs/reliability.md`` is written from these by
``python -m tests.faults``; every later run compares what the product says with the page.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

RECORD = "EMOCARE_FAULTS_TO"
"""Names a file to which every message is added, instead of comparing it with the page."""


def fault(
    title: str, *, area: str, injected: str, lost: str = "nothing", at_most: float = 0.0
) -> pytest.MarkDecorator:
    """Marks the test of a fault. Every word is a literal, so that the page can be compared with
    the source alone.

    Args:
        title: The fault, as somebody meets it.
        area: Heading of the page under which it stands.
        injected: How the test brings it about.
        lost: What was lost, as the page says it.
        at_most: The most that ``seen`` may be told to have been lost.
    """
    return pytest.mark.fault(
        title=title, area=area, injected=injected, lost=lost, at_most=at_most
    )


class Seen:
    """What a test saw of the fault that it brought about."""

    def __init__(self, at_most: float, folder: Path) -> None:
        self._at_most = at_most
        self._folder = folder
        self.messages: list[str] = []

    def __call__(
        self, message: object, *, lost: float, hide: Mapping[str, str] | None = None
    ) -> None:
        """Notes a message, and what was lost until then.

        Args:
            message: As the product gave it, an error or its text.
            lost: Measured: confirmed rows or seconds that are missing afterwards.
            hide: What differs from run to run -> what the page shows instead.
        """
        assert lost <= self._at_most, f"{lost} lost, at most {self._at_most}"
        said = " ".join(str(message).split())
        for word, shown in {**(hide or {}), str(self._folder): "…"}.items():
            said = said.replace(word, shown)
        assert said, "the user is told nothing"
        if said not in self.messages:
            self.messages.append(said)

    @property
    def said(self) -> str:
        """Everything, in order."""
        return " / ".join(self.messages)


def compared(request: Any, found: Seen) -> None:
    """Writes down what was seen, or compares it with the page."""
    from tests.faults.page import key_of, rows

    name = key_of(request.node)
    assert found.messages, "a test of a fault says what the user reads"
    if target := os.environ.get(RECORD):
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"test": name, "said": found.said}) + "\n")
        return
    row = rows().get(name)
    assert row is not None and row.said == found.said, (
        f"docs/reliability.md does not say what the product says:\n{found.said}\n"
        "Run: python -m tests.faults"
    )


def one_line(text: str) -> str:
    """As it stands in a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
