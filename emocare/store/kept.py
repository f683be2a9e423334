"""Answers of the database that are asked again and again while nothing changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 48
"""Answers that are kept. A recording with its summary is some hundred kilobytes."""


class Kept:
    """Keeps the last answers until something is written. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = 0
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def of(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer that is kept, or the one that ``ask`` gives; what it raises passes through.

        An answer on which a writing came meanwhile is given, and not kept.
        """
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                found: T = self._answers[question]
                return found
            version = self._version
        answer = ask()
        with self._lock:
            if version == self._version:
                self._answers[question] = answer
                while len(self._answers) > MOST:
                    self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Something was written."""
        with self._lock:
            self._version += 1
            self._answers.clear()
