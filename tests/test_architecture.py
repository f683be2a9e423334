"""The house plan, enforced: imports point down and each library stays in its rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEAVES = ("vision", "temporal", "media", "analysis", "clinical", "simulation", "store", "report")
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    **{leaf: {"domain"} for leaf in LEAVES},
    "services": {"media", "analysis", "clinical", "simulation", "store", "report", "domain"},
    "learning": {"vision", "temporal", "media", "analysis", "simulation", "domain"},
    "settings": {"domain"},
    "app": {*LEAVES, "services", "domain", "settings"},
    "cli": {"app", "services", "learning", "domain", "settings"},
    "__main__": {"cli"},
    "ui": {"app", "services", "domain", "settings"},
    "pages": {"ui", "domain"},
    "streamlit_app": {"ui", "domain"},
    "asgi": {"ui"},
}
"""Room -> rooms it may import. Settings are values without behaviour, so wiring, ui and cli may."""

LIBRARY_ROOMS: dict[str, set[str]] = {
    "torch": {"learning"},
    "onnxruntime": {"vision", "temporal", "learning"},
    "cv2": {"vision", "media", "learning", "ui/live_camera"},
    "av": {"media", "ui/live_camera"},
    "streamlit": {"pages", "ui", "streamlit_app", "asgi"},
    "starlette": {"ui/gate", "asgi"},
    "argon2": {"services/passwords"},
    "pyotp": {"services/authenticator"},
    "segno": {"services/authenticator"},
    "streamlit_webrtc": {"ui/live_camera"},
    "plotly": {"ui/charts"},
    "duckdb": {"store"},
    "cryptography": {"store"},
    "keyring": {"store"},
    "reportlab": {"report"},
    "pypdfium2": {"report"},
    "uharfbuzz": {"report"},
    "arabic_reshaper": {"report"},
    "bidi": {"report"},
    "anyascii": {"report"},
    "fhir": {"report"},
    "pydantic": {"report"},
    "typer": {"cli"},
    "pandas": {"ui", "store", "report", "learning"},
}


def modules() -> Iterator[tuple[Path, str]]:
    """Every file of the product with its path from the root, without ``emocare/`` and ``.py``."""
    for path in sorted([*ROOT.glob("emocare/**/*.py"), *ROOT.glob("pages/**/*.py"),
                        ROOT / "streamlit_app.py", ROOT / "asgi.py"]):  # fmt: skip
        name = path.relative_to(ROOT).with_suffix("").as_posix().removeprefix("emocare/")
        yield path, name


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("path", "name"), [pytest.param(*m, id=m[1]) for m in modules()])
def test_imports_point_down(path: Path, name: str) -> None:
    room = name.split("/")[0]
    if name == "__init__":
        return
    allowed = MAY_IMPORT[room] | {room}
    for imported in imports(path):
        parts = imported.split(".")
        if parts[0] == "emocare" and len(parts) > 1 and (ROOT / "emocare" / parts[1]).exists() | (
            ROOT / "emocare" / f"{parts[1]}.py"
        ).exists():
            assert parts[1] in allowed, f"{name} imports {imported}"
        rooms = LIBRARY_ROOMS.get(parts[0])
        if rooms is not None:
            assert any(name == r or name.startswith((f"{r}/", f"{r}_")) for r in rooms), (
                f"{name} imports {imported}"
            )


def test_the_walk_sees_the_house() -> None:
    names = {name for _, name in modules()}
    assert {"domain/frames", "streamlit_app", "app", "cli/research"} <= names
