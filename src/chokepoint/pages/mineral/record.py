"""A century of output of a mineral, and the controls on it with what came of them."""

import pandas as pd

from chokepoint.analysis import control_effects as effects
from chokepoint.analysis import history
from chokepoint.charts.decades import decades
from chokepoint.charts.theme import CHINA, OTHER, UNITED_STATES
from chokepoint.pages import did_it_bite
from chokepoint.pages import history as decades_of
from chokepoint.pages.amounts import capital, date, listed, tons
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral_text import name

WORLD, US = "World output, t", "US output, t"
OUTPUT, CHINAS, VALUE = "Output", "China’s share", "Unit value"
BGS = "British Geological Survey materials © UKRI; the shares are derived from them"
LEAST = 20  # years: less is no history


def century(mineral: str, release: str) -> Section | None:
    """Show output since 1900, China's share and the unit value; nothing where none is known."""
    drawn = _drawn(mineral)
    if drawn is None:
        return None
    words = []
    if OUTPUT in drawn.table.attrs["parts"]:
        words.append("Output is as USGS compiles it: what the United States withheld is a gap.")
    if CHINAS in drawn.table.attrs["parts"]:
        words.append(
            f"China’s share is of the output reported to BGS, which is not the world’s. Contains {BGS}."
        )
    if VALUE in drawn.table.attrs["parts"]:
        words.append("The unit value is a value of apparent use in dollars of 1998 and no quotation.")
    return Section("A century of output", words, release, drawn)


def _drawn(mineral: str) -> Figure | None:
    parts = {OUTPUT: _output(mineral), CHINAS: decades_of.china_series(mineral), VALUE: _value(mineral)}
    parts = {show: rows for show, rows in parts.items() if len(rows)}
    if not parts:
        return None
    rows = pd.concat([rows.assign(show=show) for show, rows in parts.items()])
    first = next(iter(parts))
    table = rows.pivot_table(index="year", columns="series", values="value", sort=False).sort_index()
    table = table.map(lambda v: float(f"{v:.4g}")).reset_index().rename(columns={"year": "Year"})
    table.attrs["parts"] = tuple(parts)
    pick = {"pick": "show", "label": "Show", "first": first} if len(parts) > 1 else {}
    return figure(
        decades(rows, **pick, colours={WORLD: OTHER, US: UNITED_STATES} | dict.fromkeys([VALUE_NAME], CHINA)),
        title=_title(mineral, parts),
        table=table,
        sources=sorted(set(rows.source_id)),
        alt_text=f"Lines by year, {int(rows.year.min())} to {int(rows.year.max())}; years "
        f"without a figure are gaps. Shown: " + listed([show.lower() for show in parts]) + ".",
    )


VALUE_NAME = "Unit value, US$ of 1998 a tonne"


def _output(mineral: str) -> pd.DataFrame:
    rows = history.century(mineral)
    if rows["product"].nunique() > 1:  # metal where there is metal: bauxite and alumina are other goods
        rows = rows[rows.stage == "smelter"] if "smelter" in set(rows.stage) else rows[rows.stage == "mine"]
    parts = [
        rows.assign(series=series, value=rows[column])[["series", "year", "value", "source_id"]].dropna()
        for series, column in ((WORLD, "world_production_t"), (US, "us_production_t"))
    ]
    return pd.concat([part for part in parts if len(part) >= LEAST] or [parts[0][:0]]).astype({"year": int})


def _value(mineral: str) -> pd.DataFrame:
    rows = history.unit_value(mineral)
    if rows["product"].nunique() > 1:
        rows = rows[rows["product"] == rows["product"].iloc[-1]]
    rows = rows.assign(series=VALUE_NAME, value=rows.unit_value_1998_usd_per_t)
    return rows[["series", "year", "value", "source_id"]].astype({"year": int})


def _title(mineral: str, parts: dict[str, pd.DataFrame]) -> str:
    what = name(mineral)
    if OUTPUT in parts and (world := parts[OUTPUT].query("series == @WORLD").set_index("year").value).size:
        first, last = world.index.min(), world.index.max()
        return f"World output of {what}: {tons(world[first])} in {first}, {tons(world[last])} in {last}"
    if CHINAS in parts:
        rows = parts[CHINAS]
        rows = rows[rows.series == rows.series.iloc[-1]].sort_values("year")
        first, last = rows.iloc[0], rows.iloc[-1]
        return (
            f"Of the {what} reported to BGS, China made {first.value:.0f} % in {first.year} "
            f"and {last.value:.0f} % in "
            f"{last.year}"
        )
    rows = parts.get(VALUE, parts.get(OUTPUT)).sort_values("year")
    first, last = rows.iloc[0], rows.iloc[-1]
    return f"{capital(what)}: {first.series.partition(',')[0].lower()} from {first.year} to {last.year}"


def effects_of_controls(mineral: str, release: str) -> Section | None:
    """List each control that names the mineral with its verdict; nothing where none took effect."""
    rows = did_it_bite.verdicts(mineral)
    if rows.empty:
        return None
    items = []
    for _, row in rows.iterrows():
        verdict = did_it_bite.WORDS[row.verdict]
        said = (
            f"{date(row.day)}, {row.control}: {verdict[0].lower()}{verdict[1:]}. {did_it_bite.rests_on(row)}."
        )
        items.append(said + (f" {row.note}." if row.note else ""))
    words = [
        "How it is judged: each period after a control beside the same months of the three "
        "years before it; it bit if "
        f"the newest and most periods lie under {100 * effects.CUT:.0f} % of that. "
        "[Chapter 6](06-china-responses#did-it-bite) has the rule and the charts."
    ]
    return Section("Controls on it, and what came of them", words, release, None, items)
