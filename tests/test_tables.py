"""A table is read with the types of its schema, whole or by key, with what a reader brings in its place."""

import json
from pathlib import Path

import pandas as pd
import pytest

from chokepoint.data import digests, memory, tables, views
from chokepoint.errors import MissingTable, UserError


def fields(**kinds: str) -> dict:
    return {"fields": [{"name": name, "type": kind} for name, kind in kinds.items()]}


OUTPUT = fields(mineral="string", iso3="string", year="year", value="number", correction_id="string")
DECLARED = {
    "mcs2025-production": ("minerals/mcs2025/production.csv", OUTPUT),
    "mcs2026-production": ("minerals/mcs2026/production.csv", OUTPUT),
    "iea2026-flows": ("minerals/iea2026/flows.csv", fields(mineral="string", iso3="string", value="integer")),
    "sources": ("evidence/sources.csv", fields(id="string", day="date", known="boolean")),
    "stock": ("stock.csv", fields(mineral="string", tonnes="integer", month="yearmonth")),
    "corrections": (
        "corrections.csv",
        fields(correction_id="string", release="string", table="string", action="string", value="string"),
    ),
}
HEAD = "mineral,iso3,year,value,correction_id\n"
TEXT = {
    "mcs2025-production": f"{HEAD}tin,PER,2024,1,\n",
    "mcs2026-production": f"{HEAD}tin,PER,2025,1,F1\ntin,CHN;PER,2025,2,F1;F2\nlead,CHN,2025,,F4\n",
    "iea2026-flows": "mineral,iso3,value\ntin,PER,7\nlead,,8\ntin,CHN,9\nzinc,IDN,10\nzinc,BOL,11\n"
    "zinc,AUS,12\n",
    "sources": "id,day,known\nS2,2026-02-04,true\nS1,,false\n",
    "stock": "mineral,tonnes,month\ntin,5,2026-01\nlead,,2026-02\ntin,7,\n",
    "corrections": "correction_id,release,table,action,value\nF1,mcs2026,production,set,\n"
    "F2,mcs2026,production,set,\nF3,mcs2026,production,header,\nF4,mcs2026,gone,move,production;a=1\n"
    "F5,mcs2025,production,set,\n",
}


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A data folder of six small tables."""
    for name, (path, _) in DECLARED.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(TEXT[name], encoding="utf-8")
    resources = [{"name": name, "path": path, "schema": schema} for name, (path, schema) in DECLARED.items()]
    resources[3]["schema"] = resources[3]["schema"] | {"primaryKey": "id"}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": resources}))
    monkeypatch.setenv("CHOKEPOINT_DATA", str(tmp_path))
    return tmp_path


def bring(data: Path, mineral: str, table: str, text: str) -> None:
    (data / "private" / mineral).mkdir(parents=True, exist_ok=True)
    (data / "private" / mineral / f"{table}.csv").write_text(text)


# --- whole


def test_cells_have_the_type_that_the_schema_gives_and_a_blank_is_missing(data):
    stock, sources = tables.load("stock"), tables.load("sources")
    assert stock.tonnes.tolist() == [5, pd.NA, 7] and stock.tonnes.dtype == "Int64"
    assert stock.month.isna().tolist() == [False, False, True] and stock.month[0] == "2026-01"
    assert sources.id.tolist() == ["S1", "S2"]  # the evidence in the order of its key
    assert sources.day.tolist() == [pd.NaT, pd.Timestamp("2026-02-04")]
    assert sources.known.tolist() == [False, True]
    assert tables.load("production", "mcs2026").value.isna().tolist() == [False, False, True]
    assert tables.load("stock").mineral.tolist() == ["tin", "lead", "tin"]  # any other as it is written


def test_what_a_caller_writes_is_seen_by_no_other(data):
    for read in (
        lambda: tables.load("stock"),
        lambda: tables.rows("stock", mineral="tin"),
        lambda: tables.part("flows", "iea2026", mineral="tin"),
    ):
        given = read()
        given["mineral"] = "changed"
        assert "tin" in set(read().mineral)


def test_a_table_that_is_not_there_is_named_with_the_nearest(data):
    with pytest.raises(UserError, match='No table "stok" in data/datapackage.json. Did you mean "stock"?'):
        tables.load("stok")
    with pytest.raises(MissingTable, match='No table "mcs2026-flows"'):
        tables.load("flows", "mcs2026")
    with pytest.raises(UserError) as said:
        tables.load("xyz")
    assert "Did you mean" not in str(said.value) and not isinstance(said.value, MissingTable)


def test_a_cell_of_another_type_is_a_plain_message(data):
    (data / "stock.csv").write_text("mineral,tonnes,month\ntin,many,2026-01\n")
    with pytest.raises(UserError, match=r"data/stock.csv: not readable .*`chokepoint check` says which row"):
        tables.load("stock")


def test_releases_are_those_that_hold_the_table_and_the_newest_of_usgs_is_the_default(data):
    assert tables.releases() == ["mcs2025", "mcs2026"] and tables.releases("flows") == ["iea2026"]
    assert tables.releases("stock") == [] and tables._newest() == "mcs2026"
    tables.require_release("mcs2025")
    with pytest.raises(
        UserError, match='No release "mcs2062". Did you mean "mcs20.*Here are: mcs2025, mcs2026'
    ):
        tables.require_release("mcs2062")
    (data / "datapackage.json").write_text("{")
    assert tables._newest() == ""


# --- by key


def test_rows_are_asked_for_by_one_value_or_several_and_a_cell_may_hold_two(data):
    def values(**key) -> list:
        return tables.rows("production", "mcs2026", **key).value.fillna(0).tolist()

    assert values(iso3="PER") == [1, 2] and values(iso3="CHN") == [2, 0]
    assert values(iso3=["CHN", "PER", "PER"]) == [1, 2, 0]  # each once, in the order of the table
    assert values(iso3="CHN;PER") == [] and values(iso3=[]) == [] and values(year="2025") == [1, 2, 0]
    assert tables.rows("stock", month="").tonnes.tolist() == [7]
    assert tables.rows("stock", mineral="tin").index.tolist() == [0, 1]  # counted from 0


def test_the_one_row_of_a_key_or_none(data):
    assert (
        tables.row("stock", mineral="lead").month == "2026-02" and tables.row("stock", mineral="zinc") is None
    )


QUOTED = TEXT["iea2026-flows"].replace("zinc,IDN", '"zinc",IDN')


@pytest.mark.parametrize("text", [TEXT["iea2026-flows"], QUOTED], ids=["plain", "with a quotation mark"])
def test_a_part_of_a_large_table_is_the_same_however_it_is_read(data, text):
    (data / "minerals/iea2026/flows.csv").write_text(text)
    part = tables.part("flows", "iea2026", mineral="tin")
    assert part.iso3.tolist() == ["PER", "CHN"] and part.value.dtype == "Int64"
    assert part.index.tolist() == [0, 1]
    some = tables.part("flows", "iea2026", mineral=["zinc", "lead"])
    assert sorted(some.value) == [8, 10, 11, 12]
    assert tables.part("flows", "iea2026", iso3="BOL").value.tolist() == [11]
    assert tables.part("flows", "iea2026", value="9").iso3.tolist() == ["CHN"]
    assert len(tables.part("flows", "iea2026", mineral="none")) == 0
    assert tables.distinct("flows", "iea2026", "iso3") == ["AUS", "BOL", "CHN", "IDN", "PER"]
    assert tables.distinct("flows", "iea2026", "mineral") == ["lead", "tin", "zinc"]
    assert tables.distinct("flows", "iea2026", "value") == ["10", "11", "12", "7", "8", "9"]


# --- what a reader brings


def test_a_private_table_speaks_in_place_of_the_rows_of_its_mineral(data):
    bring(data, "tin", "stock", "mineral,tonnes,month\ntin,50,2026-03\ntin,51,2026-04\n")
    bring(data, "zinc", "stock", "mineral,tonnes,month\nzinc,9,\n")
    bring(data, "zinc", "unknown", "a\n")
    assert tables.load("stock").tonnes.tolist() == [50, 51, pd.NA, 9]
    assert tables.rows("stock", mineral="tin").tonnes.tolist() == [50, 51]
    assert [(m, t) for m, t, _ in tables.overlays()] == [
        ("tin", "stock"),
        ("zinc", "stock"),
        ("zinc", "unknown"),
    ]


def test_a_private_table_takes_the_place_of_the_first_of_its_rows(data):
    bring(data, "lead", "stock", "mineral,tonnes,month\nlead,1,\nlead,2,\n")
    assert tables.load("stock").tonnes.tolist() == [5, 1, 2, 7]
    bring(data, "lead", "iea2026-flows", "mineral,iso3,value\nlead,USA,80\n")
    assert tables.part("flows", "iea2026", mineral="lead").value.tolist() == [80]
    assert "USA" in tables.distinct("flows", "iea2026", "iso3")
    bring(data, "lead", "sources", "id,day,known\nS9,,true\n")
    assert tables.load("sources").id.tolist() == ["S1", "S2", "S9"]  # a table of no mineral is added to


def test_a_file_that_is_written_again_is_read_again(data):
    assert len(tables.rows("stock", mineral="tin")) == 2
    (data / "stock.csv").write_text(TEXT["stock"] + "tin,8,\n")
    assert len(tables.rows("stock", mineral="tin")) == 3 and len(tables.load("stock")) == 4
    bring(data, "tin", "stock", "mineral,tonnes,month\ntin,50,2026-03\n")
    assert tables.load("stock").tonnes.tolist() == [50, pd.NA]


# --- what was corrected


def test_each_correction_says_how_many_rows_carry_it(data):
    fixes = tables.corrections("mcs2026")
    assert fixes.correction_id.tolist() == ["F1", "F2", "F3", "F4"]
    assert fixes.rows.tolist() == [2, 1, pd.NA, 1]
    assert tables.corrections("mcs2025").correction_id.tolist() == ["F5"]
    assert tables.corrections("mcs2024").empty


# --- what was read


def read(work) -> set[str]:
    with memory.recorded() as names:
        work()
    return names


def test_what_is_read_is_recorded_by_file_or_by_key(data):
    assert read(lambda: tables.load("stock")) == {"data/stock.csv", "data/datapackage.json: stock"}
    assert read(lambda: tables.rows("stock", mineral=["tin", "lead"])) == {
        "data/stock.csv: mineral=tin",
        "data/stock.csv: mineral=lead",
        "data/datapackage.json: stock",
    }
    assert "data/minerals/iea2026/flows.csv" in read(lambda: tables.part("flows", "iea2026", mineral="tin"))
    assert "data/minerals/iea2026/flows.csv" in read(lambda: tables.distinct("flows", "iea2026", "iso3"))
    assert read(tables.releases) == {"data/datapackage.json: *"}


def test_what_is_remembered_is_worked_out_once_and_still_recorded(data):
    asked = []

    @memory.remembered
    def total(mineral: str, least: int = 0) -> int:
        asked.append(mineral)
        return int(tables.rows("stock", mineral=mineral).tonnes.sum())

    assert read(lambda: total("tin")) == read(lambda: total("tin")) and asked == ["tin"]
    assert total("lead") == 0 and total("tin", least=1) == 12 and asked == ["tin", "lead", "tin"]
    memory.forget_changed()
    assert total("tin") == 12 and len(asked) == 3
    (data / "stock.csv").write_text(TEXT["stock"] + "tin,8,\n")
    memory.forget_changed()
    assert total("tin") == 20 and len(asked) == 4


NAMES = ["data/stock.csv", "data/stock.csv: mineral=tin", "data/stock.csv: mineral=lead"]
NAMES += ["data/datapackage.json: stock", "data/datapackage.json: *", "data/gone.csv"]


def changed(data: Path, change) -> set[str]:
    """The names whose digest is another after a change."""
    before = {name: digests.digest(name) for name in NAMES}
    assert before["data/gone.csv"] == "absent" and before == {name: digests.digest(name) for name in NAMES}
    change()
    return {name for name in NAMES if digests.digest(name) != before[name]}


def test_a_row_more_concerns_who_asked_for_its_key_or_for_the_file(data):
    more = TEXT["stock"] + "tin,8,\n"
    assert changed(data, lambda: (data / "stock.csv").write_text(more)) == {NAMES[0], NAMES[1]}
    other = more + "zinc,8,\n"
    assert changed(data, lambda: (data / "stock.csv").write_text(other)) == {NAMES[0]}


def test_a_private_table_and_a_declaration_concern_who_asked_for_them(data):
    text = "mineral,tonnes,month\ntin,50,2026-03\n"
    assert changed(data, lambda: bring(data, "tin", "stock", text)) == set(NAMES[:3])
    package = json.loads((data / "datapackage.json").read_text())
    package["resources"][4]["title"] = "Stock"
    write = (data / "datapackage.json").write_text
    assert changed(data, lambda: write(json.dumps(package))) == {NAMES[3]}
    package["resources"].pop(0)
    assert changed(data, lambda: write(json.dumps(package))) == {NAMES[4]}


def test_a_view_is_asked_once_for_each_state_of_its_tables(data):
    asked = []

    @views.view("stock")
    def heaviest(stock: pd.DataFrame, least: int) -> list[int]:
        asked.append(least)
        return stock.tonnes.dropna().loc[lambda t: t >= least].tolist()

    first = heaviest(6)
    first.append(0)  # a caller may write to what it is given
    assert heaviest(6) == [7] and heaviest(0) == [5, 7] and asked == [6, 0]
    assert {name for name in read(lambda: heaviest(6)) if "stock.csv" in name} == set()
    (data / "stock.csv").write_text(TEXT["stock"] + "tin,8,\n")
    assert heaviest(6) == [7, 8] and len(asked) == 3
