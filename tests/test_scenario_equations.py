"""The scenario model's path, equation by equation: each figure is worked out again from its prices.

The world is made up, no two of its figures are alike, and each policy sets several things at once.
"""

import math
from functools import cache

import numpy as np
import pytest

from chokepoint.models.scenario import recursion
from chokepoint.models.scenario.inputs import BEHAVIOUR, FACTS, POLICY, REGIONS
from chokepoint.models.scenario.results import SERIES

MONTHS = 60
WORLD = {
    "price": 20,
    "growth": 0.03,
    "ore_share": 0.3,
    "input_share": 0.4,
    "refinery_lead": 7,
    "mine_lead": 11,
    "refinery_capital": 0.04,
    "mine_capital": 0.07,
    "stock_months": 2,
    "feed": 330,
    **dict(use_club=310, use_china=480, use_rest=210),
    **dict(output_club=140, output_china=700, output_rest=160),
    **dict(refinery_club=200, refinery_china=900, refinery_rest=250),
    **dict(mine_club=120, mine_china=500, mine_rest=400),
    **dict(refinery_coming_club=14, refinery_coming_china=35, refinery_coming_rest=21),
    **dict(mine_coming_club=22, mine_coming_china=11, mine_coming_rest=33),
    **dict(dear_club=1.3, dear_china=1.0, dear_rest=1.2),
    **dict(seed_club=8, seed_china=0, seed_rest=9),
}
HABITS = {
    "elasticity": 0.15,
    "long_elasticity": 0.6,
    "drift": 30,
    "steepness": 2,
    "speculation": 0.8,
    "hoarding": 1.5,
    "adjustment": 3,
    "calming": 0.12,
    "learning": 0.08,
    "investing": 0.4,
    "fastest": 0.3,
    "closing": 0.1,
    "sensitivity": 3,
    "leaving": 0.05,
    "credibility": 0.7,
    "highest": 40,
    "carry": 0.07,
    "tolerance": 0.02,
}
STILL = {  # what a reader who touches nothing has
    **dict.fromkeys(POLICY, 0.0),
    **dict(covered=1, strike_months=120, money_months=60, money_to_mines=0.5, cover_days=365),
    **dict(fill_months=36, fill_share=0.1, draw_share=0.5, cut_months=12, held=180, opening=1),
    **dict(aim_at_rest=1, flood_months=60),
}
VAULT = dict(vault=3, cover_days=200, fill_months=10, fill_share=0.05, draw_share=0.6, vault_from=3)
CUT = dict(cut=0.7, cut_from=16, cut_months=30, held=8, opening=10, settled=0.3, leak=0.1, aim_at_rest=0.4)
CHOICES = {
    "nothing": {},
    "floors": dict(floor_ore=1.2, floor=1.6, floor_product=1.3, evasion=0.2, floor_from=5),
    "money": dict(money=3, money_from=4, money_months=20, money_to_mines=0.3)
    | dict(strike=1.9, covered=0.6, strike_from=9, strike_months=30),
    "more money than can be spent": dict(money=40, money_from=2, money_months=9, money_to_mines=0.4),
    "cut": {**VAULT, **CUT},
    "small vault": {**VAULT, **CUT, "vault": 6, "cover_days": 25, "fill_months": 2, "fill_share": 1},
    "flood": dict(flood=0.4, flood_trigger=0.25, flood_from=8, flood_months=25, floor=1.3),
    "flood at once": dict(flood=0.6, flood_from=2, flood_months=40, **VAULT),
    "everything": dict(floor=1.4, floor_ore=1.3, evasion=0.1, money=1, money_months=40)
    | {**VAULT, **CUT, "vault": 8, "strike": 1.6, "covered": 0.5, "strike_months": 25},
}
of_each_choice = pytest.mark.parametrize("chosen", CHOICES)


class Path:
    """A path, series by name, with what it was made from, and its prices as logs by month and region."""

    def __init__(self, facts=(), habits=(), members=(), months=MONTHS, **chosen):
        self.facts = {**WORLD, **dict(facts)}
        self.habits = {**HABITS, **dict(habits)}
        self.policy = {**STILL, **chosen}
        assert list(self.policy) == list(POLICY) and set(self.facts) == set(FACTS)
        given = (
            [float(self.facts[name]) for name in FACTS],
            [float(self.habits[name]) for name in BEHAVIOUR],
            [float(self.policy[name]) for name in POLICY],
        )
        flat = recursion.simulate(*given, list(members), months)
        self.seen = dict(zip(SERIES, np.array(flat).reshape(months, len(SERIES)).T, strict=True))
        self.months = np.arange(months)
        prices = [self.seen[f"price_{where}"] for where in ("inside", "china", "outside")]
        self.x = np.log(np.array(prices).T / self.facts["price"])

    def __getitem__(self, name):
        return self.seen[name]

    def three(self, name):
        """One series of the three regions, by month and region."""
        return np.array([self.seen[f"{name}_{r}"] for r in REGIONS]).T

    def start(self, name):
        """One fact of the three regions."""
        return np.array([float(self.facts[f"{name}_{r}"]) for r in REGIONS])

    def between(self, name):
        """1 in the months for which something lasts, else 0."""
        first = self.policy[f"{name}_from"]
        return ((self.months >= first) & (self.months < first + self.policy[f"{name}_months"])).astype(float)

    @property
    def grown(self):
        return (1 + self.facts["growth"]) ** (self.months / 12)

    def before(self, series, first):
        """A series as it stood at the end of the month before."""
        return np.concatenate([[first], series[:-1]])

    def settled(self, first, pull, share):
        """What moves each month by a share of the way to where it is pulled, at each month's end."""
        now, found = first, []
        for aim in pull:
            now = now + share * (aim - now)
            found.append(now)
        return np.array(found)


@cache
def path(chosen):
    return Path(**CHOICES[chosen])


def near(seen, reckoned, scale=1.0):
    np.testing.assert_allclose(seen, reckoned, rtol=1e-9, atol=1e-9 * scale)


def thrift(p):
    """Log of what use is less by, at the same price, for all that was learnt by the end of a month."""
    h, late, found = p.habits, np.zeros(3), []
    for x in p.x:
        late = late + (-(h["long_elasticity"] - h["elasticity"]) * x - late) / (h["drift"] + 1)
        found.append(late)
    return np.array(found)


def need(p, start=None):
    """What would be used at the start's price with the thrift learnt so far, this month's included.

    Makers who left the club buy in China, with the thrift that the club had learnt before this month.
    """
    h = p.habits
    gap = (h["long_elasticity"] - h["elasticity"]) / (h["drift"] + 1)
    grown, makers = p.grown[:, None], p.before(p["makers"], 1.0)
    wanted = (p.start("use") if start is None else start) * grown * np.exp(thrift(p))
    wanted[:, 1] += (1 - makers) * wanted[:, 0] * np.exp(gap * (p.x[:, 0] - p.x[:, 1]))
    wanted[:, 0] *= makers
    return wanted


@of_each_choice
def test_use_falls_with_the_price_at_once_and_with_thrift_that_is_learnt(chosen):
    p = path(chosen)
    near(p.three("use"), need(p) * np.exp(-p.habits["elasticity"] * p.x))


def able(p):
    """What refineries can run on: own ore first, then a share of what is over elsewhere, scrap and stocks."""
    refinery, mine = p.three("refinery"), p.three("mine")
    over = p.facts["feed"] * p.grown + np.maximum(0, mine - refinery).sum(axis=1)
    lack = np.maximum(0, refinery - mine)
    share = np.minimum(1, over / lack.sum(axis=1))
    return np.minimum(refinery, mine + share[:, None] * lack)


def flooding(p):
    """Part of its makers' costs that China takes off, each month."""
    share, policy = p.before(p["outside_share"], 0.0), p.policy
    ramp = np.clip((share - policy["flood_trigger"]) / 0.1, 0, 1) if policy["flood_trigger"] else 1.0
    return p.settled(0.0, policy["flood"] * p.between("flood") * ramp, 1 / 6)


def ore_levy(p):
    """What a levy on ore adds to the cost of the club's refineries while it mines less than they take."""
    policy, lacks = p.policy, p["mine_club"] < p["refinery_club"]
    levy = (1 - policy["evasion"]) * max(0.0, policy["floor_ore"] - 1) * p.facts["ore_share"]
    return levy * lacks * (p.months >= policy["floor_from"])


def costs(p):
    """Running cost by month and region, over the price of the start."""
    runs = np.minimum(1 - 1e-12, p.start("output") / p.start("refinery"))
    cost = np.tile((1 / runs - 1) ** (1 / p.habits["steepness"]), (len(p.months), 1))
    cost[:, 0] += ore_levy(p)
    cost[:, 1] *= 1 - flooding(p)
    return cost


def made_at(p, price):
    return able(p) / (1 + (costs(p) / price) ** p.habits["steepness"])


@of_each_choice
def test_output_is_what_can_be_made_by_price_over_running_cost(chosen):
    p = path(chosen)
    made = made_at(p, np.exp(p.x))
    if p.policy["strike"]:
        covered = p.policy["covered"] * p.between("strike") * (p.policy["strike"] > np.exp(p.x[:, 0]))
        made[:, 0] += covered * (made_at(p, p.policy["strike"])[:, 0] - made[:, 0])
    parted = p["price_china"] < p["price_outside"] * (1 - 1e-9)
    made[parted, 1] = (p["use_china"] + p["exports"])[parted]  # no more than is used or let out
    near(p.three("output"), made, 1000)


@of_each_choice
def test_what_is_made_is_used_stored_or_given_out(chosen):
    p = path(chosen)
    stored = p["stock_flow"] + p["vault_bought"] - p["vault_drawn"]
    near(p.three("output").sum(axis=1), p.three("use").sum(axis=1) + stored, 1000)
    near(p["output_china"] - p["use_china"], p["exports"], 1000)
    near(p["stock"], p.facts["stock_months"] / 12 * (310 + 210) + np.cumsum(p["stock_flow"]) / 12, 1000)
    near(p["vault"], np.cumsum(p["vault_bought"] - p["vault_drawn"]) / 12, 10)
    outside = p["output_club"] + p["output_rest"]
    near(p["outside_share"], outside / p.three("output").sum(axis=1))
    near(p["net_imports"], np.maximum(0, p["use_club"] - p["output_club"]), 1000)


def wants(p):
    """What would be used at the start's price with the thrift learnt before this month."""
    h = p.habits
    gap = (h["long_elasticity"] - h["elasticity"]) / (h["drift"] + 1)
    return need(p) * np.exp(gap * p.x)


def withheld(p):
    """Part of China's exports withheld: all at first, less as licences open, then what stays for good."""
    c, since = p.policy, p.months - p.policy["cut_from"]
    closed = np.clip(1 - (since - c["held"]) / c["opening"], 0, 1)
    depth = c["cut"] * p.between("cut") * (c["settled"] + (1 - c["settled"]) * closed)
    late = wants(p)
    reach = (late[:, 0] + c["aim_at_rest"] * late[:, 2]) / (late[:, 0] + late[:, 2])
    return depth * (1 - c["leak"]) * reach


def usual(p):
    """China's exports of a month while it cuts nothing, as they stood before each month [t/year]."""
    now, found = max(0.0, p.facts["output_china"] - p.facts["use_china"]), []
    for exports, kept in zip(p["exports"], p["withheld"], strict=True):
        found.append(now)
        if kept == 0:
            now += (max(0.0, exports) - now) / 12
    return np.array(found)


@of_each_choice
def test_china_withholds_what_is_announced_and_its_price_parts_only_when_that_binds(chosen):
    p = path(chosen)
    near(p["withheld"], withheld(p))
    parted = p["price_china"] < p["price_outside"] * (1 - 1e-9)
    allowed = usual(p) * (1 - p["withheld"])
    near(p["exports"][parted], allowed[parted], 100)
    cut = p["withheld"] > 0
    assert (p["exports"][cut] <= allowed[cut] * (1 + 1e-9)).all()
    assert not parted[~cut].any() and parted.any() == (CHOICES[chosen].get("cut", 0) > 0)
    near(p["price_china"][~parted], p["price_outside"][~parted])


def fear(p):
    """The largest recent part of use outside China that was withheld, as it passes; at each month's end."""
    now, found, outside = 0.0, [], wants(p)[:, [0, 2]].sum(axis=1)
    for shock in p["withheld"] * np.minimum(1, usual(p) / 12 / (outside / 12)):
        now = max(now * (1 - p.habits["calming"]), shock)
        found.append(now)
    return np.array(found)


def expected(p):
    """Log of the expected price by month and region, as it stood before the month."""
    before = [p.settled(0.0, p.x[:, r], p.habits["learning"]) for r in range(3)]
    return np.array([p.before(series, 0.0) for series in before]).T


@of_each_choice
def test_private_stocks_aim_at_months_of_use_more_in_fear_and_less_when_dear(chosen):
    p = path(chosen)
    months = p.facts["stock_months"] / 12 * (310 + 210) * p.grown
    dear = np.exp(-p.habits["speculation"] * (p.x - expected(p))[:, 2])
    aim = months * (1 + p.habits["hoarding"] * fear(p)) * dear
    held = p.before(p["stock"], p.facts["stock_months"] / 12 * (310 + 210))
    most = wants(p)[:, [0, 2]].sum(axis=1) / 12
    near(p["stock_flow"] / 12, np.clip((aim - held) / p.habits["adjustment"], -held, most), 10)


@of_each_choice
def test_the_vault_buys_while_the_price_is_as_expected_and_gives_out_the_month_after(chosen):
    p, c = path(chosen), path(chosen).policy
    alarm, over = p.before(fear(p), 0.0), (p.x - expected(p))[:, 2] / math.log(1.25)
    lacked = p.before(p.settled((310 - 140) / 12, p["net_imports"] / 12, 1 / 12), (310 - 140) / 12)
    stored = p.before(p["vault"], 0.0)
    want = (c["cover_days"] / 365 * 12 * lacked - stored) / 6
    want = np.maximum(0, np.minimum(want, c["fill_share"] * wants(p)[:, [0, 2]].sum(axis=1) / 12))
    tonnes = np.minimum(p.before(p["vault_cash"], c["vault"]), c["vault"] / c["fill_months"]) * 1000 / 20
    buys = np.minimum(want * np.clip(1 - over, 0, 1), tonnes / np.exp(p.x[:, 2]))
    near(p["vault_bought"] / 12, buys * (p.months >= c["vault_from"]) * (alarm < 0.05))
    lacking = p.before(p["net_imports"] / 12, 0.0)
    crisis = np.clip(np.maximum(np.minimum(1, alarm / 0.05), over - 1), 0, 1)
    near(p["vault_drawn"] / 12, np.minimum(stored, c["draw_share"] * lacking) * crisis)
    worth = p["price_outside"] / 1000
    paid = (p["vault_bought"] - p["vault_drawn"]) * worth
    near(p["vault_cash"], c["vault"] - np.cumsum(paid) / 12)
    near(p["vault_cost"], paid + p["vault"] * worth * p.habits["carry"])


def feeds_itself(p, t):
    """Log price at which the club alone would balance in a month, by halving; the highest where it cannot."""
    low, high = -6.0, math.log(p.habits["highest"])
    can, cost, wanted = able(p)[t, 0], costs(p)[t, 0], wants(p)[t, 0]
    h = p.habits
    elasticity = h["elasticity"] + (h["long_elasticity"] - h["elasticity"]) / (h["drift"] + 1)
    strike, covered = p.policy["strike"], (p.policy["covered"] * p.between("strike"))[t]

    def made(price):
        return can / (1 + (cost / price) ** h["steepness"])

    for _ in range(60):
        x = (low + high) / 2
        price = math.exp(x)
        output = made(price) + covered * max(0.0, made(strike) - made(price) if strike else 0.0)
        low, high = (x, high) if output < wanted * price**-elasticity else (low, x)
    return low


@of_each_choice
def test_a_floor_raises_the_price_inside_by_what_is_not_dodged_but_not_above_feeding_itself(chosen):
    p = path(chosen)
    out, gap = np.exp(p.x[:, 2]), (1 - p.policy["evasion"]) * (p.policy["floor"] - np.exp(p.x[:, 2]))
    raised = out + np.maximum(0, gap) * (p.months >= p.policy["floor_from"])
    own = np.exp([feeds_itself(p, t) for t in p.months])
    near(np.exp(p.x[:, 0]), np.where(raised > out, np.maximum(out, np.minimum(raised, own)), out))


def test_of_a_floor_so_high_that_the_club_feeds_itself_only_that_price_is_reached():
    p = Path(floor=4, months=24, facts=dict(refinery_club=400, mine_club=400))
    own = [20 * math.exp(feeds_itself(p, t)) for t in p.months]
    near(p["price_inside"], own)
    assert (p["price_inside"] < 80).all() and (p["net_imports"] == 0).all() and (p["revenue"] == 0).all()


@of_each_choice
def test_who_pays_what_adds_up(chosen):
    p, c = path(chosen), path(chosen).policy
    levy = p["price_inside"] - p["price_outside"]
    near(p["levy"], levy, 20)
    near(p["buyers"], levy * p["use_club"] / 1000, 10)
    near(p["revenue"], (1 - c["evasion"]) * levy * p["net_imports"] / 1000, 10)
    promised = c["covered"] * p.between("strike") * made_at(p, c["strike"])[:, 0] if c["strike"] else 0.0
    near(p["contracts"], np.maximum(0, 20 * c["strike"] - p["price_inside"]) * promised / 1000, 10)
    near(p["money"], c["money"] * p.between("money"))
    near(p["taxpayers"], p["contracts"] + p["money"] + p["vault_cost"] - p["revenue"], 10)
    near(p["unserved"], np.maximum(0, 1 - p["use_club"] / wants(p)[:, 0]))


def hoped(p):
    """What builders of refineries and of mines reckon with, over the start's price, by month and region."""
    c, weight = p.policy, p.habits["credibility"]
    seen = np.exp(np.array([p.settled(0.0, p.x[:, r], p.habits["learning"]) for r in range(3)]).T)
    ore = seen.copy()
    for t in p.months:
        plain, promised = seen[t, 0], 0.0
        if t >= c["floor_from"]:
            kept = min(c["floor"], math.exp(feeds_itself(p, t)))
            promised = plain + (1 - c["evasion"]) * max(0.0, kept - plain)
        if covered := (c["covered"] * p.between("strike")[t] if c["strike"] else 0.0):
            promised = max(promised, covered * c["strike"] + (1 - covered) * plain)
        refined = plain + weight * max(0.0, promised - plain)
        levy = ore_levy(p)[t]
        ore[t, 0] = refined + (weight * max(0.0, c["floor_ore"] - refined) if levy else 0.0)
        seen[t, 0] = max(0.0, refined - weight * levy)
    for all_hoped in (seen, ore):
        all_hoped[:, 1] /= 1 - 0.8 * flooding(p)
    return seen, ore


@of_each_choice
def test_capacity_is_built_after_its_lead_time_as_price_and_money_promise_and_closed_when_ill_paid(chosen):
    builds_and_closes(path(chosen))


@pytest.mark.parametrize("flood", [0, 0.1])
def test_plants_close_while_the_price_is_well_below_what_running_them_costs(flood):
    """In a flood China's own run at less, by what it takes off their costs, and close later."""
    glut = dict(refinery_coming_rest=2400, refinery_china=1100, feed=9000, growth=0)
    p = Path(facts=glut, flood=flood, flood_months=60)
    ill_paid = np.diff(p.three("refinery"), axis=0) < 0
    assert ill_paid.any(axis=0).all() and not ill_paid.all(axis=0).any()
    builds_and_closes(p)


def builds_and_closes(p):
    h, c = p.habits, p.policy
    last = {"refinery": 1 - c["money_to_mines"], "mine": c["money_to_mines"]}
    cost0 = np.minimum(1, (1 / (p.start("output") / p.start("refinery")) - 1) ** (1 / h["steepness"]))
    for (kind, part), reckoned in zip(last.items(), hoped(p), strict=True):
        lead = p.facts[f"{kind}_lead"]
        queue = np.zeros((MONTHS + lead, 3))
        queue[:lead] += p.start(f"{kind}_coming") / lead
        stands, found = p.start(kind), []
        for t in p.months:
            stands = stands + queue[t]
            found.append(stands)
            base = stands + p.start("seed")
            wish = h["investing"] * (reckoned[t] / p.start("dear") - 1) + p.facts["growth"]
            begun = np.clip(wish, 0, h["investing"]) * base / 12
            begun[0] += p["money"][t] * part / p.facts[f"{kind}_capital"] / 12
            queue[t + lead] += np.minimum(begun, h["fastest"] * base / 12)
            if kind == "refinery":
                paid = np.exp(p.x[t]) / cost0 / np.array([1, 1 - flooding(p)[t], 1])
                ill = np.clip(-4 * np.log(paid / 0.75), 0, 1)
                stands = stands * (1 - h["closing"] / 12 * ill)
        near(p.three(kind), np.array(found), 100)


@of_each_choice
def test_makers_of_the_next_stage_leave_when_their_work_is_worse_protected_than_their_input(chosen):
    p, c, h = path(chosen), path(chosen).policy, path(chosen).habits
    out, inside, part = np.exp(p.x[:, 2]), np.exp(p.x[:, 0]), p.facts["input_share"]
    product = 1 + part * (out - 1)
    input_now = np.minimum(0.9, part * out / product)
    own = np.maximum(0, c["floor_product"] / product - 1) * (1 - c["evasion"])
    own = own * (p.months >= c["floor_from"])
    effective = (own - input_now * (inside / out - 1)) / (1 - input_now)
    year = p.settled(0.0, effective, 1 / 12)
    near(p["makers"], p.settled(1.0, np.exp(h["sensitivity"] * np.minimum(0, year)), h["leaving"]))


TONNES = ("use", "output", "refinery", "mine", "refinery_coming", "mine_coming", "seed")


def test_a_world_of_a_few_kilograms_goes_as_one_of_tonnes():
    """Every guard against nothing is far below what an episode of the past states: shares of a world of 1."""
    small = {f"{name}_{r}": WORLD[f"{name}_{r}"] / 1e6 for name in TONNES for r in REGIONS}
    sums = dict(money=1e-6, vault=8e-6)
    large, tiny = path("everything"), Path({**small, "feed": 330e-6}, **{**CHOICES["everything"], **sums})
    for name, (unit, _) in SERIES.items():
        scale = 1e-6 if unit.startswith("t") or unit.startswith("US$ million") else 1
        np.testing.assert_allclose(
            tiny[name], large[name] * scale, rtol=1e-7, atol=1e-7 * scale, err_msg=name
        )


@pytest.mark.parametrize("gone", REGIONS)
def test_a_region_that_has_nothing_makes_and_uses_nothing_and_does_no_harm(gone):
    p = Path({f"{name}_{gone}": 0 for name in TONNES}, members=[1, 1, 1], patience=1, **CHOICES["everything"])
    assert all(np.isfinite(series).all() for series in p.seen.values())
    assert p[f"output_{gone}"].max() == 0 or gone == "club"  # public money builds there
    assert p[f"use_{gone}"].max() == 0 or gone == "china"  # makers who left the club buy there
    balances(p)


# --- where there is too little or too much at any price


def served(p):
    """Use over what people want at the price, by month and region."""
    return p.three("use") / (need(p) * np.exp(-p.habits["elasticity"] * p.x))


def balances(p):
    stored = p["stock_flow"] + p["vault_bought"] - p["vault_drawn"]
    near(p.three("output").sum(axis=1), p.three("use").sum(axis=1) + stored, 1e4)
    near(p["output_china"] - p["use_china"], p["exports"], 1e4)


def test_at_the_highest_price_all_who_take_outside_a_cut_get_the_same_share():
    p = Path(habits=dict(highest=2), **{**VAULT, **CUT, "cut": 1, "settled": 1, "leak": 0, "aim_at_rest": 1})
    short = p["price_outside"] > 40 * (1 - 1e-9)
    assert 10 < short.sum() < 40 and (p["price_outside"] <= 40 * (1 + 1e-9)).all()
    near(served(p)[~short], 1.0)
    near(served(p)[short, 1], 1.0)  # in China there is no want
    near(served(p)[short, 0], served(p)[short, 2])
    assert (served(p)[short, 0] < 1).all() and served(p)[short, 0].min() < 0.9
    balances(p)


def test_where_the_whole_world_lacks_china_gets_the_same_share_too_and_stocks_no_more_than_all():
    few = dict(growth=0.1, **dict.fromkeys((f"refinery_coming_{r}" for r in REGIONS), 0))
    p = Path(facts=few, habits=dict(highest=1.1, investing=0, speculation=0), **VAULT)
    full = Path(facts=few, habits=dict(highest=9, investing=0, speculation=0), **VAULT)
    short = p["price_outside"] > 22 * (1 - 1e-9)
    assert short[-1] and not short[0] and (p["price_china"] == p["price_outside"]).all()
    share = served(p)
    near(share[short], share[short, :1] * np.ones(3))
    assert (share[short, 0] < 1).all() and share[-1, 0] < 0.9 and (np.abs(share[~short] - 1) < 1e-9).all()
    held = p.before(p["stock"], p.facts["stock_months"] / 12 * (310 + 210))
    aim = p.facts["stock_months"] / 12 * (310 + 210) * p.grown
    wish = (aim - held) / p.habits["adjustment"]
    assert (wish[short] > 0).any()
    near((p["stock_flow"] / 12)[wish > 0], (wish * share[:, 0])[wish > 0], 10)
    assert full["price_outside"].max() > 22
    balances(p)


GLUT = {
    **dict(refinery_club=140, refinery_china=700, refinery_rest=160, refinery_coming_rest=900),
    **dict(feed=1e6, mine_club=0, mine_china=0, mine_rest=0, growth=0),
}
BARELY = dict(elasticity=0.05, long_elasticity=0.06, closing=0.0, investing=0.0, steepness=2)


def test_what_nobody_takes_at_any_price_is_not_made():
    p = Path(facts=GLUT, habits=BARELY, months=90)
    glut = p["price_outside"] < 20 * math.exp(-6) * (1 + 1e-9)
    assert 60 < glut.sum() < 90 and (p["price_china"] == p["price_outside"]).all()
    near(served(p), 1.0)
    sold = p.three("output") / made_at(p, np.exp(p.x))
    near(sold[glut], sold[glut, :1] * np.ones(3))
    assert (sold[glut, 0] < 1).all() and sold[-1, 0] < 0.8
    near(sold[~glut], 1.0)
    falling = glut & (p["stock_flow"] < 0)
    assert falling.any()
    balances(p)


def test_what_nobody_takes_outside_a_cut_is_not_sold_by_china_either():
    chosen = dict(cut=0.9, cut_from=1, cut_months=80, settled=1, held=80)
    chosen |= dict(vault=9, cover_days=3000, fill_months=1, fill_share=1, draw_share=0.05)
    p = Path(facts=GLUT, habits=BARELY, months=90, **chosen)
    glut = p["price_outside"] < 20 * math.exp(-6) * (1 + 1e-9)
    allowed = usual(p) * (1 - p["withheld"])
    parted = glut & (p["withheld"] > 0) & (made_at(p, np.exp(p.x))[:, 1] - p["use_china"] > allowed)
    assert parted.sum() > 20
    sold = p.three("output") / made_at(p, np.exp(p.x))
    near(sold[parted, 0], sold[parted, 2])
    assert (sold[parted, 0] < 0.8).any()
    near(p["exports"][parted], (allowed * sold[:, 0])[parted], 100)
    near(served(p), 1.0)
    assert (p["vault_drawn"][parted] > 0).any()
    balances(p)


# --- members who leave

THREE = [0.5, 0.1, 0.2, 0.3, 0.6, 0.3, 0.2, 0.3, 0.5]  # use, refining and mining of A, B and C
AT_ODDS = dict(floor=1.7, patience=1.5, evasion=0.1, floor_from=3)


def still_in(p, members):
    """Who is in the club at the end of each month, by what each of them lost on it."""
    parts = np.array(members).reshape(-1, 3)
    inside, lost, found = np.ones(len(parts), bool), np.zeros(len(parts)), []
    for t in p.months:
        whole = parts[inside].sum(axis=0)
        uses = parts[:, 0] / whole[0] * p["use_club"][t]
        makes = parts[:, 1] / whole[1] * p["output_club"][t]
        loss = p["levy"][t] * (uses - makes) / 1000 - p["revenue"][t] * parts[:, 0] / whole[0]
        minds = loss > p.habits["tolerance"] * uses * p["price_outside"][t] / 1000
        lost = np.where(minds & inside, lost + 1, 0)
        inside = inside & ~(lost >= 12 * p.policy["patience"])
        found.append(inside)
    return np.array(found)


def test_a_member_leaves_after_years_on_end_in_which_it_lost_more_than_it_minds():
    p = Path(members=THREE, months=90, facts=dict(seed_club=20), **AT_ODDS)
    inside = still_in(p, THREE)
    assert p["members"].tolist() == inside.sum(axis=1).tolist()
    assert p["members"][0] == 3 and p["members"][-1] == 2 and not inside[-1, 0]


def test_members_leave_one_after_another_by_their_parts_of_what_is_left():
    four = [0.36, 0.5, 0.32, 0.14, 0.17, 0.21, 0.07, 0.25, 0.21, 0.43, 0.08, 0.26]
    p = Path(members=four, months=100, floor=1.8, evasion=0.4, floor_from=3, patience=1)
    inside = still_in(p, four)
    assert p["members"].tolist() == inside.sum(axis=1).tolist()
    assert sorted(set(p["members"])) == [1, 2, 3, 4]


def test_without_patience_set_nobody_leaves_and_with_no_members_nobody_is_counted():
    assert (Path(members=THREE, **{**AT_ODDS, "patience": 0})["members"] == 3).all()
    assert (Path(**AT_ODDS)["members"] == 0).all()


@pytest.mark.parametrize(
    "members", [THREE, [0.4, 0.05, 0.2, 0.2, 0.65, 0.5, 0.4, 0.3, 0.3]], ids=["one", "two at once"]
)
def test_those_who_leave_take_along_use_plants_mines_and_what_they_build(members):
    habits = dict(closing=0.0)
    p = Path(members=members, habits=habits, **AT_ODDS)
    stays = Path(members=members, habits=habits, **{**AT_ODDS, "patience": 0})
    left = int(np.flatnonzero(p["members"] < 3)[0])
    inside = still_in(p, members)[left]
    assert (p["members"][left] == inside.sum()) and left < MONTHS - 12
    for name in SERIES:
        if name != "members":
            assert p[name][: left + 1].tolist() == stays[name][: left + 1].tolist(), name
    use, plants, mines = np.array(members).reshape(-1, 3)[inside].sum(axis=0)
    for kind, kept in (("refinery", plants), ("mine", mines)):
        lead = p.facts[f"{kind}_lead"]
        months = slice(left + 1, left + 1 + lead)  # what is begun after has not come yet
        near(p[f"{kind}_club"][months], kept * stays[f"{kind}_club"][months])
        gone = (1 - kept) * stays[f"{kind}_club"][months]
        near(p[f"{kind}_rest"][months], stays[f"{kind}_rest"][months] + gone)
        near(p[f"{kind}_china"][months], stays[f"{kind}_china"][months])
    start = np.tile(p.start("use"), (MONTHS, 1))
    learnt = thrift(p)[left]
    start[left + 1 :, 0] *= use
    start[left + 1 :, 2] += 310 * (1 - use) * math.exp(learnt[0] - learnt[2]) * p["makers"][left]
    until = (
        int(np.flatnonzero(p["members"] < p["members"][left])[0])
        if p["members"][-1] < inside.sum()
        else MONTHS
    )
    near((need(p, start) * np.exp(-p.habits["elasticity"] * p.x))[: until + 1], p.three("use")[: until + 1])


# --- one month's market, by hand


def market(**given):
    """A market in which nothing happens but what is given by name; names with a number are of a region."""
    made = [0.0] * 30
    made[recursion.STEEPNESS], made[recursion.SHORT_RUN], made[recursion.ADJUSTMENT] = 2.0, 0.5, 1.0
    made[recursion.SELF_SUFFICIENT] = 9.0
    for name, value in given.items():
        name, _, region = name.partition("__")
        made[getattr(recursion, name) + int(region or 0)] = value
    return made


def test_half_is_made_at_the_running_cost_and_more_the_further_above():
    assert recursion.supplied(math.log(3), 80, math.log(3), 2) == pytest.approx(40)
    assert recursion.supplied(math.log(6), 80, math.log(3), 2) == pytest.approx(64)  # 80 / (1 + 1/4)
    assert recursion.used(math.log(4), 80, 0.5) == pytest.approx(40)


@pytest.mark.parametrize(
    ("floor", "own", "inside"),
    [(2.9, 9.0, 3), (3, 9.0, 3), (5, 9.0, 4.5), (5, math.log(4), 4), (5, math.log(2), 3)],
    ids=["below", "at it", "a quarter is dodged", "the club feeds itself", "it does so below the market"],
)
def test_the_price_inside_is_raised_to_what_of_the_floor_is_not_dodged(floor, own, inside):
    made = market(FLOOR=floor, EVASION=0.25, SELF_SUFFICIENT=own)
    assert math.exp(recursion.price_inside(math.log(3), made)) == pytest.approx(inside)


def test_what_is_under_contract_is_made_as_at_the_strike():
    made = dict(CAPACITY=80, COST=math.log(2))
    free = recursion.club_supply(math.log(2), market(**made))
    half = recursion.club_supply(math.log(2), market(**made, COVERED=0.25, STRIKE=math.log(4)))
    none = recursion.club_supply(math.log(2), market(**made, COVERED=0.25, STRIKE=math.log(1.5)))
    assert (free, half, none) == pytest.approx((40, 0.75 * 40 + 0.25 * 64, 40))


def test_private_stocks_go_a_part_of_the_way_to_their_aim_within_what_is_there_and_what_is_used():
    at = dict(STOCK_AIM=30, SPECULATION=2, EXPECTED=math.log(2), ADJUSTMENT=0.25, MOST_BOUGHT=5)
    takes = [recursion.stocking(math.log(2), market(STOCK=stock, **at)) for stock in (22, 40, 6)]
    assert takes == pytest.approx([2, -2.5, 5])
    assert recursion.stocking(math.log(4), market(STOCK=22, **at)) == pytest.approx((30 / 4 - 22) / 4)
    assert recursion.stocking(5, market(STOCK=4, **{**at, "ADJUSTMENT": 3.0})) == -4


def test_the_vault_wants_less_the_dearer_it_is_and_nothing_a_quarter_above_what_is_expected():
    at = dict(EXPECTED=math.log(2), VAULT_WANT=6, VAULT_SPEND=100)
    dear = [0.9, 1, 1.25**0.5, 1.25, 1.3]
    wanted = [recursion.filling(math.log(2 * times), market(**at)) for times in dear]
    assert wanted == pytest.approx([6, 6, 3, 0, 0])
    assert recursion.filling(math.log(2), market(**{**at, "VAULT_SPEND": 8})) == pytest.approx(4)


def test_the_vault_gives_all_it_may_in_a_crisis_and_part_of_it_for_a_price_alone():
    at = dict(EXPECTED=math.log(2), VAULT_DRAW=8)
    dear = [0.5, 1.25, 1.25**1.5, 1.25**2, 1.25**4]
    given = [recursion.drawing(math.log(2 * times), market(**at)) for times in dear]
    assert given == pytest.approx([0, 0, 4, 8, 8])
    in_crisis = [recursion.drawing(0.0, market(**at, CRISIS=c)) for c in (0.25, 1)]
    assert in_crisis == pytest.approx([2, 8])


def test_refineries_take_their_own_ore_first_and_share_what_is_over_elsewhere():
    """40 and 20 lack, 15 are over besides 12 of scrap: 27 for 60."""
    able = recursion.fed([100, 50, 30], [60, 65, 10], 12)
    assert able == pytest.approx([60 + 0.45 * 40, 50, 10 + 0.45 * 20])
    assert recursion.fed([100, 50, 30], [60, 65, 10], 500) == pytest.approx([100, 50, 30])
    assert recursion.fed([10, 5, 0], [20, 5, 0], 0) == pytest.approx([10, 5, 0])


def test_what_lasts_some_months_begins_with_its_first_and_ends_before_the_next():
    assert [recursion.between(t, 3, 2) for t in range(7)] == [0, 0, 0, 1, 1, 0, 0]
    assert recursion.between(3, 3, 0) == 0


WHOLE = {
    **dict(USE=30, USE__1=40, USE__2=20, CAPACITY=25, CAPACITY__1=120, CAPACITY__2=60),
    **dict(COST=0.3, COST__1=-0.2, COST__2=0.1, STOCK=9, STOCK_AIM=12, SPECULATION=1, EXPECTED=0.2),
    **dict(MOST_BOUGHT=50, VAULT_WANT=3, VAULT_SPEND=9, FLOOR=1.3),
}


@pytest.mark.parametrize("parts", [(1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1)], ids=str)
@pytest.mark.parametrize("guess", [-8, -1, 0.1, 4, 7])
def test_the_price_found_is_the_one_at_which_the_parts_named_balance(parts, guess):
    made = market(**WHOLE)
    found = recursion.clearing(made, *map(float, parts), 2.5, guess, 5.0)
    inside = max(found, math.log(max(1.3, math.exp(found))))
    use = np.array([30, 40, 20]) * np.exp(-0.5 * np.array([inside, found, found]))
    cost = np.array([0.3, -0.2, 0.1])
    output = np.array([25, 120, 60]) / (1 + np.exp(2 * (cost - np.array([inside, found, found]))))
    stocks = 12 * math.exp(-(found - 0.2)) - 9
    vault = 3 * min(1, max(0, 1 - (found - 0.2) / math.log(1.25)))
    drawn = recursion.drawing(found, made)
    missing = (use - output) @ np.array(parts) + parts[2] * (stocks + vault - drawn) + 2.5
    assert missing == pytest.approx(0, abs=1e-9)


def test_where_no_price_balances_it_is_the_highest_or_the_lowest():
    assert recursion.clearing(market(**WHOLE), 1.0, 0.0, 0.0, 1000.0, 0.0, 2.0) == 2.0
    assert recursion.clearing(market(**WHOLE), 0.0, 1.0, 0.0, -1000.0, 0.0, 2.0) == recursion.LOWEST
    balanced = recursion.clearing(market(**WHOLE), 1.0, 1.0, 1.0, 40.0, 0.0, 9.0)
    for highest in (balanced - 0.1, balanced - 2):
        assert recursion.clearing(market(**WHOLE), 1.0, 1.0, 1.0, 40.0, balanced + 1, highest) == highest
