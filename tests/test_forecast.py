"""What the IEA expects, read from two small editions: shares, what is outside China, and who mines what."""

import pytest

from chokepoint.analysis import forecast


def row(
    mineral: str, year: int, value: float, iso3: str | None = None, stage: str = "refinery", of="IEA2090"
):
    return {
        "mineral": mineral,
        "stage": stage,
        "area": iso3 or "World",
        "area_kind": "country" if iso3 else "world",
        "iso3": iso3,
        "year": year,
        "value": value,
        "forecast": year >= 2030,
        "source_id": of,
    }


@pytest.fixture
def editions(made_up):
    magnet = "magnet_rare_earths"
    refined = [
        *(row(magnet, 2024, 80_000), row(magnet, 2024, 60_000, "CHN"), row(magnet, 2024, 15_000, "MYS")),
        *(row(magnet, 2035, 100_000), row(magnet, 2035, 40_000, "CHN")),
        *(row("copper", 2024, 25_000), row("copper", 2024, 11_000, "CHN"), row("copper", 2035, 30_000)),
        row(magnet, 2024, 7, stage="mine"),
    ]
    made_up.put("iea_production", refined, "iea2090")
    mined = [
        row("copper", 2025, 20_000, stage="mine", of="IEA2091"),
        row("copper", 2025, 6_000, "CHL", "mine", "IEA2091"),
        row("copper", 2025, 2_000, "CHN", "mine", "IEA2091"),
        row("lithium", 2025, 300, stage="mine", of="IEA2091"),
    ]
    made_up.put("iea_production", mined, "iea2091")


def test_what_is_refined_outside_china_is_the_world_less_china_in_thousand_tonnes(editions):
    rows = forecast.outside_china()
    assert rows[["year", "outside", "world", "share"]].values.tolist() == [
        [2024, 20, 80, 25],
        [2035, 60, 100, 60],
    ]
    assert set(rows.source_id) == {"IEA2090"}


def test_a_single_year_is_enough_to_say_what_is_outside(made_up):
    rows = [row("magnet_rare_earths", 2024, 80_000), row("magnet_rare_earths", 2024, 60_000, "CHN")]
    made_up.put("iea_production", rows, "iea2090")
    assert forecast.outside_china().share.tolist() == [25]


def test_chinas_share_is_of_the_worlds_total_of_the_same_mineral_and_year(editions):
    rows = forecast.china_refined().set_index("mineral")
    assert rows.share_2024.to_dict() == {"copper": 44, "magnet_rare_earths": 75}
    assert rows.share_2035["magnet_rare_earths"] == 40
    assert rows.isna().share_2035["copper"], "where China is not named nothing is said"


def test_each_step_comes_from_the_newest_edition_that_has_it(editions):
    rows = forecast.china_mined().set_index("mineral")
    assert rows.share_2025["copper"] == 10 and rows.isna().share_2025["lithium"]
    assert set(rows.source_id) == {"IEA2091"} and set(forecast.china_refined().source_id) == {"IEA2090"}


def test_a_product_has_the_name_of_its_step(made_up, editions):
    made_up.put(
        "minerals", [{"mineral": "copper", "name": "Copper"}, {"mineral": "lithium", "name": "Lithium"}]
    )
    product = {"mineral": "copper", "product": "x"}
    steps = [product | {"step": "mine", "short": "Ore"}, product | {"step": "refinery", "short": "Metal"}]
    made_up.put("products", steps)
    assert forecast.china_mined().set_index("mineral").name.to_dict() == {
        "copper": "Ore",
        "lithium": "Lithium",
    }
    assert forecast.china_refined().set_index("mineral").name["copper"] == "Metal"


def test_who_mines_a_mineral_is_told_for_that_mineral_alone(editions):
    rows = forecast.mined("copper")
    assert rows.value.tolist() == [20_000, 6_000, 2_000] and rows.area.tolist() == ["World", "CHL", "CHN"]
    assert not rows.forecast.any()
    assert forecast.mined("gallium").empty


def test_without_an_edition_nobody_mines_and_nothing_fails(made_up):
    made_up.take_away("iea_production")
    assert forecast.mined("copper").empty and "area_kind" in forecast.mined("copper")
