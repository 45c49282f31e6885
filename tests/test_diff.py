"""What changed between two releases: the world and the publisher's mind, not the labels."""

import json
import math
from collections import Counter

import pytest
from click.testing import CliRunner

from chokepoint.analysis import difference as differ
from chokepoint.analysis import facts
from chokepoint.analysis.difference import _pairs, _Series
from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.pages import changes as told

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def changes() -> dict:
    return differ.diff("mcs2025", "mcs2026")


@pytest.fixture(scope="module")
def earlier() -> dict:
    return differ.diff("mcs2024", "mcs2025")


def only(rows: list[dict], **wanted) -> dict:
    """The one row that has all of `wanted`."""
    found = [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def series(statistic: str, detail: str, **years: float) -> _Series:
    return _Series(
        ("cobalt", statistic),
        ("Cobalt", detail),
        {(y,): {"year": int(y[1:]), "reading": v} for y, v in years.items()},
    )


# --- what it says ---


def test_reliance_on_rare_earths_in_2024_was_revised_from_80_to_53(changes):
    row = only(
        changes["tables"]["salient"],
        mineral="rare_earths",
        statistic="net_import_reliance",
        detail="compounds and metals",
        year=2024,
    )
    assert (row["change"], row["old"], row["new"], row["unit"], row["reason"]) == (
        "revised",
        80,
        53,
        "percent",
        "revised by the publisher",
    )
    fact = only(changes["facts"], fact_id="rare_earths.reliance_2024")
    assert (fact["old"], fact["new"], fact["reason"]) == ("80%", "53%", "revised by the publisher")
    assert (fact["move"], fact["revision"], fact["new_year"]) == (-27, -27, 0)


def test_brazils_reserves_fell_because_a_later_version_superseded_the_reading(changes):
    row = only(changes["tables"]["reserves"], mineral="rare_earths", area="Brazil")
    assert (row["old"], row["new"]) == (21e6, 11e6)
    assert row["reason"].startswith("superseded reading, correction MCS2026-02: Version 1.3")
    fact = only(changes["facts"], fact_id="rare_earths.reserves_brazil")
    assert (fact["old"], fact["new"]) == ("21 million tonnes", "11 million tonnes")
    assert "MCS2026-02" in fact["reason"]


def test_vietnams_rare_earth_reserves_were_cut_a_release_earlier(earlier):
    row = only(earlier["tables"]["reserves"], mineral="rare_earths", area="Vietnam")
    assert (row["old"], row["new"], row["reason"]) == (22e6, 3.5e6, "revised by the publisher")


def test_chinas_share_of_mined_rare_earths_fell_by_revision_and_rose_with_the_new_year(earlier, changes):
    fact = only(earlier["facts"], fact_id="rare_earths.china_mined")
    assert (fact["old"], fact["restated"], fact["new"]) == ("68.57%", "67.82%", "69.23%")
    assert (
        fact["reason"] == "2023 revised, then a new year (2023 → 2024)"
        and fact["revision"] < 0 < fact["new_year"]
    )
    assert not [f for f in changes["facts"] if f["fact_id"] == "rare_earths.china_mined"], (
        "it stayed at 69.23% the year after"
    )


def share(release: str, mineral: str, area: str, year: int, detail: str = "") -> float:
    """Output over the printed world total [%], from the table of the release and nothing else."""
    table = tables.load("production", release).fillna({"detail": ""})
    rows = table[
        (table.mineral == mineral) & (table.stage == "mine") & (table.detail == detail) & (table.year == year)
    ]
    return float(100 * rows[rows.area == area].value.iloc[0] / rows[rows.area_kind == "world"].value.iloc[0])


@pytest.mark.parametrize(
    "fact_id, mineral, area, detail",
    [
        (
            "china.antimony_mined",
            "antimony",
            "China",
            "",
        ),  # looks like a fall by 24 points, and is a rise by 3 after a revision
        ("russia.antimony_mined", "antimony", "Russia", ""),
        ("china.rhenium_mined", "rhenium", "China", ""),
        ("dr_congo.tantalum_mined", "tantalum", "DR Congo", ""),
        ("sierra_leone.titanium_rutile_mined", "titanium", "Sierra Leone", "rutile"),
        ("indonesia.nickel_mined", "nickel", "Indonesia", ""),
    ],
)
def test_a_move_is_a_revision_of_the_old_year_and_a_new_year(changes, fact_id, mineral, area, detail):
    old, new = (share(r, mineral, area, y, detail) for r, y in (("mcs2025", 2024), ("mcs2026", 2025)))
    between = share("mcs2026", mineral, area, 2024, detail)
    row = only(changes["facts"], fact_id=fact_id)
    assert (row["revision"], row["new_year"], row["move"]) == pytest.approx(
        (between - old, new - between, new - old)
    )


def test_revision_and_new_year_make_up_the_move_of_every_number(changes, earlier):
    for found in (changes, earlier):
        both = [r for r in found["facts"] if r["old"] and r["new"]]
        for r in both:
            if r["revision"] is not None and r["new_year"] is not None:
                assert r["revision"] + r["new_year"] == pytest.approx(r["move"], abs=1e-9), r
            else:  # words or bounds, or two years that no release prints together: the reason says which
                told = r["reason"].startswith((differ.NOT_SPLIT, "revised by the publisher", "Version"))
                words = r["restated"] is not None and not all(
                    _is_number(r[k]) for k in ("old", "restated", "new")
                )
                assert told or words, r
        assert sum(r["revision"] is not None for r in both) > 0.9 * len(both)


def _is_number(text: str) -> bool:
    return text[:1].isdigit() and text.endswith("%")


def test_a_reason_says_new_year_only_of_what_the_newer_release_confirms(changes):
    for r in changes["facts"]:
        if r["reason"].startswith("new year"):
            assert r["restated"] == r["old"], r
        if r["restated"] is not None and r["restated"] != r["old"]:
            assert "2024 revised" in r["reason"], r


def test_what_a_table_prints_for_one_year_only_is_not_called_a_new_year_alone(changes):
    for table in ("headline", "import_sources"):
        reasons = {
            r["reason"]
            for r in changes["tables"][table]
            if r["change"] == "revised" and r["reason"] != differ.ROUNDED
        }
        assert all("or revised" in reason for reason in reasons)


def test_within_a_table_a_revision_compares_one_year_with_itself(changes):
    for table in ("production", "salient", "prices", "capacity"):
        for r in changes["tables"][table]:
            if r["change"] == "revised":
                assert r["year"] <= 2024 and r["old"] is not None and r["new"] is not None
            if r["reason"] == "new year":
                assert r["year"] == 2025 and r["old"] is None


def test_the_largest_moves_come_first(changes):
    sizes = [
        abs(r["move"])
        for r in changes["facts"]
        if r["old"] and r["new"] and r["unit"] == "%" and r["move"] is not None
    ]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] == 27


def test_all_of_them_can_be_listed(changes):
    short, long = told.lines(changes), told.lines(changes, everything=True)
    revised = sum(r["change"] == "revised" for rows in changes["tables"].values() for r in rows)
    assert any("--all lists them" in line for line in short) and not any(
        "more of listed minerals" in line for line in long
    )
    assert sum("→" in line and line.startswith("    ") for line in long) >= revised
    text = CliRunner().invoke(main, ["diff", "mcs2025", "mcs2026", "--all"]).output
    assert len(text.splitlines()) == len(long)


def test_a_correction_is_named_with_the_figure_that_it_corrected():
    """A misprint that comes back uncorrected the year after is not said to be corrected."""
    how = {"label": [], "latest": "estimate"}
    older = {"reading": 18e6, "unit": "t", "correction_id": "MCS2026-01"}
    newer = {"reading": 21e3, "unit": "t", "correction_id": None}
    assert (
        differ._revised(older, newer, how, False)
        == "revised by the publisher (older figure corrected: MCS2026-01; newer figure as printed)"
    )
    assert differ._revised(newer, older, how, False).endswith(
        "(older figure as printed; newer figure corrected: MCS2026-01)"
    )


def test_the_page_lists_every_revised_figure_and_every_number_with_its_parts(changes):
    from chokepoint.pages import what_changed

    page = what_changed.series("mcs2025", "mcs2026").html()
    every = page.split("<details")[1]
    revised = sum(told.is_revision(r) for rows in changes["tables"].values() for r in rows)
    assert every.count("<tr id=") == revised and f"All {revised:,} revised figures" in every
    assert (
        f">{revised:,}</a> figures that both releases print were revised"
        in what_changed.brief("mcs2025", "mcs2026").html()
    )
    antimony = (
        what_changed.numbers("mcs2025", "mcs2026")
        .html()
        .split('id="moved-antimony.china_mined"')[1]
        .split("</tr>")[0]
    )
    assert all(
        f"<td>{cell}</td>" in antimony for cell in ("60%", "34%", "36%", "−26.4 points", "+2.8 points")
    )


def test_ten_minerals_joined_the_list(changes):
    rows = changes["tables"]["critical_list"]
    assert {r["mineral"] for r in rows if r["change"] == "added"} >= {
        "copper",
        "silver",
        "uranium",
        "metallurgical_coal",
    }
    assert len(rows) == 10


def test_a_series_keeps_its_identity_under_another_label(changes):
    rows = [
        r
        for r in changes["tables"]["salient"]
        if r["mineral"] == "tungsten"
        and r["statistic"] == "imports"
        and r["detail"] == "ores and concentrates"
    ]
    assert {r["was_called"] for r in rows} == {"Tungsten, concentrate"}
    assert not [r for r in rows if r["series_change"]]


def test_what_has_a_counterpart_is_not_added_and_removed(changes):
    """Reserves move a year on, and United States statistics are relabelled: neither is a change in the world."""
    for table, most in (("production", 0.06), ("reserves", 0.2), ("salient", 0.15)):
        unpaired = [
            r
            for r in changes["tables"][table]
            if r["change"] != "revised" and r["reason"] in ("not printed before", "no longer printed")
        ]
        held = sum(len(tables.load(table, release)) for release in ("mcs2025", "mcs2026"))
        assert len(unpaired) / held < most, f"{table}: {len(unpaired)} of {held}"


def test_a_series_that_vanishes_or_appears_is_one_line(changes):
    said = told.lines(changes)
    assert len([line for line in said if "vanished: gallium" in line]) == 2  # two prices gave way to one
    assert any(
        line.strip().startswith("appeared: gallium") or "more series of listed minerals appeared" in line
        for line in said
    )
    rows = [
        r
        for r in changes["tables"]["prices"]
        if r["mineral"] == "gallium" and r["series_change"] == "vanished"
    ]
    assert len(rows) == 10


def test_a_world_total_that_drops_the_united_states_is_a_break_and_no_revision(changes):
    breaks = [
        r
        for r in changes["tables"]["production"]
        if r["reason"] == "series break: now without the United States"
    ]
    assert breaks and all(r["area"] == "World" for r in breaks)


def test_fewer_decimals_are_no_revision():
    rows = differ.diff("wb2026-03", "wb2026-06")["tables"]["prices_monthly"]
    counted = Counter(r["reason"] for r in rows)
    assert counted["new month"] == 36  # twelve series, three months
    assert counted[differ.ROUNDED] > counted["revised by the publisher"]


# --- how it pairs ---


def test_series_are_paired_by_label_then_by_their_figures():
    old = [
        series("imports", "metal", y2021=5.0, y2022=6.0, y2023=7.0),
        series("imports", "GaAs", y2021=300.0, y2022=400.0, y2023=160.0),
    ]
    new = [
        series("imports", "wafers (gross weight)", y2022=400.0, y2023=160.0, y2024=150.0),
        series("imports", "Metal", y2022=6.0, y2023=9.0, y2024=8.0),
    ]
    assert [(a.label[1], b.label[1]) for a, b in _pairs(old, new)] == [
        ("metal", "Metal"),
        ("GaAs", "wafers (gross weight)"),
    ]


def test_figures_of_another_statistic_are_never_taken_for_the_same():
    old, new = [series("imports", "a", y2021=1.0, y2022=2.0)], [series("exports", "b", y2021=1.0, y2022=2.0)]
    assert [(bool(a), bool(b)) for a, b in _pairs(old, new)] == [(True, False), (False, True)]


def test_two_unlike_series_left_on_one_side_are_not_guessed():
    old = [series("stocks", "", y2021=1.0, y2022=2.0)]
    new = [
        series("stocks", "producer", y2021=8.0, y2022=9.0),
        series("stocks", "consumer", y2021=5.0, y2022=6.0),
    ]
    assert len(_pairs(old, new)) == 3


# --- its form ---


def test_every_fact_that_moved_is_told_with_a_reason(changes):
    before, after = facts.evaluate("mcs2025"), facts.evaluate("mcs2026")
    moved = {
        k
        for k in before.keys() | after.keys()
        if k not in before or k not in after or before[k].text != after[k].text
    }
    assert {f["fact_id"] for f in changes["facts"]} == moved
    assert all(f["reason"] for f in changes["facts"])


def test_every_row_says_why_and_differs(changes):
    for table, rows in changes["tables"].items():
        for row in rows:
            assert row["reason"] and row["old"] != row["new"], (table, row)
            assert 0 <= row["size"] and math.isfinite(row["size"])


def test_the_largest_revisions_of_listed_minerals_come_first(changes):
    for rows in changes["tables"].values():
        order = [(not r["listed"], -r["size"]) for r in rows]
        assert order == sorted(order)


def test_the_command_prints_json_for_machines_and_a_short_text_for_people(changes):
    run = CliRunner()
    printed = run.invoke(main, ["diff", "mcs2025", "mcs2026", "--json"])
    assert printed.exit_code == 0
    assert json.loads(printed.output) == json.loads(json.dumps(changes))
    text = run.invoke(main, ["diff", "mcs2025", "mcs2026"]).output
    assert "rare_earths.reliance_2024: 80% → 53%" in text
    tables_part = text[: text.index("facts:")]
    assert len(tables_part.splitlines()) < 90


def test_a_release_against_itself_has_not_changed():
    same = differ.diff("mcs2026", "mcs2026")
    assert not same["facts"] and not any(same["tables"].values())


def test_an_unknown_release_is_named_with_the_nearest():
    result = CliRunner().invoke(main, ["diff", "mcs2205", "mcs2026"])
    assert result.exit_code == 2
    assert 'No release "mcs2205". Did you mean "mcs2025"?' in result.output


def test_a_series_that_two_others_claim_is_nobodys():
    old = [
        series("stocks", "producer", y2021=1.0, y2022=2.0),
        series("stocks", "year end", y2021=5.0, y2022=6.0),
    ]
    new = [series("stocks", "producer, year end", y2021=8.0, y2022=9.0)]
    assert len(_pairs(old, new)) == 3
