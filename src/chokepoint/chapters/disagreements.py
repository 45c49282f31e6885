"""Chapter 9: five articles on one meeting, where they part, what they have wrong, and what settles it."""

import html

import pandas as pd

from chokepoint import tables
from chokepoint.charts import claims as claims_chart
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.charts.strip import strip
from chokepoint.charts.theme import ACCENT, BLOC, FLOOR, OTHER
from chokepoint.measures import accounts
from chokepoint.prose.findings import Brief
from chokepoint.prose.listing import Listing
from chokepoint.prose.searchable import row, searchable
from chokepoint.prose.sections import capital, in_words

COLOURS = {
    "matches": FLOOR,
    "was said": "#b7cfa3",
    "imprecise": "#e3c277",
    "wrong": "#8f3f71",
    "unchecked": OTHER,
    "not checkable": "#cfcfc8",
}
STANDS = {accounts.SAME: FLOOR, accounts.DIFFERS: "#e3c277", accounts.OPEN: OTHER}
ADOPTED, ARTICLE, ELSEWHERE = "Adopted here", "One of the five articles", "Another source"
READINGS = {ADOPTED: FLOOR, ARTICLE: ACCENT, ELSEWHERE: BLOC}
STRIPS = {  # what is measured in one unit and can stand on one axis
    "china": ("percent", "Per cent", ("mining_share", "processing_share", "output_share", "reserves_share")),
    "money": ("US$ billion", "US$ billion", ("vault_total", "vault_private", "usar_terms", "lac_loan")),
    "counts": (None, "Number", ("attendance", "n_frameworks", "club_membership", "equity_count", "msp_members")),
}


_SURE = {"certain": "certain", "high": "very likely"}


def brief(release: str) -> Brief:
    """How the claims fare, how many questions remain, that no viewpoint has the errors to itself."""
    table = accounts.verdicts()
    spared = table[table.wrong == 0]
    spread = "each of the five has some" if spared.empty else f"{in_words(len(spared))} of the five has none"
    return Brief(
        [
            "Of {accounts.claims} claims in the five articles {accounts.checked} were set against a source outside them: {accounts.matches} match it, "
            "{accounts.was_said} repeat what somebody did say, {accounts.imprecise} are imprecise and {accounts.wrong} are wrong.",
            "That a thing was said does not make it true, and a match is worth what it is matched with: {accounts.matches_text} of the matches are with an official text or a data set, the rest with another report.",
            f"The errors follow no side: {spread}. Sources differ on {{accounts.questions}} questions, and {{accounts.questions_unresolved}} of them stay open.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """A bar an article, its claims by verdict."""
    table, names = accounts.verdicts(), accounts.outlets().short
    sums = table.sum()
    frame = table.rename(index=names).rename_axis("row").reset_index().melt("row", var_name="verdict", value_name="count")
    shown = table.rename(index=names).rename(columns=capital).rename_axis("Article").reset_index()
    checked = sums[list(accounts.CHECKED)].sum()
    return figure(
        claims_chart.verdicts(frame, colours=COLOURS, rows=list(table.index.map(names))),
        says=f"{sums.matches} of {checked} claims that were checked match a source, {sums.wrong} are wrong; wrong ones stand in {_how_many(table.wrong)} of the articles",
        table=shown,
        sources=accounts.ARTICLES,
        alt_text=(
            "Five bars of claims, one an article, split by verdict. "
            + " ".join(f"{names[i]}: {', '.join(f'{n} {v}' for v, n in r.items() if n)}." for i, r in table.iterrows())
        ),
    )


def _how_many(wrong: pd.Series) -> str:
    return "all five" if (wrong > 0).all() else in_words((wrong > 0).sum())


def positions(release: str) -> Figure:
    """A tile for each article that speaks to a question of which another speaks as well."""
    rows, names = accounts.positions(), accounts.outlets().short
    order = rows.groupby("question").size().sort_values(ascending=False, kind="stable").index
    frame = pd.DataFrame({"row": rows.question, "column": rows.source_id.map(names), "stand": rows.stand, "reading": rows.reading})
    settled = rows[rows.stand != accounts.OPEN].groupby("conflict_group").stand
    nobody = int((~settled.agg(lambda s: (s == accounts.SAME).any())).sum())
    return figure(
        claims_chart.tile_grid(frame, colours=STANDS, rows=list(order), columns=list(names)),
        says=f"On {nobody} of {len(order)} questions that two or more articles raise, none of them gives the reading of the best source",
        table=frame.set_axis(["Question", "Article", "Stands", "Says"], axis=1),
        sources=accounts.ARTICLES,
        alt_text=(
            f"A grid of {len(order)} questions and five articles. A tile is green where the article reads it as this book does, yellow where it says otherwise, rounds or tells a part, "
            "grey where the question is not settled. Empty: the article is silent."
        ),
    )


def readings(release: str, which: str) -> Figure:
    """A dot a source for the questions of one kind, the reading adopted here marked. which: china, money or counts."""
    unit, axis, groups = STRIPS[which]
    rows = tables.load("readings").query("published and conflict_group in @groups").fillna({"adopted": False})
    rows = rows[rows["value"].notna() | rows.value_low.notna()]
    rows = rows[rows.unit == unit] if unit else rows
    names = tables.load("conflicts").set_index("conflict_group").question
    kind = [ADOPTED if r.adopted else ARTICLE if r.source_id in accounts.ARTICLES else ELSEWHERE for r in rows.itertuples()]
    bounded = rows["value"].isna() & (rows.value_low.isna() | rows.value_high.isna())
    frame = pd.DataFrame(
        {
            "row": rows.conflict_group.map(names).str.replace(" on 4 February", "").str.replace(", and by whom", ""),
            "value": rows["value"].fillna(rows.value_low.where(bounded)),
            "low": rows.value_low.where(rows["value"].isna() & ~bounded),
            "high": rows.value_high.where(rows["value"].isna() & ~bounded),
            "kind": kind,
            "source": rows.outlet + ": " + rows.reading,
        }
    )
    order = [q for q in dict.fromkeys(frame.row)]
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
        strip(frame, colours=READINGS, axis=axis, rows=order, zero=False, dodge=True),
        says=f"{widest} The readings run from {_amount(spread.min(), unit)} to {_amount(spread.max(), unit)}",
        table=shown,
        alt_text=f"Dots on one axis, one row for each of {len(order)} questions: {'; '.join(order)} Green dots are the readings adopted here.",
    )


def _amount(value: float, unit: str | None) -> str:
    """
    >>> _amount(34, "percent"), _amount(11.67, "US$ billion"), _amount(54, None)
    ('34 %', 'US$11.67 billion', '54')
    """
    return f"{value:g} %" if unit == "percent" else f"US${value:g} billion" if unit == "US$ billion" else f"{value:g}"


def viewpoints(release: str) -> Listing:
    """The five: who they are, where they stand, how their claims fare."""
    table = accounts.verdicts()
    items = []
    for article, r in accounts.outlets().iterrows():
        sure = "" if r.identification == "certain" else " (identified by its style only)"
        counts = ", ".join(_counted(v, article, table.loc[article, v]) for v in accounts.VERDICTS)
        items.append(
            f'<li><strong><a href="{link("sources", f"source-{article}")}">{html.escape(r.outlet)}</a></strong>{sure}. {html.escape(r.viewpoint)}. <small>Claims: {counts}.</small></li>'
        )
    return Listing(f"<ul>{''.join(items)}</ul>")


def _counted(verdict: str, article: str, count: int) -> str:
    anchor = f"fact-accounts.{verdict.replace(' ', '_')}_{article.lower()}"
    return f'<a class="cp-fact" href="{link("evidence", anchor)}">{count}</a> {verdict}'


def errors(release: str) -> Listing:
    """What each article has wrong, what is right, and the source that says so."""
    names = accounts.outlets().short
    rows = [
        row(
            r["error_id"],
            [
                html.escape(names[r["seed_id"]]),
                html.escape(r["error"]),
                f'{html.escape(r["correct"])} <small>[<a href="{link("sources", "source-" + r["source_id"])}">{r["source_id"]}</a>; {_SURE[r["certainty"]]}]</small>',
            ],
        )
        for r in accounts.errors().to_dict("records")
    ]
    return Listing(searchable("cp-errors", ["Article", "What it says", "What is right"], rows, list(names), of="errors"))


def opinions(release: str) -> Listing:
    """Opinions and forecasts, in our words, under the article that carries them and the name of who holds them."""
    rows, parts = accounts.claims().query("kind in ('opinion', 'forecast') and verdict == 'not checkable'"), []
    for article, r in accounts.outlets().iterrows():
        said = "".join(
            f"<li>{html.escape(c['statement'])} <small>({html.escape(capital(c['attributed_to']))}; {c['kind']})</small></li>"
            for c in rows[rows.source_id == article].to_dict("records")
        )
        parts.append(
            f'<details class="cp-numbers"><summary>{html.escape(r.short)}: {(rows.source_id == article).sum()}</summary><ul>{said}</ul></details>'
        )
    return Listing("".join(parts))


def every_claim(release: str) -> Listing:
    """All claims of the five articles with their verdicts, searchable, to be narrowed to one article."""
    names = accounts.outlets().short
    rows = [
        row(
            f"claim-{c['claim_id']}",
            [
                html.escape(names[c["source_id"]]),
                html.escape(c["topic"].replace("_", " ")),
                f"{html.escape(c['statement'])} <small>({html.escape(capital(c['attributed_to']))})</small>",
                f"{'<b>wrong</b>' if c['verdict'] == 'wrong' else html.escape(c['verdict'])}{_check(c)}",
            ],
        )
        for c in accounts.claims().to_dict("records")
    ]
    return Listing(searchable("cp-claims", ["Article", "Topic", "Claim, in our words", "Verdict"], rows, list(names), of="claims"))


def _check(claim: dict) -> str:
    """What the check found, and where."""
    if pd.isna(claim["check_result"]):
        return ""
    source = claim["check_source_id"]
    where = "" if pd.isna(source) else f' [<a href="{link("sources", f"source-{source}")}">{source}</a>]'
    return f"<br><small>{html.escape(claim['check_result'])}{where}</small>"
