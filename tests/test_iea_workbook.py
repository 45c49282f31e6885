"""The IEA's workbook as the agency publishes it gives the tables that its JSON conversion gives."""

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import small_data

from chokepoint.data import check, tables
from chokepoint.data.ingest import iea, iea_workbook
from chokepoint.errors import UserError

PUBLISHED = small_data.HOME.parent / "shared" / "releases" / "iea2023_workbook" / "CM_Data_Explorer.xlsx"
SCENARIOS = {
    "STEPS": "Stated policies scenario",
    "APS": "Announced pledges scenario",
    "NZE": "Net Zero Emissions by 2050 scenario",
}
YEARS = ("2030", "2040")


def series(base: float) -> dict:
    """Demand in the base year and, growing, in each scenario."""
    return {"2024": base} | {
        s: {y: base * (n + 2) * (i + 1) for n, y in enumerate(YEARS)} for i, s in enumerate(SCENARIOS)
    }


def plus(*some: dict) -> dict:
    return {"2024": sum(s["2024"] for s in some)} | {
        n: {y: sum(s[n][y] for s in some) for y in YEARS} for n in SCENARIOS
    }


def block(*uses: str) -> dict:
    sectors = {use: series(10.0 + i) for i, use in enumerate(uses)}
    clean, other = plus(*sectors.values()), series(50.0)
    return {"sectors": sectors, "totalClean": clean, "otherUses": other, "totalDemand": plus(clean, other)}


def side(**countries: float) -> dict:
    places = {**{name.replace("_", " "): value for name, value in countries.items()}, "Rest of world": 20.0}
    grown = {name: {"2024": value, "2030": value * 1.5, "2040": value * 2} for name, value in places.items()}
    return {
        "countries": grown,
        "total": {y: sum(s[y] for s in grown.values()) for y in ("2024", "2030", "2040")},
    }


CONTENT = {
    "totalDemand": {"Copper": block("Solar PV", "Electric vehicles"), "Rare Earth Elements": block("Wind")},
    "supply": {
        "Copper": {
            "mining": side(Chile=55.0, Democratic_Republic_of_Congo=29.0),
            "refining": side(China=130.0),
        },
        "Rare Earth Elements": {"mining": side(China=50.0), "refining": side(China=60.0, Malaysia=5.0)},
    },
}


def cells(values: dict) -> list:
    """A row of demand as the sheet has it: the base year, a gap, then each scenario with a gap after it."""
    return [
        values["2024"],
        *(cell for name in SCENARIOS for cell in (None, *(values[name][y] for y in YEARS))),
    ]


def workbook(content: dict, supply: bool = True, clean: str = "Total clean technologies") -> bytes:
    """The layout of the agency's workbook: blocks of demand below each other, mining and refining side by side, notes beneath."""
    names = {"Rare Earth Elements": "Magnet rare earth elements"}
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    page = book.create_sheet(iea_workbook.DEMAND)
    page.append([])
    page.append(["Total demand for key minerals (kt)"])
    page.append([])
    page.append([None, None, *(cell for name in SCENARIOS.values() for cell in (None, name, None))])
    page.append([None, 2024, *(cell for _ in SCENARIOS for cell in (None, *map(int, YEARS)))])
    for mineral, demand in content["totalDemand"].items():
        page.append([])
        page.append([names.get(mineral, mineral)])
        for use, values in demand["sectors"].items():
            page.append([use, *cells(values)])
        for label, key in (
            (clean, "totalClean"),
            ("Other uses", "otherUses"),
            ("Total demand", "totalDemand"),
        ):
            page.append([label, *cells(demand[key])])
        page.append(["Share of clean technologies in total demand ", *cells(series(0.2))])
    page.append(["Notes: neodymium and others."])
    if supply:
        page = book.create_sheet(iea_workbook.SUPPLY)
        page.append(["Total supply for key minerals (kt)"])
        page.append([None, 2024, 2030, 2040, None, None, 2024, 2030, 2040])
        for mineral, sides in content["supply"].items():
            page.append([])
            page.append(
                [
                    f"{names.get(mineral, mineral)} - Mining",
                    None,
                    None,
                    None,
                    None,
                    f"{names.get(mineral, mineral)} - Refining",
                ]
            )
            rows = [
                [[name, *values.values()] for name, values in each["countries"].items()]
                for each in sides.values()
            ]
            rows = [
                part + [["Total", *each["total"].values()], ["Top 3 share", 0.5, 0.5, 0.5]]
                for part, each in zip(rows, sides.values(), strict=True)
            ]
            for n in range(max(map(len, rows))):
                left, right = (part[n] if n < len(part) else [None] * 4 for part in rows)
                page.append([*left, None, *right])
        page.append(
            [
                "Notes: supply projections are built from projects.",
                None,
                None,
                None,
                None,
                "Notes: the base case.",
            ]
        )
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return small_data.make(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small, tmp_path, monkeypatch) -> Path:
    shutil.copytree(small, tmp_path / "data")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_workbook_gives_the_tables_of_its_json_conversion(data, tmp_path):
    (tmp_path / "iea.json").write_text(json.dumps(CONTENT), encoding="utf-8")
    (tmp_path / "CM_Data_Explorer.xlsx").write_bytes(workbook(CONTENT))
    assert iea.ingest(tmp_path / "iea.json", data).release == "iea2025"
    converted = small_data.contents(data / "minerals" / "iea2025")
    shutil.rmtree(data / "minerals" / "iea2025")
    report = iea.ingest(tmp_path / "CM_Data_Explorer.xlsx", data)
    assert report.release == "iea2025" and not any(t.refused for t in report.tables.values())
    made = {name: pd.read_csv(data / "minerals/iea2025" / name) for name in converted}
    for name, content in converted.items():
        whole = pd.read_csv(io.BytesIO(content))
        shared = [
            c for c in whole if c != "printed"
        ]  # a whole number is printed with ".0" in the one, without in the other
        pd.testing.assert_frame_equal(made[name][shared], whole[shared])
    assert check.check(data) == []


def test_a_workbook_of_the_first_edition_has_demand_and_says_what_it_lacks(data, tmp_path):
    (tmp_path / "CM_Data_Explorer.xlsx").write_bytes(workbook(CONTENT, supply=False))
    report = iea.ingest(tmp_path / "CM_Data_Explorer.xlsx", data)
    assert report.release == "iea2025" and "this edition gives no mining and refining by country" in str(
        report
    )
    assert [p.name for p in (data / "minerals/iea2025").iterdir()] == ["iea_demand.csv"]
    assert check.check(data) == []


def test_a_later_edition_words_its_total_otherwise(data, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(workbook(CONTENT, clean="Total energy technologies"))
    assert iea.ingest(tmp_path / "x.xlsx", data).tables["iea_demand"].kept


@pytest.mark.parametrize("minerals", [(), ("Copper",)], ids=["no mineral", "a mineral without its total"])
def test_a_workbook_of_another_layout_is_refused_plainly(data, tmp_path, minerals):
    content = {"totalDemand": {mineral: block("Wind") for mineral in minerals}, "supply": {}}
    book = openpyxl.load_workbook(io.BytesIO(workbook(content)))
    for row in book[iea_workbook.DEMAND].iter_rows():
        if row[0].value == "Total demand":
            row[0].value = "Sum"
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(UserError, match="the layout is another"):
        iea.ingest(tmp_path / "x.xlsx", data)


def read(content: dict = CONTENT, change=lambda row: None) -> dict:
    """What is read of a workbook, its rows changed first."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(content)))
    for page in book:
        for row in page.iter_rows():
            change(row)
    made = io.BytesIO()
    book.save(made)
    return iea_workbook.read("x.xlsx", made.getvalue())


def renamed(old: str, new: object):
    def change(row) -> None:
        for cell in row:
            if cell.value == old:
                cell.value = new

    return change


def test_each_block_of_demand_and_each_side_of_supply_is_read_to_its_total():
    assert read() == CONTENT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Total", "Sum", 'sheet "2 Total supply for key minerals": a mineral has no total'),
        ("Other uses", "Others", "no total of clean energy, other uses and all"),
        ("Total clean technologies", "Clean", r"\(Copper, Rare Earth Elements: no total of clean energy"),
        (2024, "base year", "expected a base year, then years under each scenario"),
        ("Stated policies scenario", None, "expected a base year"),
    ],
)
def test_a_workbook_that_lacks_a_total_or_its_years_is_refused(old, new, said):
    with pytest.raises(UserError, match=said):
        read(change=renamed(old, new))


def test_a_scenario_of_another_name_keeps_it():
    demand = read(change=renamed("Announced pledges scenario", "Low growth"))["totalDemand"]["Copper"]
    assert set(demand["totalDemand"]) == {"2024", "STEPS", "Low growth", "NZE"}
    current = read(change=renamed("Stated policies scenario", "Current Policies Scenario"))
    assert set(current["totalDemand"]["Copper"]["otherUses"]) == {"2024", "CPS", "APS", "NZE"}


def test_a_cell_that_is_blank_is_no_figure():
    """Of the countries, Chile's row lacks a year; of the uses, wind lacks one."""

    def change(row) -> None:
        if row[0].value in ("Chile", "Wind"):
            row[1].value = None

    found = read(change=change)
    assert found["supply"]["Copper"]["mining"]["countries"]["Chile"].keys() == {"2030", "2040"}
    assert "2024" not in found["totalDemand"]["Rare Earth Elements"]["sectors"]["Wind"]


def test_another_workbook_is_not_taken_for_it(data, tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(UserError, match='with the sheet "1 Total demand for key minerals"'):
        iea.ingest(tmp_path / "x.xlsx", data)


@pytest.mark.slow
@pytest.mark.published
def test_the_workbook_as_published_goes_in_and_the_book_keeps_to_the_newest_edition(tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(small_data.DATA, data)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    newest = tables.releases("iea_production")[-1]
    report = iea.ingest(PUBLISHED, data)
    assert report.release == "iea2023" and report.tables["iea_demand"].kept == 684
    demand = (
        pd.read_csv(data / "minerals/iea2023/iea_demand.csv")
        .set_index(["mineral", "use", "scenario", "year"])
        .value
    )
    assert demand["copper", "Total", "history", 2022] == pytest.approx(
        25_501_860
    )  # thousand tons in the sheet
    assert demand["nickel", "Total", "NZE", 2050] == pytest.approx(6_196_030)
    assert tables.releases("iea_production")[-1] == newest and "iea2023" in tables.releases("iea_demand")
    assert check.check(data) == []
