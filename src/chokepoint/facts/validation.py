"""Facts of the models against the world."""

from chokepoint.facts import computed
from chokepoint.measures import tested


def _tested(fact_id: str, label: str, how: str, compute) -> None:
    computed(fact_id, label, "checks", "{:.0f}", how, "modelled")(
        lambda release: (float(compute(tested.checks(release))), tuple(sorted(tested.checks(release).source_id.unique())))
    )


_tested("validation.checks", "Published numbers and episodes that the models are set against", "Rows of the validation page", len)
_tested(
    "validation.tests",
    "Of these, tests: figures that a model was not set to meet",
    "Rows of the validation page that are tests",
    lambda r: (r.kind == tested.TEST).sum(),
)
for _name, _outcome in (
    ("within", "within"),
    ("missed", "missed"),
    ("fitted", tested.FITTED),
    ("bounds", tested.BOUND),
    ("identities", tested.IDENTITY),
    ("data", tested.DATA),
    ("arithmetic", tested.ARITHMETIC),
):
    _tested(
        f"validation.{_name}",
        f"Of these, checks with the outcome: {_outcome}",
        "Rows of the validation page with this outcome",
        lambda rows, o=_outcome: (rows.outcome == o).sum(),
    )
