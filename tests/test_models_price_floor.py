"""Model 1. Golden values of the model notes, worked by hand from the equations; names say the economics."""

import numpy as np
import pytest

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.models.price_floor import effective_protection, price_floor, stage_cascade

BASE = dict(
    world_price=60,
    floor=110,
    base_price=60,
    base_demand=25,
    base_supply=9.2,
    demand_elasticity=0.3,
    supply_elasticity=1.0,
    evasion_share=0,
    price_response=0,
)
STAGES = dict(
    oxide_world_price=55,
    oxide_floor=110,
    magnet_world_price=52,
    magnet_floor=74,
    oxide_per_magnet=0.40,
    magnet_per_car=1.5,
    car_price=48000,
    jet_rare_earths=417,
)
WELFARE = (
    "spending_change",
    "use_change",
    "consumer_surplus_change",
    "producer_surplus_change",
    "revenue",
    "deadweight_loss",
)


def run(**changes):
    return price_floor(**{**BASE, **changes})


@pytest.mark.parametrize(
    "changes, golden",
    [
        (
            {},
            dict(
                autarky_price=129.45,
                levy=50,
                demand=20.843,
                supply=16.867,
                imports=3.977,
                revenue=198.8,
                consumer_surplus_change=-1132.5,
                producer_surplus_change=651.7,
                deadweight_loss=282.03,
                secure_cost=36.79,
            ),
        ),
        (
            {"world_price": 45},
            dict(levy=65, deadweight_loss=492.5, demand=20.843, supply=16.867, imports=3.977),
        ),
        (
            {"floor": 150},
            dict(
                bloc_price=129.45,
                autarky_price=129.45,
                imports=0,
                revenue=0,
                deadweight_loss=519.2,
                idle_floor=20.55,
            ),
        ),
        ({"supply_elasticity": 0.3}, dict(imports=9.81, revenue=490.4, deadweight_loss=133.0)),
    ],
    ids=["a floor of 110 over a world price of 60", "flooding to 45", "a floor above autarky", "slow supply"],
)
def test_golden_values(changes, golden):
    results = run(**changes)
    for name, value in golden.items():
        digits = len(str(value).partition(".")[2])
        assert results[name] == pytest.approx(value, abs=0.5001 * 10**-digits), name


def test_a_floor_below_the_market_changes_nothing():
    results = run(world_price=123)
    assert results["levy"] == 0
    assert [results[name] for name in WELFARE] == [0] * len(WELFARE) and results["taxed"] == 0


def test_flooding_moves_the_levy_and_the_bill_but_not_the_market_inside():
    calm, flooded = run(), run(world_price=45)
    for name in ("bloc_price", "demand", "supply", "imports"):
        assert calm[name] == flooded[name]
    for name in ("levy", "revenue", "deadweight_loss"):
        assert flooded[name] > calm[name]


def test_a_small_bloc_passes_the_levy_through_in_full():
    assert run(floor=100)["bloc_price"] - run(floor=90)["bloc_price"] == pytest.approx(10)


def test_harberger_triangle_is_within_ten_percent():
    at_world, inside = run(floor=60), run()
    triangle = 0.5 * inside["levy"] * (at_world["imports"] - inside["imports"])
    assert triangle == pytest.approx(295.58, abs=0.005)  # the notes print 295.5, cut rather than rounded
    assert triangle == pytest.approx(inside["deadweight_loss"], rel=0.10)


def test_revenue_is_nothing_at_both_ends():
    ends = run(floor=np.array([60.0, run()["autarky_price"], 200.0]))["revenue"]
    assert np.abs(ends).max() < 1e-9 and run(floor=90)["revenue"] > 100


def test_a_contract_for_difference_costs_the_budget_more_and_the_economy_less():
    results = run()
    assert results["contract_cost"] == pytest.approx(50 * 9.2 * 110 / 60)
    assert results["contract_loss"] < results["deadweight_loss"]
    assert results["contract_loss"] == pytest.approx(
        results["contract_cost"] - results["producer_surplus_change"]
    )


def test_buyers_spend_more_get_less_and_are_worse_off_by_more_than_they_spend():
    results = run()
    assert (
        results["spending_change"]
        == pytest.approx(results["demand"] * 110 - 25 * 60)
        == pytest.approx(792.8, abs=0.05)
    )
    assert results["use_change"] == pytest.approx(20.843 / 25 - 1, abs=1e-4)
    assert (
        -results["consumer_surplus_change"] > results["spending_change"]
    )  # what they go without is a loss as well


def test_what_is_dodged_is_not_held():
    """Importers compete: a floor of 110 over a price of 60, dodged on half of the imports, is a floor of 85, whatever is asked by law."""
    dodged, lower = run(evasion_share=0.5), run(floor=85)
    assert dodged["bloc_price"] == lower["bloc_price"] == 85
    for name in (
        "demand",
        "supply",
        "imports",
        "revenue",
        "consumer_surplus_change",
        "producer_surplus_change",
        "deadweight_loss",
    ):
        assert dodged[name] == pytest.approx(lower[name]), name
    assert dodged["levy"] == pytest.approx(50) and lower["levy"] == pytest.approx(
        25
    )  # who pays it pays it in full
    assert dodged["extra_supply"] < run()["extra_supply"]


def test_where_nothing_is_imported_there_is_no_levy():
    results = run(floor=150)
    assert (
        results["imports"] == results["revenue"] == results["levy"] == results["taxed"] == 0
        and results["bloc_price"] > 60
    )


def test_a_contract_buys_no_more_than_is_used():
    wild = run(floor=160, supply_elasticity=2.0)
    asked = 25 * (60 / 60) ** -0.3
    promised = 60 * (asked / 9.2) ** 0.5  # at this price the plants make all that is used
    assert wild["contract_cost"] == pytest.approx((promised - 60) * asked)


def test_a_large_bloc_makes_the_seller_pay_part():
    large = run(price_response=0.5)
    assert large["world_price_after"] < 60 and large["bloc_price"] == run()["bloc_price"]
    assert large["terms_of_trade_gain"] == pytest.approx((60 - large["world_price_after"]) * large["imports"])


def test_a_floor_on_the_oxide_alone_taxes_magnet_makers():
    results = stage_cascade(**{**STAGES, "magnet_floor": 52})
    assert results["magnet_cost_rise"] == pytest.approx(22)
    assert results["magnet_cost_rise_share"] == pytest.approx(0.42, abs=0.005)
    assert results["magnet_protection"] == pytest.approx(-0.73, abs=0.005)
    assert results["magnet_floor_needed"] == pytest.approx(74)


def test_a_magnet_that_is_worth_less_than_its_oxide_leaves_no_work_to_protect():
    for dear in (100, 119):
        results = stage_cascade(**{**STAGES, "oxide_world_price": dear, "oxide_per_magnet": 0.44})
        assert (
            results["oxide_share"] == pytest.approx(0.44 * dear / 52)
            and results["work"] == 0
            and results["magnet_protection"] == 0
        )
    lightly = [
        stage_cascade(**{**STAGES, "oxide_world_price": p, "oxide_floor": 160, "magnet_floor": 47})
        for p in range(35, 104)
    ]
    assert min(r["magnet_protection"] for r in lightly) > -5  # no rate of thousands of per cent


def test_a_floor_one_stage_down_leaves_magnet_makers_whole_and_moves_the_bill_to_the_car():
    results = stage_cascade(**STAGES)
    assert results["magnet_protection"] == pytest.approx(0, abs=1e-12)
    assert results["car_cost_rise"] == pytest.approx(33)
    assert results["car_cost_rise_share"] == pytest.approx(0.0007, abs=0.00005)
    assert results["jet_cost_rise"] < 25_000


def test_protection_is_the_tariff_when_inputs_are_free_or_all_tariffs_are_equal():
    assert effective_protection(protection=0.3, input_protection=0, input_share=0.4) == pytest.approx(
        0.3 / 0.6
    )
    assert effective_protection(protection=0.3, input_protection=0.9, input_share=0) == pytest.approx(0.3)
    assert effective_protection(protection=0.3, input_protection=0.3, input_share=0.4) == pytest.approx(0.3)


def test_the_model_starts_from_the_newest_average_price():
    """A newer release moves the start: write its average into data/assumptions.csv, and chapter 3 follows.

    Unless somebody has assumed another price, and says so.
    """
    row = tables.row("assumptions", assumption_id="price_floor.world_price")
    assert row.basis == "assumed" or row.value == round(facts.get("ndpr.latest").value)


def test_a_contract_buys_what_is_used_at_the_price_of_the_world():
    """By hand: the price of the world is not the one at which demand and supply are given."""
    dear = run(world_price=90, floor=300, supply_elasticity=2.0)
    used = 25 * (90 / 60) ** -0.3
    promised = 60 * (used / 9.2) ** 0.5  # at which makers outside China supply all of it
    assert dear["contract_cost"] == pytest.approx((promised - 90) * used)
