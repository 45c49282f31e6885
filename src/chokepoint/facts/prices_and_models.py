"""Facts of the price against the floor, and of what each model gives at its default settings."""

from math import exp, log, sqrt

import pandas as pd

from chokepoint import tables
from chokepoint.facts import computed
from chokepoint.models import MODELS

FLOOR = "mp.price_floor"  # the only floor with a published number


def ndpr(release: str) -> pd.DataFrame:
    """Yearly average price of NdPr oxide [US$/kg, FOB, without value-added tax]; neodymium oxide where a release lacks it."""
    prices = tables.load("prices", release)
    series = prices[prices.series.str.contains("NdPr", na=False)]
    return series if len(series) else prices[(prices.mineral == "neodymium") & prices.series.str.contains("Nd2O3", na=False)]


def floor_price() -> float:
    """The floor of MP Materials [US$/kg]."""
    return float(tables.load("ledger").set_index("fact_id").loc[FLOOR, "value"])


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
_ndpr("ndpr.years", "Years with a printed average price of NdPr oxide", "years", "{:.0f} years", "Rows of the series", len)
_ndpr(
    "ndpr.years_below",
    "Of these, years whose average lay below the floor of MP Materials",
    "years",
    "{:.0f}",
    "Yearly average below the floor",
    lambda t: (t.value < floor_price()).sum(),
)


# --- what the models give at their default settings ---


def from_model(fact_id: str, model: str, result: str, label: str, unit: str, text: str, scale: float = 1, **moved: float) -> None:
    def value(release: str):
        rows = tables.load("assumptions").query("model == @model").set_index("name")
        chosen = rows.value.to_dict() | moved
        settings = tuple(f"{r.label}: {chosen[r.Index]:g} {r.unit}" for r in rows.itertuples())
        sources = tuple(sorted(rows.source_id.dropna().unique()))
        return float(scale * MODELS[model].function(**chosen)[result]), sources, {"rows": settings}

    settings = "".join(f", {k} = {v:g}" for k, v in moved.items())
    computed(fact_id, label, unit, text, f"Model {model} at the defaults of the assumptions{settings}", "modelled")(value)


OWN = "M00"  # the source of what we assume ourselves


def _setting(fact_id: str, model: str, name: str, label: str, unit: str, text: str) -> None:
    def value(release: str):
        row = tables.load("assumptions").set_index("assumption_id").loc[f"{model}.{name}"]
        return float(row["value"]), (row.source_id if pd.notna(row.source_id) else OWN,)

    computed(fact_id, label, unit, text, f"Default of {name} in model {model}", "modelled")(value)


from_model("floor.levy", "price_floor", "levy", "Levy at the model's defaults", "US$ per kg", "US${:.0f} a kilogram")
from_model(
    "floor.buyers_pay",
    "price_floor",
    "consumer_surplus_change",
    "What the floor costs buyers in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
    scale=-1,
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
from_model("mine.calm", "project_value", "npv", "Value of the mine if no flood comes", "A$ million", "A${:,.0f} million", flood_years=0)
from_model(
    "mine.flooded",
    "project_value",
    "npv",
    "Value of the mine if eight flooded years are expected, without a floor",
    "A$ million",
    "A${:,.0f} million",
)
from_model("mine.floored", "project_value", "npv_with_floor", "The same with a floor of US$110", "A$ million", "A${:,.0f} million")
_setting("mine.flood_price", "project_value", "flood_price", "Price during the flood at the model's defaults", "US$ per kg", "US${:.0f}")
_setting(
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
    "US$ million",
    "US${:,.0f} million",
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
from_model("cascade.magnet_cost", "stage_cascade", "magnet_cost_rise", "Dearer oxide in a kilogram of magnet", "US$ per kg", "US${:.0f}")
from_model(
    "cascade.magnet_floor_needed",
    "stage_cascade",
    "magnet_floor_needed",
    "Floor on magnets that leaves their makers whole",
    "US$ per kg",
    "US${:.0f} a kilogram",
)
from_model("cascade.car", "stage_cascade", "car_cost_rise", "Dearer magnets in an electric car with both floors", "US$", "US${:.0f}")
from_model(
    "vault.cover_whole",
    "vault",
    "cover_days",
    "Net imports of the whole basket that the Vault's money would replace",
    "days",
    "{:.0f} days",
)
from_model(
    "vault.cost_sixty", "vault", "cost_of_days", "Cost of sixty days of net imports of the whole basket", "US$ billion", "US${:.1f} billion"
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
from_model("vault.carry_rate", "vault", "carry_rate", "The same as a share of the money", "percent", "{:.1f} %", scale=100)
from_model(
    "vault.months_last",
    "vault",
    "months_last",
    "How long the whole-basket stock lasts when two fifths of net imports stop",
    "months",
    "{:.0f} months",
)


@computed(
    "shock.typical_error",
    "Factor by which the supply-shock model typically misses a past price jump",
    "x",
    "{:.1f}",
    "Root mean square of the logarithm of predicted over seen, six episodes",
    "modelled",
)
def _typical_error(release: str):
    rows = [r for r in MODELS["supply_shock"].validation() if r["what"].startswith("price multiple")]
    misses = [log(r["predicted"] / r["seen"]) for r in rows]
    return exp(sqrt(sum(m * m for m in misses) / len(misses))), tuple(sorted({r["source_id"] for r in rows}))
