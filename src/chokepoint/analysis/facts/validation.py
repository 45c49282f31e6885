"""The models against the world: how many checks there are, and how they came out."""

from functools import partial

from chokepoint.analysis import concentration_backtest
from chokepoint.analysis.facts.registry import Answer, fact

_checks = partial(fact, unit="checks", text="{:.0f}", confidence="modelled")


def _count(release: str, condition: str) -> Answer:
    rows = concentration_backtest.checks(release)
    return Answer(float(len(rows.query(condition))), sorted(rows.source_id.unique()))


@_checks(
    "validation.checks",
    "Published numbers and episodes that the models are set against",
    how="Rows of the validation page",
)
def checks(release: str) -> Answer:
    return _count(release, "index >= 0")


@_checks(
    "validation.tests",
    "Of these, tests: figures that a model was not set to meet",
    how="Rows of the validation page that are tests",
)
def tests(release: str) -> Answer:
    return _count(release, f"kind == {concentration_backtest.TEST!r}")


@_checks(
    "validation.{name}",
    "Of these, checks with the outcome: {outcome}",
    how="Rows of the validation page with this outcome",
    each=[
        {"name": "within", "outcome": "within"},
        {"name": "missed", "outcome": "missed"},
        {"name": "fitted", "outcome": concentration_backtest.FITTED},
        {"name": "bounds", "outcome": concentration_backtest.BOUND},
        {"name": "identities", "outcome": concentration_backtest.IDENTITY},
        {"name": "data", "outcome": concentration_backtest.DATA},
        {"name": "arithmetic", "outcome": concentration_backtest.ARITHMETIC},
    ],
)
def outcomes(outcome: str, release: str) -> Answer:
    return _count(release, f"outcome == {outcome!r}")
