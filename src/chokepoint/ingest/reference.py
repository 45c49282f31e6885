"""The project's own tables that say what a printed word means: commodities, areas, corrections, releases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest import areas


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
    tables = {name: _table(Path(data), name) for name in ("commodities", "minerals", "corrections", "releases")}
    rules: dict[str, list[dict[str, str]]] = {}
    for rule in tables["commodities"].to_dict("records"):
        for name in rule["names"].split("|"):
            rules.setdefault(plain(name), []).append(rule)
    known = areas.names(Path(data) / "geography.csv")
    return Reference(rules, known, set(tables["minerals"]["mineral"]), tables["corrections"], tables["releases"])


def _table(data: Path, name: str) -> pd.DataFrame:
    path = data / f"{name}.csv"
    if not path.exists():
        raise UserError(f"{path}: not found. Ingest needs the data folder of the project; give it with its minerals.csv.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)
