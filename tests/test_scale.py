"""A figure many times larger or smaller than its neighbour is found, and one that only moved much is not."""

import pandas as pd
import pytest

from chokepoint.data.ingest.plausibility.exceptions import Accepted
from chokepoint.data.ingest.plausibility.scale import figure, is_slip, scales

ROW = {
    **{"mineral": "tin", "commodity": "Tin", "stage": "mine", "statistic": "imports", "measure": "output"},
    **{"series": "New York", "basis": "", "use": "Wind", "scenario": "STEPS", "forecast": "false"},
    **{"detail": "", "form": "", "area": "Peru", "year": "2024", "unit": "t", "qualifier": ""},
    **{"value": "", "low": "", "high": ""},
}


def frame(*rows: dict) -> pd.DataFrame:
    """Rows as text; each is printed as its value is, unless it says otherwise."""
    return pd.DataFrame([ROW | {"printed": row.get("value", "")} | row for row in rows], dtype=str)


def found(name: str, *, release: str = "", accepted: Accepted | None = None, **frames: pd.DataFrame) -> list:
    """(release, row, message) of every figure of a table that is too far from its neighbour."""

    def place(of: str, table: str, row: object) -> str:
        return f"{of} {table} {row}"

    lacks = ["low", "high", "qualifier"] if name.startswith("iea") else ["forecast"]
    held = {of: rows.drop(columns=lacks) for of, rows in frames.items()}  # as the tables of each kind are
    made = scales(name, held, accepted or Accepted(), place, release)
    return [(f.release, f.row, f.message) for f in made]


def years(**values: str) -> pd.DataFrame:
    """One series: y2023="10", y2024="80"."""
    return frame(*({"year": year[1:], "value": value} for year, value in values.items()))


@pytest.mark.parametrize(("value", "refused"), [("79", False), ("80", True), ("1.25", True), ("1.26", False)])
def test_output_eight_times_that_of_the_year_before_is_too_far_and_a_little_less_is_not(value, refused):
    assert bool(found("production", mcs2026=years(y2024="10", y2025=value))) is refused


def test_the_figure_of_the_release_in_question_is_the_wrong_one_and_its_neighbour_is_named():
    old, new = years(y2024="31000"), years(y2024="32.3")
    [(release, row, said)] = found("production", release="mcs2026", mcs2025=old, mcs2026=new)
    assert (release, row) == ("mcs2026", 0)
    assert said == "32.3 t is 960 times smaller than 31,000 t in mcs2025 (mcs2025 production 0)"
    [(release, _, said)] = found("production", release="mcs2025", mcs2025=old, mcs2026=new)
    assert release == "mcs2025"
    assert said == "31,000 t is 960 times larger than 32.3 t in mcs2026 (mcs2026 production 0)"


def test_without_a_release_in_question_the_figure_that_fewer_others_confirm_is_wrong():
    broken = years(y2022="10", y2023="11", y2024="12", y2025="1200")
    assert [row for _, row, _ in found("production", mcs2026=broken)] == [3]
    broken = years(y2022="1200", y2023="11", y2024="12", y2025="10")
    [(_, row, said)] = found("production", mcs2026=broken)
    assert row == 0 and "109" not in said and "110 times larger than 11 t of 2023" in said


def test_of_two_figures_alone_the_later_is_named():
    [(_, row, said)] = found("production", mcs2026=years(y2024="10", y2025="1000"))
    assert row == 1 and "than 10 t of 2024" in said


def test_each_year_is_held_against_the_same_year_of_the_other_release_and_reported_once():
    old, new = years(y2023="10", y2024="11"), years(y2023="1000", y2024="1100")
    for table in ("production", "reserves"):
        made = found(table, release="mcs2026", mcs2025=old, mcs2026=new)
        assert [(of, row) for of, row, _ in made] == [("mcs2026", 0), ("mcs2026", 1)]


def test_output_of_one_country_is_no_neighbour_of_another_s():
    assert not found("production", mcs2026=frame({"value": "1"}, {"area": "China", "value": "100"}))


def test_yearly_figures_are_compared_with_the_next_year_alone_and_forecasts_with_the_next_there_is():
    apart = years(y2020="1", y2022="100")
    assert not found("production", mcs2026=apart) and found("iea_demand", iea2025=apart)


@pytest.mark.parametrize(
    ("table", "year", "compared"),
    [("production", "2024", True), ("production", "2025", False)]
    + [(table, year, True) for table in ("reserves", "headline") for year in ("2024", "2025")],
)
def test_the_last_year_of_a_release_is_held_against_a_later_one_of_the_next(table, year, compared):
    """Reserves and headlines have one year a release, and a release may be missing between two."""
    old, new = years(y2023="10"), frame({"year": year, "value": "100"})
    made = found(table, release="mcs2026", mcs2024=old, mcs2026=new)
    assert [said.partition(" (")[0] for _, _, said in made] == (
        ["100 t is 10 times larger than 10 t in mcs2024"] if compared else []
    )


def test_nothing_a_blank_and_a_figure_without_a_year_have_no_neighbour():
    assert not found("production", mcs2026=years(y2023="", y2024="0", y2025="900"))
    assert not found("production", mcs2026=years(y2024=""))
    assert not found("production", mcs2026=frame({"year": "", "value": "1"}, {"year": "2025", "value": "9"}))


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ({"low": "85", "qualifier": "greater"}, True),
        ({"high": "85", "qualifier": "less"}, True),
        ({"low": "60", "high": "100", "qualifier": "range"}, True),  # 80 in the middle
        ({"low": "58", "high": "100", "qualifier": "range"}, False),
        ({"low": "85", "high": "85", "qualifier": "small"}, False),
    ],
)
def test_a_bound_is_compared_as_a_figure_is(cells, refused):
    held = frame({"year": "2023", "value": "10"}, {"year": "2024"} | cells)
    assert bool(found("reserves", mcs2026=held)) is refused


def test_what_is_listed_as_right_is_not_reported_whichever_of_the_two_is_listed():
    pair = years(y2023="10", y2024="100")
    for year, value in (("2023", "10"), ("2024", "100")):
        listed = {"release": "mcs2026", "table": "production", "rule": "scale", "key": f"year={year}"}
        assert not found("production", accepted=Accepted([listed | {"value": value}]), mcs2026=pair)
        assert found("production", accepted=Accepted([listed | {"value": "7"}]), mcs2026=pair)


# --- trade and prices, which move more


@pytest.mark.parametrize(
    ("value", "refused"),
    [("8000", False), ("9000", True), ("10000", True), ("11400", True), ("20000", False), ("30900", False)]
    + [("31000", True), ("40000", True), ("100000", True), ("100", True), ("50", False)],
)
def test_trade_from_year_to_year_is_wrong_when_a_decimal_mark_slipped_or_it_moved_31_times(value, refused):
    assert bool(found("salient", mcs2026=years(y2023="1000", y2024=value))) is refused


@pytest.mark.parametrize(("printed", "refused"), [("9", False), ("10", True), ("1,000", True), ("W", True)])
def test_a_figure_of_one_digit_as_printed_may_move_much(printed, refused):
    held = frame({"year": "2023", "value": "9000", "printed": printed}, {"year": "2024", "value": "306000"})
    assert bool(found("salient", mcs2026=held)) is refused


def test_trade_in_two_releases_is_one_figure_and_may_not_be_eight_times_another():
    assert found("salient", mcs2025=years(y2024="1000"), mcs2026=years(y2024="8000"))
    assert not found("salient", mcs2025=years(y2024="1000"), mcs2026=years(y2024="7900"))


def test_a_jump_of_trade_that_another_release_prints_too_is_right():
    jump = years(y2023="1000", y2024="10000")
    assert len(found("salient", mcs2025=jump, mcs2026=years(y2024="10000"))) == 1  # one end alone
    assert not found("salient", mcs2025=jump, mcs2026=jump)
    nearly = years(y2023="1290", y2024="12900")
    assert not found("salient", mcs2025=jump, mcs2026=nearly)
    assert len(found("salient", mcs2025=jump, mcs2026=years(y2023="1310", y2024="13100"))) == 2


def test_a_jump_is_confirmed_by_another_release_and_by_the_same_statistic_alone():
    jump = {"2023": "1000", "2024": "10000"}
    own = [{"year": y, "value": v, "detail": d} for d in ("metal", "ores") for y, v in jump.items()]
    assert (
        len(found("salient", mcs2026=frame(*own))) == 2
    )  # two series of one release do not confirm each other
    exports = frame(*({"year": y, "value": v, "statistic": "exports"} for y, v in jump.items()))
    assert len(found("salient", mcs2025=years(y2023="1000", y2024="10000"), mcs2026=exports)) == 2


def test_a_jump_is_confirmed_though_its_own_release_prints_two_like_it():
    """Of three series of one release, nearly alike, the smallest is still the figure of the other release."""
    jump = {"2023": 1000, "2024": 10000}
    parts = (("ores", 1), ("metal", 1.01), ("waste", 1.02))
    own = [{"year": y, "value": f"{v * by:g}", "detail": d} for d, by in parts for y, v in jump.items()]
    other = frame(*({"year": y, "value": f"{v * 1.03:g}", "detail": "all"} for y, v in jump.items()))
    assert not found("salient", mcs2025=frame(*own), mcs2026=other)


@pytest.mark.parametrize(("value", "refused"), [("490", False), ("500", True)])
@pytest.mark.parametrize("first", ["true", "false"])
def test_a_forecast_may_grow_fifty_times(value, refused, first):
    held = frame(
        {"year": "2024", "value": "10", "forecast": first},
        {"year": "2030", "value": value, "forecast": "true"},
    )
    assert bool(found("iea_demand", iea2025=held)) is refused


def test_demand_that_was_measured_may_not_grow_eight_times():
    assert found("iea_demand", iea2025=years(y2023="10", y2024="80"))


def test_prices_of_a_month_are_compared_with_the_next_there_is():
    months = zip(("2024-01", "2024-05", "2024-06", "2024-07"), ("10", "100", "99", "98"), strict=True)
    held = frame(*({"month": month, "value": value} for month, value in months)).drop(columns="year")
    [(_, row, said)] = found("prices_monthly", wb2026=held)
    assert row == 0 and said.startswith("10 t is 10 times smaller than 100 t of 2024-05")


# --- one price under two names


def price(release: str, series: str, value: str) -> dict[str, pd.DataFrame]:
    return {release: frame({"series": series, "value": value, "unit": "US$/t"})}


@pytest.mark.parametrize("times", [1, 2, 5, 9.5, 10, 10.1, 10.3, 100, 1000, 10000])
def test_a_price_that_another_release_has_10_100_or_1000_times_larger_under_another_name_slipped(times):
    frames = price("mcs2025", "New York", "2000") | price("mcs2026", "Dealer", f"{2000 * times}")
    made = found("prices", release="mcs2026", **frames)
    assert [release for release, _, _ in made] == (["mcs2026"] if times in (10, 10.1, 100, 1000) else [])


def test_a_price_that_a_third_release_confirms_is_right_and_the_odd_one_is_wrong():
    frames = price("mcs2024", "New York", "2000") | price("mcs2025", "London", "2010")
    made = found("prices", **frames, **price("mcs2026", "Dealer", "20000"))
    assert len(made) == 1 and "20,000 US$/t" in made[0][2]


def test_of_three_prices_that_differ_none_is_called_a_slip():
    frames = price("mcs2024", "New York", "2000") | price("mcs2025", "London", "7000")
    assert not found("prices", **frames, **price("mcs2026", "Dealer", "20000"))


def test_a_price_that_its_own_release_prints_beside_the_other_has_not_slipped():
    frames = price("mcs2025", "New York", "2000")
    both = frame(*({"series": s, "value": v, "unit": "US$/t"} for s, v in (("A", "20000"), ("B", "2000"))))
    assert not found("prices", **frames, mcs2026=both)


def test_the_same_pair_of_prices_is_reported_once():
    frames = price("mcs2025", "New York", "2000") | price("mcs2026", "New York", "20000")
    assert len(found("prices", **frames)) == 1


def test_a_ratio_is_a_slip_near_10_100_and_1000_and_one_over_them():
    near = [10, 0.1, 100, 0.01, 1000, 11.4, 8.8]
    far = [1, 1.05, 11.6, 8.6, 31, 0.5, 0, -10]
    assert [is_slip(r) for r in near] == [True] * 7 and [is_slip(r) for r in far] == [False] * 8


def test_the_figure_of_a_row_is_its_value_or_else_its_first_bound():
    assert figure({"value": "1", "low": "2"}) == "value"
    assert figure({"value": "", "low": "2", "high": "3"}) == "low" and figure({"high": "3"}) == "high"
    assert figure({"value": ""}) == "value"
