"""The page in the hand and its type: tables as cards and in parts, a header that stays, code when asked for, fonts of its own."""

import html
import re
from pathlib import Path

import pytest

from chokepoint.charts import theme

pytestmark = pytest.mark.xdist_group("browser")
STATIC = Path(__file__).resolve().parents[1] / "book" / "_static"
PHONE = 360  # px
SHOWN = (
    "[...document.querySelectorAll('table.cp-list tbody tr')].filter((row) => row.checkVisibility()).length"
)
PARTS = "[...document.querySelectorAll('table.cp-parts > tbody')].map((part) => [...part.rows].map((row) => row.id))"
BAR = "document.querySelector('.cp-top').getBoundingClientRect().bottom"


def test_two_fonts_weigh_little_and_come_with_their_licence():
    fonts = sorted((STATIC / "fonts").glob("*.woff2"))
    assert [font.stem for font in fonts] == ["chokepoint-sans", "chokepoint-serif"]
    assert sum(font.stat().st_size for font in fonts) <= 90_000
    licence = (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and licence.count("Reserved Font Name") >= 2


def test_page_and_charts_name_the_same_font():
    style = (STATIC / "chokepoint.css").read_text(encoding="utf-8")
    text = re.search(r'--cp-text: "([^"]+)"', style)[1]
    assert theme.FONT.startswith(f"'{text}'")
    assert style.count(f'@font-face {{ font-family: "{text}"; src: url(') == 1
    assert style.count("font-display: swap") == 2


@pytest.mark.slow
def test_a_page_from_a_folder_is_set_in_its_own_fonts(site, visit):
    seen = visit(f"{site.as_uri()}/04-project-vault.html", width=PHONE)
    loaded = "document.fonts.ready.then(() => [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family))"
    assert {"Chokepoint Sans", "Chokepoint Serif"} <= {name.strip('"') for name in seen.page.evaluate(loaded)}
    assert not seen.complaints and all(
        address.startswith(("file:", "blob:", "data:")) for address in seen.requests
    )


@pytest.mark.slow
def test_a_link_to_a_row_opens_its_part_and_the_rest_comes_when_asked_for(site, visit):
    listed = (site / "evidence.html").read_text(encoding="utf-8").partition("cp-parts")[2]
    second, rows = listed.split("<tbody>")[2], listed.count("<tr id=")
    fact = html.unescape(re.search(r'<tr id="([^"]+)"', second)[1])  # the first of the part
    page = visit(f"{site.as_uri()}/evidence.html#{fact}", width=PHONE, drawn=False).page
    more = page.locator(".cp-more-rows button")
    said = page.locator(".cp-more-rows span")
    first, linked, *waiting = page.evaluate(PARTS)
    assert len(linked) == len(first) and not any(
        waiting
    )  # no row of another part is read before it is asked for
    assert page.evaluate(BAR) <= page.locator(f"[id='{fact}']").bounding_box()["y"] < 300
    assert linked[0] == fact
    assert (shown := page.evaluate(SHOWN)) == len(first) + len(linked) < rows
    assert said.inner_text() == f"{shown:,} of {rows:,} rows"
    more.first.click()
    third = page.evaluate(PARTS)[2]
    assert len(third) == len(first) and page.evaluate(SHOWN) == shown + len(third)
    page.locator(".cp-search").get_by_label("Search").fill("vault")
    found = int(page.locator(".cp-search output").inner_text().split()[0])
    assert page.evaluate(SHOWN) <= found < rows
    page.locator(".cp-search").get_by_label("Search").fill("")
    assert page.evaluate(PARTS)[:3] == [first, linked, third]
    assert (
        said.inner_text() == f"{page.evaluate(SHOWN):,} of {rows:,} rows"
    )  # the linked row's part is among them
    more.last.click()
    assert page.evaluate(SHOWN) == rows and more.first.is_hidden()
    page.get_by_role("button", name="Value").click()
    assert page.evaluate(SHOWN) < rows


@pytest.mark.slow
def test_an_address_that_is_no_text_leaves_a_list_as_it_is(site, visit):
    seen = visit(f"{site.as_uri()}/evidence.html#%", width=PHONE, drawn=False)
    seen.page.locator(".cp-more-rows button").first.click()
    assert len(seen.page.evaluate(PARTS)[1]) > 0 and not seen.complaints


@pytest.mark.slow
def test_a_sorted_list_has_its_order_and_its_parts_again_when_a_search_is_cleared(site, visit):
    page = visit(f"{site.as_uri()}/sources.html", drawn=False).page
    page.add_init_script(  # a list with few rows in its last part, before the script of lists sees it
        """document.addEventListener("readystatechange", () => {
          const later = document.querySelector("noscript.cp-later"), [, second, third] = later.textContent.split("<tbody>");
          later.textContent = `<tbody>${second}<tbody>${third.split("</tr>").slice(0, 5).join("</tr>")}</tr></tbody>`;
        }, { once: true })"""
    )
    page.reload()
    search = page.locator(".cp-search").get_by_label("Search")
    search.fill("a")
    search.fill("")  # all parts are read
    printed = page.evaluate(PARTS)
    assert len(printed) == 3 and len(printed[2]) == 5
    page.locator("table.cp-parts th button").nth(1).click()
    page.locator("table.cp-parts th button").first.click()
    page.locator("table.cp-parts th button").first.click()
    before = page.evaluate(PARTS)
    assert before != printed and [*map(len, before)] == [*map(len, printed)]
    of_later = page.locator(f"[id='{before[1][-1]}'] td").first.text_content()
    search.fill(of_later.strip())
    assert page.evaluate(PARTS) != before
    search.fill("")
    assert page.evaluate(PARTS) == before


@pytest.mark.slow
def test_paper_and_a_browser_without_script_show_every_row(site, browser, visit):
    page = visit(f"{site.as_uri()}/sources.html", width=PHONE, drawn=False).page
    rows = (site / "sources.html").read_text(encoding="utf-8").count('<tr id="source-')
    assert 0 < page.evaluate(SHOWN) < rows
    page.emulate_media(media="print")
    page.wait_for_function(f"() => {SHOWN} === {rows}")
    plain = browser.new_context(java_script_enabled=False, viewport={"width": PHONE, "height": 740})
    tab = plain.new_page()
    tab.goto(f"{site.as_uri()}/sources.html")
    assert tab.locator("table.cp-list tbody tr").count() == rows
    assert tab.locator("table.cp-list tbody tr").last.is_visible()
    plain.close()


@pytest.mark.slow
def test_on_a_phone_a_row_is_a_card_that_names_its_cells_and_stays_a_row(site, visit):
    page = visit(f"{site.as_uri()}/06-china-responses.html", width=PHONE, drawn=False).page
    table = page.get_by_role("table", name="").and_(page.locator(".cp-cards")).first
    heads = [head.inner_text().strip() for head in table.get_by_role("columnheader").all()]
    cells = table.get_by_role("row").nth(1).get_by_role("cell")
    assert cells.count() == len(heads) > 2
    named = [cell.get_attribute("data-head") for cell in cells.all()]
    assert named[0] is None and set(named[1:]) <= {*heads, None}
    left = [cell.bounding_box()["x"] for cell in cells.all() if cell.is_visible()]
    assert len(set(left)) == 1  # one below the other
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


@pytest.mark.slow
def test_a_wide_table_keeps_its_first_column(site, visit):
    page = visit(f"{site.as_uri()}/minerals.html", width=PHONE, drawn=False).page
    first = page.locator("table.cp-index tbody tr").first.locator("td").first
    before = first.bounding_box()["x"]
    page.locator(".cp-scroll").evaluate("(box) => { box.scrollLeft = 300; }")
    assert first.bounding_box()["x"] == before


@pytest.mark.slow
def test_contents_and_search_are_at_hand_anywhere_on_a_phone(site, visit):
    page = visit(f"{site.as_uri()}/05-frameworks.html", width=PHONE, drawn=False).page
    heading = page.locator(".bd-article h2[id], .bd-article section[id] > h2").last
    anchor = heading.evaluate("(h) => h.id || h.parentElement.id")
    page.evaluate("(anchor) => { location.hash = anchor; }", anchor)
    page.wait_for_function(
        "(a) => Math.abs(document.getElementById(a).getBoundingClientRect().top) < 200", arg=anchor
    )
    assert page.evaluate(BAR) <= page.evaluate(
        "(a) => document.getElementById(a).getBoundingClientRect().top", anchor
    )
    at = page.evaluate("scrollY")
    assert at > 2000
    search = page.get_by_role("combobox", name="Search the book").bounding_box()
    assert 0 <= search["y"] < 60 and search["height"] >= 38
    page.get_by_role("button", name="Contents").click()
    first = page.locator("#cp-book a").first.bounding_box()
    assert page.evaluate(BAR) <= first["y"] < 740 and page.evaluate("scrollY") == at
    page.keyboard.press("Escape")
    assert page.locator("#cp-book").is_hidden()


@pytest.mark.slow
def test_code_is_shown_by_one_switch_and_then_on_the_next_page(site, visit):
    page = visit(f"{site.as_uri()}/03-price-floor.html", drawn=False).page
    code = page.locator("div.cell > details.hide:not(.cp-sure *)")
    assert code.count() > 5 and not any(box.is_visible() for box in code.all())
    page.get_by_role("button", name="Show the code").click()
    assert all(box.is_visible() and box.get_attribute("open") is not None for box in code.all())
    page.goto(f"{site.as_uri()}/04-project-vault.html")
    assert page.locator("div.cell > details.hide pre").first.is_visible()


@pytest.mark.slow
def test_a_picture_that_is_saved_carries_its_font(site, visit):
    page = visit(f"{site.as_uri()}/03-price-floor.html", drawn=False).page
    page.evaluate("document.documentElement.classList.add('cp-fallback-fonts')")  # as on a first visit
    page.get_by_role("button", name=re.compile("^Chart menu")).first.click()
    with page.expect_download() as caught:
        page.get_by_role("menuitem", name="Save the picture (SVG)").click()
    picture = caught.value.path().read_text(encoding="utf-8")
    carried = set(re.findall(r"@font-face\{font-family:'([^']+)'", picture))
    named = [html.unescape(families) for families in re.findall(r'font-family="([^"]*)"', picture)]
    assert carried == {"Chokepoint Sans", "Chokepoint Serif"}
    assert {families.split(",")[0].strip("'\" ") for families in named} == carried


@pytest.mark.slow
def test_a_long_table_of_numbers_is_read_when_it_is_unfolded(site, browser, visit):
    address = f"{site.as_uri()}/01-dependence.html"
    page = visit(address, drawn=False).page
    waiting = "document.querySelectorAll('.cp-numbers noscript.cp-later').length"
    assert (before := page.evaluate(waiting)) > 0
    fold = page.locator(".cp-numbers:has(noscript.cp-later)").first
    fold.locator("summary").click()
    page.locator(".cp-numbers[open] table tbody tr").nth(60).wait_for()
    assert page.evaluate(waiting) == before - 1
    plain = browser.new_context(java_script_enabled=False)
    tab = plain.new_page()
    tab.goto(address)
    assert tab.locator(".cp-numbers noscript.cp-later table tbody tr").count() > 60
    plain.close()
