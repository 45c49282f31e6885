"""What China itself must buy: the ore that its plants need and its mines do not give, and who sells it.

Two measures that do not mix. *Own ore*: what China mined over what it refined, in the same content and year
(IEA; where it does not name China's mines, USGS). *Sellers*: who sells China a good that it imports, by value
(CEPII BACI), and how much of that comes from the United States and the countries that signed with it.
"""

import pandas as pd

from chokepoint.analysis import coalitions, forecast, trade
from chokepoint.data import memory, tables

CHINA = "CHN"
# Goods that China buys as feed for its industry. Refined copper, cobalt oxide and the like are left out: they
# are not what its plants run on.
FEED = {
    "260200": "Manganese ore",
    "260600": "Bauxite",
    "720293": "Ferroniobium",
    "711011": "Platinum",
    "711021": "Palladium",
    "283691": "Lithium carbonate",
    "740311": "Refined copper",
    "750210": "Nickel metal",
}


def own_ore() -> pd.DataFrame:
    """Return China's own ore over what it refines [%], by mineral, in the IEA's base year.

    Columns: mined_t, refined_t, own_ore_pct, year, source_id.

    >>> rows = own_ore().set_index("mineral").own_ore_pct
    >>> bool(rows["cobalt"] < 5), bool(rows["copper"] < 25)
    (True, True)
    """
    return _own_ore().copy()


@memory.remembered
def _own_ore() -> pd.DataFrame:
    refined = forecast.newest("refinery")  # its edition gives mining of the same year
    table = tables.load("iea_production", refined.source_id.iloc[0].lower())
    rows = table[(table.iso3 == CHINA) & ~table.forecast]
    wide = rows.pivot_table(
        index=["mineral", "year", "source_id"], columns="stage", values="value"
    ).reset_index()
    wide = wide.reindex(columns=["mineral", "year", "source_id", "mine", "refinery"]).rename(
        columns={"mine": "mined_t", "refinery": "refined_t"}
    )
    wide = wide[wide.refined_t > 0]
    wide = wide[wide.mineral != "graphite"]  # what is refined includes synthetic graphite, which needs no ore
    wide = wide.assign(
        mined_t=wide.mined_t.fillna(
            pd.Series([_mined_usgs(m, y) for m, y in zip(wide.mineral, wide.year, strict=True)], wide.index)
        )
    )
    return wide.assign(own_ore_pct=100 * wide.mined_t / wide.refined_t).sort_values(
        "own_ore_pct", ignore_index=True
    )


def _mined_usgs(mineral: str, year: int) -> float:
    """Return China's mine output [t] where the IEA does not name China for the mineral.

    The figure is that of the newest USGS release that prints the year.
    """
    for release in reversed([r for r in tables.releases("production") if r.startswith("mcs")]):
        rows = tables.load("production", release).query(
            "mineral == @mineral and stage == 'mine' and iso3 == @CHINA and year == @year"
        )
        if rows.value.notna().any():
            return float(rows.value.sum())
    return float("nan")


def imports(year: int | None = None) -> pd.DataFrame:
    """Return what China buys of FEED in a year (by default the newest).

    Columns: good, heading, value_usd, first and second seller with share [%], and the share from the bloc
    [%].

    >>> rows = imports().set_index("heading")
    >>> rows.first_seller["720293"], bool(rows.first_share_pct["720293"] > 80)
    ('BRA', True)
    """
    return _imports(year or trade.years()[-1]).copy()


@memory.remembered
def _imports(year: int) -> pd.DataFrame:
    bloc, found = coalitions.club("signed"), []
    for heading, good in FEED.items():
        rows = trade.flows(heading, year)
        rows = rows[rows.importer == CHINA].sort_values("value_usd", ascending=False)
        total = rows.value_usd.sum()
        if total:
            sellers = [*zip(rows.exporter, 100 * rows.value_usd / total, strict=True), ("", 0.0)]
            found.append(
                {
                    "good": good,
                    "heading": heading,
                    "year": year,
                    "value_usd": int(total),
                    "first_seller": sellers[0][0],
                    "first_share_pct": sellers[0][1],
                    "second_seller": sellers[1][0],
                    "second_share_pct": sellers[1][1],
                    "bloc_pct": 100 * rows[rows.exporter.isin(bloc)].value_usd.sum() / total,
                    "source_id": rows.source_id.iloc[0],
                }
            )
    return pd.DataFrame(found).sort_values("value_usd", ascending=False, ignore_index=True)


def heavy_feed() -> pd.DataFrame:
    """Return rare-earth ore of Burma [t of oxide] by year, beside China's own quota.

    Most of it goes to China's plants for heavy rare earths.
    Columns: year, burma_t, china_t, source_id; from the yearbook, whose figures for Burma are estimates from
    China's imports.

    >>> heavy_feed().set_index("year").burma_t.astype(int)[2020]
    np.int64(35500)
    """
    held = tables.releases("yearbook_production")
    rows = tables.load("yearbook_production", held[-1])
    wide = (
        rows[rows.iso3.isin(["MMR", CHINA])]
        .pivot_table(index=["year", "source_id"], columns="iso3", values="value_t")
        .reset_index()
    )
    return wide.rename(columns={"MMR": "burma_t", CHINA: "china_t"}).rename_axis(columns=None)[
        ["year", "burma_t", "china_t", "source_id"]
    ]
