"""For every test: no key goes into the keyring of the computer that runs them."""

from __future__ import annotations

import os

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
"""Before anything asks for a keyring; processes that tests start inherit it."""
