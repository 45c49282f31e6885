"""The box *How sure is this?*: closed while one reads the story, open for whoever asks, by link, by key, on paper and without script."""

import re

import pytest

from chokepoint.site.layout import fold_doubts, on_page

pytestmark = pytest.mark.xdist_group("browser")
OPEN = "document.querySelector('.cp-sure').open"


def test_the_list_of_sections_names_the_box_and_its_heading_holds_no_link():
    section = '<section id="how-sure-is-this">\n<h2>How sure is this?<a class="headerlink" href="#x">#</a></h2>\n<p>No.</p></section>'
    body = fold_doubts(f'<section id="a"><h2>A</h2></section><section id="b"><h2>B</h2></section>{section}')
    assert '<a href="#how-sure-is-this">How sure is this?</a>' in on_page(body)
    assert "<a" not in re.search(r"<summary>.*?</summary>", body)[0]
    assert fold_doubts("<p>No doubts.</p>") == "<p>No doubts.</p>"


@pytest.fixture
def chapter(site):
    """Address of a chapter with such a box, and the anchor of a part within it."""
    page = site / "01-dependence.html"
    inside = re.findall(r'<section id="([\w-]+)">', page.read_text(encoding="utf-8").split("cp-sure", 1)[1])
    return page.as_uri(), inside[0]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["how-sure-is-this", ""])
def test_a_link_to_the_box_or_into_it_opens_it_and_lands(browser, chapter, what):
    address, inside = chapter
    anchor = what or inside
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}#{anchor}")
    page.wait_for_function(OPEN)
    top = f"document.getElementById('{anchor}').getBoundingClientRect().top"
    page.wait_for_function(f"{top} > -2 && {top} < 400")
    page.evaluate("document.querySelector('.cp-sure').open = false; scrollTo(0, 0)")
    page.evaluate(f"document.querySelector('h1').innerHTML += ' <a id=again href=\"#{anchor}\">again</a>'")
    page.click("#again")
    page.wait_for_function(f"{OPEN} && {top} > -2 && {top} < 400")
    page.close()


@pytest.mark.slow
def test_the_box_opens_by_key_draws_its_charts_then_and_prints_open(browser, chapter):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(chapter[0])
    page.wait_for_function("window.chokepoint")
    assert not page.evaluate(OPEN)
    assert page.evaluate("document.querySelectorAll('.cp-sure .cp-chart svg[class*=marks]').length") == 0
    page.focus(".cp-sure > summary")
    page.keyboard.press("Enter")
    page.wait_for_function(OPEN)
    page.locator(".cp-sure .cp-chart").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.cp-sure .cp-chart :is(svg:not(.cp-room), canvas)')")
    page.keyboard.press("Escape")
    page.focus(".cp-sure > summary")
    page.keyboard.press("Space")
    page.wait_for_function(f"!{OPEN}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(OPEN)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate(OPEN)
    page.close()


@pytest.mark.slow
def test_without_script_the_box_opens_by_hand(browser, chapter):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(chapter[0])
    page.locator(".cp-sure > summary").click()
    assert page.locator(".cp-sure").get_attribute("open") is not None
    page.context.close()
