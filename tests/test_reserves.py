"""What is in the ground, on a small table made up for it: which series speaks, its total, and its parts."""

import pytest

from chokepoint.analysis import coalitions, countries, reserves


def row(
    mineral: str, area: str, value: float | None, detail: str | None = None, year: int = 2025, **other
) -> dict:
    own = {
        "mineral": mineral,
        "commodity": mineral.capitalize(),
        "detail": detail,
        "area": area,
        "year": year,
    }
    kind = {"World": "world", "Others": "other"}.get(area, "country")
    iso3 = area if kind == "country" else None
    return own | {"area_kind": kind, "iso3": iso3, "value": value, "source_id": "MCS2091"} | other


@pytest.fixture
def ground(made_up):
    rows = [
        *(row("tin", "AUS", 30), row("tin", "CHN", 50), row("tin", "World", 200), row("tin", "Others", 120)),
        *(row("tin", "AUS", 900, year=2024), row("tin", "PER", 900, form="in tailings")),
        *(row("tin", "CHN", 60, "placer"), row("tin", "World", 650, "placer")),
        *(row("lithium", "CHL", 9), row("lithium", "World", None, qualifier="greater", low=27)),
        *(row("titanium", "AUS", 30, "ilmenite"), row("titanium", "AUS", 1, "rutile")),
        *(row("titanium", "CAN", 20, "ilmenite"), row("titanium", "CAN", 0, "rutile")),
        *(row("titanium", "NOR", None, "ilmenite"), row("titanium", "SLE", 3, "rutile")),
        row("titanium", "World", 80, "ilmenite and rutile"),
    ]
    made_up.put("reserves", rows, "mcs2091")
    return reserves.series("mcs2091")


def test_the_series_that_holds_most_speaks_in_the_latest_year(ground):
    rows = ground[ground.mineral == "tin"].set_index("area")
    assert rows.value.to_dict() == {"World": 200, "Others": 120, "CHN": 50, "AUS": 30}
    assert rows.share.to_dict() == {"World": 100, "Others": 60, "CHN": 25, "AUS": 15}
    assert rows.bound.isna().all() and set(rows.world) == {200}


def test_a_total_that_is_printed_as_a_bound_is_no_total(ground):
    rows = ground[ground.mineral == "lithium"].set_index("area")
    assert rows.world.isna().all() and rows.share.isna().all() and set(rows.bound) == {27}


def test_of_a_sum_it_is_said_which_parts_a_country_has(ground):
    rows = ground[ground.mineral == "titanium"].set_index("area")
    assert rows.value.dropna().to_dict() == {"World": 80, "AUS": 31, "CAN": 20, "SLE": 3}
    told = {"AUS": "ilmenite and rutile", "CAN": "ilmenite", "SLE": "rutile", "NOR": "", "World": ""}
    assert rows.counted.to_dict() == told
    assert set(ground[ground.mineral == "tin"].counted) == {""}


def test_a_part_by_its_own_name_is_no_sum(made_up):
    made_up.put("reserves", [row("tin", "CHN", 60, "placer"), row("tin", "World", 65, "placer")], "mcs2091")
    assert set(reserves.series("mcs2091").counted) == {""}


def test_minerals_come_in_order_and_the_largest_place_first(ground):
    assert list(ground.mineral.unique()) == ["lithium", "tin", "titanium"]
    sizes = ground[ground.mineral == "titanium"].value.dropna()
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_a_release_without_reserves_has_none(ground, made_up):
    assert reserves.series("mcs2090").empty and list(reserves.series("mcs2090").columns) == list(
        ground.columns
    )


def test_the_unions_reserves_are_those_of_its_members_even_of_one_alone(made_up):
    made_up.put("geography", [{"iso3": i, "name": f"{i} land"} for i in ("FIN", "SWE", "CHL", "EUE", "ZWE")])
    made_up.put("attendees", [{"iso3": i} for i in ("FIN", "SWE", "CHL", "EUE")])
    made_up.put("memberships", [{"iso3": i, "coalition_id": "eu27"} for i in ("FIN", "SWE", "PRT")])
    made_up.put(
        "minerals",
        [{"mineral": m, "kind": k} for m, k in (("tin", "listed"), ("sand", "other"), ("lithium", "listed"))],
    )
    rows = [
        *(
            row("tin", "FIN", 10),
            row("tin", "PRT", 20),
            row("tin", "CHL", 30),
            row("tin", "ZWE", 40),
            row("tin", "World", 200),
        ),
        *(row("lithium", "PRT", 6), row("lithium", "CHL", 9), row("lithium", "World", None, low=27)),
        *(row("sand", "FIN", 50), row("sand", "World", 50), row("tin", "SWE", 0)),
    ]
    made_up.put("reserves", rows, "mcs2091")
    found = countries.underground("mcs2091").set_index(["mineral", "iso3"])
    assert found.value.to_dict() == {
        ("lithium", "CHL"): 9,
        ("tin", "CHL"): 30,
        ("tin", "FIN"): 10,
        ("lithium", "EUE"): 6,
        ("tin", "EUE"): 30,
    }
    assert found.share["tin", "EUE"] == 15 and found.isna().share["lithium", "EUE"]
    assert set(found.loc[(slice(None), "EUE"), "source_id"]) == {"MCS2091"}
    assert coalitions.members("eu27") == {"FIN", "SWE", "PRT"}
    made_up.put("reserves", [row("tin", "FIN", 10), row("tin", "World", 40)], "mcs2092")
    assert countries.underground("mcs2092").set_index("iso3").share.to_dict() == {"FIN": 25, "EUE": 25}
