"""What is wrong with the table of forecasts: one that nothing can settle, or that is settled by nothing."""

from collections.abc import Iterator, Mapping

import pandas as pd

Fault = tuple[object, str, str]  # row, column, what is wrong


def faults(tables: Mapping[str, pd.DataFrame], keys: Mapping[str, str]) -> Iterator[Fault]:
    """Yield every fault of `forecasts` among some tables, as text.

    keys: the column that is the key of each table. A table of yearly releases, `mcs2026-prices`, answers to
    `prices` too, with any of its rows.
    """
    of_releases = {name.partition("-")[2]: name for name in sorted(tables) if "-" in name}
    for i, row in tables["forecasts"].iterrows():
        if row["due"] <= row["made_on"]:
            yield i, "due", f'"{row["due"]}" is not later than made_on {row["made_on"]}'
        if row["evidence_to"] > row["made_on"]:
            yield i, "evidence_to", f'"{row["evidence_to"]}" is later than made_on {row["made_on"]}'
        if row["outcome"]:
            for column in ("settled_on", "source_id"):
                if not row[column]:
                    yield i, column, "is empty; an outcome needs its day and its source"
            if row["settled_on"] and row["settled_on"] <= row["made_on"]:
                yield i, "settled_on", f'"{row["settled_on"]}" is not later than made_on {row["made_on"]}'
        elif row["settled_on"] or row["source_id"]:
            yield i, "outcome", "is empty, though a day or a source settles it: yes, no or void"
        yield from _rule(i, row, tables, keys, of_releases)


def _rule(
    i: object,
    row: pd.Series,
    tables: Mapping[str, pd.DataFrame],
    keys: Mapping[str, str],
    of_releases: Mapping[str, str],
) -> Iterator[Fault]:
    """Yield what keeps a rule from being read: no such table, row or column. A fact has neither."""
    name, _, key = row["rule"].partition(":")
    if name == "fact":
        return
    table = tables.get(of_releases.get(name, name))
    if table is None:
        yield i, "rule", f'"{row["rule"]}" names no table; expected table:key, a table, or fact:id'
        return
    if row["column"] not in table:
        yield i, "column", f'"{row["column"]}" is no column of {name}; it has {", ".join(table.columns)}'
    if key and key not in set(table[keys[name]] if name in keys else ()):
        yield i, "rule", f'"{key}" is no row of {name}: its key is the column {keys.get(name, "of none")}'
