"""Figures that break a rule of plausibility and are right: read for the rules, and written where a user accepts them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from chokepoint.ingest import standing
from chokepoint.ingest.plausible import SERIES, Finding, Known

COLUMNS = ["release", "table", "rule", "key", "value", "reason", "source_id"]
# States that are no more, by the code they had.
FORMER_STATES = {
    "SUN": "Soviet Union",
    "CSK": "Czechoslovakia",
    "YUG": "Yugoslavia",
    "SCG": "Serbia and Montenegro",
    "DDR": "German Democratic Republic",
}


def read(data: Path) -> Known:
    """What the project accepts; nothing where the tables that say so are not there."""
    return Known(_rows(Path(data) / "known_exceptions.csv"), _rows(Path(data) / "known_gaps.csv"))


def areas(data: Path) -> dict[str, str]:
    """ISO code -> name of every area, states that are no more included; nothing where there is no data/geography.csv."""
    rows = _rows(Path(data) / "geography.csv")
    return FORMER_STATES | {row["iso3"]: row["name"] for row in rows} if rows else {}


def _rows(path: Path) -> list[dict[str, str]]:
    return standing.text(path).to_dict("records") if path.is_file() else []


def key(table: str, row: dict[str, str]) -> str:
    """What tells a row from all others of its table, over all releases: `mineral=tin;area=Peru;year=2025`."""
    names = [c for c in [*SERIES.get(table, ["mineral", "commodity", "detail", "area"]), "year", "month"] if row.get(c)]
    return ";".join(f"{name}={row[name]}" for name in names)


def with_accepted(data: Path, found: list[tuple[Finding, dict[str, str]]]) -> dict[Path, str]:
    """data/known_exceptions.csv with a row for every finding that was accepted: path -> text; nothing where there is none."""
    if not found:
        return {}
    path = Path(data) / "known_exceptions.csv"
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    if not path.is_file():
        writer.writerow(COLUMNS)
    for finding, row in found:
        reason = f"Accepted when the release was read (--accept {finding.table}.{finding.column})."
        value = row.get(finding.column, "")
        writer.writerow([finding.release, finding.table, finding.rule, key(finding.table, row), value, reason, finding.release.upper()])
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    return {path: before + ("" if before.endswith("\n") or not before else "\n") + made.getvalue()}
