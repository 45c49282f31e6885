"""Model 5: China cuts supply: what becomes scarce, how far the price jumps, what it costs those who use it.

The price rises until buyers ration themselves and others supply more. The model gets the order of magnitude, not the ranking:
over six past episodes its price multiples were wrong by a factor of about 2.6.
"""

import numpy as np

from .expr import maximum, minimum, power
from .model import Model, check

STRATEGIES = {
    "calm": dict(cut=0, months=12, hoarding=0, leakage=0),
    "licences": dict(cut=7 / 12, months=12, hoarding=0, leakage=0),  # two months of nothing, then half
    "embargo": dict(cut=1, months=12, hoarding=0, leakage=0),
    "hoarding": dict(cut=0, months=12, hoarding=0.3, leakage=0),
    "against joiners only": dict(cut=1, months=12, hoarding=0, leakage=0.55),  # the rest comes back through others
}
"""Beijing's answers as settings of the model. Flooding is not a cut: it is a low world price in models 1 and 2."""


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
    value_added,
    curvature,
    highest_multiple,
    probability,
):
    """Price and loss when a supplier cuts.

    china_share        share of the market's supply that is Chinese [0–1]
    cut                share of that withheld [0–1]
    months             for how long in the year [months]
    leakage            share of the cut that comes back through third countries [0–1]
    buffer             inventories and spare capacity [share of a year's need]
    hoarding           extra demand out of fear [share of a year's need]
    elasticity         of demand and other supply together [-]
    demand_elasticity  % fall in use for a 1 % dearer price [-]
    supply_elasticity  % rise in other supply for a 1 % dearer price; for the exact multiple only [-]
    value_added        of the industries that use the material [US$ billion/year]
    curvature          how much the low-value uses go first [-]
    highest_multiple   where the price stops rising [x]
    probability        of the event [0–1]

    >>> r = supply_shock(china_share=0.48, cut=0.8, months=12, leakage=0, buffer=0.08, hoarding=0, elasticity=0.3,
    ...     demand_elasticity=0.2, supply_elasticity=0.1, value_added=33.5, curvature=0.5, highest_multiple=30, probability=1)
    >>> round(r["available"], 3), round(r["price_multiple"], 2)
    (0.696, 3.35)
    """
    effective_cut = cut * months / 12 * (1 - leakage)
    available = maximum(1e-6, 1 - china_share * effective_cut + buffer - hoarding)
    price_multiple = minimum(highest_multiple, maximum(1, power(available, -1 / elasticity)))
    loss = loss_at(price_multiple, value_added=value_added, demand_elasticity=demand_elasticity, curvature=curvature)
    return {
        "effective_cut": effective_cut,
        "available": available,
        "price_multiple": price_multiple,
        "rationed": 1 - power(price_multiple, -demand_elasticity),
        "loss": loss,
        "expected_loss": probability * loss,
    }


def loss_at(price_multiple, *, value_added, demand_elasticity, curvature):
    """Yearly loss of the using industries at a price multiple [unit of value_added].

    >>> round(loss_at(2.5, value_added=33.5, demand_elasticity=0.25, curvature=0.5), 2)
    3.1
    """
    rationed = maximum(0, 1 - power(price_multiple, -demand_elasticity))
    return value_added * power(rationed, 1 + curvature)


def expected_loss(probabilities, losses):
    """Losses weighted by how likely they are.

    >>> expected_loss([0.5, 0.1], [2, 10])
    2.0
    """
    return float(np.dot(np.asarray(probabilities, dtype=float), np.asarray(losses, dtype=float)))


def exact_shock(*, china_share, cut, months, leakage, buffer, hoarding, demand_elasticity, supply_elasticity, highest_multiple, **unused):
    """The multiple at which supply meets demand, which takes root-finding: keywords of `supply_shock`, single numbers.

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
    """Elasticity that fits the episodes best: least squares of log multiple on log scarcity through the origin.

    >>> round(fit_elasticity(), 4)
    0.2097
    """
    scarcity = np.array([-np.log(1 - share * cut + buffer) for _, share, cut, buffer, _, _ in episodes])
    multiples = np.log([seen for *_, seen, _ in episodes])
    return float((scarcity**2).sum() / (scarcity * multiples).sum())


def validation():
    """Six price episodes, and two bans as the US Geological Survey worked them out."""
    elasticity = fit_elasticity()
    rows, misses = [], []
    for what, share, cut, buffer, seen, source in EPISODES:
        multiple = (1 - share * cut + buffer) ** (-1 / elasticity)
        misses.append(np.log(multiple / seen))
        rows.append(
            check(
                f"price multiple: {what}",
                multiple,
                seen,
                "x",
                seen / 2.6,
                seen * 2.6,
                "within a factor of 2.6; cut and buffer are judgement",
                source,
            )
        )
    spread = float(np.exp(np.sqrt(np.mean(np.square(misses)))))
    rows.append(check("typical error of the six, as a factor", spread, 1, "x", 1, 2.65, "right in magnitude, wrong in ranking", "M52"))
    gallium, germanium = (loss_at(m, value_added=33.5, demand_elasticity=0.25, curvature=0.5) for m in (2.5, 1.26))
    rows += [
        check("loss from a total gallium ban", gallium, 3.1, "US$ billion", 1.7, 8.2, "fitted to this figure", "M51"),
        check("loss from a total germanium ban", germanium, 0.4, "US$ billion", 0.2, 0.6, "predicted, within half", "M51"),
        check("loss from both", gallium + germanium, 3.4, "US$ billion", 3.06, 3.74, "predicted, within a tenth", "M51"),
    ]
    return rows


SUPPLY_SHOCK = Model(
    name="supply_shock",
    title="How bad would a cut be?",
    function=supply_shock,
    results={
        "effective_cut": ("share", "part of a year's Chinese supply that does not arrive"),
        "available": ("share of need", "what can be had, before the price moves"),
        "price_multiple": ("x", "price over the price before"),
        "rationed": ("share", "use that the price pushes out"),
        "loss": ("US$ billion/year", "lost value added of the using industries"),
        "expected_loss": ("US$ billion/year", "the same times the chance of the event"),
    },
    cautions=(
        "Over six past episodes the multiple was wrong by a factor of about 2.6: order of magnitude, not ranking.",
        "Elasticity and exposure are fitted to few points; inventories and the size of past cuts are judgement.",
        "The loss is in lost use, not in the price: it is many times the trade value of the mineral.",
    ),
    exact=exact_shock,
    exact_results={
        "exact_multiple": ("x", "price multiple when other supply answers too, by root-finding"),
        "unmatched": ("share of need", "need still above supply at that price; above 0 only where the multiple is capped"),
    },
    validation=validation,
)
