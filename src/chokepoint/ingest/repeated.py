"""Misprints that were corrected in one release and stand in a later one again: each is named, so that its correction is made again."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from chokepoint.ingest import plausible
from chokepoint.ingest.corrections import selected

Named = tuple[str, str, object, str]  # release, table, its first row, what is said of it


def misprints(tables: dict[tuple[str, str], pd.DataFrame], corrections: pd.DataFrame, release: str = "") -> Iterator[Named]:
    """Corrections of an earlier release whose misprint is in a later one, uncorrected.

    `tables`: (release, table) -> rows as text. `release`: look at this one alone.
    """
    if "action" not in corrections:
        return
    named = corrections[(corrections["action"] != "header") & ~corrections["key"].str.contains("=(?:;|$)")]  # an empty cell names nothing
    newest = named.sort_values("release", kind="stable").drop_duplicates(["table", "key", "column"], keep="last")
    for fix in newest.to_dict("records"):
        for (later, table), frame in tables.items():
            is_later = later[:3] == fix["release"][:3] and later > fix["release"] and later == (release or later)
            if not is_later or table != fix["table"] or not _has(frame, fix["key"]):
                continue
            rows = _with_key(frame, fix)
            rows = rows[rows["correction_id"] == ""] if "correction_id" in rows else rows
            rows = rows[[_again(row, fix, tables.get((fix["release"], table))) for row in rows.to_dict("records")]]
            if len(rows):
                first = rows.iloc[0].to_dict()
                count = f"{len(rows)} rows, first" if len(rows) > 1 else "1 row"
                again = f'what {fix["correction_id"]} corrected is printed again ({count}: {plausible.describe_row(first)}, "{first.get("printed", "")}")'
                yield later, table, rows.index[0], f"{again}: {fix['reason']} Give {later} its row in data/corrections.csv"


def _with_key(frame: pd.DataFrame, fix: dict[str, str]) -> pd.DataFrame:
    """The rows a correction's key picks: first by its first column, which leaves few."""
    column, _, value = fix["key"].split(";")[0].partition("=")
    some = frame[frame[column].to_numpy(object) == value] if column != "printed" else frame
    return some[selected(some, fix["key"], f"data/corrections.csv {fix['correction_id']}")] if len(some) else some


def _has(frame: pd.DataFrame, key: str) -> bool:
    return all(part.partition("=")[0] in frame for part in key.split(";"))


def _again(row: dict[str, str], fix: dict[str, str], before: pd.DataFrame | None) -> bool:
    """Whether a row that has the key of a correction has its misprint too, and was not mended by the publisher."""
    if fix["action"] == "scale":
        return before is not None and _off_by(row, before, fix["table"], float(fix["value"]))
    if fix["action"] == "set":
        return row.get(fix["column"], "") != fix["value"]
    return True


def _off_by(row: dict[str, str], before: pd.DataFrame, table: str, factor: float) -> bool:
    """Whether the figure is to that of the corrected release as the misprint was to the right figure, or nearly so."""
    same = (before[plausible.SERIES[table]] == pd.Series({c: row[c] for c in plausible.SERIES[table]})).all(axis=1)
    was, now = pd.to_numeric(before["value"][same], errors="coerce").dropna(), pd.to_numeric(row["value"], errors="coerce")
    was = was[was > 0]
    return bool(len(was)) and now > 0 and abs(math.log10(now * factor / was.iloc[-1])) < math.log10(3)
