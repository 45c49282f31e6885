"""IEA Critical Minerals Dataset, as the agency's workbook, a JSON conversion or a long table of supply.

Mining and refining by country, demand by use.
"""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, iea_table, iea_workbook
from chokepoint.data.ingest.files import decode, members, require_year
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference, records
from chokepoint.data.ingest.report import Report, Tally
from chokepoint.data.ingest.tidy import MOST, WHERE
from chokepoint.data.ingest.values import exact
from chokepoint.data.ingest.workbook import is_number
from chokepoint.errors import UserError

STAGES = {"mining": "mine", "refining": "refinery"}
TO_TONS = 1000  # the file is in thousand tons of contained element
LAYOUT_FAULTS = (KeyError, TypeError, ValueError, AttributeError)


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read `iea_production` and `iea_demand`, tons of contained element.

    What lies after the base year is a forecast.
    """
    name, content = _document(path)
    base, report = _base_year(content, name), Report()
    release = f"iea{require_year(base + 1, name)}"
    minerals = {row["iea_name"]: row["mineral"] for row in records(ref.tables["minerals"]) if row["iea_name"]}
    production, demand = report.table("iea_production"), report.table("iea_demand")
    try:
        _production(name, content["supply"], base, minerals, ref, production)
        _demand(name, content["totalDemand"], base, minerals, demand)
    except LAYOUT_FAULTS as error:
        raise UserError(
            f"{name}: the layout is another, or a figure is none ({error!r}). Download it again; nothing "
            "was written."
        ) from None
    if not content["supply"]:
        report.notes.append(
            f'{name} has no sheet "{iea_workbook.SUPPLY}": this edition gives no mining and refining by '
            "country"
        )
    if {row["stage"] for row in production.rows} == {STAGES["mining"]}:
        report.notes.append(f"{name} gives mining alone: refining stays that of the edition before")
    tables = report.frames(release)
    report.rows.kept = production.kept + demand.kept
    report.rows.refused = production.refused + demand.refused
    return tables, report


def _document(path: Path) -> tuple[str, dict]:
    """Return the name and the content of the first file that is one of the three kinds."""
    files = members(path, ".json", ".xlsx", ".csv")
    for name, text in files.items():
        if name.lower().endswith(".xlsx"):
            content = iea_workbook.read(name, text)
        elif name.lower().endswith(".csv"):
            content = iea_table.read(name, text)
        else:
            try:
                content = json.loads(decode(text, name))
            except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
                raise UserError(
                    f"{name}: not readable as JSON ({error}). Download it again; nothing was written."
                ) from None
        if isinstance(content, dict) and {"supply", "totalDemand"} <= set(content):
            return name, content
    raise UserError(
        f'{path}: looked for the IEA\'s workbook, with the sheet "{iea_workbook.DEMAND}", '
        f'a JSON file with "supply" and "totalDemand", or a CSV with {", ".join(iea_table.COLUMNS)}; '
        f"found {', '.join(files) or 'no such file'}. Give one of the three."
    )


def _base_year(content: dict, name: str) -> int:
    """Return the first year of the tables, which is the base year; the edition is the year after."""
    try:
        years = [
            y for mineral in content["supply"].values() for side in mineral.values() for y in side["total"]
        ] or [y for b in content["totalDemand"].values() for y in b["totalDemand"] if y.isdecimal()]
        if years:
            return min(map(int, years))
    except LAYOUT_FAULTS:
        raise UserError(
            f"{name}: expected supply → mineral → mining/refining → total → year; the layout is another. "
            "Nothing was written."
        ) from None
    raise UserError(f"{name}: the supply tables have no years. Nothing was written.")


def _production(
    name: str, supply: dict, base: int, minerals: dict[str, str], ref: Reference, tally: Tally
) -> None:
    for mineral, side, printed, year, value in tally.each(_supplied(supply)):
        place = _area(printed, ref)
        if value is None:
            tally.refuse("a note among the countries, with no value")
        elif mineral not in minerals:
            tally.refuse(f'mineral "{mineral}" has no iea_name in data/minerals.csv')
        elif place.kind == "unknown":
            tally.refuse(f'area "{printed[:60]}" is not in data/geography.csv')
        else:
            about = {
                "mineral": minerals[mineral],
                "stage": STAGES[side],
                "area": place.name,
                "iso3": place.iso3,
            }
            tally.keep(
                **about,
                area_kind=place.kind,
                year=year,
                value=_tons(value),
                unit="t",
                printed=repr(value),
                printed_unit="thousand tons",
                scenario="history" if year <= base else "base case",
                forecast=year > base,
                footnote="",
                **{WHERE: f"{name}: supply of {mineral}, {side}, {printed}, {year}"},
            )


def _supplied(supply: dict) -> Iterator[tuple[str, str, str, int, float | None]]:
    """Go through mineral, side, area, year and value of the supply tables."""
    for mineral, sides in supply.items():
        for side in STAGES:
            if side in sides:
                for area, years in {**sides[side]["countries"], "World": sides[side]["total"]}.items():
                    yield from ((mineral, side, area, int(year), value) for year, value in years.items())


def _tons(value: float) -> float:
    """Return thousand tons as tons. ValueError for anything but a plain number."""
    if not is_number(value) or not math.isfinite(value) or abs(value) > MOST:
        raise ValueError(f"{value!r} is not a number of thousand tons")
    return exact(value * TO_TONS)


def _area(printed: str, ref: Reference) -> areas.Area:
    rest = re.match(r"rest of (the )?world", printed, re.I)
    return areas.Area("Other countries", "other") if rest else areas.area(printed, ref.areas)


def _demand(name: str, demand: dict, base: int, minerals: dict[str, str], tally: Tally) -> None:
    """Add every use of every mineral, base year and scenarios.

    Shares are left out, since they can be computed.
    """
    for mineral, block in demand.items():
        uses = [(use, "technology", series) for use, series in block["sectors"].items()]
        uses += [
            ("All clean energy", "clean energy", block["totalClean"]),
            ("Other uses", "other uses", block["otherUses"]),
            ("Total", "total", block["totalDemand"]),
        ]
        for use, kind, series in uses:
            for scenario, year, value in tally.each(_points(series)):
                if value is None:
                    tally.refuse("no value")
                elif mineral not in minerals:
                    tally.refuse(f'mineral "{mineral}" has no iea_name in data/minerals.csv')
                else:
                    tally.keep(
                        mineral=minerals[mineral],
                        use=use,
                        use_kind=kind,
                        scenario=scenario,
                        year=year,
                        value=_tons(value),
                        unit="t",
                        forecast=year > base,
                        **{WHERE: f"{name}: demand for {mineral}, {use}, {scenario}, {year}"},
                    )


def _points(series: dict) -> Iterator[tuple[str, int, float | None]]:
    for key, value in series.items():
        if isinstance(value, dict):
            yield from ((key, int(year), v) for year, v in value.items())
        else:
            yield "history", int(key), value


ingest = ingester(read)
