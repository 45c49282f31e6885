"""A finger on a chart: it tells what a mouse would be told, near enough is enough, and it stays until the next tap."""

import pytest
from sampled import draw, everything
from test_guess import GUESSES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
REACH = 22  # px: half of a comfortable target
# The chart with tooltips on its dots, in chapter 1, in the timeline, in the readings, in a mineral's page and of what a sum buys.
# Charts by their order on the page, those of a notebook's folded code left out.
CHART = ".cp-chart:not(details.admonition.hide .cp-chart)"
CHARTS = [
    ("01-dependence", 0),
    ("08-since-february", 0),
    ("09-disagreements", 1),
    ("minerals/gallium", 0),
    ("04-project-vault", 1),
]
# Some marks of a chart that say something, apart from each other: where each is on the page, and what it says.
MARKS = """async ([i, apart]) => {
  const box = document.querySelectorAll(".cp-chart:not(details.admonition.hide .cp-chart)")[i], part = box.closest(".cp-explorable, .cp-pair > div, .cp-figure");
  box.scrollIntoView({ block: "start" });
  const view = await chokepoint.view(part), found = [], [left, top] = view.origin(), padding = view.padding();
  const at = view.container().querySelector("svg, canvas").getBoundingClientRect();
  const walk = (mark, x, y) => {
    if (mark.marktype === "group") for (const g of mark.items) for (const m of g.items ?? []) walk(m, x + (g.x || 0), y + (g.y || 0));
    else if (["symbol", "rect"].includes(mark.marktype)) for (const item of mark.items) if (item.tooltip) {
      const { x1, x2, y1, y2 } = item.bounds;
      found.push({ x: at.left + x + (x1 + x2) / 2, y: at.top + y + (y1 + y2) / 2, half: (x2 - x1) / 2, says: Object.entries(item.tooltip).map(([k, v]) => `${k}: ${v}`).join("\\n") });
    }
  };
  walk(view.scenegraph().root, left + padding.left, top + padding.top);
  const seen = found.filter((m) => m.y > 60 && m.y < innerHeight - 20 && m.x > 20 && m.x < innerWidth - 20);
  return seen.filter((m) => seen.every((o) => o === m || Math.hypot(o.x - m.x, o.y - m.y) > apart)).slice(0, 4);
}"""
# The middle of a country on the second chart's map, which may be drawn on a canvas; and the country chosen there.
COUNTRY = """async (iso3) => {
  const view = await chokepoint.view(document.querySelectorAll(".cp-figure:not(details.admonition.hide .cp-figure)")[1]), [left, top] = view.origin(), padding = view.padding();
  const at = view.container().querySelector("svg, canvas").getBoundingClientRect();
  const shapes = view.scenegraph().root.items[0].items.filter((mark) => mark.marktype === "shape").flatMap((mark) => mark.items);
  const { x1, x2, y1, y2 } = shapes.find((item) => item.tooltip && item.datum.iso3 === iso3).bounds;
  return { x: at.left + left + padding.left + (x1 + x2) / 2, y: at.top + top + padding.top + (y1 + y2) / 2 };
}"""
CHOSEN = "(async () => (await chokepoint.view(document.querySelectorAll('.cp-figure:not(details.admonition.hide .cp-figure)')[1])).signal('country').iso3[0])()"
BUBBLE = "(() => { const b = document.querySelector('.cp-tip'); return b.hidden ? null : [...b.children].map(line => line.textContent).join('\\n'); })()"


@pytest.fixture
def phone(browser):
    """A page on a phone."""
    context = browser.new_context(**PHONE)
    yield context.new_page()
    context.close()


def ready(page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}.html")
    page.evaluate("chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1)")


def some_charts() -> list[tuple[str, int]]:
    """The first, and one of the others; or all."""
    return CHARTS if everything() else [CHARTS[0], draw("taps").choice(CHARTS[1:])]


@pytest.mark.parametrize("name, chart", some_charts())
def test_a_tap_says_what_the_mouse_is_told_and_stays(address, browser, phone, name, chart):
    ready(phone, address, name)
    marks = phone.evaluate(MARKS, [chart, 30])
    assert marks, "no mark stands apart"
    mouse = browser.new_context(viewport=PHONE["viewport"]).new_page()
    ready(mouse, address, name)
    for mark, there in zip(marks, mouse.evaluate(MARKS, [chart, 30]), strict=True):
        mouse.mouse.move(there["x"], there["y"])
        phone.touchscreen.tap(mark["x"], mark["y"])
        assert phone.evaluate(BUBBLE) == mouse.evaluate(BUBBLE) == mark["says"]
    phone.wait_for_timeout(500)
    assert phone.evaluate(BUBBLE) == marks[-1]["says"], "it did not stay"
    mouse.context.close()


@pytest.mark.parametrize("name, chart", CHARTS[:3] if everything() else [draw("beside").choice(CHARTS[:3])])
def test_a_tap_beside_a_dot_means_the_dot_and_one_far_away_closes(address, phone, name, chart):
    ready(phone, address, name)
    marks = phone.evaluate(MARKS, [chart, 2 * REACH + 4])
    assert marks, "no mark stands apart"
    for mark in marks:
        phone.touchscreen.tap(mark["x"], mark["y"] + REACH)
        assert phone.evaluate(BUBBLE) == mark["says"]
    box = phone.locator(CHART).nth(chart).bounding_box()
    phone.touchscreen.tap(200, min(box["y"] + box["height"] + 60, 830))
    assert phone.evaluate(BUBBLE) is None


def test_what_a_tap_opened_goes_along_with_the_chart(address, phone):
    ready(phone, address, "08-since-february")
    mark = phone.evaluate(MARKS, [0, 30])[0]
    phone.touchscreen.tap(mark["x"], mark["y"])
    place = "document.querySelector('.cp-tip').getBoundingClientRect().top - document.querySelector('.cp-chart:not(details.admonition.hide .cp-chart)').getBoundingClientRect().top"
    before = phone.evaluate(place)
    phone.evaluate("scrollBy(0, 120)")
    assert phone.evaluate(BUBBLE) == mark["says"] and phone.evaluate(place) == pytest.approx(before, abs=1)


def test_a_tap_on_a_country_tells_of_it_and_chooses_it(address, phone):
    ready(phone, address, "02-ministerial")
    phone.locator(CHART).nth(1).scroll_into_view_if_needed()
    at = phone.evaluate(COUNTRY, "AUS")
    phone.touchscreen.tap(at["x"], at["y"])
    assert phone.evaluate(BUBBLE).startswith("Country: Australia")
    phone.wait_for_function(f"async () => await {CHOSEN} === 'AUS'")


def with_numbers() -> list[str]:
    """The brief, one or all of its translations, and the steps from rock to motor."""
    translations = ["brief-fr", "brief-es", "brief-zh", "brief-ja"]
    chosen = translations if everything() else [draw("numbers").choice(translations)]
    return ["brief", *chosen, "rock-to-motor"]


@pytest.mark.parametrize("name", with_numbers())
def test_a_tap_on_a_number_leads_to_its_evidence(address, phone, name):
    phone.goto(f"{address}/{name}.html")
    number = phone.locator("main a.cp-fact").first
    where = number.get_attribute("href").partition("#")[2]
    number.tap()
    phone.wait_for_url(f"**/evidence.html#{where}")
    row = phone.locator(f"[id='{where}']")
    row.wait_for()
    assert 0 <= row.bounding_box()["y"] < PHONE["viewport"]["height"]


def test_the_steps_from_rock_to_motor_are_read_and_left_by_touch(address, phone):
    """Nothing stands beside the screen, every link can be hit, and one leads to the place that it names."""
    phone.goto(f"{address}/rock-to-motor.html")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    chips = phone.locator(".cp-touch a")
    assert chips.count() > 6
    assert all(chip.bounding_box()["height"] >= 18 for chip in chips.all())
    step = phone.locator(".cp-step").nth(3)
    step.scroll_into_view_if_needed()
    assert step.locator(".cp-pic").is_visible()
    to = chips.first.get_attribute("href")
    chips.first.tap()
    phone.wait_for_url(f"**/{to}")


@pytest.mark.parametrize(
    "name", GUESSES if everything() else draw("guesses by finger").sample(sorted(GUESSES), 2)
)
def test_a_guess_by_finger_stands_beside_the_answer(address, phone, name):
    phone.goto(f"{address}/{name}.html")
    guess = phone.locator(".cp-guess").first
    asked = guess.locator("input, select").first
    if asked.evaluate("e => e.tagName") == "SELECT":
        asked.select_option(index=3)
    else:
        asked.scroll_into_view_if_needed()
        box = asked.bounding_box()
        phone.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    guess.locator("button, summary").first.tap()
    guess.locator(".cp-own-guess").wait_for(state="visible")
    assert guess.locator(".cp-settles").is_visible()
