"""Tables made up in a test: they stand in place of the book's own; all others are the book's.

What code remembers of them is kept apart from what it remembers of the book's, so nothing is forgotten.
"""

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pandas as pd

from chokepoint.data import memory, tables

_number = count()


class MadeUp:
    """Put tables in place with `put` before asking the code for anything."""

    def __init__(self, monkeypatch):
        self._frames: dict[tuple[str, str | None], pd.DataFrame] = {}
        self._real = {name: getattr(tables, name) for name in ("load", "rows", "releases", "distinct")}
        for name in ("load", "rows", "releases", "distinct"):
            monkeypatch.setattr(tables, name, getattr(self, name))
        monkeypatch.setattr(tables, "part", self.rows)
        apart = Path(f"/made-up/{next(_number)}")
        monkeypatch.setattr(memory, "data_dir", lambda: apart)

    def put(self, table: str, rows: Iterable[dict], release: str | None = None) -> None:
        """Let these be all the rows of a table; a column that a row does not name is empty in it."""
        names = tables.declarations()
        name = f"{release}-{table}" if release else table
        declared = names.get(name) or next(names[n] for n in names if n.endswith(f"-{table}"))
        columns = [field["name"] for field in declared["schema"]["fields"]]
        rows = list(rows)
        unknown = {name for row in rows for name in row} - set(columns)
        assert not unknown, f"{table} has no columns {sorted(unknown)}"
        cells = pd.DataFrame(rows, columns=columns, dtype=object)
        text = cells.map(lambda cell: str(cell).lower() if isinstance(cell, bool) else cell).to_csv(
            index=False
        )
        self._frames[table, release] = tables._csv(Path(), declared, text)

    def take_away(self, table: str) -> None:
        """Let no release hold a table."""
        self._frames = {key: frame for key, frame in self._frames.items() if key[0] != table}
        self._frames[table, ""] = pd.DataFrame()  # no release, and not the book's either

    def releases(self, table: str = "production") -> list[str]:
        """Return the releases made up of a table, or the book's where none is."""
        own = [release for name, release in self._frames if name == table and release is not None]
        return sorted(filter(None, own)) if own else self._real["releases"](table)

    def load(self, table: str, release: str | None = None) -> pd.DataFrame:
        """Return a table that was made up, or the book's."""
        if (table, release) in self._frames:
            return self._frames[table, release].copy()
        return self._real["load"](table, release)

    def rows(self, table: str, release: str | None = None, /, **key: str | Iterable[str]) -> pd.DataFrame:
        """Return the rows with one of some values in a column; a cell "JPN;USA" has both."""
        if (table, release) not in self._frames:
            return self._real["rows"](table, release, **key)
        [(column, value)] = key.items()
        wanted = {value} if isinstance(value, str) else set(value)
        frame = self._frames[table, release]
        has = [bool(wanted & set(str(cell).split(";"))) for cell in frame[column].astype(object).fillna("")]
        return frame[has].reset_index(drop=True)

    def distinct(self, table: str, release: str | None, column: str) -> list[str]:
        """Return the values in a column as they are written, sorted."""
        if (table, release) not in self._frames:
            return self._real["distinct"](table, release, column)
        return sorted(self._frames[table, release][column].dropna().astype(str).unique())


def facts_of(monkeypatch, module, values: dict[str, float]) -> None:
    """Let a module find these facts and no others."""

    def find(name: str, *_at) -> SimpleNamespace | None:
        if name not in values:
            return None
        return SimpleNamespace(fact_id=name, value=values[name], text=f"{values[name]:g}", sources=("S001",))

    monkeypatch.setattr(module.facts, "find", find)
    monkeypatch.setattr(module.facts, "get", find)
