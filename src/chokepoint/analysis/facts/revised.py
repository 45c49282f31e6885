"""Facts that their own publisher has since read otherwise: the reading of the release, and beside it those that it replaced.

Net import reliance by year, where two releases disagree on a year; reserves that a later version of a release cut.
"""

import re

import pandas as pd

from chokepoint.analysis import reliance
from chokepoint.analysis.facts import computed
from chokepoint.data import tables


def _register_reliance(mineral: str, year: int, name: str) -> None:
    def reading(release: str):
        texts = reliance.readings(mineral, year)
        if release not in texts:
            return None, ()
        earlier = [r for r in sorted(texts, reverse=True) if r < release and texts[r] != texts[release]]
        said = {
            text: tuple(r.upper() for r in earlier if texts[r] == text)
            for text in (texts[r] for r in earlier)
        }
        return texts[release], (release.upper(),), {"as_of": str(year), "superseded": tuple(said.items())}

    computed(
        f"{mineral}.reliance_{year}",
        f"Net import reliance of the United States in {year}: {name}",
        "%",
        "{}",
        "As the release prints it for that year; releases disagree",
    )(reading)


def _register_reserves(mineral: str, area: str, name: str) -> None:
    def reading(release: str):
        table = tables.load("reserves", release)
        rows = table[(table.mineral == mineral) & (table.area == area)]
        row = rows.iloc[-1] if len(rows) else None
        if row is None or (pd.isna(row.value) and pd.isna(row.low)):
            return None, ()
        bound = "more than " if pd.isna(row.value) else ""
        value = float(row.low if bound else row.value) / 1e6
        text = f"{bound}{value:g} million tonnes"
        replaced = (
            ()
            if pd.isna(row.superseded)
            else ((f"{bound}{row.superseded / 1e6:g} million tonnes", (row.source_id,)),)
        )
        return (
            value,
            (row.source_id,),
            {"text": text, "as_of": str(row.year), "superseded": replaced, "note": _why(row.correction_id)},
        )

    computed(
        f"{mineral}.reserves_{re.sub(r'[^a-z]+', '_', area.lower())}",
        f"Reserves, {area}: {name}",
        "million tonnes",
        "{}",
        "Latest estimate of the release.",
        estimate=True,
    )(reading)


def _why(correction_ids) -> str:
    """What data/corrections.csv says of a superseded reading."""
    if pd.isna(correction_ids):
        return ""
    rows = tables.load("corrections").query("action == 'supersede'").set_index("correction_id")
    return " ".join(
        f"{rows.reason[i]} (correction {i})" for i in correction_ids.split(";") if i in rows.index
    )


_names = tables.load("minerals").query("kind != 'other'").set_index("mineral").name
for _mineral, _year in reliance.disputed():
    if _mineral in _names:
        _register_reliance(_mineral, _year, _names[_mineral])
for _release in tables.releases("reserves"):
    for _row in tables.load("reserves", _release).dropna(subset=["superseded"]).itertuples():
        _register_reserves(_row.mineral, _row.area, _names[_row.mineral])
