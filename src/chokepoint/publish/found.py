"""How the book is found: facts in its search, a map of the site for search engines, cards where it is shared, a page for lost readers."""

import html
import shutil
import textwrap
from pathlib import Path

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType

from chokepoint import facts
from chokepoint.measures import events
from chokepoint.publish import about, cover

# Copied by the theme and its extensions, and asked for by no page.
_UNUSED = [
    "clipboard.min.js",
    "copy*",
    "design-tabs.js",
    "mystnb*",
    "sphinx-*",
    "toggle*",
    "basic.css",
    "*webpack-macros.html",
    "*-solid.svg",
]
_UNUSED += ["*.png", "images", "locales", "scripts", "styles", "vendor"]


class Numbers(Domain):
    """Every fact by its label and text, so that Sphinx's search leads to its row of the evidence."""

    name = "number"
    label = "Numbers"
    object_types = {"fact": ObjType("number")}

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        return type.lname

    def get_objects(self):
        known = facts.evaluate(self.env.config.cp_release)
        for fact_id, fact in sorted(known.items()):
            said = f"{fact.label}: {fact.text}"
            yield said, said, "fact", "evidence", f"fact-{fact_id}", 1

    def merge_domaindata(self, docnames, otherdata) -> None:
        """Nothing is kept with the pages: the registry is the same in every process."""

    def resolve_any_xref(self, *unused) -> list:
        return []

    def resolve_xref(self, *unused) -> nodes.Element | None:
        return None


def not_found_page(app: Sphinx):
    """The page that a server shows for an address that is not there."""
    yield "404", {"title": "There is no such page"}, "404.html"


def tell(app: Sphinx, exception: Exception | None) -> None:
    """Write cards, sitemap and robots.txt beside the pages, and take away what the theme copied for nothing."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "robots.txt").write_text(robots(app.config.cp_address), encoding="utf-8")
    if app.config.cp_address:  # a sitemap is a list of full addresses: without one there is none to write
        (out / "sitemap.xml").write_text(sitemap(app.config.cp_address, sorted(app.env.found_docs)), encoding="utf-8")
    cards = out / "_static" / "cards"
    cards.mkdir(parents=True, exist_ok=True)
    for page in filter(about.has_card, sorted(app.env.found_docs)):
        (cards / about.card_name(page)).write_bytes(card(app.env.titles[page].astext(), app.config.cp_release))
    for path in [p for pattern in _UNUSED for p in (out / "_static").glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def robots(address: str) -> str:
    """All may read all; where the sitemap is, if the address is known."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")


def sitemap(address: str, pages: list[str]) -> str:
    """Every page with the day of the newest evidence.

    >>> sitemap("https://example.org/", ["index", "minerals/tin"]).count("<loc>")
    2
    """
    day = f"{events.newest_evidence():%Y-%m-%d}"
    places = (f"{address}{'' if page == 'index' else f'{page}.html'}" for page in pages)
    rows = "".join(f"<url><loc>{html.escape(place)}</loc><lastmod>{day}</lastmod></url>\n" for place in places)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'


def card(title: str, release: str) -> bytes:
    """A picture of 1200 × 630 pixels with a page's title above the figure of the first page, as PNG."""
    book, _, rest = title.partition(": ")
    lines = textwrap.wrap(rest[:1].upper() + rest[1:] if book == "Chokepoint" else title, 29)
    said = "".join(f'<text x="70" y="{190 + 82 * i}" font-size="68">{html.escape(line)}</text>' for i, line in enumerate(lines))
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" font-family="Georgia, Liberation Serif, serif" fill="#22252a">'
        '<style>.cp-china { fill: #b3452f } .cp-bloc { fill: #1f659b }</style><rect width="1200" height="630" fill="#fcfcfa"/>'
        f'<text x="70" y="96" font-size="38" fill="#585e66">Chokepoint</text>{said}'
        f'<svg x="70" y="420" width="1060" height="150" viewBox="{cover.VIEW}" preserveAspectRatio="none">{cover.columns(release)}</svg></svg>'
    )
    return vl_convert.svg_to_png(svg, scale=1)
