"""What a reader types is understood or refused with what would have been good."""

import inspect
import json

import pandas as pd
import pytest
from click.testing import CliRunner
from test_models_golden import CONTRACT, GRAPHITE, MEMBER, NOLANS_2019, SHOCK, VAULT
from test_models_price_floor import BASE, STAGES
from test_models_properties import ROWS

from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models import MODELS
from chokepoint.models.evaluate import assumptions_of, evaluate, settings
from chokepoint.models.sentence import describe_result, format_value, vega_sentence, written

GIVEN = {  # the inputs of the golden values, whatever stands in the editable table now
    "price_floor": BASE,
    "stage_cascade": STAGES,
    "project_value": {**NOLANS_2019, "flood_years": 8, "floor": 110},
    "price_protection": CONTRACT,
    "vault": VAULT,
    "coalition": MEMBER,
    "club": dict(countries=20, benefit=1, cost=1, penalty=0),
    "supply_shock": {**SHOCK, "china_share": 0.95, "cut": 0.5, "buffer": 0.1, "elasticity": 0.21},
    "supply_risk": {**GRAPHITE, "concentration": 0.47, "exposure": 0.584, "price": 2.23},
}


def pinned(model: str, name: str, value: str):
    """The golden input; of what was added since, the default at which it changes nothing; else what the table holds."""
    keyword = inspect.signature(MODELS[model].function).parameters[name]
    added = value if keyword.default is keyword.empty else keyword.default
    return GIVEN.get(model, {}).get(name, added)


PINNED = [{**r, "value": pinned(r["model"], r["name"], r["value"])} for r in ROWS]


def test_names_and_symbols_mean_the_same_and_text_is_read_as_a_number():
    assert evaluate("price_floor", {"PF": "150"}, ROWS) == evaluate(
        "price_floor", {"floor": 150}, pd.DataFrame(ROWS)
    )
    assert evaluate("price_floor", {"pw": 123}, ROWS)["levy"] == 0


@pytest.mark.parametrize(
    "model, values, result, golden, digits",
    [
        ("price_floor", {}, "deadweight_loss", 282.03, 2),
        ("price_floor", {"pw": 45}, "deadweight_loss", 492.5, 1),
        ("stage_cascade", {"fl_mag": 52}, "magnet_protection", -0.73, 2),
        ("project_value", {"d": 0}, "npv", 756, 0),
        ("project_value", {"d": 0}, "irr", 0.1856, 4),
        ("project_value", {"ramp1": 0.5, "ramp2": 0.8, "ramp3": 1}, "npv", 207, 0),
        (
            "project_value",
            {"ramp1": 0.5, "ramp2": 0.8, "ramp3": 1, "PF": 75, "PFn": 38},
            "npv_with_floor",
            660,
            0,
        ),
        ("project_value", {"ramp1": 0.5, "ramp2": 0.8, "ramp3": 1, "PFn": 38}, "npv_with_floor", 1451, 0),
        ("project_value", {}, "npv_with_floor", 1126, 0),
        ("price_protection", {}, "net_cost", 1906, 0),
        ("price_protection", {"X0": 110, "Xbar": 80}, "net_cost", 994, 0),
        ("vault", {}, "cover_days", 98.5, 1),
        ("vault", {"V": 5.21}, "cover_months", 26.9, 1),
        ("vault", {}, "best_days", 181, 0),
        ("coalition", {"L": 1, "q": 0.5, "dprob": 1, "Fpen": 0, "Sval": 5}, "patience_needed", 0.5 / 5.5, 9),
        ("club", {"pen": 5}, "stable_size", 13, 0),
        (
            "supply_shock",
            {"sC": 0.48, "cut": 0.8, "rho": 0.08, "ed": 0.2, "es": 0.1},
            "exact_multiple",
            3.719,
            3,
        ),
        ("supply_shock", {"sC": 0.48, "cut": 0.8, "rho": 0.08, "sg": 0.3}, "price_multiple", 3.35, 2),
        (
            "supply_risk",
            {"H": 0.470663478647389, "WTA": 0.5842266185959466, "p": 2.2269069573987443},
            "characterisation",
            1.4956581418407857,
            9,
        ),
    ],
)
def test_golden_values_come_out_of_a_table_of_their_inputs_too(model, values, result, golden, digits):
    assert evaluate(model, values, PINNED)[result] == pytest.approx(golden, abs=0.5001 * 10**-digits)


@pytest.mark.parametrize(
    "model, values, message",
    [
        ("price_floor", {"floor": "-5"}, r"floor=-5 is outside the range.*60 to 160 US\$/kg"),
        ("price_floor", {"evasion_share": 1.4}, r"evasion_share=1\.4 is outside the range.*0 to 0\.5 share"),
        ("price_floor", {"floor": "high"}, r'floor="high" is not a number.*60 to 160 US\$/kg'),
        ("price_floor", {"floor": "nan"}, "outside the range"),
        ("price_floor", {"flor": 100}, r'has no "flor"\. Did you mean "floor"\?.*world_price \(pw\)'),
        ("price_floor", {"pf": 100}, r'Did you mean "PF"\?'),
        ("price_floor", {"PF": 100, "floor": 110}, r'"PF" and "floor" are the same setting'),
        ("price_flour", {}, r'No model "price_flour"\. Did you mean "price_floor"\?'),
    ],
)
def test_a_bad_setting_is_refused_with_what_would_be_good(model, values, message):
    with pytest.raises(UserError, match=message):
        evaluate(model, values, ROWS)


def test_a_table_without_a_needed_row_is_refused_by_name():
    with pytest.raises(UserError, match="missing floor"):
        assumptions_of("price_floor", [r for r in ROWS if r["assumption_id"] != "price_floor.floor"])


def test_what_is_not_given_is_as_in_the_table():
    assert settings("vault", {"days": 90}, ROWS) == {**settings("vault", {}, ROWS), "days": 90.0}


def test_the_same_setting_twice_is_refused():
    run = CliRunner().invoke(main, ["model", "price_floor", "floor=100", "floor=110"])
    assert run.exit_code == 2 and "floor" in run.output and "twice" in run.output


def test_the_list_shows_what_each_model_takes():
    text = CliRunner().invoke(main, ["model", "--list"]).output
    row = tables.row("assumptions", assumption_id="price_floor.floor")
    assert "price_floor: Who pays" in text
    assert f"floor (PF) = {row.value:g}, {row.low:g} to {row.high:g} US$/kg: Reference price" in text


def test_what_does_not_come_is_told_in_words_and_not_as_a_number():
    def told(*arguments: str) -> dict[str, str]:
        lines = CliRunner().invoke(main, ["model", *arguments]).output.splitlines()
        return {line.split()[0]: line[28:] for line in lines}

    assert "no end" in told("vault", "cut=0")["months_last"]
    assert "never" in told("project_value")["pull_out"] and " 0 " not in told("project_value")["pull_out"]
    assert (
        "none"
        in told("project_value", "flood_price=15", "flood_years=20", "flood_start=1", "price=50")["irr"]
    )
    assert "none" in told("price_floor", "floor=160")["levy"]
    every = "".join(
        CliRunner().invoke(main, ["model", name]).output
        for name in ("project_value", "vault", "price_protection")
    )
    assert "nan" not in every and "e+" not in every


def test_for_a_machine_what_there_is_not_is_null():
    run = CliRunner().invoke(
        main,
        ["model", "project_value", "flood_price=15", "flood_years=20", "flood_start=1", "price=50", "--json"],
    )
    assert json.loads(run.output)["irr"]["value"] is None


# --- edges, with a table that is made up


def made_up(**changes):
    """Rows of a table for the club, whose numbers are text as in a file."""
    ends = {"countries": (10, 2, 60, 1, "n"), "benefit": (1, 0.5, 4, 0.5, "b")}
    ends |= {"cost": (2, 1, 5, 0.5, "penalty"), "penalty": (0, 0, 10, 1, "c")} | changes
    return [
        {"model": "club", "name": name, "symbol": row[4], "label": name.title(), "unit": "x"}
        | dict(zip(("value", "low", "high", "step"), map(str, row), strict=False))
        for name, row in ends.items()
    ]


def test_rows_come_in_the_order_of_the_keywords_with_their_numbers():
    rows = assumptions_of("club", [*reversed(made_up()), {"model": "vault", "name": "cost", "value": "?"}])
    assert [row["name"] for row in rows] == ["countries", "benefit", "cost", "penalty"]
    assert [row["value"] for row in rows] == [10, 1, 2, 0] and rows[1]["step"] == 0.5


def test_a_row_too_many_is_named_as_one_too_few_is():
    with pytest.raises(UserError, match="missing none, unknown profit"):
        assumptions_of("club", made_up(profit=(1, 0, 2, 1, "p")))
    with pytest.raises(UserError, match="missing cost, unknown none"):
        assumptions_of("club", [row for row in made_up() if row["name"] != "cost"])


def test_a_keyword_goes_before_another_s_symbol():
    """The symbol of the cost is the name of the penalty here."""
    assert settings("club", {"penalty": 7}, made_up()) == dict(countries=10, benefit=1, cost=2, penalty=7)
    assert settings("club", {"c": "7", "b": 2}, made_up()) == dict(countries=10, benefit=2, cost=2, penalty=7)


@pytest.mark.parametrize("value, taken", [(4, 4), (4 + 3e-9, 4 + 3e-9), (0.5 - 3e-9, 0.5), (4 + 5e-9, None)])
def test_both_ends_of_a_range_are_good_and_rounding_beyond_them_too(value, taken):
    if taken is None:
        with pytest.raises(UserError, match="outside the range"):
            settings("club", {"benefit": value}, made_up())
    else:
        assert settings("club", {"benefit": value}, made_up())["benefit"] == pytest.approx(taken)
    for bad in (4.1, 0.4, "inf", "-inf"):
        with pytest.raises(UserError, match="outside the range. Benefit: give 0.5 to 4 x"):
            settings("club", {"benefit": bad}, made_up())


def test_where_no_name_is_near_none_is_proposed():
    with pytest.raises(UserError, match=r'club has no "zzzz"\. It takes countries \(n\), benefit \(b\)'):
        settings("club", {"zzzz": 1}, made_up())
    with pytest.raises(UserError, match=r'no "Benefits"\. Did you mean "benefit"\? It takes'):
        settings("club", {"Benefits": 1}, made_up())


def test_results_that_only_python_works_out_come_with_the_others():
    found = evaluate("club", {"benefit": 1, "cost": 1, "penalty": 2}, made_up())
    assert (found["stable_size"], found["enumerated_size"]) == (7, 7)


# --- a result in words


@pytest.mark.parametrize(
    "value, unit, digits, said",
    [
        (1200, "months", 4, "1,200"),
        (1200.1, "months", 4, "no end"),
        (3e9, "days", 4, "3,000,000,000"),
        (0.98765, "share", 2, "98.8%"),
        (9999.4, "kt", 4, "9,999"),
        (9999.6, "kt", 4, "10,000"),
        (123456, "kt", 3, "123,000"),
        (-0.0123456, "kt", 3, "−0.0123"),
        (1000, "kt", 3, "1,000"),
        (999.4, "kt", 3, "999"),
    ],
)
def test_a_number_has_its_figures_and_what_hardly_ends_has_no_end(value, unit, digits, said):
    assert format_value(value, unit, digits) == said


def test_only_nothing_is_told_as_never():
    said = [describe_result(value, "year", "never") for value in (0, 1, -1, 2043, float("nan"))]
    assert said == ["never", "1", "−1", "2,043", "none"]
    assert describe_result(0, "share") == "0%" and describe_result(12345, "US$", digits=2) == "12,000"


@pytest.mark.parametrize(
    "code, value, said",
    [
        (".0f", 0.5, "1"),
        (".0f", 2.5, "3"),
        (".0f", -0.4, "0"),
        (".1f", -0.05, "−0.1"),
        (",.2~f", 1234.5, "1,234.5"),
        (",.0~f", 1200, "1,200"),
        (".1%", 0.1265, "12.7%"),
        (".0%", -0.001, "0%"),
        (",.2~r", 1250, "1,300"),
        (".2~r", 1250, "1300"),
        (",.3~r", 0, "0"),
        (",.3~r", 0.5, "0.5"),
    ],
)
def test_a_number_in_a_sentence_is_rounded_as_a_browser_does(code, value, said):
    assert written(f"It is {{x:{code}}}.", {"x": value}) == f"It is {said}."


def test_a_choice_of_words_turns_with_its_number_and_a_minus_stands_before_the_currency():
    text = "It {a?wins|loses {b:.0f}}, for US${c:.0f} or A${c:.0f}."
    assert written(text, {"a": 0, "b": 3, "c": -5}) == "It loses 3, for −US$5 or −A$5."
    assert written(text, {"a": -1, "b": 3, "c": 5}) == "It wins, for US$5 or A$5."
    assert vega_sentence("It’s 'so' \\ {x:f}") == "'It’s \\'so\\' \\\\ ' + format(x, 'f')"
    assert vega_sentence("") == "''" and vega_sentence("{x:f}") == "format(x, 'f')"
