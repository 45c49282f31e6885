"""The project's own tables that say what a printed word means.

Commodities, areas, other publishers' names, releases.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.errors import UserError

# The columns that ingest needs of each table; `chokepoint check` asks for the rest.
COLUMNS = {
    "commodities": ("rule", "names", "match", "commodity", "mineral", "stage", "detail", "basis"),
    "crosswalk": ("publisher", "name", "mineral", "stage", "product", "note"),
    "minerals": ("mineral", "iea_name"),
    "geography": ("iso3", "name", "usgs_names", "iea_names", "state_names"),
    "corrections": ("correction_id", "release", "table", "key", "column", "action", "value", "reason"),
    "releases": ("release", "title", "publisher", "url", "license", "next_release"),
}


def plain(name: str) -> str:
    """Return a name as it is compared: lower case, one space, no footnote digits at its end.

    >>> plain("Copper "), plain("Rare earths (compounds and metals)9")
    ('copper', 'rare earths (compounds and metals)')
    """
    return re.sub(r"(?<=[a-z)])\d+$", "", " ".join(name.casefold().split()))


@dataclass(frozen=True)
class Entry:
    """A publisher's name: our mineral, its stage (empty where a series covers several), what it counts."""

    mineral: str
    stage: str
    product: str


@dataclass(frozen=True)
class Reference:
    """What ingest looks words up in.

    The tables of a data folder, and the spellings of their rules and areas.
    """

    data: Path
    tables: dict[str, pd.DataFrame]
    rules: dict[str, list[dict[str, str]]]
    areas: dict[str, tuple[str, str]]

    @property
    def minerals(self) -> set[str]:
        """Every mineral of data/minerals.csv."""
        return set(self.tables["minerals"]["mineral"])

    def commodity(self, names: tuple[str, ...], text: str) -> dict[str, str] | None:
        """Return the row of data/commodities.csv for a printed commodity and the words around its figure."""
        candidates = (rule for name in names for rule in self.rules.get(plain(name), []))
        return next((rule for rule in candidates if re.search(rule["match"], text, re.I)), None)

    def crosswalk(self, publisher: str) -> dict[str, Entry]:
        """Return a publisher's names as the project reads them.

        A name that is not there is none of our minerals.
        """
        rows = _table(self.data, "crosswalk").query("publisher == @publisher")
        return {row["name"]: Entry(row["mineral"], row["stage"], row["product"]) for row in records(rows)}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table: column → cell."""
    names = [str(column) for column in frame.columns]
    return [dict(zip(names, cells, strict=True)) for cells in frame.itertuples(index=False, name=None)]


def read(data: Path) -> Reference:
    """Read the tables of a data folder. UserError where one is missing, unreadable, or lacks a column."""
    tables = {name: _table(Path(data), name) for name in COLUMNS if name != "crosswalk"}
    rules: dict[str, list[dict[str, str]]] = {}
    for rule in records(tables["commodities"]):
        _require_pattern(rule)
        for name in rule["names"].split("|"):
            rules.setdefault(plain(name), []).append(rule)
    return Reference(Path(data), tables, rules, areas.names(tables["geography"]))


def as_text(path: Path) -> pd.DataFrame:
    """Read a table of the project, every cell as text. UserError where it does not read."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: pandas' own errors of parsing and of encoding
        raise UserError(
            f"{path}: not readable as a table ({error}). `chokepoint check` says where; nothing was written."
        ) from None


def _table(data: Path, name: str) -> pd.DataFrame:
    path = data / f"{name}.csv"
    if not path.exists():
        raise UserError(
            f"{path}: not found. Ingest needs the data folder of the project; give it with its minerals.csv."
        )
    table = as_text(path)
    if missing := [column for column in COLUMNS[name] if column not in table.columns]:
        raise UserError(
            f"{path}: column {', '.join(missing)} not found; it has {', '.join(table.columns)}. Nothing "
            "was written."
        )
    return table


def _require_pattern(rule: dict[str, str]) -> None:
    try:
        re.compile(rule["match"])
    except re.error as error:
        raise UserError(
            f'data/commodities.csv rule {rule["rule"]}: match "{rule["match"]}" is not a pattern '
            f"({error}). Mend it."
        ) from None
