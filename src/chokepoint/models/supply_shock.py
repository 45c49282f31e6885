"""Model 5: China cuts supply: how much of a year's need can then be had, before any price moves.

What can be had is bookkeeping. A price jump worked out from it was fitted to six past episodes and has no
skill: left to predict each episode from the other five it does worse than one and the same number for all. It
is kept so that this can be seen, and is shown nowhere as a result.
"""

import numpy as np

from .expr import maximum, minimum, power
from .model import FITTED, Model, check


def supply_shock(
    *,
    china_share,
    cut,
    months,
    leakage,
    buffer,
    hoarding,
    elasticity,
    demand_elasticity,
    supply_elasticity,
    highest_multiple,
):
    """Return what is left of a year's need when a supplier cuts.

    china_share        share of the market's supply that is Chinese [0–1]
    cut                share of that withheld [0–1]
    months             for how long in the year [months]
    leakage            share of the cut that comes back through third countries [0–1]
    buffer             inventories and spare capacity [share of a year's need]
    hoarding           extra demand out of fear [share of a year's need]
    elasticity         of demand and other supply together, fitted; for the price multiple only [-]
    demand_elasticity  % fall in use for a 1% dearer price; for the exact multiple only [-]
    supply_elasticity  % rise in other supply for a 1% dearer price; for the exact multiple only [-]
    highest_multiple   where the price stops rising [x]

    Available and missing add up to the need, what is hoarded counted as need.

    >>> r = supply_shock(china_share=0.48, cut=0.8, months=12, leakage=0, buffer=0.08, hoarding=0,
    ...     elasticity=0.3, demand_elasticity=0.2, supply_elasticity=0.1, highest_multiple=30)
    >>> round(r["available"], 3), round(r["missing"], 3), round(r["price_multiple"], 2)
    (0.696, 0.304, 3.35)
    """
    effective_cut = cut * months / 12 * (1 - leakage)
    left = 1 - china_share * effective_cut + buffer - hoarding
    available = minimum(1, maximum(0, left))
    return {
        "effective_cut": effective_cut,
        "withheld": china_share * effective_cut,
        "available": available,
        "missing": 1 - available,
        "price_multiple": minimum(highest_multiple, maximum(1, power(maximum(1e-6, left), -1 / elasticity))),
    }


def exact_shock(
    *,
    china_share,
    cut,
    months,
    leakage,
    buffer,
    hoarding,
    demand_elasticity,
    supply_elasticity,
    highest_multiple,
    **unused,
):
    """Return the multiple at which supply meets demand, which takes root-finding.

    Keywords of `supply_shock`, single numbers.

    Other supply rises with the price, what is left of the Chinese and the buffer do not.
    """
    effective_cut = cut * months / 12 * (1 - leakage)
    fixed = china_share * (1 - effective_cut) + buffer - hoarding

    def shortage(multiple):
        return multiple**-demand_elasticity - (1 - china_share) * multiple**supply_elasticity - fixed

    low, high = 1.0, float(highest_multiple)
    if shortage(low) <= 0:
        high = low
    elif shortage(high) >= 0:
        low = high
    else:
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if shortage(middle) > 0 else (low, middle)
    return {"exact_multiple": (low + high) / 2, "unmatched": max(0.0, shortage((low + high) / 2))}


EPISODES = (
    # what happened, Chinese share, cut, buffer, price multiple seen, source; cut and buffer are judgement
    ("neodymium metal, Jan 2010 to Aug 2011", 0.95, 0.40, 0.10, 14.3, "M54"),
    ("dysprosium oxide, Jan 2009 to Aug 2011", 0.98, 0.40, 0.10, 26.1, "M52"),
    ("gallium in Europe, mid-2023 to Aug 2024", 0.90, 0.50, 0.20, 1.9, "M55"),
    ("antimony, 2023 to 2025", 0.48, 0.80, 0.08, 4.55, "MCS2026"),
    ("dysprosium in Europe, Apr to May 2025", 0.98, 1.00, 0.65, 3.04, "M56"),
    ("terbium in Europe, Apr to May 2025", 0.98, 1.00, 0.65, 3.11, "M56"),
)


def fit_elasticity(episodes=EPISODES):
    """Elasticity that fits the episodes best.

    Least squares of log multiple on log scarcity through the origin.

    >>> round(fit_elasticity(), 4)
    0.2097
    """
    scarcity = _scarcity(episodes)
    return float((scarcity**2).sum() / (scarcity * _seen(episodes)).sum())


def fit_constant(episodes=EPISODES):
    """One number for all of them, their geometric mean [x]: what a model must beat to be worth having.

    >>> round(fit_constant(), 1)
    5.6
    """
    return float(np.exp(_seen(episodes).mean()))


def typical_miss(left_out=False, constant=False, episodes=EPISODES):
    """Factor by which the multiples are missed, root mean square in logarithms [x].

    left_out  each episode predicted from the other five, instead of from all six
    constant  by one number for all, instead of by the model

    >>> [round(typical_miss(constant=c), 2) for c in (False, True)]
    [2.63, 2.53]
    >>> [round(typical_miss(left_out=True, constant=c), 2) for c in (False, True)]
    [3.18, 3.05]
    """
    misses = []
    for i, one in enumerate(episodes):
        others = [e for j, e in enumerate(episodes) if j != i] if left_out else episodes
        predicted = np.log(fit_constant(others)) if constant else _scarcity([one])[0] / fit_elasticity(others)
        misses.append(predicted - _seen([one])[0])
    return float(np.exp(np.sqrt(np.mean(np.square(misses)))))


def _scarcity(episodes):
    return np.array([-np.log(1 - share * cut + buffer) for _, share, cut, buffer, _, _ in episodes])


def _seen(episodes):
    return np.log([seen for *_, seen, _ in episodes])


def validation():
    """Six price episodes that the elasticity is fitted to, and the test that it fails.

    Each predicted from the other five.
    """
    elasticity = fit_elasticity()
    rows = [
        check(
            f"price multiple: {what}",
            (1 - share * cut + buffer) ** (-1 / elasticity),
            seen,
            "x",
            1,
            30,
            "one of the six that the model is fitted to; cut and buffer are judgement",
            source,
            FITTED,
        )
        for what, share, cut, buffer, seen, source in EPISODES
    ]
    one_number = typical_miss(left_out=True, constant=True)
    rows.append(
        check(
            "typical miss of a price jump, each predicted from the other five",
            typical_miss(left_out=True),
            one_number,
            "x",
            1,
            one_number,
            "beside it the miss of one and the same number for all, which a model must beat; it does not",
            "M52",
        )
    )
    return rows


SUPPLY_SHOCK = Model(
    name="supply_shock",
    title="How much is missing after a cut?",
    function=supply_shock,
    results={
        "effective_cut": ("share", "part of a year’s Chinese supply that does not arrive"),
        "withheld": ("share", "the same as a share of a year’s need"),
        "available": ("share", "what can be had of a year’s need, before the price moves"),
        "missing": ("share", "what cannot"),
        "price_multiple": ("x", "price over the price before, by a fit without skill: see the check"),
    },
    cautions=(
        "No price and no loss is given: the one fitted to six past jumps predicts each of them from the "
        "others worse than a single number does.",
        "Inventories and the size of past cuts are judgement; whom a shortage hits first is not in it.",
    ),
    exact=exact_shock,
    exact_results={
        "exact_multiple": ("x", "price multiple when other supply answers too, by root-finding; untested"),
        "unmatched": (
            "share of need",
            "need still above supply at that price; above 0 only where the multiple is capped",
        ),
    },
    validation=validation,
)
