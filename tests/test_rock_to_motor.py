"""From rock to motor: every sentence follows the data, and the page reads whole without motion, script or screen."""

import re
from dataclasses import replace

import pytest

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.pages import rock_to_motor as page

RELEASE = "mcs2026"
KEYS = ["rock", "concentrate", "oxide", "metal", "magnet", "motor", "scrap"]
MOST_WORDS, MOST_SHIFT = 60, 0.01
# The step in which the focus is, or what stands between two of them.
WHERE = """() => {
  const here = document.activeElement, last = [...document.querySelectorAll(".cp-step a")].at(-1);
  const on = last.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING;
  return here.closest(".cp-step")?.id ?? (on || here === document.body ? "after" : "tanks"); }"""


def shown(release: str = RELEASE) -> dict[str, dict]:
    return {step.key: page._template_values(step, release) for step in page.steps(release)}


@pytest.mark.parametrize("release", tables.releases())
def test_every_step_is_short_and_leads_to_evidence(release):
    steps = shown(release)
    assert list(steps) == KEYS
    for step in steps.values():
        assert len(step["said"].striptags().split()) <= MOST_WORDS, step["name"]
        assert "cp:evidence#fact-" in step["said"]


def test_a_share_is_drawn_where_one_is_published_and_nowhere_else():
    shares = {key: step["percent"] for key, step in shown().items() if step["share"]}
    assert shares == {
        "rock": facts.get(page.MINED).text,
        "oxide": facts.get(page.REFINED).text,
        "magnet": facts.get(page.MAGNETS).text,
    }
    assert str(page.chain(RELEASE).html()).count('class="cp-percent"') == len(shares)


def test_china_s_share_falls_in_the_text_when_it_falls_in_the_data(monkeypatch):
    assert "share rises here" in shown()["oxide"]["said"]
    find = facts.find
    less = replace(facts.get(page.REFINED), value=40.0, text="40%")
    monkeypatch.setattr(facts, "find", lambda name, *at: less if name == page.REFINED else find(name, *at))
    oxide = shown()["oxide"]
    assert "share falls here" in oxide["said"] and oxide["share"] == 40


def test_a_step_without_a_share_names_no_makers(monkeypatch):
    assert "China" in shown()["rock"]["makers"]
    find = facts.find
    monkeypatch.setattr(facts, "find", lambda name, *at: None if name == page.MINED else find(name, *at))
    rock = shown()["rock"]
    assert not rock["makers"] and not rock["share"]


def test_tools_follow_the_tables(monkeypatch):
    def said(key: str) -> dict[str, str]:
        return {tool.kind: tool.said for tool in shown()[key]["tools"]}

    assert said("magnet")["China’s licences"].endswith("in force")
    assert "Vulcan" in said("magnet")["Public money"]
    row = tables.row

    def altered(name: str, **key):
        found = row(name, **key)
        if name == "finance":
            return None
        if name == "controls":
            found = found.copy()
            found["status"] = "ended"
        return found

    monkeypatch.setattr(tables, "row", altered)
    assert said("magnet")["China’s licences"].endswith("ended")
    assert "Public money" not in said("magnet")
    assert "has needed" not in shown()["magnet"]["said"], "a licence that ended is not said to run"


def test_the_weights_follow_the_grade_and_no_more_is_lost_than_said():
    ore, concentrate, oxide = (
        facts.get(f"rock.{name}_per_magnet").value for name in ("ore", "concentrate", "oxide")
    )
    parts = [facts.get(f"rock.{name}").value / 100 for name in ("magnet_part", "grade", "concentrate_high")]
    assert ore * parts[0] * parts[1] == pytest.approx(oxide)
    assert concentrate * parts[0] * parts[2] == pytest.approx(oxide)


def test_a_square_s_area_is_its_weight():
    sides = {key: step["side"] for key, step in shown().items() if step["side"]}
    heavy, light = facts.get("rock.ore_per_magnet").value, facts.get("rock.oxide_per_magnet").value
    assert (sides["rock"] / sides["oxide"]) ** 2 == pytest.approx(heavy / light)
    assert max(sides.values()) <= 92, "it fits its drawing"


def test_every_drawing_is_there_and_nothing_is_styled_in_place():
    html = str(page.chain(RELEASE).html())
    assert (
        set(re.findall(r'href="#cp-pic-(\w+)"', html))
        == set(re.findall(r'id="cp-pic-(\w+)"', html))
        == set(KEYS)
    )
    assert "style=" not in html and "<script" not in html


def test_the_two_halves_of_the_page_are_the_whole_and_draw_each_thing_once():
    halves = [page.chain(RELEASE, *KEYS[:3]), page.chain(RELEASE, *KEYS[3:])]
    html = "".join(str(half.html()) for half in halves)
    assert re.findall(r'<section class="cp-step" id="(\w+)"', html) == KEYS
    assert re.findall(r'<symbol id="cp-pic-(\w+)"', html) == KEYS


def test_the_table_holds_what_is_drawn():
    rows = page.table(RELEASE).set_index("step")
    assert rows.kg["Rock"] == facts.get("rock.ore_per_magnet").value
    assert rows.china_pct.dropna().index.tolist() == ["Rock", "Oxide", "Magnet"]


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits(address, visit, width, scheme):
    seen = visit(f"{address}/rock-to-motor.html", width=width, scheme=scheme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.violations() == [] and seen.complaints == []


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_chain_shows_the_step_in_view_and_nothing_moves(address, browser):
    tab = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    tab.add_init_script(
        "window.shift = 0; new PerformanceObserver(l => l.getEntries().forEach(e => { shift += e.value; }))"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    tab.goto(f"{address}/rock-to-motor.html")
    assert tab.locator(".cp-chain").first.is_visible() and not tab.locator(".cp-pic").first.is_visible()
    for key in KEYS:
        tab.evaluate(
            "k => document.querySelector(`section[data-step=${k}]`).scrollIntoView({ block: 'start' })", key
        )
        tab.mouse.wheel(0, -150)
        tab.locator(f".cp-station.cp-at[data-step={key}]").first.wait_for(state="attached")
    assert tab.evaluate("shift") <= MOST_SHIFT
    tab.context.close()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("how", [{"java_script_enabled": False}, {"reduced_motion": "reduce"}])
def test_without_script_or_motion_it_is_a_column_of_figures(address, browser, how):
    tab = browser.new_context(viewport={"width": 1280, "height": 800}, **how).new_page()
    tab.goto(f"{address}/rock-to-motor.html")
    assert tab.locator(".cp-chain:visible").count() == 0
    assert tab.locator(".cp-pic:visible").count() == tab.locator(".cp-step:visible").count() == len(KEYS)
    tab.context.close()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_by_keyboard_links_come_in_the_order_of_the_steps(address, browser):
    tab = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    tab.goto(f"{address}/rock-to-motor.html")
    tab.locator("#rock h2 a").focus()
    met = []
    while (here := tab.evaluate(WHERE)) != "after":
        met.append(here)
        tab.keyboard.press("Tab")
    assert list(dict.fromkeys(met)) == [*KEYS[:3], "tanks", *KEYS[3:]]
    tab.context.close()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_print_shows_one_drawing_a_step(address, browser):
    tab = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    tab.goto(f"{address}/rock-to-motor.html")
    tab.emulate_media(media="print")
    assert tab.locator(".cp-pic:visible").count() == len(KEYS)
    assert tab.locator(".cp-chain:visible").count() == 0
    tab.context.close()
