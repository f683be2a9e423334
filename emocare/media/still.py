"""Still pictures on disk."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from emocare.domain.errors import ImageUnreadable
from emocare.media.content import open_file, printable

MAX_PICTURE_BYTES = 200 * 1024**2
MAX_PICTURE_PIXELS = 200_000_000
"""600 MB of colours. The decoder looks at the announced size before it takes memory; it is told of
the limit by the environment of the process in which it runs."""
TOO_MANY_PIXELS = "CV_IO_MAX_IMAGE"


def read_image(path: Path) -> NDArray[np.uint8]:
    """Reads a still picture, upright (orientation from its EXIF data applied).

    Returns:
        (H, W, 3) uint8, red green blue. Grey pictures have three equal channels, transparency
        is left out.

    Raises:
        ImageUnreadable: The file is missing, empty, too large or not a picture.
    """
    name = printable(path)
    with open_file(path, ImageUnreadable, "picture") as file:
        data = file.read(MAX_PICTURE_BYTES + 1)
    if len(data) > MAX_PICTURE_BYTES:
        raise ImageUnreadable(
            f"{name} is larger than {MAX_PICTURE_BYTES // 1024**2} MB: save it smaller."
        )
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        if TOO_MANY_PIXELS in str(error):
            raise ImageUnreadable(
                f"{name} has more than {MAX_PICTURE_PIXELS // 1_000_000} million pixels: save it "
                "with at most 10,000 on a side."
            ) from error
        bgr = None
    if bgr is None:
        raise ImageUnreadable(
            f"{name} is not a picture that can be decoded: use JPEG, PNG, WebP, BMP or TIFF."
        )
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)
