"""Run the scenario model for a mineral and a club, beside doing nothing, and say what the choice did."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from chokepoint.data import memory, tables
from chokepoint.data.result_cache import replace
from chokepoint.errors import UserError, nearest

from . import assemble, javascript
from .inputs import BEHAVIOUR, FACTS, MONTHS, POLICY, YEARS
from .recursion import simulate
from .results import SUMMARY, summary, table
from .told import nothing_chosen, sum_up, tell

STORIES: dict[str, tuple[str, dict[str, float | None]]] = {  # name → title, settings; None: the mineral's own
    "nothing": ("Do nothing", {}),
    "ore_and_oxide": ("A floor for ore and oxide", {"floor_ore": 1.5, "floor": 1.5}),
    "to_the_product": (
        "A floor up to the product",
        {"floor_ore": 1.5, "floor": 1.5, "floor_product": 1.5},
    ),
    "money": ("Build with public money", {"money": None}),
    "everything": (
        "Everything at once",
        {"floor_ore": 1.5, "floor": 1.5, "floor_product": 1.5, "money": None, "vault": None},
    ),
}

PARTS = {"money": 0.1, "vault": 0.5}  # of the club's spending a year: a story's own money and Vault


@dataclass(frozen=True)
class Control:
    """Something a reader may choose.

    of  floors, contracts, money, vault, answer (China's), members
    """

    name: str
    of: str
    default: float
    low: float
    high: float
    step: float
    unit: str
    meaning: str


@memory.remembered
def controls() -> dict[str, Control]:
    """Return what a reader may choose, by name, in the order of `inputs.POLICY`.

    >>> controls()["floor"].unit
    '× the price of the start'
    """
    rows = tables.load("scenario_controls").set_index("control")
    rows = rows[["of", "default", "low", "high", "step", "unit", "meaning"]]
    return {name: Control(name, *rows.loc[name].tolist()) for name in POLICY}


@dataclass(frozen=True)
class Scenario:
    """A run.

    settings  every setting by name
    table     the path: one row a month, year, month and a column for each of `results.SERIES`
    nothing   the same when nothing is done and China answers alike; where nothing is chosen but its answer,
              without that
    summary   name → value, the value of doing nothing, unit, meaning: one row each
    sentence  what the choice did against doing nothing
    """

    mineral: str
    members: tuple[str, ...]
    settings: dict[str, float]
    grade: str
    why: str
    table: pd.DataFrame = field(repr=False)
    nothing: pd.DataFrame = field(repr=False)
    summary: pd.DataFrame = field(repr=False)
    sentence: str


def run(
    mineral: str, members: str | Iterable[str] = "came", story: str | None = None, **settings: float | str
) -> Scenario:
    """Run a mineral from January 2026 to December 2040.

    mineral   as in data/scenario/choices.csv
    members   a preset (signed, came, g7, trade_track, us) or ISO codes
    story     one of STORIES to start from; settings given by name come on top
    settings  names of `inputs.POLICY`

    UserError, with what would be right, for what may not be.

    >>> run("copper", members="us").sentence
    'For refined copper this changes nothing: nothing was chosen.'
    """
    club = assemble.members_of(members)
    behaviour, choice = assemble.behaviour_values(), assemble.choice_of(mineral)
    facts = assemble.facts_of(mineral, club, behaviour)
    chosen = checked({**_story(story, facts), **settings})
    shares = assemble.shares_of(mineral, club) if chosen["patience"] > 0 else []
    values = [behaviour[name] for name in BEHAVIOUR]
    policy = [chosen[name] for name in POLICY]
    answered = not nothing_chosen(policy)  # China's answer is the same, or, where it is all there is, none
    idle = [chosen[c.name] if answered and c.of == "answer" else c.default for c in controls().values()]
    path, nothing = simulate(facts, values, policy, shares, MONTHS), simulate(facts, values, idle, [], MONTHS)
    said = tell(choice["form"], policy, path, nothing, YEARS[0], limit(mineral))
    return Scenario(
        mineral,
        club,
        chosen,
        choice["grade"],
        choice["why"],
        table(path),
        table(nothing),
        summary(path, nothing),
        said,
    )


def figures(
    mineral: str, members: str | Iterable[str] = "came", stories: Iterable[str] = STORIES
) -> pd.DataFrame:
    """Return what stories come to if China answers nothing: a row a story, a column a figure of SUMMARY.

    They are kept by content in build/scenario, as bands are: the same runs are not made twice.

    >>> bool(figures("copper", "us", ["money"]).loc["money", "taxpayers"] > 0)
    True
    """
    behaviour = assemble.behaviour_values()
    facts = assemble.facts_of(mineral, assemble.members_of(members), behaviour)
    values, named = [behaviour[name] for name in BEHAVIOUR], list(stories)
    choices = [checked(_story(story, facts)) for story in named]
    policies = [[chosen[name] for name in POLICY] for chosen in choices]
    kept = kept_file(mineral, [facts, values, policies, javascript.source()], "json")
    rows = None
    with suppress(OSError, ValueError):
        rows = json.loads(kept.read_text(encoding="utf-8"))
    if rows is None:
        rows = [sum_up(simulate(facts, values, policy, [], MONTHS), YEARS[0]) for policy in policies]
        replace(kept, json.dumps(rows))
    return pd.DataFrame(rows, index=named, columns=list(SUMMARY))


def kept_file(mineral: str, content: object, suffix: str) -> Path:
    """Return the file in build/scenario for what runs came to; content: all that they are made from."""
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:20]
    return tables.home() / "build" / "scenario" / f"{mineral}-{key}.{suffix}"


def checked(settings: Mapping[str, object]) -> dict[str, float]:
    """Return every setting with its value.

    UserError, with range and unit or the nearest name, for what may not be.

    >>> checked({"floor": "1.8"})["floor"]
    1.8
    """
    known = controls()
    chosen = {name: control.default for name, control in known.items()}
    for name, value in settings.items():
        if name not in known:
            raise UserError(f'scenario: no setting "{name}". {nearest(name, known)}')
        chosen[name] = _number(known[name], value)
    return chosen


def _number(setting: Control, value) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if setting.low <= number <= setting.high:
        return number
    fault = "is not a number" if math.isnan(number) else "is outside the range"
    raise UserError(
        f"scenario: {setting.name}={value} {fault}. {setting.meaning}: "
        f"give {setting.low:g} to {setting.high:g} {setting.unit}."
    )


def _story(story: str | None, facts: list[float]) -> dict[str, float]:
    """Return a story's settings.

    Its money is a tenth of the club's spending on the mineral a year and its Vault half a year of it, to the
    three figures that the page's own controls set.
    """
    if story is None:
        return {}
    if story not in STORIES:
        raise UserError(f'scenario: no story "{story}". {nearest(story, STORIES)}')
    spending = facts[FACTS.index("price")] * facts[FACTS.index("use_club")] / 1000  # US$ million a year
    known = controls()
    own = {name: min(float(f"{part * spending:.3g}"), known[name].high) for name, part in PARTS.items()}
    return {name: own[name] if value is None else value for name, value in STORIES[story][1].items()}


def cover(mineral: str, members: str | Iterable[str] = "us", millions: float = 100) -> dict[str, float]:
    """Return how long a stock bought for some US$ million lasts the club, at the price and use of the start.

    tonnes, days_of_use, and days_without_china: of what the club lacks when nothing more comes from China and
    all others share what they make by what they use (infinite where they lack nothing).

    >>> round(cover("copper")["tonnes"])
    10309
    """
    club = assemble.members_of(members)
    facts = dict(zip(FACTS, assemble.facts_of(mineral, club, assemble.behaviour_values()), strict=True))
    outside = facts["use_club"] + facts["use_rest"]
    lacking = max(0.0, 1 - (facts["output_club"] + facts["output_rest"]) / outside) if outside else 0.0
    tonnes = 1000 * millions / facts["price"]
    days = 365 * tonnes / facts["use_club"] if facts["use_club"] else math.inf
    return {
        "tonnes": tonnes,
        "days_of_use": days,
        "days_without_china": days / lacking if lacking else math.inf,
    }


@memory.remembered
def limit(mineral: str) -> float:
    """Return the price at which the model shares out what is missing [US$/kg]; 0 if it shows no prices.

    >>> limit("gallium"), limit("copper") > 0
    (0.0, True)
    """
    highest = assemble.behaviour_values()["highest"]
    return highest * assemble.price_of(assemble.choice_of(mineral)) if shows_price_levels(mineral) else 0.0


@memory.remembered
def shows_price_levels(mineral: str) -> bool:
    """Say whether prices of a mineral may be shown as levels.

    The model must beat a constant on episodes left out, and on the mineral's own where it has any.

    >>> shows_price_levels("copper"), shows_price_levels("gallium")
    (True, False)
    """
    scores = tables.load("scenario_calibration").set_index("measure").value
    episodes = tables.rows("scenario_episodes", mineral=mineral).query("role == 'fit'").episode
    own = tables.rows("scenario_record", episode=list(episodes))
    misses = [(np.log(own[guess] / own.seen) ** 2).mean() for guess in ("left_out", "constant")]
    return bool(scores["left_out_model"] < scores["left_out_constant"]) and not misses[0] > misses[1]
