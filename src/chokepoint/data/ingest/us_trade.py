"""US imports for consumption and domestic exports by partner and heading, from USITC's DataWeb.

Eighteen partners were asked for, not all: a partner's share of their sum is not its share of US trade.
"""

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, files, workbook
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report, Tally
from chokepoint.errors import UserError

FLOWS = {"imports for consumption": "imports", "domestic exports": "exports"}
VALUES, QUANTITIES = ("Customs Value", "FAS Value"), "First Unit of Quantity"
TO_DATE = " YTD"  # ending of the sheets that hold the first months of every year
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEAD = 2  # rows above the header

Cells = dict[
    tuple[str, areas.Area, str, int, int], dict[str, float]
]  # heading, partner, unit, year, months → figures


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `us_trade`.

    Value [US$] and first quantity by flow, heading, partner, year and number of months.
    """
    report, last = Report(), ""
    tally = report.table("us_trade")
    for name, content in files.members(path, ".xlsx").items():
        last = max(last, _workbook(name, content, ref, tally))
    if not tally.rows:
        raise UserError(
            f"{path}: looked for DataWeb workbooks (.xlsx) with a sheet {' or '.join(VALUES)}, found none."
        )
    return report.frames(f"ustrade{last}"), report


def _workbook(name: str, content: bytes, ref: Reference, tally: Tally) -> str:
    """Add the rows of one flow; return the year and month that its newest figures reach."""
    book = workbook.sheets(name, content)
    values = next((sheet for sheet in VALUES if sheet in book), None)
    if values is None:
        return ""
    title = str(book[values][0][0] if book[values] else None)
    flow = next((ours for printed, ours in FLOWS.items() if title.lower().startswith(printed)), None)
    months = re.search(r"Jan - (\w{3})", title)
    if flow is None or not months or months[1] not in MONTHS:
        raise UserError(
            f'{name}: cell A1 of "{values}" reads "{title}"; expected the flow and "Jan - <month>". '
            "Nothing was written."
        )
    count = MONTHS.index(months[1]) + 1
    cells: Cells = {}
    for column, title in (("value_usd", values), ("quantity", QUANTITIES)):
        for sheet in (title, title + TO_DATE):
            if sheet in book:
                _sheet(f'{name} "{sheet}"', book[sheet], count, column, cells, ref, tally)
    traded = [(key, figures) for key, figures in sorted(cells.items()) if figures.get("value_usd")]
    for (heading, place, unit, year, span), figures in traded:
        about = {"flow": flow, "heading": heading, "area": place.name, "iso3": place.iso3, "unit": unit}
        tally.rows.append({**about, "year": year, "months": span, "quantity": None, **figures})
    return f"{max(key[3] for key, _ in traded)}-{count:02}"


def _sheet(
    where: str, grid: workbook.Grid, count: int, column: str, cells: Cells, ref: Reference, tally: Tally
) -> None:
    """Enter each figure of a sheet under its heading, partner, unit, year and number of months."""
    header = [str(cell or "") for cell in grid[HEAD]]
    if header[1:3] != ["Country", "HTS Number"]:
        raise UserError(
            f"{where} row {HEAD + 1} begins with {header[:5]}; expected Country and HTS Number. Nothing "
            "was written."
        )
    to_date = where.endswith(f'{TO_DATE}"')
    years = {i: int(h[:4]) for i, h in enumerate(header) if re.fullmatch(r"\d{4}(_Year_to_date)?", h)}
    if not to_date:
        years.pop(
            max(years, key=years.__getitem__)
        )  # the year so far stands in the sheet of the first months
    for number, row in enumerate(grid[HEAD + 1 :], HEAD + 2):
        if not row[1]:
            continue  # the workbook's closing lines
        place = areas.require_country(str(row[1]), ref.areas, f"{where} row {number}")
        unit = re.sub(r"^Value for: ", "", str(row[4]))
        for at, year in tally.each(years.items()):
            cell = row[at]
            if cell is not None and (not workbook.is_number(cell) or cell < 0):
                raise UserError(
                    f"{where} row {number}, {year}: {cell!r} is not a value. Nothing was written."
                )
            if not cell:
                tally.refuse("nothing traded, or nothing printed")
                continue
            tally.kept += 1
            figures = cells.setdefault((str(row[2]), place, unit, year, count if to_date else 12), {})
            if column in figures:
                raise UserError(
                    f"{where} row {number}: {row[1]}, heading {row[2]}, {year} is given twice. Nothing was "
                    "written."
                )
            figures[column] = cell


ingest = ingester(read)
