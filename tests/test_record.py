"""The record: half a century of shares, the months of the magnets, the verdicts, what China must buy."""

import pytest

from chokepoint.analysis import control_effects, facts
from chokepoint.data import tables
from chokepoint.pages import china_needs, did_it_bite, history, magnets
from chokepoint.pages import mineral as page

RELEASE = tables.DEFAULT_RELEASE
LEAD = history.lead(RELEASE).table.set_index("Year")


@pytest.mark.parametrize(
    "column, first, last",
    [
        ("Cobalt: Refined, BGS, %", (2000, 3), (2023, 80)),
        ("Tungsten: At the mine, BGS, %", (1971, 19), (2023, 80)),
        ("Magnesium: At the smelter, BGS, %", (1990, 2), (2023, 94)),
        ("Germanium: Refined, BGS, %", (1985, 11), (2023, 95)),
        ("Antimony: At the mine, BGS, %", (2005, 87), (2023, 35)),
    ],
)
def test_how_chinas_share_grew_is_read_off_the_chart_of_chapter_1(column, first, last):
    for year, share in (first, last):
        assert LEAD[column][year] == pytest.approx(share, abs=0.6)


def test_two_publishers_of_antimony_stay_two_series():
    assert LEAD["Antimony: At the mine, USGS, %"][2023] == pytest.approx(59, abs=0.6)
    assert LEAD["Antimony: At the mine, BGS, %"][2023] == pytest.approx(35, abs=0.6)


def test_the_united_states_mined_most_rare_earths_and_then_none():
    shares = history.united_states().table.set_index("Year").iloc[:, 0]
    held = shares.loc[1970:1984]
    assert (round(held.min()), round(held.max())) == (53, 78)
    assert shares.loc[2001:2011].max() == 0


def test_a_country_that_did_not_report_is_a_gap_and_no_zero():
    rows = history.china_series("cobalt").query("stage == 'mine'")
    assert 1999 not in set(rows.year) and (rows.value > 0).all()


def test_the_months_of_the_magnets():
    table = magnets.by_month().table.set_index("Month")
    world, us = table["To the world, t"], table["To the United States, t"]
    assert [world[m] for m in ("2025-01", "2025-05", "2025-11", "2026-03")] == [6357, 1238, 6150, 5238]
    assert [us[m] for m in ("2025-05", "2026-03")] == [46, 406]
    assert world[["2025-02", "2025-12", "2026-01"]].isna().all(), "a month that nobody quotes stays empty"
    assert (facts.get("magnets.ten_months_added").value, facts.get("magnets.ten_months").value) == (
        45289,
        45290,
    )


def test_every_control_has_a_verdict_or_what_would_settle_it():
    rows = did_it_bite.verdicts()
    assert {*zip(rows.control_id, rows.mineral, strict=True)} == {
        (r.control_id, r.mineral) for r in control_effects.on_minerals().itertuples()
    }
    assert (rows[rows.verdict == control_effects.UNTOLD].would_settle.str.len() > 20).all()
    assert len(did_it_bite.overview().table) == len(rows)


def test_china_itself_depends_on_others_for_at_least_six_materials():
    ore, goods = china_needs.own_ore().table, china_needs.sellers().table
    short = set(ore[ore["Own ore, %"] < 50].Mineral)
    assert {"Cobalt", "Copper", "Nickel", "Lithium"} <= short
    assert len(short) + len(goods[goods["First seller, %"] > 40]) >= 6


def test_mineral_pages_have_a_century_for_thirty_five_minerals_at_every_release():
    listed = tables.load("minerals").query("kind != 'other'").mineral
    assert sum(page.century(m, RELEASE) is not None for m in listed) >= 35
    for release in ("mcs2023", "mcs2024"):
        assert history.lead(release) is not None and page.century("tungsten", release) is not None


def test_an_attribution_stands_wherever_shares_of_bgs_do():
    assert any("© UKRI" in words for words in page.century("tungsten", RELEASE).sentences)
    assert not any("© UKRI" in words for words in page.century("zirconium", RELEASE).sentences)


def test_a_page_says_what_came_of_the_controls_on_its_mineral():
    items = page.effects_of_controls("antimony", RELEASE).items
    assert "bit" in items[0] and "under 1 %" in items[0]
    assert page.effects_of_controls("zirconium", RELEASE) is None
