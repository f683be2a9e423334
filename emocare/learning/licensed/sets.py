"""The data sets that can be trained on, by the name used on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from emocare.analysis import AnalysisConfig, Analyzer
from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning import manifest
from emocare.learning.licensed import avec2014, d_vlog, daic_woz, e_daic, own_clinic
from emocare.learning.licensed.avec2014 import VideoCache
from emocare.learning.licensed.recordings import LicensedSet, Split
from emocare.learning.licensed.scales import BDI2, PHQ8, PHQ9, VLOG, Scale
from emocare.media import VideoReader
from emocare.vision import load_face_reader

READING_HZ, MAX_S, MAX_BYTES = 30.0, 3600.0, 8 * 1024**3
"""How videos are read: the product's own rate, and what it would still take."""
SCALE_OF: dict[str, Scale] = {
    daic_woz.NAME: PHQ8, e_daic.NAME: PHQ8, avec2014.NAME: BDI2, d_vlog.NAME: VLOG,
    own_clinic.NAME: PHQ9,
}  # fmt: skip
"""Name of a data set -> the scale of its labels."""
NAMES = tuple(SCALE_OF)
_PLAIN: dict[str, Callable[[Path, Sequence[Split]], LicensedSet]] = {
    daic_woz.NAME: daic_woz.load, e_daic.NAME: e_daic.load, d_vlog.NAME: d_vlog.load,
    own_clinic.NAME: own_clinic.load,
}  # fmt: skip


def require_name(name: str) -> Scale:
    """The scale of a data set.

    Raises:
        InputError: There is no such set.
    """
    if name not in SCALE_OF:
        raise InputError(f"{name!r} is no known data set. Give one of {', '.join(NAMES)}.")
    return SCALE_OF[name]


def open_set(
    name: str, path: Path, splits: Sequence[Split], cache: Callable[[], VideoCache]
) -> LicensedSet:
    """Opens a data set and checks its files; nothing is read but labels and first lines.

    Args:
        cache: Makes what reads videos; asked only for a set of videos.

    Raises:
        InputError: The name is not known, or a file or a column is missing or wrong.
    """
    require_name(name)
    if name == avec2014.NAME:
        return avec2014.load(path, splits, cache())
    return _PLAIN[name](path, splits)


def video_cache(folder: Path, models: Path) -> VideoCache:
    """Reads videos as the product does and keeps the readings in a folder."""
    reader = load_face_reader(models)

    def read(video: Path) -> Readings:
        analyzer = Analyzer(reader, AnalysisConfig())
        with VideoReader(video, reading_hz=READING_HZ, max_s=MAX_S, max_bytes=MAX_BYTES) as frames:
            for frame in frames:
                analyzer.push(frame)
        return analyzer.readings()

    hashes = [manifest.read_model(models, id)["files"]["graph"]["sha256"]
              for id in ("detector", "face")]  # fmt: skip
    return VideoCache(folder, read, f"{READING_HZ:g} Hz {' '.join(hashes)}")
