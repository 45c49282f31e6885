"""Where the United States buys a mineral, and what for."""

import pandas as pd

from chokepoint.analysis import reliance, trade
from chokepoint.analysis.facts.trade import money
from chokepoint.charts.bars import bars
from chokepoint.charts.decades import decades
from chokepoint.charts.theme import CHINA, OTHER
from chokepoint.data import tables
from chokepoint.pages.amounts import capital, with_article
from chokepoint.pages.components.figure import figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.country_text import page_links
from chokepoint.pages.mineral_text import name

PARTNERS = 4  # drawn beside China
LEAST_USD = 1e6  # a year, from all partners counted: less is no trade worth a chart
RECENT = 5  # years over which the largest are chosen


def imports(mineral: str, release: str) -> Section | None:
    """Where the United States buys it."""
    rows, lines = reliance.sources(release, mineral), reliance.lines(release).query("mineral == @mineral")
    uses = _uses(release).get(mineral, "")
    printed = rows[rows.value.notna() & rows.area_kind.ne("group")]
    if rows.empty and lines.empty and not uses:
        return None
    said = [f"Main uses, as USGS names them: {uses[0].lower() + uses[1:]}"] if uses else []
    if not lines.empty and lines.kind.iloc[0] in ("greater", "less"):
        said.append(
            "USGS prints a bound for import reliance in place of a figure, because it withholds a "
            "company’s data."
        )
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
        title = f"China is the largest source of US imports: {first.text} in {period}"
    elif len(china):
        title = (
            f"{capital(with_article(first.area))} is the largest source of US imports, {first.text}; "
            f"China sent {china.iloc[0]:.0f}%"
        )
    else:
        title = (
            f"{capital(with_article(first.area))} is the largest source of US imports, {first.text}; "
            "China is not among the main ones"
        )
    if pd.notna(first.detail):
        said.append(f"Form counted: {first.detail.lower()}.")
    short = printed.text.replace({"more than ": ">", "less than ": "<"}, regex=True)
    shown = printed.assign(area=printed.area.replace("Other countries", "Others"), text=short)
    shares = printed.value if printed.kind.eq("").all() else short.str.removesuffix("%")
    table = printed[["area", "source_id"]].assign(share=shares)[["area", "share", "source_id"]]
    table = table.rename(columns={"area": "Country", "share": "Share of US imports, %"})
    drawn = figure(
        bars(
            shown[["area", "value", "text"]],
            x="value",
            y="area",
            label="text",
            color="area",
            colours={area: CHINA if area == "China" else OTHER for area in shown.area},
            x_axis=None,
            tooltip={"area": "area", "value": ("Share of imports, %", None)},
            legend=None,
            limit=220,
        ),
        name="imports",
        title=title,
        subtitle=f"US imports by the country that sold them last, average of {period}",
        table=table,
        alt_text=f"Bars of shares of US imports of {name(mineral)}: "
        + "; ".join(f"{r.area} {r.text.replace('%', ' percent')}" for r in shown.itertuples())
        + ".",
    )
    return Section(
        "What the United States needs", said, release, drawn, (), page_links(printed.iso3.dropna())
    )


def _named(rows: pd.DataFrame) -> list[str]:
    """Name the sources that USGS names without shares.

    They stand in their order, or as a group of which none comes first.
    """
    if rows.empty:
        return []
    period = f"{rows.first_year.iloc[0]} to {rows.last_year.iloc[0]}"
    together = rows[rows.area_kind == "group"]
    if len(together) == len(rows):
        unknown = "no reliable data" in str(together.footnote.iloc[0]).lower()
        how = "as producers and has no reliable data on which of them sold it" if unknown else "together"
        return [f"USGS prints no shares of its imports: it names {' and '.join(together.area)} {how}."]
    return [
        f"Of its imports of {period} USGS prints the sources, the largest first, and no shares: "
        f"{', '.join(map(with_article, rows.area))}."
    ]


def _uses(release: str) -> dict[str, str]:
    if release not in tables.releases("critical_list"):
        return {}
    return tables.load("critical_list", release).set_index("mineral").uses.to_dict()


def bought_by_partner(mineral: str, release: str) -> Section | None:
    """Draw what the United States bought of it by partner and year; nothing where no heading is held.

    A heading of customs may hold other goods; the partners are a choice, so no share is taken of their sum.
    A heading of which they sold next to nothing in the last full year is left out.
    """
    rows = trade.us_imports(mineral)
    full = rows[rows.months == 12]
    sizes = full[full.year == full.year.max()].groupby("goods").value_usd.sum()
    rows = rows[rows.goods.isin(sizes[sizes >= LEAST_USD].index)]
    if rows.empty:
        return None
    whole, part = rows[rows.months == 12], rows[rows.months < 12]
    last = int(whole.year.max())
    most = whole[whole.year > last - RECENT].groupby("area").value_usd.sum().sort_values(ascending=False)
    areas = ["China", *[area for area in most.index if area != "China"][:PARTNERS]]
    drawn = whole[whole.area.isin(areas)].assign(value=whole.value_usd / 1e6)
    drawn = drawn.sort_values("area", key=lambda names: names.map(areas.index), kind="stable")
    first = sizes.idxmax()
    several = {"pick": "goods", "label": "Heading", "first": first} if drawn.goods.nunique() > 1 else {}
    table = pd.concat([whole, part[part.year == part.year.max()]])
    table = table[table.area.isin(areas)].pivot_table(
        index=["goods", "year", "months"], columns="area", values="value_usd", sort=True
    )
    china = rows[(rows.goods == first) & (rows.area == "China")].set_index(["year", "months"]).value_usd
    return Section(
        "What the United States buys, by seller and year",
        _by_partner_words(rows, first, china),
        release,
        figure(
            decades(
                drawn[["goods", "area", "year", "value"]],
                series="area",
                **several,
            ),
            name="bought-by-partner",
            title=_by_partner_title(whole[(whole.goods == first) & (whole.year == last)], china, first),
            subtitle="US imports by country of origin, US$ million of the year",
            table=table[[area for area in areas if area in table]]
            .rename(columns=lambda area: f"{area}, US$")
            .reset_index()
            .rename(columns={"goods": "Heading", "year": "Year", "months": "Months counted"})
            .rename_axis(columns=None),
            sources=sorted(set(rows.source_id)),
            alt_text=f"Lines by year, {int(whole.year.min())} to {last}, of what the United States bought in "
            f"millions of dollars, from {', '.join(areas)}.",
        ),
    )


def _by_partner_title(last: pd.DataFrame, china: pd.Series, goods: str) -> str:
    year, top = int(last.year.iloc[0]), last.loc[last.value_usd.idxmax()]
    heading, held = goods.split(": ", 1)
    what = f"goods under {heading}" if "one heading" in held else held.split(",")[0]
    now, before = (china.get((y, 12), 0) for y in (year, year - 1))
    came = f"{money(now)} of {what}" if now else f"no {what}"
    rest = (
        "more than from any other partner counted"
        if top.area == "China"
        else f"the most came from {with_article(top.area)}, {money(top.value_usd)}"
    )
    return (
        f"The United States bought {came} from China in {year}, {money(before) if before else 'none'} in "
        f"{year - 1}; {rest}"
    )


def _by_partner_words(rows: pd.DataFrame, goods: str, china: pd.Series) -> list[str]:
    said = [
        f"Customs value of imports for consumption under {goods}, as the US Census counts them. "
        f"{rows.area.nunique()} partners are counted, not all there are, so no share is taken of their sum."
    ]
    year, months = max(china.index, default=(0, 12))
    if months < 12:
        said.append(
            f"In the first {months} months of {year} {money(china[year, months])} came from China, in those "
            f"of {year - 1} {money(china.get((year - 1, months), 0))}."
        )
    return said
