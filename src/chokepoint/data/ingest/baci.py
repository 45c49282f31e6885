"""CEPII BACI: who sells a material to whom, by year, in current US dollars.

The public copy holds one JSON file a year with the flows of some thirty headings of the Harmonized System.
Small flows are many and say little: a flow under SMALLEST of its heading's trade of the year is added to the
exporter's "Other countries", so that totals hold.
"""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.data.ingest.files import decode, members
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Entry, Reference
from chokepoint.data.ingest.report import Report, Tally
from chokepoint.data.ingest.workbook import is_number
from chokepoint.errors import UserError

SMALLEST = 0.001  # of the heading's trade in the year
REST = ""  # iso3 of the exporter's other buyers


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `trade_flows`, value in US$, from the yearly files flows_<year>.json."""
    files = {n: c for n, c in members(path, ".json").items() if re.search(r"flows_\d{4}\.json$", n)}
    if not files:
        raise UserError(
            f"{path}: looked for flows_<year>.json, found none. Give the folder of the yearly files."
        )
    ours, report, editions, done = ref.crosswalk("baci"), Report(), [], set()
    tally = report.table("trade_flows")
    for name, content in sorted(files.items()):
        year, edition, materials, names = _document(name, content)
        editions.append(edition)
        for material, flows in materials.items():
            code = heading(ours[material]) if material in ours else ""
            if code and (code, year) not in done:
                done.add((code, year))
                sold = _sales(f"{name}: {material}", flows, names, ref, tally)
                tally.rows += [
                    {"heading": code, "year": year, "exporter": e, "importer": i, "value_usd": value}
                    for (e, i), value in sold
                ]
                continue
            tally.read += len(flows)
            other = "the same heading, under another material"
            tally.refuse(other if code else "a heading of no mineral in data/crosswalk.csv", len(flows))
    return report.frames(f"baci{max(editions)[:4]}-{max(editions)[4:]}"), report


def heading(entry: Entry) -> str:
    """Return the six digits of the Harmonized System that an entry's product begins with.

    >>> heading(Entry("gallium", "", "HS 811292: gallium and others, unwrought"))
    '811292'
    """
    return entry.product[3:9]


def _document(name: str, content: bytes) -> tuple[int, str, dict, dict]:
    """Return year, edition, flows by material, and names by code."""
    try:
        document = json.loads(decode(content, name))
        year, source, materials, names = (document[k] for k in ("year", "source", "materials", "names"))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(
            f"{name}: expected a JSON object with year, source, materials and names ({error!r}). "
            "Nothing was written."
        ) from None
    edition = re.search(r"V(\d{6})", str(source))
    if str(year) not in name or not edition:
        raise UserError(
            f'{name}: the year inside is {year} and the source "{source}"; '
            "expected the year of the name and an edition Vyyyymm."
        )
    return int(year), edition[1], materials, names


def _sales(
    where: str, flows: list[dict[str, Any]], names: dict[str, str], ref: Reference, tally: Tally
) -> list[tuple[tuple[str, str], int]]:
    """Return US$ by exporter and importer: large flows each, the rest of an exporter together."""
    sold: dict[tuple[str, str], float] = defaultdict(float)
    for flow in tally.each(flows):
        codes = [str(flow.get(side)) for side in ("from", "to")]
        places = [areas.area(names.get(code, code), ref.areas) for code in codes]
        value = flow.get("value")
        if not is_number(value) or value < 0:
            raise UserError(
                f"{where}, {codes[0]} to {codes[1]}: {value!r} is not a value in US$. Nothing was written."
            )
        if any(place.kind != "country" for place in places):
            tally.refuse("a territory that data/geography.csv does not have")
            continue
        tally.kept += 1
        sold[places[0].iso3, places[1].iso3] += value
    least = SMALLEST * sum(sold.values())
    merged: dict[tuple[str, str], float] = defaultdict(float)
    for (seller, buyer), value in sold.items():
        merged[seller, buyer if value >= least else REST] += value
    return [(pair, round(value)) for pair, value in sorted(merged.items()) if round(value) > 0]


ingest = ingester(read)
