"""Did a control bite? The rule, on series whose answer is plain, and on two controls worked by hand."""

import pandas as pd
import pytest

from chokepoint.analysis import control_effects as effects
from chokepoint.pages import did_it_bite


def _months(*values: float, start: str = "2024-01") -> pd.DataFrame:
    months = pd.period_range(start, periods=len(values), freq="M").astype(str)
    return pd.DataFrame({"start": months, "end": months, "value": values, "unit": "t"})


DAY = pd.Timestamp(2024, 5, 15)  # four months before it, then the month of the control


@pytest.mark.parametrize(
    "after, verdict",
    [
        ((30, 25, 20, 15), effects.BIT),
        ((20, 30, 80, 100), effects.FADED),
        ((95, 90, 105, 80), effects.NOT_SEEN),
        ((95, 90, 105, 20), effects.UNDETERMINED),  # one low month may be anything
        ((20, 30), effects.UNDETERMINED),
    ],
)
def test_the_verdict_follows_what_was_sold_afterwards(after, verdict):
    assert effects.judge(_months(100, 100, 100, 100, 60, *after), DAY)["verdict"] == verdict


def test_buyers_who_stock_up_in_one_year_do_not_raise_the_level():
    """Three years of 100, 100 and 400 before: the median is 100, so 90 afterwards is no fall."""
    years = [
        {"start": f"{y}-01", "end": f"{y}-12", "value": v, "unit": "kg"}
        for y, v in ((2020, 100), (2021, 100), (2022, 400), (2023, 50))
    ]
    years += [{"start": f"{y}-01", "end": f"{y}-12", "value": 90, "unit": "kg"} for y in (2024, 2025, 2026)]
    found = effects.judge(pd.DataFrame(years), pd.Timestamp(2023, 8, 1))
    assert (found["verdict"], found["newest"]) == (effects.NOT_SEEN, 0.9)


def test_a_winter_is_compared_with_winters():
    rows = []
    for year in range(2020, 2026):
        rows += [
            {"start": f"{year}-01", "end": f"{year}-04", "value": 20, "unit": "kg"},
            {"start": f"{year}-05", "end": f"{year}-12", "value": 80, "unit": "kg"},
        ]
    assert effects.judge(pd.DataFrame(rows), pd.Timestamp(2023, 6, 1))["lowest"] == 1.0


def test_antimony_by_hand():
    """US imports of antimony from China, January to April: 1,210 t, 326 t and 177 t in 2022, 2023 and 2024 … the year of the licence is 2024,
    so the level is the median of 2021 to 2023 (754, 1,210 and 326 t): 754 t. In 2026 it was under a tonne: a thousandth."""
    row = effects.judged().query("control_id == 'control.2024-33' and mineral == 'antimony'").iloc[0]
    assert row.verdict == effects.BIT and row.newest == pytest.approx(0.666 / 754, abs=2e-4)


def test_magnets_fell_to_a_quarter_and_came_back():
    row = effects.judged().query("control_id == 'control.2025-18' and mineral == 'dysprosium'").iloc[0]
    assert row.verdict == effects.FADED and row.lowest == pytest.approx(1238 / 5300.5, abs=0.01)


def test_every_control_on_a_mineral_is_judged_or_said_to_be_untestable():
    named = {(r.control_id, r.mineral) for r in effects.judged().itertuples()} | {
        (r.control_id, r.mineral) for r in effects.not_judged().itertuples()
    }
    assert named == {(r.control_id, r.mineral) for r in effects.on_minerals().itertuples()}
    assert effects.not_judged().would_settle.str.len().min() > 20


def test_what_other_countries_limit_is_listed_with_what_would_settle_it():
    text = did_it_bite.controls_of_others("mcs2026").html()
    assert "export quota of cobalt since 2025" in text and "export ban of nickel ore since 2020" in text
    assert "would settle it" in text and "antimony" not in text  # China's own are judged above
    assert not did_it_bite.controls_of_others("mcs2024").html()  # a release without the list


# --- the rule at its edges ---


def _years(values: dict[int, float], first: str = "01", last: str = "12") -> pd.DataFrame:
    rows = [
        {"start": f"{y}-{first}", "end": f"{y}-{last}", "value": v, "unit": "kg"} for y, v in values.items()
    ]
    return pd.DataFrame(rows)


def test_the_level_is_that_of_the_three_years_before_and_of_none_older():
    rows = _years({2018: 900, 2019: 900, 2020: 100, 2021: 200, 2022: 400, 2023: 50, 2024: 140})
    found = effects.compared(rows, pd.Timestamp(2023, 8, 1)).set_index("start")
    assert set(found.level) == {200} and set(found.years) == {3}
    assert found.ratio["2024-01"] == 0.7 and found.ratio["2022-01"] == 2


def test_two_years_of_a_season_make_no_level():
    rows = _years({2021: 200, 2022: 400, 2023: 50, 2024: 140}, last="04")
    found = effects.compared(rows, pd.Timestamp(2023, 8, 1))
    assert found.level.isna().all() and set(found.years) == {0} and found.ratio.isna().all()


def test_single_months_without_earlier_years_are_compared_with_all_months_before():
    found = effects.compared(_months(100, 300, 200, 1000, 60, 125), DAY)
    assert set(found.level) == {250} and set(found.years) == {4} and found.ratio.iloc[-1] == 0.5
    none_before = effects.compared(_months(60, 125), pd.Timestamp(2023, 12, 31))
    assert none_before.level.isna().all() and set(none_before.side) == {effects.AFTER}


def test_a_level_of_nothing_is_no_level():
    found = effects.judge(_months(0, 0, 0, 0, 60, 10, 20, 30), DAY)
    assert (found["verdict"], found["observations_after"]) == (effects.UNDETERMINED, 0)


@pytest.mark.parametrize(
    "start, end, side",
    [
        ("2024-01", "2024-04", effects.BEFORE),
        ("2024-01", "2024-05", effects.DURING),
        ("2024-05", "2024-05", effects.DURING),
        ("2024-05", "2024-12", effects.DURING),
        ("2024-06", "2024-12", effects.AFTER),
    ],
)
def test_the_period_in_which_a_control_began_is_on_neither_side(start, end, side):
    rows = pd.DataFrame({"start": [start], "end": [end], "value": [1.0], "unit": "t"})
    assert effects.compared(rows, DAY).side.tolist() == [side]


@pytest.mark.parametrize(
    "after, verdict",
    [
        ((70, 70, 70), effects.NOT_SEEN),  # at the mark is not below it
        ((69, 69, 69), effects.BIT),
        ((20, 95, 20), effects.BIT),
        ((95, 20, 95, 20), effects.UNDETERMINED),  # half is not most
        ((20, 20, 70), effects.FADED),
        ((20, 20), effects.UNDETERMINED),
    ],
)
def test_the_marks_of_the_rule_are_where_it_says(after, verdict):
    assert (
        effects.judge(_months(100, 100, 100, 60, *after), DAY - pd.DateOffset(months=1))["verdict"] == verdict
    )


def test_two_months_before_a_control_are_too_few():
    found = effects.judge(_months(100, 100, 60, 20, 20, 20), pd.Timestamp(2024, 3, 1))
    assert (found["verdict"], found["observations_before"]) == (effects.UNDETERMINED, 2)


def test_a_verdict_comes_with_what_it_rests_on():
    found = effects.judge(_months(100, 100, 100, 60, 20, 10, 40), pd.Timestamp(2024, 4, 1))
    told = {"observations_before": 3, "observations_after": 3, "unit": "t", "lowest": 0.1, "newest": 0.4}
    assert found == {"verdict": effects.BIT} | told


def test_a_control_after_which_nothing_is_held_has_no_ratio():
    found = effects.judge(_months(100, 100, 100, 100, 60), DAY)
    assert (found["verdict"], found["unit"]) == (effects.UNDETERMINED, "t")
    assert (found["observations_before"], found["observations_after"]) == (0, 0)
    assert pd.isna(found["lowest"]) and pd.isna(found["newest"])
    assert effects.judge(_months(), DAY)["unit"] == ""


def test_a_season_is_compared_with_the_same_months_alone():
    """The first four months with the first four, though whole years begin alike and the rest ends alike."""
    years = range(2020, 2023)
    rows = pd.concat(
        [
            _years({y: 10 for y in years}, last="04"),
            _years({y: 100 for y in years}),
            _years({y: 90 for y in years}, first="05"),
            _years({2024: 5}, last="04"),
        ]
    )
    assert effects.compared(rows, pd.Timestamp(2023, 8, 1)).ratio.iloc[-1] == 0.5


def test_the_observations_before_are_those_of_the_level_that_rests_on_the_fewest():
    """January has three years before it. February has one, so it is compared with all four months."""
    before = [("2021-01", 100), ("2022-01", 100), ("2023-01", 100), ("2023-02", 50)]
    rows = [*before, ("2025-01", 90), ("2025-02", 90), ("2026-01", 90)]
    frame = pd.DataFrame([{"start": m, "end": m, "value": v, "unit": "t"} for m, v in rows])
    assert effects.compared(frame, pd.Timestamp(2024, 6, 1)).years.tolist()[-3:] == [3, 4, 3]
    assert effects.judge(frame, pd.Timestamp(2024, 6, 1))["observations_before"] == 3


def test_too_few_observations_are_told_as_far_as_they_go():
    found = effects.judge(_months(0.5, 0.5, 0.5, 0.5, 1, 0.2, 0.1), DAY)
    assert (found["verdict"], found["observations_after"]) == (effects.UNDETERMINED, 2)
    assert (found["lowest"], found["newest"]) == (0.2, 0.2)
    found = effects.judge(_months(100, 100, 100, 100, 60, 20, 30), DAY)
    assert (found["lowest"], found["newest"]) == (0.2, 0.3)


# --- what is observed, and what is judged ---


def test_us_imports_are_the_first_months_and_the_rest_of_each_year(made_up):
    def row(year: int, months: int, quantity: float, **other) -> dict:
        own = {
            "flow": "imports",
            "heading": "8110",
            "iso3": "CHN",
            "unit": "kilograms",
            "source_id": "US2091",
        }
        return own | {"year": year, "months": months, "quantity": quantity} | other

    made_up.put("us_trade", [row(2026, 4, 999)], "ustrade2090")
    decoys = [{"flow": "exports"}, {"iso3": "MEX"}, {"unit": "number"}, {"heading": "8112"}]
    rows = [
        *(row(2024, 4, 6), row(2024, 4, 4), row(2024, 12, 100), row(2025, 4, 20), row(2025, 12, 50)),
        row(2026, 4, 5),
        *(row(2024, 12, 7000) | other for other in decoys),
    ]
    made_up.put("us_trade", rows, "ustrade2091")
    found = effects.series("us_imports", "8110")
    assert found[["start", "end", "value"]].values.tolist() == [
        ["2024-01", "2024-04", 10],
        ["2024-05", "2024-12", 90],
        ["2025-01", "2025-04", 20],
        ["2025-05", "2025-12", 30],
        ["2026-01", "2026-04", 5],
    ]
    assert set(found.unit) == {"kg"} and set(found.source_id) == {"US2091"}


def test_a_year_of_which_only_the_whole_is_held_began_with_nothing(made_up):
    row = {"flow": "imports", "heading": "8110", "iso3": "CHN", "unit": "kilograms"}
    months = [(2024, 12, 30), (2025, 4, 20), (2025, 12, 50), (2026, 4, 5)]
    made_up.put(
        "us_trade", [row | {"year": y, "months": m, "quantity": q} for y, m, q in months], "ustrade2091"
    )
    assert effects.series("us_imports", "8110").value.tolist() == [0, 30, 20, 30, 5]


@pytest.fixture
def sold(made_up):
    """Magnets: three months before a control of April 2025, and four after it."""

    def row(month: str, value: float, last: str = "", area: str = "World", product: str = "magnets") -> dict:
        return {
            "product": product,
            "area": area,
            "first_month": month,
            "last_month": last or month,
            "value_t": value,
            "source_id": "C2091",
        }

    months = {
        "2025-03": 90,
        "2025-01": 100,
        "2025-02": 110,
        "2025-04": 50,
        "2025-05": 20,
        "2025-06": 30,
        "2025-07": 40,
    }
    decoys = [
        row("2025-01", 7, last="2025-06"),
        row("2025-02", 7, area="United States"),
        row("2025-02", 7, product="oxide"),
    ]
    made_up.put("china_exports", [*decoys, *(row(m, v) for m, v in months.items())], "customs2091")

    def control(
        name: str, day: str | None, instrument: str = "licence", took: str = "yes", published: bool = True
    ):
        return {
            "control_id": name,
            "effective_date_start": day,
            "instrument": instrument,
            "took_effect": took,
            "published": published,
            "target": f"target of {name}",
        }

    made_up.put(
        "controls",
        [
            control("april", "2025-04-04"),
            control("ban", "2025-05-01", "ban"),
            control("listing", "2025-04-04", "entity listing"),  # no limit on sales of a mineral
            control("announced", "2025-04-04", took="no"),
            control("undated", None),
            control("kept", "2025-04-04", published=False),
        ],
    )
    names = ("april", "ban", "listing", "announced", "undated", "kept")
    made_up.put(
        "control_minerals",
        [{"control_id": n, "mineral": "neodymium"} for n in names]
        + [{"control_id": "ban", "mineral": "gallium"}],
    )
    test = {"mineral": "neodymium", "series": "china_exports", "code": "magnets"}
    made_up.put(
        "control_tests",
        [test | {"control_id": n} for n in ("april", "listing", "announced")]
        + [test | {"control_id": "april", "mineral": "terbium", "code": "oxide"}],
    )


def test_only_single_months_to_the_world_are_compared_and_in_their_order(sold):
    found = effects.series("china_exports", "magnets")
    assert found.start.tolist() == [f"2025-0{m}" for m in range(1, 8)] and (found.start == found.end).all()
    assert found.value.tolist() == [100, 110, 90, 50, 20, 30, 40]
    assert set(found.unit) == {"t"} and set(found.source_id) == {"C2091"}


def test_only_what_took_effect_and_limits_sales_is_judged(sold):
    rows = effects.judged()
    assert list(zip(rows.control_id, rows.mineral, rows.verdict, strict=True)) == [
        ("april", "neodymium", effects.BIT),
        ("april", "terbium", effects.UNDETERMINED),
    ]
    assert (rows.newest[0], rows.lowest[0], rows.unit[0]) == (0.4, 0.2, "t")
    assert effects.judged("terbium").control_id.tolist() == ["april"]
    assert rows.day[0] == pd.Timestamp(2025, 4, 4) and rows.target[0] == "target of april"


def test_a_control_that_no_series_can_judge_is_listed_once_a_mineral(sold):
    rows = effects.not_judged()
    assert list(zip(rows.control_id, rows.mineral, strict=True)) == [("ban", "neodymium"), ("ban", "gallium")]
    assert effects.not_judged("gallium").control_id.tolist() == ["ban"]
    assert list(effects.on_minerals("neodymium").control_id) == ["april", "ban"]
    assert rows.would_settle.str.contains("customs").all()


def test_a_table_that_no_release_holds_is_missing(made_up):
    made_up.take_away("us_trade")
    with pytest.raises(effects.MissingTable, match="No release holds the table us_trade"):
        effects.newest("us_trade")
