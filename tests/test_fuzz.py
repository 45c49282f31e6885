"""Whatever is handed to the readers and the checks gives a result or a plain message, and nothing is written by halves."""

import io
import json
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
import sampled
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from sampled import everything

from chokepoint.data import check, tables
from chokepoint.data.ingest import iea, usgs, worldbank
from chokepoint.errors import UserError

DATA = Path(__file__).resolve().parents[1] / "data"
pytestmark = pytest.mark.slow
REFERENCE = ("minerals", "commodities", "geography", "corrections", "releases")


def examples(number: int):
    """Try so many examples, others each time, every week; otherwise a sixth, drawn by the seed (see `sampled`)."""
    how = settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        max_examples=number if everything() else number // 6,
        print_blob=True,  # how to see the same again where no seed was given
    )
    return how if everything() else lambda test: seed(sampled.seed())(how(test))


WORLD, SALIENT = "World Mine Production and Reserves", "Salient Statistics—United States"
# A few lines of each layout, as USGS prints them.
LONG = f"""\
MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes
COBALT,{WORLD},Cobalt,Congo (Kinshasa),Production,Mine production,metric tons,2025,"230,000",Estimated.,Yes,
COBALT,{WORLD},Cobalt,World total,Reserves,Reserves: rounded,metric tons,2025,"6,000,000",,Yes,
COBALT,{SALIENT},Cobalt,United States,Price,"Price, average annual, spot: dollars per pound",dollars per pound,2025,20,Estimated.,Yes,
COBALT,Import Sources,Cobalt,Norway,Import Sources,All,percent,2021–24,100,,Yes,
VANADIUM,{WORLD},Vanadium,World total,Reserves,Reserves: rounded,metric tons,2025,"21,000",,Yes,
"""
WIDE = """\
SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,RESERVES_2024,RESERVE_NOTES
MCS2025,Cobalt,Congo (Kinshasa),"Mine production, contained cobalt",metric tons,175000,220000,,6000000,
MCS2025,Cobalt,World total (rounded),"Mine production, contained cobalt",,238000,290000,,11000000,
"""
SMALL = (
    "Source,Country,Type,Prod_kt_2022,Prod_kt_Est_2023,Prod_notes\nMCS2024,Peru,Mine production,1370,1400,\n"
)
FIGURES = (
    "DataSource,Commodity,Year,USprod_kt,Imports_kt,NIR_pct,Price_ctslb\nMCS2024,Zinc,2022,761,700,76,190\n"
)


def further_tables(year: int) -> dict[str, str]:
    """The further tables of the release of a year: its figures are of the year before, its import sources of four years."""
    last = year - 1
    return {
        "T4.csv": f"Country,Control_Type,Commodity_Year,Data_source\nGabon,Export ban,Manganese ore ({last}).,https://example.org\n",
        "T5.csv": f"Country,Agreement,Signing_date,Signing_date,Focus_area,Source\nAustralia,Framework,20-Oct-{last % 100},{last}-10-20,Mining.,\n",
        "T6.csv": "Critical_mineral,Primary_applications,Category_note\nCobalt,Batteries,\n",
        "T7.csv": f"Critical_mineral,Year,Primary_prod,Leading_source_country,World_total_prod\nCobalt,{last},300,Congo (Kinshasa),310000\n",
        "F3.csv": f'Commodity,Import_share_order,Major_Import_Sources_{last - 4}_{(last - 1) % 100},Notes\nCobalt,1,"Norway, Finland",\n',
    }


LAYOUTS = {
    "long": {"MCS2026_Commodities_Data.csv": LONG, **further_tables(2026)},
    "wide": {"MCS2025_World_Data.csv": WIDE, "MCS2025_zinc_salient.csv": FIGURES, **further_tables(2025)},
    "small": {"mcs2024-zinc_world.csv": SMALL, "mcs2024-zinc_salient.csv": FIGURES, **further_tables(2024)},
}
HOSTILE = [
    *(
        "",
        " ",
        "W",
        "—",
        "-",
        "nan",
        "inf",
        "1e999",
        "9" * 400,
        "²",
        "٢٠٢٥",
        "2025",
        "2025.0",
        "1e3",
        "+1",
        " 1",
        "1_0",
        "2026-2-4",
        "TRUE",
    ),
    *("=1+1", "<script>", "\x00", "\u202e", '"', ",", "\n", "\r", "{0}", "NA", "null", "x" * 500),
]
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12))


@st.composite
def mangled(draw, text: str) -> bytes:
    """A table with some of its pieces replaced, doubled or left out, and perhaps some of its bytes."""
    pieces = text.replace("\n", ",\n,").split(",")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(pieces) - 1))
        pieces[at : at + 1] = draw(
            st.sampled_from([[], [pieces[at]] * 2, [draw(words)], [draw(words), pieces[at]]])
        )
    content = ",".join(pieces).replace(",\n,", "\n").encode("utf-8", "replace")
    if draw(st.booleans()):
        return content
    at = draw(st.integers(0, len(content)))
    return content[:at] + draw(st.binary(max_size=6)) + content[at + draw(st.integers(0, 40)) :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A data folder with the reference tables and one release, and room beside it."""
    home = tmp_path_factory.mktemp("fuzz")
    (home / "data").mkdir()
    for name in REFERENCE:
        shutil.copy(DATA / f"{name}.csv", home / "data")
    shutil.copytree(DATA / "schemas", home / "data" / "schemas")
    return home


def offered(ingest, home: Path, files: dict[str, bytes]) -> None:
    """Ingest files; a plain refusal leaves every byte of the data folder, a success leaves nothing half done."""
    given_, data = home / "given", home / "data"
    shutil.rmtree(given_, ignore_errors=True)
    shutil.rmtree(data / "minerals", ignore_errors=True)
    (data / "datapackage.json").unlink(missing_ok=True)
    shutil.copy(DATA / "releases.csv", data)
    given_.mkdir()
    for name, content in files.items():
        (given_ / name).write_bytes(content)
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    try:
        report = ingest(given_ if len(files) > 1 else given_ / next(iter(files)), data)
    except UserError as refusal:
        assert str(refusal) and len(str(refusal)) < 20_000
        assert before == {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    else:
        assert all(tally.adds_up for tally in report.tables.values()), report
        entered = {
            r["path"]
            for r in json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["resources"]
        }
        assert entered == {p.relative_to(data).as_posix() for p in (data / "minerals").rglob("*.csv")}
    assert not [p for p in data.rglob("*") if p.name.endswith(".new") or p.name.startswith(".")]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layouts_that_are_mangled_here_are_read_when_they_are_not(folder, layout):
    offered(usgs.ingest, folder, {name: text.encode() for name, text in LAYOUTS[layout].items()})
    assert (folder / "data" / "datapackage.json").exists()


@pytest.mark.parametrize("layout", LAYOUTS)
@examples(60)
@given(chosen=st.data())
def test_a_mangled_usgs_release_is_read_or_refused(folder, layout, chosen):
    files = {name: text.encode() for name, text in LAYOUTS[layout].items()}
    name = chosen.draw(st.sampled_from(sorted(files)))
    offered(usgs.ingest, folder, files | {name: chosen.draw(mangled(LAYOUTS[layout][name]))})


@examples(40)
@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.zip", "a.json", "a.xlsx"]))
def test_any_bytes_are_read_or_refused(folder, content, name):
    for reader in (usgs, iea, worldbank):
        offered(reader.ingest, folder, {name: content})


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@st.composite
def damaged(draw, content: bytes) -> bytes:
    at = (
        draw(st.integers(0, 10**6)) * len(content) // 10**6
    )  # a packed file is not of one length: it holds the time it was made
    return content[:at] + draw(st.binary(max_size=8)) + content[at + draw(st.integers(0, 60)) :]


@examples(40)
@given(content=damaged(packed({name: text.encode() for name, text in LAYOUTS["long"].items()})))
def test_a_damaged_zip_is_read_or_refused(folder, content):
    offered(usgs.ingest, folder, {"release.zip": content})


series = {"2024": 1.5, "STEPS": {"2030": 2.0}}
side = {"countries": {"China": {"2024": 70.2}, "Chile": {"2024": 1}}, "total": {"2024": 100.0}}
total = {"2024": 3.0, "STEPS": {"2030": 4.0}}
demand = {
    "sectors": {"Electric vehicles": series},
    "totalClean": series,
    "otherUses": series,
    "totalDemand": total,
}
IEA = {"supply": {"Lithium": {"mining": side, "refining": side}}, "totalDemand": {"Lithium": demand}}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda x: st.lists(x, max_size=3) | st.dictionaries(words, x, max_size=3),
)


@st.composite
def disturbed(draw, value):
    """A JSON value with one of its parts replaced by anything, or its key by another."""
    if not isinstance(value, dict) or not value or draw(st.integers(0, 4)) == 0:
        return draw(anything)
    key = draw(st.sampled_from(sorted(value)))
    changed = draw(disturbed(value[key]))
    return {
        (draw(words) if draw(st.integers(0, 9)) == 0 else k) if k == key else k: changed if k == key else v
        for k, v in value.items()
    }


@examples(80)
@given(content=disturbed(IEA))
def test_a_disturbed_iea_file_is_read_or_refused(folder, content):
    offered(iea.ingest, folder, {"iea.json": json.dumps(content).encode("utf-8", "replace")})


ROWS = [["World Bank Commodity Price Data"], ["Updated on June 02, 2026"], [None, "Crude oil, average", "Copper", "Platinum"],
        [None, "($/bbl)", "($/mt)", "($/troy oz)"], ["2026M04", 99.0, 9000.5, "…"], ["2026M05", 100.0, 9100, 1500.0]]  # fmt: skip
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
    st.dates(),
)


@examples(40)
@given(chosen=st.data())
def test_a_disturbed_pink_sheet_is_read_or_refused(folder, chosen):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Monthly Prices"
    for row in ROWS:
        page.append(row)
    for _ in range(chosen.draw(st.integers(1, 3))):
        value = chosen.draw(cells)
        at = chosen.draw(st.integers(1, 7)), chosen.draw(st.integers(1, 5))
        if isinstance(value, str) and openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.search(value):
            continue  # a workbook cannot hold a control character; openpyxl would leave half of it in the cell
        with suppress(ValueError):
            page.cell(*at).value = value
    made = io.BytesIO()
    book.save(made)
    content = made.getvalue() if chosen.draw(st.booleans()) else chosen.draw(damaged(made.getvalue()))
    offered(worldbank.ingest, folder, {"cmo.xlsx": content})


# --- the checks

FIELDS = [
    {"name": "source_id", "type": "string", "constraints": {"required": True, "pattern": "S\\d"}},
    {"name": "country", "type": "string"},
    {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "year", "type": "integer"},
    {"name": "day", "type": "date"},
    {"name": "month", "type": "yearmonth"},
    {"name": "known", "type": "boolean"},
    {"name": "kind", "type": "string", "constraints": {"enum": ["mine", "refinery"]}},
    {"name": "also", "type": "string", "foreignList": {"resource": "", "fields": "source_id"}},
]
TABLE = (
    "source_id,country,share,year,day,month,known,kind,also\n"
    "S1,Peru,12.5,2025,2026-02-04,2026-02,true,mine,S2\nS2,Chile,69.23,2025,,,false,,S1;S2\nS3,,,,,,,,\n"
)
PACKAGE = {
    "resources": [
        {"name": "shares", "path": "shares.csv", "schema": {"fields": FIELDS, "primaryKey": "source_id"}}
    ]
}


@examples(200)
@given(content=mangled(TABLE) | st.binary(max_size=200))
def test_a_mangled_table_is_sound_and_loads_or_its_faults_are_listed(tmp_path_factory, content):
    data = tmp_path_factory.mktemp("data")
    (data / "datapackage.json").write_text(json.dumps(PACKAGE))
    (data / "shares.csv").write_bytes(content)
    faults = check.check(data)
    assert all(fault.file == "shares.csv" and fault.message for fault in faults)
    if not faults:
        assert len(tables._read(data, "shares", None))


@examples(100)
@given(descriptor=disturbed(PACKAGE | {"resources": {"0": PACKAGE["resources"][0]}}) | anything)
def test_a_disturbed_descriptor_is_used_or_refused(tmp_path_factory, descriptor):
    if isinstance(descriptor, dict) and isinstance(descriptor.get("resources"), dict):
        descriptor = descriptor | {"resources": list(descriptor["resources"].values())}
    data = tmp_path_factory.mktemp("data")
    (data / "datapackage.json").write_bytes(json.dumps(descriptor).encode("utf-8", "replace"))
    (data / "shares.csv").write_text(TABLE)
    try:
        check.check(data)
    except UserError as refusal:
        assert "datapackage.json" in str(refusal)
