"""What may come, by the forecast of the International Energy Agency."""

from collections.abc import Callable

import pandas as pd

from chokepoint.analysis import forecast
from chokepoint.analysis.facts.registry import Answer, fact

FORECAST = "A forecast: the IEA's base case"


def _china_2035(compute: Callable[[pd.DataFrame], float]) -> Answer:
    rows = forecast.china_refined()
    return Answer(float(compute(rows.set_index("mineral"))), rows.source_id.unique())


@fact(
    "futures.iea_minerals",
    "Minerals whose refining the IEA follows by country",
    "minerals",
    "{:.0f}",
    how=f"Minerals in the table. {FORECAST}",
)
def iea_minerals() -> Answer:
    return _china_2035(len)


@fact(
    "futures.iea_majority",
    "Of these, minerals of which China would refine more than half in 2035",
    "minerals",
    "{:.0f}",
    how=f"China's share above 50%. {FORECAST}",
)
def iea_majority() -> Answer:
    return _china_2035(lambda rows: (rows.share_2035 > 50).sum())


@fact(
    "futures.iea_rare_earths",
    "China's share of refined magnet rare earths in 2035",
    "%",
    "{:.1f}%",
    how=f"China's output over the world's. {FORECAST}",
)
def iea_rare_earths() -> Answer:
    return _china_2035(lambda rows: rows.share_2035["magnet_rare_earths"])


@fact(
    "futures.iea_outside_2030",
    "Share of refined magnet rare earths made outside China in 2030",
    "%",
    "{:.1f}%",
    how=f"One less China's share. {FORECAST}",
)
def iea_outside_2030() -> Answer:
    return _china_2035(lambda rows: 100 - rows.share_2030["magnet_rare_earths"])


@fact(
    "futures.iea_outside_2035",
    "Share of refined magnet rare earths made outside China in 2035",
    "%",
    "{:.1f}%",
    how=f"One less China's share. {FORECAST}",
)
def iea_outside_2035() -> Answer:
    return _china_2035(lambda rows: 100 - rows.share_2035["magnet_rare_earths"])


YEARS = [
    {"year_of": 2024, "kind": "base year"},
    *({"year_of": year, "kind": "a forecast: the IEA's base case"} for year in (2030, 2035, 2040)),
]


@fact(
    "futures.iea_kt_{year_of}",
    "Refined magnet rare earths outside China in {year_of}",
    "kt a year",
    "{:.1f} thousand tonnes",
    how="World less China; {kind}",
    each=YEARS,
)
def iea_kt(year_of: int) -> Answer:
    row = forecast.outside_china().set_index("year").loc[year_of]
    return Answer(float(row.outside), (row.source_id,))
