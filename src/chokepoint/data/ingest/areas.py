"""Whose figure it is: a country, a group of them, the rest, or the world; with the glued marks taken off."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

import pandas as pd

REGIONS = ("Europe",)  # named in place of a country where the countries are not known


class Area(NamedTuple):
    name: str
    kind: str  # country, group, other, world, or unknown
    iso3: str = ""
    form: str = ""  # what this area's figure counts where that differs: "crude", "quicklime only"
    estimated: bool = False


def names(table: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Every spelling in data/geography.csv -> (name, iso3)."""
    found: dict[str, tuple[str, str]] = {}
    for column in ("name", "usgs_names", "iea_names", "state_names"):
        for row in table.itertuples():
            for spelling in getattr(row, column).split("|"):
                found.setdefault(spelling.casefold(), (row.name, row.iso3))
    return found


def area(printed: str, known: dict[str, tuple[str, str]]) -> Area:
    """Clean a printed area name and say what kind of area it is.

    >>> known = {"japan": ("Japan", "JPN"), "united states": ("United States", "USA"), "canada": ("Canada", "CAN")}
    >>> area("Japane", known)
    Area(name='Japan', kind='country', iso3='JPN', form='', estimated=True)
    >>> area("United\\xa0States (kyanite)", known).form, area("World total (rounded)10", known).kind
    ('kyanite', 'world')
    >>> area("United States and Canada", known).kind, area("Other countries4", known).name, area("Atlantis", known).kind
    ('group', 'Other countries', 'unknown')
    """
    text = " ".join(printed.replace("\u00a0", " ").split())
    if re.match(r"world", text, re.I):
        said = re.sub(r"^world( total)?|\brounded\b|[()\d]", "", text, flags=re.I)
        return Area("World", "world", form=" ".join(said.replace(",", " ").split()))
    form = re.search(r" ?\(([^)]*)\)\s*[\d, ]*$", text)
    if text in REGIONS:
        return Area(text, "group")
    whole = _lookup(text, known)
    if whole:
        return Area(whole[0], "country", whole[1], estimated=whole[2])
    bare = text[: form.start()].strip() if form else text
    extra = form[1] if form else ""
    if re.match(r"others?\b", bare, re.I):
        return Area("Other countries", "other", form="" if extra == "rounded" else extra)
    hit = _lookup(bare, known)
    if hit:
        return Area(hit[0], "country", hit[1], extra, hit[2])
    head, _, rest = bare.partition(", ")
    hit = _lookup(head, known) if rest else None
    if hit and not _lookup(re.split(r", | and ", rest)[0].removeprefix("and "), known):
        return Area(hit[0], "country", hit[1], rest, hit[2])
    parts = [p for p in re.split(r", and |,| and ", bare) if p.strip()]
    if len(parts) > 1 and all(_lookup(p.strip(), known) for p in parts):
        return Area(bare, "group", form=extra)
    return Area(text, "unknown")


def _lookup(text: str, known: dict[str, tuple[str, str]]) -> tuple[str, str, bool] | None:
    for spelling, estimated in (
        (text, False),
        (re.sub(r"[\d, ]+$", "", text), False),
        (re.sub(r"e?[\d, ]*$", "", text), True),
    ):
        if spelling.casefold() in known:
            return (*known[spelling.casefold()], estimated)
    return None


def unknown(printed: str, known: dict[str, tuple[str, str]]) -> str:
    """What is said of an area that data/geography.csv does not have."""
    near = difflib.get_close_matches(printed.casefold(), known, n=1)
    hint = f' (nearest: "{known[near[0]][0]}")' if near else ""
    return f'area "{printed}" is not in data/geography.csv{hint}: add its spelling there'
