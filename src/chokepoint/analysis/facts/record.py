"""The record: China's shares over decades, its exports of magnets by month, its own needs."""

from functools import partial

import pandas as pd

from chokepoint.analysis import china_needs, control_effects, forecast, history, supply
from chokepoint.analysis.facts.registry import Answer, fact
from chokepoint.data import tables

_percent = partial(fact, unit="%", text="{:.0f}%")

# Slug of the id, mineral, stage of BGS, what is counted, years that the prose names.
SERIES = [
    ("cobalt_refined", "cobalt", "refinery", "refined cobalt", (2000, 2023)),
    ("tungsten_mined", "tungsten", "mine", "mined tungsten", (1971, 2023)),
    ("magnesium_metal", "magnesium", "smelter", "magnesium metal", (1990, 2023)),
    ("germanium_metal", "germanium", "refinery", "germanium metal", (1985, 2023)),
    ("antimony_mined", "antimony", "mine", "mined antimony", (2005, 2023)),
]


@_percent(
    "history.{slug}_{year}",
    "China's share of {what} reported to BGS, {year}",
    how="China's output over the output of all who reported to the British Geological Survey",
    each=[
        {"slug": slug, "mineral": mineral, "stage": stage, "what": what, "year": year}
        for slug, mineral, stage, what, years in SERIES
        for year in years
    ],
)
def china_reported(mineral: str, stage: str, year: int) -> Answer | None:
    rows = history.shares(mineral, {"CHN"}).query("stage == @stage and year == @year and share_pct > 0")
    return None if rows.empty else Answer(float(rows.share_pct.iloc[0]), (rows.source_id.iloc[0],))


@_percent(
    "history.antimony_usgs_2023",
    "China's share of mined antimony, 2023, by USGS",
    how="Output over the world total, in the newest release that prints 2023",
)
def antimony_usgs() -> Answer | None:
    rows = supply.by_year().query(
        "mineral == 'antimony' and step == 'mine' and iso3 == 'CHN' and year == 2023"
    )
    return None if rows.empty else Answer(float(rows.share.iloc[0]), (rows.source_id.iloc[0],))


@_percent(
    "history.us_rare_earths_{which}",
    "United States' share of the world's rare earths, {what}",
    how="US over world mine output, year by year, in USGS's historical statistics",
    each=[
        {"which": "least", "what": "the least of 1970 to 1984", "years": (1970, 1984)},
        {"which": "most", "what": "the most of 1970 to 1984", "years": (1970, 1984)},
        {"which": "later", "what": "the most of 2001 to 2011", "years": (2001, 2011)},
    ],
)
def us_rare_earths(which: str, years: tuple[int, int]) -> Answer | None:
    share = history.us_share("rare_earths").loc[years[0] : years[1]]
    if share.empty:
        return None
    value = float(share.min() if which == "least" else share.max())
    return Answer(
        value, (history.century("rare_earths").source_id.iloc[0],), "none" if round(value) == 0 else ""
    )


MONTHS = [
    {
        "where": slug,
        "area": area,
        "slug": month.replace("-", "_"),
        "month": month,
        "when": f"{pd.Period(month):%B %Y}",
    }
    for slug, area, months in (
        ("world", "World", ("2025-01", "2025-03", "2025-05", "2025-11", "2026-03")),
        ("us", "United States", ("2025-05", "2026-03")),
    )
    for month in months
]


@fact(
    "magnets.{where}_{slug}",
    "China's exports of rare-earth magnets, {area}, {when}",
    "t",
    "{:,.0f} t",
    how="A month's figure of China's customs, as the press quotes it",
    each=MONTHS,
    confidence="corroborated",
)
def magnets(area: str, month: str) -> Answer | None:
    rows = _magnets().query("area == @area and first_month == @month and last_month == @month")
    return None if rows.empty else Answer(float(rows.value_t.iloc[0]), (rows.source_id.iloc[0],))


@fact(
    "magnets.ten_months",
    "China's exports of rare-earth magnets, January to October 2025, as reported",
    "t",
    "{:,.0f} t",
    how="The sum that China's customs is quoted with",
    confidence="corroborated",
)
def ten_months() -> Answer | None:
    rows = _magnets().query("area == 'World' and first_month == '2025-01' and last_month == '2025-10'")
    return None if rows.empty else Answer(float(rows.value_t.iloc[0]), (rows.source_id.iloc[0],))


@fact(
    "magnets.ten_months_added",
    "The same, added up from the half-year and four months",
    "t",
    "{:,.0f} t",
    how="January to June, July, August, September and October 2025",
    confidence="corroborated",
)
def ten_months_added() -> Answer | None:
    parts = [
        ("2025-01", "2025-06"),
        *((month, month) for month in ("2025-07", "2025-08", "2025-09", "2025-10")),
    ]
    rows = _magnets().query("area == 'World'").set_index(["first_month", "last_month"])
    if not set(parts) <= set(rows.index):
        return None
    return Answer(float(rows.value_t[parts].sum()), (rows.source_id.iloc[0],))


def _magnets() -> pd.DataFrame:
    rows = tables.load("china_exports", control_effects.newest("china_exports"))
    return rows[rows["product"] == "magnets"]


@_percent(
    "needs.{mineral}_own_ore",
    "China's own ore over what it refines: {mineral}",
    how="Mine output over refined output, in content, in the IEA's base year",
    each=[{"mineral": m} for m in ("cobalt", "nickel", "copper", "lithium")],
)
def own_ore(mineral: str) -> Answer | None:
    if not tables.releases("iea_production"):
        return None
    rows = china_needs.own_ore().query("mineral == @mineral")
    return None if rows.empty else Answer(float(rows.own_ore_pct.iloc[0]), (rows.source_id.iloc[0],))


@_percent(
    "needs.{slug}",
    "{label}",
    how="Value of flows to China by seller, in the newest year of CEPII's BACI",
    each=[
        {
            "slug": "bauxite_first",
            "label": "Guinea's share of China's imports of bauxite",
            "heading": "260600",
            "column": "first_share_pct",
        },
        {
            "slug": "bauxite_second",
            "label": "Australia's share of China's imports of bauxite",
            "heading": "260600",
            "column": "second_share_pct",
        },
        {
            "slug": "bauxite_bloc",
            "label": "Share of the United States and signatories in China's imports of bauxite",
            "heading": "260600",
            "column": "bloc_pct",
        },
        {
            "slug": "copper_bloc",
            "label": "Share of the United States and signatories in China's imports of refined copper",
            "heading": "740311",
            "column": "bloc_pct",
        },
        {
            "slug": "niobium_first",
            "label": "Brazil's share of China's imports of ferroniobium",
            "heading": "720293",
            "column": "first_share_pct",
        },
        {
            "slug": "lithium_first",
            "label": "Chile's share of China's imports of lithium carbonate",
            "heading": "283691",
            "column": "first_share_pct",
        },
        {
            "slug": "manganese_first",
            "label": "South Africa's share of China's imports of manganese ore",
            "heading": "260200",
            "column": "first_share_pct",
        },
        {
            "slug": "platinum_first",
            "label": "South Africa's share of China's imports of platinum",
            "heading": "711011",
            "column": "first_share_pct",
        },
    ],
)
def bought(heading: str, column: str) -> Answer | None:
    if not tables.releases("trade_flows"):
        return None
    rows = china_needs.imports().query("heading == @heading")
    return None if rows.empty else Answer(float(rows[column].iloc[0]), (rows.source_id.iloc[0],))


@fact(
    "needs.burma_{year}",
    "Rare earths mined in Myanmar, {year}, t of oxide",
    "t",
    "{:,.0f} t",
    how="USGS's estimate from China's imports",
    each=[{"year": 2020}, {"year": 2022}],
)
def burma(year: int) -> Answer | None:
    if not tables.releases("yearbook_production"):
        return None
    rows = china_needs.heavy_feed().query("year == @year")
    return None if rows.empty else Answer(float(rows.burma_t.iloc[0]), (rows.source_id.iloc[0],))


@fact(
    "needs.magnet_{slug}",
    "Magnet rare earths mined in {area}, the IEA's base year, t",
    "t",
    "{:,.0f} t",
    how="Neodymium, praseodymium, dysprosium and terbium, of the newest edition that gives mining",
    each=[
        {"slug": iso3.lower(), "iso3": iso3, "area": area}
        for iso3, area in (
            ("AUS", "Australia"),
            ("CHN", "China"),
            ("LAO", "Laos"),
            ("MMR", "Myanmar"),
            ("USA", "the United States"),
        )
    ],
)
def magnet_metals(iso3: str) -> Answer | None:
    rows = forecast.mined("magnet_rare_earths").query("iso3 == @iso3 and not forecast")
    return None if rows.empty else Answer(float(rows.value.iloc[0]), (rows.source_id.iloc[0],))
