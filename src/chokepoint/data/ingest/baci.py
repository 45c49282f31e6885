"""CEPII BACI: who sells a material to whom, by year, in current US dollars.

The public copy holds one JSON file a year with the flows of some thirty headings of the Harmonized System. Small flows are many and say
little: a flow under SMALLEST of its heading's trade of the year is added to the exporter's "Other countries", so that totals hold.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas, crosswalk, package, reference
from chokepoint.data.ingest.files import decode, members
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

SMALLEST = 0.001  # of the heading's trade in the year
REST = ""  # iso3 of the exporter's other buyers


def ingest(path: Path, data: Path) -> Report:
    """Read the yearly files (a folder or zip of flows_<year>.json) and write the table `trade_flows` under `data`/minerals."""
    ref = reference.read(data)
    tables, report = read(Path(path), Path(data), ref)
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, data: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """The table `trade_flows`, value in US$, and the report."""
    found = {
        name: text for name, text in members(path, ".json").items() if re.search(r"flows_\d{4}\.json$", name)
    }
    if not found:
        raise UserError(
            f"{path}: looked for flows_<year>.json, found none. Give the folder of the yearly files."
        )
    ours, report, rows, editions, done = crosswalk.read(data, "baci"), Report(release=""), [], set(), set()
    tally = report.table("trade_flows")
    for name, content in sorted(found.items()):
        year, edition, materials, names = _document(name, content)
        editions.add(edition)
        for material, flows in materials.items():
            code = heading(ours[material]) if material in ours else ""
            if not code or (code, year) in done:
                tally.read += len(flows)
                why = (
                    "the same heading, under another material"
                    if code
                    else "a heading of no mineral in data/crosswalk.csv"
                )
                tally.refused[why] += len(flows)
            else:
                done.add((code, year))
                rows += _heading(name, ours[material], material, year, flows, names, ref, tally)
    newest = max(editions)
    report.release = f"baci{newest[:4]}-{newest[4:]}"
    frame = pd.DataFrame(rows).assign(source_id=report.release.upper())
    report.rows.read = report.rows.kept = tally.read
    return {"trade_flows": frame}, report


def heading(entry: crosswalk.Entry) -> str:
    """The six digits of the Harmonized System that an entry's product begins with.

    >>> heading(crosswalk.Entry("gallium", "", "HS 811292: gallium and others, unwrought"))
    '811292'
    """
    return entry.product[3:9]


def _document(name: str, content: bytes) -> tuple[int, str, dict, dict]:
    try:
        read = json.loads(decode(content, name))
        year, source, materials, names = read["year"], read["source"], read["materials"], read["names"]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise UserError(
            f"{name}: expected a JSON object with year, source, materials and names ({fault!r}). Nothing was written."
        ) from None
    said = re.search(r"V(\d{6})", str(source))
    if str(year) not in name or not said:
        raise UserError(
            f'{name}: the year inside is {year} and the source "{source}"; expected the year of the name and an edition Vyyyymm.'
        )
    return int(year), said[1], materials, names


def _heading(
    name, entry, material: str, year: int, flows: list, names: dict, ref: Reference, tally
) -> list[dict]:
    """The flows of one heading in one year: large ones each, the rest of an exporter in one row."""
    sold: dict[tuple[str, str], float] = defaultdict(float)
    for flow in flows:
        tally.read += 1
        places = [
            areas.area(names.get(flow.get(side), str(flow.get(side))), ref.areas) for side in ("from", "to")
        ]
        value = flow.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise UserError(
                f"{name}: {material}, {flow.get('from')} to {flow.get('to')}: {value!r} is not a value in US$. Nothing was written."
            )
        if any(place.kind != "country" for place in places):
            tally.refuse("a territory that data/geography.csv does not have")
            continue
        tally.kept += 1
        sold[places[0].iso3, places[1].iso3] += value
    least, merged = SMALLEST * sum(sold.values()), defaultdict(float)
    for (seller, buyer), value in sold.items():
        merged[seller, buyer if value >= least else REST] += value
    return [
        {
            "heading": heading(entry),
            "year": year,
            "exporter": seller,
            "importer": buyer,
            "value_usd": round(value),
        }
        for (seller, buyer), value in sorted(merged.items())
        if round(value) > 0
    ]
