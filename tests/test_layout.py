"""Charts at any width: they come to rest, they keep the room they were given, their words stay inside. Most of it sampled; see `sampled`."""

import re
import warnings

import firefox
import pytest
from pictures import AT_REST, DEAF, NARROW, OPENED, SIZES, WIDE, WIDEST, WORDS, in_font
from sampled import draw, everything, of_each, told

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("layout")]
WIDTHS = [round(320 + i * 1600 / 29) for i in range(30)]  # 320 to 1920 px
HEIGHT = 800
# What is made once it is unfolded, such as a long table, is there: the page has kept its length for half a second.
UNFOLDED = """(async () => {
  for (let last = -1, same = 0; same < 5; ) {
    await new Promise((done) => setTimeout(done, 100));
    const now = document.body.scrollHeight;
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return 1;
})()"""
FONTS = {"wide": WIDEST, "narrow": NARROW}
SHARDS = 8 if everything() else 1
BROWSERS = ("Chromium", "Firefox")


def in_browsers() -> list[tuple[str, str]]:
    """Browsers with the font that each measures in: each browser once and each font once, or all together."""
    if everything():
        return [(name, font) for name in BROWSERS for font in FONTS]
    return list(zip(BROWSERS, draw("fonts").sample(list(FONTS), len(BROWSERS)), strict=True))


def with_charts(site) -> list[str]:
    """Every page that has a chart, by name."""
    found = (
        p
        for p in site.rglob("*.html")
        if "_static" not in p.parts and 'class="cp-chart"' in p.read_text(encoding="utf-8")
    )
    return sorted(p.relative_to(site).as_posix().removesuffix(".html") for p in found)


def some(site, name: str, chapters: int = 0, always: str = "") -> list[str]:
    """Pages with charts: so many of the story's besides one that is always asked, one mineral's and one country's; or all."""
    pages = with_charts(site)
    if everything():
        return pages
    story = [page for page in pages if "/" not in page and page != always]
    of_templates = of_each(name, [page for page in pages if "/" in page], lambda page: page.split("/")[0])
    return [*filter(None, [always]), *draw(name).sample(story, chapters), *of_templates]


class InChromium:
    """A tab of Chromium, used like `firefox.Firefox`."""

    def __init__(self, browser):
        self.page = browser.new_context(viewport={"width": 1280, "height": HEIGHT}).new_page()
        self.page.set_default_timeout(60_000)
        self.complaints: list[str] = []
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def before_each_page(self, script: str) -> None:
        self.page.add_init_script(f"(() => {{ {script} }})()")

    def open(self, address: str) -> None:
        self.complaints.clear()
        self.page.goto(address)

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def evaluate(self, expression: str):
        waiting = f"Promise.race([{expression}, new Promise((_, fail) => setTimeout(() => fail(new Error('it does not come to rest')), 50000))])"
        return self.page.evaluate(waiting)

    def close(self) -> None:
        self.page.context.close()


@pytest.fixture
def opened(browser):
    """A function that opens a tab of the browser of a name; its words are measured in some font."""
    tabs = []

    def open_(name: str, letter: float):
        if name == "Chromium":
            tab = InChromium(browser)
        elif path := firefox.executable():
            tab = firefox.Firefox(path)
        else:
            print(firefox.NONE_HERE)
            warnings.warn(firefox.NONE_HERE, stacklevel=2)
            pytest.skip(firefox.NONE_HERE)
        tabs.append(tab)
        tab.before_each_page(in_font(letter))
        return tab

    yield open_
    for tab in tabs:
        tab.close()


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("name, font", in_browsers())
def test_every_chart_comes_to_rest_at_every_width_and_answers_afterwards(
    site, address, opened, name, font, shard
):
    """At each width and while it changes, nothing is complained of; the picture is that of the width, whatever width was before."""
    chance, faults, tab = draw(f"rest in a {font} font"), [], opened(name, FONTS[font])
    for page in some(site, f"rest in a {font} font", always="05-frameworks")[shard::SHARDS]:
        widths = WIDTHS if everything() else sorted(chance.sample(WIDTHS, 4))
        tab.resize(widths[0], HEIGHT)
        tab.open(f"{address}/{page}.html")
        try:
            seen = {}
            for width in widths:
                tab.resize(width, HEIGHT)
                tab.evaluate(AT_REST)
                seen[width] = tab.evaluate(SIZES)
                faults += [
                    f"{page}, {width} px: chart {i} is {s[1]} px wide in {s[0]}"
                    for i, s in enumerate(seen[width], 1)
                    if s[1] > s[0] + 60
                ]
            for width in chance.sample(WIDTHS, 10):
                tab.resize(width, HEIGHT)  # and on, without waiting
            tab.resize(again := chance.choice(widths), HEIGHT)
            tab.evaluate(AT_REST)
            if (now := tab.evaluate(SIZES)) != seen[again]:
                faults.append(f"{page}, {again} px: {now} after other widths, {seen[again]} before")
            faults += [f"{page}: {deaf}" for deaf in tab.evaluate(DEAF)]
        except Exception as error:  # a page that froze takes its tab with it
            pytest.fail(f"{page} at {width} px, in a {font} font: {error}\n{tab.complaints[:3]}\n{told()}")
        faults += [f"{page}: {complaint}" for complaint in dict.fromkeys(tab.complaints)]
    assert not faults, "\n".join([*faults, told()])


def test_the_style_knows_every_width_at_which_a_chart_changes_its_height(site):
    """Or it would show the rooms of both."""
    style = (site / "_static" / "charts.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.cp-(?:below|from)-\d+", style))
    unknown = {
        (page, room)
        for page in with_charts(site)
        for room in re.findall(r"cp-(?:below|from)-\d+", (site / f"{page}.html").read_text(encoding="utf-8"))
        if f".{room}" not in known
    }
    assert not unknown


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_room_kept_for_a_chart_is_the_room_it_takes(site, address, browser, shard):
    """So nothing on a page moves when a chart is drawn: neither what a reader reads nor the scroll bar."""
    faults, chance = [], draw("rooms")
    for page in some(site, "rooms", chapters=2)[shard::SHARDS]:
        for width in (360, 768, 1280, 1440) if everything() else chance.sample((360, 768, 1280, 1440), 2):
            tab = browser.new_context(viewport={"width": width, "height": HEIGHT}).new_page()
            tab.add_init_script(
                "window.IntersectionObserver = class { observe() {} unobserve() {} }"
            )  # nothing is drawn before it is asked for
            tab.goto(f"{address}/{page}.html")
            tab.evaluate(OPENED)
            tab.evaluate(UNFOLDED)
            rooms, places = (
                "[...document.querySelectorAll('.cp-chart')].map(b => b.getBoundingClientRect().height)",
                "document.body.scrollHeight",
            )
            before, long = tab.evaluate(rooms), tab.evaluate(places)
            tab.evaluate(AT_REST)
            moved = [
                f"chart {i}: {b:.0f} kept, {a:.0f} taken"
                for i, (b, a) in enumerate(zip(before, tab.evaluate(rooms), strict=True), 1)
                if abs(b - a) > 6
            ]
            grown = abs(tab.evaluate(places) - long)
            faults += [f"{page}, {width} px: {m}" for m in moved] + [
                f"{page}, {width} px: {grown} px longer"
            ] * (grown > 20)
            tab.context.close()
    assert not faults, "\n".join([*faults, told()])


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("letter", [WIDE, NARROW] if everything() else [WIDE])
@pytest.mark.parametrize("name", BROWSERS)
def test_no_words_of_a_chart_leave_it_are_cut_run_into_others_or_are_too_small(
    site, address, opened, name, letter, shard
):
    """In a wide font, at the widths of phones and of a desk, the smallest too; every week at all widths, and in a narrow font.

    Firefox here has a scroll bar that takes room, which is the narrowest column there is.
    """
    faults, tab = [], opened(name, letter)
    for page in some(site, f"words in {name}", chapters=1)[shard::SHARDS]:
        tab.resize(360, HEIGHT)
        tab.open(f"{address}/{page}.html")
        for width in sorted({320, 360, 390, 1440, *(WIDTHS if everything() else ())}):
            tab.resize(width, HEIGHT)
            tab.evaluate(AT_REST)
            faults += [f"{page}, {width} px: {fault}" for fault in tab.evaluate(WORDS)]
    assert not faults, "\n".join([*faults, told()])
