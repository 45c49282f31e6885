"""China's exports of magnets, rare earths, gallium and germanium, as the press quotes its customs.

One CSV, an address a row.
"""

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.data.ingest.files import members, need, sheet
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

PRODUCTS = {  # printed product → (mineral, what is counted)
    "rare-earth magnets": ("rare_earths", "magnets"),
    "rare earths (17 elements)": ("rare_earths", "compounds and metals"),
    "gallium": ("gallium", "metal and articles"),
    "germanium": ("germanium", "metal and articles"),
}
COLUMNS = ["product", "period", "destination", "value", "unit", "kind", "note", "source_url"]
PERIOD = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:/(\d\d))?|(Q[1-4]|H[12])))?")
KINDS = ("reported", "derived")


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `china_exports`, tonnes by period and destination."""
    report = Report()
    tally = report.table("china_exports")
    for name, content in members(path, ".csv").items():
        table = sheet(name, content)
        need(table, COLUMNS)
        for line, row in tally.each(table.rows):
            tally.keep(**_row(f"{name} line {line}", row, ref))
    if not tally.rows:
        raise UserError(f"{path}: no figure found. Give the CSV with product, period, destination and value.")
    return report.frames(f"customs{max(row['last_month'] for row in tally.rows)}"), report


def _row(where: str, row: dict[str, str], ref: Reference) -> dict[str, object]:
    faults = {
        f'product "{row["product"]}" is none of {", ".join(PRODUCTS)}': row["product"] not in PRODUCTS,
        f'"{row["value"]} {row["unit"]}" is not a number of tonnes (t)': (
            not re.fullmatch(r"\d+(\.\d+)?", row["value"]) or row["unit"] != "t"
        ),
        f"kind must be {' or '.join(KINDS)} and source_url an https address": (
            row["kind"] not in KINDS or not row["source_url"].startswith("https://")
        ),
    }
    if fault := next((message for message, applies in faults.items() if applies), None):
        raise UserError(f"{where}: {fault}. Nothing was written.")
    place = areas.require_country(row["destination"], ref.areas, where, ("country", "world"))
    mineral, product = PRODUCTS[row["product"]]
    first, last = months(row["period"], where)
    return {
        "mineral": mineral,
        "product": product,
        "area": place.name,
        "iso3": place.iso3,
        "first_month": first,
        "last_month": last,
        "value_t": float(row["value"]),
        "kind": row["kind"],
        "note": row["note"],
        "url": row["source_url"],
    }


def months(period: str, where: str = "") -> tuple[str, str]:
    """Return the first and last month of a period.

    >>> months("2025-05"), months("2025-Q1"), months("2025-H1")
    (('2025-05', '2025-05'), ('2025-01', '2025-03'), ('2025-01', '2025-06'))
    >>> months("2025-01/10"), months("2024")
    (('2025-01', '2025-10'), ('2024-01', '2024-12'))
    """
    parts = PERIOD.fullmatch(period)
    if not parts:
        raise UserError(
            f'{where}: period "{period}" is not a year, a month, a range of months, a quarter or a half. '
            "Nothing was written."
        )
    year, first, last, block = parts.groups()
    if block:
        size = 3 if block[0] == "Q" else 6
        end = size * int(block[1])
        return f"{year}-{end - size + 1:02}", f"{year}-{end:02}"
    return f"{year}-{first or '01'}", f"{year}-{last or first or '12'}"


ingest = ingester(read)
