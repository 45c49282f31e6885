"""The IEA's Critical Minerals workbook as it is published (CM_Data_Explorer.xlsx): its sheets of total demand and of supply.

Blocks are found by their words, not by their place: editions differ in years, scenarios and minerals, and the first has no supply.
"""

from __future__ import annotations

import re

from chokepoint.data.ingest.workbook import sheets
from chokepoint.errors import UserError

DEMAND = "1 Total demand for key minerals"
SUPPLY = "2 Total supply for key minerals"
# What the workbook calls a mineral -> its name in the column iea_name of data/minerals.csv, where that differs.
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
YEARS = range(2000, 2101)


def read(name: str, content: bytes) -> dict | None:
    """What the workbook holds, in the shape of the JSON conversion (`supply`, `totalDemand`); None where it is another workbook."""
    found = sheets(name, content)
    if DEMAND not in found:
        return None
    return {"totalDemand": _demand(name, found[DEMAND]), "supply": _supply(name, found.get(SUPPLY, []))}


def _demand(name: str, rows: list[list[object]]) -> dict[str, dict]:
    """Demand by mineral and use: a block begins with the mineral's name alone in its row and ends with its total."""
    columns = _scenario_columns(name, rows)
    minerals: dict[str, dict] = {}
    block: dict | None = None
    for row in rows:
        label = _words(row[0])
        values = {column: row[column] for column in columns if column < len(row) and row[column] is not None}
        if label and not values:
            started = {"sectors": {}}
            block = (
                None
                if re.match("note|mineral|total demand for", label, re.I)
                else minerals.setdefault(_mineral(label), started)
            )
        elif label and block is not None:
            series = _series(columns, values)
            if label.lower().startswith("share of"):
                continue
            if re.match(r"total (clean|energy)", label, re.I):
                block["totalClean"] = series
            elif label.lower() == "other uses":
                block["otherUses"] = series
            elif label.lower() == "total demand":
                block["totalDemand"] = series
            else:
                block["sectors"][label] = series
    whole = {m: b for m, b in minerals.items() if {"totalClean", "otherUses", "totalDemand"} <= set(b)}
    if not whole or set(minerals) - set(whole):
        odd = ", ".join(sorted(set(minerals) - set(whole))) or "no mineral"
        raise UserError(
            f'{name}, sheet "{DEMAND}": the layout is another ({odd}: no total of clean energy, other uses and all). Nothing was written.'
        )
    return whole


def _scenario_columns(name: str, rows: list[list[object]]) -> dict[int, tuple[str, str]]:
    """Column -> scenario and year. The row of years is the first with four; scenarios stand above it, each over its first year."""
    for at, row in enumerate(rows[:12]):
        years = {
            i: int(cell) for i, cell in enumerate(row) if isinstance(cell, int | float) and cell in YEARS
        }
        if len(years) < 4:
            continue
        above = [_words(cell) for cell in rows[at - 1]] if at else []
        columns, scenario = {}, "history"
        for i in range(min(len(row), max(years) + 1)):
            if i < len(above) and above[i]:
                scenario = next(
                    (short for words, short in SCENARIOS.items() if above[i].lower().startswith(words)),
                    above[i],
                )
            if i in years:
                columns[i] = (scenario, str(years[i]))
        if (
            sum(scenario == "history" for scenario, _ in columns.values()) == 1
            and len({s for s, _ in columns.values()}) > 1
        ):
            return columns
    raise UserError(
        f'{name}, sheet "{DEMAND}": expected a base year, then years under each scenario; the layout is another. Nothing was written.'
    )


def _series(columns: dict[int, tuple[str, str]], values: dict[int, object]) -> dict:
    series: dict = {}
    for column, value in values.items():
        scenario, year = columns[column]
        if scenario == "history":
            series[year] = value
        else:
            series.setdefault(scenario, {})[year] = value
    return series


def _supply(name: str, rows: list[list[object]]) -> dict[str, dict]:
    """Supply by mineral, stage and country: a block begins with "Copper - Mining" and ends with its total; two stand side by side."""
    years_at = next(
        (i for i, row in enumerate(rows) if sum(isinstance(c, int | float) and c in YEARS for c in row) >= 3),
        None,
    )
    if years_at is None:
        return {}
    years = {
        i: str(int(c)) for i, c in enumerate(rows[years_at]) if isinstance(c, int | float) and c in YEARS
    }
    starts = sorted({c for row in rows for c, cell in enumerate(row) if _side(cell)})
    supply: dict[str, dict] = {}
    for n, start in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(rows[years_at])
        columns = {i: year for i, year in years.items() if start < i < end}
        block: dict | None = None
        for row in rows:
            label = _words(row[start])
            if side := _side(label):
                block = supply.setdefault(_mineral(side[0]), {}).setdefault(side[1], {"countries": {}})
            elif block is None or not label or re.match("top |note|share", label, re.I):
                block = None if label.lower().startswith("note") else block
            else:
                series = {year: row[i] for i, year in columns.items() if row[i] is not None}
                if label.lower() == "total":
                    block["total"] = series
                else:
                    block["countries"][label] = series
    if any("total" not in side for sides in supply.values() for side in sides.values()):
        raise UserError(
            f'{name}, sheet "{SUPPLY}": a mineral has no total; the layout is another. Nothing was written.'
        )
    return supply


def _side(cell: object) -> tuple[str, str] | None:
    """The mineral and the stage of a block's first cell.

    >>> _side("Copper - Mining"), _side("Magnet rare earth elements - Refining (kt)"), _side("Chile")
    (('Copper', 'mining'), ('Magnet rare earth elements', 'refining'), None)
    """
    found = re.match(r"(.+?) [-–—] (mining|refining)\b", _words(cell), re.I)
    return (found[1], found[2].lower()) if found else None


def _mineral(label: str) -> str:
    return MINERALS.get(label.lower(), label)


def _words(cell: object) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""
