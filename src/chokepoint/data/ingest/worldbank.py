"""World Bank commodity price data (the Pink Sheet): the monthly workbook, its metals and minerals."""

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import workbook
from chokepoint.data.ingest.files import UNSEEN, require_year, single
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import MOST, WHERE
from chokepoint.data.ingest.values import exact
from chokepoint.errors import UserError

SHEET, DESCRIPTION = "Monthly Prices", "Description"
UNITS = {"($/mt)": "US$/t", "($/kg)": "US$/kg", "($/troy oz)": "US$/troy oz", "($/dmtu)": "US$/dmtu"}
MISSING = ("…", "..", "...", "", None)
MONTH = re.compile(r"(19|20)\d\dM(0[1-9]|1[0-2])")


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read `prices_monthly` (US$ in the unit of each series) and `price_series` (what each series is)."""
    name, content = single(path, ".xlsx", "monthly workbook", "the workbook itself")
    sheets = workbook.sheets(name, content, {SHEET, DESCRIPTION})
    if SHEET not in sheets:
        raise UserError(
            f'{name}: looked for the sheet "{SHEET}", found {", ".join(sheets)}. '
            "Give the monthly workbook of the Pink Sheet."
        )
    grid, report = sheets[SHEET], Report()
    release = f"wb{_updated(grid, name)}"
    months = [(i + 1, row) for i, row in enumerate(grid) if MONTH.fullmatch(str(row[0] or ""))]
    if not months:
        raise UserError(
            f'{name}: no row of sheet "{SHEET}" begins with a month (1960M01). '
            "The layout is another; nothing was written."
        )
    names, units = _header(grid, months[0][0] - 1, name)
    definitions = _definitions(sheets.get(DESCRIPTION, []), names)
    prices, described = report.table("prices_monthly"), report.table("price_series")
    for column, series in enumerate(names):
        rule, unit = ref.commodity((series,), "price"), UNITS.get(units[column])
        if not series or rule is None or unit is None:
            if series:
                prices.read += len(months)
                reason = f"unit {units[column]} is not known" if rule else ""
                prices.refuse(reason or "series of no mineral in data/commodities.csv", len(months))
            continue
        about = {"mineral": rule["mineral"], "series": series, "unit": unit}
        for _ in described.each([series]):
            described.keep(**about, definition=definitions[series])
        for number, row in prices.each(months):
            cell = row[column]
            if cell in MISSING:
                prices.refuse("no price in that month (printed as an ellipsis)")
            elif not workbook.is_number(cell) or not 0 <= cell < MOST:
                prices.refuse(f'"{cell}" is not a price')
            else:
                where = f'{name}, sheet "{SHEET}" row {number}'
                month = str(row[0]).replace("M", "-")
                prices.keep(**about, month=month, value=exact(cell), **{WHERE: where})
    return report.frames(release, lines=len(months)), report


def _updated(grid: workbook.Grid, name: str) -> str:
    """Return year and month the workbook was updated in."""
    dates = (re.search(r"Updated on (\w+ \d+, \d{4})", str(row[0] or "")) for row in grid[:10])
    try:
        day = dt.datetime.strptime(next(date[1] for date in dates if date), "%B %d, %Y")
    except (StopIteration, ValueError):
        raise UserError(
            f'{name}: the first ten rows do not say "Updated on <month day, year>". '
            "The layout is another; nothing was written."
        ) from None
    return f"{require_year(day.year, name)}-{day.month:02}"


def _header(grid: workbook.Grid, first: int, name: str) -> tuple[list[str], list[str]]:
    """Return names and units of the columns: the two last rows above the months that look like them."""
    units = next((i for i in range(first - 1, 0, -1) if any(str(cell) in UNITS for cell in grid[i])), None)
    if units is None:
        raise UserError(
            f"{name}: no row of units ({', '.join(UNITS)}) above the months. "
            "The layout is another; nothing was written."
        )
    names = [re.sub(r"\s*\*+$", "", UNSEEN.sub("", str(cell or ""))).strip() for cell in grid[units - 1]]
    return names, [str(cell or "").strip() for cell in grid[units]]


def _definitions(described: workbook.Grid, series: list[str]) -> dict[str, str]:
    """Return what the sheet Description says each series is: the last text that begins with its name."""
    texts = [" ".join(UNSEEN.sub("", str(c or "")).split()) for row in described for c in row[:3]]
    return {
        name: next((t for t in reversed(texts) if len(t) > 25 and re.match(rf"{stem}\s*[(,]", t)), "")
        for name in series
        for stem in [re.escape(name.split(",")[0])]
    }


ingest = ingester(read)
