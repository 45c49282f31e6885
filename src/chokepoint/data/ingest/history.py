"""USGS Data Series 140: a century of US supply and use, unit value and world production, by commodity."""

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import workbook
from chokepoint.data.ingest.files import decode, members
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Entry, Reference
from chokepoint.data.ingest.report import Report, Tally
from chokepoint.errors import UserError

STEM = re.compile(r"ds140-(.+?)(?:-20\d\d)?\.(tsv|xlsx)$")
# Our column ← printed columns (footnote digits and capitals aside); of several, the first that is there is
# taken.
COLUMNS = {
    "us_production_t": ("mine production", "primary production", "production", "production (sold or used)"),
    "us_imports_t": ("imports",),
    "us_exports_t": ("exports",),
    "us_consumption_t": ("apparent consumption", "estimated consumption", "reported consumption"),
    "unit_value_usd_per_t": ("unit value ($/t)",),
    "unit_value_1998_usd_per_t": ("unit value (98$/t)",),
    "world_production_t": ("world mine production", "world production", "world production (gross weight)"),
}
# A later edition under another name → the older one, whose place it takes.
RENAMED = {"rare-earths": "raree"}
WITHHELD, NONE = "W", ("", "NA", "--", "—", "-")
YEARS = range(1850, 2101)


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `historical`: one row a mineral, product and year, quantities in tonnes."""
    files = members(path, ".tsv") | members(path, ".xlsx")
    stems = {match[1]: (name, content) for name, content in files.items() if (match := STEM.search(name))}
    if not stems:
        raise UserError(
            f"{path}: looked for worksheets named ds140-<commodity>, .tsv or .xlsx, found none. "
            "Give the folder of the worksheets."
        )
    ours, report = ref.crosswalk("usgs-history"), Report()
    tally = report.table("historical")
    replaced = {old for new, old in RENAMED.items() if new in stems}
    for stem, (name, content) in sorted(stems.items()):
        if stem in ours and stem not in replaced:
            _worksheet(name, _lines(name, content), ours[stem], tally)
        else:
            report.unused_files.append(Path(name).name)
    if not tally.rows:
        raise UserError(
            f"{path}: none of the worksheets is of a mineral in data/crosswalk.csv. Nothing was written."
        )
    return report.frames(f"history{max(row['year'] for row in tally.rows)}", lines=len(tally.rows)), report


def _lines(name: str, content: bytes) -> list[list[str]]:
    """Return the cells of a worksheet, line by line, as text."""
    if not name.lower().endswith(".xlsx"):
        return [line.split("\t") for line in decode(content, name).splitlines()]
    first = next(iter(workbook.sheets(name, content).values()))
    return [["" if cell is None else str(cell) for cell in row] for row in first if row]


def _worksheet(name: str, lines: list[list[str]], entry: Entry, tally: Tally) -> None:
    first = next((i for i, line in enumerate(lines) if line[0].strip().lower() == "year"), None)
    if first is None:
        raise UserError(f'{name}: no line begins with "Year". The layout is another; nothing was written.')
    header = [re.sub(r"(?<=[a-z)])\d+$", "", " ".join(cell.split()).lower()) for cell in lines[first]]
    places = {
        column: next((header.index(p) for p in printed if p in header), None)
        for column, printed in COLUMNS.items()
    }
    seen = set()
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if not re.fullmatch(r"\d{4}", line[0].strip()):
            continue  # notes below the table
        where, year = f"{name} line {number}", int(line[0])
        if year not in YEARS:
            raise UserError(f"{where}: {year} cannot be a year of this series. Nothing was written.")
        if year in seen:
            tally.refuse(f"{year} stands twice in {Path(name).name}: the second line is refused")
            tally.read += 1
            continue
        cells = {c: line[i].strip() if i is not None and i < len(line) else "" for c, i in places.items()}
        printed = {column: cell for column, cell in cells.items() if cell not in NONE}
        withheld = [column for column, cell in tally.each(printed.items()) if cell == WITHHELD]
        if withheld:
            tally.refuse("withheld by USGS (W)", len(withheld))
        figures = {c: _number(cell, where) for c, cell in printed.items() if cell != WITHHELD}
        tally.kept += len(figures)
        if printed:
            seen.add(year)
            about = {"mineral": entry.mineral, "stage": entry.stage, "product": entry.product, "year": year}
            tally.rows.append({**about, **dict.fromkeys(COLUMNS), **figures, "withheld": ";".join(withheld)})


def _number(cell: str, where: str) -> float:
    try:
        value = float(re.sub(r"^e|[,\s]|(?<=\d)[er]$", "", cell))
    except ValueError:
        raise UserError(
            f'{where}: "{cell}" is not a number. Expected digits, NA or W; nothing was written.'
        ) from None
    if value < 0:
        raise UserError(f"{where}: {cell} is negative, which no quantity here can be. Nothing was written.")
    return value


ingest = ingester(read)
