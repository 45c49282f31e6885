"""China's exports of rare-earth magnets, rare earths, gallium and germanium, as the press quotes its customs: one CSV, an address a row."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, package, reference
from chokepoint.data.ingest.files import members, need, sheet
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

PRODUCTS = {  # printed product → (mineral, what is counted)
    "rare-earth magnets": ("rare_earths", "magnets"),
    "rare earths (17 elements)": ("rare_earths", "compounds and metals"),
    "gallium": ("gallium", "metal and articles"),
    "germanium": ("germanium", "metal and articles"),
}
PERIOD = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:/(\d\d))?|(Q[1-4]|H[12])))?")
KINDS = ("reported", "derived")


def ingest(path: Path, data: Path) -> Report:
    """Read the compilation (a CSV, or a folder or zip with it) and write `china_exports` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `china_exports`, tonnes by period and destination, and the report."""
    report, rows = Report(release=""), []
    tally = report.table("china_exports")
    for name, content in members(path, ".csv").items():
        table = sheet(name, content)
        need(table, ["product", "period", "destination", "value", "unit", "kind", "note", "source_url"])
        for line, row in table.rows:
            tally.read += 1
            tally.kept += 1
            rows.append(_row(f"{name} line {line}", row, ref))
    if not rows:
        raise UserError(f"{path}: no figure found. Give the CSV with product, period, destination and value.")
    report.release = f"customs{max(row['last_month'] for row in rows)}"
    report.rows.read = report.rows.kept = tally.read
    return {"china_exports": pd.DataFrame(rows).assign(source_id=report.release.upper())}, report


def _row(where: str, row: dict[str, str], ref: Reference) -> dict:
    if row["product"] not in PRODUCTS:
        raise UserError(
            f'{where}: product "{row["product"]}" is none of {", ".join(PRODUCTS)}. Nothing was written.'
        )
    place = areas.area(row["destination"], ref.areas)
    if place.kind not in ("country", "world"):
        raise UserError(f"{where}: {areas.unknown(row['destination'], ref.areas)}. Nothing was written.")
    if not re.fullmatch(r"\d+(\.\d+)?", row["value"]) or row["unit"] != "t":
        raise UserError(
            f'{where}: "{row["value"]} {row["unit"]}" is not a number of tonnes (t). Nothing was written.'
        )
    if row["kind"] not in KINDS or not row["source_url"].startswith("https://"):
        raise UserError(
            f"{where}: kind must be {' or '.join(KINDS)} and source_url an https address. Nothing was written."
        )
    mineral, product = PRODUCTS[row["product"]]
    first, last = months(row["period"], where)
    return {
        "mineral": mineral, "product": product, "area": place.name, "iso3": place.iso3, "first_month": first, "last_month": last,
        "value_t": float(row["value"]), "kind": row["kind"], "note": row["note"], "url": row["source_url"],
    }  # fmt: skip


def months(period: str, where: str = "") -> tuple[str, str]:
    """First and last month of a period.

    >>> months("2025-05"), months("2025-Q1"), months("2025-H1"), months("2025-01/10"), months("2024")
    (('2025-05', '2025-05'), ('2025-01', '2025-03'), ('2025-01', '2025-06'), ('2025-01', '2025-10'), ('2024-01', '2024-12'))
    """
    parts = PERIOD.fullmatch(period)
    if not parts:
        raise UserError(
            f'{where}: period "{period}" is not a year, a month, a range of months, a quarter or a half. Nothing was written.'
        )
    year, first, last, block = parts.groups()
    if block:
        size = 3 if block[0] == "Q" else 6
        end = size * int(block[1])
        return f"{year}-{end - size + 1:02}", f"{year}-{end:02}"
    return f"{year}-{first or '01'}", f"{year}-{last or first or '12'}"
