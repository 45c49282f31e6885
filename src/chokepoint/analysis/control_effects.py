"""Did it bite? What China sold before and after each of its controls.

One rule, fixed before the result was seen, judges them all. Each observation after a control is divided by
the median of the same months in the three calendar years before the year of the control, so that seasons and
single odd years drop out; where no such years are held, by the median of the months before. The period in
which the control began belongs to neither side. It *bit* if the newest observation and most of those after it
lie below CUT of that level; it *faded* if some did and the newest no longer does; it was *not seen* if none
did. With fewer than FEWEST observations on a side, or where few but the newest lie below, it *cannot be
told*. Buyers who saw a control coming stocked up: a high year just before is one of three, and the median
passes over it. A fall may have another cause, and the rule cannot tell a licence that is refused from a
customer who left.
"""

import pandas as pd

from chokepoint.data import memory, tables
from chokepoint.errors import MissingTable

CUT, FEWEST, YEARS_BEFORE = 0.7, 3, 3
BEFORE, DURING, AFTER = "before", "in the period of the control", "after"
BIT, FADED, NOT_SEEN, UNDETERMINED = "bit", "faded", "not seen", "cannot be told"


@memory.remembered
def judged(mineral: str | None = None) -> pd.DataFrame:
    """Return a row for each control and mineral that can be put to a series; of one mineral, or of all.

    The rows are those of data/control_tests.csv, with the day of the control and the verdict.
    Columns beside those of the table: day, verdict, observations_before, observations_after, lowest, newest
    (ratios to the level before), unit.
    """
    tests = tables.rows("control_tests", mineral=mineral) if mineral else tables.load("control_tests")
    rows = tests.merge(_days(tests.control_id), on="control_id")
    found = [judge(series(row.series, row.code), row.day) for row in rows.itertuples()]
    columns = ["verdict", "observations_before", "observations_after", "unit", "lowest", "newest"]
    return pd.concat([rows, pd.DataFrame(found, columns=columns)], axis=1)


@memory.remembered
def not_judged(mineral: str | None = None) -> pd.DataFrame:
    """Return the controls on a mineral, or on any, that took effect and for which no series is held.

    Columns: control_id, mineral, day, and what would settle it.
    """
    known = tables.load("control_tests")[["control_id", "mineral"]]
    rows = (
        on_minerals(mineral)
        .merge(known, how="left", indicator=True)
        .query("_merge == 'left_only'")
        .drop(columns="_merge")
    )
    return rows.assign(
        would_settle="Monthly exports of the item by destination from China's customs, a year on each side"
    ).reset_index(drop=True)


def on_minerals(mineral: str | None = None) -> pd.DataFrame:
    """Return every control that took effect and limits sales of a mineral, or of any.

    Columns: control_id, mineral, day, instrument, target.
    """
    limited = tables.rows("control_minerals", mineral=mineral) if mineral else tables.load("control_minerals")
    return limited.merge(_days(limited.control_id), on="control_id")


def series(name: str, code: str) -> pd.DataFrame:
    """Return the observations of a series: start, end (months), value, unit, source_id.

    `us_imports` from China by weight [kg]; `china_exports` [t].

    >>> rows = series("us_imports", "8110").set_index(["start", "end"]).value
    >>> round(rows["2026-01", "2026-04"] / 1000), round(rows["2022-01", "2022-04"] / 1000)
    (1, 1210)
    """
    return _us_imports(code) if name == "us_imports" else _china_exports(code)


def _us_imports(heading: str) -> pd.DataFrame:
    """First months and rest of each year, the rest by subtraction, in the heading's main unit of weight."""
    rows = tables.part("us_trade", newest("us_trade"), heading=heading)
    rows = rows.query("flow == 'imports' and iso3 == 'CHN' and unit == 'kilograms'")
    wide = rows.pivot_table(
        index="year", columns="months", values="quantity", aggfunc="sum", dropna=False
    ).fillna(0.0)
    first = min(wide.columns)
    parts = [(f"{y}-01", f"{y}-{first:02}", wide.loc[y, first]) for y in wide.index]
    parts += [
        (f"{y}-{first + 1:02}", f"{y}-12", wide.loc[y, 12] - wide.loc[y, first]) for y in wide.index[:-1]
    ]
    frame = pd.DataFrame(sorted(parts), columns=["start", "end", "value"])
    return frame.assign(unit="kg", source_id=rows.source_id.iloc[0])


def _china_exports(product: str) -> pd.DataFrame:
    """Single months to the world; a month that nobody quotes is missing."""
    rows = tables.load("china_exports", newest("china_exports"))
    rows = rows.query("product == @product and area == 'World' and first_month == last_month").sort_values(
        "first_month"
    )
    frame = rows.rename(columns={"first_month": "start", "last_month": "end", "value_t": "value"})
    return frame[["start", "end", "value", "source_id"]].assign(unit="t").reset_index(drop=True)


def judge(observations: pd.DataFrame, day: pd.Timestamp) -> dict:
    """Return the verdict on one control by the rule of this module.

    With it come the observations on each side, and the lowest and newest ratio.

    >>> months = [f"2024-{m:02}" for m in range(1, 13)]
    >>> frame = pd.DataFrame(
    ...     {"start": months, "end": months, "value": [100.0] * 6 + [90, 20, 30, 40, 60, 95], "unit": "t"}
    ... )
    >>> judge(frame, pd.Timestamp(2024, 7, 15))["verdict"]
    'faded'
    """
    after = compared(observations, day).query("side == @AFTER").dropna(subset=["ratio"])
    ratios = after.ratio.tolist()
    count = int(after.years.min()) if len(after) else 0
    found = {
        "observations_before": count,
        "observations_after": len(ratios),
        "unit": observations.unit.iloc[0] if len(observations) else "",
    }
    if count < FEWEST or len(ratios) < FEWEST:
        return {
            "verdict": UNDETERMINED,
            **found,
            "lowest": min(ratios, default=float("nan")),
            "newest": ratios[-1] if ratios else float("nan"),
        }
    low = [ratio < CUT for ratio in ratios]
    if not any(low):
        verdict = NOT_SEEN
    elif not low[-1]:
        verdict = FADED
    else:
        verdict = BIT if 2 * sum(low) > len(low) else UNDETERMINED
    return {"verdict": verdict, **found, "lowest": min(ratios), "newest": ratios[-1]}


def compared(observations: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return each observation beside the level before a control, by the rule of this module.

    Columns beside those given: side (BEFORE, DURING or AFTER), level (in the unit of the value; NA where no
    observation before is comparable), years (observations that the level is a median of), ratio.

    >>> rows = compared(series("china_exports", "magnets"), pd.Timestamp(2025, 4, 4)).set_index("start")
    >>> rows.side["2025-04"], round(float(rows.ratio["2025-05"]), 2)
    ('in the period of the control', 0.23)
    """
    month = f"{day:%Y-%m}"
    before = observations[observations.end < month]
    before = before.assign(
        first=before.start.str[5:], last=before.end.str[5:], year=before.start.str[:4].astype(int)
    )
    periods = [(row.start[5:], row.end[5:]) for row in observations.itertuples()]
    known = {period: _level(before, *period, day.year) for period in set(periods)}
    levels = [known[period] for period in periods]
    side = pd.Series(DURING, observations.index).mask(observations.end < month, BEFORE)
    frame = observations.assign(
        side=side.mask(observations.start > month, AFTER),
        level=[level[0] if level and level[0] > 0 else float("nan") for level in levels],
        years=[level[1] if level else 0 for level in levels],
    )
    return frame.assign(ratio=frame.value / frame.level)


def _level(before: pd.DataFrame, first: str, last: str, year: int) -> tuple[float, int] | None:
    """Return the median of the same months in the years before, and of how many.

    Where no earlier years are held, it is that of the single months before.
    """
    same = before[(before["first"] == first) & (before["last"] == last)]
    same = same[same.year.between(year - YEARS_BEFORE, year - 1)]
    if len(same) >= FEWEST:
        return float(same.value.median()), len(same)
    if first == last and len(before):  # months have no season that the few before could show
        return float(before.value.median()), len(before)
    return None


def newest(table: str) -> str:
    """Return the newest release with a table. MissingTable where none has it."""
    held = tables.releases(table)
    if not held:
        raise MissingTable(f"No release holds the table {table}.")
    return held[-1]


def _days(control_ids: pd.Series) -> pd.DataFrame:
    """Return the day on which each of these controls took effect; a page depends on no other."""
    rows = tables.rows("controls", control_id=control_ids)
    rows = rows.query("published and took_effect == 'yes'").dropna(subset=["effective_date_start"])
    wanted = rows[
        rows.instrument.isin(
            ("licence", "ban", "informal embargo", "technology control", "extraterritorial licence")
        )
    ]
    return wanted.rename(columns={"effective_date_start": "day"})[
        ["control_id", "day", "instrument", "target"]
    ]
