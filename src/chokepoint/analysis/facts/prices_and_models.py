"""Facts of the price against the floor, and of what each model gives at its default settings."""

import pandas as pd

from chokepoint.analysis.facts import computed
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.models.price_protection import REPORTED
from chokepoint.models.supply_shock import EPISODES, fit_constant, typical_miss

FLOOR = "mp.price_floor"  # the only floor with a published number


def ndpr(release: str) -> pd.DataFrame:
    """Yearly average price of NdPr oxide [US$/kg, FOB, without value-added tax]; neodymium oxide where a release lacks it."""
    prices = tables.load("prices", release)
    series = prices[prices.series.str.contains("NdPr", na=False)]
    return (
        series
        if len(series)
        else prices[(prices.mineral == "neodymium") & prices.series.str.contains("Nd2O3", na=False)]
    )


def floor_price() -> float:
    """The floor of MP Materials [US$/kg]."""
    return float(tables.row("ledger", fact_id=FLOOR).value)


def _ndpr(fact_id: str, label: str, unit: str, text: str, how: str, compute) -> None:
    def value(release: str):
        rows = ndpr(release)
        if rows.empty:
            return None, ()
        years = tuple(f"{r.year}: US${r.value:g} a kilogram" for r in rows.sort_values("year").itertuples())
        return float(compute(rows)), tuple(rows.source_id.unique()), {"rows": years}

    computed(fact_id, label, unit, text, how)(value)


_ndpr(
    "ndpr.latest",
    "Average price of NdPr oxide in the release's latest year",
    "US$ per kg",
    "US${:.0f} a kilogram",
    "USGS yearly average, free on board, without value-added tax",
    lambda t: t.sort_values("year").value.iloc[-1],
)
_ndpr(
    "ndpr.years",
    "Years with a printed average price of NdPr oxide",
    "years",
    "{:.0f} years",
    "Rows of the series",
    len,
)
_ndpr(
    "ndpr.years_below",
    "Of these, years whose average lay below the floor of MP Materials",
    "years",
    "{:.0f}",
    "Yearly average below the floor",
    lambda t: (t.value < floor_price()).sum(),
)


# --- what the models give at their default settings ---


def from_model(
    fact_id: str, model: str, result: str, label: str, unit: str, text: str, scale: float = 1, **moved: float
) -> None:
    def value(release: str):
        rows = tables.load("assumptions").query("model == @model").set_index("name")
        chosen = rows.value.to_dict() | moved
        settings = tuple(f"{r.label}: {chosen[r.Index]:g} {r.unit}" for r in rows.itertuples())
        sources = tuple(sorted(rows.source_id.dropna().unique()))
        return float(scale * MODELS[model].function(**chosen)[result]), sources, {"rows": settings}

    settings = "".join(f", {k} = {v:g}" for k, v in moved.items())
    computed(
        fact_id, label, unit, text, f"Model {model} at the defaults of the assumptions{settings}", "modelled"
    )(value)


OWN = "M00"  # the source of what we assume ourselves


def setting(fact_id: str, model: str, name: str, label: str, unit: str, text: str) -> None:
    def value(release: str):
        row = tables.load("assumptions").set_index("assumption_id").loc[f"{model}.{name}"]
        return float(row["value"]), (row.source_id if pd.notna(row.source_id) else OWN,)

    computed(fact_id, label, unit, text, f"Default of {name} in model {model}", "modelled")(value)


from_model(
    "floor.levy", "price_floor", "levy", "Levy at the model's defaults", "US$ per kg", "US${:.0f} a kilogram"
)
from_model(
    "floor.spend_more",
    "price_floor",
    "spending_change",
    "What buyers spend more in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
from_model(
    "floor.use_less",
    "price_floor",
    "use_change",
    "How much less they use at the model's defaults",
    "percent",
    "{:.0f} %",
    scale=-100,
)
from_model(
    "floor.worse_off",
    "price_floor",
    "consumer_surplus_change",
    "How much worse off buyers are in a year at the model's defaults, use forgone counted",
    "US$ billion",
    "US${:.1f} billion",
    scale=-0.001,
)
from_model(
    "floor.to_producers",
    "price_floor",
    "producer_surplus_change",
    "Gain of the producers at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
from_model(
    "floor.revenue",
    "price_floor",
    "revenue",
    "Revenue of the levy at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
from_model(
    "floor.half_dodged",
    "price_floor",
    "bloc_price",
    "Price inside at the model's defaults if the levy is dodged on half of the imports",
    "US$ per kg",
    "US${:.0f}",
    evasion_share=0.5,
)
setting(
    "floor.base_demand",
    "price_floor",
    "base_demand",
    "Oxide used outside China, that in bought magnets counted",
    "kt a year",
    "{:.0f} thousand tonnes",
)
setting(
    "floor.base_supply",
    "price_floor",
    "base_supply",
    "Oxide made outside China",
    "kt a year",
    "{:.1f} thousand tonnes",
)
from_model(
    "floor.deadweight",
    "price_floor",
    "deadweight_loss",
    "Loss that nobody gets back at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
from_model(
    "floor.secure_cost",
    "price_floor",
    "secure_cost",
    "Loss for each extra kilogram of bloc output at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
from_model(
    "floor.extra_supply",
    "price_floor",
    "extra_supply",
    "Output that the floor adds at the model's defaults",
    "kt a year",
    "{:,.1f} thousand tonnes",
)
from_model(
    "mine.calm",
    "project_value",
    "npv",
    "Value of the mine if no flood comes",
    "A$ million",
    "A${:,.0f} million",
    flood_years=0,
)
from_model(
    "mine.flooded",
    "project_value",
    "npv",
    "Value of the mine if eight flooded years are expected, without a floor",
    "A$ million",
    "A${:,.0f} million",
)
from_model(
    "mine.floored",
    "project_value",
    "npv_with_floor",
    "The same with a floor of US$110 for ten years",
    "A$ million",
    "A${:,.0f} million",
)
setting(
    "mine.floor_years",
    "project_value",
    "floor_years",
    "Years for which the mine gets the floor at the model's defaults",
    "years",
    "{:.0f} years",
)
setting(
    "mine.flood_price",
    "project_value",
    "flood_price",
    "Price during the flood at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
setting(
    "contract.start",
    "price_protection",
    "start_price",
    "Price at the start of the guarantee at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
from_model(
    "contract.cost",
    "price_protection",
    "net_cost",
    "Expected cost to the state of ten years of a guaranteed US$110",
    "US$ billion",
    "US${:.1f} billion",
    scale=0.001,
)
from_model(
    "contract.first_year",
    "price_protection",
    "first_payment",
    "Payment expected in the first year of the guarantee",
    "US$ million",
    "US${:,.0f} million",
)


@computed(
    "contract.reported",
    "Payments under MP Materials' price guarantee in the two quarters reported so far, as a year",
    "US$ million",
    "US${:,.0f} million",
    "Fourth quarter of 2025 and first of 2026, times two",
)
def _reported(release: str):
    return (
        4 * sum(REPORTED) / len(REPORTED),
        ("M18", "M64"),
        {"rows": tuple(f"US${q:.1f} million in a quarter" for q in REPORTED)},
    )


from_model(
    "cascade.magnet_protection",
    "stage_cascade",
    "magnet_protection",
    "Protection of the magnet maker's own work when only the oxide has a floor",
    "percent",
    "{:.0f} %",
    scale=100,
    magnet_floor=47,
)
from_model(
    "cascade.work_lost",
    "stage_cascade",
    "magnet_protection",
    "What the magnet maker's own work loses of its earnings when only the oxide has a floor",
    "percent",
    "{:.0f} %",
    scale=-100,
    magnet_floor=47,
)
from_model(
    "cascade.magnet_cost",
    "stage_cascade",
    "magnet_cost_rise",
    "Dearer oxide in a kilogram of magnet",
    "US$ per kg",
    "US${:.0f}",
)
from_model(
    "cascade.magnet_floor_needed",
    "stage_cascade",
    "magnet_floor_needed",
    "Floor on magnets that leaves their makers whole",
    "US$ per kg",
    "US${:.0f} a kilogram",
)
from_model(
    "cascade.car",
    "stage_cascade",
    "car_cost_rise",
    "Dearer magnets in an electric car with both floors",
    "US$",
    "US${:.0f}",
)
from_model(
    "vault.carry",
    "vault",
    "carry",
    "Interest, return and storage in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
    scale=1000,
)
from_model(
    "vault.carry_rate",
    "vault",
    "carry_rate",
    "The same as a share of the money",
    "percent",
    "{:.1f} %",
    scale=100,
)


def _miss(fact_id: str, label: str, how: str, **told: bool) -> None:
    def value(release: str):
        return typical_miss(**told), tuple(sorted({source for *_, source in EPISODES}))

    computed(fact_id, label, "x", "{:.2f}", how, "modelled")(value)


_miss(
    "shock.miss",
    "Factor by which the fit of six price jumps misses them",
    "Root mean square of the logarithm of predicted over seen",
)
_miss(
    "shock.miss_constant",
    "Factor by which one number for all six misses them",
    "The same for their geometric mean",
    constant=True,
)
_miss(
    "shock.left_out",
    "The same, each jump predicted from the other five",
    "Leave one out, root mean square in logarithms",
    left_out=True,
)
_miss(
    "shock.left_out_constant",
    "The same by one number for all, each jump predicted from the other five",
    "Leave one out, root mean square in logarithms",
    left_out=True,
    constant=True,
)


@computed(
    "shock.constant",
    "The one number: geometric mean of six past price jumps",
    "x",
    "{:.1f}",
    "Geometric mean of what was seen",
    "modelled",
)
def _constant(release: str):
    return fit_constant(), tuple(sorted({source for *_, source in EPISODES}))
