"""Corrections are rows of data/corrections.csv, applied when a release is read and listed in the report."""

import re

import pandas as pd

from chokepoint.data.ingest import values
from chokepoint.data.ingest.reference import records
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.values import exact
from chokepoint.errors import UserError

NUMBERS = ("value", "low", "high")


def selected(frame: pd.DataFrame, key: str, where: str) -> pd.Series:
    """Return a mask of the rows that a key `column=value;column=value` picks.

    UserError for an unknown column.
    """
    mask = pd.Series(True, index=frame.index)
    for part in key.split(";"):
        column, _, value = part.partition("=")
        if column not in frame.columns:
            raise UserError(
                f'{where}: key column "{column}" is none of {", ".join(frame.columns)}. Mend the key.'
            )
        mask &= _printed(frame[column], value) if column == "printed" else frame[column].astype(str) == value
    return mask


def _printed(cells: pd.Series, wanted: str) -> pd.Series:
    """Mark the cells that print the same figure, with separators between thousands or without.

    A spreadsheet drops them.
    """
    figure = values.parse(wanted)[:3]
    if figure == (None, None, None):
        return cells.astype(str) == wanted
    alike = {cell for cell in set(cells.astype(str)) if cell == wanted or values.parse(cell)[:3] == figure}
    return cells.isin(alike)


def headers(release: str, corrections: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the corrections of whole headers by the short code of their file."""
    fixes = corrections[(corrections["release"] == release) & (corrections["action"] == "header")]
    rows = records(fixes)
    if wrong := [row["correction_id"] for row in rows if not re.fullmatch(r"file=[\w-]+", row["key"])]:
        raise UserError(
            f"data/corrections.csv {wrong[0]}: the key of a header reads file=<short code of the file>. "
            "Mend it."
        )
    return {row["key"].removeprefix("file="): row for row in rows}


def apply(tables: dict[str, pd.DataFrame], corrections: pd.DataFrame, report: Report) -> None:
    """Apply the corrections of this release in place.

    One that finds no row is reported too: the publisher may have made it. UserError for one that cannot be
    done.
    """
    mine = corrections[(corrections["release"] == report.release) & (corrections["action"] != "header")]
    for fix in records(mine):
        where, frame = f"data/corrections.csv {fix['correction_id']}", tables.get(fix["table"])
        if frame is None:  # no file of that table was given
            continue
        mask = selected(frame, fix["key"], where) if len(frame) else pd.Series(dtype=bool)
        count = int(mask.sum())
        if not count:
            report.corrections.append(
                f"{fix['correction_id']}: found no row to correct ({fix['table']}: {fix['key']})"
            )
            continue
        if fix["action"] == "move":
            _move(tables, mask, fix, where, report)
        elif fix["action"] == "drop":
            tables[fix["table"]] = frame[~mask]
            tally = report.table(fix["table"])
            tally.kept -= count
            tally.refuse(f"dropped by {fix['correction_id']}: {fix['reason']}", count)
        else:
            try:
                _act(frame, mask, fix, where)
            except (KeyError, TypeError, ValueError) as error:
                raise UserError(
                    f'{where}: action "{fix["action"]}" with column "{fix["column"]}" and value '
                    f'"{fix["value"]}" '
                    f"cannot be done ({error}). Mend the row. Nothing was written."
                ) from None
        report.corrections.append(f"{fix['correction_id']}: {count} rows of {fix['table']} ({fix['reason']})")


def _move(
    tables: dict[str, pd.DataFrame], mask: pd.Series, fix: dict[str, str], where: str, report: Report
) -> None:
    """Put rows into the table they belong to: `capacity;stage=refinery`."""
    target, *sets = fix["value"].split(";")
    if target not in tables or not all("=" in part for part in sets):
        raise UserError(
            f'{where}: value "{fix["value"]}" is not a table of the release ({", ".join(tables)}), '
            "then column=value. Mend it."
        )
    frame, cells = tables[fix["table"]], dict(part.split("=") for part in sets)
    moved = frame[mask].assign(correction_id=fix["correction_id"], **cells)
    tables[fix["table"]] = frame[~mask]
    tables[target] = pd.concat([tables[target], moved[tables[target].columns]], ignore_index=True)
    for table, count in ((fix["table"], -len(moved)), (target, len(moved))):
        report.table(table).read += count
        report.table(table).kept += count


def _act(frame: pd.DataFrame, mask: pd.Series, fix: dict[str, str], where: str) -> None:
    """Change the rows marked, in place."""
    action, column, value = fix["action"], fix["column"], fix["value"]
    if action == "scale":
        for number in NUMBERS:
            frame.loc[mask, number] = (frame.loc[mask, number].astype(float) * float(value)).map(exact)
    elif action == "supersede":
        _supersede(frame, mask, value)
    elif action == "set":
        kind = float if column in NUMBERS else int if column == "year" else str
        frame.loc[mask, column] = kind(value)
        if column == "value":
            frame.loc[mask, "qualifier"] = ""
    else:
        raise UserError(f'{where}: action "{action}" is none of set, scale, drop, move, supersede, header.')
    before = frame.loc[mask, "correction_id"]
    frame.loc[mask, "correction_id"] = (before + ";" + fix["correction_id"]).str.lstrip(";")


def _supersede(frame: pd.DataFrame, mask: pd.Series, printed: str) -> None:
    """Adopt a later reading, keep the number or bound it replaces in `superseded`."""
    later = values.parse(printed)
    for index in frame.index[mask]:
        row = records(frame.loc[[index]])[0]
        _, factor = values.unit(row["printed_unit"]) or ("", 1.0)
        before = [row[c] for c in NUMBERS if pd.notna(row[c])]
        frame.at[index, "superseded"] = before[0] if before else None
        frame.at[index, "qualifier"] = later.qualifier
        for column, number in zip(NUMBERS, later[:3], strict=True):
            frame.at[index, column] = None if number is None else exact(number * factor)
