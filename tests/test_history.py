"""How it got this way, on short histories made up for it: centuries, shares, and where a series is used."""

import pandas as pd
import pytest

from chokepoint.analysis import history
from chokepoint.analysis.facts import record


def century(
    mineral: str, year: int, us: float | None, world: float | None, product: str = "ore", **other
) -> dict:
    own = {"mineral": mineral, "stage": "mine", "product": product, "year": year, "source_id": "H2091"}
    return own | {"us_production_t": us, "world_production_t": world} | other


@pytest.fixture
def long(made_up):
    made_up.put("historical", [century("tin", 1900, 1, 2)], "history2090")
    rows = [
        *(century("tin", 1900, 10, 40), century("tin", 1901, 12, None), century("tin", 1902, 0, 50)),
        *(century("zinc", 1900, 5, 10), century("lead", 1900, 5, 10), century("lead", 1901, 5, 10, "metal")),
        century("rare_earths", 1970, 60, 100, unit_value_1998_usd_per_t=900.0, unit_value_usd_per_t=300.0),
        century("rare_earths", 1984, 50, 100),
        *(century("rare_earths", 1985, 99, 100), century("rare_earths", 2001, 0, 100)),
        *(century("rare_earths", 2011, 0.4, 100), century("rare_earths", 2012, 7, 100)),
    ]
    made_up.put("historical", rows, "history2091")
    told = {
        "publisher": "usgs-history",
        "mineral": "zinc",
        "note": "Ore and metal: no share may be taken of it",
    }
    made_up.put(
        "crosswalk",
        [told, told | {"mineral": "tin", "note": None}, told | {"publisher": "bgs", "mineral": "tin"}],
    )


def test_a_share_is_taken_only_of_what_both_count(long):
    assert history.us_share("tin").to_dict() == {1900: 25, 1902: 0}
    for mineral in ("zinc", "lead", "gold"):  # told to be another thing; two products; nothing held
        assert history.us_share(mineral).empty, mineral


def test_a_century_is_that_of_one_mineral_in_the_newest_compilation(long):
    rows = history.century("tin")
    assert rows.year.tolist() == [1900, 1901, 1902] and rows.us_production_t[0] == 10
    assert list(rows.columns) == [*history.CENTURY, "source_id"]


def test_a_unit_value_is_told_where_the_money_of_1998_is_known(long):
    rows = history.unit_value("rare_earths")
    assert rows[["year", "unit_value_usd_per_t", "unit_value_1998_usd_per_t"]].values.tolist() == [
        [1970, 300, 900]
    ]
    assert history.unit_value("tin").empty


def test_the_least_and_the_most_are_those_of_the_years_named(long):
    least, most = (record.us_rare_earths(which, (1970, 1984)) for which in ("least", "most"))
    assert (least.value, most.value, most.text) == (50, 60, "")
    later = record.us_rare_earths("later", (2001, 2011))
    assert (later.value, later.text, tuple(later.sources)) == (0.4, "none", ("H2091",))


def test_years_that_no_compilation_has_give_no_number(long, made_up):
    assert record.us_rare_earths("least", (1950, 1960)) is None
    made_up.take_away("historical")
    assert history.century("tin").empty and history.us_share("tin").empty and history.unit_value("tin").empty
    assert record.us_rare_earths("least", (1970, 1984)) is None


def reported(
    area: str, year: int, share: float, stage: str = "mine", mineral: str = "tin", reporters: int = 20
):
    own = {
        "mineral": mineral,
        "stage": stage,
        "product": f"{mineral}, {stage}",
        "year": year,
        "share_pct": share,
    }
    return own | {"area": area, "iso3": area, "reporters": reporters, "source_id": "BGS2091"}


@pytest.fixture
def shares(made_up):
    rows = [
        *(
            reported("CHN", 1999, 1),
            reported("CHN", 2000, 30),
            reported("MMR", 2000, 12),
            reported("PER", 2000, 50),
        ),
        *(reported("PER", 2001, 45, reporters=7), reported("CHN", 2010, 60), reported("CHN", 2011, 2)),
        *(reported("CHN", 1990, 9, "smelter"), reported("CHN", 2000, 80, mineral="zinc")),
    ]
    made_up.put("output_shares", [reported("CHN", 2000, 3)], "bgs2090")
    made_up.put("output_shares", rows, "bgs2091")
    rule = {"publisher": "bgs", "mineral": "tin", "stage": "mine", "product": "tin, mine"}
    ends = {"first_year": 2000, "last_year": 2010, "joined": True}
    free = {"stage": "smelter", "product": "tin, smelter", "joined": False}
    made_up.put("crosswalk", [rule | ends, rule | free, rule | {"publisher": "other", "first_year": 2005}])


def test_a_series_is_used_from_its_first_to_its_last_year(shares):
    assert sorted(history.reported("tin").query("stage == 'mine'").year.unique()) == [2000, 2001, 2010]
    assert history.reported("tin").query("stage == 'smelter'").year.tolist() == [1990], (
        "without ends, all of it"
    )
    assert len(history.reported()) == len(history.reported("tin")) + len(history.reported("zinc")) == 7
    assert history.products("tin") == [("mine", "tin, mine"), ("smelter", "tin, smelter")]


def test_shares_of_several_countries_are_taken_together_and_none_is_nought(shares):
    rows = history.shares("tin", {"CHN", "MMR"}).set_index(["stage", "year"])
    assert rows.share_pct.to_dict() == {
        ("mine", 2000): 42,
        ("mine", 2001): 0,
        ("mine", 2010): 60,
        ("smelter", 1990): 9,
    }
    assert rows.reporters["mine", 2001] == 7 and set(rows.source_id) == {"BGS2091"}
    assert rows.joined.groupby("stage").all().to_dict() == {"mine": True, "smelter": False}


def test_a_share_of_nothing_is_no_fact(shares):
    assert record.china_reported("tin", "mine", 2000).value == 30
    assert (
        record.china_reported("tin", "mine", 2001) is None
        and record.china_reported("tin", "mine", 2050) is None
    )


def test_a_book_without_the_survey_has_no_shares(shares, made_up):
    made_up.take_away("output_shares")
    assert history.reported().empty and history.reported("tin").empty and history.products("tin") == []
    assert list(history.reported().columns)[-3:] == ["share_pct", "reporters", "source_id"]
    assert history.shares("tin", {"CHN"}).empty


def test_chinas_share_of_antimony_is_that_of_its_year_at_the_mine(monkeypatch):
    one = {
        "mineral": "antimony",
        "step": "mine",
        "iso3": "CHN",
        "year": 2023,
        "share": 59.0,
        "source_id": "M",
    }
    rows = [
        one | other
        for other in ({"mineral": "tin"}, {"step": "refinery"}, {"iso3": "USA"}, {"year": 2022}, {})
    ]
    monkeypatch.setattr(record.supply, "by_year", lambda: pd.DataFrame(rows).assign(share=[1.0, 2, 3, 4, 59]))
    assert record.antimony_usgs().value == 59
    monkeypatch.setattr(record.supply, "by_year", lambda: pd.DataFrame(rows[:-1]))
    assert record.antimony_usgs() is None
