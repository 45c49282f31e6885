"""What may come, by the scenario model, for those who signed or came."""

from functools import partial

from chokepoint.analysis import decisions
from chokepoint.analysis.facts.registry import OWN, Answer, fact
from chokepoint.data import tables

_minerals = partial(fact, unit="minerals", text="{:.0f}", confidence="modelled")
HALF, MANY = 0.5, 0.1  # of the world's output; of the makers of the next stage


def _across(condition: str) -> Answer:
    rows = decisions.across().query(condition)
    return Answer(float(len(rows)), (OWN,), rows=tuple(rows.index))


@_minerals("scenario.minerals", "Minerals that the scenario model can run", how="Grades A to C of its facts")
def scenario_minerals() -> Answer:
    return _across("index == index")


@_minerals(
    "scenario.half_{name}",
    "Minerals of which those who signed or came make over half in 2040: {story}",
    how="Runs of the scenario model, China answering nothing",
    each=[
        {"name": "nothing", "story": "nothing is done"},
        {"name": "all", "story": "floors up to the product, public money and a stock"},
    ],
)
def scenario_half(name: str) -> Answer:
    return _across(f"`{name}` > {HALF}")


@_minerals(
    "scenario.left_{name}",
    "Minerals of which a tenth or more of the next stage's makers have left by 2040: {story}",
    how="Runs of the scenario model, China answering nothing",
    each=[
        {"name": "early", "story": "a floor of 1.5 times the price on ore and the refined form"},
        {"name": "late", "story": "the same floor up to the product"},
    ],
)
def scenario_left(name: str) -> Answer:
    return _across(f"`{name}` >= {MANY}")


@fact(
    "scenario.left_out",
    "Typical miss of the scenario model on past price jumps, each predicted from the others, as a factor",
    "times",
    "{:.2f}",
    how="Calibration of the scenario model",
    confidence="modelled",
)
def scenario_left_out() -> Answer:
    return _calibrated("left_out_model_factor")


@fact(
    "scenario.left_out_constant",
    "The same if one number is taken for all of them",
    "times",
    "{:.2f}",
    how="Calibration of the scenario model",
    confidence="modelled",
)
def scenario_left_out_constant() -> Answer:
    return _calibrated("left_out_constant_factor")


def _calibrated(measure: str) -> Answer:
    row = tables.load("scenario_calibration").set_index("measure").loc[measure]
    return Answer(float(row.value), (row.source_id,))
