"""Parts and their total, and one figure alone: what cannot be is found, at its edges, on rows made up."""

import pandas as pd
import pytest

from chokepoint.data.ingest.plausibility import limits, printed, totals
from chokepoint.data.ingest.plausibility.exceptions import Accepted
from chokepoint.data.ingest.plausibility.finding import Table, times

ROW = {
    **{"mineral": "tin", "commodity": "Tin", "stage": "mine", "statistic": "imports", "detail": ""},
    **{"form": "", "area": "Peru", "area_kind": "country", "iso3": "PER", "year": "2025", "unit": "t"},
    **{"printed_unit": "metric tons", "low": "", "high": "", "qualifier": "", "correction_id": ""},
    **{"measure": "", "scenario": "STEPS", "use": "", "use_kind": ""},
}


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame([ROW | {"printed": row.get("value", "")} | row for row in rows], dtype=str)


def table(name: str, *rows: dict, release: str = "mcs2026") -> Table:
    return Table(release, name, frame(*rows))


def found(made) -> list[tuple]:
    """Row, column and whether it is refused."""
    return [(f.row, f.column, f.refused) for f in made]


# --- the world and its countries


def world(total: str, *parts: str, gaps: tuple[dict, ...] = (), more: tuple[dict, ...] = ()):
    """What is found of a total and its parts, all with a last digit that counts."""
    rows = [{"value": part, "area": f"A{i}"} for i, part in enumerate(parts)]
    held = table("production", *rows, *more)
    last = frame({"value": total, "area": "World", "area_kind": "world", "iso3": ""})
    held = Table("mcs2026", "production", pd.concat([held.rows, last], ignore_index=True))
    before = frame({"value": "599", "area": "World", "area_kind": "world", "year": "2025"})
    tables = {("mcs2025", "production"): before, ("mcs2026", "production"): held.rows}
    return list(totals.world(held, tables, Accepted(gaps=list(gaps)), lambda *at: f"at {at}"))


@pytest.mark.parametrize(
    ("total", "refused"),
    [("606", None), ("586", None), ("585", False), ("551", False), ("550", True)]
    + [("627", None), ("628", False), ("673", False), ("674", True)],
)
def test_a_total_that_is_off_by_more_than_rounding_is_odd_and_by_a_tenth_refused(total, refused):
    made = found(world(total, "101", "202", "303"))
    assert made == ([] if refused is None else [(3, "value", refused)])


def test_what_is_off_is_said_with_the_total_of_the_release_beside():
    [finding] = world("500", "101", "202", "303")
    assert finding.rule == "total" and finding.message == (
        "500 t is the total of 3 areas that add up to 606 t, 21% more; "
        "in mcs2025 it is 599 t (at ('mcs2025', 'production', 0))"
    )
    [finding] = world("101", "101", "202", "303")
    assert "add up to 606 t, 6 times as much" in finding.message
    [finding] = world("900", "101", "202", "303")
    assert "606 t, 33% less" in finding.message


def test_a_total_of_two_areas_or_of_nothing_is_judged_by_nobody():
    assert not world("500", "303", "303") and not world("", "1", "2", "3")
    assert not world("0", "101", "202", "303")
    assert not world("500", "101", "202", "")  # two that are known


def test_an_area_that_is_withheld_may_be_what_lacks_and_is_never_what_is_too_much():
    withheld = ({"value": "", "printed": "W", "area": "Withheld"},)
    assert found(world("900", "101", "202", "303", more=withheld)) == [(4, "value", False)]
    assert found(world("500", "101", "202", "303", more=withheld)) == [(4, "value", True)]
    assert found(world("1212", "101", "202", "303", more=withheld)) == [(4, "value", True)]  # half of it


def test_rounding_explains_a_gap_of_half_a_unit_of_each_figure():
    assert not world("660", "100", "200", "300")  # 50 each, and 5: no more than 155
    assert found(world("751", "100", "200", "300")) == [(3, "value", True)]
    assert not world("750", "100", "200", "300")


def test_a_gap_that_is_known_is_not_reported_and_one_of_another_size_is():
    gap = {"release": "mcs2026", "table": "production", "mineral": "tin", "stage": "mine", "year": "2025"}
    assert not world("500", "101", "202", "303", gaps=(gap | {"gap": "0.212"},))
    assert world("500", "101", "202", "303", gaps=(gap | {"gap": "-0.212"},))
    assert world("500", "101", "202", "303", gaps=(gap | {"gap": "0.22"},))


def test_a_total_is_of_its_own_series_and_year_and_of_tables_that_have_one():
    other = ({"year": "2024"}, {"stage": "refinery"}, {"mineral": "zinc"})
    other = tuple({"value": "900"} | cells for cells in other)
    assert not world("606", "101", "202", "303", more=other)
    rows = [{"value": v, "area": f"A{v}"} for v in ("1", "2", "3")] + [{"value": "9", "area_kind": "world"}]
    assert list(totals.world(table("production", *rows), {}, Accepted(), str))
    assert not list(totals.world(table("salient", *rows), {}, Accepted(), str))


def test_rounding_is_counted_in_the_unit_that_is_printed():
    """Figures in thousands, to a tenth: each may be off by 50 t, five of them by 250."""
    rows = [{"value": f"{v}00", "printed": f"{v / 10:g}", "area": f"A{v}"} for v in (11, 12, 13, 14)]
    for total, off in (("52", False), ("53", True)):
        printed_total = {"value": f"{total}00", "printed": f"{int(total) / 10:g}", "area_kind": "world"}
        made = totals.world(table("production", *rows, printed_total), {}, Accepted(), str)
        assert bool(list(made)) is off


def test_the_total_of_the_nearest_release_of_the_same_publisher_is_named():
    rows = [{"value": v, "area": f"A{v}"} for v in ("101", "202", "303")]
    total = {"value": "500", "area": "World", "area_kind": "world"}
    held = table("production", *rows, total)
    others = {
        "mcs2023": [total | {"value": "601"}],
        "mcs2024": [total | {"value": "602"}, total | {"value": "603", "area": "Peru"}],
        "mcs2025": [total | {"value": ""}, total | {"value": "604", "mineral": "zinc"}],
        "iea2026": [total | {"value": "605"}],
    }
    tables = {(release, "production"): frame(*cells) for release, cells in others.items()}
    tables |= {("mcs2026", "production"): held.rows, ("mcs2026", "capacity"): held.rows}
    [finding] = totals.world(held, tables, Accepted(), lambda *at: f"{at[0]} row {at[2]}")
    assert finding.message.endswith("; in mcs2024 it is 602 t (mcs2024 row 0)")
    del tables["mcs2024", "production"], tables["mcs2023", "production"]
    [finding] = totals.world(held, tables, Accepted(), str)
    assert finding.message.endswith("21% more")


def test_half_a_unit_of_the_last_digit_that_counts():
    cells = {"310,000": 5000, "9,081": 0.5, "1.25": 0.005, "1.0": 0.05, "e500": 50, "W": 0, "0": 0, "10": 5}
    assert {cell: totals.half_unit(cell) for cell in cells} == cells


# --- uses, imports, leaders


@pytest.mark.parametrize(("total", "off"), [("97", False), ("96", True), ("103", False), ("104", True)])
def test_demand_is_that_of_clean_energy_and_of_other_uses(total, off):
    kinds = {"clean energy": "60", "other uses": "40", "total": total, "sector": "55"}
    rows = [{"use_kind": kind, "value": value} for kind, value in kinds.items()]
    made = list(totals.uses(table("iea_demand", *rows, release="iea2025")))
    assert found(made) == ([(2, "value", True)] if off else [])
    if off:
        said = f"{total} t is the total of clean energy and other uses, which add up to 100 t"
        assert made[0].message == said
    alone = [row for row in rows if row["use_kind"] != "other uses"]
    assert not list(totals.uses(table("iea_demand", *alone, release="iea2025")))
    apart = [row | {"scenario": f"S{i}"} for i, row in enumerate(rows)]
    assert not list(totals.uses(table("iea_demand", *apart)))
    assert not list(totals.uses(table("salient", *rows)))


@pytest.mark.parametrize(
    ("shares", "row"),
    [
        (("50", "30", "20"), None),
        (("50", "30", "18"), None),
        (("50", "30", "22"), None),
        (("50", "30", "17.9"), 0),  # none has slipped: the largest is named
        (("50", "3", "20"), 1),  # 3 in place of 30
        (("50", "30", "200"), 2),
        (("5", "30", "20"), 0),
        (("50", "30", ""), None),  # one is not known
        (("90", "90", "90"), 0),
    ],
)
def test_shares_of_imports_make_a_hundred_and_the_one_that_slipped_is_named(shares, row):
    names = ("Peru", "China", "Chile")
    rows = [{"area": a, "value": v, "unit": "percent"} for a, v in zip(names, shares, strict=True)]
    made = list(totals.import_shares(table("import_sources", *rows, {"value": "100", "detail": "ore"})))
    assert [f.row for f in made] == ([] if row is None else [row])
    assert not list(totals.import_shares(table("salient", *rows)))


def test_shares_that_do_not_make_a_hundred_are_listed():
    shares = {"Peru": "50", "China": "3", "Chile": "20"}
    rows = [{"area": area, "value": share, "detail": "ore"} for area, share in shares.items()]
    [finding] = totals.import_shares(table("import_sources", *rows))
    assert finding.message == (
        "3 makes the shares of tin, Tin, ore add up to 73 percent, not 100 (Peru 50, Chile 20)"
    )


@pytest.mark.parametrize(
    ("share", "off"), [("60", False), ("62", False), ("58", False), ("62.1", True), ("6", True)]
)
def test_a_leader_s_share_is_its_output_of_the_world_s(share, off):
    cells = {"production": "600", "share": share}
    rows = [{"measure": f"leading_producer_{m}", "value": v} for m, v in cells.items()]
    rows += [{"measure": "world_production", "value": "1000"}]
    made = list(totals.leader(table("headline", *rows)))
    assert found(made) == ([(1, "value", True)] if off else [])
    if off:
        assert made[0].message == f"{share} percent is not what 600 t is of 1,000 t: 60 percent"
    assert not list(totals.leader(table("headline", *rows[:2])))
    assert not list(totals.leader(table("salient", *rows)))


# --- one figure alone

SPANS = [
    ("production", "year", 2024, 2025),
    ("reserves", "year", 2025, 2025),
    ("salient", "year", 2020, 2025),
    ("headline", "year", 2025, 2025),
    ("import_sources", "first_year", 2019, 2023),
    ("import_sources", "last_year", 2023, 2025),
    ("export_controls", "since", 1900, 2026),
    ("trade_agreements", "signed", 1900, 2026),
]


@pytest.mark.parametrize(("name", "column", "first", "last"), SPANS, ids=str)
def test_a_year_is_one_that_a_release_can_print(name, column, first, last):
    rows = [{column: str(year), "value": "1"} for year in (first - 1, first, last, last + 1)]
    made = list(limits.years(table(name, *rows)))
    assert [(f.row, f.column) for f in made] == [(0, column), (3, column)]
    said = f"{first - 1} is no {column.replace('_', ' ')} of mcs2026, whose figures here are "
    assert made[0].message.startswith(said)
    assert (f"of {last};" if first == last else f"from {first} to {last};") in made[0].message


def test_a_forecast_reaches_to_2100_and_a_price_to_its_release():
    years = [{"year": year} for year in ("2023", "2024", "2100", "2101", "")]
    assert [f.row for f in limits.years(table("iea_demand", *years, release="iea2025"))] == [0, 3]
    assert not list(limits.years(table("iea_flows", *years, release="iea2025")))
    months = [{"month": month} for month in ("1899-12", "1900-01", "2026-03", "2026-04")]
    made = list(limits.years(table("prices_monthly", *months, release="wb2026-03")))
    assert [(f.row, f.column) for f in made] == [(0, "month"), (3, "month")]
    assert not list(limits.years(table("other", *months, release="wb2026-03")))


def test_a_day_counts_by_its_year():
    rows = [{"since": since} for since in ("2026-02-04", "2027-01-01", "1899-12-31")]
    assert [f.row for f in limits.years(table("export_controls", *rows))] == [1, 2]


def test_a_figure_is_nothing_or_more_save_a_change_of_stocks():
    rows = [{"value": "0"}, {"value": "-1"}, {"value": "", "low": "-2", "high": "5", "area": "China"}]
    made = list(limits.signs(table("production", *rows)))
    assert [(f.row, f.column) for f in made] == [(1, "value"), (2, "low")]
    assert made[0].message == "-1 t is negative; beside it stands 0 t; nothing or more is expected"
    assert made[1].message == "-2 t is negative; nothing or more is expected"
    moved = [{"value": "-1", "statistic": s} for s in ("stocks", "shipments", "imports")]
    assert [f.row for f in limits.signs(table("salient", *moved))] == [2]
    assert [f.row for f in limits.signs(table("import_sources", {"value": "-1"}))] == [0]
    assert not list(limits.signs(table("notes", {"value": "-1"})))


def test_a_code_is_that_of_the_area_beside_it():
    names = {"PER": "Peru", "CHN": "China"}
    rows = [("Peru", "PER", "country"), ("China", "PER", "country"), ("Peru", "XXX", "country")]
    rows += [("World", "", "world"), ("Peru", "", "world"), ("Atlantis", "", "country")]
    rows += [("Chile", "CHN", "group")]
    held = table("production", *({"area": a, "iso3": c, "area_kind": k} for a, c, k in rows))
    made = {f.row: f.message for f in limits.codes(held, names)}
    assert made == {
        1: "PER is the code of Peru, not of China; China is CHN",
        2: "XXX is the code of no area of geography.csv, not of Peru; Peru is PER",
        4: "is empty beside Peru, a country; PER is expected",
        5: "is empty beside Atlantis, a country; its code is expected",
        6: "CHN is the code of China, not of Chile; Chile is in no row of geography.csv",
    }
    assert not list(limits.codes(held, {}))
    plain = Table("mcs2026", "headline", held.rows.drop(columns="area_kind"))
    assert {f.row for f in limits.codes(plain, names)} == {1, 2, 4, 6}


def test_no_more_than_all_that_is_used_is_imported():
    rows = [{"value": v, "statistic": "net_import_reliance"} for v in ("100", "100.1", "")]
    rows += [{"value": "500"}]
    assert found(limits.reliance(table("salient", *rows))) == [(1, "value", True)]
    assert not list(limits.reliance(table("headline", *rows)))


# --- what its own row prints


def misread(name: str, fix: tuple[str, ...] = (), **cells: str) -> list[tuple[str, str]]:
    columns = ["correction_id", "action", "column", "value"]
    fixes = pd.DataFrame([("F0", "set", "area", "x"), *([fix] if fix else [])], columns=columns)
    made = printed.misread({("mcs2026", name): frame(cells)}, fixes)
    return [(f.column, f.message) for f in made]


@pytest.mark.parametrize(
    ("name", "cells", "column"),
    [
        ("production", {"printed": "1,500", "value": "1500"}, ""),
        ("production", {"printed": "1,500", "value": "1501"}, "value"),
        ("production", {"printed": "1.5", "value": "1500", "printed_unit": "thousand metric tons"}, ""),
        ("production", {"printed": "1.5", "value": "1.5", "printed_unit": "thousand metric tons"}, "value"),
        ("production", {"printed": "e20", "value": "20"}, ""),
        ("production", {"printed": "—", "value": "0", "qualifier": "zero"}, ""),
        ("production", {"printed": "W", "value": ""}, ""),
        ("production", {"printed": "W", "value": "5"}, "value"),
        ("production", {"printed": "5", "value": ""}, "value"),
        ("production", {"printed": ">50", "value": "", "low": "50"}, ""),
        ("production", {"printed": ">50", "value": "", "low": "5"}, "low"),
        ("production", {"printed": "5", "value": "5", "high": "9"}, "high"),
        ("production", {"printed": "5", "value": "many"}, ""),  # said already
        ("production", {"printed": "5", "value": "7", "printed_unit": "bushels"}, ""),  # not known here
        ("prices", {"printed": "5", "value": "5", "printed_unit": "dlb"}, ""),
        ("salient", {"printed": "5", "value": "5", "printed_unit": "pct", "unit": "percent"}, ""),
        ("salient", {"printed": "5", "value": "5", "printed_unit": "mdol", "unit": "US$ million"}, ""),
        ("salient", {"printed": "5", "value": "5000", "printed_unit": "kt"}, ""),
        ("salient", {"printed": "5", "value": "5", "printed_unit": "kt"}, "value"),
        ("iea_production", {"printed": "5", "value": "5000", "printed_unit": "thousand tons"}, ""),
        ("iea_production", {"printed": "5", "value": "5", "printed_unit": "thousand tons"}, "value"),
    ],
)
def test_a_value_is_what_its_row_prints_in_the_unit_of_the_table(name, cells, column):
    assert [where for where, _ in misread(name, **cells)] == ([column] if column else [])


def test_a_row_that_was_corrected_may_differ_by_its_correction():
    cells = {"printed": "5", "value": "5000", "correction_id": "F0;F1"}
    assert not misread("production", ("F1", "scale", "value", "1000"), **cells)
    assert misread("production", ("F1", "scale", "value", "10"), **cells)
    assert not misread("production", ("F1", "supersede", "", "x"), **cells)
    assert not misread("production", ("F1", "set", "value", "7"), **cells)
    assert misread("production", ("F1", "set", "area", "Peru"), **cells)
    assert misread("production", ("F2", "scale", "value", "1000"), **cells)
    [(_, said)] = misread("production", **cells)
    assert said == '5,000 t is not the "5" metric tons printed in this row: 5 t'
    [(_, said)] = misread("production", printed="W", value="5")
    assert said == '5 t is not the "W" metric tons printed in this row: nothing'


def test_how_many_times_is_said_to_two_digits_whichever_is_larger():
    assert [times(r) for r in (1000.2, 0.001, 1, 9.96, 0.0294)] == ["1,000", "1,000", "1", "10", "34"]
