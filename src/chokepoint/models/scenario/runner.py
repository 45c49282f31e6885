"""Run the scenario model for a mineral and a club, beside doing nothing, and say in one sentence what the choice did.

>>> made = run("copper", members="us", floor=1.2)
>>> len(made.table), made.table.columns[0]
(180, 'year')
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from chokepoint import tables
from chokepoint.errors import UserError

from . import assemble
from .inputs import BEHAVIOUR, MONTHS, POLICY
from .recursion import simulate
from .results import cover_days, table, year_of_half
from .sentence import sentence

SETTINGS = {s.name: s for s in POLICY}
ANSWERS = (
    "cut",
    "cut_from",
    "cut_months",
    "leak",
    "held",
    "opening",
    "settled",
    "aim_at_rest",
    "flood",
    "flood_trigger",
    "flood_from",
    "flood_months",
)
STORIES = {
    "nothing": ("Do nothing", {}),
    "ore_and_oxide": ("A floor for ore and oxide", {"floor_ore": 1.5, "floor": 1.5}),
    "to_the_product": ("A floor up to the product", {"floor_ore": 1.5, "floor": 1.5, "floor_product": 1.5}),
    "money": ("Build with public money", {"money": None}),
    "everything": ("Everything at once", {"floor_ore": 1.5, "floor": 1.5, "floor_product": 1.5, "money": None, "vault": None}),
}


@dataclass(frozen=True)
class Scenario:
    """A run: what was chosen, the path month by month, the path of doing nothing under the same answer of China, and a sentence."""

    mineral: str
    members: tuple[str, ...]
    settings: dict[str, float]
    grade: str
    why: str
    table: pd.DataFrame = field(repr=False)
    nothing: pd.DataFrame = field(repr=False)
    sentence: str

    @property
    def cover_days(self) -> pd.Series:
        """Days of the club's net imports in the Vault, NA where it makes more than it uses."""
        return cover_days(self.table)

    @property
    def half(self) -> int | None:
        """Year from which half is refined outside China."""
        return year_of_half(self.table)


def checked(settings: dict[str, object]) -> dict[str, float]:
    """Every setting with its value; UserError, with range and unit or the nearest name, for what may not be.

    >>> checked({"floor": "1.8"})["floor"]
    1.8
    """
    chosen = {s.name: float(s.default) for s in POLICY}
    for name, value in settings.items():
        if name not in SETTINGS:
            near = difflib.get_close_matches(str(name), SETTINGS, 1, cutoff=0.5)
            hint = f'Did you mean "{near[0]}"?' if near else f"It takes {', '.join(SETTINGS)}."
            raise UserError(f'scenario: no setting "{name}". {hint}')
        setting = SETTINGS[name]
        allowed = f"{setting.low:g} to {setting.high:g} {setting.unit}"
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise UserError(f"scenario: {name}={value!r} is not a number. {_what(setting)}: give {allowed}.") from None
        if isinstance(value, bool) or not math.isfinite(number) or not setting.low <= number <= setting.high:
            raise UserError(f"scenario: {name}={value} is outside the range. {_what(setting)}: give {allowed}.")
        chosen[name] = number
    return chosen


def _what(setting) -> str:
    return setting.meaning[0].upper() + setting.meaning[1:]


def run(mineral: str, members: str | Iterable[str] = "came", story: str | None = None, **settings) -> Scenario:
    """Run a mineral from January 2026 to December 2040.

    mineral   as in data/scenario/choices.csv
    members   a preset (signed, came, g7, trade_track, us) or ISO codes
    story     one of STORIES to start from; settings given by name come on top
    settings  names of `inputs.POLICY`

    UserError, with what would be right, for what may not be.
    """
    club = assemble.members_of(members)
    behaviour = assemble.behaviour_values()
    choice = assemble.choice_of(mineral)
    facts = assemble.facts_of(mineral, club, behaviour)
    chosen = checked({**story_settings(story, facts), **settings})
    shares = assemble.shares_of(mineral, club) if chosen["patience"] > 0 else []
    values = [behaviour[name] for name in BEHAVIOUR]
    policy = [chosen[s.name] for s in POLICY]
    idle = [chosen[s.name] if s.name in ANSWERS else float(s.default) for s in POLICY]
    path = table(simulate(facts, values, policy, shares, MONTHS))
    nothing = table(simulate(facts, values, idle, [], MONTHS))
    said = sentence(mineral, choice, chosen, path, nothing, prices_shown())
    return Scenario(mineral, club, chosen, choice["grade"], choice["why"], path, nothing, said)


def story_settings(story: str | None, facts: list[float]) -> dict[str, float]:
    """Settings of a story; its money is 10 % of the club's spending a year and its Vault half a year of it, within their ranges."""
    if story is None:
        return {}
    if story not in STORIES:
        near = difflib.get_close_matches(str(story), STORIES, 1, cutoff=0.4)
        raise UserError(f'scenario: no story "{story}". ' + (f'Did you mean "{near[0]}"?' if near else f"There are {', '.join(STORIES)}."))
    spending = facts[0] * facts[10] / 1000  # US$ million a year
    own = {"money": min(0.1 * spending, SETTINGS["money"].high), "vault": min(0.5 * spending, SETTINGS["vault"].high)}
    return {name: own[name] if value is None else value for name, value in STORIES[story][1].items()}


def prices_shown() -> bool:
    """Whether the calibration beat a constant, so that prices may be shown as levels."""
    try:
        results = tables.load("scenario_calibration")
    except UserError:
        return False
    scores = results.set_index("measure").value
    return bool(scores["left_out_model"] < scores["left_out_constant"])
