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
    printed = rows[rows.value.notna() & rows.area_kind.ne("group")]
    if rows.empty and lines.empty and not uses:
        return None
    said = [f"Main uses, as USGS names them: {uses[0].lower() + uses[1:]}"] if uses else []
    if not lines.empty and lines.kind.iloc[0] in ("greater", "less"):
        said.append("USGS prints a bound for import reliance in place of a figure, because it withholds a company's data.")
    said += [
        f"Its chapter in USGS gives an import reliance of {lines.text.iloc[0]}; {also} for the same year."
        for also in reliance.otherwise(mineral, release)
    ]
    if printed.empty:
        said += _named(rows)
        return Section("What the United States needs", said, release) if said else None
    first, period = printed.iloc[0], f"{printed.first_year.iloc[0]} to {printed.last_year.iloc[0]}"
    china = printed[printed.area == "China"].value
    if first.area == "China":
        says = f"China is the largest source of US imports: {first.text} in {period}"
    elif len(china):
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.text}; China sent {china.iloc[0]:.0f} %"
    else:
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.text}; China is not among the main ones"
    form = f" Form counted: {first.detail.lower()}." if pd.notna(first.detail) else ""
    said.append(
        f"Imports are averages of {period}.{form} The country is the last one that sold it, which need not be the one that made it."
    )
    short = printed.text.replace({"more than ": ">", "less than ": "<"}, regex=True)
    shown = printed.assign(area=printed.area.replace("Other countries", "Others"), text=short)
    shares = printed.value if printed.kind.eq("").all() else short.str.removesuffix(" %")
    table = printed[["area", "source_id"]].assign(share=shares)[["area", "share", "source_id"]]
    table = table.rename(columns={"area": "Country", "share": "Share of US imports, %"})
    drawn = figure(
        import_sources(shown),
        says=says,
        table=table,
        alt_text="Bars of shares of US imports: "
        + "; ".join(f"{r.area} {r.text.replace(' %', ' percent')}" for r in shown.itertuples())
        + ".",
    )
    return Section("What the United States needs", said, release, drawn, (), page_links(printed.iso3.dropna()))


def _named(rows: pd.DataFrame) -> list[str]:
    """The sources that USGS names without shares: in their order, or as a group of which none comes first."""
    if rows.empty:
        return []
    period = f"{rows.first_year.iloc[0]} to {rows.last_year.iloc[0]}"
    together = rows[rows.area_kind == "group"]
    if len(together) == len(rows):
        unknown = "no reliable data" in str(together.footnote.iloc[0]).lower()
        how = "as producers and has no reliable data on which of them sold it" if unknown else "together"
        return [f"USGS prints no shares of its imports: it names {' and '.join(together.area)} {how}."]
    return [
        f"Of its imports of {period} USGS prints the sources, the largest first, and no shares: {', '.join(map(with_article, rows.area))}."
    ]


def _uses(release: str) -> dict[str, str]:
    if release not in tables.releases("critical_list"):
        return {}
    return tables.load("critical_list", release).set_index("mineral").uses.to_dict()
