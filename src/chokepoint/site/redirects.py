"""Pages that lead on from an address that the book gave up, and links that need not go by them.

`book/moved.yml` lists these addresses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chokepoint.data import tables
from chokepoint.site.settings import moved

if TYPE_CHECKING:  # it takes long to import, and a build that has nothing to do needs none of it
    from sphinx.application import Sphinx

_MARK = 'name="cp-moved"'  # in each such page, and in no other
_TO_MINERAL = re.compile(r'<a\b[^>]*href="cp:(minerals/\w+)"[^>]*>(.*?)</a>', re.S)


def gone(pages: Collection[str]) -> dict[str, str]:
    """Return the addresses that are no pages of this site, and the places on it that they lead to."""
    listed = moved(tables.home() / "book")
    return {old: new for old, new in listed.items() if old not in pages and new.partition("#")[0] in pages}


def called(page: str) -> str:
    """Name what stood at an address.

    >>> called("minerals/terbium")
    'Terbium'
    """
    name = page.rpartition("/")[2]
    row = tables.row("minerals", mineral=name) if page.startswith("minerals/") else None
    return name.replace("-", " ").capitalize() if row is None else row["name"].split(" (")[0]


def pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """Make the page of each address that leads on."""
    for old, new in gone(app.env.found_docs).items():
        page, _, anchor = new.partition("#")
        given = {
            "title": called(old),
            "whole": app.env.titles[page].astext(),
            "target": f"{'../' * old.count('/')}{page}.html{f'#{anchor}' if anchor else ''}",
            "canonical": app.config.cp_address and f"{app.config.cp_address}{page}.html",
        }
        yield old, given, "moved.html"


def leads_on(path: Path) -> bool:
    """Whether a file of the site is such a page: it is none of the book."""
    return _MARK in path.read_text(encoding="utf-8")


def to_minerals(body: str, pages: Collection[str], instead: Mapping[str, str]) -> str:
    """Lead links to minerals where they stand now; make plain text of those to minerals without a place.

    >>> link = '<a href="cp:minerals/tin">Tin</a>, <a href="cp:minerals/mica">X</a>'
    >>> to_minerals(link, ["minerals/tin"], {})
    '<a href="cp:minerals/tin">Tin</a>, X'
    >>> to_minerals(link, [], {"minerals/tin": "minerals/all#tin"})
    '<a href="cp:minerals/all#tin">Tin</a>, X'
    """

    def one(found: re.Match) -> str:
        if found[1] in pages:
            return found[0]
        return (
            found[0].replace(f"cp:{found[1]}", f"cp:{instead[found[1]]}") if found[1] in instead else found[2]
        )

    return _TO_MINERAL.sub(one, body)
