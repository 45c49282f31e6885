"""What each publisher counts of a mineral: side by side, by a rule with its reason, never joined silently."""

import pytest

from chokepoint.analysis import history, publishers, trade
from chokepoint.data import tables
from chokepoint.pages import mineral as page

NEWEST = tables.DEFAULT_RELEASE
LISTED = sorted(tables.load("minerals").query("kind == 'listed'").mineral)


def test_a_refined_step_stands_on_at_least_25_pages_and_the_study_is_said_to_be_an_average():
    with_step = [m for m in LISTED if len(publishers.refined(m, NEWEST))]
    assert len(with_step) >= 25
    assert {
        "antimony",
        "tungsten",
        "germanium",
        "neodymium",
        "dysprosium",
        "terbium",
        "bismuth",
        "niobium",
        "vanadium",
    } <= set(with_step)
    section = page.publishers("germanium", NEWEST)
    assert "2016–20" in section.title and "averages of 2016–20" in " ".join(section.sentences)


def test_world_and_us_history_of_twenty_years_for_35_minerals_and_trade_in_26_headings():
    """Rare earths and platinum metals are listed one by one and counted together: each group is one series."""
    long = []
    for mineral in [*LISTED, "rare_earths", "platinum_group_metals"]:
        rows = history.century(mineral)
        world, us = (rows.dropna(subset=[c]).year for c in ("world_production_t", "us_consumption_t"))
        if us.empty:
            us = rows.dropna(subset=["us_production_t"]).year
        if len(world) and len(us) and min(world.max() - world.min(), us.max() - us.min()) >= 19:
            long.append(mineral)
    assert len(long) >= 35, long
    codes = trade.headings().heading
    full = [c for c in codes if sorted(trade.sellers(c).year.unique()) == list(range(2002, 2025))]
    assert len(set(full)) >= 26


def test_every_series_of_bgs_has_china_s_share_or_none_reported():
    rules = tables.load("crosswalk").query("publisher == 'bgs'")
    shown = 0
    for mineral in sorted(set(rules.mineral)):
        shares = history.shares(mineral, {"CHN"})
        for _, name in history.products(mineral):
            rows = shares[shares["product"] == name]
            assert rows.share_pct.between(0, 100).all() and len(rows)
            shown += 1
    assert shown == len(
        tables.load("output_shares", tables.releases("output_shares")[-1])[
            ["mineral", "product"]
        ].drop_duplicates()
    )


def test_the_rule_on_joining_holds_against_the_figures():
    """A joined series differs by a few points where both print a year; one that is not has its reason."""
    rows = publishers.joins(release=NEWEST)
    joined, apart = rows[rows.joined], rows[~rows.joined]
    assert {
        "tungsten",
        "gallium",
        "magnesium",
        "copper",
        "cobalt",
        "platinum",
        "palladium",
        "chromium",
    } == set(joined.mineral)
    assert joined.typical.dropna().max() <= 1.5 and joined.largest.dropna().max() <= 7.1
    told = {"antimony", "cobalt", "germanium", "graphite", "nickel", "vanadium", "tin"}
    assert (
        told <= set(apart.mineral)
        and (
            apart[apart.mineral.isin(told) & ~apart["product"].str.contains("ferro|smelter")].reason != ""
        ).all()
    )
    assert apart.set_index("mineral").largest["antimony"] > 20


def test_antimony_shows_two_series_and_the_gap():
    section = page.publishers("antimony", NEWEST)
    rows = section.figure.table.query("Country == 'China' and Step == 'At the mine'").set_index("Publisher")[
        "Share, %"
    ]
    assert rows["BGS"] == 34.8 and "not continued by newer figures" in " ".join(section.sentences)
    assert "a sum of reporters" in " ".join(section.figure.table["Share is"])


def test_who_did_not_report_to_bgs_is_not_said_to_make_none():
    for mineral in ("chromium", "vanadium", "niobium", "silicon"):
        assert "none by BGS" not in page.publishers(mineral, NEWEST).title
    assert "Brazil" in page.publishers("niobium", NEWEST).title


@pytest.mark.parametrize("mineral, editions", [("tungsten", 5), ("neodymium", 5), ("zirconium", 2)])
def test_the_union_s_scores_stand_on_the_page_by_edition(mineral, editions):
    assert len(page.eu_scores(mineral, NEWEST).figure.table) == editions
    assert page.eu_scores("rubidium", NEWEST) is None


@pytest.mark.parametrize("release", ["mcs2023", "mcs2024"])
def test_the_sections_stand_at_an_older_release_too(release):
    assert page.publishers("tungsten", release) and page.eu_scores("tungsten", release)
