"""The data check says every fault at once, where it is and what was expected; hostile tables are inert."""

import json
import shutil

import pandas as pd
import pytest

from chokepoint.data import check, tables
from chokepoint.errors import UserError

SOURCES = "source_id,publisher,date\nS1,USGS,2026-02-06\nS2,IEA,\n"
SHARES = "country,iso3,share,year,kind,known,source_id\nPeru,PER,12.5,2025,mine,true,S1\nChina,CHN,69.23,2025,mine,true,S2\n"


def field(name, kind="string", **more):
    return {"name": name, "type": kind, **more}


@pytest.fixture
def package(tmp_path):
    """A package of two sound tables, and a function that rewrites one of them."""
    shares = {
        "fields": [
            field("country", constraints={"required": True}),
            field("iso3", constraints={"pattern": "[A-Z]{3}"}),
            field("share", "number", unit="percent", constraints={"minimum": 0, "maximum": 100}),
            field("year", "integer"),
            field("kind", constraints={"enum": ["mine", "refinery"]}),
            field("known", "boolean"),
            field("source_id", constraints={"required": True}),
        ],
        "primaryKey": ["country", "year"],
        "foreignKeys": [{"fields": "source_id", "reference": {"resource": "sources", "fields": "source_id"}}],
    }
    sources = {
        "fields": [field("source_id"), field("publisher"), field("date", "date")],
        "primaryKey": "source_id",
    }
    declared = {
        "resources": [
            {"name": "sources", "path": "sources.csv", "schema": sources},
            {"name": "shares", "path": "shares.csv", "schema": shares},
        ]
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(declared))

    def write(shares=SHARES, sources=SOURCES):
        for name, content in (("shares.csv", shares), ("sources.csv", sources)):
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def said(folder):
    return [str(fault) for fault in check.check(folder)]


def test_a_sound_package_has_no_fault(package):
    assert said(package()) == []


def test_ten_faults_are_reported_in_one_run_each_with_its_place(package):
    faulty = (
        "country,iso3,share,year,kind,known,source_id\n"
        ",PER,12.5,2025,mine,true,S1\n"  # 1 a required cell is empty
        "China,CN,69.23,2025,mine,true,S1\n"  # 2 pattern
        "Chile,CHL,140,2025,mine,true,S1\n"  # 3 above the maximum
        "Brazil,BRA,-3,2025,mine,true,S1\n"  # 4 below the minimum
        "India,IND,many,2025,mine,true,S1\n"  # 5 not a number
        "Japan,JPN,1,2025.5,mine,true,S1\n"  # 6 not a whole number
        "Gabon,GAB,1,2025,smelter,true,S1\n"  # 7 not one of the kinds
        "Ghana,GHA,1,2025,mine,perhaps,S1\n"  # 8 not true or false
        "Kenya,KEN,1,2025,mine,true,S3\n"  # 9 an unknown source
        "Kenya,KEN,2,2025,mine,true,S1\n"
    )  # 10 a key twice
    faults = said(package(shares=faulty))
    assert len(faults) == 10
    for row, (column, found) in enumerate(
        [
            ("country", "empty"),
            ("iso3", '"CN"'),
            ("share", '"140"'),
            ("share", '"-3"'),
            ("share", '"many"'),
            ("year", '"2025.5"'),
            ("kind", '"smelter"'),
            ("known", '"perhaps"'),
            ("source_id", '"S3"'),
            ("country+year", '"Kenya, 2025"'),
        ],
        start=2,
    ):
        assert any(f.startswith(f"shares.csv row {row}: {column} ") and found in f for f in faults), (
            row,
            faults,
        )


def test_a_misspelt_column_comes_with_the_right_one(package):
    assert said(package(shares=SHARES.replace("share,", "shaer,"))) == [
        'shares.csv row 1: column "shaer" is not declared in datapackage.json. Did you mean "share"?'
    ]


@pytest.mark.parametrize(
    "content, expected",
    [
        (SHARES.replace("Peru", "Perú").encode("cp1252"), "is not UTF-8"),
        (b"", "is empty"),
        ("country,iso3\nPeru,PER,1,2,3\n", "row 2: has 5 cells; the header has 2"),
        (SHARES.replace("Peru", "=HYPERLINK(1)"), "starts like a formula"),
        (SHARES.replace("Peru", "@SUM(A1)"), "starts like a formula"),
    ],
    ids=["wrong encoding", "empty file", "ragged rows", "formula", "formula at"],
)
def test_a_hostile_table_gets_a_clear_answer(package, content, expected):
    faults = said(package(shares=content))
    assert faults and any(expected in f for f in faults)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(package):
    assert said(package(shares=b"\xef\xbb\xbf" + SHARES.replace("\n", "\r\n").encode())) == []


def test_a_table_of_300_mb_is_refused_unread(package):
    folder = package()
    with open(folder / "shares.csv", "r+b") as file:
        file.truncate(300_000_000)
    assert said(folder) == ["shares.csv: 300 MB is more than the 50 MB a table may have"]


def test_a_default_outside_its_own_range_is_refused(package):
    folder = package(shares="country,low,value,high\nPeru,1,5,9\nChile,1,12,9\n")
    declared = json.loads((folder / "datapackage.json").read_text())
    numbers = [
        field("low", "number"),
        field("value", "number", between=["low", "high"]),
        field("high", "number"),
    ]
    declared["resources"][1]["schema"] = {"fields": [field("country"), *numbers]}
    (folder / "datapackage.json").write_text(json.dumps(declared))
    assert said(folder) == ['shares.csv row 3: value "12" is not between its low 1 and its high 9']


def test_a_missing_file_is_named(package):
    (folder := package()).joinpath("shares.csv").unlink()
    assert said(folder)[0].startswith("shares.csv: the file is missing")


def test_a_broken_descriptor_is_a_plain_message(tmp_path):
    (tmp_path / "datapackage.json").write_text("{")
    with pytest.raises(UserError, match="datapackage.json: not readable as JSON"):
        tables.package(tmp_path)


def test_a_quotation_is_short_attributed_sourced_and_stands_once(tmp_path):
    """Whoever adds one of sixteen words, or of nobody, is told at once."""
    data = shutil.copytree(tables.home() / "data", tmp_path / "data")
    path = data / "evidence" / "quotations.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    sound = rows[rows.quotation_id == "quote.rubio_role"]
    faulty = [
        ({"words": "one two three four five six seven eight " * 2 + "."}, "words", "has 17 words"),
        ({"speaker": ""}, "speaker", "is empty"),
        ({"source_id": ""}, "source_id", "is empty"),
        ({"source_id": "S999"}, "source_id", '"S999" is not in sources'),
        ({"words": sound.words.iloc[0].upper()}, "words", "is quoted already"),
        ({"words": "“We agree”"}, "words", "does not match"),
        ({"answers": "quote.nobody"}, "answers", '"quote.nobody" is not in quotations'),
        ({"quotation_id": "quote.vance_floor"}, "quotation_id", "duplicate"),
    ]
    added = [
        sound.assign(**({"quotation_id": f"quote.new_{i}", "words": f"We agree {i}"} | changed))
        for i, (changed, _, _) in enumerate(faulty)
    ]
    pd.concat([rows, *added]).to_csv(path, index=False)
    faults = said(data)
    for row, (_, column, found) in enumerate(faulty, len(rows) + 2):
        told = [f for f in faults if f.startswith(f"evidence/quotations.csv row {row}: {column} ")]
        assert any(found in f for f in told), (row, found, faults)


def test_a_country_called_script_stays_text_on_the_page(monkeypatch):
    from chokepoint.pages.components.figure import numbers
    from chokepoint.pages.embedded import embedded

    evil = pd.DataFrame({"country": ["<script>alert(1)</script>"], "share": [1.0]})
    assert "<script>alert" not in numbers(evil)
    assert "</script>" not in embedded(evil.to_dict("records"))


def test_the_book_s_own_data_are_sound():
    assert said(tables.data_dir()) == []
