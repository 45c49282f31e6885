"""Models 2 to 7: golden values of the model notes at the tolerance written there; a name says the economics."""

import numpy as np
import pytest
from pytest import approx

from chokepoint.models import MODELS
from chokepoint.models.coalition import (
    bloc_share,
    club,
    club_by_enumeration,
    coalition,
    concentration,
    concentration_bounds,
    concentration_inside,
    concentration_validation,
    concentration_without,
)
from chokepoint.models.model import KINDS
from chokepoint.models.price_protection import (
    REPORTED,
    normal_cdf,
    price_protection,
    put_and_call,
    quarter_payment,
)
from chokepoint.models.project_value import NOLANS_2019, project_returns, project_value
from chokepoint.models.supply_risk import political_risk, supply_risk, trade_exposure
from chokepoint.models.supply_shock import (
    EPISODES,
    exact_shock,
    fit_constant,
    fit_elasticity,
    supply_shock,
    typical_miss,
)
from chokepoint.models.vault import allocate, stock_path, stockpile, vault


def given(base, **changes):
    return {**base, **changes}


# ---- model 2: project value ------------------------------------------------------------------------------------------

FAST_START = given(NOLANS_2019, ramp_1=0.5, ramp_2=0.8, ramp_3=1, floor_years=38)
FLOODED = given(FAST_START, flood_start=2, flood_years=8, flood_price=45)


def test_nolans_is_worth_what_its_study_said_within_the_stated_band():
    assert project_value(**NOLANS_2019)["npv"] == approx(756, abs=0.5)
    assert project_returns(**NOLANS_2019)["irr"] == approx(0.1856, abs=0.00005)
    assert project_value(**NOLANS_2019)["npv"] == approx(729, rel=0.15)
    assert 100 * project_returns(**NOLANS_2019)["irr"] == approx(17.43, abs=2)


def test_five_dollars_more_add_what_the_study_says():
    slope = project_value(**given(NOLANS_2019, price=92.37))["npv"] - project_value(**NOLANS_2019)["npv"]
    assert 125.9 <= slope <= 127
    assert slope == approx(130, rel=0.08)


def test_the_closed_form_breaks_even_where_the_simulation_does():
    closed = project_value(**NOLANS_2019)["flat_break_even"]
    simulated = project_returns(**FAST_START)["break_even"]
    assert closed == approx(53.5, abs=0.05) and simulated == approx(55.6, abs=0.05)
    assert closed == approx(simulated, rel=0.05)
    at_once = given(
        NOLANS_2019, ramp_1=1, ramp_2=1, ramp_3=1, price=120
    )  # no start-up, no loss years: the same formula
    assert project_value(**at_once)["npv"] == approx(project_value(**at_once)["flat_npv"], rel=1e-9)


def test_fifteen_percent_needs_a_price_above_seventy():
    assert project_returns(**FAST_START)["price_for_15"] == approx(70.0, abs=0.05)
    assert project_returns(**NOLANS_2019)["price_for_15"] == approx(
        73.5, abs=0.05
    )  # at its own, slower start


@pytest.mark.parametrize("floor, golden", [(0, 207), (75, 660), (110, 1451)])
def test_a_flood_takes_most_of_the_value_and_a_floor_gives_it_back(floor, golden):
    assert project_value(**given(FLOODED, floor=floor))["npv_with_floor"] == approx(golden, abs=0.5)


def test_a_floor_below_the_path_changes_nothing():
    results = project_value(**given(FLOODED, floor=45))
    assert results["npv_with_floor"] == results["npv"] and results["floor_payments"] == 0


def test_a_floor_pays_for_its_term_and_no_longer():
    """At the study's own start-up years, eight flooded years from the second on: for life, for the ten years of the contract, not at all."""
    flooded = given(NOLANS_2019, flood_years=8, floor=110)
    values = [project_value(**given(flooded, floor_years=years))["npv_with_floor"] for years in (38, 10, 0)]
    assert values == approx([1326, 1126, 152], abs=0.5)


def test_a_mine_stands_still_rather_than_run_at_a_loss():
    """A flood at 15 over a running cost of 26: eight years of nothing, and not eight years of losses; at worst the building is lost."""
    deep = project_value(**given(NOLANS_2019, flood_years=8, flood_price=15))
    assert deep["npv"] == approx(-163, abs=0.5) and deep["idle"] == 8 and deep["pull_out"] == 0
    worst = project_value(**given(NOLANS_2019, flood_years=20, flood_price=15, flood_start=1))
    capital = 1006 * (0.25 / 1.1 + 0.45 / 1.1**2 + 0.30 / 1.1**3)
    assert capital == approx(830, abs=1) and -capital <= worst["npv"] < -0.99 * capital


def test_before_tax_the_floor_is_worth_its_payments():
    results = project_value(**given(FLOODED, floor=75, tax_rate=0))
    assert results["floor_gain"] == approx(results["floor_payments"], rel=1e-9)


def test_the_rate_of_return_makes_the_project_worth_nothing():
    rate = project_returns(**FLOODED)["irr"]
    assert project_value(**given(FLOODED, discount_rate=rate))["npv"] == approx(0, abs=1e-6)


def test_an_owner_closes_when_it_loses_money_with_nothing_to_wait_for():
    doomed = given(FAST_START, flood_price=20, flood_years=30, floor=0)
    assert (
        project_value(**doomed)["pull_out"] == 2 and project_value(**doomed)["idle"] == 0
    )  # it does not wait for what never pays
    assert project_value(**given(doomed, floor=75))["pull_out_with_floor"] == 0
    assert project_value(**given(doomed, flood_years=3))["pull_out"] == 0  # it waits out a short flood


# ---- model 2: price protection ---------------------------------------------------------------------------------------

CONTRACT = dict(
    strike=110,
    start_price=60,
    long_run_price=60,
    reversion=0.5,
    volatility=0.35,
    rate=0.045,
    upside_share=0.3,
    upside_from=0,
    first_output=2.6,
    output_growth=0.9,
    full_output=6,
    benchmark_price=72,
    eligible_tonnes=1340,
)


def test_a_guarantee_of_110_over_a_market_of_60_costs_nearly_two_billion():
    results = price_protection(**CONTRACT)
    assert [round(results[name]) for name in ("guarantee", "upside", "net_cost", "certain_cost")] == [
        1914,
        8,
        1906,
        1888,
    ]
    assert price_protection(**given(CONTRACT, start_price=110, long_run_price=80))["net_cost"] == approx(
        994, abs=0.5
    )


def test_the_quarter_reported_lies_between_the_two_readings():
    pay = {
        (t, p): quarter_payment(strike=110, benchmark_price=p, eligible_tonnes=t)
        for t in (562, 1897)
        for p in (68, 77)
    }
    assert 18.5 <= pay[562, 77] < pay[562, 68] <= 24 < 51 < 62.5 <= pay[1897, 77] < pay[1897, 68] <= 80
    assert quarter_payment(strike=110, benchmark_price=72, eligible_tonnes=1340) == approx(51, abs=0.1)
    assert quarter_payment(strike=110, benchmark_price=123, eligible_tonnes=1340) == 0


def test_the_first_year_is_expected_to_cost_a_third_less_than_was_paid():
    paid = 2 * sum(REPORTED)
    assert paid == approx(187, abs=0.5) and price_protection(**CONTRACT)[
        "first_payment"
    ] / paid - 1 == approx(-0.32, abs=0.005)


def test_a_promise_below_the_market_earns_the_state_money_and_says_so():
    results = price_protection(
        **given(CONTRACT, strike=60, start_price=140, long_run_price=90, upside_share=0.5)
    )
    assert (
        results["net_cost"] < 0
        and results["costs"] == 0
        and results["net_gain"] == approx(-results["net_cost"])
    )
    assert price_protection(**CONTRACT)["costs"] == 1 and price_protection(**CONTRACT)["net_gain"] == 0


def test_the_normal_distribution_is_good_to_seven_digits():
    from scipy.stats import norm

    x = np.linspace(-8, 8, 20_001)
    assert np.abs(normal_cdf(x) - norm.cdf(x)).max() <= 7.6e-8


def test_right_to_sell_less_right_to_buy_is_the_gap():
    put, call = put_and_call(forward=60, variance=0.1, strike=110, rate=0.045, years=3)
    assert put - call == approx(np.exp(-0.135) * 50, rel=1e-9)
    certain, _ = put_and_call(forward=60, variance=1e-10, strike=110, rate=0.045, years=3)
    assert certain == approx(np.exp(-0.135) * 50, rel=1e-6)


# ---- model 3: vault --------------------------------------------------------------------------------------------------

VAULT = dict(
    loan=10,
    private_capital=1.67,
    basket_value=43.24,
    loan_rate=0.0525,
    private_return=0.10,
    storage=0.015,
    filled=1,
    days=60,
    cut=0.4,
    cut_years=0.5,
    fee=0.02,
    spike=3,
    disruption_rate=0.1,
    mean_shortage=0.5,
    loss_multiple=2,
)


def test_the_vault_covers_a_quarter_of_everything_or_years_of_the_small_metals():
    assert vault(**VAULT)["cover_days"] == approx(98.5, abs=0.05)
    assert vault(**given(VAULT, basket_value=10.54))["cover_months"] == approx(13.3, abs=0.05)
    assert vault(**given(VAULT, basket_value=5.21))["cover_months"] == approx(26.9, abs=0.05)


def test_sixty_days_of_everything_can_be_paid_for():
    cost = vault(**VAULT)["cost_of_days"]
    assert cost == approx(7.1, abs=0.05) and cost <= 11.67


def test_keeping_it_costs_seven_percent_a_year():
    results = vault(**VAULT)
    assert results["carry"] == approx(0.867, abs=0.0005) and results["carry_rate"] == approx(
        0.074, abs=0.0005
    )


def test_a_cut_of_forty_percent_empties_it_in_eight_months():
    assert vault(**VAULT)["months_last"] == approx(8.1, abs=0.05)
    monthly = stockpile(
        stock=0.27,
        target=0.27,
        cut=0.4,
        cut_start=0,
        cut_months=12,
        participation=1,
        refill_rate=0,
        refill_budget=0,
        price_multiple=1,
    )
    assert monthly["months_covered"] == approx(8.1) and monthly["unmet"] == approx(0.4 - 0.27)


def test_the_best_size_is_half_a_year_and_nothing_if_holding_costs_more_than_it_saves():
    assert vault(**VAULT)["best_years"] == approx(0.495, abs=0.0005)
    assert vault(**VAULT)["best_days"] == approx(181, abs=0.5)
    carry = vault(**VAULT)["carry_rate"]
    assert vault(**given(VAULT, disruption_rate=carry, loss_multiple=1))["best_years"] == approx(0, abs=1e-12)


def test_cover_halves_when_prices_double():
    assert vault(**given(VAULT, basket_value=86.48))["cover_days"] == approx(vault(**VAULT)["cover_days"] / 2)


def test_buying_into_a_spike_loses_money():
    path = dict(
        stock=0,
        target=0.2,
        cut=0,
        cut_start=0,
        cut_months=0,
        participation=1,
        refill_rate=0.2,
        refill_budget=1,
        price_multiple=1,
    )
    assert stockpile(**path)["spike_loss"] == approx(0)
    late = given(path, cut=0.4, cut_start=0, cut_months=3, price_multiple=3)
    assert stockpile(**late)["spike_loss"] > 0


def test_money_goes_where_the_rule_says_and_never_beyond_a_year_of_cover():
    values, money = np.array([13.9, 7.9, 0.17, 0.0145]), 11.67
    assert allocate(values, money, mode="days") / values == approx(np.full(4, money / values.sum()))
    dollars = allocate(values, money, mode="dollars")
    assert (
        dollars.sum() == approx(money) and dollars[3] == approx(0.0145) and dollars[0] == approx(dollars[1])
    )
    greedy = allocate(values, money, mode="greedy", weights=[1, 2, 30, 40])
    assert greedy == approx([money - 7.9 - 0.17 - 0.0145, 7.9, 0.17, 0.0145])
    assert allocate(values, 100, mode="weights", weights=[1, 1, 5, 5]) == approx(values)


# ---- model 4: coalition ----------------------------------------------------------------------------------------------

MEMBER = dict(
    levy=50,
    imports=2,
    diverted=1,
    detection=0.3,
    penalty=25,
    membership_value=20,
    patience=0.9,
    firm_fine=50,
    bloc_weight=0.4,
    club_benefit=100,
    joining_cost=25,
    retaliation=15,
    finance=0,
)


@pytest.mark.parametrize(
    "gain, loss, patience",
    [(1 / 2, 1 / 2, 1 / 2), (1 / 64, 1 / 72, 9 / 17)],
    ids=["price-setters", "quantity-setters"],
)
def test_two_firms_need_the_patience_of_the_textbook(gain, loss, patience):
    game = given(MEMBER, levy=gain, imports=1, detection=1, penalty=0, membership_value=loss)
    assert coalition(**game)["patience_needed"] == approx(patience, rel=1e-12)


def test_nobody_cheats_for_less_than_the_fine_to_be_expected():
    assert coalition(**given(MEMBER, levy=3, detection=0.3, penalty=25))["patience_needed"] == 0
    assert coalition(**given(MEMBER, levy=3))["complies"] == 1


def test_without_penalties_no_large_club_is_stable_and_a_levy_makes_it_grow():
    for penalty, size in ((0, 3), (0.5, 4), (1, 5), (2, 7), (5, 13), (10, 20)):
        setting = dict(countries=20, benefit=1, cost=1, penalty=penalty)
        assert club(**setting)["stable_size"] == size == club_by_enumeration(**setting)["enumerated_size"]


def test_rare_earths_of_2010_were_as_concentrated_as_published():
    index = 10_000 * concentration(np.array([130_000, 2_700]) / 133_600)
    assert index == approx(9472, abs=0.5) and index == approx(9500, abs=50)


def test_shares_add_up_and_the_index_stays_in_bounds():
    shares = np.array([0.6923, 0.13, 0.08, 0.05])
    bloc, other = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 0])
    assert bloc_share(shares, bloc | other) == approx(bloc_share(shares, bloc) + bloc_share(shares, other))
    low, high = concentration_bounds(shares)
    assert 1 / 4 * shares.sum() ** 2 <= low <= high <= 1
    assert concentration_without(shares, 0) < 1 and concentration_inside(shares, bloc) == approx(
        (0.13**2 + 0.05**2) / 0.18**2
    )
    assert np.isnan(concentration_inside(shares, np.zeros(4)))


def test_an_index_of_newer_shares_is_set_beside_the_published_one():
    rows = concentration_validation({"copper": [0.3, 0.1, 0.05], "cobalt": [0.74, 0.14]})
    assert [(r["what"], r["verdict"]) for r in rows] == [
        ("concentration of cobalt mining", "within"),
        ("concentration of copper mining", "within"),
    ]


# ---- model 5: supply shock -------------------------------------------------------------------------------------------

SHOCK = dict(
    china_share=0.48,
    cut=0.8,
    months=12,
    leakage=0,
    buffer=0.08,
    hoarding=0,
    elasticity=0.3,
    demand_elasticity=0.2,
    supply_elasticity=0.1,
    highest_multiple=30,
)


def test_the_exact_multiple_and_its_two_approximations():
    assert exact_shock(**SHOCK)["exact_multiple"] == approx(3.719, abs=0.0005)
    assert supply_shock(**SHOCK)["price_multiple"] == approx(3.35, abs=0.005)
    assert supply_shock(**given(SHOCK, elasticity=0.2 + 0.1 * (1 - 0.48)))["price_multiple"] == approx(
        4.21, abs=0.005
    )


def test_at_the_exact_multiple_supply_meets_demand():
    m = exact_shock(**SHOCK)["exact_multiple"]
    assert 0.52 * m**0.1 + 0.48 * 0.2 + 0.08 == approx(m**-0.2, rel=1e-9)


def test_the_fitted_price_jump_has_no_skill():
    """One elasticity fitted to six jumps, against one and the same number for all of them: in the sample, and each predicted from the others."""
    elasticity = fit_elasticity()
    assert elasticity == approx(0.2097, abs=0.00005) and fit_constant() == approx(5.6, abs=0.05)
    predicted = [(1 - share * cut + buffer) ** (-1 / elasticity) for _, share, cut, buffer, _, _ in EPISODES]
    assert [round(p, 1) for p in predicted] == [4.8, 5.2, 3.9, 5.6, 6.8, 6.8]
    assert (typical_miss(), typical_miss(constant=True)) == approx((2.63, 2.53), abs=0.005)
    assert (typical_miss(left_out=True), typical_miss(left_out=True, constant=True)) == approx(
        (3.18, 3.05), abs=0.005
    )
    seen = np.log([e[4] for e in EPISODES])
    assert np.corrcoef(np.log(predicted), seen)[0, 1] < 0  # the scarcer were not the dearer


def test_nothing_is_counted_twice_after_a_cut():
    """At the page's start, half of 95% withheld and a tenth of a year in store: what can be had and what is missing are one."""
    start = given(SHOCK, china_share=0.95, cut=0.5, buffer=0.10)
    results = supply_shock(**start)
    assert (results["withheld"], results["available"], results["missing"]) == approx((0.475, 0.625, 0.375))
    assert supply_shock(**given(start, leakage=1))["missing"] == 0


def test_no_cut_and_no_fear_no_price():
    results = supply_shock(**given(SHOCK, cut=0))
    assert results["price_multiple"] == 1 and results["missing"] == 0


# ---- model 7: supply risk --------------------------------------------------------------------------------------------

GRAPHITE = dict(
    concentration=0.470663478647389,
    exposure=0.5842266185959466,
    price=2.2269069573987443,
    moved=0,
    risk_from=0.588215,
    risk_to=0.3,
    eu_world=2,
    eu_actual=2,
    import_reliance=0.8,
    recycling=0.1,
    substitution=0.9,
    disruption=0.5,
    trade_exposure=0.5,
    vulnerability=0.5,
)


def test_graphite_is_scored_as_the_published_tool_scores_it():
    results = supply_risk(**GRAPHITE)
    assert results["score"] == approx(0.27497413262676956, rel=1e-9)
    assert results["midpoint"] == approx(0.61234180905123825, rel=1e-9)
    assert results["characterisation"] == approx(1.4956581418407857, rel=1e-9)
    assert 50585.910846903287 / 86586.111 == approx(GRAPHITE["exposure"], rel=1e-9)


def test_political_risk_is_as_published_and_a_country_without_a_score_counts_as_none():
    risks = political_risk([-0.44107362627983093, -0.722118079662323, float("nan")])
    assert risks == approx([0.588215, 0.644424, 0], abs=5e-7)


def test_no_imports_no_risk_and_own_mines_dilute_it():
    assert trade_exposure([0.6], [0], 100) == 0 and trade_exposure([], [], 0) == 0
    assert trade_exposure([0.6], [50], 50) == approx(0.3)


def test_moving_supply_to_a_member_helps_only_if_the_member_is_safer():
    assert supply_risk(**given(GRAPHITE, moved=0.2))["score"] < supply_risk(**GRAPHITE)["score"]
    assert supply_risk(**given(GRAPHITE, moved=0.2, risk_to=0.7))["score"] > supply_risk(**GRAPHITE)["score"]


def test_splitting_a_supplier_lowers_concentration():
    assert concentration([0.25, 0.25, 0.5]) < concentration([0.5, 0.5])


# ---- every model -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [m for m in MODELS.values() if m.validation], ids=lambda m: m.name)
def test_a_validation_row_says_what_was_predicted_what_was_seen_and_by_whom(model):
    for row in model.validation():
        assert np.isfinite([row["predicted"], row["seen"], row["low"], row["high"]]).all()
        assert row["what"] and row["unit"] and row["note"] and row["source_id"]
        assert row["kind"] in KINDS and row["verdict"] == (
            "within" if row["low"] <= row["predicted"] <= row["high"] else "missed"
        )


def test_the_misses_are_shown():
    missed = {
        (m.name, row["what"])
        for m in MODELS.values()
        if m.validation
        for row in m.validation()
        if row["verdict"] == "missed"
    }
    assert {name for name, _ in missed} >= {"supply_shock", "price_protection"}


def test_money_for_refilling_buys_less_while_the_price_is_high():
    rows = stock_path(
        stock=0,
        target=1,
        cut=0.4,
        cut_start=0,
        cut_months=12,
        participation=1,
        refill_rate=1,
        refill_budget=0.12,
        price_multiple=3,
    )
    assert [rows[20][name] for name in ("refill", "refill_cost")] == approx([0.005, 0.01])
