"""What is published beside the book's own pages: editions in folders of their own, the brief as PDF.

`make book` makes none of it, so a page asks `will_exist` before it links to any.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from chokepoint.site import pdf

_FILE = "extras.json"  # beside the pages that are to be rendered: the addresses that will be there
FOLDER = "editions"


@dataclass(frozen=True)
class Extras:
    """Editions by name, each the folder of its built site; pages to be printed, and the browser that does."""

    editions: Mapping[str, Path] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    chrome: str = ""

    def record(self, stage: Path) -> None:
        """Leave word in `stage` of what will be there."""
        addresses = [*map(edition_address, self.editions), *(f"{page}.pdf" for page in self.sheets)]
        (stage / _FILE).write_text(json.dumps(addresses), encoding="utf-8")

    def add(self, site: Path) -> None:
        """Put it into a site whose pages are rendered."""
        if self.sheets:
            pdf.print_briefs(site, site, self.sheets, self.chrome)
        for name, built in self.editions.items():
            shutil.copytree(built, site / FOLDER / name)


def edition_address(name: str) -> str:
    """Name the first page of an edition.

    >>> edition_address("japan")
    'editions/japan/index.html'
    """
    return f"{FOLDER}/{name}/index.html"


def will_exist(address: str, stage: Path) -> bool:
    """Say whether the site that is being made will have it."""
    return address in _read(stage / _FILE)


@lru_cache(maxsize=2)
def _read(path: Path) -> list[str]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
