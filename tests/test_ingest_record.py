"""The readers of the long record: each on a few lines in its publisher's own layout, and what each must refuse."""

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from chokepoint.data.ingest import (
    baci,
    bgs,
    china_customs,
    eu_study,
    history,
    iea,
    reference,
    us_trade,
    yearbook,
)
from chokepoint.errors import UserError

DATA = Path(__file__).resolve().parents[1] / "data"
REF = reference.read(DATA)

TUNGSTEN = """TUNGSTEN STATISTICS1
U.S. GEOLOGICAL SURVEY
[All values are in metric tons (t) tungsten content unless otherwise noted]
Last modification: December 3, 2018
Year\tPrimary production\tSecondary production\tImports\tExports\tApparent consumption\tUnit value ($/t)\tUnit value (98$/t)\tWorld production
1918\t2100\tNA\t4100\tNA\t6200\t2500\t27000\t15000
2015\tW\t7940\t10100\t3770\tW\t35100\t24100\t83700
2015\tW\tNA\tNA\tNA\tNA\tNA\tNA\t90000
NA Not available. W Withheld to avoid disclosing company proprietary data.
"""


def test_a_worksheet_of_the_century_is_read_with_what_is_withheld_said(tmp_path):
    (tmp_path / "ds140-tungs.tsv").write_text(TUNGSTEN)
    tables, report = history.read(tmp_path, REF)
    rows = tables["historical"].set_index("year")
    assert rows.world_production_t.to_dict() == {1918: 15000, 2015: 83700}
    assert rows.withheld[2015] == "us_production_t;us_consumption_t" and pd.isna(rows.us_production_t[2015])
    assert (
        "2015 stands twice in ds140-tungs.tsv: the second line is refused"
        in report.table("historical").refused
    )
    assert report.table("historical").adds_up


@pytest.mark.parametrize(
    "heads", ["Estimated consumption\tApparent consumption", "Apparent consumption\tEstimated consumption"]
)
def test_of_two_columns_that_could_be_meant_the_preferred_one_is_read(tmp_path, heads):
    cell = {"Estimated consumption": "1", "Apparent consumption": "6200"}
    cells = "\t".join(cell[head] for head in heads.split("\t"))
    lines = [
        f"Year\tPrimary production\tImports\tExports\t{heads}\tWorld production",
        f"1918\t2100\t4100\t7\t{cells}\t15000",
    ]
    text = "\n".join([*TUNGSTEN.splitlines()[:4], *lines])
    (tmp_path / "ds140-tungs.tsv").write_text(text + "\n")
    row = history.read(tmp_path, REF)[0]["historical"].set_index("year").loc[1918]
    assert row.us_consumption_t == 6200 and row.world_production_t == 15000


def test_a_figure_of_the_century_is_read_however_its_header_and_its_marks_are_written(tmp_path):
    text = TUNGSTEN.replace("Imports", "IMPORTS2").replace("Unit value ($/t)", "Unit  value ($/t)5")
    (tmp_path / "ds140-tungs.tsv").write_text(text.replace("4100", "e4,100").replace("6200", "6200r"))
    row = history.read(tmp_path, REF)[0]["historical"].set_index("year").loc[1918]
    assert (row.us_imports_t, row.us_consumption_t, row.unit_value_usd_per_t) == (4100, 6200, 2500)
    assert (row.us_production_t, row.unit_value_1998_usd_per_t) == (2100, 27000)
    assert pd.isna(row.us_exports_t) and row.withheld == ""  # NA is no figure, and withheld from nobody


def test_a_year_of_the_century_with_no_figure_gives_no_row_and_the_last_year_names_the_release(tmp_path):
    none = "\n2016" + "\tNA" * 8 + "\n"
    (tmp_path / "ds140-tungs.tsv").write_text(TUNGSTEN.replace("\nNA Not", none + "NA Not"))
    tables, report = history.read(tmp_path, REF)
    assert tables["historical"].year.tolist() == [1918, 2015] and report.release == "history2015"


def test_a_later_worksheet_takes_the_place_of_the_older_and_one_of_no_mineral_is_named(tmp_path):
    for name in ("tungs", "raree", "rare-earths-2021", "abras"):
        (tmp_path / f"ds140-{name}.tsv").write_text(TUNGSTEN)
    tables, report = history.read(tmp_path, REF)
    assert sorted(tables["historical"].mineral.unique()) == ["rare_earths", "tungsten"]
    assert len(tables["historical"]) == 4
    assert sorted(report.unused_files) == ["ds140-abras.tsv", "ds140-raree.tsv"]
    (tmp_path / "ds140-rare-earths-2021.tsv").unlink()
    assert "ds140-raree.tsv" not in history.read(tmp_path, REF)[1].unused_files


def test_worksheets_of_no_mineral_and_a_folder_without_any_are_refused(tmp_path):
    with pytest.raises(UserError, match="looked for worksheets named ds140-<commodity>"):
        history.read(tmp_path, REF)
    (tmp_path / "ds140-abras.tsv").write_text(TUNGSTEN)
    with pytest.raises(UserError, match="none of the worksheets is of a mineral"):
        history.read(tmp_path, REF)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("83700", "83,7oo", "is not a number"),
        ("2100\tNA", "2i00\tNA", 'tungs.tsv line 6: "2i00" is not a number'),
        ("83700", "-83700", "tungs.tsv line 7: -83700 is negative"),
        ("2015\tW\tNA", "1849\tW\tNA", "tungs.tsv line 8: 1849 cannot be"),
        ("2015\tW\tNA", "2101\tW\tNA", "2101 cannot be"),
        ("1918", "3918", "cannot be a year"),
        ("83700", "-83700", "negative"),
        ("Year\t", "When\t", "begins with"),
    ],
)
def test_a_damaged_worksheet_is_refused_with_its_line(tmp_path, old, new, said):
    (tmp_path / "ds140-tungs.tsv").write_text(TUNGSTEN.replace(old, new))
    with pytest.raises(UserError, match=said):
        history.read(tmp_path, REF)


def _flows(folder: Path, year: int = 2024, **changed) -> Path:
    flow = [
        {"from": "CN", "to": "US", "value": 900_000},
        {"from": "CN", "to": "IN", "value": 99_500},
        {"from": "CN", "to": "FR", "value": 300},
        {"from": "CN", "to": "IT", "value": 200},
    ]
    content = {"year": year, "source": "UN Comtrade (primary) via CEPII BACI HS17 V202601", "names": {"CN": "China", "US": "United States",
               "IN": "India", "FR": "France", "IT": "Italy"}, "materials": {"gallium": flow, "germanium": flow, "helium": flow}} | changed  # fmt: skip
    (folder / f"flows_{year}.json").write_text(json.dumps(content))
    return folder


def test_gallium_and_germanium_share_a_heading_and_are_counted_once(tmp_path):
    tables, report = baci.read(_flows(tmp_path), REF)
    rows = tables["trade_flows"]
    assert set(rows.heading) == {"811292"} and rows.value_usd.sum() == 1_000_000, (
        "small buyers are in the sum, together"
    )
    assert rows.set_index("importer").value_usd.to_dict() == {"": 500, "IND": 99_500, "USA": 900_000}
    assert report.release == "baci2026-01" and report.table("trade_flows").adds_up


def test_a_flow_below_zero_or_a_year_that_is_not_the_files_is_refused(tmp_path):
    with pytest.raises(UserError, match="not a value in US"):
        baci.read(_flows(tmp_path, materials={"gallium": [{"from": "CN", "to": "US", "value": -1}]}), REF)
    (tmp_path / "flows_2024.json").write_text(
        (tmp_path / "flows_2024.json").read_text().replace('"year": 2024', '"year": 2023')
    )
    with pytest.raises(UserError, match="the year inside is 2023"):
        baci.read(tmp_path, REF)


BGS = """mineral,bgs_commodity_trans,bgs_sub_commodity_trans,country_trans,country_iso3_code,year,quantity,units
cobalt,"cobalt, refined",,China,CHN,2023,797,tonnes (metric)
cobalt,"cobalt, refined",,Congo,COD,2023,1,tonnes (metric)
cobalt,"cobalt, refined",,"Congo, Democratic Republic",COD,2023,202,tonnes (metric)
cobalt,"cobalt, refined",,Finland,FIN,2023,,tonnes (metric)
"""


def test_of_bgs_only_shares_are_kept_and_the_two_congos_are_two(tmp_path):
    (tmp_path / "bgs.csv").write_text(BGS)
    tables, report = bgs.read(tmp_path / "bgs.csv", REF)
    rows = tables["output_shares"]
    assert rows.set_index("iso3").share_pct.to_dict() == {"CHN": 79.7, "COD": 20.2}, (
        "a share under half a per cent is not listed"
    )
    assert set(rows.reporters) == {3} and not {"quantity", "value", "value_t"} & set(rows.columns)
    assert report.table("output_shares").refused["no quantity"] == 1


def test_shares_of_bgs_are_of_each_product_and_year_and_from_half_a_per_cent_on(tmp_path):
    row = 'cobalt,"cobalt, {what}",,{place},{code},{year},{quantity},tonnes (metric)\n'.format
    rows = [("mine", "China", "CHN", 2022, 199), ("mine", "Finland", "FIN", 2022, 1)]
    rows += [("mine", "China", "CHN", 2021, 1001), ("mine", "Finland", "FIN", 2021, 5)]
    rows += [("refined", "Atlantis", "ATL", 2022, 30), ("refined", "Peru", "PER", 2022, 0)]
    rows += [("mine", "Finland", "FIN", 2020, 0)]
    names = ("what", "place", "code", "year", "quantity")
    lines = [row(**dict(zip(names, cells, strict=True))) for cells in rows]
    (tmp_path / "bgs.csv").write_text(BGS.splitlines()[0] + "\n" + "".join(lines))
    tables, report = bgs.read(tmp_path / "bgs.csv", REF)
    made = tables["output_shares"][["stage", "year", "area", "iso3", "share_pct", "reporters"]]
    assert made.values.tolist() == [
        ["mine", 2021, "China", "CHN", 99.5, 2],
        ["mine", 2022, "China", "CHN", 99.5, 2],
        ["mine", 2022, "Finland", "FIN", 0.5, 2],
        ["refinery", 2022, "Atlantis", "", 100, 1],  # who reports nothing is no reporter
    ]
    assert report.release == "bgs2022" and report.table("output_shares").adds_up


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('cobalt,"cobalt, refined"', 'cobalt,"cobalt, raw"', "no row is of a mineral in data/crosswalk.csv"),
        ("2023,797", "n.d.,797", "bgs.csv line 2: 'n.d.' is not a year"),
        ("797", "7g7", "bgs.csv line 2: '7g7' is not a quantity"),
        ("797", "-1", "line 2: -1 is negative"),
        ("quantity", "amount", "column quantity not found"),
    ],
)
def test_what_is_no_table_of_bgs_is_refused(tmp_path, old, new, said):
    (tmp_path / "bgs.csv").write_text(BGS.replace(old, new))
    with pytest.raises(UserError, match=said):
        bgs.read(tmp_path / "bgs.csv", REF)


def test_a_state_that_is_no_more_goes_in_under_its_own_name(tmp_path):
    shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("minerals"))
    (tmp_path / "bgs.csv").write_text(
        BGS + 'cobalt,"cobalt, refined",,Soviet Union,SUN,1980,5,tonnes (metric)\n'
    )
    bgs.ingest(tmp_path / "bgs.csv", tmp_path / "data")
    rows = pd.read_csv(tmp_path / "data" / "minerals" / "bgs2023" / "output_shares.csv")
    assert rows.query("year == 1980")[["area", "iso3", "share_pct"]].values.tolist() == [
        ["Soviet Union", "SUN", 100]
    ]


def test_a_country_given_twice_is_refused(tmp_path):
    (tmp_path / "bgs.csv").write_text(BGS + 'cobalt,"cobalt, refined",,China,CHN,2023,5,tonnes (metric)\n')
    with pytest.raises(UserError, match="line 6: cobalt, refined, China, 2023 is given twice"):
        bgs.read(tmp_path / "bgs.csv", REF)


def test_the_eu_study_gives_processing_shares_and_bounds_are_counted(tmp_path):
    (tmp_path / "fact_GlobalSupplyShares&t.csv").write_text(
        "Material,Stage,Country,Share,t\nTungsten,P,China,84%,1\nTungsten,P,Turkyie,<0.1%,1\n"
    )
    (tmp_path / "dimension_CRMsOverTime.csv").write_text(
        "Material,Year,SR,EI\nTungsten,2023,1.2,8.7\nTungsten,2011,-,-\n"
    )
    tables, report = eu_study.read(tmp_path, REF)
    assert tables["eu_supply_shares"].to_dict("records")[0] | {"mineral": "tungsten", "stage": "refinery", "iso3": "CHN", "share_pct": 84.0} \
        == tables["eu_supply_shares"].to_dict("records")[0]  # fmt: skip
    assert tables["eu_criticality"].supply_risk.tolist() == [1.2]
    assert all(tally.adds_up for tally in report.tables.values())
    (tmp_path / "fact_GlobalSupplyShares&t.csv").write_text(
        "Material,Stage,Country,Share,t\nTungsten,P,China,840%,1\n"
    )
    with pytest.raises(UserError, match="over 100"):
        eu_study.read(tmp_path, REF)


def _eu(folder: Path, *lines: str, name: str = "fact_GlobalSupplyShares&t.csv") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(["Material,Stage,Country,Share,\u20ac", *lines]), encoding="cp1252")
    return folder


def test_the_eu_study_tells_the_world_from_the_union_and_the_mine_from_the_plant(tmp_path):
    _eu(tmp_path / "eu", "Tungsten,E,China,100,1", "Tungsten,P,Austria,0.5%,1", "Moonstone,P,China,5%,1")
    _eu(tmp_path / "eu", "Tungsten,P,Austria,20%,1", name="fact_EUSupplyShares.csv")
    (tmp_path / "eu" / "notes.csv").write_text("a,b\n1,2\n")
    tables, report = eu_study.read(tmp_path / "eu", REF)
    made = tables["eu_supply_shares"][["stage", "scope", "iso3", "share_pct"]].values.tolist()
    assert sorted(made) == [
        ["mine", "world", "CHN", 100],
        ["refinery", "EU supply", "AUT", 20],
        ["refinery", "world", "AUT", 0.5],
    ]
    assert report.unused_files == ["notes.csv"] and report.release == "eustudy2023"
    assert report.table("eu_supply_shares").refused == {eu_study.NO_MINERAL: 1}


@pytest.mark.parametrize(
    "line, said",
    [
        ("Tungsten,P,Atlantis,5%,1", 'line 2: area "Atlantis" is not in data/geography.csv'),
        ("Tungsten,P,World,5%,1", 'line 2: area "World"'),
        ("Tungsten,X,China,5%,1", "line 2: .* stage 'X' is not E or P"),
        ("Tungsten,P,China,5.%,1", "'5.%' is not a share"),
        ("Tungsten,P,China,100.1%,1", "a share of 100.1% is over 100%"),
        ("Tungsten,P,China,-5%,1", "is not a share"),
    ],
)
def test_a_share_of_the_eu_study_that_cannot_be_is_refused(tmp_path, line, said):
    with pytest.raises(UserError, match=said):
        eu_study.read(_eu(tmp_path / "eu", line), REF)


def test_scores_of_the_eu_study_are_numbers_or_not_given(tmp_path):
    path = tmp_path / "dimension_CRMsOverTime.csv"
    lines = ["Material,Year,SR,EI", "Tungsten,2014,,8", "Tungsten,2017,1.5,-", "Moonstone,2020,1,1"]
    path.write_text("\n".join([*lines, "Tungsten,2020,1.6,8.1"]))
    tables, report = eu_study.read(tmp_path, REF)
    row = tables["eu_criticality"].iloc[0]
    assert (row.year, row.supply_risk, row.economic_importance) == (2020, 1.6, 8.1)
    assert report.table("eu_criticality").refused["not scored in that edition"] == 2
    path.write_text("\n".join([*lines, "Tungsten,2020,high,8.1"]))
    with pytest.raises(UserError, match="line 5: 'high' or '8.1' is not a score"):
        eu_study.read(tmp_path, REF)
    path.rename(tmp_path / "other.csv")
    with pytest.raises(UserError, match="looked for the study's tables"):
        eu_study.read(tmp_path, REF)


def _dataweb(
    path: Path, header=("Data Type", "Country", "HTS Number", "Description", "Quantity Description")
) -> Path:
    book = openpyxl.Workbook()
    for name, years, figures in (
        ("Customs Value", ("2025", "2026"), (100.0, 40.0)),
        ("Customs Value YTD", ("2025_Year_to_date", "2026_Year_to_date"), (30.0, 40.0)),
    ):
        sheet = book.create_sheet(name)
        sheet.append(["Imports For Consumption|Annual + Year-To-Date Data from Jan - Apr"])
        sheet.append(["Data Row Count", 1])
        sheet.append([*header, *years])
        sheet.append(["Customs Value", "China", "8110", "ANTIMONY", "Value for: kilograms", *figures])
    book.save(path)
    return path


def test_the_year_so_far_is_not_taken_for_a_year(tmp_path):
    tables, report = us_trade.read(_dataweb(tmp_path / "imports.xlsx"), REF)
    rows = tables["us_trade"]
    assert {(r.year, r.months): r.value_usd for r in rows.itertuples()} == {
        (2025, 12): 100,
        (2025, 4): 30,
        (2026, 4): 40,
    }
    assert report.release == "ustrade2026-04"
    with pytest.raises(UserError, match="expected Country and HTS Number"):
        us_trade.read(
            _dataweb(
                tmp_path / "imports.xlsx",
                ("Data Type", "Partner", "HTS Number", "Description", "Quantity Description"),
            ),
            REF,
        )


CUSTOMS = "product,period,destination,value,unit,kind,note,source_url\nrare-earth magnets,2025-05,{to},{value},t,reported,,https://example.org/a\n"


def test_a_month_of_magnets_is_read_and_a_wrong_one_refused(tmp_path):
    path = tmp_path / "exports.csv"
    path.write_text(CUSTOMS.format(to="United States", value="46"))
    tables, report = china_customs.read(path, REF)
    row = tables["china_exports"].iloc[0]
    assert (row.iso3, row.first_month, row.value_t, report.release) == (
        "USA",
        "2025-05",
        46.0,
        "customs2025-05",
    )
    for to, value, said in (("Atlantis", "46", "Atlantis"), ("World", "46,5", "not a number of tonnes")):
        path.write_text(CUSTOMS.format(to=to, value=f'"{value}"'))
        with pytest.raises(UserError, match=said):
            china_customs.read(path, REF)


def test_what_customs_counts_is_refused_where_it_is_no_product_source_or_period(tmp_path):
    path, sound = tmp_path / "exports.csv", CUSTOMS.format(to="World", value="46")
    for old, new, said in (
        ("rare-earth magnets", "magnets", 'exports.csv line 2: product "magnets" is none of'),
        ("https://", "http://", "source_url an https address"),
        ("reported", "guessed", "kind must be reported or derived"),
        (",t,", ",kg,", "is not a number of tonnes"),
        ("2025-05", "2025-5", 'period "2025-5" is not a year'),
        ("2025-05", "2025-Q5", "is not a year"),
        ("World", "Other countries", "Other countries"),
    ):
        path.write_text(sound.replace(old, new))
        with pytest.raises(UserError, match=said):
            china_customs.read(path, REF)
    path.write_text(sound.splitlines()[0] + "\n")
    with pytest.raises(UserError, match="no figure found"):
        china_customs.read(path, REF)


def test_a_release_of_customs_is_named_by_the_last_month_of_any_period(tmp_path):
    rows = [CUSTOMS.format(to="World", value="1.5").replace("2025-05", p) for p in ("2025-01/10", "2025-Q3")]
    (tmp_path / "exports.csv").write_text(rows[0] + rows[1].splitlines()[1] + "\n")
    tables, report = china_customs.read(tmp_path / "exports.csv", REF)
    assert report.release == "customs2025-10"
    assert tables["china_exports"].first_month.tolist() == ["2025-01", "2025-07"]
    assert china_customs.months("2025-H2") == ("2025-07", "2025-12")
    assert china_customs.months("2025-Q4") == ("2025-10", "2025-12")


def _yearbook(path: Path, *rows: list, title: str = "T8") -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_yearbook_of_another_layout_or_of_no_country_is_refused_with_its_row(tmp_path):
    head = [["RARE EARTHS: WORLD MINE PRODUCTION, BY COUNTRY"], ["Country or locality2", 2021, None, 2022]]
    for rows, title, said in (
        ([*head, ["Total", 1, None, 2]], "T7", "looked for the sheet T8, found T7"),
        ([["RARE EARTHS: IMPORTS"], head[1], ["Total", 1, None, 2]], "T8", "the layout is another"),
        ([head[0], ["Country", 2021]], "T8", "the layout is another"),
        (
            [*head, ["China", 1, None, 2], ["Atlantis", 1, None, 2]],
            "T8",
            "T8 row 4: 'Atlantis', 2021: 1 is no",
        ),
        ([*head, ["China", 1, None, "many"]], "T8", "row 3: 'China', 2022: 'many' is no output"),
        ([*head, ["China", -1, None, 2]], "T8", "row 3: 'China', 2021: -1 is no output"),
        ([*head, ["Other countries", 1, None, 2]], "T8", "is no output of a country"),
    ):
        with pytest.raises(UserError, match=said):
            yearbook.read(_yearbook(tmp_path / "myb.xlsx", *rows, title=title), REF)


def test_the_yearbooks_table_is_read_to_its_total(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "T8"
    for row in (["RARE EARTHS: WORLD MINE PRODUCTION, BY COUNTRY OR LOCALITY1"], ["Country or locality2", 2021, None, 2022],
                ["Burundi", 200, "e", "--"], ["China3", 168000, None, 210000, "e"], ["Total", 290000, "r", 297000], ["eEstimated."]):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "myb.xlsx")
    rows = yearbook.read(tmp_path / "myb.xlsx", REF)[0]["yearbook_production"].set_index(["area", "year"])
    assert (
        rows.value_t["China", 2022] == 210000
        and rows.estimated["China", 2022]
        and not rows.estimated["China", 2021]
    )
    assert rows.value_t["Burundi", 2022] == 0 and rows.value_t["World", 2022] == 297000


def _table(table: str) -> pd.DataFrame:
    from chokepoint.data import tables

    return tables.load(table, tables.releases(table)[-1])


def test_ten_months_of_magnets_add_up_to_what_was_reported():
    """The parts and the whole come from different pages: a misread month would show."""
    rows = (
        _table("china_exports")
        .query("product == 'magnets' and area == 'World'")
        .set_index(["first_month", "last_month"])
        .value_t
    )
    parts = rows["2025-01", "2025-06"] + sum(rows[f"2025-{m:02}", f"2025-{m:02}"] for m in range(7, 11))
    assert (parts, rows["2025-01", "2025-10"]) == (45289, 45290)
    assert [rows[m, m] for m in ("2025-01", "2025-05", "2025-11", "2026-03")] == [6357, 1238, 6150, 5238]
    assert ("2025-02", "2025-02") not in rows.index, "a month that nobody quotes is a gap"


@pytest.mark.parametrize(
    "product, first, then",
    [("cobalt, refined", (2000, 3), (2023, 80)), ("tungsten content", (1971, 19), (2023, 80)), ("magnesium metal, primary", (1990, 2), (2023, 94)),
     ("germanium metal", (1985, 11), (2023, 95)), ("antimony content", (2005, 87), (2023, 35))],
)  # fmt: skip
def test_china_came_to_hold_the_plants_within_a_generation(product, first, then):
    rows = _table("output_shares").query("product == @product and iso3 == 'CHN'").set_index("year").share_pct
    assert [round(rows[year]) for year, _ in (first, then)] == [first[1], then[1]]


def test_the_united_states_mined_most_rare_earths_then_none():
    from chokepoint.analysis import history as measure

    share = measure.us_share("rare_earths")
    assert (
        share.loc[1970:1984].round().agg(["min", "max"]).tolist() == [53, 78]
        and share.loc[2001:2011].max() == 0
    )


MINING = "mineral,stage,area,scenario,year,value,unit\n" + "".join(
    f"copper,mining,{area},base case,{year},{value},kt\n"
    for area, year, value in (("Chile", 2026, 5400), ("Rest of world", 2026, 18000.5), ("World", 2026, 23400.5),
                              ("Chile", 2030, 5369), ("Rest of world", 2030, 19000), ("World", 2030, 24369))
)  # fmt: skip


def test_the_iea_s_mining_alone_goes_in_as_an_edition_of_its_own(tmp_path):
    (tmp_path / "mining.csv").write_text(MINING)
    tables, report = iea.read(tmp_path, REF)
    rows = tables["iea_production"].set_index(["area", "year"])
    assert report.release == "iea2027" and list(tables) == ["iea_production"]
    assert rows.value["Chile", 2026] == 5_400_000 and rows.area_kind["Other countries", 2026] == "other"
    assert rows.forecast.to_dict()["World", 2030] and not rows.forecast["World", 2026]
    assert "gives mining alone" in str(report) and report.table("iea_production").adds_up


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("mining,Chile", "smelting,Chile", 'line 2: stage "smelting"'),
        ("base case,2026,5400", "high case,2026,5400", 'scenario "high case"'),
        ("5400,kt", "5400,t", 'unit "t" is not kt'),
        ("5400", "54oo", "is not an output"),
        ("Chile,base case,2030", "Chile,base case,2026", "is given twice"),
        ("copper,mining,World,base case,2030,24369,kt\n", "", "no World in 2030. Was the file cut"),
    ],
)
def test_a_damaged_table_of_mining_is_refused_with_its_line(tmp_path, old, new, said):
    (tmp_path / "mining.csv").write_text(MINING.replace(old, new))
    with pytest.raises(UserError, match=said):
        iea.read(tmp_path, REF)


def test_an_edition_with_mining_alone_leaves_refining_with_the_edition_before():
    from chokepoint.analysis import forecast

    mine, refined = forecast.newest("mine"), forecast.newest("refinery")
    assert mine.source_id.unique().tolist() == ["IEA2026"] and refined.source_id.unique().tolist() == [
        "IEA2025"
    ]
    of = mine.query("year == 2025 and area_kind != 'world'").groupby("mineral").value.sum()
    world = mine.query("year == 2025 and area_kind == 'world'").set_index("mineral").value
    assert len(world) == 6 and (of / world - 1).abs().max() < 0.01


@pytest.mark.published
def test_the_files_that_were_read_are_those_at_hand():
    """The checksums stand in a table, so that anybody can tell whether theirs are the same files."""
    from hashlib import sha256

    shared = DATA.parent.parent / "shared" / "releases"
    folders = {"baci": "baci", "bgs": "bgs", "customs": "china_customs", "eustudy": "eu_crm_2023", "iea2025": "iea", "iea2026": "iea2026",
               "ustrade": "us_trade", "history": "usgs_ds140", "yearbook": "usgs_myb2022_ree"}  # fmt: skip
    for row in pd.read_csv(DATA / "files_read.csv").itertuples():
        folder = next(place for stem, place in folders.items() if row.release.startswith(stem))
        content = (shared / folder / row.file).read_bytes()
        assert (sha256(content).hexdigest(), len(content)) == (row.sha256, row.bytes), row.file


# Names of data/crosswalk.csv that the files at hand do not hold: they are the publishers' own all the same.
NOT_AT_HAND = {
    "bgs": {"tin, mine", "vanadium, mine", "chromium ores and concentrates"},
    "us-trade": {"2604", "2607", "2608"},
}


def _names_at_hand(publisher: str, shared: Path) -> set[str]:
    if publisher == "bgs":
        rows = pd.read_csv(shared / "bgs" / "bgs_production_1971_2023_tidy.csv", dtype=str)
        both = zip(rows.bgs_commodity_trans, rows.bgs_sub_commodity_trans.fillna(""), strict=True)
        return {": ".join(filter(None, pair)) for pair in both}
    if publisher == "eu":
        files = ("dimension_CRMsOverTime.csv", "fact_GlobalSupplyShares&t.csv")
        return {
            name.strip()
            for file in files
            for name in pd.read_csv(shared / "eu_crm_2023" / file, encoding="latin-1").Material.dropna()
        }
    if publisher == "baci":
        return set(json.loads((shared / "baci/flows_2002_2024/flows_2024.json").read_text())["materials"])
    if publisher == "us-trade":
        return set(_table("us_trade").heading.astype(str))
    paths = [*(shared / "usgs_ds140").rglob("ds140-*")]
    return {match[1] for path in paths if (match := history.STEM.search(path.name))}


@pytest.mark.published
@pytest.mark.parametrize("publisher", ["bgs", "eu", "baci", "us-trade", "usgs-history"])
def test_each_name_of_the_crosswalk_is_spelt_as_in_the_publishers_file(publisher):
    """A name that is spelt otherwise would silently leave its rows out."""
    ours = set(pd.read_csv(DATA / "crosswalk.csv", dtype=str).query("publisher == @publisher").name)
    at_hand = _names_at_hand(publisher, DATA.parent.parent / "shared" / "releases")
    assert ours - at_hand == NOT_AT_HAND.get(publisher, set())


def test_a_flow_is_small_beside_the_whole_trade_and_not_beside_the_largest_flow(tmp_path):
    sales = [
        {"from": "CN", "to": to, "value": v} for to, v in (("US", 600_000), ("IN", 399_200), ("FR", 800))
    ]
    rows = baci.read(_flows(tmp_path, materials={"gallium": sales}), REF)[0]["trade_flows"]
    assert rows.set_index("importer").value_usd.to_dict() == {"": 800, "IND": 399_200, "USA": 600_000}


def test_an_empty_cell_of_a_workbook_of_history_is_an_empty_text():
    book = openpyxl.Workbook()
    for row in (["Year", "Production", "Imports"], [1900, None, 5]):
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    assert history._lines("ds140.xlsx", made.getvalue()) == [
        ["Year", "Production", "Imports"],
        ["1900", "", "5"],
    ]
