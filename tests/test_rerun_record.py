"""The recipes for the next vintage of each source, followed literally in a copy: `chokepoint ingest …`, then `check`."""

import json
import re
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from chokepoint.cli import main

HOME = Path(__file__).resolve().parents[1]
RERUN = (HOME / "book" / "rerun.md").read_text(encoding="utf-8")


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    shutil.copytree(HOME / "data", tmp_path / "data", ignore=shutil.ignore_patterns("private"))
    monkeypatch.setenv("CHOKEPOINT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def _customs(folder: Path, month: str = "2026-04") -> Path:
    path = folder / "exports.csv"
    path.write_text(
        "product,period,destination,value,unit,kind,note,source_url\n"
        f"rare-earth magnets,{month},World,5500,t,reported,,https://example.org/april\n"
    )
    return path


def _study(folder: Path) -> Path:
    (folder / "fact_GlobalSupplyShares&t.csv").write_text(
        "Material,Stage,Country,Share,t\nTungsten,P,China,84%,1\n"
    )
    (folder / "dimension_CRMsOverTime.csv").write_text("Material,Year,SR,EI\nTungsten,2023,1.3,8.7\n")
    return folder


def _century(folder: Path, year: int = 2022) -> Path:
    head = "Year\tPrimary production\tImports\tExports\tApparent consumption\tUnit value ($/t)\tUnit value (98$/t)\tWorld production\n"
    (folder / "ds140-tungs.tsv").write_text(head + f"{year}\tW\t9000\t3000\tW\t36000\t23000\t84000\n")
    return folder


def _flows(folder: Path, year: int = 2025, edition: str = "202701") -> Path:
    content = {"year": year, "source": f"UN Comtrade via CEPII BACI HS17 V{edition}", "names": {"CN": "China", "US": "United States"},
               "materials": {"magnets": [{"from": "CN", "to": "US", "value": 900_000}]}}  # fmt: skip
    (folder / f"flows_{year}.json").write_text(json.dumps(content))
    return folder


def _dataweb(folder: Path, month: str = "May") -> Path:
    book = openpyxl.Workbook()
    for name, years in (("Customs Value", ("2025", "2026")), ("Customs Value YTD", ("2025_Year_to_date", "2026_Year_to_date"))):  # fmt: skip
        sheet = book.create_sheet(name)
        sheet.append([f"Imports For Consumption|Annual + Year-To-Date Data from Jan - {month}"])
        sheet.append(["Data Row Count", 1])
        sheet.append(["Data Type", "Country", "HTS Number", "Description", "Quantity Description", *years])
        sheet.append(["Customs Value", "China", "8110", "ANTIMONY", "Value for: kilograms", 100.0, 40.0])
    book.save(folder / "imports.xlsx")
    return folder


def _mining(folder: Path, year: int = 2026) -> Path:
    rows = [("Chile", year, 5400), ("World", year, 23400), ("Chile", 2030, 5369), ("World", 2030, 24369)]
    lines = [f"copper,mining,{area},base case,{year},{value},kt" for area, year, value in rows]
    path = folder / "mining.csv"
    path.write_text("\n".join(["mineral,stage,area,scenario,year,value,unit", *lines]) + "\n")
    return path


def _yearbook(folder: Path, year: int = 2023) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "T8"
    for row in (["RARE EARTHS: WORLD MINE PRODUCTION, BY COUNTRY OR LOCALITY1"], ["Country or locality2", year - 1, None, year],
                ["China3", 210000, None, 255000], ["Total", 297000, None, 350000]):  # fmt: skip
        sheet.append(row)
    book.save(folder / "myb.xlsx")
    return folder / "myb.xlsx"


def _bgs(folder: Path, year: int = 2024) -> Path:
    path = folder / "bgs.csv"
    path.write_text(
        "bgs_commodity_trans,bgs_sub_commodity_trans,country_trans,country_iso3_code,year,quantity,units\n"
        f'"tungsten, mine",,China,CHN,{year},67000,tonnes (metric)\n'
        f'"tungsten, mine",,Vietnam,VNM,{year},3400,tonnes (metric)\n'
    )
    return path


# command → its file, the release it becomes, its table and a value that must then stand
VINTAGES = {
    "china-customs": (_customs, "customs2026-04", "china_exports", ("value_t", 5500)),
    "eu-study": (_study, "eustudy2023", "eu_criticality", ("supply_risk", 1.3)),
    "history": (_century, "history2022", "historical", ("world_production_t", 84000)),
    "baci": (_flows, "baci2027-01", "trade_flows", ("value_usd", 900_000)),
    "us-trade": (_dataweb, "ustrade2026-05", "us_trade", ("value_usd", 40)),
    "iea": (_mining, "iea2027", "iea_production", ("value", 5_400_000)),
    "yearbook": (_yearbook, "yearbook2023", "yearbook_production", ("value_t", 255000)),
    "bgs": (_bgs, "bgs2024", "output_shares", ("share_pct", 95.2)),
}


@pytest.mark.slow
def test_a_newer_file_of_each_source_goes_in_by_its_recipe_and_deletes_nothing(data, tmp_path):
    """All go into one copy, which is checked once: each writes its own release and adds its own rows, and what any changed besides is seen."""
    for command in VINTAGES:
        _goes_in(command, data, tmp_path / command)
    checked = CliRunner().invoke(main, ["check"])
    assert checked.exit_code == 0, checked.output


def _goes_in(command: str, data: Path, given: Path) -> None:
    make, release, table, (column, value) = VINTAGES[command]
    assert re.search(rf"`chokepoint ingest {command} (FILE|FOLDER)`", RERUN), "the recipe names the command"
    given.mkdir()
    before = {p: p.read_bytes() for p in (data / "minerals").rglob("*.csv")}
    path = data / "minerals" / release / f"{table}.csv"
    stood = pd.read_csv(path) if path.exists() else None
    ran = CliRunner().invoke(main, ["ingest", command, str(make(given))])
    assert ran.exit_code == 0, (command, ran.output)
    now = pd.read_csv(path)
    assert (now[column] == value).any(), command
    assert all(p.exists() for p in before), "no table goes"
    assert all(p.read_bytes() == old for p, old in before.items() if p.parent.name != release), command
    if stood is not None:
        assert len(now) >= len(stood), "half a file deletes nothing"
        assert "are not in what was given and stay" in ran.output
    assert release in (data / "releases.csv").read_text() and release.upper() in (data / "evidence" / "sources.csv").read_text()  # fmt: skip


# command → what makes its file one of a release that is held: a changed figure, and next to nothing else
HELD = {
    "china-customs": ({"month": "2026-03"}, "customs2026-03"),
    "eu-study": ({}, "eustudy2023"),
    "history": ({"year": 2021}, "history2021"),
    "baci": ({"year": 2024, "edition": "202601"}, "baci2026-01"),
    "us-trade": ({"month": "Apr"}, "ustrade2026-04"),
    "iea": ({"year": 2025}, "iea2026"),
    "yearbook": ({"year": 2022}, "yearbook2022"),
    "bgs": ({"year": 2023}, "bgs2023"),
}


@pytest.mark.slow
def test_half_a_changed_file_of_a_release_that_is_held_mends_its_rows_and_deletes_none(data, tmp_path):
    """Into one copy, as each changes a release of its own; that it changes no other is seen each time."""
    for command in HELD:
        _mends(command, data, tmp_path / command)


def _mends(command: str, data: Path, folder: Path) -> None:
    (given, release), (make, _, table, (column, value)) = HELD[command], VINTAGES[command]
    folder.mkdir()
    path = data / "minerals" / release / f"{table}.csv"
    before = {p: p.read_bytes() for p in (data / "minerals").rglob("*.csv")}
    key = json.loads((data / "schemas" / f"{table}.json").read_text())["primaryKey"]
    stood = pd.read_csv(path, dtype=str, keep_default_na=False)
    ran = CliRunner().invoke(main, ["ingest", command, str(make(folder, **given))])
    assert ran.exit_code == 0, (command, ran.output)
    now = pd.read_csv(path, dtype=str, keep_default_na=False)
    left_out = stood.merge(now, on=key, how="left", indicator=True)._merge.eq("left_only")
    assert not left_out.any(), command
    given_now, given_before = ((pd.to_numeric(rows[column]) == value).sum() for rows in (now, stood))
    assert given_now > given_before, f"{command}: the changed figure stands"
    assert set(before) == set((data / "minerals").rglob("*.csv"))
    assert all(p.read_bytes() == old for p, old in before.items() if p.parent.name != release), command
    assert "are not in what was given and stay" in ran.output, command


def test_the_record_grows_the_data_by_at_most_twelve_megabytes():
    families = ("baci", "bgs", "customs", "eustudy", "history", "iea2026", "ustrade", "yearbook")
    size = sum(p.stat().st_size for f in families for p in (HOME / "data" / "minerals").glob(f"{f}*/*.csv"))
    assert size + (HOME / "data" / "files_read.csv").stat().st_size <= 12_000_000
