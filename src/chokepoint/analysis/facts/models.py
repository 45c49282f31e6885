"""Results of the models at their defaults, how they fare, and prices and forecasts beside them."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from chokepoint.analysis import concentration_backtest, decisions, facts, forecast, prices, supply
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


@fact(
    "ndpr.below",
    "How far the latest average price of NdPr oxide lies below the floor of MP Materials",
    "US$ per kg",
    "US${:.0f} a kilogram",
    how="Floor less average, where the average is lower",
)
def ndpr_below(release: str) -> Answer | None:
    latest = _ndpr(release, lambda rows: prices.floor_price() - rows.sort_values("year").value.iloc[-1])
    return latest if latest and latest.value > 0 else None


# --- the glut of lithium ---

PEAK, AFTER_GLUT, BEFORE_PEAK = 2022, 2025, 2021


@fact(
    "lithium.price_{year}",
    "Average price of battery-grade lithium carbonate in {year}",
    "US$ a tonne",
    "US${:,.0f} a tonne",
    how="USGS yearly average, which it calls real: inflation is taken out",
    each=[{"year": PEAK}, {"year": AFTER_GLUT}],
)
def lithium_price(year: int) -> Answer:
    rows = tables.load("prices", tables.DEFAULT_RELEASE).query("mineral == 'lithium' and year == @year")
    return Answer(float(rows.value.iloc[0]), (rows.source_id.iloc[0],))


def _lithium_mined() -> pd.DataFrame:
    rows = supply.by_year().query("mineral == 'lithium' and step == 'mine'")
    return rows[rows.year.isin([BEFORE_PEAK, AFTER_GLUT])].sort_values("year")


@fact(
    "lithium.output_times",
    f"World mine output of lithium in {AFTER_GLUT} over that in {BEFORE_PEAK}, the United States apart",
    "x",
    "{:.1f} times",
    how="World totals of USGS, which leave out the United States, each of the newest release that prints it",
)
def lithium_output() -> Answer:
    rows = _lithium_mined().drop_duplicates("year")
    said = tuple(f"{r.year}: {r.world:,.0f} t" for r in rows.itertuples())
    return Answer(float(rows.world.iloc[-1] / rows.world.iloc[0]), rows.source_id.unique(), rows=said)


@fact(
    "lithium.added_in_china",
    f"China's part in what the world's mines of lithium added from {BEFORE_PEAK} to {AFTER_GLUT}",
    "percent",
    "{:.0f}%",
    how="China's increase over the world's, the United States apart",
)
def lithium_added_in_china() -> Answer:
    rows = _lithium_mined().query("iso3 == 'CHN'")
    added = rows[["value", "world"]].iloc[-1] - rows[["value", "world"]].iloc[0]
    return Answer(float(100 * added["value"] / added.world), rows.source_id.unique())


# --- the price floor ---

assumption(
    "floor.start",
    "price_floor",
    "world_price",
    "World price of NdPr oxide that the model starts from",
    "US$ per kg",
    "US${:.0f}",
)
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
    "{:.0f}%",
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
    "A$ billion",
    "A${:.1f} billion",
    scale=0.001,
    flood_years=0,
)
model_result(
    "mine.flooded",
    "project_value",
    "npv",
    "Value of the mine if eight flooded years are expected, without a floor",
    "A$ billion",
    "A${:.1f} billion",
    scale=0.001,
)
model_result(
    "mine.floored",
    "project_value",
    "npv_with_floor",
    "The same with a floor of US$110 for ten years",
    "A$ billion",
    "A${:.1f} billion",
    scale=0.001,
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
    "{:.0f}%",
    scale=100,
    magnet_floor=47,
)
model_result(
    "cascade.work_lost",
    "stage_cascade",
    "magnet_protection",
    "What the magnet maker's own work loses of its earnings when only the oxide has a floor",
    "percent",
    "{:.0f}%",
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


# --- what a kilogram of magnet goes through ---

assumption(
    "rock.oxide_per_magnet",
    "stage_cascade",
    "oxide_per_magnet",
    "Oxide of neodymium and praseodymium that goes into a kilogram of magnet",
    "kg",
    "{:g} kg",
)
assumption(
    "rock.magnet_per_car",
    "stage_cascade",
    "magnet_per_car",
    "Magnets in an electric car",
    "kg",
    "{:g} kg",
)


@fact(
    "rock.ore_per_magnet",
    "Rock for a kilogram of magnet, at least",
    "kg",
    "{:.0f} kg",
    how="Oxide that goes into it, over the part of neodymium and praseodymium in the rare earths of Mountain "
    "Pass, over the grade of its ore; nothing lost on the way",
    confidence="modelled",
)
def ore_per_magnet() -> Answer:
    return _before_oxide("rock.grade")


@fact(
    "rock.concentrate_per_magnet",
    "Concentrate for a kilogram of magnet, at least",
    "kg",
    "{:.1f} kg",
    how="Oxide that goes into it, over the part of neodymium and praseodymium in the rare earths of Mountain "
    "Pass, over the most that a concentrate often holds of rare earths; nothing lost on the way",
    confidence="modelled",
)
def concentrate_per_magnet() -> Answer:
    return _before_oxide("rock.concentrate_high")


def _before_oxide(held: str) -> Answer:
    """Return what holds a kilogram of magnet's oxide, `held` being its rare earths [%]."""
    used = [facts.get(name) for name in ("rock.oxide_per_magnet", "rock.magnet_part", held)]
    oxide, part, rare_earths = (float(f.value) for f in used)
    sources = sorted({source for f in used for source in f.sources} - {OWN})
    return Answer(
        oxide / (part / 100) / (rare_earths / 100), sources, rows=tuple(f"{f.label}: {f.text}" for f in used)
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
    "{:.1f}%",
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


# --- what may come: the scenario model, for those who signed or came ---

_minerals = partial(fact, unit="minerals", text="{:.0f}", confidence="modelled")
HALF, MANY = 0.5, 0.1  # of the world's output; of the makers of the next stage


def _across(condition: str) -> Answer:
    rows = decisions.across().query(condition)
    return Answer(float(len(rows)), (OWN,), rows=tuple(rows.index))


@_minerals("scenario.minerals", "Minerals that the scenario model can run", how="Grades A to C of its facts")
def scenario_minerals() -> Answer:
    return _across("index == index")


@_minerals(
    "scenario.half_{name}",
    "Minerals of which those who signed or came make over half in 2040: {story}",
    how="Runs of the scenario model, China answering nothing",
    each=[
        {"name": "nothing", "story": "nothing is done"},
        {"name": "all", "story": "floors up to the product, public money and a stock"},
    ],
)
def scenario_half(name: str) -> Answer:
    return _across(f"`{name}` > {HALF}")


@_minerals(
    "scenario.left_{name}",
    "Minerals of which a tenth or more of the next stage's makers have left by 2040: {story}",
    how="Runs of the scenario model, China answering nothing",
    each=[
        {"name": "early", "story": "a floor of 1.5 times the price on ore and the refined form"},
        {"name": "late", "story": "the same floor up to the product"},
    ],
)
def scenario_left(name: str) -> Answer:
    return _across(f"`{name}` >= {MANY}")


@fact(
    "scenario.left_out",
    "Typical miss of the scenario model on past price jumps, each predicted from the others, as a factor",
    "times",
    "{:.2f}",
    how="Calibration of the scenario model",
    confidence="modelled",
)
def scenario_left_out() -> Answer:
    return _calibrated("left_out_model_factor")


@fact(
    "scenario.left_out_constant",
    "The same if one number is taken for all of them",
    "times",
    "{:.2f}",
    how="Calibration of the scenario model",
    confidence="modelled",
)
def scenario_left_out_constant() -> Answer:
    return _calibrated("left_out_constant_factor")


def _calibrated(measure: str) -> Answer:
    row = tables.load("scenario_calibration").set_index("measure").loc[measure]
    return Answer(float(row.value), (row.source_id,))
