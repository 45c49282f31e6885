"""The Vault's basket: its cost, how long the money lasts, and what a stock of one mineral does."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from chokepoint.analysis import vault_basket
from chokepoint.analysis.facts.registry import Answer, fact, minerals
from chokepoint.analysis.vault_basket import BEFORE, DAYS_A_YEAR, EVERYTHING, INDUSTRY, LICENSED, STOCK, Cover

RULES = [
    {"basket": "whole", "rule": EVERYTHING, "of": "every listed mineral that can be priced, latest year"},
    {"basket": "before", "rule": BEFORE, "of": "every listed mineral that can be priced, the year before"},
    {
        "basket": "industry",
        "rule": INDUSTRY,
        "of": "the same without silver and the platinum metals, latest year",
    },
    {"basket": "licensed", "rule": LICENSED, "of": "what China asks an export licence for, latest year"},
]
WHOLE = RULES[:1]
COPPER = [
    {"when": "latest", "rule": EVERYTHING, "year_of": "the latest year"},
    {"when": "before", "rule": BEFORE, "year_of": "the year before"},
]


# --- the basket as a whole ---

_of_basket = partial(
    fact,
    how="Net imports times price of {of}, line by line from the release (analysis/vault_basket.py)",
    confidence="modelled",
)


def _cover(
    release: str, rule: str, year: int | None, number: Callable[[Cover], float], words: Callable | None = None
) -> Answer | None:
    """Return a number of what the Vault's money replaces under a rule, in `words`.

    None where there is no basket.
    """
    cover = vault_basket.cover(release, vault_basket.capital(), rule, year)
    if cover is None:
        return None
    row = (
        f"{cover.year}: net imports US${cover.value:.2f} billion, use US${cover.use:.2f} billion, "
        f"{len(cover.minerals)} minerals"
    )
    sources = {*vault_basket.basket(release, rule, year).source_id, "M31"}
    value = float(number(cover))
    return Answer(value, sorted(sources), words(value) if words else "", (row,))


@_of_basket(
    "vault.cover_{basket}", "Net imports that the Vault's money would replace: {of}", "days", each=RULES
)
def days_of_imports(release: str, rule: str, year: int | None = None) -> Answer | None:
    return _cover(release, rule, year, lambda cover: cover.days, vault_basket.duration)


@_of_basket("vault.use_{basket}", "Use that the Vault's money would replace: {of}", "days", each=RULES)
def days_of_use(release: str, rule: str, year: int | None = None) -> Answer | None:
    return _cover(release, rule, year, lambda cover: cover.days_of_use, vault_basket.duration)


@_of_basket(
    "vault.basket_{basket}",
    "A year of US net imports: {of}",
    "US$ billion",
    "US${:.1f} billion",
    each=RULES,
)
def year_of_imports(release: str, rule: str, year: int | None = None) -> Answer | None:
    return _cover(release, rule, year, lambda cover: cover.value)


@_of_basket("vault.minerals_{basket}", "Minerals counted: {of}", "minerals", "{:.0f} minerals", each=RULES)
def minerals_counted(release: str, rule: str, year: int | None = None) -> Answer | None:
    return _cover(release, rule, year, lambda cover: len(cover.minerals))


@_of_basket("vault.basket_year", "Year of the basket", text="{:.0f}", each=WHOLE)
def basket_year(release: str, year: int | None = None) -> Answer | None:
    return _cover(release, EVERYTHING, year, lambda cover: cover.year)


@_of_basket("vault.basket_year_before", "Year before that of the basket", text="{:.0f}", each=RULES[1:2])
def basket_year_before(release: str, year: int | None = None) -> Answer | None:
    return _cover(release, BEFORE, year, lambda cover: cover.year)


@_of_basket(
    "vault.cost_sixty",
    "Cost of the days that are given as the aim, in net imports of the basket",
    "US$ billion",
    "US${:.1f} billion",
    each=WHOLE,
)
def cost_of_sixty_days(release: str, year: int | None = None) -> Answer | None:
    return _cover(release, EVERYTHING, year, lambda cover: cover.value * vault_basket.aim() / 365)


@_of_basket(
    "vault.cost_sixty_use",
    "Cost of the days that are given as the aim, in use of the basket",
    "US$ billion",
    "US${:.1f} billion",
    each=WHOLE,
)
def cost_of_sixty_days_of_use(release: str, year: int | None = None) -> Answer | None:
    return _cover(release, EVERYTHING, year, lambda cover: cover.use * vault_basket.aim() / 365)


@fact(
    "vault.basket_two",
    "What the two dearest minerals take of the basket",
    "percent",
    "{:.0f}%",
    how="Net imports of the two over those of all, latest year",
    confidence="modelled",
)
def two_dearest(release: str, year: int | None = None) -> Answer | None:
    rows = vault_basket.basket(release, year=year)
    values = rows.groupby("mineral").value.sum().sort_values(ascending=False)
    if values.empty:
        return None
    two = values.iloc[:2]
    return Answer(
        float(100 * two.sum() / values.sum()),
        sorted(set(rows.source_id)),
        rows=tuple(f"{mineral}: US${value / 1e9:.1f} billion" for mineral, value in two.items()),
    )


@fact(
    "vault.copper_{when}",
    "US net imports of refined copper in {year_of}",
    "million t",
    "{:.2f} million tonnes",
    how="Imports less exports",
    each=COPPER,
)
def copper(release: str, rule: str, year: int | None = None) -> Answer | None:
    rows = vault_basket.basket(release, rule, year).query("line == 'copper'")
    return None if rows.empty else Answer(float(rows.net_imports.iloc[0] / 1e6), rows.source_id[:1])


# --- one mineral ---

_of_mineral = partial(fact, each=minerals, confidence="modelled")


@_of_mineral(
    "{mineral}.vault_year",
    "A year of US net imports: {name}",
    "US$ million",
    how="Imports less exports, times price, as in the basket of the Vault (analysis/vault_basket.py)",
)
def mineral_year(mineral: str, release: str, year: int | None = None) -> Answer | None:
    rows = vault_basket.of(mineral, release, year)
    rows = rows[rows.missing == ""]
    if rows.empty:
        return None
    value = float(rows.value.sum() / 1e6)
    return Answer(
        value,
        sorted(set(rows.source_id)),
        f"US${value / 1e3:.1f} billion" if value >= 1e3 else f"US${value:.3g} million",
        tuple(map(_line, rows.itertuples())),
        note=" ".join(f"{why}." for why in rows.why if why),
    )


def _line(row: Any) -> str:
    if pd.isna(row.price):
        return f"{row.form}: as stated"
    price = f"US${row.price:,.{0 if row.price >= 100 else 2}f} a kilogram ({row.priced_as})"
    return f"{row.form}, {row.year}: {vault_basket.weight(row.net_imports)} net at {price}"


@_of_mineral(
    "{mineral}.stock_days",
    f"Net imports that US${STOCK} million of it would replace: {{name}}",
    "days",
    how=f"US${STOCK} million over a year of net imports",
)
def stock(mineral: str, release: str, year: int | None = None) -> Answer | None:
    bought = mineral_year(mineral, release, year)
    if bought is None:
        return None
    days = DAYS_A_YEAR * STOCK / bought.value
    return Answer(days, bought.sources, vault_basket.duration(days), bought.rows)


@_of_mineral(
    "{mineral}.stock_china",
    f"How long US${STOCK} million of it would replace what China sold to the United States: {{name}}",
    "days",
    how="The same, over China's share of US imports; only where China is a main source",
)
def stock_against_china(mineral: str, release: str) -> Answer | None:
    bought, part = stock(mineral, release), vault_basket.china_in_imports(mineral, release)
    if bought is None or part is None:
        return None
    share, years, source = part
    days = 100 * bought.value / share
    rows = (*bought.rows, f"China's share of US imports, {years}: {share:.0f}%")
    return Answer(days, sorted({*bought.sources, source}), vault_basket.duration(days), rows)
