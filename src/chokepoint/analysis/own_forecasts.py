"""The book's own forecasts: what has come due, what came true, and how well the probabilities fitted."""

import pandas as pd

from chokepoint.analysis import events
from chokepoint.data import views

NOT_DUE, DUE, TRUE, FALSE, VOID = "not due yet", "due, not settled", "came true", "did not", "void"
_OUTCOMES = {"yes": TRUE, "no": FALSE, "void": VOID}
BANDS = {"unlikely": (0.0, 0.4), "open": (0.4, 0.6), "likely": (0.6, 1.01)}


@views.view("forecasts", "sources")
def forecasts(rows: pd.DataFrame, _sources: pd.DataFrame) -> pd.DataFrame:
    """Return the forecasts, first to come due first, with `state`.

    A state is one of `NOT_DUE`, `DUE` (its day is past by the newest evidence, and no outcome is entered),
    `TRUE`, `FALSE` and `VOID`. It follows the evidence, never today's clock.
    """
    seen = events.newest_evidence()
    state = rows.outcome.map(_OUTCOMES)
    late = (rows.due <= seen).map({True: DUE, False: NOT_DUE})
    return rows.assign(state=state.fillna(late)).sort_values(["due", "forecast_id"], ignore_index=True)


def brier(settled: pd.DataFrame) -> float:
    """Return the mean squared distance of probability and outcome; 0 is perfect, 0.25 what saying half earns.

    Source: Brier (1950), Monthly Weather Review 78.

    >>> rows = pd.DataFrame({"probability": [0.9, 0.2], "state": [TRUE, FALSE]})
    >>> round(brier(rows), 3)
    0.025
    """
    return float(((settled.probability - (settled.state == TRUE)) ** 2).mean())


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """Return those of some forecasts that count: settled, and not void."""
    return rows[rows.state.isin([TRUE, FALSE])]


def calibration(settled: pd.DataFrame) -> pd.DataFrame:
    """Return for each band of probability what was said and what came true, both as shares of 1.

    Columns band, count, said, came_true; a band without a settled forecast is left out.

    >>> rows = pd.DataFrame({"probability": [0.9, 0.7, 0.2], "state": [TRUE, FALSE, FALSE]})
    >>> calibration(rows).round(2).values.tolist()
    [['unlikely', 1, 0.2, 0.0], ['likely', 2, 0.8, 0.5]]
    """
    found = []
    for band, (low, high) in BANDS.items():
        of_band = settled[(settled.probability >= low) & (settled.probability < high)]
        if len(of_band):
            said, came = of_band.probability.mean(), (of_band.state == TRUE).mean()
            found.append((band, len(of_band), float(said), float(came)))
    return pd.DataFrame(found, columns=["band", "count", "said", "came_true"])
