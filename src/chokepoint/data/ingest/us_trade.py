"""US imports for consumption and domestic exports by partner and four-digit heading, as the USITC's DataWeb hands them out (workbooks).

Eighteen partners were asked for, not all: a partner's share of their sum is not its share of US trade.
"""

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

FLOWS = {"imports for consumption": "imports", "domestic exports": "exports"}
VALUES, QUANTITIES = ("Customs Value", "FAS Value"), "First Unit of Quantity"
TO_DATE = " YTD"  # ending of the sheets that hold the first months of every year
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def ingest(path: Path, data: Path) -> Report:
    """Read the workbooks (a folder, zip or one file) and write the table `us_trade` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `us_trade`: value [US$] and first quantity by flow, heading, partner, year and number of months; and the report."""
    report, rows, last = Report(release=""), [], ""
    tally = report.table("us_trade")
    for name, content in members(path, ".xlsx").items():
        found, until = _workbook(name, content, ref, tally)
        rows += found
        last = max(last, until)
    if not rows:
        raise UserError(
            f"{path}: looked for DataWeb workbooks (.xlsx) with a sheet {' or '.join(VALUES)}, found none."
        )
    report.release = f"ustrade{last}"
    report.rows.read = report.rows.kept = tally.read
    return {"us_trade": pd.DataFrame(rows).assign(source_id=report.release.upper())}, report


def _workbook(name: str, content: bytes, ref: Reference, tally) -> tuple[list[dict], str]:
    """The rows of one flow, and the year and month that its newest figures reach."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            require_harmless(inside.infolist(), name)
        book = openpyxl.load_workbook(
            io.BytesIO(content), data_only=True
        )  # read-only mode sees sheets of one cell here
    except UserError:
        raise
    except Exception as fault:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({fault}). Download it again; nothing was written."
        ) from None
    values = next((sheet for sheet in VALUES if sheet in book.sheetnames), None)
    if values is None:
        return [], ""
    title = str(book[values]["A1"].value)
    flow = next((ours for printed, ours in FLOWS.items() if title.lower().startswith(printed)), None)
    months = re.search(r"Jan - (\w{3})", title)
    if flow is None or not months or months[1] not in MONTHS:
        raise UserError(
            f'{name}: cell A1 of "{values}" reads "{title}"; expected the flow and "Jan - <month>". Nothing was written.'
        )
    count, cells = MONTHS.index(months[1]) + 1, {}
    for sheet, column in (
        (values, "value_usd"),
        (values + TO_DATE, "value_usd"),
        (QUANTITIES, "quantity"),
        (QUANTITIES + TO_DATE, "quantity"),
    ):
        if sheet in book.sheetnames:
            _read_sheet(
                name,
                sheet,
                list(book[sheet].iter_rows(min_row=3, values_only=True)),
                count,
                column,
                cells,
                ref,
                tally,
            )
    rows = [
        {"flow": flow, "heading": heading, "area": place.name, "iso3": place.iso3, "year": year, "months": span, "unit": unit,
         "value_usd": cell.get("value_usd"), "quantity": cell.get("quantity")}
        for (heading, place, unit, year, span), cell in sorted(cells.items())
        if cell.get("value_usd")
    ]  # fmt: skip
    newest = max(row["year"] for row in rows)
    return rows, f"{newest}-{count:02}"


def _read_sheet(name, sheet, grid, count: int, column: str, cells: dict, ref: Reference, tally) -> None:
    """Enter each figure of a sheet under its heading, partner, unit, year and number of months."""
    header = [str(cell or "") for cell in grid[0]]
    if header[1:3] != ["Country", "HTS Number"]:
        raise UserError(
            f'{name}: row 3 of "{sheet}" begins with {header[:5]}; expected Country and HTS Number. Nothing was written.'
        )
    to_date = sheet.endswith(TO_DATE)
    years = {i: int(h[:4]) for i, h in enumerate(header) if re.fullmatch(r"\d{4}(_Year_to_date)?", h)}
    newest = max(years.values())
    for number, row in enumerate(grid[1:], 4):
        if not row[1]:
            continue  # the workbook's closing lines
        place = areas.area(str(row[1]), ref.areas)
        if place.kind != "country":
            raise UserError(
                f'{name} "{sheet}" row {number}: {areas.unknown(str(row[1]), ref.areas)}. Nothing was written.'
            )
        unit = re.sub(r"^Value for: ", "", str(row[4]))
        for at, year in years.items():
            if not to_date and year == newest:
                continue  # the year so far stands in the sheet of the first months
            tally.read += 1
            cell = row[at]
            if isinstance(cell, bool) or not isinstance(cell, int | float | None) or (cell or 0) < 0:
                raise UserError(
                    f'{name} "{sheet}" row {number}, {year}: {cell!r} is not a value. Nothing was written.'
                )
            if not cell:
                tally.refuse("nothing traded, or nothing printed")
                continue
            tally.kept += 1
            key = (
                str(row[2]),
                areas.Area(place.name, place.kind, place.iso3),
                unit,
                year,
                count if to_date else 12,
            )
            at_key = cells.setdefault(key, {})
            if column in at_key:
                raise UserError(
                    f'{name} "{sheet}" row {number}: {row[1]}, heading {row[2]}, {year} is given twice. Nothing was written.'
                )
            at_key[column] = cell
