"""How the book is found.

A map of the site for search engines, cards where it is shared, a page for addresses that are not there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sphinx.application import Sphinx

from chokepoint.analysis import events
from chokepoint.data import tables
from chokepoint.pages.markup import macros
from chokepoint.site import cards
from chokepoint.site.open_data import catalogue

_template = macros("cover")
# Copied by the theme and its extensions, and asked for by no page.
_UNUSED = [
    "clipboard.min.js",
    "copy*",
    "design-tabs.js",
    "mystnb*",
    "sphinx-*",
    "sphinx_highlight.js",
    "toggle*",
    "basic.css",
    "*webpack-macros.html",
    "*-solid.svg",
]
_UNUSED += ["documentation_options.js", "doctools.js", "language_data.js", "searchtools.js"]  # Sphinx's
_UNUSED += ["*.png", "images", "locales", "scripts", "styles", "vendor"]


def error_404_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Make the page that a server shows for an address that is not there."""
    yield "404", {"title": "There is no such page"}, "404.html"


def embed_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Make the page that shows one chart by itself, in a frame on a page of another site.

    It takes the chart from the book's page when it is opened: a page for each of several hundred charts would
    store every chart twice.
    """
    yield "embed", {"title": "A chart"}, "embed.html"


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
    if app.config.cp_address and catalogue.is_announced(Path(app.srcdir)):
        titles = [(page, app.env.titles[page].astext()) for page in sorted(app.env.found_docs)]
        cards.write(out, titles, app.config.cp_release, tables.home() / "build" / "cards")
    else:  # nothing leads to a picture: an edition's pages name those of the book
        shutil.rmtree(out / "_static" / "cards", ignore_errors=True)
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
