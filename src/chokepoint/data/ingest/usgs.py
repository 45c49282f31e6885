"""USGS Mineral Commodity Summaries: finds out which layout a release has, and reads it."""

import re
from functools import partial
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import (
    corrections,
    existing,
    files,
    salient,
    separators,
    usgs_2024,
    usgs_2025,
    usgs_2026,
    usgs_small,
    workbook,
)
from chokepoint.data.ingest.files import Sheet
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import Tables
from chokepoint.errors import UserError

LOOKED_FOR = """looked for one of
  the layout of 2026: a CSV with the columns MCS chapter, Section, Commodity, Country, Statistics, \
Statistics_detail, Unit, Year, Value
  the layout of 2025: a CSV with the columns SOURCE, COMMODITY, COUNTRY, TYPE, UNIT_MEAS, PROD_<year>, \
RESERVES_<year>
  the layout of 2022 to 2024: files mcs<year>-<commodity>_world.csv with the columns Source, Country, Type, \
Prod_<unit>_<year>
  one file of a release: salient statistics, import sources, or a table of critical minerals, export \
controls or agreements"""


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the tables of a release, in whichever layout, with its corrections made."""
    contents = _contents(path)
    for name, content in contents.items():
        _require_commas(name, content)
    sheets = [files.sheet(name, content) for name, content in contents.items()]
    long, wide, single = (
        [s for s in sheets if fits(s)] for fits in (usgs_2026.fits, usgs_2025.fits, usgs_2024.is_world)
    )
    worlds = [s for s in single if "_salient" not in s.name.lower()]
    parts = [s for s in sheets if usgs_2024.is_salient(s) or usgs_small.fits(s)]
    _require_one(path, sheets, {"2026": long, "2025": wide, "2022 to 2024": worlds}, [*single, *parts])
    year = usgs_2026.year(long[0]) if long else _printed_year(wide or worlds or [*single, *parts], path)
    report = Report(release=f"mcs{files.require_year(year, path)}")
    tables = Tables(ref, report, partial(existing.rows, ref.data, report.release))
    for sheet in [*long, *wide, *single, *parts]:
        _require_points(sheet)
    for sheet in long:
        usgs_2026.read(sheet, tables)
    for sheet in wide:
        usgs_2025.read(sheet, tables)
    for sheet in single:
        if sheet in worlds:
            usgs_2024.read_world(sheet, tables, year)
        else:
            report.rows.read += len(sheet.rows)
            report.rows.refuse(f"{sheet.name} is named salient and holds the world table", len(sheet.rows))
    used, wrong = (
        {s.name for s in [*long, *wide, *single]},
        corrections.headers(report.release, ref.tables["corrections"]),
    )
    for sheet in (s for s in sheets if s.name not in used):
        if usgs_2024.is_salient(sheet):
            fix, own = wrong.get(usgs_2024.code(sheet.name)), sheet
            if fix and fix["column"] in sheet.header:
                report.corrections.append(f"{fix['correction_id']}: header of {sheet.name} ({fix['reason']})")
                own = files.sheet(sheet.name, contents[sheet.name], fix["value"].split("|"))
            usgs_2024.read_salient(own, tables)
        elif not usgs_small.read(sheet, tables):
            report.unused_files.append(sheet.name.rsplit("/", 1)[-1])
    frames = tables.frames()
    corrections.apply(frames, ref.tables["corrections"], report)
    if "prices" in frames:
        salient.per_kilogram(frames["prices"])
    return frames, report


def _require_one(
    path: Path, sheets: list[Sheet], layouts: dict[str, list[Sheet]], others: list[Sheet]
) -> None:
    """Raise UserError where the sheets are of no release, or of more than one."""
    present = [name for name, of_layout in layouts.items() if of_layout]
    if not (present or others):
        named = "; ".join(f"{s.name} ({', '.join(s.header[:8])}…)" for s in sheets[:4])
        more = f" and {len(sheets) - 4} more" if len(sheets) > 4 else ""
        raise UserError(
            f"{path}: not a release this knows: {LOOKED_FOR}\nfound {named or 'no CSV file'}{more}. "
            "Nothing was written."
        )
    if len(present) > 1 or len(layouts["2026"]) > 1:
        raise UserError(
            f"{path}: holds more than one release (layouts {', '.join(present)}). Give one release at a time."
        )


def _contents(path: Path) -> dict[str, bytes]:
    """Return the tables given, by name.

    CSV files, and sheets of workbooks, save where the same table is there as CSV too.
    """
    found = files.members(path, ".csv", ".xlsx")
    tables = {name: content for name, content in found.items() if name.lower().endswith(".csv")}
    for name, content in found.items():
        if name not in tables and f"{name[:-5]}.csv" not in found:
            tables |= workbook.as_csv(name, content)
    return tables


def _require_commas(name: str, content: bytes) -> None:
    """Raise UserError for a table of a release whose cells are separated by anything but commas."""
    header = files.decode(next(iter(content[:10_000].splitlines()), b""), name)
    mark = separators.separator(header)
    words = {word.strip('" ').lower() for word in re.split(r"[;\t|,]", header)}
    if mark and words & {"country", "commodity", "critical_mineral", "critical mineral"}:
        raise UserError(
            f"{name}: is separated by {mark}; a comma is expected. Save it as CSV with commas, or give the "
            "publisher's "
            "own file. Nothing was written."
        )


def _require_points(sheet: Sheet) -> None:
    """Raise UserError for a table whose numbers were written with a decimal comma: 17.100 for 17,100."""
    if found := separators.decimal_comma([(line, list(row.values())) for line, row in sheet.rows]):
        raise UserError(
            f'{sheet.name} line {found[0]}: "{found[1]}" is written with a decimal comma, or points '
            "between thousands; "
            "a decimal point is expected (17,100 or 17100, not 17.100). Save it with English numbers, or "
            "give the "
            "publisher's own file. Nothing was written."
        )


def _printed_year(sheets: list[Sheet], path: Path) -> int:
    """Return the release year, from the column that names the release, else from the names of the files.

    UserError where they name two releases, or none.
    """
    printed = {cell for s in sheets for _, row in s.rows if (cell := row.get(s.header[0], ""))}
    named = {int(match[1]) for cell in printed if (match := re.search(r"MCS ?(\d{4})", cell))}
    years = named or {year for s in sheets if (year := files.year_in(s.name))}
    if len(years) != 1:
        found = ", ".join(sorted(printed)[:5]) or "nothing"
        raise UserError(
            f"{path}: the first column should name one release (MCS2025), found {found}. Give one release "
            "at a time."
        )
    return years.pop()


ingest = ingester(read)
