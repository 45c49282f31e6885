"""The maps, the matrix, the ladder of money and the prices around controls: what they draw is what the tables hold, and a click is followed."""

import json
import re
from functools import cache

import pandas as pd
import pytest
import sampled

from chokepoint.analysis import coalitions, countries, prices, supply
from chokepoint.analysis import money as measured
from chokepoint.charts import maps
from chokepoint.data import tables
from chokepoint.pages import coverage, dependence, money, world

RELEASE = tables.DEFAULT_RELEASE
FIGURES = [
    world.who_signed,
    coverage.matrix,
    coverage.your_club,
    money.ladder_of_money,
    dependence.choose,
    dependence.prices_and_controls,
]


OLDER = ["mcs2024", "mcs2025"]


@cache  # several tests ask of the same figure
def made(figure_of, release: str = RELEASE):
    """A figure at a release."""
    return figure_of(release)


@cache
def printed(figure_of) -> str:
    """A figure at the newest release, as its page prints it: compiled, and with the room that it takes."""
    from chokepoint.pages.drawn import drawn

    return drawn(made(figure_of).html())


def at_releases() -> list[tuple]:
    """Every figure at the newest release and at an older one, drawn, each release with as many; or at all."""
    if sampled.everything():
        return [(figure_of, release) for figure_of in FIGURES for release in [*OLDER, RELEASE]]
    drawn = sampled.draw("figures").sample(FIGURES, len(FIGURES))
    older = [(figure_of, OLDER[k % len(OLDER)]) for k, figure_of in enumerate(drawn)]
    return [*((figure_of, RELEASE) for figure_of in FIGURES), *older]


@pytest.mark.parametrize(
    "figure_of, release",
    [pytest.param(*one, id=f"{one[0].__name__}-{one[1]}") for one in at_releases()],
)
def test_every_chart_is_drawn_at_every_release_or_says_nothing(figure_of, release):
    figure = made(figure_of, release)
    assert figure is None or (
        len(figure.table) and figure.sources and figure.alt_text and not figure.title.endswith(".")
    )


def test_every_delegate_and_absentee_is_on_the_map_with_a_shape_or_a_dot():
    topology = tables.outlines()
    drawn = {g["id"] for g in topology["objects"]["countries"]["geometries"]} | set(
        maps.points(topology).iso3
    )
    assert set(countries.names()) <= drawn


def test_the_small_ones_have_a_dot():
    assert {"COK", "BHR", "SGP", "EUE", "ISR", "QAT", "DOM"} <= set(maps.points(tables.outlines()).iso3)


def test_a_dot_lies_where_its_country_does():
    dots = maps.points(tables.outlines()).set_index("iso3")
    assert dots.loc["SGP"].tolist() == pytest.approx([103.8, 1.3], abs=0.3)
    assert dots.loc["COK"].tolist() == pytest.approx([-159.8, -21.2], abs=0.5)


def test_the_map_weighs_less_than_sixty_kilobytes_packed():
    import gzip

    assert len(gzip.compress((tables.data_dir() / "outlines.topojson").read_bytes())) < 60_000


def test_statuses_on_the_map_are_those_of_the_country_pages():
    rows = world.places().set_index("iso3")
    assert all(rows.kind[i] == world.KINDS[countries.status(i)][0] for i in rows.index)
    assert rows.outline["DNK"] == rows.outline["CAN"] == world.WAVERS and rows.outline["COL"] == world.AWAY
    assert pd.isna(rows.outline["ARG"]) and "trade agreement" in rows.papers["ARG"]


def test_that_canada_signed_nothing_is_said_once():
    row = world.who_signed(RELEASE).table.set_index("Country").loc["Canada"]
    assert (row.Status, row.Signed) == ("Came; signed nothing", "–")


def test_a_colour_means_the_same_in_every_chapter():
    from chokepoint.charts.theme import BLOC_PALE
    from chokepoint.pages import ministerial

    assert ministerial.COLOURS[ministerial.ATTENDED] == world.KINDS["came"][1] == BLOC_PALE
    assert BLOC_PALE not in [c for k, c in ministerial.COLOURS.items() if k != ministerial.ATTENDED]


def test_the_matrix_holds_the_numbers_of_the_measures():
    rows, inside = supply.clubs(RELEASE), supply.inside(RELEASE)
    pd.testing.assert_frame_equal(
        rows.came.unstack("step"), inside.reindex(columns=["mine", "refinery"]), check_names=False
    )
    china = supply.by_standing(RELEASE).query("standing == 'China'").set_index(["mineral", "step"]).share
    assert (rows.china - china.reindex(rows.index)).abs().max() < 1e-9


def test_a_larger_circle_never_holds_less():
    rows = supply.clubs(RELEASE)
    assert (
        (rows.came >= rows.signed - 1e-9).all()
        and (rows.signed >= rows.day - 1e-9).all()
        and (rows <= 100 + 1e-9).all(axis=None)
    )


def test_a_share_is_at_least_so_much_only_where_a_member_of_that_club_withholds_its_output(monkeypatch):
    g7 = coalitions.club("g7")
    monkeypatch.setattr(
        coverage.withheld, "within", lambda _m, _step, club, _release: ["Canada"] * (club == g7)
    )
    spec = coverage.matrix(RELEASE).chart.to_dict()
    rows = [row for of in spec["datasets"].values() for row in of if "bound" in row]
    assert rows and {row["club"] for row in rows if row["bound"]} == {"g7"}


def test_a_cell_without_published_countries_is_empty_and_not_nought():
    spec = coverage.matrix(RELEASE).chart.to_dict()
    cells = pd.concat([pd.DataFrame(v) for v in spec["datasets"].values() if v and "club" in v[0]])
    assert cells[(cells.mineral == "Gallium") & (cells.step == "mine")].share.isna().all()
    assert cells[(cells.mineral == "Gallium") & (cells.step == "refinery")].share.notna().all()


def test_all_there_is_is_told_from_all_but_a_little(monkeypatch):
    """Rounded figures of gallium come to 100%, though others make some; where nobody else did, 100 would be said."""
    at, whole = ("gallium", "refinery"), supply.whole(RELEASE)

    def told(whole: pd.DataFrame) -> str:
        monkeypatch.setattr(coverage.supply, "whole", lambda _release: whole)
        spec = coverage.matrix(RELEASE).chart.to_dict()
        cells = [r for rows in spec["datasets"].values() for r in rows if r.get("club") == "china"]
        return next(r["text"] for r in cells if (r["mineral"], r["step"]) == ("Gallium", "refinery"))

    assert not whole.loc[at, "china"] and told(whole) == ">99"
    alone = whole.copy()
    alone.loc[at, "china"] = True
    assert told(alone) == "100"


def test_the_parts_of_each_deal_add_up_to_its_sum():
    sums = measured.parts().groupby("finance_id").amount.sum()
    assert sums.to_dict() == pytest.approx(measured.deals().set_index("finance_id").amount_usd_m.to_dict())


def test_every_published_sum_is_on_the_ladder_once_or_apart_for_a_reason():
    rows = tables.load("finance").query("published").dropna(subset=["amount_usd_m"])
    assert set(rows.finance_id) == set(measured.deals().finance_id) | set(measured.apart().finance_id) | (
        set(rows.finance_id[rows.part_of.notna()])
    )
    assert set(rows.part_of.dropna()) <= set(measured.deals().finance_id)


def test_what_is_paid_is_never_more_than_what_was_promised():
    paid = tables.load("finance_payments").query("state == 'paid'").set_index("finance_id").amount_usd_m
    sums = tables.load("finance").set_index("finance_id").amount_usd_m
    assert (paid <= sums.reindex(paid.index)).all()


def test_tallies_that_disagree_stand_on_two_rungs():
    shown = money.ladder_of_money(RELEASE).table
    tallies = shown[shown.Instrument == "Tally of others"]
    assert tallies.State.nunique() == len(tallies) == 2


def test_a_price_stands_beside_the_day_of_its_control():
    rows = prices.controlled(RELEASE)
    assert rows.groupby("mineral").series.nunique(dropna=False).eq(1).all() and rows.unit.notna().all()
    assert prices.rises(RELEASE)["graphite"] < 1 < prices.rises(RELEASE)["antimony"]
    assert set(rows.mineral) <= set(prices.days(RELEASE).mineral)


# --- in the browser


@pytest.fixture(scope="module")
def page(tmp_path_factory, browser):
    """A page with one figure, opened in a browser; call with the function that makes it."""
    import vl_convert

    from chokepoint.charts.vega import VEGA_LITE

    home = tmp_path_factory.mktemp("charts")
    (home / "countries").mkdir()
    (home / "countries" / "argentina.html").write_text("<title>Argentina</title>")
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)

    def open_(figure_of, width: int = 1000):
        body = printed(figure_of)
        spec = json.loads(re.search(r'class="cp-spec"[^>]*>(.*?)</script>', body, re.S)[1])
        for signal in spec["signals"]:  # as the page's script does
            if signal["name"] in ("width", "cp_column"):
                signal["value"] = width - 50
        selects = re.search(r'<div class="cp-selects"[^>]*>', body)
        file = home / "page.html"
        file.write_text(
            f'<!doctype html><meta charset="utf-8"><div id="box" style="width:{width - 40}px">{selects[0] + "</div>" if selects else ""}<div id="chart"></div></div>'
            f"<script>(()=>{{{bundle}}})()</script><script>vegaEmbed('#chart', {json.dumps(spec)}, {{mode: 'vega', actions: false, defaultStyle: false, renderer: 'svg'}})"
            ".then(r => { window.view = r.view })</script>",
            encoding="utf-8",
        )
        tab = browser.new_page(viewport={"width": width, "height": 1000})
        tab.set_default_timeout(8000)
        tab.faults = []
        tab.on("pageerror", lambda e: tab.faults.append(str(e)))
        tab.on("console", lambda m: tab.faults.append(m.text) if m.type in ("error", "warning") else None)
        tab.goto(f"file://{file}")
        tab.wait_for_function("window.view")
        return tab

    return open_


def choose(tab, label: str, option: str):
    """Choose an option of the select with a label."""
    tab.locator(".cp-selects label", has=tab.locator("span", has_text=label)).locator("select").select_option(
        label=option
    )
    tab.evaluate("view.runAsync().then(() => 1)")


def click_on(tab, iso3: str):
    """Click in the middle of a country; the marks have no names of their own, so it is found by the row it draws."""
    shape = tab.evaluate_handle(
        "iso3 => [...document.querySelectorAll('#chart path')].find(p => p.__data__?.datum?.iso3 === iso3)",
        iso3,
    )
    shape.as_element().click()


def texts(tab) -> str:
    return " | ".join(tab.locator("#chart svg text").all_text_contents())


@pytest.mark.slow
@pytest.mark.xdist_group("browser")  # where the library is bundled once
def test_a_click_on_the_map_selects_and_the_panel_and_the_select_follow(page):
    tab = page(world.who_signed)
    assert "5 February 2026" in texts(tab)  # Argentina, at first
    click_on(tab, "COD")
    tab.evaluate("view.runAsync().then(() => 1)")
    assert "Cobalt, mined" in texts(tab) and "DR Congo: all that is held" in texts(tab)
    assert tab.locator(".cp-selects select").first.input_value() == "COD"
    assert not tab.faults


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_keyboard_reaches_what_a_click_does(page):
    tab = page(world.who_signed, width=360)
    choose(tab, "Country", "Cook Islands")
    assert "Cook Islands: all that is held" in texts(tab)
    choose(tab, "Region", "Africa")
    choose(tab, "Country", "Zambia")
    assert "Zambia: all that is held" in texts(tab) and not tab.faults
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_link_of_the_panel_leads_to_the_page_of_the_country(page):
    tab = page(world.who_signed)
    tab.locator("#chart text", has_text="all that is held").click()
    tab.wait_for_function("() => location.pathname.endsWith('countries/argentina.html')")


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_page_adds_up_the_readers_club_as_the_measures_do(page):
    tab, rows = page(coverage.your_club), supply.country_of_two_steps(RELEASE)
    choose(tab, "Start from", "Quad")

    def inside(mineral: str, step: str, club: set[str]) -> str:
        held = rows[(rows.mineral == mineral) & (rows.step == step) & rows.iso3.isin(club)].share.sum()
        return f"{held:.0f}%"

    def shown() -> list[str]:
        told = [t for t in tab.locator("#chart svg text").all_text_contents() if re.fullmatch(r"\d+%", t)]
        return sorted(told)

    order = supply.inside_of_two_steps(RELEASE).index
    club = set(coalitions.club("quad"))
    assert shown() == sorted(inside(m, s, club) for m in order for s in ("mine", "refinery"))
    choose(tab, "Let in or out", "Chile")
    assert shown() == sorted(inside(m, s, club | {"CHL"}) for m in order for s in ("mine", "refinery"))
    choose(tab, "Let in or out", "Australia")
    click_on(tab, "COD")
    tab.evaluate("view.runAsync().then(() => 1)")
    assert (
        shown()
        == sorted(inside(m, s, (club | {"COD"}) - {"AUS"}) for m in order for s in ("mine", "refinery"))
        and not tab.faults
    )


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_a_click_on_a_coalition_sorts_the_matrix_by_it(page):
    tab = page(coverage.matrix)
    choose(tab, "Sorted by", "G7")
    labels = "els => els.map(e => [e.getBoundingClientRect().y, e.textContent])"
    told = tab.locator("#chart .role-axis-label text").evaluate_all(labels)
    names = [text for _, text in sorted(told) if text not in coverage.HEADS.values()]
    first = supply.clubs(RELEASE).g7.xs("mine", level="step").idxmax()
    rows = supply.output(RELEASE)
    mined = rows[(rows.step == "mine") & (rows.mineral == first)].what.iloc[0]
    assert names[0] == supply.label(mined) and not tab.faults


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_ladder_narrows_to_an_instrument_and_tells_of_the_deal_that_is_chosen(page):
    tab = page(money.ladder_of_money)
    equity = (
        measured.parts()
        .merge(measured.deals()[["finance_id", "kind"]])
        .query("kind == 'Equity'")
        .amount.sum()
        / 1000
    )
    choose(tab, "Instrument", "Equity")
    shown = [
        float(t.removesuffix(" bn"))
        for t in tab.locator("#chart svg text").all_text_contents()
        if t.endswith(" bn")
    ]
    assert sum(shown) == pytest.approx(equity, abs=0.3)
    choose(tab, "Instrument", "all")
    choose(tab, "Deal", "Korea Zinc: CHIPS subsidy")
    assert "CHIPS subsidy" in texts(tab) and not tab.faults


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_any_mineral_can_be_chosen_in_any_year(page):
    tab = page(dependence.choose, width=360)
    choose(tab, "Mineral", "Cobalt")
    choose(tab, "Year", "2024")
    assert "DR Congo" in texts(tab) and "2024, MCS" in texts(tab) and not tab.faults
    assert json.loads(tab.evaluate("JSON.stringify(view.signal('year'))")) == 2024
