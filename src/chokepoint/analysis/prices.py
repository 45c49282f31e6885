"""Yearly prices of the minerals whose export China put under licence or banned.

With them stand the days on which it did.
"""

import pandas as pd

from chokepoint.data import tables, views
from chokepoint.data.tables import by_release

LIMITS = ("licence", "ban")
FLOOR = "mp.price_floor"  # the fact of the only floor with a published number
# The series that is traded most, where USGS prints several for a mineral.
_SERIES = {
    "graphite": "Flake",
    "germanium": "Germanium metal",
    "tellurium": "United States",
    "yttrium": "Y2O3",
    "indium": "U.S. warehouse",
}


@by_release
def controlled(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return prices of controlled minerals, one series a mineral, in the order of the first control.

    Columns: mineral, series, basis, footnote, year, value, unit, source_id.

    >>> rows = controlled()
    >>> float(rows.query("mineral == 'gallium' and year == 2025").value.iloc[0])
    580.0
    """
    rows = tables.load("prices", release).dropna(subset=["value"])
    first = days(release).groupby("mineral").day.min()
    kept = ["mineral", "series", "basis", "footnote", "year", "value", "unit", "first", "source_id"]
    rows = rows[rows.mineral.isin(first.index)]
    if rows.empty:  # no control had begun in the years of the release
        return pd.DataFrame(
            {column: pd.Series(dtype="datetime64[ns]" if column == "first" else object) for column in kept}
        )
    wanted = rows.mineral.map(_SERIES)
    rows = rows[
        pd.Series(
            [pd.isna(w) or str(s).startswith(w) for s, w in zip(rows.series, wanted, strict=True)],
            rows.index,
            dtype=bool,
        )
    ]
    rows = rows[rows.series.fillna("") == rows.series.fillna("").groupby(rows.mineral).transform("first")]
    rows = rows[rows.groupby("mineral").year.transform("nunique") > 2].assign(
        first=lambda r: r.mineral.map(first)
    )
    return (
        rows.sort_values(["first", "mineral", "year"])
        .drop_duplicates(["mineral", "year"])[kept]
        .reset_index(drop=True)
    )


@views.view("controls", "control_minerals")
def _in_force(controls: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the licences and bans that took effect, a row for each mineral that one names."""
    rows = controls.query("published and instrument in @LIMITS and took_effect == 'yes'")
    return links.merge(rows, on="control_id").dropna(subset=["effective_date_start"])


@by_release
def days(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the days within the years of the release on which a licence or a ban took effect.

    Columns: mineral, day, instrument, target, source_id.
    """
    rows = _in_force()
    last = int(tables.load("prices", release).year.max()) if release in tables.releases("prices") else 0
    rows = rows[rows.effective_date_start.dt.year <= last]
    return rows.rename(columns={"effective_date_start": "day"})[
        ["mineral", "day", "instrument", "target", "source_id"]
    ]


def rises(release: str = tables.DEFAULT_RELEASE) -> pd.Series:
    """Return, by mineral, the newest price over that of the last full year before the first control.

    >>> round(float(rises()["antimony"]), 1)
    4.6
    """
    rows = controlled(release)
    before = rows[rows.year < rows["first"].dt.year].groupby("mineral", sort=False).value.last()
    return (rows.groupby("mineral", sort=False).value.last() / before).dropna()


def ndpr(release: str) -> pd.DataFrame:
    """Return the yearly average price of NdPr oxide [US$/kg, FOB, without value-added tax].

    Where a release lacks it, that of neodymium oxide.
    """
    prices = tables.load("prices", release)
    series = prices[prices.series.str.contains("NdPr", na=False)]
    if len(series):
        return series
    return prices[(prices.mineral == "neodymium") & prices.series.str.contains("Nd2O3", na=False)]


def floor_price() -> float:
    """Return the floor of MP Materials [US$/kg]."""
    return float(tables.load("ledger").set_index("fact_id").loc[FLOOR, "value"])
