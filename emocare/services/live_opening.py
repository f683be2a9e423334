"""What a live session begins with, and the sentences with which it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emocare.analysis import AnalysisConfig
from emocare.domain.faces import FaceReader
from emocare.domain.live import Marker, Part
from emocare.domain.readings import Readings
from emocare.domain.records import SessionRecord
from emocare.domain.sequence import SequenceStream
from emocare.domain.summary import SourceInfo
from emocare.services.recording import Recording

RESUME_GAP_S = 5.0
"""Gap on the media clock where an interrupted session is continued."""
FAULT = (
    "The reading of the pictures stopped at a fault of the program. What was measured before it "
    "is kept. Continue or close the session; the log names the fault."
)
NO_CAMERA = (
    "No picture came from the camera any more, so the session was ended. What was measured is "
    "kept."
)
CLOSED = "Emo-Care was closed during this session. What was measured is kept."
SIGNED_OUT = (
    "The one who recorded this session was signed out. What was measured is kept. Continue or "
    "close the session."
)
NOT_BEGUN = "The session was ended before it was recorded. Nothing was stored."
NOT_RECORDING = "Nothing is being recorded. Begin the recording, then set a marker."


@dataclass(frozen=True, slots=True)
class Opening:
    """What a run begins with.

    Attributes:
        record: The session, not yet stored unless it is continued.
        parts: What is to be recorded.
        reader: Reads the pictures.
        config: Of the analysis.
        begin: Stores the session and makes its recording.
        clinician: Stands behind markers.
        reading_hz: At most so many readings a second.
        before: Rows of the session that is continued, None for a new one.
        source: Where those came from.
        markers: Of the session that is continued.
        stream: Starts a stream of the sequence networks; None where they cannot be used.
        stream_fault: Why not, None where there are none to use.
    """

    record: SessionRecord
    parts: tuple[Part, ...]
    reader: FaceReader
    config: AnalysisConfig
    begin: Callable[[SessionRecord], Recording]
    clinician: str
    reading_hz: float
    before: Readings | None = None
    source: SourceInfo | None = None
    markers: tuple[Marker, ...] = ()
    stream: Callable[[], SequenceStream] | None = None
    stream_fault: str | None = None
