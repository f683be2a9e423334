"""Reads what a PDF says, as a viewer would."""

from __future__ import annotations

import pypdfium2


def pages_text(pdf: bytes) -> list[str]:
    """The text of each page with every run of white space as one space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            reader = page.get_textpage()
            found.append(" ".join(reader.get_text_range().split()))
            reader.close()
            page.close()
        return found
    finally:
        document.close()


def whole_text(pdf: bytes) -> str:
    """The text of all pages."""
    return " ".join(pages_text(pdf))
