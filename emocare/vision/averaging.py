"""Shrinking a part of a picture by area averaging, at the cost of that part alone.

The numbers are those of OpenCV's ``INTER_AREA`` on the whole picture, of which the part is then
taken: every pixel is the mean over the rectangle it stands for, with fractional edges. OpenCV
cannot shrink a part on the grid of the whole; here the sums of an integral image do it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Grey = NDArray[np.uint8]


def averaged(grey: Grey, size: tuple[int, int], first: Floats, last: Floats) -> Grey:
    """Columns and rows ``first`` to ``last`` of the picture shrunk to ``size``.

    Args:
        grey: (H, W) picture.
        size: Width and height of the whole shrunk picture, at most those of ``grey``.
        first: First column and row of the part, whole numbers.
        last: One past its last column and row.

    Returns:
        The part, uint8. It may differ by one level from ``cv2.resize`` where the mean lies half
        way between two (about one pixel in 5000).
    """
    height, width = grey.shape
    xs = np.arange(first[0], last[0] + 1) * (width / size[0])
    ys = np.arange(first[1], last[1] + 1) * (height / size[1])
    left, top = int(xs[0]), int(ys[0])
    right, bottom = min(width, int(np.ceil(xs[-1]))), min(height, int(np.ceil(ys[-1])))
    sums = cv2.integral(grey[top:bottom, left:right], sdepth=cv2.CV_64F)
    bands = np.diff(_between(np.asarray(sums), ys - top), axis=0)
    cells = np.diff(_between(np.ascontiguousarray(bands.T), xs - left), axis=0)
    share = size[0] * size[1] / (width * height)
    return np.rint(cells.T * share).astype(np.uint8)


def _between(sums: Floats, at: Floats) -> Floats:
    """Rows of running sums at fractional places: the sum grows evenly within a pixel."""
    row = np.minimum(at.astype(np.intp), len(sums) - 2)
    before, value = sums[row], sums[row + 1]
    value -= before
    value *= (at - row)[:, None]
    value += before
    return value
