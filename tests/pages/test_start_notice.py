"""The notice on what the last start found, on the first page."""

from __future__ import annotations

import pytest

from emocare.app import App
from emocare.services.startup import StartFinding
from emocare.ui.text import startup as text
from tests.pages.conftest import Open

DONE = StartFinding("2 live sessions were broken off.", True, "Continue them.")
WAITING = StartFinding("The clock is <b>behind</b>.", False, "Set the clock.")


def test_nothing_is_shown_where_nothing_was_found(open_page: Open) -> None:
    assert [one.label for one in open_page("patients").expander] == []


@pytest.mark.parametrize(("found", "title"), [
    ((DONE,), text.TITLE_DONE[0]), ((DONE, DONE), text.TITLE_DONE[1].format(count=2)),
    ((WAITING, DONE), text.TITLE_OPEN[0]),
])  # fmt: skip
def test_it_is_told_once_with_what_is_to_do(
    open_page: Open, app: App, found: tuple[StartFinding, ...], title: str
) -> None:
    app.startup._found = found
    page = open_page("patients")
    assert not page.exception
    assert [one.label for one in page.expander] == [title]
    said = " ".join(one.value for one in page.markdown)
    assert all(one.remedy in said for one in found) and "<b>" not in said
    page.button(key="start_notice_close").click().run()
    assert [one.label for one in page.expander] == []
    assert [one.label for one in open_page("patients").expander] == []
