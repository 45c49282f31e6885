"""A copy of the data in which every number of the hand-kept tables is another, each by an amount of its own."""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell of a table: key is that of its row, its parts joined by |."""

    table: str
    key: str
    column: str


class Move(NamedTuple):
    """What a cell was and is, and the unit of both; path and row (the header is row 1) are where it stands."""

    was: float
    now: float
    unit: str
    path: str
    row: int


def hand_kept(folder: Path) -> Iterator[dict]:
    """Every table that people keep by hand, as declared: those of releases are written by `ingest`."""
    for declared in json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        if declared["path"].endswith(".csv") and not declared["path"].startswith("minerals/"):
            if isinstance(declared["schema"], str):
                declared["schema"] = json.loads((folder / declared["schema"]).read_text(encoding="utf-8"))
            yield declared


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a file, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write the rows of a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def move_all(folder: Path, under: str = "") -> dict[Cell, Move]:
    """Move every number of the hand-kept tables of the data at `folder`, and say how; of all, or those `under` a path.

    Cells of a row that are equal stay equal, and those that bound each other keep their order.
    A number of the ledger is one that no other table holds.
    """
    moved: dict[Cell, Move] = {}
    for declared in hand_kept(folder):
        if not declared["path"].startswith(under):
            continue
        path, key = folder / declared["path"], declared["schema"]["primaryKey"]
        numeric = {f["name"]: f for f in declared["schema"]["fields"] if f["type"] in NUMBERS}
        rows = rows_of(path)
        for at, row in enumerate(rows, 2):
            of_row = "|".join(row[part] for part in ([key] if isinstance(key, str) else key))
            stated = {"value": {"type": "number"}} if row.get("value_type") == "number" else {}
            filled = {c: f for c, f in (numeric | stated).items() if row[c]}
            was = {column: float(row[column]) for column in filled}
            step = len(moved) + 1
            for column in sorted(filled, key=lambda c: was[c]):
                field, own = filled[column], filled[column].get("unit", "column unit")
                unit = row.get("unit", "") if "column unit" in own else own
                equal = next(
                    (
                        c
                        for c in BOUNDING & filled.keys()
                        if was[c] == was[column] and float(row[c]) != was[c]
                    ),
                    "",
                )
                step += 1
                if declared["name"] == "assumptions":
                    now = _of_assumption(column, was, step)
                elif equal and column in BOUNDING:
                    now = float(row[equal])
                else:
                    now = _of_evidence(field, was[column], unit, step)
                row[column] = f"{now:.12g}"
                moved[Cell(declared["name"], of_row, column)] = Move(
                    was[column], now, unit, declared["path"], at
                )
        if numeric or any("value_type" in row for row in rows):
            write(path, rows)
    return moved


NUMBERS = ("number", "integer", "year")
# Columns of which one bounds another.
BOUNDING = {
    *("value", "value_low", "value_high"),
    *("amount_usd_m", "amount_low_usd_m", "amount_high_usd_m"),
}


def _of_evidence(field: dict, was: float, unit: str, step: int) -> float:
    """Another number of the same kind: what is counted stays whole, a share below its bound."""
    if field["type"] == "year" or unit == "year":
        return was - 1
    limits = field.get("constraints", {})
    if field["type"] == "integer" and "maximum" in limits:
        return was - 1 if was > limits.get("minimum", 0) else was + 1
    if not was:
        return step / 1e5
    if "maximum" in limits:
        return round(was * (0.8 + step / 1e5), 6)
    measured = "$" in unit or unit == "percent"
    if field["type"] == "integer" or abs(was) >= 1000 or (was == round(was) and not measured):
        return was + math.copysign(1000 + step, was)
    return round(was * (1.07 + step / 1e4), 5)


def _of_assumption(column: str, was: dict[str, float], step: int) -> float:
    """Another default inside its range, and a range a little wider, where its end is no bound such as 0 or 1."""
    old, span = was[column], was["high"] - was["low"]
    if column == "step":
        return float(f"{old * (1 + step / 1e5):.7g}")
    if column == "value":
        inside = was["low"] + span / 100 + (old - was["low"]) * 0.97
        return float(f"{inside + span * step / 1e6:.6g}")
    if old in (0, 1):
        return float(f"{old + math.copysign(span * step / 1e6, 0.5 - old):.6g}")
    wider = math.copysign(abs(old) * step / 1e5, 1 if column == "high" else -1)
    return float(f"{old + wider:.6g}")
