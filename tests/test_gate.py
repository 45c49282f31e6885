"""What of a release is refused, what is noted and what is listed as accepted, before it is written."""

from pathlib import Path

import pandas as pd
import pytest

from chokepoint.data.ingest.plausibility import exceptions, gate, misprints
from chokepoint.data.ingest.plausibility.exceptions import Accepted
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError

ROW = {
    **{"mineral": "tin", "commodity": "Tin", "stage": "mine", "detail": "", "form": "", "area": "Peru"},
    **{"area_kind": "country", "iso3": "PER", "year": "2025", "unit": "t", "printed_unit": "metric tons"},
    **{"low": "", "high": "", "qualifier": "", "correction_id": ""},
}
FIX = ["correction_id", "release", "table", "key", "column", "action", "value", "reason"]


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame([ROW | {"printed": row["value"]} | row for row in rows], dtype=str)


def areas(*values: str, world: str = "") -> pd.DataFrame:
    """Output of as many countries, and the world's."""
    names = (("Peru", "PER"), ("China", "CHN"), ("Chile", "CHL"), ("Brazil", "BRA"))
    rows = [{"area": n, "iso3": c, "value": v} for (n, c), v in zip(names, values, strict=False)]
    total = [{"area": "World", "area_kind": "world", "iso3": "", "value": world}] if world else []
    return frame(*rows, *total)


def fixes(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=FIX, dtype=str)


@pytest.fixture
def data(tmp_path) -> Path:
    """A data folder with a release before, in which Peru's output of 2024 is 100 t, and no correction."""
    (tmp_path / "minerals" / "mcs2025").mkdir(parents=True)
    frame({"value": "100", "year": "2024"}).to_csv(tmp_path / "minerals/mcs2025/production.csv", index=False)
    fixes().to_csv(tmp_path / "corrections.csv", index=False)
    return tmp_path


def judged(data: Path, rows: pd.DataFrame, *accept: tuple[str, str]) -> tuple[dict, Report]:
    report = Report(release="mcs2026")
    places = {"production": {row: f"file line {i}" for i, row in enumerate(rows.index, 2)}}
    return gate.require_plausible({"production": rows}, places, report, data, set(accept)), report


def test_what_is_sound_passes_with_nothing_to_note(data):
    found, report = judged(data, areas("101", "202", "303", world="606"))
    assert found == {} and report.notes == []


def test_a_total_that_is_a_little_off_is_noted_and_not_refused(data):
    found, report = judged(data, areas("101", "202", "303", world="566"))  # 7% more
    assert found == {}
    [note] = report.notes
    assert note.startswith("file line 5: production value of tin, mine, World, 2025: 566 t is the total of ")
    assert "add up to 606 t, 7% more" in note


def test_a_total_that_is_far_off_is_refused_with_its_place_and_how_to_accept_it(data):
    with pytest.raises(UserError) as refused:
        judged(data, areas("101", "202", "303", world="501"))
    first, line, end = str(refused.value).splitlines()
    assert first == "1 figure cannot be right as read:"
    assert line.startswith("file line 5: production value of tin, mine, World, 2025: 501 t is the total of 3")
    assert line.endswith("If it is right: --accept production.value")
    assert end == "Nothing was written. If all of it is right: --accept production.value"


def test_what_is_accepted_becomes_a_row_of_the_exceptions_and_what_is_only_odd_does_not(data):
    rows = areas("-1", "202", "303", world="566")  # a sign, and parts 11% less
    with pytest.raises(UserError, match="2 figures cannot be right"):
        judged(data, rows, ("production", "year"))
    found, _ = judged(data, rows, ("production", "value"))
    [(path, text)] = found.items()
    assert path == data / "known_exceptions.csv"
    assert text.splitlines()[0] == ",".join(exceptions.COLUMNS)
    cells = [line.split(",") for line in text.splitlines()[1:]]
    assert [c[:3] for c in cells] == [["mcs2026", "production", "sign"], ["mcs2026", "production", "total"]]
    assert cells[0][3:5] == ["mineral=tin;commodity=Tin;stage=mine;area=Peru;year=2025", "-1"]
    assert cells[0][6] == "MCS2026"
    path.write_text(text, encoding="utf-8")
    assert judged(data, rows)[0] == {}  # from now on they are known
    odd = areas("101", "202", "303", world="566")
    assert judged(data, odd, ("production", "value"))[0] == {}


def test_a_neighbour_in_a_release_of_the_project_is_named_by_its_row(data):
    with pytest.raises(UserError, match=r"in mcs2025 \(data/minerals/mcs2025/production.csv row 2\)"):
        judged(data, frame({"value": "2", "year": "2024"}))


def test_a_row_that_only_stays_is_not_judged(data):
    rows = frame({"value": "-1"}, {"value": "100", "area": "China", "iso3": "CHN"})
    rows.index = ["kept:0", 0]
    assert judged(data, rows) == ({}, Report(release="mcs2026"))


def test_a_misprint_printed_again_is_noted_where_it_was_given(data):
    fix = ("F1", "mcs2025", "production", "mineral=tin;area=Peru", "", "drop", "", "It is Bolivia's.")
    fixes(fix).to_csv(data / "corrections.csv", index=False)
    rows = frame({"value": "100"})
    _, report = judged(data, rows)
    assert [note[:50] for note in report.notes] == ["file line 2: what F1 corrected is printed again (1"]
    rows.index = ["kept:0"]
    assert judged(data, rows)[1].notes == []


def test_faults_alike_are_one_line_and_twelve_are_listed(data):
    def rows(count: int) -> pd.DataFrame:
        of = [{"mineral": f"m{i}", "value": "-1"} for i in range(count)]
        return frame(*of, *({**of[0], "area": a, "iso3": ""} for a in ("China", "Chile")))

    with pytest.raises(UserError) as refused:
        judged(data, rows(12))
    lines = str(refused.value).splitlines()
    assert lines[0] == "14 figures cannot be right as read:" and len(lines) == 14
    assert "(2 more of it like this)" in lines[1] and "more of it" not in lines[2]
    with pytest.raises(UserError) as refused:
        judged(data, rows(15))
    lines = str(refused.value).splitlines()
    assert lines[-2] == "… and 3 more" and len(lines) == 15


def test_a_column_that_is_accepted_is_one_of_the_release():
    fields = {"production": ["year", "value"], "prices": ["value"]}
    named = gate.accepted_columns(("production.value", "prices.value"), fields)
    assert named == {("production", "value"), ("prices", "value")} and not gate.accepted_columns((), fields)
    with pytest.raises(UserError, match='"prices.year" names no column .*prices, production.*"prices.value"'):
        gate.accepted_columns(("production.value", "prices.year"), fields)


# --- what is known to be right


def exception(**cells: str) -> Accepted:
    row = {"release": "mcs2026", "table": "production", "rule": "sign", "key": "area=Peru;year=2025"}
    return Accepted([row | {"value": "-1"} | cells])


def test_an_exception_is_of_its_release_table_rule_row_and_value():
    at = ("mcs2026", "production", "sign", {"area": "Peru", "year": "2025", "value": "-1.0"}, "value")
    assert exception().excepts(*at) and exception(release="").excepts(*at)
    for other in ({"release": "mcs2025"}, {"table": "reserves"}, {"rule": "scale"}, {"value": "-2"}):
        assert not exception(**other).excepts(*at)
    for key in ("area=Peru;year=2024", "area=China;year=2025", "area=Peru;month=1"):
        assert not exception(key=key).excepts(*at)


def test_a_gap_is_known_at_about_its_size_for_its_own_series():
    gap = {"release": "mcs2026", "table": "production", "mineral": "tin", "year": "2025", "gap": "0.1"}
    series = {"mineral": "tin", "commodity": "Tin", "year": 2025}
    known = Accepted(gaps=[gap]).explains
    assert known("mcs2026", "production", series, 0.1049) and known("mcs2026", "production", series, 0.0951)
    assert not known("mcs2026", "production", series, 0.1051)
    assert not known("mcs2026", "production", series, -0.1)
    assert not known("mcs2025", "production", series, 0.1) and not known("mcs2026", "reserves", series, 0.1)
    assert not known("mcs2026", "production", series | {"year": 2024}, 0.1)
    assert not known("mcs2026", "production", series | {"stage": "mine"}, 0.1)


def test_without_its_lists_nothing_is_accepted_and_no_code_is_known(tmp_path):
    assert exceptions.read(tmp_path) == Accepted()
    (tmp_path / "geography.csv").write_text("iso3,name\nPER,Peru\n")
    known = exceptions.read(tmp_path).areas
    assert known["PER"] == "Peru" and known["SUN"] == "Soviet Union"


# --- misprints that come again


def again(later: pd.DataFrame, *fix: str, before: pd.DataFrame | None = None, release: str = "") -> list:
    """Where a correction of mcs2025 is needed in mcs2026 too."""
    tables = {("mcs2026", "production"): later}
    tables |= {} if before is None else {("mcs2025", "production"): before}
    return list(misprints(tables, fixes(("F1", "mcs2025", "production", *fix, "Why.")), release))


def test_a_cell_that_was_set_is_a_misprint_until_it_has_the_right_value():
    for area, wrong in (("Peru", True), ("China", False)):
        found = again(frame({"value": "7", "area": area}), "area=Peru", "value", "set", "70")
        assert bool(found) is wrong
    assert not again(frame({"value": "70"}), "area=Peru", "value", "set", "70")


@pytest.mark.parametrize("action", ["drop", "move", "supersede"])
def test_a_row_that_was_dropped_or_moved_is_a_misprint_wherever_it_stands(action):
    [(release, table, row, said)] = again(frame({"value": "7"}), "area=Peru", "value", action, "7")
    assert (release, table, row) == ("mcs2026", "production", 0)
    assert said == (
        'what F1 corrected is printed again (1 row: tin, mine, Peru, 2025, "7"): Why. '
        "Give mcs2026 its row in data/corrections.csv"
    )


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [("0.1", True), ("0.34", False), ("0.29", True), ("0.034", True), ("0.033", False), ("100", False)]
    + [("0", False)],
)
def test_a_figure_that_was_scaled_is_a_misprint_while_it_is_off_by_about_that_factor(printed, wrong):
    before = frame({"value": "100"}, {"value": "5", "area": "China"})
    fix = ("area=Peru", "", "scale", "1000")
    assert bool(again(frame({"value": printed}), *fix, before=before)) is wrong
    assert not again(frame({"value": printed}), *fix)
    assert not again(frame({"value": printed}), *fix, before=frame({"value": "0"}))


def test_rows_are_counted_and_those_that_were_corrected_again_are_not():
    rows = frame(*({"value": "7", "year": year} for year in ("2023", "2024", "2025")))
    fix = ("area=Peru", "", "drop", "")
    [(_, _, row, said)] = again(rows.assign(correction_id=["F2", "", ""]), *fix)
    assert row == 1 and "(2 rows, first: tin, mine, Peru, 2024" in said
    assert not again(rows.assign(correction_id="F2"), *fix)
    assert again(rows.drop(columns="correction_id"), *fix)[0][3].count("3 rows, first") == 1


def test_a_correction_is_looked_for_in_later_releases_of_its_publisher_alone():
    fix = fixes(("F1", "mcs2025", "production", "area=Peru", "", "drop", "", "Why."))
    names = ["mcs2024", "mcs2025", "mcs2026", "mcs2027", "iea2026"]
    tables = {(name, table): frame({"value": "7"}) for name in names for table in ("production", "capacity")}
    found = [(release, table) for release, table, *_ in misprints(tables, fix)]
    assert found == [("mcs2026", "production"), ("mcs2027", "production")]
    assert [r for r, *_ in misprints(tables, fix, "mcs2027")] == ["mcs2027"]


def test_of_two_corrections_of_one_cell_the_later_counts_and_some_are_none_of_a_figure():
    drop = ("area=Peru", "", "drop", "", "Why.")
    rows = [(f"F{year}", f"mcs{year}", "production", *drop) for year in (2025, 2024)]
    keys = ("area=", "area=;year=2025", "no=1")
    rows += [("F3", "mcs2024", "production", key, *drop[1:]) for key in keys]
    rows += [("F4", "mcs2024", "production", "area=Peru", "value", "header", "", "")]
    tables = {("mcs2026", "production"): frame({"value": "7"})}
    assert ["F2025" in said for *_, said in misprints(tables, fixes(*rows))] == [True]
    assert list(misprints(tables, pd.DataFrame({"correction_id": []}))) == []
