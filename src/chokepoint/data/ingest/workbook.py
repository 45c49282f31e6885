"""Reads an Excel workbook: its sheets as rows of cells, or as the CSV that its publisher would have written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from itertools import islice

import openpyxl

from chokepoint.data.ingest.files import require_harmless
from chokepoint.errors import UserError

MOST_ROWS, MOST_COLUMNS = (
    50_000,
    300,
)  # the largest sheet of a release has some 9,000 rows; the widest, 75 columns


def sheets(name: str, content: bytes) -> dict[str, list[list[object]]]:
    """The rows of every sheet by its name, each as far as such a sheet can reach; percentages as percent.

    UserError where it is no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            require_harmless(inside.infolist(), name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: _rows(sheet) for sheet in book.worksheets}
    except UserError:
        raise
    except Exception as fault:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({fault}). Download it again; nothing was written."
        ) from None


def _rows(sheet) -> list[list[object]]:
    """The cells of a sheet, all rows as long as the longest; what a sheet says of its own size is not to be relied on."""
    sheet.reset_dimensions()
    rows = [[_value(cell) for cell in row[:MOST_COLUMNS]] for row in islice(sheet.iter_rows(), MOST_ROWS)]
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _value(cell) -> object:
    value = cell.value
    is_percent = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and "%" in str(cell.number_format or "")
    )
    return value * 100 if is_percent else value


def as_csv(name: str, content: bytes) -> dict[str, bytes]:
    """Each sheet with two columns or more as a CSV, by the name of the workbook (and of the sheet, where there are several)."""
    tables = {
        title: rows
        for title, rows in sheets(name, content).items()
        if any(sum(c not in (None, "") for c in row) > 1 for row in rows)
    }
    made = {}
    for title, rows in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([[printed(cell) for cell in row] for row in rows])
        made[name if len(tables) == 1 else f"{name}/{title}"] = text.getvalue().encode("utf-8")
    return made


def printed(cell: object) -> str:
    """A cell as a publisher prints it.

    >>> printed(17100.0), printed(0.1 + 0.2), printed(None), printed(">50"), printed(dt.datetime(2025, 9, 23))
    ('17100', '0.3', '', '>50', '2025-09-23')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return f"{cell:.15g}"
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell:%Y-%m-%d}"
    return str(cell)
