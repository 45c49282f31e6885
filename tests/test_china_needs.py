"""What China itself must buy, on rows made up for it: own ore, and sellers of what its plants run on."""

import pytest

from chokepoint.analysis import china_needs


def agency(
    mineral: str, stage: str, value: float, year: int = 2024, iso3: str = "CHN", edition: str = "IEA2090"
):
    return {
        "mineral": mineral,
        "stage": stage,
        "area": iso3,
        "area_kind": "country",
        "iso3": iso3,
        "year": year,
        "value": value,
        "forecast": year > 2024,
        "source_id": edition,
    }


def survey(value: float | None, year: int = 2024, stage: str = "mine", iso3: str = "CHN"):
    return {"mineral": "cobalt", "stage": stage, "iso3": iso3, "year": year, "value": value}


@pytest.fixture
def ore(made_up):
    """The newest edition has mining alone, so the one before it is used for both steps."""
    made_up.put("iea_production", [agency("copper", "mine", 999, edition="IEA2091")], "iea2091")
    rows = [
        *(agency("copper", "mine", 200), agency("copper", "refinery", 800)),
        *(agency("copper", "mine", 1, 2030), agency("copper", "refinery", 1, 2030)),
        *(agency("copper", "mine", 5000, iso3="CHL"), agency("copper", "refinery", 50, iso3="CHL")),
        *(agency("lithium", "mine", 300), agency("lithium", "refinery", 400)),
        agency("cobalt", "refinery", 400),  # no mine of China is named: USGS has it
        *(agency("graphite", "mine", 70), agency("graphite", "refinery", 100)),
        *(agency("nickel", "mine", 10), agency("nickel", "refinery", 0)),  # China refines none
        agency("manganese", "refinery", 10),  # nobody has its mines
    ]
    made_up.put("iea_production", rows, "iea2090")
    made_up.put("production", [survey(30)], "mcs2089")
    decoys = [survey(7, year=2023), survey(9, stage="refinery"), survey(8, iso3="CAN")]
    made_up.put("production", [survey(25), survey(15), *decoys], "mcs2090")
    made_up.put("production", [survey(None)], "mcs2091")
    made_up.put("production", [survey(99)], "other2091")  # no yearly summary
    return china_needs.own_ore().set_index("mineral")


def test_own_ore_is_what_china_mines_over_what_it_refines_the_least_first(ore):
    assert ore.own_ore_pct.dropna().to_dict() == {"cobalt": 10, "copper": 25, "lithium": 75}
    assert list(ore.index[:3]) == ["cobalt", "copper", "lithium"]
    assert set(ore.year) == {2024} and set(ore.source_id) == {"IEA2090"}


def test_synthetic_graphite_and_what_china_does_not_refine_are_no_part_of_it(ore):
    assert set(ore.index) == {"cobalt", "copper", "lithium", "manganese"}


def test_a_mine_that_the_agency_does_not_name_is_taken_from_the_newest_release_that_prints_its_year(ore):
    assert ore.mined_t["cobalt"] == 25 + 15
    assert ore.own_ore_pct.isna()["manganese"]


def flow(heading: str, exporter: str, importer: str, value: int, year: int = 2050) -> dict:
    return {
        "heading": heading,
        "year": year,
        "exporter": exporter,
        "importer": importer,
        "value_usd": value,
        "source_id": "BACI2091",
    }


@pytest.fixture
def flows(made_up):
    made_up.put("memberships", [{"iso3": "AUS", "coalition_id": "framework_any"}])
    rows = [
        flow("720293", "USA", "CHN", 200),
        flow("720293", "BRA", "CHN", 500),
        flow("720293", "AUS", "CHN", 300),
        flow("720293", "BRA", "DEU", 9000),
        flow("720293", "CHN", "USA", 700),
        flow("720293", "CAN", "CHN", 400, year=2049),
        flow("720293", "ARG", "CHN", 100, year=2048),
        flow("260600", "GIN", "CHN", 2000),
        flow("260200", "GAB", "JPN", 800),  # nothing of it goes to China
        flow("850511", "JPN", "CHN", 5000),  # magnets are no feed
    ]
    made_up.put("trade_flows", rows, "baci2091")


def test_sellers_to_china_are_told_with_their_shares_and_the_blocs(flows):
    rows = china_needs.imports()
    assert list(rows.heading) == ["260600", "720293"], "the largest first, what China does not buy left out"
    row = rows.iloc[1]
    assert (row.value_usd, row.year, row.source_id) == (1000, 2050, "BACI2091")
    assert (row.first_seller, row.first_share_pct) == ("BRA", 50)
    assert (row.second_seller, row.second_share_pct, row.bloc_pct) == ("AUS", 30, 50)


def test_a_single_seller_has_no_second_beside_it(flows):
    row = china_needs.imports().iloc[0]
    assert (row.first_seller, row.first_share_pct, row.second_seller, row.second_share_pct, row.bloc_pct) == (
        *("GIN", 100, "", 0, 0),
    )


def test_an_earlier_year_can_be_asked_for(flows):
    rows = china_needs.imports(2049)
    assert rows[["first_seller", "value_usd", "bloc_pct"]].values.tolist() == [["CAN", 400, 0]]


def test_burmas_ore_stands_beside_chinas_quota_year_by_year(made_up):
    def row(iso3, year, value):
        return {"iso3": iso3, "year": year, "value_t": value, "source_id": "YB2091"}

    for older in ("yearbook2088", "yearbook2089", "yearbook2090"):
        made_up.put("yearbook_production", [row("MMR", 2019, 1)], older)
    rows = [row("MMR", 2020, 35), row("CHN", 2020, 140), row("AUS", 2020, 20), row("CHN", 2021, 168)]
    made_up.put("yearbook_production", rows, "yearbook2091")
    found = china_needs.heavy_feed()
    assert found.year.tolist() == [2020, 2021] and found.china_t.tolist() == [140, 168]
    assert found.burma_t[0] == 35 and found.burma_t.isna()[1]
