"""How it got this way: a century of output and value, and each country's share of it since 1971.

Three publishers reach back: USGS's historical statistics (the United States and the world, from 1900), the
British Geological Survey (every country that reported, from 1971) and USGS's yearly summaries (every country,
the last years). A share of BGS is a share *of the output that was reported to it*. Whether it is continued by
USGS's shares as one series is said, with the reason, in data/crosswalk.csv.
"""

import pandas as pd

from chokepoint.data import memory, tables

HISTORICAL, SHARES = "historical", "output_shares"
OF_REPORTED, OF_WORLD = "of output reported to BGS", "of world output, USGS"
SERIES = ["mineral", "stage", "product"]
CENTURY = [
    "mineral",
    "stage",
    "product",
    "year",
    "us_production_t",
    "us_imports_t",
    "us_exports_t",
    "us_consumption_t",
    "world_production_t",
]


def century(mineral: str) -> pd.DataFrame:
    """Return supply and use of the United States and world output [t] of a mineral by year since 1900.

    Empty where USGS compiles none.

    >>> rows = century("rare_earths").set_index("year")
    >>> round(100 * rows.us_production_t[1974] / rows.world_production_t[1974])
    78
    """
    return _newest(HISTORICAL).query("mineral == @mineral")[[*CENTURY, "source_id"]].reset_index(drop=True)


def unit_value(mineral: str) -> pd.DataFrame:
    """Return the unit value of a mineral by year [US$ of 1998 a tonne].

    It is a value of apparent use and no quotation. Columns: product, year, value, source_id.

    >>> float(unit_value("tungsten").query("year == 1918").unit_value_1998_usd_per_t.iloc[0]) > 20_000
    True
    """
    columns = ["product", "year", "unit_value_usd_per_t", "unit_value_1998_usd_per_t", "source_id"]
    return (
        _newest(HISTORICAL)
        .query("mineral == @mineral")[columns]
        .dropna(subset=["unit_value_1998_usd_per_t"])
        .reset_index(drop=True)
    )


def us_share(mineral: str) -> pd.Series:
    """Return the United States' share of world mine output [%] by year since 1900.

    Only where both count the same thing.

    >>> float(us_share("rare_earths").loc[2001:2011].max())
    0.0
    """
    rows = century(mineral).set_index("year")
    note = (
        tables.load("crosswalk").query("publisher == 'usgs-history' and mineral == @mineral").note.fillna("")
    )
    if rows.empty or note.str.contains("no share may be taken").any() or rows["product"].nunique() > 1:
        return pd.Series(dtype=float, name="share_pct")
    return (100 * rows.us_production_t / rows.world_production_t).dropna().rename("share_pct")


def shares(mineral: str, iso3: frozenset[str] | set[str]) -> pd.DataFrame:
    """Return the share of some countries in the output reported to BGS [%], since 1971.

    The countries' shares are taken together, by product and year.
    Columns: stage, product, year, share_pct, reporters, joined, source_id. Shares under half a per cent are
    not in it: 0 stands for these, and for a country that did not report, which are not told apart.

    >>> rows = shares("cobalt", {"CHN"}).query("stage == 'refinery'").set_index("year")
    >>> [round(float(rows.share_pct[year])) for year in (2000, 2023)]
    [3, 80]
    """
    every, series = reported(mineral), ["stage", "product", "year"]
    of_these = every[every.iso3.isin(iso3)].groupby(series).share_pct.sum().rename("share_pct")
    frame = (
        every.groupby(series)
        .agg(reporters=("reporters", "first"), source_id=("source_id", "first"))
        .join(of_these)
    )
    names = (
        tables.load("crosswalk")
        .query("publisher == 'bgs' and mineral == @mineral")
        .set_index(["stage", "product"])
        .joined
    )
    frame = frame.fillna({"share_pct": 0.0}).reset_index()
    return frame.assign(
        joined=[bool(names.get(key, False)) for key in zip(frame.stage, frame["product"], strict=True)]
    )


@memory.remembered
def reported(mineral: str | None = None) -> pd.DataFrame:
    """Return BGS's shares, of one mineral or of all, in the years in which each series is used.

    data/crosswalk.csv has those years, with the reason.

    >>> rows = reported("platinum").query("iso3 == 'ZAF'").set_index("year").share_pct
    >>> int(rows.index.min()), round(float(rows[2023]))
    (1996, 69)
    """
    held = tables.releases(SHARES)
    if not held:
        return _newest(SHARES)
    rows = tables.rows(SHARES, held[-1], mineral=mineral) if mineral else tables.load(SHARES, held[-1])
    rules = tables.load("crosswalk").query("publisher == 'bgs'")
    used = rows.merge(rules[[*SERIES, "first_year", "last_year"]], on=SERIES, how="left")
    inside = used.year.between(used.first_year.fillna(0), used.last_year.fillna(9999))
    return rows[inside.to_numpy(dtype=bool)].reset_index(drop=True)


def products(mineral: str) -> list[tuple[str, str]]:
    """Stages and products of a mineral that have a history of shares.

    >>> products("cobalt")
    [('mine', 'cobalt content'), ('refinery', 'cobalt, refined')]
    """
    rows = reported(mineral)
    return sorted(set(zip(rows.stage, rows["product"], strict=True)))


def _newest(table: str) -> pd.DataFrame:
    """Return a table at its newest release; empty, with its columns, where none is held."""
    held = tables.releases(table)
    if held:
        return tables.load(table, held[-1])
    columns = {
        HISTORICAL: [*CENTURY, "unit_value_usd_per_t", "unit_value_1998_usd_per_t", "withheld", "source_id"]
    }
    return pd.DataFrame(
        columns=columns.get(
            table,
            ["mineral", "stage", "product", "year", "area", "iso3", "share_pct", "reporters", "source_id"],
        )
    )
