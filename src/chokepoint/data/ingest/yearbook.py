"""USGS Minerals Yearbook, rare earths: table 8, world mine production by country (the workbook as published)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from chokepoint.data.ingest import areas, package, reference
from chokepoint.data.ingest.files import members, require_harmless
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

SHEET, TITLE = "T8", "RARE EARTHS: WORLD MINE PRODUCTION"
ZERO, ESTIMATED = "--", "e"


def ingest(path: Path, data: Path) -> Report:
    """Read the workbook and write the table `yearbook_production` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `yearbook_production` (tonnes of rare-earth oxide) and the report."""
    found = members(path, ".xlsx")
    if len(found) != 1:
        raise UserError(
            f"{path}: looked for one workbook (.xlsx), found {', '.join(found) or 'none'}. Give the yearbook's tables."
        )
    name, content = next(iter(found.items()))
    grid = _table(name, content)
    head = next((i for i, row in enumerate(grid) if str(row[0]).startswith("Country or locality")), None)
    if head is None or not any(TITLE in str(row[0]) for row in grid[: head + 1]):
        raise UserError(
            f'{name}: sheet {SHEET} is not "{TITLE} …"; the layout is another. Nothing was written.'
        )
    years = {i: int(cell) for i, cell in enumerate(grid[head]) if re.fullmatch(r"20\d\d", str(cell))}
    report, rows = Report(release=f"yearbook{max(years.values())}"), []
    tally = report.table("yearbook_production")
    for number, row in enumerate(grid[head + 1 :], head + 2):
        label = str(row[0] or "").strip()
        place = areas.area("World" if label == "Total" else re.sub(r", \d$", "", label), ref.areas)
        for at, year in years.items():
            tally.read += 1
            cell, mark = row[at], str(row[at + 1] or "") if at + 1 < len(row) else ""
            value = 0 if cell == ZERO else cell
            if (
                place.kind not in ("country", "world")
                or isinstance(value, bool)
                or not isinstance(value, int | float)
                or value < 0
            ):
                raise UserError(
                    f"{name} {SHEET} row {number}: {label!r}, {year}: {cell!r} is no output of a country. Nothing was written."
                )
            tally.kept += 1
            rows.append({
                "mineral": "rare_earths", "stage": "mine", "area": place.name, "area_kind": place.kind, "iso3": place.iso3, "year": year,
                "value_t": value, "estimated": place.estimated or ESTIMATED in mark,
            })  # fmt: skip
        if label == "Total":
            break
    report.rows.read = report.rows.kept = tally.read
    return {"yearbook_production": pd.DataFrame(rows).assign(source_id=report.release.upper())}, report


def _table(name: str, content: bytes) -> list[tuple]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            require_harmless(inside.infolist(), name)
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        if SHEET not in book.sheetnames:
            raise UserError(
                f"{name}: looked for the sheet {SHEET}, found {', '.join(book.sheetnames)}. Nothing was written."
            )
        return [
            row for row in book[SHEET].iter_rows(values_only=True) if any(cell is not None for cell in row)
        ]
    except UserError:
        raise
    except Exception as fault:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({fault}). Download it again; nothing was written."
        ) from None
