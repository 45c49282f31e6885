"""What each publisher counts of a mineral: side by side, by a rule with its reason, never joined silently."""

import pandas as pd
import pytest

from chokepoint.analysis import history, publishers, supply, trade
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


# --- the rules, on tables made up for them ---


def made(
    mineral: str, step: str, area: str, share: float | None, source: str, year: int = 2025, **other
) -> dict:
    """A row of `supply.output`; a country of two letters is the area, Europe a group."""
    return {
        "mineral": mineral,
        "step": step,
        "what": f"{mineral} of {step}",
        "area": area,
        "area_kind": "other" if area == "Others" else "country",
        "iso3": None if area == "Others" else area,
        "year": year,
        "share": share,
        "source_id": source,
    } | other


@pytest.fixture
def printed(made_up, monkeypatch):
    """Tin: mined by USGS, the IEA and BGS; refined by the IEA (in the yearly table), the study and BGS."""
    output = pd.DataFrame(
        [
            made("tin", "mine", "CHN", 30.0, "MCS2091"),
            made("tin", "mine", "IDN", 40.0, "MCS2091"),
            made("tin", "mine", "PER", 0.0, "MCS2091"),
            made("tin", "mine", "BOL", 0.5, "MCS2091"),
            made("tin", "mine", "Others", 30.0, "MCS2091"),
            made("tin", "refinery", "CHN", 55.0, "IEA2090", 2024),
            made("zinc", "mine", "AUS", 99.0, "MCS2091"),
        ]
    )
    monkeypatch.setattr(supply, "output", lambda release: output)

    def agency(
        area: str, value: float, year: int = 2025, mineral: str = "tin", kind: str = "country"
    ) -> dict:
        return {
            "mineral": mineral,
            "stage": "mine",
            "area": area,
            "area_kind": kind,
            "iso3": area if kind == "country" else None,
            "year": year,
            "value": value,
            "forecast": year > 2025,
            "source_id": "IEA2091",
        }

    mined = [
        *(agency("World", 200, kind="world"), agency("CHN", 50), agency("MMR", 0), agency("IDN", 30)),
        *(
            agency("Rest of world", 100, kind="other"),
            agency("PER", 0.5),
            agency("AUS", 5, mineral="lead"),
            agency("World", 900, 2030, kind="world"),
        ),
        *(
            agency("CHN", 300, 2030),
            agency("AUS", 7, mineral="zinc"),
            agency("World", 7, mineral="zinc", kind="world"),
        ),
    ]
    made_up.put("iea_production", mined, "iea2091")

    def study(
        area: str, share: float, scope: str = "world", stage: str = "refinery", mineral: str = "tin"
    ) -> dict:
        own = {"mineral": mineral, "product": "Tin metal", "stage": stage, "scope": scope, "share_pct": share}
        return own | {"area": area, "iso3": area, "source_id": "EU2091"}

    shares = [
        study("CHN", 47),
        study("IDN", 22),
        study("PER", 0),
        study("BOL", 0.6),
        study("BEL", 80, "EU supply"),
    ]
    made_up.put("eu_supply_shares", [*shares, study("AUS", 9, mineral="zinc")], "eu2091")

    def survey(area: str, year: int, share: float, stage: str = "mine") -> dict:
        own = {"mineral": "tin", "stage": stage, "product": f"tin, {stage}", "year": year, "share_pct": share}
        return own | {"area": area, "iso3": area, "reporters": 20, "source_id": "BGS2091"}

    rows = [
        *(survey("CHN", 2023, 33), survey("IDN", 2023, 25), survey("CHN", 2022, 11)),
        *(
            survey("MYS", 2023, 12, "smelter"),
            survey("MYS", 2022, 13, "smelter"),
            survey("CHN", 1990, 5, "ended"),
        ),
    ]
    made_up.put("output_shares", rows, "bgs2091")
    made_up.put("crosswalk", [])


def test_each_publisher_stands_beside_the_others_in_one_order_the_largest_country_first(printed):
    rows = publishers.steps("tin", "mcs2091")
    found = list(
        zip(rows.step, rows.publisher, rows.iso3, rows.share, rows["first"], rows["last"], strict=True)
    )
    assert found == [
        ("mine", "USGS", "IDN", 40, 2025, 2025),
        ("mine", "USGS", "CHN", 30, 2025, 2025),
        ("mine", "USGS", "BOL", 0.5, 2025, 2025),
        ("mine", "IEA", "CHN", 25, 2025, 2025),
        ("mine", "IEA", "IDN", 15, 2025, 2025),
        ("mine", "IEA", "PER", 0.25, 2025, 2025),
        ("mine", "BGS", "CHN", 33, 2023, 2023),
        ("mine", "BGS", "IDN", 25, 2023, 2023),
        ("refinery", "IEA", "CHN", 55, 2024, 2024),
        ("refinery", "EU study", "CHN", 47, 2016, 2020),
        ("refinery", "EU study", "IDN", 22, 2016, 2020),
        ("refinery", "EU study", "BOL", 0.6, 2016, 2020),
        ("refinery", "BGS", "MYS", 12, 2023, 2023),
    ]
    assert set(rows[rows.publisher == "USGS"]["product"]) == {"tin of mine"}
    assert set(rows[(rows.publisher == "IEA") & (rows.step == "mine")]["product"]) == {"mined"}


def test_the_rows_after_the_mine_are_those_of_every_step_but_the_mine(printed):
    assert publishers.refined("tin", "mcs2091").publisher.tolist() == ["IEA", *["EU study"] * 3, "BGS"]
    assert publishers.steps("gold", "mcs2091").empty
    assert publishers.steps("lead", "mcs2091").empty, "without a total there is no share"


def test_without_the_other_publishers_usgs_stands_alone(printed, made_up):
    for table in ("iea_production", "eu_supply_shares", "output_shares"):
        made_up.take_away(table)
    rows = publishers.steps("tin", "mcs2091")
    assert set(rows.publisher) == {"USGS", "IEA"} and rows.share.tolist() == [40, 30, 0.5, 55]
    assert publishers.scores("tin").empty or "product" in publishers.scores("tin")


def test_elements_that_are_scored_together_have_the_score_of_their_group(made_up):
    def score(mineral: str, product: str, year: int, risk: float) -> dict:
        return {
            "mineral": mineral,
            "product": product,
            "year": year,
            "supply_risk": risk,
            "source_id": "EU2091",
        }

    rows = [
        *(
            score("rare_earths", "light rare earths", 2023, 3.7),
            score("rare_earths", "light rare earths", 2011, 4.9),
        ),
        *(
            score("heavy_rare_earths", "heavy rare earths", 2023, 5.1),
            score("titanium", "titanium metal", 2023, 1.6),
        ),
        *(score("titanium", "titanium", 2020, 1.3), score("titanium", "titanium", 2011, 0.1)),
        score("platinum_group_metals", "platinum metals", 2023, 2.7),
    ]
    made_up.put("eu_criticality", rows, "eu2091")
    assert publishers.scores("neodymium").supply_risk.tolist() == [4.9, 3.7], "the oldest edition first"
    assert publishers.scores("terbium").supply_risk.tolist() == [5.1]
    assert publishers.scores("yttrium").supply_risk.tolist() == [5.1]
    assert publishers.scores("iridium").supply_risk.tolist() == [2.7]
    assert publishers.scores("titanium").supply_risk.tolist() == [0.1, 1.3], (
        "what was scored most often speaks"
    )
    assert publishers.scores("gold").empty


@pytest.fixture
def continued(made_up, monkeypatch):
    """Tin is continued by USGS from 2022 on, in which year BGS stands 2, 4 and 12 points apart."""

    def rule(mineral: str, stage: str, joined: bool, note: str | None, first: int | None = None) -> dict:
        own = {"publisher": "bgs", "mineral": mineral, "stage": stage, "product": f"{mineral}, {stage}"}
        return own | {"joined": joined, "note": note, "first_year": first}

    rules = [
        rule("zinc", "mine", False, None),
        rule("tin", "smelter", False, "another product"),
        rule("tin", "mine", True, "they agree", 2000),
        {"publisher": "baci", "mineral": "tin", "product": "HS 800110: tin"},
    ]
    made_up.put("crosswalk", rules)

    def survey(area: str, year: int, share: float, stage: str = "mine") -> dict:
        own = {"mineral": "tin", "stage": stage, "product": f"tin, {stage}", "year": year, "share_pct": share}
        return own | {"area": area, "iso3": area, "reporters": 20, "source_id": "BGS2091"}

    rows = [
        *(
            survey("CHN", 1999, 90),
            survey("CHN", 2021, 50),
            survey("CHN", 2022, 42),
            survey("IDN", 2022, 20),
            survey("PER", 2022, 1),
        ),
        *(survey("MYS", 2022, 8), survey("CHN", 2022, 70, "smelter")),
    ]
    made_up.put("output_shares", rows, "bgs2091")
    ours = pd.DataFrame(
        [
            made("tin", "mine", "CHN", 30.0, "MCS2091", 2022),
            made("tin", "mine", "IDN", 24.0, "MCS2091", 2022),
            made("tin", "mine", "PER", 3.0, "MCS2091", 2022),
            made("tin", "mine", "MYS", None, "MCS2091", 2022),
            made("tin", "mine", "CHN", 49.0, "MCS2091", 2021),
            made("tin", "mine", "Others", 5.0, "MCS2091", 2022),
            made("tin", "refinery", "CHN", 60.0, "IEA2091", 2022),  # the agency continues nothing
            made("zinc", "mine", "CHN", 60.0, "MCS2091", 2022),
        ]
    )
    monkeypatch.setattr(supply, "by_year", lambda release: ours)
    return publishers.joins(release="mcs2091")


def test_a_series_that_is_continued_comes_first_with_its_gap_in_points(continued):
    assert list(zip(continued.mineral, continued.stage, continued.joined, strict=True)) == [
        ("tin", "mine", True),
        ("tin", "smelter", False),
        ("zinc", "mine", False),
    ]
    row = continued.iloc[0]
    assert row.years == [2021, 2022] and (row.first_year, row.reason) == (2000, "they agree")
    assert (row.typical, row.largest, row.china) == (3, 12, 12), "of gaps of 1, 2, 4 and 12"


def test_where_the_two_share_no_year_there_is_no_gap(continued):
    for at in (1, 2):
        row = continued.iloc[at]
        assert row.years == [] and pd.isna(row.typical) and pd.isna(row.largest) and pd.isna(row.china)
    assert continued.reason.tolist() == ["they agree", "another product", ""]


def test_the_joins_of_one_mineral_are_its_own(continued):
    assert set(publishers.joins("tin", "mcs2091").mineral) == {"tin"}
    assert publishers.joins("gold", "mcs2091").empty
    assert set(publishers.joins("gold", "mcs2091").columns) == set(continued.columns)
