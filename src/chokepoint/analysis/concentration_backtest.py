"""Compare every model with published numbers and episodes.

Each row has what the model says, what was seen, and what the comparison is worth.

Only a test puts a model at risk: a figure that it was not set to meet, and might have missed. What is true by
construction, what the model was fitted to, bounds, and one set of data beside another are shown and counted
apart.
"""

import pandas as pd

from chokepoint.analysis import supply, vault_basket
from chokepoint.data import tables
from chokepoint.data.tables import by_release
from chokepoint.models import MODELS
from chokepoint.models.coalition import PUBLISHED_CONCENTRATION, concentration_validation
from chokepoint.models.model import ARITHMETIC, BOUND, DATA, FITTED, IDENTITY, TEST, check

OUTCOMES = ("within", "missed", FITTED, BOUND, IDENTITY, DATA, ARITHMETIC)


@by_release
def checks(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return one row a check: model, what, predicted, seen, unit, low, high, note, source_id, error, outcome.

    error: relative; NA where seen is 0.
    outcome: of a test, within or missed, and missed of a bound that does not hold; of any other check its
    kind.

    >>> "within" in set(checks().query("kind != 'test'").outcome)
    False
    """
    rows = [
        row | {"model": model.name}
        for model in MODELS.values()
        if model.validation
        for row in model.validation()
    ]
    rows += [row | {"model": "coalition"} for row in concentration_validation(_mine_shares(release))]
    rows += [row | {"model": "vault"} for row in _days_of_the_aim(release)]
    frame = pd.DataFrame(rows)
    order = [name for name in MODELS if name in set(frame.model)]
    frame = frame.sort_values("model", key=lambda m: m.map(order.index), kind="stable", ignore_index=True)
    error = frame.predicted / frame.seen.where(frame.seen != 0) - 1
    return frame.assign(
        error=error,
        outcome=frame.verdict.where(
            (frame.kind == TEST) | (frame.kind == BOUND) & (frame.verdict == "missed"), frame.kind
        ),
    )


def _days_of_the_aim(release: str) -> list[dict]:
    """Compare the days that are given as the aim with the money announced, for net imports and for use.

    The claim fits in the money or does not.
    """
    found = vault_basket.cover(release, 1)
    if found is None:
        return []
    announced = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    money = float(announced.loan + announced.private_capital)
    return [
        check(
            f"cost of {vault_basket.aim():.0f} days of {what}",
            value * vault_basket.aim() / 365,
            money,
            "US$ billion",
            0,
            money,
            note,
            "M31",
            ARITHMETIC,
        )
        for what, value, note in (
            (
                "net imports of the basket",
                found.value,
                "beside the money announced, which must be enough if days of net imports are meant",
            ),
            (
                "use of the basket",
                found.use,
                "beside the money announced, which must be enough if days of use are meant",
            ),
        )
    ]


def _mine_shares(release: str) -> dict[str, list[float]]:
    """Shares of named countries in world mine output [0–1], for the minerals with a published index."""
    rows = supply.output(release).query("step == 'mine' and area_kind == 'country'").dropna(subset=["share"])
    return {
        m: list(rows[rows.mineral == m].share / 100)
        for m in PUBLISHED_CONCENTRATION
        if (rows.mineral == m).any()
    }
