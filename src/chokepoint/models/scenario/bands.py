"""How sure the model is: draws of what is fitted or judged, each run, and the spread by year.

Deterministic by its seed, and kept by content: the same recursion, facts, ranges and choice are not run
twice. In the page the reader's browser draws a thousand of its own.
"""

import inspect
import os
from collections.abc import Iterable

import numpy as np
import pandas as pd

from chokepoint.data import tables

from . import assemble, javascript
from .inputs import BEHAVIOUR, FACTS, MONTHS, POLICY, YEARS
from .recursion import simulate
from .results import SERIES
from .runner import checked, kept_file

DRAWS, SEED = 128, 16
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
KEPT = ["price_outside", "price_inside", "outside_share", "output_club", "net_imports", "unserved"]
KEPT += ["buyers", "taxpayers"]
# Times the mineral's own: the one is a judgement, the other a forecast.
FACTS_DRAWN = {"stock_months": (0.5, 2.0), "growth": (0.6, 1.4)}


def draws(number: int = DRAWS, seed: int = SEED) -> tuple[list[str], np.ndarray]:
    """Return names and values, one row a draw.

    Every parameter of behaviour over its range, and factors of the facts that are judged.
    """
    from scipy.stats import qmc

    table = tables.load("scenario_behaviour").set_index("parameter")
    names = [*BEHAVIOUR, "dear", *FACTS_DRAWN]
    ends = [(table.low[n], table.high[n]) if n in table.index else FACTS_DRAWN[n] for n in names]
    low, high = np.array(ends, dtype=float).T
    unit = qmc.Sobol(len(names), scramble=True, rng=seed).random(2 ** int(np.ceil(np.log2(number))))[:number]
    return names, low + unit * (high - low)


def arguments(facts: list[float], names: list[str], row: Iterable[float]) -> tuple[list[float], list[float]]:
    """Return facts and behaviour of one draw."""
    drawn = dict(zip(names, map(float, row), strict=True))
    changed = dict(zip(FACTS, facts, strict=True))
    for name in FACTS_DRAWN:
        changed[name] *= drawn[name]
    for name in ("dear_club", "dear_china", "dear_rest"):
        if changed[name] != 1:
            changed[name] = drawn["dear"]
    return [float(changed[n]) for n in FACTS], [drawn[n] for n in BEHAVIOUR]


def band(
    mineral: str,
    members: str | Iterable[str] = "came",
    number: int = DRAWS,
    seed: int = SEED,
    keep: bool = True,
    **settings: float | str,
) -> pd.DataFrame:
    """Return quantiles by year and series: columns year, series (of KEPT), and q5 to q95.

    keep  whether the result is kept in build/scenario, and taken from there
    """
    facts = assemble.facts_of(mineral, assemble.members_of(members), assemble.behaviour_values())
    chosen = checked(settings)
    policy = [chosen[name] for name in POLICY]
    names, rows = draws(number, seed)
    code = [inspect.getsource(arguments), javascript.source()]
    kept = kept_file(mineral, [facts, names, rows.tolist(), policy, KEPT, QUANTILES, code], "csv")
    if keep and kept.is_file():
        return pd.read_csv(kept)
    columns = [list(SERIES).index(name) for name in KEPT]
    made = []
    for row in rows:
        flat = np.array(simulate(*arguments(facts, names, row), policy, [], MONTHS))
        made.append(flat.reshape(MONTHS // 12, 12, len(SERIES)).mean(axis=1)[:, columns])
    spread = np.quantile(made, QUANTILES, axis=0).transpose(2, 1, 0).reshape(-1, len(QUANTILES))
    frame = pd.DataFrame(spread, columns=[f"q{100 * q:g}" for q in QUANTILES])
    frame.insert(0, "year", list(range(YEARS[0], YEARS[1] + 1)) * len(KEPT))
    frame.insert(1, "series", np.repeat(KEPT, MONTHS // 12))
    if keep:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        frame.to_csv(part, index=False, lineterminator="\n", float_format="%.6g")
        part.replace(kept)
        return pd.read_csv(kept)
    return frame
