"""The six figures of an authenticator (RFC 6238) and the picture that sets one up, offline."""

from __future__ import annotations

import hmac
import io
import time

import pyotp
import segno

PERIOD_S = 30
AROUND = (0, -1, 1)
"""Steps that hold: now, and the neighbours for a clock that is off by half a minute."""
ISSUER = "Emo-Care"


def new_secret() -> str:
    """A secret of 160 bits in base 32."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, after: int, at_s: float | None = None) -> int | None:
    """The time step of a right code, None for a wrong one.

    Args:
        code: As typed; blanks do not matter.
        after: The newest step that was used; it and older ones do not hold any more, so that
            nobody can use a code a second time.
        at_s: Seconds since 1970; now when None.
    """
    typed = "".join(code.split())
    now = int((time.time() if at_s is None else at_s) // PERIOD_S)
    made = pyotp.TOTP(secret)
    found = None
    for offset in AROUND:
        right = hmac.compare_digest(made.generate_otp(now + offset).encode(), typed.encode())
        if right and now + offset > after and found is None:
            found = now + offset
    return found


def picture(secret: str, login: str) -> str:
    """The QR code that an authenticator reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    file = io.BytesIO()
    segno.make(address, error="m").save(file, kind="svg", scale=5, border=4, dark="#0F1820",
                                        light="#FFFFFF", xmldecl=False, title=ISSUER)  # fmt: skip
    return file.getvalue().decode("ascii")
