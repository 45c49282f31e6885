"""A century of output of a mineral, and the controls on it with what came of them."""

import pandas as pd

from chokepoint.analysis import coalitions, history
from chokepoint.charts.decades import decades
from chokepoint.charts.theme import BLOC, CHINA, CLAY, OTHER, UNITED_STATES
from chokepoint.pages import did_it_bite
from chokepoint.pages import history as decades_of
from chokepoint.pages.amounts import capital, date, listed, tons
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral_text import name

WORLD, US = "World output, t", "US output, t"
OUTPUT, VALUE = "Output", "Unit value"
CHINAS, AMERICAN, BLOCS = "China, %", "United States, %", "US and signatories, %"
BGS = "British Geological Survey materials © UKRI; the shares are derived from them"
VALUE_NAME = "Unit value, US$ of 1998 a tonne"
WHO = {CHINAS: "China", AMERICAN: "the United States", BLOCS: "the United States and today’s signatories"}
COLOURS = dict(zip(WHO, (CHINA, UNITED_STATES, BLOC), strict=True)) | {
    WORLD: OTHER,
    US: UNITED_STATES,
    VALUE_NAME: CLAY,
}
LEAST = 20  # years: less is no history


def century(mineral: str, release: str) -> Section | None:
    """Show output since 1900, China's share and the unit value; nothing where none is known."""
    drawn = _drawn(mineral)
    if drawn is None:
        return None
    words = []
    if drawn.table.attrs["shares"]:
        words.append(
            "A share is of the output reported to BGS, which is not the world’s. Signatories are today’s, "
            f"in every year. Contains {BGS}."
        )
    return Section("A century of output", words, release, drawn)


def _drawn(mineral: str) -> Figure | None:
    shares = _shares(mineral)
    parts = {OUTPUT: _output(mineral), **shares, VALUE: _value(mineral)}
    parts = {show: rows for show, rows in parts.items() if len(rows)}
    if not parts:
        return None
    rows = pd.concat([rows.assign(show=show) for show, rows in parts.items()])
    first = next(iter(parts))
    named = rows.assign(column=rows.series.where(~rows.show.isin(shares), rows.show + ": " + rows.series))
    table = named.pivot_table(index="year", columns="column", values="value", sort=False).sort_index()
    table = table.map(lambda v: float(f"{v:.4g}")).reset_index().rename(columns={"year": "Year"})
    table.attrs["shares"] = tuple(shares)
    pick = {"pick": "show", "label": "Show", "first": first} if len(parts) > 1 else {}
    return figure(
        decades(rows, **pick, colours=COLOURS),
        name="century",
        title=_title(mineral, parts),
        table=table.rename_axis(columns=None),
        sources=sorted(set(rows.source_id)),
        alt_text=f"Lines by year, {int(rows.year.min())} to {int(rows.year.max())}; years "
        f"without a figure are gaps. Shown: " + listed([show.lower() for show in parts]) + ".",
    )


def _shares(mineral: str) -> dict[str, pd.DataFrame]:
    """Return the shares of China, the United States and today's signatories, by step; what is not, is not."""
    whose = {CHINAS: decades_of.CHINA_ONLY, AMERICAN: frozenset({"USA"}), BLOCS: coalitions.club("signed")}
    rows = pd.concat(
        [decades_of.series_of(mineral, codes).assign(whose=name) for name, codes in whose.items()]
    )
    return {
        step: of.assign(series=of.whose)[["series", "year", "value", "source_id"]]
        for step, of in rows.groupby("series", sort=False)
    }


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
    if shares := [rows for show, rows in parts.items() if show not in (OUTPUT, VALUE)]:
        rows = shares[-1].sort_values(["year", "value"])
        of = rows[rows.series == rows.series.iloc[-1]]
        first, last = of.iloc[0], of.iloc[-1]
        return (
            f"Of the {what} reported to BGS, {WHO[first.series]} made {first.value:.0f}% in {first.year} "
            f"and {last.value:.0f}% in {last.year}"
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
    words = ["[Chapter 6](06-china-responses#did-it-bite) has the rule by which they are judged."]
    return Section("Controls on it, and what came of them", words, release, None, items)
