"""Who sells to whom, in US dollars of the year. Values, not tonnes: most headings of customs mix goods.

Gallium, germanium and hafnium share one heading of the Harmonized System, so they are one flow here, and
every row says so in `goods`. A sum over headings leaves out COAL, whose heading is mostly coal for power
stations, which is on nobody's list, and would be larger than all the rest together.
"""

from collections.abc import Iterable

import pandas as pd

from chokepoint.analysis import coalitions, countries
from chokepoint.data import memory, tables

TABLE = "trade_flows"
COAL = "270112"
BUYERS = {
    "China": frozenset({"CHN", "HKG", "MAC"}),
    "United States": frozenset({"USA"}),
    "European Union": None,
    "Japan": frozenset({"JPN"}),
}
OTHER = "Other countries"
UNNAMED = "Not named"  # buyers of less than a thousandth of a heading's trade, together
GROUPS = [*BUYERS, OTHER, UNNAMED]
LEAST = 1000  # US$: less than that in a year is no trade, but somebody's sample or a slip of the pen
_COLUMNS = ["heading", "year", "exporter", "importer", "value_usd", "source_id"]


@memory.remembered
def _headings() -> pd.DataFrame:
    rows = tables.load("crosswalk").query("publisher == 'baci'")
    rows = rows.assign(heading=rows["product"].str.slice(3, 9), goods=rows["product"].str.slice(11))
    grouped = rows.groupby("heading").agg(minerals=("mineral", lambda m: tuple(sorted(m))))
    own = rows[~rows.goods.str.startswith("same heading")].groupby("heading").goods.first()
    return grouped.assign(goods=own).reset_index()


def headings(mineral: str | None = None) -> pd.DataFrame:
    """Headings of trade: heading, minerals (those that share it), goods; of one mineral or of all.

    >>> headings("germanium").minerals.iloc[0]
    ('gallium', 'germanium', 'hafnium')
    """
    rows = _headings()
    return (
        rows.copy() if mineral is None else rows[[mineral in m for m in rows.minerals]].reset_index(drop=True)
    )


def years() -> list[int]:
    """Years for which flows are held, oldest first.

    >>> years()[0], years()[-1]
    (2002, 2024)
    """
    held = tables.releases(TABLE)
    return [int(year) for year in tables.distinct(TABLE, held[-1], "year")] if held else []


def flows(heading: str, year: int) -> pd.DataFrame:
    """Return the flows of a heading in a year, the largest first.

    Columns: exporter, importer (NA: small buyers together), value_usd, share_pct, source_id.

    >>> first = flows("850511", 2024).iloc[0]
    >>> first.exporter, first.importer, int(first.value_usd)
    ('CHN', 'DEU', 513918501)
    """
    rows = _flows(heading=heading)
    rows = rows[rows.year == year]
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
    rows = _flows(heading=heading).groupby(["exporter", "year"]).value_usd.sum().reset_index()
    return rows.assign(share_pct=100 * rows.value_usd / rows.groupby("year").value_usd.transform("sum"))


def sold(iso3: str, year: int | None = None) -> pd.DataFrame:
    """Return what a country sells, by heading, year and group of buyers; the Union as one country.

    Columns: heading, year, one of GROUPS each [US$], value_usd, source_id. What member states of the Union
    sell each other is not what the Union sells. Less than LEAST in a year is left out. year: by default all.

    >>> rows = sold("CHL", 2024).set_index("heading")
    >>> round(100 * float(rows["China"]["740311"] / rows.value_usd["740311"]))
    27
    """
    rows = _sold(iso3)
    return rows.copy() if year is None else rows[rows.year == year].reset_index(drop=True)


@memory.remembered
def _sold(iso3: str) -> pd.DataFrame:
    union = coalitions.club("union")
    own = union if iso3 == countries.UNION else frozenset({iso3})
    rows = _flows(exporter=own)
    rows = rows[~rows.importer.isin(own)]
    if rows.empty:
        return pd.DataFrame(columns=["heading", "year", *GROUPS, "value_usd", "source_id"])
    group = rows.importer.isna().map({True: UNNAMED, False: OTHER})
    for name, codes in BUYERS.items():
        group = group.mask(rows.importer.isin(codes or union), name)
    sums = rows.assign(group=group).groupby(["heading", "year", "group"]).value_usd.sum()
    wide = sums.unstack(fill_value=0).reindex(columns=GROUPS, fill_value=0).astype("int64")
    wide = wide.rename_axis(columns=None).assign(value_usd=wide.sum(axis=1), source_id=rows.source_id.iloc[0])
    wide = wide.reset_index().astype({"year": "int64"})
    return wide[wide.value_usd >= LEAST].reset_index(drop=True)


def in_all(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what was sold under all headings but COAL: rows of `sold`, added up by year.

    >>> rows = in_all(sold("AUS")).set_index("year")
    >>> bool(rows.value_usd[2024] < sold("AUS").query("year == 2024").value_usd.sum() / 3)
    True
    """
    sums = rows[rows.heading != COAL].groupby("year")[[*GROUPS, "value_usd"]].sum()
    return sums.reset_index().assign(source_id=rows.source_id.iloc[0] if len(rows) else pd.NA)


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `sold` or `in_all` with shares [%] in place of values in the columns GROUPS."""
    parts = rows[GROUPS].mul(100).div(rows.value_usd, axis=0)
    return rows.assign(**{name: parts[name].astype(float) for name in GROUPS})


def exports(iso3: str, year: int | None = None) -> pd.DataFrame:
    """Return what a country sells and to whom in a year (by default the newest).

    There is one row a heading, the largest first.
    Columns: heading, goods, minerals, value_usd, source_id, and the share of each of GROUPS [%]; empty where
    no flow is recorded.

    >>> rows = exports("CHL").set_index("heading")
    >>> rows.index[0], round(float(rows["China"].iloc[0])) > 25
    ('740311', True)
    """
    year = year or next(iter(years()[::-1]), None)
    rows = shares(sold(iso3, year)).drop(columns="year")
    rows = rows.merge(headings(), on="heading")
    return rows.sort_values("value_usd", ascending=False, ignore_index=True)


def signatories() -> list[str]:
    """Return who has signed a framework, memorandum or partnership, by name; the Union is one of them.

    Member states that signed for themselves as well are there too; see `in_sum`.

    >>> len(signatories()), "ITA" in signatories(), "ITA" in in_sum()
    (22, True, False)
    """
    return list(_signatories())


@memory.remembered
def _signatories() -> tuple[str, ...]:
    return tuple(iso3 for iso3 in countries.names() if countries.status(iso3).startswith("signed"))


def in_sum() -> list[str]:
    """Return the signatories without members of the Union, whose sales are in the Union's."""
    signed = signatories()
    return [i for i in signed if not (countries.UNION in signed and countries.in_union(i))]


def partners(iso3s: Iterable[str] | None = None) -> pd.DataFrame:
    """Return what all signatories sell by year: `in_all`, added up over those of `in_sum`.

    >>> rows = shares(partners()).set_index("year")
    >>> 30 < float(rows["China"][2024]) < 60
    True
    """
    every = pd.concat([in_all(sold(iso3)) for iso3 in (in_sum() if iso3s is None else iso3s)])
    sums = every.groupby("year")[[*GROUPS, "value_usd"]].sum().reset_index()
    return sums.assign(source_id=every.source_id.dropna().iloc[0] if len(sums) else pd.NA)


def china_share_of_imports(heading: str, buyers: frozenset[str]) -> pd.DataFrame:
    """Return China's share of what some countries buy from outside their circle [%], by year.

    Columns: year, value_usd, share_pct.

    >>> rows = china_share_of_imports("850511", frozenset({"USA"})).set_index("year")
    >>> bool(rows.share_pct[2024] > 50)
    True
    """
    rows = _flows(heading=heading)
    rows = rows[rows.importer.isin(buyers) & ~rows.exporter.isin(buyers)]
    total = rows.groupby("year").value_usd.sum()
    china = rows[rows.exporter == "CHN"].groupby("year").value_usd.sum().reindex(total.index, fill_value=0)
    return pd.DataFrame({"value_usd": total, "share_pct": 100 * china / total}).reset_index()


def us_imports(mineral: str) -> pd.DataFrame:
    """Return what the United States bought under the headings of a mineral [US$], by partner and year.

    Columns: goods (the heading and what it holds), area, iso3, year, months (12, or those of the year so
    far), value_usd, source_id. The partners are a choice: their sum is not all imports.

    >>> rows = us_imports("antimony").query("area == 'China' and months == 12").set_index("year").value_usd
    >>> bool(rows[2025] < rows[2023])
    True
    """
    held = tables.releases("us_trade")
    names = tables.load("crosswalk").query("publisher == 'us-trade' and mineral == @mineral")
    columns = ["goods", "area", "iso3", "year", "months"]
    if not held or names.empty:
        return pd.DataFrame(columns=[*columns, "value_usd", "source_id"])
    rows = tables.part("us_trade", held[-1], heading=list(names.name)).query("flow == 'imports'")
    rows = rows.assign(goods=rows.heading.map(dict(zip(names.name, names["product"], strict=True))))
    return rows.groupby([*columns, "source_id"]).value_usd.sum().reset_index()


def _flows(**key: str | Iterable[str]) -> pd.DataFrame:
    held = tables.releases(TABLE)
    return tables.part(TABLE, held[-1], **key) if held else pd.DataFrame(columns=_COLUMNS)
