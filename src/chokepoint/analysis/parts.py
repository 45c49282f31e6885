"""Series that a release prints in parts.

USGS prints titanium concentrates as ilmenite and as rutile, country by country, and for the two together only
the world's total. A share of titanium concentrates is a share of that total, so the countries' parts are
added up here.
"""

import pandas as pd

AND = " and "


def with_sums(table: pd.DataFrame, series: list[str]) -> pd.DataFrame:
    """Return a table with rows added for each detail "a and b" of which only the world is printed.

    Of each country, a and b are added up.
    series: the columns that name a series and its year, `detail` among them. A country of which one part is a
    number and the other a word (withheld, less than half a unit) gets the number; one without any number
    keeps the word.
    """
    alike = [column for column in series if column != "detail"]
    both = table[table.detail.fillna("").str.contains(AND, regex=False)]
    added = []
    for _, whole in both.groupby(alike, dropna=False):
        if (whole.area_kind != "world").any():
            continue  # the release prints the countries of the sum itself
        first = whole.iloc[0]
        same = (table[alike].fillna("") == first[alike].fillna("")).all(axis=1) & (table.area_kind != "world")
        parts = table[same & table.detail.isin(first.detail.split(AND))]
        added.append(_added(parts, first))
    return pd.concat([table, *added], ignore_index=True)


def _added(parts: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """One row a place, in the order of the places."""
    rows = []
    for _, of in parts.groupby("area", sort=False):
        row, number = of.iloc[0].copy(), of.value.dropna()
        row["detail"] = total.detail
        if len(number):
            row["value"], row["qualifier"], row["low"], row["high"] = number.sum(), None, None, None
        rows.append(row)
    return pd.DataFrame(rows).astype(parts.dtypes.to_dict()) if rows else parts
