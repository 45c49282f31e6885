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
