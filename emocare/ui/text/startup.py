"""Sentences of the notice on what the last start found."""
# ruff: noqa: E501

from __future__ import annotations

TITLE_OPEN = ("The last start found one thing that needs you", "The last start found {count} things that need you")
TITLE_DONE = ("The last start put one thing right", "The last start put {count} things right")
PUT_RIGHT = "Put right"
TO_DO = "To do"
NOBODY_LOST = "Everything that had been confirmed before is kept. Nobody is named here."
CLOSE = "Close this notice"
