"""Settings of the scenario model from all over its box, corners first, as lists that Python and the page take."""

import random
from functools import cache

from chokepoint.data import tables
from chokepoint.models.scenario import PRESETS, assemble, controls, minerals
from chokepoint.models.scenario.inputs import BEHAVIOUR, FACTS, REGIONS

RUNNABLE = [m.mineral for m in minerals()]
# Behaviour from end to end of what the tables may hold, wider than any of them does.
BEHAVIOURS = {
    "elasticity": (0.02, 0.8),
    "long_elasticity": (0.8, 1.5),
    "drift": (6, 72),
    "steepness": (0.2, 4),
    "speculation": (0, 2),
    "hoarding": (0, 5),
    "adjustment": (1, 12),
    "calming": (0.02, 0.5),
    "learning": (0.01, 0.3),
    "investing": (0, 1),
    "fastest": (0.05, 0.6),
    "closing": (0, 0.5),
    "sensitivity": (0, 6),
    "leaving": (0, 0.2),
    "credibility": (0, 1),
    "highest": (5, 100),
    "carry": (0, 0.2),
    "tolerance": (0, 0.1),
}

# What a reader or a draw can reach. Further out (thrift that works in half a year, output that hardly answers the
# price) use and price chase each other in ever wider swings, and a start that is held to the last digit but one is
# not held for ever.
_RANGES = tables.load("scenario_behaviour").set_index("parameter")
REACHABLE = {name: (float(_RANGES.low[name]), float(_RANGES.high[name])) for name in BEHAVIOURS}


def corner(rng: random.Random, low: float, high: float) -> float:
    """An end, as often as what lies between."""
    return float(rng.choice([low, high, rng.uniform(low, high), rng.uniform(low, high)]))


def facts(rng: random.Random) -> list[float]:
    """A mineral that a table could hold: output and use balance, capacity is at least output."""
    size = 10 ** rng.uniform(0, 8)
    outputs = [corner(rng, 0, 1) + 1e-9 for _ in range(3)]
    uses = [corner(rng, 0, 1) + 1e-9 for _ in range(3)]
    outputs, uses = ([size * v / sum(values) for v in values] for values in (outputs, uses))
    refineries = [output / rng.uniform(0.3, 0.97) for output in outputs]
    mines = [size * corner(rng, 0, 1.5) for _ in range(3)]
    values = dict(price=10 ** rng.uniform(-2, 6), growth=corner(rng, -0.03, 0.12))
    values |= dict(ore_share=corner(rng, 0, 0.9), input_share=corner(rng, 0, 0.8))
    values |= dict(refinery_lead=rng.randint(6, 72), mine_lead=rng.randint(6, 200))
    values |= dict(refinery_capital=10 ** rng.uniform(-5, 2), mine_capital=10 ** rng.uniform(-5, 2))
    values |= dict(stock_months=corner(rng, 0, 12), feed=max(0.0, sum(refineries) - sum(mines)))
    leader = outputs.index(max(outputs))
    for i, r in enumerate(REGIONS):
        values |= {f"use_{r}": uses[i], f"output_{r}": outputs[i], f"refinery_{r}": refineries[i]}
        values |= {f"mine_{r}": mines[i], f"refinery_coming_{r}": size * corner(rng, 0, 0.3)}
        values |= {f"mine_coming_{r}": size * corner(rng, 0, 0.3), f"seed_{r}": size * corner(rng, 0, 0.05)}
        values[f"dear_{r}"] = 1.0 if i == leader else corner(rng, 1, 2)
    return [float(values[name]) for name in FACTS]


def known(mineral: str, club: str) -> list[float]:
    """A mineral of the tables, for a club of the presets."""
    return assemble.facts_of(mineral, assemble.members_of(club), assemble.behaviour_values())


def members(rng: random.Random) -> list[float]:
    """Parts of use, refineries and mines of up to four members."""
    count = rng.randint(0, 4)
    parts = [[rng.uniform(0.01, 1) for _ in range(count)] for _ in range(3)]
    return [part[i] / sum(part) for i in range(count) for part in parts]


def setting(rng: random.Random) -> list:
    """What `simulate` takes: a mineral of the tables or one anywhere; of the latter half with behaviour beyond any draw."""
    held, beyond = rng.random() < 0.3, rng.random() < 0.5
    world = known(rng.choice(RUNNABLE), rng.choice(list(PRESETS))) if held else facts(rng)
    box = BEHAVIOURS if beyond and not held else REACHABLE
    behaviour = [corner(rng, *box[name]) for name in BEHAVIOUR]
    policy = [c.default if rng.random() < 0.4 else corner(rng, c.low, c.high) for c in every_control()]
    return [world, behaviour, policy, members(rng), 180]


@cache
def every_control() -> list:
    """The controls, read once for thousands of settings."""
    return list(controls().values())
