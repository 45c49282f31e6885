"""Figures that break a rule and are right: read for the rules, and written where a user accepts them."""

import csv
import io
import math
from dataclasses import dataclass, field
from pathlib import Path

from chokepoint.data.ingest.areas import FORMER_STATES
from chokepoint.data.ingest.plausibility.finding import SERIES, Finding, Row
from chokepoint.data.ingest.reference import as_text, records

FILE = "known_exceptions.csv"
COLUMNS = ["release", "table", "rule", "key", "value", "reason", "source_id"]


@dataclass
class Accepted:
    """What the project takes to be right.

    exceptions  rows of data/known_exceptions.csv, as text
    gaps        rows of data/known_gaps.csv, as text
    areas       ISO code → name of every area, states that are no more included
    """

    exceptions: list[Row] = field(default_factory=list)
    gaps: list[Row] = field(default_factory=list)
    areas: dict[str, str] = field(default_factory=dict)

    def excepts(self, release: str, table: str, rule: str, row: Row, column: str) -> bool:
        """Whether this cell is listed, with the value that it still has."""
        return any(
            e["table"] == table
            and e["rule"] == rule
            and e["release"] in ("", release)
            and same_figure(e["value"], row[column])
            and all(
                row.get(c) == cell for c, _, cell in (part.partition("=") for part in e["key"].split(";"))
            )
            for e in self.exceptions
        )

    def explains(self, release: str, table: str, series: Row, gap: float) -> bool:
        """Whether a gap between parts and total is listed, at about this size (0.1.

        The parts are 10% more).
        """
        return any(
            g["release"] == release
            and g["table"] == table
            and all(g.get(name, "") == str(value) for name, value in series.items() if name != "commodity")
            and abs(float(g["gap"]) - gap) < 0.005
            for g in self.gaps
        )


def accepted(exceptions: list[Row], gaps: list[Row], geography: list[Row]) -> Accepted:
    """Return what rows of known_exceptions.csv, known_gaps.csv and geography.csv accept."""
    names = {row["iso3"]: row["name"] for row in geography}
    return Accepted(exceptions, gaps, FORMER_STATES | names if names else {})


def read(data: Path) -> Accepted:
    """Return what the project accepts; nothing where the tables that say so are not there."""
    paths = [Path(data) / name for name in (FILE, "known_gaps.csv", "geography.csv")]
    return accepted(*(records(as_text(path)) if path.is_file() else [] for path in paths))


def same_figure(one: str, other: str) -> bool:
    """Whether two cells hold the same number, or else the same text.

    >>> same_figure("2", "2.0"), same_figure("2", "20"), same_figure("AUS", "AUS")
    (True, False, True)
    """
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9)
    except ValueError:
        return one == other


def key(table: str, row: Row) -> str:
    """Return what tells a row from all others of its table, over all releases.

    `mineral=tin;area=Peru;year=2025`.
    """
    columns = [*SERIES.get(table, ["mineral", "commodity", "detail", "area"]), "year", "month"]
    return ";".join(f"{column}={row[column]}" for column in columns if row.get(column))


def with_accepted(data: Path, findings: list[tuple[Finding, Row]]) -> dict[Path, str]:
    """Add a row for every finding that was accepted to data/known_exceptions.csv: path → text.

    Nothing where none was.
    """
    if not findings:
        return {}
    path, text = Path(data) / FILE, io.StringIO()
    before = path.read_text(encoding="utf-8") if path.is_file() else ",".join(COLUMNS)
    text.write(before if before.endswith("\n") else before + "\n")
    writer = csv.writer(text, lineterminator="\n")
    for f, row in findings:
        reason = f"Accepted when the release was read (--accept {f.table}.{f.column})."
        cells = [f.release, f.table, f.rule, key(f.table, row), row.get(f.column, "")]
        writer.writerow([*cells, reason, f.release.upper()])
    return {path: text.getvalue()}
