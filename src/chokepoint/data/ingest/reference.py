"""The project's own tables that say what a printed word means: commodities, areas, corrections, releases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import areas
from chokepoint.errors import UserError

# What ingest needs of each table; `chokepoint check` asks for the rest.
COLUMNS = {
    "commodities": ("rule", "names", "match", "commodity", "mineral", "stage", "detail", "basis"),
    "minerals": ("mineral", "iea_name"),
    "geography": ("iso3", "name", "usgs_names", "iea_names", "state_names"),
    "corrections": ("correction_id", "release", "table", "key", "column", "action", "value", "reason"),
    "releases": ("release", "title", "publisher", "url", "license", "next_release"),
}


def plain(name: str) -> str:
    """A name as it is compared: lower case, one space, no footnote digits at its end.

    >>> plain("Copper "), plain("Rare earths (compounds and metals)9")
    ('copper', 'rare earths (compounds and metals)')
    """
    return re.sub(r"(?<=[a-z)])\d+$", "", " ".join(name.casefold().split()))


@dataclass(frozen=True)
class Reference:
    """What ingest looks words up in."""

    rules: dict[str, list[dict[str, str]]]
    areas: dict[str, tuple[str, str]]
    minerals: set[str]
    corrections: pd.DataFrame
    releases: pd.DataFrame

    def commodity(self, names: tuple[str, ...], text: str) -> dict[str, str] | None:
        """The row of data/commodities.csv for a printed commodity and the words around its figure."""
        for name in names:
            for rule in self.rules.get(plain(name), []):
                if re.search(rule["match"], text, re.I):
                    return rule
        return None


def read(data: Path) -> Reference:
    tables = {name: _table(Path(data), name) for name in COLUMNS}
    rules: dict[str, list[dict[str, str]]] = {}
    for rule in tables["commodities"].to_dict("records"):
        _require_pattern(rule)
        for name in rule["names"].split("|"):
            rules.setdefault(plain(name), []).append(rule)
    return Reference(
        rules,
        areas.names(tables["geography"]),
        set(tables["minerals"]["mineral"]),
        tables["corrections"],
        tables["releases"],
    )


def _table(data: Path, name: str) -> pd.DataFrame:
    path = data / f"{name}.csv"
    if not path.exists():
        raise UserError(
            f"{path}: not found. Ingest needs the data folder of the project; give it with its minerals.csv."
        )
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as fault:  # ValueError: pandas' own errors of parsing and of encoding
        raise UserError(
            f"{path}: not readable as a table ({fault}). `chokepoint check` says where; nothing was written."
        ) from None
    missing = [column for column in COLUMNS[name] if column not in table.columns]
    if missing:
        raise UserError(
            f"{path}: column {', '.join(missing)} not found; it has {', '.join(table.columns)}. Nothing was written."
        )
    return table


def _require_pattern(rule: dict[str, str]) -> None:
    try:
        re.compile(rule["match"])
    except re.error as fault:
        raise UserError(
            f'data/commodities.csv rule {rule["rule"]}: match "{rule["match"]}" is not a pattern ({fault}). Mend it.'
        ) from None
