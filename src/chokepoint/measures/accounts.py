"""The five articles beside the sources: what each claims, how it fared, and where they part."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from chokepoint import tables

ARTICLES = ("SEED0", "SEED1", "SEED2", "SEED3", "SEED4")
VERDICTS = ("matches", "was said", "imprecise", "wrong", "unchecked", "not checkable")
CHECKED = VERDICTS[:4]
_FIRM = ("primary government", "primary company", "dataset")  # kinds of source that are a text or data, not a report
SAME, DIFFERS, OPEN = "As adopted here", "Otherwise, rounded or in part", "Not settled"


def outlets() -> pd.DataFrame:
    """The five articles, in order, with a short name: source_id (index), short, outlet, viewpoint, identification."""
    return tables.load("seeds").set_index("source_id").loc[list(ARTICLES)]


def claims() -> pd.DataFrame:
    """Every published claim of the five articles."""
    return tables.load("claims").query("published and source_id in @ARTICLES")


def verdicts() -> pd.DataFrame:
    """Claims of each article by verdict; rows in the order of ARTICLES, columns in that of VERDICTS."""
    return _verdicts(tables.data_dir()).copy()


@lru_cache(maxsize=4)
def _verdicts(_data: Path) -> pd.DataFrame:
    rows = claims()
    return pd.crosstab(rows.source_id, rows.verdict).reindex(index=list(ARTICLES), columns=list(VERDICTS), fill_value=0)


def errors() -> pd.DataFrame:
    """What an article has wrong, each with what is right and its source: a row for each claim whose verdict is wrong."""
    return tables.load("errors").query("published and seed_id in @ARTICLES")


def matched_by_text() -> pd.DataFrame:
    """Claims that match a source which is an official text or a data set, and not another report."""
    kinds = tables.load("sources").set_index("source_id").kind
    rows = claims().query("verdict == 'matches'")
    return rows[rows.check_source_id.map(kinds).isin(_FIRM)]


def questions() -> pd.DataFrame:
    """Published questions on which sources disagree."""
    return tables.load("conflicts").query("published")


def positions() -> pd.DataFrame:
    """Where at least two articles speak to a question: conflict_group, question, source_id, stand, reading.

    An article that says it in two ways takes the one adopted here, if it is among them.
    """
    readings = tables.load("readings").query("published and source_id in @ARTICLES").fillna({"adopted": False})
    readings = readings.sort_values("adopted", ascending=False, kind="stable").drop_duplicates(["conflict_group", "source_id"])
    rows = readings.merge(questions()[["conflict_group", "question", "outcome"]], on="conflict_group")
    rows = rows[rows.groupby("conflict_group").source_id.transform("size") >= 2]
    rows["stand"] = [SAME if r.adopted else OPEN if r.outcome == "unresolved" else DIFFERS for r in rows.itertuples()]
    return rows[["conflict_group", "question", "source_id", "stand", "reading"]].reset_index(drop=True)
