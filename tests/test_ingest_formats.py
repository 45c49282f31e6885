"""The same table as people really have it: saved by a spreadsheet, packed twice, from another country. Read right, or refused with the true cause."""

import csv
import datetime as dt
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import small_data

from chokepoint.data import check
from chokepoint.data.ingest import usgs
from chokepoint.errors import UserError

CASES = small_data.HOME.parent / "shared" / "cases"
MAIN = "MCS2026_Commodities_Data.csv"
TEXT = (small_data.RELEASES / "mcs2026" / MAIN).read_text(encoding="utf-8")
ROWS = list(csv.reader(io.StringIO(TEXT)))
VALUE = ROWS[0].index("Value")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return small_data.make(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small, tmp_path) -> Path:
    shutil.copytree(small, tmp_path / "data")
    return tmp_path / "data"


def saved(rows: list[list[str]], delimiter: str = ",") -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return made.getvalue()


def with_values(change) -> list[list[str]]:
    """The rows, each value as `change` makes it."""
    return [ROWS[0], *([*row[:VALUE], change(row[VALUE]), *row[VALUE + 1 :]] for row in ROWS[1:])]


def resaved(value: str) -> str:
    """As Excel saves a number: without separators between thousands."""
    return value.replace(",", "") if value[0].isdigit() else value


def workbook(rows: list[list[object]], *more: str) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in rows:
        book.active.append(row)
    for title in more:
        book.create_sheet(title).append(["only one cell"])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def numbers(data: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of the release without what only says how a figure is printed."""
    made = {}
    for path in sorted((data / "minerals" / "mcs2026").glob("*.csv")):
        made[path.stem] = [{k: v for k, v in row.items() if k != "printed"} for row in small_data.rows(path)]
    return made


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


AS_NUMBERS = [[float(v) if i == VALUE and v.replace(".", "").isdigit() else int(v) if v.isdigit() else v for i, v in enumerate(row)] for row in with_values(resaved)]  # fmt: skip
READ = {
    "saved again by Excel": (MAIN, saved(with_values(resaved)).encode("cp1252")),
    "with a byte-order mark": (MAIN, TEXT.encode("utf-8-sig")),
    "Windows line ends": (MAIN, TEXT.replace("\n", "\r\n").encode("cp1252")),
    "old Macintosh line ends": (MAIN, TEXT.replace("\n", "\r").encode("utf-8")),
    "Mac Roman": (MAIN, TEXT.encode("mac-roman")),
    "Mac Roman with its line ends": (MAIN, TEXT.replace("\n", "\r").encode("mac-roman")),
    "an Excel workbook": ("MCS2026_Commodities_Data.xlsx", workbook(AS_NUMBERS)),
    "a workbook with a page of notes": ("MCS2026_Commodities_Data.xlsx", workbook(AS_NUMBERS, "Read me")),
    "a zip in a zip": (
        "download.zip",
        packed({"MCS2026.zip": packed({f"data/{MAIN}": TEXT.encode("utf-8")})}),
    ),
    "a workbook in a zip": ("download.zip", packed({"MCS2026_Commodities_Data.xlsx": workbook(AS_NUMBERS)})),
}
SEMICOLONS = "is separated by semicolons; a comma is expected. Save it as CSV with commas"
REFUSED = {
    "semicolons": (MAIN, saved(ROWS, ";").encode(), SEMICOLONS),
    "semicolons and a decimal comma": (MAIN, saved(with_values(lambda v: v.replace(",", ".")), ";").encode(), SEMICOLONS),
    "tabs": (MAIN, saved(ROWS, "\t").encode(), "is separated by tabs; a comma is expected"),
    "points between thousands": (MAIN, saved(with_values(lambda v: v.replace(",", "."))).encode(), 'line 2: "1.900.000" is written with a decimal comma'),
    "points between thousands of some figures": (MAIN, saved(with_values(lambda v: v.replace(",", ".") if v.count(",") == 1 else resaved(v))).encode(), "smaller than"),
    "UTF-16": (MAIN, TEXT.encode("utf-16"), "this is UTF-16"),
    "an old Excel workbook": ("MCS2026_Commodities_Data.xls", b"\xd0\xcf\x11\xe0", "is a .xls; expected .csv, .xlsx, a .zip or a folder"),
    "a damaged workbook": ("MCS2026_Commodities_Data.xlsx", workbook(AS_NUMBERS)[:900], "not readable as a workbook"),
    "a line above the header": (MAIN, b"Mineral Commodity Summaries 2026\n" + TEXT.encode(), "not a release this knows"),
    "zips in zips without end": ("a.zip", packed({"b.zip": packed({"c.zip": packed({"d.zip": packed({MAIN: TEXT.encode()})})})}), "is a zip in a zip in a zip"),
}  # fmt: skip


SOUND: set[tuple] = set()  # what was checked and found sound


@pytest.mark.parametrize("name", READ)
def test_it_reads_the_same_however_it_was_saved(data, tmp_path, name):
    file, content = READ[name]
    before = numbers(data)
    (tmp_path / file).write_bytes(content)
    report = usgs.ingest(tmp_path / file, data)
    assert report.release == "mcs2026" and report.rows.kept == len(ROWS) - 1 and not report.rows.refused
    assert numbers(data) == before
    contents = tuple(small_data.contents(data).items())
    if (
        contents not in SOUND
    ):  # most leave the very bytes that another left, and a check of these says the same again
        assert check.check(data) == []
        SOUND.add(contents)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_true_cause_in_a_line(data, tmp_path, name):
    file, content, cause = REFUSED[name]
    before = small_data.contents(data)
    (tmp_path / file).write_bytes(content)
    with pytest.raises(UserError) as said:
        usgs.ingest(tmp_path / file, data)
    assert cause in str(said.value)
    assert small_data.contents(data) == before


def test_a_correction_applies_to_the_same_figure_however_it_is_printed(data, tmp_path):
    """Brazil's rare-earth reserves, 21 million tons in the first version and 11 in the third."""
    (tmp_path / MAIN).write_text(saved(with_values(resaved)), encoding="utf-8")
    report = usgs.ingest(tmp_path / MAIN, data)
    assert any(line.startswith("MCS2026-02: 1 rows") for line in report.corrections)
    (brazil,) = [
        r
        for r in small_data.rows(data / "minerals/mcs2026/reserves.csv")
        if r["mineral"] == "rare_earths" and r["iso3"] == "BRA"
    ]
    assert (brazil["value"], brazil["printed"], brazil["superseded"]) == ("11000000", "21000000", "21000000")


def test_a_range_that_became_a_date_is_refused_and_said(data, tmp_path):
    rows = [
        [*row[:VALUE], "15-Oct", *row[VALUE + 1 :]]
        if row[3:5] == ["Laos", "Production"] and row[7] == "2025"
        else row
        for row in ROWS
    ]
    (tmp_path / MAIN).write_text(saved(rows), encoding="utf-8")
    report = usgs.ingest(tmp_path / MAIN, data)
    assert any(
        '"15-Oct" is a date: a spreadsheet made it' in reason
        for reason in report.tables["production"].refused
    )


def test_a_date_and_a_percentage_of_a_workbook_are_what_is_seen_there():
    from chokepoint.data.ingest import workbook as reader

    book = openpyxl.Workbook()
    book.active.append(["Country", "Signing_date", "Share"])
    book.active.append(["Japan", dt.datetime(2025, 9, 23), 0.31])
    book.active["C2"].number_format = "0%"
    made = io.BytesIO()
    book.save(made)
    (content,) = reader.as_csv("t5.xlsx", made.getvalue()).values()
    assert content.decode().splitlines() == ["Country,Signing_date,Share", "Japan,2025-09-23,31"]


def test_a_workbook_beside_the_same_csv_is_not_taken_for_a_second_release(data, tmp_path):
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / MAIN).write_text(TEXT, encoding="utf-8")
    (tmp_path / "given" / MAIN.replace(".csv", ".xlsx")).write_bytes(workbook(AS_NUMBERS))
    assert usgs.ingest(tmp_path / "given", data).release == "mcs2026"


# --- the inputs that failed, as they were handed over


@pytest.fixture
def whole(tmp_path) -> Path:
    shutil.copytree(small_data.DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.slow
@pytest.mark.published
def test_the_decimal_comma_that_was_let_in_is_refused(whole):
    before = small_data.contents(whole)
    with pytest.raises(UserError, match='"1.270" is written with a decimal comma'):
        usgs.ingest(CASES / "decimal_comma", whole)
    assert small_data.contents(whole) == before


@pytest.mark.slow
@pytest.mark.published
def test_the_table_saved_again_keeps_brazils_11_million(whole):
    before = numbers(whole)
    usgs.ingest(CASES / "excel_resave", whole)
    assert numbers(whole) == before
    assert check.check(whole) == []
