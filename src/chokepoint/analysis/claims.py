"""The five articles beside the sources: what each claims, how it fared, and where they part."""

import pandas as pd

from chokepoint.data import memory, tables

VERDICTS = ("matches", "was said", "imprecise", "wrong", "unchecked", "not checkable")
CHECKED = VERDICTS[:4]
_FIRM = (
    "primary government",
    "primary company",
    "dataset",
)  # kinds of source that are a text or data, not a report
CHANGES_THE_STORY = ("done deal", "wrong control", "wrong measure", "left out")  # kinds of error
SAME, DIFFERS, OPEN = "As adopted here", "Otherwise, rounded or in part", "Not settled"


def outlets() -> pd.DataFrame:
    """Return the articles, in order, with a short name.

    Columns: source_id (index), short, outlet, viewpoint, identification.
    """
    return tables.load("seeds").set_index("source_id").sort_index()


def articles() -> tuple[str, ...]:
    """Return the ids of the articles, in order."""
    return tuple(outlets().index)


def _of_articles(table: str, column: str) -> pd.DataFrame:
    """Return the published rows of a table in which a column names one of the articles."""
    rows = tables.load(table).query("published")
    return rows[rows[column].isin(articles())]


def claims() -> pd.DataFrame:
    """Every published claim of the articles."""
    return _of_articles("claims", "source_id")


def verdicts() -> pd.DataFrame:
    """Claims of each article by verdict; rows in the order of `articles`, columns in that of VERDICTS."""
    return _verdicts().copy()


@memory.remembered
def _verdicts() -> pd.DataFrame:
    rows = claims()
    return pd.crosstab(rows.source_id, rows.verdict).reindex(
        index=list(articles()), columns=list(VERDICTS), fill_value=0
    )


def errors() -> pd.DataFrame:
    """Return what an article has wrong, each with what is right and its source.

    There is a row for each claim whose verdict is wrong.
    """
    return _of_articles("errors", "seed_id")


def matched_by_text() -> pd.DataFrame:
    """Claims that match a source which is an official text or a data set, and not another report."""
    kinds = tables.load("sources").set_index("source_id").kind
    rows = claims().query("verdict == 'matches'")
    return rows[rows.check_source_id.map(kinds).isin(_FIRM)]


def questions() -> pd.DataFrame:
    """Return published questions on which sources disagree."""
    return tables.load("conflicts").query("published")


def positions() -> pd.DataFrame:
    """Return what each article says on the questions to which at least two of them speak.

    Columns conflict_group, question, source_id, stand, reading. An article that says it in two ways takes
    the one adopted here, if it is among them.
    """
    readings = _of_articles("readings", "source_id").fillna({"adopted": False})
    readings = readings.sort_values("adopted", ascending=False, kind="stable").drop_duplicates(
        ["conflict_group", "source_id"]
    )
    rows = readings.merge(questions()[["conflict_group", "question", "outcome"]], on="conflict_group")
    rows = rows[rows.groupby("conflict_group").source_id.transform("size") >= 2]
    rows["stand"] = [
        SAME if r.adopted else OPEN if r.outcome == "unresolved" else DIFFERS for r in rows.itertuples()
    ]
    return rows[["conflict_group", "question", "source_id", "stand", "reading"]].reset_index(drop=True)
