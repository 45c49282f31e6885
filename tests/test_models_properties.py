"""Over the whole slider box: no NaN, identities, directions, bounds, mass balance; arrays like numbers; the browser like Python."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import vl_convert
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chokepoint.models import MODELS
from chokepoint.models.coalition import club_by_enumeration
from chokepoint.models.expr import Field, Param
from chokepoint.models.price_protection import put_and_call
from chokepoint.models.project_value import cash_flows, internal_rate, present_value
from chokepoint.models.supply_shock import exact_shock
from chokepoint.models.vault import allocate, stock_path
from chokepoint.models.vega import compile_vega

pytestmark = pytest.mark.slow

ROWS = list(csv.DictReader((Path(__file__).parents[1] / "data" / "assumptions.csv").open(encoding="utf-8")))
BOX = {name: {r["name"]: r for r in ROWS if r["model"] == name} for name in MODELS}

settings.register_profile(
    "models", max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
settings.load_profile("models")


def box(model, **fixed):
    """Any setting of the model's sliders: ends and middle often, all between now and then."""

    def slider(row):
        low, high, step = (float(row[k]) for k in ("low", "high", "step"))
        steps = round((high - low) / step)
        return st.one_of(st.just(0), st.just(steps), st.integers(0, steps)).map(
            lambda k: min(high, round(low + k * step, 9))
        )

    return st.fixed_dictionaries(
        {name: st.just(fixed[name]) if name in fixed else slider(row) for name, row in BOX[model].items()}
    )


def run(model, setting, **changes):
    return MODELS[model].function(**{**setting, **changes})


def close(a, b, rel=1e-9, scale=1.0):
    return abs(a - b) <= rel * max(abs(a), abs(b), abs(scale))


@pytest.mark.parametrize("model", MODELS)
def test_every_keyword_has_its_row_and_every_result_its_unit_and_meaning(model):
    assert set(BOX[model]) == set(MODELS[model].inputs)
    results = run(model, {n: float(r["value"]) for n, r in BOX[model].items()})
    assert list(results) == list(MODELS[model].results)
    assert all(unit and meaning for unit, meaning in MODELS[model].all_results.values())


def test_sliders_start_and_end_on_their_grid():
    for r in ROWS:
        low, high, step, value = (float(r[k]) for k in ("low", "high", "step", "value"))
        for x in (value, high):
            assert abs((x - low) / step - round((x - low) / step)) < 1e-6, r["assumption_id"]
        assert (r["source_id"] != "" or r["basis"] == "assumed") and low <= value <= high


@pytest.mark.parametrize("model", MODELS)
def test_no_setting_gives_nan_or_infinity(model):
    @given(box(model))
    def check(setting):
        results = run(model, setting)
        assert all(np.isfinite(v) for v in results.values()), results

    check()


@pytest.mark.parametrize("model", MODELS)
def test_an_array_gives_what_its_numbers_give(model):
    settings_ = [{n: float(r[k]) for n, r in BOX[model].items()} for k in ("low", "value", "high")]
    together = run(model, {n: np.array([s[n] for s in settings_]) for n in BOX[model]})
    for i, setting in enumerate(settings_):
        for name, value in run(model, setting).items():
            assert np.broadcast_to(together[name], 3)[i] == pytest.approx(value, rel=1e-12, abs=1e-12), name


@pytest.mark.parametrize("model", MODELS)
def test_one_array_among_numbers_broadcasts(model):
    base = {n: float(r["value"]) for n, r in BOX[model].items()}
    for name, row in BOX[model].items():
        ends = np.array([float(row["low"]), float(row["high"])])
        for result, values in run(model, base, **{name: ends}).items():
            assert np.broadcast_to(values, 2).shape == (2,), (name, result)


# ---- the browser -----------------------------------------------------------------------------------------------------


def in_vega(pairs, rows, names):
    """What Vega itself makes of compiled results: (name, expression over datum) pairs and rows of data → rows of named values."""
    text = " + ' ' + ".join(["'row ' + datum.row", *(f"datum['{name}']" for name in names)])
    svg = vl_convert.vega_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega/v6.json",
            "data": [
                {
                    "name": "rows",
                    "values": [{"row": i, **row} for i, row in enumerate(rows)],
                    "transform": [{"type": "formula", "as": name, "expr": text} for name, text in pairs],
                }
            ],
            "marks": [
                {"type": "text", "from": {"data": "rows"}, "encode": {"enter": {"text": {"signal": text}}}}
            ],
        }
    )
    printed = [line.split() for line in re.findall(r">row ([^<]*)<", svg)]
    values = {int(line[0]): [float({"true": 1, "false": 0}.get(v, v)) for v in line[1:]] for line in printed}
    return [dict(zip(names, values[i], strict=True)) for i in range(len(rows))]


@pytest.mark.parametrize("model", [m.name for m in MODELS.values() if m.browser])
def test_vega_and_numpy_agree_at_every_slider_s_ends_and_middle(model):
    base = {n: float(r["value"]) for n, r in BOX[model].items()}
    points = [base]
    for name, row in BOX[model].items():
        low, high, step = (float(row[k]) for k in ("low", "high", "step"))
        points += [{**base, name: x} for x in (low, low + step * round((high - low) / step / 2), high)]
    pairs = compile_vega(MODELS[model].function(**{n: Field("in_" + n) for n in base}), target="datum")
    rows = [{"in_" + n: v for n, v in point.items()} for point in points]
    for point, seen in zip(points, in_vega(pairs, rows, list(MODELS[model].results)), strict=True):
        for name, value in run(model, point).items():
            assert close(seen[name], value, 1e-9, scale=1e-3), (name, point, seen[name], value)


@pytest.mark.parametrize("model", [m.name for m in MODELS.values() if m.browser])
def test_every_model_on_the_page_compiles_to_signals_that_know_only_what_came_before(model):
    inputs = MODELS[model].inputs
    pairs = compile_vega(MODELS[model].function(**{n: Param(n) for n in inputs}), prefix=model)
    known = set(inputs) | {"max", "min", "pow", "exp", "log", "abs", "if"}
    for name, text in pairs:
        assert set(re.findall(r"[A-Za-z_]\w*", re.sub(r"\d(\.\d+)?e[-+]?\d+", "", text))) <= known, name
        known.add(name)
    assert set(MODELS[model].results) <= known


# ---- model 1 ---------------------------------------------------------------------------------------------------------


@given(box("price_floor"))
def test_gains_losses_revenue_and_deadweight_sum_to_nothing(s):
    r = run("price_floor", s)
    parts = [
        r[k] for k in ("consumer_surplus_change", "producer_surplus_change", "revenue", "deadweight_loss")
    ]
    assert close(sum(parts), r["terms_of_trade_gain"], 1e-9, scale=max(map(abs, parts)))


@given(box("price_floor", price_response=0))
def test_there_is_a_levy_exactly_when_the_floor_binds_and_something_is_imported(s):
    r = run("price_floor", s)
    binds = s["world_price"] < min(s["floor"], r["autarky_price"])
    assert (r["levy"] == 0) == (not binds or r["imports"] == 0)
    assert r["bloc_price"] <= max(r["autarky_price"], s["world_price"]) and r["levy"] >= 0


@given(box("price_floor", price_response=0))
def test_deadweight_loss_is_the_two_triangles(s):
    r = run("price_floor", s)
    # a polynomial rule that is exact to far below the tolerance for these smooth curves
    nodes, weights = np.polynomial.legendre.leggauss(40)
    half = (r["bloc_price"] - s["world_price"]) / 2
    p = s["world_price"] + half * (nodes + 1)
    demand = s["base_demand"] * (p / s["base_price"]) ** -s["demand_elasticity"]
    supply = s["base_supply"] * (p / s["base_price"]) ** s["supply_elasticity"]
    area = half * (weights * ((demand - r["demand"]) + (r["supply"] - supply))).sum()
    # at the autarky price imports are nothing, below the outside price the bloc exports: no levy, no loss
    assert close(area, r["deadweight_loss"], 1e-6, scale=1e-3)
    assert r["deadweight_loss"] >= -1e-9


@given(box("price_floor", price_response=0, evasion_share=0), st.floats(0.2, 0.99))
def test_where_there_is_a_levy_flooding_moves_only_the_levy_and_the_bill(s, deeper):
    before = run("price_floor", s)
    if before["levy"] <= 0:
        return
    after = run("price_floor", s, world_price=s["world_price"] * deeper)
    for name in ("bloc_price", "demand", "supply", "imports"):
        assert after[name] == before[name]
    assert after["levy"] > before["levy"] and after["deadweight_loss"] >= before["deadweight_loss"] - 1e-9


@given(box("price_floor", price_response=0))
def test_the_more_is_dodged_the_less_is_held(s):
    for name, sign in (("bloc_price", -1), ("supply", -1), ("demand", 1)):
        assert steps_up("price_floor", s, "evasion_share", name, sign), name


@given(box("stage_cascade"))
def test_the_floor_said_to_be_needed_leaves_magnet_makers_whole(s):
    needed = run("stage_cascade", s)["magnet_floor_needed"]
    assert abs(run("stage_cascade", s, magnet_floor=needed)["magnet_protection"]) < 1e-9


# ---- model 2 ---------------------------------------------------------------------------------------------------------


def steps_up(model, setting, name, result, sign, tolerance=1e-9, **changes):
    """Whether a result moves only in one direction when a slider goes from the setting's value to its end."""
    end = float(BOX[model][name]["high"])
    low, high = (
        run(model, setting, **changes)[result],
        run(model, {**setting, **changes}, **{name: end})[result],
    )
    return sign * (high - low) >= -tolerance * max(1, abs(low), abs(high))


@given(box("project_value"))
def test_value_rises_with_price_and_floor_and_falls_with_cost_and_capital(s):
    for name, result, sign in (
        ("price", "npv", 1),
        ("floor", "npv_with_floor", 1),
        ("cost", "npv", -1),
        ("capital", "npv", -1),
    ):
        assert steps_up("project_value", s, name, result, sign), name
    assert run("project_value", s)["npv_with_floor"] >= run("project_value", s)["npv"] - 1e-9


@given(box("project_value", flood_years=0, price=110))
def test_value_falls_with_the_return_asked_for(
    s,
):  # while the project pays: a loss discounted more is a smaller loss
    assert steps_up("project_value", s, "discount_rate", "npv", -1)


@given(box("project_value"))
def test_a_floor_no_higher_than_the_lowest_price_is_no_floor(s):
    r = run("project_value", s, floor=min(s["price"], s["flood_price"]))
    assert r["npv_with_floor"] == r["npv"]


@given(box("project_value", tax_rate=0))
def test_without_tax_the_floor_adds_its_payments_and_less_where_the_mine_would_have_stood_still(s):
    r = run("project_value", s)
    assert r["floor_gain"] <= r["floor_payments"] + 1e-6 * max(1, abs(r["npv"]))
    if r["idle"] == 0 and r["pull_out"] == r["pull_out_with_floor"] == 0:
        assert close(r["floor_gain"], r["floor_payments"], 1e-9, scale=abs(r["npv"]))


@given(box("project_value"))
def test_a_mine_is_never_worth_less_than_the_right_to_stop(s):
    """Whatever the flood, its owner can lose what was built and no more."""
    r = run("project_value", s)
    spent = present_value(
        [
            s["build_1"] * s["capital"],
            s["build_2"] * s["capital"],
            (1 - s["build_1"] - s["build_2"]) * s["capital"],
        ],
        s["discount_rate"],
    )
    assert min(r["npv"], r["npv_with_floor"]) >= -spent - 1e-9


@settings(max_examples=25)
@given(box("project_value"))
def test_at_the_rate_of_return_the_value_is_nothing(s):
    flows = [cash for cash, _, _ in cash_flows(**{**s, "floor": 0})]
    rate = internal_rate(flows)
    if np.isfinite(rate):
        assert abs(present_value(flows, rate)) < 1e-6 * max(1, max(map(abs, flows)))


@given(st.floats(20, 200), st.floats(1e-4, 1), st.floats(40, 160), st.floats(0, 0.1), st.floats(0.1, 10))
def test_options_keep_parity_bounds_and_directions(forward, variance, strike, rate, years):
    value = dict(forward=forward, variance=variance, strike=strike, rate=rate, years=years)
    put, call = put_and_call(**value)
    floor = np.exp(-rate * years) * (strike - forward)
    slack = 2e-7 * (strike + forward)  # the polynomial's own error
    assert close(put - call, floor, 1e-9, scale=strike) and put >= max(0, floor) - slack
    assert put_and_call(**{**value, "variance": variance * 1.2})[0] >= put - slack
    assert put_and_call(**{**value, "forward": forward * 1.1})[0] <= put + slack


# ---- model 3 ---------------------------------------------------------------------------------------------------------


@given(box("vault"))
def test_the_vault_s_books_balance(s):
    r = run("vault", s)
    stock = s["filled"] * (s["loan"] + s["private_capital"])
    assert close(r["stock_left"], stock - r["draw"], scale=stock) and 0 <= r["stock_left"] <= stock + 1e-9
    assert (
        close(r["draw"] + r["unmet"], s["cut"] * s["cut_years"] * s["basket_value"], scale=stock)
        and r["unmet"] >= -1e-12
    )
    assert close(run("vault", s, basket_value=2 * s["basket_value"])["cover_days"], r["cover_days"] / 2)
    for name, sign in (
        ("disruption_rate", 1),
        ("loss_multiple", 1),
        ("storage", -1),
        ("loan_rate", -1),
        ("private_return", -1),
    ):
        assert steps_up("vault", s, name, "best_years", sign), name


@given(box("stockpile"))
def test_month_by_month_nothing_appears_and_nothing_vanishes(s):
    stock = s["stock"]
    for row in stock_path(**s):
        assert abs(row["stock"] - (stock + row["refill"] - row["release"])) < 1e-9
        assert -1e-12 <= row["stock"] <= max(s["stock"], s["target"]) + 1e-9
        assert row["release"] <= row["need"] + 1e-12 and row["unmet"] >= -1e-12 and row["refill"] >= 0
        stock = row["stock"]
    r = run("stockpile", s)
    assert (
        close(r["stock_end"], s["stock"] + r["refilled"] - r["released"], scale=1)
        and r["spike_loss"] >= -1e-12
    )


@given(
    st.lists(st.floats(0.001, 20), min_size=1, max_size=8),
    st.floats(0.1, 100),
    st.sampled_from(["days", "dollars", "weights", "greedy"]),
)
def test_no_rule_spends_more_than_there_is_or_buys_more_than_a_year(values, capital, mode):
    money = allocate(values, capital, mode=mode, weights=np.linspace(1, 2, len(values)))
    assert (money >= -1e-12).all() and (money <= np.array(values) * (1 + 1e-9)).all()
    assert close(money.sum(), min(capital, sum(values)), 1e-9)


# ---- model 4 ---------------------------------------------------------------------------------------------------------


@given(box("coalition"))
def test_patience_needed_is_a_share_and_moves_the_right_way(s):
    r = run("coalition", s)
    assert 0 <= r["patience_needed"] <= 1 and (r["patience_needed"] == 0) == (r["gain_now"] <= 0)
    for name, sign in (
        ("levy", 1),
        ("imports", 1),
        ("detection", -1),
        ("penalty", -1),
        ("membership_value", -1),
    ):
        assert steps_up("coalition", s, name, "patience_needed", sign), name


@given(box("club"))
def test_the_stable_club_is_the_one_found_by_trying_every_size(s):
    assert run("club", s)["stable_size"] == club_by_enumeration(**s)["enumerated_size"]
    assert steps_up("club", s, "penalty", "stable_size", 1)


# ---- model 5 ---------------------------------------------------------------------------------------------------------


@given(box("supply_shock"))
def test_what_can_be_had_and_what_is_missing_are_the_whole_need(s):
    r = run("supply_shock", s)
    assert (
        close(r["available"] + r["missing"], 1)
        and 0 <= r["missing"] <= 1
        and 1 <= r["price_multiple"] <= s["highest_multiple"]
    )
    for name, sign in (
        ("china_share", 1),
        ("cut", 1),
        ("months", 1),
        ("hoarding", 1),
        ("buffer", -1),
        ("leakage", -1),
    ):
        assert steps_up("supply_shock", s, name, "missing", sign), name
    calm = run("supply_shock", s, cut=0, hoarding=0)
    assert calm["price_multiple"] == 1 and calm["missing"] == 0


@given(box("supply_shock"))
def test_at_the_exact_multiple_supply_meets_demand_or_the_miss_is_said(s):
    exact = exact_shock(**s)
    m, cut = exact["exact_multiple"], s["cut"] * s["months"] / 12 * (1 - s["leakage"])
    supply = (
        (1 - s["china_share"]) * m ** s["supply_elasticity"]
        + s["china_share"] * (1 - cut)
        + s["buffer"]
        - s["hoarding"]
    )
    gap = m ** -s["demand_elasticity"] - supply
    assert gap <= exact["unmatched"] + 1e-9 and (m == 1 or gap >= -1e-9)


# ---- model 7 ---------------------------------------------------------------------------------------------------------


@given(box("supply_risk"))
def test_scores_stay_in_bounds_and_move_the_right_way(s):
    r = run("supply_risk", s)
    assert (
        0 <= r["score"] <= 1
        and 0 <= r["us_score"] <= (s["disruption"] + s["trade_exposure"] + s["vulnerability"]) / 3 + 1e-12
    )
    assert run("supply_risk", s, exposure=0, moved=0)["score"] == 0
    assert steps_up("supply_risk", s, "recycling", "eu_score", -1)
    moved = run("supply_risk", s, moved=1)["exposure_after"]
    unmoved = run("supply_risk", s, moved=0)["exposure_after"]
    assert moved <= unmoved if s["risk_to"] <= s["risk_from"] else moved >= unmoved
