"""A clinic's labelled pictures: the list is checked line by line before a picture is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from emocare.domain.errors import InputError
from emocare.domain.faces import EXPRESSIONS, Face
from emocare.domain.frames import Box
from emocare.services import fairness
from emocare.services.engine import FaceEngine
from tests.services.fakes import ScriptedReader, face_at, never

Table = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures."""
    inside = tmp_path / "pictures"
    (inside / "more").mkdir(parents=True)
    for name in ("a.png", "b.png", "more/c.png"):
        cv2.imwrite(str(inside / name), np.full((480, 640, 3), 120, np.uint8))
    return inside


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a list."""

    def write(*lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "groups.csv"
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return write


def narrow(t_s: float) -> Face:
    """A face under the least width that can be read."""
    return face_at(t_s, Box(100.0, 100.0, 120.0, 128.0))


def read(listed: list[fairness.Listed], reader: ScriptedReader, said: list[str]) -> list:
    return list(fairness.read_pictures(listed, FaceEngine(reader.loaded), said.append))


def test_groups_and_labels_come_from_the_list(folder: Path, table: Table) -> None:
    listed = fairness.read_list(folder, table(
        "Path;Glasses;expression;person", "a.png;yes;Happiness;P1", "", "more\\c.png;;;"
    ))  # fmt: skip
    assert [(one.name, dict(one.groups), one.expression, one.person) for one in listed] == [
        ("a.png", {"glasses": "yes"}, "happiness", "P1"), ("more/c.png", {}, None, None),
    ]  # fmt: skip


def test_a_list_as_a_spreadsheet_saves_it(folder: Path, table: Table) -> None:
    listed = fairness.read_list(folder, table('path,sex', '"a.png","f"', encoding="utf-8-sig"))
    assert listed[0].groups == {"sex": "f"}


WRONG = {
    "no path": (["name,sex", "a.png,f"], "no column 'path'. Its columns: name, sex"),
    "no groups": (["path,expression", "a.png,fear"], "no column of groups"),
    "nothing": ([""], "no lines"),
    "head only": (["path,sex"], "no lines"),
    "short line": (["path,sex", "a.png"], "line 2: expected 2 cells, got 1"),
    "unnamed": (["path,", "a.png,f"], "a name of its own"),
    "twice named": (["path,sex,sex", "a.png,f,f"], "a name of its own"),
    "gone": (["path,sex", "a.png,f", "", "x.png,f"], "line 4: x.png is not in"),
    "outside": (["path,sex", "../groups.csv,f"], "does not lie in"),
    "no name": (["path,sex", ",f"], "an empty path"),
    "twice": (["path,sex", "a.png,f", "./a.png,m"], "line 3: ./a.png stands there twice"),
    "label": (["path,sex,expression", "a.png,f,bored"], "'bored' is no expression. Known: neutral"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_list_is_said(name: str, folder: Path, table: Table) -> None:
    lines, message = WRONG[name]
    with pytest.raises(InputError) as error:
        fairness.read_list(folder, table(*lines))
    assert message in str(error.value)


def test_a_missing_list_or_folder_is_said(folder: Path, table: Table, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        fairness.read_list(folder, tmp_path / "none.csv")
    with pytest.raises(InputError, match="is no folder"):
        fairness.read_list(tmp_path / "none", table("path,sex", "a.png,f"))
    with pytest.raises(InputError, match="not UTF-8"):
        fairness.read_list(folder, table("path,sex", "a.png,ö", encoding="latin-1"))


@pytest.mark.parametrize(
    ("script", "found", "readable"), [(None, True, True), (never, False, False)]
)
def test_the_reader_of_the_app_decides(
    folder: Path, table: Table, script: Callable | None, found: bool, readable: bool
) -> None:
    listed = fairness.read_list(folder, table("path,sex", "a.png,f"))
    one = read(listed, ScriptedReader() if script is None else ScriptedReader(script), [])[0]
    assert (one.found, one.readable) == (found, readable)
    assert (one.read_as in EXPRESSIONS) is found


def test_a_face_the_gate_refuses_is_found_but_not_readable(folder: Path, table: Table) -> None:
    listed = fairness.read_list(folder, table("path,sex", "a.png,f"))
    one = read(listed, ScriptedReader(narrow), [])[0]
    assert one.found and not one.readable


def test_a_file_that_is_no_picture_is_left_out_and_named(folder: Path, table: Table) -> None:
    (folder / "a.png").write_text("hello")
    listed = fairness.read_list(folder, table("path,sex", "a.png,f", "b.png,f"))
    said: list[str] = []
    found = read(listed, ScriptedReader(), said)
    assert found[0] is None and found[1].found
    assert len(said) == 1 and said[0].startswith("a.png is left out:")
    result = fairness.result(FaceEngine(ScriptedReader().loaded), found, lambda p: {"n": len(p)})
    assert result["left_out"] == 1 and result["n"] == 1
    assert result["models"][0]["id"] == "scripted"
    with pytest.raises(InputError, match="None of the listed files"):
        fairness.result(FaceEngine(ScriptedReader().loaded), [None], lambda p: {})


def test_a_kept_result_names_no_picture(tmp_path: Path) -> None:
    fairness.keep(tmp_path / "data", {"pictures": 3})
    assert json.loads((tmp_path / "data" / fairness.KEPT).read_text()) == {"pictures": 3}
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        fairness.keep(tmp_path / "file", {})
