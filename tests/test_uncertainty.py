"""The spread of a model: fixed draws inside the ranges, quantiles in order, a finding that follows the numbers."""

import numpy as np
import pytest

from chokepoint.analysis.uncertainty import QUANTILES, SAMPLES, draws, fan, swings
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.pages.components.spread import amount, counted, spread

pytestmark = pytest.mark.slow

ROWS = tables.load("assumptions")


def test_draws_stay_in_their_ranges_and_are_the_same_every_time():
    first, again = draws("price_floor", held=("floor",)), draws("price_floor", held=("floor",))
    for row in ROWS.query("model == 'price_floor'").to_dict("records"):
        values = first[row["name"]]
        assert values.shape == (SAMPLES,) and (values == again[row["name"]]).all()
        assert row["low"] <= values.min() and values.max() <= row["high"]
    assert (first["floor"] == ROWS.set_index("assumption_id").value["price_floor.floor"]).all()


@pytest.mark.parametrize(
    "model, result, along",
    [
        ("price_floor", "deadweight_loss", "world_price"),
        ("project_value", "npv", "flood_price"),
        ("supply_shock", "missing", "cut"),
    ],
)
def test_a_fan_opens_in_order_from_end_to_end_of_its_control(model, result, along):
    bands = fan(model, result, along)
    control = ROWS.query("model == @model and name == @along").iloc[0]
    assert bands.x.iloc[0] == control.low and bands.x.iloc[-1] == control.high
    assert (np.diff(bands[list(QUANTILES)].to_numpy(), axis=1) >= 0).all()


def test_above_the_autarky_price_nothing_is_lost_whatever_the_assumptions():
    assert (
        fan("price_floor", "levy", "world_price", held=("floor", "price_response")).q95.iloc[-1] == 0
    )  # world price of 140, floor of 110


def test_a_cut_of_nothing_takes_nothing_unless_somebody_hoards():
    assert fan("supply_shock", "missing", "cut", held=("hoarding",)).q95.iloc[0] == 0
    assert fan("supply_shock", "missing", "cut").q95.iloc[0] > 0


def test_the_finding_names_both_ends_and_the_words_below_the_longest_bar():
    made = spread("supply_shock", "missing", "cut", name="Need that goes unmet", held=("cut",))
    values = MODELS["supply_shock"].function(**draws("supply_shock", held=("cut",)))["missing"]
    low, high = np.quantile(values, (0.05, 0.95))
    unit = MODELS["supply_shock"].results["missing"][0]
    assert made.title == f"Need that goes unmet: {amount(low, unit)} to {amount(high, unit)}{counted(unit)}"
    first = swings("supply_shock", "missing", held=("cut",)).iloc[0]
    assert first.label[1:] in made.html() and "What moves it most" in made.html()
    assert first["name"] not in swings("supply_shock", "missing", held=("cut", first["name"])).name.tolist()


def test_money_is_written_as_money():
    assert spread("project_value", "npv", "flood_price", name="Value", held=("floor",)).title.startswith(
        "Value: −A$"
    )
    assert " a kilogram" in spread("stage_cascade", "magnet_floor_needed", "oxide_floor", name="Floor").title
