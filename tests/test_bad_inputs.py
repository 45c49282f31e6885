"""What people really get wrong, and what they must be told: where, what was found, what to do. Nothing is lost by it.

Each case breaks one thing in a copy of the data folder (or of the book), gives one command, and names what the message must hold.
"""

import csv
import hashlib
import io
import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.site import build, settings
from chokepoint.site.runs import plan

HOME = Path(__file__).resolve().parents[1]
# Tables that are broken below; what they refer to is kept with them.
KEPT = {
    "ledger",
    "attendees",
    "timeline",
    "vault",
    "assumptions",
    "commodities",
    "corrections",
    "release_files",
}
KEPT |= {
    "mcs2026-import_sources",
    "mcs2026-export_controls",
    "wb2026-06-prices_monthly",
    "mcs2026-production",
}


@dataclass
class Place:
    """A data folder, a book and a folder of things to be handed over, to be broken at will."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def given(self) -> Path:
        """The folder of a release that a user hands over."""
        (self.home / "given").mkdir(exist_ok=True)
        return self.home / "given"

    def write(self, name: str, content: str | bytes) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.home / name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r} to break"
        self.write(name, text.replace(old, new, 1))

    def cell(self, name: str, column: str, value: str, row: int = 2) -> None:
        """Put `value` into a cell; rows count as in a spreadsheet."""
        with open(self.data / name, encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[row - 1][rows[0].index(column)] = value
        self.put(name, rows)

    def put(self, name: str, rows: list[list[str]]) -> None:
        made = io.StringIO()
        csv.writer(made, lineterminator="\n").writerows(rows)
        self.write(f"data/{name}", made.getvalue())

    def rows(self, name: str, change: Callable[[list[list[str]]], list[list[str]]]) -> None:
        with open(self.data / name, encoding="utf-8", newline="") as file:
            self.put(name, change(list(csv.reader(file))))

    def declare(self, change: Callable[[dict], object]) -> None:
        path = self.data / "datapackage.json"
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        change(descriptor)
        self.write("data/datapackage.json", json.dumps(descriptor))

    def zip(self, members: dict[str | zipfile.ZipInfo, bytes], name: str = "given/release.zip") -> None:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        self.write(name, made.getvalue())

    def workbook(self, rows: list[list], sheet: str = "Monthly Prices") -> None:
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(row)
        book.save(self.given / "cmo.xlsx")


@dataclass(frozen=True)
class Case:
    """One thing broken, one command, and what its message must hold."""

    name: str
    breaks: Callable[[Place], object]
    command: str
    says: tuple[str, ...]
    tables: tuple[str, ...] = ()  # that it breaks, where one check finds it among faults of other tables


def case(name: str, breaks, command: str, *says: str) -> Case:
    return Case(name, breaks, command, says)


def case_in(tables: tuple[str, ...], name: str, breaks, *says: str) -> Case:
    """A case that `check` finds, whatever is the matter with other tables than these.

    A table's form and cells are judged by themselves; its references also by the table they lead to, which is named then too.
    """
    return Case(name, breaks, "check", says, tables)


def resource(descriptor: dict, name: str) -> dict:
    return next(r for r in descriptor["resources"] if r["name"] == name)


def column(descriptor: dict, table: str, name: str) -> dict:
    return next(f for f in resource(descriptor, table)["schema"]["fields"] if f["name"] == name)


def nothing(_place: Place) -> None:
    """The fault is in the command."""


LEDGER, SOURCES, IMPORTS, ASSUMED = (
    "evidence/ledger.csv",
    "evidence/sources.csv",
    "minerals/mcs2026/import_sources.csv",
    "assumptions.csv",
)

DATA = [
    case_in((SOURCES,), "a misspelt column", lambda p: p.edit(f"data/{SOURCES}", "publisher,", "publsher,"), "sources.csv row 1", '"publsher"', 'Did you mean "publisher"'),
    case_in((SOURCES,), "a column left out", lambda p: p.rows(SOURCES, lambda t: [r[:1] + r[2:] for r in t]), "sources.csv row 1", 'column "publisher" is missing'),
    case_in((SOURCES,), "a column too many", lambda p: p.rows(SOURCES, lambda t: [[*r, "x"] for r in t]), 'column "x" is not declared', "Columns expected: source_id"),
    case_in((SOURCES,), "two columns swapped", lambda p: p.rows(SOURCES, lambda t: [[r[1], r[0], *r[2:]] for r in t]), "columns are in another order", "expected source_id, publisher"),
    case_in((IMPORTS,), "a share of 140", lambda p: p.cell(IMPORTS, "value", "140"), "import_sources.csv row 2", 'value "140"', "maximum 100 [percent]"),
    case_in(("evidence/vault.csv",), "an endless number", lambda p: p.cell("evidence/vault.csv", "value", "1e999"), "vault.csv row 2", '"1e999" is not a number'),
    case_in((ASSUMED,), "a number with a comma", lambda p: p.cell(ASSUMED, "value", "1,5"), "assumptions.csv row 2", '"1,5" is not a number'),
    case_in((IMPORTS,), "half a rank", lambda p: p.cell(IMPORTS, "rank", "1.5"), "import_sources.csv row 2", '"1.5" is not a whole number'),
    case_in(("evidence/timeline.csv",), "an American date", lambda p: p.cell("evidence/timeline.csv", "date_start", "02/04/2026"), "timeline.csv row 2", '"02/04/2026" is not a date like 2026-02-04'),
    case("a German date, one line for it", lambda p: p.cell("evidence/timeline.csv", "date_start", "21.9.2010"), "check", "1 fault(s)", "timeline.csv row 2: date_start", '"21.9.2010" is not a date like 2026-02-04'),
    case("a date in words", lambda p: p.cell("evidence/timeline.csv", "date", "21 Sept 2010"), "check", "1 fault(s)", "timeline.csv row 2: date", "is not a date like 2026-02-04, nor a month like 2026-02, nor a year"),
    case_in(("evidence/timeline.csv",), "the 30th of February", lambda p: p.cell("evidence/timeline.csv", "date_start", "2026-02-30"), '"2026-02-30" is not a date'),
    case_in(("minerals/wb2026-06/prices_monthly.csv",), "a thirteenth month", lambda p: p.cell("minerals/wb2026-06/prices_monthly.csv", "month", "2026-13"), "prices_monthly.csv row 2", '"2026-13" is not a month like 2026-02'),
    case_in((LEDGER,), "yes for true", lambda p: p.cell(LEDGER, "published", "yes"), "ledger.csv row 2", '"yes" is not true or false'),
    case_in(("evidence/attendees.csv",), "a word outside its list", lambda p: p.cell("evidence/attendees.csv", "presence", "perhaps"), "attendees.csv row 2", '"perhaps" is not one of'),
    case_in((IMPORTS,), "a country code of two letters", lambda p: p.cell(IMPORTS, "iso3", "PE"), "import_sources.csv row 2", '"PE" does not match the pattern [A-Z]{3}'),
    case_in(("minerals.csv",), "the same key twice", lambda p: p.rows("minerals.csv", lambda t: [*t[:2], t[1], *t[2:]]), "minerals.csv row 3", "duplicate key"),
    case_in(("evidence/attendees.csv", SOURCES,), "a source that is none", lambda p: p.cell("evidence/attendees.csv", "source_id", "S0001"), "attendees.csv row 2", '"S0001" is not in sources', "Did you mean"),
    case("a source left out, one line for it", lambda p: p.cell("evidence/timeline.csv", "source_id", ""), "check", "1 fault(s)", "timeline.csv row 2: source_id is empty"),
    case("an unknown source, one line for it", lambda p: p.cell("evidence/timeline.csv", "source_id", "S3020"), "check", "1 fault(s)", 'timeline.csv row 2: source_id "S3020" is not in sources', "Did you mean"),
    case_in((LEDGER, SOURCES,), "one unknown of several sources", lambda p: p.cell(LEDGER, "source_ids", "S017;S998X"), "ledger.csv row 2", '"S998X" is not in sources'),
    case_in((LEDGER,), "a formula", lambda p: p.cell(LEDGER, "label", '=HYPERLINK("http://x.example")'), "ledger.csv row 2", "starts like a formula"),
    case_in((LEDGER,), "text turned round by a hidden mark", lambda p: p.cell(LEDGER, "label", "tests \u202edetset"), "ledger.csv row 2", "\\u202e", "mark of writing direction", "Take it out"),
    case_in((LEDGER,), "a control character", lambda p: p.cell(LEDGER, "label", "bell\x07"), "ledger.csv row 2", "control character"),
    case_in((SOURCES,), "an address that is a script", lambda p: p.cell(SOURCES, "url", "javascript:alert(1)"), "sources.csv row 2", '"javascript:alert(1)" does not match', "https?"),
    case_in(("minerals/mcs2026/export_controls.csv",), "a script for the address of a control", lambda p: p.cell("minerals/mcs2026/export_controls.csv", "url", "javascript:alert(1)"), "export_controls.csv row 2", "does not match"),
    case_in((SOURCES,), "saved in Windows-1252", lambda p: p.write(f"data/{SOURCES}", "source_id,publisher\nS1,Côte\n".encode("cp1252")), "sources.csv: is not UTF-8 (byte", "Save it as UTF-8"),
    case_in((SOURCES,), "saved in UTF-16", lambda p: p.write(f"data/{SOURCES}", "source_id,publisher\n".encode("utf-16")), "sources.csv: is not UTF-8"),
    case_in((SOURCES,), "separated by semicolons", lambda p: p.rows(SOURCES, lambda t: [[";".join(r)] for r in t]), "sources.csv row 1", "is separated by semicolons; a comma is expected", "CSV with commas"),
    case_in((SOURCES,), "an empty file", lambda p: p.write(f"data/{SOURCES}", ""), "sources.csv: is empty; a header line is expected"),
    case_in((ASSUMED,), "a header and no rows", lambda p: p.rows(ASSUMED, lambda t: t[:1]), "assumptions.csv: has a header and no rows"),
    case_in(("minerals.csv",), "a row cut short", lambda p: p.rows("minerals.csv", lambda t: [t[0], t[1][:3], *t[2:]]), "minerals.csv row 2: has 3 cells; the header has 11"),
    case_in(("minerals.csv",), "a quotation mark never closed", lambda p: p.write("data/minerals.csv", (p.data / "minerals.csv").read_bytes() + b'zinc,"Zinc'), "minerals.csv: is not a readable CSV table", "quotation mark"),
    case_in(("minerals.csv",), "a merge left half done", lambda p: p.edit("data/minerals.csv", "\n", "\n<<<<<<< HEAD\n"), "minerals.csv row 2", "a merge that was not finished"),
    case_in(("evidence/attendees.csv",), "merged cells, so that only the first is filled", lambda p: p.cell("evidence/attendees.csv", "region", "", 3), "attendees.csv row 3", "region is empty; a value is required"),
    case_in((LEDGER,), "a file lost", lambda p: (p.data / LEDGER).unlink(), "ledger.csv: the file is missing. Restore it"),
    case_in((LEDGER,), "a folder in the place of a file", lambda p: ((p.data / LEDGER).unlink(), (p.data / LEDGER).mkdir()), "ledger.csv: the file is missing"),
    case_in((SOURCES,), "a web page saved as a table", lambda p: p.write(f"data/{SOURCES}", "<!DOCTYPE html>\n<html><body>404</body></html>\n"), "sources.csv row 1", "<!DOCTYPE html>", "is not declared"),
    case_in(("minerals.csv",), "rows counted past an empty line", lambda p: (p.cell("minerals.csv", "listed_2025", "no", 5), p.edit("data/minerals.csv", "\n", "\n\n")), "minerals.csv row 6", '"no" is not true or false'),
]  # fmt: skip

DESCRIPTOR = [
    case("no descriptor", lambda p: (p.data / "datapackage.json").unlink(), "check", "datapackage.json: not found", "restore it"),
    case("a descriptor cut short", lambda p: p.write("data/datapackage.json", '{"resources": ['), "check", "datapackage.json: not readable as JSON", "line 1"),
    case("a descriptor that is a list", lambda p: p.write("data/datapackage.json", "[]"), "check", 'datapackage.json: "resources" must be a list of tables'),
    case("a table without a name", lambda p: p.declare(lambda d: d["resources"][0].pop("name")), "check", "datapackage.json: table 1 has no name"),
    case("a table outside the folder", lambda p: p.declare(lambda d: resource(d, "sources").update(path="../../etc/passwd")), "check", '"sources": path \'../../etc/passwd\' must be a file within the data folder'),
    case("a table on the web", lambda p: p.declare(lambda d: resource(d, "sources").update(path="https://example.org/s.csv")), "check", "must be a file within the data folder"),
    case("a schema that is not there", lambda p: p.declare(lambda d: resource(d, "sources").update(schema="schemas/none.json")), "check", "none.json: not found", "datapackage.json refers to it"),
    case("a schema that is no JSON", lambda p: p.write("data/schemas/minerals.json", "fields"), "check", "minerals.json: not readable as JSON"),
    case("an unknown type", lambda p: p.declare(lambda d: column(d, "sources", "title").update(type="text")), "check", '"sources", column "title": type \'text\' is none of string, number'),
    case("a pattern that is none", lambda p: p.declare(lambda d: column(d, "sources", "url").update(constraints={"pattern": "(https"})), "check", 'column "url": pattern \'(https\' is not one'),
    case("a limit in words", lambda p: p.declare(lambda d: column(d, "assumptions", "step").update(constraints={"minimum": "nought"})), "check", "minimum 'nought' is not a number"),
    case("a key that is no column", lambda p: p.declare(lambda d: resource(d, "sources")["schema"].update(primaryKey="id")), "check", "primaryKey names 'id', which is no column"),
    case("a reference to no table", lambda p: p.declare(lambda d: resource(d, "assumptions")["schema"].update(foreignKeys=[{"fields": "source_id", "reference": {"resource": "sorces", "fields": "source_id"}}])), "check", '"assumptions" refers to the table "sorces", which is not declared'),
    case("two tables of one name", lambda p: p.declare(lambda d: d["resources"].append(resource(d, "sources"))), "check", 'two tables are called "sources"'),
]  # fmt: skip

SETTINGS = [
    case("an unknown model", nothing, "model valt", 'No model "valt"', 'Did you mean "vault"'),
    case("an unknown setting", nothing, "model price_floor flor=110", 'price_floor has no "flor"', 'Did you mean "floor"'),
    case("a setting that is no number", nothing, "model price_floor floor=high", 'floor="high" is not a number', "US$/kg"),
    case("a setting out of range", nothing, "model price_floor floor=1e9", "floor=1e9 is outside the range", "give"),
    case("a setting that is not a number at all", nothing, "model price_floor floor=nan", "outside the range"),
    case("a setting given twice", nothing, "model price_floor floor=110 floor=120", '"floor" is set twice, to 110 and to 120'),
    case("a setting without its value", nothing, "model price_floor floor", '"floor" is not a setting: write name=value'),
    case("no samples", nothing, "sweep vault --samples 0 --out {home}/x.parquet", "samples=0 is outside the range: give 1 to"),
    case("a sweep into nowhere", nothing, "sweep vault --samples 8 --out {home}/no/x.parquet", "does not exist. Make it"),
    case("a sweep over a folder", nothing, "sweep vault --samples 8 --out {home}", "this is a folder. Give the name of a Parquet file"),
    case("facts at no release", nothing, "facts --release mcs2062", 'No release "mcs2062"', "Here are:"),
    case("a comparison with no release", nothing, "diff mcs2026 mcs2062", 'No release "mcs2062"', "Here are:"),
    case("a release nobody publishes", nothing, "fetch usgs-2062 --to {home}", 'No files of a release "usgs-2062"', 'Did you mean "mcs2026"'),
    case("a download that would leave its folder", lambda p: p.cell("release_files.csv", "file", "../../evil.csv"), "fetch usgs-2026 --to {home}/to", 'file "../../evil.csv" is not a plain file name'),
    case("a download from this machine", lambda p: p.cell("release_files.csv", "url", "file:///etc/passwd"), "fetch usgs-2026 --to {home}/to", 'url "file:///etc/passwd" does not begin with https://'),
    case("an assumption lost", lambda p: p.rows(ASSUMED, lambda t: [r for r in t if r[0] != "price_floor.floor"]), "model price_floor", "data/assumptions.csv, model price_floor", "missing floor"),
    case("an assumption of no use", lambda p: p.rows(ASSUMED, lambda t: [*t, [{"assumption_id": "vault.luck", "model": "vault", "name": "luck", "symbol": "l"}.get(c, "1") for c in t[0]]]), "model vault", "unknown luck"),
    case("an assumption in words", lambda p: p.cell(ASSUMED, "value", "about one"), "model vault", "data/assumptions.csv: not readable", "about one", "chokepoint check"),
    case_in((ASSUMED,), "a default outside its range", lambda p: p.cell(ASSUMED, "value", "99"), "assumptions.csv row 2", '"99" is not between its low 0.5 and its high 2'),
    case_in((ASSUMED,), "a slider that cannot move", lambda p: p.cell(ASSUMED, "step", "0"), "assumptions.csv row 2", 'step "0" is below the minimum'),
]  # fmt: skip

RUNS = "mineral.ipynb:\n  page: minerals/{mineral}\n  runs:\n    - {mineral: cobalt}\n"
NOTEBOOK = "book/03-price-floor.ipynb"
BOOK = [
    case("runs that are no YAML", lambda p: p.write("book/runs.yml", RUNS + "    - {mineral: tin"), "plan", "book/runs.yml line", "not readable as YAML"),
    case("runs that would run code", lambda p: p.write("book/runs.yml", "mineral.ipynb: !!python/object/apply:os.system [echo]"), "plan", "book/runs.yml line 1", "python/object"),
    case("runs as a list", lambda p: p.write("book/runs.yml", "- mineral.ipynb\n"), "plan", "book/runs.yml: holds a list"),
    case("runs without a page", lambda p: p.write("book/runs.yml", RUNS.replace("  page: minerals/{mineral}\n", "")), "plan", "book/runs.yml, mineral.ipynb: page, like", "are expected"),
    case("no list of runs", lambda p: (p.data / "../book/runs.yml").unlink(), "plan", "book/runs.yml: not found"),
    case("a notebook that is not there", lambda p: p.write("book/runs.yml", RUNS.replace("mineral.ipynb", "minerl.ipynb")), "plan", "book/runs.yml", 'no notebook "minerl.ipynb"', '"mineral.ipynb"'),
    case("a parameter misspelt", lambda p: p.write("book/runs.yml", RUNS.replace("mineral}", "minral}").replace("{mineral:", "{minral:")), "plan", 'no parameter "minral"', '"mineral"'),
    case("a parameter of another type", lambda p: p.write("book/runs.yml", RUNS.replace("cobalt", "27")), "plan", "book/mineral.ipynb (mineral=27", "mineral is 27"),
    case("a page that climbs out of the book", lambda p: p.write("book/runs.yml", RUNS.replace("cobalt", "../../evil")), "plan", 'page "minerals/../../evil" is not a place in the book'),
    case("a page named by what no run has", lambda p: p.write("book/runs.yml", RUNS.replace("{mineral}", "{country}")), "plan", "page minerals/{country} does not go with the run"),
    case("a page made twice", lambda p: p.write("book/runs.yml", RUNS + "    - {mineral: cobalt}\n"), "plan", "the page minerals/cobalt is made twice"),
    case("a notebook cut short", lambda p: p.write(NOTEBOOK, (p.home / NOTEBOOK).read_bytes()[:300]), "plan", "book/03-price-floor.ipynb: not a notebook", "Restore it"),
    case("a notebook that is a list", lambda p: p.write(NOTEBOOK, "[]"), "plan", "book/03-price-floor.ipynb: not a notebook"),
    case("a notebook with a merge left half done", lambda p: p.edit(NOTEBOOK, "{\n", "{\n<<<<<<< HEAD\n"), "plan", "book/03-price-floor.ipynb: not a notebook"),
    case("a parameter that is computed", lambda p: p.edit(NOTEBOOK, 'release = \\"mcs2026\\"', "release = newest()"), "plan", "book/03-price-floor.ipynb: the parameters cell must hold only lines like name = value"),
    case("settings that are no YAML", lambda p: p.write("_config.yml", "title: [Chokepoint\n"), "plan", "_config.yml line", "not readable as YAML"),
    case("settings that run the notebooks twice", lambda p: p.edit("_config.yml", 'execute_notebooks: "off"', "execute_notebooks: force"), "plan", '_config.yml: execute, execute_notebooks must be "off"'),
    case("a table of contents that is lost", lambda p: (p.home / "_toc.yml").unlink(), "plan", "_toc.yml: not found. Restore it"),
    case("a table of contents without a root", lambda p: p.edit("_toc.yml", "root: index\n", ""), "plan", "_toc.yml: root must name the first page"),
    case("a page in the contents that nothing makes", lambda p: p.edit("_toc.yml", "file: 03-price-floor", "file: 03-price-flor"), "plan", "_toc.yml: no page '03-price-flor' is made from book/", "Take it out"),
]  # fmt: skip

HEADER = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes\n"
CONGO = 'COBALT,World Mine Production and Reserves,Cobalt,Congo (Kinshasa),Production,Mine production,metric tons,2025,"230,000",Estimated.,Yes,\n'
WORLD = CONGO.replace("Congo (Kinshasa)", "World total").replace("230,000", "310,000")
SHEET = [
    ["World Bank Commodity Price Data"],
    ["Updated on June 02, 2026"],
    [None, "Copper"],
    [None, "($/mt)"],
    ["2026M04", 9000.5],
]
SIDE = {"countries": {"China": {"2024": 70.2}}, "total": {"2024": 100.0}}
IEA = {"supply": {"Lithium": {"mining": SIDE}}, "totalDemand": {}}
USGS = "ingest usgs {home}/given"


def release(text: str, name: str = "given/MCS2026_Commodities_Data.csv") -> Callable[[Place], None]:
    return lambda p: p.write(name, text)


def link() -> zipfile.ZipInfo:
    found = zipfile.ZipInfo("main.csv")
    found.external_attr = 0o120777 << 16
    return found


def locked(p: Place) -> None:
    """A zip whose member says that it needs a password."""
    p.zip({"main.csv": HEADER.encode()})
    content = bytearray((p.given / "release.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", content, content.index(mark) + offset, 1)
    p.write("given/release.zip", bytes(content))


def cut(p: Place) -> None:
    p.zip({"main.csv": (HEADER + CONGO).encode()})
    p.write("given/release.zip", (p.given / "release.zip").read_bytes()[:-40])


def entities(p: Place) -> None:
    """A workbook whose text grows a thousand million times where it is believed."""
    p.workbook(SHEET)
    with zipfile.ZipFile(p.given / "cmo.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    parts["xl/workbook.xml"] = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><workbook>&l9;</workbook>'.encode()
    )
    p.zip(parts, "given/cmo.xlsx")


RELEASES = [
    case("nothing at that place", nothing, "ingest usgs {home}/no", "there is nothing here", "Give the folder, zip or file"),
    case("an empty folder", lambda p: p.given, USGS, "found no CSV file", "the layout of 2026"),
    case("another table", release("day,price\n1,2\n"), USGS, "not a release this knows", "(day, price", "Nothing was written"),
    case("a column misspelt", release((HEADER + CONGO).replace("Statistics_detail", "Statistic_details")), USGS, 'column "Statistics_detail" (nearest: "Statistic_details") not found'),
    case("a column lost", release((HEADER + CONGO).replace("Value,", "").replace('"230,000",', "")), USGS, 'column "Value"', "not found. The header reads"),
    case("years lost", release(HEADER + CONGO.replace(",2025,", ",,")), USGS, "make it a release of 1; expected 1990 to 2100"),
    case("years gone wild", release(HEADER + CONGO.replace(",2025,", ",9999,")), USGS, "make it a release of 10000", "Check the years"),
    case("two figures for one thing", release(HEADER + CONGO + CONGO.replace("230,000", "1")), USGS, "line 3", "is given twice, as '230,000'", "Remove one of the two lines"),
    case("two releases in one folder", lambda p: (release(HEADER + CONGO)(p), release("Source,Country,Type,Prod_kt_2022\nMCS2024,Peru,Mine production,1\n", "given/mcs2024-zinc_world.csv")(p)), USGS, "more than one release", "one release at a time"),
    case("a release that does not say its year", release("Source,Country,Type,Prod_kt_2022\n,Peru,Mine production,1\n", "given/mcs-zinc_world.csv"), USGS, "should name one release", "found nothing"),
    case("saved as UTF-16 by a spreadsheet", lambda p: p.write("given/main.csv", HEADER.encode("utf-16")), USGS, "main.csv: this is UTF-16", "Save it as UTF-8"),
    case("in no known encoding", lambda p: p.write("given/main.csv", HEADER.encode() + b"\x81\x8d\xff"), USGS, "neither UTF-8 nor Windows-1252"),
    case("a quotation mark that swallows the rest", release(HEADER + CONGO.replace('"230,000"', '"230,000') + WORLD.replace('"', "") * 200), USGS, "MCS2026_Commodities_Data.csv line", "never closed"),
    case("a zip cut short", cut, "ingest usgs {home}/given/release.zip", "release.zip: not readable as a zip", "Download it again"),
    case("a web page called zip", lambda p: p.write("given/release.zip", "<html>not found</html>"), "ingest usgs {home}/given/release.zip", "release.zip: not readable as a zip"),
    case("a zip with a password", locked, "ingest usgs {home}/given/release.zip", "not readable as a zip", "password"),
    case("a zip that climbs out", lambda p: p.zip({"../../evil.csv": b"a"}), USGS, "'../../evil.csv' points outside the archive"),
    case("a zip with a place of its own", lambda p: p.zip({"/etc/evil.csv": b"a"}), USGS, "'/etc/evil.csv' points outside the archive"),
    case("a zip of Windows that climbs out", lambda p: p.zip({"C:\\evil.csv": b"a"}), USGS, "points outside the archive"),
    case("a zip with a link", lambda p: p.zip({link(): b"/etc/passwd"}), USGS, "'main.csv' is a link, not a file"),
    case("a zip that unpacks to far more", lambda p: p.zip({"main.csv": b"0" * 30_000_000}), USGS, "bytes unpack to 30,000,000, which no table does"),
    case("a zip of too many files", lambda p: p.zip({f"{i}.csv": b"" for i in range(5_001)}), USGS, "5,001 files; a release has at most 5,000"),
    case("a correction that cannot be done", lambda p: (p.rows("corrections.csv", lambda t: [t[0], *[[*r[:6], "much", *r[7:]] if r[5] == "scale" else r for r in t[1:]]]), release(HEADER + CONGO.replace("COBALT", "VANADIUM").replace("Cobalt", "Vanadium").replace("Congo (Kinshasa),Production,Mine production", "World total,Reserves,Reserves"))(p)), USGS, "data/corrections.csv MCS2026-01", 'value "much" cannot be done', "Mend the row"),
    case("a rule that is no pattern", lambda p: (p.cell("commodities.csv", "match", "(fused"), release(HEADER + CONGO)(p)), USGS, "data/commodities.csv rule 1", '"(fused" is not a pattern'),
    case("a reference table without its column", lambda p: (p.edit("data/minerals.csv", "iea_name", "iea"), release(HEADER + CONGO)(p)), USGS, "minerals.csv: column iea_name not found"),
    case("a release into a broken package", lambda p: (p.write("data/datapackage.json", "{"), release(HEADER + CONGO)(p)), USGS, "datapackage.json: not readable as JSON"),
    case("an IEA file that is no JSON", release('{"supply": ', "given/iea.json"), "ingest iea {home}/given", "iea.json: not readable as JSON"),
    case("another JSON", release('{"a": 1}', "given/iea.json"), "ingest iea {home}/given", 'a JSON file with "supply"', "found iea.json"),
    case("an IEA figure in words", release(json.dumps(IEA).replace("70.2", '"much"'), "given/iea.json"), "ingest iea {home}/given", "iea.json", "'much' is not a number of thousand tons"),
    case("an IEA figure without end", release(json.dumps(IEA).replace("70.2", "1e999"), "given/iea.json"), "ingest iea {home}/given", "inf is not a number of thousand tons"),
    case("IEA years gone wild", release(json.dumps(IEA).replace("2024", "20240"), "given/iea.json"), "ingest iea {home}/given", "make it a release of 20241"),
    case("JSON nested without end", release("[" * 100_000, "given/iea.json"), "ingest iea {home}/given", "iea.json: not readable as JSON"),
    case("no workbook", release("a,b\n", "given/prices.csv"), "ingest worldbank {home}/given", "looked for one monthly workbook (.xlsx), found none"),
    case("a workbook cut short", lambda p: (p.workbook(SHEET), p.write("given/cmo.xlsx", (p.given / "cmo.xlsx").read_bytes()[:2000])), "ingest worldbank {home}/given", "cmo.xlsx: not readable as a workbook", "Download it again"),
    case("a workbook that is a zip of something else", lambda p: p.zip({"a.txt": b"a"}, "given/cmo.xlsx"), "ingest worldbank {home}/given", "cmo.xlsx: not readable as a workbook"),
    case("another workbook", lambda p: p.workbook(SHEET, "Annual"), "ingest worldbank {home}/given", 'looked for the sheet "Monthly Prices", found Annual'),
    case("a workbook without its date", lambda p: p.workbook([SHEET[0], ["June"], *SHEET[2:]]), "ingest worldbank {home}/given", 'do not say "Updated on'),
    case("a workbook of the 32nd of June", lambda p: p.workbook([SHEET[0], ["Updated on June 32, 2026"], *SHEET[2:]]), "ingest worldbank {home}/given", 'do not say "Updated on'),
    case("a workbook without months", lambda p: p.workbook(SHEET[:4]), "ingest worldbank {home}/given", "begins with a month (1960M01)"),
    case("a workbook without units", lambda p: p.workbook([*SHEET[:3], [None, "dollars"], SHEET[4]]), "ingest worldbank {home}/given", "no row of units"),
    case("a workbook that unpacks to far more", lambda p: p.zip({"xl/workbook.xml": b" " * 20_000_000}, "given/cmo.xlsx"), "ingest worldbank {home}/given", "bytes unpack to 20,000,000"),
    case("a workbook that multiplies itself", entities, "ingest worldbank {home}/given", "cmo.xlsx: not readable as a workbook"),
]  # fmt: skip

CASES = [*DATA, *DESCRIPTOR, *SETTINGS, *BOOK, *RELEASES]


def closed(names: set[str]) -> set[str]:
    """Tables with all those that they refer to, near or far."""
    schemas = {r["name"]: r["schema"] for r in tables.package(HOME / "data")["resources"]}
    references = [k["reference"] for n in names for k in schemas[n].get("foreignKeys", [])]
    references += [f["foreignList"] for n in names for f in schemas[n]["fields"] if "foreignList" in f]
    more = {r["resource"] for r in references if r["resource"]} | names
    return more if more == names else closed(more)


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A checkout in small: the evidence and a little of the releases, the book, and a site that stands."""
    home = tmp_path_factory.mktemp("sound")
    descriptor = json.loads((HOME / "data" / "datapackage.json").read_text(encoding="utf-8"))
    names = closed(KEPT)
    kept = [r for r in descriptor["resources"] if r["name"] in names]
    for path in [*(r["path"] for r in kept), *(r["schema"] for r in kept if isinstance(r["schema"], str))]:
        (home / "data" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / "data" / path, home / "data" / path)
        if path.startswith("minerals/"):
            lines = (home / "data" / path).read_text(encoding="utf-8").splitlines(keepends=True)
            (home / "data" / path).write_text("".join(lines[:100]), encoding="utf-8")
    shutil.copytree(HOME / "data" / "schemas", home / "data" / "schemas", dirs_exist_ok=True)
    (home / "data" / "datapackage.json").write_text(json.dumps(descriptor | {"resources": kept}))
    shutil.copytree(HOME / "book", home / "book", ignore=shutil.ignore_patterns("_static"))
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(HOME / name, home)
    (home / "build" / "html").mkdir(parents=True)
    (home / "build" / "html" / "index.html").write_text("the last good site")
    return home


@pytest.fixture
def place(sound, tmp_path, monkeypatch) -> Place:
    """A copy of it, where the commands work."""
    home = tmp_path / "checkout"
    shutil.copytree(sound, home)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(home / "data"))
    monkeypatch.setattr(build, "root", lambda: home)
    return Place(home)


def digests(home: Path) -> dict[str, str]:
    """A short text for each file of the data and of the site: the same text, the same file."""
    files = [p for part in ("data", "build") for p in sorted((home / part).rglob("*")) if p.is_file()]
    return {p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def answered(command: str, home: Path) -> tuple[int, str]:
    """Exit code and words of `chokepoint …`; "plan" is what a build does before it runs a notebook."""
    if command == "plan":
        return _planned(home)
    result = CliRunner().invoke(main, command.format(home=home).split(" "))
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.exit_code, result.output


def _planned(home: Path) -> tuple[int, str]:
    from chokepoint.errors import UserError

    try:
        settings.require_settings(home, [run.page for run in plan(home / "book", tables.DEFAULT_RELEASE)])
    except UserError as error:
        return 2, str(error)
    return 0, ""


@pytest.mark.parametrize("command", ["check", "plan", "model vault"])
def test_the_copy_that_is_broken_below_is_sound(place, command):
    code, said = answered(command, place.home)
    assert code == 0, said


def rounds() -> list[list[Case]]:
    """All cases, those that break different tables together: one check tells of them all, and takes as long as for one."""
    made: list[list[Case]] = []
    for case in CASES:
        taken = {*case.tables}
        fits = (
            cases
            for cases in made
            if taken and cases[0].tables and not any(taken & {*other.tables} for other in cases)
        )
        if (cases := next(fits, None)) is None:
            made.append(cases := [])
        cases.append(case)
    return made


def round_name(cases: list[Case]) -> str:
    return cases[0].name + (f" and {len(cases) - 1} more" if len(cases) > 1 else "")


@pytest.mark.parametrize("cases", rounds(), ids=round_name)
def test_a_bad_input_is_refused_plainly_and_nothing_is_lost(place, cases):
    """Where several tables are broken, each fault is told in a line of its own, as if it were the only one (see `case_in`)."""
    for broken in cases:
        broken.breaks(place)
    before = digests(place.home)
    code, said = answered(cases[0].command, place.home)
    assert code in (1, 2), said
    missed = {broken.name: [part for part in broken.says if part not in said] for broken in cases}
    assert {name: parts for name, parts in missed.items() if parts} == {}, said
    assert len({_lines_of(broken.says, said) for broken in cases}) == len(cases), said
    if len(cases) > 1:  # no case may borrow another's words
        spread = [broken.name for broken in cases if not _in_one_line(broken.says, said)]
        assert spread == [], said
    assert "Traceback" not in said and "fault of the program" not in said
    assert len(said) < 5_000
    assert digests(place.home) == before


def _lines_of(parts: tuple[str, ...], said: str) -> tuple[int, ...]:
    """The lines that hold most of what a case must be told."""
    held = [sum(part in line for part in parts) for line in said.splitlines()]
    return tuple(i for i, number in enumerate(held) if number == max(held))


def _in_one_line(parts: tuple[str, ...], said: str) -> bool:
    return any(all(part in line for part in parts) for line in said.splitlines())


def test_there_are_cases_enough_and_no_two_alike():
    assert len(CASES) >= 60
    assert len({c.name for c in CASES}) == len(CASES)
    tried = [broken.name for cases in rounds() for broken in cases]
    assert sorted(tried) == sorted(c.name for c in CASES)


# --- what cannot be known before the book is built


@pytest.mark.slow
@pytest.mark.some_of("what cannot be built", 4)
@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (lambda c: c.edit("book/stock.ipynb", "from IPython.display import HTML", "<<<<<<< HEAD\\n1 +* 2 #"), ("book/stock.ipynb",)),
        (lambda c: c.edit("_config.yml", "title: Chokepoint", "title: [Chokepoint"), ("_config.yml line", "not readable as YAML")),
        (lambda c: c.edit("_config.yml", "chokepoint.site.sphinx_extension", "chokepoint.site.pagse"), ("Rendering the pages failed", "pagse")),
        (lambda c: c.edit("_toc.yml", "stock", "stok"), ("_toc.yml: no page 'stok'",)),
        (lambda c: c.edit("book/index.md", "# Small\n", "# Small\n\n[A link](nowhere.md)\n"), ("Rendering the pages failed", "book/index.md", "nowhere")),
        (lambda c: c.edit("book/index.md", "# Small\n", "# Small\n\n[A](evidence.md#vault.exim_lon)\n"), ("vault.exim_lon", "vault.exim_loan")),
        (lambda c: (c.folder / "book/runs.yml").write_text("one.ipynb: 3"), ("book/runs.yml, one.ipynb",)),
        (lambda c: (c.folder / "data/evidence/ledger.csv").unlink(), ("ledger.csv: the file is missing",)),
    ],
    ids=["a notebook that does not compile", "settings", "an extension", "contents", "a link", "a fact", "runs", "data"],
)  # fmt: skip
def test_a_build_that_cannot_be_leaves_the_old_site(small_checkout, breaks, says):
    breaks(small_checkout)
    run = small_checkout.run("build")
    said = run.stdout + run.stderr
    assert run.returncode in (1, 2), said
    assert [part for part in says if part not in said] == [], said
    assert "Traceback" not in said and "fault of the program" not in said
    assert small_checkout.standing.read_text() == "the last good site"


@pytest.mark.parametrize(
    "error, code, said",
    [
        (OSError(28, "No space left on device", "build/x"), 1, "build/x: No space left on device. Make room"),
        (PermissionError(13, "Permission denied", "data/x"), 1, "data/x: Permission denied. Make room"),
        (UserError("This cannot be."), 2, "This cannot be."),
        (ZeroDivisionError("by zero"), 1, "A fault of the program"),
    ],
)
def test_whatever_ends_a_command_is_said_in_a_line_and_told_to_scripts_by_its_code(
    monkeypatch, error, code, said
):
    def fails(*_given, **_how):
        raise error

    monkeypatch.setattr("chokepoint.data.check.require_sound", fails)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == code and said in result.stderr and not result.stdout
