"""Raw HTML and scripts of the product, all of them, and that no text of a person gets into one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from emocare.ui import theme

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted(ROOT.glob("emocare/ui/**/*.py")), *sorted(ROOT.glob("pages/**/*.py")),
           ROOT / "streamlit_app.py"]  # fmt: skip
RAW = {
    ("emocare/ui/theme.py", "f'<style>{css(palette())}</style>'"),
    ("emocare/ui/frame.py", "'<script>window.location.reload()</script>'"),
    ("emocare/ui/patient_journal.py", "TO_THE_TOP"),
    ("emocare/ui/kiosk.py", "TO_THE_TOP"),
    ("emocare/ui/account_parts.py",
     "\"<script>window.location.replace('/sign-in?why=out')</script>\""),
    ("pages/account/leave.py",
     "\"<script>fetch('/sign-out', {method: 'POST'})"
     ".then(() => window.location.replace('/sign-in?why=out'))</script>\""),
    # One script for each of the three roles, made of what is typed in the source.
    ("emocare/ui/demo.py", "CHANGES[wanted]"),
    # Words of the four bands, percentages and colours: nothing that anybody typed in.
    ("emocare/ui/severity_bar.py", "bar_html(estimate, colours)"),
}
"""File and argument of every ``st.html``."""
WRITES_HTML = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
               "new Function")  # fmt: skip


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield path.relative_to(ROOT).as_posix(), node


def constants(file: str) -> set[str]:
    """Names that a file gives to a text that is typed in it or in another file of this folder."""
    names = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.ImportFrom):
            names |= {name.asname or name.name for name in node.names if name.name.isupper()}
    return names


def test_markdown_never_takes_html() -> None:
    wanted = {keyword.arg for _, call in calls() for keyword in call.keywords}
    assert "unsafe_allow_html" not in wanted
    assert "unsafe_allow_javascript" in wanted, "the walk sees keywords"


def test_raw_html_is_typed_in_the_source() -> None:
    found = {(file, ast.unparse(call.args[0])) for file, call in calls()
             if ast.unparse(call.func) == "st.html"}  # fmt: skip
    assert found == RAW
    for file, argument in found:
        if argument.isidentifier():
            assert argument in constants(file)
    assert "<" not in theme.css(theme.palette())


def test_components_are_made_of_what_is_typed_in_the_source() -> None:
    made = [(file, call) for file, call in calls() if ast.unparse(call.func).endswith(".component")]
    assert len(made) == 4
    for file, call in made:
        for keyword in call.keywords:
            assert ast.unparse(keyword.value) in constants(file) | {"script"}


def test_scripts_write_text_and_never_html() -> None:
    scripts = sorted(ROOT.glob("emocare/ui/*.js"))
    assert len(scripts) >= 4
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in WRITES_HTML if word in text], path.name
