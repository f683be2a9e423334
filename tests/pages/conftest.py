"""A real application in a temporary folder behind the pages; only the face network is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emocare.app import App, build_app
from emocare.services.engine import LoadedFace
from emocare.settings import Settings
from emocare.ui import context
from tests.ui.scenes import MODEL, Scene, SteadyReader

ROOT = Path(__file__).resolve().parents[2]
ENTRY = str(ROOT / "streamlit_app.py")
PAGES = {name: f"pages/clinician/{name}.py"
         for name in ("patients", "live", "upload", "review", "timeline", "report", "evidence",
                      "questionnaire")}  # fmt: skip
PAGES["plan"] = "pages/patient/plan.py"
PAGES["journal"] = "pages/patient/journal.py"

Open = Callable[..., AppTest]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", samples_dir=tmp_path / "samples",
                    clinician="Dr A. Lindqvist", clinic="Sjövik Clinic")  # fmt: skip


@pytest.fixture
def app(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    with build_app(settings, lambda: LoadedFace(SteadyReader(), (MODEL,))) as made:
        monkeypatch.setattr(context, "_shared_app", lambda: made)
        yield made


@pytest.fixture
def scene(app: App) -> Scene:
    return Scene(app)


@pytest.fixture
def open_page(app: App) -> Open:
    """Opens a page as a browser would: the entry first, then the page, with its address."""

    def opened(name: str = "patients", state: dict[str, object] | None = None,
               **address: str) -> AppTest:  # fmt: skip
        test = AppTest.from_file(ENTRY, default_timeout=60)
        for key, value in (state or {}).items():
            test.session_state[key] = value
        if name == "patients":
            for key, value in address.items():
                test.query_params[key] = value
            return test.run()
        test.run()
        test.switch_page(PAGES[name])
        for key, value in address.items():
            test.query_params[key] = value
        return test.run()

    return opened


def words(test: AppTest) -> str:
    """Everything that is written on the page, widgets' labels included, without escapes."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "info", "warning",
             "badge", "button", "checkbox", "text_input", "selectbox", "radio")  # fmt: skip
    found = []
    for kind in kinds:
        for element in test.get(kind):
            found.append(str(getattr(element, "label", "") or ""))
            found.append(str(getattr(element, "value", "") or ""))
    return "\n".join(found).replace("\\", "")
