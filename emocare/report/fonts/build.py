"""Makes the fonts of this folder from their published sources. Never run by the application.

``python emocare/report/fonts/build.py --inter DIR --dejavu DIR --noto DIR --droid FILE`` with
fontTools 4.68 and brotli installed. ``README.md`` beside this file names the sources. Layout
tables are kept only where text needs them; hinting is dropped, because a PDF is never drawn at
the sizes where it matters.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).resolve().parent
INTER_PARTS = ("latin", "latin-ext", "vietnamese", "greek", "cyrillic")
INTER_WEIGHTS = {"Regular": 400, "SemiBold": 600}
NOTO = ("Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Tamil", "Telugu", "Kannada",
        "Malayalam", "Thai")  # fmt: skip
DEJAVU_RANGES = (
    (0x20, 0x7E), (0xA0, 0x36F), (0x370, 0x5FF), (0x600, 0x6FF), (0x750, 0x77F),
    (0x10A0, 0x10FF), (0x1E00, 0x1FFF), (0x2000, 0x22FF), (0x2500, 0x26FF), (0x2C60, 0x2C7F),
    (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xFB13, 0xFB4F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF),
)  # fmt: skip


def main() -> None:
    """Reads the folders from the command line and writes every font beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("inter", "dejavu", "noto", "droid"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    for style, weight in INTER_WEIGHTS.items():
        _inter(given.inter, style, weight)
    for source, name in (("DejaVuSans", "DejaVuSans"), ("DejaVuSans-Bold", "DejaVuSans-Bold")):
        wanted = {c for low, high in DEJAVU_RANGES for c in range(low, high + 1)}
        _subset(given.dejavu / f"{source}.ttf", wanted, HERE / f"{name}.ttf", [])
    for script in NOTO:
        source = given.noto / f"NotoSans{script}-Regular.ttf"
        _subset(source, None, HERE / f"NotoSans{script}.ttf", ["*"])
    _subset(given.droid, None, HERE / "DroidSansFallback.ttf", [])


def _inter(folder: Path, style: str, weight: int) -> None:
    """One weight of all parts in one file, with its own PostScript name."""
    seen: set[int] = set()
    paths = []
    with tempfile.TemporaryDirectory() as scratch:
        for part in INTER_PARTS:
            font = TTFont(folder / f"inter-{part}-wght-normal.woff2")
            font.flavor = None
            font = instancer.instantiateVariableFont(font, {"wght": weight})
            fresh = set(font.getBestCmap()) - seen
            seen |= fresh
            _cut(font, fresh, ["kern"])
            paths.append(Path(scratch) / f"{part}.ttf")
            font.save(paths[-1])
        whole = merge.Merger().merge([str(p) for p in paths])
    _rename(whole, "Inter", style)
    whole.save(HERE / f"Inter-{style}.ttf")


def _subset(source: Path, wanted: set[int] | None, target: Path, features: list[str]) -> None:
    font = TTFont(source)
    _cut(font, wanted or set(font.getBestCmap()), features)
    font.save(target)


def _cut(font: TTFont, wanted: set[int], features: list[str]) -> None:
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["FFTM", "DSIG", "STAT", "MVAR", "HVAR", "avar"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)


def _rename(font: TTFont, family: str, style: str) -> None:
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family}-{style}"}
    for identifier, text in names.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)
        font["name"].setName(text, identifier, 1, 0, 0)


if __name__ == "__main__":
    main()
