"""The font files in the repository."""

from __future__ import annotations

import pytest

from emocare.report import fonts
from emocare.report.fonts import BOLD, EAST_ASIAN, FALLBACK, FALLBACK_BOLD, FOLDER, REGULAR, SCRIPTS

ALL = (REGULAR, BOLD, FALLBACK, FALLBACK_BOLD, EAST_ASIAN, *(s.font for s in SCRIPTS))


@pytest.mark.parametrize("name", ALL)
def test_every_font_loads_and_has_its_own_postscript_name(name: str) -> None:
    names = {n: fonts.load(n).face.name for n in ALL}
    assert list(names.values()).count(names[name]) == 1
    assert fonts.load(name) is fonts.load(name)


def test_both_weights_number_their_glyphs_alike() -> None:
    """A word may be half regular and half bold; it is shaped with the first one's numbers."""
    regular, bold = fonts.load(REGULAR).face, fonts.load(BOLD).face
    assert regular.charToGlyph == bold.charToGlyph


@pytest.mark.parametrize("name", [REGULAR, BOLD])
def test_european_letters_and_signs_are_there(name: str) -> None:
    wanted = "ĄąĆćĘęŁłŃńÓóŚśŹźŻżĞğİıŞşẮằỂễỖộỮựỲỷĐđΑΩάώЁёЙйЩщЇїҐґ−–—·×±°²…“”‘’½%€"
    assert not [c for c in wanted if ord(c) not in fonts.characters(name)]


def test_licences_are_beside_the_fonts() -> None:
    held = {path.name for path in FOLDER.iterdir()}
    assert {"Inter-OFL.txt", "DejaVu-LICENSE.txt", "DroidSansFallback-LICENSE.txt",
            "Noto-OFL.txt", "README.md"} <= held  # fmt: skip
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in held:
        if name.endswith("LICENSE.txt") or name.endswith("OFL.txt"):
            assert name in readme


def test_no_font_file_is_without_use() -> None:
    assert {path.stem for path in FOLDER.glob("*.ttf")} == set(ALL)


def test_glyphs_without_a_character_have_fixed_codes() -> None:
    """Otherwise the bytes of a report would depend on the reports made before it."""
    for script in SCRIPTS:
        font = fonts.load(script.font)
        private = {c: g for c, g in font.face.charToGlyph.items() if 0xE000 <= c <= 0xF8FF}
        assert list(private.values()) == sorted(private.values())
        assert len(font.face.glyphToChar) >= font.hbFace.glyph_count - 1
