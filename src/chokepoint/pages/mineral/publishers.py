"""What each publisher counts of a mineral, side by side, and how the Commission scored it by edition."""

import pandas as pd

from chokepoint.analysis import history
from chokepoint.analysis import publishers as counts
from chokepoint.charts.dots import dots
from chokepoint.charts.lines import lines
from chokepoint.charts.theme import SERIES
from chokepoint.pages.amounts import listed, share, with_article
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral_text import name

STEPS = {"mine": "At the mine", "refinery": "After the mine"}
COLOURS = dict(zip((counts.USGS, counts.IEA, counts.EU, counts.BGS), SERIES, strict=True))
TOGETHER = {  # what the study scores together → its name
    "light rare earths": "light rare earths",
    "HREEs": "heavy rare earths",
    "PGMs": "the platinum-group metals",
}
LEAST = 20  # percent: where China has less everywhere, the largest maker is compared
LISTED = 5  # countries of a publisher that the table names


def publishers(mineral: str, release: str) -> Section | None:
    """Show a country's share by publisher at each step, with the rule on joining; nothing of USGS alone."""
    every = _named(counts.steps(mineral, release))
    if every.empty or (every.publisher == counts.USGS).all():
        return None
    country, iso3 = _spoken_of(every)
    series = ["step", "row", "publisher", "product", "first", "last", "source_id"]
    rows = every.drop_duplicates(series)[series].merge(
        every[every.iso3 == iso3][["row", "publisher", "product", "share"]], how="left"
    )
    rows = rows[rows["share"].notna() | (rows.publisher != counts.BGS)]  # who did not report may make some
    rows = rows.fillna({"share": 0.0})
    rows = rows.assign(when=[_when(r) for r in rows.itertuples()])
    drawn = figure(
        dots(
            rows[["row", "publisher", "when", "product", "share"]],
            x="share",
            y="row",
            color="publisher",
            colours={key: colour for key, colour in COLOURS.items() if key in set(rows.publisher)},
            x_title=f"{country}'s share, %",
            tooltip={
                "row": "Step",
                "publisher": "Publisher",
                "product": "Counts",
                "when": "Years",
                "share": ("Share, %", None),
            },
            zero=True,
        ),
        name="publishers",
        title=_title(rows, country),
        table=_table(every),
        sources=sorted(set(every.source_id)),
        alt_text=f"Dots of {country}'s share of {name(mineral)} by step and publisher: "
        + "; ".join(f"{r.row}, {r.publisher}, {r.when}, {r.share:.0f} percent" for r in rows.itertuples())
        + ".",
    )
    return Section("What each publisher counts", [*_study(every), *_rules(mineral, release)], release, drawn)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Add `row`, the label of the dots: the step, and the product where a publisher counts several at it."""
    first: dict[tuple[str, str], str] = {}
    other = rows["product"].str.contains("ferro|smelter|sponge", case=False) & (rows.publisher != counts.USGS)
    for r in rows[~other].itertuples():
        first.setdefault((r.step, r.publisher), r.product)
    label = [
        STEPS[r.step] + ("" if first.get((r.step, r.publisher)) == r.product else f": {r.product}")
        for r in rows.itertuples()
    ]
    return rows.assign(row=label)


def _spoken_of(rows: pd.DataFrame) -> tuple[str, str]:
    """Return the country that is compared: China where it counts, else the largest at the last step."""
    china = rows[(rows.iso3 == counts.CHINA) & (rows["share"] >= LEAST)]
    most = rows[rows.publisher != counts.BGS].sort_values(["step", "share"], ascending=False)
    one = china.iloc[0] if len(china) else most.iloc[0]
    return one.area, one.iso3


def _when(row: object) -> str:
    return f"{row.first}" if row.first == row.last else f"{row.first}–{row.last % 100:02}"


def _title(rows: pd.DataFrame, country: str) -> str:
    """Say the last step's figures, each with its publisher and years."""
    row = STEPS["refinery"] if STEPS["refinery"] in set(rows.row) else rows.row.iloc[-1]
    last = rows[rows.row == row]
    told = [f"{share(r.share)} by {_publisher(r.publisher)} ({r.when})" for r in last.itertuples()]
    step = last.row.iloc[0]
    return f"{step}, {with_article(country)} has {listed(told)}"


def _publisher(key: str) -> str:
    return "the EU study" if key == counts.EU else "the IEA" if key == counts.IEA else key


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows.groupby(["row", "publisher", "product"], sort=False).head(LISTED)
    return pd.DataFrame(
        {
            "Step": shown.row.str.split(":").str[0],
            "Publisher": shown.publisher,
            "Counts": shown["product"],
            "Years": [_when(r) for r in shown.itertuples()],
            "Country": shown.area,
            "Share, %": shown["share"].round(1),
            "Share is": shown.publisher.map(counts.BASIS),
        }
    )


def _study(rows: pd.DataFrame) -> list[str]:
    """Say who makes most after the mine by the study, and that its figures are averages."""
    made = rows[(rows.publisher == counts.EU) & (rows.step == "refinery")]
    if made.empty:
        return []
    made = made[made.row == STEPS["refinery"]]
    told = [f"{with_article(r.area)} {share(r.share, len(made) == 1)}" for r in made.head(3).itertuples()]
    return [
        "The European Commission’s study of 2023 says who processed it, as averages of 2016–20: "
        f"{listed(told)}."
    ]


def _rules(mineral: str, release: str) -> list[str]:
    """Say of each series of BGS that is held whether newer figures continue it, and why."""
    held = set(history.products(mineral))
    return [
        f"BGS’s series of {r.product} is {'continued' if r.joined else 'not continued'} by newer figures"
        f"{_gap(r)}. {r.reason}."
        for r in counts.joins(mineral, release).itertuples()
        if (r.stage, r.product) in held
    ]


def _gap(rule: object) -> str:
    """How far the two are apart where both print a year; nothing where no year is in both."""
    if not rule.years:
        return ""
    return f": where USGS prints the same year, a country’s share differs by up to {rule.largest:.0f} points"


def eu_scores(mineral: str, release: str) -> Section | None:
    """Show supply risk and economic importance over the editions of the Commission’s study."""
    drawn, rows = scored(mineral), counts.scores(mineral)
    if drawn is None:
        return None
    alone = rows.mineral.iloc[0] == mineral
    notes = [] if alone else [f"It has no score of its own here: {_whose(mineral)} are scored together."]
    return Section("How the European Union scores it", notes, release, drawn)


def _whose(mineral: str) -> str:
    """Name what the study scores, where that is a mineral or the group that it is scored with."""
    return TOGETHER.get(counts.scores(mineral)["product"].iloc[0], name(mineral))


def scored(mineral: str) -> Figure | None:
    """Draw supply risk and economic importance by edition; nothing of fewer than two."""
    rows = counts.scores(mineral)
    if len(rows) < 2:
        return None
    first, last = rows.iloc[0], rows.iloc[-1]
    risk, importance = "Supply risk", "Economic importance"
    long = rows.rename(columns={"supply_risk": risk, "economic_importance": importance}).melt(
        ["year"], [risk, importance], "score", "value"
    )
    change = last.supply_risk - first.supply_risk
    way = "rose" if change > 0 else "fell" if change < 0 else "stayed"
    ends = f"from {first.supply_risk:g} ({first.year}) to {last.supply_risk:g} ({last.year})"
    ends = f"at {last.supply_risk:g}, in {first.year} as in {last.year}" if way == "stayed" else ends
    return figure(
        lines(long, color="score", y_title="Score"),
        name="eu-scores",
        title=f"The risk to the Union’s supply of {_whose(mineral)} {way} {ends}",
        table=rows[["year", "supply_risk", "economic_importance", "source_id"]].rename(
            columns={"year": "Edition", "supply_risk": risk, "economic_importance": importance}
        ),
        alt_text="Two lines over the editions of the study: "
        + "; ".join(
            f"{r.year} risk {r.supply_risk:g}, importance {r.economic_importance:g}"
            for r in rows.itertuples()
        )
        + ".",
    )
