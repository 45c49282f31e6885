"""The European Commission's study on critical raw materials (2023).

Who extracts and processes, and risk over five editions.

Shares are averages of 2016–20, and of the study's own list of producers.
"""

import re
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.data.ingest.files import Sheet, members, need, sheet
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Entry, Reference
from chokepoint.data.ingest.report import Report, Tally
from chokepoint.errors import UserError

RELEASE = "eustudy2023"
STAGES = {"E": "mine", "P": "refinery"}
SHARES = {"GlobalSupplyShares": "world", "EUSupplyShares": "EU supply"}
SCORES = "CRMsOverTime"
NO_MINERAL = "a material of no mineral in data/crosswalk.csv"


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read `eu_supply_shares` (percent, 2016–20 average) and `eu_criticality` (scores by edition)."""
    ours, report = ref.crosswalk("eu"), Report()
    for name, content in members(path, ".csv").items():
        scope = next((label for stem, label in SHARES.items() if stem in name), None)
        if scope:
            table = sheet(name, _with_plain_header(content))
            _shares(table, scope, ours, ref, report.table("eu_supply_shares"))
        elif SCORES in name:
            _scores(sheet(name, content), ours, report.table("eu_criticality"))
        else:
            report.unused_files.append(Path(name).name)
    tables = report.frames(RELEASE)
    if not tables:
        raise UserError(
            f"{path}: looked for the study's tables ({', '.join([*SHARES, SCORES])}), found none. Nothing "
            "was written."
        )
    return tables, report


def _with_plain_header(content: bytes) -> bytes:
    """Spell the Latin-1 euro sign of a header, which is no text in any encoding.

    The column it stands in is not read.
    """
    return content.replace(b"\x80", b"EUR", 1) if b"\x80" in content.split(b"\n", 1)[0] else content


def _shares(table: Sheet, scope: str, ours: dict[str, Entry], ref: Reference, tally: Tally) -> None:
    need(table, ["Material", "Stage", "Country", "Share"])
    for line, row in tally.each(table.rows):
        where, entry = f"{table.name} line {line}", ours.get(row["Material"])
        place, stage = areas.area(row["Country"], ref.areas), STAGES.get(row["Stage"])
        if entry is None:
            tally.refuse(NO_MINERAL)
        elif place.kind != "country" or stage is None:
            raise UserError(
                f"{where}: {areas.unknown(row['Country'], ref.areas)} or stage {row['Stage']!r} is not E "
                "or P."
            )
        elif row["Share"].startswith("<"):
            tally.refuse("a share under a tenth of a per cent, printed as a bound")
        else:
            tally.keep(
                mineral=entry.mineral,
                product=entry.product or row["Material"],
                stage=stage,
                scope=scope,
                area=place.name,
                iso3=place.iso3,
                share_pct=_percent(row["Share"], where),
            )


def _percent(cell: str, where: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?%?", cell):
        raise UserError(f"{where}: {cell!r} is not a share in per cent. Nothing was written.")
    value = float(cell.rstrip("%"))
    if value > 100:
        raise UserError(f"{where}: a share of {cell} is over 100%. Nothing was written.")
    return value


def _scores(table: Sheet, ours: dict[str, Entry], tally: Tally) -> None:
    need(table, ["Material", "Year", "SR", "EI"])
    for line, row in tally.each(table.rows):
        entry, scores = ours.get(row["Material"]), (row["SR"], row["EI"])
        if entry is None:
            tally.refuse(NO_MINERAL)
        elif "-" in scores or "" in scores:
            tally.refuse("not scored in that edition")
        else:
            try:
                risk, importance = map(float, scores)
            except ValueError:
                raise UserError(
                    f"{table.name} line {line}: {row['SR']!r} or {row['EI']!r} is not a score. Nothing was "
                    "written."
                ) from None
            tally.keep(
                mineral=entry.mineral,
                product=entry.product or row["Material"],
                year=int(row["Year"]),
                supply_risk=risk,
                economic_importance=importance,
            )


ingest = ingester(read)
