"""The sequence networks while a session is recorded."""

from __future__ import annotations

from collections.abc import Callable

from emocare.domain.readings import Readings
from emocare.domain.sequence import SequenceReading, SequenceStream
from emocare.services.live_view import TRAIL_S
from emocare.services.summaries import FAULTS, told


class LiveSequence:
    """Follows the rows of the person in view; a fault ends only this, never the recording.

    Rows are taken by the reader's thread alone; ``found`` and ``fault`` are read from any, and
    ``again`` may be called from any. A pause needs nothing: it is a gap, as in the stored rows.

    The person in view is judged over the last seconds here and over the whole recording in the
    summary, so a change of person shows for a while what the summary leaves out.
    """

    def __init__(self, start: Callable[[], SequenceStream] | None, fault: str | None) -> None:
        """Args:
        start: Starts a stream; None where there are no networks.
        fault: Why there are none, None where none are wanted.
        """
        self._start = start
        self._stream: SequenceStream | None = None
        self.found: SequenceReading | None = None
        self.fault = fault

    def again(self) -> None:
        """Rows of before were left out or count again: begins anew at the next rows."""
        self._stream = self.found = None

    def take(self, fresh: Readings, everything: Callable[[], Readings]) -> None:
        """Takes the rows since the last time and finds everything anew.

        Args:
            fresh: Those rows.
            everything: Gives every row that counts so far, these included; asked for only where
                a stream is begun.
        """
        if self._start is None or self.fault is not None:
            return
        try:
            stream, rows = self._stream, fresh
            if stream is None:
                stream, rows = self._start(), everything()
                self._stream = stream
            stream.push(rows)
            self.found = stream.reading(last_s=TRAIL_S)
        except FAULTS as error:
            self._stream = self.found = None
            self.fault = told(error)
