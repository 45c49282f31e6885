"""Which of our minerals, and which step of its chain, a publisher's own name stands for: data/crosswalk.csv, with the reason beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError

FILE = "crosswalk.csv"
COLUMNS = ["publisher", "name", "mineral", "stage", "product", "note"]


@dataclass(frozen=True)
class Entry:
    """One publisher's name: our mineral, the stage (mine, refinery …; empty where a series covers several) and what exactly it counts."""

    mineral: str
    stage: str
    product: str


def read(data: Path, publisher: str) -> dict[str, Entry]:
    """The names of one publisher as the project reads them; a name that is not there is none of our minerals.

    UserError where the table is missing, or lacks a column.
    """
    path = Path(data) / FILE
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as fault:
        raise UserError(
            f"{path}: not readable as a table ({fault}). Restore it from the repository; nothing was written."
        ) from None
    if missing := [c for c in COLUMNS if c not in table.columns]:
        raise UserError(
            f"{path}: column {', '.join(missing)} not found; it has {', '.join(table.columns)}. Nothing was written."
        )
    rows = table[table.publisher == publisher]
    return {row.name: Entry(row.mineral, row.stage, row.product) for row in rows.itertuples(index=False)}
