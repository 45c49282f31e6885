"""The model against past episodes, as data/scenario/calibration.yml registers it.

It is fitted, each episode is left out in turn, and a constant is fitted in the same way beside it.

`python -m chokepoint.models.scenario.calibrate` runs it once and writes data/scenario/record.csv and
calibration.csv.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import yaml

from chokepoint.data import tables

from . import assemble
from .inputs import BEHAVIOUR, FACTS, REGIONS
from .recursion import simulate
from .results import SERIES
from .runner import controls

WIDTH, OUTSIDE = len(SERIES), list(SERIES).index("price_outside")
CUT = ("cut", "cut_from", "cut_months", "held", "opening", "settled", "leak")


def registered() -> dict:
    """Return what was registered before the run."""
    return yaml.safe_load((tables.data_dir() / "scenario" / "calibration.yml").read_text(encoding="utf-8"))


def facts_of(episode: Mapping, behaviour: Mapping[str, float]) -> list[float]:
    """Return facts of an episode: the mineral's of the tables, or shares of a world of 1 that it states."""
    if episode["facts"] == "tables":
        facts = assemble.facts_of(episode["mineral"], assemble.members_of("came"), behaviour)
        changed = dict(zip(FACTS, facts, strict=True))
        return [
            float({**changed, "stock_months": episode["stock_months"], "growth": episode["growth"]}[name])
            for name in FACTS
        ]
    where = dict(zip(REGIONS, ("club", "cutter", "rest"), strict=True))
    values = {
        **dict.fromkeys(FACTS, 0.0),
        "price": 1.0,
        "growth": episode["growth"],
        "stock_months": episode["stock_months"],
        "feed": 1e3,
    }
    values |= {"refinery_lead": 48, "mine_lead": 48, "refinery_capital": 1, "mine_capital": 1}
    for r in REGIONS:
        output, use = episode[f"output_{where[r]}"], episode[f"use_{where[r]}"]
        capacity = output / behaviour["running"]
        values |= {
            f"use_{r}": use,
            f"output_{r}": output,
            f"refinery_{r}": capacity,
            f"dear_{r}": behaviour["dear"],
        }
        values[f"refinery_coming_{r}"] = episode["coming"] * capacity
    values["dear_" + max(REGIONS, key=lambda r: values[f"output_{r}"])] = 1.0
    return [float(values[name]) for name in FACTS]


def prices(episode: Mapping, facts: list[float], behaviour: Mapping[str, float]) -> np.ndarray:
    """Return the outside price by month."""
    policy = [float(episode[c.name]) if c.name in CUT else c.default for c in controls().values()]
    flat = simulate(facts, [float(behaviour[name]) for name in BEHAVIOUR], policy, [], int(episode["months"]))
    return np.array(flat[OUTSIDE::WIDTH])


def predicted(path: np.ndarray, observation: Mapping) -> float:
    """Return the multiple that an observation is of."""
    before = path[observation["from_first"] : observation["from_last"] + 1].mean()
    return float(path[observation["to_first"] : observation["to_last"] + 1].mean() / before)


def predictions(
    episodes: list[dict], observations: pd.DataFrame, draws: list[dict[str, float]]
) -> np.ndarray:
    """Ln of the predicted multiple: one row a draw, one column an observation."""
    rows = []
    kept = {e["episode"]: facts_of(e, draws[0]) for e in episodes}
    for behaviour in draws:
        row = []
        for episode in episodes:
            path = prices(episode, kept[episode["episode"]], behaviour)
            of = observations[observations.episode == episode["episode"]]
            row += [math.log(predicted(path, o)) for o in of.to_dict("records")]
        rows.append(row)
    return np.array(rows)


def draws_of(register: dict) -> list[dict[str, float]]:
    """Return the registered draws: fitted parameters over their ranges, all else as in the table."""
    from scipy.stats import qmc

    names, base = list(register["parameters"]), assemble.behaviour_values()
    unit = qmc.Sobol(len(names), scramble=True, rng=register["seed"]).random(register["draws"])
    low, high = np.array([register["parameters"][n] for n in names]).T
    return [
        {**base, **dict(zip(names, map(float, point), strict=True))} for point in low + unit * (high - low)
    ]


def losses(errors: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Return mean squared ln error of each episode: one row a draw, one column an episode in order."""
    return np.stack([(errors[:, owner == e] ** 2).mean(axis=1) for e in dict.fromkeys(owner)], axis=1)


def result() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, tuple[float, float, float]]]:
    """Return the record by observation, the scores, and fitted value with range of each parameter."""
    register = registered()
    episodes = tables.load("scenario_episodes")
    observations = tables.load("scenario_observations")
    fit = episodes[episodes.role == "fit"].to_dict("records")
    seen = pd.concat([observations[observations.episode == e["episode"]] for e in fit], ignore_index=True)
    draws = draws_of(register)
    said = predictions(fit, observations, draws)
    owner, truth = seen.episode.to_numpy(), np.log(seen.multiple.to_numpy(dtype=float))
    by = losses(said - truth, owner)
    names = list(dict.fromkeys(owner))
    best = int(by.mean(axis=1).argmin())
    episode_truth = np.array([truth[owner == e].mean() for e in names])
    constant = np.full(len(truth), episode_truth.mean())
    left, left_constant = np.zeros(len(truth)), np.zeros(len(truth))
    for k, name in enumerate(names):
        others = [i for i in range(len(names)) if i != k]
        chosen = int(by[:, others].mean(axis=1).argmin())
        left[owner == name] = said[chosen, owner == name]
        left_constant[owner == name] = episode_truth[others].mean()

    def loss(guess: np.ndarray) -> float:
        return float(losses((guess - truth)[None, :], owner).mean())

    record = seen[["episode", "what"]].assign(
        seen=seen.multiple, fitted=np.exp(said[best]), left_out=np.exp(left), constant=np.exp(left_constant)
    )
    test = episodes[episodes.role == "test"].to_dict("records")
    tested = pd.concat([observations[observations.episode == e["episode"]] for e in test], ignore_index=True)
    unseen = predictions(test, observations, [draws[best]])[0]
    record = pd.concat(
        [record, tested[["episode", "what"]].assign(seen=tested.multiple, left_out=np.exp(unseen))],
        ignore_index=True,
    )
    miss = unseen - np.log(tested.multiple.to_numpy(dtype=float))
    scores = {
        "in_sample_model": (loss(said[best]), "mean squared ln error of the fitted episodes"),
        "in_sample_constant": (loss(constant), "the same of one constant multiple"),
        "left_out_model": (loss(left), "each episode predicted by the draw best on the others"),
        "left_out_constant": (loss(left_constant), "each predicted by the constant of the others"),
        "left_out_model_factor": (math.exp(math.sqrt(loss(left))), "typical miss as a factor"),
        "left_out_constant_factor": (
            math.exp(math.sqrt(loss(left_constant))),
            "typical miss of the constant as a factor",
        ),
        "lithium_factor": (
            math.exp(math.sqrt(float((miss**2).mean()))),
            "typical miss of lithium 2021 to 2025, which nothing was fitted to",
        ),
        "episodes": (len(names), "episodes fitted"),
        "observations": (len(truth), "observations fitted"),
    }
    total = by.mean(axis=1)
    good = [draws[i] for i in np.flatnonzero(total <= 1.5 * total[best])]
    ranges = {}
    for name in register["parameters"]:
        low, high = np.percentile([d[name] for d in good], [5, 95])
        ranges[name] = (draws[best][name], min(low, draws[best][name]), max(high, draws[best][name]))
    rows = [
        {"measure": name, "value": value, "meaning": meaning} for name, (value, meaning) in scores.items()
    ]
    return record, pd.DataFrame(rows), ranges


def record() -> pd.DataFrame:
    """Return the record with the worst misses first: factor is how far off, left out of the fit.

    >>> record().factor.is_monotonic_decreasing
    True
    """
    made = tables.load("scenario_record")
    factor = np.exp(np.abs(np.log(made.left_out / made.seen)))
    return made.assign(factor=factor).sort_values("factor", ascending=False, ignore_index=True)


def write() -> None:
    """Run it, and write its tables and the fitted values into data/scenario/."""
    seen, scores, ranges = result()
    home = tables.data_dir() / "scenario"
    for frame, name in ((seen, "record"), (scores, "calibration")):
        frame = frame.assign(year=registered()["registered"].year, basis="derived", source_id="M00")
        frame.to_csv(home / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4g")
    behaviour = pd.read_csv(home / "behaviour.csv", dtype=str, keep_default_na=False).set_index("parameter")
    for name, values in ranges.items():
        for column, value in zip(("value", "low", "high"), values, strict=True):
            behaviour.loc[name, column] = f"{value:.3g}"
    behaviour.reset_index().to_csv(home / "behaviour.csv", index=False, lineterminator="\n")
    print(scores.to_string(), seen.to_string(), ranges, sep="\n")


if __name__ == "__main__":
    write()
