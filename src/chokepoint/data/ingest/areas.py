"""Whose figure it is: a country, a group of them, the rest, or the world; with the glued marks taken off."""

import difflib
import re
from typing import NamedTuple

import pandas as pd

from chokepoint.errors import UserError

REGIONS = ("Europe",)  # named in place of a country where the countries are not known
FORMER_STATES = {  # by the code they had
    "SUN": "Soviet Union",
    "CSK": "Czechoslovakia",
    "YUG": "Yugoslavia",
    "SCG": "Serbia and Montenegro",
    "DDR": "German Democratic Republic",
}


class Area(NamedTuple):
    """An area as the project names it.

    kind  country, group, other, world, or unknown
    form  what this area's figure counts where that differs: "crude", "quicklime only"
    """

    name: str
    kind: str
    iso3: str = ""
    form: str = ""
    estimated: bool = False


def names(geography: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return every spelling in data/geography.csv → (name, iso3)."""
    spellings: dict[str, tuple[str, str]] = {}
    for column in ("name", "usgs_names", "iea_names", "state_names"):
        for printed, name, iso3 in zip(geography[column], geography["name"], geography["iso3"], strict=True):
            for spelling in printed.split("|"):
                spellings.setdefault(spelling.casefold(), (name, iso3))
    return spellings


def area(printed: str, known: dict[str, tuple[str, str]]) -> Area:
    r"""Clean a printed area name and classify it; `known`: spelling → (name, iso3), see `names`.

    >>> known = {"japan": ("Japan", "JPN"), "united states": ("United States", "USA"), "canada": ("Canada",
    ...     "CAN")}
    >>> area("Japane", known)
    Area(name='Japan', kind='country', iso3='JPN', form='', estimated=True)
    >>> area("United\xa0States (kyanite)", known).form, area("World total (rounded)10", known).kind
    ('kyanite', 'world')
    >>> (area("United States and Canada", known).kind, area("Other countries4", known).name, area("Atlantis",
    ...     known).kind)
    ('group', 'Other countries', 'unknown')
    """
    text = " ".join(printed.replace("\u00a0", " ").split())
    if re.match(r"world", text, re.I):
        form = re.sub(r"^world( total)?|\brounded\b|[()\d]", "", text.replace(",", " "), flags=re.I)
        return Area("World", "world", form=" ".join(form.split()))
    if text in REGIONS:
        return Area(text, "group")
    if whole := _lookup(text, known):
        return whole
    bracket = re.search(r" ?\(([^)]*)\)\s*[\d, ]*$", text)
    bare, form = (text[: bracket.start()].strip(), bracket[1]) if bracket else (text, "")
    if re.match(r"others?\b", bare, re.I):
        return Area("Other countries", "other", form="" if form == "rounded" else form)
    if place := _lookup(bare, known):
        return place._replace(form=form)
    head, _, rest = bare.partition(", ")
    place = _lookup(head, known) if rest else None
    if place and not _lookup(re.split(r", | and ", rest)[0].removeprefix("and "), known):
        return place._replace(form=rest)
    parts = [p for p in re.split(r", and |,| and ", bare) if p.strip()]
    if len(parts) > 1 and all(_lookup(p.strip(), known) for p in parts):
        return Area(bare, "group", form=form)
    return Area(text, "unknown")


def _lookup(text: str, known: dict[str, tuple[str, str]]) -> Area | None:
    """Find a country by its spelling, with footnote digits or the e of an estimate glued to it."""
    glued = ((text, False), (re.sub(r"[\d, ]+$", "", text), False), (re.sub(r"e?[\d, ]*$", "", text), True))
    for spelling, estimated in glued:
        if spelling.casefold() in known:
            name, iso3 = known[spelling.casefold()]
            return Area(name, "country", iso3, estimated=estimated)
    return None


def unknown(printed: str, known: dict[str, tuple[str, str]]) -> str:
    """Explain that data/geography.csv does not have an area, with the nearest that it has."""
    near = difflib.get_close_matches(printed.casefold(), known, n=1)
    hint = f' (nearest: "{known[near[0]][0]}")' if near else ""
    return f'area "{printed}" is not in data/geography.csv{hint}: add its spelling there'


def require_country(
    printed: str, known: dict[str, tuple[str, str]], where: str, kinds: tuple[str, ...] = ("country",)
) -> Area:
    """Return the area of a printed name, without its form.

    UserError, with its place, where it is of none of the `kinds`.
    """
    place = area(printed, known)
    if place.kind not in kinds:
        raise UserError(f"{where}: {unknown(printed, known)}. Nothing was written.")
    return Area(place.name, place.kind, place.iso3)
