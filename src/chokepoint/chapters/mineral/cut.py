"""How long the Vault would last if China stopped selling a mineral: in words, and under the reader's hand."""

from dataclasses import replace

from chokepoint import facts, tables
from chokepoint.charts.runout import runout
from chokepoint.explore import Explorable, explore
from chokepoint.facts.vault import deepest_cut, last_step
from chokepoint.measures import reliance
from chokepoint.prose.mineral import name
from chokepoint.prose.sections import Section, known

SMALL, LARGE = 0.01, 0.1  # of the Vault's money, for a year of net imports of one mineral


def vault(mineral: str, release: str) -> Section | None:
    """The answer in words; nothing where China's share is small or unknown, or the United States sells more than it buys."""
    if _no_cut(mineral, release):
        return None
    what, step = name(mineral), {"refinery": "refined", "mine": "mined"}[last_step(mineral, release)]
    held = (
        "A Vault that holds every mineral it can price in proportion to a year's net imports"
        if len(tables.of(mineral, "vault_basket"))
        else f"A Vault that held {what} in the same proportion to net imports as what the model can price"
    )
    words = [
        f"Suppose China stopped selling {what}, and the United States lost as large a part of its imports as China has of the world's output, {{{mineral}.china_{step}}}. "
        f"{held} would then last about {{{mineral}.vault_months}}.",
        *_money(mineral, what, release),
        "What the Vault will hold has not been published, and goods that reach the United States by way of other countries are not counted.",
    ]
    return Section("If China stopped selling it", words, release)


def _money(mineral: str, what: str, release: str) -> list[str]:
    """What a year of net imports costs, and whether money or the market is the limit."""
    if not known(f"{mineral}.vault_year", release):
        return []
    part = facts.get(f"{mineral}.vault_year", release).value / 1000 / facts.get("vault.total_parts", release).value
    year = f"A year of US net imports of {what} costs about {{{mineral}.vault_year}}"
    if part < SMALL:
        return [f"{year}, less than a hundredth of the Vault's money. For {what} money is not the limit; what can be bought is."]
    if part > 1:
        return [f"{year}, more than all of the Vault's money."]
    if part > LARGE:
        return [f"{year}, more than a tenth of the Vault's money."]
    return [f"{year}."]


def cut(mineral: str, release: str) -> Explorable | None:
    """Model 3 with the cut set to China's share of world output at the last step that is known."""
    if _no_cut(mineral, release):
        return None
    exposed, sources = deepest_cut(mineral, release)
    what = name(mineral)
    made_here = explore(
        "vault",
        ["cut_years", "cut", "loan", "private_capital"],
        runout,
        along="cut_years",
        says=f"How long the Vault would last in a cut as deep as China's share of {what}",
        results=["cover_days", "months_last", "draw", "unmet"],
        sentence="A Vault that holds every mineral it can price in proportion to its yearly net imports replaces {cover_days:,.0f} days of each. "
        "{cut?Against the cut set here it lasts {months_last:,.1f} months|With no cut nothing is drawn from it}. The dollars are those of all these minerals together.",
        alt_text=f"Areas of what the stock gives and what stays missing of all minerals, by the length of a cut as deep as China's share of {what}.",
    )
    controls = [replace(c, value=exposed, source_id=sources[-1], basis="derived") if c.name == "cut" else c for c in made_here.controls]
    return replace(made_here, controls=controls)


def _no_cut(mineral: str, release: str) -> bool:
    lines = reliance.lines(release)
    return deepest_cut(mineral, release) is None or lines[lines.mineral == mineral].kind.eq("net_exporter").any()
