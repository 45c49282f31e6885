"""What a stock of one mineral would cover.

Where China is a main source of US imports, also against the loss of that part.
"""

from chokepoint.analysis import facts
from chokepoint.analysis.vault_basket import STOCK, china_in_imports
from chokepoint.pages.components.section import Section
from chokepoint.pages.markup import fact_exists
from chokepoint.pages.mineral_text import name

SMALL = 0.01  # of the Vault's money: below it, a year of net imports is no question of money


def vault(mineral: str, release: str) -> Section | None:
    """Give the answer in words.

    Nothing where the release gives no net imports of this mineral, or no price.
    """
    if not fact_exists(f"{mineral}.stock_days", release):
        return None
    what = name(mineral)
    words = [
        f"A year of US net imports of {what} costs about "
        f"{{{mineral}.vault_year}}{_of_the_money(mineral, release)}. "
        f"US${STOCK} million in store would replace {{{mineral}.stock_days}} of these net imports.",
        *_china(mineral, what, release),
    ]
    return Section("What a stock of it would cover", words, release)


def _of_the_money(mineral: str, release: str) -> str:
    """Give the same as a part of the Vault's money, in words."""
    part = (
        facts.get(f"{mineral}.vault_year", release).value
        / 1000
        / facts.get("vault.total_parts", release).value
    )
    if part > 1:
        return ", more than all of the Vault’s money"
    if part < SMALL:
        return ", less than a hundredth of the Vault’s money; money is not the limit, what can be bought is"
    return f", {100 * part:.0f}% of the Vault’s money"


def _china(mineral: str, what: str, release: str) -> list[str]:
    """Where China is a main source: how long the stock replaces what it sells to the United States."""
    if not fact_exists(f"{mineral}.stock_china", release):
        return []
    share, years, _ = china_in_imports(mineral, release)
    return [
        f"China is a main source of US imports of {what}: {{china.{mineral}_us_imports}} of them in "
        f"{years}. If it stopped selling and nobody else sold more, the same stock would replace its part "
        f"for {{{mineral}.stock_china}}. "
        "What reaches the United States by way of other countries, or inside goods, is not counted."
        if fact_exists(f"china.{mineral}_us_imports", release)
        else f"China is a main source of US imports of {what}: {share:.0f}% of them in {years}. If it "
        "stopped selling and nobody else sold more, the same stock would replace its part for "
        f"{{{mineral}.stock_china}}."
    ]
