"""How the five articles fare against the sources: counts of claims, errors and questions."""

from chokepoint.analysis import claims
from chokepoint.analysis.facts import computed


def _count(
    fact_id: str, label: str, how: str, unit: str, count, sources: tuple[str, ...] = claims.ARTICLES
) -> None:
    computed(fact_id, label, unit, "{:.0f}", how)(lambda _release: (float(count()), sources))


def _of_verdict(verdict: str, article: str | None = None) -> int:
    table = claims.verdicts()
    return (table if article is None else table.loc[[article]])[verdict].sum()


_count(
    "accounts.articles",
    "Articles that this book began with",
    "Rows of the table of seeds",
    "articles",
    lambda: len(claims.outlets()),
)
_count(
    "accounts.claims",
    "Claims taken from the five articles",
    "Published rows of the table of claims",
    "claims",
    lambda: len(claims.claims()),
)
_count(
    "accounts.checked",
    "Of these, claims that were set against a source outside the five",
    "Verdict matches, was said, imprecise or wrong",
    "claims",
    lambda: claims.verdicts()[list(claims.CHECKED)].to_numpy().sum(),
)
for _verdict in claims.VERDICTS:
    _name = _verdict.replace(" ", "_")
    _count(
        f"accounts.{_name}",
        f"Claims with the verdict {_verdict}",
        "Counted in the table of claims",
        "claims",
        lambda v=_verdict: _of_verdict(v),
    )
    for _article, _short in claims.outlets().short.items():
        _count(
            f"accounts.{_name}_{str(_article).lower()}",
            f"Claims of {_short} with the verdict {_verdict}",
            "Counted in the table of claims",
            "claims",
            lambda v=_verdict, a=_article: _of_verdict(v, a),
            (_article,),
        )
_count(
    "accounts.errors",
    "Errors in the five articles: claims that a source contradicts",
    "Published rows of the table of errors, one for each claim whose verdict is wrong",
    "errors",
    lambda: len(claims.errors()),
)
_count(
    "accounts.matches_text",
    "Claims that match an official text or a data set",
    "Verdict matches, checked against a source that is no report",
    "claims",
    lambda: len(claims.matched_by_text()),
)
_count(
    "accounts.questions",
    "Questions on which sources disagree",
    "Published rows of the table of conflicts",
    "questions",
    lambda: len(claims.questions()),
)
for _outcome, _told in (
    ("adopted", "one reading adopted"),
    ("both", "both readings right, of different things"),
    ("unresolved", "not settled"),
):
    _count(
        f"accounts.questions_{_outcome}",
        f"Of these, {_told}",
        "Outcome given in the table of conflicts",
        "questions",
        lambda o=_outcome: (claims.questions().outcome == o).sum(),
    )
_count(
    "accounts.shared",
    "Questions to which at least two of the five articles speak",
    "Conflicts with readings of two articles or more",
    "questions",
    lambda: claims.stands().conflict_group.nunique(),
)
