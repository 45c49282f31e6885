"""Links into a page: the reader sees what was linked to, with ordinary motion, while charts above are still to be drawn."""

import pytest
from sampled import draw, everything, told

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("layout")]
WIDTHS = (360, 768, 1280, 1440)
SECONDS = 3
AT_ONCE = 6  # tabs
CHAPTERS = 3  # besides the cover
# Anchors of a page's sections, of its charts, and of the points of the first page.
ANCHORS = """[...document.querySelectorAll("main section[id] > :is(h2, h3), main :is(h2, h3)[id]")].map((h) => h.id || h.parentElement.id)
  .concat([...document.querySelectorAll(".cp-chart, .cp-points > li")].map((c) => c.id))"""
# How far below the header a section's heading or a chart's title stands [px]; how far it could still be scrolled.
PLACE = """(anchor) => {
  const target = document.getElementById(anchor), header = document.querySelector(".cp-top");
  const seen = target.closest(".cp-chart")?.closest(".cp-explorable, .cp-pair > div, .cp-figure") ?? target.querySelector("h2, h3") ?? target;
  const under = getComputedStyle(header).position === "sticky" ? header.getBoundingClientRect().bottom : 0;
  return [seen.getBoundingClientRect().top - under, document.documentElement.scrollHeight - scrollY - innerHeight];
}"""


def chapters(site) -> list[str]:
    """The cover and some chapters, or all."""
    of_the_story = sorted(p.stem for p in site.glob("[01]*.html"))
    return [
        "index",
        *(of_the_story if everything() else sorted(draw("chapters").sample(of_the_story, CHAPTERS))),
    ]


def test_every_link_to_a_section_or_a_chart_shows_it_three_seconds_later(site, address, browser):
    """From another page, and from the page's own top: no more than 100 px below the header, or as far down as the page goes."""
    chance, links = draw("landing"), []
    with_names = browser.new_context().new_page()
    for page in chapters(site):
        with_names.goto(f"{address}/{page}.html")
        anchors = with_names.evaluate(ANCHORS)
        assert len(anchors) > 4, page
        ways = [(page, anchor, width, far) for anchor in anchors for width in WIDTHS for far in (True, False)]
        links += (
            ways
            if everything()
            else [*chance.sample(ways, 2), (page, anchors[-1], chance.choice(WIDTHS), True)]
        )  # the last has most above it
    with_names.context.close()
    faults = []
    for i in range(0, len(links), AT_ONCE):
        faults += followed(browser, address, links[i : i + AT_ONCE])
    print(f"{len(links)} links followed")
    assert not faults, "\n".join([*faults, told()])


def followed(browser, address: str, links: list[tuple[str, str, int, bool]]) -> list[str]:
    """Links that do not show what they lead to."""
    tabs = []
    for page, anchor, width, far in links:
        tab = browser.new_context(viewport={"width": width, "height": 800}).new_page()
        tab.goto(f"{address}/{page}.html" + (f"#{anchor}" if far else ""))
        if not far:
            tab.evaluate("(anchor) => { location.hash = anchor; }", anchor)
        tabs.append(tab)
    tabs[-1].wait_for_timeout(1000 * SECONDS)
    faults = []
    for tab, (page, anchor, width, far) in zip(tabs, links, strict=True):
        below, left = tab.evaluate(PLACE, anchor)
        if not (-2 <= below <= 100 or (below > 100 and left < 2)):
            faults.append(
                f"{page}#{anchor}, {width} px, {'from another page' if far else 'from its top'}: {below:.0f} px below the header"
            )
        tab.context.close()
    return faults
