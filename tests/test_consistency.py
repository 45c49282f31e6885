"""A row of the evidence holds together: words with number, status with dates, and nothing said twice."""

import pandas as pd
import pytest

from chokepoint.data import consistency

SOURCES = [{"source_id": "S1", "date": "2026-03"}, {"source_id": "S2", "date": "2025"}]


def told(sources: list[dict] = SOURCES, **tables: list[dict]) -> list[tuple]:
    """What is said of these rows of the evidence: table, row, column, message."""
    frames = {"sources": sources, **tables}
    return list(consistency.faults({name: pd.DataFrame(rows) for name, rows in frames.items()}))


def places(**tables: list[dict]) -> list[tuple]:
    """Where something is wrong: row and column."""
    return [(row, column) for _, row, column, _ in told(**tables)]


# --- words and numbers


@pytest.mark.parametrize(
    ("text", "value", "unit", "stated"),
    [
        ("US$2.906 billion", 2.9065, "US$ billion", True),  # as far as rounding may have moved it
        ("US$2.906 billion", 2.9066, "US$ billion", False),
        ("US$2.906 billion", 2.9055, "US$ billion", True),
        ("US$2.906 billion", 2.9054, "US$ billion", False),
        ("about 7,100 t", 7100.5, "t", True),
        ("about 7,100 t", 7101, "t", False),
        ("a fall of 11.1%", -11.1, "percent", True),
        ("US$14.8 billion", 14800, "US$ million", True),
        ("US$14.8 billion", 14.8, "US$ million", False),
        ("twelve thousand t", 12000, "t", True),
        ("half a trillion, 3 trillion", 3, "US$ trillion", True),
        ("5 of 20 mines", 20, "mines", True),  # any of its numbers
        ("5 of 20 mines", 25, "mines", False),
        ("two years", 24, "months", True),
        ("one year", 12, "months", True),
        ("one year", 18, "months", True),  # to half a year, as a number is to half of one
        ("one year", 19, "months", False),
        ("one year", 12, "days", False),
        ("seven", 7.5, "", True),
        ("seven", 8, "", False),
        ("one year", 1, "year", True),
        ("a fifth year", 5, "", True),
        ("the tenth of ninety", 90, "", True),
        ("nineteen", 19, "", True),
        ("nineteen", 9, "", False),
        ("sixty-four, 4 of 9", 60, "", True),
        ("tensions over tenders of a secondary kind", 10, "", None),  # part of a word is no number
        ("HR4090 and S.1", 1, "", None),
        ("no figure", 3, "t", None),
    ],
)
def test_a_text_states_a_value_within_its_rounding_in_its_unit_or_says_no_number(text, value, unit, stated):
    assert consistency.states(text, value, unit) is stated


def test_the_scale_of_a_unit_is_a_whole_word_of_it():
    units = ("US$ million", "thousand t", "US$ billion", "trillion", "t", "millions", "")
    assert [consistency.scale_of(u) for u in units] == [1e6, 1e3, 1e9, 1e12, 1, 1, 1]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": "17", "text": "GBP 71 million"}, '17 GBP million is not what text says beside it: "GBP'),
        ({"value": "71", "text": "GBP 71 million"}, ""),
        ({"value": "71", "text": "no figure"}, ""),
        ({"value": "", "text": "GBP 71 million"}, ""),
        ({"value": "inf", "text": "no figure"}, "inf GBP million is not what text says"),
        ({"value": "7,100", "text": "7,100"}, "which value_type says it is. Write 7100"),
        ({"value": "-7,100.5", "text": "7,100.5"}, "Write -7100.5"),
        ({"value": "7,1oo", "text": "7,100"}, '"7,1oo" is not a number, which value_type says it is.'),
        ({"value": "2026-02-04", "value_type": "date", "text": "On 4 February 2026"}, ""),
        ({"value": "2026-12-04", "value_type": "date", "text": "On 4 December 2026"}, ""),
        ({"value": "2026-02-04", "value_type": "date", "text": "In spring"}, ""),
        ({"value": "2026-02-05", "value_type": "date", "text": "On 4 February 2026"}, "is not what text"),
        ({"value": "2026-03-04", "value_type": "date", "text": "On 4 February 2026"}, "is not what text"),
        ({"value": "2025-02-04", "value_type": "date", "text": "On 4 February 2026"}, "is not what text"),
        ({"value": "2026-02", "value_type": "date", "text": "In February"}, '"2026-02" is not a date like'),
        ({"value": "yes", "value_type": "text", "text": "4 of 5"}, ""),
    ],
)
def test_a_fact_of_the_ledger_says_in_words_what_it_says_in_figures(cells, said):
    row = {"value_type": "number", "unit": "GBP million"} | cells
    found = told(ledger=[row])
    assert [place for *place, _ in found] == ([["ledger", 0, "value"]] if said else [])
    assert all(said in message for *_, message in found)
    if "Write" not in said:
        assert not any("Write" in message for *_, message in found)


def test_an_amount_is_in_us_millions_and_a_wrong_row_is_named_among_right_ones():
    rows = [("US$2.9 billion", "2900"), ("US$2.9 billion", "2.9"), ("US$5 million", "5")]
    rows = [{"amount_text": text, "amount_usd_m": cell} for text, cell in rows]
    held = [row | {"status": "", "date_start": ""} for row in rows]
    [(table, row, column, said)] = told(finance=held)
    assert (table, row, column) == ("finance", 1, "amount_usd_m")
    assert said == '2.9 US$ million is not what amount_text says beside it: "US$2.9 billion"'


def test_a_quotation_has_fifteen_words_at_most_and_stands_once():
    words = ["w " * 15, "w " * 16, "We agree", "we AGREE", "", ""]
    found = told(quotations=[{"words": text.strip(), "date_start": ""} for text in words])
    assert [(row, column) for _, row, column, _ in found] == [(1, "words"), (3, "words")]
    assert found[0][3] == "has 16 words; at most 15 are quoted. Shorten it"
    assert found[1][3] == '"we AGREE" is quoted already. Keep one of the rows'


def test_a_default_is_that_of_the_fact_it_starts_from():
    ledger = pd.DataFrame({"fact_id": ["a", "b", "c"], "value": ["12", "0.5", ""]})
    rows = [("a", "12.0"), ("b", "0.6"), ("c", "9"), ("", "1"), ("unknown", "1")]
    assumptions = pd.DataFrame(rows, columns=["fact_id", "value"])
    [(table, row, column, said)] = consistency.restated(assumptions, ledger)
    assert (table, row, column) == ("assumptions", 1, "value")
    assert said == "0.6 is not what its fact b states, 0.5. Write 0.5, or leave fact_id empty"


# --- states and dates


def test_the_last_day_that_a_date_may_mean_is_that_of_its_month_or_year():
    days = {"2026-02": "2026-02-28", "2024-02": "2024-02-29", "2026-12": "2026-12-31"}
    days |= {"2026": "2026-12-31", "2026-02-04": "2026-02-04"}
    none = ("", "spring", "2026-13", "2026-00", "26-02", "2026-2-4")
    assert {date: consistency.last_day(date) for date in (*days, *none)} == days | dict.fromkeys(none, "")


DONE = [
    ("timeline", "happened", ["happened", "lapsed"], "cancelled", "date_start"),
    ("agreements", "status", ["signed", "concluded", "announced", "declined"], "expected", "date_start"),
    ("controls", "took_effect", ["yes"], "no", "effective_date_start"),
    ("controls", "status", ["temporary", "suspended"], "planned", "announced_date_start"),
    ("controls", "status", ["in force", "ended", "ongoing"], "suspended", "effective_date_start"),
    ("controls", "status", ["suspended"], "ended", "suspended_from"),
]


@pytest.mark.parametrize(("table", "column", "states", "other", "day"), DONE, ids=lambda v: str(v)[:20])
def test_what_is_said_to_be_done_lies_no_later_than_the_day_up_to_which_all_is_known(
    table, column, states, other, day
):
    for state in states:
        days = {"2026-03-01": True, "2026-02-28": False, "2027": True, "2027-01": True, "soon": False}
        rows = [{column: state, day: at, "as_of": "2026-02-28"} for at in days]
        wanted = [(row, day) for row, late in enumerate(days.values()) if late]
        assert places(**{table: rows}) == wanted, state
    rows = [{column: other, day: "2026-03-01", "as_of": "2026-02-28"}]
    assert places(**{table: rows}) == []


def test_the_state_and_the_day_are_named():
    late = {"happened": "lapsed", "date_start": "2026-03-01", "as_of": "2026-02-28"}
    [(*_, said)] = told(timeline=[late])
    assert said == '2026-03-01 is "lapsed", but lies after as_of 2026-02-28'
    [(*_, said)] = told(statements=[{"date_start": "2026-04-01"}])
    assert said == "2026-04-01 is told as a fact, but lies after the newest source, S1 of 2026-03"


@pytest.mark.parametrize("table", ["statements", "quotations", "markets", "vault", "claims", "finance"])
def test_what_has_no_state_is_told_as_a_fact_and_no_source_is_older(table):
    cells = {"words": "", "text": "", "statement": "", "amount_text": "", "amount_usd_m": "", "value": ""}
    cells |= {"status": "planned"}
    days = ("2026-03-31", "2026-04-01")  # the newest source is of March 2026
    assert places(**{table: [cells | {"date_start": day} for day in days]}) == [(1, "date_start")]


def test_a_row_that_breaks_two_rules_is_reported_once():
    row = {"took_effect": "yes", "status": "in force", "effective_date_start": "2026-04-01"}
    row |= {"announced_date_start": "2026-04-02", "suspended_from": ""}
    assert places(controls=[row | {"as_of": "2026-03-01"}]) == [(0, "effective_date_start")]


def test_without_a_source_or_a_known_day_no_date_is_late():
    row = {"happened": "happened", "date_start": "2099-01-01"}
    none = pd.DataFrame({"source_id": [], "date": []})
    assert list(consistency.faults({"sources": none, "timeline": pd.DataFrame([row])})) == []
    assert told([], timeline=[row]) == [] and told([{"source_id": "S1"}], timeline=[row]) == []
    assert places(timeline=[row | {"as_of": ""}]) == []
    assert list(consistency.faults({"timeline": pd.DataFrame([row])})) == []


def test_what_was_scheduled_for_a_day_that_has_passed_has_happened_or_lapsed():
    days = {"2026-02-28": True, "2026-02-27": True, "2026-03-01": False}
    rows = [{"happened": "scheduled", "date_start": day, "as_of": "2026-02-28"} for day in days]
    found = told(timeline=rows)
    assert [(row, column) for _, row, column, _ in found] == [(0, "happened"), (1, "happened")]
    assert found[1][3] == 'is "scheduled", but 2026-02-27 had passed by as_of 2026-02-28: happened, or lapsed'
    assert places(timeline=[rows[0] | {"as_of": ""}, rows[0] | {"happened": "happened"}]) == []


def test_a_membership_ends_no_sooner_than_it_begins():
    rows = [("2026-02-04", "2026-02-03"), ("2026-02-04", "2026-02-04"), ("2026-02-04", "2026-02")]
    rows += [("2026-02-04", ""), ("2026-02-04", "2025")]
    found = told(memberships=[{"since": since, "until": until} for since, until in rows])
    assert [(row, column) for _, row, column, _ in found] == [(0, "until"), (4, "until")]
    assert found[1][3] == "2025 is before since 2026-02-04"
    assert places(memberships=[{"since": "2026-04-01", "until": ""}]) == [(0, "since")]


def test_a_day_known_is_within_half_a_year_of_the_newest_source():
    """The newest source is of March 2026: 183 days after its end is 30 September."""
    [(table, row, column, said)] = told(agreements=[{"as_of": "2026-09-30"}, {"as_of": "2026-10-01"}])
    assert (table, row, column) == ("agreements", 1, "as_of")
    assert said.startswith("2026-10-01 is more than half a year after the newest source in sources.csv ")
    assert said.endswith("(S1 of 2026-03)")
