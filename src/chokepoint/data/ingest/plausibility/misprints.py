"""Misprints that were corrected in one release and stand in a later one again.

Each is named, to be corrected again.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from chokepoint.data.ingest.corrections import selected
from chokepoint.data.ingest.plausibility.finding import SERIES, Label, Row, Table, Tables, describe_row
from chokepoint.data.ingest.reference import records

Misprint = tuple[str, str, Label, str]  # release, table, its first row, message


def misprints(tables: Tables, corrections: pd.DataFrame, release: str = "") -> Iterator[Misprint]:
    """Find corrections of an earlier release whose misprint is in a later one, uncorrected.

    `release`: look at this one alone. A key with an empty cell names nothing and is left out.
    """
    if "action" not in corrections:
        return
    rows = corrections[(corrections["action"] != "header") & ~corrections["key"].str.contains("=(?:;|$)")]
    rows = rows.sort_values("release", kind="stable")
    for fix in records(rows.drop_duplicates(["table", "key", "column"], keep="last")):
        for (later, name), frame in tables.items():
            same = later[:3] == fix["release"][:3] and name == fix["table"] and later == (release or later)
            if not same or later <= fix["release"] or not _has(frame, fix["key"]):
                continue
            found = _with_key(frame, fix)
            if "correction_id" in found:
                found = found[found["correction_id"] == ""]
            before = tables.get((fix["release"], name))
            found = found[[_again(row, fix, before) for row in records(found)]]
            if len(found):
                row = records(found.head(1))[0]
                count = f"{len(found)} rows, first" if len(found) > 1 else "1 row"
                message = (
                    f"what {fix['correction_id']} corrected is printed again "
                    f'({count}: {describe_row(row)}, "{row.get("printed", "")}"): {fix["reason"]} '
                    f"Give {later} its row in data/corrections.csv"
                )
                yield later, name, found.index[0], message


def _with_key(frame: pd.DataFrame, fix: Row) -> pd.DataFrame:
    """Return the rows a correction's key picks: first by what is compared as it is, which leaves few."""
    mask = np.ones(len(frame), dtype=bool)
    for column, _, value in (part.partition("=") for part in fix["key"].split(";")):
        if column != "printed":
            mask &= frame[column].to_numpy(object) == value
    some = frame[mask]
    where = f"data/corrections.csv {fix['correction_id']}"
    return some[selected(some, fix["key"], where)] if len(some) else some


def _has(frame: pd.DataFrame, key: str) -> bool:
    return all(part.partition("=")[0] in frame for part in key.split(";"))


def _again(row: Row, fix: Row, before: pd.DataFrame | None) -> bool:
    """Whether a row with the key of a correction has its misprint too: the publisher did not correct it."""
    if fix["action"] == "scale":
        return before is not None and _off_by(
            row, Table(fix["release"], fix["table"], before), float(fix["value"])
        )
    return fix["action"] != "set" or row.get(fix["column"], "") != fix["value"]


def _off_by(row: Row, before: Table, factor: float) -> bool:
    """Whether the figure is off from that of the corrected release by nearly the misprint's factor."""
    was = before.numbers()[before.alike(row, SERIES[before.name])]
    was, now = was[was > 0], pd.to_numeric(row["value"], errors="coerce")
    return bool(len(was)) and now > 0 and abs(math.log10(now * factor / was.iloc[-1])) < math.log10(3)
