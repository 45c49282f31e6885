"""Make the book's two fonts out of Adobe's variable Source Sans 3 and Source Serif 4.

Run once, by hand, outside the book's environment: `pip install fonttools brotli`, then
`python tools/make_fonts.py SourceSans3VF-Upright.ttf SourceSerif4Variable-Roman.ttf`. Both files are in the npm
packages `source-sans` 3.52.0 and `source-serif` 4.5.1. The licence reserves the name “Source” to the
unchanged fonts, so these have names of their own.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

OUT = Path(__file__).parents[1] / "book" / "_static" / "fonts"
# Weights between regular and bold; of the serif the one optical size that suits titles [pt].
FONTS = {"Chokepoint Sans": {"wght": (400, 700)}, "Chokepoint Serif": {"wght": (400, 700), "opsz": 24}}
# Units an em. Source Sans has 1000; with fewer its letters are as high and as wide as Arial's at the same size,
# so that pages and charts are laid out alike while the font is on its way, and where it never comes.
EM = {"Chokepoint Sans": 930, "Chokepoint Serif": 1000}
# What the book writes, and what names and units of its next sources may need.
RANGES = [(0x20, 0x7E), (0xA0, 0xFF)]
SIGNS = "ĀāĂăĄąĆćČčĎďĐđĒēĖėĘęĚěĞğĪīİıŁłŃńŇňŌōŐőŒœŘřŚśŞşŠšŢţŤťŪūŮůŰűŹźŻżŽžȘșȚț"
SIGNS += "–—‘’‚“”„†‡•…‰′″‹›€™−×÷≈≠≤≥←↑→↓↔↕▸▾αβγμΔΩ₀₁₂₃₄₅₆₇₈₉⁻⁰⁴⁵⁶⁷⁸⁹\u2009\u202f\u2011"
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk", "lnum", "tnum"]
# Titles have no formulas, and few names from outside Western Europe: what else they need is in the fallback.
TITLE_SIGNS = "ČčĞğİıŁłŃńŐőŒœŘřŚśŞşŠšŰűŹźŻżŽž–—‘’“”…−×€→\u202f"
TITLE_FEATURES = ["kern", "liga", "lnum", "tnum"]


def make(source: str, family: str, limits: dict) -> Path:
    """Cut one font down, name it `family`, and write it as WOFF2 where the site has its fonts."""
    font = TTFont(source)
    title = "Serif" in family
    features = TITLE_FEATURES if title else FEATURES
    options = Options(layout_features=features, hinting=False, notdef_outline=True, name_IDs=["*"])
    subsetter = Subsetter(options)
    letters = [
        *(TITLE_SIGNS if title else SIGNS),
        *(chr(code) for low, high in RANGES for code in range(low, high + 1)),
    ]
    subsetter.populate(unicodes={ord(letter) for letter in letters})
    subsetter.subset(font)
    font = instantiateVariableFont(font, limits)
    rename(font, family)
    font["head"].unitsPerEm = EM[family]
    font.flavor = "woff2"
    target = OUT / f"{family.lower().replace(' ', '-')}.woff2"
    font.recalcTimestamp = False
    font.save(target)
    return target


def rename(font: TTFont, family: str) -> None:
    """Give a font the name `family`; who made it and its licence stay."""
    table, plain = font["name"], family.replace(" ", "")
    names = {1: family, 2: "Regular", 3: plain, 4: family, 6: f"{plain}-Regular", 16: family, 17: "Regular"}
    kept = {0, 5, 8, 9, 13, 14} | {*names} | {i.axisNameID for i in font["fvar"].axes}
    if "STAT" in font:
        del font["STAT"]  # names of weights that no page shows
    font["fvar"].instances = []
    table.names = [record for record in table.names if record.nameID in kept]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    for source, (family, limits) in zip(sys.argv[1:], FONTS.items(), strict=True):
        made = make(source, family, limits)
        print(f"{made.name}: {made.stat().st_size:,} bytes")
