"""Reading still pictures: which of them are crops, and what a gate would say of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from emocare.analysis import AnalysisConfig, still_quality
from emocare.analysis.status import WARN_DARK, quality_flags
from emocare.domain.errors import ImageUnreadable
from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS, Face, PictureReading, ReadHint
from emocare.domain.frames import Frame
from emocare.domain.quality import QualityMeasure, measures_to_dict
from emocare.domain.readings import FrameStatus
from emocare.media.guarded import read_image
from emocare.services.engine import FaceEngine, StillReader

SUFFIXES: tuple[str, ...] = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
"""What is taken from a folder; a file that is named itself may have any name."""

CROP_SIDE_PX = 64
"""A square picture up to this side is a crop by itself."""


class Crop(StrEnum):
    """Whether a picture is searched for a face or is the crop of one."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Still:
    """One still picture as read.

    Attributes:
        path: As it was named.
        status: OK for every crop; otherwise the first flag that is a status, or NO_FACE.
        crop: Whether the whole picture was taken as the crop.
        n_faces: Faces found; None when nobody looked.
        face: What was measured; None only without a face.
        quality_flags: What a gate would say. It changes nothing here.
        quality: The named measures. They change nothing here either.
    """

    path: Path
    status: FrameStatus
    crop: bool
    n_faces: int | None
    face: Face | None
    quality_flags: tuple[str, ...]
    quality: tuple[QualityMeasure, ...]


def find_pictures(paths: Sequence[Path]) -> list[Path]:
    """The pictures named, and those in the folders named, folders within them included.

    Raises:
        ImageUnreadable: A folder holds no picture.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not inside:
            raise ImageUnreadable(f"{path} holds no picture ({', '.join(SUFFIXES)}).")
        found += inside
    return found


def classify(
    paths: Sequence[Path], engine: FaceEngine, crop: Crop
) -> Iterator[dict[str, Any] | ImageUnreadable]:
    """The JSON object of each picture as it is read; the error in place of one that is none.

    Raises:
        ImageUnreadable: A folder holds no picture.
        ModelError: The face network cannot be used.
    """
    pictures = find_pictures(paths)
    reader, config = engine.get().reader, AnalysisConfig()
    for path in pictures:
        try:
            yield still_to_dict(read_still(path, reader, crop, config))
        except ImageUnreadable as error:
            yield error


def read_snapshot(stream: BinaryIO, engine: FaceEngine, folder: Path) -> dict[str, Any]:
    """The JSON object of one picture that a browser has taken; nothing of it is kept.

    Args:
        folder: Private; the picture lies there while it is read.

    Raises:
        ImageUnreadable: It is not a picture.
        ModelError: The face network cannot be used.
    """
    with TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "snapshot.jpg"
        path.write_bytes(stream.read())
        still = read_still(path, engine.get().reader, Crop.NEVER, AnalysisConfig())
        return still_to_dict(still)


def read_still(path: Path, reader: StillReader, crop: Crop, config: AnalysisConfig) -> Still:
    """Reads one picture.

    Raises:
        ImageUnreadable: It is not a picture.
    """
    picture = read_image(path)
    if crop is Crop.ALWAYS or (crop is Crop.AUTO and _is_crop(picture)):
        return _as_crop(path, picture, reader, config, None)
    reading = reader.read(Frame(0.0, picture), ReadHint())
    if reading.face is not None:
        return _as_found(path, reading, reading.face, _size(picture), config)
    if crop is Crop.AUTO:
        return _as_crop(path, picture, reader, config, 0)
    dark = reading.frame_brightness < config.min_brightness
    quality = still_quality(None, None, _size(picture), config, crop=False)
    flags = (WARN_DARK,) if dark else ()
    return Still(path, FrameStatus.NO_FACE, False, 0, None, flags, quality)


def still_to_dict(still: Still) -> dict[str, Any]:
    """The JSON object of one picture; null where there is no face or no such measurement."""
    face = still.face
    return {
        "path": str(still.path),
        "status": still.status.value,
        "crop": still.crop,
        "n_faces": still.n_faces,
        "expressions": None if face is None else _named(EXPRESSIONS, face.expressions),
        "action_units": None if face is None else {
            name.upper(): value for name, value in _named(ACTION_UNITS, face.action_units).items()
        },
        "pose": None if face is None else {
            "yaw_deg": face.yaw_deg, "pitch_deg": face.pitch_deg, "roll_deg": face.roll_deg,
        },
        "gaze": None if face is None else {
            "down": face.gaze_down, "up": _measured(face.gaze_up),
            "side": _measured(face.gaze_side),
        },
        "mouth_openness": None if face is None else _measured(face.mouth_openness),
        "landmark_error": None if face is None else _measured(face.landmark_error),
        "box_px": None if face is None else [
            face.box_px.x1, face.box_px.y1, face.box_px.x2, face.box_px.y2,
        ],
        "confidence": None if face is None else face.confidence,
        "quality_flags": list(still.quality_flags),
        "quality": measures_to_dict(still.quality),
    }  # fmt: skip


def _is_crop(picture: NDArray[np.uint8]) -> bool:
    height, width = picture.shape[:2]
    return bool(height == width and width <= CROP_SIDE_PX)


def _size(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """Width and height in pixels."""
    return int(picture.shape[1]), int(picture.shape[0])


def _as_crop(
    path: Path, picture: NDArray[np.uint8], reader: StillReader, config: AnalysisConfig,
    n_faces: int | None,
) -> Still:  # fmt: skip
    face = reader.read_crop(picture)
    flags = quality_flags(face, config)
    if face.confidence < config.min_confidence:
        flags = (FrameStatus.NO_FACE.value, *flags)
    quality = still_quality(face, None, _size(picture), config, crop=True)
    return Still(path, FrameStatus.OK, True, n_faces, face, flags, quality)


def _as_found(
    path: Path, reading: PictureReading, face: Face, size_px: tuple[int, int],
    config: AnalysisConfig,
) -> Still:  # fmt: skip
    flags = quality_flags(face, config)
    if (reading.second_face_ratio or 0.0) >= config.second_face_from:
        flags = (FrameStatus.SEVERAL_FACES.value, *flags)
    known = {status.value for status in FrameStatus}
    faults = [FrameStatus(flag) for flag in flags if flag in known]
    status = faults[0] if faults else FrameStatus.OK
    quality = still_quality(face, reading.second_face_ratio, size_px, config, crop=False)
    return Still(path, status, False, reading.n_faces, face, flags, quality)


def _named(names: Sequence[str], values: NDArray[np.float32]) -> dict[str, float | None]:
    pairs = zip(names, values.tolist(), strict=True)
    return {name: _measured(value) for name, value in pairs}


def _measured(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
