"""The data check says every fault at once, where it is and what was expected; hostile tables are inert."""

import json
import re
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
    folder = package(shares="country,low,value,high\nPeru,1,1,9\nChile,1,12,9\nKenya,1,0.5,9\nTogo,1,9,9\n")
    declared = json.loads((folder / "datapackage.json").read_text())
    numbers = [
        field("low", "number"),
        field("value", "number", between=["low", "high"]),
        field("high", "number"),
    ]
    declared["resources"][1]["schema"] = {"fields": [field("country"), *numbers]}
    (folder / "datapackage.json").write_text(json.dumps(declared))
    assert said(folder) == [
        'shares.csv row 3: value "12" is not between its low 1 and its high 9',
        'shares.csv row 4: value "0.5" is not between its low 1 and its high 9',
    ]


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


# --- what is found between tables, each at its row


def folder(tmp_path, **of: tuple[str, str]):
    """A package of tables of text: name → path and rows. `_` in a name is the dash after a release."""
    declared = []
    for name, (path, text) in of.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        columns = text.splitlines()[0].split(",")
        schema = {"fields": [field(column) for column in columns], "primaryKey": columns[0]}
        declared.append({"name": name.replace("_", "-", 1), "path": path, "schema": schema})
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": declared}))
    return tmp_path


HEADER = "id,mineral,commodity,detail,form,area,area_kind,iso3,year,unit,printed,printed_unit,"
HEADER += "value,low,high,qualifier,correction_id\n"
RESERVES = "1,tin,Tin,,,Peru,country,PER,{year},t,{peru},metric tons,{peru},,,,\n"
RESERVES += "2,tin,Tin,,,China,country,CHN,{year},t,{china},metric tons,{china},,,,\n"
CORRECTIONS = "correction_id,release,table,key,column,action,value,reason\n"


def reserves(tmp_path, china: str = "100", correction: str = ""):
    def table(year: int, china: str) -> str:
        return HEADER + RESERVES.format(year=year, peru="50", china=china)

    return folder(
        tmp_path,
        mcs2025_reserves=("minerals/mcs2025/reserves.csv", table(2024, "100")),
        mcs2026_reserves=("minerals/mcs2026/reserves.csv", table(2025, china)),
        corrections=("corrections.csv", CORRECTIONS + correction),
    )


def test_a_figure_that_cannot_be_is_a_fault_of_its_row_and_says_how_to_keep_it(tmp_path):
    faults, notes = check.examine(reserves(tmp_path, china="900", correction="F0,mcs2024,x,a=b,,drop,,\n"))
    assert notes == []
    [fault] = faults
    assert (fault.file, fault.row, fault.column) == ("minerals/mcs2026/reserves.csv", 3, "value")
    said = "of tin, China, 2025: 900 t is 9 times larger than 100 t in mcs2025 (row 3). If it is right: a row"
    assert fault.message == f"{said} in known_exceptions.csv, as ingest writes it with --accept"


def test_a_misprint_printed_again_is_worth_a_look_at_its_row_and_no_fault(tmp_path):
    fix = "F1,mcs2025,reserves,mineral=tin;area=China,,drop,,It is Peru's.\n"
    faults, [note] = check.examine(reserves(tmp_path, correction=fix))
    assert faults == []
    assert (note.file, note.row, note.column) == ("minerals/mcs2026/reserves.csv", 3, "")
    assert note.message.startswith("what F1 corrected is printed again (1 row: tin, China, 2025")
    assert [str(n) for n in check.require_sound(tmp_path)] == [str(note)]


def test_a_value_that_is_not_what_its_row_prints_is_a_fault_without_an_exception(tmp_path):
    path = reserves(tmp_path, correction="F0,mcs2024,x,a=b,,drop,,\n") / "minerals/mcs2026/reserves.csv"
    path.write_text(path.read_text().replace("metric tons,50", "metric tons,51"))
    [fault] = check.check(tmp_path)
    assert (fault.row, fault.column) == (2, "value")
    assert fault.message == 'of tin, Peru, 2025: 51 t is not the "50" metric tons printed in this row: 50 t'


FORECASTS = "forecast_id,made_on,evidence_to,due,rule,column,outcome,settled_on,source_id\n"
SOUND = "f,2026-03-01,2026-02-01,2026-06-01,stock:tin,tonnes,,,"


MADE = "2026-03-01"  # the day on which it is made


@pytest.mark.parametrize(
    ("changed", "column", "message"),
    [
        ({}, "", ""),
        ({3: "2026-03-02"}, "", ""),
        ({3: "2026-03-01"}, "due", '"2026-03-01" is not later than made_on 2026-03-01'),
        ({2: "2026-03-01"}, "", ""),
        ({2: "2026-03-02"}, "evidence_to", '"2026-03-02" is later than made_on 2026-03-01'),
        ({6: "yes", 7: "2026-05-01", 8: "S1"}, "", ""),
        ({6: "yes", 8: "S1"}, "settled_on", "is empty; an outcome needs its day and its source"),
        ({6: "yes", 7: "2026-05-01"}, "source_id", "is empty; an outcome needs its day and its source"),
        ({6: "no", 7: MADE, 8: "S"}, "settled_on", f'"{MADE}" is not later than made_on {MADE}'),
        ({6: "no", 7: "2026-03-02", 8: "S1"}, "", ""),
        ({7: "2026-05-01"}, "outcome", "is empty, though a day or a source settles it: yes, no or void"),
        ({8: "S1"}, "outcome", "is empty, though a day or a source settles it: yes, no or void"),
        ({4: "stock"}, "", ""),
        ({4: "fact:any", 5: "any"}, "", ""),
        ({4: "output", 5: "value"}, "", ""),  # a table of releases answers to its own name, of no row
        ({4: "output", 5: "tonnes"}, "column", '"tonnes" is no column of output; it has id, value'),
        ({4: "output:1", 5: "value"}, "rule", '"1" is no row of output: its key is the column of none'),
        ({4: "gone:1"}, "rule", '"gone:1" names no table; expected table:key, a table, or fact:id'),
        ({4: "stock:lead"}, "rule", '"lead" is no row of stock: its key is the column mineral'),
        ({5: "weight"}, "column", '"weight" is no column of stock; it has mineral, tonnes'),
    ],
)
def test_a_forecast_can_be_settled_and_is_settled_by_something(tmp_path, changed, column, message):
    cells = [changed.get(i, cell) for i, cell in enumerate(SOUND.split(","))]
    rows = [SOUND.replace("f,", "e,", 1), ",".join(cells)]
    found = check.check(
        folder(
            tmp_path,
            forecasts=("forecasts.csv", FORECASTS + "\n".join(rows) + "\n"),
            stock=("stock.csv", "mineral,tonnes\ntin,5\n"),
            mcs2026_output=("output.csv", "id,value\n1,5\n"),
        )
    )
    assert found == ([check.Fault("forecasts.csv", 3, column, message)] if column else [])


def test_an_assumption_of_a_fact_and_a_row_of_the_evidence_are_named_at_their_rows(tmp_path):
    ledger = "fact_id,table,row_key,column,text,value,value_type,unit,as_of,source_ids,confidence,published\n"
    sound = "a,,,,GBP 71 million,71,number,GBP million,2026-01-01,S1,primary,true\n"
    wrong = sound.replace("a,", "b,", 1).replace(",71,", ",17,")
    found = check.check(
        folder(
            tmp_path,
            ledger=("evidence/ledger.csv", ledger + sound + wrong),
            assumptions=("assumptions.csv", "id,fact_id,value\n1,a,71\n2,a,70\n"),
        )
    )
    assert [(f.file, f.row, f.column) for f in found] == [
        ("assumptions.csv", 3, "value"),
        ("evidence/ledger.csv", 3, "value"),
    ]


def test_forty_faults_are_listed_and_the_others_counted(package):
    rows = "".join(f"C{i},PER,140,2025,mine,true,S1\n" for i in range(60))
    with pytest.raises(UserError) as refused:
        check.require_sound(package(shares=SHARES.splitlines()[0] + "\n" + rows))
    lines = str(refused.value).splitlines()
    assert lines[0] == "The data has 20 fault(s):" and len(lines) == 21  # of one rule, twenty are enough
    more = rows.replace("PER", "PE")
    with pytest.raises(UserError) as refused:
        check.require_sound(package(shares=SHARES.splitlines()[0] + "\n" + more.replace("mine", "mined")))
    lines = str(refused.value).splitlines()
    assert lines[0] == "The data has 60 fault(s):" and lines[-1] == "… and 20 more" and len(lines) == 42
    assert lines[1].startswith("data/shares.csv row 2: ")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("-1", ""),
        ("+.5", ""),
        ("-", ""),
        ("-a", "starts like a formula"),
        ("+SUM(A1)", "starts like a formula"),
        ("a=b", ""),
        ("a \\", "a backslash before a quotation mark or at its end"),
        ("a\\b", ""),
        ("{fact.id}", "a word in braces"),
        ("{Fact}", ""),
        ("a\u202eb", "a control character or a mark of writing direction"),
    ],
)
def test_a_text_that_a_page_or_a_spreadsheet_would_take_for_more_is_refused(package, cell, expected):
    faults = said(package(shares=SHARES.replace("Peru", cell)))
    assert len(faults) == bool(expected) and all(expected in fault for fault in faults)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("12.5", "0", ""),
        ("12.5", "100", ""),
        ("12.5", "100.1", "is above the maximum 100 [percent]"),
        ("12.5", "-0.1", "is below the minimum 0 [percent]"),
        ("12.5", "-inf", "is below the minimum"),
        ("12.5", "1e1", ""),
        ("12.5", "", ""),
        ("2025,mine,true,S1", "2025.0,mine,true,S1", ""),
        ("2025,mine,true,S1", "2025.5,mine,true,S1", "is not a whole number"),
        ("mine,true,S1", "mine,True,S1", '"True" is not true or false'),
        ("mine,true,S1", ",,S1", ""),
        ("PER", "PERU", "does not match the pattern [A-Z]{3}"),
        ("PER", "", ""),
        ("mine,true,S1", "mine,true,", "is empty; a value is required"),
    ],
)
def test_a_cell_is_held_to_the_limits_of_its_column_and_may_be_empty(package, old, new, expected):
    faults = said(package(shares=SHARES.replace(old, new, 1)))
    assert bool(faults) == bool(expected) and any(expected in fault for fault in [*faults, ""]), faults
    assert len(faults) <= 1 or "inf" in new  # what is infinite is no number besides


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-02-29", "not a date"), ("2024-02-29", ""), ("2026-2", "not a date"), ("", "")],
)
def test_a_day_is_one_of_the_calendar(package, day, expected):
    faults = said(package(sources=SOURCES.replace("2026-02-06", day)))
    assert len(faults) == bool(expected) and all(expected in fault for fault in faults)


def test_what_is_no_table_of_csv_says_what_it_is(package):
    lines = SHARES.splitlines()
    for text, row, expected in (
        ("\n".join([lines[0], "<<<<<<< ours", lines[1], "=======", ">>>>>>> b"]), 2, "the mark of a merge"),
        (f"{lines[0]}\n", 0, "has a header and no rows"),
        (f"{lines[0]}\n\n", 0, "has a header and no rows"),
        (SHARES + '"never closed', 0, "may be opened and never closed"),
        (SHARES.replace(",", ";"), 1, "is separated by semicolons"),
        (SHARES.replace("country,iso3", "iso3,country"), 1, "columns are in another order"),
        (re.sub(r"share,|12.5,|69.23,", "", SHARES), 1, 'column "share" is missing'),
        (f"{lines[0]}\n\n{lines[1]}\nPeru,PER\n", 4, "has 2 cells; the header has 7"),
    ):
        faults = check.check(package(shares=text))
        assert expected in f"{faults[0].column} {faults[0].message}", (expected, faults)
        assert faults[0].row == row, (expected, faults)


def test_a_blank_line_between_rows_moves_no_row(package):
    text = SHARES.replace("China,", "\nChina,").replace("69.23", "690")
    assert said(package(shares=text)) == ['shares.csv row 4: share "690" is above the maximum 100 [percent]']


def test_a_private_table_is_of_its_folder_s_mineral_and_of_a_table_that_is_known(tmp_path):
    made = folder(
        tmp_path,
        minerals=("minerals.csv", "mineral\ntin\n"),
        stock=("stock.csv", "id,mineral\n1,tin\n"),
        plain=("plain.csv", "id\n1\n"),
    )
    for name, text in (
        ("tin/stock", "id,mineral\n2,tin\n3,lead\n"),
        ("tin/plain", "id\n1\n"),
        ("tim/stock", "id,mineral\n2,tim\n"),
    ):
        path = made / "private" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = [str(fault) for fault in check.check(made)]
    assert len(found) == 3
    assert found[0].startswith('private/tim/stock.csv: no mineral "tim" in minerals.csv. Did you mean "tin"?')
    assert found[1].startswith('private/tin/plain.csv: no table "plain" can be replaced.')
    assert found[2].startswith('private/tin/stock.csv row 3: mineral "lead" is not tin: a private table')


def test_the_book_s_own_data_are_sound():
    assert said(tables.data_dir()) == []
