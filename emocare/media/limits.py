"""What a process that reads a stranger's file may use; kept by the system where it can.

Linux keeps all of them. macOS keeps processor time, core and file size, and takes no notice of the
memory limit; Windows has none of them. There the watch in ``emocare.media.worker`` ends a process
that has grown too large or does not answer, so the sentences are the same everywhere.
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.platform != "win32":
    import resource

MEMORY_BYTES = 4 * 1024**3
"""Address space. Libraries take 0.4 GB of it, a recording of 7680x4320 pixels 1.3 GB more."""
CPU_S = 10
"""Processor time of all threads for one step: a picture, or the way to the next frame."""
LOOK_S = 60.0
"""Wall time for a picture or the first frame of a recording, on a machine that has other work."""
STEP_S = 60.0
"""Wall time to the next frame. A recording may have minutes of sound without a picture."""
GIVES_WAY = 5
"""Added to the niceness of the process: a camera and pages are waited for, a file is not."""
START_S = 120.0
"""Wall time to load the libraries. No file of anybody is open then."""


def restrict() -> None:
    """Limits this process for the rest of its life: memory, no core dump, no file written, and
    what else runs on the machine goes first."""
    if sys.platform == "win32":
        return
    os.nice(GIVES_WAY)
    _lower(resource.RLIMIT_AS, MEMORY_BYTES)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)


def another_step() -> None:
    """Gives this process processor time for one more step; beyond it the system ends it."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    _set(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + CPU_S, hard)


if sys.platform != "win32":

    def _lower(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        _set(kind, value, value)

    def _set(kind: int, soft: int, hard: int) -> None:
        # macOS refuses some limits that it knows by name.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))
