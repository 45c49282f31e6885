"""One definition, three uses: numbers, arrays, the browser. What the browser cannot follow is refused, with the place."""

import numpy as np
import pytest

from chokepoint.models.expr import (
    ExpressionError,
    Field,
    Param,
    absolute,
    exp,
    log,
    maximum,
    minimum,
    power,
    where,
)
from chokepoint.models.vega import compile_vega

x, y = Param("x"), Param("y")


@pytest.mark.parametrize(
    "function, args",
    [
        (maximum, (2, 3)),
        (minimum, (2, 3)),
        (power, (2, 3)),
        (exp, (2,)),
        (log, (2,)),
        (absolute, (-2,)),
        (where, (True, 1.5, 2.5)),
    ],
)
def test_a_number_an_array_and_an_expression_go_through_the_same_function(function, args):
    number = function(*args)
    assert type(number) in (int, float)
    array = function(*(np.full(3, a) for a in args))
    assert array.tolist() == [number] * 3
    assert repr(function(x, *args[1:])).startswith(
        {"maximum": "max(x", "minimum": "min(x", "power": "pow(x", "absolute": "abs(x", "where": "if(x"}.get(
            function.__name__, function.__name__
        )
    )


def test_an_expression_reads_like_the_formula():
    assert repr(-x + 2 * y / 3 - y**2) == "(((-x) + ((2 * y) / 3)) - pow(y, 2))"
    assert repr(where(x > 1e-6, x, -1)) == "if((x > 1e-06), x, (-1))"
    assert repr(Field("tonnes") * 0.5) == "(datum.tonnes * 0.5)"
    assert repr(np.float64(2) * x) == repr(2 * x)


def test_equal_steps_are_one_object():
    assert (x + y) * 2 is (x + y) * 2
    assert (x + y) is not (y + x)


def test_a_shared_step_is_computed_once_and_results_refer_to_each_other():
    shared = x * y + 1
    results = {"total": exp(shared) + shared, "half": shared / 2, "same": shared / 2, "flat": 3.0, "given": x}
    assert compile_vega(results) == [
        ("_n0", "((x * y) + 1)"),
        ("total", "(exp(_n0) + _n0)"),
        ("half", "(_n0 / 2)"),
        ("same", "half"),
        ("flat", "3"),
        ("given", "x"),
    ]
    assert compile_vega(results, target="datum", prefix="levy")[1] == (
        "total",
        "(exp(datum._nlevy0) + datum._nlevy0)",
    )


def test_a_result_needed_by_an_earlier_one_is_computed_first():
    price = maximum(x, y)
    assert [name for name, _ in compile_vega({"revenue": price * 2, "price": price})] == ["price", "revenue"]


def test_a_recurrence_of_120_steps_stays_linear():
    stock = x
    for _ in range(120):
        stock = maximum(0, stock - y) * (1 - stock / 100)
    pairs = compile_vega({"left": stock})
    assert len(pairs) <= 120 and max(len(text) for _, text in pairs) < 100


def test_two_signals_cannot_share_a_name_and_a_signal_sees_no_column():
    with pytest.raises(ExpressionError, match="name of a parameter"):
        compile_vega({"x": x + 1})
    with pytest.raises(ExpressionError, match="cannot see the column 't'"):
        compile_vega({"y": Field("t") + 1})


def decides(a):
    if a > 0:
        return a
    return 0


def test_a_decision_in_python_names_the_model_and_the_line_and_what_to_do():
    line = decides.__code__.co_firstlineno + 1
    with pytest.raises(
        ExpressionError,
        match=rf"decides \(test_expr\.py, line {line}: `if a > 0:`\).*use where\(test, a, b\)",
    ):
        decides(x)


@pytest.mark.parametrize(
    "model",
    [
        lambda a: np.sin(a),
        lambda a: np.exp(a),
        lambda a: np.maximum(a, 0),
        lambda a: np.where(a > 0, a, 0),
        lambda a: np.array([1.0, 2.0]) * a,
        lambda a: np.sum([a, a]),
        lambda a: np.asarray(a),
        lambda a: a // 2,
        lambda a: 2 // a,
        lambda a: a % 2,
        lambda a: a and 1,
        lambda a: not a,
        lambda a: a == 1,
        lambda a: a != 1,
        lambda a: 0 < a < 1,
        lambda a: a[0],
        lambda a: list(a),
        lambda a: len(a),
        lambda a: 1 in a,
        lambda a: float(a),
        lambda a: int(a),
        lambda a: range(a),
        lambda a: round(a),
        lambda a: max(a, 1),
        lambda a: a & 1,
        lambda a: 1 | a,
        lambda a: ~a,
        lambda a: a @ a,
        lambda a: a(),
        lambda a: a + "1",
        lambda a: a + None,
        lambda a: a + [1],
        lambda a: a + float("inf"),
        lambda a: a * 1j,
        lambda a: np.add(a, 1, where=False),
        lambda a: np.add.reduce([a, a]),
    ],
)
def test_what_the_browser_cannot_follow_is_refused_with_the_place(model):
    with pytest.raises(ExpressionError, match=r"<lambda> \(test_expr\.py, line \d+"):
        model(x)


def test_a_method_of_an_expression_is_refused_with_the_place():
    with pytest.raises(AttributeError, match=r"test_expr\.py, line \d+.*no methods"):
        x.sum()
