"""Facts that we compute from tables: each a short function of the release. See `facts.computed`."""

from functools import lru_cache
from math import exp, log, sqrt

import numpy as np
import pandas as pd

from chokepoint import forecast, reliance, supply, tables, tested
from chokepoint.facts import computed, share
from chokepoint.models import MODELS


def _production(release: str):
    table = tables.load("production", release)
    return table, int(table.year.max())


@computed(
    "rare_earths.china_mined",
    "China's share of the rare earths mined in the release's latest year",
    "%",
    "{:.2f} %",
    "China's mine output over the printed world total, rare-earth oxides, latest year of the release",
)
def _china_mined(release: str):
    table, year = _production(release)
    return share(table, "rare_earths", "mine", "CHN", year)


# --- who makes what: for every mineral whose producers are published ---

_STEPS = {"mine": "mined", "refinery": "refined"}
_REFINED = "The mine is USGS; refining is USGS where it has countries, else the IEA's base year (for rare earths the four magnet elements)."


@lru_cache(maxsize=8)
def _summary(data: str, release: str) -> dict:
    return supply.summary(release).to_dict("index")


def _share_of(release: str, mineral: str, step: str, whose: str) -> tuple[float | None, tuple[str, ...]]:
    """A column of supply.summary for a mineral and step, with its sources; nothing where it is not known."""
    row = _summary(str(tables.data_dir()), release).get((mineral, step))
    if row is None or pd.isna(row[whose]):
        return None, ()
    return float(row[whose]), row["sources"] + (("S001",) if whose == "inside" else ())


def _register_shares(mineral: str, name: str, step: str) -> None:
    word = _STEPS[step]
    digits = "{:.1f} %" if (mineral, word) == ("rare_earths", "refined") else "{:.0f} %"
    wanted = [
        ("china", f"China's share of world output, {word}: {name}", "China's output over the printed world total, latest year."),
        (
            "largest",
            f"Share of the largest producing country, {word}: {name}",
            "Largest country over the printed world total, latest year.",
        ),
        (
            "inside",
            f"Share of the United States, signatories and attendees, {word}: {name}",
            "Output of the United States, every signatory of a framework and every delegation of 4 February over the world total.",
        ),
    ]
    for whose, label, how in wanted:
        fact_id = f"{mineral}.{whose}_{word}"
        if fact_id != "rare_earths.china_mined":
            computed(fact_id, label, "%", digits if whose != "inside" else "{:.0f} %", f"{how} {_REFINED}")(
                lambda r, w=whose: _share_of(r, mineral, step, w)
            )


@lru_cache(maxsize=8)
def _imports(data: str, release: str) -> tuple[dict, dict]:
    lines, first = reliance.lines(release), reliance.main_sources(release)
    return lines.set_index("mineral").to_dict("index"), first.set_index("mineral").to_dict("index")


def _reliance(release: str, mineral: str):
    """Net import reliance as printed: a figure, or a bound in words."""
    row = _imports(str(tables.data_dir()), release)[0].get(mineral)
    return (row["text"], (row["source_id"],)) if row else (None, ())


def _main_source(release: str, mineral: str):
    row = _imports(str(tables.data_dir()), release)[1].get(mineral)
    return (float(row["value"]), (row["source_id"],)) if row else (None, ())


def _register_reliance(mineral: str, name: str) -> None:
    computed(
        f"{mineral}.reliance",
        f"Net import reliance of the United States: {name}",
        "%",
        "{}",
        "As USGS prints it for the release's latest year, a bound where figures are withheld",
    )(lambda r: _reliance(r, mineral))
    computed(
        f"{mineral}.main_source",
        f"Share of US imports from their largest source: {name}",
        "%",
        "{:.0f} %",
        "Average of the four years that USGS prints, for the form that speaks for the mineral",
    )(lambda r: _main_source(r, mineral))


@lru_cache(maxsize=8)
def _first_licences(data: str) -> dict:
    """mineral -> its first licence that took effect."""
    rows = tables.load("controls").query("published and instrument == 'licence' and took_effect == 'yes'")
    rows = tables.load("control_minerals").merge(rows, on="control_id").sort_values("effective_date_start")
    group = rows.mineral.map(tables.load("minerals").set_index("mineral").group)
    rows = pd.concat([rows, rows[group == "rare earths"].assign(mineral="rare_earths")]).sort_values("effective_date_start", kind="stable")
    return rows.drop_duplicates("mineral").set_index("mineral").to_dict("index")


def _controlled_since(mineral: str):
    row = _first_licences(str(tables.data_dir())).get(mineral)
    return (f"{row['effective_date_start']:%-d %B %Y}", (row["source_id"],)) if row else (None, ())


for _row in tables.load("minerals").query("kind != 'other'").itertuples():
    for _step in _STEPS:
        _register_shares(_row.mineral, _row.name, _step)
    _register_reliance(_row.mineral, _row.name)
    computed(
        f"{_row.mineral}.controlled_since",
        f"Day from which China asks an export licence: {_row.name}",
        "",
        "{}",
        "First licence in the table of controls that names the mineral and took effect",
    )(lambda _, m=_row.mineral: _controlled_since(m))


# --- over all minerals ---


def _both(release: str) -> pd.DataFrame:
    return supply.china(release).dropna()


def _output_sources(release: str) -> tuple[str, ...]:
    return tuple(sorted(supply.output(release).source_id.unique()))


def _count(fact_id: str, label: str, how: str, count, unit: str = "minerals", extra: tuple[str, ...] = ()) -> None:
    computed(fact_id, label, unit, "{:.0f}", how)(lambda r: (float(count(r)), _output_sources(r) + extra))


_count(
    "dependence.both_known",
    "Minerals whose producers are known at the mine and after it",
    "Minerals with country figures at both steps",
    lambda r: len(_both(r)),
)
_count(
    "dependence.higher_refined",
    "Of these, minerals in which China's share is larger after the mine",
    "China's share after the mine above its share at the mine",
    lambda r: (_both(r).refinery > _both(r).mine).sum(),
)
_count(
    "dependence.majority_mined",
    "Of these, minerals of which China mines more than half",
    "China's share at the mine above 50 %",
    lambda r: (_both(r).mine > 50).sum(),
)
_count(
    "dependence.majority_refined",
    "Of these, minerals of which China makes more than half after the mine",
    "China's share after the mine above 50 %",
    lambda r: (_both(r).refinery > 50).sum(),
)
for _step, _word in _STEPS.items():
    _count(
        f"dependence.known_{_word}",
        f"Minerals whose producers are known, {_word}",
        "Minerals with country figures at this step",
        lambda r, s=_step: supply.leaders(r).step.eq(s).sum(),
    )
    _count(
        f"dependence.china_leads_{_word}",
        f"Minerals in which China is the largest producer, {_word}",
        "Largest country is China",
        lambda r, s=_step: supply.leaders(r).query("step == @s").iso3.eq("CHN").sum(),
    )
    _count(
        f"frameworks.majority_{_word}",
        f"Minerals of which the United States, signatories and attendees hold more than half, {_word}",
        "Their summed share above 50 %",
        lambda r, s=_step: (supply.inside(r)[s] > 50).sum(),
        extra=("S001",),
    )
    _count(
        f"frameworks.china_majority_{_word}",
        f"Minerals of which China holds more than half, {_word}",
        "China's share above 50 %",
        lambda r, s=_step: (supply.china(r)[s] > 50).sum(),
    )


def _reliance_count(test):
    def count(release: str):
        lines = reliance.lines(release)
        return float(test(lines)), tuple(lines.source_id.unique())

    return count


computed(
    "reliance.lines",
    "Lines of the list with a net import reliance",
    "lines",
    "{:.0f}",
    "Lines of the USGS summary table of listed minerals that state a reliance, figure or bound",
)(_reliance_count(len))
computed(
    "reliance.full",
    "Lines of the list for which the United States relies on imports altogether",
    "lines",
    "{:.0f}",
    "Net import reliance printed as 100 %",
)(_reliance_count(lambda t: (t.value == 100).sum()))
computed(
    "reliance.half",
    "Further lines with at least half net import reliance",
    "lines",
    "{:.0f}",
    "Printed figure of 50 to 99 %, or a lower bound of 50 % or more",
)(_reliance_count(lambda t: ((t.value >= 50) & (t.value < 100) & (t.kind != "less")).sum()))
computed(
    "reliance.bounds",
    "Lines for which only a bound is printed",
    "lines",
    "{:.0f}",
    "More than or less than a printed figure, because a company's data are withheld",
)(_reliance_count(lambda t: t.kind.isin(["greater", "less"]).sum()))


def _signed(release: str) -> pd.DataFrame:
    rows = tables.load("agreements")
    return rows[(rows.status == "signed") & rows.instrument.isin(["framework", "memorandum", "strategic partnership"]) & rows.iso3s.notna()]


computed(
    "frameworks.texts",
    "Frameworks, memorandums and partnerships whose partner is known",
    "texts",
    "{:.0f}",
    "Signed rows of these three kinds in the table of agreements",
)(lambda r: (float(len(_signed(r))), ("S001",)))
computed("frameworks.texts_binding", "Of these, texts said to bind", "texts", "{:.0f}", "Rows whose column binding says yes")(
    lambda r: (float((_signed(r).binding == "yes").sum()), ("S001",))
)
computed("frameworks.texts_not_binding", "Of these, texts said not to bind", "texts", "{:.0f}", "Rows whose column binding says no")(
    lambda r: (float((_signed(r).binding == "no").sum()), ("S001",))
)


# --- a floor against the price ---

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
        return (float(compute(rows)), tuple(rows.source_id.unique())) if len(rows) else (None, ())

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


def _model(fact_id: str, model: str, result: str, label: str, unit: str, text: str, scale: float = 1, **moved: float) -> None:
    def value(release: str):
        rows = tables.load("assumptions").query("model == @model").set_index("name")
        return float(scale * MODELS[model].function(**(rows.value.to_dict() | moved))[result]), tuple(
            sorted(rows.source_id.dropna().unique())
        )

    settings = "".join(f", {k} = {v:g}" for k, v in moved.items())
    computed(fact_id, label, unit, text, f"Model {model} at the defaults of the assumptions{settings}", "modelled")(value)


OWN = "M00"  # the source of what we assume ourselves


def _setting(fact_id: str, model: str, name: str, label: str, unit: str, text: str) -> None:
    def value(release: str):
        row = tables.load("assumptions").set_index("assumption_id").loc[f"{model}.{name}"]
        return float(row["value"]), (row.source_id if pd.notna(row.source_id) else OWN,)

    computed(fact_id, label, unit, text, f"Default of {name} in model {model}", "modelled")(value)


_model("floor.levy", "price_floor", "levy", "Levy at the model's defaults", "US$ per kg", "US${:.0f} a kilogram")
_model(
    "floor.buyers_pay",
    "price_floor",
    "consumer_surplus_change",
    "What the floor costs buyers in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
    scale=-1,
)
_model(
    "floor.deadweight",
    "price_floor",
    "deadweight_loss",
    "Loss that nobody gets back at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
)
_model(
    "floor.secure_cost",
    "price_floor",
    "secure_cost",
    "Loss for each extra kilogram of bloc output at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
_model(
    "floor.extra_supply",
    "price_floor",
    "extra_supply",
    "Output that the floor adds at the model's defaults",
    "kt a year",
    "{:,.1f} thousand tonnes",
)
_model("mine.calm", "project_value", "npv", "Value of the mine if no flood comes", "A$ million", "A${:,.0f} million", flood_years=0)
_model(
    "mine.flooded",
    "project_value",
    "npv",
    "Value of the mine if eight flooded years are expected, without a floor",
    "A$ million",
    "A${:,.0f} million",
)
_model("mine.floored", "project_value", "npv_with_floor", "The same with a floor of US$110", "A$ million", "A${:,.0f} million")
_setting("mine.flood_price", "project_value", "flood_price", "Price during the flood at the model's defaults", "US$ per kg", "US${:.0f}")
_setting(
    "contract.start",
    "price_protection",
    "start_price",
    "Price at the start of the guarantee at the model's defaults",
    "US$ per kg",
    "US${:.0f}",
)
_model(
    "contract.cost",
    "price_protection",
    "net_cost",
    "Expected cost to the state of ten years of a guaranteed US$110",
    "US$ million",
    "US${:,.0f} million",
)
_model(
    "cascade.magnet_protection",
    "stage_cascade",
    "magnet_protection",
    "Protection of the magnet maker's own work when only the oxide has a floor",
    "percent",
    "{:.0f} %",
    scale=100,
    magnet_floor=47,
)
_model("cascade.magnet_cost", "stage_cascade", "magnet_cost_rise", "Dearer oxide in a kilogram of magnet", "US$ per kg", "US${:.0f}")
_model(
    "cascade.magnet_floor_needed",
    "stage_cascade",
    "magnet_floor_needed",
    "Floor on magnets that leaves their makers whole",
    "US$ per kg",
    "US${:.0f} a kilogram",
)
_model("cascade.car", "stage_cascade", "car_cost_rise", "Dearer magnets in an electric car with both floors", "US$", "US${:.0f}")
_model(
    "vault.cover_whole",
    "vault",
    "cover_days",
    "Net imports of the whole basket that the Vault's money would replace",
    "days",
    "{:.0f} days",
)
_model(
    "vault.cost_sixty", "vault", "cost_of_days", "Cost of sixty days of net imports of the whole basket", "US$ billion", "US${:.1f} billion"
)
_model(
    "vault.carry",
    "vault",
    "carry",
    "Interest, return and storage in a year at the model's defaults",
    "US$ million",
    "US${:,.0f} million",
    scale=1000,
)
_model("vault.carry_rate", "vault", "carry_rate", "The same as a share of the money", "percent", "{:.1f} %", scale=100)
_model(
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


# --- what may come: a forecast of others, and model 6 ---


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
_model(
    "futures.share_floor",
    "buildout",
    "share",
    "Separated outside China in 2035 at a dependable price of US$110",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=110,
)
_model(
    "futures.share_worked",
    "buildout",
    "share",
    "Separated outside China in 2035 at a dependable price of US$75",
    "percent",
    "{:.0f} %",
    scale=100,
)
_model(
    "futures.worked_price",
    "buildout",
    "price",
    "Price that builders can count on in the worked case of the build-out",
    "US$ per kg",
    "US${:.0f}",
)
_model(
    "futures.share_market",
    "buildout",
    "share",
    "Separated outside China in 2035 at the market price of US$60, no floor",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=0,
)
_model("futures.viable_floor", "buildout", "viable", "Projects outside China that pay at US$75", "percent", "{:.0f} %", scale=100)
_model(
    "futures.needed_2039",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2039",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=15,
)
_model(
    "futures.needed_2044",
    "buildout",
    "added_needed",
    "Capacity to be added each year for half in 2044",
    "kt/year per year",
    "{:.1f} thousand tonnes",
    year=20,
)
_model(
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
    from chokepoint.uncertainty import draws

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


# --- the models against the world ---


def _tested(fact_id: str, label: str, how: str, compute) -> None:
    computed(fact_id, label, "checks", "{:.0f}", how, "modelled")(
        lambda release: (float(compute(tested.checks(release))), tuple(sorted(tested.checks(release).source_id.unique())))
    )


_tested("validation.checks", "Published numbers and episodes that the models are set against", "Rows of the validation page", len)
for _name, _outcome in (("within", "within"), ("missed", "missed"), ("fitted", tested.FITTED), ("bounds", tested.BOUND)):
    _tested(
        f"validation.{_name}",
        f"Of these, checks with the outcome: {_outcome}",
        "Rows of the validation page with this outcome",
        lambda rows, o=_outcome: (rows.outcome == o).sum(),
    )
