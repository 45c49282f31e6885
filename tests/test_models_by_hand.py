"""The teaching models at unlike figures: results worked out another way, and edges from both sides."""

import math

import numpy as np
import pytest
from pytest import approx
from scipy.integrate import quad
from scipy.stats import norm

from chokepoint.models import MODELS
from chokepoint.models.coalition import (
    club,
    club_by_enumeration,
    coalition,
    concentration_bounds,
    concentration_inside,
    concentration_validation,
    concentration_without,
)
from chokepoint.models.model import ARITHMETIC, IDENTITY, check
from chokepoint.models.price_floor import price_floor, stage_cascade
from chokepoint.models.price_protection import expected_price, price_protection, put_and_call
from chokepoint.models.project_value import (
    NOLANS_2019,
    cash_flows,
    idle_years,
    internal_rate,
    market_price,
    project_returns,
    project_value,
    until_closed,
)
from chokepoint.models.supply_risk import political_risk, supply_risk, trade_exposure
from chokepoint.models.supply_shock import (
    exact_shock,
    fit_constant,
    fit_elasticity,
    supply_shock,
    typical_miss,
)
from chokepoint.models.vault import allocate, stock_path, stockpile, vault

# --- price floor

MARKET = dict(
    world_price=60,
    floor=100,
    base_price=50,
    base_demand=30,
    base_supply=8,
    demand_elasticity=0.4,
    supply_elasticity=0.8,
    evasion_share=0.25,
    price_response=0.3,
)


def demand(price):
    return 30 * (price / 50) ** -0.4


def supply(price):
    return 8 * (price / 50) ** 0.8


def test_a_floor_is_held_but_for_what_is_dodged_and_everybody_s_gain_is_an_area():
    r = price_floor(**MARKET)
    inside = 60 + 0.75 * 40
    before, imports = demand(60) - supply(60), demand(90) - supply(90)
    world = 60 - 0.3 * (before - imports)
    revenue, buyers = (90 - world) * imports, -quad(demand, 60, 90)[0]
    sellers, saved = quad(supply, 60, 90)[0], (60 - world) * imports
    lost = saved - buyers - sellers - revenue
    assert r == approx(
        {
            "autarky_price": 50 * (30 / 8) ** (1 / 1.2),
            "bloc_price": inside,
            "levy": (90 - world) / 0.75,
            "taxed": 1,
            "demand": demand(90),
            "supply": supply(90),
            "imports": imports,
            "revenue": revenue,
            "spending_change": demand(90) * 90 - demand(60) * 60,
            "use_change": demand(90) / demand(60) - 1,
            "consumer_surplus_change": buyers,
            "producer_surplus_change": sellers,
            "deadweight_loss": lost,
            "extra_supply": supply(90) - supply(60),
            "secure_cost": lost / (supply(90) - supply(60)),
            "idle_floor": 0,
            "world_price_after": world,
            "terms_of_trade_gain": saved,
            "contract_cost": 40 * supply(100),
            "contract_loss": 40 * supply(100) - quad(supply, 60, 100)[0],
        }
    )


def test_a_floor_at_the_price_of_the_world_is_no_floor():
    for floor in (20, 60):
        r = price_floor(**{**MARKET, "floor": floor})
        changed = ("levy", "taxed", "revenue", "extra_supply", "secure_cost", "deadweight_loss")
        changed += ("contract_cost", "contract_loss", "idle_floor", "terms_of_trade_gain", "use_change")
        assert [r[name] for name in changed] == [0] * len(changed) and r["bloc_price"] == 60
        assert r["imports"] == approx(demand(60) - supply(60))


def test_above_the_price_at_which_the_bloc_feeds_itself_nothing_is_taxed_and_the_rest_is_idle():
    own = 50 * (30 / 8) ** (1 / 1.2)
    r = price_floor(**{**MARKET, "floor": 300})
    assert r["bloc_price"] == approx(own) and r["idle_floor"] == approx(60 + 0.75 * 240 - own)
    assert (r["imports"], r["taxed"], r["levy"], r["revenue"]) == (0, 0, 0, 0)
    assert r["world_price_after"] == approx(60 - 0.3 * (demand(60) - supply(60)))
    dear = price_floor(**{**MARKET, "world_price": 200, "floor": 300})
    assert dear["bloc_price"] == 200 and dear["world_price_after"] == 200  # it exports already
    enough = 50 * (demand(60) / 8) ** (1 / 0.8)  # here the plants make all that is used at 60
    assert r["contract_cost"] == approx((enough - 60) * demand(60))
    assert r["contract_loss"] == approx((enough - 60) * demand(60) - quad(supply, 60, enough)[0])
    gone = price_floor(**{**MARKET, "price_response": 99})
    assert gone["world_price_after"] == 0


def test_little_that_is_imported_is_still_taxed():
    own = 50 * (30 / 8) ** (1 / 1.2)
    r = price_floor(**{**MARKET, "floor": 60 + (own - 0.001 - 60) / 0.75})
    assert 0 < r["imports"] < 0.001 and r["taxed"] == 1 and r["levy"] > 0 and r["revenue"] > 0


def test_a_cascade_at_unlike_prices():
    given = dict(oxide_world_price=50, oxide_floor=80, magnet_world_price=40, magnet_floor=55)
    given |= dict(oxide_per_magnet=0.5, magnet_per_car=2, car_price=30_000, jet_rare_earths=400)
    assert stage_cascade(**given) == approx(
        {
            "oxide_protection": 0.6,
            "magnet_cost_rise": 15,
            "magnet_cost_rise_share": 0.375,
            "oxide_share": 0.625,
            "work": 1,
            "magnet_protection": (0.375 - 0.625 * 0.6) / 0.375,
            "magnet_floor_needed": 55,
            "car_cost_rise": 30,
            "car_cost_rise_share": 0.001,
            "jet_cost_rise": 12_000,
        }
    )
    idle = stage_cascade(**{**given, "oxide_floor": 40, "magnet_floor": 30})
    rises = ("oxide_protection", "magnet_cost_rise", "car_cost_rise", "jet_cost_rise", "magnet_protection")
    assert [idle[name] for name in rises] == [0] * 5
    last = stage_cascade(**{**given, "oxide_per_magnet": 0.64})  # 80% is oxide: no work is left
    assert (last["work"], last["magnet_protection"]) == (0, 0)
    assert stage_cascade(**{**given, "oxide_per_magnet": 0.639})["work"] == 1


# --- a guaranteed price

PROMISE = dict(
    strike=100,
    start_price=50,
    long_run_price=90,
    reversion=0.4,
    volatility=0.3,
    rate=0.06,
    upside_share=0.25,
    upside_from=3,
    first_output=2,
    output_growth=0.5,
    full_output=4,
    benchmark_price=70,
    eligible_tonnes=1500,
)


def promised(**changes):
    """The same, year by year, with another's normal distribution."""
    g, pays, takes, certain, first = {**PROMISE, **changes}, 0.0, 0.0, 0.0, 0.0
    for year in range(10):
        t, output = year + 0.5, min(4, 2 + 0.5 * year)
        kept = math.exp(-g["reversion"] * t)
        spread = g["volatility"] ** 2 * (1 - kept**2) / (2 * g["reversion"])
        expects = g["start_price"] ** kept * g["long_run_price"] ** (1 - kept) * math.exp(spread / 2)
        above = (math.log(expects / g["strike"]) + spread / 2) / math.sqrt(spread)
        below = above - math.sqrt(spread)
        today = math.exp(-g["rate"] * t)
        put = g["strike"] * norm.cdf(-below) - expects * norm.cdf(-above)
        call = expects * norm.cdf(above) - g["strike"] * norm.cdf(below)
        pays += today * put * output
        takes += today * call * output * (g["upside_share"] if year >= g["upside_from"] else 0)
        certain += today * max(0, g["strike"] - expects) * output
        first = put * output if year == 0 else first
    return dict(
        guarantee=pays, upside=takes, net_cost=pays - takes, certain_cost=certain, first_payment=first
    )


@pytest.mark.parametrize("changes", [{}, dict(long_run_price=130), dict(start_price=170, strike=60)], ids=str)
def test_a_guarantee_is_ten_options_each_on_its_years_output(changes):
    r, hand = price_protection(**{**PROMISE, **changes}), promised(**changes)
    assert {name: r[name] for name in hand} == approx(hand, rel=1e-5, abs=1e-4)
    assert r["net_gain"] == approx(max(0, hand["upside"] - hand["guarantee"]), rel=1e-5)
    assert r["costs"] == (1 if hand["net_cost"] >= 0 else 0)
    assert r["quarter_payment"] == approx(max(0, {**PROMISE, **changes}["strike"] - 70) * 1.5)


def test_a_price_that_never_returns_spreads_without_end_and_one_that_does_not_move_is_certain():
    price, variance = expected_price(start_price=50, long_run_price=90, reversion=0, volatility=0.2, years=4)
    assert (price, variance) == approx((50 * math.exp(0.08), 0.16), rel=1e-4)
    put, call = put_and_call(forward=120, variance=0, strike=100, rate=0.1, years=2)
    assert (put, call) == approx((0, 20 * math.exp(-0.2)), abs=1e-6)


# --- what a mine is worth

MINE = dict(
    price=90,
    flood_price=30,
    flood_start=3,
    flood_years=2,
    recovery_years=2,
    floor=60,
    floor_years=4,
    cost=40,
    output=5,
    life=8,
    capital=900,
    exchange_rate=0.75,
    tax_rate=0.25,
    depreciation_years=5,
    sustaining=0.02,
    discount_rate=0.08,
    build_1=0.2,
    build_2=0.5,
    ramp_1=0.4,
    ramp_2=0.7,
    ramp_3=0.9,
)


def test_a_flood_comes_and_goes_in_equal_steps():
    path = [market_price(year, 90, 30, 3, 2, 2) for year in range(1, 9)]
    assert path == approx([90, 90, 30, 30, 50, 70, 90, 90])
    assert [market_price(year, 90, 30, 3, 0, 2) for year in (2, 3, 4)] == [90, 90, 90]
    assert [market_price(year, 90, 30, 1, 1, 0) for year in (1, 2)] == [30, 90]


def years_of(**changes):
    """Price received, cash, profit and payment of each year of operation, with a loop of one's own."""
    g = {**MINE, **changes}
    prices = [90, 90, 30, 30, 50, 70, 90, 90]
    found, loss = [], 0.0
    for year, market in enumerate(prices, 1):
        got = max(market, g["floor"]) if year <= g["floor_years"] else market
        made = 5 * {1: 0.4, 2: 0.7, 3: 0.9}.get(year, 1) if got > 40 else 0.0
        profit = (got - 40) * made / 0.75
        income = profit - (900 / 5 if year <= 5 else 0) - loss
        loss, tax = max(0, -income), 0.25 * max(0, income)
        found.append((profit - tax - 0.02 * 900, profit, (got - market) * made / 0.75))
    return found


@pytest.mark.parametrize("changes", [{}, dict(floor=0), dict(floor=35, floor_years=9)], ids=str)
def test_a_mine_year_by_year_losses_carried_forward_and_idle_below_its_running_cost(changes):
    flows = cash_flows(**{**MINE, **changes})
    assert [cash for cash, _, _ in flows[:3]] == approx([-180, -450, -270])
    assert flows[3:11] == [approx(year) for year in years_of(**changes)]
    assert len(flows) == 3 + 38 and all(year == (0, 0, 0) for year in flows[11:])


def test_what_a_mine_is_worth_with_a_floor_and_without():
    r = project_value(**MINE)

    def worth(amounts):
        return sum(amount / 1.08 ** (t + 4) for t, amount in enumerate(amounts))

    built = 180 / 1.08 + 450 / 1.08**2 + 270 / 1.08**3
    without, floored = years_of(floor=0), years_of()
    assert r["npv"] == approx(worth([cash for cash, _, _ in without]) - built)
    assert r["npv_with_floor"] == approx(worth([cash for cash, _, _ in floored]) - built)
    assert r["floor_gain"] == approx(r["npv_with_floor"] - r["npv"]) and r["floor_gain"] > 0
    assert r["floor_payments"] == approx(worth([paid for _, _, paid in floored]))
    assert (r["idle"], r["pull_out"], r["pull_out_with_floor"]) == (2, 0, 0)
    assert (r["built"], r["built_with_floor"]) == (int(r["npv"] >= 0), int(r["npv_with_floor"] >= 0))
    life, off = (sum(1.08 ** -(3 + t) for t in range(1, n + 1)) for n in (8, 5))
    kept = 0.75 * 5 * life / 0.75
    fixed = built - 0.25 * 180 * off + 18 * life
    assert r["flat_npv"] == approx(50 * kept - fixed)
    assert r["flat_break_even"] == approx(40 + fixed / kept)


def test_an_owner_closes_before_the_first_year_from_which_staying_costs_more_than_it_brings():
    """Three years of building, then −10 and 5: at 10% the five are worth 4.5 and do not make good the ten."""

    def closed(*years):
        kept, year = until_closed([(-1, 0, 0)] * 3 + [(cash, 7, 3) for cash in years], 0.1)
        return [cash for cash, _, _ in kept[3:]], year

    assert closed(20, -10, 5) == ([20, 0, 0], 2)
    assert closed(20, -10, 12) == ([20, -10, 12], 0)
    assert closed(20, -10, 10.5) == ([20, 0, 0], 2)  # more than ten, but a year later
    assert closed(-1, -1) == ([0, 0], 1)
    assert closed(0, 0) == ([0, 0], 0)  # nothing gained, nothing lost: it stays
    kept, _ = until_closed([(-1, 0, 0)] * 3 + [(20, 7, 3), (-10, 7, 3)], 0.1)
    assert kept[4] == (0, 0, 0) and kept[:3] == [(-1, 0, 0)] * 3


def test_only_years_before_it_closes_or_is_worked_out_are_idle():
    flows = [(0, 0, 0)] * 3 + [(0, profit, 0) for profit in (5, 0, 0, 5, 0, 0)]
    idle = [
        idle_years(flows, life, closed) for life, closed in ((6, 0), (5, 0), (2, 0), (6, 3), (6, 2), (6, 1))
    ]
    assert idle == [4, 3, 1, 1, 0, 0]


def test_rates_of_return_and_break_even_prices_are_where_the_value_is_nothing():
    r = project_returns(**MINE)
    cheap = {**MINE, "floor": 0}
    assert project_value(**{**cheap, "discount_rate": r["irr"]})["npv"] == approx(0, abs=1e-5)
    floored = project_value(**{**MINE, "discount_rate": r["irr_with_floor"]})["npv_with_floor"]
    assert floored == approx(0, abs=1e-5) and r["irr_with_floor"] > r["irr"]
    assert project_value(**{**cheap, "price": r["break_even"]})["npv"] == approx(0, abs=1e-6)
    at_15 = project_value(**{**cheap, "price": r["price_for_15"], "discount_rate": 0.15})
    assert at_15["npv"] == approx(0, abs=1e-6) and r["price_for_15"] > r["break_even"]
    assert internal_rate([-100, 50, 90]) == approx(0.2311, abs=1e-4)
    assert internal_rate([-100, 30]) == approx(-0.7) and math.isnan(internal_rate([-100, 5]))
    assert math.isnan(internal_rate([100, 110])) and internal_rate([-100, 199]) == approx(0.99)


# --- a stockpile

STORE = dict(
    loan=8,
    private_capital=2,
    basket_value=40,
    loan_rate=0.05,
    private_return=0.12,
    storage=0.01,
    filled=0.6,
    days=73,
    cut=0.5,
    cut_years=0.4,
    fee=0.03,
    spike=4,
    disruption_rate=0.2,
    mean_shortage=0.3,
    loss_multiple=3,
)


def test_a_stock_for_some_days_what_it_costs_and_what_is_left():
    """Six of ten billion are filled: 0.15 years. The cut takes 0.2 years; keeping it costs 0.74 a year."""
    best = 0.3 * math.log(0.2 * 3 / 0.074)
    assert vault(**STORE) == approx(
        {
            "cover_days": 365 * 0.15,
            "cover_months": 1.8,
            "cost_of_days": 8,
            "carry": 0.74,
            "carry_rate": 0.074,
            "draw": 6,
            "unmet": 2,
            "unmet_share": 0.25,
            "months_last": 3.6,
            "stock_left": 0,
            "fee_income": 0.18,
            "firm_fee": 0.2 * 3 - 0.074,
            "best_years": best,
            "best_days": 365 * best,
            "best_cost": 40 * best,
        }
    )
    short = vault(**{**STORE, "cut_years": 0.1})
    assert (short["draw"], short["unmet"], short["stock_left"]) == approx((2, 0, 4))
    none = vault(**{**STORE, "cut": 0})
    assert (none["draw"], none["unmet_share"]) == (0, 0) and none["months_last"] > 1e6
    assert vault(**{**STORE, "disruption_rate": 0.02})["best_years"] == 0


def test_a_stockpile_month_by_month():
    """A cut of 0.6 from month 2 for two months, half may draw; then at twice the price 0.02 a month."""
    given = dict(stock=0.05, target=0.12, cut=0.6, cut_start=2, cut_months=2, participation=0.5)
    given |= dict(refill_rate=0.36, refill_budget=0.24, price_multiple=3)
    rows = stock_path(**given)
    columns = ("month", "stock", "need", "release", "unmet", "refill", "refill_cost")
    expected = [
        (1, 0.07, 0, 0, 0, 0.02, 0.02),
        (2, 0.09, 0, 0, 0, 0.02, 0.02),
        (3, 0.065, 0.05, 0.025, 0.025, 0, 0),
        (4, 0.04, 0.05, 0.025, 0.025, 0, 0),
        *((5 + i, 0.05 + 0.01 * i, 0, 0, 0, 0.01, 0.02) for i in range(8)),
        (13, 0.12, 0, 0, 0, 0, 0),
    ]
    assert len(rows) == 36 and [[row[c] for c in columns] for row in rows[:13]] == [
        approx(row, abs=1e-12) for row in expected
    ]
    assert stockpile(**given) == approx(
        {
            "needed": 0.1,
            "released": 0.05,
            "unmet": 0.05,
            "months_covered": 1,
            "lowest_stock": 0.04,
            "refilled": 0.12,
            "refill_cost": 0.2,
            "spike_loss": 0.08,
            "stock_end": 0.12,
        }
    )
    fast = stock_path(**{**given, "refill_rate": 0.12})  # the rate binds before the money does
    assert [row["refill"] for row in fast[:2]] == approx([0.01, 0.01])
    assert stockpile(**{**given, "cut": 0})["lowest_stock"] == 0.05
    assert stockpile(**{**given, "target": 0.01, "cut": 0})["stock_end"] == 0.05  # it is not sold down
    empty = stock_path(**{**given, "stock": 0, "target": 0.01})
    assert empty[2]["release"] == approx(0.01) and empty[3]["release"] == 0


def test_money_that_a_full_mineral_cannot_take_goes_to_the_others():
    assert allocate([10, 1], 6, mode="dollars") == approx([5, 1])
    assert allocate([10, 4, 1], 9, mode="dollars") == approx([4, 4, 1])
    assert allocate([10, 4], 7, mode="dollars", longest_days=73) == approx([2, 0.8])
    assert allocate([10, 10, 4], 8, mode="weights", weights=[3, 1, 0]) == approx([6, 2, 0])
    assert allocate([10, 10], 16, mode="weights", weights=[3, 1]) == approx([10, 6])
    assert allocate([4, 3, 2], 5, mode="greedy", weights=[1, 2, 2]) == approx([0, 3, 2])
    assert allocate([4, 3], 5, mode="greedy") == approx([4, 1])


# --- a bloc

GAME = dict(
    levy=40,
    imports=3,
    diverted=0.5,
    detection=0.2,
    penalty=50,
    membership_value=100,
    patience=0.7,
    firm_fine=60,
    bloc_weight=0.3,
    club_benefit=200,
    joining_cost=50,
    retaliation=30,
    finance=10,
)


def test_a_member_and_an_outsider_reckon():
    assert coalition(**GAME) == approx(
        {
            "temptation": 60,
            "gain_now": 50,
            "patience_needed": 50 / 70,
            "complies": 0,
            "firm_gain": 40 * 0.8 - 12,
            "detection_needed": 0.4,
            "tipping_share": 0.35,
            "joins": 0,
            "empty_is_stable": 1,
            "full_is_stable": 1,
        }
    )


def test_at_the_edge_a_member_complies_and_an_outsider_joins():
    even = {**GAME, "membership_value": 250, "patience": 0.5, "bloc_weight": 0.35}
    assert (coalition(**even)["complies"], coalition(**even)["joins"]) == (1, 1)
    below = {**even, "patience": 0.499, "bloc_weight": 0.349}
    assert (coalition(**below)["complies"], coalition(**below)["joins"]) == (0, 0)
    stable = [
        [coalition(**{**GAME, "finance": finance})[f"{end}_is_stable"] for end in ("empty", "full")]
        for finance in (-121, -120, -119, 79, 80, 81)
    ]
    assert stable == [[1, 0], [1, 0], [1, 1], [1, 1], [0, 1], [0, 1]]


def test_who_risks_nothing_needs_all_patience_and_who_pays_no_levy_no_detection():
    careless = coalition(**{**GAME, "membership_value": 0})
    assert careless["patience_needed"] == approx(1) and careless["complies"] == 0
    assert coalition(**{**GAME, "levy": 0, "firm_fine": 0})["detection_needed"] == 0
    assert coalition(**{**GAME, "detection": 0})["gain_now"] == 60


@pytest.mark.parametrize("unit", [1e-5, 1, 1e5])
def test_the_stable_club_is_the_same_whatever_the_unit_of_value(unit):
    """A penalty of 2 for a benefit of 1 and a cost of 1: seven, with the eighth just not kept."""
    for penalty, size in ((0, 3), (0.49, 3), (0.5, 4), (2, 7), (2.49, 7), (50, 20)):
        given = dict(countries=20, benefit=unit, cost=1, penalty=penalty * unit * unit)
        found = club(**given)
        assert found["stable_size"] == size == club_by_enumeration(**given)["enumerated_size"], penalty
        assert found["stable_share"] == size / 20
        provided = (size * size + 20 - size) * unit
        assert found["provided"] == approx(provided)
        assert found["provided_of_full"] == approx(provided / (400 * unit))
    few = dict(countries=2, benefit=unit, cost=3, penalty=0)
    assert club(**few)["stable_size"] == 2 == club_by_enumeration(**few)["enumerated_size"]
    steep = dict(countries=30, benefit=2 * unit, cost=4, penalty=unit * unit)  # 3 + 2 · 4 · 1 / 4
    assert club(**steep)["stable_size"] == 5 == club_by_enumeration(**steep)["enumerated_size"]
    assert club(**steep)["provided"] == approx((25 + 25) * 2 * unit / 4)


def test_concentration_of_what_is_known_inside_and_without_one():
    assert concentration_bounds([0.5, 0.3]) == approx((0.34, 0.38))
    assert concentration_bounds([0.6, 0.6]) == approx((0.72, 0.72))  # rounding is no more than the world
    assert concentration_without([0.5, 0.3, 0.1], 0) == approx((9 + 1) / 16)
    assert concentration_without([0.5, 0.3, 0.1], 2) == approx((25 + 9) / 64)
    assert concentration_inside([0.5, 0.3, 0.1], [0.5, 1, 0]) == approx((0.25**2 + 0.3**2) / 0.55**2)
    assert math.isnan(concentration_inside([0.5, 0.3], [0, 0]))


def test_a_newer_index_is_within_when_no_further_than_twelve_hundredths():
    shares = {0.369: [math.sqrt(0.369)], 0.372: [math.sqrt(0.372)], 0.611: [math.sqrt(0.611)]}
    said = {index: concentration_validation({"cobalt": made})[0] for index, made in shares.items()}
    assert [row["verdict"] for row in said.values()] == ["missed", "within", "within"]
    assert said[0.611]["predicted"] == approx(0.611) and said[0.611]["seen"] == 0.491
    assert "DR Congo" in said[0.611]["note"] and concentration_validation({}) == []
    assert concentration_validation({"rare_earths": [1]})[0]["what"] == "concentration of rare earths mining"


# --- a cut

CUT = dict(
    china_share=0.6,
    cut=0.5,
    months=9,
    leakage=0.2,
    buffer=0.05,
    hoarding=0.02,
    elasticity=0.4,
    demand_elasticity=0.3,
    supply_elasticity=0.15,
    highest_multiple=30,
)


def test_what_can_be_had_after_a_cut():
    r = supply_shock(**CUT)  # 0.5 · 9/12 · 0.8 = 0.3 of 0.6 is withheld
    left = 1 - 0.18 + 0.05 - 0.02
    assert r == approx(
        dict(effective_cut=0.3, withheld=0.18, available=left, missing=1 - left, price_multiple=left**-2.5)
    )
    plenty = supply_shock(**{**CUT, "buffer": 0.5})
    assert (plenty["available"], plenty["missing"], plenty["price_multiple"]) == (1, 0, 1)
    nothing = supply_shock(**{**CUT, "china_share": 1, "cut": 1, "months": 12, "leakage": 0, "hoarding": 0.2})
    assert (nothing["available"], nothing["missing"], nothing["price_multiple"]) == (0, 1, 30)


def test_at_the_exact_price_supply_meets_demand_or_the_price_is_at_its_end():
    m = exact_shock(**CUT)["exact_multiple"]
    assert m > 1 and m**-0.3 == approx(0.4 * m**0.15 + 0.6 * 0.7 + 0.05 - 0.02)
    calm, capped = (exact_shock(**{**CUT, **c}) for c in (dict(buffer=0.5), dict(highest_multiple=1.1)))
    assert calm == {"exact_multiple": 1, "unmatched": 0}
    gap = 1.1**-0.3 - 0.4 * 1.1**0.15 - 0.6 * 0.7 - 0.05 + 0.02
    assert capped == approx({"exact_multiple": 1.1, "unmatched": gap})


def test_what_is_fitted_to_made_up_episodes():
    """Scarcities of 1/2 and 1/4 with prices of 4 and 4 times: by hand in logarithms to base 2."""
    episodes = [("a", 1, 0.5, 0, 4, ""), ("b", 1, 0.8, 0.05, 4, "")]
    assert fit_elasticity(episodes) == approx((1 + 4) / (2 + 4)) and fit_constant(episodes) == approx(4)
    two = [("a", 1, 0.5, 0, 4, ""), ("b", 1, 0.5, 0, 16, "")]
    assert fit_elasticity(two) == approx(1 / 3) and fit_constant(two) == approx(8)
    assert typical_miss(episodes=two) == approx(2) == typical_miss(constant=True, episodes=two)
    # left out, a is told 16 and b 4
    assert typical_miss(left_out=True, episodes=two) == approx(4)
    assert typical_miss(left_out=True, constant=True, episodes=two) == approx(4)
    assert typical_miss(constant=True, episodes=episodes) == approx(1)
    assert typical_miss(episodes=episodes) == approx(2 ** math.sqrt((0.8**2 + 0.4**2) / 2))


# --- risk


def test_indices_of_risk_at_unlike_figures():
    given = dict(concentration=0.4, exposure=0.5, price=3, moved=0.2, risk_from=0.9, risk_to=0.4)
    given |= dict(eu_world=4, eu_actual=2, import_reliance=0.6, recycling=0.25, substitution=0.8)
    given |= dict(disruption=0.5, trade_exposure=0.4, vulnerability=0.32)
    r = supply_risk(**given)
    assert [r[name] for name in ("exposure_after", "score", "midpoint")] == approx([0.4, 0.16, 0.48])
    assert r["characterisation"] == approx(0.48 / 0.409412948)
    assert r["eu_score"] == approx((4 * 0.3 + 2 * 0.7) * 0.75 * 0.8)
    assert r["us_score"] == approx(0.4)
    assert supply_risk(**{**given, "exposure": 0.05})["exposure_after"] == 0
    assert supply_risk(**{**given, "exposure": 0.95, "risk_to": 1.5})["exposure_after"] == 1


def test_political_risk_runs_from_none_to_all():
    assert political_risk([2.5, 0, -2.5, 3, -4]).tolist() == [0, 0.5, 1, 0, 1]
    assert trade_exposure([0.5, 0.25], [30, 20], 50) == approx(0.2)


# --- checks


@pytest.mark.parametrize("model", [m for m in MODELS.values() if m.validation], ids=lambda m: m.name)
def test_what_is_true_by_construction_or_arithmetic_holds(model):
    for row in model.validation():
        if row["kind"] in (IDENTITY, ARITHMETIC):
            assert row["verdict"] == "within", row["what"]


@pytest.mark.parametrize("model", [m for m in MODELS.values() if m.validation], ids=lambda m: m.name)
def test_what_was_seen_lies_in_the_band_that_the_model_is_held_to(model):
    for row in model.validation():
        assert row["low"] <= row["seen"] <= row["high"], row["what"]


def test_published_indices_of_risk_are_met_to_their_last_digit():
    """Nine digits where they were published so, six for the political risk of a country."""
    for row in MODELS["supply_risk"].validation():
        digits = 1e-6 if "political" in row["what"] else 1e-9
        assert (row["low"], row["high"]) == approx(
            (row["seen"] - digits, row["seen"] + digits), abs=digits
        ), row
        assert row["low"] < row["seen"] < row["high"] < row["low"] + 4 * digits


def test_a_mine_that_was_studied_is_held_against_the_study_at_its_own_price_and_at_five_dollars_more():
    worth = [project_value(**{**NOLANS_2019, "price": price})["npv"] for price in (87.37, 92.37)]
    value, returns, dearer, _ = MODELS["project_value"].validation()
    assert value["predicted"] == approx(worth[0]) and dearer["predicted"] == approx(worth[1] - worth[0])
    assert returns["predicted"] == approx(100 * project_returns(**NOLANS_2019)["irr"])


def test_a_price_jump_is_held_against_the_miss_of_one_number_for_all():
    last = MODELS["supply_shock"].validation()[-1]
    assert last["predicted"] == typical_miss(left_out=True)
    assert last["seen"] == last["high"] == typical_miss(left_out=True, constant=True)


def test_a_check_is_within_up_to_both_ends_of_its_band_and_of_a_known_kind():
    said = [check("x", value, 2, "x", 1, 3, "why", "M01")["verdict"] for value in (0.99, 1, 3, 3.01)]
    assert said == ["missed", "within", "within", "missed"]
    with pytest.raises(ValueError, match="'guess' is no kind of check"):
        check("x", 1, 2, "x", 1, 3, "why", "M01", "guess")


def test_an_array_of_settings_gives_what_each_gives():
    prices = np.array([55.0, 90.0, 140.0])
    together = project_value(**{**MINE, "price": prices})
    for i, price in enumerate(prices):
        for name, value in project_value(**{**MINE, "price": price}).items():
            assert np.broadcast_to(together[name], 3)[i] == approx(value), name
