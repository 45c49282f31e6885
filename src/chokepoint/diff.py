"""What changed between two releases: every value that both cover, and every fact evaluated at both."""

from collections import Counter

import pandas as pd

from chokepoint import facts, tables
from chokepoint.errors import UserError

KINDS = ("added", "removed", "revised")


def diff(old: str, new: str) -> dict:
    """Changes from release `old` to `new`, ready for JSON: `tables` (name → rows) and `facts` (rows).

    A row says what the value was, what it is, and why where a reason is known: the year is new, a correction of ours
    touches it, or the publisher revised it. UserError for a release that is not here.
    """
    for release in (old, new):
        if release not in tables.releases():
            raise UserError(f'No release "{release}". Here are: {", ".join(tables.releases())}.')
    shared = [t for t in _tables(old) if t in _tables(new)]
    return {"old": old, "new": new, "tables": {t: _table(t, old, new) for t in shared}, "facts": _facts(old, new)}


def lines(changes: dict) -> list[str]:
    """The changes as text: counts and the largest revisions of each table, then every fact that moved."""
    said = [f"{changes['old']} → {changes['new']}"]
    for table, rows in changes["tables"].items():
        counts = Counter(row["change"] for row in rows)
        said.append(f"{table}: " + ", ".join(f"{counts[k]:,} {k}" for k in KINDS))
        revised = sorted((r for r in rows if r["change"] == "revised"), key=_size, reverse=True)
        said += [f"    {_name(row)}: {row['old']} → {row['new']} {row['unit']} ({row['reason']})" for row in revised[:5]]
    said.append(f"facts: {len(changes['facts'])} moved")
    said += [f"    {row['fact_id']}: {row['old']} → {row['new']} ({row['reason']})" for row in changes["facts"]]
    return said


def _tables(release: str) -> list[str]:
    """Tables of a release whose rows are numbers of years."""
    named = [r for r in tables.package()["resources"] if r["name"].startswith(f"{release}-")]
    return [r["name"].removeprefix(f"{release}-") for r in named if {"year", "value", "printed"} <= {f["name"] for f in r["schema"]["fields"]}]


def _table(table: str, old: str, new: str) -> list[dict]:
    key = tables.resource(table, new)["schema"]["primaryKey"]
    before, after = (_keyed(tables.load(table, release), key) for release in (old, new))
    known_years = {k[key.index("year")] for k in before.index}
    changes = []
    for k in before.index.union(after.index):
        was, now = _cell(before, k), _cell(after, k)
        if was == now:
            continue
        kind = "added" if was is None else "removed" if now is None else "revised"
        changes.append({"change": kind, **dict(zip(key, map(str, k), strict=True)), "old": was, "new": now,
                        "unit": (after if now is not None else before).at[k, "unit"] or "", "reason": _reason(kind, k[key.index("year")], known_years, after, k)})
    return changes


def _keyed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    frame = frame.assign(unit=frame["unit"].fillna(""), reading=[_reading(*r) for r in zip(frame["value"], frame["printed"], strict=True)])
    index = pd.MultiIndex.from_frame(frame[key].assign(**{k: frame[k].fillna("") for k in key if k != "year"}))
    return frame.set_axis(index)


def _reading(value, printed):
    """A number in the table's unit, or the printed word (W, >50, NA) where it is none."""
    return float(value) if pd.notna(value) else str(printed)


def _cell(frame: pd.DataFrame, key: tuple):
    return frame.at[key, "reading"] if key in frame.index else None


def _reason(kind: str, year, known_years: set, after: pd.DataFrame, key: tuple) -> str:
    if kind == "added" and year not in known_years:
        return "new year"
    if kind != "removed" and "correction_id" in after and pd.notna(after.at[key, "correction_id"]):
        return f"correction {after.at[key, 'correction_id']}"
    return {"added": "not printed before", "removed": "no longer printed", "revised": "revised by the publisher"}[kind]


def _facts(old: str, new: str) -> list[dict]:
    before, after = facts.evaluate(old), facts.evaluate(new)
    moved = [k for k in sorted(before.keys() | after.keys()) if getattr(before.get(k), "text", None) != getattr(after.get(k), "text", None)]
    return [{"fact_id": k, "label": (after.get(k) or before[k]).label, "old": getattr(before.get(k), "text", None),
             "new": getattr(after.get(k), "text", None), "reason": "computed from the newer release"} for k in moved]


def _size(row: dict) -> float:
    if not isinstance(row["old"], float) or not isinstance(row["new"], float):
        return 0
    return abs(row["new"] - row["old"]) / max(abs(row["old"]), abs(row["new"]), 1e-9)


def _name(row: dict) -> str:
    return ", ".join(row[k] for k in ("mineral", "stage", "statistic", "detail", "area", "year") if row.get(k))
