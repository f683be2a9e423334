"""One picture of a page per size and appearance, named as the documents name it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SIZES = {"1440": (1440, 900), "1024": (1024, 768)}
"""First part of a variant -> width and height of the window, px."""
SETTLE_MS = 1500
"""Until fonts and charts stand still, ms."""
MARGIN_PX = 60
"""Room under the content, so that the page does not scroll."""
CONTENT = "document.querySelector('.stMainBlockContainer').scrollHeight"
QUIET = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass
class Camera:
    """Writes pictures into a folder.

    Attributes:
        folder: Where they go.
        wanted: Names without suffix, or the part of a name before its size; empty means all.
        began: When the walk began, for the line that is printed per picture, s.
    """

    folder: Path
    wanted: frozenset[str]
    began: float = field(default_factory=time.monotonic)

    def wants(self, scene: str, variant: str) -> bool:
        """Whether this picture was asked for."""
        return not self.wanted or bool({scene, f"{scene}-{variant}"} & self.wanted)

    def take(self, page: Any, scene: str, variants: Iterable[str], *, whole: bool = True) -> None:
        """Takes the page as it stands in each variant, then sets the window back.

        Args:
            page: An open page of the app.
            scene: First part of the name, such as ``home``.
            variants: Second part: a size, with ``-dark`` after it for the dark appearance.
            whole: Whether the window is made as high as the content; the page scrolls inside
                itself. A dialog is taken in the plain window.
        """
        page.mouse.move(0, 0)
        for variant in variants:
            if not self.wants(scene, variant):
                continue
            width, height = SIZES[variant.split("-")[0]]
            page.emulate_media(color_scheme="dark" if variant.endswith("-dark") else "light")
            page.set_viewport_size({"width": width, "height": height})
            settle(page)
            if whole:
                high = int(page.evaluate(CONTENT)) + MARGIN_PX
                page.set_viewport_size({"width": width, "height": max(height, high)})
                settle(page)
            page.screenshot(path=str(self.folder / f"{scene}-{variant}.png"))
            print(f"{time.monotonic() - self.began:6.0f} s  {scene}-{variant}", flush=True)
        page.emulate_media(color_scheme="light")
        width, height = SIZES["1440"]
        page.set_viewport_size({"width": width, "height": height})
        settle(page)


def settle(page: Any) -> None:
    """Waits until the page has drawn what it has to draw and stands still."""
    page.wait_for_timeout(SETTLE_MS)
    page.locator(QUIET).wait_for(state="attached")
