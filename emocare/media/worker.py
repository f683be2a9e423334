"""A process of its own for the files of strangers, and the watch over it.

What a crafted file can do to a decoder (a crash, an endless loop, memory without end) happens in
that process; here it becomes a sentence. One idle process is kept for the next file, so that its
libraries are loaded once; a process on which anything went wrong is never used again.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

from emocare.domain.errors import ImageUnreadable, InputError, VideoTooLong, VideoUnreadable
from emocare.domain.frames import Frame
from emocare.media.limits import CPU_S, MEMORY_BYTES, START_S
from emocare.media.slots import Slots
from emocare.media.still import MAX_PICTURE_PIXELS
from emocare.media.wire import Garbled, Head, receive, receive_frame, send

_log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("-m", "emocare.media.worker_process")
FILES_EACH = 500
"""Files after which a process is replaced, however well it did."""
LOOK_EVERY_S = 0.25
"""Between two looks of the watch."""
SOON_S = 2.0
"""Within this a process that has gone silent has an exit code."""
OUT_OF_TIME = -24
"""Exit code of a process that used up its processor time (SIGXCPU)."""
WORDS_LIMIT = 1000
"""Longest sentence that is taken over."""
T = TypeVar("T")
REFUSALS: dict[str, type[InputError]] = {
    kind.__name__: kind for kind in (VideoUnreadable, VideoTooLong, ImageUnreadable, InputError)
}
BETTER = "Copy it again from the camera, or save it anew (video as MP4 with H.264, picture as PNG)."


class Worker:
    """One reading process. One thread at a time, apart from its watch."""

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        """Starts it; it loads its libraries while the caller goes on.

        Args:
            program: Words for Python.
        """
        self._slots = Slots()
        self._process = subprocess.Popen(
            [sys.executable, "-P", *program, self._slots.word], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
            pass_fds=self._slots.inherited,
            # A Ctrl+C in the terminal is for the application, which then ends its workers.
            start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        self._slots.handed_over()
        self._ready = False
        self._deadline: float | None = None
        self._ended_for: str | None = None
        self._watched = threading.Event()
        self.files = 0

    def ask(self, order: Head, name: str, error_type: type[InputError], within_s: float) -> Head:
        """Sends an order and waits for the head of the answer.

        Args:
            name: Of the file, for sentences.
            error_type: Of the sentence when the process ends over the file.
            within_s: Wall time after which it counts as hanging.

        Raises:
            InputError: What the file was refused for, or how the process ended over it.
        """
        self._wait_until_ready(name, error_type)
        with contextlib.suppress(OSError):
            # A process that has gone is noticed by its missing answer.
            assert self._process.stdin is not None
            send(self._process.stdin, order)
        return self._answer(name, error_type, within_s)

    def answer(self, name: str, error_type: type[InputError], within_s: float) -> Head:
        """Waits for the next head without an order; see ``ask``."""
        return self._answer(name, error_type, within_s)

    def frame(self, head: Head, name: str, error_type: type[InputError], within_s: float) -> Frame:
        """The picture that ``head`` announces; see ``ask``."""
        answers, orders = self._process.stdout, self._process.stdin
        assert answers is not None and orders is not None
        found = self._in_time(lambda: receive_frame(answers, orders, head, self._slots), within_s)
        if found is None:
            raise self._ended(name, error_type)
        return found

    def end(self) -> None:
        """Ends the process at once; nothing that it says counts any more."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()
        self._slots.close()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def well(self) -> bool:
        """Whether the process may get another file."""
        return self._process.poll() is None and self.files < FILES_EACH

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Watches over memory and time while a file is read."""
        self._watched.clear()
        thread = threading.Thread(target=self._watch, name="emocare-watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._watched.set()
            thread.join()

    def _watch(self) -> None:
        process = psutil.Process(self._process.pid) if self._process.poll() is None else None
        while process is not None and not self._watched.wait(LOOK_EVERY_S):
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._ended_for = "time"
                self._process.kill()
            with contextlib.suppress(psutil.Error):
                if self._ready and process.memory_info().rss > MEMORY_BYTES:
                    self._ended_for = "memory"
                    self._process.kill()

    def _wait_until_ready(self, name: str, error_type: type[InputError]) -> None:
        assert self._process.stdout is not None
        stream = self._process.stdout
        if not self._ready and self._in_time(lambda: receive(stream), START_S) is None:
            self.end()
            _log.error("the reading process did not start: exit code %s", self._process.poll())
            raise error_type(
                f"{name} cannot be read: the part of Emo-Care that reads files does not start. "
                "Start Emo-Care again; if that does not help, install it again."
            )
        self._ready = True

    def _answer(self, name: str, error_type: type[InputError], within_s: float) -> Head:
        assert self._process.stdout is not None
        stream = self._process.stdout
        head = self._in_time(lambda: receive(stream), within_s)
        if head is None:
            raise self._ended(name, error_type)
        if head.get("is") == "refused":
            kind = REFUSALS.get(str(head.get("type")), error_type)
            raise kind(str(head.get("words"))[:WORDS_LIMIT])
        if head.get("is") == "memory":
            self._ended_for = "memory"
            raise self._ended(name, error_type)
        if head.get("is") == "fault":
            _log.warning("reading ended at a fault: %.200s", head.get("words"))
            raise self._ended(name, error_type)
        return head

    def _in_time(self, wait: Callable[[], T | None], within_s: float) -> T | None:
        self._deadline = time.monotonic() + within_s
        try:
            return wait()
        except Garbled as error:
            _log.warning("the reading process sent %s", error)
            self._ended_for = "nonsense"
            return None
        finally:
            self._deadline = None

    def _ended(self, name: str, error_type: type[InputError]) -> InputError:
        """Ends the process and says in words why there is no answer."""
        if self._ended_for is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(SOON_S)
        code = self._process.poll()
        self.end()
        why = "time" if code == OUT_OF_TIME else self._ended_for
        _log.warning("the reading process ended: %s, exit code %s", why or "crash", code)
        if why == "time":
            return error_type(
                f"{name} was given up: after {CPU_S} seconds of work there was still no picture. "
                f"{BETTER}"
            )
        if why == "memory":
            return error_type(
                f"{name} needs more than {MEMORY_BYTES // 1024**3} GB of memory to be read. Save "
                "it with smaller pictures."
            )
        return error_type(broken(name))


def broken(name: str) -> str:
    """The sentence on a file over which the process ended."""
    return f"{name} made the decoder stop: it is damaged. {BETTER}"


def _environment() -> dict[str, str]:
    """That of this process without the product's own settings, keys among them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMOCARE_")}
    paths = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | {
        "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(MAX_PICTURE_PIXELS), "OPENCV_LOG_LEVEL": "OFF",
    }  # fmt: skip


class WorkerPool:
    """The idle process, and the way to borrow one. Every method from any thread."""

    def __init__(self, start: Callable[[], Worker] = Worker) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._idle: Worker | None = None
        self._registered = False

    @contextlib.contextmanager
    def borrow(self) -> Iterator[Worker]:
        """A process for one file. It is kept for the next one unless an error came of it."""
        with self._lock:
            worker, self._idle = self._idle, None
            if not self._registered:
                atexit.register(self.close)
                self._registered = True
        if worker is None or not worker.well:
            if worker is not None:
                worker.end()
            worker = self._start()
        worker.files += 1
        try:
            with worker.watch():
                yield worker
        except InputError:
            self._back(worker)
            raise
        except BaseException:
            worker.end()
            raise
        self._back(worker)

    def close(self) -> None:
        """Ends the idle process."""
        with self._lock:
            worker, self._idle = self._idle, None
        if worker is not None:
            worker.end()

    def _back(self, worker: Worker) -> None:
        with self._lock:
            if self._idle is None and worker.well:
                self._idle = worker
                return
        worker.end()


POOL = WorkerPool()
"""Of this process. Nothing runs before the first file."""
