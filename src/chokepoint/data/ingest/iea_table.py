"""A long table of the IEA's mining and refining by country, retyped from its workbook.

One CSV with a figure a row: mineral, stage, area, scenario, year, value, unit. It may hold mining alone, as
the edition of July 2026 that is at hand does; what it does not hold is left as other editions give it.
"""

from chokepoint.data.ingest.files import Sheet, need, sheet
from chokepoint.errors import UserError

COLUMNS = ["mineral", "stage", "area", "scenario", "year", "value", "unit"]
# What the table calls a mineral → its name in the column iea_name of data/minerals.csv, where that is not the
# same but for capitals.
MINERALS = {"graphite (natural)": "Graphite", "magnet rare earths": "Rare Earth Elements"}
SIDES, SCENARIO, UNIT, WORLD = ("mining", "refining"), "base case", "kt", "World"


def read(name: str, content: bytes) -> dict | None:
    """Return what the table holds, in the shape of the JSON conversion; None where it is another table.

    UserError, with the line, for a figure that is none, another unit or scenario, a figure given twice, a
    year that a country has and the world has not.
    """
    table = sheet(name, content)
    if not {"mineral", "stage", "scenario"} <= set(table.header):
        return None
    need(table, COLUMNS)
    supply: dict[str, dict] = {}
    for line, row in table.rows:
        side = supply.setdefault(_mineral(row["mineral"]), {}).setdefault(
            _side(table, line, row), {"countries": {}, "total": {}}
        )
        world = row["area"] == WORLD
        series = side["total"] if world else side["countries"].setdefault(row["area"], {})
        if row["year"] in series:
            raise _fault(table, line, f"{row['mineral']}, {row['area']}, {row['year']} is given twice")
        series[row["year"]] = float(row["value"])
    _require_totals(name, supply)
    return {"supply": supply, "totalDemand": {}}


def _side(table: Sheet, line: int, row: dict[str, str]) -> str:
    """Return mining or refining, of a row that reads as it must."""
    faults = {
        f'stage "{row["stage"]}" is none of {", ".join(SIDES)}': row["stage"] not in SIDES,
        f'scenario "{row["scenario"]}" is not "{SCENARIO}"': row["scenario"] != SCENARIO,
        f'unit "{row["unit"]}" is not {UNIT} (thousand tonnes)': row["unit"] != UNIT,
        f'"{row["year"]}" is not a year': not (row["year"].isdecimal() and len(row["year"]) == 4),
        f'"{row["value"]}" is not an output': not row["value"].replace(".", "", 1).isdecimal(),
    }
    if fault := next((message for message, applies in faults.items() if applies), None):
        raise _fault(table, line, fault)
    return row["stage"]


def _require_totals(name: str, supply: dict[str, dict]) -> None:
    """Raise UserError where the world lacks a year that a country has: half a table is no release."""
    for mineral, sides in supply.items():
        for stage, side in sides.items():
            years = {year for series in side["countries"].values() for year in series}
            if lacking := sorted(years - set(side["total"])):
                raise UserError(
                    f"{name}: {mineral}, {stage}, has countries and no {WORLD} in {', '.join(lacking)}. "
                    "Was the file cut? Nothing was written."
                )


def _mineral(printed: str) -> str:
    """Return a mineral by its name in data/minerals.csv.

    >>> _mineral("copper"), _mineral("graphite (natural)")
    ('Copper', 'Graphite')
    """
    return MINERALS.get(printed, printed[:1].upper() + printed[1:])


def _fault(table: Sheet, line: int, what: str) -> UserError:
    return UserError(f"{table.name} line {line}: {what}. Nothing was written.")
