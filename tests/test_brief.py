"""The brief: one page, the same numbers in five languages, and no translation that outlives its verdict."""

import re
from pathlib import Path

import pytest

from chokepoint.analysis import facts, verdict
from chokepoint.pages import front_page

BOOK = Path(__file__).resolve().parents[1] / "book"
LANGUAGES = {"fr": "fr", "es": "es", "zh": "zh-Hans", "ja": "ja"}


def told(page: str) -> set[str]:
    """Ids of the facts that a page links."""
    return set(re.findall(r"evidence\.md#([\w.]+)", (BOOK / page).read_text(encoding="utf-8")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_tells_the_numbers_of_the_english_page(language):
    english = told("brief.md") | {
        fact_id
        for point in front_page.points("mcs2026")
        for text in (point.number, point.said)
        for fact_id in re.findall(r"\{([\w.]+)\}", text)
    }
    count = {"frameworks.texts", "frameworks.texts_binding"}  # "0 of 22", which a sentence says in words
    said_in_english = {fact_id for fact_id in english if fact_id.startswith("quote.")}
    assert told(f"brief-{language}.md") == english - count - said_in_english


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_its_language_and_the_verdict_it_was_made_for(language):
    words = (BOOK / f"brief-{language}.md").read_text(encoding="utf-8")
    assert f'<div lang="{LANGUAGES[language]}">' in words
    [standings] = re.findall(r"^```\{translated\} (.+)$", words, re.M)
    assert front_page.still_true(standings), "the verdict has moved: translate anew"


def test_a_translation_that_the_data_have_overtaken_says_so(monkeypatch):
    made_for = ", ".join(test.standing for test in verdict.tests())
    assert front_page.still_true(made_for)
    monkeypatch.setattr(verdict, "supply", lambda: verdict.PART)
    assert not front_page.still_true(made_for)


@pytest.mark.parametrize(
    ("text", "fact_id"),
    [
        ("120亿美元", "vault.total"),
        ("4 avril 2025", "controls.april_licences"),
        ("2025年4月4日", "controls.april_licences"),
    ],
)
def test_numbers_and_days_are_read_as_other_languages_write_them(text, fact_id):
    assert facts.agrees(text, facts.get(fact_id))
    assert not facts.agrees(text.replace("4", "5").replace("12", "13"), facts.get(fact_id))


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("page", ["brief", *(f"brief-{language}" for language in LANGUAGES)])
def test_the_brief_prints_on_one_sheet(address, browser, page):
    from io import BytesIO

    from pypdf import PdfReader

    tab = browser.new_context().new_page()
    tab.goto(f"{address}/{page}.html")
    paper = PdfReader(BytesIO(tab.pdf(format="A4")))
    assert len(paper.pages) == 1
    tab.context.close()
