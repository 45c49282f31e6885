"""How articles fare beside the sources, on claims, readings and questions made up for it."""

import pytest

from chokepoint.analysis import claims
from chokepoint.analysis.facts import claims as facts


@pytest.fixture
def accounts(made_up):
    made_up.put("seeds", [{"source_id": "SEED2", "short": "Two"}, {"source_id": "SEED1", "short": "One"}])
    made_up.put(
        "sources", [{"source_id": "G", "kind": "primary government"}, {"source_id": "N", "kind": "news"}]
    )

    def claim(number, article, verdict, source="G", published=True):
        return {
            "claim_id": f"C{number}",
            "source_id": article,
            "verdict": verdict,
            "check_source_id": source,
            "published": published,
        }

    made_up.put(
        "claims",
        [
            claim(1, "SEED1", "matches"),
            claim(2, "SEED1", "matches", "N"),
            claim(3, "SEED1", "wrong"),
            claim(4, "SEED2", "matches"),
            claim(5, "SEED2", "unchecked", None),
            claim(6, "SEED2", "wrong", published=False),
            claim(7, "S100", "wrong"),  # no article of the five
            claim(8, "SEED2", "not checkable", None),
        ],
    )
    error = {"seed_id": "SEED1", "published": True, "kind": "slip"}
    made_up.put("errors", [error, error | {"published": False}, error | {"seed_id": "S100"}])


def test_published_claims_of_the_articles_are_counted_by_verdict(accounts):
    table = claims.verdicts()
    assert list(table.index) == ["SEED1", "SEED2"] and list(table.columns) == list(claims.VERDICTS)
    assert table.loc["SEED1"].to_dict() == dict.fromkeys(claims.VERDICTS, 0) | {"matches": 2, "wrong": 1}
    assert table.loc["SEED2", ["matches", "unchecked", "not checkable", "wrong"]].tolist() == [1, 1, 1, 0]
    assert len(claims.errors()) == 1 and len(claims.matched_by_text()) == 2


def test_a_count_of_one_article_rests_on_it_and_a_count_of_all_on_all(accounts):
    one = facts.of_verdict_and_article("matches", "SEED1")
    assert (one.value, tuple(one.sources)) == (2, ("SEED1",))
    every = facts.of_verdict("matches")
    assert (every.value, tuple(every.sources)) == (3, ("SEED1", "SEED2"))
    assert facts.all_claims().value == 6 and facts.checked().value == 4
    assert facts.matches_text().value == 2 and facts.errors().value == 1 and facts.articles().value == 2
    slips = facts.errors_of_kind(("slip", "repeated"))
    assert (slips.value, slips.text, tuple(slips.sources)) == (1, "one", ("SEED1", "SEED2"))
    assert facts.errors_of_kind(("done deal",)).text == "zero"


def reading(group: str, article: str, adopted: bool | None, text: str = "", published: bool = True) -> dict:
    return {
        "conflict_group": group,
        "source_id": article,
        "adopted": adopted,
        "reading": text or f"{article} on {group}",
        "published": published,
    }


@pytest.fixture
def stands(accounts, made_up):
    question = {"published": True}
    made_up.put(
        "conflicts",
        [
            question | {"conflict_group": "settled", "question": "Which?", "outcome": "adopted"},
            question | {"conflict_group": "open", "question": "Who?", "outcome": "unresolved"},
            question | {"conflict_group": "both", "question": "When?", "outcome": "unresolved"},
            question | {"conflict_group": "alone", "question": "Why?", "outcome": "adopted"},
            {"published": False, "conflict_group": "kept", "question": "What?", "outcome": "adopted"},
        ],
    )
    made_up.put(
        "readings",
        [
            reading("settled", "SEED1", False, "rounded"),
            reading("settled", "SEED1", True, "as it is"),  # in two ways: the one that is adopted counts
            reading("settled", "SEED2", False),
            reading("settled", "S100", True),
            reading("open", "SEED1", None),
            reading("open", "SEED2", False),
            reading("both", "SEED1", True),
            reading("both", "SEED2", None),
            reading("alone", "SEED1", True),
            reading("alone", "SEED2", True, published=False),
            reading("kept", "SEED1", True),
            reading("kept", "SEED2", True),
        ],
    )
    return claims.positions().set_index(["conflict_group", "source_id"])


def test_where_an_article_stands_is_as_adopted_otherwise_or_not_settled(stands):
    assert stands.stand.to_dict() == {
        ("settled", "SEED1"): claims.SAME,
        ("settled", "SEED2"): claims.DIFFERS,
        ("open", "SEED1"): claims.OPEN,
        ("open", "SEED2"): claims.OPEN,
        ("both", "SEED1"): claims.SAME,
        ("both", "SEED2"): claims.OPEN,
    }


def test_an_article_that_says_it_in_two_ways_takes_the_one_adopted_here(stands):
    assert stands.reading["settled", "SEED1"] == "as it is"
    assert stands.question["settled", "SEED2"] == "Which?"


def test_questions_are_counted_by_their_outcome(stands):
    counts = {
        outcome: facts.questions_by_outcome(outcome).value for outcome in ("adopted", "both", "unresolved")
    }
    assert counts == {"adopted": 2, "both": 0, "unresolved": 2}
    assert facts.questions().value == 4
