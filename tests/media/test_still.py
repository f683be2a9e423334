from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from emocare.domain.errors import ImageUnreadable
from emocare.media import read_image


def png(width: int = 6, height: int = 4) -> bytes:
    """A picture, red but for its first column."""
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[..., 2] = 255
    bgr[:, 0] = 0
    return cv2.imencode(".png", bgr)[1].tobytes()


def test_colours_are_red_green_blue(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    rgb = read_image(path)
    assert rgb.shape == (4, 6, 3)
    assert rgb.dtype == np.uint8
    assert rgb[0, 3].tolist() == [255, 0, 0]


def test_grey_pictures_have_three_equal_channels(tmp_path: Path) -> None:
    path = tmp_path / "g.png"
    grey = np.arange(48 * 48, dtype=np.uint32).reshape(48, 48).astype(np.uint8)
    path.write_bytes(cv2.imencode(".png", grey)[1].tobytes())
    rgb = read_image(path)
    assert all(np.array_equal(rgb[..., c], grey) for c in range(3))


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    bgr = np.zeros((40, 60, 3), np.uint8)
    jpeg = cv2.imencode(".jpg", bgr)[1].tobytes()
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:])
    assert read_image(path).shape == (60, 40, 3)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("a.png", b"", "empty"), ("b.jpg", b"hello", "not a picture"), ("c.png", png()[:30], "not a")],
)
def test_refusals(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageUnreadable, match=words) as caught:
        read_image(tmp_path / name)
    assert name in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(ImageUnreadable, match="not found"):
        read_image(tmp_path / "none.png")
