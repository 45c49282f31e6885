"""What the project has of a release already, and how the rows given join it.

Given rows replace theirs, all others stay.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest.reference import as_text
from chokepoint.errors import UserError


@dataclass(frozen=True)
class Joined:
    """A table after rows were given.

    How many are new, changed, the same as before, and not in what was given.
    """

    rows: pd.DataFrame
    new: int = 0
    changed: int = 0
    same: int = 0
    kept: int = 0

    def lines(self, name: str) -> list[str]:
        """Return what the report says of a table that stood already."""
        if not (self.changed or self.same or self.kept):
            return []
        parts = {"new": self.new, "changed": self.changed, "as before": self.same}
        counts = ", ".join(f"{count:,} rows {word}" for word, count in parts.items() if count)
        lines = [f"  {name} stood already: {counts}"]
        if self.kept:
            stay = len(self.rows) >= self.new + self.changed + self.same + self.kept
            fate = "stay (--replace drops them)" if stay else "were dropped (--replace)"
            lines.append(f"      {self.kept:,} rows are not in what was given and {fate}")
        return lines


def tables(data: Path, release: str) -> list[str]:
    """Return the names of a release's tables on disk."""
    return sorted(path.stem for path in (Path(data) / "minerals" / release).glob("*.csv"))


def rows(data: Path, release: str, table: str) -> pd.DataFrame | None:
    """Return the rows of a table on disk, as text; None where there is no such table."""
    path = Path(data) / "minerals" / release / f"{table}.csv"
    return as_text(path) if path.is_file() else None


def is_kept(row: object) -> bool:
    """Whether a label is that of a row that stays, and was not given."""
    return str(row).startswith("kept:")


def number(row: object) -> int:
    """Return the place of a row in its file, from 0, whether it stays or was given.

    >>> number("kept:7"), number(7)
    (7, 7)
    """
    return int(str(row).removeprefix("kept:"))


def joined(
    given: pd.DataFrame, existing: pd.DataFrame | None, key: list[str], replace: bool = False
) -> Joined:
    """Join the rows given with the existing rows whose key is not among them. `replace`: these go.

    Both are text; given rows keep their labels, kept ones get labels from `kept:0` on. UserError where the
    columns differ.
    """
    if existing is None:
        return Joined(given, new=len(given))
    if list(existing.columns) != list(given.columns):
        odd = ", ".join(sorted(set(existing.columns) ^ set(given.columns))) or "their order"
        raise UserError(
            f"What stands of this table has other columns ({odd}). Give the whole release, with --replace. "
            "Nothing was written."
        )
    before, now = (
        dict(
            zip(f[key].itertuples(index=False, name=None), f.itertuples(index=False, name=None), strict=True)
        )
        for f in (existing, given)
    )
    stay = existing[[k not in now for k in existing[key].itertuples(index=False, name=None)]]
    stay.index = [f"kept:{i}" for i in stay.index]
    same = sum(before.get(k) == row for k, row in now.items())
    new = sum(k not in before for k in now)
    whole = given if replace or stay.empty else pd.concat([given, stay])
    return Joined(whole, new=new, changed=len(now) - new - same, same=same, kept=len(stay))
