"""Model 6: how fast separation outside China can be built, at what price, with Chinese pressure.

The simple form adds the same capacity each year; `pipeline` follows cohorts, learning, a falling price and Chinese pulses.
The money in both is set so that they meet the share of the IEA's base case for 2035 if every project pays: that share is an
input, and so is how many projects a price brings. The IEA's case has no price floor in it, less demand, and fewer tonnes.
"""

import numpy as np

from .expr import exp, maximum, minimum, power, where
from .model import FITTED, Model, check

FIRST_YEAR = 2024
HORIZON = 60  # years looked ahead for the year a target is met
PIPELINE_YEARS = 40


def buildout(
    *,
    world_price,
    floor,
    start_capacity,
    start_demand,
    demand_growth,
    capital,
    capital_intensity,
    lead_time,
    viability_price,
    viability_width,
    year,
    target,
):
    """Share of separated magnet rare earths made outside China.

    world_price        under Chinese pressure [US$/kg NdPr]
    floor              price the builders can count on [US$/kg NdPr]
    start_capacity     outside China in 2024 [kt/year]
    start_demand       world demand in 2024 [kt/year]
    demand_growth      [per year]
    capital            put in each year if every project is viable [US$ billion/year]
    capital_intensity  cost of a year's kilotonne [US$ billion per kt/year]
    lead_time          from money to output [years]
    viability_price    price at which half of the projects pay [US$/kg]
    viability_width    how sharply that turns [US$/kg]
    year               looked at, after 2024 [years]
    target             share to be reached [0–1]

    >>> r = buildout(world_price=60, floor=75, start_capacity=8.7, start_demand=97, demand_growth=0.045, capital=0.73,
    ...     capital_intensity=0.2, lead_time=3, viability_price=77, viability_width=4.5, year=11, target=0.5)
    >>> round(r["added"], 3), round(r["share"], 3)
    (1.426, 0.128)
    """
    price = maximum(world_price, floor)
    viable = viability(price, viability_price=viability_price, viability_width=viability_width)
    added = capital / capital_intensity * viable
    capacity = start_capacity + added * maximum(0, year - lead_time)
    demand = start_demand * power(1 + demand_growth, year)
    target_year = 0
    for t in range(HORIZON, -1, -1):
        reached = start_capacity + added * maximum(0, t - lead_time) >= target * start_demand * power(1 + demand_growth, t)
        target_year = where(reached, FIRST_YEAR + t, target_year)
    return {
        "price": price,
        "viable": viable,
        "added": added,
        "capacity": capacity,
        "demand": demand,
        "share": minimum(1, capacity / demand),
        "added_needed": where(year > lead_time, maximum(0, target * demand - start_capacity) / maximum(year - lead_time, 1e-9), 0),
        "capital_needed": where(
            year > lead_time, capital_intensity * maximum(0, target * demand - start_capacity) / maximum(year - lead_time, 1e-9), 0
        ),
        "target_year": target_year,
    }


def viability(price, *, viability_price, viability_width):
    """Share of the projects outside China that pay at a price [0–1].

    >>> [round(viability(p, viability_price=77, viability_width=4.5), 3) for p in (54, 75, 85)]
    [0.006, 0.391, 0.855]
    """
    return 1 / (1 + exp((viability_price - price) / viability_width))


def pipeline(
    *,
    world_price,
    floor,
    start_capacity,
    start_demand,
    demand_growth,
    capital,
    capital_intensity,
    lead_time,
    viability_price,
    viability_width,
    year,
    target,
    mine_lead_time,
    mine_capacity,
    projects,
    learning,
    price_response,
    closing,
    running_cost,
    pulse_price,
    pulse_years,
    pulse_trigger,
):
    """The same with cohorts: each year's money becomes output after its lead time, mines and separation each on their own.

    Further keywords:
    mine_lead_time  from money to ore [years]
    mine_capacity   of mines outside China in 2024 [kt/year contained]
    projects        that could be built at all [kt/year]
    learning        cost after each doubling of what was ever built, as a share [0–1]; 1: no learning
    price_response  fall of the price, as a share, when output grows by all of demand [-]
    closing         share of capacity closed in a year below running cost [per year]
    running_cost    [US$/kg]
    pulse_price     world price in a Chinese pulse [US$/kg]
    pulse_years     length of a pulse [years]
    pulse_trigger   share outside China above which a pulse starts [0–1]

    NumPy only (a cohort comes back after a number of years that the reader sets); arrays are simulated side by side.
    Returns one value per result; `pipeline_path` has the years.
    """
    given = locals()
    given = dict(zip(given, np.broadcast_arrays(*given.values()), strict=True))
    at, target = np.round(given.pop("year")).astype(int), given.pop("target")
    path = pipeline_path(**given)
    share = path["share"]
    reached = share >= target
    first = np.where(reached.any(axis=0), FIRST_YEAR + reached.argmax(axis=0), 0)
    results = {
        "share": np.take_along_axis(share, at[None], axis=0)[0],
        "output": np.take_along_axis(path["output"], at[None], axis=0)[0],
        "highest_share": share.max(axis=0),
        "price": np.take_along_axis(path["price"], at[None], axis=0)[0],
        "unit_cost": np.take_along_axis(path["unit_cost"], at[None], axis=0)[0],
        "pulses": path["pulse"].sum(axis=0),
        "target_year": first,
    }
    return {name: value.item() if np.ndim(value) == 0 else value for name, value in results.items()}


def pipeline_path(
    *,
    world_price,
    floor,
    start_capacity,
    start_demand,
    demand_growth,
    capital,
    capital_intensity,
    lead_time,
    viability_price,
    viability_width,
    mine_lead_time,
    mine_capacity,
    projects,
    learning,
    price_response,
    closing,
    running_cost,
    pulse_price,
    pulse_years,
    pulse_trigger,
):
    """Years 2024 … 2064 of the cohort model: arrays with a first axis of PIPELINE_YEARS + 1."""
    given = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in locals().values()))
    (
        world_price,
        floor,
        start_capacity,
        start_demand,
        demand_growth,
        capital,
        capital_intensity,
        lead_time,
        viability_price,
        viability_width,
        mine_lead_time,
        mine_capacity,
        projects,
        learning,
        price_response,
        closing,
        running_cost,
        pulse_price,
        pulse_years,
        pulse_trigger,
    ) = given
    shape, zeros = world_price.shape, np.zeros(world_price.shape)
    arriving = {"separation": np.zeros((PIPELINE_YEARS + 1, *shape)), "mine": np.zeros((PIPELINE_YEARS + 1, *shape))}
    leads = {"separation": np.round(lead_time).astype(int), "mine": np.round(mine_lead_time).astype(int)}
    separation, mine = start_capacity.copy(), mine_capacity.copy()
    market, left, built, pulse_left, output_before = world_price.copy(), projects.copy(), start_capacity.copy(), zeros.copy(), None
    path = {name: [] for name in ("share", "output", "separation", "mine", "price", "unit_cost", "pulse")}
    for t in range(PIPELINE_YEARS + 1):
        separation, mine = separation + arriving["separation"][t], mine + arriving["mine"][t]
        demand = start_demand * (1 + demand_growth) ** t
        output = np.minimum(separation, mine)
        share = np.minimum(1, output / demand)
        if output_before is not None:
            market = market * np.maximum(0, 1 - price_response * np.maximum(0, output - output_before) / demand)
        pulse_left = np.where((pulse_left <= 0) & (share > pulse_trigger), pulse_years, pulse_left)
        pulse = pulse_left > 0
        price = np.maximum(np.where(pulse, np.minimum(market, pulse_price), market), floor)
        unit_cost = capital_intensity * (built / start_capacity) ** np.log2(learning)
        started = np.minimum(capital / unit_cost, left) * viability(price, viability_price=viability_price, viability_width=viability_width)
        for kind, lead in leads.items():  # both stages are started together; what arrives after the horizon is not followed
            due = t + lead
            np.add.at(arriving[kind], (np.minimum(due, PIPELINE_YEARS), *np.indices(shape)), np.where(due <= PIPELINE_YEARS, started, 0))
        for name, value in zip(path, (share, output, separation, mine, price, unit_cost, pulse), strict=True):
            path[name].append(value)
        shut = np.where(price < running_cost, closing, 0)
        separation, mine = separation * (1 - shut), mine * (1 - shut)
        left, built, pulse_left, output_before = left - started, built + started, pulse_left - 1, output
    return {name: np.array(values) for name, values in path.items()}


BASE_CASE = dict(
    world_price=60,
    floor=160,
    start_capacity=8.7,
    start_demand=97,
    demand_growth=0.045,
    capital=0.73,
    capital_intensity=0.2,
    lead_time=3,
    viability_price=77,
    viability_width=4.5,
    year=11,
    target=0.5,
)


def validation():
    """The IEA's two editions, and the pace of the last fourteen years."""
    share_2035 = 100 * buildout(**BASE_CASE)["share"]
    share_2030 = 100 * buildout(**{**BASE_CASE, "year": 6})["share"]
    return [
        check(
            "share outside China in 2035, every project viable",
            share_2035,
            24,
            "%",
            23.5,
            24.5,
            "the money is set to meet it",
            "M57",
            FITTED,
        ),
        check(
            "share outside China in 2030",
            share_2030,
            23,
            "%",
            20,
            26,
            "the 2024 edition of the outlook, as reported; money becomes a plant only after the lead time, and the IEA counts plants being built",
            "M39",
        ),
        check(
            "capacity added a year",
            buildout(**BASE_CASE)["added"],
            0.6,
            "kt/year",
            0.3,
            1.2,
            "2010 to 2024, with a price spike of 26 times; the base case assumes six times that pace",
            "M39",
        ),
        check(
            "projects that pay at US$54",
            100 * viability(54, viability_price=77, viability_width=4.5),
            0,
            "%",
            0,
            2,
            "fitted",
            "M30",
            FITTED,
        ),
        check(
            "projects that pay at US$85",
            100 * viability(85, viability_price=77, viability_width=4.5),
            85,
            "%",
            80,
            90,
            "fitted",
            "M30",
            FITTED,
        ),
    ]


BUILDOUT = Model(
    name="buildout",
    title="How fast can separation outside China be built, and at what price?",
    function=buildout,
    results={
        "price": ("US$/kg", "price the builders can count on"),
        "viable": ("share", "projects outside China that pay at that price"),
        "added": ("kt/year per year", "capacity added each year"),
        "capacity": ("kt/year", "capacity outside China in the year looked at"),
        "demand": ("kt/year", "world demand in that year"),
        "share": ("share", "made outside China in that year"),
        "added_needed": ("kt/year per year", "capacity to be added each year to meet the target by then"),
        "capital_needed": ("US$ billion/year", "money for that"),
        "target_year": ("year", "first year the target is met"),
    },
    never={"target_year": "not within sixty years", "added_needed": "none can arrive by then, or none is needed", "capital_needed": "none"},
    cautions=(
        "Its money is set so that 24 % are made outside China in 2035 if every project pays, as the trade press rounded the base case of the International Energy Agency (24.5 % in its data), which has no price floor in it. "
        "That the model meets the share is no finding, and what a price adds or takes away is an assumption about projects.",
        "It meets the share with more tonnes than the agency: demand grows faster here, and goes on growing.",
        "Plants under construction in 2024 are left out, which is why it is too slow for 2030.",
        "The price-floor model of chapter 3 takes another supply curve for the same oxide, and lets demand fall with the price; here it does not.",
        "China's answer is a setting here, not a decision.",
    ),
    validation=validation,
)

PIPELINE = Model(
    name="pipeline",
    title="What do learning, mines and Chinese pulses do to the build-out?",
    function=pipeline,
    results={
        "share": ("share", "made outside China in the year looked at"),
        "output": ("kt/year", "output outside China in that year: the smaller of mines and separation"),
        "highest_share": ("share", "highest share in forty years"),
        "price": ("US$/kg", "price the builders get in that year"),
        "unit_cost": ("US$ billion per kt/year", "cost of new capacity in that year"),
        "pulses": ("years", "years with Chinese pressure on the price"),
        "target_year": ("year", "first year the target is met"),
    },
    never={"target_year": "not within forty years"},
    cautions=(
        "Set to the same share as the simple form; a floor holds for ever in it, so that pressure on the price cannot matter to who has one.",
        "Learning, price response and pulses are assumptions; no published figure tests them.",
    ),
    browser=False,
)
