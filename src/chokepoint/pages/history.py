"""How it got this way: China's share over half a century, and America's over a century.

The British Geological Survey's shares are of the output that was reported to it, USGS's of the world total it
prints; the two are drawn side by side and never joined here.
"""

from collections import Counter

import pandas as pd

from chokepoint.analysis import history, supply
from chokepoint.charts.decades import decades
from chokepoint.charts.theme import BRONZE, CHINA, CHINA_PALE, CLAY, TEAL, UNITED_STATES
from chokepoint.data import memory, tables
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.mineral_text import name

FIRST, CHINA_ONLY = "cobalt", frozenset({"CHN"})
AT = {"mine": "At the mine", "smelter": "At the smelter", "refinery": "Refined", "processed": "Plant"}
# A form that few countries report in: China's part of it is no part of the metal's.
IN_PART = ("lithium content",)
LEAST_YEARS, RECENT = 10, 2010  # a series with fewer years, or none so new, is not drawn


@memory.remembered
def series_of(mineral: str, iso3: frozenset[str] = CHINA_ONLY) -> pd.DataFrame:
    """Return the share of output [%] by BGS of some countries, for each series that can be shown.

    A year for which BGS has no output of theirs of half a per cent or more is not in it.
    Columns: series (its name), stage, product, year, value, source_id.
    """
    rows = history.shares(mineral, iso3).query("share_pct > 0 and product not in @IN_PART")
    if rows.empty:
        return pd.DataFrame(columns=["series", "stage", "product", "year", "value", "source_id"])
    spans = rows.groupby(["stage", "product"]).year.transform
    rows = rows[(spans("size") >= LEAST_YEARS) & (spans("max") >= RECENT)]
    several = Counter(stage for stage, product in history.products(mineral) if product not in IN_PART)
    words = [
        f"{AT[stage]}, BGS" + (f": {product.split(',')[0]}" if several[stage] > 1 else "")
        for stage, product in zip(rows.stage, rows["product"], strict=True)
    ]
    order = rows.assign(series=words, rank=rows.stage.map(list(AT).index))
    return order.sort_values(["rank", "product", "year"]).rename(columns={"share_pct": "value"})[
        ["series", "stage", "product", "year", "value", "source_id"]
    ]


def usgs_series(mineral: str, stages: set[str], release: str) -> pd.DataFrame:
    """Return China's share of world output [%] by USGS in the years that its summaries print.

    stages: those of BGS's series; only steps that correspond to them.
    """
    rows = supply.by_year(release).query("mineral == @mineral and iso3 == 'CHN' and share.notna()")
    steps = {"mine"} & stages | ({"refinery"} if stages - {"mine"} else set())
    rows = rows[rows.source_id.str.startswith("MCS") & rows.step.isin(steps)].sort_values(["step", "year"])
    words = rows.step.map({"mine": "At the mine, USGS", "refinery": "After the mine, USGS"})
    return rows.assign(series=words, stage=rows.step, product=rows.what, value=rows.share)[
        ["series", "stage", "product", "year", "value", "source_id"]
    ].astype({"year": int})


COLOURS = {
    "At the mine, BGS": CHINA_PALE,
    "Refined, BGS": CHINA,
    "At the smelter, BGS": CLAY,
    "At the mine, USGS": BRONZE,
    "After the mine, USGS": TEAL,
}


def _both(mineral: str, release: str) -> pd.DataFrame:
    ours = series_of(mineral)
    return pd.concat([ours, usgs_series(mineral, set(ours.stage), release)]) if len(ours) else ours


@memory.remembered
def minerals() -> list[str]:
    """List the minerals with a series of China's share, by name.

    >>> "tungsten" in minerals(), "lithium" in minerals()
    (True, False)
    """
    held = tables.releases(history.SHARES)
    every = tables.load(history.SHARES, held[-1]).mineral.unique() if held else []
    return sorted((m for m in every if len(series_of(m))), key=name)


def lead(release: str) -> Figure | None:
    """Draw China's share over half a century, for the mineral that the reader chooses.

    Nothing where no history is held.
    """
    every = minerals()
    if not every:
        return None
    rows = pd.concat([_both(m, release).assign(mineral=capital(name(m))) for m in every])
    first = series_of(FIRST).query("stage == 'refinery'")
    begin, end = first.iloc[0], first.iloc[-1]
    low = first[first.year == 2000].iloc[0]
    table = rows.pivot_table(index="year", columns=["mineral", "series"], values="value", sort=False)
    table = table.sort_index().round(1)
    table.columns = [f"{mineral}: {series}, %" for mineral, series in table.columns]
    return figure(
        decades(
            rows,
            pick="mineral",
            label="Mineral",
            first=capital(name(FIRST)),
            colours=COLOURS,
            top=100,
            unit="%",
        ),
        name="half-a-century",
        title=f"China’s part in refined cobalt {'rose' if end.value > low.value else 'fell'} from "
        f"{low.value:.0f} to {end.value:.0f}%",
        table=table.reset_index().rename(columns={"year": "Year"}),
        sources=sorted(set(rows.source_id)),
        alt_text=(
            f"Lines of China’s share of output in per cent, {begin.year} to {rows.year.max()}, for one of "
            f"{len(every)} minerals chosen above. BGS: of output reported to it; USGS: of its world total. "
            "The two are separate lines. A year without a figure is a gap."
        ),
    )


def united_states() -> Figure | None:
    """Draw the United States' share of the world's rare earths since 1900; nothing without the series."""
    share = history.us_share("rare_earths")
    if share.empty:
        return None
    rows = pd.DataFrame({"year": share.index.astype(int), "value": share.to_numpy()})
    rows = rows.assign(series="US share of rare earths mined")
    source = history.century("rare_earths").source_id.iloc[0]
    high = share.loc[1970:1984]
    none = share[share.round() == 0].loc[2001:2011]
    return figure(
        decades(rows, colours={rows.series[0]: UNITED_STATES}, top=100, unit="%"),
        name="united-states",
        title=f"By USGS the United States mined {high.min():.0f}–{high.max():.0f}% in 1970–84, none in "
        f"{none.index.min()}–{none.index.max() % 100:02}",
        table=rows[["year", "value"]]
        .round(1)
        .rename(columns={"year": "Year", "value": "United States, share of world mine output, %"}),
        sources=[source],
        alt_text="A line of the United States’ share of world rare-earth mining by year: "
        "high until the middle "
        "of the 1980s, falling to nothing in the 2000s, and rising a little from 2018.",
    )
