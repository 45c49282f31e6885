"""Pages in other states than a desk's: no JavaScript, a far time zone, an address that asks too much, a path that is not there."""

import re

import pytest
from conftest import Visit
from quiet_server import Quiet, serving
from sampled import draw, everything, of_each, told

from chokepoint.pages import price_floor
from chokepoint.site.chart_files import put_back

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
TO_ENDS = """async (section, ends) => {
  const inputs = [...section.querySelectorAll(".cp-controls input")];
  for (const end of ends) {
    for (const input of inputs) input.value = end[input.name];
    await new Promise((done) => {
      const watch = new MutationObserver(() => { watch.disconnect(); done(); });
      watch.observe(section, { attributes: true, attributeFilter: ["data-settled"] });
      inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}"""
FLOOR = '.cp-explorable[data-model="price_floor"]'


# --- without JavaScript


@pytest.fixture(scope="module")
def plain(browser):
    """A page in a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def shown(page, selector: str) -> list[str]:
    """The text of what is visible of some elements."""
    return [one.inner_text() for one in page.locator(selector).all() if one.is_visible()]


@pytest.mark.parametrize("name", ["01-dependence", "05-frameworks", "minerals/gallium"])
def test_without_javascript_the_numbers_stand_in_the_place_of_the_chart(address, plain, name):
    plain.goto(f"{address}/{name}.html")
    for box in plain.locator(".cp-sure > summary").all():
        box.click()
    numbers = (
        ".cp-figure:not(details.admonition.hide .cp-figure) .cp-numbers table"  # a notebook's code is folded
    )
    assert len(shown(plain, numbers)) == plain.locator(numbers).count() > 0
    for chart in plain.locator(".cp-chart:not(details.admonition.hide .cp-chart)").all():
        box = chart.bounding_box()
        assert 10 < box["height"] < 120, "a gap, or nothing"


def test_without_javascript_no_slider_looks_alive_and_the_results_stand(address, plain):
    plain.goto(f"{address}/03-price-floor.html")
    assert (
        shown(
            plain, ".cp-controls input, .cp-controls button, .cp-selects select, .cp-save, .cp-live-numbers"
        )
        == []
    )
    assert "110" in " ".join(shown(plain, f"{FLOOR} .cp-control output"))
    assert shown(plain, f"{FLOOR} .cp-sentence") == [price_floor.who_pays().sentence_at()]
    assert shown(plain, f"{FLOOR} .cp-results")


def test_with_javascript_the_tables_are_folded_and_nothing_speaks_of_its_want(address, visit):
    page = visit(f"{address}/01-dependence.html", drawn=False).page
    assert not page.locator(".cp-figure .cp-numbers table").first.is_visible()
    said = "[...document.querySelectorAll('.cp-chart')].map(box => getComputedStyle(box, '::before').content)"
    assert set(page.evaluate(said)) == {"none"}


# --- time zones


OF_DAYS = ["06-china-responses", "08-since-february", "10-does-it-work"]


def zones(page: str) -> list[str]:
    """Greenwich's, and one far away from it, to the west on one page and to the east on the others; or all."""
    far = ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"]
    return ["UTC", *(far if everything() else [draw("zones").sample(far, len(far))[OF_DAYS.index(page)]])]


def test_no_other_page_draws_days_and_none_by_the_clock_of_the_reader(site):
    """Scales of time are those of Greenwich; the pages with a day in a picture are those that are opened far away, below."""
    days = re.compile(r'"type": ?"utc"|\b(?:datetime|toDate)\(')
    local = re.compile(
        r'"type": ?"time"|"timezone": ?"local"|\b(?:timeFormat|year|quarter|month|date|day|hours|minutes)\('
    )
    found = set()
    for path in site.rglob("*.html"):
        whole = put_back(path.read_text(encoding="utf-8"), site / "_static")
        for chart in re.findall(r'class="cp-spec"[^>]*>(.*?)</script>', whole, re.S):
            assert not local.search(chart), f"{path.name}: {local.search(chart)[0]}"
            if days.search(chart):
                found.add(path.relative_to(site).with_suffix("").as_posix())
    assert found == set(OF_DAYS)


@pytest.mark.parametrize("page", OF_DAYS)
def test_a_picture_of_days_is_the_same_all_over_the_world(address, browser, page):
    pictures = {}
    for zone in zones(page):
        context = browser.new_context(timezone_id=zone, viewport={"width": 1280, "height": 900})
        tab = context.new_page()
        tab.goto(f"{address}/{page}.html")
        tab.evaluate("chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1)")
        whole = "async () => Promise.all([...document.querySelectorAll('.cp-figure')].filter(f => f.querySelector('.cp-chart')).map(async f => (await chokepoint.view(f)).toSVG()))"
        pictures[zone] = [re.sub(r"clip\d+", "clip", picture) for picture in tab.evaluate(whole)]
        context.close()
    utc = pictures.pop("UTC")
    assert any(re.search(r">(?:20\d\d|(?:Jan|Apr|Jul|Oct)[a-z]*(?: \d+)?)<", picture) for picture in utc)
    for zone, drawn in pictures.items():
        assert drawn == utc, zone


# --- addresses


@pytest.fixture(scope="module")
def seen(address, browser):
    """One tab for many addresses of a chapter."""
    one = Visit(browser, f"{address}/03-price-floor.html", drawn=False)
    yield one
    one.close()


@pytest.mark.parametrize(
    "query, answer",
    [
        ("price_floor.floor=1e9", "takes 60 to 160; 110 is shown"),
        ("price_floor.floor=70,5", "takes numbers with a decimal point, 60 to 160; 110 is shown"),
        ("price_floor.floor=", "takes 60 to 160"),
        ("price_floor.floor=70.4", "the nearest step, 70, is shown"),
        ("price_floor.nothing=3", "there is no such setting"),
    ],
)
def test_what_an_address_asks_in_vain_is_said_in_a_line_and_leaves_it(address, seen, query, answer):
    seen.go(f"{address}/03-price-floor.html?{query}&price_floor.world_price=70&other=1#who-pays", drawn=False)
    line = seen.page.locator(f"{FLOOR} .cp-refused")
    assert line.is_visible() and answer in line.inner_text() and line.bounding_box()["height"] < 80
    seen.page.wait_for_function("q => !location.search.includes(q)", arg=query)
    left = seen.page.evaluate("location.search + location.hash")
    assert "price_floor.world_price=70" in left and "other=1" in left and left.endswith("#who-pays")
    assert seen.page.locator(f"{FLOOR} input[name=world_price]").input_value() == "70"
    assert not seen.complaints


def test_a_choice_that_a_chart_does_not_offer_is_said_too(address, visit):
    page = visit(f"{address}/08-since-february.html?who=Atlantis", drawn=False).page
    assert "who=Atlantis: that is not among the choices here" in page.locator(".cp-refused").inner_text()
    page.wait_for_function("() => !location.search.includes('Atlantis')")


def test_an_address_that_asks_for_what_there_is_is_not_remarked_upon(address, visit):
    page = visit(f"{address}/03-price-floor.html?price_floor.floor=70", drawn=False).page
    assert page.locator(".cp-refused").count() == 0
    assert page.locator(f"{FLOOR} input[name=floor]").input_value() == "70"


# --- sliders at their ends, several at once


@pytest.mark.parametrize(
    "name",
    of_each(
        "pages with sliders",
        ["07-futures", "03-price-floor", "04-project-vault", "05-frameworks", "06-china-responses"],
        lambda name: name == "07-futures",
    ),
)
def test_sliders_at_any_of_their_ends_together_leave_no_axis_without_an_extent(address, visit, name):
    """Each set on the page as it is, and the last of all models asked for in an address before the charts are drawn."""
    seen, chance, asked = visit(f"{address}/{name}.html"), draw(f"ends of {name}"), {}
    for section in seen.page.locator(".cp-explorable").all():
        sliders = section.evaluate(
            "s => [...s.querySelectorAll('.cp-controls input')].map(i => [i.name, i.min, i.max])"
        )
        ends = [{slider: chance.choice([low, high]) for slider, low, high in sliders} for _ in range(12)]
        section.evaluate(TO_ENDS, ends)
        model = section.get_attribute("data-model")
        asked |= {f"{model}.{k}": v for k, v in ends[-1].items()}
    assert not seen.complaints, (seen.complaints, told())
    seen.go(f"{address}/{name}.html?" + "&".join(f"{k}={v}" for k, v in asked.items()))
    assert not seen.complaints, (asked, seen.complaints, told())


# --- a path that is not there


@pytest.fixture
def host(site):
    """The site below a path of a host that shows 404.html for what is not there: its address, and the paths that were not there."""
    missing = []

    class Pages(Quiet):
        def translate_path(self, path):
            return (
                super().translate_path(path.removeprefix("/owner/book"))
                if path.startswith("/owner/book/")
                else "/nowhere"
            )

        def send_error(self, code, message=None, explain=None):
            missing.append(self.path)
            body = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def list_directory(self, path):
            self.send_error(404)  # such a host shows no folder

    with serving(site, Pages) as address:
        yield address, missing


@pytest.mark.parametrize("lost", ["nothing.html", "minerals/galium.html", "a/b/c/", "minerals/"])
def test_a_lost_reader_finds_the_book_below_whatever_path_it_stands(host, browser, lost):
    """Its address was not known when it was printed."""
    address, missing = host
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    assert page.goto(f"{address}/owner/book/{lost}").status == 404
    page.wait_for_function(
        "() => document.querySelector('link[rel=stylesheet]') && getComputedStyle(document.querySelector('.cp-top')).position === 'sticky'"
    )
    links = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(a => a.href).filter(h => h.startsWith(location.origin) && !h.includes('#'))"
    )
    assert len(links) > 10 and all(link.startswith(f"{address}/owner/book/") for link in links)
    assert page.evaluate("document.querySelector('form').action") == f"{address}/owner/book/search.html"
    page.get_by_label("Colours").select_option("dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    page.get_by_role("link", name="Every mineral", exact=True).click()
    page.wait_for_url(f"{address}/owner/book/minerals.html")
    assert page.locator("h1").inner_text().startswith("Mineral")
    assert "/favicon.ico" not in missing  # asked for where a page names no icon
    page.context.close()


# --- another browser


def in_firefox() -> list[str]:
    """The cover, a page with sliders and one of a template; every week a list and the search too."""
    return ["index", "03-price-floor", "minerals/gallium", *(["evidence", "search"] if everything() else [])]


def test_firefox_complains_of_nothing(address, fox):
    """Among other things it fetches what a page calls its next, which the page's policy would forbid."""
    for page in in_firefox():
        fox.open(f"{address}/{page}.html")
        fox.evaluate("new Promise(done => setTimeout(done, 1500))")
        fox.evaluate("window.chokepoint ? chokepoint.drawAll().then(() => 1) : 1")
        assert fox.complaints == [], page
