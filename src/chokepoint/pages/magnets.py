"""The month the magnets stopped: China's exports of rare-earth magnets, month by month."""

import pandas as pd

from chokepoint.analysis import control_effects
from chokepoint.charts.months import months
from chokepoint.charts.theme import CHINA, CHINA_PALE
from chokepoint.data import tables
from chokepoint.errors import MissingTable
from chokepoint.pages.components.figure import Figure, figure

LABELS = {"licence": "licences", "suspension": "package put off"}
BACK = 0.9  # of the level before: from there on exports have come back
PANELS = {"World": "To the world", "United States": "To the United States"}
KINDS = {"reported": "As reported", "derived": "Worked out from a reported change"}


def exports() -> pd.DataFrame:
    """Return China's exports of magnets in single months: area, month, value_t, kind, note, source_id, url.

    Empty where no figures are held. A month that nobody quotes is missing.

    >>> rows = exports().query("area == 'World'").set_index("month").value_t
    >>> int(rows["2025-01"]), int(rows["2025-05"]), "2025-02" in rows.index
    (6357, 1238, False)
    """
    held = tables.releases("china_exports")
    if not held:
        return pd.DataFrame(columns=["area", "month", "value_t", "kind", "note", "source_id", "url"])
    rows = tables.load("china_exports", held[-1])
    rows = rows.query("product == 'magnets' and first_month == last_month").rename(
        columns={"first_month": "month"}
    )
    return rows[["area", "month", "value_t", "kind", "note", "source_id", "url"]].reset_index(drop=True)


def _measures() -> pd.DataFrame:
    """Return the licences that are tested on these exports, and suspensions of controls on the same minerals.

    They are rows of `controls`, oldest first.
    """
    tests = tables.rows("control_tests", series="china_exports").query("code == 'magnets'")
    groups = tables.rows("minerals", mineral=tests.mineral).headline_mineral
    near = tables.rows("control_minerals", mineral=[*tests.mineral, *groups]).control_id
    rows = tables.rows("controls", control_id=[*tests.control_id, *near]).query("published")
    wanted = rows.control_id.isin(tests.control_id) | (rows.instrument == "suspension")
    return rows[wanted].sort_values(["effective_date_start", "control_id"])


def by_month() -> Figure | None:
    """Draw exports by month to the world and to the United States, around the licences of April 2025.

    Nothing where no figures are held.
    """
    rows = exports()
    if rows.empty:
        return None
    world = rows[rows.area == "World"].set_index("month").value_t.sort_index()
    measures = _measures()
    since = pd.Period(measures.effective_date_start.iloc[0], "M")
    after = world[world.index > str(since)]
    before = world[world.index < str(since)]
    level, last = before.iloc[-1], pd.Period(before.index[-1])
    low = pd.Period(after.idxmin())
    shown = rows[rows.area.isin(PANELS) & (rows.month >= "2024-07")]
    days = pd.DataFrame(
        {
            "day": list(measures.effective_date_start),
            "label": [LABELS.get(kind, kind) for kind in measures.instrument],
        }
    )
    drawn = pd.DataFrame(
        {
            "panel": shown.area.map(PANELS),
            "month": shown.month,
            "value": shown.value_t,
            "kind": shown.kind.map(KINDS),
        }
    )
    every = pd.period_range(rows.month.min(), rows.month.max(), freq="M").astype(str)
    table = pd.DataFrame({"Month": every})
    for area, words in PANELS.items():
        of = rows[rows.area == area].set_index("month")
        table[f"{words}, t"] = table.Month.map(of.value_t)
        table[f"{words}: how known"] = table.Month.map(of.kind.map(KINDS))
    return figure(
        months(
            drawn,
            days,
            panels=list(PANELS.values()),
            colours=dict(zip(KINDS.values(), (CHINA, CHINA_PALE), strict=True)),
            unit="t",
        ),
        name="by-month",
        title=f"China’s magnet exports fell {100 - 100 * after.min() / level:.0f}% from "
        f"{last.strftime('%B' if last.year == low.year else '%B %Y')} to {low:%B %Y}"
        f"{', then recovered' if after.max() > BACK * level else ''}",
        subtitle=f"Tonnes a month: {level:,.0f} t in {last:%B %Y}, {after.min():,.0f} t in "
        f"{_month(after.idxmin())}, {after.max():,.0f} t in {_month(after.idxmax())}.",
        table=table,
        sources=sorted(set(rows.source_id)),
        alt_text=(
            "Columns of rare-earth magnets exported by China in each month, tonnes, to the "
            "world and to the United "
            f"States, {_month(drawn.month.min())} to {_month(drawn.month.max())}. The lowest "
            f"is {_month(after.idxmin())}. "
            f"Months without a published figure are empty: "
            f"{int(table[table.Month >= drawn.month.min()].iloc[:, 1].isna().sum())} "
            "to the world."
        ),
    )


def _month(month: str) -> str:
    return pd.Period(month).strftime("%B %Y")


def fall() -> float:
    """Return the lowest month after the licences over the median of the months held before them.

    >>> round(fall(), 2)
    0.23
    """
    day = _measures().effective_date_start.iloc[0]
    try:
        rows = control_effects.compared(control_effects.series("china_exports", "magnets"), day)
    except MissingTable:
        return float("nan")
    return float(rows[rows.side == control_effects.AFTER].ratio.min())
