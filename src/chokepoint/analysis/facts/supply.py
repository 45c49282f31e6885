"""Who makes what: shares of world output and reserves by mineral and by country, and counts of minerals."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pandas as pd

from chokepoint.analysis import coalitions, countries, supply
from chokepoint.analysis.facts.registry import Answer, fact, minerals
from chokepoint.data import memory, tables

REFINED = (
    " The mine is USGS; refining is USGS where it has countries, else the IEA's base year "
    "(for rare earths the four magnet elements)."
)
COUNTRY_REFINED = (
    " The mine is USGS; after it USGS where it has countries, else the IEA's base year "
    "(for rare earths the four magnet elements)."
)
STEPS = [{"step": supply.MINE, "done": "mined"}, {"step": supply.REFINERY, "done": "refined"}]


# --- each mineral ---


@fact(
    "rare_earths.china_mined",
    "China's share of the rare earths mined in the release's latest year",
    "%",
    "{:.2f}%",
    how="China's mine output over the printed world total, rare-earth oxides, latest year of the release",
    prose="{:.0f}%",
)
def china_mined(release: str, year: int | None = None) -> Answer | None:
    return _share("china", "rare_earths", supply.MINE, release, year, text="{:.2f}%")


def each_mineral_and_step() -> list[dict]:
    """Return a row for each mineral at each step, with the fields of its facts."""
    return [
        mineral | step | {"name": _named(mineral, step["step"])} for mineral in minerals() for step in STEPS
    ]


def _named(mineral: dict, step: str) -> str:
    """Return the name of what is counted: what is natural at the mine is refined with what is man-made.

    >>> [_named({"name": "Graphite (natural)"}, step) for step in (supply.MINE, supply.REFINERY)]
    ['Graphite (natural)', 'Graphite']
    """
    name = mineral["name"].removesuffix(" (total)")
    return name.removesuffix(" (natural)") if step == supply.REFINERY else name


@fact(
    "{mineral}.china_{done}",
    "China's share of world output, {done}: {name}",
    "%",
    how=f"China's output over the printed world total, latest year.{REFINED}",
    each=each_mineral_and_step,
)
def china_share(mineral: str, step: str, release: str, year: int | None = None) -> Answer | None:
    return _share("china", mineral, step, release, year)


@fact(
    "{mineral}.largest_{done}",
    "Share of the largest producing country, {done}: {name}",
    "%",
    how=f"Largest country over the printed world total, latest year.{REFINED}",
    each=each_mineral_and_step,
)
def largest_share(mineral: str, step: str, release: str, year: int | None = None) -> Answer | None:
    return _share("largest", mineral, step, release, year)


@fact(
    "{mineral}.inside_{done}",
    "Share of the United States, signatories and attendees, {done}: {name}",
    "%",
    how="Output of the United States, every signatory of a framework and every delegation of 4 February over "
    f"the world total.{REFINED}",
    each=each_mineral_and_step,
)
def inside_share(mineral: str, step: str, release: str, year: int | None = None) -> Answer | None:
    return _share("inside", mineral, step, release, year, text="{:.0f}%")


def _share(
    whose: str, mineral: str, step: str, release: str, year: int | None, text: str = ""
) -> Answer | None:
    """Return a column of supply.summary for a mineral and step, with sources and rows; None if unknown."""
    row = _summary(release, year).get((mineral, step))
    if row is None or pd.isna(row[whose]):
        return None
    precise = step == supply.REFINERY and mineral in ("rare_earths", supply.MAGNET)
    rows, alone = _output_rows(release, mineral, step, whose, year)
    return Answer(
        float(row[whose]),
        row["sources"] + (("S001",) if whose == "inside" else ()),
        bound(row[whose], alone) or (text or ("{:.1f}%" if precise else "{:.0f}%")).format(row[whose]),
        rows,
    )


def bound(share: float, alone: bool = False) -> str:
    """Return the text of a share that rounding would make nothing or all.

    alone: what it counts is all there is.

    >>> bound(0.4), bound(99.6), bound(0), bound(50), bound(100), bound(100, alone=True)
    ('under 1%', 'over 99%', '', '', 'over 99%', '')
    """
    return "under 1%" if 0 < share < 1 else "over 99%" if share > 99 and not alone else ""


@memory.remembered
def _summary(release: str, year: int | None) -> dict:
    pairs = supply.summary(release, year, supply.pairs)
    magnets = pairs[pairs.index.get_level_values("mineral") == supply.MAGNET]
    return magnets.to_dict("index") | _of(supply.summary, release, year).to_dict("index")


def _of(measure: Callable, release: str, year: int | None) -> pd.DataFrame:
    """Return a measure of supply at a release, or of an earlier year of it."""
    return measure(release, year) if year else measure(release)


@memory.remembered
def _output(release: str, year: int | None) -> dict[tuple[str, str], pd.DataFrame]:
    """Rows of supply.output with a figure, by mineral and step; and where each country stands."""
    magnets = _of(supply.pairs, release, year).query("mineral == @supply.MAGNET")
    rows = pd.concat([_of(supply.output, release, year), magnets], ignore_index=True)
    rows = rows[rows.value > 0].assign(where=rows.iso3.map(coalitions.standing()))
    return dict(list(rows.groupby(["mineral", "step"])))


def _output_rows(
    release: str, mineral: str, step: str, whose: str, year: int | None
) -> tuple[tuple[str, ...], bool]:
    """Return what a share counts, and the world, as "China 2025: 270,000 t".

    With it comes whether nobody else makes any.
    """
    output = _output(release, year).get((mineral, step))
    if output is None:
        return (), False
    makers, world = output[output.area_kind == "country"], output.iloc[0]
    counted = {
        "largest": makers.head(1),
        "china": makers[makers.iso3 == "CHN"],
        "inside": makers[makers["where"].isin([coalitions.SIGNED, coalitions.CAME])],
    }[whose]
    rows = [f"{r.area} {r.year}: {supply.mass(r.value, r.kilograms)}" for r in counted.itertuples()]
    rows.append(f"World {world.year}: {supply.mass(world.world, world.kilograms)}")
    return tuple(rows), len(counted) == len(output)


@fact(
    "rare_earths.year_mined",
    "Year of the rare earths' mine output",
    text="{:.0f}",
    how="Latest year of the rows used, US Geological Survey",
)
def year_mined(release: str) -> Answer | None:
    return _latest_year(release, supply.MINE)


@fact(
    "rare_earths.year_refined",
    "Year of the magnet rare earths' refining",
    text="{:.0f}",
    how="Latest year of the rows used, International Energy Agency",
)
def year_refined(release: str) -> Answer | None:
    return _latest_year(release, supply.REFINERY)


def _latest_year(release: str, step: str) -> Answer | None:
    rows = supply.output(release).query("mineral == 'rare_earths' and step == @step")
    return None if rows.empty else Answer(float(rows.year.max()), sorted(rows.source_id.unique()))


@fact(
    "{mineral}.reserves_{place}",
    "Reserves, {area}: {name}",
    "million tonnes",
    how="Latest estimate of the release.",
    each=lambda: _cut_reserves(),
    estimate=True,
)
def cut_reserves(mineral: str, area: str, release: str) -> Answer | None:
    """Reserves that a later version of a release cut, with the estimate that it replaced."""
    rows = tables.load("reserves", release).query("mineral == @mineral and area == @area")
    row = rows.iloc[-1] if len(rows) else None
    if row is None or (pd.isna(row.value) and pd.isna(row.low)):
        return None
    more = "more than " if pd.isna(row.value) else ""
    millions = float(row.low if more else row.value) / 1e6
    cut = () if pd.isna(row.superseded) else (f"{more}{row.superseded / 1e6:g} million tonnes",)
    return Answer(
        millions,
        (row.source_id,),
        f"{more}{millions:g} million tonnes",
        as_of=str(row.year),
        superseded=tuple((text, (row.source_id,)) for text in cut),
        note=_reason(row.correction_id),
    )


@memory.remembered
def _cut_reserves() -> list[dict]:
    names = {row["mineral"]: row["name"] for row in minerals()}
    rows = pd.concat([tables.load("reserves", release) for release in tables.releases("reserves")])
    return [
        {"mineral": m, "area": area, "name": names[m], "place": re.sub(r"[^a-z]+", "_", area.lower())}
        for m, area in rows.dropna(subset=["superseded"])[["mineral", "area"]].itertuples(index=False)
    ]


def _reason(correction_ids: Any) -> str:
    """Return what data/corrections.csv says of a superseded reading."""
    if pd.isna(correction_ids):
        return ""
    reasons = tables.load("corrections").query("action == 'supersede'").set_index("correction_id").reason
    ids = [i for i in correction_ids.split(";") if i in reasons.index]
    return " ".join(f"{reasons[i]} (correction {i})" for i in ids)


# --- counts of minerals ---


def _count(release: str, chosen: Iterable[str], extra: tuple[str, ...] = ()) -> Answer:
    names = {row["mineral"]: row["name"] for row in minerals()}
    rows = tuple(names[mineral] for mineral in chosen)
    return Answer(float(len(rows)), (*sorted(supply.output(release).source_id.unique()), *extra), rows=rows)


_minerals = partial(fact, unit="minerals", text="{:.0f}")


@_minerals(
    "{fact_id}",
    "{label}",
    how="{how}",
    each=[
        {
            "fact_id": "dependence.both_known",
            "label": "Minerals whose producers are known at the mine and after it, "
            "of one and the same product",
            "how": "Minerals with country figures at both steps that count one product; ore and another "
            "product made of it are left out",
            "condition": "mine >= 0",
        },
        {
            "fact_id": "dependence.higher_refined",
            "label": "Of these, minerals in which China's share is larger after the mine",
            "how": "China's share after the mine above its share at the mine",
            "condition": "refinery > mine",
        },
        {
            "fact_id": "dependence.majority_mined",
            "label": "Of these, minerals of which China mines more than half",
            "how": "China's share at the mine above 50%",
            "condition": "mine > 50",
        },
        {
            "fact_id": "dependence.majority_refined",
            "label": "Of these, minerals of which China makes more than half after the mine",
            "how": "China's share after the mine above 50%",
            "condition": "refinery > 50",
        },
    ],
)
def china_at_two_steps(condition: str, release: str, year: int | None = None) -> Answer:
    return _count(release, _of(supply.china_pairs, release, year).query(condition).index)


@_minerals(
    "dependence.known_{done}",
    "Minerals whose producers are known, {done}",
    how="Minerals with country figures at this step",
    each=STEPS,
)
def minerals_with_producers(step: str, release: str, year: int | None = None) -> Answer:
    return _count(release, _of(supply.leaders, release, year).query("step == @step").mineral)


@_minerals(
    "dependence.china_leads_{done}",
    "Minerals in which China is the largest producer, {done}",
    how="Largest country is China",
    each=STEPS,
)
def china_leads(step: str, release: str, year: int | None = None) -> Answer:
    leaders = _of(supply.leaders, release, year)
    return _count(release, leaders.query("step == @step and iso3 == 'CHN'").mineral)


@_minerals(
    "frameworks.majority_{done}",
    "Minerals of which the United States, signatories and attendees hold more than half, {done}",
    how="Their summed share above 50%",
    each=STEPS,
)
def bloc_majority(step: str, release: str, year: int | None = None) -> Answer:
    return _count(release, _of(supply.inside, release, year).query(f"{step} > 50").index, ("S001",))


@_minerals(
    "frameworks.china_majority_{done}",
    "Minerals of which China holds more than half, {done}",
    how="China's share above 50%",
    each=STEPS,
)
def china_majority(step: str, release: str, year: int | None = None) -> Answer:
    return _count(release, _of(supply.china, release, year).query(f"{step} > 50").index)


# --- each country ---


def each_country() -> list[dict]:
    """Return a row for each country with a page.

    Fields: `country`, as in its facts' ids, `iso3` and `where`, its name.
    """
    return [
        {"country": prefix(iso3), "iso3": iso3, "where": name} for iso3, name in countries.names().items()
    ]


def each_country_and_mineral() -> list[dict]:
    """Return a row for each country with each mineral, with the fields of its facts."""
    return [country | mineral for country in each_country() for mineral in minerals()]


def prefix(iso3: str) -> str:
    """Return what the ids of a country's facts begin with.

    >>> prefix("COK")
    'cook_islands'
    """
    return countries.slug(iso3).replace("-", "_")


def share_id(iso3: str, row: Any) -> str:
    """Return the id of a country's share of output, of a row of `countries.output_shares`.

    >>> from types import SimpleNamespace as row
    >>> share_id("SLE", row(mineral="titanium", form="rutile", step="mine"))
    'sierra_leone.titanium_rutile_mined'
    >>> share_id("COD", row(mineral="cobalt", form="", step="mine"))
    'dr_congo.cobalt_mined'
    """
    done = next(step["done"] for step in STEPS if step["step"] == row.step)
    return f"{prefix(iso3)}.{row.mineral}{'_' * bool(row.form)}{row.form}_{done}"


def _products(step: str) -> list[dict]:
    """Each country and product: minerals, and the forms of the newest release beside their main series."""
    plain = [row | {"product": row["mineral"], "form": "", "name": _named(row, step)} for row in minerals()]
    names = {row["mineral"]: row["name"] for row in plain}
    forms = supply.forms().query("step == @step").drop_duplicates(["mineral", "form"])
    others = [
        {
            "product": f"{row.mineral}_{row.form}",
            "mineral": row.mineral,
            "form": row.form,
            "name": f"{names[row.mineral]}, {row.what.lower()}",
        }
        for row in forms.itertuples()
    ]
    return [country | product for country in each_country() for product in (*plain, *others)]


@fact(
    "{country}.{product}_mined",
    "Share of world output, mined, of {where}: {name}",
    "%",
    how=f"Output of {{where}} over the printed world total, latest year.{COUNTRY_REFINED}",
    each=partial(_products, supply.MINE),
)
def country_mined(iso3: str, mineral: str, form: str, release: str, year: int | None = None) -> Answer | None:
    return _country_output(release, year).get((iso3, mineral, form, supply.MINE))


@fact(
    "{country}.{product}_refined",
    "Share of world output, refined, of {where}: {name}",
    "%",
    how=f"Output of {{where}} over the printed world total.{COUNTRY_REFINED}",
    each=partial(_products, supply.REFINERY),
)
def country_refined(
    iso3: str, mineral: str, form: str, release: str, year: int | None = None
) -> Answer | None:
    return _country_output(release, year).get((iso3, mineral, form, supply.REFINERY))


@memory.remembered
def _country_output(release: str, year: int | None) -> dict[tuple, Answer]:
    rows = _of(countries.output_shares, release, year).query("value > 0").dropna(subset=["share"])
    return {
        (r.iso3, r.mineral, r.form, r.step): Answer(
            float(r.share), (r.source_id,), rounded(r.share, bool(r.alone))
        )
        for r in rows.itertuples()
    }


@fact(
    "{country}.{mineral}_reserves",
    "Share of world reserves of {where}: {name}",
    "%",
    how="Reserves of {where} over the printed world total",
    each=each_country_and_mineral,
    estimate=True,
)
def country_reserves(iso3: str, mineral: str, release: str) -> Answer | None:
    return _country_reserves(release).get((iso3, mineral))


@memory.remembered
def _country_reserves(release: str) -> dict[tuple[str, str], Answer]:
    rows = countries.underground(release).dropna(subset=["share"])
    return {
        (r.iso3, r.mineral): Answer(float(r.share), (r.source_id,), rounded(r.share))
        for r in rows.itertuples()
    }


def rounded(share: float, alone: bool = False) -> str:
    """Return a share as text: the totals are rounded, so no more than two figures.

    alone: nobody else has any.

    >>> rounded(33.3), rounded(7.93), rounded(0.04), rounded(100)
    ('33%', '7.9%', 'under 0.1%', 'over 99%')
    """
    if share < 0.1 or (share > 99 and not alone):
        return "under 0.1%" if share < 0.1 else "over 99%"
    return f"{share:.1f}%" if share < 9.95 else f"{share:.0f}%"
