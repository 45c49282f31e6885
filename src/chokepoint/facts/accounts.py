"""How the five articles fare against the sources: counts of claims, errors and questions."""

from chokepoint.facts import computed
from chokepoint.measures import accounts


def _count(fact_id: str, label: str, how: str, unit: str, count, sources: tuple[str, ...] = accounts.ARTICLES) -> None:
    computed(fact_id, label, unit, "{:.0f}", how)(lambda _release: (float(count()), sources))


def _of_verdict(verdict: str, article: str | None = None) -> int:
    table = accounts.verdicts()
    return (table if article is None else table.loc[[article]])[verdict].sum()


_count("accounts.articles", "Articles that this book began with", "Rows of the table of seeds", "articles", lambda: len(accounts.outlets()))
_count(
    "accounts.claims",
    "Claims taken from the five articles",
    "Published rows of the table of claims",
    "claims",
    lambda: len(accounts.claims()),
)
_count(
    "accounts.checked",
    "Of these, claims that were set against a source outside the five",
    "Verdict matches, was said, imprecise or wrong",
    "claims",
    lambda: accounts.verdicts()[list(accounts.CHECKED)].to_numpy().sum(),
)
for _verdict in accounts.VERDICTS:
    _name = _verdict.replace(" ", "_")
    _count(
        f"accounts.{_name}",
        f"Claims with the verdict {_verdict}",
        "Counted in the table of claims",
        "claims",
        lambda v=_verdict: _of_verdict(v),
    )
    for _article, _short in accounts.outlets().short.items():
        _count(
            f"accounts.{_name}_{_article.lower()}",
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
    lambda: len(accounts.errors()),
)
_count(
    "accounts.matches_text",
    "Claims that match an official text or a data set",
    "Verdict matches, checked against a source that is no report",
    "claims",
    lambda: len(accounts.matched_by_text()),
)
_count(
    "accounts.questions",
    "Questions on which sources disagree",
    "Published rows of the table of conflicts",
    "questions",
    lambda: len(accounts.questions()),
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
        lambda o=_outcome: (accounts.questions().outcome == o).sum(),
    )
_count(
    "accounts.shared",
    "Questions to which at least two of the five articles speak",
    "Conflicts with readings of two articles or more",
    "questions",
    lambda: accounts.positions().conflict_group.nunique(),
)
