"""USGS Data Series 140: a century of United States supply and use, unit value and world production, one worksheet a commodity."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd

from chokepoint.data.ingest import crosswalk, package, reference
from chokepoint.data.ingest.files import decode, members, require_harmless
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

STEM = re.compile(r"ds140-(.+?)(?:-20\d\d)?\.(tsv|xlsx)$")
# Printed column (footnote digits and capitals aside) → ours. Several printed columns may stand for one of ours: the first that is there is taken.
COLUMNS = {
    "us_production_t": ("mine production", "primary production", "production", "production (sold or used)"),
    "us_imports_t": ("imports",),
    "us_exports_t": ("exports",),
    "us_consumption_t": ("apparent consumption", "estimated consumption", "reported consumption"),
    "unit_value_usd_per_t": ("unit value ($/t)",),
    "unit_value_1998_usd_per_t": ("unit value (98$/t)",),
    "world_production_t": ("world mine production", "world production", "world production (gross weight)"),
}
RENAMED = {
    "rare-earths": "raree"
}  # a later edition under another name, which speaks in place of the older one
WITHHELD, NONE = "W", ("", "NA", "--", "—", "-")
YEARS = range(1850, 2101)


def ingest(path: Path, data: Path) -> Report:
    """Read the worksheets (a folder, a zip, or one file) as tab-separated text and write the table `historical` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), Path(data))
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, data: Path) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `historical` and the report: one row a mineral, product and year, quantities in tonnes."""
    files = members(path, ".tsv") | members(path, ".xlsx")
    found = {match[1]: (name, content) for name, content in files.items() if (match := STEM.search(name))}
    if not found:
        raise UserError(
            f"{path}: looked for worksheets named ds140-<commodity>, .tsv or .xlsx, found none. Give the folder of the worksheets."
        )
    ours, rows = crosswalk.read(data, "usgs-history"), []
    report = Report(release="")
    tally = report.table("historical")
    newer = {old for new, old in RENAMED.items() if new in found}
    for stem, (name, content) in sorted(found.items()):
        if stem in ours and stem not in newer:
            rows += _worksheet(name, _lines(name, content), ours[stem], tally)
        else:
            report.unused_files.append(Path(name).name)
    if not rows:
        raise UserError(
            f"{path}: none of the worksheets is of a mineral in data/crosswalk.csv. Nothing was written."
        )
    report.release = f"history{max(row['year'] for row in rows)}"
    frame = pd.DataFrame(rows).assign(source_id=report.release.upper())
    report.rows.read = report.rows.kept = len(frame)
    return {"historical": frame}, report


def _lines(name: str, content: bytes) -> list[list[str]]:
    """The cells of a worksheet, line by line, as text."""
    if not name.lower().endswith(".xlsx"):
        return [line.split("\t") for line in decode(content, name).splitlines()]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            require_harmless(inside.infolist(), name)
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except UserError:
        raise
    except Exception as fault:  # a damaged workbook breaks openpyxl wherever its parser happens to be
        raise UserError(
            f"{name}: not readable as a workbook ({fault}). Download it again; nothing was written."
        ) from None
    return [
        ["" if cell is None else str(cell) for cell in row]
        for row in book.worksheets[0].iter_rows(values_only=True)
        if row
    ]


def _worksheet(name: str, lines: list[list[str]], entry: crosswalk.Entry, tally) -> list[dict]:
    first = next((i for i, line in enumerate(lines) if line[0].strip().lower() == "year"), None)
    if first is None:
        raise UserError(f'{name}: no line begins with "Year". The layout is another; nothing was written.')
    header = [re.sub(r"(?<=[a-z)])\d+$", "", " ".join(cell.split()).lower()) for cell in lines[first]]
    places = {
        ours: next((header.index(p) for p in printed if p in header), None)
        for ours, printed in COLUMNS.items()
    }
    rows = []
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if not re.fullmatch(r"\d{4}", line[0].strip()):
            continue  # notes below the table
        if (year := int(line[0])) not in YEARS:
            raise UserError(
                f"{name} line {number}: {year} cannot be a year of this series. Nothing was written."
            )
        if any(row["year"] == year for row in rows):
            tally.refuse(f"{year} stands twice in {Path(name).name}: the second line is refused")
            tally.read += 1
            continue
        row, withheld = (
            {"mineral": entry.mineral, "stage": entry.stage, "product": entry.product, "year": year},
            [],
        )
        for column, at in places.items():
            cell = line[at].strip() if at is not None and at < len(line) else ""
            row[column] = None
            if cell not in NONE:
                tally.read += 1
                if cell == WITHHELD:
                    withheld.append(column)
                    tally.refuse("withheld by USGS (W)")
                else:
                    row[column] = _number(cell, name, number)
                    tally.kept += 1
        if withheld or any(row[c] is not None for c in COLUMNS):
            rows.append(row | {"withheld": ";".join(withheld)})
    return rows


def _number(cell: str, name: str, line: int) -> float:
    text = re.sub(r"^e|[,\s]|(?<=\d)[er]$", "", cell)
    try:
        value = float(text)
    except ValueError:
        raise UserError(
            f'{name} line {line}: "{cell}" is not a number. Expected digits, NA or W; nothing was written.'
        ) from None
    if value < 0:
        raise UserError(
            f"{name} line {line}: {cell} is negative, which no quantity here can be. Nothing was written."
        )
    return value
