"""Guess first: the answer is what the tables hold, the reader's guess stands beside it, and none is needed."""

import pytest

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.pages import guesses

GUESSES = {
    "01-dependence": guesses.gallium,
    "02-ministerial": guesses.signatures,
    "04-project-vault": guesses.graphite,
    "06-china-responses": guesses.month,
}


@pytest.mark.parametrize("release", tables.releases())
@pytest.mark.parametrize("ask", GUESSES.values(), ids=lambda f: f.__name__)
def test_one_reading_settles_and_every_answer_fits_the_slider(ask, release):
    if (guess := ask(release)) is None:  # the release does not hold it
        return
    assert sum(reading.settles for reading in guess.readings) == 1
    assert guess.choices or all(0 <= reading.value <= guess.high for reading in guess.readings)
    assert guess.html().count("<tr") == len(guess.readings) + 1


def test_the_answer_is_the_registry_s():
    [usgs] = [reading for reading in guesses.gallium("mcs2026").readings if reading.settles]
    assert usgs.text == facts.get("gallium.china_refined").text
    [least] = [reading for reading in guesses.month("mcs2026").readings if reading.settles]
    assert (least.label, least.text) == ("May", facts.get("magnets.world_2025_05").text)


def test_the_study_of_the_union_is_read_for_the_world_and_not_for_the_union(made_up):
    rows = [
        {"mineral": "gallium", "stage": "refinery", "scope": scope, "iso3": iso3, "share_pct": share}
        for scope, iso3, share in (("eu", "CHN", 69), ("world", "CHN", 94), ("world", "JPN", 3))
    ]
    made_up.put("eu_supply_shares", [row | {"source_id": "S1"} for row in rows], "eu2090")
    assert [reading.value for reading in guesses._studied()] == [94]
    made_up.take_away("eu_supply_shares")
    assert guesses._studied() == []


def test_in_a_kernel_the_answer_comes_when_asked_for():
    asked, button, answer = guesses.signatures("mcs2026").widget().children[1:]
    assert not answer.value
    asked.value = 20
    button.click()
    assert "Your guess: 20 countries." in answer.value and "11" in answer.value


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("page", GUESSES)
def test_a_guess_by_keyboard_stands_beside_the_answer(address, visit, page):
    seen = visit(f"{address}/{page}.html", width=360)
    guess = seen.page.locator(".cp-guess")
    asked, fold = guess.locator("input, select"), guess.locator("details")
    assert fold.get_attribute("open") is None
    asked.focus()
    if asked.evaluate("e => e.tagName") == "SELECT":
        asked.select_option(index=3)
    else:
        seen.page.keyboard.press("ArrowRight")
    seen.page.keyboard.press("Enter")
    own = guess.locator(".cp-own-guess")
    own.wait_for(state="visible")
    assert own.count() == 1 and guess.locator(".cp-settles").is_visible()
    assert not seen.complaints


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_who_does_not_guess_sees_the_answer_alone_and_without_script_too(address, browser):
    for script in (True, False):
        page = browser.new_context(java_script_enabled=script).new_page()
        page.goto(f"{address}/02-ministerial.html")
        page.locator(".cp-guess summary").click()
        assert page.locator(".cp-guess .cp-settles").is_visible()
        assert page.locator(".cp-own-guess").count() == 0
        assert page.locator(".cp-guess label").is_visible()
        page.context.close()
