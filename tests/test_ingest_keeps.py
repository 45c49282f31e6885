"""Ingest keeps what it is not given: a file of a release updates its own rows, and what is missing is said."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import small_data
from click.testing import CliRunner

from chokepoint.cli import main
from chokepoint.data import check
from chokepoint.data.ingest import usgs, worldbank
from chokepoint.data.ingest.package import with_resources
from chokepoint.errors import UserError

PUBLISHED = small_data.HOME.parent / "shared" / "releases"
MAIN, T7 = "MCS2026_Commodities_Data.csv", "MCS2026_T7_Critical_Minerals_Salient.csv"
ONE_OF_EACH = {
    "usgs": ["usgs_mcs2024/world/mcs2024-antim_world.csv", "usgs_mcs2024/salient/mcs2024-tin_salient.csv",
             "usgs_mcs2025/world_data/MCS2025_World_Data.csv", "usgs_mcs2025/industry_trends/MCS2025_T5_Critical_Minerals_Salient.csv",
             f"usgs_mcs2026/{MAIN}", "usgs_mcs2026/MCS2026_Fig2_Net_Import_Reliance.csv", "usgs_mcs2026/MCS2026_T4_Country_Export_Control.csv"],
    "iea": ["iea/iea_critical_minerals_dataset_2025-05_via_barrytho.json"],
    "worldbank": ["worldbank_pinksheet/CMO-Historical-Data-Monthly_2026-06-02.xlsx"],
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return small_data.make(tmp_path_factory.mktemp("small"))


@pytest.fixture
def data(small, tmp_path, monkeypatch) -> Path:
    shutil.copytree(small, tmp_path / "data")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def part(name: str, tmp_path: Path, lines: slice, release: str = "mcs2026") -> Path:
    """Some lines of a file, with its header."""
    header, *rest = (small_data.RELEASES / release / name).read_text(encoding="utf-8").splitlines()
    (tmp_path / name).write_text("\n".join([header, *rest[lines]]) + "\n", encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(
    ("release", "name"),
    [
        ("mcs2026", MAIN),
        ("mcs2026", T7),
        ("mcs2025", "MCS2025_World_Data.csv"),
        ("mcs2025", "mcs2025-tin_salient.csv"),
    ],
)
def test_one_file_of_a_release_leaves_every_other_row_as_it_was(data, release, name):
    before = small_data.contents(data)
    report = usgs.ingest(small_data.RELEASES / release / name, data)
    assert report.release == release
    assert small_data.contents(data) == before
    assert check.check(data) == []
    assert "tables left as they were, since no file of them was given: " in str(report)


def test_the_tables_that_a_file_is_not_of_are_named(data):
    report = usgs.ingest(small_data.RELEASES / "mcs2026" / MAIN, data)
    assert report.untouched == ["critical_list", "headline"] and not report.missing


@pytest.mark.parametrize("lines", [slice(None, 52), slice(52, None), slice(20, 30), slice(-1, None)], ids=str)
def test_half_a_file_deletes_nothing(data, tmp_path, lines):
    before = small_data.contents(data)
    report = usgs.ingest(part(MAIN, tmp_path, lines), data)
    assert small_data.contents(data) == before
    assert "rows are not in what was given and stay" in str(report)


def test_a_figure_that_is_given_anew_takes_the_place_of_its_own_and_of_no_other(data, tmp_path):
    path = part(MAIN, tmp_path, slice(None))
    path.write_text(
        path.read_text(encoding="utf-8").replace('2025,"33,000"', '2025,"34,000"'), encoding="utf-8"
    )
    before = small_data.contents(data)
    report = usgs.ingest(path, data)
    after = small_data.contents(data)
    assert [name for name in before if before[name] != after[name]] == ["minerals/mcs2026/production.csv"]
    old, new = (c["minerals/mcs2026/production.csv"].decode().splitlines() for c in (before, after))
    assert [line.split(",")[5:9] for line in new if line not in old] == [
        ["Peru", "country", "PER", "2025"]
    ] and len(old) == len(new)
    assert "production stood already: 1 rows changed, 33 rows as before" in str(report)


def test_rows_that_are_not_given_go_only_where_that_is_asked_for(data, tmp_path):
    path = part(MAIN, tmp_path, slice(0, 18))  # the reserves of rare earths
    report = usgs.ingest(path, data, replace=True)
    assert "were dropped (--replace)" in str(report)
    left = {r["mineral"] for r in small_data.rows(data / "minerals/mcs2026/reserves.csv")}
    assert left == {"rare_earths"}
    assert (data / "minerals/mcs2026/production.csv").exists() and (
        data / "minerals/mcs2026/headline.csv"
    ).exists()


def test_a_new_release_says_which_tables_it_lacks_and_a_later_file_fills_them(data, tmp_path):
    shutil.rmtree(data / "minerals/mcs2026")
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if not r["path"].startswith("minerals/mcs2026/")]
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    first = usgs.ingest(small_data.RELEASES / "mcs2026" / T7, data)
    assert first.missing == ["prices", "production", "reserves", "salient"]
    assert "tables missing, which the release before has: prices, production, reserves, salient" in str(first)
    second = usgs.ingest(small_data.RELEASES / "mcs2026" / MAIN, data)
    assert not second.missing and second.untouched == ["headline"]
    assert check.check(data) == []


def test_a_ranking_of_sources_takes_no_place_of_shares_that_stand(data, tmp_path):
    (tmp_path / "MCS2026_Fig2.csv").write_text(
        "Source,Import_Share_Order,Commodity,Net_Import_Reliance_pct_2025,Major_Import_Sources_2021_24,Notes\n"
        'MCS2026,1,TIN,77,"Peru, Bolivia, Indonesia",\n',
        encoding="utf-8",
    )
    shares = data / "minerals/mcs2026/import_sources.csv"
    before = shares.read_bytes()
    usgs.ingest(
        tmp_path / "MCS2026_Fig2.csv", data
    )  # of it the reliance is kept, which no other table of the release has
    assert shares.read_bytes() == before


def test_a_file_that_no_table_is_read_from_is_refused_and_not_called_read(data, tmp_path):
    (tmp_path / "MCS2026_Fig4.csv").write_text(
        "source,year,commodity_category,value_billion_dollars\nMCS2026,2025,metals,38.1\n"
    )
    with pytest.raises(UserError, match="not a release this knows"):
        usgs.ingest(tmp_path / "MCS2026_Fig4.csv", data)


def test_a_part_of_the_file_without_its_newest_year_is_of_the_release_that_its_name_gives(data, tmp_path):
    path = part(MAIN, tmp_path, slice(None))
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join(line for line in lines if not re.search(r",2025,", line)) + "\n", encoding="utf-8"
    )
    before = small_data.contents(data)
    assert usgs.ingest(path, data).release == "mcs2026"
    assert small_data.contents(data) == before


# --- the data package


def test_a_number_of_the_data_package_stays_as_it_is_written_and_a_table_where_it_is():
    text = '{\n  "resources": [\n    {\n      "name": "b"\n    },\n    {\n      "name": "a"\n    }\n  ],\n  "least": 0.000000001\n}\n'
    assert with_resources(text, [{"name": "a"}]) == text
    assert [r["name"] for r in json.loads(with_resources(text, [{"name": "aa"}]))["resources"]] == [
        "b",
        "a",
        "aa",
    ]


def test_the_same_prices_given_twice_change_no_byte(data, tmp_path):
    from test_ingest import pink_sheet

    text = (data / "datapackage.json").read_text(encoding="utf-8")
    (data / "datapackage.json").write_text(
        text.replace('"resources": [', '"least": 0.000000001,\n  "resources": [', 1), encoding="utf-8"
    )
    worldbank.ingest(pink_sheet(tmp_path / "cmo.xlsx"), data)
    before = small_data.contents(data)
    worldbank.ingest(pink_sheet(tmp_path / "cmo.xlsx"), data)
    assert small_data.contents(data) == before
    assert "0.000000001" in (data / "datapackage.json").read_text(encoding="utf-8")


# --- the releases as published


@pytest.mark.slow
@pytest.mark.published
def test_one_file_of_each_release_as_published_deletes_nothing(tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(small_data.DATA, data)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    before = small_data.contents(data)
    for command, names in ONE_OF_EACH.items():
        for name in names:
            result = CliRunner().invoke(main, ["ingest", command, str(PUBLISHED / name)])
            assert result.exit_code == 0, result.output
            assert small_data.contents(data) == before, name
    assert check.check(data) == []


@pytest.mark.slow
@pytest.mark.published
@pytest.mark.parametrize("half", [0, 1])
def test_half_of_each_release_as_published_deletes_nothing(tmp_path, half):
    data = tmp_path / "data"
    shutil.copytree(small_data.DATA, data)
    before = small_data.contents(data)
    for release in ("mcs2024", "mcs2025", "mcs2026"):
        with zipfile.ZipFile(tmp_path / f"{release}.zip", "w") as archive:
            for path in sorted((PUBLISHED / f"usgs_{release}").rglob("*.csv")):
                header, *lines = path.read_bytes().splitlines(keepends=True)
                middle = len(lines) // 2
                archive.writestr(path.name, header + b"".join(lines[middle:] if half else lines[:middle]))
        usgs.ingest(tmp_path / f"{release}.zip", data)
    assert small_data.contents(data) == before
