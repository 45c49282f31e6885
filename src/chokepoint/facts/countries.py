"""Facts of each country that has a page: its shares of output, reserves and US imports, and the day it signed."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from chokepoint import tables
from chokepoint.facts import computed
from chokepoint.measures import countries, reliance, supply

_STEPS = {"mine": "mined", "refinery": "refined"}
_REFINED = "The mine is USGS; after it USGS where it has countries, else the IEA's base year (for rare earths the four magnet elements)."


def prefix(iso3: str) -> str:
    """What the ids of a country's facts begin with.

    >>> prefix("COK")
    'cook_islands'
    """
    return countries.slug(iso3).replace("-", "_")


def _printed(value: float, alone: bool = False) -> dict[str, str]:
    """How a share prints: the totals are rounded, so no more than two figures. alone: nobody else has any.

    >>> _printed(33.3), _printed(7.93), _printed(0.04), _printed(100)
    ({'text': '33 %'}, {'text': '7.9 %'}, {'text': 'under 0.1 %'}, {'text': 'over 99 %'})
    """
    bound = "under 0.1 %" if value < 0.1 else "over 99 %" if value > 99 and not alone else ""
    return {"text": bound or (f"{value:.1f} %" if value < 10 else f"{value:.0f} %")}


@lru_cache(maxsize=32)
def _output(data: str, release: str, year: int | None) -> dict:
    rows = countries.output_shares(release, year) if year else countries.output_shares(release)
    rows = rows[rows.value > 0]
    return {
        (r.iso3, r.mineral, r.form, r.step): (float(r.share), (r.source_id,), _printed(r.share, bool(r.alone)))
        for r in rows.itertuples()
        if pd.notna(r.share)
    }


@lru_cache(maxsize=8)
def _reserves(data: str, release: str) -> dict:
    rows = countries.underground(release).dropna(subset=["share"])
    return {(r.iso3, r.mineral): (float(r.share), (r.source_id,), _printed(r.share)) for r in rows.itertuples()}


@lru_cache(maxsize=8)
def _imports(data: str, release: str) -> dict:
    rows = reliance.by_country(release)
    return {(r.iso3, r.mineral): (float(r.value), (r.source_id,), {"text": r.text, "as_of": period(r)}) for r in rows.itertuples()}


def period(row) -> str:
    """The years of which a share of imports is an average.

    >>> from types import SimpleNamespace as row
    >>> period(row(first_year=2021, last_year=2024))
    '2021–2024'
    """
    return f"{row.first_year}–{row.last_year}"


_KINDS = {
    "mined": (
        "Share of world output, mined, of {0}: {1}",
        "{:.1f} %",
        f"Output of {{0}} over the printed world total, latest year. {_REFINED}",
    ),
    "refined": ("Share of world output, refined, of {0}: {1}", "{:.1f} %", f"Output of {{0}} over the printed world total. {_REFINED}"),
    "reserves": ("Share of world reserves of {0}: {1}", "{:.1f} %", "Reserves of {0} over the printed world total"),
    "us_imports": (
        "Share of US imports that come from {0}: {1}",
        "{:.0f} %",
        "Average of the four years that USGS prints, for the form that speaks for the mineral",
    ),
}


def share_id(iso3: str, row) -> str:
    """The id of a country's share of output, of a row of `countries.output_shares`.

    >>> from types import SimpleNamespace as row
    >>> share_id("SLE", row(mineral="titanium", form="rutile", step="mine")), share_id("COD", row(mineral="cobalt", form="", step="mine"))
    ('sierra_leone.titanium_rutile_mined', 'dr_congo.cobalt_mined')
    """
    return f"{prefix(iso3)}.{row.mineral}{'_' * bool(row.form)}{row.form}_{_STEPS[row.step]}"


def _register(iso3: str, name: str, mineral: str, what: str, kind: str, form: str = "") -> None:
    label, text, how = _KINDS[kind]
    fact_id = f"{prefix(iso3)}.{mineral}{'_' * bool(form)}{form}_{kind}"
    register = computed(
        fact_id, label.format(name, what), "%", text, how.format(name), yearly=kind in _STEPS.values(), estimate=kind == "reserves"
    )
    register(lambda release, year=None: _value(release, iso3, mineral, kind, form, year))


def _value(release: str, iso3: str, mineral: str, kind: str, form: str, year: int | None):
    data = str(tables.data_dir())
    if kind in _STEPS.values():
        step = next(s for s, word in _STEPS.items() if word == kind)
        return _output(data, release, year).get((iso3, mineral, form, step), (None, ()))
    return (_reserves if kind == "reserves" else _imports)(data, release).get((iso3, mineral), (None, ()))


@lru_cache(maxsize=2)
def _forms(_data: Path) -> list:
    """mineral, form, what, step of each form that the newest release prints beside the series that speaks for its mineral."""
    rows = supply.forms()
    return list(rows[["mineral", "form", "what", "step"]].drop_duplicates(["mineral", "form", "step"]).itertuples())


def _signed(iso3: str):
    row = countries.signed(iso3)
    return (None, ()) if row is None else (f"{row.date_start:%-d %B %Y}", (row.source_id,))


def subjects() -> list[str]:
    """What the ids of this family begin with."""
    return [prefix(iso3) for iso3 in countries.names()]


@lru_cache(maxsize=2)
def _minerals(_data: Path) -> list:
    return list(tables.load("minerals").query("kind != 'other'").itertuples())


def define(subject: str) -> None:
    """The facts of one country, of every mineral: which of them a release holds shows when they are worked out."""
    names = countries.names()
    iso3 = next((iso3 for iso3 in names if prefix(iso3) == subject), None)
    if iso3 is None:
        return
    for row in _minerals(tables.data_dir()):
        for kind in _KINDS:
            _register(iso3, names[iso3], row.mineral, row.name, kind)
    named = {row.mineral: row.name for row in _minerals(tables.data_dir())}
    for row in _forms(tables.data_dir()):
        _register(iso3, names[iso3], row.mineral, f"{named[row.mineral]}, {row.what.lower()}", _STEPS[row.step], row.form)
    computed(
        f"{subject}.signed",
        f"Day on which {names[iso3]} signed its first framework, memorandum or partnership with the United States",
        "",
        "{}",
        "Earliest signed row of these kinds in the table of agreements",
    )(lambda _: _signed(iso3))
