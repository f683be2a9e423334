"""The page of who may call what is the table as it is."""

from emocare.services.access import POLICY
from emocare.services.access_page import PAGE, page


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run python -m emocare.services.access_page and commit docs/access.md"
    )


def test_every_row_stands_in_it_once() -> None:
    lines = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(lines) == len(POLICY) and len(set(lines)) > 100
    assert all(line.count("|") == 8 for line in lines)
