"""One mineral's facts for a chosen club: countries of the tables added up to club, China and rest, in the order of `inputs.FACTS`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from chokepoint import tables
from chokepoint.errors import UserError
from chokepoint.parameters import nearest

from .inputs import FACTS, REGIONS

CHINA = frozenset({"CHN", "HKG", "MAC"})
PRESETS = {
    "signed": ("those who signed on 4 February 2026, and the United States", ("signed_4feb",)),
    "came": ("those who signed or came on 4 February 2026, and the United States", ("signed_4feb", "attendees_4feb")),
    "g7": ("the G7 with the European Union", ("g7", "eu27")),
    "trade_track": ("partners in the trade track, and the United States", ("trade_track",)),
    "us": ("the United States alone", ()),
}
RELEASE = "mcs2026"
BASE_LEAD = 48  # months over which what the IEA counts until 2030 comes into use
FACTOR = 2.0  # within which a mineral's kept-back episode must be met for it to be shown
PLENTY = 10.0  # ore where it does not limit, over refining capacity


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


def facts_of(mineral: str, members: Iterable[str], behaviour: Mapping[str, float], cutters: Iterable[str] = CHINA) -> list[float]:
    """The facts of one mineral in the order of `inputs.FACTS`, for a club of `members` against `cutters`."""
    choice = choice_of(mineral)
    return added_up(
        choice, tables.of(mineral, "scenario_facts"), price_of(choice), growth_of(choice), set(members), behaviour, set(cutters)
    )


def shares_of(mineral: str, members: Iterable[str]) -> list[float]:
    """Each member's part of the club's use, refining and mining, three after three, for those who have any."""
    rows = tables.of(mineral, "scenario_facts")
    columns = []
    for stage, quantity in (("use", "use"), ("refined", "output"), ("ore", "output")):
        of = rows[(rows.stage == stage) & (rows.quantity == quantity)].groupby("iso3").value.sum().reindex(list(members)).fillna(0)
        columns.append(of / of.sum() if of.sum() else of)
    table = pd.concat(columns, axis=1)
    return [float(v) for v in table[table.sum(axis=1) > 0].to_numpy().ravel()]


def added_up(choice, rows, price, growth, club: set, behaviour: Mapping[str, float], cutters: set) -> list[float]:
    """The same from rows of the facts table, for tests and episodes."""
    region = rows.iso3.map(lambda code: "club" if code in club else "china" if code in cutters else "rest")

    def by_region(stage: str, quantity: str) -> dict[str, float]:
        of = rows[(rows.stage == stage) & (rows.quantity == quantity)].groupby(region).value.sum()
        return {r: float(of.get(r, 0.0)) for r in REGIONS}

    output, use, mined = by_region("refined", "output"), by_region("use", "use"), by_region("ore", "output")
    world, used = sum(output.values()), sum(use.values())
    use = {r: v * world / used for r, v in use.items()}  # rounding, and uses of two sources
    published = rows[(rows.stage == "refined") & (rows.quantity == "capacity")].groupby("iso3").value.sum()
    made = rows[(rows.stage == "refined") & (rows.quantity == "output")]
    refinery = dict.fromkeys(REGIONS, 0.0)
    for code, value, where in zip(made.iso3, made.value, region[made.index], strict=True):
        known = published.get(code, 0.0) if isinstance(code, str) else 0.0
        refinery[where] += max(known, value / 0.97) if known else value / behaviour["running"]
    own, host = choice["ore"] == "own", choice["ore"] == "host"
    mine = {r: v / behaviour["mine_running"] for r, v in mined.items()}
    capacity = sum(refinery.values())
    feed = PLENTY * capacity if own or host else max(0.0, capacity - sum(mine.values()))
    counted = bool((rows.quantity == "coming").any())
    refinery_lead = behaviour["mine_lead"] if own else behaviour["refinery_lead"]
    coming, mining = by_region("refined", "coming"), by_region("ore", "coming")
    if counted:
        coming = {r: v / behaviour["running"] for r, v in coming.items()}
        mining = {r: v / behaviour["mine_running"] for r, v in mining.items()}
    else:  # builders are taken to have kept pace with use
        coming = {r: max(0.0, growth) * v * refinery_lead / 12 for r, v in refinery.items()}
        mining = {r: max(0.0, growth) * v * behaviour["mine_lead"] / 12 for r, v in mine.items()}
    leader = max(REGIONS, key=lambda r: output[r])
    values = {
        "price": price,
        "growth": growth,
        "ore_share": choice["ore_share"],
        "input_share": choice["input_share"],
        "refinery_lead": min(BASE_LEAD, round(refinery_lead)) if counted else round(refinery_lead),
        "mine_lead": BASE_LEAD if counted else round(behaviour["mine_lead"]),
        "refinery_capital": behaviour["refinery_capital"] * price / 1000,
        "mine_capital": behaviour["mine_capital"] * price / 1000,
        "stock_months": choice["stock_months"],
        "feed": feed,
    }
    for r in REGIONS:
        values |= {f"use_{r}": use[r], f"refinery_{r}": refinery[r], f"output_{r}": output[r], f"mine_{r}": mine[r]}
        values |= {f"refinery_coming_{r}": coming[r], f"mine_coming_{r}": mining[r]}
        values[f"dear_{r}"] = 1.0 if r == leader else behaviour["dear"]
        values[f"seed_{r}"] = 0.0 if r == "china" else behaviour["seed"] * capacity
    return [float(values[name]) for name in FACTS]
