"""The rare earths one by one: what is known of each element by itself, on the page of them all.

What is published for the group alone stands on that page once.
"""

from collections.abc import Sequence
from dataclasses import replace

from chokepoint.analysis import publishers as counts
from chokepoint.data import tables
from chokepoint.pages import mineral_text as lead_prose
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.base import Component
from chokepoint.pages.components.figure import Figure
from chokepoint.pages.components.one_of import OneOf
from chokepoint.pages.components.section import Section
from chokepoint.pages.decisions import on_mineral as decisions
from chokepoint.pages.markup import fact_exists
from chokepoint.pages.mineral.cut import vault
from chokepoint.pages.mineral.flows import trades
from chokepoint.pages.mineral.market import prices, reserves
from chokepoint.pages.mineral.output import makers
from chokepoint.pages.mineral.policy import controls, money
from chokepoint.pages.mineral.publishers import TOGETHER, publishers, scored
from chokepoint.pages.mineral.record import century, effects_of_controls
from chokepoint.pages.mineral.united_states import bought_by_partner, imports
from chokepoint.pages.mineral.unknown import not_published

GROUP, FIRST = "rare_earths", "dysprosium"
HEADING = "One by one"


def members() -> list[str]:
    """Return the elements that the group's page tells of, by name.

    >>> len(members()), "yttrium" in members(), "scandium" in members()
    (15, True, False)
    """
    group = lead_prose.row_of(GROUP).group
    return sorted(tables.rows("minerals", group=group).query("kind == 'listed'").mineral)


def one_by_one(mineral: str, release: str) -> OneOf | None:
    """Let the reader choose an element; nothing on the page of any other mineral."""
    choices = {one: capital(lead_prose.name(one)) for one in members()} if mineral == GROUP else {}
    if not choices:
        return None
    first = FIRST if FIRST in choices else next(iter(choices))
    return OneOf(
        Section(HEADING, _of_all(release), release),
        "element",
        "Element",
        choices,
        first,
        lambda one: _components(one, release),
    )


def _of_all(release: str) -> list[str]:
    """Say what is published for the group and not for its elements."""
    heavy = (
        "; for compounds and metals of the heavy ones by themselves it is {heavy_rare_earths.reliance}"
        if fact_exists("heavy_rare_earths.reliance", release)
        else ""
    )
    return [
        "Who mines and who refines them is published for the group, and how far the United States depends on "
        f"imports{heavy}. Below stands what an element has to itself; scandium has "
        "[a page of its own](minerals/scandium)."
    ]


def _components(one: str, release: str) -> Sequence[Component]:
    """Return what is known of an element, its name and first sentences before the rest."""
    head = Section(capital(lead_prose.name(one)), _sentences(one, release), release, rank=3)
    of_its_own = lead_prose.row_of(one).headline_mineral == one
    parts = [
        *([makers(one, release, step) for step in ("mine", "refinery")] if of_its_own else []),
        century(one, release),
        publishers(one, release),
        imports(one, release),
        bought_by_partner(one, release),
        trades(one, release),
        controls(one, release, alone=True),
        effects_of_controls(one, release),
        vault(one, release),
        decisions(one, release),
        money(one, release),
        prices(one, release),
        reserves(one, release),
        not_published(one, release, alone=True),
    ]
    return [head, *(replace(part, rank=4, within=one) for part in parts if part)]


def _sentences(one: str, release: str) -> list[str]:
    """Return what the element is for, how the Union scores it, and whether China controls it."""
    product = counts.scores(one)["product"]
    whose = TOGETHER.get(product.iloc[0]) if len(product) else None
    together = f"The European Commission [scores](#how-the-european-union-scores-it) it with the {whose}."
    return [*lead_prose.own_sentences(one, release), *([together] if whose else [])]


def other_scores(mineral: str, release: str) -> Figure | None:
    """Draw the Commission’s scores of the elements that it does not score with the group’s own row."""
    if mineral != GROUP:
        return None
    others = {counts.SCORED_AS.get(one) for one in members()} - {GROUP, None}
    return next(
        (replace(drawn, name="eu-scores-of-others") for one in sorted(others) if (drawn := scored(one))), None
    )
