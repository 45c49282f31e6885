"""One mineral's facts for a chosen club: countries of the tables added up to club, China and rest, in the order of `inputs.FACTS`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from chokepoint import tables
from chokepoint.errors import UserError
from chokepoint.parameters import nearest

from .gather import PER_COUNTRY, gather

CHINA = frozenset({"CHN", "HKG", "MAC"})
PRESETS = {
    "signed": ("those who signed on 4 February 2026, and the United States", ("signed_4feb",)),
    "came": ("those who signed or came on 4 February 2026, and the United States", ("signed_4feb", "attendees_4feb")),
    "g7": ("the G7 with the European Union", ("g7", "eu27")),
    "trade_track": ("partners in the trade track, and the United States", ("trade_track",)),
    "us": ("the United States alone", ()),
}
RELEASE = "mcs2026"
FACTOR = 2.0  # within which a mineral's kept-back episode must be met for it to be shown


def members_of(chosen: str | Iterable[str]) -> tuple[str, ...]:
    """ISO codes of a preset, of codes joined by commas, or of a list; UserError, with the nearest, for what is no country.

    >>> members_of("us"), members_of("usa, jpn")
    (('USA',), ('JPN', 'USA'))
    """
    if isinstance(chosen, str) and chosen in PRESETS:
        held = tables.load("memberships")
        found = set(held[held.coalition_id.isin(PRESETS[chosen][1])].iso3) | {"USA"}
        if "EUE" in found:
            found |= set(held[held.coalition_id == "eu27"].iso3)
        return tuple(sorted(found - {"EUE"} - CHINA))
    codes = chosen.split(",") if isinstance(chosen, str) else list(chosen)
    known = set(tables.load("geography").iso3)
    found = {str(code).strip().upper() for code in codes if str(code).strip()}
    for code in sorted(found):
        if code not in known or code == "EUE":
            hint = nearest(code, known)
            raise UserError(f'members: "{code}" is no country code. {hint} Presets are {", ".join(PRESETS)}.')
        if code in CHINA:
            raise UserError(f'members: "{code}" is China, whose answer is the other side of this model. Leave it out.')
    if not found:
        raise UserError(f"members: nobody is named. Give ISO codes joined by commas, such as USA,JPN, or one of {', '.join(PRESETS)}.")
    return tuple(sorted(found))


def minerals() -> list[str]:
    """Minerals that can be run and shown."""
    grades = tables.load("scenario_grades")
    return sorted(set(grades[grades.grade != "none"].mineral) - set(missed()))


def missed() -> dict[str, float]:
    """Minerals not shown, because an episode that was kept to test is missed by more than a factor of FACTOR → by which factor."""
    episodes, record = tables.load("scenario_episodes"), tables.load("scenario_record")
    found = {}
    for episode, mineral in episodes[episodes.role == "test"][["episode", "mineral"]].itertuples(index=False):
        of = record[record.episode == episode]
        factor = math.exp(math.sqrt(float((np.log(of.left_out / of.seen) ** 2).mean())))
        if factor > FACTOR:
            found[mineral] = factor
    return found


def choice_of(mineral: str) -> dict:
    """The hand-kept row of a mineral with its grade; UserError, with the reason or the nearest, where it cannot be run."""
    grades = tables.load("scenario_grades").set_index("mineral")
    if mineral not in grades.index:
        raise UserError(f'"{mineral}" is no mineral of the scenario model. {nearest(mineral, minerals())}')
    if grades.grade[mineral] == "none":
        raise UserError(f"{mineral} cannot be run: {grades.why[mineral]}. These can: {', '.join(minerals())}.")
    if mineral in (misses := missed()):
        raise UserError(
            f"{mineral} is not shown: the model, fitted to other episodes, misses its past by a factor of {misses[mineral]:.1f}, more than "
            f"{FACTOR:g}. These can be run: {', '.join(minerals())}."
        )
    return _choice(mineral, grades)


def _choice(mineral: str, grades: pd.DataFrame) -> dict:
    row = tables.load("scenario_choices").set_index("mineral").loc[mineral].to_dict()
    return {**row, "mineral": mineral, "grade": grades.grade[mineral], "why": grades.why[mineral]}


def price_of(choice: Mapping) -> float:
    """Price of the form in the yearly release's last year [US$/kg]."""
    rows = tables.of(choice["mineral"], "prices", RELEASE)
    if pd.notna(choice["price_series"]) or pd.notna(choice["price_basis"]) or pd.notna(choice["price_commodity"]):
        for column in ("commodity", "series", "basis"):
            wanted = choice[f"price_{column}"]
            rows = rows[rows[column].isna() if pd.isna(wanted) else rows[column] == wanted]
    else:
        rows = rows[rows.usd_per_kg.notna()][:0]
    rows = rows[rows.year == rows.year.max()]
    per_kg = rows.usd_per_kg.dropna()
    if len(per_kg):
        return float(per_kg.mean()) * float(choice["price_times"])
    if len(rows) == 1:  # of a metric ton unit, 10 kg: the factor says it all
        return float(rows.value.iloc[0]) * float(choice["price_times"])
    raise UserError(f"data/scenario/choices.csv {choice['mineral']}: no price fits its columns in {RELEASE}.")


def growth_of(choice: Mapping) -> float:
    """Growth of use [a year]: a judgement, or of the IEA's stated policies from 2024 to 2035."""
    kind, *rest = str(choice["growth"]).split(":")
    if kind != "iea":
        return float(kind)
    of = rest[0] if rest else choice["mineral"]
    rows = tables.load("iea_demand", "iea2025")
    rows = rows[(rows.mineral == of) & (rows.use == "Total")]
    before = rows[(rows.scenario == "history") & (rows.year == 2024)].value.iloc[0]
    after = rows[(rows.scenario == "STEPS") & (rows.year == 2035)].value.iloc[0]
    return float((after / before) ** (1 / 11) - 1)


def behaviour_values() -> dict[str, float]:
    """The value of every parameter of behaviour."""
    return tables.load("scenario_behaviour").set_index("parameter").value.astype(float).to_dict()


JUDGED = ("running", "mine_running", "dear", "seed", "refinery_lead", "mine_lead", "refinery_capital", "mine_capital")
COLUMNS = (("use", "use"), ("refined", "output"), ("refined", "capacity"), ("ore", "output"), ("refined", "coming"), ("ore", "coming"))
OTHERS = ""  # the code of the other countries together


def world_of(mineral: str, cutters: Iterable[str] = CHINA) -> tuple[list[float], list[str], list[float]]:
    """What `gather` takes of a mineral: its world's figures, the codes of its countries, and seven figures for each."""
    choice, rows, cutters = choice_of(mineral), tables.of(mineral, "scenario_facts"), set(cutters)
    world = [price_of(choice), growth_of(choice), *(float(choice[c]) for c in ("ore_share", "input_share", "stock_months"))]
    world += [float(choice["ore"] == "own"), float(choice["ore"] == "host"), float((rows.quantity == "coming").any())]
    rows = rows.assign(iso3=rows.iso3.fillna(OTHERS))
    held = rows.groupby(["iso3", "stage", "quantity"]).value.sum()
    codes = sorted(set(rows.iso3))
    figures = []
    for code in codes:
        figures += [float(held.get((code, *column), 0.0)) for column in COLUMNS] + [float(code in cutters)]
    return world, codes, figures


def facts_of(mineral: str, members: Iterable[str], behaviour: Mapping[str, float], cutters: Iterable[str] = CHINA) -> list[float]:
    """The facts of one mineral in the order of `inputs.FACTS`, for a club of `members` against `cutters`."""
    world, codes, figures = world_of(mineral, cutters)
    club = set(members)
    return gather(world, figures, [float(code in club) for code in codes], [float(behaviour[name]) for name in JUDGED])


def shares_of(mineral: str, members: Iterable[str]) -> list[float]:
    """Each member's part of the club's use, refining and mining, three after three, for those who have any."""
    _, codes, figures = world_of(mineral)
    rows = [[figures[PER_COUNTRY * codes.index(m) + k] for k in (0, 1, 3)] for m in members if m in codes]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    return [v / t if t else 0.0 for row in rows if sum(row) > 0 for v, t in zip(row, totals, strict=True)]
