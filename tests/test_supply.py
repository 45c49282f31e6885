"""Who makes what, on small releases made up for it: shares, years, products, and their sums."""

from types import SimpleNamespace

import pandas as pd
import pytest

from chokepoint.analysis import coalitions, supply
from chokepoint.analysis.facts import supply as shares

OLD, NEW = "mcs2090", "mcs2091"


def made(mineral: str, stage: str, area: str, value: float | None, year: int = 2090, **other) -> dict:
    own = {"mineral": mineral, "stage": stage, "commodity": mineral.capitalize(), "area": area, "year": year}
    kind = {"World": "world", "Others": "other"}.get(area, "country")
    iso3 = area if kind == "country" else None
    row = own | {
        "area_kind": kind,
        "iso3": iso3,
        "value": value,
        "printed_unit": "tons",
        "excludes_us": False,
    }
    return row | {"source_id": f"MCS{year}"} | other


def refined(
    mineral: str, area: str, value: float, year: int, edition: str, stage: str = "refinery", **other
) -> dict:
    own = {"mineral": mineral, "stage": stage, "area": area, "year": year, "value": value, "forecast": False}
    kind = "world" if area == "World" else "country"
    return own | {"area_kind": kind, "iso3": None if kind == "world" else area, "source_id": edition} | other


@pytest.fixture
def world(made_up):
    named = {
        "tin": "mine",
        "aluminum": "smelter",
        "silicon": "processed",
        "gallium": "processed",
        "cobalt": "mine",
    }
    named |= {"rare_earths": "mine", "rhenium": "mine", "zinc": "mine"}
    minerals = [
        {"mineral": m, "name": m.capitalize(), "kind": "listed", "headline_stage": s}
        for m, s in named.items()
    ]
    minerals[2]["headline_detail"] = "silicon metal"
    magnet = {"mineral": supply.MAGNET, "name": "Magnet rare earths", "kind": "group"}
    made_up.put("minerals", [*minerals, magnet, {"mineral": "sand", "name": "Sand", "kind": "other"}])
    products = {("silicon", "refinery"): "Silicon metal", ("cobalt", "refinery"): "Refined cobalt"}
    made_up.put(
        "products", [{"mineral": m, "step": s, "product": p, "short": p} for (m, s), p in products.items()]
    )
    both = "ferrosilicon and silicon metal"
    older = [
        *(made("tin", "mine", "CHN", 7, 2089), made("tin", "mine", "World", 70, 2089)),
        *(
            made("tin", "mine", "CHN", 5, 2088),
            made("tin", "mine", "IDN", 15, 2088),
            made("tin", "mine", "World", 50, 2088),
        ),
        *(made("zinc", "mine", "AUS", 4, 2089), made("zinc", "mine", "World", 8, 2089)),
        *(
            made("silicon", "processed", "CHN", 60, 2089, detail=both),
            made("silicon", "processed", "World", 80, 2089, detail=both),
        ),
    ]
    made_up.put("production", older, OLD)
    newer = [
        *(made("tin", "mine", "CHN", 30), made("tin", "mine", "IDN", 50), made("tin", "mine", "Others", 10)),
        *(made("tin", "mine", "PER", None, qualifier="withheld"), made("tin", "mine", "World", 100)),
        *(made("tin", "mine", "CHN", 18, 2089), made("tin", "mine", "World", 90, 2089)),
        *(
            made("aluminum", "mine", "AUS", 40, commodity="Bauxite"),
            made("aluminum", "mine", "World", 160, commodity="Bauxite"),
        ),
        *(
            made("aluminum", "refinery", "AUS", 900, commodity="Alumina"),
            made("aluminum", "refinery", "World", 1800, commodity="Alumina"),
        ),
        *(
            made("aluminum", "smelter", "CHN", 20, commodity="Aluminum"),
            made("aluminum", "smelter", "World", 40, commodity="Aluminum"),
        ),
        *(
            made("silicon", "processed", "CHN", 45, detail="silicon metal"),
            made("silicon", "processed", "World", 50, detail="silicon metal"),
        ),
        *(
            made("silicon", "processed", "NOR", 99, detail="ferrosilicon"),
            made("silicon", "processed", "World", 99, detail="ferrosilicon"),
        ),
        *(
            made("gallium", "processed", "CHN", 0.7, printed_unit="kilograms"),
            made("gallium", "processed", "JPN", 0),
        ),
        made("gallium", "processed", "World", 0.7, printed_unit="kilograms"),
        *(
            made("zinc", "mine", "AUS", None, 2089, qualifier="withheld"),
            made("zinc", "mine", "World", 9, 2089),
        ),
        *(
            made("cobalt", "mine", "COD", 80, excludes_us=True),
            made("cobalt", "mine", "World", 100, excludes_us=True),
        ),
        *(made("rare_earths", "mine", "CHN", 70), made("rare_earths", "mine", "World", 100)),
        *(
            made("rhenium", "mine", "CHL", 3),
            made("sand", "mine", "AUS", 3),
            made("sand", "mine", "World", 3),
        ),
    ]
    made_up.put("production", newer, NEW)
    first, second = "IEA2089", "IEA2090"
    made_up.put(
        "iea_production",
        [
            *(refined("cobalt", "CHN", 1, 2087, first), refined("cobalt", "World", 10, 2087, first)),
            *(refined("cobalt", "CHN", 9, 2088, first), refined("cobalt", "World", 10, 2088, first)),
        ],
        "iea2089",
    )
    made_up.put(
        "iea_production",
        [
            *(refined("cobalt", "CHN", 75, 2088, second), refined("cobalt", "World", 100, 2088, second)),
            *(
                refined("cobalt", "CHN", 99, 2095, second, forecast=True),
                refined("cobalt", "World", 100, 2095, second, forecast=True),
            ),
            *(refined("gallium", "JPN", 5, 2088, second), refined("gallium", "World", 5, 2088, second)),
            *(
                refined(supply.MAGNET, "CHN", 90, 2088, second),
                refined(supply.MAGNET, "World", 100, 2088, second),
            ),
            *(
                refined(supply.MAGNET, "CHN", 60, 2088, second, "mine"),
                refined(supply.MAGNET, "World", 100, 2088, second, "mine"),
            ),
            refined("tin", "CHN", 5, 2088, second),  # without a total there is no share
        ],
        "iea2090",
    )
    club = [
        {"iso3": "AUS", "coalition_id": "framework_any"},
        {"iso3": "IDN", "coalition_id": "attendees_4feb"},
    ]
    made_up.put("memberships", [row | {"published": True, "source_id": "S1"} for row in club])
    return made_up


def found(rows: pd.DataFrame, *columns: str) -> list[tuple]:
    return list(rows[list(columns)].itertuples(index=False, name=None))


def test_a_share_is_output_over_the_printed_total_of_the_latest_year(world):
    rows = supply.output(NEW)
    assert found(rows[rows.mineral == "tin"].dropna(subset=["share"]), "area", "year", "value", "share") == [
        ("IDN", 2090, 50, 50),
        ("CHN", 2090, 30, 30),
        ("Others", 2090, 10, 10),
    ]
    held = rows[(rows.mineral == "tin") & (rows.area == "PER")].iloc[0]
    assert held.qualifier == "withheld" and pd.isna(held.value) and pd.isna(held.share)
    assert set(rows.mineral) == {"tin", "aluminum", "silicon", "gallium", "cobalt", "rare_earths"}
    assert set(rows[rows.excludes_us].mineral) == {"cobalt"} and set(rows[rows.kilograms].area) == {"CHN"}


def test_an_earlier_year_is_what_the_release_prints_of_it(world):
    rows = supply.output(NEW, 2089)
    assert found(rows[rows.mineral == "tin"], "area", "share", "release") == [("CHN", 20, NEW)]
    assert rows[rows.release == "iea2090"].year.unique().tolist() == [2088], "the agency's base year stays"


def test_one_series_speaks_for_a_mineral_and_step_and_the_others_are_forms(world):
    rows = supply.output(NEW).set_index(["mineral", "step", "area"])
    assert rows.what["aluminum", "mine", "AUS"] == "Bauxite"
    assert (
        rows.what["aluminum", "refinery", "CHN"] == "Aluminium"
        and rows.share["aluminum", "refinery", "CHN"] == 50
    )
    forms = supply.forms(NEW)
    assert found(forms, "mineral", "form", "what", "area", "share") == [
        ("aluminum", "alumina", "Alumina", "AUS", 50),
        ("silicon", "ferrosilicon", "Ferrosilicon", "NOR", 100),
    ]
    assert supply.forms(NEW, 2089).empty and supply.forms(OLD).empty


def test_a_product_that_is_printed_with_another_has_the_name_of_both(world):
    older, newer = (supply.output(r).query("mineral == 'silicon'").what.tolist() for r in (OLD, NEW))
    assert older == ["Silicon, ferrosilicon and silicon metal"] and newer == ["Silicon metal"]


def test_only_a_place_that_nobody_stands_beside_is_alone(world):
    rows = supply.output(NEW).set_index(["mineral", "area"])
    assert rows.alone["gallium", "CHN"] and not rows.alone["tin", "IDN"]


def test_the_agency_speaks_where_usgs_has_no_country_and_its_newest_edition_for_a_year(world):
    rows = supply.output(NEW).query("step == 'refinery'").set_index("mineral")
    assert (rows.share["cobalt"], rows.release["cobalt"], rows.what["cobalt"]) == (
        75,
        "iea2090",
        "Refined cobalt",
    )
    assert rows.share["rare_earths"] == 90 and rows.what["rare_earths"] == "Magnet rare earths"
    assert set(supply.output(NEW).query("mineral == 'gallium'").release) == {NEW}
    assert supply.by_year(NEW).query("mineral == 'cobalt' and step == 'refinery'").share.tolist() == [75, 10]


def test_a_year_is_from_the_newest_release_that_prints_figures_of_it(world):
    rows = supply.by_year(NEW)
    tin = rows[(rows.mineral == "tin") & (rows.iso3 == "CHN")].set_index("year")
    assert tin.share.to_dict() == {2088: 10, 2089: 20, 2090: 30}
    assert tin.release.to_dict() == {2088: OLD, 2089: NEW, 2090: NEW}
    zinc = rows[rows.mineral == "zinc"]
    assert found(zinc, "year", "share", "release") == [(2089, 50, OLD)], "withheld altogether is no figure"
    assert set(supply.by_year(OLD).query("mineral == 'tin'").release) == {OLD}
    assert "rare_earths" not in set(rows[rows.form != ""].mineral)


def test_pairs_are_of_one_product_at_both_steps(world):
    rows = supply.pairs(NEW)
    assert found(rows, "mineral", "step", "area", "share") == [
        (supply.MAGNET, "mine", "CHN", 60),
        (supply.MAGNET, "refinery", "CHN", 90),
    ]
    two = supply.two_steps(NEW)
    assert set(two[two.alike].mineral) == {supply.MAGNET}
    assert set(two[~two.alike].mineral) == {"aluminum", "cobalt"}, "the magnets stand for all rare earths"
    assert supply.china_pairs(NEW).to_dict("index") == {supply.MAGNET: {"mine": 60, "refinery": 90}}


# --- sums of a table ---


def row(
    mineral: str, step: str, iso3: str | None, share: float | None, area_kind: str = "country", **other
) -> dict:
    own = {
        "mineral": mineral,
        "step": step,
        "iso3": iso3,
        "share": share,
        "value": share,
        "area": iso3 or "Others",
    }
    more = {"area_kind": area_kind, "what": mineral, "year": 2090, "release": NEW, "source_id": "M"}
    return own | more | other


ROWS = pd.DataFrame(
    [
        row("tin", "mine", "CHN", 30.0),
        row("tin", "mine", "AUS", 45.0),
        row("tin", "mine", "PER", 5.0),
        row("tin", "mine", None, 15.0, "other"),
        row("tin", "refinery", "IDN", 80.0, source_id="N"),
        row("tin", "refinery", "AUS", 0.0),
        row("zinc", "mine", "USA", 70.0),
        row("zinc", "mine", "AUS", 40.0),
        row("lead", "mine", "CHN", None),
        row("lead", "mine", "PER", 10.0),
    ]
).sort_values(["mineral", "step", "value"], ascending=[True, True, False], ignore_index=True)


def of(release: str, year: int | None = None) -> pd.DataFrame:
    return ROWS


def test_china_has_none_where_others_are_known_and_nothing_is_said_where_it_is_withheld(world):
    rows = supply.china(NEW, None, of)
    assert rows.loc["tin"].tolist() == [30, 0] and rows.mine["zinc"] == 0 and "lead" not in rows.index
    assert pd.isna(rows.refinery["zinc"])


def test_the_leader_is_the_largest_country_and_no_remainder(world):
    rows = supply.leaders(NEW, None, of)
    assert found(rows, "mineral", "step", "iso3") == [
        ("lead", "mine", "PER"),
        ("tin", "mine", "AUS"),
        ("tin", "refinery", "IDN"),
        ("zinc", "mine", "USA"),
    ]


def test_what_no_named_country_has_is_not_itemised(world):
    rows = supply.by_standing(NEW, None, of).set_index(["mineral", "step", "standing"]).share
    assert rows["tin", "mine"].to_dict() == {
        coalitions.CHINA: 30,
        coalitions.SIGNED: 45,
        coalitions.CAME: 0,
        coalitions.ELSEWHERE: 5,
        coalitions.NOT_NAMED: 20,
    }
    assert rows["zinc", "mine", coalitions.NOT_NAMED] == 0, "rounded shares of 110 leave nothing"


def test_inside_are_the_signed_and_those_that_came_and_never_more_than_all(world):
    rows = supply.inside(NEW, None, of)
    assert rows.loc["tin"].tolist() == [45, 80] and rows.mine["zinc"] == 100 and rows.mine["lead"] == 0
    assert list(rows.columns) == ["mine", "refinery"]


def test_a_club_has_its_members_shares_and_makes_all_only_where_nobody_else_does(world, monkeypatch):
    monkeypatch.setattr(supply, "output", lambda release: of(release))
    monkeypatch.setattr(
        supply, "by_country", lambda release: ROWS[(ROWS.area_kind == "country") & (ROWS.share > 0)]
    )
    clubs, whole = supply.clubs(NEW), supply.whole(NEW)
    assert clubs.loc[("tin", "mine"), ["signed", "came", "china", "union"]].tolist() == [45, 45, 30, 0]
    assert clubs.loc[("zinc", "mine"), ["signed", "china"]].tolist() == [100, 0]
    assert clubs.loc[("tin", "refinery"), ["signed", "came"]].tolist() == [0, 80]
    assert whole.loc[("tin", "refinery"), ["signed", "came"]].tolist() == [False, True]
    assert whole.loc[("zinc", "mine"), ["signed", "china"]].tolist() == [True, False]
    assert not whole.loc[("tin", "mine")].any() and list(clubs.index) == sorted(clubs.index)


def test_by_country_adds_up_a_countrys_rows_and_leaves_out_nothing_and_remainders(world):
    twice = pd.DataFrame([*ROWS.to_dict("records"), row("tin", "mine", "AUS", 2.0)])
    rows = supply.by_country(NEW, lambda release: twice).set_index(["mineral", "step", "iso3"]).share
    assert rows["tin", "mine"].to_dict() == {"AUS": 47, "CHN": 30, "PER": 5}
    assert rows["tin", "refinery"].to_dict() == {"IDN": 80}


def test_a_summary_has_leader_china_and_the_bloc_side_by_side(world):
    rows = supply.summary(NEW, None, of).loc[("tin", "mine")]
    assert (rows.leader_iso3, rows.largest, rows.china, rows.inside) == ("AUS", 45, 30, 45)
    assert rows.sources == ("M",) and (rows.year, rows.release) == (2090, NEW)
    assert supply.summary(NEW, None, of).sources[("tin", "refinery")] == ("M", "N")
    with_sources = supply.with_sources(supply.china(NEW, None, of), ROWS)
    assert with_sources.sources["tin"] == ("M", "N") and with_sources.sources["zinc"] == ("M",)
    assert supply.with_sources(supply.china(NEW, None, of), ROWS, members=True).sources["zinc"] == ("M", "S1")


# --- how a share is written, and reserves that were cut ---


@pytest.mark.parametrize(
    "share, alone, told",
    [
        *((0, False, "none"), (0.99, False, "under 1%"), (1, False, "1%"), (99, False, "99%")),
        *((99.01, False, "over 99%"), (100, False, "over 99%"), (100, True, "100%"), (99.4, True, "99%")),
    ],
)
def test_a_share_of_output_is_written_as_rounded_totals_allow(share, alone, told):
    assert supply.share_text(share, alone) == told


@pytest.mark.parametrize(
    "share, alone, told",
    [
        *((0.09, False, "under 0.1%"), (0.1, False, "0.1%"), (9.94, False, "9.9%"), (9.96, False, "10%")),
        *((10, False, "10%"), (99, False, "99%"), (99.1, False, "over 99%"), (100, True, "100%")),
    ],
)
def test_a_countrys_share_has_no_more_than_two_figures(share, alone, told):
    assert shares.rounded(share, alone) == told


def test_a_reserve_that_was_cut_is_told_beside_what_it_was(made_up):
    def cut(area: str, value: float | None, **other) -> dict:
        return {"mineral": "tin", "area": area, "year": 2090, "value": value, "source_id": "MCS2091"} | other

    rows = [
        cut("Peru", 11e6, superseded=21e6, correction_id="A-1;A-2"),
        cut("World", None, low=75e6, superseded=85e6, correction_id="A-2"),
        cut("Chile", 4.5e6),
        cut("Spain", None),
    ]
    made_up.put("reserves", rows, NEW)
    fix = {"correction_id": "A-1", "action": "supersede", "reason": "Version 2"}
    made_up.put("corrections", [fix, fix | {"correction_id": "A-2", "action": "scale"}])
    peru, world, chile = (shares.cut_reserves("tin", area, NEW) for area in ("Peru", "World", "Chile"))
    assert (peru.value, peru.text, peru.as_of, peru.note) == (
        *(11, "11 million tonnes", "2090", "Version 2 (correction A-1)"),
    )
    assert peru.superseded == (("21 million tonnes", ("MCS2091",)),)
    assert (world.value, world.text, world.note) == (75, "more than 75 million tonnes", "")
    assert world.superseded == (("more than 85 million tonnes", ("MCS2091",)),)
    assert (chile.text, chile.superseded, chile.note) == ("4.5 million tonnes", (), "")
    assert (
        shares.cut_reserves("tin", "Spain", NEW) is None and shares.cut_reserves("tin", "Cuba", NEW) is None
    )


def test_the_id_of_a_countrys_share_names_its_form(monkeypatch):
    monkeypatch.setattr(shares, "prefix", lambda iso3: iso3.lower())
    rutile = SimpleNamespace(mineral="titanium", form="rutile", step="refinery")
    assert shares.share_id("SLE", rutile) == "sle.titanium_rutile_refined"


def test_behind_the_blocs_share_stand_those_who_signed_and_those_who_only_came(monkeypatch):
    standing = {
        "AUS": coalitions.SIGNED,
        "KOR": coalitions.CAME,
        "CHL": coalitions.ELSEWHERE,
        "CHN": coalitions.CHINA,
    }
    rows = pd.DataFrame(
        {
            "area": ["China", "Australia", "Korea", "Chile"],
            "iso3": ["CHN", "AUS", "KOR", "CHL"],
            "area_kind": "country",
            "year": 2090,
            "value": [50.0, 30.0, 15.0, 5.0],
            "kilograms": False,
            "world": 100.0,
        }
    ).assign(where=lambda t: t.iso3.map(standing))
    monkeypatch.setattr(shares, "_output", lambda *_: {("tin", "mine"): rows})
    told, alone = shares._output_rows(NEW, "tin", "mine", "inside", None)
    assert [row.split(" ")[0] for row in told] == ["Australia", "Korea", "World"] and not alone
    told, _ = shares._output_rows(NEW, "tin", "mine", "china", None)
    assert [row.split(" ")[0] for row in told] == ["China", "World"]
