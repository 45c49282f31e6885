"""Did it bite? Every control that took effect, with its verdict, and what was sold before and after."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import control_effects as effects
from chokepoint.analysis import countries, prices, trade
from chokepoint.charts.levels import levels
from chokepoint.charts.theme import CHINA, CHINA_PALE, FAILS, HOLDS, OTHER, UNSURE
from chokepoint.charts.tiles import tiles
from chokepoint.data import tables
from chokepoint.errors import MissingTable
from chokepoint.pages.amounts import capital, date, in_words, listed, with_article
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, fold, html_list, paragraph, source
from chokepoint.pages.mineral_text import name

COLOURS = {
    effects.BIT: FAILS,
    effects.FADED: UNSURE,
    effects.NOT_SEEN: HOLDS,
    effects.UNDETERMINED: "transparent",
}
WORDS = {
    effects.BIT: "Bit",
    effects.FADED: "Bit, then faded",
    effects.NOT_SEEN: "Not seen",
    effects.UNDETERMINED: "Cannot be told",
}
SERIES = {"us_imports": "US imports from China", "china_exports": "China’s exports"}
# What a later month or another table would settle, where a series is held and does not suffice.
SETTLES = "Two more periods of the same series, which the trade figures to the end of the year would give"


def verdicts(mineral: str | None = None) -> pd.DataFrame:
    """Return every control that took effect, by mineral: verdict, what it rests on, what would settle it.

    Of one mineral, or of all.

    Columns: control_id, mineral, day, instrument, verdict, series, code, mixed, lowest, newest, note,
    would_settle, source_id. Empty where no series is held.

    >>> rows = verdicts().set_index(["control_id", "mineral"]).verdict
    >>> rows["control.2024-33", "antimony"], rows["control.2025-18", "dysprosium"]
    ('bit', 'faded')
    """
    try:
        judged = effects.judged(mineral)
    except MissingTable:
        return pd.DataFrame(columns=["control_id", "mineral", "day", "verdict"])
    settle = judged.verdict.eq(effects.UNDETERMINED).map({True: SETTLES, False: ""})
    rows = pd.concat(
        [
            judged.assign(would_settle=settle),
            effects.not_judged(mineral).assign(verdict=effects.UNDETERMINED, mixed=False, note=""),
        ],
        ignore_index=True,
    )
    held = tables.rows("controls", control_id=rows.control_id).set_index("control_id")
    names = held["name"].fillna(held["items"]).map(capital)
    return rows.assign(
        control=rows.control_id.map(names), text_source=rows.control_id.map(held.source_id)
    ).sort_values(["day", "control_id", "mineral"], ignore_index=True)


def _short(mineral: str) -> str:
    symbol = tables.row("minerals", mineral=mineral).symbol
    return symbol if pd.notna(symbol) else {"molybdenum": "Mo", "graphite": "C"}.get(mineral, mineral[:4])


def rests_on(row: pd.Series) -> str:
    """Say what a verdict rests on: the series and where it stands now, or what would settle it."""
    if pd.isna(row.get("series")):
        return f"No series is held. Would settle it: {row.would_settle[0].lower()}{row.would_settle[1:]}"
    kind = " (a heading of several goods)" if row.mixed else ""
    ratio = f"newest {_percent(row.newest)} of the level before"
    settle = (
        f". Would settle it: {row.would_settle[0].lower()}{row.would_settle[1:]}" if row.would_settle else ""
    )
    return f"{SERIES[row.series]}{kind}: {ratio}{settle}"


def overview() -> Figure | None:
    """Draw a tile for each control and mineral, coloured by its verdict; nothing where no series is held."""
    rows = verdicts()
    if rows.empty:
        return None
    tile = pd.DataFrame(
        {
            "group": [f"{row.day:%b %Y}: {row.control}" for row in rows.itertuples()],
            "label": [capital(name(m)) for m in rows.mineral],
            "short": [_short(m) for m in rows.mineral],
            "kind": rows.verdict.map(WORDS),
            "detail": [rests_on(row) for _, row in rows.iterrows()],
        }
    )
    tile["group"] = tile["group"].str.slice(0, 46)
    count = rows.verdict.value_counts()
    table = pd.DataFrame(
        {
            "In force from": rows.day.dt.strftime("%Y-%m-%d"),
            "Control": rows.control,
            "Mineral": tile.label,
            "Verdict": tile["kind"],
            "Series": rows.series.map(SERIES),
            "Lowest, % of the level before": 100 * rows.lowest,
            "Newest, % of the level before": 100 * rows.newest,
            "Mixed heading": rows.mixed.map({True: "yes", False: ""}),
            "Note": rows.note,
            "What would settle it": rows.would_settle,
        }
    )
    return figure(
        tiles(
            tile,
            colours={WORDS[kind]: colour for kind, colour in COLOURS.items()},
            hollow=WORDS[effects.UNDETERMINED],
        ),
        name="overview",
        title=f"Of {len(rows)} controls by mineral {in_words(count.get(effects.BIT, 0))} bit, "
        f"{in_words(count.get(effects.FADED, 0))} faded",
        subtitle=f"{capital(in_words(count.get(effects.NOT_SEEN, 0)))} were not seen and "
        f"{in_words(count.get(effects.UNDETERMINED, 0))} cannot be told.",
        table=table,
        sources=sorted({*rows.text_source, *_series_sources(rows)}),
        alt_text="Tiles for the minerals of each Chinese control since 2010, coloured by verdict. "
        + " ".join(
            f"{WORDS[kind]}: {listed(sorted(set(tile.label[rows.verdict == kind])))}."
            for kind in WORDS
            if (rows.verdict == kind).any()
        ),
    )


def _percent(ratio: float) -> str:
    """Write a ratio in per cent.

    >>> _percent(0.0009), _percent(0.234)
    ('under 1%', '23%')
    """
    return "under 1%" if ratio < 0.01 else f"{100 * ratio:.0f}%"


def aftermath(release: str) -> Table | Listing:
    """Tabulate each control of which a series is held: what exports did after it, and what prices did.

    The price is the newest yearly average of the release over that of the last full year before the
    mineral's first control, and stands beside that control.
    """
    rows, rise = verdicts(), prices.rises(release)
    told, cells = [], []
    for control, of in rows.groupby("control_id", sort=False):
        held = of.dropna(subset=["series"])
        if held.empty:
            continue
        lines = [
            f"{capital(listed([name(m) for m in same.mineral]))}: {_after(same.iloc[0])}"
            for _, same in held.groupby(["series", "code"], sort=False)
        ]
        first = [m for m in of.mineral if m in rise.index and m not in told]
        told += first
        moved = [capital(listed([f"{name(m)} {rise[m]:.1f}" for m in first])) + " times"] if first else []
        parts = [[date(of.day.iloc[0])], [of.control.iloc[0]], lines, moved]
        cells.append(Row([chapters.lines(part) for part in parts], control))
    year = prices.controlled(release).year.max() if len(rise) else "later"
    heads = ["Since", "On", "What was sold, of the level before", f"Price, {year} over before"]
    return Table("", heads, cells, search=False, label="Controls and what followed")


def _after(row: pd.Series) -> str:
    """Say what one series did after a control."""
    whose = SERIES[row.series] + (" of magnets" if row.code == "magnets" else "")
    if row.verdict == effects.BIT:
        return f"{whose} fell to {_percent(row.newest)}"
    if row.verdict == effects.FADED:
        return f"{whose} fell to {_percent(row.lowest)}, then came back to {_percent(row.newest)}"
    if row.verdict == effects.NOT_SEEN:
        return f"no fall in {whose}"
    return f"{whose} at {_percent(row.newest)}, too few months to judge"


def _series_sources(rows: pd.DataFrame) -> set[str]:
    pairs = rows.dropna(subset=["series"])[["series", "code"]].drop_duplicates()
    return {effects.series(r.series, r.code).source_id.iloc[0] for r in pairs.itertuples()}


SIDES = {effects.BEFORE: OTHER, effects.DURING: CHINA_PALE, effects.AFTER: CHINA}
SINCE = "2020"


def before_and_after() -> Figure | None:
    """Draw what was sold before and after one control, which the reader chooses; nothing without series."""
    try:
        tests = effects.judged()
    except MissingTable:
        return None
    held = tables.load("controls").set_index("control_id").legal_reference
    bars, heads, parts = [], [], []
    for (control, series, code), of in tests.groupby(["control_id", "series", "code"], sort=False):
        one = of.iloc[0]
        case = f"{listed([capital(name(of.mineral.iloc[0])), *map(name, of.mineral[1:])])}, {one.day:%b %Y}"
        case += ", ban" if one.instrument == "ban" else ""
        rows = effects.compared(effects.series(series, code), one.day)
        rows = rows[rows.start >= SINCE].dropna(subset=["ratio"])
        bars.append(
            pd.DataFrame(
                {
                    "control": case,
                    "period": [_period(r.start, r.end) for r in rows.itertuples()],
                    "ratio": rows.ratio,
                    "side": rows.side.map(capital),
                    "text": [f"{_amount(r.value, r.unit)} · {100 * r.ratio:.0f}%" for r in rows.itertuples()],
                }
            )
        )
        what = (
            "magnets, to the world"
            if series == "china_exports"
            else f"heading {code}" + (", several goods" if one.mixed else "")
        )
        words = f"{WORDS[one.verdict]}|{SERIES[series]}, {what}"
        heads.append({"key": (control, series, code), "control": case, "words": words})
        parts.append(rows.assign(case=case, control=held[control], verdict=WORDS[one.verdict]))
    every = pd.concat(parts)
    first = _deepest(tests)
    sold = f"{SERIES[first.series]} of {first.code}"
    if first.series == "us_imports":
        sold = f"US imports of {name(first.mineral)} from China"
    case = next(h["control"] for h in heads if h["key"] == (first.control_id, first.series, first.code))
    table = every[
        ["case", "control", "verdict", "start", "end", "side", "value", "unit", "ratio", "source_id"]
    ]
    table = table.assign(ratio=(100 * table.ratio).round(1)).rename(
        columns={
            "case": "Minerals and control",
            "control": "Announcement",
            "verdict": "Verdict",
            "start": "From",
            "end": "To",
            "side": "When",
            "value": "Amount",
            "unit": "Unit",
            "ratio": "Of the level before, %",
        }
    )
    return figure(
        levels(
            pd.concat(bars, ignore_index=True),
            pd.DataFrame(heads).drop(columns="key"),
            first=case,
            colours={capital(side): colour for side, colour in SIDES.items()},
            cut=effects.CUT,
            label="Control",
        ),
        name="before-and-after",
        title=f"{sold} fell to {_percent(first.newest)} of before",
        subtitle="What was sold in each period over the level before the control. Choose another control.",
        table=table,
        alt_text=(
            f"Bars of what was sold in each period as a share of the level before, for one of "
            f"{len(heads)} controls "
            "chosen above, with a line at that level and a dashed one at 70 per cent of it, "
            "under which a fall counts."
        ),
    )


def _deepest(tests: pd.DataFrame) -> pd.Series:
    """Return the test in which sales stand lowest: of those that bit, under a heading of one good, if any."""
    plain = tests[(tests.verdict == effects.BIT) & ~tests.mixed.astype(bool)]
    return (plain if len(plain) else tests).sort_values(["newest", "day", "mineral"]).iloc[0]


def _period(start: str, end: str) -> str:
    """Name a period: a month, or the months from one to another of a year.

    >>> _period("2025-05", "2025-05"), _period("2025-01", "2025-04")
    ('May 2025', 'Jan–Apr 2025')
    """
    first, last = pd.Period(start), pd.Period(end)
    return last.strftime("%b %Y") if start == end else f"{first:%b}–{last:%b %Y}"


def _amount(value: float, unit: str) -> str:
    """Write kilograms as tonnes.

    >>> _amount(1210000, "kg"), _amount(500, "kg"), _amount(6357, "t")
    ('1,210 t', '0.5 t', '6,357 t')
    """
    tonnes = value / 1000 if unit == "kg" else value
    return f"{tonnes:,.0f} t" if tonnes >= 10 or tonnes == 0 else f"{tonnes:.2g} t"


def undetermined() -> Listing:
    """List what cannot be told, with what would settle it, folded."""
    rows = verdicts()
    rows = rows[rows.verdict == effects.UNDETERMINED]
    if rows.empty:
        return Listing("")
    items = []
    for (control, settle), of in rows.groupby(["control", "would_settle"], sort=False):
        items.append(
            f"{date(of.day.iloc[0])}, {control} ({listed([name(m) for m in of.mineral])}). {settle}."
        )
    summary = f"What would settle the {in_words(len(rows))} that cannot be told"
    return Listing(fold(summary, html_list([Markup("{}").format(item) for item in items])))


def controls_of_others(release: str) -> Listing:
    """List, folded, the limits that other countries put on exports of listed minerals, none of them judged.

    They are those that USGS prints, by the year since when; nothing where the release has no such list.
    """
    rows = countries.controls_of_others(release)
    if rows.empty:
        return Listing("")
    items = [
        Markup("{}, {} of {} since {} {}").format(
            capital(with_article(str(area))),
            str(control).lower(),
            listed([str(c) for c in of.commodity]),
            int(since),
            source(of.source_id.iloc[0]),
        )
        for (area, since, control), of in rows.groupby(["area", "since", "control"])
    ]
    settle = (
        "None is judged: no monthly exports of these countries are held, and yearly trade between countries "
        f"ends with {trade.years()[-1]} and leaves out most ores. Their exports by year under the heading of "
        "the ore or the metal, three years on each side, would settle it."
        if trade.years()
        else "None is judged: no exports of these countries are held."
    )
    summary = f"What others limit: {in_words(len(items))} entries, not judged"
    return Listing(fold(summary, html_list(items) + paragraph(settle)))
