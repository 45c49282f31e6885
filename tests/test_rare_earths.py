"""The rare earths on one page: a switch between its elements, links that lead to the right one, old addresses that lead on."""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sampled import newest_and

from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import mineral as page
from chokepoint.pages.components.one_of import OneOf
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral import elements
from chokepoint.site import redirects, settings

HOME = Path(__file__).resolve().parents[1]
PAGE = "minerals/rare_earths"
MOVED = settings.moved(HOME / "book")
RELEASES = [release for release in tables.releases() if release.startswith("mcs")]
MOST_KB = 350  # of the page's first load, gzipped
SHOWN = (
    "[...document.querySelectorAll('.cp-one')].filter(p => p.checkVisibility()).map(p => p.dataset.choice)"
)
in_a_browser = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@cache
def told(release: str) -> BeautifulSoup:
    return BeautifulSoup(page.one_by_one(elements.GROUP, release).html(), "html.parser")


def test_an_element_has_a_place_on_the_page_and_scandium_a_page():
    runs = settings.templates(HOME / "book")["mineral.ipynb"]["runs"]
    own = {run["mineral"] for run in runs}
    assert {"rare_earths", "scandium"} <= own and not own & set(elements.members())
    assert MOVED == {f"minerals/{one}": f"{PAGE}#{one}" for one in elements.members()}
    assert set(elements.members()) <= set(settings.minerals_with_page(HOME / "book"))


def test_only_the_group_has_the_switch():
    assert page.one_by_one("tin", tables.DEFAULT_RELEASE) is None
    assert page.one_by_one("dysprosium", tables.DEFAULT_RELEASE) is None


@pytest.mark.slow
@pytest.mark.parametrize("release", newest_and("rare earths", RELEASES))
def test_every_release_has_the_elements_and_no_place_twice(release):
    soup = told(release)
    assert [one["data-choice"] for one in soup.select(".cp-one")] == elements.members()
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(set(ids)) == len(ids) and set(elements.members()) <= set(ids)
    assert len(soup.select(".cp-names input[checked]")) == len(soup.select(".cp-one.cp-on")) == 1


@pytest.mark.slow
def test_what_is_published_for_the_group_alone_is_not_told_of_each_element():
    soup = told(tables.DEFAULT_RELEASE)
    for panel in soup.select(".cp-one"):
        text = panel.get_text(" ")
        assert "as a whole" not in text.split("What China controls")[-1].split("What a floor")[0], panel[
            "data-choice"
        ]
        assert not panel.find(string=re.compile("^(Who mines it|Inside and outside the bloc|Read on)$"))
    price = soup.select_one("#terbium-what-it-costs").parent
    assert "Terbium: US$" in price.get_text(" ") and "Dysprosium" not in price.get_text(" ")
    assert "40%" not in soup.select_one(".cp-one[data-choice=lutetium] h3").get_text()


@pytest.mark.slow
def test_an_element_that_the_data_lose_is_no_choice(monkeypatch):
    left = [one for one in elements.members() if one not in (elements.FIRST, "thulium")]
    monkeypatch.setattr(elements, "members", lambda: left)
    switch = page.one_by_one(elements.GROUP, tables.DEFAULT_RELEASE)
    assert list(switch.choices) == left and switch.first == left[0]
    monkeypatch.setattr(elements, "members", list)
    assert page.one_by_one(elements.GROUP, tables.DEFAULT_RELEASE) is None


def test_in_a_kernel_an_element_is_chosen_from_a_list_and_worked_out_only_then():
    asked = []

    def about(key: str) -> list[Section]:
        asked.append(key)
        return [Section(f"About {key}", [f"It is {key}."], tables.DEFAULT_RELEASE)]

    head = Section("One by one", [], tables.DEFAULT_RELEASE)
    widget = OneOf(
        head, "element", "Element", {"terbium": "Terbium", "cerium": "Cerium"}, "terbium", about
    ).widget()
    _, choice, place = widget.children
    assert choice.options == (("Terbium", "terbium"), ("Cerium", "cerium")) and asked == ["terbium"]
    choice.value = "cerium"
    assert asked == ["terbium", "cerium"] and "It is cerium." in place.children[0].value


def test_links_to_an_element_lead_to_its_place():
    link = '<a href="cp:minerals/terbium">Terbium</a>'
    assert redirects.to_minerals(link, [PAGE], MOVED) == f'<a href="cp:{PAGE}#terbium">Terbium</a>'
    assert (
        redirects.to_minerals(link, ["minerals/terbium"], MOVED) == link
    )  # where it has a page all the same


@pytest.mark.parametrize(
    "line", ["minerals/a: ../../evil", "minerals/a: 1", "a: b\nb: c", "minerals/a: x#y#z"]
)
def test_an_address_that_cannot_be_is_refused(tmp_path, line):
    (tmp_path / "moved.yml").write_text(line, encoding="utf-8")
    with pytest.raises(UserError, match=r"moved\.yml"):
        settings.moved(tmp_path)


@pytest.mark.slow
def test_every_address_that_went_leads_to_a_place_that_is_there(site):
    for old, new in MOVED.items():
        path = site / f"{old}.html"
        assert redirects.leads_on(path) and not redirects.leads_on(site / f"{PAGE}.html")
        soup, (to, anchor) = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"), new.split("#")
        link, without_script = soup.select_one("main a")["href"], soup.select_one("noscript meta")["content"]
        assert (path.parent / link.split("#")[0]).resolve() == (site / f"{to}.html").resolve()
        assert without_script == f"0; url={link}" and link.endswith(f"#{anchor}")
        assert f'id="{anchor}"' in (site / f"{to}.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_book_leads_to_the_element_and_not_by_its_old_address(site):
    old = re.compile(rf'href="(?:[^"#]*/)?(?:{"|".join(elements.members())})\.html')
    for path in site.rglob("*.html"):
        assert not old.search(path.read_text(encoding="utf-8")), path
    index = (site / "minerals.html").read_text(encoding="utf-8")
    assert all(f'href="{PAGE}.html#{one}"' in index for one in elements.members())


@pytest.mark.slow
def test_its_first_load_is_light(site):
    html = (site / f"{PAGE}.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link)\b[^>]*(?:src|href)="(\.\./_static/[^"]+)"', html)
    files = [site / f"{PAGE}.html", *(site / "minerals" / name for name in loaded)]
    kilobytes = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files) / 1000
    assert kilobytes <= MOST_KB, kilobytes


class TestInABrowser:
    """The switch as its readers meet it."""

    pytestmark = in_a_browser

    def test_a_choice_by_keyboard_shows_one_element_and_stands_in_the_address(self, site, visit):
        seen = visit(f"{site.as_uri()}/{PAGE}.html", drawn=False).page
        assert seen.evaluate(SHOWN) == [elements.FIRST]
        seen.locator(f".cp-names input[value={elements.FIRST}]").focus()
        seen.keyboard.press("ArrowRight")
        after = elements.members()[elements.members().index(elements.FIRST) + 1]
        assert seen.evaluate(SHOWN) == [after] and seen.url.endswith(f"?element={after}")
        seen.reload()
        assert seen.evaluate(SHOWN) == [after]
        seen.get_by_label(elements.FIRST.capitalize(), exact=True).check(force=True)
        assert seen.evaluate(SHOWN) == [elements.FIRST] and "element=" not in seen.url

    def test_a_finger_has_room_and_what_it_shows_is_drawn_at_its_full_width(self, address, browser):
        context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
        seen = context.new_page()
        seen.goto(f"{address}/{PAGE}.html")
        label = seen.locator(".cp-names label", has_text="Neodymium")
        assert label.bounding_box()["height"] >= 44
        label.tap()
        panel = seen.locator(".cp-one.cp-on")
        assert panel.get_attribute("data-choice") == "neodymium"
        chart = panel.locator(".cp-chart").last
        chart.scroll_into_view_if_needed()
        seen.locator(".cp-one.cp-on .cp-chart[data-drawn]").last.wait_for()
        seen.evaluate("chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1)")
        assert (
            chart.locator("svg, canvas").bounding_box()["width"] > 0.8 * chart.bounding_box()["width"] > 200
        )
        assert seen.evaluate("document.documentElement.scrollWidth") <= 360
        context.close()

    def test_charts_drawn_out_of_sight_take_their_width_once_they_show(self, site, visit):
        seen = visit(f"{site.as_uri()}/{PAGE}.html").page  # which draws all
        seen.get_by_label("Terbium", exact=True).check(force=True)
        seen.wait_for_function(
            """() => [...document.querySelectorAll(".cp-one.cp-on .cp-chart")].every(box =>
            box.querySelector("svg, canvas").getBoundingClientRect().width > 0.8 * box.clientWidth)"""
        )

    @pytest.mark.parametrize("place", ["terbium", "terbium-what-it-costs", "terbium-what-is-not-there"])
    def test_a_link_to_an_element_or_a_part_of_it_chooses_it(self, site, visit, place):
        seen = visit(f"{site.as_uri()}/{PAGE}.html#{place}", drawn=False).page
        assert seen.evaluate(SHOWN) == ["terbium"] and "element=terbium" in seen.url
        found = seen.locator(f"[id={place}]")
        found = found if found.count() else seen.locator("[id=terbium]")
        assert -5 <= found.bounding_box()["y"] < 900
        seen.get_by_label("Cerium", exact=True).check(force=True)
        assert seen.evaluate(SHOWN) == ["cerium"] and "#" not in seen.url

    def test_an_element_that_is_not_offered_is_refused_in_words(self, site, visit):
        seen = visit(f"{site.as_uri()}/{PAGE}.html?element=unobtainium", drawn=False).page
        assert "element=unobtainium" in seen.locator(".cp-refused").inner_text()
        assert seen.evaluate(SHOWN) == [elements.FIRST] and "unobtainium" not in seen.url

    def test_the_old_address_keeps_what_came_with_it(self, address, browser):
        seen = browser.new_context().new_page()
        seen.goto(f"{address}/minerals/terbium.html?show=all#what-it-costs")
        seen.wait_for_url(f"**/{PAGE}.html?*")
        seen.wait_for_load_state()
        assert "show=all" in seen.url and seen.url.endswith("#terbium-what-it-costs")
        assert seen.evaluate(SHOWN) == ["terbium"]
        seen.context.close()

    def test_without_script_the_old_address_leads_on_and_all_stand_one_below_the_other(
        self, address, browser
    ):
        seen = browser.new_context(java_script_enabled=False).new_page()
        seen.goto(f"{address}/minerals/terbium.html")
        seen.wait_for_url(f"**/{PAGE}.html#terbium")
        assert seen.locator(".cp-one:visible").count() == len(elements.members())
        assert not seen.locator(".cp-names").is_visible()
        seen.context.close()

    def test_on_paper_all_stand_one_below_the_other(self, site, visit):
        seen = visit(f"{site.as_uri()}/{PAGE}.html", drawn=False).page
        seen.emulate_media(media="print")
        assert seen.evaluate(SHOWN) == elements.members()
        assert not seen.locator(".cp-names").is_visible()

    def test_the_search_finds_an_element_at_its_place(self, site, visit):
        seen = visit(f"{site.as_uri()}/search.html?q=terbium", drawn=False).page
        link = seen.locator(f'#search-results a[href*="{PAGE}.html"][href$="#terbium"]').first
        link.wait_for()
        assert "Terbium" in link.inner_text()
