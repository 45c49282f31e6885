"""Facts of the models against the world."""

from chokepoint.analysis import concentration_backtest
from chokepoint.analysis.facts import computed


def _tested(fact_id: str, label: str, how: str, compute) -> None:
    computed(fact_id, label, "checks", "{:.0f}", how, "modelled")(
        lambda release: (
            float(compute(concentration_backtest.checks(release))),
            tuple(sorted(concentration_backtest.checks(release).source_id.unique())),
        )
    )


_tested(
    "validation.checks",
    "Published numbers and episodes that the models are set against",
    "Rows of the validation page",
    len,
)
_tested(
    "validation.tests",
    "Of these, tests: figures that a model was not set to meet",
    "Rows of the validation page that are tests",
    lambda r: (r.kind == concentration_backtest.TEST).sum(),
)
for _name, _outcome in (
    ("within", "within"),
    ("missed", "missed"),
    ("fitted", concentration_backtest.FITTED),
    ("bounds", concentration_backtest.BOUND),
    ("identities", concentration_backtest.IDENTITY),
    ("data", concentration_backtest.DATA),
    ("arithmetic", concentration_backtest.ARITHMETIC),
):
    _tested(
        f"validation.{_name}",
        f"Of these, checks with the outcome: {_outcome}",
        "Rows of the validation page with this outcome",
        lambda rows, o=_outcome: (rows.outcome == o).sum(),
    )
