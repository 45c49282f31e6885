"""How far the United States relies on imports: by mineral, form, year, and country of origin."""

import re
from typing import Any

import pandas as pd

from chokepoint.analysis import reliance
from chokepoint.analysis.facts.registry import Answer, fact, minerals
from chokepoint.analysis.facts.supply import each_country_and_mineral
from chokepoint.data import memory, tables

AS_PRINTED = "As USGS prints it for the release's latest year, a bound where figures are withheld"
AVERAGE = "Average of the four years that USGS prints, for the form that speaks for the mineral"


def period(row: Any) -> str:
    """Return the years of which a share of imports is an average.

    >>> from types import SimpleNamespace as row
    >>> period(row(first_year=2021, last_year=2024))
    '2021–2024'
    """
    return f"{row.first_year}–{row.last_year}"


@fact(
    "{mineral}.reliance",
    "Net import reliance of the United States: {name}",
    "%",
    how=AS_PRINTED,
    each=minerals,
)
def net_import_reliance(mineral: str, release: str, year: int | None = None) -> Answer | None:
    """Return a figure as printed, or a bound in words."""
    if year:
        text = reliance.readings(mineral, year).get(release)
        return Answer(text, (release.upper(),)) if text else None
    row = _by_mineral(release)[0].get(mineral)
    return Answer(row.text, (row.source_id,), rows=(f"{row.what}: {row.text}",)) if row else None


@fact(
    "{mineral}.main_source",
    "Share of US imports from their largest source: {name}",
    "%",
    how=AVERAGE,
    each=minerals,
)
def main_source(mineral: str, release: str) -> Answer | None:
    row = _by_mineral(release)[1].get(mineral)
    return row and Answer(
        float(row.value), (row.source_id,), row.text, (f"{row.area}: {row.text}",), as_of=period(row)
    )


@memory.remembered
def _by_mineral(release: str) -> tuple[dict, dict]:
    """By mineral: the statement that speaks for it, and the largest source of its imports."""
    lines, first = reliance.lines(release), reliance.main_sources(release)
    return tuple({row.mineral: row for row in rows.itertuples()} for rows in (lines, first))


@fact(
    "{country}.{mineral}_us_imports",
    "Share of US imports that come from {where}: {name}",
    "%",
    how=AVERAGE,
    each=each_country_and_mineral,
)
def us_imports(iso3: str, mineral: str, release: str) -> Answer | None:
    return _by_country(release).get((iso3, mineral))


@memory.remembered
def _by_country(release: str) -> dict[tuple[str, str], Answer]:
    return {
        (r.iso3, r.mineral): Answer(float(r.value), (r.source_id,), r.text, as_of=period(r))
        for r in reliance.by_country(release).itertuples()
    }


# --- further forms: alumina and bauxite beside aluminium, ores beside refined metal ---


def form_id(mineral: str, form: str) -> str:
    """Return the id of the fact that states the net import reliance for one form of a mineral.

    >>> form_id("aluminum", "Bauxite"), form_id("zinc", "ores and concentrates")
    ('aluminum.reliance_of_bauxite', 'zinc.reliance_of_ores_and_concentrates')
    """
    return f"{mineral}.reliance_of_{_slug(form)}"


def _slug(form: str) -> str:
    return re.sub(r"[^a-z]+", "_", form.lower()).strip("_")


@fact(
    "{mineral}.reliance_of_{slug}",
    "Net import reliance of the United States: {what}",
    "%",
    how=AS_PRINTED,
    each=lambda: _forms(),
)
def reliance_of_form(mineral: str, form: str, release: str) -> Answer | None:
    rows = reliance.further(mineral, release).query("form == @form")
    return next(
        (Answer(r.text, (r.source_id,), rows=(f"{r.what}: {r.text}",)) for r in rows.itertuples()), None
    )


@memory.remembered
def _forms() -> list[dict]:
    """Return the forms that any release states besides the main one, with their full names."""
    stated = [reliance.statements(release) for release in tables.releases()]
    rows = pd.concat([rows[rows.mineral.duplicated()] for rows in stated])
    rows = rows.drop_duplicates(["mineral", "form"], keep="last").assign(slug=lambda r: r.form.map(_slug))
    return rows[["mineral", "form", "what", "slug"]].to_dict("records")


# --- years of which two releases disagree ---


@fact(
    "{mineral}.reliance_{of_year}",
    "Net import reliance of the United States in {of_year}: {name}",
    "%",
    how="As the release prints it for that year; releases disagree",
    each=lambda: [
        row | {"of_year": year}
        for mineral, year in reliance.disputed()
        for row in minerals()
        if row["mineral"] == mineral
    ],
)
def disputed_reliance(mineral: str, of_year: int, release: str) -> Answer | None:
    """Return the reading of the release, and beside it those that it replaced."""
    texts = reliance.readings(mineral, of_year)
    if release not in texts:
        return None
    replaced: dict[str, tuple[str, ...]] = {}
    for other in sorted(texts, reverse=True):
        if other < release and texts[other] != texts[release]:
            replaced[texts[other]] = (*replaced.get(texts[other], ()), other.upper())
    return Answer(texts[release], (release.upper(),), as_of=str(of_year), superseded=tuple(replaced.items()))


# --- counts of lines ---


@fact(
    "{fact_id}",
    "{label}",
    "minerals",
    "{:.0f}",
    how="{how}",
    each=[
        {
            "fact_id": "reliance.lines",
            "label": "Listed minerals and groups with a net import reliance",
            "how": "Listed minerals and groups of them for which any table of the release states a reliance, "
            "figure or bound",
            "condition": "value.notna()",
        },
        {
            "fact_id": "reliance.full",
            "label": "Listed minerals and groups for which the United States relies on imports altogether",
            "how": "Net import reliance printed as 100%",
            "condition": "value == 100",
        },
        {
            "fact_id": "reliance.half",
            "label": "Further listed minerals and groups with at least half net import reliance",
            "how": "Printed figure of 50 to 99%, or a lower bound of 50% or more",
            "condition": "50 <= value < 100 and kind != 'less'",
        },
        {
            "fact_id": "reliance.bounds",
            "label": "Listed minerals and groups for which only a bound is printed",
            "how": "More than or less than a printed figure, because a company's data are withheld",
            "condition": "kind in ('greater', 'less')",
        },
    ],
)
def lines(condition: str, release: str) -> Answer | None:
    every = reliance.lines(release)
    if every.empty:
        return None
    rows = tuple(f"{r.what}: {r.text}" for r in every.query(condition).itertuples())
    return Answer(float(len(rows)), every.source_id.unique(), rows=rows)
