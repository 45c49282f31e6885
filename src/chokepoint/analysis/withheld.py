"""Output that a source knows of and does not print.

A share that counts it as nothing is no more than a lower bound.
"""

from collections.abc import Collection, Iterable

import pandas as pd

from chokepoint.analysis import supply
from chokepoint.data import memory, tables
from chokepoint.data.tables import by_release

_WHY = {
    "withheld": "withheld",
    "not_available": "not available",
    "less": "printed only as a bound",
    "greater": "printed only as a bound",
}


@by_release
def output(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Countries that a series names without a figure: mineral, step, iso3, area, why.

    The United States are among them where the printed world total leaves them out, although they may have no
    row of their own.

    >>> rows = output()
    >>> rows[(rows.mineral == "lithium") & (rows.step == "mine")][["area", "why"]].values.tolist()
    [['United States', 'withheld']]
    """
    rows = supply.output(release)
    named = rows[(rows.area_kind == "country") & rows.value.isna() & rows.qualifier.isin(list(_WHY))]
    named = named.assign(why=named.qualifier.map(_WHY))[["mineral", "step", "iso3", "area", "why"]]
    left_out = rows[rows.excludes_us.astype(bool)][["mineral", "step"]].drop_duplicates()
    left_out = left_out.assign(iso3="USA", area="United States", why="withheld")
    return pd.concat([named, left_out], ignore_index=True).drop_duplicates(
        ["mineral", "step", "iso3"], ignore_index=True
    )


def within(mineral: str, step: str, members: Collection[str], release: str) -> list[str]:
    """Which of some countries (ISO codes) have output of a mineral that is not printed, by name.

    >>> within("lithium", "mine", {"USA", "AUS"}, "mcs2026"), within("lithium", "mine", {"AUS"}, "mcs2026")
    (['United States'], [])
    """
    return [area for iso3, area in _by_series(release).get((mineral, step), ()) if iso3 in members]


@memory.remembered
def _by_series(release: str = tables.DEFAULT_RELEASE) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """ISO codes and names of the countries of `output`, by mineral and step."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in output(release).itertuples():
        found.setdefault((row.mineral, row.step), []).append((row.iso3, row.area))
    return found


COLUMN = "Output not printed, counted as 0"


def column(keys: Iterable[tuple[str, str]], members: Collection[str], release: str) -> list[str]:
    """Return a cell a row for a table of shares, under COLUMN.

    `keys` are its minerals and steps. Where a cell names a country, the share is a lower bound.
    """
    return [", ".join(within(mineral, step, members, release)) for mineral, step in keys]
