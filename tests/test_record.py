"""The record: half a century of shares, the months of the magnets, the verdicts, what China must buy."""

import pandas as pd
import pytest
from markupsafe import escape

from chokepoint.analysis import control_effects, facts
from chokepoint.analysis import history as record
from chokepoint.data import tables
from chokepoint.pages import china_needs, did_it_bite, futures, history, magnets
from chokepoint.pages import mineral as page
from chokepoint.site.lists import rule_list

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
    rows = history.series_of("cobalt").query("stage == 'mine'")
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
    assert (rows[rows.verdict == control_effects.UNDETERMINED].would_settle.str.len() > 20).all()
    assert len(did_it_bite.overview().table) == len(rows)


def test_china_itself_depends_on_others_for_at_least_six_materials():
    ore, goods = china_needs.own_ore().table, china_needs.sellers().table
    short = set(ore[ore["Own ore, %"] < 50].Mineral)
    assert {"Cobalt", "Copper", "Nickel", "Lithium"} <= short
    assert len(short) + len(goods[goods["First seller, %"] > 40]) >= 6


def _years(mineral: str, columns: tuple[str, ...]) -> int:
    """Years with a figure of the worksheet that has most of them; a worksheet is a product of its own."""
    rows = record.century(mineral)
    return max(rows[list(columns)].notna().any(axis=1).groupby(rows["product"]).sum(), default=0)


def test_thirty_five_listed_minerals_have_twenty_years_of_the_world_and_of_the_united_states():
    """USGS counts 34 by themselves; of platinum and palladium BGS's shares reach back, since South Africa parts them."""
    listed = tables.load("minerals").query("listed_2025").mineral
    american = ("us_production_t", "us_imports_t", "us_consumption_t")
    counted = {m for m in listed if min(_years(m, ("world_production_t",)), _years(m, american)) >= 20}
    reported = {m for m in listed if (record.shares(m, {"USA"}).share_pct > 0).sum() >= 20} - counted
    assert len(counted) == 34 and reported == {"platinum", "palladium"}
    assert all(page.century(m, RELEASE) is not None for m in counted | reported)
    for release in ("mcs2023", "mcs2024"):
        assert history.lead(release) is not None and page.century("tungsten", release) is not None


def test_shares_of_platinum_are_of_the_metal_and_begin_when_all_who_mine_most_of_it_part_it():
    rows = record.reported("platinum").query("iso3 == 'ZAF'").set_index("year").share_pct
    assert rows.index.min() == 1996 and rows.between(60, 85).all()
    assert record.reported("platinum_group_metals").empty, "the rows of those who part nothing are no group"


def test_a_minerals_page_shows_the_shares_of_china_the_united_states_and_todays_signatories():
    table = page.century("copper", RELEASE).figure.table.set_index("Year")
    shares = {c for c in table if c.startswith("Refined, BGS: ")}
    assert shares == {f"Refined, BGS: {who}" for who in ("China, %", "United States, %", "US and signatories, %")}  # fmt: skip
    last = table.loc[2023]
    assert last["Refined, BGS: US and signatories, %"] > last["Refined, BGS: United States, %"]
    assert page.century("silicon", RELEASE).figure.table.filter(like="silicon metal: China").notna().any().all()  # fmt: skip


def test_an_attribution_stands_wherever_shares_of_bgs_do():
    assert any("© UKRI" in words for words in page.century("tungsten", RELEASE).sentences)
    assert not any("© UKRI" in words for words in page.century("zirconium", RELEASE).sentences)


def test_a_page_says_what_came_of_the_controls_on_its_mineral():
    items = page.effects_of_controls("antimony", RELEASE).items
    assert "bit" in items[0] and "under 1%" in items[0]
    assert page.effects_of_controls("zirconium", RELEASE) is None


def test_mines_of_the_ieas_base_case_are_drawn_and_called_a_forecast():
    for mineral in ("cobalt", "copper", "graphite", "lithium", "nickel", "rare_earths", "terbium"):
        drawn = page.mined_ahead(mineral, RELEASE).figure
        assert drawn.title.startswith("Forecast") and drawn.sources == ("IEA2026",)
        assert [c for c in drawn.table if "forecast" in c] == [
            f"{y}, forecast, t" for y in (2030, 2035, 2040)
        ]
    congo = page.mined_ahead("cobalt", RELEASE).figure.table.set_index("Country").loc["DR Congo"]
    assert (congo["2025, t"], congo["2040, forecast, t"]) == (210_000, 88_100)
    assert page.mined_ahead("tin", RELEASE) is None


def test_chapter_7_sets_mines_beside_plants():
    ore, plants = futures.mines(RELEASE), futures.outlook(RELEASE)
    mined, refined = (f.table.set_index("Mineral")["2035, forecast, %"] for f in (ore, plants))
    assert ore.title.startswith("Forecast") and f"{(mined > 50).sum()} of {len(mined)}" in ore.title
    assert (mined < 60).all() and mined["Copper"] < 0.3 * refined["Copper"]


def test_us_imports_by_partner_stand_on_the_page_of_each_mineral_with_a_heading():
    """Antimony from China, added up from the raw table: 2024 and 2025, whole years."""
    section = page.bought_by_partner("antimony", RELEASE)
    table = section.figure.table.query("`Months counted` == 12").set_index("Year")
    rows = pd.read_csv(tables.data_dir() / "minerals/ustrade2026-04/us_trade.csv", dtype={"heading": str})
    raw = rows.query("flow == 'imports' and heading == '8110' and area == 'China' and months == 12")
    assert table["China, US$"].dropna().to_dict() == raw.groupby("year").value_usd.sum().to_dict()
    assert section.figure.sources == ("USTRADE2026-04",) and "no share is taken" in section.sentences[0]
    assert "goods under HTS 8112" in page.bought_by_partner("gallium", RELEASE).figure.title
    whole = rows.query("flow == 'imports' and months == 12")
    sums = whole[whole.year == whole.year.max()].groupby("heading").value_usd.sum()
    large = sums[sums >= 1e6].index  # copper ore is not: what the United States buys of it is next to nothing
    codes = tables.load("crosswalk").query("publisher == 'us-trade'")
    listed = codes[codes.mineral.isin(tables.load("minerals").query("kind != 'other'").mineral)]
    for mineral, names in listed.groupby("mineral").name:
        assert (page.bought_by_partner(mineral, RELEASE) is not None) == names.isin(large).any(), mineral


def test_every_rule_on_a_series_of_bgs_stands_in_methods_with_its_reason():
    text = str(rule_list(RELEASE))
    rules = tables.load("crosswalk").query("publisher == 'bgs'")
    assert rules.note.notna().all() and all(str(escape(note)) in text for note in rules.note)
    assert "from 1996" in text and "to 2016" in text
