"""What changed between two releases, in words; see `analysis.difference` for how it is found."""

from collections import Counter

from chokepoint.analysis.difference import ROUNDED
from chokepoint.analysis.spelling import ours

SHOWN = 5  # of many alike


def lines(changes: dict, everything: bool = False) -> list[str]:
    """Return the changes as text.

    Of each table it gives the counts, the largest revisions of listed minerals, and the series that came or
    went.

    everything: all revisions and series of each table, largest first, in place of the first few of listed
    minerals.
    """
    said = [f"{changes['old']} → {changes['new']}"]
    for table, rows in changes["tables"].items():
        told = _all_of(rows) if everything else _revisions(rows) + _series_lines(rows)
        said += [f"{table}: {counts(rows)}"] + [f"    {line}" for line in told]
    moved = [r for r in changes["facts"] if r["old"] and r["new"]]
    said.append(f"facts: {len(moved):,} moved, the largest moves first")
    said += [f"    {r['fact_id']}: {r['old']} → {r['new']} ({r['reason']}{parts(r)})" for r in moved]
    for side, other in (("new", "old"), ("old", "new")):
        alone = [r["fact_id"] for r in changes["facts"] if not r[other]]
        said += (
            [
                f"    only at {changes[side]}: {len(alone):,} facts "
                f"({', '.join(alone[:SHOWN])}{' …' if len(alone) > SHOWN else ''})"
            ]
            if alone
            else []
        )
    return said


def parts(row: dict) -> str:
    """Revision and new year of a fact that moved by both, with the reading between.

    >>> parts({"restated": "34%", "revision": -26.39, "new_year": 2.75, "unit": "%"})
    ': by revision −26.4 to 34%, by the new year +2.8'
    """
    if row["restated"] is None or row["revision"] is None or row["new_year"] is None:
        return "" if row["restated"] is None else f": {row['restated']} in between"
    return (
        f": by revision {signed(row['revision'])} to {row['restated']}, by the new year "
        f"{signed(row['new_year'])}"
    )


def signed(change: float) -> str:
    """Write a change to one decimal, with its sign.

    >>> signed(-26.39), signed(2.75), signed(0.01), signed(-0.04)
    ('−26.4', '+2.8', '0.0', '0.0')
    """
    return f"{change:+.1f}".replace("-", "\N{MINUS SIGN}") if abs(round(change, 1)) > 0 else "0.0"


def is_revision(row: dict) -> bool:
    """Return whether a row of a table is a revision.

    That is a figure that both releases print of the same thing, and differently, beyond rounding.

    >>> is_revision({"change": "revised", "reason": "revised by the publisher"})
    True
    >>> is_revision({"change": "revised", "reason": "new year or revised: a release prints one year here"})
    False
    """
    return row["change"] == "revised" and row["reason"] != ROUNDED and not row["reason"].startswith("new ")


def counts(rows: list[dict]) -> str:
    """How many rows of a table changed, by kind of change, in words."""
    kept = [r for r in rows if not r["series_change"]]
    fresh = Counter(
        r["reason"].partition(":")[0]
        for r in kept
        if r["change"] == "added" or r["reason"].startswith("new ")
    )
    revised = Counter(
        r["reason"] == ROUNDED
        for r in kept
        if r["change"] == "revised" and not r["reason"].startswith("new ")
    )
    counted = {
        "revised": revised[False],
        ROUNDED: revised[True],
        **{k: v for k, v in fresh.items() if k.startswith("new ")},
        "more": fresh["not printed before"],
        "fewer": sum(r["change"] == "removed" and r["reason"] == "no longer printed" for r in kept),
        "series appeared": len(_whole(rows, "appeared")),
        "series vanished": len(_whole(rows, "vanished")),
    }
    return (
        ", ".join(f"{n:,} {'of a ' if k.startswith('new ') else ''}{k}" for k, n in counted.items() if n)
        or "no change"
    )


def _revisions(rows: list[dict]) -> list[str]:
    revised = [r for r in rows if r["change"] == "revised" and r["listed"] and r["reason"] != ROUNDED]
    if _is_list(rows):
        return _list_changes(rows)
    shown = [_revision(r) for r in revised[:SHOWN]]
    return shown + (
        [f"… and {len(revised) - SHOWN:,} more of listed minerals (--all lists them)"]
        if len(revised) > SHOWN
        else []
    )


def _is_list(rows: list[dict]) -> bool:
    """Whether the table is a list, such as that of critical minerals, whose rows are there or are not."""
    return bool(rows) and "listed" in (rows[0]["old"], rows[0]["new"])


def _list_changes(rows: list[dict]) -> list[str]:
    names = {
        how: ", ".join(sorted(r["mineral"] for r in rows if r["change"] == how))
        for how in ("added", "removed")
    }
    return [f"{how}: {told}" for how, told in names.items() if told]


def _revision(row: dict) -> str:
    return (
        f"{series_name(row)}: {figure_text(row['old'])} → {figure_text(row['new'])} {row['unit']} "
        f"({row['reason']})"
    )


def _all_of(rows: list[dict]) -> list[str]:
    """Every revision, largest first, and every series that appeared or vanished."""
    if _is_list(rows):
        return _list_changes(rows)
    revised = sorted((r for r in rows if r["change"] == "revised"), key=lambda r: -r["size"])
    whole = [
        f"{how}: {series_name(v[0], whole=True)} ({len(v)} figure{'s' * (len(v) > 1)})"
        for how in ("appeared", "vanished")
        for v in _whole(rows, how).values()
    ]
    return [*map(_revision, revised), *whole]


def _whole(rows: list[dict], how: str) -> dict[tuple, list[dict]]:
    """Series that appeared or vanished, each with its rows."""
    found: dict[tuple, list[dict]] = {}
    for row in rows:
        if row["series_change"] == how:
            found.setdefault(
                tuple(
                    row.get(k)
                    for k in (
                        "mineral",
                        "stage",
                        "statistic",
                        "commodity",
                        "detail",
                        "series",
                        "basis",
                        "unit",
                    )
                ),
                [],
            ).append(row)
    return found


def _series_lines(rows: list[dict]) -> list[str]:
    said = []
    for how in ("appeared", "vanished"):
        listed = [v for v in _whole(rows, how).values() if v[0]["listed"]]
        said += [
            f"{how}: {series_name(v[0], whole=True)} ({len(v)} figure{'s' * (len(v) > 1)})"
            for v in listed[:SHOWN]
        ]
        said += (
            [f"… and {len(listed) - SHOWN:,} more series of listed minerals {how} (--all lists them)"]
            if len(listed) > SHOWN
            else []
        )
    return said


def series_name(row: dict, whole: bool = False) -> str:
    """Say what a row is of, without saying a thing twice."""
    keys = (
        "mineral",
        "stage",
        "statistic",
        "detail",
        "series",
        "form",
        *(() if whole else ("measure", "area", "year", "month")),
    )
    told = [str(row[k]) for k in keys if row.get(k)]
    commodity = str(row.get("commodity") or "")
    if commodity and commodity.casefold().replace(" ", "_") not in (t.casefold() for t in told):
        told.insert(1, commodity)
    return ours(", ".join(told))


def figure_text(reading: float | str) -> str:
    """Write a reading as it is printed."""
    return f"{reading:,.10g}" if isinstance(reading, float) else reading
