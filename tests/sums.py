"""Whether countries add up to the printed world total: a wrong unit or a lost row shows here."""

import pandas as pd

TOLERANCE = 0.035  # shares of the printed total; rounding to two digits explains less
SERIES = ["mineral", "commodity", "stage", "detail", "year"]


def gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return every series and year with a plain world total.

    The countries' sum, the total, and the gap as a share of it.

    Withheld and unavailable figures count as nothing, as they do when a publisher's own total leaves them
    out.
    """
    keys = [k for k in SERIES if k in table.columns]
    figures = table.assign(value=pd.to_numeric(table["value"]), detail=table["detail"].fillna(""))
    world = figures[(figures["area_kind"] == "world") & figures["value"].notna()].set_index(keys)["value"]
    parts = figures[figures["area_kind"] != "world"].groupby(keys)["value"].sum(min_count=1)
    both = pd.DataFrame({"world": world, "countries": parts}).dropna()
    both["gap"] = both["countries"] / both["world"] - 1
    return both.reset_index()
