"""The built site as its readers meet it, in a real browser."""

import re
from types import SimpleNamespace

import pytest

from chokepoint.analysis import facts
from chokepoint.errors import UserError
from chokepoint.models.sentence import written
from chokepoint.pages import price_floor
from chokepoint.site import linkcheck, redirects

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
CHAPTERS = [
    "index",
    "01-dependence",
    "02-ministerial",
    "03-price-floor",
    "04-project-vault",
    "05-frameworks",
    "06-china-responses",
    "10-does-it-work",
]


def pages(site):
    """Every page a reader can reach (the search and index pages of the theme have no text of ours)."""
    return sorted(
        p.relative_to(site).as_posix()
        for p in site.rglob("*.html")
        if "_static" not in p.parts and not redirects.leads_on(p)
    )


def test_every_chapter_and_ten_minerals_are_there(site):
    built = pages(site)
    assert {f"{c}.html" for c in CHAPTERS} <= set(built)
    assert sum(p.startswith("minerals/") for p in built) >= 10


def test_every_link_and_anchor_leads_somewhere(site):
    linkcheck.require_whole(site)


def test_every_chart_names_its_sources(site):
    unnamed = [page for page in pages(site) if "not named in the data" in (site / page).read_text("utf-8")]
    assert not unnamed


def test_no_page_has_a_slip_of_the_pen_that_a_machine_can_see(site):
    """A blank before a comma or a full stop, empty brackets, a value that failed to print, a word twice."""
    apart = re.compile(r"<(script|style|svg|pre|code)\b.*?</\1>", re.S)
    inline = re.compile(r"</?(?:a|abbr|b|em|i|small|span|strong|sub|sup)\b[^>]*>")
    slip = re.compile(
        r"[^\s\d;] [,;](?=\s)|\w \.(?=\s)|\(\s*\)|\bNaN\b|\bnan\b|\bundefined\b|<NA>|,,|\*\*|\b(the|a|of|in|and) \1\b"
    )
    found = set()
    for page in pages(site):
        text = inline.sub("", apart.sub("¤", (site / page).read_text(encoding="utf-8")))
        lines = [line for line in re.split(r"<[^>]+>|\n", text) if "joined by ;" not in line]
        found |= {(page, line.strip()) for line in lines if slip.search(line)}
    assert not found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_opens_with_in_brief_and_a_chart(site, chapter):
    html = (site / f"{chapter}.html").read_text(encoding="utf-8")
    assert "cp-brief" in html and "cp-chart" in html
    assert html.index("cp-brief") < html.index("cp-chart")


@pytest.mark.parametrize(
    "fact_id, text",
    [
        ("magnet_rare_earths.china_mined", "61%"),
        ("rare_earths.china_refined", "91.3%"),
        ("ministerial.countries", "54"),
        ("ministerial.institutions", "the European Commission"),
    ],
)
def test_a_headline_number_leads_to_its_evidence(site, visit, fact_id, text):
    page = next(c for c in CHAPTERS if f"#fact-{fact_id}" in (site / f"{c}.html").read_text(encoding="utf-8"))
    seen = visit(f"{site.as_uri()}/{page}.html", drawn=False).page
    link = seen.locator(f'a[href$="#fact-{fact_id}"]').first
    assert text in link.inner_text().replace("\u00a0", " ")
    link.click()
    row = seen.locator(f'[id="fact-{fact_id}"]')
    row.wait_for()
    for source in facts.get(fact_id).sources:
        assert row.locator(f'a[href$="#source-{source}"]').count() >= 1


def test_moving_the_sliders_by_keyboard_gives_the_models_own_numbers(site, visit):
    explorable = price_floor.who_pays()
    seen = visit(f"{site.as_uri()}/03-price-floor.html", drawn=False).page
    section = seen.locator('.cp-explorable[data-model="price_floor"]').first
    moves = {
        "world_price": ["ArrowLeft"] * 7,
        "floor": ["End"],
        "supply_elasticity": ["Home"],
        "evasion_share": ["ArrowRight"] * 3,
    }
    for name, keys in moves.items():
        slider = section.locator(f'input[name="{name}"]')
        slider.focus()
        for key in keys:
            before = section.get_attribute("data-settled") or "0"
            slider.press(key)
            seen.wait_for_function(
                "([s, n]) => Number(s.dataset.settled || 0) > Number(n)",
                arg=[section.element_handle(), before],
            )
        settings = {
            i["name"]: float(i["value"])
            for i in section.evaluate(
                "s => [...s.querySelectorAll('input')].map(i => ({name: i.name, value: i.value}))"
            )
        }
        expected = explorable.evaluate(**settings)
        shown = section.evaluate(
            "s => Object.fromEntries([...s.querySelectorAll('[data-result]')].map(c => [c.dataset.result, Number(c.dataset.value)]))"
        )
        assert shown == pytest.approx({k: expected[k] for k in shown}, rel=1e-9, abs=1e-9)
    assert written("US${levy:,.1~f}", expected) in section.locator(".cp-sentence").inner_text()
    section.locator("button[type=reset]").click()
    seen.wait_for_function(
        "s => s.querySelector('input').value === s.querySelector('input').defaultValue",
        arg=section.element_handle(),
    )


def test_the_numbers_under_a_chart_can_be_saved(site, visit):
    seen = visit(f"{site.as_uri()}/01-dependence.html", drawn=False).page
    details = seen.locator(".cp-numbers").first
    details.locator("summary").press("Enter")
    with seen.expect_download() as caught:
        details.locator(".cp-save").click()
    saved = caught.value.path().read_text(encoding="utf-8-sig")
    first = details.locator("tbody tr").first.locator("td, th").first.inner_text()
    assert re.sub(r"\s", "", first) in re.sub(r"\s", "", saved)


def test_what_rounds_to_nothing_has_no_minus():
    assert written("{x:.0f}", {"x": -0.2}) == "0" and written("{x:.0%}", {"x": -0.001}) == "0%"


def test_a_link_within_a_page_that_leads_nowhere_stops_the_build(tmp_path):
    page = '<p id="here"><a href="#here">a</a><a href="#gone">b</a></p>'
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    with pytest.raises(UserError, match=r"index\.html: links to #gone, but nothing there is called #gone"):
        linkcheck.require_whole(tmp_path)


def test_a_page_that_is_kept_is_still_held_to_what_others_became(tmp_path, monkeypatch):
    kept = tmp_path / "links.json"
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text('<a href="other.html#there">a</a>', encoding="utf-8")
    (site / "other.html").write_text('<p id="there">', encoding="utf-8")
    linkcheck.require_whole(site, kept)
    read = []
    parse = linkcheck._parse
    monkeypatch.setattr(linkcheck, "_parse", lambda path: (read.append(path.name), parse(path))[1])
    linkcheck.require_whole(site, kept)
    assert read == []
    (site / "other.html").write_text('<p id="elsewhere">', encoding="utf-8")
    with pytest.raises(UserError, match="nothing there is called #there"):
        linkcheck.require_whole(site, kept)
    assert read == ["other.html"]


@pytest.mark.parametrize("damage", ["", "[]", '{"x": {"ids": 3}}', '{"x": {}}', '{"x": {"ids": [], "y": 1}}'])
def test_what_was_kept_of_pages_may_be_damaged(tmp_path, damage):
    kept = tmp_path / "links.json"
    kept.write_text(damage, encoding="utf-8")
    (tmp_path / "index.html").write_text('<a href="#gone">a</a>', encoding="utf-8")
    with pytest.raises(UserError, match="nothing there is called #gone"):
        linkcheck.require_whole(tmp_path, kept)


@pytest.mark.parametrize(
    "old, new, target",
    [
        ("minerals/old", "minerals/all#old", "../minerals/all.html#old"),
        ("minerals/old", "rock-to-motor", "../rock-to-motor.html"),
        ("old", "minerals/tin#who", "minerals/tin.html#who"),
    ],
)
def test_an_address_that_went_leads_on_from_wherever_it_stood(monkeypatch, old, new, target):
    monkeypatch.setattr(redirects, "gone", lambda _pages: {old: new})
    title = SimpleNamespace(astext=lambda: "Title")
    env = SimpleNamespace(found_docs=set(), titles={new.partition("#")[0]: title})
    app = SimpleNamespace(env=env, config=SimpleNamespace(cp_address=""))
    [(page, given, _)] = redirects.pages(app)
    assert (page, given["target"], given["whole"]) == (old, target, "Title")
