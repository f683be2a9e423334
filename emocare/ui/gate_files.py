"""Files of one browser session are given to the browser that was told of them, and to no other.

Pictures, clips, downloads and uploads have addresses under ``/media`` and
``/_stcore/upload_file``. The framework hands them to whoever names them. Here an address holds for
the token over whose websocket it was told, for as long as that token does: copied into another
browser, by a patient or another physician, it is worth nothing.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict

MOST = 20_000
"""Addresses remembered altogether; the oldest are forgotten first."""
_TOLD = re.compile(
    rb"/media/([0-9a-f]{16,128})\.|/_stcore/upload_file/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/"
)
_ASKED = re.compile(r"/(?:media|_stcore/upload_file)/+([0-9A-Za-z-]*)")


def is_bound(path: str) -> bool:
    """Whether a path holds for one browser alone."""
    return _ASKED.match(path) is not None


class ToldFiles:
    """Which token was told of which file, or of which place for uploads. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[bytes, str], None] = OrderedDict()

    def note(self, token: str, message: bytes) -> None:
        """Remembers the addresses in a message that is sent to the browser of a token."""
        found = {(media or place).decode("ascii") for media, place in _TOLD.findall(message)}
        if not found:
            return
        whose = _whose(token)
        with self._lock:
            for name in found:
                self._told[whose, name] = None
                self._told.move_to_end((whose, name))
            while len(self._told) > MOST:
                self._told.popitem(last=False)

    def knows(self, token: str, path: str) -> bool:
        """Whether this token was told of this path."""
        asked = _ASKED.match(path)
        with self._lock:
            return asked is not None and (_whose(token), asked[1]) in self._told


def _whose(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
