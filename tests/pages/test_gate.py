"""No page runs without the entry, and faults of the house are said where they happen."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App
from emocare.domain.errors import StoreBusy
from emocare.ui import context
from tests.pages.conftest import ENTRY, PAGES, ROOT, words

ROLES = {
    "plan": "context.CLINICIAN, context.IN_CARE", "journal": "context.CLINICIAN, context.IN_CARE",
    "consent": "context.CLINICIAN, context.IN_CARE",
    "evidence": "context.CLINICIAN, context.ADMINISTRATOR",
    "accounts": "context.ADMINISTRATOR", "log": "context.ADMINISTRATOR",
    "data": "context.ADMINISTRATOR",
    "my_account": "context.CLINICIAN, context.IN_CARE, context.ADMINISTRATOR",
    "leave": "context.CLINICIAN, context.IN_CARE, context.ADMINISTRATOR",
}  # fmt: skip
"""What a page asks for beside the clinician's role."""


@pytest.mark.parametrize("name", PAGES)
def test_require_is_the_first_line(name: str) -> None:
    body = ast.parse((ROOT / PAGES[name]).read_text(encoding="utf-8")).body
    assert isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    assert ast.unparse(body[1]) == "from emocare.ui import context"
    assert ast.unparse(body[2]) == f"context.require({ROLES.get(name, 'context.CLINICIAN')})"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_the_entry_shows_nothing(name: str, app: App) -> None:
    page = AppTest.from_file(str(ROOT / PAGES[name]), default_timeout=60).run()
    assert not page.exception
    assert words(page).strip() == context.text.REFUSED
    assert not page.button


def test_pages_lie_in_subfolders_only() -> None:
    """Streamlit serves files directly under pages/ without the entry."""
    assert list((ROOT / "pages").glob("*.py")) == []


def test_a_busy_database_says_who_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> App:
        raise StoreBusy("Another Emo-Care (process 4711) uses the database. Close it first.")

    monkeypatch.setattr(context, "_shared_app", busy)
    page = AppTest.from_file(ENTRY, default_timeout=60).run()
    assert not page.exception
    assert "process 4711" in page.error[0].value.replace("\\", "")
    assert "does not diagnose" in page.caption[-1].value
