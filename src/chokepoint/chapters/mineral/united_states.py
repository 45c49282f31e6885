"""Where the United States buys a mineral, and what for."""

import pandas as pd

from chokepoint import tables
from chokepoint.charts.figure import figure
from chokepoint.charts.reliance import import_sources
from chokepoint.measures import reliance
from chokepoint.prose.country import page_links
from chokepoint.prose.sections import Section, capital, with_article


def imports(mineral: str, release: str) -> Section | None:
    """Where the United States buys it."""
    rows, lines = reliance.sources(release, mineral), reliance.lines(release).query("mineral == @mineral")
    uses = _uses(release).get(mineral, "")
    printed = rows.dropna(subset=["value"])
    if printed.empty and lines.empty and not uses:
        return None
    said = [f"Main uses, as USGS names them: {uses[0].lower() + uses[1:]}"] if uses else []
    if not lines.empty and lines.kind.iloc[0] in ("greater", "less"):
        said.append("USGS prints a bound for import reliance in place of a figure, because it withholds a company's data.")
    if printed.empty:
        return Section("What the United States needs", said, release) if said else None
    first, period = printed.iloc[0], f"{printed.first_year.iloc[0]} to {printed.last_year.iloc[0]}"
    china = printed[printed.area == "China"].value
    if first.area == "China":
        says = f"China is the largest source of US imports: {first.value:.0f} % in {period}"
    elif len(china):
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.value:.0f} %; China sent {china.iloc[0]:.0f} %"
    else:
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.value:.0f} %; China is not among the main ones"
    form = f" Form counted: {first.detail.lower()}." if pd.notna(first.detail) else ""
    said.append(
        f"Imports are averages of {period}.{form} The country is the last one that sold it, which need not be the one that made it."
    )
    shown = printed.assign(area=printed.area.replace("Other countries", "Others"), text=printed.value.map("{:.0f} %".format))
    table = printed[["area", "value", "source_id"]].rename(columns={"area": "Country", "value": "Share of US imports, %"})
    drawn = figure(
        import_sources(shown),
        says=says,
        table=table,
        alt_text="Bars of shares of US imports: " + "; ".join(f"{r.area} {r.value:.0f} percent" for r in shown.itertuples()) + ".",
    )
    return Section("What the United States needs", said, release, drawn, (), page_links(printed.iso3.dropna()))


def _uses(release: str) -> dict[str, str]:
    if release not in tables.releases("critical_list"):
        return {}
    return tables.load("critical_list", release).set_index("mineral").uses.to_dict()
