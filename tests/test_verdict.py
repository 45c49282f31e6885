"""How far the supply outside China has come, on editions made up for it."""

import pytest

from chokepoint.analysis import verdict


def edition(name: str, china: dict[int, float], ahead: int) -> list[dict]:
    """Of an edition: China's output in a year, of 100 in the world; from `ahead` on its forecast."""
    same = {"mineral": "magnet_rare_earths", "stage": "refinery", "source_id": name}
    rows = []
    for year, value in china.items():
        when = same | {"year": year, "forecast": year >= ahead}
        rows += [
            when | {"area": "World", "area_kind": "world", "value": 100.0},
            when | {"area": "China", "area_kind": "country", "iso3": "CHN", "value": value},
            when | {"area": "Japan", "area_kind": "country", "iso3": "JPN", "value": 1.0},
        ]
    return rows


@pytest.fixture
def two_editions(made_up):
    made_up.put("iea_production", edition("OLD", {2024: 92, 2030: 70}, ahead=2030), "iea2090")
    made_up.put("iea_production", edition("NEW", {2024: 90, 2025: 85, 2030: 80}, ahead=2030), "iea2091")


def test_of_a_year_that_two_editions_measure_the_newer_counts_and_its_forecast_alone(two_editions):
    rows = verdict.outside()
    assert rows.year.to_list() == [2024, 2025, 2030]
    assert rows.share.to_list() == pytest.approx([10, 15, 20])
    assert rows.source_id.to_list() == ["NEW"] * 3 and rows.forecast.to_list() == [False, False, True]


def test_progress_is_the_part_of_the_way_to_the_base_case(two_editions):
    assert verdict.progress() == pytest.approx(0.5)


def test_a_year_measured_by_the_older_edition_alone_stays(made_up):
    made_up.put("iea_production", edition("OLD", {2023: 94, 2024: 92}, ahead=2030), "iea2090")
    made_up.put("iea_production", edition("NEW", {2024: 90, 2030: 80}, ahead=2030), "iea2091")
    rows = verdict.outside().set_index("year")
    assert rows.source_id.to_dict() == {2023: "OLD", 2024: "NEW", 2030: "NEW"}
    assert verdict.progress() == 0
