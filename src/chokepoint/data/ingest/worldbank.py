"""World Bank commodity price data (the Pink Sheet): the monthly workbook, its metals and minerals."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from itertools import islice
from pathlib import Path

import openpyxl
import pandas as pd

from chokepoint.data.ingest import package, reference
from chokepoint.data.ingest.files import UNSEEN, members, require_harmless, require_year
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import MOST, WHERE, exact
from chokepoint.errors import UserError

SHEET = "Monthly Prices"
MOST_ROWS, MOST_COLUMNS = 5_000, 300  # the sheet has some 800 rows and 75 columns
UNITS = {"($/mt)": "US$/t", "($/kg)": "US$/kg", "($/troy oz)": "US$/troy oz", "($/dmtu)": "US$/dmtu"}
MISSING = ("…", "..", "...", "")


def ingest(path: Path, data: Path, accept: tuple[str, ...] = (), replace: bool = False) -> Report:
    """Read a monthly workbook (or a folder or zip with one) and write its tables under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), ref)
    package.write(tables, report, Path(data), ref, accept, replace)
    return report


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    name, grid, described = _book(path)
    report = Report(release=f"wb{_updated(grid, name)}")
    months = [
        i for i, row in enumerate(grid) if re.fullmatch(r"(19|20)\d\dM(0[1-9]|1[0-2])", str(row[0] or ""))
    ]
    if not months:
        raise UserError(
            f'{name}: no row of sheet "{SHEET}" begins with a month (1960M01). The layout is another; nothing was written.'
        )
    names, units = _header(grid, months[0], name)
    definitions = _definitions(described, [n for n in names if n])
    tables = {"prices_monthly": [], "price_series": []}
    tally = report.table("prices_monthly")
    for column, series in enumerate(names):
        if not series:
            continue
        rule = ref.commodity((series,), "price")
        unit = UNITS.get(units[column])
        cells = [(i + 1, str(grid[i][0]), grid[i][column] if column < len(grid[i]) else None) for i in months]
        tally.read += len(cells)
        if rule is None or unit is None:
            reason = (
                "series of no mineral in data/commodities.csv"
                if rule is None
                else f"unit {units[column]} is not known"
            )
            tally.refused[reason] += len(cells)
            continue
        about = {
            "mineral": rule["mineral"],
            "series": series,
            "unit": unit,
            "source_id": report.release.upper(),
        }
        tables["price_series"].append({**about, "definition": definitions.get(series, "")})
        for row, month, cell in cells:
            if cell is None or cell in MISSING:
                tally.refuse("no price in that month (printed as an ellipsis)")
            elif isinstance(cell, bool) or not isinstance(cell, int | float) or not 0 <= cell < MOST:
                tally.refuse(f'"{cell}" is not a price')
            else:
                tally.kept += 1
                where = f'{name}, sheet "{SHEET}" row {row}'
                tables["prices_monthly"].append(
                    {**about, "month": month.replace("M", "-"), "value": exact(cell), WHERE: where}
                )
    report.rows.read = report.rows.kept = len(months)
    report.table("price_series").read = report.table("price_series").kept = len(tables["price_series"])
    return {table: pd.DataFrame(rows) for table, rows in tables.items()}, report


def _book(path: Path) -> tuple[str, list[list], list[list]]:
    """Name of the workbook, the rows of the monthly sheet, and those of the sheet that describes the series."""
    found = members(path, ".xlsx")
    if len(found) != 1:
        raise UserError(
            f"{path}: looked for one monthly workbook (.xlsx), found {', '.join(found) or 'none'}. Give the workbook itself."
        )
    name, content = next(iter(found.items()))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            require_harmless(inside.infolist(), name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if SHEET not in book.sheetnames:
            found = ", ".join(book.sheetnames)
            raise UserError(
                f'{name}: looked for the sheet "{SHEET}", found {found}. Give the monthly workbook of the Pink Sheet.'
            )
        return (
            name,
            _rows(book, SHEET),
            _rows(book, "Description") if "Description" in book.sheetnames else [],
        )
    except UserError:
        raise
    except Exception as fault:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({fault}). Download it again; nothing was written."
        ) from None


def _rows(book: openpyxl.Workbook, sheet: str) -> list[list]:
    """The cells of a sheet, as far as such a sheet can reach: what it says of its own size is not to be relied on."""
    book[sheet].reset_dimensions()
    rows = [list(row[:MOST_COLUMNS]) for row in islice(book[sheet].iter_rows(values_only=True), MOST_ROWS)]
    width = max(map(len, rows), default=0)
    return [row + [None] * (width + 1 - len(row)) for row in rows]


def _updated(grid: list[list], name: str) -> str:
    """Year and month the workbook was updated in."""
    for row in grid[:10]:
        if said := re.search(r"Updated on (\w+ \d+, \d{4})", str(row[0] or "")):
            try:
                day = dt.datetime.strptime(said[1], "%B %d, %Y")
            except ValueError:
                break
            return f"{require_year(day.year, name)}-{day.month:02}"
    expected = '"Updated on <month day, year>"'
    raise UserError(
        f"{name}: the first ten rows do not say {expected}. The layout is another; nothing was written."
    )


def _header(grid: list[list], first: int, name: str) -> tuple[list[str], list[str]]:
    """Names and units of the columns: the two last rows above the months that look like them."""
    for row in range(first - 1, 0, -1):
        if any(str(cell) in UNITS for cell in grid[row] if cell):
            names = [
                re.sub(r"\s*\*+$", "", UNSEEN.sub("", str(cell or ""))).strip() for cell in grid[row - 1]
            ]
            return names, [str(cell or "").strip() for cell in grid[row]]
    raise UserError(
        f"{name}: no row of units ({', '.join(UNITS)}) above the months. The layout is another; nothing was written."
    )


def _definitions(described: list[list], series: list[str]) -> dict[str, str]:
    """What the sheet Description says each series is: the text that begins with its name."""
    texts = [" ".join(UNSEEN.sub("", str(c or "")).split()) for row in described for c in row[:3]]
    said = {}
    for name in series:
        stem = re.escape(name.split(",")[0])
        matching = [t for t in texts if re.match(rf"{stem}\s*[(,]", t) and len(t) > 25]
        said[name] = matching[-1] if matching else ""
    return said
