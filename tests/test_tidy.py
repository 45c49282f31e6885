"""What a release prints becomes a row: figure, unit, year, whether it is estimated, what its notes say."""

from pathlib import Path

import pandas as pd
import pytest

from chokepoint.data.ingest import areas, salient, tidy, usgs_2024, usgs_2025
from chokepoint.data.ingest.files import Sheet
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import Reading, Tables, footnote, from_note
from chokepoint.errors import UserError

GEOGRAPHY = pd.DataFrame(
    [("JPN", "Japan"), ("PER", "Peru"), ("USA", "United States")], columns=["iso3", "name"]
).assign(usgs_names="", iea_names="", state_names="")
RULE = {"commodity": "Tin", "mineral": "tin", "stage": "mine", "detail": "", "basis": "content", "match": ""}
RULES = {
    "tin": [RULE | {"stage": "refinery", "match": "refinery|smelter"}, RULE],
    "zinc": [RULE | {"commodity": "Zinc", "mineral": "zinc"}],
}


@pytest.fixture
def tables() -> Tables:
    """No row yet of the release of 2024; tin is known, and three countries."""
    ref = Reference(Path(), {}, RULES, areas.names(GEOGRAPHY))
    return Tables(ref, Report(release="mcs2024"), lambda table: None)


def sheet(name: str, header: str, *lines: str) -> Sheet:
    columns = header.split(",")
    rows = [(i, dict(zip(columns, line.split(","), strict=True))) for i, line in enumerate(lines, 2)]
    return Sheet(name, columns, rows, 0)


def held(tables: Tables, table: str, *columns: str) -> list[tuple]:
    """Cells of the rows of a table, in the order they were read."""
    return [tuple(row[c] for c in columns) for row, _ in tables.rows.get(table, {}).values()]


# --- notes


@pytest.mark.parametrize(
    ("notes", "kept"),
    [
        ("", ""),
        ("Estimated.", ""),
        ("Reported. -- Estimated", ""),
        ("Excludes U.S. production", "Excludes U.S. production."),
        ("Excludes U.S. production.", "Excludes U.S. production."),
        ("Data are “rounded.”", "Data are “rounded.”"),
        ("One. -- Estimated. -- Two.", "One. Two."),
        ("See Appendix C for resource definitions. -- One", "One."),
        ("Estimated from trade.", "Estimated from trade."),
    ],
)
def test_a_footnote_is_what_only_this_row_says_and_ends_with_one_full_stop(notes, kept):
    assert footnote(notes) == kept


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("W", "W"),
        ("w for 2024", "W"),
        ("W for 2023", ""),
        ("W for 23-24", "W"),
        ("XX", "XX"),
        ("Less than ½ unit", "s"),
        (">2,000 tons", ">2,000"),
        ("Considered to be very small", "Very small"),
        ("Moderate to large", "Moderate to large"),
        ("a large mine", ""),
        ("Included with Peru.", "Included with peru"),
        ("Was included in “Other.”", "Included in “other.”"),
        ("", ""),
        ("What it made", ""),
    ],
)
def test_a_note_in_place_of_a_figure_holds_for_the_year_that_it_names(note, said):
    assert from_note(note, 2024) == said


# --- one line a country, units and years in the header


def world(tables: Tables, header: str, *lines: str, name: str = "mcs2024-tin_world.csv") -> None:
    usgs_2024.read_world(sheet(name, f"Source,Country,Type,{header}", *lines), tables, 2024)


def test_output_of_the_newest_year_is_an_estimate_and_reserves_never_are(tables):
    header = "Prod_t_2022,Prod_t_est_2023,Prod_notes,Reserves_t,Reserves_notes"
    world(
        tables,
        header,
        "MCS,Peru,Mine production,10,20,,300,Estimated.",
        "MCS,Japan,Mine production,30,40,Estimated.,50,",
        "MCS,United States,Mine production,50,60,Reported.,60,",
    )
    made = held(tables, "production", "area", "year", "estimated")
    assert {(area, year): said for area, year, said in made} == {
        ("Peru", 2022): False,
        ("Peru", 2023): True,
        ("Japan", 2022): True,
        ("Japan", 2023): True,
        ("United States", 2022): False,
        ("United States", 2023): False,
    }
    assert held(tables, "reserves", "year", "value", "estimated") == [
        (2023, 300, False),
        (2023, 50, False),
        (2023, 60, False),
    ]
    assert not any(said for (said,) in held(tables, "reserves", "footnote"))
    assert tables.report.rows.read == tables.report.rows.kept == 3


def test_a_figure_that_its_note_calls_reported_is_so_for_the_year_named(tables):
    header = "Prod_t_est_2022,Prod_t_est_2023,Prod_notes"
    world(tables, header, "MCS,Peru,Mine production,10,20,Reported by the ministry for 2022 as final")
    assert held(tables, "production", "year", "estimated") == [(2022, False), (2023, True)]
    assert held(tables, "production", "footnote")[0] == ("Reported by the ministry for 2022 as final.",)


def test_a_figure_is_capacity_where_its_type_says_so_and_output_where_it_says_both(tables):
    types = ("Refinery capacity", "Mine production capacity", "Smelter production")
    world(tables, "Prod_kt_2022", *(f"MCS,Peru,{kind},{i}" for i, kind in enumerate(types, 1)))
    assert held(tables, "capacity", "stage", "value") == [("refinery", 1000)]
    assert held(tables, "production", "stage", "value") == [("mine", 2000), ("refinery", 3000)]


def test_a_blank_is_no_reading_and_a_note_may_stand_in_its_place(tables):
    header = "Prod_t_2022,Prod_notes,Reserves_t,Reserves_notes"
    world(tables, header, "MCS,Peru,Mine,,,NA,Considered large", "MCS,Japan,Mine,,,,", "MCS,,Mine,1,,2,")
    world(tables, header, "MCS,United States,Mine,,W for 2022,NA,None known")
    assert held(tables, "reserves", "printed", "qualifier") == [("Large", "word"), ("NA", "not_available")]
    assert held(tables, "production", "printed", "qualifier") == [("W", "withheld")]
    lines = tables.report.rows
    assert (lines.read, lines.kept, sum(lines.refused.values())) == (4, 2, 2) and lines.adds_up
    assert "a line of a world table without a country" in lines.refused


def test_a_note_that_slipped_past_the_last_column_is_its_note_and_a_stray_number_is_none(tables):
    row = {"Country": "Peru", "Type": "Mine", "Prod_t_2022": "10", "Prod_notes": "One"}
    header = ["Source", "Country", "Type", "Prod_t_2022", "Prod_notes"]
    for stray, year in (("This note has slipped to the right", 2022), ("123,456", 2023)):
        column = f"Prod_t_{year}"
        cells = {k.replace("Prod_t_2022", column): v for k, v in row.items()} | {"_stray": stray}
        names = [h.replace("Prod_t_2022", column) for h in header]
        usgs_2024.read_world(Sheet("mcs2024-tin_world.csv", names, [(2, cells)], 0), tables, 2024)
    notes = ["One. This note has slipped to the right.", "One."]
    assert held(tables, "production", "footnote") == [(note,) for note in notes]


def test_which_columns_hold_figures_is_told_by_their_names():
    header = ["Source", "Country", "Prod_t_2022", "Prod_t_Est_2023", "Prod_Notes", "Cap_kt_2023"]
    found = usgs_2024.columns([*header, "Reserve_ore_kt", "reserves_notes"])
    assert [(c.table, c.unit, c.year, c.estimated, c.detail, c.notes) for c in found] == [
        ("production", "t", 2022, False, "", "Prod_Notes"),
        ("production", "t", 2023, True, "", "Prod_Notes"),
        ("capacity", "kt", 2023, False, "", ""),
        ("reserves", "kt", None, False, "ore", "reserves_notes"),
    ]


# --- the layout of 2025: one file for all commodities

WIDE = "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES"
WIDE += ",RESERVES_2024,RESERVE_NOTES"


def wide(tables: Tables, *lines: str) -> None:
    usgs_2025.read(sheet("world.csv", WIDE, *lines), tables)


def test_a_line_without_a_unit_is_in_that_of_its_commodity(tables):
    wide(
        tables,
        "MCS2025,Tin,Peru,Mine production,thousand metric tons,1,,,,",
        "MCS2025,Zinc,Peru,Mine production,metric tons,1,,,,",
        "MCS2025,Tin,Japan,Mine production,,2,,,,",
    )
    assert held(tables, "production", "commodity", "area", "value", "printed_unit") == [
        ("Tin", "Peru", 1000, "thousand metric tons"),
        ("Zinc", "Peru", 1, "metric tons"),
        ("Tin", "Japan", 2000, "thousand metric tons"),
    ]


def test_in_2025_a_figure_is_an_estimate_by_its_column_its_type_or_its_note(tables):
    wide(
        tables,
        "MCS2025,Tin,Peru,Mine production,metric tons,1,2,Reproted.,3,Estimated",
        "MCS2025,Tin,Japan,Mine production,metric tons,1,2,,,",
        "MCS2025,Tin,United States,Mine production; estimated,metric tons,1,2,,,",
        "MCS2025,Zinc,Peru,Mine production,metric tons,1,2,estimated for 2023,,",
        "MCS2025,Zinc,Japan,Mine production,metric tons,1,2,Excludes scrap,,",
    )
    made = held(tables, "production", "commodity", "area", "estimated", "footnote")
    assert [said for *_, said, _ in made] == [False, False, False, True, True, True, True, True, False, True]
    assert {note for *_, note in made[:8]} == {""} and made[8][3] == "Excludes scrap."
    assert held(tables, "reserves", "year", "estimated") == [(2024, False)]


def test_in_2025_capacity_is_told_by_the_type_and_reserves_stay_reserves(tables):
    wide(
        tables,
        "MCS2025,Tin,Peru,Smelter capacity,metric tons,1,,,5,",
        "MCS2025,Tin,Japan,Mine production and capacity,metric tons,2,,,,",
        "MCS2025,Tin,United States,Mine production,metric tons,,W,,,Large",
        "MCS2025,Zinc,Peru,Mine production,metric tons,,,,,",
    )
    assert held(tables, "capacity", "area", "value") == [("Peru", 1)]
    assert held(tables, "production", "area", "printed") == [("Japan", "2"), ("United States", "W")]
    assert held(tables, "reserves", "area", "printed") == [("Peru", "5"), ("United States", "Large")]
    assert tables.report.rows.kept == 3 and sum(tables.report.rows.refused.values()) == 1


# --- statistics of the United States


def reading(text: str, printed: str, unit: str = "t", **more) -> Reading:
    return Reading(("tin",), text, 2023, printed, unit, "file line 2", **more)


def stated(tables: Tables, text: str, printed: str, unit: str = "t", **more) -> tuple:
    """Table, and statistic, detail, unit and value of the row that a label gives; or the reason for none."""
    table, row = salient.row(reading(text, printed, unit, **more), tables.ref, "MCS2024")
    if isinstance(row, str):
        return table, row
    return table, row.get("statistic", ""), row.get("detail", ""), row["unit"], row["value"]


def test_a_statistic_is_in_its_own_unit(tables):
    assert stated(tables, "Imports Refined", "3", "kt") == ("salient", "imports", "refined", "t", 3000)
    assert stated(tables, "Exports", "3", "kg") == ("salient", "exports", "", "t", 0.003)
    assert stated(tables, "Employment mine", "450", "num") == ("salient", "employment", "mine", "count", 450)
    assert stated(tables, "Employment", "450", "")[3:] == ("count", 450)
    assert stated(tables, "NIR Refined", "77", "pct") == (
        *("salient", "net_import_reliance", "refined", "percent"),
        77,
    )
    assert stated(tables, "Sales", "12", "mdol")[3:] == ("US$ million", 12)
    assert stated(tables, "Consump Apparent", "5", "t")[1:3] == ("consumption", "apparent")
    assert stated(tables, "Anything", "5", "t", statistic="stocks")[1] == "stocks"
    assert stated(tables, "Imports Tin", "5", "t")[2] == ""  # it only repeats the commodity


def test_a_label_that_gives_no_row_says_why(tables):
    assert stated(tables, "Unheard of", "5") == ("salient", 'header "Unheard of" names no statistic')
    assert stated(tables, "Imports", "5", "bushels") == ("salient", 'unit "bushels" is not known')
    assert stated(tables, "Imports", "") == ("salient", "nothing printed in the cell")
    assert stated(tables, "NIR", "100", "pct")[4] == 100
    assert "above 100 percent" in stated(tables, "NIR", "101", "pct")[1]
    nothing, said = salient.row(
        Reading(("lead",), "Imports", 2023, "5", "t", "line 2"), tables.ref, "MCS2024"
    )
    assert (nothing, said) == ("salient", 'commodity "lead" is not in data/commodities.csv: add a row there')


def test_a_cell_left_blank_may_have_its_figure_in_the_notes(tables):
    assert stated(tables, "Imports", "", notes="1,200, revised")[4] == 1200
    assert stated(tables, "Imports", "7", notes="1,200, revised")[4] == 7


def test_a_header_that_lost_its_name_is_a_price_by_its_unit(tables):
    assert stated(tables, "New York", "799", "ctslb") == ("prices", "", "", "US¢/lb", 799)
    assert stated(tables, "New York", "799", "t")[0] == "salient"


@pytest.mark.parametrize(
    ("words", "series", "basis"),
    [
        ("Price, New York: dealer", "dealer", "New York"),
        ("Price, average", "", "average"),
        ("Price LME", "LME", ""),
        ("Price, dollars per pound, London", "", "London"),
    ],
)
def test_a_price_has_a_series_and_the_basis_it_is_stated_on(tables, words, series, basis):
    _, row = salient.row(reading(words, "5", "dt"), tables.ref, "MCS2024")
    assert (row["series"], row["basis"], row["unit"]) == (series, basis, "US$/t")


def test_a_price_per_kilogram_is_worked_out_where_the_unit_is_a_mass():
    units = {
        "US$/t": (2500.0, 2.5),
        "US$/lb": (1.0, 2.20462),
        "US¢/lb": (100.0, 2.20462),
        "US$/troy oz": (1.0, 32.1507),
        "US$/50 g": (1.0, 20.0),
        "US$/carat": (1.0, None),
        "US$/kg": (None, None),
    }
    prices = pd.DataFrame({"unit": list(units), "value": [v for v, _ in units.values()], "usd_per_kg": None})
    salient.per_kilogram(prices)
    assert prices.usd_per_kg.tolist() == [wanted for _, wanted in units.values()]


def test_a_file_of_statistics_is_read_year_by_year_and_its_newest_year_is_an_estimate(tables):
    header = "DataSource,Commodity,Year,Imports_kt,Exports,Employment_num,Price_NY_ctslb"
    name = "mcs2024-tin_salient.csv"
    lines = ["MCS,Tin,2021,1,2,3,4", "MCS,Tin,2022est,5,,,", "MCS,Tin,2023,6,,,", "MCS,Tin,,7,,,"]
    usgs_2024.read_salient(sheet(name, header, *lines), tables)
    assert held(tables, "salient", "statistic", "year", "unit", "value", "estimated") == [
        ("imports", 2021, "t", 1000, False),
        ("exports", 2021, "t", 2000, False),  # a column without a unit is in that of most
        ("employment", 2021, "count", 3, False),
        ("imports", 2022, "t", 5000, True),
        ("imports", 2023, "t", 6000, True),
    ]
    assert held(tables, "prices", "series", "unit", "value") == [("NY", "US¢/lb", 4)]
    lines = tables.report.rows
    assert (lines.read, lines.kept) == (4, 3) and lines.adds_up


def test_a_second_column_under_one_name_is_a_series_of_its_own(tables):
    for printed in ("5", "6", "5"):
        salient.add(tables, reading("Imports", printed))
    assert held(tables, "salient", "detail", "value") == [("", 5), ("(second series)", 6)]
    assert tables.report.table("salient").refused == {"the same value twice for one key": 1}


# --- rows of a release


def test_one_key_has_one_figure(tables):
    row = {"mineral": "tin", "printed": "5", "qualifier": ""}
    row |= dict.fromkeys((*tidy.WORLD_KEY[1:], "value"), "")
    tables.add("production", row, "line 2")
    tables.add("production", dict(row), "line 3")
    with pytest.raises(UserError, match=r"line 4: mineral tin is given twice, as '5' \(line 2\) and '6'"):
        tables.add("production", row | {"printed": "6"}, "line 4")
    tables.add("production", "a reason", "line 5")
    tables.add("production", row | {"area": "Peru", "printed": "9" * 50, "value": 1e18}, "line 6")
    tally = tables.report.table("production")
    assert (tally.read, tally.kept) == (5, 1)
    assert list(tally.refused) == [
        "the same value twice for one key",
        "a reason",
        f"{'9' * 40!r} is larger than any figure can be",
    ]
    assert [where for _, where in tables.rows["production"].values()] == ["line 2"]


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_not_applicable_gives_way_to_a_figure(tables, turned):
    row = dict.fromkeys(tidy.WORLD_KEY, "") | {"mineral": "tin"}
    two = [row | {"printed": "XX", "qualifier": "not_applicable"}, row | {"printed": "5", "qualifier": ""}]
    for cells in reversed(two) if turned else two:
        tables.add("production", cells, "line 2")
    assert held(tables, "production", "printed") == [("5",)]


def test_a_row_of_the_world_says_whose_it_is_and_whether_it_leaves_the_united_states_out(tables):
    def row(area: str, **cells) -> dict | str:
        cells = {"table": "production", "notes": "Excludes U.S. production."} | cells
        read = Reading(("tin",), "Mine production", 2023, "5", "kt", "line 2", area=area, **cells)
        return tidy.world_row(read, tables.ref, "MCS2024")

    total, peru = row("World total (rounded)"), row("Peru")
    assert (total["excludes_us"], peru["excludes_us"]) == (True, False)
    assert (total["area_kind"], total["iso3"], peru["iso3"], peru["value"]) == ("world", "", "PER", 5000)
    assert "stage" in peru and "stage" not in row("Peru", table="reserves")
    assert not row("World total", notes="")["excludes_us"]
    bushels = Reading(("tin",), "Mine", 2023, "5", "bushels", "line 2", area="Peru", table="production")
    assert tidy.world_row(bushels, tables.ref, "MCS2024") == 'unit "bushels" is not known'
    assert row("Atlantis").startswith('area "Atlantis" is not in data/geography.csv')
    assert row("Peru (ore)")["form"] == "ore" and row("Peru", form="concentrate")["form"] == "concentrate"
    assert row("Peru", form="tin")["form"] == "" and row("World total", form="ore")["form"] == ""
    assert row("Perue")["estimated"] and not peru["estimated"]


def test_what_stands_of_a_table_is_seen_beside_what_is_read_and_gives_way_to_it(tables):
    row = {"mineral": "tin", "commodity": "Tin", "detail": "", "area": "Peru", "printed": "5"}
    tables.add("import_sources", row, "line 2")
    assert tables.with_existing("import_sources") == [row]
    before = pd.DataFrame([row | {"printed": "4"}, row | {"area": "China"}])
    tables.existing = {"import_sources": before}.get
    assert [(r["area"], r["printed"]) for r in tables.with_existing("import_sources")] == [
        ("Peru", "5"),
        ("China", "5"),
    ]
    assert tables.with_existing("prices") == []
