"""Layout of MCS 2025: one wide world file, two years and the reserves side by side."""

import re

from chokepoint.data.ingest.files import Sheet, need
from chokepoint.data.ingest.tidy import Reading, Tables, from_note

COLUMNS = ["SOURCE", "COMMODITY", "COUNTRY", "TYPE", "UNIT_MEAS"]
STATISTICS = {"PROD": "production", "CAP": "capacity", "RESERVES": "reserves"}


def fits(sheet: Sheet) -> bool:
    """Whether this is the world file (one of its column names may be misspelt)."""
    return len(set(COLUMNS) & set(sheet.header)) >= 3


def columns(header: list[str]) -> list[tuple[str, str, int, bool, str]]:
    """Return the value columns: name, table, year, whether an estimate, and the column of their notes.

    >>> columns(["PROD_EST_ 2024", "PROD_NOTES"])
    [('PROD_EST_ 2024', 'production', 2024, True, 'PROD_NOTES')]
    """
    found = []
    for name in header:
        parts = re.fullmatch(r"(PROD|CAP|RESERVES?)_(EST_)? ?(\d{4})", name)
        if parts:
            stem = parts[1] if parts[1] in STATISTICS else "RESERVES"
            notes = next((h for h in header if re.fullmatch(rf"{stem[:7]}S?_NOTES?", h)), "")
            found.append((name, STATISTICS[stem], int(parts[3]), bool(parts[2]), notes))
    return found


def read(sheet: Sheet, tables: Tables) -> None:
    """Add every figure of the world file to the tables.

    A cell with neither figure nor note is not a reading.
    """
    need(sheet, COLUMNS)
    found, unit_of = columns(sheet.header), {}
    for line, row in sheet.rows:
        if row["UNIT_MEAS"]:
            unit_of[row["COMMODITY"]] = row["UNIT_MEAS"]
        where = f"{sheet.name} line {line}"
        tables.worlds([r for column in found if (r := _reading(row, column, unit_of, where))])


def _reading(row: dict[str, str], column: tuple, unit_of: dict[str, str], where: str) -> Reading | None:
    name, table, year, estimate, notes = column
    note = row.get(notes, "")
    printed = row.get(name, "") or from_note(note, year)
    if not printed:
        return None
    words = f"{row['TYPE']} {note}".lower()
    capacity = "capacity" in row["TYPE"].lower() and "production" not in row["TYPE"].lower()
    return Reading(
        table="capacity" if capacity and table == "production" else table,
        names=(row["COMMODITY"],),
        text=row["TYPE"],
        area=row["COUNTRY"],
        year=year,
        printed=printed,
        unit=row["UNIT_MEAS"] or unit_of.get(row["COMMODITY"], ""),
        notes=""
        if note == printed
        or re.fullmatch(r"(na|xx|w for.*|estimated( for)? \d{4}|re(ported|proted)\.?)", note, re.I)
        else note,
        estimated=("estimated" in words or estimate)
        and not re.search(r"\bre(por|pro)ted\b", note, re.I)
        and table != "reserves",
        where=where,
    )
