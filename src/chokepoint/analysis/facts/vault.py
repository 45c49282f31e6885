"""The Vault's basket in figures: what it costs, how long the money lasts under each rule, and what a stock of one mineral does."""

import pandas as pd

from chokepoint.analysis import reliance, vault_basket
from chokepoint.analysis.facts import computed
from chokepoint.analysis.vault_basket import BEFORE, EVERYTHING, INDUSTRY, LICENSED
from chokepoint.data import tables

STOCK = 100  # of one mineral [US$ million], a round sum to measure with
MAIN = 10  # share of US imports [%] from which a country is called a main source
MOST_YEARS = 30  # beyond these a stock lasts for as long as anybody plans
DAYS_A_MONTH, DAYS_A_YEAR = 365 / 12, 365


def capital() -> float:
    """The Vault's money as announced, by its parts [US$ billion]."""
    rows = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    return float(rows.loan + rows.private_capital)


def long(days: float) -> str:
    """A time as one says it.

    >>> long(63.9), long(404), long(2517), long(20000)
    ('64 days', '13 months', '7 years', 'more than 30 years')
    """
    if days > MOST_YEARS * DAYS_A_YEAR:
        return f"more than {MOST_YEARS} years"
    if days < 1.5 * DAYS_A_YEAR:
        return f"{days:.0f} days" if days < DAYS_A_YEAR else f"{days / DAYS_A_MONTH:.0f} months"
    return f"{days / DAYS_A_YEAR:.0f} years" if days >= 3 * DAYS_A_YEAR else f"{days / DAYS_A_YEAR:.1f} years"


def weight(tonnes: float) -> str:
    """Tonnes in a row of figures.

    >>> weight(40360), weight(11.6667)
    ('40,360 t', '11.7 t')
    """
    return f"{tonnes:,.0f} t" if tonnes >= 100 else f"{tonnes:.3g} t"


def china_in_imports(mineral: str, release: str) -> tuple[float, str, str] | None:
    """China's share of US imports of a mineral [%], the years it is an average of and its source; None where it is no main source.

    >>> china_in_imports("gallium", "mcs2026"), china_in_imports("copper", "mcs2026")
    ((18.0, '2021–24', 'MCS2026'), None)
    """
    rows = reliance.sources(release, mineral)
    rows = rows[(rows.iso3 == "CHN") & (rows.value >= MAIN)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return float(row.value), f"{row.first_year}–{row.last_year % 100:02d}", row.source_id


# --- the basket as a whole ---

_NAMES = {
    EVERYTHING: "every listed mineral that can be priced, latest year",
    BEFORE: "every listed mineral that can be priced, the year before",
    INDUSTRY: "the same without silver and the platinum metals, latest year",
    LICENSED: "what China asks an export licence for, latest year",
}


def _of_a_rule(kind: str, rule: str, label: str, unit: str, text: str, what, words=None) -> None:
    def value(release: str, year: int | None = None):
        found = vault_basket.cover(release, capital(), rule, year)
        if found is None:
            return None, ()
        number = float(what(found))
        rows = vault_basket.basket(release, rule, year)
        told = (
            f"{found.year}: net imports US${found.value:.2f} billion, use US${found.use:.2f} billion, {len(found.minerals)} minerals",
        )
        return (
            number,
            tuple(sorted({*rows.source_id, "M31"})),
            {"rows": told, **({"text": words(number)} if words else {})},
        )

    how = (
        f"Net imports times price of {_NAMES[rule]}, line by line from the release (analysis/vault_basket.py)"
    )
    computed(f"vault.{kind}", label, unit, text, how, "modelled", yearly=True)(value)


for _rule, _end in (
    (EVERYTHING, "whole"),
    (BEFORE, "before"),
    (INDUSTRY, "industry"),
    (LICENSED, "licensed"),
):
    _of_a_rule(
        f"cover_{_end}",
        _rule,
        f"Net imports that the Vault's money would replace: {_NAMES[_rule]}",
        "days",
        "{}",
        lambda c: c.days,
        long,
    )
    _of_a_rule(
        f"use_{_end}",
        _rule,
        f"Use that the Vault's money would replace: {_NAMES[_rule]}",
        "days",
        "{}",
        lambda c: c.days_of_use,
        long,
    )
    _of_a_rule(
        f"basket_{_end}",
        _rule,
        f"A year of US net imports: {_NAMES[_rule]}",
        "US$ billion",
        "US${:.1f} billion",
        lambda c: c.value,
    )
    _of_a_rule(
        f"minerals_{_end}",
        _rule,
        f"Minerals counted: {_NAMES[_rule]}",
        "minerals",
        "{:.0f} minerals",
        lambda c: len(c.minerals),
    )
_of_a_rule("basket_year", EVERYTHING, "Year of the basket", "", "{:.0f}", lambda c: c.year)
_of_a_rule("basket_year_before", BEFORE, "Year before that of the basket", "", "{:.0f}", lambda c: c.year)
_of_a_rule(
    "cost_sixty",
    EVERYTHING,
    "Cost of sixty days of net imports of the basket",
    "US$ billion",
    "US${:.1f} billion",
    lambda c: c.value * 60 / 365,
)
_of_a_rule(
    "cost_sixty_use",
    EVERYTHING,
    "Cost of sixty days of use of the basket",
    "US$ billion",
    "US${:.1f} billion",
    lambda c: c.use * 60 / 365,
)


@computed(
    "vault.basket_two",
    "What the two dearest minerals take of the basket",
    "percent",
    "{:.0f} %",
    "Net imports of the two over those of all, latest year",
    "modelled",
    yearly=True,
)
def _two(release: str, year: int | None = None):
    rows = vault_basket.basket(release, year=year)
    values = rows.groupby("mineral").value.sum().sort_values(ascending=False)
    if values.empty:
        return None, ()
    told = tuple(f"{mineral}: US${value / 1e9:.1f} billion" for mineral, value in values.iloc[:2].items())
    return (
        float(100 * values.iloc[:2].sum() / values.sum()),
        tuple(sorted(set(rows.source_id))),
        {"rows": told},
    )


def _copper(release: str, rule: str, year: int | None = None):
    rows = vault_basket.basket(release, rule, year).query("line == 'copper'")
    return (None, ()) if rows.empty else (float(rows.net_imports.iloc[0] / 1e6), (rows.source_id.iloc[0],))


for _rule, _when in ((EVERYTHING, "the latest year"), (BEFORE, "the year before")):
    computed(
        f"vault.copper_{'latest' if _rule == EVERYTHING else 'before'}",
        f"US net imports of refined copper in {_when}",
        "million t",
        "{:.2f} million tonnes",
        "Imports less exports",
        yearly=True,
    )(lambda release, year=None, r=_rule: _copper(release, r, year))


# --- one mineral ---


def _year(mineral: str, release: str, year: int | None = None):
    rows = vault_basket.of(mineral, release, year)
    rows = rows[rows.missing == ""]
    if rows.empty:
        return None, ()
    value = float(rows.value.sum() / 1e6)
    text = f"US${value / 1e3:.1f} billion" if value >= 1e3 else f"US${value:.3g} million"
    told = tuple(
        f"{r.form}, {r.year}: {weight(r.net_imports)} net at US${r.price:,.{0 if r.price >= 100 else 2}f} a kilogram ({r.priced_as})"
        if pd.notna(r.price)
        else f"{r.form}: as stated"
        for r in rows.itertuples()
    )
    return (
        value,
        tuple(sorted(set(rows.source_id))),
        {"text": text, "rows": told, "note": " ".join(f"{w}." for w in rows.why if w)},
    )


def _stock(mineral: str, release: str, year: int | None = None):
    value, sources, *more = _year(mineral, release, year)
    if value is None:
        return None, ()
    days = DAYS_A_YEAR * STOCK / value
    return days, sources, {"text": long(days), "rows": more[0]["rows"]}


def _against_china(mineral: str, release: str):
    (days, sources, *more), part = _stock(mineral, release), china_in_imports(mineral, release)
    if days is None or part is None:
        return None, ()
    share, years, source = part
    told = (*more[0]["rows"], f"China's share of US imports, {years}: {share:.0f} %")
    return (
        100 * days / share,
        tuple(sorted({*sources, source})),
        {"text": long(100 * days / share), "rows": told},
    )


def subjects() -> list[str]:
    """The minerals that have these facts."""
    return list(_names())


def define(mineral: str) -> None:
    """The facts of one mineral."""
    if mineral not in (names := _names()):
        return
    name = names[mineral]
    computed(
        f"{mineral}.vault_year",
        f"A year of US net imports: {name}",
        "US$ million",
        "{}",
        "Imports less exports, times price, as in the basket of the Vault (analysis/vault_basket.py)",
        "modelled",
        yearly=True,
    )(lambda release, year=None: _year(mineral, release, year))
    computed(
        f"{mineral}.stock_days",
        f"Net imports that US${STOCK} million of it would replace: {name}",
        "days",
        "{}",
        f"US${STOCK} million over a year of net imports",
        "modelled",
        yearly=True,
    )(lambda release, year=None: _stock(mineral, release, year))
    computed(
        f"{mineral}.stock_china",
        f"How long US${STOCK} million of it would replace what China sold to the United States: {name}",
        "days",
        "{}",
        "The same, over China's share of US imports; only where China is a main source",
        "modelled",
    )(lambda release: _against_china(mineral, release))


def _names() -> dict[str, str]:
    return tables.load("minerals").query("kind != 'other'").set_index("mineral").name.to_dict()
