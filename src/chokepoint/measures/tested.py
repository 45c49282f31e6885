"""Every model against published numbers and episodes: what it says, what was seen, and whether that is within the stated band."""

import pandas as pd

from chokepoint import tables
from chokepoint.measures import forecast, supply
from chokepoint.models import MODELS
from chokepoint.models.coalition import PUBLISHED_CONCENTRATION, concentration_validation
from chokepoint.models.model import check
from chokepoint.tables import by_release

FITTED, BOUND = "fitted to it", "only a bound"
OUTCOMES = ("within", "missed", FITTED, BOUND)


@by_release
def checks(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """One row a check: model, what, predicted, seen, unit, low, high, note, source_id, error, outcome.

    error: relative; NA where seen is 0.
    outcome: within or missed; FITTED where the model was set to meet the figure, BOUND where it need only lie on one side of it.

    >>> int((checks().outcome == "missed").sum())
    6
    """
    rows = [row | {"model": model.name} for model in MODELS.values() if model.validation for row in model.validation()]
    rows += [row | {"model": "coalition"} for row in concentration_validation(_mine_shares(release))]
    rows += [row | {"model": "buildout"} for row in _against_the_iea()]
    frame = pd.DataFrame(rows)
    order = [name for name in MODELS if name in set(frame.model)]
    frame = frame.sort_values("model", key=lambda m: m.map(order.index), kind="stable", ignore_index=True)
    error = frame.predicted / frame.seen.where(frame.seen != 0) - 1
    return frame.assign(error=error, outcome=[_outcome(row) for row in frame.to_dict("records")])


def _outcome(row: dict) -> str:
    """A hit that the model was set to make is no success, and a bound no test."""
    if row["verdict"] == "missed":
        return "missed"
    if "bound" in row["what"] or "must be enough" in row["note"]:
        return BOUND
    signs = ("fitted to this", "chosen to come near", "judgement", "wrong in ranking")  # how the models' notes say it
    return FITTED if row["note"] == "fitted" or any(s in row["note"] for s in signs) else "within"


def _mine_shares(release: str) -> dict[str, list[float]]:
    """Shares of named countries in world mine output [0–1], for the minerals with a published index."""
    rows = supply.output(release).query("step == 'mine' and area_kind == 'country'").dropna(subset=["share"])
    return {m: list(rows[rows.mineral == m].share / 100) for m in PUBLISHED_CONCENTRATION if (rows.mineral == m).any()}


def _against_the_iea() -> list[dict]:
    """The build-out at its base case against the IEA's own table, which is newer than the figures it was fitted to."""
    from chokepoint.models.buildout import BASE_CASE, buildout

    china = forecast.china_refined().set_index("mineral").loc["magnet_rare_earths"]
    notes = {
        2030: "the IEA counts plants that are being built; in the model money becomes a plant only after the lead time",
        2040: "the IEA's forecast stays level after 2035; the model keeps building",
    }
    rows = []
    for year, note in notes.items():
        predicted, seen = 100 * buildout(**{**BASE_CASE, "year": year - 2024})["share"], 100 - china[f"share_{year}"]
        what = f"share outside China in {year}, the IEA's table of 2025"
        rows.append(check(what, predicted, seen, "%", seen - 3, seen + 3, note, china.source_id))
    return rows
