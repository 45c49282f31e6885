"""What stands of a release already, and how what is given joins it: given rows take the place of theirs, all others stay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError


@dataclass(frozen=True)
class Joined:
    """A table after something was given: its rows, and how many of them are new, changed, the same as before, and not in what was given."""

    rows: pd.DataFrame
    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0


def tables(data: Path, release: str) -> list[str]:
    """The tables that stand of a release."""
    return sorted(path.stem for path in (Path(data) / "minerals" / release).glob("*.csv"))


def rows(data: Path, release: str, table: str) -> pd.DataFrame | None:
    """The rows that stand, as text; None where there is no such table."""
    path = Path(data) / "minerals" / release / f"{table}.csv"
    return text(path) if path.is_file() else None


def text(path: Path) -> pd.DataFrame:
    """A table of the project, every cell as text. UserError where it does not read."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise UserError(
            f"{path}: not readable as a table ({fault}). `chokepoint check` says where; nothing was written."
        ) from None


def is_kept(row: object) -> bool:
    """Whether a label is that of a row that stays, and was not given."""
    return str(row).startswith("kept:")


def number(row: object) -> int:
    """The place of a row in its file, from 0, whether it stays or is read.

    >>> number("kept:7"), number(7)
    (7, 7)
    """
    return int(str(row).removeprefix("kept:"))


def joined(given: pd.DataFrame, stands: pd.DataFrame | None, key: list[str], replace: bool = False) -> Joined:
    """The rows given and, of those that stand, the ones whose key is not among them. `replace`: these go.

    Both are text; given rows keep their labels, kept ones get labels from `kept:0` on.
    """
    if stands is None:
        return Joined(given, new=len(given))
    if list(stands.columns) != list(given.columns):
        odd = ", ".join(sorted(set(stands.columns) ^ set(given.columns))) or "their order"
        raise UserError(
            f"What stands of this table has other columns ({odd}). Give the whole release, with --replace. Nothing was written."
        )
    theirs, mine = (list(frame[key].itertuples(index=False, name=None)) for frame in (stands, given))
    before = dict(zip(theirs, stands.itertuples(index=False, name=None), strict=True))
    now = dict(zip(mine, given.itertuples(index=False, name=None), strict=True))
    stay = stands[[k not in now for k in theirs]]
    stay.index = [f"kept:{i}" for i in stay.index]
    same = sum(before.get(k) == row for k, row in now.items())
    new = sum(k not in before for k in now)
    whole = given if replace or stay.empty else pd.concat([given, stay])
    return Joined(whole, new=new, changed=len(now) - new - same, same=same, kept=len(stay))
