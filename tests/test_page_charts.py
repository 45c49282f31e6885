"""What a reader does with a chart of the printed page: move, look, save, share; by keyboard, and under a strict Content-Security-Policy."""

import csv
import re
import xml.etree.ElementTree as ET

import pytest
from conftest import HOME, Visit
from sampled import draw, everything

from chokepoint.pages import price_floor, project_vault

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
FLOOR = '.cp-explorable[data-model="price_floor"]'
LISTS = (HOME / "book" / "_static" / "lists.js").read_text(encoding="utf-8")
PICTURE = "async () => { await chokepoint.drawAll(); const v = await chokepoint.view(document.querySelector('%s')); return (await v.toSVG()).replace(/clip[0-9]+/g, 'clip'); }"


@pytest.fixture(scope="module")
def untouched(site, browser):
    """The chapter of the price floor, for tests that leave no setting of it changed."""
    seen = Visit(browser, f"{site.as_uri()}/03-price-floor.html")
    yield seen.page
    seen.close()


def by_keyboard(page, part: str, choice: str) -> None:
    """Choose from a chart's menu with the keys alone."""
    page.locator(f"{part} .cp-more").first.focus()
    page.keyboard.press("Enter")
    items = page.locator(f"{part} [role=menuitem]:visible").all_inner_texts()
    for _ in range(items.index(choice)):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def download(page, part: str, choice: str):
    with page.expect_download() as caught:
        by_keyboard(page, part, choice)
    return caught.value


def moved(page, part: str, name: str, *keys: str) -> float:
    """Move a slider by keys; its value, when the page shows the results."""
    section, slider = page.locator(part).first, page.locator(f"{part} input[name={name}]").first
    slider.focus()
    for key in keys:
        before = section.get_attribute("data-settled") or "0"
        page.keyboard.press(key)
        page.wait_for_function(
            "([s, n]) => Number(s.dataset.settled || 0) > Number(n)", arg=[section.element_handle(), before]
        )
    return float(slider.input_value())


def test_by_keyboard_alone_a_reader_moves_a_slider_opens_the_table_and_saves_the_numbers_it_shows(
    site, visit
):
    page = visit(f"{site.as_uri()}/03-price-floor.html", drawn=False).page
    floor = moved(page, FLOOR, "floor", *["ArrowLeft"] * 5)
    assert floor == price_floor.who_pays().defaults["floor"] - 5
    expected = price_floor.who_pays().evaluate(floor=floor)

    by_keyboard(page, FLOOR, "Show the numbers")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    table = page.locator(f"{FLOOR} .cp-numbers table")
    table.locator("tbody tr").first.wait_for()
    assert f"Reference price held as a floor: {floor:g}" in table.locator("caption").inner_text()
    curve = [
        [float(c.replace(",", "").replace("−", "-")) for c in row.split("\t")]
        for row in table.locator("tbody tr").all_inner_texts()
    ]

    rows = list(
        csv.DictReader(
            download(page, FLOOR, "Save the numbers (CSV)")
            .path()
            .read_text(encoding="utf-8-sig")
            .splitlines()
        )
    )
    setting = {r["what"]: float(r["value"]) for r in rows if r["part"] == "setting"}
    assert setting["Reference price held as a floor"] == floor
    results = [float(r["value"]) for r in rows if r["part"] == "result"]
    assert results == pytest.approx([expected[name] for name in price_floor.who_pays().results], rel=1e-9)
    saved = [float(r["value"]) for r in rows if r["part"] == "curve"]
    assert saved == pytest.approx([v for row in curve for v in row[1:]], rel=1e-3)


def test_the_menu_opens_and_closes_by_keys_and_gives_the_focus_back(untouched):
    page, button = untouched, untouched.locator(f"{FLOOR} .cp-more")
    button.focus()
    page.keyboard.press("ArrowUp")
    assert button.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.textContent") == "Full screen"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Show the numbers"
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert button.evaluate("b => b === document.activeElement")


@pytest.mark.parametrize("from_disk", [True, False], ids=["from disk", "over HTTP"])
def test_a_copied_link_opens_the_same_picture(site, address, visit, from_disk):
    root = site.as_uri() if from_disk else address
    page = visit(f"{root}/03-price-floor.html?highlight=levy#who-pays").page
    moved(page, FLOOR, "world_price", "End", "ArrowLeft")
    moved(page, FLOOR, "floor", "Home")
    page.evaluate(
        "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }"
    )
    by_keyboard(page, FLOOR, "Copy link to this view")
    page.wait_for_function("() => window.copied")
    page.wait_for_function("() => location.search.includes('price_floor.floor=60')")
    link = page.evaluate("copied")
    assert "price_floor.world_price=139" in link and "highlight=levy" in link and "#chart-" in link
    again = visit(link).page
    again.wait_for_function(f"() => document.querySelector('{FLOOR}').dataset.settled")
    assert again.evaluate(PICTURE % FLOOR) == page.evaluate(PICTURE % FLOOR)
    words = f"s => [...document.querySelectorAll('{FLOOR} :is(output, .cp-results td, .cp-sentence)')].map(e => e.textContent)"
    assert again.evaluate(words) == page.evaluate(words)


def test_a_link_keeps_what_was_chosen_in_a_chart_and_reset_lets_it_go(site, visit):
    page = visit(f"{site.as_uri()}/08-since-february.html").page
    part = ".cp-figure:has(.cp-selects)"
    everything = page.evaluate(PICTURE % part)
    page.locator(f"{part} select").first.select_option("China")
    page.wait_for_function("() => location.search.includes('who=China')")
    chosen = page.evaluate(PICTURE % part)
    again = visit(page.url).page
    assert again.evaluate(PICTURE % part) == chosen != everything
    by_keyboard(again, part, "Reset")
    shapes = [
        sorted(re.findall(r"<path[^>]*>", picture))
        for picture in (again.evaluate(PICTURE % part), everything)
    ]
    assert shapes[0] == shapes[1]  # what was hidden comes back on top: the order may differ


def in_vain() -> list[str]:
    """What an address may ask for and a page does not offer: a script and one or all of the others."""
    others = [
        "price_floor.floor=1e9",
        "price_floor.floor=",
        "price_floor.nothing=3",
        "nobody.floor=70",
        "%ff%00=",
    ]
    return [
        "price_floor.floor=<svg onload=alert(1)>",
        *(others if everything() else [draw("in vain").choice(others)]),
    ]


@pytest.mark.parametrize("query", in_vain())
def test_an_address_that_asks_for_what_the_page_does_not_offer_changes_nothing(site, visit, query):
    seen = visit(f"{site.as_uri()}/03-price-floor.html?{query}", drawn=False)
    assert seen.page.locator(f"{FLOOR} input[name=floor]").input_value() == "110"
    assert seen.page.locator(f"{FLOOR} .cp-sentence").inner_text() == price_floor.who_pays().sentence_at()
    assert not seen.complaints


def test_the_same_assumption_on_two_explorables_is_moved_once(site, visit):
    page = visit(f"{site.as_uri()}/04-project-vault.html").page
    vault, stockpile = (f'.cp-explorable[data-model="{m}"]' for m in ("vault", "stockpile"))
    cut = moved(page, vault, "cut", *["ArrowRight"] * 4)
    page.wait_for_function(f"() => document.querySelector('{stockpile}').dataset.settled")
    assert float(page.locator(f"{stockpile} input[name=cut]").input_value()) == cut
    assert (
        page.locator(f"{stockpile} output[for$=cut]").inner_text()
        == page.locator(f"{vault} output[for$=cut]").inner_text()
    )
    page.locator(f"{vault} button[type=reset]").press("Enter")
    page.wait_for_function(
        f"() => document.querySelector('{stockpile} input[name=cut]').value === '{project_vault.how_long().defaults['cut']:g}'"
    )


def test_a_picture_carries_its_title_sources_and_address(untouched):
    page = untouched
    says = page.locator(f"{FLOOR} .cp-says").inner_text()
    drawing = ET.parse(download(page, FLOOR, "Save the picture (SVG)").path()).getroot()
    words = re.sub(r"\s+", " ", " ".join(drawing.itertext()))
    assert says in words and "Source" in words and "03-price-floor.html" in words
    saved = download(page, FLOOR, "Save the picture (PNG)")
    assert saved.suggested_filename.startswith("03-price-floor-") and saved.suggested_filename.endswith(
        ".png"
    )
    image = saved.path().read_bytes()
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(image[16:20]) == pytest.approx(2 * float(drawing.get("width")), abs=2)


def test_a_cell_that_a_spreadsheet_would_run_is_saved_as_text(untouched):
    label = untouched.locator(f"{FLOOR} label").first
    words = label.text_content()
    label.evaluate("e => { e.textContent = '=HYPERLINK(1)'; }")
    saved = download(untouched, FLOOR, "Save the numbers (CSV)").path().read_text(encoding="utf-8-sig")
    label.evaluate("(e, words) => { e.textContent = words; }", words)
    assert "setting,,'=HYPERLINK(1)," in saved


@pytest.fixture(scope="module")
def tab(browser):
    """One tab for pages with nothing but a list."""
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "cell, saved",
    [("=1+1", "'=1+1"), ("-cmd", "'-cmd"), ("+x", "'+x"), ("@x", "'@x"), ("-2.5", "-2.5"), ("a,b", '"a,b"')],
)
def test_a_row_of_a_list_is_saved_as_text_that_no_spreadsheet_runs(tab, tmp_path, cell, saved):
    """The list's own script, on a table of three rows: a figure below nothing stays a figure."""
    rows = "".join(f"<tr><td>{text}</td></tr>" for text in (cell, "b", "c"))
    table = f'<div class="cp-scroll"><table class="cp-list"><thead><tr><th>What</th></tr></thead><tbody>{rows}</tbody></table></div>'
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html>{table}<script>{LISTS}</script>", encoding="utf-8")
    tab.goto(page.as_uri())
    with tab.expect_download() as caught:
        tab.locator(".cp-save-rows").click()
    lines = caught.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["What", saved, "b", "c"]


def test_a_list_in_parts_is_saved_whole(tab, tmp_path):
    """With the rows that nobody has asked for yet."""

    def body(letters):
        return f"<tbody>{''.join(f'<tr id={x}><td>{x}</td></tr>' for x in letters)}</tbody>"

    first = f'<table class="cp-list cp-parts"><thead><tr><th>What</th></tr></thead>{body("abcd")}</table>'
    later = f'<noscript class="cp-later"><table>{body("ef")}</table></noscript>'
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><div class="cp-scroll">{first}</div>{later}<script>{LISTS}</script>',
        encoding="utf-8",
    )
    tab.goto(page.as_uri())
    with tab.expect_download() as caught:
        tab.locator(".cp-save-rows").click()
    assert caught.value.path().read_text(encoding="utf-8-sig").split() == ["What", *"abcdef"]


def test_numbers_are_spoken_after_a_pause_and_not_on_the_way(site, visit):
    page = visit(f"{site.as_uri()}/03-price-floor.html", drawn=False).page
    page.evaluate(
        f"""window.spoken = []; new MutationObserver(() => spoken.push(document.querySelector('{FLOOR} [role=status].cp-said').textContent))
        .observe(document.querySelector('{FLOOR} .cp-said'), {{ childList: true, characterData: true }})"""
    )
    page.locator(f"{FLOOR} input[name=floor]").evaluate(
        "async s => { for (let i = 0; i < 6; i++) { s.value -= 1; s.dispatchEvent(new Event('input', { bubbles: true })); await new Promise(requestAnimationFrame); } }"
    )
    page.wait_for_function("() => spoken.length > 0")
    assert len(page.evaluate("spoken")) == 1
    assert page.locator(f"{FLOOR} .cp-sentence").inner_text() in page.evaluate("spoken[0]")
    assert page.locator(f"{FLOOR} output").first.get_attribute("aria-live") == "off"
    assert page.locator(f"{FLOOR} input[name=floor]").get_attribute("aria-valuetext").startswith("104 US$/kg")


def test_a_page_draws_and_recomputes_when_only_the_sites_own_scripts_may_run(site, visit, tmp_path):
    strict = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'"
    html = (site / "03-price-floor.html").read_text(encoding="utf-8")
    (tmp_path / "_static").symlink_to(site / "_static")
    tag = f'<meta http-equiv="Content-Security-Policy" content="{strict}">'
    theirs = r"<script(?![^>]*_static/(?:page|vega|charts|menu|lists|models/))(?![^>]*application/json).*?</script>"
    ours = re.sub(theirs, "", html, flags=re.S)
    ours = re.sub(r' style="[^"]*"', "", ours)
    (tmp_path / "page.html").write_text(ours.replace("<head>", f"<head>{tag}", 1), encoding="utf-8")
    seen = visit((tmp_path / "page.html").as_uri())
    assert min(seen.marks()) > 0
    moved(seen.page, FLOOR, "floor", "ArrowLeft")
    expected = price_floor.who_pays().sentence_at(floor=109)
    assert seen.page.locator(f"{FLOOR} .cp-sentence").inner_text() == expected
    assert not [c for c in seen.complaints if "Content Security Policy" in c or "eval" in c], seen.complaints


def test_a_chart_follows_its_column_and_the_theme(site, visit):
    page = visit(f"{site.as_uri()}/03-price-floor.html", width=360).page
    chart = page.locator(".cp-figure .cp-chart").first
    assert chart.locator("svg").bounding_box()["width"] == pytest.approx(chart.bounding_box()["width"], abs=2)
    assert chart.bounding_box()["width"] > 300
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_function(
        "() => document.querySelector('.cp-figure .cp-chart svg').getBoundingClientRect().width > 600"
    )
    light = page.evaluate(PICTURE % ".cp-figure")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(200)
    dark = page.evaluate(PICTURE % ".cp-figure")
    assert dark != light and "#a9adb3" in dark


def test_nothing_moves_by_itself_for_a_reader_who_asked_for_stillness(site, browser):
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.goto(f"{site.as_uri()}/03-price-floor.html")
    page.evaluate("chokepoint.drawAll().then(() => 1)")
    page.locator(f"{FLOOR} .cp-more").press("Enter")
    own = (
        "document.getAnimations().filter(a => a.effect.target?.closest('.cp-figure, .cp-explorable')).length"
    )
    assert page.evaluate(own) == 0
    page.context.close()
