"""Before a release is written: figures that cannot be right are refused, with their place and their neighbour's; the rest is told."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest import known, plausible, repeated, standing
from chokepoint.ingest.report import Report

MOST_SHOWN = 12


def accepted(columns: tuple[str, ...], fields: dict[str, list[str]]) -> set[tuple[str, str]]:
    """What `--accept TABLE.COLUMN` names, as (table, column). UserError, with the nearest, for one that there is not.

    `fields`: the columns of every table that is read.
    """
    known = [f"{table}.{column}" for table, names in fields.items() for column in names]
    for name in columns:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f'Did you mean "{near[0]}"?' if near else "Write it as production.value."
            raise UserError(f'--accept "{name}" names no column of a table that is read here ({", ".join(sorted(fields))}). {hint}')
    return {tuple(name.split(".", 1)) for name in columns}


def require_plausible(
    whole: dict[str, pd.DataFrame], places: dict[str, dict], report: Report, data: Path, accept: set[tuple[str, str]]
) -> dict[Path, str]:
    """UserError for figures that cannot be right, unless their (table, column) is among those to `accept`.

    `whole`: the tables of the release as they would be written, those of its rows that were given under the labels of `places`, which
    say where each was read; rows that only stay are not judged. Returns the list of exceptions with those accepted: path -> text.
    What is only worth a look goes into the report.
    """
    release = report.release
    family = re.match(r"[a-z]+", release)[0]
    others = sorted(p.name for p in (data / "minerals").glob(f"{family}*") if p.name != release and p.is_dir())
    held = {(r, t): rows for r in others for t in whole if (rows := standing.rows(data, r, t)) is not None}
    held |= {(release, t): frame for t, frame in whole.items()}

    def place(of: str, table: str, row: object) -> str:
        if of == release and not standing.is_kept(row):
            return str(places[table].get(row, f"{table} as given"))
        return f"data/minerals/{of}/{table}.csv row {standing.number(row) + 2}"

    given = {t: {row for row in frame.index if not standing.is_kept(row)} for t, frame in whole.items()}
    found = plausible.findings(held, known.areas(data), known.read(data), place, given, release)
    rows = {f: whole[f.table].loc[f.row].to_dict() for f in found}
    said = {f: f"{place(f.release, f.table, f.row)}: {f.table} {f.column} of {plausible.describe_row(rows[f])}: {f.message}" for f in found}
    corrections = standing.text(data / "corrections.csv")
    again = [f"{place(r, t, i)}: {word}" for r, t, i, word in repeated.misprints(held, corrections, release) if i in given[t]]
    report.notes += [said[f] for f in found if not f.refused] + again
    if bad := [f for f in found if f.refused and (f.table, f.column) not in accept]:
        raise UserError(_refusal(bad, said, rows, again))
    return known.with_accepted(data, [(f, rows[f]) for f in found if f.refused])


def _refusal(
    bad: list[plausible.Finding], said: dict[plausible.Finding, str], rows: dict[plausible.Finding, dict], again: list[str]
) -> str:
    """The figures refused, one line for those of a table that have the same fault in one commodity, and how to accept them."""
    alike: dict[tuple, list[plausible.Finding]] = {}
    for f in bad:
        series = (rows[f].get(c) for c in ("mineral", "commodity", "stage", "statistic", "scenario"))
        alike.setdefault((f.table, f.column, f.rule, *series), []).append(f)
    lines = []
    for first, *others in alike.values():
        more = f" ({len(others):,} more of it like this)" if others else ""
        lines.append(f"{said[first]}{more}. If it is right: --accept {first.table}.{first.column}")
    rest = len(bad) - sum(len(group) for group in list(alike.values())[:MOST_SHOWN])
    lines = lines[:MOST_SHOWN] + ([f"… and {rest:,} more"] if rest else [])
    count = "1 figure cannot" if len(bad) == 1 else f"{len(bad):,} figures cannot"
    options = " ".join(f"--accept {column}" for column in sorted({f"{f.table}.{f.column}" for f in bad}))
    end = f"Nothing was written. If all of it is right: {options}"
    return "\n".join([f"{count} be right as read:", *lines, *again[:MOST_SHOWN], end])
