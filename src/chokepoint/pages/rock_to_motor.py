"""From rock to motor: what a kilogram of magnet goes through, drawn step by step.

Each step is a short paragraph with its drawing, what it weighs for a kilogram of magnet, China's share where
one is published, who does it, and where the bloc's tools and China's licences touch it. All of it turns with
the data.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import countries, facts, supply
from chokepoint.data import tables
from chokepoint.pages.amounts import listed, with_article
from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import macros, source, with_links

_template = macros("rock_to_motor")
SIDE = 16  # of the square that stands for a kilogram [px]; a square's area is its weight
MINED, REFINED, MAGNETS = (
    "magnet_rare_earths.china_mined",
    "magnet_rare_earths.china_refined",
    "iea.magnets_2024",
)
APRIL = "control.2025-18"  # the licences on seven rare earths and magnets
DIGGING, PARTING = ("02-ministerial", "stakes-and-two-bills"), ("03-price-floor", "two-other-ways-to-pay")


@dataclass(frozen=True)
class Tool:
    """What touches a step, and where the book tells of it."""

    kind: str
    said: str
    page: str
    anchor: str


@dataclass(frozen=True)
class Step:
    """A step of the chain: texts with facts in braces.

    weight: fact with the kilograms for a kilogram of magnet, and weighs what is said of it; done: how the
    step is said of a country.
    """

    key: str
    name: str
    said: str
    weight: str = ""
    weighs: str = ""
    share: str = ""
    done: str = ""
    tools: list[Tool] = field(default_factory=list)


@dataclass(frozen=True)
class Chain(Component):
    """Some steps, and beside them the whole chain, which follows the reader's way; see `chain`."""

    shown: Sequence[dict]
    whole: Sequence[dict]

    def html(self) -> Markup:
        """See `Component`."""
        return _template.chain(self.shown, self.whole)


def chain(release: str, *keys: str) -> Chain:
    """Draw the steps of these keys, or all: what each weighs, who does it and what touches it.

    >>> [step["name"] for step in chain("mcs2026", "metal", "magnet").shown]
    ['Metal', 'Magnet']
    """
    whole = [_template_values(step, release) for step in steps(release)]
    return Chain([step for step in whole if not keys or step["key"] in keys], whole)


def table(release: str) -> pd.DataFrame:
    """Return one row a step: kilograms for a kilogram of magnet, China's share [%], where held; sources."""
    return pd.DataFrame(
        {
            "step": step.name,
            "kg": _value(step.weight, release),
            "china_pct": _value(step.share, release),
            "sources": _sources(step, release),
        }
        for step in steps(release)
    )


def _sources(step: Step, release: str) -> tuple[str, ...] | None:
    """Return the ids of the sources of a step’s weight and of China’s share; None where neither is held."""
    known = [facts.find(name, release) for name in (step.weight, step.share) if name]
    return tuple(sorted({source for fact in known if fact for source in fact.sources})) or None


def steps(release: str) -> list[Step]:
    """Return the steps from the rock to the motor, and the way back."""
    return [
        _rock(),
        _concentrate(release),
        _oxide(release),
        _metal(),
        _magnet(),
        _motor(),
        _scrap(),
    ]


def _rock() -> Step:
    return Step(
        "rock",
        "Rock",
        "At Mountain Pass in California the ore holds {rock.grade} rare earths, and {rock.magnet_part} of "
        "these are neodymium and praseodymium, which make a magnet strong. So a kilogram of magnet takes "
        "{rock.ore_per_magnet} of such rock, even if nothing is lost on the way.",
        "rock.ore_per_magnet",
        "at least {rock.ore_per_magnet} of rock",
        MINED,
        "Dug in",
        [
            Tool("Texts", "what partners signed", "05-frameworks", "what-was-signed-on-4-february"),
            *_money(DIGGING, "finance.serra_verde_loan", "finance.arafura"),
            *_licences("control.2025-56"),
        ],
    )


def _concentrate(release: str) -> Step:
    trade = facts.find("rare_earths.reliance_of_ores_and_concentrates", release)
    sells = trade and trade.text == "net exporter"
    return Step(
        "concentrate",
        "Concentrate",
        "Crushing and froth shed most of the stone. Left is a powder, often {rock.concentrate_low} to "
        "{rock.concentrate_high} of it rare earths, all still mixed. Whoever has no plant for the next step "
        "sells this powder to one who has"
        + (
            "; of ores and concentrates the United States is a "
            "{rare_earths.reliance_of_ores_and_concentrates}."
            if sells
            else "."
        ),
        "rock.concentrate_per_magnet",
        "at least {rock.concentrate_per_magnet} of concentrate",
    )


def _oxide(release: str) -> Step:
    mined, refined = (facts.find(name, release) for name in (MINED, REFINED))
    goes = (
        f"China’s share {'rises' if refined.value > mined.value else 'falls'} here, from "
        f"{{{MINED}}} to {{{REFINED}}}."
        if mined and refined
        else ""
    )
    days = facts.find("rare_earths.stock_days", release)
    return Step(
        "oxide",
        "Oxide",
        "Now the elements are parted, between acid and oil, in row upon row of tanks: "
        "[the moat](01-dependence#why-separation-is-the-moat). Out come clean oxides, one for each element. "
        f"The kilogram needs {{rock.oxide_per_magnet}} of those that make it strong. {goes}",
        "rock.oxide_per_magnet",
        "{rock.oxide_per_magnet} of oxide",
        REFINED,
        "Parted in",
        [
            Tool("Floor", "on the oxide, and who pays for it", "03-price-floor", "who-pays"),
            *[Tool("Vault", "how long a stock would last", "04-project-vault", "how-long-would-it-last")]
            * bool(days),
            *_money(PARTING, "finance.mp_loan", "finance.reelement_loan"),
            *_licences(APRIL),
        ],
    )


def _metal() -> Step:
    return Step(
        "metal",
        "Metal",
        "Oxide becomes metal in a bath of hot salt with a current through it. "
        "China barred the export of its know-how for this and for magnets on {controls.technology_ban}. "
        "Japan gives {japan.shin_etsu} towards a smelter of Shin-Etsu’s.",
        tools=_licences("control.2023-technology", APRIL),
    )


def _magnet() -> Step:
    licence = tables.row("controls", control_id=APRIL)
    runs = licence is not None and licence.status == "in force"
    return Step(
        "magnet",
        "Magnet",
        "Melted with iron and boron, ground, pressed in a magnetic field and baked: a magnet. China makes "
        "{iea.magnets_2024} of them. One with dysprosium or terbium "
        + ("has needed Beijing’s licence since " if runs else "came under Beijing’s licence on ")
        + "{controls.april_licences}; from March to May 2025 its magnet exports fell by "
        "{verdict.magnets_fell}.",
        share=MAGNETS,
        tools=[
            Tool("Floor", "on oxide alone, it hurts here", "03-price-floor", "what-happens-one-stage-down"),
            *_money(("04-project-vault", "who-gets-the-output"), "finance.mp_offtake", "finance.vulcan_loan"),
            *_licences(APRIL),
        ],
    )


def _motor() -> Step:
    return Step(
        "motor",
        "Motor",
        "An electric car carries about {rock.magnet_per_car} of magnets. In 2025 they did not come, and "
        "Jim Farley of Ford said: {quote.farley_magnets}. With floors on oxide and on magnets a car would "
        "cost {cascade.car} more, in our model: little beside a line that stands still.",
        tools=[
            Tool("Floor", "what it adds to a car", "03-price-floor", "what-happens-one-stage-down"),
            *_licences("control.2025-61-rest"),
        ],
    )


def _scrap() -> Step:
    return Step(
        "scrap",
        "Scrap, and back",
        "A dead motor still holds its magnets, and they could go back to the tanks. By a number that the "
        "trade press repeats, {rock.recycled} of rare earths do. China put its recycling know-how on its "
        "list of {controls.oct_package}; by its text that was suspended to "
        "{controls.oct_package_suspended_to}.",
        tools=_licences("control.2025-62"),
    )


def _money(place: tuple[str, str], *finance_ids: str) -> list[Tool]:
    """Name who is paid for the step; nothing where the table holds none of them."""
    held = [tables.row("finance", finance_id=finance_id) for finance_id in finance_ids]
    names = [row.recipient.split(" (")[0] for row in held if row is not None and row.published]
    return [Tool("Public money", f"for {listed(names)}", *place)] if names else []


def _licences(*control_ids: str) -> list[Tool]:
    """Say which of China's controls lie on the step, and whether they run."""
    rows = [row for name in control_ids if (row := tables.row("controls", control_id=name)) is not None]
    place = ("06-china-responses", "what-beijing-had-done-before-february")
    return [
        Tool("China’s licences", f"{row['name'][:1].lower()}{row['name'][1:]}: {row.status}", *place)
        for row in rows
    ]


def _makers(step: Step, release: str) -> str:
    """Name the countries of a step, the largest first; nothing where none are printed."""
    if not step.done:
        return ""
    at = supply.MINE if step.share == MINED else supply.REFINERY
    pairs = supply.pairs(release)
    rows = pairs[(pairs.mineral == supply.MAGNET) & (pairs.step == at) & (pairs.value > 0)]
    rows = rows[rows.area_kind == "country"]
    ordered = rows.sort_values("value", ascending=False, kind="stable")
    named = [f"[{with_article(r.area)}](countries/{countries.slug(r.iso3)})" for r in ordered.itertuples()]
    return f"{step.done} {listed(named)}, the largest first." if named else ""


def _template_values(step: Step, release: str) -> dict:
    """Return what the template shows of a step."""
    share = facts.find(step.share, release) if step.share else None
    weight = _value(step.weight, release)
    makers = _makers(step, release) if share else ""
    return {
        "key": step.key,
        "name": step.name,
        "said": with_links(step.said, release),
        "share": _value(step.share, release),
        "percent": share and share.text,
        "share_said": share and with_links(f"China: {{{step.share}}}", release),
        "side": weight and SIDE * math.sqrt(weight),
        "weighs": weight and with_links(step.weighs, release),
        "makers": makers and with_links(makers, release) + Markup(" ") + source(share.sources[0]),
        "tools": step.tools,
    }


def _value(name: str, release: str) -> float | None:
    """Return the number of a fact; None where there is none, or the release has none."""
    found = facts.find(name, release) if name else None
    return float(found.value) if found else None
