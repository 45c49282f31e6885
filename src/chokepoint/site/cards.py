"""The picture of each page where it is shared: its title beside its first chart, 1200 × 630 pixels.

The pages are read as they were written, once all of them are: the compiler of charts starts threads, and must
not run while Sphinx forks. A picture is kept under a digest of all it is drawn from, so that a build draws
only those that changed. Its words are in the font that vl-convert carries, whatever the machine has.
"""

import hashlib
import html
import json
import os
import re
import shutil
import struct
import textwrap
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import vl_convert
from markupsafe import Markup

from chokepoint.charts.theme import FONT
from chokepoint.charts.vega import follows_container
from chokepoint.pages.markup import macros
from chokepoint.site import cover
from chokepoint.site.chart_files import put_back

WIDTH, HEIGHT = 1200, 630  # px; what those who show such pictures ask for
LETTERS = "Liberation Sans"
_TEMPLATE = Path(__file__).with_name("templates") / "cards.html"
_ROOM = 690.0, 486.0  # px for the chart
_COLUMN = 460.0  # px of the column that a chart is drawn for, as on a phone: its words are then large enough
_MOST_KEPT = 1000  # pictures, of this site and of its editions
_NO_LATIN = re.compile(r"[\u0250-\u1fff\u2e80-\U0010ffff]")  # letters that LETTERS may not have
_LANGUAGES = {"zh": "Chinese", "ja": "Japanese"}
_PLACE = re.compile(
    r'<(?:figure|section|div) class="(?P<kind>cell [^"]*|cp-figure(?: [^"]*)?|cp-explorable[^"]*)"'
    r'|<figcaption class="cp-says">(?P<finding>.*?)</figcaption>'
    r'|<script type="application/json" class="cp-spec"[^>]*>(?P<spec>.*?)</script>',
    re.S,
)
_template = macros("cards")


@dataclass(frozen=True)
class Card:
    """What a picture shows: a page's title, a sentence below it, and a chart as compiled Vega, or none."""

    title: str
    summary: str
    spec: str = ""


def lead(body: str) -> tuple[str, str]:
    """Return the finding of a page's first chart, and the chart; empty texts where it has none.

    Models that readers set are left out, because only the page's script draws them; so are charts typed in a
    cell, whose title is only the names of their axes.

    >>> spec = '<script type="application/json" class="cp-spec">{}</script>'
    >>> lead(f'<figure class="cp-figure"><figcaption class="cp-says">So &amp; so</figcaption>{spec}</figure>')
    ('So & so', '{}')
    >>> lead(f'<section class="cp-explorable">{spec}</section>')
    ('', '')
    """
    cell = kind = finding = ""
    for found in _PLACE.finditer(body):
        if (named := found["kind"] or "").startswith("cell "):
            cell = named
        elif named:
            kind, finding = named, ""
        elif found["finding"]:
            finding = found["finding"]
        elif kind.startswith("cp-figure") and "cp-scenario" not in kind and "tag_draw" not in cell:
            return html.unescape(re.sub(r"<[^>]+>", "", finding)).strip(), found["spec"]
    return "", ""


def of_page(page: str, title: str, text: str) -> Card:
    """Return what the picture of a page shows, from the HTML of the whole page.

    Words in letters that the font lacks are left out: a page in such a language is named in English.
    """
    description = re.search(r'<meta name="description" content="([^"]*)"', text)
    finding, spec = lead(text)
    summary = finding or (html.unescape(description[1]) if description else "")
    name, _, rest = title.partition(": ")
    title = rest[:1].upper() + rest[1:] if name == "Chokepoint" else title
    if _NO_LATIN.search(title):
        title = f"The brief, in {_LANGUAGES.get(page.rpartition('-')[2], 'translation')}"
    return Card(title, "" if _NO_LATIN.search(summary) else summary, spec)


def draw(card: Card, release: str) -> bytes:
    """Draw a card as PNG. The book's own, with no chart, has the figure of the first page."""
    chart = _chart(_in_letters(card.spec)) if card.spec else None
    across, lines = (19, 6) if chart else (34, 4)
    title = textwrap.wrap(card.title, across, break_long_words=False)[:lines]
    below = textwrap.wrap(_sentences(card.summary, 190), 34 if chart else 72)
    columns = Markup("") if chart else cover.columns(release)
    svg = _template.card(WIDTH, HEIGHT, LETTERS, title, below, chart, columns, cover.VIEW)
    return packed(vl_convert.svg_to_png(str(svg), scale=1))


def _sentences(text: str, most: int) -> str:
    """Return the first whole sentences of a text, within so many characters; of a longer one its beginning.

    >>> _sentences("Not yet. Our confidence is moderate.", 20)
    'Not yet.'
    """
    ends = [end.end() for end in re.finditer(r"[.?!](?= |$)", text) if end.end() <= most]
    return text[: ends[-1]] if ends else textwrap.shorten(text, most, placeholder=" …")


def _in_letters(spec: str) -> dict:
    """Read a chart, its words in the font of the cards."""
    return json.loads(json.dumps(json.loads(spec)).replace(FONT, LETTERS))


@dataclass(frozen=True)
class _Drawn:
    """A chart as SVG; from where [px] and how much larger it is shown, and whether its end is left out."""

    svg: Markup
    left: float
    top: float
    scale: float
    cut: bool


def _chart(spec: dict) -> _Drawn:
    svg = _in_column(spec) if follows_width(spec) else vl_convert.vega_to_svg(spec)
    (wide, tall), (across, down) = _size(svg), _ROOM
    scale = min(across / wide, 2.0)
    if tall * scale > down:  # of a long one the beginning, unless all of it is large enough to be read
        scale = max(down / tall, min(scale, 1.4))
    left, top = (max(room - size * scale, 0) / 2 for room, size in ((across, wide), (down, tall)))
    return _Drawn(Markup(svg), left, top, scale, tall * scale > down + 1)


def follows_width(spec: dict) -> bool:
    """Whether a chart is as wide as the column that it is given."""
    return follows_container(spec) or any(signal["name"] == "cp_column" for signal in spec["signals"])


def _in_column(spec: dict) -> str:
    """Draw a chart for a narrow column, its plot as much narrower as axes and words then need."""
    drawn = _at(spec, _COLUMN)
    out = _size(drawn)[0] - _COLUMN
    return _at(spec, _COLUMN - out) if 1 < out < _COLUMN / 2 else drawn


def _at(spec: dict, plot: float) -> str:
    given = {"width": plot, "cp_column": _COLUMN}
    signals = [s | {"value": given[s["name"]]} if s["name"] in given else s for s in spec["signals"]]
    return vl_convert.vega_to_svg(spec | {"signals": signals})


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r' width="([\d.]+)" height="([\d.]+)"', svg)
    return float(found[1]), float(found[2])


def packed(png: bytes) -> bytes:
    """Return a picture of vl-convert, which packs for speed, in few bytes: each pixel as one of 256 colours.

    These are its most frequent ones; a pixel of another, at the edge of a letter, has the nearest. ValueError
    for a PNG of another kind than vl-convert writes: RGBA, each pixel as the difference from the one before.
    """
    parts: dict[bytes, bytes] = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name = png[at + 4 : at + 8]
        parts[name] = parts.get(name, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    wide, tall, *kind = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(tall, -1)
    if kind != [8, 6, 0, 0, 0] or (rows[:, 0] != 1).any():
        raise ValueError(
            f"vl-convert {vl_convert.__version__} writes another kind of PNG than `packed` reads."
        )
    pixels = np.cumsum(rows[:, 1:].reshape(tall, wide, 4), axis=1, dtype=np.uint8)
    colours, which, count = np.unique(
        np.ascontiguousarray(pixels).view(np.uint32).ravel(), return_inverse=True, return_counts=True
    )
    kept = np.sort(np.argsort(-count, kind="stable")[:256])
    rgb = colours.view(np.uint8).reshape(-1, 4)[:, :3].astype(int)
    nearest = np.array([np.abs(rgb[kept] - one).sum(axis=1).argmin() for one in rgb], np.uint8)
    lines = np.zeros((tall, wide + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = nearest[which].reshape(tall, wide)
    made = {
        b"IHDR": struct.pack(">IIBBBBB", wide, tall, 8, 3, 0, 0, 0),
        b"PLTE": rgb[kept].astype(np.uint8).tobytes(),
        b"IDAT": zlib.compress(lines.tobytes(), 9),
        b"IEND": b"",
    }
    return png[:8] + b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
        for name, held in made.items()
    )


def write(site: Path, pages: Iterable[tuple[str, str]], release: str, cache_folder: Path) -> None:
    """Write the picture of each page, given with its title, below `site`; keep them in `cache_folder`."""
    static = site / "_static"
    folder = static / "cards"
    shutil.rmtree(folder, ignore_errors=True)
    cache_folder.mkdir(parents=True, exist_ok=True)
    cards = {
        page: of_page(page, title, put_back((site / f"{page}.html").read_text(encoding="utf-8"), static))
        for page, title in pages
    }
    drawn_by = [Path(__file__).read_text(), _TEMPLATE.read_text(), vl_convert.__version__]
    columns = cover.columns(release)

    def one(card: Card) -> bytes:
        inputs = [*drawn_by, card.title, card.summary, card.spec or columns]
        path = cache_folder / f"{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()}.png"
        if not path.is_file():
            half = path.with_suffix(".part")
            half.write_bytes(draw(card, release))
            half.replace(path)
        os.utime(path)
        return path.read_bytes()

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for page, picture in zip(cards, threads.map(one, cards.values()), strict=True):
            path = folder / f"{page}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture)
    oldest = sorted(cache_folder.glob("*.png"), key=lambda path: path.stat().st_mtime)
    for path in oldest[:-_MOST_KEPT]:
        path.unlink()
