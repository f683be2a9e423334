"""Reports are set once: the same content gives the same bytes, so the last ones are kept."""

from __future__ import annotations

import hashlib
import io
import pickle
import threading
from collections import OrderedDict

from emocare.report.content import Report
from emocare.report.render import render_pdf

KEPT = 8
"""Reports, of some hundred kilobytes each."""


class Rendering:
    """Sets reports and keeps the last few in memory. Any thread.

    Every visit of the page looks whether the draft is still what the record says. Gathering that
    takes a tenth of a second, setting it three times as long.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def pdf(self, report: Report) -> bytes:
        """The file; the same bytes as ``render_pdf``."""
        key = _digest(report)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = render_pdf(report)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _digest(report: Report) -> str:
    """SHA-256 over everything that is said. Nothing is ever read back from these bytes."""
    content = io.BytesIO()
    pickler = pickle.Pickler(content, protocol=5)
    # Without this, whether two equal texts are one object would be part of the bytes.
    pickler.fast = True
    pickler.dump(report)
    return hashlib.sha256(content.getvalue()).hexdigest()
