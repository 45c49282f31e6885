"""The first page: an argument in five points with a verdict, and one model to move.

Each point is a number, what it is, and what follows. It is computed, and turns when the data turn.
"""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import events, facts, verdict
from chokepoint.analysis.verdict import Standing
from chokepoint.charts.curves import levy_gap
from chokepoint.data import tables
from chokepoint.pages import does_it_work
from chokepoint.pages.amounts import date
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.markup import macros, with_links
from chokepoint.pages.price_floor import FLOODS

_template = macros("verdict")
APRIL = "control.2025-18"  # the licences after which carmakers stopped lines
HEIGHT = 230  # of the small picture [px]
MONTH, YEAR = 30, 365  # days


@dataclass(frozen=True)
class Point:
    """A point of the argument: texts with facts in braces."""

    anchor: str
    number: str
    lead: str
    said: str
    so: str


def argument(release: str) -> Markup:
    """Return the verdict, its five points, the model, and what would change the verdict."""
    answer, why, found = does_it_work.answer(release)
    return _template.argument(
        date(events.newest_evidence()),
        answer,
        why,
        found,
        [_linked(point, release) for point in points(release)],
        model().small("03-price-floor"),
        with_links(_change(found), release),
    )


def _change(found: list[tuple[Standing, str]]) -> str:
    """Say in a sentence what would change the verdict."""
    moves = {
        ("price", False): "a published price with a signed agreement behind it",
        ("price", True): "a price withdrawn",
        ("supply", False): "{verdict.outside_half} of the magnet rare earths refined outside China, where it "
        "was {verdict.outside} in {verdict.outside_year}",
        ("supply", True): "a share of magnet rare earths under {futures.iea_outside_2030} outside China",
        ("membership", False): "a list of members who are bound",
        ("membership", True): "members who leave",
    }
    parts = "; ".join(moves[test.name, test.standing == verdict.MET] for test, _ in found)
    return f"What would change it: {parts}. The rules are in [chapter 10](10-does-it-work)."


def doors(release: str) -> Markup:
    """Return the four ways into the book."""
    return _template.doors()


def _linked(point: Point, release: str) -> dict[str, str]:
    return {"anchor": point.anchor} | {
        name: with_links(getattr(point, name), release) for name in ("number", "lead", "said", "so")
    }


def points(release: str) -> list[Point]:
    """Return the five points, without one whose numbers a release does not print."""
    made = (_ore(release), _binding(release), _price(release), _stock(release), _controls())
    return [point for point in made if point]


def _ore(release: str) -> Point | None:
    held = {step: facts.find(f"frameworks.majority_{step}", release) for step in ("mined", "refined")}
    counted = {step: facts.find(f"dependence.known_{step}", release) for step in held}
    if not all(counted[step] and counted[step].value for step in held):
        return None
    mined, refined = (held[step].value / counted[step].value for step in held)
    outside = refined < mined
    return Point(
        "ore-inside",
        "{frameworks.majority_refined} of {dependence.known_refined}",
        "More ore inside than metal." if outside else "Metal inside as well as ore.",
        "With all who signed or came, the bloc mines more than half of {frameworks.majority_mined} of "
        "{dependence.known_mined} minerals and refines more than half of {frameworks.majority_refined} of "
        "{dependence.known_refined}.",
        "So a new mine alone feeds plants that stand elsewhere." if outside else "So a mine finds a plant.",
    )


def _binding(release: str) -> Point:
    bound = facts.get("frameworks.texts_binding", release).value
    return Point(
        "nothing-binds",
        "{frameworks.texts_binding} of {frameworks.texts}",
        "Some of what is signed binds." if bound else "Nothing signed is known to bind.",
        "{frameworks.established} have signed. Of their papers {frameworks.texts_not_binding} say that they "
        "bind nobody, {frameworks.texts_said_not} more are said not to, and "
        + ("{frameworks.texts_binding} known to bind." if bound else "no other is known to bind."),
        "So those who are bound cannot just walk away."
        if bound
        else "So no partner is known to be bound to sell to this club.",
    )


def _price(release: str) -> Point:
    published, names = verdict.reference_price(release), verdict.listed_members()
    lead = {
        (False, False): "No price, no list of members.",
        (True, False): "A price, and no list of members.",
        (False, True): "A list of members, and no price.",
        (True, True): "A price, and a list of members.",
    }[bool(published), bool(names)]
    floors = facts.find("verdict.floors", release)
    said = (
        "The bloc’s own price is {zone.reference_price}."
        if published
        else "Floors that firms can build on are in {verdict.floors} with single firms: MP Materials, for "
        "one, is guaranteed {mp.price_floor}."
        if floors
        else "No floor with a number is in force."
    )
    number = "{zone.reference_price}" if published else "{verdict.floors}" if floors else "none"
    so = (
        "So a builder has a price to count on."
        if published
        else "So whoever builds without one has no price to count on."
    )
    return Point("no-price", number, lead, said, so)


def _stock(release: str) -> Point | None:
    cover = facts.find("vault.cover_whole", release)
    if not cover:
        return None
    lasts = "weeks" if cover.value < MONTH else "months" if cover.value < YEAR else "years"
    return Point(
        "the-stock",
        "{vault.cover_whole}",
        f"The stock buys {lasts}.",
        "Project Vault’s {vault.total} would replace {vault.cover_whole} of American net imports, were it "
        "spent on every listed mineral that can be priced.",
        "So it outlasts a dependence." if lasts == "years" else "So it buys time to build, and no plant.",
    )


def _controls() -> Point | None:
    row = tables.row("controls", control_id=APRIL)
    if row is None:
        return None
    runs = row.status == "in force"
    never = runs and pd.isna(row.suspended_from)
    return Point(
        "the-controls",
        "−{verdict.magnets_fell}",
        "The controls that stopped factories still run."
        if runs
        else f"The controls that stopped factories are {row.status}.",
        "China has required licences for {controls.april_elements} since {controls.april_licences}"
        f"{', never suspended' * never}. Its magnet exports fell by {{verdict.magnets_fell}} from March to "
        "May 2025, and were back by November; Jim Farley of Ford said: {quote.farley_magnets}.",
        "So the tool that bit is still in Beijing’s hand."
        if runs
        else "So what bit is out of use, for as long as that lasts.",
    )


def model() -> Explorable:
    """Return the price floor with two sliders."""
    return explore(
        "price_floor",
        ["world_price", "floor"],
        lambda chart: levy_gap(chart).properties(height=HEIGHT),
        along="world_price",
        title="Who pays for a floor? Let China cut its price",
        results=["spending_change", "use_change", "extra_supply"],
        sentence="{taxed?At a floor of US${floor:,.0f} and a world price of US${world_price:,.0f} for a "
        "kilogram of magnet oxide, imports pay US${levy:,.0f} on top. If the oxide inside imported magnets "
        "pays too, buyers outside China spend US${spending_change:,.3~r} million a year more|"
        "At a floor of US${floor:,.0f} and a world price of US${world_price:,.0f} for a kilogram of "
        "magnet oxide, no import pays a levy}.",
        alt_text="Price inside the bloc against the world price. Below the floor the bloc’s price stays "
        "level while the world price falls; the gap between the two lines is what imports pay.",
        named=FLOODS,
    )


def one_page(release: str) -> Markup:
    """Return the brief: the verdict, its five points, what would change it, and what lapses when."""
    answer, why, found = does_it_work.answer(release)
    return _template.one_page(
        date(events.newest_evidence()),
        answer,
        why,
        found,
        [_linked(point, release) for point in points(release)],
        with_links(_change(found), release),
    )


def still_true(standings: str, release: str = tables.DEFAULT_RELEASE) -> bool:
    """Say whether the three tests stand where a translation has them: "not met, not met, not met".

    >>> still_true("met, met, met")
    False
    """
    return [test.standing for test in verdict.tests(release)] == standings.split(", ")
