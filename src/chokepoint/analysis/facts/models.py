"""Results of the models at their defaults."""

import pandas as pd

from chokepoint.analysis.facts.registry import OWN, Answer, fact
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.models.price_protection import REPORTED


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
