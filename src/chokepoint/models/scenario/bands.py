"""How sure the model is: a thousand draws of what is fitted or judged, each run, and the spread by year.

Deterministic by its seed, and kept by content: the same recursion, facts, ranges and choice are not run twice. It runs on this machine's
processes; in the page the reader's browser draws its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from chokepoint import tables

from . import assemble, javascript, recursion
from .inputs import BEHAVIOUR, FACTS, MONTHS, POLICY, YEARS
from .results import SERIES
from .runner import checked

DRAWS, SEED = 1000, 16
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
KEPT = ("price_outside", "price_inside", "outside_share", "output_club", "net_imports", "unserved", "buyers", "taxpayers")
FACTS_DRAWN = {"stock_months": (0.5, 2.0), "growth": (0.6, 1.4)}  # times the mineral's own; both are judgements or forecasts
WIDTH = len(SERIES)


def draws(number: int = DRAWS, seed: int = SEED) -> tuple[list[str], np.ndarray]:
    """Names and values: every parameter of behaviour over its range, and factors of the facts that are judged; one row a draw."""
    from scipy.stats import qmc

    table = tables.load("scenario_behaviour").set_index("parameter")
    names = [*BEHAVIOUR, "dear", *FACTS_DRAWN]
    ends = [(table.low[n], table.high[n]) if n in table.index else FACTS_DRAWN[n] for n in names]
    low, high = np.array(ends, dtype=float).T
    unit = qmc.Sobol(len(names), scramble=True, rng=seed).random(2 ** int(np.ceil(np.log2(number))))[:number]
    return names, low + unit * (high - low)


def arguments(facts: list[float], names: list[str], row: Iterable[float]) -> tuple[list[float], list[float]]:
    """Facts and behaviour of one draw."""
    drawn = dict(zip(names, map(float, row), strict=True))
    changed = dict(zip(FACTS, facts, strict=True))
    for name in FACTS_DRAWN:
        changed[name] *= drawn[name]
    for name in ("dear_club", "dear_china", "dear_rest"):
        if changed[name] != 1:
            changed[name] = drawn["dear"]
    return [float(changed[n]) for n in FACTS], [drawn[n] for n in BEHAVIOUR]


def _yearly(job: tuple) -> np.ndarray:
    """Yearly means of the kept series for some draws: draws × years × series."""
    facts, names, rows, policy = job
    columns = [list(SERIES).index(name) for name in KEPT]
    pairs = [arguments(facts, names, row) for row in rows]
    made = []
    for pair in pairs:
        path = np.array(recursion.simulate(*pair, policy, [], MONTHS)).reshape(MONTHS, WIDTH)[:, columns]
        made.append(path.reshape(-1, 12, len(KEPT)).mean(axis=1))
    return np.array(made)


def band(
    mineral: str, members="came", number: int = DRAWS, seed: int = SEED, workers: int | None = None, keep: bool = True, **settings
) -> pd.DataFrame:
    """Quantiles by year and series: columns year, series, and one for each of QUANTILES."""
    facts = assemble.facts_of(mineral, assemble.members_of(members), assemble.behaviour_values())
    chosen = checked(settings)
    policy = [chosen[s.name] for s in POLICY]
    names, rows = draws(number, seed)
    key = _key(facts, names, rows, policy)
    kept = folder() / f"{mineral}-{key}.csv"
    if keep and kept.is_file():
        return pd.read_csv(kept)
    made = _all(facts, names, rows, policy, workers)
    spread = np.quantile(made, QUANTILES, axis=0)
    frame = pd.DataFrame(
        [
            {"year": YEARS[0] + y, "series": name, **{f"q{100 * q:g}": spread[k, y, s] for k, q in enumerate(QUANTILES)}}
            for s, name in enumerate(KEPT)
            for y in range(made.shape[1])
        ]
    )
    if keep:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part")
        frame.to_csv(part, index=False, lineterminator="\n", float_format="%.6g")
        os.replace(part, kept)
        return pd.read_csv(kept)
    return frame


def _all(facts, names, rows, policy, workers) -> np.ndarray:
    workers = workers or os.cpu_count() or 1
    if workers == 1:
        return _yearly((facts, names, rows, policy))
    parts = np.array_split(rows, workers)
    with ProcessPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(_yearly, [(facts, names, part, policy) for part in parts])))


def folder() -> Path:
    """Where bands are kept between builds."""
    return tables.home() / "build" / "scenario"


def _key(facts, names, rows, policy) -> str:
    content = (
        json.dumps([facts, names, policy, KEPT, QUANTILES]).encode() + np.ascontiguousarray(rows).tobytes() + javascript.source().encode()
    )
    return hashlib.sha256(content).hexdigest()[:20]
