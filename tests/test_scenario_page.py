"""What would you do?: the page says what Python says, keeps a choice in its address, refuses what may not be, and is open to all."""

import csv
import io
import json
import math
import re
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest
from markupsafe import Markup
from sampled import draw, everything, told
from test_scenario import hostile

from chokepoint.analysis import countries, decisions
from chokepoint.charts.vega import script
from chokepoint.errors import UserError
from chokepoint.models import scenario
from chokepoint.models.scenario.runner import PARTS
from chokepoint.pages import country, mineral
from chokepoint.pages import decisions as choices
from chokepoint.pages.components.scenario_desk import PANELS, ScenarioDesk, rows
from chokepoint.pages.drawn import drawn
from chokepoint.site import runs
from chokepoint.site.layout import POLICY, WORKER, fix_html
from chokepoint.site.sphinx_extension import related, scripts_of

HOME = Path(__file__).resolve().parents[1]
RELEASE = "mcs2026"
MINERALS = ("antimony", "copper", "gallium", "neodymium", "tungsten")
HOSTILE_SETTINGS = 12  # of the hundred of the command line's test
TOGETHER = 4  # faults of one link: the page says six lines at most, and of one fault up to three
RESTORED = 2  # of the five minerals' links
slow = pytest.mark.slow
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What would you do?</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{policy}">
{styles}<script src="_static/page.js"></script>{scripts}</head><body><header class="cp-top"><button class="cp-unfold">Contents</button>
<label class="cp-scheme">Light or dark <select><option>auto</option></select></label></header><nav id="cp-book" aria-label="Book"></nav>
<main><article class="bd-article"><h1>What would you do?</h1>{body}</article></main></body></html>"""


def words(html) -> str:
    return Markup(str(html).replace("><", "> <")).striptags()


# --- without a browser


def test_a_story_leads_to_the_settings_that_python_gives_it():
    """Money and Vault are parts of what the club spends on this mineral; the page works them out by the same two numbers."""
    spends = 2 * decisions.half_a_year("tungsten", "came")
    settings = decisions.run("tungsten", "came", "everything").settings
    assert settings["money"] == pytest.approx(PARTS["money"] * spends, rel=0.005)  # three figures
    assert settings["vault"] == pytest.approx(PARTS["vault"] * spends)


def test_china_answers_alike_whether_something_is_done_or_nothing():
    for answer in decisions.ANSWERS:
        run = decisions.run("gallium", "came", "everything", answer)
        assert run.nothing.equals(decisions.run("gallium", "came", "nothing", answer).table)


def test_cover_is_blank_where_nothing_is_imported():
    months, _ = rows(
        next(p for p in PANELS if p.name == "cover"), decisions.run("copper", "came", "everything")
    )
    assert months.a.isna().all()


def test_the_desk_refuses_what_there_is_not():
    for choice in (
        ("galium",),
        ("gallium", "XX"),
        ("gallium", "came", "monney"),
        ("gallium", "came", "money", "war"),
    ):
        with pytest.raises(UserError) as said:
            _ = ScenarioDesk(*choice).run
        assert "\n" not in str(said.value)


def test_every_mineral_of_the_desk_has_its_sources_and_each_picture_leads_to_them():
    page = str(ScenarioDesk().html())
    assert page.count(">Sources</a>") == page.count("data-panel=") - page.count(
        '<button type="button" data-panel='
    )
    lines = re.findall(r'<span data-sourced="([^"]*)"( hidden)?>Sources?: <a ', page)
    assert sorted(" ".join(of for of, _ in lines).split()) == sorted(m.mineral for m in scenario.minerals())
    assert ["gallium" in of.split() for of, hidden in lines if not hidden] == [True]


def test_the_widget_answers_in_python():
    made = ScenarioDesk("antimony", "g7", "ore_and_oxide", "none").widget()
    chosen = {child.description: child for child in made.children if getattr(child, "description", "")}
    said = made.children[5]
    assert decisions.run("antimony", "g7", "ore_and_oxide").sentence in words(said.value)
    chosen["Story"].value = "money"
    chosen["China’s answer"].value = "cut"
    assert decisions.run("antimony", "g7", "money", "cut").sentence in words(said.value)
    chosen["Members"].value = "USA,CHN"
    assert "whose answer is the other side" in words(said.value)
    assert made.children[6].children[2].layout.display == "none"  # antimony's price is not earned
    chosen["Members"].value, chosen["Mineral"].value = "us", "tungsten"
    assert made.children[6].children[2].layout.display is None
    chosen["Mineral"].value = "gallium"
    assert decisions.run("gallium", "us", "money", "cut").sentence in words(said.value)


def test_the_widgets_band_is_that_of_python():
    made = ScenarioDesk("copper", "us", "money", "none").widget()
    next(child for child in made.children if type(child).__name__ == "Checkbox").value = True
    of = scenario.band("copper", "us", **decisions.run("copper", "us", "money").settings)
    share = made.children[6].children[0].children[1].spec
    drawn = next(
        data["values"]
        for data in share["data"]
        if len(data.get("values", [])) == 15 and "q95" in data["values"][0]
    )
    assert [row["q95"] for row in drawn] == list(of[of.series == "outside_share"].q95)


def test_every_minerals_page_says_what_would_come_of_it_or_why_not():
    for known in scenario.minerals(all_of_them=True):
        if known.grade == "none":
            section = mineral.decisions(known.mineral, RELEASE)
            assert "cannot say: " in section.sentences[0] and section.after == ""
    assert mineral.decisions("rare_earths", RELEASE) is None


@pytest.mark.parametrize("name", ["gallium", "antimony", "graphite", "tungsten"])
def test_a_stock_of_a_hundred_million_lasts_so_many_days(name):
    said = mineral.decisions(name, RELEASE).sentences[-1]
    members = scenario.cover(name, "came", 100)
    assert f"{members['days_of_use']:.0f} days of all that the members together use" in said
    assert f"{members['days_without_china']:.0f} days of what they would lack" in said
    us = scenario.cover(name, "us", 100)
    assert (
        f"{us['days_of_use']:,.0f} days of all that the United States use" in said
        if math.isfinite(us["days_of_use"])
        else "no use is published" in said
    )


def test_a_minerals_page_says_how_far_apart_nine_runs_of_ten_lie():
    said = mineral.decisions("antimony", RELEASE).sentences[-2]
    of = scenario.band("antimony", "came", 64, floor_ore=1.5, floor=1.5)
    last = of[of.series == "output_club"].iloc[-1]
    assert f"{float(f'{last.q5:.2g}'):,.0f} to {float(f'{last.q95:.2g}'):,.0f} tonnes in 2040" in said
    assert last.q5 < last.q95


def test_a_minerals_section_leads_to_the_desk_with_its_own_choice():
    html = str(mineral.decisions("gallium", RELEASE).html())
    assert "cp:07-futures?mineral=gallium&amp;members=came&amp;story=ore_and_oxide" in html
    assert 'href="../07-futures.html?mineral=gallium' in related(html, "minerals/gallium")


def test_joining_and_leaving_are_told_from_who_is_inside():
    assert country.joining("japan", RELEASE).heading == "What leaving would do"
    assert country.joining("chile", RELEASE).heading == "What joining would do"
    assert country.joining("china", RELEASE) is None and country.joining("cook-islands", RELEASE) is None


# --- in a browser, on a page from the disk


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    """The desk alone, as the site prints it: its scripts in files, its charts compiled."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(HOME / "book" / "_static", folder / "_static")
    html, own = str(ScenarioDesk().html()), folder / "_static" / "models"
    own.mkdir()
    for name, code in scripts_of(html):
        (own / f"{name}.js").write_text(code, encoding="utf-8")
    (folder / "_static" / "vega.js").write_text(
        "(()=>{" + script("window.vega = {}") + "})();", encoding="utf-8"
    )
    files = [
        *(f"models/{name}" for name, _ in scripts_of(html)),
        "vega",
        "charts",
        "menu",
        "scenario",
        "desk",
    ]
    body = re.sub(r'<script type="application/json" class="cp-script">.*?</script>', "", html, flags=re.S)
    (folder / "page.html").write_text(
        PAGE.format(
            policy=POLICY + WORKER,
            styles="".join(
                f'<link rel="stylesheet" href="_static/{name}.css">'
                for name in ("chokepoint", "charts", "desk")
            ),
            scripts="".join(f'<script defer src="_static/{name}.js"></script>' for name in files),
            body=fix_html(related(drawn(body), "07-futures")),
        ),
        encoding="utf-8",
    )
    return folder / "page.html"


def opened(visit, page_file, how: str = "", **screen):
    seen = visit(f"{page_file.as_uri()}{'?' + how if how else ''}", **screen)
    seen.page.wait_for_function("() => document.querySelector('.cp-scenario').dataset.settled")
    return seen


def stories_of_minerals() -> dict[str, list[str]]:
    """A story for each of the five minerals, another for each as far as there are others; or all for each."""
    stories = list(scenario.STORIES)
    if everything():
        return dict.fromkeys(MINERALS, stories)
    drawn = draw("stories").sample(stories, len(stories))
    return {name: [drawn[k % len(drawn)]] for k, name in enumerate(MINERALS)}


@slow
def test_each_story_for_five_minerals_is_python_s_run_and_its_link_restores_it(visit, page_file):
    """The sentence to the letter, every number of the CSV, and the same again from the link that the page gives.

    Each time every mineral, story and answer, drawn together, and some of the links; every week each mineral with all of them.
    """
    seen, chosen = opened(visit, page_file), stories_of_minerals()
    restored = MINERALS if everything() else draw("links of stories").sample(MINERALS, RESTORED)
    seen.page.evaluate("document.querySelector('[data-do=band]').click()")
    for name in MINERALS:
        seen.page.select_option('[data-choose="mineral"]', name)
        for story in chosen[name]:
            for answer in ("none", "cut"):
                seen.page.evaluate(
                    "([story, answer]) => { document.querySelector(`[data-story=${story}]`).click(); document.querySelector(`[data-answer=${answer}]`).click(); }",
                    [story, answer],
                )
                expected = decisions.run(name, "came", story, answer)
                seen.page.wait_for_function(
                    "wanted => document.querySelector('.cp-sentence').textContent === wanted",
                    arg=expected.sentence,
                    timeout=5000,
                )
                link, told, held = seen.page.evaluate(
                    "[chokepointDesk.address(), scenario.csv(scenarioData, chokepointDesk.told().path), chokepointDesk.choice().settings]"
                )
                assert held == expected.settings
                table = list(csv.reader(io.StringIO(told)))
                assert table[0] == list(expected.table.columns) and len(table) == len(expected.table) + 1
                for row, mine in zip(table[1:], expected.table.itertuples(index=False), strict=True):
                    assert [float(cell) for cell in row] == pytest.approx(list(mine), rel=1e-9, abs=1e-6)
        if name not in restored:
            continue
        again = opened(visit, page_file, link.split("?")[1])
        assert again.page.inner_text(".cp-sentence") == expected.sentence
        assert again.page.evaluate("chokepointDesk.choice().settings") == expected.settings
        assert not again.complaints
        again.close()
    assert not seen.complaints and all(r.startswith(("file:", "data:", "blob:")) for r in seen.requests)


HOSTILE = [
    ("floor=9", "0 to 5 × the price of the start"),
    ("floor=abc", "0 to 5"),
    ("floor=1e999", "0 to 5"),
    ("floor=NaN", "0 to 5"),
    ("floor=", "0 to 5"),
    ("vault=-1", "0 to 12000 US$ million"),
    ("cut=0.5.1", "0 to 1 share"),
    ("mineral=unobtainium", "“unobtainium”"),
    ("mineral=__proto__", "“__proto__”"),
    ("members=XXX", "“XXX”"),
    ("members=USA,CHN", "“CHN” cannot be a member"),
    ("members=USA,HKG", "“HKG” cannot be a member"),
    ("members=USA,MAC", "“MAC” cannot be a member"),
    ("members=", "names none"),
    ("mineral=", "names none"),
    ("members=<b>", "cannot be a member"),
    ("story=war", "there are nothing"),
    ("answer=constructor", "there are none"),
    ("flooor=2", "no setting “flooor”"),
    ("story=%3Cimg+src=x+onerror=alert(1)%3E", "there are nothing"),
]


def links(faults: list[tuple[str, str]], most: int) -> list[list[tuple[str, str]]]:
    """What each link asks for: so many faults at most, none of them of the same name."""
    asked: list[list[tuple[str, str]]] = []
    for fault in faults:
        name = fault[0].partition("=")[0]
        for link in asked:
            if len(link) < most and not any(query.partition("=")[0] == name for query, _ in link):
                link.append(fault)
                break
        else:
            asked.append([fault])
    return asked


@slow
def test_hostile_links_are_refused_in_a_line_each_and_the_page_runs_on(visit, page_file):
    """Names that there are not, and some of the hundred settings of the command line's test, or all.

    One link asks for several; every week each has a link of its own.
    """
    known = scenario.controls()
    more = [
        (urlencode({name: value}), f"{known[name].low:g} to {known[name].high:g} {known[name].unit}")
        for name, value in hostile()
    ]
    if not everything():
        more = draw("hostile links").sample(more, HOSTILE_SETTINGS)
    seen = opened(visit, page_file)
    for asked in links(HOSTILE + more, 1 if everything() else TOGETHER):
        seen.page.goto(f"{page_file.as_uri()}?{'&'.join(query for query, _ in asked)}")
        seen.page.wait_for_function("() => document.querySelector('.cp-scenario').dataset.settled")
        said = seen.page.inner_text(".cp-refused").splitlines()
        for query, hint in asked:
            assert any(hint in line for line in said), (query, said, told())
        assert all(len(line) <= 200 for line in said)
        assert seen.page.inner_text(".cp-sentence").startswith("For ")
    assert not seen.complaints and seen.page.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", ["mineral", "members", "story", "answer"])
@pytest.mark.parametrize(
    "value",
    ["", "x", "GALLIUM", "__proto__", "<b>", "1", "none,", "USA;JPN", "a" * 500, "../etc", "CHN", "null"],
)
def test_hostile_parameters_are_refused_in_a_line(name, value):
    with pytest.raises(UserError) as said:
        runs.plan(HOME / "book", settings=runs.settings_of([f"07-futures:{name}={value}"], HOME / "book"))
    assert "\n" not in str(said.value) and name in str(said.value)


@slow
def test_the_desk_is_open_to_everyone_and_clips_nothing(visit, page_file):
    seen = opened(visit, page_file, width=1280)
    assert seen.violations() == []
    seen.look(360, "dark")
    assert seen.violations(["color-contrast", "target-size"]) == []
    narrowest, *between, widest = 320, 360, 414, 600, 768, 900, 1024, 1280, 1600, 1920
    if not everything():
        between = sorted(draw("widths of the desk").sample(between, 3))
    for width in (narrowest, *between, widest):
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.evaluate("chokepoint.atRest().then(() => 1)")
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        cut = seen.page.evaluate(
            """[...document.querySelectorAll('.cp-scenario :is(p, button, label, legend, output, th, td, li)')]
               .filter(e => e.offsetParent && !e.closest('.cp-switch, .cp-scroll, .cp-hidden') && (e.scrollWidth > e.clientWidth + 1) && getComputedStyle(e).display !== 'inline')
               .map(e => e.textContent.slice(0, 60))"""
        )
        assert cut == [], width
        outside = seen.page.evaluate(
            """[...document.querySelectorAll('.cp-panels svg.marks')].filter(s => s.getBoundingClientRect().width).flatMap(s => {
                 const box = s.getBoundingClientRect();
                 return [...s.querySelectorAll('text')].filter(t => t.textContent && (t.getBoundingClientRect().left < box.left - 1 || t.getBoundingClientRect().right > box.right + 1)).map(t => t.textContent); })"""
        )
        assert outside == [], width
    small = seen.page.evaluate(
        """[...document.querySelectorAll('.cp-levers :is(button, select, input[type=range])')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


@slow
def test_a_key_moves_a_lever_and_the_band_grows(visit, page_file):
    seen = opened(visit, page_file, "mineral=gallium&story=nothing&answer=cut")
    before = seen.page.inner_text(".cp-sentence")
    seen.page.focus("[data-lever=floor]")
    seen.page.keyboard.press("ArrowRight")
    expected = decisions.run("gallium", "came", "nothing", "cut", floor=1.1).sentence
    seen.page.wait_for_function(
        "wanted => document.querySelector('.cp-sentence').textContent === wanted", arg=expected
    )
    assert before != expected
    seen.page.wait_for_function(
        "() => Number(document.querySelector('.cp-scenario').dataset.drawn) >= 50", timeout=60_000
    )
    band = (
        "chokepoint.view(document.querySelector('[data-panel=share]:not(button)')).then(v => v.data('band'))"
    )
    share = "document.querySelector('[data-panel=share]:not(button)')"
    seen.page.wait_for_function(  # once its picture is drawn
        f"() => {share}.querySelector('[data-drawn]') && chokepoint.data({share}).some(rows => rows.length > 1 && rows[0].q95)"
    )
    rows_ = seen.page.evaluate(band)
    assert len(rows_) == 15 and all(row["q5"] <= row["q25"] <= row["q75"] <= row["q95"] for row in rows_)
    assert not seen.complaints


@slow
@pytest.mark.parametrize("story, answer", [("nothing", "cut"), ("everything", "cut")])
def test_no_line_leaves_the_months_of_the_run_by_what_an_eye_could_see(visit, page_file, story, answer):
    seen = opened(visit, page_file, f"mineral=gallium&story={story}&answer={answer}")
    before = seen.page.get_attribute(".cp-scenario", "data-settled")
    seen.page.focus("[data-lever=floor]")
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_function("n => document.querySelector('.cp-scenario').dataset.settled > n", arg=before)
    for panel in PANELS:
        if panel.name == "cover":  # worked out from two columns
            continue
        column = next(iter(panel.series))
        off, points = seen.page.evaluate(
            """async ([name, column]) => {
              const view = await chokepoint.view(document.querySelector(`[data-panel=${name}]:not(button)`)), y = view.scale("y");
              const run = chokepointDesk.told().path[column], first = scenarioData.first, at = row => Math.round((row.t - first) * 12 - 0.5);
              const rows = view.data("path"); let off = 0;
              rows.slice(1).forEach((row, i) => { const [from, to] = [at(rows[i]), at(row)];
                for (let k = from; k <= to; k += 1) off = Math.max(off, Math.abs(y(rows[i].a + (row.a - rows[i].a) * (k - from) / (to - from)) - y(run[k]))); });
              return [off, rows.length]; }""",
            [panel.name, column],
        )
        assert off <= 0.25 and 2 <= points <= 180, panel.name


@slow
def test_without_scripts_a_picture_and_the_sentence_stand(browser, page_file):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.locator("noscript img").bounding_box()["height"] > 150
    assert page.inner_text(".cp-sentence") == decisions.run("gallium", "came", "everything", "cut").sentence
    assert not page.locator(".cp-levers").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@slow
def test_the_pages_scripts_and_words_weigh_little(page_file):
    import gzip

    files = [
        page_file,
        *(page_file.parent / "_static").glob("*.css"),
        *(page_file.parent / "_static").rglob("*.js"),
    ]
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
    assert weight < 350_000
    assert json.loads(re.search(r'class="cp-own">(.*?)</script>', page_file.read_text(encoding="utf-8"))[1])[
        "panels"
    ]


@pytest.mark.parametrize("country", ["australia", "chile"])
def test_the_link_of_a_country_opens_the_club_as_it_would_become(country):
    """Without a member, with one that is none."""
    section = choices.on_country(country, RELEASE)
    assert section is not None
    iso3, club = countries.code(country), set(scenario.members_of(choices.CLUB))
    [members] = set(re.findall(r"members=([A-Z,]+)", str(section.after)))
    assert set(members.split(",")) == club ^ {iso3}
    assert ("Move the club without it" in str(section.after)) == (iso3 in club)
    assert f"mineral={decisions.part_of({iso3}).idxmax()}&" in str(section.after).replace("&amp;", "&")
