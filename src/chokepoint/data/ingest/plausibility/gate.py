"""Before a release is written.

Figures that cannot be right are refused, with their place and their neighbour's.
"""

from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import existing, reference, register
from chokepoint.data.ingest.plausibility import describe_row, exceptions, findings, misprints
from chokepoint.data.ingest.plausibility.finding import Finding, Row, Table
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError, did_you_mean

MOST_SHOWN = 12


def accepted_columns(options: tuple[str, ...], fields: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Return what `--accept TABLE.COLUMN` names, as (table, column).

    UserError, with the nearest, for an unknown one.

    `fields`: the columns of every table that is read.
    """
    known = [f"{table}.{column}" for table, names in fields.items() for column in names]
    for name in options:
        if name not in known:
            hint = did_you_mean(name, known, "Write it as production.value.")
            raise UserError(
                f'--accept "{name}" names no column of a table that is read here '
                f"({', '.join(sorted(fields))}). {hint}"
            )
    return {(table, column) for table, _, column in (name.partition(".") for name in options)}


def require_plausible(
    whole: dict[str, pd.DataFrame],
    places: dict[str, dict[object, str]],
    report: Report,
    data: Path,
    accept: set[tuple[str, str]],
) -> dict[Path, str]:
    """Raise UserError for figures that cannot be right, unless their (table, column) is in `accept`.

    whole   the tables of the release as they would be written; those of its rows that only stay are not
            judged
    places  where each row given was read

    Returns the list of exceptions with those accepted: path → text. What is only worth a look goes into the
    report.
    """
    release = report.release
    family, _ = register.parts(release)
    others = sorted(
        p.name for p in (data / "minerals").glob(f"{family}*") if p.name != release and p.is_dir()
    )
    tables = {(r, t): rows for r in others for t in whole if (rows := existing.rows(data, r, t)) is not None}
    tables |= {(release, t): frame for t, frame in whole.items()}

    def place(of: str, table: str, row: object) -> str:
        if of == release and not existing.is_kept(row):
            return str(places[table].get(row, f"{table} as given"))
        return f"data/minerals/{of}/{table}.csv row {existing.number(row) + 2}"

    given = {t: {row for row in frame.index if not existing.is_kept(row)} for t, frame in whole.items()}
    found = findings(tables, exceptions.read(data), place, given, release)
    of_finding = {f: Table(f.release, f.table, whole[f.table]).row(f.row) for f in found}
    lines = {
        f: f"{place(f.release, f.table, f.row)}: {f.table} {f.column} of "
        f"{describe_row(of_finding[f])}: {f.message}"
        for f in found
    }
    corrections = reference.as_text(data / "corrections.csv")
    again = [
        f"{place(r, t, row)}: {message}"
        for r, t, row, message in misprints(tables, corrections, release)
        if row in given[t]
    ]
    report.notes += [lines[f] for f in found if not f.refused] + again
    if bad := [f for f in found if f.refused and (f.table, f.column) not in accept]:
        raise UserError(_refusal(bad, lines, of_finding, again))
    return exceptions.with_accepted(data, [(f, of_finding[f]) for f in found if f.refused])


def _refusal(
    bad: list[Finding], lines: dict[Finding, str], rows: dict[Finding, Row], again: list[str]
) -> str:
    """List the figures refused, one line for the same fault in one commodity, and how to accept them."""
    alike: dict[tuple, list[Finding]] = {}
    for f in bad:
        series = (rows[f].get(c) for c in ("mineral", "commodity", "stage", "statistic", "scenario"))
        alike.setdefault((f.table, f.column, f.rule, *series), []).append(f)
    shown_groups = list(alike.values())[:MOST_SHOWN]
    listed = []
    for first, *others in shown_groups:
        more = f" ({len(others):,} more of it like this)" if others else ""
        listed.append(f"{lines[first]}{more}. If it is right: --accept {first.table}.{first.column}")
    rest = len(bad) - sum(map(len, shown_groups))
    count = "1 figure cannot" if len(bad) == 1 else f"{len(bad):,} figures cannot"
    options = " ".join(f"--accept {column}" for column in sorted({f"{f.table}.{f.column}" for f in bad}))
    end = f"Nothing was written. If all of it is right: {options}"
    listed += [f"… and {rest:,} more"] if rest else []
    return "\n".join([f"{count} be right as read:", *listed, *again[:MOST_SHOWN], end])
