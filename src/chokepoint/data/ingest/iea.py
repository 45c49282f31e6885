"""IEA Critical Minerals Dataset, as the agency's workbook or a JSON conversion: mining and refining by country, and demand by use."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, iea_workbook, package, reference
from chokepoint.data.ingest.files import decode, members, require_year
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import MOST, WHERE, exact
from chokepoint.errors import UserError

STAGES = {"mining": "mine", "refining": "refinery"}
TO_TONS = 1000  # the file is in thousand tons of contained element


def ingest(path: Path, data: Path, accept: tuple[str, ...] = (), replace: bool = False) -> Report:
    """Read the IEA file (workbook or JSON, or a folder or zip with it) and write its tables under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), Path(data), ref)
    package.write(tables, report, Path(data), ref, accept, replace)
    return report


def read(path: Path, data: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    name, content = _document(path)
    base = _base_year(content, name)
    report = Report(release=f"iea{require_year(base + 1, name)}")
    slugs = _slugs(data)
    try:
        tables = {
            "iea_production": _production(name, content["supply"], base, slugs, ref, report),
            "iea_demand": _demand(name, content["totalDemand"], base, slugs, report),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise UserError(
            f"{name}: the layout is another, or a figure is none ({fault!r}). Download it again; nothing was written."
        ) from None
    if not content["supply"]:
        report.notes.append(
            f'{name} has no sheet "{iea_workbook.SUPPLY}": this edition gives no mining and refining by country'
        )
    report.rows.read = sum(t.read for t in report.tables.values())
    report.rows.kept = sum(t.kept for t in report.tables.values())
    for tally in report.tables.values():
        report.rows.refused.update(tally.refused)
    return tables, report


def _document(path: Path) -> tuple[str, dict]:
    found = members(path, ".json", ".xlsx")
    for name, text in found.items():
        if name.lower().endswith(".xlsx"):
            if content := iea_workbook.read(name, text):
                return name, content
            continue
        try:
            content = json.loads(decode(text, name))
        except (
            ValueError,
            RecursionError,
        ) as fault:  # ValueError: also a whole number of thousands of digits
            raise UserError(
                f"{name}: not readable as JSON ({fault}). Download it again; nothing was written."
            ) from None
        if isinstance(content, dict) and {"supply", "totalDemand"} <= set(content):
            return name, content
    expected = f'the IEA\'s workbook, with the sheet "{iea_workbook.DEMAND}", or a JSON file with "supply" and "totalDemand"'
    raise UserError(
        f"{path}: looked for {expected}; found {', '.join(found) or 'no such file'}. Give one of the two."
    )


def _base_year(content: dict, name: str) -> int:
    """The first year of the tables is the base year; the edition is the year after."""
    try:
        years = {
            int(y)
            for mineral in content["supply"].values()
            for side in mineral.values()
            for y in side["total"]
        }
        years = years or {
            int(y) for block in content["totalDemand"].values() for y in block["totalDemand"] if y.isdecimal()
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        expected = "supply → mineral → mining/refining → total → year"
        raise UserError(f"{name}: expected {expected}; the layout is another. Nothing was written.") from None
    if not years:
        raise UserError(f"{name}: the supply tables have no years. Nothing was written.")
    return min(years)


def _slugs(data: Path) -> dict[str, str]:
    table = pd.read_csv(data / "minerals.csv", dtype=str, keep_default_na=False)
    return {row.iea_name: row.mineral for row in table.itertuples() if row.iea_name}


def _production(
    name: str, supply: dict, base: int, slugs: dict[str, str], ref: Reference, report: Report
) -> pd.DataFrame:
    tally, rows, source = report.table("iea_production"), [], report.release.upper()
    for mineral, sides in supply.items():
        for side, stage in STAGES.items():
            if side not in sides:
                continue
            blocks = {**sides[side]["countries"], "World": sides[side]["total"]}
            for printed_area, years in blocks.items():
                for year, value in years.items():
                    tally.read += 1
                    place = _area(printed_area, ref)
                    if value is None:
                        tally.refuse("a note among the countries, with no value")
                    elif mineral not in slugs:
                        tally.refuse(f'mineral "{mineral}" has no iea_name in data/minerals.csv')
                    elif place is None:
                        tally.refuse(f'area "{printed_area[:60]}" is not in data/geography.csv')
                    else:
                        tally.kept += 1
                        rows.append({
                            "mineral": slugs[mineral], "stage": stage, "area": place.name, "area_kind": place.kind,
                            "iso3": place.iso3, "year": int(year), "value": _tons(value), "unit": "t",
                            "printed": repr(value), "printed_unit": "thousand tons", "scenario": _scenario(int(year), base),
                            "forecast": int(year) > base, "footnote": "", "source_id": source,
                            WHERE: f"{name}: supply of {mineral}, {side}, {printed_area}, {year}",
                        })  # fmt: skip
    return pd.DataFrame(rows)


def _tons(value: float) -> float:
    """Thousand tons as tons. ValueError for anything but a plain number."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or abs(value) > MOST
    ):
        raise ValueError(f"{value!r} is not a number of thousand tons")
    return exact(value * TO_TONS)


def _scenario(year: int, base: int) -> str:
    return "history" if year <= base else "base case"


def _area(printed: str, ref: Reference) -> areas.Area | None:
    if re.match(r"rest of (the )?world", printed, re.I):
        return areas.Area("Other countries", "other")
    place = areas.area(printed, ref.areas)
    return None if place.kind == "unknown" else place


def _demand(name: str, demand: dict, base: int, slugs: dict[str, str], report: Report) -> pd.DataFrame:
    """Every use of every mineral, base year and scenarios; shares are left out, since they can be computed."""
    tally, rows = report.table("iea_demand"), []
    for mineral, block in demand.items():
        uses = [(use, "technology", series) for use, series in block["sectors"].items()]
        uses += [
            ("All clean energy", "clean energy", block["totalClean"]),
            ("Other uses", "other uses", block["otherUses"]),
        ]
        uses += [("Total", "total", block["totalDemand"])]
        for use, kind, series in uses:
            for scenario, year, value in _points(series):
                tally.read += 1
                if mineral not in slugs or value is None:
                    tally.refuse(
                        f'mineral "{mineral}" has no iea_name in data/minerals.csv'
                        if value is not None
                        else "no value"
                    )
                    continue
                tally.kept += 1
                rows.append({
                    "mineral": slugs[mineral], "use": use, "use_kind": kind, "scenario": scenario, "year": year,
                    "value": _tons(value), "unit": "t", "forecast": year > base, "source_id": report.release.upper(),
                    WHERE: f"{name}: demand for {mineral}, {use}, {scenario}, {year}",
                })  # fmt: skip
    return pd.DataFrame(rows)


def _points(series: dict):
    for key, value in series.items():
        if isinstance(value, dict):
            yield from ((key, int(year), v) for year, v in value.items())
        else:
            yield "history", int(key), value
