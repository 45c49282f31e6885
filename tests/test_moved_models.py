"""Models that ask to be moved: the dot under mouse and finger, settings with a name, the start beside what is now, in two browsers."""

import re

import pytest
from sampled import draw, everything, told
from test_explorables import in_words, pages_with_explorables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
CHAPTERS = ["03-price-floor", "04-project-vault", "05-frameworks"]
POINTERS = ["mouse", "finger", "thumb"]
PAGES_WITH_NAMES = 3  # of which the settings with a name are pressed
PART = ".cp-explorable"
READY = "chokepoint.drawAll().then(() => chokepoint.atRest()).then(() => 1)"
# Where the dot of the first model is [px of the viewport], where it would be at another place along the axis, and which value is there.
DOT = """(async (share) => {
  const part = document.querySelector(".cp-explorable"), slider = part.querySelector(`input[name=${part.dataset.along}]`);
  part.querySelector(".cp-chart").scrollIntoView({ block: "center", behavior: "instant" });
  const view = await chokepoint.view(part), at = view.container().querySelector("svg").getBoundingClientRect(), pad = view.padding().left ?? view.padding();
  const left = at.left + view.origin()[0] + pad, x = value => left + view.scale("x")(value * part.dataset.per), y = at.top + view.origin()[1] + view.height() / 2;
  const [low, high, step] = [slider.min, slider.max, slider.step].map(Number), there = low + Math.round(share * (high - low) / step) * step;
  return { from: x(slider.value), to: x(there), y, there, step };
})"""
NOW = "(() => { const p = document.querySelector('.cp-explorable'); return Number(p.querySelector(`input[name=${p.dataset.along}]`).value); })()"
SETTLED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))).then(() => 1)"


def chapters(pointer: str) -> list[str]:
    """The chapters that a pointer is tried in: each in another, as the seed has it; or all."""
    if everything():
        return CHAPTERS
    return [draw("pointers").sample(CHAPTERS, len(CHAPTERS))[POINTERS.index(pointer)]]


@pytest.fixture
def phone(browser):
    """A page on a phone."""
    context = browser.new_context(**PHONE)
    yield context.new_page()
    context.close()


def ready(page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}.html")
    page.evaluate(READY)


def touch(page, path) -> None:
    """Put a finger down at the first place, move it to the others, lift it."""
    devtools = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(path):
        devtools.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove" if i else "touchStart", "touchPoints": [{"x": x, "y": y}]},
        )
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.evaluate(SETTLED)


def way(at: dict) -> list[tuple[float, float]]:
    return [(at["from"] + (at["to"] - at["from"]) * k / 4, at["y"]) for k in range(5)]


@pytest.mark.parametrize("name", chapters("mouse"))
def test_the_dot_follows_the_mouse_and_a_click_calls_it(address, visit, name):
    page = visit(f"{address}/{name}.html", drawn=False).page
    page.evaluate(READY)
    at = page.evaluate(f"{DOT}(0.75)")
    places = way(at)
    page.mouse.move(*places[0])
    assert (
        page.evaluate(f"getComputedStyle(document.elementFromPoint({places[0][0]}, {places[0][1]})).cursor")
        == "ew-resize"
    )
    assert page.locator(f"{PART} .cp-invite").first.is_visible()
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place)
    page.mouse.up()
    assert page.evaluate(NOW) == pytest.approx(at["there"], abs=at["step"] + 1e-9)
    assert not page.locator(f"{PART} .cp-invite").first.is_visible(), (
        "it has been moved: nobody need be asked"
    )
    page.mouse.move(places[0][0], places[0][1] - 40)
    assert page.evaluate(NOW) == pytest.approx(at["there"], abs=at["step"] + 1e-9), "it was let go"
    at = page.evaluate(f"{DOT}(0.25)")
    page.mouse.click(at["to"], at["y"])
    assert page.evaluate(NOW) == pytest.approx(at["there"], abs=at["step"] + 1e-9)


@pytest.mark.parametrize("name", chapters("finger"))
def test_the_dot_follows_a_finger_and_the_page_still_scrolls_under_one(address, phone, name):
    ready(phone, address, name)
    at = phone.evaluate(f"{DOT}(0.75)")
    touch(phone, way(at))
    assert phone.evaluate(NOW) == pytest.approx(at["there"], abs=at["step"] + 1e-9)
    assert (
        phone.evaluate(f"getComputedStyle(document.querySelector('{PART} .cp-chart')).touchAction") == "pan-y"
    )
    at = phone.evaluate(f"{DOT}(0.25)")
    phone.context.new_cdp_session(phone).send(
        "Input.synthesizeScrollGesture",
        {"x": at["to"], "y": at["y"], "yDistance": -200, "gestureSourceType": "touch"},
    )
    assert phone.evaluate(NOW) != pytest.approx(at["there"], abs=at["step"] + 1e-9), (
        "a finger on its way down the page moved the dot"
    )


@pytest.mark.parametrize("finger", [False, True])
def test_the_dot_follows_in_firefox_too(address, fox, finger):
    fox.open(f"{address}/{CHAPTERS[0]}.html")
    fox.evaluate(READY)
    at = fox.evaluate(f"{DOT}(0.75)")
    fox.drag(way(at), finger=finger)
    fox.evaluate(SETTLED)
    assert fox.evaluate(NOW) == pytest.approx(at["there"], abs=at["step"] + 1e-9)
    assert fox.complaints == []


def test_every_model_has_three_settings_with_a_name_and_each_gives_what_python_does(site, visit):
    """On some pages, or on all."""
    words, pages = in_words(), list(pages_with_explorables(site))
    if not everything():
        pages = draw("settings with a name").sample(pages, PAGES_WITH_NAMES)
        print(*pages, told())
    for page in pages:
        tab = visit(f"{site.as_uri()}/{page}", drawn=False).page
        tab.evaluate(READY)
        for part in tab.locator(PART).all():
            own = words[part.get_attribute("aria-label")]
            buttons = part.locator("[data-wish]").all()
            assert len(buttons) >= 3, page
            assert [button.text_content() for button in buttons] == list(own.named)
            for button in buttons:
                button.dispatch_event("click")  # some models are folded away
                tab.evaluate(SETTLED)
                assert part.locator(".cp-sentence").text_content() == own.sentence_at(
                    **own.named[button.text_content()]
                )
                assert part.locator("[aria-pressed=true]").all_text_contents() == [button.text_content()]
            part.locator("button[type=reset]").dispatch_event("click")
            tab.evaluate(SETTLED)
            assert part.locator("[aria-pressed=true]").count() == 0


def test_a_setting_with_a_name_is_pressed_in_firefox_too(address, fox):
    fox.open(f"{address}/{CHAPTERS[0]}.html")
    fox.evaluate(READY)
    fox.evaluate("document.querySelector('[data-wish]').click()")
    fox.evaluate(SETTLED)
    assert fox.evaluate("document.querySelector('[data-wish]').getAttribute('aria-pressed')") == "true"
    assert fox.evaluate("[...document.querySelectorAll('.cp-difference')].some(c => c.textContent)")


def test_what_is_moved_is_set_against_the_start(address, visit):
    page = visit(f"{address}/{CHAPTERS[0]}.html").page
    page.evaluate(READY)
    part = page.locator(PART).first
    ghosts = """async () => { const view = await chokepoint.view(document.querySelector(".cp-explorable")), found = [];
      const walk = mark => mark.marktype === "group" ? mark.items.forEach(g => (g.items ?? []).forEach(walk))
        : mark.items.filter(i => String(i.strokeDash) === "2,3" && i.opacity > 0).forEach(i => found.push(Math.round(i.y * 10)));
      walk(view.scenegraph().root); return found; }"""
    assert page.evaluate(ghosts) == [] and set(part.locator(".cp-difference").all_inner_texts()) == {""}
    part.locator("[data-wish]").last.click()
    page.evaluate(SETTLED)
    assert len(page.evaluate(ghosts)) > 100
    seen = part.locator(".cp-results tr").evaluate_all(
        "rows => rows.map(r => [r.cells[1].dataset.value - r.cells[1].dataset.start, 'percent' in r.cells[1].dataset, r.querySelector('.cp-difference').textContent])"
    )
    assert any(text for _, _, text in seen)
    for by, share, text in seen:
        if text == "hardly changed":
            assert 0 < abs(by) < 0.01, by
            continue
        told = float(re.sub(r"[,+]| points", "", text).replace("\N{MINUS SIGN}", "-") or 0)
        assert told == pytest.approx(100 * by if share else by, rel=0.005, abs=1e-9), text


def test_no_more_than_two_sliders_are_in_sight_and_a_link_opens_what_it_sets(address, visit):
    page = visit(f"{address}/{CHAPTERS[0]}.html?price_floor.evasion_share=0.2").page
    page.evaluate(READY)
    asked, folded = page.locator(PART).all()[:2]
    assert folded.locator("input:visible").count() == 2 < folded.locator("input").count()
    folded.get_by_text("More assumptions").click()
    assert folded.locator("input:visible").count() == folded.locator("input").count()
    assert asked.locator("input[name=evasion_share]").is_visible()


def test_a_slider_says_its_value_with_its_unit(site):
    for page in pages_with_explorables(site):
        text = (site / page).read_text(encoding="utf-8")
        for slider in re.findall(r'<input type="range" id="\w+-\w+" name[^>]*>', text):
            unit, said = (re.search(f'{key}="([^"]*)"', slider)[1] for key in ("data-unit", "aria-valuetext"))
            assert said.endswith("%" if unit == "share" else unit.strip("-")), slider


@pytest.mark.parametrize("name", chapters("thumb"))
def test_on_a_phone_a_thumb_finds_the_slider_and_the_answer_stays_in_sight(address, phone, name):
    ready(phone, address, name)
    part = phone.locator(PART).first
    for slider in part.locator("input:visible").all():
        slider.evaluate("s => s.scrollIntoView({ block: 'end', behavior: 'instant' })")
        assert slider.bounding_box()["height"] >= 44
        for what in (".cp-sentence", ".cp-chart"):
            box = part.locator(what).bounding_box()
            assert box["y"] >= -1 and box["y"] + box["height"] <= slider.bounding_box()["y"] + 1, what
    for button in part.locator("[data-wish]").all():
        assert button.bounding_box()["height"] >= 44
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
