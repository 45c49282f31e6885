"""The price of NdPr oxide against the floor, and the glut of lithium."""

from collections.abc import Callable

import pandas as pd

from chokepoint.analysis import prices, supply
from chokepoint.analysis.facts.registry import Answer, fact
from chokepoint.data import tables

# --- the price of NdPr oxide against the floor ---


def _ndpr(release: str, compute: Callable[[pd.DataFrame], float]) -> Answer | None:
    rows = prices.ndpr(release)
    if rows.empty:
        return None
    years = tuple(f"{r.year}: US${r.value:g} a kilogram" for r in rows.sort_values("year").itertuples())
    return Answer(float(compute(rows)), rows.source_id.unique(), rows=years)


@fact(
    "ndpr.latest",
    "Average price of NdPr oxide in the release's latest year",
    "US$ per kg",
    "US${:.0f} a kilogram",
    how="USGS yearly average, free on board, without value-added tax",
)
def ndpr_latest(release: str) -> Answer | None:
    return _ndpr(release, lambda rows: rows.sort_values("year").value.iloc[-1])


@fact(
    "ndpr.years",
    "Years with a printed average price of NdPr oxide",
    "years",
    "{:.0f} years",
    how="Rows of the series",
)
def ndpr_years(release: str) -> Answer | None:
    return _ndpr(release, len)


@fact(
    "ndpr.years_below",
    "Of these, years whose average lay below the floor of MP Materials",
    "years",
    "{:.0f}",
    how="Yearly average below the floor",
)
def ndpr_years_below(release: str) -> Answer | None:
    return _ndpr(release, lambda rows: (rows.value < prices.floor_price()).sum())


@fact(
    "ndpr.below",
    "How far the latest average price of NdPr oxide lies below the floor of MP Materials",
    "US$ per kg",
    "US${:.0f} a kilogram",
    how="Floor less average, where the average is lower",
)
def ndpr_below(release: str) -> Answer | None:
    latest = _ndpr(release, lambda rows: prices.floor_price() - rows.sort_values("year").value.iloc[-1])
    return latest if latest and latest.value > 0 else None


# --- the glut of lithium ---

PEAK, AFTER_GLUT, BEFORE_PEAK = 2022, 2025, 2021


@fact(
    "lithium.price_{year}",
    "Average price of battery-grade lithium carbonate in {year}",
    "US$ a tonne",
    "US${:,.0f} a tonne",
    how="USGS yearly average, which it calls real: inflation is taken out",
    each=[{"year": PEAK}, {"year": AFTER_GLUT}],
)
def lithium_price(year: int) -> Answer:
    rows = tables.load("prices", tables.DEFAULT_RELEASE).query("mineral == 'lithium' and year == @year")
    return Answer(float(rows.value.iloc[0]), (rows.source_id.iloc[0],))


def _lithium_mined() -> pd.DataFrame:
    rows = supply.by_year().query("mineral == 'lithium' and step == 'mine'")
    return rows[rows.year.isin([BEFORE_PEAK, AFTER_GLUT])].sort_values("year")


@fact(
    "lithium.output_times",
    f"World mine output of lithium in {AFTER_GLUT} over that in {BEFORE_PEAK}, the United States apart",
    "x",
    "{:.1f} times",
    how="World totals of USGS, which leave out the United States, each of the newest release that prints it",
)
def lithium_output() -> Answer:
    rows = _lithium_mined().drop_duplicates("year")
    said = tuple(f"{r.year}: {r.world:,.0f} t" for r in rows.itertuples())
    return Answer(float(rows.world.iloc[-1] / rows.world.iloc[0]), rows.source_id.unique(), rows=said)


@fact(
    "lithium.added_in_china",
    f"China's part in what the world's mines of lithium added from {BEFORE_PEAK} to {AFTER_GLUT}",
    "percent",
    "{:.0f}%",
    how="China's increase over the world's, the United States apart",
)
def lithium_added_in_china() -> Answer:
    rows = _lithium_mined().query("iso3 == 'CHN'")
    added = rows[["value", "world"]].iloc[-1] - rows[["value", "world"]].iloc[0]
    return Answer(float(100 * added["value"] / added.world), rows.source_id.unique())
