"""A figure that breaks a rule, and the words in which it is reported."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

# What makes a series, besides the time: the columns that must be the same.
SERIES = {
    "production": ["mineral", "commodity", "stage", "detail", "form", "area"],
    "capacity": ["mineral", "commodity", "stage", "detail", "form", "area"],
    "reserves": ["mineral", "commodity", "detail", "form", "area"],
    "salient": ["mineral", "commodity", "statistic", "detail", "unit"],
    "prices": ["mineral", "commodity", "series", "basis", "unit"],
    "headline": ["mineral", "commodity", "measure", "area", "unit"],
    "prices_monthly": ["series", "unit"],
    "iea_production": ["mineral", "stage", "area"],
    "iea_demand": ["mineral", "use", "scenario"],
}
# The columns of a row that are shown to a reader, in this order, where the table has them.
SHOWN = (
    "party",
    "agreement",
    "mineral",
    "commodity",
    "stage",
    "statistic",
    "measure",
    "series",
    "use",
    "detail",
    "form",
    "area",
    "scenario",
    "year",
    "month",
)
NUMBERS = ("value", "low", "high")

Row = dict[str, Any]  # column → cell, as text
Label = Any  # of a row: its number in the file, or "kept:" and that
Tables = dict[tuple[str, str], pd.DataFrame]  # (release, table) → its rows as text
Place = Callable[[str, str, Label], str]  # release, table, row → where a reader finds it


@dataclass(frozen=True)
class Finding:
    """One figure that breaks a rule.

    `row` is its label in the table; `refused` is False for what is only worth a look.
    """

    release: str
    table: str
    row: Label
    column: str
    rule: str
    message: str
    refused: bool = True


@dataclass(frozen=True)
class Table:
    """A table of a release, its cells as text."""

    release: str
    name: str
    rows: pd.DataFrame

    def row(self, label: Label) -> Row:
        """Return a row by its label: column → cell."""
        return {str(column): cell for column, cell in self.rows.loc[label].items()}

    def numbers(self, column: str = "value") -> pd.Series:
        """Return a column as numbers; NaN where a cell holds none."""
        return pd.to_numeric(self.rows[column], errors="coerce")

    def alike(self, row: Row, columns: list[str]) -> pd.Series:
        """Mark the rows that have the cells of `row` in all of these columns."""
        return (self.rows[columns] == pd.Series({c: row[c] for c in columns})).all(axis=1)

    def finding(self, row: Label, column: str, rule: str, message: str, *, refused: bool = True) -> Finding:
        """Return a finding on one of its cells."""
        return Finding(self.release, self.name, row, column, rule, message, refused)


def describe_row(row: Row) -> str:
    """Describe a row: what it is of, whose, when.

    >>> describe_row({"mineral": "tin", "commodity": "Tin", "stage": "mine", "area": "Peru", "year": "2025",
    ...     "value": "3"})
    'tin, mine, Peru, 2025'
    """
    parts = [row[name] for name in SHOWN if row.get(name)]
    plain = [re.sub(r"\W+", " ", part).casefold().strip() for part in parts]
    return ", ".join(part for i, part in enumerate(parts) if plain[i] not in plain[:i])


def amount(value: float, row: Row) -> str:
    """Write a figure with the unit of its row.

    >>> amount(17100000.0, {"unit": "t"}), amount(0.5, {"unit": "percent"}), amount(-3, {})
    ('17,100,000 t', '0.5 percent', '-3')
    """
    return f"{float(f'{value:.12g}'):,.12g} {row.get('unit', '')}".strip()


def times(ratio: float) -> str:
    """Write how many times, to two digits.

    >>> times(1000.2), times(0.0294), times(34.49)
    ('1,000', '34', '34')
    """
    ratio = max(ratio, 1 / ratio)
    return f"{float(f'{ratio:.2g}'):,.10g}"
