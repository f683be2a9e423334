"""``python -m emocare``: the same use cases as the screens, without a browser."""

from __future__ import annotations

import sys

from emocare.cli import main

if __name__ == "__main__":
    sys.exit(main())
