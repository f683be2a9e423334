"""A live session of a played clip, timed: what the bench runs in an installation of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from emocare.clinical.consent_texts import CURRENT
from emocare.domain.errors import EmoCareError
from emocare.domain.live import LiveView
from emocare.domain.records import Consent, SessionState
from emocare.services.live import Live
from emocare.services.people import People
from emocare.services.workplace import now

LOOK_S = 0.5
"""How often a page looks."""


def time_live(
    people: People, live: Live, video: Path, look: Callable[[LiveView], None]
) -> dict[str, float]:
    """Records a clip as if it were the camera, looking as a page does.

    Args:
        look: Takes the view twice a second.

    Returns:
        Seconds: ``view`` (the longest one took) and ``stop``.

    Raises:
        EmoCareError: The session failed; its sentence.
    """
    patient = people.add("BENCH", "Bench", date(1980, 1, 1))
    consent = Consent(CURRENT, analyse=True, keep_measurements=True, keep_video=False,
                      recorded_at=now())  # fmt: skip
    run = live.start(patient.id, consent, guided=False, source=video.name)
    run.begin()
    run.play(video)
    longest_s = 0.0
    while not run.ended:
        time.sleep(LOOK_S)
        began = time.perf_counter()
        view = run.view()
        longest_s = max(longest_s, time.perf_counter() - began)
        look(view)
        if view.source_ended and not run.busy:
            break
    began = time.perf_counter()
    record = run.stop()
    if record.state is not SessionState.READY:
        raise EmoCareError(record.error or "The live session of the bench failed.")
    return {"view": longest_s, "stop": time.perf_counter() - began}
