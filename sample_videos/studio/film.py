"""From a clip's script to pictures, a file and its truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from sample_videos.studio.acting import FPS, Event, Part
from sample_videos.studio.layer import as_bytes
from sample_videos.studio.person import Person
from sample_videos.studio.portrait import SCALE, load_layers
from sample_videos.studio.room import SIZE, ZOOM, Camera, furnish
from sample_videos.studio.scripts import Clip
from sample_videos.studio.second import SHAPE, mirrored, somebody_else

APART_PX = 145
"""Of two people each sits this far from the middle of the picture."""


class Studio:
    """Holds the layers and films clips. Made once, used for every clip."""

    def __init__(self) -> None:
        self.layers = load_layers()
        self.first = Person(self.layers)
        self._second: Person | None = None

    def frames(self, clip: Clip, start: int = 0, stop: int | None = None
               ) -> Iterator[NDArray[np.uint8]]:  # fmt: skip
        """Pictures ``start`` to ``stop`` of a clip, (480, 640, 3) uint8 RGB each."""
        camera = Camera(clip.seed)
        room = as_bytes(furnish(self.layers.wall, chair=clip.empty_chair))
        last = round(clip.duration_s * FPS) if stop is None else stop
        for frame in range(start, last):
            t_s = frame / FPS
            matrix = camera.matrix(t_s)
            picture = cv2.warpAffine(room, matrix[:2], SIZE, borderMode=cv2.BORDER_REPLICATE)
            picture = picture.astype(np.float32)
            for who, part in reversed(list(enumerate(clip.parts))):
                self._draw(picture, matrix, who, part, frame, len(clip.parts))
            light = clip.light[frame] if clip.light else 1.0
            yield camera.expose(picture, t_s, frame, light)

    def _draw(self, picture: NDArray[np.float32], camera: NDArray[np.float64], who: int,
              part: Part, frame: int, people: int) -> None:  # fmt: skip
        place = np.eye(3)
        if people == 2:
            place[0, 2] = (APART_PX if who else -APART_PX) / ZOOM - 5 * SCALE
        if who:
            place = place @ mirrored(226.0)
        person = self.second if who else self.first
        person.draw(picture, camera @ place, part.look(frame), part.pose(frame))

    @property
    def second(self) -> Person:
        """The other person, made when first needed."""
        if self._second is None:
            self._second = Person(somebody_else(self.layers), SHAPE)
        return self._second


def write(frames: Iterator[NDArray[np.uint8]], path: Path, quality: int = 20) -> None:
    """Writes an MP4 that every browser plays: H.264, yuv420p, index at the front."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(quality), "preset": "medium", "threads": "1"}
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def truth(clip: Clip) -> dict[str, object]:
    """What is written beside the clip."""
    people = [{"person": i + 1, "events": [_event(e) for e in part.events()],
               "per_second": _per_second(clip, part)} for i, part in enumerate(clip.parts)]
    first = people[0] if people else {"events": [], "per_second": _per_second(clip, None)}
    told: dict[str, object] = {
        "schema": 1, "file": f"{clip.name}.mp4", "title": clip.title,
        "description": clip.description, "fps": FPS, "duration_s": clip.duration_s,
        "size": list(SIZE), "people": len(clip.parts), "expected": _expected(clip),
        "events": first["events"], "intervals": clip.intervals,
        "segments": [{"segment": n, "start_s": a, "end_s": b} for n, a, b in clip.segments],
        "per_second": first["per_second"],
    }  # fmt: skip
    if len(people) == 2:
        left, right = [0, 0, SIZE[0] // 2, SIZE[1]], [SIZE[0] // 2, 0, SIZE[0], SIZE[1]]
        told["others"] = [people[1]]
        told["regions"] = [{"person": 1, "x1y1x2y2_px": left}, {"person": 2, "x1y1x2y2_px": right}]
    return told


def _expected(clip: Clip) -> dict[str, object]:
    return {"gate": clip.gate[0], "because": clip.gate[1]}


def _event(event: Event) -> dict[str, object]:
    row: dict[str, object] = {
        "type": event.type, "onset_s": event.onset_s, "offset_s": event.offset_s}
    if event.detail:
        row["detail"] = event.detail
    return row


def _per_second(clip: Clip, part: Part | None) -> list[dict[str, object]]:
    """For each whole second what can be seen in it."""
    spans = [(e.onset_s, e.offset_s, e.type) for e in part.events()] if part else []
    spans += part.notes if part else []
    for name, times in clip.intervals.items():
        spans += [(a, b, name) for a, b in times]
    rows: list[dict[str, object]] = []
    for second in range(math.ceil(clip.duration_s)):
        seen = sorted({what for a, b, what in spans if a < second + 1 and b > second})
        rows.append({"second": second, "actions": seen or ["rest"]})
    return rows
