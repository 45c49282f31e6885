"""What a run comes to, in figures and in one sentence: by hand, from paths that are made up."""

import math

import numpy as np
import pytest

from chokepoint.models.scenario import results, told
from chokepoint.models.scenario.inputs import POLICY, YEARS
from chokepoint.models.scenario.results import SERIES, SUMMARY

CALM = {  # what stands still in every month unless a test says otherwise
    **dict.fromkeys(SERIES, 0.0),
    **dict(price_outside=20.0, price_inside=20.0, price_china=20.0, makers=1.0, members=5.0),
    **dict(output_club=25.0, output_china=60.0, output_rest=15.0, outside_share=0.4),
    **dict(use_club=50.0, net_imports=25.0),
}


def made(years=2, **series):
    """A path of some years; a series is one number, a number a year, or a number a month."""
    months, columns = 12 * years, []
    for name in SERIES:
        value = series.get(name, CALM[name])
        if isinstance(value, list):
            value = np.repeat(value, months // len(value))
        columns.append(np.broadcast_to(np.array(value, dtype=float), months))
    return np.array(columns).T.ravel().tolist()


def summed(**series):
    return dict(zip(SUMMARY, told.sum_up(made(**series), 2030), strict=True))


def in_month(at, value, rest=0.0, months=24):
    return [value if t == at else rest for t in range(months)]


def test_places_of_series_are_those_of_the_result():
    names = ("PRICE_OUTSIDE", "PRICE_INSIDE", "USE_CLUB", "OUTPUT_CLUB", "OUTSIDE_SHARE", "NET_IMPORTS")
    names += ("BUYERS", "TAXPAYERS", "UNSERVED", "MAKERS", "VAULT_CASH", "MEMBERS")
    for name in names:
        assert getattr(told, name) == list(SERIES).index(name.lower()), name
    assert list(SERIES).index("vault") == told.VAULT_HELD and len(SERIES) == told.WIDE


def test_figures_of_the_last_year_are_of_its_twelve_months_and_no_others():
    found = summed(years=3, output_club=[90, 90, 30], output_rest=[9, 9, 20], output_china=[9, 9, 50])
    assert found["club_share"] == pytest.approx(0.3)
    found = summed(years=3, outside_share=[0.1, 0.2, 0.3], net_imports=[1, 2, 6], makers=[1, 0.9, 0.7])
    last = [found[name] for name in ("outside_share", "net_imports", "makers_gone")]
    assert last == pytest.approx([0.3, 6, 0.3])
    assert summed(makers=in_month(12, 0.4, 1.0))["makers_gone"] == pytest.approx(0.05)
    assert summed(makers=in_month(11, 0.4, 1.0))["makers_gone"] == pytest.approx(0)


def test_half_is_the_first_year_in_whose_mean_half_is_made_outside():
    assert summed(years=4, outside_share=[0.4, 0.5, 0.3, 0.9])["half"] == 2031
    assert summed(years=2, outside_share=[0.5, 0.9])["half"] == 2030
    assert summed(years=2, outside_share=[0.4999, 0.49])["half"] == told.NONE


def test_the_worst_and_the_dearest_are_single_months_and_money_is_a_mean_of_all():
    found = summed(unserved=in_month(23, 0.7, 0.1), price_outside=in_month(0, 90, 20))
    assert (found["worst_unserved"], found["highest_price"]) == (0.7, 90)
    found = summed(buyers=[3, 7], taxpayers=[-4, 1])
    assert (found["buyers"], found["taxpayers"]) == pytest.approx((5, -1.5))


def test_cover_is_of_what_lacks_in_the_first_month_in_which_the_vault_is_fullest():
    held = [30.0 if t in (5, 9) else 1.0 for t in range(24)]
    lacks = [60.0 if t == 5 else 10.0 for t in range(24)]
    found = summed(vault=held, net_imports=lacks)
    assert (found["most_vault"], found["cover_days"]) == pytest.approx((30, 365 / 2))
    assert summed(vault=held, net_imports=0.0)["cover_days"] == told.NONE
    assert summed(vault=held, net_imports=1e-8, use_club=50.0)["cover_days"] == told.NONE  # rounding
    assert summed(vault=0.0)["cover_days"] == 0


def test_members_are_counted_at_the_start_and_those_gone_at_the_end():
    found = summed(members=in_month(23, 2, 5))
    assert (found["members"], found["members_gone"]) == (5, 3)


def test_the_table_has_a_row_a_month_from_january_of_the_first_year():
    table = results.table(made(2, price_outside=list(range(24)), members=list(range(24, 48))))
    assert list(table.columns) == ["year", "month", *SERIES]
    assert table.year.tolist() == [YEARS[0]] * 12 + [YEARS[0] + 1] * 12
    assert table.month.tolist() == [*range(1, 13), *range(1, 13)]
    assert table.price_outside.tolist() == list(range(24)) and table.members.iloc[0] == 24


def test_the_summary_sets_a_path_beside_doing_nothing_and_has_no_figure_where_there_is_none():
    made_so = results.summary(made(buyers=4.0, net_imports=0.0), made(buyers=1.0))
    assert list(made_so.columns) == ["value", "nothing", "unit", "meaning"]
    assert made_so.index.tolist() == list(SUMMARY)
    assert (made_so.value["buyers"], made_so.nothing["buyers"]) == (4, 1)
    assert math.isnan(made_so.value["cover_days"]) and math.isnan(made_so.value["half"])
    assert made_so.unit["buyers"] == "US$ million/year"


# --- numbers in words


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (999.4, "999"), (999.5, "1,000"), (1e6, "1,000,000"), (1002003, "1,002,003"), (0.5, "1")],
)
def test_whole_numbers_stand_in_groups_of_three(value, said):
    assert told.in_groups(value) == said


def test_zeros_at_the_end_are_left_out_and_those_within_kept():
    said = [told.with_decimals(*each) for each in ((1234.5, 2), (1.05, 2), (0.999, 2), (7.30, 2), (20, 3))]
    assert said == ["1,234.5", "1.05", "1", "7.3", "20"]


def test_a_share_below_one_per_cent_is_not_nothing():
    said = [told.percent(share) for share in (0, 1e-9, 0.00999, 0.01, 0.015, 0.5, 1)]
    assert said == ["0%", "under 1%", "under 1%", "1%", "2%", "50%", "100%"]


def test_a_price_has_three_digits_however_small():
    prices = (0.00123456, 0.0999, 0.5, 1, 1.239, 9.999, 10, 12.34, 99.96, 100, 4321)
    said = "0.00123 0.0999 0.5 1 1.24 10 10 12.3 100 100 4,321"
    assert [told.dollars(price) for price in prices] == [f"US${each}" for each in said.split()]


def test_millions_become_billions_where_they_would_be_a_thousand():
    said = [told.in_millions(value) for value in (0.49, 0.5, 1.4, 999.4, 999.5, 1050, 12345)]
    assert said == [
        "under US$0.5 million",
        *("US$1 million", "US$1 million", "US$999 million"),
        *("US$1 billion", "US$1.1 billion", "US$12.3 billion"),
    ]


def test_a_sum_that_is_not_earned_is_told_to_one_figure():
    said = [told.roughly(value) for value in (0.4, 0.5, 9.4, 10, 14, 95, 960, 25_400)]
    assert said == [
        "under US$0.5 million",
        *(f"roughly US${each} million" for each in (1, 9, 10, 10, 100)),
        *("roughly US$1 billion", "roughly US$30 billion"),
    ]


# --- the sentence


def chosen(**values):
    assert set(values) <= set(POLICY)
    return [float(values.get(name, 0)) for name in POLICY]


def tell(policy=None, prices=100.0, nothing=None, years=2, **series):
    """The sentence of a path beside a calm one, of years from 2030."""
    path, idle = made(years, **series), made(years, **(nothing or {}))
    return told.tell("metal", chosen(floor=1.5) if policy is None else policy, path, idle, 2030, prices)


STARTS = "For metal, the club makes 25% of the world’s output in 2031 either way"


def test_paths_are_alike_but_for_the_treasurer_and_for_who_might_leave():
    assert told.alike(made(), made(vault_cash=9.0, members=1.0))
    for name in set(SERIES) - {"vault_cash", "members"}:
        assert not told.alike(made(**{name: in_month(23, 77.0)}), made()), name
    assert told.alike(made(buyers=1e-16), made())
    assert told.alike(made(price_outside=20 * (1 + 0.9e-6)), made())
    assert not told.alike(made(price_outside=20 * (1 - 1.1e-6)), made())
    assert (
        told.alike(made(price_outside=in_month(3, 20.00005, 20)), made(price_outside=in_month(9, 60, 20)))
        is False
    )


@pytest.mark.parametrize("name", ["floor_ore", "floor", "floor_product", "strike", "money", "vault"])
def test_a_floor_a_contract_money_or_a_vault_is_a_choice(name):
    assert not told.nothing_chosen(chosen(**{name: 0.1}))


def test_the_rest_of_the_settings_alone_choose_nothing():
    others = set(POLICY) - {"floor_ore", "floor", "floor_product", "strike", "money", "vault"}
    assert told.nothing_chosen(chosen(**dict.fromkeys(others, 1.0)))


def test_why_a_choice_changes_nothing():
    assert tell(chosen(cut=1)) == "For metal this changes nothing: nothing was chosen."
    idle = {"net_imports": 0.0}
    said = tell(chosen(floor=2), nothing=idle, **idle)
    assert said.endswith(
        "the club makes more than it uses, so that there are no imports to tax and none to store for."
    )
    lies = "For metal this changes nothing: the floor lies below the market."
    assert [tell(chosen(**{name: 1})) for name in ("floor", "floor_ore", "floor_product")] == [lies] * 3
    reach = "For metal this changes nothing: it does not reach this market."
    assert tell(chosen(money=1)) == reach
    above = {"price_inside": in_month(7, 20.1, 20)}
    assert tell(chosen(floor=1), nothing=above, **above) == reach
    hardly = {"price_inside": in_month(7, 20 * (1 + 0.9e-6), 20)}
    assert tell(chosen(floor=1), nothing=hardly, **hardly) == lies


def test_output_is_told_against_doing_nothing():
    assert tell(net_imports=24.0) == STARTS + "."
    more = tell(output_club=[25, 50], output_china=[60, 35])
    assert more == "For metal, the club makes 50% of the world’s output in 2031 instead of 25%."
    assert tell(chosen(cut=1), net_imports=24.0).startswith(
        "For metal, with China’s answer alone the club makes"
    )


def test_need_that_goes_without_is_told_from_two_per_cent_on_where_it_differs():
    says = " and in the worst month 2% of its need goes without instead of under 1%."
    assert tell(unserved=in_month(3, 0.02), nothing={"unserved": 0.004}) == STARTS + says
    assert tell(unserved=in_month(3, 0.0199), nothing={"unserved": 0.004}) == STARTS + "."
    assert tell(unserved=0.304, nothing={"unserved": 0.296}) == STARTS + "."  # both are 30%
    says = " and in the worst month 0% of its need goes without instead of 9%."
    assert tell(nothing={"unserved": 0.09}) == STARTS + says


def test_who_pays_is_told_and_who_gains():
    both = tell(buyers=12.0, taxpayers=[30, 16])
    assert both == (
        f"{STARTS}, its buyers pay US$12 million a year above the price outside"
        " and its taxpayers pay US$23 million a year."
    )
    takes = tell(taxpayers=-23.0)
    assert takes == STARTS + " and its taxpayers take in US$23 million a year."
    assert (
        tell(taxpayers=-23.0, prices=0.0)
        == STARTS + " and its taxpayers take in roughly US$20 million a year."
    )
    assert tell(buyers=12.0, prices=0.0).endswith(
        "its buyers pay roughly US$10 million a year above the price outside."
    )


def test_makers_and_members_who_left_are_told():
    assert (
        tell(makers=[1, 0.994]) == STARTS + " and under 1% of its makers of the next stage have left by 2031."
    )
    assert tell(makers=[1, 0.996]) == STARTS + "."
    left = tell(members=in_month(23, 3, 5), net_imports=24.0)
    assert left == STARTS + " and 2 of 5 members have left by 2031."


def test_a_price_is_told_where_it_is_earned_and_moves_by_two_per_cent():
    def says(here, there, **given):
        prices = {"price_outside": in_month(4, there, 20)}
        return tell(nothing=prices, price_outside=in_month(4, here, 20), **given).removeprefix(STARTS)

    assert says(51, 50) == " and the price outside reaches at most US$51 a kilogram instead of US$50."
    assert says(49, 50) == " and the price outside reaches at most US$49 a kilogram instead of US$50."
    assert says(50.9, 50) == says(49.1, 50) == says(90, 50, prices=0.0) == "."
    limit = " and the price outside reaches the model’s limit instead of US$50."
    assert says(100 * (1 - 0.9e-6), 50) == limit
    assert says(50, 100).endswith("at most US$50 a kilogram instead of the model’s limit.")
