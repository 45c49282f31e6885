"""Reads an Excel workbook.

Its sheets as rows of cells, or as the CSV that its publisher would have written.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Container
from itertools import islice
from typing import Any, TypeGuard

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from chokepoint.data.ingest.files import require_harmless
from chokepoint.errors import UserError

# The largest sheet of a release has some 9,000 rows; the widest, 75 columns.
MOST_ROWS, MOST_COLUMNS = 50_000, 300

Grid = list[list[Any]]  # the cells of a sheet, row by row


def sheets(name: str, content: bytes, wanted: Container[str] | None = None) -> dict[str, Grid]:
    """Return the rows of every sheet by its name, each as far as such a sheet can reach.

    Percentages as percent.

    `wanted`: names of the only sheets to read; the others are listed, without rows. UserError where it is no
    workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            require_harmless(archive.infolist(), name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {s.title: _rows(s) if wanted is None or s.title in wanted else [] for s in book.worksheets}
    except UserError:
        raise
    except Exception as error:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({error}). Download it again; nothing was written."
        ) from None


def _rows(sheet: Worksheet) -> Grid:
    """Return the cells of a sheet, all rows as long as the longest.

    The size a sheet states is not to be relied on.
    """
    sheet.reset_dimensions()
    rows = [[_value(cell) for cell in row[:MOST_COLUMNS]] for row in islice(sheet.iter_rows(), MOST_ROWS)]
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _value(cell: Cell) -> object:
    return cell.value * 100 if is_number(cell.value) and "%" in str(cell.number_format or "") else cell.value


def is_number(cell: object) -> TypeGuard[float]:
    """Whether a cell holds a number; True and False are none.

    >>> is_number(3), is_number(2.5), is_number(True), is_number("3"), is_number(None)
    (True, True, False, False, False)
    """
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def as_csv(name: str, content: bytes) -> dict[str, bytes]:
    """Write each sheet with two columns or more as a CSV, by the names of workbook and, of several, sheet."""
    tables = {
        title: rows
        for title, rows in sheets(name, content).items()
        if any(sum(c not in (None, "") for c in row) > 1 for row in rows)
    }
    written = {}
    for title, rows in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([[printed(cell) for cell in row] for row in rows])
        written[name if len(tables) == 1 else f"{name}/{title}"] = text.getvalue().encode("utf-8")
    return written


def printed(cell: object) -> str:
    """Write a cell as a publisher prints it.

    >>> printed(17100.0), printed(0.1 + 0.2), printed(None), printed(">50"), printed(dt.datetime(2025, 9, 23))
    ('17100', '0.3', '', '>50', '2025-09-23')
    """
    if is_number(cell):
        return f"{cell:.15g}"
    if isinstance(cell, dt.date):
        return f"{cell:%Y-%m-%d}"
    return "" if cell is None else str(cell).upper() if isinstance(cell, bool) else str(cell)
