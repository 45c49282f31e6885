"""Chapter 9: five articles on one meeting, where they part, what they have wrong, and what settles it."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import claims
from chokepoint.charts.bars import stacked_bars
from chokepoint.charts.dots import dots
from chokepoint.charts.matrix import tile_grid
from chokepoint.charts.theme import (
    BRONZE,
    FAILS,
    HOLDS,
    HOLDS_PALE,
    OTHER,
    TEAL,
    UNKNOWN,
    UNSURE_PALE,
)
from chokepoint.data import tables
from chokepoint.pages.amounts import capital, in_words, listed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, fold, html_list, link, page_link

COLOURS = {
    "matches": HOLDS,
    "was said": HOLDS_PALE,
    "imprecise": UNSURE_PALE,
    "wrong": FAILS,
    "unchecked": OTHER,
    "not checkable": UNKNOWN,
}
STANDS = {claims.SAME: HOLDS, claims.DIFFERS: UNSURE_PALE, claims.OPEN: OTHER}
ADOPTED, ARTICLE, ELSEWHERE = "Adopted here", "One of the five articles", "Another source"
READINGS = {ADOPTED: HOLDS, ARTICLE: BRONZE, ELSEWHERE: TEAL}
STRIPS = {  # what is measured in one unit and can stand on one axis
    "china": ("percent", "Per cent", ("mining_share", "processing_share", "output_share", "reserves_share")),
    "money": ("US$ billion", "US$ billion", ("vault_total", "vault_private", "usar_terms", "lac_loan")),
    "counts": (
        None,
        "Number",
        ("attendance", "n_frameworks", "club_membership", "equity_count", "msp_members"),
    ),
}


_SURE = {"certain": "certain", "high": "very likely"}


def brief(release: str) -> Brief:
    """Say on what the five agree, what their commonest error is, and that no viewpoint has the errors."""
    table = claims.verdicts()
    spared = table[table.wrong == 0]
    spread = (
        "each of the five has something wrong"
        if spared.empty
        else f"{in_words(len(spared))} of the five {'has' if len(spared) == 1 else 'have'} nothing wrong"
    )
    kinds = claims.errors().query("kind in @claims.CHANGES_THE_STORY").kind
    commonest = (
        "Their commonest error takes a proposal for a deal: guests become members and a statement an "
        "agreement, {accounts.errors_done_deal} times"
        if kinds.mode().tolist() == ["done deal"]
        else "They take a proposal for a deal {accounts.errors_done_deal} times"
    )
    return Brief(
        [
            f"All {in_words(len(claims.articles()))} accounts tell of {listed(_common_topics())}.",
            f"{commonest}. On why factories stopped, {{accounts.errors_control}} of their sentences blame "
            "the wrong Chinese controls.",
            f"The errors do not keep to one side: {spread}.",
        ],
        release,
    )


def _common_topics() -> list[str]:
    """Name what every article tells of; "one meeting" where there is nothing else."""
    topics = {
        "ministerial": "ministers in Washington",
        "vault": "a stockpile",
        "dependence": "China as the reason",
    }
    tellers = claims.claims().groupby("topic").source_id.nunique()
    told = [words for topic, words in topics.items() if tellers.get(topic, 0) == len(claims.articles())]
    return told or ["one meeting"]


def lead(release: str) -> Figure:
    """Draw a bar an article, its claims by verdict."""
    table, names = claims.verdicts(), claims.outlets().short
    frame = (
        table.rename(index=names)
        .rename_axis("row")
        .reset_index()
        .melt("row", var_name="verdict", value_name="count")
    )
    shown = table.rename(index=names).rename(columns=capital).rename_axis("Article").reset_index()
    return figure(
        stacked_bars(
            frame,
            x="count",
            y="row",
            color="verdict",
            colours=COLOURS,
            order=list(table.index.map(names)),
            x_title="Claims",
            tooltip={"row": "Article", "verdict": "Verdict", "count": ("Claims", None)},
        ),
        name="lead",
        title=f"{_who_errs(table.wrong)}; {names[table.wrong.idxmin()]} in {in_words(table.wrong.min())}"
        f"{' claim' * int(table.wrong.min() == 1)}, {names[table.wrong.idxmax()]} in "
        f"{in_words(table.wrong.max())}",
        subtitle=f"Claims of each article by how they fared: {table[list(claims.CHECKED)].to_numpy().sum()} "
        f"were checked against another source, {table.wrong.sum()} are wrong.",
        table=shown,
        sources=claims.articles(),
        alt_text=(
            "Five bars of claims, one an article, split by verdict. "
            + " ".join(
                f"{names[i]}: {', '.join(f'{n} {v}' for v, n in r.items() if n)}."
                for i, r in table.iterrows()
            )
        ),
    )


def _who_errs(wrong: pd.Series) -> str:
    number = int((wrong > 0).sum())
    if number == len(wrong):
        return "All five articles err"
    return f"{capital(in_words(number))} of five articles {'errs' if number == 1 else 'err'}"


def positions(release: str) -> Figure:
    """Draw a tile for each article that speaks to a question of which another speaks as well."""
    rows, names = claims.positions(), claims.outlets().short
    order = rows.groupby("question").size().sort_values(ascending=False, kind="stable").index
    frame = pd.DataFrame(
        {
            "row": rows.question,
            "column": rows.source_id.map(names),
            "stand": rows.stand,
            "reading": rows.reading,
        }
    )
    settled = rows[rows.stand != claims.OPEN].groupby("conflict_group").stand
    nobody = int((~settled.agg(lambda s: (s == claims.SAME).any())).sum())
    return figure(
        tile_grid(
            frame,
            x="column",
            y="row",
            color="stand",
            colours=STANDS,
            columns=list(names),
            order=list(order),
            tooltip={"column": "Article", "row": "Question", "reading": "Says", "stand": "Stands"},
        ),
        name="positions",
        title=f"On {in_words(nobody)} of {in_words(len(order))} shared questions no article gives the best "
        "reading",
        table=frame.set_axis(["Question", "Article", "Stands", "Says"], axis=1),
        sources=claims.articles(),
        alt_text=(
            f"A grid of {len(order)} questions and five articles. A tile is green where the article reads "
            "it as this book does, yellow where it says otherwise, rounds or tells a part, "
            "grey where the question is not settled. Empty: the article is silent."
        ),
    )


def readings(release: str, which: str) -> Figure:
    """Draw a dot a source for the questions of one kind, the reading adopted here marked.

    which: china, money or counts.
    """
    unit, axis, groups = STRIPS[which]  # noqa: RUF059 (the query below reads `groups`)
    rows = tables.load("readings").query("published and conflict_group in @groups").fillna({"adopted": False})
    rows = rows[rows["value"].notna() | rows.value_low.notna()]
    rows = rows[rows.unit == unit] if unit else rows
    names = tables.load("conflicts").set_index("conflict_group").question
    kind = [
        ADOPTED if r.adopted else ARTICLE if r.source_id in claims.articles() else ELSEWHERE
        for r in rows.itertuples()
    ]
    bounded = rows["value"].isna() & (rows.value_low.isna() | rows.value_high.isna())
    frame = pd.DataFrame(
        {
            "row": rows.conflict_group.map(names)
            .str.replace(" on 4 February", "")
            .str.replace(", and by whom", ""),
            "value": rows["value"].fillna(rows.value_low.where(bounded)),
            "low": rows.value_low.where(rows["value"].isna() & ~bounded),
            "high": rows.value_high.where(rows["value"].isna() & ~bounded),
            "kind": kind,
            "source": rows.outlet + ": " + rows.reading,
        }
    )
    order = list(dict.fromkeys(frame.row))
    widest = frame.groupby("row").value.agg(lambda v: v.max() / v.min()).idxmax()
    spread = frame[frame.row == widest].value
    shown = pd.DataFrame(
        {
            "Question": frame.row,
            "Reading": rows.reading,
            "Outlet": rows.outlet,
            "Value": frame.value,
            "Unit": rows.unit,
            "Kind": frame.kind,
            "source_id": rows.source_id,
        }
    )
    return figure(
        dots(
            frame,
            x="value",
            y="row",
            color="kind",
            colours=READINGS,
            x_title=axis,
            order=order,
            dodge=True,
        ),
        name=f"readings-{which}",
        title=f"Readings run from {_amount(spread.min(), unit)} to {_amount(spread.max(), unit)}",
        subtitle=widest,
        table=shown,
        alt_text=f"Dots on one axis, one row for each of {len(order)} questions: {'; '.join(order)} Green "
        "dots are the readings adopted here.",
    )


def _amount(value: float, unit: str | None) -> str:
    """Write a value with its unit; without a unit, the number alone.

    >>> _amount(34, "percent"), _amount(11.67, "US$ billion"), _amount(54, None)
    ('34%', 'US$11.67 billion', '54')
    """
    return (
        f"{value:g}%"
        if unit == "percent"
        else f"US${value:g} billion"
        if unit == "US$ billion"
        else f"{value:g}"
    )


def viewpoints(release: str) -> Listing:
    """List the five: who they are, where they stand, what each alone has, how their claims fare."""
    table = claims.verdicts()
    items = []
    for article, r in claims.outlets().iterrows():
        counts = [_counted(v, article, table.loc[article, v]) for v in claims.VERDICTS]
        items.append(chapters.outlet(article, r, Markup(", ").join(counts)))
    return Listing(html_list(items))


_FARES = {
    "matches": ("matches", "match"),
    "was said": ("was said", "were said"),
    "imprecise": ("is imprecise", "are imprecise"),
}  # verdict → verb of one claim, of more


def _counted(verdict: str, article: str, count: int) -> Markup:
    anchor = f"fact-accounts.{verdict.replace(' ', '_')}_{article.lower()}"
    one, many = _FARES.get(verdict, (verdict, verdict))
    return chapters.count(link("evidence", anchor), count) + f" {one if count == 1 else many}"


def errors(release: str) -> Listing:
    """Tabulate the errors that change the story, what is right, and the source that says so.

    Slips and repetitions are folded under them.
    """
    rows = claims.errors()
    matter = rows.kind.isin(claims.CHANGES_THE_STORY)
    parts = [_errors(rows[which], label) for which, label in ((matter, "errors"), (~matter, "slips"))]
    return Listing(parts[0], fold(f"{capital(in_words(int((~matter).sum())))} slips", parts[1]))


def _errors(rows: pd.DataFrame, label: str) -> Table:
    names = claims.outlets().short
    cells = [
        Row(
            [
                page_link("claims", names[r["seed_id"]], f"claim-{r['claim_id']}"),
                r["error"],
                chapters.correction(r, _SURE[r["certainty"]]),
            ],
            r["error_id"],
        )
        for r in rows.sort_values(["kind", "seed_id"]).to_dict("records")
    ]
    return Table("cp-errors", ["Article", "What it says", "What is right"], cells, label, search=False)


def opinions(release: str) -> Listing:
    """List opinions and forecasts, in our words.

    Each stands under the article that carries it and the name of who holds it.
    """
    rows, parts = claims.claims().query("kind in ('opinion', 'forecast') and verdict == 'not checkable'"), []
    for article, r in claims.outlets().iterrows():
        own = rows[rows.source_id == article].to_dict("records")
        items = [
            chapters.attributed(c["statement"], f"{capital(c['attributed_to'])}; {c['kind']}") for c in own
        ]
        parts.append(fold(f"{r.short}: {len(own)}", html_list(items)))
    return Listing(*parts)


def every_claim(release: str) -> Table:
    """List all claims of the five articles with their verdicts, searchable, to be narrowed to one article."""
    names = claims.outlets().short
    rows = [
        Row(
            [
                names[c["source_id"]],
                c["topic"].replace("_", " "),
                chapters.attributed(c["statement"], capital(c["attributed_to"])),
                chapters.verdict(c),
            ],
            f"claim-{c['claim_id']}",
        )
        for c in claims.claims().to_dict("records")
    ]
    heads = ["Article", "Topic", "Claim, in our words", "Verdict"]
    return Table("cp-claims", heads, rows, "claims", list(names))
