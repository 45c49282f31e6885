"""A value stands once: what refers to it is filled in, and what repeats it or leads nowhere is found."""

import pandas as pd
import pytest

from chokepoint.data import references
from chokepoint.data.references import Evidence, Unresolved, amount, printed, same, states


def fields(*plain: str, **kinds: dict) -> dict:
    """A schema of columns of text, and of others as they are given; the first is the key."""
    columns = [{"name": name, "type": "string"} for name in plain]
    columns += [{"name": name, "type": "string"} | kind for name, kind in kinds.items()]
    return {"fields": columns, "primaryKey": columns[0]["name"]}


TEMPLATE = {"template": True}
SCHEMAS = {
    "ledger": fields(
        *("fact_id", "table", "row_key", "column", "value", "value_type", "unit"),
        *references.TAKEN,
        text=TEMPLATE,
    ),
    "loans": fields(
        *("loan_id", "source_id", "confidence", "published"),
        amount={"type": "number", "unit": "US$ million", "between": ["low", "high"]},
        low={"type": "number", "unit": "US$ million"},
        high={"type": "number", "unit": "US$ million"},
        days={"type": "integer", "unit": "days"},
        date={"type": "date"},
        about=TEMPLATE,
    ),
    "notes": fields("note_id", "row_key", text=TEMPLATE),
    "readings": fields(
        *("reading_id", "row_key", "column", "value", "value_low", "value_high", "date_value", "unit"),
        about=TEMPLATE,
    ),
}
LOAN = {"loan_id": "loan.a", "source_id": "S1", "confidence": "primary", "published": "true", "low": ""}
LOAN |= {"amount": "2906", "high": "", "days": "60", "date": "2026-02-04", "about": ""}
OWN = {"value_type": "number", "as_of": "2026-01-01", "source_ids": "S2", "confidence": "primary"}
OWN |= {"published": "true"}


def evidence(**rows: list[dict]) -> Evidence:
    frames = {}
    for name, schema in SCHEMAS.items():
        columns = [f["name"] for f in schema["fields"]]
        frames[name] = pd.DataFrame(rows.get(name, []), columns=columns, dtype=str).fillna("")
    return Evidence(frames.__getitem__, SCHEMAS)


def fact(**cells: str) -> dict:
    return {"fact_id": "f.a", "table": "loans", "row_key": "loan.a"} | cells


def stated(**cells: str) -> dict[str, str]:
    """A fact of the ledger that refers to the loan, filled in."""
    return evidence(loans=[LOAN], ledger=[fact(**cells)]).fact("f.a")


def test_a_fact_takes_value_unit_day_sources_and_grade_from_the_cell_it_refers_to():
    made = stated(column="amount")
    names = ("value", "unit", "value_type", "text", *references.TAKEN)
    assert [made[n] for n in names] == [
        *("2906", "US$ million", "number", "US$2,906 million"),
        *("2026-02-04", "S1", "primary", "true"),
    ]
    billions = stated(column="amount", unit="US$ billion", confidence="single-source")
    assert (billions["value"], billions["text"]) == ("2.906", "US$2.906 billion")
    assert (billions["confidence"], billions["source_ids"]) == ("single-source", "S1")


def test_a_fact_of_a_day_is_a_date_and_a_sentence_of_its_own_is_filled_in():
    day = stated(column="date")
    assert (day["value"], day["value_type"], day["unit"]) == ("2026-02-04", "date", "")
    assert day["text"] == "4 February 2026"
    made = stated(column="days", text="Within {value} days of {date}, {amount:US$ billion} at most")
    assert made["text"] == "Within 60 days of 4 February 2026, US$2.906 billion at most"


def test_a_reading_takes_the_ends_of_a_range_and_a_day_in_a_column_of_its_own():
    loan = LOAN | {"low": "2000", "high": "3000"}
    read = {"reading_id": "r", "row_key": "loans:loan.a", "column": "amount", "unit": "US$ billion"}
    held = evidence(loans=[loan], readings=[read, read | {"column": "date", "unit": ""}])
    names = ["value", "value_low", "value_high", "date_value", "unit"]
    assert held.resolved("readings")[names].values.tolist() == [
        ["2.906", "2", "3", "", "US$ billion"],
        ["", "", "", "2026-02-04", ""],
    ]
    part = evidence(loans=[loan | {"high": ""}], readings=[read]).resolved("readings")
    assert part[names].values.tolist() == [["2.906", "2", "", "", "US$ billion"]]


def test_a_text_takes_cells_of_its_row_of_the_row_it_names_and_of_facts():
    loan = LOAN | {"about": "A loan of {amount:US$ billion}, with {f.b:words} lenders ({f.b})"}
    other = fact(fact_id="f.b", table="", row_key="", value="7", text="seven banks", **OWN)
    note = {"note_id": "n", "row_key": "loans:loan.a", "text": "Of {days} days, {Not} a place"}
    held = evidence(loans=[loan], ledger=[other], notes=[note])
    said = "A loan of US$2.906 billion, with seven lenders (seven banks)"
    assert held.resolved("loans").about.tolist() == [said]
    assert held.resolved("notes").text.tolist() == ["Of 60 days, {Not} a place"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"row_key": "loan.b", "column": "amount"}, '"loan.b" is no row of loans.csv. Did you mean loan.a'),
        ({"table": "gone", "column": "amount"}, '"gone" is no table of the evidence'),
        ({"column": "weight"}, '"weight" is no column of loans'),
        ({"column": "low"}, 'column low of "loan.a" in loans.csv is empty'),
        ({"column": "amount", "unit": "days"}, ""),
        ({"column": "amount", "text": "{weight}"}, '"weight" is no column of loans'),
        ({"column": "amount", "text": "{low}"}, "is empty, so nothing can refer to it"),
        ({"column": "amount", "text": "{f.z}"}, '"f.z" is no row of ledger.csv'),
    ],
)
def test_a_reference_that_leads_nowhere_says_where_it_looked(cells, said):
    held = evidence(loans=[LOAN], ledger=[fact(**cells)])
    with pytest.raises(Unresolved) as fault:
        held.resolved("ledger")
    assert str(fault.value).startswith("row 2: ") and said in str(fault.value)
    kept = held.resolved("ledger", strict=False)
    assert kept.fact_id.tolist() == ["f.a"] and kept.value.tolist() == [""]
    found = [(table, row) for table, row, *_ in held.faults()]
    assert found == ([] if cells.get("table") else [("ledger", 0)])


def test_a_note_that_names_no_row_has_nothing_to_take_a_cell_from():
    with pytest.raises(Unresolved, match="row_key names no other"):
        evidence(notes=[{"note_id": "n", "text": "{days}"}]).resolved("notes")


def copies(**rows: list[dict]) -> list[tuple]:
    return [(table, row, column) for table, row, column, _ in evidence(**rows).faults()]


def test_what_a_fact_says_beside_its_reference_is_said_twice():
    sound = fact(column="amount")
    assert copies(loans=[LOAN], ledger=[sound]) == []
    again = {"value": "1", "value_type": "number", "source_ids": "S1", "published": "true"}
    for column, cell in again.items():
        assert copies(loans=[LOAN], ledger=[sound | {column: cell}]) == [("ledger", 0, column)]
    assert copies(loans=[LOAN], ledger=[sound | {"confidence": "single-source"}]) == []  # it says another


def test_a_fact_of_its_own_says_all_and_repeats_no_cell_of_its_row():
    own = fact(value="5", unit="banks", text="", **OWN)
    assert copies(loans=[LOAN], ledger=[own]) == []
    for column in ("value_type", "as_of", "source_ids", "confidence", "published"):
        assert copies(loans=[LOAN], ledger=[own | {column: ""}]) == [("ledger", 0, column)]
    copied = own | {"value": "2.906", "unit": "US$ billion"}
    assert copies(loans=[LOAN], ledger=[copied]) == [("ledger", 0, "value")]
    assert copies(loans=[LOAN], ledger=[own | {"text": "5 banks"}]) == [("ledger", 0, "text")]
    assert copies(loans=[LOAN], ledger=[own | {"text": "{value} banks"}]) == []


def test_a_text_gives_no_cell_in_figures_that_it_could_refer_to():
    for text, wrong in (
        ("US$2.906 billion", True),
        ("US$2.9 billion", False),
        ("within 60 days", True),
        ("On 4 February 2026", True),
        ("On 4 February", False),
        ("{amount:US$ billion} in {days} days", False),
    ):
        assert copies(loans=[LOAN | {"about": text}]) == ([("loans", 0, "about")] if wrong else []), text
        note = {"note_id": "n", "row_key": "loans:loan.a", "text": text}
        assert copies(loans=[LOAN], notes=[note]) == ([("notes", 0, "text")] if wrong else []), text
    told = [*evidence(loans=[LOAN | {"about": "US$2.906 billion"}]).faults()][0][3]
    assert told == "states amount (2906 US$ million) in figures. Write {amount:US$ million} in their place"


def test_one_source_s_number_in_one_disagreement_stands_in_one_table():
    kinds = {"amount": {"type": "number", "unit": "US$ million"}, "about": TEMPLATE}
    columns = ("id", "conflict_group", "source_id", "column", "row_key")
    schemas = {name: fields(*columns, **kinds) for name in ("deals", "readings")}
    row = {"id": "a", "conflict_group": "g", "source_id": "S1", "column": "", "row_key": "", "amount": "5"}

    def twice(**cells: str) -> list[tuple]:
        rows = {"deals": row, "readings": row | {"id": "b"} | cells}
        frames = {name: pd.DataFrame([r | {"about": ""}], dtype=str) for name, r in rows.items()}
        held = Evidence(frames.__getitem__, schemas)
        return [(table, at, column, said[:43]) for table, at, column, said in held.faults()]

    assert twice() == [("readings", 0, "value", "5 US$ million of S1 stands in deals.csv a t")]
    for other in ({"conflict_group": "h"}, {"conflict_group": ""}, {"source_id": "S2"}, {"amount": "6"}):
        assert twice(**other) == []


# --- how a value is printed


@pytest.mark.parametrize(
    ("value", "unit", "style", "text"),
    [
        ("2026-11-30", "", "", "30 November 2026"),
        ("2026-11-30", "", "day", "30 November"),
        ("yes", "", "words", "yes"),
        ("1234567", "", "number", "1,234,567"),
        ("2026", "year", "", "2026"),
        ("2026", "year", "words", "2026"),
        ("12", "", "words", "twelve"),
        ("21", "", "words", "21"),
        ("-2.5", "percent", "size", "2.5"),
        ("2.5001", "", "whole", "3"),
        ("0.15", "share of capital (0-1)", "%", "15%"),
        ("15", "percent", "%", "15%"),
        ("2.906", "US$ billion", "US$ million", "US$2,906 million"),
        ("0.000001", "", "", "1e-06"),
    ],
)
def test_a_value_is_printed_in_the_style_that_is_asked_for(value, unit, style, text):
    assert printed(value, unit, style) == text


def test_an_amount_is_printed_with_its_unit():
    units = {"US$": "US$5", "percent": "5%", "US$ per kg": "US$5/kg", "C$ million": "C$5 million", "": "5"}
    units |= {"GBP billion": "GBP 5 billion", "tons": "5 tons"}
    assert {unit: amount(5.0, unit) for unit in units} == units


def test_two_cells_are_one_thing_in_units_of_another_size():
    assert same("2.906", "US$ billion", "2906", "US$ million") and same("5", "days", "5.0", "days")
    assert not same("2.906", "US$ billion", "2906", "days") and not same("5", "days", "6", "days")
    assert same("2026-02-04", "", "2026-02-04", "") and not same("2026-02-04", "", "2026-02-05", "")
    assert not same("", "", "5", "") and same("-5", "", "-5", "") and not same("-5", "", "5", "")


@pytest.mark.parametrize(
    ("text", "cell", "unit", "said"),
    [
        ("a share of 15%", "0.15", "share of capital (0-1)", True),
        ("a share of 0.15%", "0.15", "share of capital (0-1)", False),
        ("a fall of 11.1%", "-11.1", "percent", True),
        ("US$3 million", "3", "US$ billion", False),
        ("5 and 7", "7", "firms", True),
        ("57", "7", "firms", False),
        ("4 February 2025", "2026-02-04", "", False),
        ("2026-02", "2026-02", "", False),
    ],
)
def test_a_text_states_a_cell_in_figures(text, cell, unit, said):
    assert states(text, cell, unit) is said
