"""Chapter 9: five articles on one meeting, where they part, what they have wrong, and what settles it."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import claims
from chokepoint.charts.bars import stacked_bars
from chokepoint.charts.dots import dots
from chokepoint.charts.matrix import tile_grid
from chokepoint.charts.theme import ACCENT, BLOC, FLOOR, OTHER
from chokepoint.data import tables
from chokepoint.pages.amounts import capital, in_words
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, fold, html_list, link

COLOURS = {
    "matches": FLOOR,
    "was said": "#b7cfa3",
    "imprecise": "#e3c277",
    "wrong": "#8f3f71",
    "unchecked": OTHER,
    "not checkable": "#cfcfc8",
}
STANDS = {claims.SAME: FLOOR, claims.DIFFERS: "#e3c277", claims.OPEN: OTHER}
ADOPTED, ARTICLE, ELSEWHERE = "Adopted here", "One of the five articles", "Another source"
READINGS = {ADOPTED: FLOOR, ARTICLE: ACCENT, ELSEWHERE: BLOC}
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
    """How the claims fare, how many questions remain, that no viewpoint has the errors to itself."""
    table = claims.verdicts()
    spared = table[table.wrong == 0]
    spread = "each of the five has some" if spared.empty else f"{in_words(len(spared))} of the five has none"
    return Brief(
        [
            "Of {accounts.claims} claims in the five articles {accounts.checked} were set against a source "
            "outside them: {accounts.matches} match it, "
            "{accounts.was_said} repeat what somebody did say, {accounts.imprecise} are imprecise and "
            "{accounts.wrong} are wrong.",
            "That a thing was said does not make it true, and a match is worth what it is matched with: "
            "{accounts.matches_text} of the matches are with an official text or a data set, the rest with "
            "another report.",
            f"The errors follow no side: {spread}. Sources differ on {{accounts.questions}} questions, and "
            f"{{accounts.questions_unresolved}} of them stay open.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """Draw a bar an article, its claims by verdict."""
    table, names = claims.verdicts(), claims.outlets().short
    sums = table.sum()
    frame = (
        table.rename(index=names)
        .rename_axis("row")
        .reset_index()
        .melt("row", var_name="verdict", value_name="count")
    )
    shown = table.rename(index=names).rename(columns=capital).rename_axis("Article").reset_index()
    checked = sums[list(claims.CHECKED)].sum()
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
        title=f"{sums.matches} of {checked} claims that were checked match a source, {sums.wrong} are "
        f"wrong; wrong ones stand in {_how_many(table.wrong)} of the articles",
        table=shown,
        sources=claims.ARTICLES,
        alt_text=(
            "Five bars of claims, one an article, split by verdict. "
            + " ".join(
                f"{names[i]}: {', '.join(f'{n} {v}' for v, n in r.items() if n)}."
                for i, r in table.iterrows()
            )
        ),
    )


def _how_many(wrong: pd.Series) -> str:
    return "all five" if (wrong > 0).all() else in_words((wrong > 0).sum())


def stands(release: str) -> Figure:
    """Draw a tile for each article that speaks to a question of which another speaks as well."""
    rows, names = claims.stands(), claims.outlets().short
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
        title=f"On {nobody} of {len(order)} questions that two or more articles raise, none of them gives "
        "the reading of the best source",
        table=frame.set_axis(["Question", "Article", "Stands", "Says"], axis=1),
        sources=claims.ARTICLES,
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
        ADOPTED if r.adopted else ARTICLE if r.source_id in claims.ARTICLES else ELSEWHERE
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
        title=f"{widest} The readings run from {_amount(spread.min(), unit)} to "
        f"{_amount(spread.max(), unit)}",
        table=shown,
        alt_text=f"Dots on one axis, one row for each of {len(order)} questions: {'; '.join(order)} Green "
        "dots are the readings adopted here.",
    )


def _amount(value: float, unit: str | None) -> str:
    """Write a value with its unit; without a unit, the number alone.

    >>> _amount(34, "percent"), _amount(11.67, "US$ billion"), _amount(54, None)
    ('34 %', 'US$11.67 billion', '54')
    """
    return (
        f"{value:g} %"
        if unit == "percent"
        else f"US${value:g} billion"
        if unit == "US$ billion"
        else f"{value:g}"
    )


def viewpoints(release: str) -> Listing:
    """List the five: who they are, where they stand, how their claims fare."""
    table = claims.verdicts()
    items = []
    for article, r in claims.outlets().iterrows():
        counts = [_counted(v, article, table.loc[article, v]) for v in claims.VERDICTS]
        items.append(chapters.outlet(article, r, Markup(", ").join(counts)))
    return Listing(html_list(items))


def _counted(verdict: str, article: str, count: int) -> Markup:
    anchor = f"fact-accounts.{verdict.replace(' ', '_')}_{article.lower()}"
    return chapters.count(link("evidence", anchor), count) + f" {verdict}"


def errors(release: str) -> Table:
    """Tabulate what each article has wrong, what is right, and the source that says so."""
    names = claims.outlets().short
    rows = [
        Row(
            [names[r["seed_id"]], r["error"], chapters.correction(r, _SURE[r["certainty"]])],
            r["error_id"],
        )
        for r in claims.errors().to_dict("records")
    ]
    return Table("cp-errors", ["Article", "What it says", "What is right"], rows, "errors", list(names))


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
    """All claims of the five articles with their verdicts, searchable, to be narrowed to one article."""
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
