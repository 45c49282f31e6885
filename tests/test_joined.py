"""Rows that are given meet those that stand; whose a figure is, is told by the name printed beside it."""

import pandas as pd
import pytest

from chokepoint.data.ingest import areas, existing, report
from chokepoint.errors import UserError


def frame(**rows: str) -> pd.DataFrame:
    """One key and one value a row: frame(a="1", b="2")."""
    return pd.DataFrame(list(rows.items()), columns=["key", "value"], dtype=str)


def test_rows_given_take_the_place_of_theirs_and_the_others_stay():
    met = existing.joined(frame(a="1", b="9", d="4"), frame(a="1", b="2", c="3", e="5"), ["key"])
    assert (met.new, met.changed, met.same, met.kept) == (1, 1, 1, 2)
    assert met.rows.value.to_dict() == {0: "1", 1: "9", 2: "4", "kept:2": "3", "kept:3": "5"}
    assert met.lines("stock") == [
        "  stock stood already: 1 rows new, 1 rows changed, 1 rows as before",
        "      2 rows are not in what was given and stay (--replace drops them)",
    ]


def test_rows_that_are_not_given_go_where_that_is_asked_for():
    met = existing.joined(frame(a="1", d="4"), frame(a="1", b="2", c="3"), ["key"], replace=True)
    assert met.rows.key.tolist() == ["a", "d"] and met.kept == 2
    assert met.lines("stock")[1].endswith("2 rows are not in what was given and were dropped (--replace)")


def test_a_table_that_is_new_or_wholly_the_same_says_so():
    new = existing.joined(frame(a="1"), None, ["key"])
    assert (new.new, new.kept, new.lines("stock")) == (1, 0, [])
    same = existing.joined(frame(a="1"), frame(a="1"), ["key"])
    assert same.lines("stock") == ["  stock stood already: 1 rows as before"]
    assert same.rows.index.tolist() == [0]


def test_a_table_of_other_columns_is_no_match():
    other = frame(a="1").rename(columns={"value": "amount"})
    with pytest.raises(UserError, match=r"other columns \(amount, value\)"):
        existing.joined(frame(a="1"), other, ["key"])
    with pytest.raises(UserError, match=r"other columns \(their order\)"):
        existing.joined(frame(a="1"), frame(a="1")[["value", "key"]], ["key"])


def test_a_report_counts_what_was_read_kept_and_refused():
    made = report.Report(release="mcs2026")
    tally = made.table("stock")
    for cell in tally.each(["1", "2", "x"]):
        if cell == "x":
            tally.refuse("no number")
        else:
            tally.keep(value=cell)
    assert made.table("stock") is tally and tally.adds_up
    frames = made.frames("mcs2026")
    assert frames["stock"].values.tolist() == [["1", "MCS2026"], ["2", "MCS2026"]]
    assert (made.rows.read, made.rows.kept) == (3, 3) and made.table("none").adds_up
    assert str(made).splitlines()[:4] == [
        "mcs2026",
        "  lines of the files: 3 read = 3 kept + 0 refused",
        "  none: 0 read = 0 kept + 0 refused",
        "  stock: 3 read = 2 kept + 1 refused",
    ]
    assert "      1 × no number" in str(made)
    tally.refuse("twice", 2)
    assert not tally.adds_up and "none" not in made.frames("mcs2026", lines=1) and made.rows.read == 1


PLACES = [
    ("Congo", "COG", "Congo (Brazzaville)", ""),
    ("Peru", "PER", "", "Perú"),
    ("Korea", "KOR", "", ""),
]
COLUMNS = ["name", "iso3", "usgs_names", "iea_names"]
KNOWN = areas.names(pd.DataFrame(PLACES, columns=COLUMNS).assign(state_names=""))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Peru", ("Peru", "country", "PER", "", False)),
        ("PERÚ", ("Peru", "country", "PER", "", False)),
        ("Peru1, 2", ("Peru", "country", "PER", "", False)),
        ("Perue", ("Peru", "country", "PER", "", True)),
        ("Perue 12", ("Peru", "country", "PER", "", True)),
        ("Peru (crude)4", ("Peru", "country", "PER", "crude", False)),
        ("Congo (Brazzaville)", ("Congo", "country", "COG", "", False)),
        ("Peru, quicklime only", ("Peru", "country", "PER", "quicklime only", False)),
        ("Peru, Korea, and Congo", ("Peru, Korea, and Congo", "group", "", "", False)),
        ("Peru and Korea (ore)", ("Peru and Korea", "group", "", "ore", False)),
        ("Peru and Atlantis", ("Peru and Atlantis", "unknown", "", "", False)),
        ("Europe", ("Europe", "group", "", "", False)),
        ("Others (rounded)", ("Other countries", "other", "", "", False)),
        ("Other (ore)", ("Other countries", "other", "", "ore", False)),
        ("World total (rounded)10", ("World", "world", "", "", False)),
        ("World, rutile", ("World", "world", "", "rutile", False)),
        ("Otherland", ("Otherland", "unknown", "", "", False)),
    ],
)
def test_a_printed_area_is_a_country_a_group_the_others_or_the_world(text, place):
    assert tuple(areas.area(text, KNOWN)) == place


def test_a_name_that_is_no_country_is_refused_with_the_nearest():
    said = r'here: area "Pera" is not in data/geography.csv \(nearest: "Peru"\)'
    with pytest.raises(UserError, match=said):
        areas.require_country("Pera", KNOWN, "here")
    assert areas.unknown("Xyz", KNOWN) == 'area "Xyz" is not in data/geography.csv: add its spelling there'
    assert areas.require_country("Peru (ore)", KNOWN, "here") == areas.Area("Peru", "country", "PER")
    assert areas.require_country("World", KNOWN, "here", ("world",)).kind == "world"
    with pytest.raises(UserError):
        areas.require_country("World", KNOWN, "here")
