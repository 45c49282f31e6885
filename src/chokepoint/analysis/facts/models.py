"""Results of the models at their defaults, how they fare, and prices and forecasts beside them."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from chokepoint.analysis import concentration_backtest, forecast, prices
from chokepoint.analysis.facts.registry import Answer, fact
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.models.price_protection import REPORTED
from chokepoint.models.supply_shock import EPISODES, fit_constant, typical_miss

OWN = "M00"  # the source of what we assume ourselves


def model_result(
    fact_id: str, model: str, result: str, label: str, unit: str, text: str, scale: float = 1, **moved: float
) -> None:
    """Declare a model's result as a fact: `scale` times it, at the defaults but for assumptions `moved`."""

    def value() -> Answer:
        rows = tables.load("assumptions")
        rows = rows[rows.model == model].set_index("name")
        chosen = rows.value.to_dict() | moved
        settings = tuple(f"{r.label}: {chosen[r.Index]:g} {r.unit}" for r in rows.itertuples())
        sources = sorted(rows.source_id.dropna().unique())
        return Answer(float(scale * MODELS[model].function(**chosen)[result]), sources, rows=settings)

    other = "".join(f", {name} = {value:g}" for name, value in moved.items())
    how = f"Model {model} at the defaults of the assumptions{other}"
    fact(fact_id, label, unit, text, how=how, confidence="modelled")(value)


def assumption(fact_id: str, model: str, name: str, label: str, unit: str, text: str) -> None:
    """Declare the default of an assumption as a fact."""

    def value() -> Answer:
        row = tables.load("assumptions").set_index("assumption_id").loc[f"{model}.{name}"]
        return Answer(float(row["value"]), (row.source_id if pd.notna(row.source_id) else OWN,))

    how = f"Default of {name} in model {model}"
    fact(fact_id, label, unit, text, how=how, confidence="modelled")(value)


# --- the price of NdPr oxide against the floor ---


def _ndpr(release: str, compute: Callable[[pd.DataFrame], float]) -> Answer | None:
    rows = prices.ndpr(release)
    if rows.empty:
        return None
    years = tuple(f"{r.year}: US${r.value:g} a kilogram" for r in rows.sort_values("year").itertuples())
    return Answer(float(compute(rows)), rows.source_id.unique(), rows=years)


@fact(
    "ndpr.latest",
    "Average price of NdPr oxide in the release's latest year",
    "US$ per kg",
    "US${:.0f} a kilogram",
    how="USGS yearly average, free on board, without value-added tax",
)
def ndpr_latest(release: str) -> Answer | None:
    return _ndpr(release, lambda rows: rows.sort_values("year").value.iloc[-1])


@fact(
    "ndpr.years",
    "Years with a printed average price of NdPr oxide",
    "years",
    "{:.0f} years",
    how="Rows of the series",
)
def ndpr_years(release: str) -> Answer | None:
    return _ndpr(release, len)


@fact(
    "ndpr.years_below",
    "Of these, years whose average lay below the floor of MP Materials",
    "years",
    "{:.0f}",
    how="Yearly average below the floor",
)
def ndpr_years_below(release: str) -> Answer | None:
    return _ndpr(release, lambda rows: (rows.value < prices.floor_price()).sum())


# --- the price floor ---

model_result(
    "floor.levy", "price_floor", "levy", "Levy at the model's defaults", "US$ per kg", "US${:.0f} a kilogram"
)
model_result(
    "floor.spend_more",
    "price_floor",
    "spending_change",
    "What buyers spend more in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
model_result(
    "floor.use_less",
    "price_floor",
    "use_change",
    "How much less they use at the model's defaults",
    "percent",
    "{:.0f} %",
    scale=-100,
)
model_result(
    "floor.worse_off",
    "price_floor",
    "consumer_surplus_change",
    "How much worse off buyers are in a year at the model's defaults, use forgone counted",
    "US$ billion",
    "US${:.1f} billion",
    scale=-0.001,
)
model_result(
    "floor.to_producers",
    "price_floor",
    "producer_surplus_change",
    "Gain of the producers at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
model_result(
    "floor.revenue",
    "price_floor",
    "revenue",
    "Revenue of the levy at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
model_result(
    "floor.half_dodged",
    "price_floor",
    "bloc_price",
    "Price inside at the model's defaults if the levy is dodged on half of the imports",
    "US$ per kg",
    "US${:.0f}",
    evasion_share=0.5,
)
assumption(
    "floor.base_demand",
    "price_floor",
    "base_demand",
    "Oxide used outside China, that in bought magnets counted",
    "kt a year",
    "{:.0f} thousand tonnes",
)
assumption(
    "floor.base_supply",
    "price_floor",
    "base_supply",
    "Oxide made outside China",
    "kt a year",
    "{:.1f} thousand tonnes",
)
model_result(
    "floor.deadweight",
    "price_floor",
    "deadweight_loss",
    "Loss that nobody gets back at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
model_result(
    "floor.secure_cost",
    "price_floor",
    "secure_cost",
    "Loss for each extra kilogram of bloc output at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
model_result(
    "floor.extra_supply",
    "price_floor",
    "extra_supply",
    "Output that the floor adds at the model's defaults",
    "kt a year",
    "{:,.1f} thousand tonnes",
)


# --- a mine ---

model_result(
    "mine.calm",
    "project_value",
    "npv",
    "Value of the mine if no flood comes",
    "A$ million",
    "A${:,.0f} million",
    flood_years=0,
)
model_result(
    "mine.flooded",
    "project_value",
    "npv",
    "Value of the mine if eight flooded years are expected, without a floor",
    "A$ million",
    "A${:,.0f} million",
)
model_result(
    "mine.floored",
    "project_value",
    "npv_with_floor",
    "The same with a floor of US$110 for ten years",
    "A$ million",
    "A${:,.0f} million",
)
assumption(
    "mine.floor_years",
    "project_value",
    "floor_years",
    "Years for which the mine gets the floor at the model's defaults",
    "years",
    "{:.0f} years",
)
assumption(
    "mine.flood_price",
    "project_value",
    "flood_price",
    "Price during the flood at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)


# --- a guaranteed price ---

assumption(
    "contract.start",
    "price_protection",
    "start_price",
    "Price at the start of the guarantee at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
model_result(
    "contract.cost",
    "price_protection",
    "net_cost",
    "Expected cost to the state of ten years of a guaranteed US$110",
    "US$ billion",
    "US${:.1f} billion",
    scale=0.001,
)
model_result(
    "contract.first_year",
    "price_protection",
    "first_payment",
    "Payment expected in the first year of the guarantee",
    "US$ million",
    "US${:,.0f} million",
)


@fact(
    "contract.reported",
    "Payments under MP Materials' price guarantee in the two quarters reported so far, as a year",
    "US$ million",
    "US${:,.0f} million",
    how="Fourth quarter of 2025 and first of 2026, times two",
)
def reported_payments() -> Answer:
    quarters = tuple(f"US${quarter:.1f} million in a quarter" for quarter in REPORTED)
    return Answer(4 * sum(REPORTED) / len(REPORTED), ("M18", "M64"), rows=quarters)


# --- a floor on one stage of the chain ---

model_result(
    "cascade.magnet_protection",
    "stage_cascade",
    "magnet_protection",
    "Protection of the magnet maker's own work when only the oxide has a floor",
    "percent",
    "{:.0f} %",
    scale=100,
    magnet_floor=47,
)
model_result(
    "cascade.work_lost",
    "stage_cascade",
    "magnet_protection",
    "What the magnet maker's own work loses of its earnings when only the oxide has a floor",
    "percent",
    "{:.0f} %",
    scale=-100,
    magnet_floor=47,
)
model_result(
    "cascade.magnet_cost",
    "stage_cascade",
    "magnet_cost_rise",
    "Dearer oxide in a kilogram of magnet",
    "US$ per kg",
    "US${:.0f}",
)
model_result(
    "cascade.magnet_floor_needed",
    "stage_cascade",
    "magnet_floor_needed",
    "Floor on magnets that leaves their makers whole",
    "US$ per kg",
    "US${:.0f} a kilogram",
)
model_result(
    "cascade.car",
    "stage_cascade",
    "car_cost_rise",
    "Dearer magnets in an electric car with both floors",
    "US$",
    "US${:.0f}",
)


# --- the Vault ---

model_result(
    "vault.carry",
    "vault",
    "carry",
    "Interest, return and storage in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
    scale=1000,
)
model_result(
    "vault.carry_rate",
    "vault",
    "carry_rate",
    "The same as a share of the money",
    "percent",
    "{:.1f} %",
    scale=100,
)


# --- price jumps ---

EPISODE_SOURCES = sorted({source for *_, source in EPISODES})


@fact(
    "{fact_id}",
    "{label}",
    "x",
    "{:.2f}",
    how="{how}",
    each=[
        {
            "fact_id": "shock.miss",
            "label": "Factor by which the fit of six price jumps misses them",
            "how": "Root mean square of the logarithm of predicted over seen",
            "options": {},
        },
        {
            "fact_id": "shock.miss_constant",
            "label": "Factor by which one number for all six misses them",
            "how": "The same for their geometric mean",
            "options": {"constant": True},
        },
        {
            "fact_id": "shock.left_out",
            "label": "The same, each jump predicted from the other five",
            "how": "Leave one out, root mean square in logarithms",
            "options": {"left_out": True},
        },
        {
            "fact_id": "shock.left_out_constant",
            "label": "The same by one number for all, each jump predicted from the other five",
            "how": "Leave one out, root mean square in logarithms",
            "options": {"left_out": True, "constant": True},
        },
    ],
    confidence="modelled",
)
def shock_miss(options: dict) -> Answer:
    return Answer(typical_miss(**options), EPISODE_SOURCES)


@fact(
    "shock.constant",
    "The one number: geometric mean of six past price jumps",
    "x",
    "{:.1f}",
    how="Geometric mean of what was seen",
    confidence="modelled",
)
def shock_constant() -> Answer:
    return Answer(fit_constant(), EPISODE_SOURCES)


# --- the models against the world ---

_checks = partial(fact, unit="checks", text="{:.0f}", confidence="modelled")


def _count(release: str, condition: str) -> Answer:
    rows = concentration_backtest.checks(release)
    return Answer(float(len(rows.query(condition))), sorted(rows.source_id.unique()))


@_checks(
    "validation.checks",
    "Published numbers and episodes that the models are set against",
    how="Rows of the validation page",
)
def checks(release: str) -> Answer:
    return _count(release, "index >= 0")


@_checks(
    "validation.tests",
    "Of these, tests: figures that a model was not set to meet",
    how="Rows of the validation page that are tests",
)
def tests(release: str) -> Answer:
    return _count(release, f"kind == {concentration_backtest.TEST!r}")


@_checks(
    "validation.{name}",
    "Of these, checks with the outcome: {outcome}",
    how="Rows of the validation page with this outcome",
    each=[
        {"name": "within", "outcome": "within"},
        {"name": "missed", "outcome": "missed"},
        {"name": "fitted", "outcome": concentration_backtest.FITTED},
        {"name": "bounds", "outcome": concentration_backtest.BOUND},
        {"name": "identities", "outcome": concentration_backtest.IDENTITY},
        {"name": "data", "outcome": concentration_backtest.DATA},
        {"name": "arithmetic", "outcome": concentration_backtest.ARITHMETIC},
    ],
)
def outcomes(outcome: str, release: str) -> Answer:
    return _count(release, f"outcome == {outcome!r}")


# --- what may come: the forecast of the International Energy Agency ---

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
    how=f"China's share above 50 %. {FORECAST}",
)
def iea_majority() -> Answer:
    return _china_2035(lambda rows: (rows.share_2035 > 50).sum())


@fact(
    "futures.iea_rare_earths",
    "China's share of refined magnet rare earths in 2035",
    "%",
    "{:.1f} %",
    how=f"China's output over the world's. {FORECAST}",
)
def iea_rare_earths() -> Answer:
    return _china_2035(lambda rows: rows.share_2035["magnet_rare_earths"])


@fact(
    "futures.iea_outside_2030",
    "Share of refined magnet rare earths made outside China in 2030",
    "%",
    "{:.1f} %",
    how=f"One less China's share. {FORECAST}",
)
def iea_outside_2030() -> Answer:
    return _china_2035(lambda rows: 100 - rows.share_2030["magnet_rare_earths"])


@fact(
    "futures.iea_outside_2035",
    "Share of refined magnet rare earths made outside China in 2035",
    "%",
    "{:.1f} %",
    how=f"One less China's share. {FORECAST}",
)
def iea_outside_2035() -> Answer:
    return _china_2035(lambda rows: 100 - rows.share_2035["magnet_rare_earths"])


YEARS = [
    {"year_of": 2024, "kind": "base year"},
    *({"year_of": year, "kind": "a forecast: the IEA's base case"} for year in (2030, 2035, 2040)),
]
_tonnes = partial(
    fact,
    unit="kt a year",
    text="{:.1f} thousand tonnes",
    how="World less China where asked; {kind}",
    each=YEARS,
)


@_tonnes("futures.iea_kt_{year_of}", "Refined magnet rare earths outside China in {year_of}")
def iea_kt(year_of: int) -> Answer:
    row = forecast.outside_china().set_index("year").loc[year_of]
    return Answer(float(row.outside), (row.source_id,))


@_tonnes("futures.iea_world_{year_of}", "Refined magnet rare earths in the world in {year_of}")
def iea_world(year_of: int) -> Answer:
    row = forecast.outside_china().set_index("year").loc[year_of]
    return Answer(float(row.world), (row.source_id,))


# --- what may come: the model of the build-out ---

model_result(
    "futures.kt_2035",
    "buildout",
    "capacity",
    "Separated outside China in 2035 in the model if every project pays",
    "kt a year",
    "{:.1f} thousand tonnes",
    floor=160,
    year=11,
)
model_result(
    "futures.kt_2040",
    "buildout",
    "capacity",
    "Separated outside China in 2040 in the model if every project pays",
    "kt a year",
    "{:.1f} thousand tonnes",
    floor=160,
    year=16,
)
model_result(
    "futures.share_set",
    "buildout",
    "share",
    "Share outside China in 2035 that the model is set to, every project paying",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=160,
)
model_result(
    "futures.world_2035",
    "buildout",
    "demand",
    "World demand in 2035 in the model",
    "kt a year",
    "{:.1f} thousand tonnes",
)
model_result(
    "futures.added_floor",
    "buildout",
    "added",
    "Capacity that the model adds each year at US$110",
    "kt/year per year",
    "{:.2f} thousand tonnes",
    floor=110,
)
model_result(
    "futures.worked_price",
    "buildout",
    "price",
    "Price that builders can count on in the worked case of the build-out",
    "US$ per kg",
    "US${:.0f}",
)
model_result(
    "futures.viable_floor",
    "buildout",
    "viable",
    "Projects outside China that pay at US$75",
    "percent",
    "{:.0f} %",
    scale=100,
)
model_result(
    "futures.needed_2039",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2039",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=15,
)
model_result(
    "futures.needed_2044",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2044",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=20,
)
model_result(
    "futures.money_2044",
    "buildout",
    "capital_needed",
    "Money each year for half in 2044",
    "US$ billion a year",
    "US${:.1f} billion",
    year=20,
)
assumption(
    "futures.base_supply",
    "buildout",
    "start_capacity",
    "Separated outside China in 2024, where the build-out starts",
    "kt a year",
    "{:.1f} thousand tonnes",
)
