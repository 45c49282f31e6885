"""The style of the story, read from the built pages: length, what is unknown, titles, links, and house style."""

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import built_prose
import pytest
from bs4 import BeautifulSoup
from sampled import of_each

from chokepoint.site.redirects import leads_on

HOME = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(p.stem for p in (HOME / "book").glob("[0-9]*.ipynb"))
STORY = ["index", *CHAPTERS]
MOST_WORDS, MOST_SCREENS, SCREEN = 11_000, 10, (1280, 800)
UNKNOWN_SHARE, TITLE_WORDS, BRIEF_SENTENCES = 0.03, 12, 3
QUOTATIONS = 15  # at least; how long one may be is asked of the table
# Paragraphs that assert nothing about the world that a source could bear: how to use a page, what a model does,
# our own judgement. By their first words, read one by one.
NO_SOURCE_NEEDED = (
    "Look up any mineral below",
    "The textbook has one product and one year.",
    "Cut imports yourself",
    "A text on paper meets a trade that exists",
    "What follows is our judgement",
    "They are ours and are not changed afterwards.",
    "Made on ",  # the state of the forecasts, computed from their table
)
# What the book never writes, outside quotations.
BANNED = {
    r"\d %": "no space before %",
    r"\w'\w": "a curly apostrophe",
    r"(?<![\w–-])-\d": "a true minus",
    r"\b(?:aluminum|cesium|percent|tons)\b": "British spelling, tonnes and %",
    r"\b(?:Czech Republic|Turkey|Republic of Korea|Emirates|Burma|DRC)\b": "one name a country",
    r"\b(?:draws|limbs|dry metric ton)\b": "no private shorthand",
    r"\b(?:it should be noted|needless to say|in order to|game[- ]changer|going forward)\b": "plain words",
}
# Of the words on the pages of a kind: at most this share in sentences that stand on more than half of them.
SAME_SHARE, KINDS = 0.35, ("minerals", "countries")
OWN_ROWS = r"\b(?:rows?|this book|claims?|dated events|readings|pages? of its own|tables?)\b"

pytestmark = pytest.mark.slow  # they read the built book


def same_everywhere(pages: list[Path]) -> tuple[float, list[str]]:
    """Return the share of the pages' words that stand in sentences of more than half of them, and these.

    A page's own name and its figures count as the same everywhere.
    """
    said = {page: [anonymous(s, page) for s in built_prose.sentences(page)] for page in pages}
    on = Counter(sentence for sentences in said.values() for sentence in set(sentences))
    words = Counter({s: len(s.split()) * times for s, times in Counter(chain(*said.values())).items()})
    same = [s for s, times in on.most_common() if times > len(pages) / 2]
    return sum(words[s] for s in same) / words.total(), same


def anonymous(sentence: str, page: Path) -> str:
    """Write a sentence without its page's name and its figures."""
    name = built_prose.text(built_prose.main(page).h1).split(" (")[0]
    return re.sub(r"\d[\d,.]*", "#", re.sub(re.escape(name), "…", sentence, flags=re.I))


def pages(site: Path) -> list[Path]:
    """The front page and the chapters."""
    return [site / f"{page}.html" for page in STORY]


def test_the_story_is_short(site):
    words = {page.stem: built_prose.words(page) for page in pages(site)}
    assert sum(words.values()) <= MOST_WORDS, words


def test_few_sentences_outside_the_boxes_say_that_something_is_unknown(site):
    every = [s for page in pages(site) for s in built_prose.sentences(page)]
    unknown = [s for s in every if built_prose.UNKNOWN.search(s)]
    assert len(unknown) <= UNKNOWN_SHARE * len(every), unknown


def test_every_unknown_that_was_told_stands_among_the_open_questions(site):
    there = set(re.findall(r'\bid="(open\.\w+)"', (site / "open-questions.html").read_text(encoding="utf-8")))
    told = (Path(__file__).parent / "fixtures" / "open_questions_told.txt").read_text(encoding="utf-8")
    asked = {line for line in told.splitlines() if not line.startswith("#")}
    assert len(asked) > 50 and asked <= there, asked - there


def test_people_speak_in_the_story(site):
    quoted = {
        a["href"].partition("#fact-")[2]
        for page in pages(site)
        for a in built_prose.main(page).select('a[href*="#fact-quote."]')
    }
    assert len(quoted) >= QUOTATIONS


@pytest.mark.parametrize("page", STORY)
def test_a_chart_s_title_is_one_claim_of_twelve_words(site, page):
    assert [t for t in built_prose.titles(site / f"{page}.html") if len(t.split()) > TITLE_WORDS] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_in_brief_is_three_sentences_about_the_world(site, page):
    brief = built_prose.main(site / f"{page}.html").select(".cp-brief li")
    assert len(brief) == BRIEF_SENTENCES
    assert [built_prose.text(s) for s in brief if re.search(OWN_ROWS, built_prose.text(s))] == []


@pytest.mark.parametrize("page", STORY)
def test_a_paragraph_about_the_world_links_to_its_evidence(site, page):
    bare = [
        built_prose.text(p)
        for p in built_prose.paragraphs(site / f"{page}.html")
        if p.name == "p" and not p.find("a")
    ]
    assert [p for p in bare if not p.startswith(NO_SOURCE_NEEDED)] == []


@pytest.mark.parametrize("page", STORY)
def test_house_style(site, page):
    words = "\n".join(map(built_prose.text, built_prose.paragraphs(site / f"{page}.html")))
    words = re.sub(r"“[^”]*”", "“”", words)
    found = [
        (why, words[max(0, m.start() - 30) : m.end() + 20])
        for r, why in BANNED.items()
        for m in re.finditer(r, words)
    ]
    assert found == []


@pytest.mark.parametrize("page", STORY)
def test_a_reader_can_judge_every_link_and_name(site, page):
    """No link reads as a number of a source, no setting as code, and the Department is not the state."""
    article = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser").main
    assert [
        a["href"] for a in article.select("a") if re.fullmatch(r"\W*(?:S|M|SEED)\d+\W*", a.get_text())
    ] == []
    assert [s.get_text() for s in article.select(".cp-setting") if "_" in s.get_text()] == []
    said = " ".join(block.get_text(" ") for block in article.select("p, li"))
    said = re.sub(r"(?:Secretary|Department) of State", "", said)
    assert re.findall(r".{30}\bState\b(?! (?:Department|Council)).{20}", said) == []


def test_no_sum_is_told_finer_than_the_price_it_rests_on(site):
    """The model shows no price of gallium: what its buyers and taxpayers pay is told to one digit."""
    page = BeautifulSoup((site / "07-futures.html").read_text(encoding="utf-8"), "html.parser")
    paid = [c.get_text() for row in page.select(".cp-stories-told tbody tr") for c in row.select("td")[-3:-1]]
    assert len(paid) > 5 and [sum_ for sum_ in paid if not re.fullmatch(r"0|about −?[1-9][0,]*", sum_)] == []
    figures = [
        cell.get_text()
        for row in page.select("[data-figure][data-unit^='US$ million']")
        for cell in row.select("td")[:2]
    ]
    assert figures and all(re.fullmatch(r"0|about −?[1-9][0,]*", sum_) for sum_ in figures), figures


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_made_for_many_speaks_of_its_own_subject(site, kind):
    share, same = same_everywhere(sorted(p for p in (site / kind).glob("*.html") if not leads_on(p)))
    assert share <= SAME_SHARE, same


def test_no_sentence_of_the_story_stands_twice(site):
    every = [s for page in pages(site) for s in built_prose.sentences(page) if len(s.split()) > 7]
    assert sorted({s for s in every if every.count(s) > 1}) == []


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("page", of_each("ten screens", STORY, lambda page: page == "index", 4))
def test_a_chapter_is_at_most_ten_screens_long(address, browser, page):
    width, height = SCREEN
    tab = browser.new_context(viewport={"width": width, "height": height}).new_page()
    tab.goto(f"{address}/{page}.html")
    tab.evaluate("window.chokepoint ? chokepoint.drawAll().then(() => 1) : 1")
    assert tab.evaluate("document.querySelector('main').scrollHeight") <= MOST_SCREENS * height
    tab.context.close()


@pytest.mark.xdist_group("groups")
def test_tests_of_a_group_run_in_one_process(request):
    """Else each process makes what they share, and the suite takes half as long again: a pytest too new for pytest-xdist does that."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@groups")
