"""A chart or model of the book on a page of another site: framed, resized, in the dark, without script, and years later."""

import ast
import re
from pathlib import Path

import pytest
from conftest import HOME
from quiet_server import serving

from chokepoint.errors import UserError
from chokepoint.site import linkcheck

NAMES = Path(__file__).parent / "fixtures" / "chart_names.txt"
PAGES = HOME / "src" / "chokepoint" / "pages"
FLOOR = "03-price-floor/chart-price_floor"
SET = "?price_floor.floor=140&price_floor.world_price=70"
browsing = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


# --- the names of charts, which stand in other people's pages


def test_every_chart_of_a_page_has_a_name_that_no_figure_of_the_data_can_change():
    for path in sorted(PAGES.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            given = {one.arg for one in [*function.args.args, *function.args.kwonlyargs]}
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "figure":
                    where = f"{path.name}, line {call.lineno}"
                    name = next((k.value for k in call.keywords if k.arg == "name"), None)
                    assert name is not None, f"{where}: give the figure a name, name=…"
                    used = {one.id for one in ast.walk(name) if isinstance(one, ast.Name)}
                    assert used <= given, f"{where}: its name is made from {used - given}"


def names_on_site(site: Path) -> set[str]:
    """Page and name of every chart; of pages that are made for many minerals or countries one line stands for all."""
    found = set()
    for path in site.rglob("*.html"):
        page = path.relative_to(site).with_suffix("").as_posix()
        kind = re.sub(r"^(minerals|countries)/.*", r"\1/*", page)
        for name in re.findall(r'<div class="cp-chart" id="([^"]+)"', path.read_text(encoding="utf-8")):
            found.add(f"{kind} {name[name.index('chart-') :]}")
    return found


@pytest.mark.slow
def test_no_chart_that_others_may_show_is_lost_or_renamed_unnoticed(site):
    listed, found = set(NAMES.read_text(encoding="utf-8").split("\n")) - {""}, names_on_site(site)
    lost, new = sorted(listed - found), sorted(found - listed)
    assert not lost, (
        f"Pages of other sites may show these, and find them no more: {lost}. Keep the names, or take them out of {NAMES.name}."
    )
    assert not new, f"Others can show these from now on: {new}. Add them to {NAMES.name}."


def test_a_site_on_which_two_charts_of_a_page_share_an_address_is_refused(tmp_path):
    chart = '<div class="cp-chart" id="chart-{}"></div>'
    (tmp_path / "tin.html").write_text(chart.format("prices") + chart.format("makers"))
    (tmp_path / "zinc.html").write_text(chart.format("prices"))  # of another page: no clash
    linkcheck.require_whole(tmp_path)
    (tmp_path / "tin.html").write_text(2 * chart.format("prices"))
    with pytest.raises(UserError, match="tin.html: two charts have the address #chart-prices"):
        linkcheck.require_whole(tmp_path)


# --- in a page of another site


def documented(language: str = "html") -> list[str]:
    """The blocks of code that the page for readers gives."""
    text = (HOME / "book" / "rerun.md").read_text(encoding="utf-8")
    section = text.partition("## Show a chart on a page of your own")[2].partition("\n## ")[0]
    return re.findall(rf"```{language}\n(.*?)```", section, re.S)


class Host:
    """A page of another origin with frames of the book, and the lines that the book gives to whoever wants their heights followed."""

    def __init__(self, folder: Path, address: str):
        self.folder, self.address, self.book = folder, address, ""

    def page(self, *addresses: str) -> str:
        """Address of a page with a frame of each address of the book."""
        frames = "".join(
            f'<iframe src="{self.book}/embed.html{a}" title="Frame {i}" width="100%" height="100" style="border:0"></iframe>'
            for i, a in enumerate(addresses)
        )
        icon = '<link rel="icon" href="data:,">'
        (self.folder / "index.html").write_text(
            f"<!doctype html><title>Elsewhere</title>{icon}{documented()[1]}<body style='margin:0'>{frames}",
            encoding="utf-8",
        )
        return f"{self.address}/index.html"


@pytest.fixture
def host(tmp_path, address):
    with serving(tmp_path) as elsewhere:
        one = Host(tmp_path, elsewhere.replace("127.0.0.1", "localhost"))
        one.book = address
        yield one


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 640, "height": 900})
    yield context.new_page()
    context.close()


# What stands in a frame, once it is drawn and as high as it asked to be.
IN_FRAME = """new Promise((done, fail) => {
  const late = setTimeout(() => fail(new Error(`drawn: ${!!drawn()}, ${innerHeight} px of ${wanted()}`)), 20000);
  const drawn = () => document.querySelector("[data-drawn] svg, [data-drawn] canvas");
  const wanted = () => Math.ceil(document.body.getBoundingClientRect().height);
  const look = () => {
    if (!drawn() || innerHeight !== wanted()) return setTimeout(look, 50);
    clearTimeout(late);
    done({
      fits: document.documentElement.scrollWidth <= innerWidth,
      sources: document.querySelectorAll(".cp-source a").length,
      back: document.querySelector(".cp-from a").href,
    });
  };
  look();
})"""


class TestFramed:
    pytestmark = browsing

    def test_charts_resize_with_their_frame_and_ask_nothing_of_anybody_else(self, host, tab, address):
        asked, complaints = [], []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(
            host.page("#01-dependence/chart-lead", f"{SET}#{FLOOR}&dark", "#07-futures/chart-scenario-share")
        )
        for width in (320, 640, 1000):
            tab.set_viewport_size({"width": width, "height": 900})
            for i in range(3):
                element = tab.locator("iframe").nth(i)
                element.scroll_into_view_if_needed()
                frame = element.content_frame
                frame.locator("[data-drawn] svg, [data-drawn] canvas").first.wait_for()
                body = element.element_handle().content_frame()
                body.wait_for_function(
                    "() => innerHeight === Math.ceil(document.body.getBoundingClientRect().height)"
                )
                assert body.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, i)
                assert body.evaluate(
                    "document.querySelector('[data-drawn]').clientWidth > 0.4 * innerWidth || innerWidth > 600"
                )
                assert frame.locator(".cp-source a").count() >= 1
                back = frame.locator(".cp-from a").first
                assert (
                    back.get_attribute("href").startswith(f"{address}/")
                    and back.get_attribute("target") == "_blank"
                )
        assert {url.split("/")[2] for url in asked if not url.startswith(("data:", "blob:"))} == {
            host.address.split("/")[2],
            address.split("/")[2],
        }
        assert tab.context.storage_state() == {"cookies": [], "origins": []}
        assert not complaints

    def test_a_model_keeps_what_its_address_says_and_its_code_brings_back_what_the_reader_made_of_it(
        self, host, tab, address
    ):
        tab.goto(host.page(f"{SET}#{FLOOR}&dark"))
        frame = tab.locator("iframe").content_frame
        section = frame.locator(".cp-explorable[data-settled]")
        section.wait_for()
        assert frame.locator("html").get_attribute("data-theme") == "dark"
        floor = frame.locator("input[name=floor]")
        assert floor.input_value() == "140" and frame.locator("input[name=world_price]").input_value() == "70"
        before = frame.locator(".cp-sentence").inner_text()
        floor.focus()
        for _ in range(12):
            tab.keyboard.press("ArrowLeft")
        tab.frames[1].wait_for_function("() => location.search.includes('price_floor.floor=128')")
        assert frame.locator(".cp-sentence").inner_text() != before
        assert tab.frames[1].url.startswith(f"{address}/embed.html?") and tab.frames[1].url.endswith(
            f"#{FLOOR}&dark"
        )
        back = frame.locator(".cp-from a").first
        back.hover()
        assert back.get_attribute("href").endswith("price_floor.floor=128#chart-price_floor")
        frame.locator(".cp-more").click()
        frame.get_by_role("menuitem", name="Embed").click()
        code = frame.locator(".cp-offer textarea").input_value()
        source = re.search(r'src="([^"]*)"', code)[1].replace("&amp;", "&")
        assert 'width="100%"' in code and source.startswith(f"{address}/embed.html?")
        tab.goto(host.page(source.removeprefix(f"{address}/embed.html")))
        again = tab.locator("iframe").content_frame
        again.locator(".cp-explorable[data-settled]").wait_for()
        assert again.locator("input[name=floor]").input_value() == "128"
        assert again.locator("html").get_attribute("data-theme") == "light"

    def test_firefox_shows_them_too_at_the_height_that_they_ask_for(self, host, fox):
        fox.resize(640, 900)
        fox.open(host.page("#01-dependence/chart-lead", f"{SET}#{FLOOR}&dark"))
        for width in (640, 320):
            fox.resize(width, 900)
            for i in range(2):
                fox.evaluate(f"document.querySelectorAll('iframe')[{i}].scrollIntoView()")
                seen = fox.evaluate(IN_FRAME, frame=i)
                assert seen["fits"] and seen["sources"] >= 1 and seen["back"].startswith(f"{host.book}/")
        settings = "['floor', 'world_price'].map(one => document.querySelector(`input[name=${one}]`).value)"
        assert fox.evaluate(settings, frame=1) == ["140", "70"]
        assert fox.evaluate("document.documentElement.dataset.theme", frame=1) == "dark"
        assert fox.complaints == []

    def test_an_address_of_a_page_that_moved_leads_on_and_one_of_no_chart_is_told_in_a_line(
        self, tab, address
    ):
        tab.goto(f"{address}/embed.html#minerals/terbium/chart-prices")
        tab.locator("[data-drawn]").wait_for()
        assert (
            tab.locator(".cp-from a")
            .first.get_attribute("href")
            .endswith("/minerals/rare_earths.html#terbium-chart-prices")
        )
        for at, said in (
            (
                "#01-dependence/chart-of-last-year",
                "The book has no chart of this name here any more. Open the page where it stood.",
            ),
            ("#nowhere/chart-lead", "This page of the book could not be loaded. Open the book."),
            ("#//example.org/chart-lead", "This address names no chart. Open the book."),
            ("", "This address names no chart. Open the book."),
        ):
            tab.goto("about:blank")
            tab.goto(f"{address}/embed.html{at}")
            tab.locator("main > p").wait_for()
            assert tab.locator("main > p").all_inner_texts() == [said]
            assert tab.locator("main > p").bounding_box()["height"] < 60

    def test_a_chart_that_the_new_page_has_for_all_is_shown_under_its_name(self, tab, address):
        """Terbium has no chart of its makers of its own any more; the rare earths' page has one of all of them."""
        tab.goto(f"{address}/embed.html#minerals/terbium/chart-makers-mine")
        tab.locator("[data-drawn]").wait_for()
        back = tab.locator(".cp-from a").first.get_attribute("href")
        assert back.endswith("/minerals/rare_earths.html#chart-makers-mine")

    def test_without_script_the_frame_says_where_the_numbers_are(self, browser, address):
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{address}/embed.html#{FLOOR}")
        assert "numbers and sources stand under the same chart" in page.locator("noscript").inner_text()
        assert page.locator("noscript a").get_attribute("href") == "index.html"
        context.close()

    def test_the_bare_page_has_no_fault_of_access(self, visit, address):
        seen = visit(f"{address}/embed.html#{FLOOR}")
        seen.page.locator("[data-drawn]").wait_for()
        assert not seen.violations() and not seen.complaints


def knows_its_address(page) -> None:
    """Say on a page of minerals where the book stands."""
    page.evaluate(
        """() => {
          document.querySelector("link[rel=canonical]")?.remove();  // of a site that was built with its address
          document.head.append(Object.assign(document.createElement("link"),
            { rel: "canonical", href: "https://example.org/book/minerals/gallium.html" }));
        }"""
    )


def code_of_first_chart(page) -> str:
    page.locator(".cp-more").first.click()
    page.get_by_role("menuitem", name="Embed").first.click()
    return page.locator(".cp-offer textarea").input_value()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_menu_names_the_address_that_the_book_knows_of_itself(site, visit, address):
    page = visit(f"{address}/minerals/gallium.html", drawn=False).page
    knows_its_address(page)
    code = code_of_first_chart(page)
    assert 'src="https://example.org/book/embed.html#minerals/gallium/chart-' in code
    how = page.locator(".cp-offer p a")
    assert how.get_attribute("href").endswith("rerun.html#show-a-chart-on-a-page-of-your-own")


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_menu_of_a_page_with_settings_of_its_own_names_the_place_where_that_page_stands(
    site, visit, address
):
    edition = """() => document.querySelector("main").prepend(Object.assign(document.createElement("aside"), { className: "cp-edition" }))"""
    page = visit(f"{address}/minerals/gallium.html", drawn=False).page
    knows_its_address(page)
    page.evaluate(edition)
    assert f'src="{address}/embed.html#minerals/gallium/chart-' in code_of_first_chart(page)
    page = visit(
        f"{site.as_uri()}/minerals/gallium.html", drawn=False
    ).page  # from a folder nobody else could load it
    knows_its_address(page)
    page.evaluate(edition)
    page.locator(".cp-more").first.click()
    assert page.get_by_role("menuitem", name="Embed").count() == 0
