"""The data package is valid by its standard's own tool, says what every number is, and takes next year's release as it comes."""

import json
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner
from sampled import of_each

from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.data.ingest import register
from chokepoint.data.ingest.package import LICENSES

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[1]
DATA = HOME / "data"
LATEST = HOME.parent / "shared" / "releases" / "usgs_mcs2026"
RESOURCES = tables.package(DATA)["resources"]
NUMBERS = ("number", "integer", "year")
# In the layout of 2026: enough of a release to go by where the published one is not at hand.
SMALL = """\
MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes
COBALT,World Mine Production and Reserves,Cobalt,Congo (Kinshasa),Production,Mine production,metric tons,2025,"230,000",Estimated.,Yes,
COBALT,World Mine Production and Reserves,Cobalt,World total,Production,Mine production: rounded,metric tons,2025,"310,000",Estimated.,Yes,
COBALT,World Mine Production and Reserves,Cobalt,Congo (Kinshasa),Reserves,Reserves,metric tons,2025,"6,000,000",,Yes,
COBALT,Salient Statistics—United States,Cobalt,United States,Net import reliance,Net import reliance,percent,2025,79,Estimated.,Yes,
"""


# --- valid, and complete


@pytest.mark.slow
def test_the_standards_own_tool_finds_no_fault():
    """Metadata, types, constraints, primary and foreign keys; of a table that comes with releases, that of one, drawn.

    Every week those of all releases.
    """
    from frictionless import Package

    package = Package(str(DATA / "datapackage.json"))
    read = {r["name"] for r in of_each("tables for the standard's tool", RESOURCES, with_others)}
    for resource in RESOURCES:
        if resource["name"] not in read:
            package.remove_resource(resource["name"])
    report = package.validate()
    faults = [error.message for error in report.errors]
    faults += [f"{task.name}: {error.message}" for task in report.tasks for error in task.errors]
    assert report.valid, "\n".join(faults[:20])
    assert len(report.tasks) == len(read) + len(tables.package(DATA)["files"])


def with_others(resource: dict) -> str:
    """What the tables that come with releases are alike by: the name of the table."""
    path = Path(resource["path"])
    return path.name if path.parts[0] == "minerals" else resource["name"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r["name"])
def test_every_table_says_what_it_holds_whence_and_under_which_licence(resource):
    assert resource.get("title") and resource.get("description")
    assert resource["sources"] and all(source["title"] for source in resource["sources"])
    assert resource["licenses"] and all(licence in LICENSES.values() for licence in resource["licenses"])
    assert resource["schema"]["primaryKey"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r["name"])
def test_every_column_has_a_meaning_and_every_number_a_unit(resource):
    for field in resource["schema"]["fields"]:
        assert field.get("title") and field.get("description"), field["name"]
        if field["type"] in NUMBERS:
            assert field.get("unit"), f"{field['name']}: a number needs a unit, or to say that it counts"
        if field.get("unit", "").startswith(("see column", "as in the column")):
            assert "unit" in [f["name"] for f in resource["schema"]["fields"]], field["name"]


def test_every_release_says_how_the_next_one_is_got():
    told = {r["release"]: r["next_release"] for r in tables.load("releases").to_dict("records")}
    for resource in RESOURCES:
        if resource["path"].startswith("minerals/"):
            assert resource["updates"] == told[resource["path"].split("/")[1]]


def test_the_keys_of_comparison_are_columns_of_their_table():
    compared = [r["schema"] for r in RESOURCES if "comparison" in r["schema"]]
    assert compared
    for schema in compared:
        named = {f["name"] for f in schema["fields"]}
        assert {c for part in ("same", "label", "at") for c in schema["comparison"][part]} <= named


def test_every_csv_is_declared_and_every_declared_one_is_there():
    on_disk = {p.relative_to(DATA).as_posix() for p in DATA.rglob("*.csv")}
    assert on_disk == {r["path"] for r in RESOURCES}


# --- next year


def shifted(text: str) -> str:
    """The same release a year later: every year and every period moved by one.

    >>> shifted("2021–24 and 2025_estimated, 12025, 2026-03")
    '2022–25 and 2026_estimated, 12025, 2027-03'
    """

    def moved(found: re.Match) -> str:
        year, dash, end = int(found[1]), found[2] or "", found[3] or ""
        return f"{year + 1}{dash}{int(end) + 1 if end and int(end) > year % 100 else end}"

    return re.sub(r"(?<!\d)(20[12]\d)(?:([–_-])(\d\d)(?![\d-]))?(?!\d)", moved, text)


@pytest.fixture(scope="module", params=["small", pytest.param("published", marks=pytest.mark.published)])
def next_year(request, tmp_path_factory) -> tuple[Path, str]:
    """A copy of the data folder into which a made-up MCS 2027 was ingested, and what ingest said: of one mineral, and of all that is published.

    Its misprints are those of 2026, and their corrections were made again; figures that moved on by a year differ from those of the
    same year, so that the largest swings are accepted by name.
    """
    home = tmp_path_factory.mktemp("next")
    data, release = home / "data", home / "release"
    shutil.copytree(DATA, data)
    fixes = (data / "corrections.csv").read_text(encoding="utf-8").splitlines()
    again = [
        line.replace("MCS2026-", "MCS2027-", 1).replace(",mcs2026,", ",mcs2027,", 1)
        for line in fixes
        if line.startswith("MCS2026-")
    ]
    again = [
        line.replace("year=2024,year,set,2025", "year=2025,year,set,2026").replace(
            "signed=2025", "signed=2026"
        )
        for line in again
    ]
    (data / "corrections.csv").write_text("\n".join([*fixes, *again]) + "\n", encoding="utf-8")
    release.mkdir()
    small = request.param == "small"
    files = (
        {"MCS2026_Commodities_Data.csv": SMALL.encode("cp1252")}
        if small
        else {p.name: p.read_bytes() for p in LATEST.glob("*.csv")}
    )
    for name, content in files.items():
        code = "cp1252" if name.endswith("Commodities_Data.csv") else "utf-8"
        (release / name.replace("2026", "2027")).write_bytes(shifted(content.decode(code)).encode(code))
    accepted = ("production.value", "reserves.value", "reserves.year", "salient.value", "prices.value")
    options = [part for column in accepted if not small for part in ("--accept", column)]
    return data, chokepoint(data, "ingest", "usgs", str(release), *options)


def chokepoint(data: Path, *arguments: str) -> str:
    """`chokepoint …` on a data folder, in this process, which has imported it."""
    with mock.patch.dict(os.environ, {"CHOKEPOINT_DATA": str(data)}):
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_next_years_release_goes_in_without_code_and_leaves_a_sound_package(next_year):
    data, said = next_year
    assert said.startswith("mcs2027") and "entered in data/evidence/sources.csv" in said
    assert "tables are sound" in chokepoint(data, "check")


def test_next_years_release_touches_no_other_row(next_year):
    data, _ = next_year
    for name in ("releases.csv", "evidence/sources.csv"):
        before, after = ((folder / name).read_text(encoding="utf-8").splitlines() for folder in (DATA, data))
        added = [line for line in after if line not in before]
        assert len(added) == 1 and "2027" in added[0]
        assert [line for line in after if line in before] == before
    changed = ("releases.csv", "sources.csv", "datapackage.json", "corrections.csv", "known_exceptions.csv")
    same = [p for p in DATA.rglob("*") if p.is_file() and p.name not in changed]
    assert all(p.read_bytes() == (data / p.relative_to(DATA)).read_bytes() for p in same)
    old = {r["name"]: r for r in json.loads((DATA / "datapackage.json").read_text())["resources"]}
    new = {r["name"]: r for r in json.loads((data / "datapackage.json").read_text())["resources"]}
    assert all(new[name] == old[name] for name in old)
    assert {name.partition("-")[0] for name in new.keys() - old.keys()} == {"mcs2027"}


@pytest.mark.slow
def test_facts_can_be_asked_at_next_years_release_and_compared(next_year, some_parts):
    data, _ = next_year
    known = json.loads(chokepoint(data, "facts", "--release", "mcs2027", "--json"))
    assert {"vault.exim_loan"} < {fact["fact_id"] for fact in known}
    assert chokepoint(data, "diff", "mcs2026", "mcs2027").startswith("mcs2026 → mcs2027")


def test_a_row_that_is_there_is_never_overwritten():
    text = "source_id,title\nMCS2026,mine\nMCS2028,later\n"
    assert register.with_row(text, {"source_id": "MCS2026", "title": "other"}) == text
    assert (
        register.with_row(text, {"source_id": "MCS2027", "title": "next"}).splitlines()[2] == "MCS2027,next"
    )
