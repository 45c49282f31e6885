"""Who sells to whom: what partners and countries sell, and China's part in what others buy."""

import pandas as pd

from chokepoint.analysis import coalitions, countries, trade
from chokepoint.analysis.facts.registry import Answer, fact
from chokepoint.analysis.facts.supply import each_country
from chokepoint.analysis.supply import in_sentence
from chokepoint.data import memory, tables

SUM = (
    "CEPII BACI, newest year, current US$; headings of customs that cover minerals of the list, without "
    "coal, whose heading is mostly coal for power stations."
)
_SIGNED = "All signatories of a framework, memorandum or partnership; members of the Union within the Union."
KEYS = {"China": "china", "United States": "us", "European Union": "eu", "Japan": "japan"}
LEAST_BOUGHT = 1e6  # US$: of less bought in a year, a share says little


def money(usd: float) -> str:
    """Write an amount of trade, rounded to what customs figures carry.

    >>> money(19_343_500_000), money(3_021_000_000), money(56_978_000), money(502_276)
    ('US$19 billion', 'US$3.0 billion', 'US$57 million', 'US$500,000')
    >>> money(39_716), money(500), money(9), money(950_000)
    ('US$40,000', 'US$1,000', 'under US$1,000', 'US$1.0 million')
    """
    if usd >= 9.5e8:
        return f"US${usd / 1e9:,.0f} billion" if usd >= 9.95e9 else f"US${max(usd, 1e9) / 1e9:.1f} billion"
    if usd >= 9.5e6:
        return f"US${usd / 1e6:,.0f} million"
    if usd >= 9.5e5:
        return f"US${max(usd, 1e6) / 1e6:.1f} million"
    digits = -4 if usd >= 99_500 else -3
    return f"US${max(round(usd, digits), 1000):,.0f}" if usd >= 500 else "under US$1,000"


def percent(share: float) -> str:
    """Write a share of trade.

    >>> percent(49.3), percent(0.2), percent(0.5), percent(0), percent(99.8)
    ('49%', 'under 1%', 'under 1%', 'none', 'over 99%')
    """
    if share <= 0:
        return "none"
    return "under 1%" if share <= 0.5 else "over 99%" if 99.5 <= share < 100 else f"{share:.0f}%"


# --- all partners together ---


@memory.remembered
def _partners() -> pd.DataFrame:
    return trade.partners().set_index("year")


def _partners_share(group: str, year: int | None = None) -> Answer | None:
    rows = _partners()
    if rows.empty:
        return None
    year = year or int(rows.index.max())
    value = 100 * float(rows[group][year] / rows.value_usd[year])
    return Answer(value, (rows.source_id[year],), percent(value), as_of=str(year))


@fact(
    "partners.sells",
    "What all partners with a framework sell of minerals of the list, by value",
    "US$",
    how=f"{SUM} {_SIGNED}",
)
def partners_sell() -> Answer | None:
    rows = _partners()
    if rows.empty:
        return None
    last = rows.iloc[-1]
    return Answer(float(last.value_usd), (last.source_id,), money(last.value_usd), as_of=str(rows.index[-1]))


@fact(
    "partners.sells_to_{key}",
    "Share of what all partners with a framework sell, by buyer: {group}",
    "%",
    how=f"{SUM} {_SIGNED}",
    each=[{"key": key, "group": group} for group, key in KEYS.items()],
)
def partners_sell_to(group: str) -> Answer | None:
    return _partners_share(group)


@fact(
    "partners.sold_to_{key}_first",
    "Share of what all partners with a framework sold in the first year held, by buyer: {group}",
    "%",
    how=f"{SUM.replace('newest year', 'oldest year')} {_SIGNED}",
    each=[{"key": key, "group": group} for group, key in KEYS.items()],
)
def partners_sold_to(group: str) -> Answer | None:
    rows = _partners()
    return None if rows.empty else _partners_share(group, int(rows.index.min()))


@fact(
    "partners.coal",
    "What all partners with a framework sell of bituminous coal, coking coal among it",
    "US$",
    how=f"CEPII BACI, newest year, current US$, heading HS {trade.COAL}. {_SIGNED}",
)
def partners_coal() -> Answer | None:
    rows = pd.concat([trade.sold(iso3) for iso3 in trade.in_sum()]).query("heading == @trade.COAL")
    if rows.empty:
        return None
    year = int(rows.year.max())
    value = float(rows[rows.year == year].value_usd.sum())
    return Answer(value, (rows.source_id.iloc[0],), money(value), as_of=str(year))


@fact(
    "partners.with_flows",
    "Partners with a framework for which exports of minerals of the list are recorded",
    "partners",
    "{:.0f}",
    how=f"CEPII BACI, newest year: at least US${trade.LEAST:,} under any heading",
)
def partners_with_flows() -> Answer | None:
    found = [iso3 for iso3 in trade.signatories() if not trade.exports(iso3).empty]
    if not found:
        return None
    rows = tuple(countries.names()[iso3] for iso3 in found)
    return Answer(float(len(found)), _sources(), rows=rows, as_of=str(trade.years()[-1]))


def _sources() -> tuple[str, ...]:
    held = tables.releases(trade.TABLE)
    return tuple(tables.distinct(trade.TABLE, held[-1], "source_id")) if held else ()


# --- each country ---


@fact(
    "{country}.sells",
    "What {where} sells of minerals of the list, by value",
    "US$",
    how=SUM,
    each=each_country,
)
def country_sells(iso3: str) -> Answer | None:
    return _country(iso3)[0]


@fact(
    "{country}.sells_to_china",
    "Share of what {where} sells of minerals of the list that goes to China",
    "%",
    how=f"{SUM} With Hong Kong and Macao; buyers of under a thousandth of a heading's trade are not named.",
    each=each_country,
)
def country_sells_to_china(iso3: str) -> Answer | None:
    return _country(iso3)[1]


@memory.remembered
def _country(iso3: str) -> tuple[Answer | None, Answer | None]:
    rows, years = trade.in_all(trade.sold(iso3)).set_index("year"), trade.years()
    if not years or years[-1] not in rows.index:
        return None, None
    last, year = rows.loc[years[-1]], str(years[-1])
    share = 100 * float(last["China"] / last.value_usd)
    return (
        Answer(float(last.value_usd), (last.source_id,), money(last.value_usd), as_of=year),
        Answer(share, (last.source_id,), percent(share), as_of=year),
    )


# --- each mineral ---


def with_heading() -> list[dict]:
    """Return the minerals that a heading covers, each with its name and the goods that the heading names."""
    return [
        {"mineral": mineral, "named": in_sentence(mineral), "goods": row.goods, "heading": row.heading}
        for row in trade.headings().itertuples()
        for mineral in row.minerals
    ]


@fact(
    "{mineral}.sold",
    "What is sold between countries under the heading of {named}: {goods}",
    "US$",
    how="CEPII BACI, newest year, current US$: all flows of heading HS {heading}",
    each=with_heading,
)
def sold(heading: str) -> Answer | None:
    return _sales(heading, None)


@fact(
    "{mineral}.sold_by_china",
    "China's share of what is sold between countries under the heading of {named}: {goods}",
    "%",
    how="CEPII BACI, newest year, by value: flows of heading HS {heading} from China over all",
    each=with_heading,
)
def sold_by_china(heading: str) -> Answer | None:
    return _sales(heading, "CHN")


def _sales(heading: str, seller: str | None) -> Answer | None:
    if not (years := trade.years()):
        return None
    rows = trade.flows(heading, years[-1])
    if rows.empty:
        return None
    value, year = float(rows.value_usd.sum()), str(years[-1])
    if seller is None:
        return Answer(value, (rows.source_id.iloc[0],), money(value), as_of=year)
    share = float(rows.share_pct[rows.exporter == seller].sum())
    return Answer(share, (rows.source_id.iloc[0],), percent(share), as_of=year)


def buyers() -> dict[str, tuple[str, frozenset[str]]]:
    """Return those whose purchases are compared: key of their facts → name, countries."""
    return {
        "bloc": ("US and signatories", coalitions.club("signed")),
        "us": ("United States", frozenset({"USA"})),
        "eu": ("European Union", coalitions.club("union")),
        "japan": ("Japan", frozenset({"JPN"})),
    }


def china_of_imports(heading: str, codes: frozenset[str]) -> pd.DataFrame:
    """Return China's share [%] by year of what some countries buy: year, share_pct, value_usd.

    Years in which they bought less than LEAST_BOUGHT are left out.
    """
    rows = trade.china_share_of_imports(heading, codes)
    return rows[rows.value_usd >= LEAST_BOUGHT].reset_index(drop=True)


@fact(
    "{mineral}.{key}_buys_from_china",
    "China's share of imports under the heading of {named}, by value: {who}; {goods}",
    "%",
    how="CEPII BACI, newest year, by value: flows of heading HS {heading} from China over all from outside",
    each=lambda: [
        row | {"key": key, "who": name} for row in with_heading() for key, (name, _) in buyers().items()
    ],
)
def buys_from_china(heading: str, key: str) -> Answer | None:
    rows, years = china_of_imports(heading, buyers()[key][1]), trade.years()
    rows = rows[rows.year == years[-1]] if years else rows
    if rows.empty:
        return None
    return Answer(
        float(rows.share_pct.iloc[0]), _sources(), percent(rows.share_pct.iloc[0]), as_of=str(years[-1])
    )
