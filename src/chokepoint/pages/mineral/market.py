"""What a mineral costs and what is in the ground."""

import pandas as pd

from chokepoint.analysis import coalitions, supply
from chokepoint.analysis import reserves as measured
from chokepoint.analysis.spelling import ours
from chokepoint.charts.lines import lines
from chokepoint.data import tables
from chokepoint.pages import standings
from chokepoint.pages.amounts import capital, listed, tons, with_article
from chokepoint.pages.amounts import money as as_money
from chokepoint.pages.components.figure import figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral_text import name, row_of

MOST = 8  # countries shown by name
MAIN_PRICE = {"graphite": "Flake"}  # where the dearest series is not the one that is traded most


def reserves(mineral: str, release: str) -> Section | None:
    """Say what is in the ground, by country."""
    rows = measured.series(release)
    countries = rows[(rows.mineral == mineral) & (rows.area_kind == "country") & (rows.value > 0)]
    if len(countries) < 2:
        return None
    total, bound = (None if pd.isna(v) else v for v in countries[["world", "bound"]].iloc[0])
    first = countries.iloc[0]
    part = f", {100 * first.value / total:.0f}% of the world’s" if total else ""
    title = f"{capital(with_article(first.area))} has the largest reserves, {tons(first.value)}{part}"
    notes = [
        "Reserves are what could be dug at a profit when the figure was made. They change with the price "
        "and with the laws that define them."
    ]
    if bound:
        notes.append(
            f"The world total is printed only as more than {tons(bound)}, so no share of it can be given."
        )
    if pd.notna(first.detail):
        notes.append(f"Counted: {first.detail}{_of_one_part(countries)}.")
    shown = countries.head(MOST)
    bars = pd.DataFrame(
        {
            "area": shown.area,
            "standing": shown.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE),
            "size": shown.value,
            "text": shown.value.map(tons),
        }
    )
    table = countries[["area", "value", "counted", "source_id"]].rename(
        columns={"area": "Country", "value": "Reserves, t", "counted": "Form"}
    )
    if not countries.counted.any():
        table = table.drop(columns="Form")
    drawn = figure(
        standings.producers(bars),
        name="reserves",
        title=title,
        table=table,
        alt_text="Bars of reserves: "
        + "; ".join(f"{r.area} {tons(r.value)}" for r in shown.itertuples())
        + ".",
    )
    return Section("Reserves", notes, release, drawn)


def _of_one_part(countries: pd.DataFrame) -> str:
    """Name the countries for which one part alone is printed, of a series in parts.

    They are the end of a sentence; it is empty for any other series.
    """
    alone = countries[(countries.counted != "") & (countries.counted != countries.detail)]
    told = [
        f"{form} alone for {listed(of.area.map(with_article).tolist())}"
        for form, of in alone.groupby("counted", sort=False)
    ]
    return f"; {'; '.join(told)}" if told else ""


def _of_one_year(rows: pd.DataFrame, release: str) -> Section:
    """Prices of which no series has a second year: a list, for there is no line to draw."""
    units = rows.unit.str.removeprefix("US$/")
    units = [f"for {unit}" if unit[0].isdigit() else f"per {unit}" for unit in units]
    named = rows.series.fillna(rows.basis).fillna(rows.commodity).map(ours)
    items = [
        f"{what}: US${as_money(v)} {unit}" for what, v, unit in zip(named, rows.value, units, strict=True)
    ]
    said = [f"USGS prints prices of {rows.year.max()} alone, so how they moved is not known."]
    small = rows.unit.str.contains(r"/(?:\d+ )?(?:g|ml)$").all()
    return Section(
        "What it costs",
        said + (["They are of lots for the laboratory, not of tonnes."] if small else []),
        release,
        None,
        items,
    )


def prices(mineral: str, release: str) -> Section | None:
    """Annual prices, each series with its basis."""
    if release not in tables.releases("prices"):
        return None
    rows = tables.rows("prices", release, mineral=mineral).dropna(subset=["value"])
    if rows.empty:
        return None
    speaks = [
        w
        for w in supply.summary(release).what.get(row_of(mineral).headline_mineral, pd.Series(dtype=str))
        if w in set(rows.commodity.map(ours))
    ]
    rows = rows[rows.commodity.map(ours) == (speaks[-1] if speaks else ours(rows.commodity.iloc[0]))]
    if rows.groupby(["commodity", "series"], dropna=False).year.nunique().max() < 2:
        return _of_one_year(rows, release)
    mass = rows.usd_per_kg.notna().all()
    unit = "US$ per kilogram" if mass else rows.unit.iloc[0]
    rows = rows.assign(value=rows.usd_per_kg) if mass else rows[rows.unit == rows.unit.iloc[0]]
    rows = rows.assign(
        series=rows.series.fillna(rows.basis).fillna(capital(name(mineral))).map(ours)
    ).drop_duplicates(["series", "year"])
    size = rows.groupby("series").value.max().sort_values(ascending=False).index[:4]
    years = rows.groupby("series").year.agg(["max", "nunique"])
    ended = (years["max"] < rows.year.max()) | (years["nunique"] < 2)  # such a series does not lead
    size = sorted(size, key=lambda s: (ended[s], s != MAIN_PRICE.get(mineral)))
    rows = rows[rows.series.isin(size)].sort_values(
        ["series", "year"], key=lambda c: c.map(list(size).index) if c.name == "series" else c
    )
    main = rows[rows.series == size[0]].set_index("year").value
    if len(main) < 2:
        return None
    last, before = main.iloc[-1], main.iloc[-2]
    change = 100 * (last / before - 1)
    moved = (
        f"{abs(change):.0f}% {'dearer' if change > 0 else 'cheaper'} than a year before"
        if abs(change) >= 0.5
        else "as a year before"
    )
    times = f"{last / before:.1f} times the price of a year before" if last >= 2 * before else moved
    per_kg = f"{last:.2f}" if last < 10 else as_money(last)  # 1.00, where a change of 5% is told
    money = f"US${per_kg} a kilogram" if mass else f"{as_money(last)} {unit}"
    series = (
        f", {size[0][0].lower() if size[0][1].islower() else size[0][0]}{size[0][1:]}"
        if len(size) > 1
        else ""
    )
    title = f"{capital(name(mineral))}{series}: {money} in {main.index[-1]}, {times}"
    bases = sorted(set(rows.basis.dropna()))
    note = (
        [f"Annual figures as USGS prints them ({'; '.join(bases)}); the latest year is an estimate."]
        if bases
        else []
    )
    table = rows[["series", "basis", "year", "value", "source_id"]].rename(
        columns={"series": "Series", "basis": "Basis", "year": "Year", "value": unit}
    )
    drawn = figure(
        lines(rows[["series", "year", "value"]], color="series", y_title=unit),
        name="prices",
        title=title,
        table=table,
        alt_text=f"Lines of yearly prices in {unit}: "
        + "; ".join(
            f"{s} from {as_money(g.value.iloc[0])} to {as_money(g.value.iloc[-1])}"
            for s, g in rows.groupby("series", sort=False)
        )
        + ".",
    )
    return Section("What it costs", note, release, drawn)
