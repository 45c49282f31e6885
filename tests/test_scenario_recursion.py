"""The scenario model over its whole box: what must hold whatever the mineral, the members, the policy and China's answer."""

import math

import pytest
import sampled
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st
from sampled import everything
from scenario_box import BEHAVIOURS, REACHABLE, RUNNABLE, known

from chokepoint.models.price_floor import NDPR, effective_protection, price_floor
from chokepoint.models.scenario import PRESETS, controls, recursion
from chokepoint.models.scenario.inputs import BEHAVIOUR, FACTS, POLICY
from chokepoint.models.scenario.results import SERIES


def examples(test):
    """Try a few, drawn by the seed (see `sampled`); the whole box, corners first, is gone over in test_scenario_script."""
    how = settings(
        max_examples=400 if everything() else 10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return seed(sampled.seed())(how(test))


CONTROLS = list(controls().values())


def between(low, high):
    return st.one_of(st.just(float(low)), st.just(float(high)), st.floats(low, high, allow_subnormal=False))


@st.composite
def minerals(draw, still=False):
    """Facts that a table could hold: use and output balance, capacity is at least output."""
    size = 10 ** draw(st.floats(0, 8))
    outputs = [draw(between(0, 1)) for _ in range(3)]
    uses = [draw(between(0, 1)) for _ in range(3)]
    assume(sum(outputs) > 0.01 and sum(uses) > 0.01)
    outputs = [size * o / sum(outputs) for o in outputs]
    uses = [size * u / sum(uses) for u in uses]
    running = [draw(st.floats(0.3, 0.97)) for _ in range(3)]
    refineries = [o / r for o, r in zip(outputs, running, strict=True)]
    mines = [size * draw(between(0, 1.5)) for _ in range(3)]
    coming = [0.0] * 6 if still else [size * draw(between(0, 0.3)) for _ in range(6)]
    values = dict(
        price=10 ** draw(st.floats(-2, 6)),
        growth=0.0 if still else draw(between(-0.03, 0.12)),
        ore_share=draw(between(0, 0.9)),
        input_share=draw(between(0, 0.8)),
        refinery_lead=draw(st.integers(6, 72)),
        mine_lead=draw(st.integers(6, 200)),
        refinery_capital=10 ** draw(st.floats(-5, 2)),
        mine_capital=10 ** draw(st.floats(-5, 2)),
        stock_months=draw(between(0, 12)),
        feed=max(0.0, sum(refineries) - sum(mines)),
    )
    leader = max(range(3), key=lambda r: outputs[r])
    for i, r in enumerate(("club", "china", "rest")):
        values |= {
            f"use_{r}": uses[i],
            f"output_{r}": outputs[i],
            f"refinery_{r}": refineries[i],
            f"mine_{r}": mines[i],
        }
        values |= {f"refinery_coming_{r}": coming[i], f"mine_coming_{r}": coming[3 + i]}
        values |= {
            f"dear_{r}": 1.0 if i == leader else draw(between(1, 2)),
            f"seed_{r}": 0.0 if still else size * draw(between(0, 0.05)),
        }
    return [float(values[name]) for name in FACTS]


def worlds():
    """Any mineral that a table could hold, and those that the tables do."""
    return st.one_of(minerals(), st.builds(known, st.sampled_from(RUNNABLE), st.sampled_from(list(PRESETS))))


@st.composite
def behaviours(draw, box=BEHAVIOURS):
    return [draw(between(*box[name])) for name in BEHAVIOUR]


@st.composite
def policies(draw, **fixed):
    return [
        float(fixed[s.name])
        if s.name in fixed
        else draw(st.one_of(st.just(s.default), between(s.low, s.high)))
        for s in CONTROLS
    ]


@st.composite
def clubs(draw):
    n = draw(st.integers(0, 4))
    parts = [[draw(st.floats(0.01, 1)) for _ in range(n)] for _ in range(3)]
    return [parts[k][i] / sum(parts[k]) for i in range(n) for k in range(3)]


def policy(**values):
    assert set(values) <= set(POLICY)
    return [float(values.get(s.name, s.default)) for s in CONTROLS]


def series(facts, behaviour, chosen, members=(), months=180):
    flat = recursion.simulate(facts, behaviour, chosen, list(members), months)
    assert len(flat) == months * len(SERIES)
    return {name: flat[k :: len(SERIES)] for k, name in enumerate(SERIES)}


TYPICAL = dict(
    zip(
        BEHAVIOUR,
        [0.2, 0.55, 36, 2.5, 0.6, 2, 4, 1 / 9, 1 / 18, 0.3, 0.35, 0.06, 3, 1 / 24, 0.7, 50, 0.074, 0.02],
        strict=True,
    )
)


@pytest.mark.slow
@examples
@given(worlds(), behaviours(), policies(), clubs())
def test_what_is_made_is_used_or_stored_each_month_and_nothing_is_negative_or_lost(
    facts, behaviour, chosen, members
):
    seen = series(facts, behaviour, chosen, members, 96)
    size = sum(seen[f"use_{r}"][0] + seen[f"output_{r}"][0] for r in ("club", "china", "rest")) + 1e-12
    stock_before = (
        facts[FACTS.index("stock_months")]
        * (facts[FACTS.index("use_club")] + facts[FACTS.index("use_rest")])
        / 12
    )
    vault_before, signed = 0.0, {"exports", "stock_flow", "vault_cost", "taxpayers"}
    for t in range(96):
        now = {name: values[t] for name, values in seen.items()}
        assert all(math.isfinite(v) for v in now.values()), (t, now)
        assert all(v >= -1e-12 * size for name, v in now.items() if name not in signed), (t, now)
        assert now["price_inside"] >= now["price_outside"] > 0
        made = sum(now[f"output_{r}"] for r in ("club", "china", "rest"))
        taken = sum(now[f"use_{r}"] for r in ("club", "china", "rest"))
        scale = max(size, made, taken)
        put_by = now["stock_flow"] + now["vault_bought"] - now["vault_drawn"]
        assert abs(made - taken - put_by) <= 1e-9 * scale, (t, made, taken, put_by)
        assert abs(now["stock"] - stock_before - now["stock_flow"] / 12) <= 1e-9 * max(scale, stock_before), t
        assert abs(
            now["vault"] - vault_before - (now["vault_bought"] - now["vault_drawn"]) / 12
        ) <= 1e-9 * max(scale, vault_before), t
        assert abs(now["output_china"] - now["use_china"] - now["exports"]) <= 1e-9 * scale
        for r in ("club", "china", "rest"):
            assert now[f"output_{r}"] <= now[f"refinery_{r}"] * (1 + 1e-9) + 1e-9 * scale
        stock_before, vault_before = now["stock"], now["vault"]


@pytest.mark.slow
@examples
@given(minerals(still=True), behaviours(REACHABLE), clubs())
def test_with_no_policy_and_no_shock_the_start_is_held(facts, behaviour, members):
    seen = series(facts, behaviour, policy(patience=3), members)
    start = dict(zip(FACTS, facts, strict=True))
    scale = {name: max(abs(values[0]), 1e-9) for name, values in seen.items()}
    for r in ("club", "china", "rest"):
        assert seen[f"use_{r}"][0] == pytest.approx(start[f"use_{r}"], rel=1e-7, abs=1e-7 * sum(facts[10:13]))
        assert seen[f"output_{r}"][0] == pytest.approx(
            start[f"output_{r}"], rel=1e-7, abs=1e-7 * sum(facts[10:13])
        )
    for name, values in seen.items():
        if name in ("exports", "stock_flow", "net_imports"):
            scale[name] = sum(facts[10:13])
        if name in ("levy",):
            scale[name] = start["price"]
        assert max(abs(v - values[0]) for v in values) <= 1e-7 * max(scale[name], 1e-6), name


@pytest.mark.slow
@examples
@given(
    worlds(), behaviours(), policies(floor=0, floor_ore=0, floor_product=0, evasion=0), st.floats(0.01, 0.5)
)
def test_a_floor_below_the_market_changes_nothing(facts, behaviour, chosen, depth):
    without = series(facts, behaviour, chosen)
    lowest = min(without["price_outside"]) / facts[0]
    names = list(POLICY)
    below = list(chosen)
    below[names.index("floor")] = lowest * depth
    size = sum(
        facts[10:13]
    )  # the search may pass below the floor on its way, which leaves the last digits of a root to differ
    for name, values in series(facts, behaviour, below).items():
        scale = size if SERIES[name][0] in ("t", "t/year") else max(1.0, *map(abs, without[name]))
        assert values == pytest.approx(without[name], rel=1e-9, abs=1e-9 * scale), name


def still_market(**changes):
    """The price-floor model's one market as facts of the scenario model, in a world so large that its price does not move."""
    given_ = {**NDPR, **changes}
    p0, d0, s0, es = (given_[k] for k in ("base_price", "base_demand", "base_supply", "supply_elasticity"))
    idle, world = 1e10, 1e12
    values = {name: 0.0 for name in FACTS}
    values |= dict(price=p0, refinery_lead=36, mine_lead=36, refinery_capital=1, mine_capital=1)
    values |= dict(use_club=d0, output_club=s0, refinery_club=s0 * idle, mine_club=s0 * idle)
    values |= dict(use_china=world, output_china=world, refinery_china=world / 0.5, mine_china=world / 0.5)
    values |= dict(
        use_rest=world,
        output_rest=world + d0 - s0,
        refinery_rest=(world + d0 - s0) / 0.5,
        mine_rest=world / 0.5,
    )
    values |= dict(dear_club=1e9, dear_china=1, dear_rest=1, feed=2 * (d0 - s0))
    still = given_["demand_elasticity"]  # held still: no thrift works within the month
    behaviour = {**TYPICAL, "elasticity": still, "long_elasticity": still, "steepness": es}
    return [float(values[n]) for n in FACTS], [float(behaviour[n]) for n in BEHAVIOUR]


@pytest.mark.parametrize(
    "changes",
    [{}, {"floor": 150}, {"floor": 101}, {"supply_elasticity": 0.3}, {"floor": 60}, {"base_demand": 30}],
)
def test_held_still_it_is_the_price_floor_model(changes):
    """One month of it, in a large world, against the teaching model with the same elasticities: its golden values and others."""
    golden = price_floor(**{**NDPR, **changes})
    facts, behaviour = still_market(**changes)
    seen = series(facts, behaviour, policy(floor={**NDPR, **changes}["floor"] / 60), months=1)
    for ours, theirs in {
        "price_inside": "bloc_price",
        "use_club": "demand",
        "output_club": "supply",
        "net_imports": "imports",
    }.items():
        assert seen[ours][0] == pytest.approx(golden[theirs], rel=2e-5, abs=2e-5), ours
    # The levy is the gap between the two prices, also where it keeps every import out and is paid by none.
    assert seen["levy"][0] == pytest.approx(golden["bloc_price"] - NDPR["base_price"], rel=2e-5, abs=2e-5)
    assert seen["revenue"][0] * 1000 == pytest.approx(
        golden["revenue"], rel=1e-4, abs=1e-3
    )  # there kt, here t


def test_protection_of_the_next_stage_is_that_of_the_cascade():
    """Makers leave at the pace that the cascade's own formula gives for their protection of −73%, a twelfth of it in the first month."""
    facts, behaviour = still_market(floor=110)
    facts[FACTS.index("input_share")] = 0.4 * 60 / 52
    seen = series(facts, behaviour, policy(floor=110 / 60), months=1)
    share = 0.4 * 60 / 52
    effective = effective_protection(protection=0, input_protection=110 / 60 - 1, input_share=share)
    assert seen["makers"][0] == pytest.approx(
        1 + TYPICAL["leaving"] * (math.exp(3 * effective / 12) - 1), rel=1e-5
    )


ONE = 3  # a month late enough for cut, floor and Vault to have begun


def same_state(facts, behaviour, chosen, month, **changes):
    """A policy that differs only from `month` on, by what begins in that month: everything before it is the same path."""
    names = list(POLICY)
    other = list(chosen)
    for name, value in changes.items():
        other[names.index(name)] = float(value)
    before, after = (
        series(facts, behaviour, chosen, months=month + 1),
        series(facts, behaviour, other, months=month + 1),
    )
    for name in before:
        assert before[name][:month] == after[name][:month], name
    return {n: v[month] for n, v in before.items()}, {n: v[month] for n, v in after.items()}


@pytest.mark.slow
@examples
@given(
    worlds(),
    behaviours(),
    policies(cut_from=ONE, cut_months=12, held=12, opening=1, settled=0),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_within_a_month_a_deeper_cut_never_lowers_the_outside_price(facts, behaviour, chosen, a, b):
    chosen[list(POLICY).index("cut")] = min(a, b)
    shallow, deep = same_state(facts, behaviour, chosen, ONE, cut=max(a, b))
    assert deep["price_outside"] >= shallow["price_outside"] * (1 - 1e-9)


@pytest.mark.slow
@examples
@given(worlds(), behaviours(), policies(floor_from=ONE, floor_ore=0), st.floats(0, 0.95), st.floats(0, 0.95))
def test_within_a_month_more_evasion_never_raises_the_inside_price(facts, behaviour, chosen, a, b):
    chosen[list(POLICY).index("evasion")] = min(a, b)
    honest, dodged = same_state(facts, behaviour, chosen, ONE, evasion=max(a, b))
    assert dodged["price_inside"] <= honest["price_inside"] * (1 + 1e-9)


@pytest.mark.slow
@examples
@given(worlds(), behaviours(), policies(), st.floats(0, 1), st.floats(0, 1))
def test_within_a_month_of_a_crisis_a_larger_vault_never_raises_unserved_need(
    facts, behaviour, chosen, small, large
):
    """By one month's market alone: what the Vault gives out is all that differs."""
    market = [0.0] * 30
    uses, outputs = facts[10:13], facts[16:19]
    behaviour = dict(zip(BEHAVIOUR, behaviour, strict=True))
    for r in range(3):
        market[recursion.USE + r], market[recursion.CAPACITY + r] = uses[r] / 12, facts[13 + r] / 12
    market[recursion.SHORT_RUN], market[recursion.STEEPNESS] = behaviour["elasticity"], behaviour["steepness"]
    market[recursion.ADJUSTMENT], market[recursion.SELF_SUFFICIENT], market[recursion.CRISIS] = 1.0, 5.0, 1.0
    lacking = max(0.0, uses[0] - outputs[0]) / 12
    unserved = []
    for draw in sorted((small, large)):
        market[recursion.VAULT_DRAW] = draw * lacking
        x = recursion.clearing(market, 1.0, 0.0, 1.0, 0.0, 0.0, math.log(behaviour["highest"]))
        unserved.append(1 - math.exp(-behaviour["elasticity"] * x))
    assert unserved[1] <= unserved[0] + 1e-9
