"""USGS Mineral Commodity Summaries: finds out which layout a release has, and reads it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest import (
    corrections,
    files,
    package,
    reference,
    salient,
    separators,
    standing,
    usgs_2024,
    usgs_2025,
    usgs_2026,
    usgs_small,
    workbook,
)
from chokepoint.ingest.files import Sheet
from chokepoint.ingest.reference import Reference
from chokepoint.ingest.report import Report
from chokepoint.ingest.tidy import Tables

LOOKED_FOR = """looked for one of
  the layout of 2026: a CSV with the columns MCS chapter, Section, Commodity, Country, Statistics, Statistics_detail, Unit, Year, Value
  the layout of 2025: a CSV with the columns SOURCE, COMMODITY, COUNTRY, TYPE, UNIT_MEAS, PROD_<year>, RESERVES_<year>
  the layout of 2022 to 2024: files mcs<year>-<commodity>_world.csv with the columns Source, Country, Type, Prod_<unit>_<year>
  one file of a release: salient statistics, import sources, or a table of critical minerals, export controls or agreements"""


def ingest(path: Path, data: Path, accept: tuple[str, ...] = (), replace: bool = False) -> Report:
    """Read the release at `path` (folder, zip or one file) and write its tables under `data`/minerals; see `package.write`."""
    tables, report, ref = read(Path(path), Path(data))
    package.write(tables, report, Path(data), ref, accept, replace)
    return report


def read(path: Path, data: Path) -> tuple[dict[str, pd.DataFrame], Report, Reference]:
    """The tables of a release, its report and the reference used; nothing is written."""
    ref = reference.read(data)
    contents = _contents(path)
    for name, content in contents.items():
        _require_commas(name, content)
    sheets = [files.sheet(name, content) for name, content in contents.items()]
    long = [s for s in sheets if usgs_2026.fits(s)]
    wide = [s for s in sheets if usgs_2025.fits(s)]
    single = [s for s in sheets if usgs_2024.is_world(s)]
    worlds = [s for s in single if not _is_named_salient(s)]
    parts = [s for s in sheets if usgs_2024.is_salient(s) or usgs_small.fits(s)]
    if not (long or wide or single or parts):
        raise UserError(f"{path}: not a release this knows: {LOOKED_FOR}\nfound {_list_sheets(sheets)}. Nothing was written.")
    layouts = [name for name, found in (("2026", long), ("2025", wide), ("2022 to 2024", worlds)) if found]
    if len(layouts) > 1 or len(long) > 1:
        raise UserError(f"{path}: holds more than one release (layouts {', '.join(layouts)}). Give one release at a time.")
    year = files.require_year(usgs_2026.year(long[0]) if long else _printed_year(wide or worlds or [*single, *parts], path), path)
    report = Report(release=f"mcs{year}")
    tables = Tables(ref, report)
    tables.standing = partial(standing.rows, data, report.release)
    used = set()
    for sheet in [*long, *wide, *single, *parts]:
        _require_points(sheet)
    for sheet in long:
        usgs_2026.read(sheet, tables)
        used.add(sheet.name)
    for sheet in wide:
        usgs_2025.read(sheet, tables)
        used.add(sheet.name)
    for sheet in single:
        if sheet in worlds:
            usgs_2024.read_world(sheet, tables, year)
        else:
            report.rows.read += len(sheet.rows)
            report.rows.refused[f"{sheet.name} is named salient and holds the world table"] += len(sheet.rows)
        used.add(sheet.name)
    wrong = corrections.headers(report.release, ref.corrections)
    for sheet in sheets:
        if sheet.name in used:
            continue
        if usgs_2024.is_salient(sheet):
            fix = wrong.get(usgs_2024.code(sheet.name))
            if fix and fix["column"] in sheet.header:
                report.corrections.append(f"{fix['correction_id']}: header of {sheet.name} ({fix['reason']})")
                sheet = files.sheet(sheet.name, contents[sheet.name], fix["value"].split("|"))
            usgs_2024.read_salient(sheet, tables)
        elif not usgs_small.read(sheet, tables):
            report.unused_files.append(sheet.name.rsplit("/", 1)[-1])
    frames = tables.frames()
    corrections.apply(frames, ref.corrections, report)
    if "prices" in frames:
        salient.per_kilogram(frames["prices"])
    return frames, report, ref


def _is_named_salient(sheet: Sheet) -> bool:
    return "_salient" in sheet.name.lower()


def _contents(path: Path) -> dict[str, bytes]:
    """The tables given, by name: CSV files, and the sheets of workbooks, save where the same table is there as CSV too."""
    found = files.members(path, ".csv", ".xlsx")
    tables = {name: content for name, content in found.items() if name.lower().endswith(".csv")}
    for name, content in found.items():
        if name not in tables and f"{name[:-5]}.csv" not in found:
            tables |= workbook.as_csv(name, content)
    return tables


def _require_commas(name: str, content: bytes) -> None:
    """UserError for a table of a release whose cells are separated by anything but commas."""
    header = files.decode(next(iter(content[:10_000].splitlines()), b""), name)
    mark = separators.separator(header)
    words = {word.strip('" ').lower() for word in re.split(r"[;\t|,]", header)}
    if mark and words & {"country", "commodity", "critical_mineral", "critical mineral"}:
        raise UserError(
            f"{name}: is separated by {mark}; a comma is expected. Save it as CSV with commas, or give the publisher's own file. "
            "Nothing was written."
        )


def _require_points(sheet: Sheet) -> None:
    """UserError for a table whose numbers were written by a spreadsheet that has a decimal comma: 17.100 for 17,100."""
    found = separators.decimal_comma([(line, list(row.values())) for line, row in sheet.rows])
    if found:
        line, cell = found
        raise UserError(
            f'{sheet.name} line {line}: "{cell}" is written with a decimal comma, or points between thousands; a decimal point is expected '
            "(17,100 or 17100, not 17.100). Save it with English numbers, or give the publisher's own file. Nothing was written."
        )


def _printed_year(sheets: list[Sheet], path: Path) -> int:
    """The release year, from the column that names the release, else from the names of the files; two releases are refused."""
    printed = {cell for s in sheets for _, row in s.rows if (cell := row.get(s.header[0], ""))}
    years = {int(found[1]) for cell in printed if (found := re.search(r"MCS ?(\d{4})", cell))}
    if not years:
        years = {year for s in sheets if (year := files.year_in(s.name))}
    if len(years) != 1:
        said = ", ".join(sorted(printed)[:5]) or "nothing"
        raise UserError(f"{path}: the first column should name one release (MCS2025), found {said}. Give one release at a time.")
    return years.pop()


def _list_sheets(sheets: list[Sheet]) -> str:
    if not sheets:
        return "no CSV file"
    shown = "; ".join(f"{s.name} ({', '.join(s.header[:8])}…)" for s in sheets[:4])
    return shown + (f" and {len(sheets) - 4} more" if len(sheets) > 4 else "")
