"""The book at the release before: a set of pages of every kind is computed there, and what moved is named."""

import pytest

from chokepoint.analysis import difference, facts
from chokepoint.data import tables
from chokepoint.pages import (
    country,
    dependence,
    frameworks,
    mineral,
    price_floor,
    project_vault,
    what_changed,
)
from chokepoint.pages.components.brief import Brief

NOW, BEFORE = tables.DEFAULT_RELEASE, difference.before(tables.DEFAULT_RELEASE)
PARTS_OF_A_MINERAL = [name for name in mineral.__all__ if name not in ("makers",)]


def text(part) -> str:
    return " ".join(facts.linked(s, part.release) for s in part.sentences)


@pytest.mark.parametrize("release", [NOW, BEFORE])
@pytest.mark.parametrize(
    "code", ["gallium", "silicon", "scandium", "thulium", "boron", "cesium", "uranium", "rare_earths"]
)
def test_a_mineral_page_is_made_at_either_release(code, release):
    assert 1 <= len(mineral.brief(code, release).sentences) <= 5
    for name in PARTS_OF_A_MINERAL:
        part = getattr(mineral, name)(code, release)
        if part is not None and hasattr(part, "sentences") and not isinstance(part, Brief):
            assert part.figure or part.items or part.after or text(part).strip(), f"{name} is empty"


@pytest.mark.parametrize("release", [NOW, BEFORE])
@pytest.mark.parametrize(
    "name", ["argentina", "bahrain", "china", "cook-islands", "united-states", "european-union"]
)
def test_a_country_page_is_made_at_either_release(name, release):
    assert "{" not in text(country.brief(name, release))
    for part in (
        "brings",
        "signed",
        "standing",
        "controls",
        "money",
        "events",
        "unanswered_questions",
        "read_on",
    ):
        made = getattr(country, part)(name, release)
        assert made is None or made.html()


@pytest.mark.parametrize("chapter", [frameworks, price_floor, project_vault])
def test_sentences_and_charts_of_a_chapter_follow_the_release(chapter):
    assert chapter.brief(BEFORE).release == BEFORE
    assert chapter.lead(BEFORE).title
    assert text(chapter.brief(BEFORE)) != text(chapter.brief(NOW))


def test_the_chart_of_the_first_chapter_follows_the_release():
    """Its sentences are of the IEA and of the record, which are one at every release of USGS."""
    assert dependence.brief(BEFORE).release == BEFORE
    assert not dependence.lead(BEFORE).table.equals(dependence.lead(NOW).table)


def test_what_changed_compares_with_the_edition_before_and_says_so_of_the_oldest():
    oldest = tables.releases()[0]
    assert BEFORE == tables.releases()[-2] and difference.before(oldest) is None
    assert (
        "oldest edition" in what_changed.brief(None, oldest).html()
        and what_changed.lead(None, oldest) is None
    )
    assert all(
        "<table" not in part(None, oldest).html()
        for part in (what_changed.sentences, what_changed.numbers, what_changed.series)
    )


def test_a_year_in_the_prose_is_that_of_the_release():
    assert [facts.get("rare_earths.year_mined", r).text for r in (NOW, BEFORE)] == ["2025", "2024"]


def test_shares_that_rounding_would_make_nothing_or_everything_say_so(monkeypatch):
    assert facts.get("gallium.inside_refined").text == "under 1%"
    monkeypatch.setattr(mineral.lead_prose, "is_borne_out", lambda *of: False)
    assert text(mineral.brief("cobalt", NOW)).startswith("China mines only very little (under 1%)")
