"""Layout of MCS 2026: one long file, a row a value."""

from __future__ import annotations

import re

from chokepoint.ingest.files import Sheet, need
from chokepoint.ingest.report import Report
from chokepoint.ingest.tidy import Reading

COLUMNS = ["MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit", "Year", "Value", "Notes"]
WORLD = {"Production": "production", "Capacity": "capacity", "Reserves": "reserves"}


def fits(sheet: Sheet) -> bool:
    """This is the main file if it has the columns no other layout has."""
    return {"Section", "Statistics"} <= set(sheet.header) or {"MCS chapter", "Statistics_detail"} <= set(sheet.header)


def read(sheet: Sheet, report: Report) -> list[Reading]:
    """Every row of the main file as a reading."""
    need(sheet, COLUMNS)
    report.rows.read += len(sheet.rows)
    readings = []
    for line, row in sheet.rows:
        if row["Section"].startswith("World") and row["Statistics"] in WORLD:
            readings.append(world(row, f"{sheet.name} line {line}"))
            report.rows.kept += 1
        else:
            report.rows.refuse(f'section "{row["Section"]}", statistic "{row["Statistics"]}" is not read')
    return readings


def world(row: dict[str, str], where: str) -> Reading:
    detail = row["Statistics_detail"]
    form = re.sub(r",? ?\brounded\b", "", re.split(r"[:—]", detail + ":", maxsplit=1)[1].strip(" :,"))
    return Reading(
        table=WORLD[row["Statistics"]],
        names=(row["Commodity"], row["MCS chapter"]),
        text=detail,
        area=row["Country"],
        year=int(row["Year"]),
        printed=row["Value"],
        unit=row["Unit"],
        form=form,
        notes=row["Notes"],
        estimated=row["Notes"].startswith("Estimated"),
        where=where,
    )
