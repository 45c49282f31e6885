"""One mineral's facts for a chosen club: countries of the tables added up to club, China and rest."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from chokepoint.data import memory, tables
from chokepoint.errors import MissingTable, UserError, nearest

from .gather import PER_COUNTRY, gather

CHINA = frozenset({"CHN", "HKG", "MAC"})
PRESETS = {  # name → who, and the groups of data/evidence/memberships.csv it joins
    "signed": ("those who signed on 4 February 2026, and the United States", ("signed_4feb",)),
    "came": (
        "those who signed or came on 4 February 2026, and the United States",
        ("signed_4feb", "attendees_4feb"),
    ),
    "g7": ("the G7 with the European Union", ("g7", "eu27")),
    "trade_track": ("partners in the trade track, and the United States", ("trade_track",)),
    "us": ("the United States alone", ()),
}
RELEASE = "mcs2026"
FACTOR = 2.0  # within which a mineral's kept-back episode must be met for it to be shown


def members_of(chosen: str | Iterable[str]) -> tuple[str, ...]:
    """Return ISO codes of a preset, of codes joined by commas, or of a list.

    UserError, with the nearest, for what is no country.

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
            raise UserError(
                f'members: "{code}" is no country code. {nearest(code, known)} Presets: {", ".join(PRESETS)}.'
            )
        if code in CHINA:
            raise UserError(f'members: "{code}" is China, whose answer is the other side. Leave it out.')
    if not found:
        raise UserError(f"members: nobody is named. Give codes such as USA,JPN, or {', '.join(PRESETS)}.")
    return tuple(sorted(found))


@dataclass(frozen=True)
class Mineral:
    """What is known of a mineral: the form that is modelled, the grade of its facts, and the reason.

    form   as it stands within a sentence
    grade  A: all measured. B: use derived and borne out. C: something is judged. none: it cannot be run
    """

    mineral: str
    form: str
    product: str
    grade: str
    why: str


def minerals(all_of_them: bool = False) -> list[Mineral]:
    """Return the minerals that can be run, best known first; or all, the others with the reason why not.

    >>> minerals()[0].grade, {m.grade for m in minerals(all_of_them=True)} >= {"none"}
    ('B', True)
    """
    choices, misses = tables.load("scenario_choices").set_index("mineral"), missed()
    grades = tables.load("scenario_grades")
    found = [_graded_mineral(row, choices.loc[row["mineral"]], misses) for row in grades.to_dict("records")]
    return sorted(
        (m for m in found if all_of_them or m.grade != "none"), key=lambda m: (m.grade.lower(), m.mineral)
    )


def _graded_mineral(graded: Mapping, choice: Mapping, misses: Mapping[str, float]) -> Mineral:
    mineral, grade, why = (graded[name] for name in ("mineral", "grade", "why"))
    if mineral in misses:
        grade, why = "none", f"The model misses its past by a factor of {misses[mineral]:.1f}"
    form, product = ("" if pd.isna(choice[name]) else choice[name] for name in ("form", "product"))
    form = form.split(",")[0]
    if form.partition(" ")[0][1:].islower():  # a word, and no formula as NdPr or TREO
        form = form[0].lower() + form[1:]
    return Mineral(mineral, form, product, grade, why)


@memory.remembered
def missed() -> dict[str, float]:
    """Return the minerals not shown → factor by which an episode that was kept to test is missed.

    More than FACTOR is too much.
    """
    episodes, record = tables.load("scenario_episodes"), tables.load("scenario_record")
    found = {}
    for episode in episodes[episodes.role == "test"].itertuples():
        of = record[record.episode == episode.episode]
        factor = math.exp(math.sqrt(float((np.log(of.left_out / of.seen) ** 2).mean())))
        if factor > FACTOR:
            found[episode.mineral] = factor
    return found


@memory.remembered
def choice_of(mineral: str) -> dict:
    """Return the hand-kept row of a mineral with its grade.

    UserError, with the reason or the nearest, where it cannot be run.
    """
    graded = tables.row("scenario_grades", mineral=str(mineral))
    if graded is None:
        hint = nearest(mineral, [m.mineral for m in minerals()])
        raise UserError(f'"{mineral}" is no mineral of the scenario model. {hint}')
    row = tables.rows("scenario_choices", mineral=mineral).iloc[0].to_dict()
    known = _graded_mineral(graded, row, missed())
    if known.grade == "none":
        able = ", ".join(sorted(m.mineral for m in minerals()))
        raise UserError(f"{mineral} cannot be run: {known.why}. These can: {able}.")
    return {**row, **asdict(known)}


def price_of(choice: Mapping) -> float:
    """Return the price of the form in the yearly release's last year [US$/kg]."""
    rows = tables.rows("prices", RELEASE, mineral=choice["mineral"])
    for column in ("commodity", "series", "basis"):
        wanted = choice[f"price_{column}"]
        rows = rows[rows[column].isna() if pd.isna(wanted) else rows[column] == wanted]
    rows = rows[rows.year == rows.year.max()]
    per_kg = rows.usd_per_kg.dropna()
    if len(per_kg):
        return float(per_kg.mean()) * float(choice["price_times"])
    if len(rows) == 1:  # of a metric ton unit, 10 kg: the factor says it all
        return float(rows.value.iloc[0]) * float(choice["price_times"])
    raise MissingTable(
        f"data/scenario/choices.csv {choice['mineral']}: no price fits its columns in {RELEASE}."
    )


def growth_of(choice: Mapping) -> float:
    """Return the growth of use [a year]: a judgement, or of the IEA's stated policies from 2024 to 2035."""
    kind, *rest = str(choice["growth"]).split(":")
    if kind != "iea":
        return float(kind)
    rows = tables.load("iea_demand", "iea2025")
    rows = rows[(rows.mineral == (rest[0] if rest else choice["mineral"])) & (rows.use == "Total")]
    before = rows[(rows.scenario == "history") & (rows.year == 2024)].value.iloc[0]
    after = rows[(rows.scenario == "STEPS") & (rows.year == 2035)].value.iloc[0]
    return float((after / before) ** (1 / 11) - 1)


def behaviour_values() -> dict[str, float]:
    """Return the value of every parameter of behaviour."""
    return tables.load("scenario_behaviour").set_index("parameter").value.astype(float).to_dict()


JUDGED = (
    "running",
    "mine_running",
    "dear",
    "seed",
    "refinery_lead",
    "mine_lead",
    "refinery_capital",
    "mine_capital",
)
COLUMNS = (  # of a country, in the order of `gather`
    ("use", "use"),
    ("refined", "output"),
    ("refined", "capacity"),
    ("ore", "output"),
    ("refined", "coming"),
    ("ore", "coming"),
)
OTHERS = ""  # the code of the other countries together


def world_of(mineral: str, cutters: Iterable[str] = CHINA) -> tuple[list[float], list[str], list[float]]:
    """Return what `gather` takes: figures of the world, codes of countries, and seven figures for each."""
    world, codes, figures = _world_of(mineral, tuple(cutters))
    return [*world], [*codes], [*figures]


@memory.remembered
def _world_of(mineral: str, cutters: tuple[str, ...]) -> tuple[list[float], list[str], list[float]]:
    choice, rows = choice_of(mineral), tables.rows("scenario_facts", mineral=mineral)
    world = [price_of(choice), growth_of(choice)]
    world += [float(choice[c]) for c in ("ore_share", "input_share", "stock_months")]
    world += [float(choice["ore"] == "own"), float(choice["ore"] == "host")]
    world += [float((rows.quantity == "coming").any())]
    held = rows.assign(iso3=rows.iso3.fillna(OTHERS)).groupby(["iso3", "stage", "quantity"]).value.sum()
    codes = sorted(set(rows.iso3.fillna(OTHERS)))
    figures = []
    for code in codes:
        figures += [float(held.get((code, *column), 0.0)) for column in COLUMNS]
        figures.append(float(code in set(cutters)))
    return world, codes, figures


def facts_of(
    mineral: str, members: Iterable[str], behaviour: Mapping[str, float], cutters: Iterable[str] = CHINA
) -> list[float]:
    """Return a mineral's facts in the order of `inputs.FACTS`, for a club of `members` against `cutters`."""
    world, codes, figures = world_of(mineral, cutters)
    inside = [float(code in set(members)) for code in codes]
    return gather(world, figures, inside, [float(behaviour[name]) for name in JUDGED])


def shares_of(mineral: str, members: Iterable[str]) -> list[float]:
    """Return each member's part of the club's use, refining and mining, three after three.

    Those who have none of them are left out.
    """
    _, codes, figures = world_of(mineral)
    rows = [[figures[PER_COUNTRY * codes.index(m) + k] for k in (0, 1, 3)] for m in members if m in codes]
    totals = [sum(column) for column in zip(*rows, strict=True)]
    return [v / t if t else 0.0 for row in rows if sum(row) > 0 for v, t in zip(row, totals, strict=True)]
