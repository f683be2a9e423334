"""The process in which files of strangers are decoded: ``python -m emocare.media.worker_process``.

It takes orders on its standard input and answers on its standard output (see ``wire``), one file
after the other, and ends when the application has gone. It runs under ``limits``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from emocare.domain.errors import InputError
from emocare.domain.frames import Frame
from emocare.media.glance import frame_at
from emocare.media.limits import another_step, restrict
from emocare.media.slots import Slots
from emocare.media.still import read_image
from emocare.media.video import VideoReader
from emocare.media.wire import Head, Sender, receive, send


def main() -> None:
    """Answers until nobody asks any more."""
    answers = _own_output()
    slots = Slots(sys.argv[-1])
    sys.excepthook = _telling(answers)
    restrict()
    send(answers, {"is": "ready"})
    orders = sys.stdin.buffer
    while (order := receive(orders)) is not None:
        another_step()
        try:
            _obey(order, orders, answers, Sender(answers, orders, slots))
        except InputError as error:
            send(answers, {"is": "refused", "type": type(error).__name__, "words": str(error)})
        except MemoryError:
            send(answers, {"is": "memory"})
        except BrokenPipeError:
            return


def _obey(order: Head, orders: BinaryIO, answers: BinaryIO, sender: Sender) -> None:
    path = Path(order["path"])
    if order["do"] == "image":
        sender.frame(Frame(0.0, read_image(path)))
    elif order["do"] == "frame":
        sender.frame(frame_at(path, order["t_s"], another_step))
    elif order["do"] == "read":
        reader = VideoReader(path, reading_hz=order["reading_hz"], max_s=order["max_s"],
                             max_bytes=order["max_bytes"])  # fmt: skip
        with reader:
            send(answers, {"is": "info", **asdict(reader.info)})
            go_on = receive(orders)
            if go_on is not None and go_on["do"] == "go":
                for frame in reader:
                    sender.frame(frame)
                    another_step()
                send(answers, {"is": "end", **asdict(reader.source())})
            else:
                send(answers, {"is": "stopped"})
    sender.settle()


def _own_output() -> BinaryIO:
    """The standard output for answers alone: whatever a library prints goes nowhere."""
    kept = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return kept


Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def _telling(answers: BinaryIO) -> Hook:
    """An exception hook that names the fault and its place, for the log; no values, no paths."""

    def tell(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        del error
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        code = None if trace is None else trace.tb_frame.f_code
        place = "" if code is None else f" in {Path(code.co_filename).name}:{code.co_name}"
        send(answers, {"is": "fault", "words": f"{kind.__name__}{place}"})

    return tell


if __name__ == "__main__":
    main()
