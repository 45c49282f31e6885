"""Facts of what may come: the forecast of others, and the build-out model."""

from chokepoint.facts import computed
from chokepoint.facts.prices_and_models import from_model, setting
from chokepoint.measures import forecast


def _iea_forecast(fact_id: str, label: str, unit: str, text: str, how: str, compute) -> None:
    computed(fact_id, label, unit, text, f"{how} A forecast: the IEA's base case")(
        lambda release: (float(compute(forecast.china_refined())), tuple(forecast.china_refined().source_id.unique()))
    )


def _iea_tonnes(year: int, column: str, what: str) -> None:
    name = f"futures.iea_{'kt' if column == 'outside' else 'world'}_{year}"
    kind = "base year" if year == 2024 else "a forecast: the IEA's base case"

    def value(release: str):
        rows = forecast.outside_china().set_index("year")
        return float(rows[column][year]), (rows.source_id.iloc[0],)

    computed(
        name, f"Refined magnet rare earths {what} in {year}", "kt a year", "{:.1f} thousand tonnes", f"World less China where asked; {kind}"
    )(value)


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
    "{:.1f} %",
    "China's output over the world's.",
    lambda t: t.set_index("mineral").share_2035["magnet_rare_earths"],
)
_iea_forecast(
    "futures.iea_outside_2030",
    "Share of refined magnet rare earths made outside China in 2030",
    "%",
    "{:.1f} %",
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
for _year in (2024, 2030, 2035, 2040):
    for _column, _what in (("outside", "outside China"), ("world", "in the world")):
        _iea_tonnes(_year, _column, _what)
for _year in (2035, 2040):
    from_model(
        f"futures.kt_{_year}",
        "buildout",
        "capacity",
        f"Separated outside China in {_year} in the model if every project pays",
        "kt a year",
        "{:.1f} thousand tonnes",
        floor=160,
        year=_year - 2024,
    )
from_model(
    "futures.share_set",
    "buildout",
    "share",
    "Share outside China in 2035 that the model is set to, every project paying",
    "percent",
    "{:.0f} %",
    scale=100,
    floor=160,
)
from_model("futures.world_2035", "buildout", "demand", "World demand in 2035 in the model", "kt a year", "{:.1f} thousand tonnes")
from_model(
    "futures.added_floor",
    "buildout",
    "added",
    "Capacity that the model adds each year at US$110",
    "kt/year per year",
    "{:.2f} thousand tonnes",
    floor=110,
)
from_model(
    "futures.worked_price",
    "buildout",
    "price",
    "Price that builders can count on in the worked case of the build-out",
    "US$ per kg",
    "US${:.0f}",
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
setting(
    "futures.base_supply",
    "buildout",
    "start_capacity",
    "Separated outside China in 2024, where the build-out starts",
    "kt a year",
    "{:.1f} thousand tonnes",
)
