"""British Geological Survey, world production by country since 1971.

Of a file that the user brings, only shares are kept.

The licence of the rows is read in two ways; shares derived from them, with the attribution, may be published
(data/LICENSE.md). A share is of the output that was reported to BGS, which is not the world's: who did not
report is in no sum.
"""

import csv
import io
from collections import defaultdict
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.data.ingest.files import decode, members
from chokepoint.data.ingest.publisher import ingester
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

COLUMNS = (
    "bgs_commodity_trans",
    "bgs_sub_commodity_trans",
    "country_trans",
    "country_iso3_code",
    "year",
    "quantity",
    "units",
)
LEAST = 0.5  # percent: smaller shares are counted among the reporters and not listed


def read(path: Path, ref: Reference) -> tuple[dict[str, pd.DataFrame], Report]:
    """Read the table `output_shares`, percent of the output reported to BGS for a product and year."""
    ours, report = ref.crosswalk("bgs"), Report()
    output: dict[tuple[str, int], dict[tuple[str, str], float]] = defaultdict(dict)
    tally, names = report.table("output_shares"), {iso3: name for name, iso3 in ref.areas.values()}
    for name, content in members(path, ".csv").items():
        reader = csv.DictReader(io.StringIO(decode(content, name), newline=""))
        if missing := [c for c in COLUMNS if c not in (reader.fieldnames or [])]:
            raise UserError(
                f"{name}: column {', '.join(missing)} not found; expected the columns of the BGS service. "
                "Nothing was written."
            )
        for row in tally.each(reader):
            where = f"{name} line {reader.line_num}"
            label = ": ".join(filter(None, (row["bgs_commodity_trans"], row["bgs_sub_commodity_trans"])))
            if label not in ours:
                tally.refuse("a product of no mineral in data/crosswalk.csv")
                continue
            if not row["quantity"]:
                tally.refuse("no quantity")
                continue
            if not row["year"][:4].isdigit():
                raise UserError(f"{where}: {row['year']!r} is not a year. Nothing was written.")
            series, place = output[label, int(row["year"][:4])], _place(row, names, ref)
            if place in series:
                raise UserError(
                    f"{where}: {label}, {row['country_trans']}, {row['year']} is given twice. Nothing was "
                    "written."
                )
            series[place] = _quantity(row["quantity"], where)
            tally.kept += 1
    if not output:
        raise UserError(f"{path}: no row is of a mineral in data/crosswalk.csv. Nothing was written.")
    for (label, year), series in sorted(output.items()):
        entry, total = ours[label], sum(series.values())
        about = {"mineral": entry.mineral, "stage": entry.stage, "product": entry.product, "year": year}
        about["reporters"] = sum(value > 0 for value in series.values())
        tally.rows += [
            about | {"area": name, "iso3": iso3, "share_pct": round(100 * value / total, 1)}
            for (name, iso3), value in sorted(series.items())
            if total and 100 * value / total >= LEAST
        ]
    return report.frames(f"bgs{max(year for _, year in output)}"), report


def _place(row: dict[str, str], names: dict[str, str], ref: Reference) -> tuple[str, str]:
    """Return name and ISO code.

    A state that is no more has the code it had, an area without any an empty one.
    """
    place, code = areas.area(row["country_trans"], ref.areas), row["country_iso3_code"]
    if place.kind == "country" and not place.form:
        # The name first: the Republic of the Congo is listed under the other Congo's code.
        return place.name, place.iso3
    known = names | areas.FORMER_STATES
    return (known[code], code) if code in known else (row["country_trans"], "")


def _quantity(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise UserError(f"{where}: {cell!r} is not a quantity. Nothing was written.") from None
    if value < 0:
        raise UserError(f"{where}: {cell} is negative, which no output can be. Nothing was written.")
    return value


ingest = ingester(read)
