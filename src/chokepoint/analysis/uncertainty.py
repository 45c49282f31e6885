"""What a model's result is worth when its assumptions vary: draws from their ranges, and frames for charts.

Each assumption is drawn evenly from its range. That spreads assumptions and gives no probabilities: nobody
knows how likely the values within a range are.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from chokepoint.data import tables
from chokepoint.models.evaluate import assumptions_of, model_named
from chokepoint.models.sweep import WHOLE, sample, tornado

SAMPLES, SEED, POINTS, ROWS = 2048, 1, 25, 6
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}


def assumptions(model: str) -> dict[str, dict]:
    """Return the model's rows of data/assumptions.csv, by name."""
    return {row["name"]: row for row in assumptions_of(model, tables.load("assumptions"))}


def draws(model: str, held: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """Return settings of the model, each assumption spread evenly over its range.

    Those `held` are at their default.
    """
    rows = assumptions(model).values()
    free = tuple(
        (r["name"], r["low"], r["high"], r["unit"] in WHOLE and r["step"] == 1)
        for r in rows
        if r["name"] not in held
    )
    return sample(free, SEED, 0, SAMPLES) | {
        r["name"]: np.full(SAMPLES, r["value"]) for r in rows if r["name"] in held
    }


def results(model: str, result: str, held: Sequence[str] = ()) -> np.ndarray:
    """One result at all draws."""
    return np.broadcast_to(model_named(model).function(**draws(model, held))[result], SAMPLES)


def fan(model: str, result: str, along: str, held: Sequence[str] = ()) -> pd.DataFrame:
    """Return quantiles of a result over all draws, at each of some values of the control `along`.

    Columns: x, q05 … q95.
    """
    row = assumptions(model)[along]
    steps = np.unique(np.linspace(0, round((row["high"] - row["low"]) / row["step"]), POINTS).round())
    grid = np.round(row["low"] + steps * row["step"], 10)
    shape = (len(grid), SAMPLES)
    settings = draws(model, held) | {along: grid[:, None]}
    values = model_named(model).function(**{name: np.broadcast_to(v, shape) for name, v in settings.items()})[
        result
    ]
    return pd.DataFrame(
        {"x": grid}
        | {name: np.quantile(np.broadcast_to(values, shape), q, axis=1) for name, q in QUANTILES.items()}
    )


def swings(model: str, result: str, held: Sequence[str] = ()) -> pd.DataFrame:
    """Return the assumptions that move a result most, each alone from low to high, the widest first.

    Columns name, label, range (in words), at_low, at_value, at_high [unit of the result], swing.
    """
    rows = [
        r
        for r in tornado(model, tables.load("assumptions"), result)
        if r["name"] not in held and r["swing"] > 0
    ][:ROWS]
    return pd.DataFrame([r | {"range": f"{r['low']:g} to {r['high']:g} {r['unit']}"} for r in rows])
