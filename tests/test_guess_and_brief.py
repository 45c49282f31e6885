"""Guesses and the brief as others read them: by keyboard, without script, on paper, without motion, by axe."""

import pytest
from conftest import AXE
from sampled import draw, everything
from test_arrival import BRIEFS, MOST_SHIFT, SEEN
from test_guess import GUESSES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
GUESS, ANSWER = ".cp-guess", ".cp-guess .cp-settles"


def guesses(question: str) -> list[str]:
    """Two of the pages with a guess, others for each question; or all."""
    return GUESSES if everything() else draw(f"guesses {question}").sample(sorted(GUESSES), 2)


def briefs(question: str) -> list[str]:
    """The brief and one of its translations; or all."""
    first, *translations = BRIEFS
    return BRIEFS if everything() else [first, draw(f"briefs {question}").choice(translations)]


@pytest.mark.parametrize(
    "page, part", [*((page, GUESS) for page in guesses("axe")), *((page, "main") for page in briefs("axe"))]
)
def test_axe_finds_nothing_and_an_answer_moves_nothing(address, browser, page, part):
    tab = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    tab.add_init_script(SEEN.replace("e => shifts", "e => e.hadRecentInput || shifts"))
    tab.goto(f"{address}/{page}.html")
    if part == GUESS:
        tab.evaluate("document.fonts.ready.then(() => { shifts = []; })")  # how a page arrives: test_arrival
        tab.locator(f"{GUESS} summary").click()
        tab.locator(ANSWER).wait_for()
        tab.wait_for_timeout(600)  # what moves so long after a tap is no answer to it
        shifts = tab.evaluate("shifts")
        assert sum(value for value, _ in shifts) <= MOST_SHIFT, shifts
    tab.evaluate(f"{AXE.read_text(encoding='utf-8')};1")
    found = tab.evaluate(
        "part => axe.run(document.querySelector(part), {resultTypes: ['violations']})"
        ".then(r => r.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`))",
        part,
    )
    assert found == []
    tab.context.close()


@pytest.mark.parametrize("page", guesses("without"))
@pytest.mark.parametrize(
    "how", [{"java_script_enabled": False}, {"reduced_motion": "reduce"}], ids=["script", "motion"]
)
def test_a_guess_has_its_answer_without(address, browser, page, how):
    tab = browser.new_context(**how).new_page()
    tab.goto(f"{address}/{page}.html")
    tab.locator(f"{GUESS} summary").click()
    assert tab.locator(ANSWER).is_visible() and tab.locator(f"{GUESS} label").is_visible()
    if "reduced_motion" in how:
        assert (
            tab.evaluate("document.querySelector('.cp-guess').getAnimations({ subtree: true }).length") == 0
        )
    tab.context.close()


@pytest.mark.parametrize("page", guesses("on paper"))
def test_on_paper_a_guess_has_question_and_answer(address, visit, page):
    tab = visit(f"{address}/{page}.html", drawn=False).page
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(ANSWER).is_visible() and tab.locator(f"{GUESS} label").is_visible()


@pytest.mark.parametrize("page", briefs("by keyboard"))
def test_the_brief_is_read_by_keyboard_and_without_script(address, browser, page):
    tab = browser.new_page()
    tab.goto(f"{address}/{page}.html")
    links = tab.evaluate(  # what is folded is reached once it is unfolded
        "[...document.querySelectorAll('main a[href]')].filter(a => a.checkVisibility()).map(a => a.href)"
    )
    tab.locator("main a[href]").first.focus()
    reached = []
    for _ in range(2 * len(links)):
        reached.append(tab.evaluate("document.activeElement.href ?? null"))
        outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert len(reached) == 1 or outline != "none", reached[-1]  # the first was focused by a script
        if len(list(filter(None, reached))) == len(links):
            break
        tab.keyboard.press("Tab")
    assert [href for href in reached if href] == links  # between them are summaries, which are no links
    words = tab.locator("main").inner_text()
    tab.close()
    plain = browser.new_context(java_script_enabled=False)
    tab = plain.new_page()
    tab.goto(f"{address}/{page}.html")
    assert len(tab.locator("main").inner_text()) >= 0.95 * len(words)
    plain.close()
