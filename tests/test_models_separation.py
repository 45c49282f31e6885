"""The row of tanks: worked by hand, against textbook cascades, against a simulation stage by stage, and over the whole slider box."""

import numpy as np
import pytest
from hypothesis import given, settings
from pytest import approx
from test_models_properties import BOX, box

from chokepoint.models.separation import kremser, kremser_stages, separation, validation
from chokepoint.pages.separation import row_of_tanks

COLUMN_A = dict(
    separation_factor=1.5,
    feed_share=0.5,
    purity=0.99,
    reflux_multiple=2.70629 / 0.5 / 3.9,
    aqueous_feed=1,
    feed=365,
    residence=30,
    efficiency=1,
    extraction_factor=1.2,
)
DEFAULT = {name: float(row["value"]) for name, row in BOX["separation"].items()}


def climbed(s, r):
    """Purity at the top after whole stages from the raffinate up, by the equilibrium and the balances alone."""
    beta, waste, extract = s["separation_factor"], 1 - s["purity"], r["extract"] / s["feed"]
    up = r["reflux"] * extract
    down, x = up + extract, waste
    acid, solvent = up + s["aqueous_feed"], down - (1 - s["aqueous_feed"])
    for stage in range(round(r["extracting"]) + round(r["scrubbing"])):
        y = beta * x / (1 + (beta - 1) * x)
        if stage < round(r["extracting"]):
            x = (solvent * y + (1 - extract) * waste) / acid
        else:
            x = (down * y - extract * s["purity"]) / up
    return y


# ---- by hand ---------------------------------------------------------------------------------------------------------


def test_at_total_reflux_each_stage_multiplies_the_odds_by_the_separation_factor():
    assert separation(**{**COLUMN_A, "separation_factor": 99**0.5})["least_stages"] == approx(4, rel=1e-12)


def test_the_least_reflux_is_underwood_s():
    # (1 / (α − 1)) (xD / z − α (1 − xD) / (1 − z)) = 2 (1.98 − 0.03)
    assert separation(**COLUMN_A)["least_reflux"] == approx(3.9, rel=1e-12)


def test_a_feed_with_the_solvent_pinches_on_the_equilibrium_curve():
    # y = 0.5 on the curve is x = 0.4, so the line from (0.99, 0.99) has the slope 0.49 / 0.59
    assert separation(**{**COLUMN_A, "aqueous_feed": 0})["least_reflux"] == approx(4.9, rel=1e-9)


def test_plain_extraction_leaves_what_kremser_says():
    assert kremser(extraction_factor=2, stages=3) == approx(1 / 15, rel=1e-12)
    assert kremser(extraction_factor=1, stages=4) == approx(1 / 5, rel=1e-12)
    assert kremser(extraction_factor=1 + 2e-6, stages=4) == approx(1 / 5, rel=1e-5)
    assert kremser_stages(extraction_factor=1, left=1 / 5) == approx(4, rel=1e-12)
    assert kremser_stages(extraction_factor=0.9, left=kremser(extraction_factor=0.9, stages=7)) == approx(7)


def test_the_tanks_hold_flow_times_residence():
    r = separation(**COLUMN_A)
    flow = r["scrubbing"] * (2 * 2.70629 + 0.5) + r["extracting"] * (2 * 2.70629 + 1.5)
    assert r["held_days"] == approx(flow * 30 / 1440, rel=1e-5) and r["held"] == approx(
        r["held_days"], rel=1e-12
    )
    half = separation(**{**COLUMN_A, "efficiency": 0.5})
    assert half["tanks"] == approx(2 * r["stages"], rel=1e-12)
    assert half["held_days"] == approx(2 * r["held_days"], rel=1e-12), "every tank of either section holds"


# ---- textbooks -------------------------------------------------------------------------------------------------------


def test_three_textbook_cascades_come_out_within_five_percent():
    rows = [r for r in validation() if r["kind"] == "arithmetic"]
    assert {r["source_id"] for r in rows} == {"M67", "M68", "M73"}
    for row in rows:
        assert row["predicted"] == approx(row["seen"], rel=0.05) and row["verdict"] == "within", row["what"]


def test_column_a_s_purity_comes_back_stage_by_stage():
    """The published column has forty stages that reach equilibrium, twenty of them below the feed's."""
    r = separation(**COLUMN_A)
    assert r["stages"] == approx(40, abs=0.05) and r["extracting"] == approx(20, abs=0.1)
    assert climbed(COLUMN_A, r) == approx(0.99, abs=0.0005)


def test_a_patent_s_row_for_neodymium_is_longer_than_the_fewest_that_could_do():
    rows = [r for r in validation() if r["kind"] == "only a bound"]
    for row, factor, tanks in zip(rows, (1.4, 2.5), (144, 48), strict=True):
        fewest = separation(**{**COLUMN_A, "separation_factor": factor, "purity": 0.999})["least_stages"]
        assert row["predicted"] == approx(fewest) and row["seen"] == row["high"] == tanks
        assert row["verdict"] == "within"


# ---- time ------------------------------------------------------------------------------------------------------------


def started(s):
    """Days until a filled row, all extract sent back, reaches its purity; its feed tops up one stage."""
    r, beta = separation(**s), s["separation_factor"]
    extract = r["extract"] / s["feed"]
    flow, below = r["turned_over"] * extract, round(r["extracting"])
    x = np.full(below + round(r["scrubbing"]), s["feed_share"])
    hold = (flow + r["reflux"] * extract) * s["residence"] / 1440
    for step in range(100_000):
        y = beta * x / (1 + (beta - 1) * x)
        if y[-1] >= s["purity"]:
            return step * hold / 50 / flow
        change = flow * (np.r_[x[0], y[:-1]] - y + np.r_[x[1:], y[-1]] - x)
        change[below] += s["feed_share"] - x[below]
        x = x + change / flow / 50
    raise AssertionError("never pure")


@pytest.mark.parametrize(
    "beta, share, purity, multiple",
    [(1.4, 0.75, 0.995, 1.3), (1.4, 0.5, 0.995, 1.5), (2.1, 0.3, 0.999, 1.3), (1.2, 0.5, 0.99, 1.3)],
)
def test_the_first_product_comes_when_a_simulated_row_is_pure(beta, share, purity, multiple):
    s = {
        **COLUMN_A,
        "separation_factor": beta,
        "feed_share": share,
        "purity": purity,
        "reflux_multiple": multiple,
    }
    r = separation(**s)
    assert r["first_product"] - r["held_days"] == approx(started(s), rel=0.3)


def test_a_disturbed_balance_dies_away_as_slowly_as_the_slowest_mode_of_the_row():
    """Eigenvalues of the linearised column at its published state, holdup 0.5 a stage and a feed of 1."""
    lower, upper, extract, waste = 20, 20, 0.5, 0.01
    down, up = 3.20629, 2.70629
    x = [waste]
    for stage in range(lower + upper - 1):
        y = 1.5 * x[-1] / (1 + 0.5 * x[-1])
        x.append(
            (down * y + extract * waste) / (up + 1) if stage < lower else (down * y - extract * 0.99) / up
        )
    x = np.array(x)
    slope = 1.5 / (1 + 0.5 * x) ** 2
    size = len(x)
    rates = np.zeros((size + 1, size + 1))  # the last row is the tank in which the extract is split
    for i in range(size):
        acid_in = up + 1 if i + 1 < lower + 1 else up
        acid_out = (1 - extract) if i == 0 else (up + 1 if i < lower + 1 else up)
        rates[i, i] -= down * slope[i] + acid_out
        rates[i + 1, i] += down * slope[i]
        rates[i, i + 1] += acid_in
    rates[size, size] -= up + extract
    slowest = -1 / np.linalg.eigvals(rates / 0.5).real.max()
    held = 0.5 * (size + 1)
    short = held / (0.99 * 0.01 * 2 * np.log(99))
    assert short == approx(slowest, rel=0.25)
    r = separation(**COLUMN_A)
    assert r["settling"] / r["held_days"] == approx(short / held, rel=1e-9)


def test_a_row_settles_where_its_days_come_to_less_than_ten_years():
    """Days of settling are in proportion to the time that a liquid spends in a stage."""
    at_30 = separation(**COLUMN_A)["settling"]

    def settles(days: float) -> int:
        r = separation(**{**COLUMN_A, "residence": 30 * days / at_30})
        assert r["settling"] == approx(days, rel=1e-9)
        return int(r["settles"])

    assert [settles(days) for days in (1, 11, 3649, 3651)] == [1, 1, 1, 0]


# ---- the whole box ---------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, derandomize=True)
@given(box("separation"))
def test_minimum_balance_and_purity_hold_at_every_setting(s):
    r = separation(**s)
    assert r["least_stages"] <= r["stages"] <= r["tanks"] * (1 + 1e-12)
    assert 0 < r["least_reflux"] < r["reflux"] and min(r["extracting"], r["scrubbing"]) > 0
    raffinate = s["feed"] - r["extract"]
    fed = r["extract"] * s["purity"] + raffinate * (1 - s["purity"])
    assert fed == approx(s["feed"] * s["feed_share"], rel=1e-9) and 0 < r["recovered"] < 1
    assert r["first_product"] > r["held_days"] > 0 and r["held"] == approx(s["feed"] * r["held_days"] / 365)
    assert s["feed_share"] - 1e-9 <= r["plain_purity"] <= 1 and 0 < r["plain_recovered"] <= 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(box("separation"))
def test_more_reflux_and_less_likeness_need_fewer_stages_and_more_purity_needs_more(s):
    r = separation(**s)
    assert separation(**{**s, "reflux_multiple": s["reflux_multiple"] + 0.05})["stages"] <= r["stages"] + 1e-9
    assert (
        separation(**{**s, "separation_factor": s["separation_factor"] + 0.05})["least_stages"]
        < r["least_stages"]
    )
    purer = separation(**{**s, "purity": (1 + s["purity"]) / 2})
    assert purer["least_stages"] > r["least_stages"] and purer["stages"] > r["stages"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(box("separation"))
def test_more_stages_never_leave_more_behind(s):
    left = kremser(extraction_factor=s["extraction_factor"], stages=np.arange(1, 200))
    assert (np.diff(left) <= 1e-15).all() and (left > -1e-15).all()


# ---- on the page -----------------------------------------------------------------------------------------------------


def test_the_page_says_what_the_model_says():
    made = row_of_tanks()
    r = separation(**DEFAULT)
    assert f"It takes {r['tanks']:,.0f} tanks in a row to part these two to 99.5%." in made.sentence_at()
    assert made.rows().tanks.is_monotonic_decreasing
    assert "Two elements only" in made.html()
