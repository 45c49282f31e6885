"""Facts of what may come: the forecast of others, and the build-out model."""

from functools import lru_cache

import numpy as np

from chokepoint import tables
from chokepoint.facts import computed
from chokepoint.facts.prices_and_models import from_model
from chokepoint.measures import forecast
from chokepoint.models import MODELS


def _iea_forecast(fact_id: str, label: str, unit: str, text: str, how: str, compute) -> None:
    computed(fact_id, label, unit, text, f"{how} A forecast: the IEA's base case")(
        lambda release: (float(compute(forecast.china_refined())), tuple(forecast.china_refined().source_id.unique()))
    )


_iea_forecast(
    "futures.iea_minerals", "Minerals whose refining the IEA follows by country", "minerals", "{:.0f}", "Minerals in the table.", len
)
_iea_forecast(
    "futures.iea_majority",
    "Of these, minerals of which China would refine more than half in 2035",
    "minerals",
    "{:.0f}",
    "China's share above 50 %.",
    lambda t: (t.share_2035 > 50).sum(),
)
_iea_forecast(
    "futures.iea_rare_earths",
    "China's share of refined magnet rare earths in 2035",
    "%",
    "{:.0f} %",
    "China's output over the world's.",
    lambda t: t.set_index("mineral").share_2035["magnet_rare_earths"],
)
_iea_forecast(
    "futures.iea_outside_2030",
    "Share of refined magnet rare earths made outside China in 2030",
    "%",
    "{:.0f} %",
    "One less China's share.",
    lambda t: 100 - t.set_index("mineral").share_2030["magnet_rare_earths"],
)
_iea_forecast(
    "futures.iea_outside_2035",
    "Share of refined magnet rare earths made outside China in 2035",
    "%",
    "{:.1f} %",
    "One less China's share.",
    lambda t: 100 - t.set_index("mineral").share_2035["magnet_rare_earths"],
)
from_model(
    "futures.share_floor",
    "buildout",
    "share",
    "Separated outside China in 2035 at a dependable price of US$110",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=110,
)
from_model(
    "futures.share_worked",
    "buildout",
    "share",
    "Separated outside China in 2035 at a dependable price of US$75",
    "percent",
    "{:.0f} %",
    scale=100,
)
from_model(
    "futures.worked_price",
    "buildout",
    "price",
    "Price that builders can count on in the worked case of the build-out",
    "US$ per kg",
    "US${:.0f}",
)
from_model(
    "futures.share_market",
    "buildout",
    "share",
    "Separated outside China in 2035 at the market price of US$60, no floor",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=0,
)
from_model("futures.viable_floor", "buildout", "viable", "Projects outside China that pay at US$75", "percent", "{:.0f} %", scale=100)
from_model(
    "futures.needed_2039",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2039",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=15,
)
from_model(
    "futures.needed_2044",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2044",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=20,
)
from_model(
    "futures.money_2044",
    "buildout",
    "capital_needed",
    "Money each year for half in 2044",
    "US$ billion a year",
    "US${:.1f} billion",
    year=20,
)


@lru_cache(maxsize=4)
def _full_draws(data: str, year: int):
    """Shares outside China of the cohort model at all draws of its assumptions [%]."""
    from chokepoint.measures.uncertainty import draws

    settings = draws("pipeline", held=("year", "target"))
    return 100 * MODELS["pipeline"].function(**(settings | {"year": 0 * settings["year"] + year}))["share"]


def _draws(fact_id: str, label: str, how: str, year: int, compute) -> None:
    computed(
        fact_id, label, "percent", "{:.0f} %", f"{how} Model pipeline, every assumption drawn evenly from its range, fixed seed", "modelled"
    )(
        lambda release: (
            float(compute(_full_draws(str(tables.data_dir()), year))),
            tuple(sorted(tables.load("assumptions").query("model == 'pipeline'").source_id.dropna().unique())),
        )
    )


_draws(
    "futures.spread_low",
    "Share outside China in 2035 that 19 draws of 20 exceed",
    "Five per cent quantile.",
    11,
    lambda s: np.quantile(s, 0.05),
)
_draws(
    "futures.spread_high",
    "Share outside China in 2035 that 19 draws of 20 stay below",
    "Ninety-five per cent quantile.",
    11,
    lambda s: np.quantile(s, 0.95),
)
_draws(
    "futures.half_draws",
    "Draws in which half is separated outside China in 2044",
    "Share of the draws.",
    20,
    lambda s: 100 * (s >= 50).mean(),
)
