"""Sentences of the notice on what the last start found."""
# ruff: noqa: E501

from __future__ import annotations

TITLE_OPEN = ("The last start found one thing that needs you", "The last start found {count} things that need you")
TITLE_DONE = ("The last start put one thing right", "The last start put {count} things right")
PUT_RIGHT = ":gray-badge[Put right]"
TO_DO = ":orange-badge[To do]"
KEPT = "Everything that had been confirmed before is kept."
CLOSE = "Close this notice"
