"""The IEA's Critical Minerals workbook as it is published (CM_Data_Explorer.xlsx).

Its sheets of total demand and of supply.

Blocks are found by their words, not by their place: editions differ in years, scenarios and minerals, and the
first has no supply.
"""

import re
from typing import Any

from chokepoint.data.ingest.workbook import Grid, sheets
from chokepoint.errors import UserError

DEMAND = "1 Total demand for key minerals"
SUPPLY = "2 Total supply for key minerals"
# What the workbook calls a mineral → its name in the column iea_name of data/minerals.csv, where that
# differs.
MINERALS = {
    "magnet rare earth elements": "Rare Earth Elements",
    "graphite (all grades: natural and synthetic)": "Graphite",
}
SCENARIOS = {
    "stated policies": "STEPS",
    "announced pledges": "APS",
    "net zero emissions": "NZE",
    "current policies": "CPS",
}
TOTALS = {  # pattern of a row's label → its name in the JSON conversion
    r"total (clean|energy)": "totalClean",
    r"other uses$": "otherUses",
    r"total demand$": "totalDemand",
}
YEARS = range(2000, 2101)


def read(name: str, content: bytes) -> dict | None:
    """Return what the workbook holds, in the shape of the JSON conversion.

    None where it is another workbook.
    """
    found = sheets(name, content)
    if DEMAND not in found:
        return None
    return {"totalDemand": _demand(name, found[DEMAND]), "supply": _supply(name, found.get(SUPPLY, []))}


def _demand(name: str, rows: Grid) -> dict[str, dict]:
    """Return demand by mineral and use.

    A block begins with the mineral's name alone in its row and ends with its total.
    """
    columns = _scenario_columns(name, rows)
    minerals: dict[str, dict] = {}
    block: dict | None = None
    for row in rows:
        label = _words(row[0])
        values = {column: row[column] for column in columns if column < len(row) and row[column] is not None}
        if label and not values:
            other = re.match("note|mineral|total demand for", label, re.I)
            block = None if other else minerals.setdefault(_mineral(label), {"sectors": {}})
        elif label and block is not None and not label.lower().startswith("share of"):
            total = next((name for pattern, name in TOTALS.items() if re.match(pattern, label, re.I)), None)
            (block if total else block["sectors"])[total or label] = _series(columns, values)
    partial = [m for m, block in minerals.items() if not set(TOTALS.values()) <= set(block)]
    if partial or not minerals:
        raise UserError(
            f'{name}, sheet "{DEMAND}": the layout is another ({", ".join(sorted(partial)) or "no mineral"}: '
            "no total of clean energy, other uses and all). Nothing was written."
        )
    return minerals


def _years(row: list[Any]) -> dict[int, int]:
    """Return the years that stand in a row, by column."""
    return {i: int(cell) for i, cell in enumerate(row) if isinstance(cell, int | float) and cell in YEARS}


def _scenario_columns(name: str, rows: Grid) -> dict[int, tuple[str, str]]:
    """Return column → scenario and year.

    The row of years is the first with four; scenarios stand above it, each over its first year.
    """
    for at, row in enumerate(rows[:12]):
        years = _years(row)
        if len(years) < 4:
            continue
        above = [_words(cell) for cell in rows[at - 1]] if at else []
        columns, scenario = {}, "history"
        for i in range(max(years) + 1):
            if i < len(above) and above[i]:
                known = (short for words, short in SCENARIOS.items() if above[i].lower().startswith(words))
                scenario = next(known, above[i])
            if i in years:
                columns[i] = (scenario, str(years[i]))
        scenarios = [scenario for scenario, _ in columns.values()]
        if scenarios.count("history") == 1 and len(set(scenarios)) > 1:
            return columns
    raise UserError(
        f'{name}, sheet "{DEMAND}": expected a base year, then years under each scenario; the layout is '
        "another. "
        "Nothing was written."
    )


def _series(columns: dict[int, tuple[str, str]], values: dict[int, object]) -> dict:
    """Return year → value of the base year, and scenario → year → value."""
    series: dict = {}
    for column, value in values.items():
        scenario, year = columns[column]
        (series if scenario == "history" else series.setdefault(scenario, {}))[year] = value
    return series


def _supply(name: str, rows: Grid) -> dict[str, dict]:
    """Return supply by mineral, stage and country.

    A block begins with "Copper - Mining" and ends with its total; two stand side by side.
    """
    years = next((years for row in rows if len(years := _years(row)) >= 3), {})
    starts = sorted({c for row in rows for c, cell in enumerate(row) if _side(cell)}) if years else []
    supply: dict[str, dict] = {}
    for start, end in zip(starts, [*starts[1:], max(map(len, rows), default=0)], strict=False):
        columns = {i: str(year) for i, year in years.items() if start < i < end}
        block: dict | None = None
        for row in rows:
            label = _words(row[start])
            if side := _side(label):
                block = supply.setdefault(_mineral(side[0]), {}).setdefault(side[1], {"countries": {}})
            elif label.lower().startswith("note"):
                block = None
            elif block is not None and label and not re.match("top |share", label, re.I):
                series = {year: row[i] for i, year in columns.items() if row[i] is not None}
                total = label.lower() == "total"
                (block if total else block["countries"])["total" if total else label] = series
    if any("total" not in side for sides in supply.values() for side in sides.values()):
        raise UserError(
            f'{name}, sheet "{SUPPLY}": a mineral has no total; the layout is another. Nothing was written.'
        )
    return supply


def _side(cell: object) -> tuple[str, str] | None:
    """Return the mineral and the stage of a block's first cell.

    >>> _side("Copper - Mining"), _side("Magnet rare earth elements - Refining (kt)"), _side("Chile")
    (('Copper', 'mining'), ('Magnet rare earth elements', 'refining'), None)
    """
    found = re.match(r"(.+?) [-–—] (mining|refining)\b", _words(cell), re.I)
    return (found[1], found[2].lower()) if found else None


def _mineral(label: str) -> str:
    return MINERALS.get(label.lower(), label)


def _words(cell: object) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""
