"""How the five articles fare against the sources: counts of claims, errors and questions."""

from functools import partial

from chokepoint.analysis import claims
from chokepoint.analysis.facts.registry import Answer, fact, in_words

_claims = partial(fact, unit="claims", text="{:.0f}")
_questions = partial(fact, unit="questions", text="{:.0f}")


def _count(number: float, *sources: str) -> Answer:
    return Answer(float(number), sources or claims.articles())


@fact(
    "accounts.articles",
    "Articles that this book began with",
    "articles",
    "{:.0f}",
    how="Rows of the table of seeds",
)
def articles() -> Answer:
    return _count(len(claims.outlets()))


@_claims("accounts.claims", "Claims taken from the articles", how="Published rows of the table of claims")
def all_claims() -> Answer:
    return _count(len(claims.claims()))


@_claims(
    "accounts.checked",
    "Of these, claims that were set against a source outside the articles",
    how="Verdict matches, was said, imprecise or wrong",
)
def checked() -> Answer:
    return _count(claims.verdicts()[list(claims.CHECKED)].to_numpy().sum())


VERDICTS = [{"verdict": verdict, "slug": verdict.replace(" ", "_")} for verdict in claims.VERDICTS]


@_claims(
    "accounts.{slug}",
    "Claims with the verdict {verdict}",
    how="Counted in the table of claims",
    each=VERDICTS,
)
def of_verdict(verdict: str) -> Answer:
    return _count(claims.verdicts()[verdict].sum())


@_claims(
    "accounts.{slug}_{seed}",
    "Claims of {short} with the verdict {verdict}",
    how="Counted in the table of claims",
    each=lambda: [
        verdict | {"article": article, "seed": article.lower(), "short": short}
        for verdict in VERDICTS
        for article, short in claims.outlets().short.items()
    ],
)
def of_verdict_and_article(verdict: str, article: str) -> Answer:
    return _count(claims.verdicts()[verdict][article], article)


@_claims(
    "accounts.matches_text",
    "Claims that match an official text or a data set",
    how="Verdict matches, checked against a source that is no report",
)
def matches_text() -> Answer:
    return _count(len(claims.matched_by_text()))


@fact(
    "accounts.errors",
    "Errors in the articles: claims that a source contradicts",
    "errors",
    "{:.0f}",
    how="Published rows of the table of errors, one for each claim whose verdict is wrong",
)
def errors() -> Answer:
    return _count(len(claims.errors()))


@fact(
    "accounts.errors_{slug}",
    "Of the errors in the five articles, {what}",
    "errors",
    how="Rows of the table of errors by kind",
    each=[
        {"slug": "that_matter", "what": "those that change the story", "kinds": claims.CHANGES_THE_STORY},
        {"slug": "done_deal", "what": "those that tell a proposal as done", "kinds": ("done deal",)},
        {"slug": "control", "what": "those that blame the wrong control", "kinds": ("wrong control",)},
        {"slug": "slips", "what": "slips and repetitions", "kinds": ("slip", "repeated")},
    ],
)
def errors_of_kind(kinds: tuple[str, ...]) -> Answer:
    number = len(claims.errors().query("kind in @kinds"))
    return Answer(float(number), claims.articles(), in_words(number))


@_questions(
    "accounts.questions",
    "Questions on which sources disagree",
    how="Published rows of the table of conflicts",
)
def questions() -> Answer:
    return _count(len(claims.questions()))


@_questions(
    "accounts.questions_{outcome}",
    "Of these, {so}",
    how="Outcome given in the table of conflicts",
    each=[
        {"outcome": "adopted", "so": "one reading adopted"},
        {"outcome": "both", "so": "both readings right, of different things"},
        {"outcome": "unresolved", "so": "not settled"},
    ],
)
def questions_by_outcome(outcome: str) -> Answer:
    return _count((claims.questions().outcome == outcome).sum())
