"""The search: forty questions as readers ask them, in two browsers, from a folder; suggestions; other names."""

import firefox
import pytest

from chokepoint.site.search import names, sections

# What is typed, and the pages (or numbers of the evidence) that may come first.
QUESTIONS = {
    "gallium": ["minerals/gallium"],
    "galium": ["minerals/gallium"],
    "germanum": ["minerals/germanium"],
    "litihum": ["minerals/lithium"],
    "Turkey": ["countries/turkiye"],
    "turkiye": ["countries/turkiye"],
    "Türkiye boron": ["countries/turkiye", "minerals/boron"],
    "columbium": ["minerals/niobium"],
    "wolfram": ["minerals/tungsten"],
    "aluminum": ["minerals/aluminum"],
    "cesium": ["minerals/cesium"],
    "coking coal": ["minerals/metallurgical_coal"],
    "DRC": ["countries/dr-congo"],
    "Burma": ["countries/myanmar"],
    "Mg": ["minerals/magnesium"],
    "Nd": ["minerals/rare_earths#neodymium"],
    "UK": ["countries/united-kingdom"],
    "镓": ["minerals/gallium"],
    "レアアース": ["minerals/rare_earths"],
    "刚果民主共和国": ["countries/dr-congo"],
    "アルゼンチン": ["countries/argentina"],
    "what did argentina sign": ["countries/argentina"],
    "did the European Union sign anything": ["countries/european-union", "05-frameworks"],
    "days the vault lasts if gallium is cut": ["minerals/gallium", "04-project-vault"],
    "cobalt in the DRC": ["countries/dr-congo", "minerals/cobalt"],
    "EXIM loan": ["evidence#fact-vault.exim_loan", "04-project-vault"],
    "how would a price floor work": ["03-price-floor"],
    "who came to Washington": ["02-ministerial"],
    "does it work?": ["10-does-it-work"],
    "what has happened since february": ["08-since-february"],
    "where do the articles differ": ["09-disagreements"],
    "rock to motor": ["rock-to-motor"],
    "what would you do": ["07-futures"],
    "glossary": ["glossary"],
    "Supreme Court": ["08-since-february"],
    "open questions": ["open-questions"],
    "rerun it with newer data": ["rerun"],
    "how has china answered": ["06-china-responses"],
    "models against the world": ["validation"],
    "list of sources": ["sources"],
}
# Forty more, by a reader who did not know how the search answers.
READERS = {
    "gallium": ["minerals/gallium"],
    "tungsten": ["minerals/tungsten"],
    "wolfram": ["minerals/tungsten"],
    "coltan": ["minerals/tantalum"],
    "bauxite": ["minerals/aluminum"],
    "aluminium": ["minerals/aluminum"],
    "terbium": ["minerals/rare_earths#terbium"],
    "rare earths": ["minerals/rare_earths"],
    "germainum": ["minerals/germanium"],
    "dyprosium": ["minerals/rare_earths#dysprosium"],
    "kazakstan": ["countries/kazakhstan"],
    "phillipines": ["countries/philippines"],
    "Burma": ["countries/myanmar"],
    "DRC": ["countries/dr-congo"],
    "Turkey": ["countries/turkiye"],
    "Holland": ["countries/netherlands"],
    "UAE": ["countries/united-arab-emirates"],
    "South Korea": ["countries/south-korea"],
    "EU": ["countries/european-union"],
    "稀土": ["minerals/rare_earths"],
    "レアアース": ["minerals/rare_earths"],
    "日本": ["countries/japan", "brief-ja"],
    "project vault": ["04-project-vault"],
    "price floor": ["03-price-floor"],
    "who pays for the price floor?": ["03-price-floor"],
    "which countries signed": ["05-frameworks", "02-ministerial"],
    "why did Denmark and Greenland not come": ["02-ministerial"],
    "is it legally binding": ["05-frameworks"],
    "when does the truce with China end": ["08-since-february"],
    "how long would the stockpile last": ["04-project-vault"],
    "how is a magnet made": ["rock-to-motor"],
    "JD Vance": ["02-ministerial"],
    "Ian Lange": ["05-frameworks", "03-price-floor"],
    "FORGE": ["glossary#forge", "02-ministerial"],
    "EXIM bank": ["glossary#exim", "04-project-vault"],
    "Ford factory shutdown magnets": ["01-dependence"],
    "2010 fishing boat Senkaku": ["01-dependence"],
    "MP Materials $110": ["evidence#fact-mp.price_floor", "03-price-floor"],
    "Section 232": ["glossary#section-232", "08-since-february"],
    "what is net import reliance": ["glossary#net-import-reliance"],
}
FIRST = """async (asked) => { await chokepointSearch.load(); return asked.map((one) => chokepointSearch.search(one)[0]?.address ?? ""); }"""


def wrong(first: list[str], questions: dict[str, list[str]] = QUESTIONS) -> list[str]:
    """What was asked and what came first, where that is not the right page."""
    told = [address.rpartition("/html/")[2].replace(".html", "") for address in first]
    return [
        f"{asked}: {page}"
        for (asked, pages), page in zip(questions.items(), told, strict=True)
        if page not in pages and page.partition("#")[0] not in pages
    ]


@pytest.mark.slow
def test_nine_of_ten_questions_find_the_right_page_first(site, visit):
    page = visit(f"{site.as_uri()}/search.html").page
    for questions in (QUESTIONS, READERS):
        missed = wrong(page.evaluate(FIRST, list(questions)), questions)
        assert len(questions) == 40 and len(missed) <= 4, missed


@pytest.mark.slow
def test_they_do_in_firefox_too(site):
    path = firefox.executable()
    if path is None:
        pytest.skip(firefox.NONE_HERE)
    tab = firefox.Firefox(path)
    try:
        tab.open(f"{site.as_uri()}/search.html")
        missed = wrong(tab.evaluate(f"({FIRST})({list(QUESTIONS)!r})"))
        assert len(missed) <= 4 and not tab.complaints, (missed, tab.complaints)
    finally:
        tab.close()


@pytest.mark.slow
def test_results_stand_apart_by_kind_each_with_the_sentence_that_hits(site, visit):
    opened = visit(f"{site.as_uri()}/search.html?q=what+did+argentina+sign", width=360)
    page = opened.page
    page.locator("#search-results a").first.wait_for()
    kinds = page.locator(".cp-hits h2").all_inner_texts()
    assert kinds[0] == "Countries" and {"Pages", "Numbers"} <= set(kinds)
    first = page.locator(".cp-hits li").first
    assert "signed a framework" in first.locator("p").inner_text()
    assert {"Argentina", "signed"} <= set(first.locator("p mark").all_inner_texts())
    assert not opened.complaints and not opened.violations()


@pytest.mark.slow
def test_suggestions_come_while_typing_and_are_taken_by_keyboard(site, visit):
    """Nothing of the search is loaded before; a slip and another name are understood."""
    opened = visit(f"{site.as_uri()}/index.html", width=360)
    assert not any("search" in address for address in opened.requests)
    box = opened.page.get_by_role("combobox", name="Search the book")
    box.press_sequentially("columbium")
    opened.page.get_by_role("option", name="Niobium").first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    box.fill("galium")
    opened.page.get_by_role("option", name="Gallium").first.wait_for()
    box.press("ArrowDown")
    assert (
        opened.page.locator(f"#{box.get_attribute('aria-activedescendant')}")
        .inner_text()
        .startswith("Gallium")
    )
    box.press("Enter")
    opened.page.wait_for_url("**/minerals/gallium.html")
    assert not opened.complaints


def test_names_lead_to_pages_that_there_are():
    """The book may be printed without some; a symbol is that of the minerals' table."""
    found = names(["minerals/tin", "countries/turkiye"])
    assert ["minerals/tin", "Sn", "symbol"] in found and ["countries/turkiye", "Turkey", "country"] in found
    assert {page for page, _, kind in found if kind != "word"} == {"minerals/tin", "countries/turkiye"}


def test_other_names_of_what_shares_a_page_lead_to_its_place_there():
    found = names(["minerals/rare_earths"])
    assert ["minerals/rare_earths#terbium", "Tb", "symbol"] in found
    assert "minerals/terbium" not in {page for page, _, _ in found}


def test_what_is_folded_code_or_a_picture_is_no_sentence():
    read = sections(
        '<h1>Tin</h1><svg><text>no</text></svg><summary>Code</summary><h2 id="a">Who</h2><p>Peru.</p>'
    )
    assert read == [["a", "Who", "Peru."]]
