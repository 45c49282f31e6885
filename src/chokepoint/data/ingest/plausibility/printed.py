"""Values that are not what is printed in their own row, in its unit.

Rows that were corrected may differ by their factor.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from chokepoint.data.ingest import values
from chokepoint.data.ingest.plausibility.finding import NUMBERS, Finding, Row, Table, Tables, amount
from chokepoint.data.ingest.reference import records
from chokepoint.data.ingest.salient import QUANTITIES

COLUMNS = ("printed", "printed_unit", "unit", "statistic", "correction_id", *NUMBERS)


def misread(tables: Tables, corrections: pd.DataFrame) -> Iterator[Finding]:
    """Find values that are not what is printed. `corrections`: rows of data/corrections.csv."""
    fixes = {fix["correction_id"]: fix for fix in records(corrections)}
    for (release, name), frame in tables.items():
        if "printed" not in frame or "value" not in frame:
            continue
        table, columns = Table(release, name, frame), [c for c in COLUMNS if c in frame]
        faults: dict[tuple, tuple[str, str] | None] = {}
        for label, *cells in frame[columns][~_as_printed(table)].itertuples(name=None):
            state = tuple(cells)
            if state not in faults:
                faults[state] = _fault(name, dict(zip(columns, cells, strict=True)), fixes)
            if fault := faults[state]:
                yield table.finding(label, fault[0], "printed", fault[1])


def _as_printed(table: Table) -> np.ndarray:
    """Mark the rows whose value is the printed number in its unit: nearly all, and quickly seen."""
    frame = table.rows
    number = pd.to_numeric(frame["printed"].str.replace(",", ""), errors="coerce").to_numpy(float)
    if "printed_unit" in frame:
        units = records(frame[[c for c in ("printed_unit", "unit", "statistic") if c in frame]])
        factors = {tuple(u.values()): _unit_factor(table.name, u) or np.nan for u in units}
        number = number * np.array([factors[tuple(u.values())] for u in units], dtype=float)
    empty = (frame[[c for c in ("low", "high") if c in frame]] == "").all(axis=1).to_numpy()
    return empty & np.isclose(number, table.numbers().to_numpy(float), rtol=1e-9, atol=0)


def _fault(table: str, row: Row, corrections: dict[str, Row]) -> tuple[str, str] | None:
    """Return the first column whose number is not the printed one, and what is wrong with it."""
    factor = _unit_factor(table, row)
    for fix in (corrections.get(name, {}) for name in row.get("correction_id", "").split(";")):
        if fix.get("action") == "scale":
            factor = factor and factor * float(fix["value"])
        elif fix.get("action") == "supersede" or fix.get("column") in NUMBERS:
            return None
    if factor is None:
        return None
    for column, stated in zip(NUMBERS, values.parse(row["printed"])[:3], strict=True):
        cell = row.get(column, "")
        if column not in row or (stated is None and cell == ""):
            continue
        try:
            number = float(cell) if cell else None
        except ValueError:
            return None  # it is reported already that this is no number
        if (
            stated is None
            or number is None
            or not math.isclose(number, stated * factor, rel_tol=1e-6, abs_tol=1e-12)
        ):
            unit = f" {row['printed_unit']}" if row.get("printed_unit") else ""
            expected = "nothing" if stated is None else amount(stated * factor, row)
            found = "nothing" if number is None else amount(number, row)
            return column, f'{found} is not the "{row["printed"]}"{unit} printed in this row: {expected}'
    return None


def _unit_factor(table: str, row: Row) -> float | None:
    """Return the factor from the printed unit to that of the table; None where it is not known here."""
    printed = row.get("printed_unit")
    if printed is None or table == "prices":
        return 1.0
    if table == "salient" and (row["unit"] in ("percent", "count") or printed in QUANTITIES):
        return 1.0
    if table == "iea_production":
        return 1000.0 if printed == "thousand tons" else None
    unit = values.unit(printed)
    return unit and unit[1]
