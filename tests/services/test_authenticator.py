"""The figures of an authenticator and the picture that sets one up."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pyotp

from emocare.services import authenticator

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key of RFC 6238, appendix B: "12345678901234567890"."""


def test_the_figures_of_the_rfc() -> None:
    for at_s, code in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037")):
        assert authenticator.step_of(RFC_SECRET, code, 0, at_s) == at_s // 30


def test_neighbours_hold_and_others_do_not() -> None:
    made = pyotp.TOTP(RFC_SECRET)
    for offset in (-60, -30, 0, 30, 60):
        found = authenticator.step_of(RFC_SECRET, made.at(1_000_000 + offset), 0, 1_000_000)
        assert (found is not None) is (abs(offset) <= 30)


def test_used_steps_do_not_hold_any_more() -> None:
    code = pyotp.TOTP(RFC_SECRET).at(1_000_000)
    step = authenticator.step_of(RFC_SECRET, code, 0, 1_000_000)
    assert step is not None
    assert authenticator.step_of(RFC_SECRET, code, step, 1_000_000) is None


def test_what_is_no_code_is_wrong() -> None:
    for typed in ("", "12", "abcdef", "１２３４５６", "1" * 1000):
        assert authenticator.step_of(RFC_SECRET, typed, 0, 1_000_000) is None


def test_the_picture_is_read_back() -> None:
    assert len(authenticator.new_secret()) == 32
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # the detector does not read every picture
    address = cv2.QRCodeDetector().detectAndDecode(drawn(authenticator.picture(secret, "anna")))[0]
    parsed = pyotp.parse_uri(address)
    assert parsed.secret == secret and parsed.issuer == "Emo-Care" and parsed.name == "anna"


def drawn(svg: str) -> np.ndarray:
    """The picture as pixels: segno writes horizontal strokes, one module high."""
    width, height = (int(re.search(rf'{name}="(\d+)"', svg)[1]) for name in ("width", "height"))
    assert 'transform="scale(5)"' in svg
    pixels = np.full((height // 5, width // 5), 255, np.uint8)
    strokes = re.search(r'class="qrline" stroke="#0f1820" d="([^"]*)"', svg)
    assert strokes is not None
    x, y = 0.0, 0.0
    for kind, numbers in re.findall(r"([Mmh])([-\d. ]+)", strokes[1]):
        values = [float(one) for one in numbers.split()]
        if kind == "M":
            x, y = values
        elif kind == "m":
            x, y = x + values[0], y + values[1]
        else:
            pixels[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
    return np.kron(pixels, np.ones((6, 6), np.uint8))
