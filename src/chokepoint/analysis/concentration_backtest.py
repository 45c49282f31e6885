"""Compare every model with published numbers and episodes.

Each row has what the model says, what was seen, and what the comparison is worth.

Only a test puts a model at risk: a figure that it was not set to meet, and might have missed. What is true by
construction, what the model was fitted to, bounds, and one set of data beside another are shown and counted
apart.
"""

import pandas as pd

from chokepoint.analysis import forecast, supply, vault_basket
from chokepoint.data import tables
from chokepoint.data.tables import by_release
from chokepoint.models import MODELS
from chokepoint.models.coalition import PUBLISHED_CONCENTRATION, concentration_validation
from chokepoint.models.model import ARITHMETIC, BOUND, DATA, FITTED, IDENTITY, TEST, check

OUTCOMES = ("within", "missed", FITTED, BOUND, IDENTITY, DATA, ARITHMETIC)


@by_release
def checks(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """One row a check: model, what, predicted, seen, unit, low, high, note, source_id, error, outcome.

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
    rows += [row | {"model": "buildout"} for row in _against_the_iea()]
    rows += [row | {"model": "vault"} for row in _sixty_days(release)]
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


def _sixty_days(release: str) -> list[dict]:
    """Compare sixty days of the basket with the money announced, for net imports and for use.

    The claim fits in the money or does not.
    """
    found = vault_basket.cover(release, 1)
    if found is None:
        return []
    announced = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    money = float(announced.loan + announced.private_capital)
    return [
        check(
            f"cost of 60 days of {what}",
            value * 60 / 365,
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


def _against_the_iea() -> list[dict]:
    """Compare the build-out with the rest of the IEA's own table: a share, and the tonnes.

    Its money is set to the IEA's share of 2035.
    """
    from chokepoint.models.buildout import BASE_CASE, buildout

    table = forecast.outside_china().set_index("year")
    notes = {
        2030: "the IEA counts plants that are being built; in the model money becomes a plant only after the "
        "lead time",
        2035: "the share is what the model is set to; it meets it with more tonnes, of a larger need",
        2040: "the IEA's forecast stays level after 2035; the model keeps building",
    }
    rows = []
    for year, note in notes.items():
        model = buildout(**{**BASE_CASE, "year": year - 2024})
        seen = table.loc[year]
        what = f"magnet rare earths refined outside China in {year}, the IEA's table of 2025"
        if year == 2030:
            share = f"share outside China in {year}, the IEA's table of 2025"
            rows.append(
                check(
                    share,
                    100 * model["share"],
                    seen.share,
                    "%",
                    seen.share - 3,
                    seen.share + 3,
                    note,
                    seen.source_id,
                )
            )
        else:  # the tonnes of 2030 are missed as the share is: one miss is not counted twice
            rows.append(
                check(
                    what,
                    model["capacity"],
                    seen.outside,
                    "kt/year",
                    0.85 * seen.outside,
                    1.15 * seen.outside,
                    note,
                    seen.source_id,
                )
            )
    return rows
