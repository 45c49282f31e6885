"""The European Commission's study on critical raw materials (2023): who extracts and who processes, and supply risk over five editions.

Shares are averages of 2016–20, and of the study's own list of producers.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, crosswalk, package, reference
from chokepoint.data.ingest.files import Sheet, members, need, sheet
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

RELEASE = "eustudy2023"
STAGES = {"E": "mine", "P": "refinery"}
SHARES = {"GlobalSupplyShares": "world", "EUSupplyShares": "EU supply"}
SCORES = "CRMsOverTime"


def ingest(path: Path, data: Path) -> Report:
    """Read the study's tables (a folder or zip of CSV files) and write `eu_supply_shares` and `eu_criticality` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), Path(data), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, data: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """`eu_supply_shares` (percent, 2016–20 average) and `eu_criticality` (scores by edition), and the report."""
    ours, report = crosswalk.read(data, "eu"), Report(release=RELEASE)
    tables: dict[str, list[dict]] = {"eu_supply_shares": [], "eu_criticality": []}
    for name, content in members(path, ".csv").items():
        scope = next((label for stem, label in SHARES.items() if stem in name), None)
        if scope:
            tables["eu_supply_shares"] += _shares(
                sheet(name, _with_plain_header(content)), scope, ours, ref, report.table("eu_supply_shares")
            )
        elif SCORES in name:
            tables["eu_criticality"] += _scores(sheet(name, content), ours, report.table("eu_criticality"))
        else:
            report.unused_files.append(Path(name).name)
    if not any(tables.values()):
        raise UserError(
            f"{path}: looked for the study's tables ({', '.join([*SHARES, SCORES])}), found none. Nothing was written."
        )
    report.rows.read = report.rows.kept = sum(t.read for t in report.tables.values())
    return {
        name: pd.DataFrame(rows).assign(source_id=RELEASE.upper()) for name, rows in tables.items() if rows
    }, report


def _with_plain_header(content: bytes) -> bytes:
    """The Latin-1 euro sign of a header is no text in any encoding; the column it stands in is not read."""
    return content.replace(b"\x80", b"EUR", 1) if b"\x80" in content.split(b"\n", 1)[0] else content


def _shares(table: Sheet, scope: str, ours: dict, ref: Reference, tally) -> list[dict]:
    need(table, ["Material", "Stage", "Country", "Share"])
    rows = []
    for line, row in table.rows:
        tally.read += 1
        entry, place, stage = (
            ours.get(row["Material"]),
            areas.area(row["Country"], ref.areas),
            STAGES.get(row["Stage"]),
        )
        if entry is None:
            tally.refuse("a material of no mineral in data/crosswalk.csv")
        elif place.kind != "country" or stage is None:
            raise UserError(
                f"{table.name} line {line}: {areas.unknown(row['Country'], ref.areas)} or stage {row['Stage']!r} is not E or P."
            )
        elif row["Share"].startswith("<"):
            tally.refuse("a share under a tenth of a per cent, printed as a bound")
        else:
            tally.kept += 1
            rows.append({
                "mineral": entry.mineral, "product": entry.product or row["Material"], "stage": stage, "scope": scope,
                "area": place.name, "iso3": place.iso3, "share_pct": _percent(row["Share"], table.name, line),
            })  # fmt: skip
    return rows


def _percent(cell: str, name: str, line: int) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?%?", cell):
        raise UserError(f"{name} line {line}: {cell!r} is not a share in per cent. Nothing was written.")
    value = float(cell.rstrip("%"))
    if value > 100:
        raise UserError(f"{name} line {line}: a share of {cell} is over 100 %. Nothing was written.")
    return value


def _scores(table: Sheet, ours: dict, tally) -> list[dict]:
    need(table, ["Material", "Year", "SR", "EI"])
    rows = []
    for line, row in table.rows:
        tally.read += 1
        entry = ours.get(row["Material"])
        if entry is None:
            tally.refuse("a material of no mineral in data/crosswalk.csv")
        elif "-" in (row["SR"], row["EI"]) or not row["SR"] or not row["EI"]:
            tally.refuse("not scored in that edition")
        else:
            tally.kept += 1
            try:
                scores = {"supply_risk": float(row["SR"]), "economic_importance": float(row["EI"])}
            except ValueError:
                raise UserError(
                    f"{table.name} line {line}: {row['SR']!r} or {row['EI']!r} is not a score. Nothing was written."
                ) from None
            rows.append(
                {
                    "mineral": entry.mineral,
                    "product": entry.product or row["Material"],
                    "year": int(row["Year"]),
                    **scores,
                }
            )
    return rows
