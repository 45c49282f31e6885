"""Who sells to whom, in US dollars of the year. Values, not tonnes: most headings of customs mix goods.

Gallium, germanium and hafnium share one heading of the Harmonized System, so they are one flow here, and
every row says so in `goods`.
"""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from chokepoint.analysis import coalitions
from chokepoint.data import tables

TABLE = "trade_flows"
BUYERS = {
    "China": frozenset({"CHN", "HKG", "MAC"}),
    "United States": frozenset({"USA"}),
    "European Union": None,
    "Japan": frozenset({"JPN"}),
}
OTHER = "Other countries"


def headings(mineral: str | None = None) -> pd.DataFrame:
    """Headings of trade: heading, minerals (those that share it), goods; of one mineral or of all.

    >>> headings("germanium").minerals.iloc[0]
    ('gallium', 'germanium', 'hafnium')
    """
    rows = tables.load("crosswalk").query("publisher == 'baci'")
    rows = rows.assign(heading=rows["product"].str.slice(3, 9), goods=rows["product"].str.slice(11))
    grouped = rows.groupby("heading").agg(
        minerals=("mineral", lambda m: tuple(sorted(m))), goods=("goods", "first")
    )
    grouped = grouped.assign(
        goods=rows[~rows.goods.str.startswith("same heading")].groupby("heading").goods.first()
    ).reset_index()
    return (
        grouped
        if mineral is None
        else grouped[[mineral in m for m in grouped.minerals]].reset_index(drop=True)
    )


def years() -> list[int]:
    """Years for which flows are held, oldest first.

    >>> years()[0], years()[-1]
    (2002, 2024)
    """
    return sorted(int(year) for year in _flows(tables.data_dir()).year.unique())


def flows(heading: str, year: int) -> pd.DataFrame:
    """Return the flows of a heading in a year, the largest first.

    Columns: exporter, importer (NA: small buyers together), value_usd, share_pct, source_id.

    >>> first = flows("850511", 2024).iloc[0]
    >>> first.exporter, first.importer, int(first.value_usd)
    ('CHN', 'DEU', 513918501)
    """
    rows = _flows(tables.data_dir()).query("heading == @heading and year == @year")
    return (
        rows.assign(share_pct=100 * rows.value_usd / rows.value_usd.sum())
        .sort_values(["value_usd", "exporter"], ascending=[False, True])
        .drop(columns=["heading", "year"])
        .reset_index(drop=True)
    )


def sellers(heading: str) -> pd.DataFrame:
    """Each country's exports of a heading by year: exporter, year, value_usd, share_pct of all exports.

    >>> rows = sellers("850511").query("exporter == 'CHN'").set_index("year")
    >>> bool(rows.share_pct[2024] > rows.share_pct[2002])
    True
    """
    rows = (
        _flows(tables.data_dir())
        .query("heading == @heading")
        .groupby(["exporter", "year"])
        .value_usd.sum()
        .reset_index()
    )
    return rows.assign(share_pct=100 * rows.value_usd / rows.groupby("year").value_usd.transform("sum"))


def exports(iso3: str, year: int | None = None) -> pd.DataFrame:
    """Return what a country sells and to whom in a year (by default the newest).

    There is one row a heading, the largest first.
    Columns: heading, goods, minerals, value_usd, and the share that goes to each of BUYERS and to others [%];
    empty where no flow is recorded.

    >>> rows = exports("CHL").set_index("heading")
    >>> rows.index[0], round(float(rows["China"].iloc[0])) > 25
    ('740311', True)
    """
    year = year or years()[-1]
    union = coalitions.club("union")
    rows = _flows(tables.data_dir()).query("exporter == @iso3 and year == @year")
    rows = rows[rows.importer.isna() | (rows.importer != iso3)]
    sums = rows.groupby("heading").value_usd.sum()
    frame = pd.DataFrame({"value_usd": sums})
    for name, codes in BUYERS.items():
        to = rows[rows.importer.isin(codes or union)].groupby("heading").value_usd.sum()
        frame[name] = (100 * to / sums).fillna(0.0)
    frame[OTHER] = 100 - frame[list(BUYERS)].sum(axis=1)
    frame = frame.join(headings().set_index("heading")).reset_index()
    return frame.sort_values("value_usd", ascending=False, ignore_index=True)


def china_share_of_imports(heading: str, buyers: frozenset[str]) -> pd.DataFrame:
    """Return China's share of what some countries buy from outside their circle [%], by year.

    Columns: year, value_usd, share_pct.

    >>> rows = china_share_of_imports("850511", frozenset({"USA"})).set_index("year")
    >>> bool(rows.share_pct[2024] > 50)
    True
    """
    rows = _flows(tables.data_dir()).query("heading == @heading")
    rows = rows[rows.importer.isin(buyers) & ~rows.exporter.isin(buyers)]
    total = rows.groupby("year").value_usd.sum()
    china = rows[rows.exporter == "CHN"].groupby("year").value_usd.sum()
    return pd.DataFrame({"value_usd": total, "share_pct": (100 * china / total).fillna(0.0)}).reset_index()


@lru_cache(maxsize=2)
def _flows(data: Path) -> pd.DataFrame:
    held = tables.releases(TABLE)
    columns = ["heading", "year", "exporter", "importer", "value_usd", "source_id"]
    return tables.load(TABLE, held[-1]) if held else pd.DataFrame(columns=columns)
