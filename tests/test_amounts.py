"""Amounts, shares, names and days as a sentence has them, at the places where the words change."""

import pandas as pd
import pytest

from chokepoint.pages import amounts, decisions, did_it_bite
from chokepoint.pages.components import spread
from chokepoint.pages.country import _ordinal


@pytest.mark.parametrize(
    "value, said",
    [
        (2.5, "2.5 t"),
        (999_999, "999,999 t"),
        (1e6, "1 million t"),
        (234_567_000, "235 million t"),
        (1e9, "1 billion t"),
        (7.44e9, "7.44 billion t"),
    ],
)
def test_tonnes_are_told_in_millions_from_the_first_and_in_billions_from_the_first(value, said):
    assert amounts.tons(value) == said


def test_a_price_has_three_figures():
    said = {9.0: "9", 46.297: "46.3", 99.94: "99.9", 100.4: "100", 4100.4: "4,100", 0.0456: "0.0456"}
    assert {value: amounts.money(value) for value in said} == said


def test_a_count_is_a_word_up_to_twelve():
    assert [amounts.in_words(n) for n in (0, 1, 12, 13, 1234)] == ["no", "one", "twelve", "13", "1,234"]


def test_words_are_listed_as_a_sentence_lists_them():
    assert amounts.listed(["tin"]) == "tin" and amounts.listed(["tin", "lead"]) == "tin and lead"
    assert amounts.listed(["tin", "lead", "zinc"]) == "tin, lead and zinc"


def test_a_name_has_its_article_and_a_release_its_year():
    assert amounts.with_article("Cook Islands") == "the Cook Islands"
    assert amounts.with_article("Philippines") == "the Philippines"
    assert amounts.with_article("Peru") == "Peru"
    assert amounts.edition("mcs2026") == "MCS 2026" and amounts.edition("baci2026-01") == "BACI 2026-01"
    assert amounts.date(pd.Timestamp(2026, 11, 9)) == "9 November 2026"
    assert amounts.capital("the EU") == "The EU" and amounts.capital("") == ""


@pytest.mark.parametrize(
    "value, unit, said",
    [
        (0.0, "t", "0"),
        (0.0099, "t", "0"),
        (0.0123, "t", "0.012"),
        (0.999, "t", "1"),
        (0.5, "t", "0.5"),
        (1.25, "t", "1.25"),
        (45.678, "t", "45.7"),
        (99.96, "t", "100"),
        (1234.5, "t", "1,234"),
        (-2.345, "US$ billion/year", "−US$2.35"),
        (-1200.0, "A$ million", "−A$1,200"),
        (0.456, "share", "46%"),
        (-0.25, "ratio of two", "−25%"),
        (-0.001, "share", "0%"),
        (-0.001, "US$/kg", "US$0"),
        (-100.0, "t", "−100"),
    ],
)
def test_a_result_has_the_figures_that_its_size_bears(value, unit, said):
    assert spread.amount(value, unit) == said


def test_a_unit_follows_its_number_in_words():
    said = {
        "US$ million/year": " million a year",
        "US$/kg": " a kilogram",
        "US$": "",
        "A$ million": " million",
    }
    said |= {"x": " times", "days": " days", "share": "", "ratio of two": "", "t/year": " t a year"}
    assert {unit: spread.counted(unit) for unit in said} == said


@pytest.mark.parametrize(
    "value, said",
    [(999, "US$999 million"), (1000, "US$1 billion"), (1234, "US$1.23 billion"), (2.5, "US$2.5 million")],
)
def test_a_thousand_million_is_a_billion(value, said):
    assert decisions._millions(value) == said


@pytest.mark.parametrize(
    "days, said",
    [
        (0.99, "less than a day"),
        (1, "1 day"),
        (1.4, "1 day"),
        (1.6, "2 days"),
        (400.4, "400 days"),
        (float("inf"), "less than a day"),
        (float("nan"), "less than a day"),
    ],
)
def test_days_are_counted_whole(days, said):
    assert decisions._days(days) == said


def test_how_long_a_stock_lasts_is_said_of_use_and_of_what_would_be_lacking():
    lasts = decisions._lasts
    both = {"days_of_use": 12.2, "days_without_china": 40.0}
    assert lasts(both, "Peru") == "12 days of all that Peru use, or 40 days of what they would lack"
    none = {"days_of_use": 12.2, "days_without_china": float("inf")}
    assert lasts(none, "they") == "12 days of all that they use, who would lack nothing"
    assert lasts({"days_of_use": float("nan")}, "they").endswith("since no use is published")


def test_places_small_ratios_and_periods_are_written_as_one_says_them():
    assert [_ordinal(n) for n in (1, 2, 3, 4, 10, 11, 12, 13, 14, 21, 22, 101, 111)] == [
        *("1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "14th"),
        *("21st", "22nd", "101st", "111th"),
    ]
    assert [did_it_bite._percent(ratio) for ratio in (0, 0.0099, 0.01, 1.2)] == [
        *("under 1%", "under 1%", "1%", "120%")
    ]
    kilograms = {0: "0 t", 9940: "9.9 t", 10_000: "10 t", 500: "0.5 t"}
    assert {kg: did_it_bite._amount(kg, "kg") for kg in kilograms} == kilograms
    assert did_it_bite._period("2025-05", "2025-12") == "May–Dec 2025"
