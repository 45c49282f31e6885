"""A release is entered in the lists of releases and sources once, in its place, and nothing else changes."""

from pathlib import Path

import pandas as pd
import pytest

from chokepoint.data.ingest import register
from chokepoint.errors import UserError

RELEASES = "release,title,publisher,url,license,next_release,source_id\n"
SOURCES = "source_id,publisher,title,date,url,kind,viewpoint,read_as,reliability\n"
NONE = pd.DataFrame(columns=["release"])


@pytest.fixture
def data(tmp_path) -> Path:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "releases.csv").write_text(RELEASES + "iea2025,A,,,,,\nmcs2028,B,,,,,\n")
    (tmp_path / "evidence" / "sources.csv").write_text(SOURCES + "S001,A,,,,,,,\n")
    return tmp_path


def added(data: Path, release: str, releases: pd.DataFrame = NONE) -> dict[str, str]:
    """What is written, file → text."""
    made = register.additions(release, releases, data)
    return {path.relative_to(data).as_posix(): text for path, text in made.items()}


def test_a_new_release_gets_a_row_in_both_lists_in_the_order_of_their_keys(data):
    files = added(data, "mcs2027")
    lines = files["releases.csv"].splitlines()
    assert [line.split(",")[0] for line in lines] == ["release", "iea2025", "mcs2027", "mcs2028"]
    assert "USGS Mineral Commodity Summaries 2027 data release,U.S. Geological Survey" in lines[2]
    assert lines[2].endswith(",MCS2027")
    lines = files["evidence/sources.csv"].splitlines()
    assert [line.split(",")[0] for line in lines] == ["source_id", "MCS2027", "S001"]
    assert ",2027,https" in lines[1] and ",dataset,US government statistical agency,original," in lines[1]
    assert lines[1].endswith("Read in full by machine as published; public domain")
    assert (data / "releases.csv").read_text().count("\n") == 3  # nothing is written yet


def test_only_the_list_that_lacks_the_release_is_written(data):
    assert set(added(data, "mcs2028")) == {"evidence/sources.csv"}
    (data / "evidence" / "sources.csv").write_text(SOURCES + "MCS2028,A,,,,,,,\n")
    assert added(data, "mcs2028") == {}
    (data / "releases.csv").unlink()
    assert added(data, "mcs2029").keys() == {"evidence/sources.csv"}  # a list that is not there is not made


def test_what_is_known_of_a_release_by_hand_is_more_than_what_its_family_says(data):
    cells = {"title": "T", "publisher": "P", "url": "u", "license": "Etalab-2.0", "next_release": "n"}
    known = pd.DataFrame([{"release": "mcs2026", "title": "other"}, {"release": "mcs2027"} | cells])
    assert register.about("mcs2027", known)["title"] == "T"
    source = register.source("mcs2027", known)
    assert (source["title"], source["publisher"], source["date"]) == ("T", "P", "2027")
    assert source["reliability"].endswith("; Etalab 2.0")
    relay = register.source("customs2025-10", NONE)
    assert (relay["date"], relay["read_as"], relay["source_id"]) == ("2025-10", "relay", "CUSTOMS2025-10")
    assert relay["reliability"].startswith("Own compilation") and relay["reliability"].endswith("; CC BY 4.0")


def test_a_row_is_added_at_its_place_and_no_other_line_changes():
    text = "id,title\r\nb,B\r\nd,D\r\n"
    assert register.with_row(text, {"id": "a"}) == "id,title\r\na,\nb,B\r\nd,D\r\n"
    assert register.with_row(text, {"id": "e", "title": "E"}).endswith("d,D\r\ne,E\n")
    assert register.with_row(text, {"id": "d", "title": "another"}) == text
    for odd in ("", "name,id\n"):
        with pytest.raises(UserError, match="a header with its key first is expected"):
            register.with_row(odd, {"id": "a"})


def test_a_list_that_is_not_utf_8_is_refused(data):
    (data / "releases.csv").write_bytes(RELEASES.encode() + "côte".encode("cp1252"))
    with pytest.raises(UserError, match=r"releases.csv: is not UTF-8 \(byte \d+\)"):
        added(data, "mcs2027")


def test_each_family_says_what_its_source_needs_and_its_name_is_told_from_its_stamp():
    for family, row in register.FAMILIES.items():
        assert {"title", "publisher", "url", "license", "viewpoint", "next_release"} <= set(row), family
        assert "{stamp}" in row["title"] and register.parts(f"{family}2026-03") == (family, "2026-03")
