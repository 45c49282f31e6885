"""How the book is found.

Facts in its search, a map of the site for search engines, cards where it is shared, a page for addresses that
are not there.
"""

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import vl_convert
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType

from chokepoint.analysis import events, facts
from chokepoint.pages.markup import macros
from chokepoint.site import cover, page_metadata, redirects

_template = macros("cover")
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
    object_types: ClassVar[dict[str, ObjType]] = {"fact": ObjType("number"), "mineral": ObjType("mineral")}

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:
        """Return the name of a kind of thing, as the search shows it."""
        return type.lname

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Give every fact, and what stands on a page with others, as the search lists it.

        That is name, shown name, kind, page, anchor, priority.
        """
        known = facts.evaluate(self.env.config.cp_release)
        for fact_id, fact in sorted(known.items()):
            said = f"{fact.label}: {fact.text}"
            yield said, said, "fact", "evidence", f"fact-{fact_id}", 1
        for old, new in redirects.gone(self.env.found_docs).items():
            page, _, anchor = new.partition("#")
            yield redirects.called(old), redirects.called(old), "mineral", page, anchor, 1

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict) -> None:
        """Nothing is kept with the pages: the registry is the same in every process."""

    def resolve_any_xref(self, *unused: Any) -> list:
        """Resolve nothing: no reference leads here."""
        return []

    def resolve_xref(self, *unused: Any) -> nodes.Element | None:
        """Resolve nothing: no reference leads here."""
        return None


def error_404_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Make the page that a server shows for an address that is not there."""
    yield "404", {"title": "There is no such page"}, "404.html"


def write_sitemap_and_cards(app: Sphinx, exception: Exception | None) -> None:
    """Write cards, sitemap and robots.txt beside the pages, and delete what the theme copied for nothing."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "robots.txt").write_text(robots(app.config.cp_address), encoding="utf-8")
    if app.config.cp_address:  # a sitemap is a list of full addresses: without one there is none to write
        (out / "sitemap.xml").write_text(
            sitemap(app.config.cp_address, sorted(app.env.found_docs)), encoding="utf-8"
        )
    cards = out / "_static" / "cards"
    cards.mkdir(parents=True, exist_ok=True)
    for page in filter(page_metadata.has_card, sorted(app.env.found_docs)):
        (cards / page_metadata.card_name(page)).write_bytes(
            card(app.env.titles[page].astext(), app.config.cp_release)
        )
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
    return str(_template.sitemap(places, day))


def card(title: str, release: str) -> bytes:
    """Draw a picture of 1200 × 630 pixels with a page's title above the figure of the first page, as PNG."""
    book, _, rest = title.partition(": ")
    lines = textwrap.wrap(rest[:1].upper() + rest[1:] if book == "Chokepoint" else title, 29)
    svg = str(_template.card(lines, cover.columns(release), cover.VIEW))
    return vl_convert.svg_to_png(svg, scale=1)
