"""British Geological Survey, world production by country since 1971: from a file that the user brings, shares and nothing else are kept.

The licence of the rows is read in two ways; shares derived from them, with the attribution, may be published (data/LICENSE.md).
A share is of the output that was reported to BGS, which is not the world: who did not report is in no sum.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest import areas, crosswalk, package, reference
from chokepoint.ingest.files import decode, members
from chokepoint.ingest.known import FORMER_STATES
from chokepoint.ingest.reference import Reference
from chokepoint.ingest.report import Report

NEEDED = ("bgs_commodity_trans", "bgs_sub_commodity_trans", "country_trans", "country_iso3_code", "year", "quantity", "units")
LEAST = 0.5  # percent: smaller shares are counted among the reporters and not listed


def ingest(path: Path, data: Path) -> Report:
    """Read the API's answers joined as one CSV (or a folder or zip of them) and write `output_shares` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), Path(data), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, data: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `output_shares` (percent of the output reported to BGS for a product and year) and the report."""
    ours, report = crosswalk.read(data, "bgs"), Report(release="")
    tally, output = report.table("output_shares"), defaultdict(dict)
    known = {iso3: name for name, iso3 in ref.areas.values()}
    for name, content in members(path, ".csv").items():
        reader = csv.DictReader(io.StringIO(decode(content, name), newline=""))
        if missing := [c for c in NEEDED if c not in (reader.fieldnames or [])]:
            raise UserError(f"{name}: column {', '.join(missing)} not found; expected the columns of the BGS service. Nothing was written.")
        for row in reader:
            tally.read += 1
            label = ": ".join(filter(None, (row["bgs_commodity_trans"], row["bgs_sub_commodity_trans"])))
            place = _place(row, known, ref)
            if label not in ours:
                tally.refuse("a product of no mineral in data/crosswalk.csv")
            elif not row["quantity"]:
                tally.refuse("no quantity")
            elif not row["year"][:4].isdigit():
                raise UserError(f"{name} line {reader.line_num}: {row['year']!r} is not a year. Nothing was written.")
            else:
                series = output[label, int(row["year"][:4])]
                if place in series:
                    raise UserError(
                        f"{name} line {reader.line_num}: {label}, {row['country_trans']}, {row['year']} is given twice. Nothing was written."
                    )
                series[place] = _quantity(row["quantity"], name, reader.line_num)
                tally.kept += 1
    if not output:
        raise UserError(f"{path}: no row is of a mineral in data/crosswalk.csv. Nothing was written.")
    report.release = f"bgs{max(year for _, year in output)}"
    rows = [row for (label, year), series in sorted(output.items()) for row in _shares(ours[label], year, series)]
    report.rows.read = report.rows.kept = tally.read
    return {"output_shares": pd.DataFrame(rows).assign(source_id=report.release.upper())}, report


def _place(row: dict, known: dict[str, str], ref: Reference) -> tuple[str, str]:
    """(name, iso3) of the country; a state that is no more has the code it had, an area without any an empty one."""
    place = areas.area(row["country_trans"], ref.areas)
    if place.kind == "country" and not place.form:  # the name first: the Republic of the Congo is listed under the other Congo's code
        return place.name, place.iso3
    code = row["country_iso3_code"]
    return (known[code], code) if code in known else (FORMER_STATES.get(code, row["country_trans"]), code if code in FORMER_STATES else "")


def _quantity(cell: str, name: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise UserError(f"{name} line {line}: {cell!r} is not a quantity. Nothing was written.") from None
    if value < 0:
        raise UserError(f"{name} line {line}: {cell} is negative, which no output can be. Nothing was written.")
    return value


def _shares(entry: crosswalk.Entry, year: int, series: dict[tuple[str, str], float]) -> list[dict]:
    total = sum(series.values())
    if not total:
        return []
    reporters = sum(value > 0 for value in series.values())
    about = {"mineral": entry.mineral, "stage": entry.stage, "product": entry.product, "year": year, "reporters": reporters}
    return [
        about | {"area": name, "iso3": iso3, "share_pct": round(100 * value / total, 1)}
        for (name, iso3), value in sorted(series.items())
        if 100 * value / total >= LEAST
    ]
