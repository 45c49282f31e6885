"""USGS Minerals Yearbook, rare earths.

Table 8, world mine production by country (the workbook as published).
"""

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, files, workbook
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

SHEET, TITLE = "T8", "RARE EARTHS: WORLD MINE PRODUCTION"
ZERO, ESTIMATED = "--", "e"


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `yearbook_production` (tonnes of rare-earth oxide)."""
    name, content = files.single(path, ".xlsx", "workbook", "the yearbook's tables")
    sheets = workbook.sheets(name, content, {SHEET})
    if SHEET not in sheets:
        raise UserError(
            f"{name}: looked for the sheet {SHEET}, found {', '.join(sheets)}. Nothing was written."
        )
    grid = [row for row in sheets[SHEET] if any(cell is not None for cell in row)]
    head = next((i for i, row in enumerate(grid) if str(row[0]).startswith("Country or locality")), None)
    if head is None or not any(TITLE in str(row[0]) for row in grid[: head + 1]):
        raise UserError(
            f'{name}: sheet {SHEET} is not "{TITLE} …"; the layout is another. Nothing was written.'
        )
    years = {i: int(cell) for i, cell in enumerate(grid[head]) if re.fullmatch(r"20\d\d", str(cell))}
    report = Report()
    tally = report.table("yearbook_production")
    for number, row in enumerate(grid[head + 1 :], head + 2):
        label = str(row[0] or "").strip()
        place = areas.area("World" if label == "Total" else re.sub(r", \d$", "", label), ref.areas)
        for at, year in tally.each(years.items()):
            cell, mark = row[at], str(row[at + 1] or "") if at + 1 < len(row) else ""
            value = 0 if cell == ZERO else cell
            if place.kind not in ("country", "world") or not workbook.is_number(value) or value < 0:
                raise UserError(
                    f"{name} {SHEET} row {number}: {label!r}, {year}: {cell!r} is no output of a country. "
                    "Nothing was written."
                )
            tally.keep(
                mineral="rare_earths",
                stage="mine",
                area=place.name,
                area_kind=place.kind,
                iso3=place.iso3,
                year=year,
                value_t=value,
                estimated=place.estimated or ESTIMATED in mark,
            )
        if label == "Total":
            break
    return report.frames(f"yearbook{max(years.values())}"), report


ingest = ingester(read)
