"""The language of the models: one definition for numbers, NumPy arrays, and the reader's browser.

A model is written with ``+ - * / **``, the comparisons ``< <= > >=`` and the functions of this file. Called
with numbers it gives numbers, with arrays arrays; called with ``Param("floor")`` it gives expressions, which
`vega.compile_vega` writes in Vega's expression language. What Vega could not follow (an ``if``, ``np.sin``, a
loop over an expression) raises at once, naming the model and the line.

>>> maximum(110 - 62, 0)
48
>>> maximum(Param("floor") - Param("world_price"), 0)
max((floor - world_price), 0)
"""

from __future__ import annotations

import linecache
import math
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, NoReturn

import numpy as np

# A number, an array or an expression: a model takes and gives all three, which no annotation can follow
Number = Any
ADVICE = "use the functions of chokepoint.models.expr"
CALLS = ("max", "min", "pow", "exp", "log", "abs", "if")  # operations that Vega writes as a function
OPERATORS = {  # NumPy's name → operation; what it does to two single numbers the browser can do too
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "power": "pow",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}


class ExpressionError(TypeError):
    """A model did something that the browser cannot repeat.

    The message names the model, its file and line.
    """


class Expr:
    """A node of an expression.

    Equal nodes are one object, so that a shared step is computed once on the page.

    op    "param", "field", an operator, or one of CALLS
    args  nodes and numbers; of a param or field its name

    Made by `Param`, `Field`, operators and the functions of this file, never directly.
    """

    __slots__ = ("__weakref__", "args", "op")
    op: str
    args: tuple[Any, ...]
    _known: ClassVar[weakref.WeakValueDictionary[tuple[Any, ...], Expr]] = weakref.WeakValueDictionary()

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Write the expression as Vega's signals do."""
        return texts([self])[id(self)]

    def __pos__(self) -> Expr:
        """Return the expression itself."""
        return self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Expr:
        """Take the operators that NumPy's single numbers hand on.

        Refuse whole arrays and every other function.
        """
        op = OPERATORS.get(ufunc.__name__)
        plain = all(isinstance(x, Expr) or np.ndim(x) == 0 for x in inputs)
        if not (op and method == "__call__" and not options and plain and len(inputs) == 2):
            refuse(f"np.{ufunc.__name__} on an expression", f"{ADVICE}, one number at a time")
        return node(op, *inputs)

    def __array_function__(self, function: Callable[..., Any], *args: Any) -> NoReturn:
        """Refuse NumPy's other functions."""
        refuse(f"np.{function.__name__} on an expression", ADVICE)

    def __getattr__(self, name: str) -> Any:
        """Refuse methods and fields, in the way that `hasattr` expects."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            _complaint(f"`.{name}` of an expression", "an expression has no methods or fields")
        )


def _infix(op: str, *, reflected: bool = False) -> Callable[[Expr, Number], Expr]:
    return (
        (lambda self, other: node(op, other, self))
        if reflected
        else lambda self, other: node(op, self, other)
    )


for _name, _op in {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "pow"}.items():
    setattr(Expr, f"__{_name}__", _infix(_op))
    setattr(Expr, f"__r{_name}__", _infix(_op, reflected=True))
for _name, _op in {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    setattr(Expr, f"__{_name}__", _infix(_op))
for _name in ("neg", "abs"):
    setattr(Expr, f"__{_name}__", lambda self, op=_name: node(op, self))

_BITS = ("floordiv", "mod", "divmod", "matmul", "and", "or", "xor", "lshift", "rshift")
_REFUSED = {  # methods → what they would do, and what to do instead
    "bool": (
        "a decision (`if`, `and`, `or`, `not`, built-in `max`/`min`) on an expression",
        "use where(test, a, b), maximum or minimum, so that the browser decides as well",
    ),
    "float int index complex round trunc floor ceil": (
        "an expression taken as a number (`float`, `math.…`, `range`, `round`)",
        "use exp, log, power, absolute of chokepoint.models.expr",
    ),
    "eq ne": ("`==` on an expression", "compare with <, <=, > or >="),
    "getitem iter len contains call": (
        "indexing, a loop over, or a call of an expression",
        "an expression stands for one number",
    ),
    "array": ("an array made of an expression", f"write the steps out: {ADVICE}"),
    "invert": ("the operator `~` on an expression", "use where(test, a, b)"),
    **{
        f"{name} r{name}": (
            f"the operator `{name}` on an expression",
            "Vega's subset here is + - * / **, < <= > >=",
        )
        for name in _BITS
    },
}
for _names, _words in _REFUSED.items():
    for _name in _names.split():
        setattr(Expr, f"__{_name}__", lambda self, *args, words=_words, **options: refuse(*words))


def _complaint(what: str, advice: str) -> str:
    """Write 'supply_shock (supply_shock.py, line 31: `if cut > 0:`).

    …' for the innermost frame that is a model's.
    """
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(
        (__name__, f"{__package__}.vega", "numpy")
    ):
        frame = frame.f_back
    code, line = frame.f_code, frame.f_lineno
    text = linecache.getline(code.co_filename, line).strip()
    place = f"{code.co_filename.replace(chr(92), '/').split('/')[-1]}, line {line}"
    return f"{code.co_name} ({place}{': `' + text + '`' if text else ''}): {what} is not possible; {advice}."


def refuse(what: str, advice: str) -> NoReturn:
    """Raise ExpressionError, with the line of the model that did it."""
    raise ExpressionError(_complaint(what, advice))


def node(op: str, *args: Number) -> Expr:
    """Return the one node for this operation on these arguments."""
    return _interned(op, tuple(operand(a) for a in args))


def _interned(op: str, args: tuple[Any, ...]) -> Expr:
    key = (op, *(("e", id(a)) if isinstance(a, Expr) else ("v", repr(a)) for a in args))
    known = Expr._known.get(key)
    if known is None:
        known = object.__new__(Expr)
        known.op, known.args = op, args
        Expr._known[key] = known
    return known


def operand(value: Number) -> Expr | int | float:
    """Return an argument of a node: an expression, or a single finite number as plain as it can be."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, bool | np.bool_):
        return int(value)
    single = isinstance(value, np.ndarray) and value.ndim == 0
    if not single and not isinstance(value, int | float | np.integer | np.floating):
        refuse(f"{type(value).__name__} joined with an expression", "only single numbers can be")
    number = float(value)
    if not math.isfinite(number):
        refuse(f"the number {number} in an expression", "guard the step before it")
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def Param(name: str) -> Expr:  # noqa: N802  (reads like the class it stands for)
    """Return a number the reader moves: written as its name, a Vega signal."""
    return _interned("param", (str(name),))


def Field(name: str) -> Expr:  # noqa: N802
    """Return a column of the chart's own rows: written as ``datum.name``."""
    return _interned("field", (str(name),))


# ---- functions
# -------------------------------------------------------------------------------------------------------


def _either(op: str, function: Callable[..., Any], *args: Number) -> Number:
    """Return a node if an argument is an expression, NumPy's result else.

    Plain numbers in, plain number out.
    """
    if any(isinstance(a, Expr) for a in args):
        return node(op, *args)
    value = function(*args)
    return value.item() if all(isinstance(a, int | float) for a in args) else value


def _plain(*args: Number) -> bool:
    return all(type(a) in (int, float) for a in args)


def maximum(a: Number, b: Number) -> Number:
    """Return the larger of two.

    >>> maximum(48, 0)
    48
    """
    if _plain(a, b):  # the same as NumPy's, NaN included, in a tenth of the time
        return a if a != a or a >= b else b
    return _either("max", np.maximum, a, b)


def minimum(a: Number, b: Number) -> Number:
    """Return the smaller of two.

    >>> minimum(48, 0.5)
    0.5
    """
    if _plain(a, b):
        return a if a != a or a <= b else b
    return _either("min", np.minimum, a, b)


def power(base: Number, exponent: Number) -> Number:
    """Return base ** exponent; base above 0.

    >>> power(4, 0.5)
    2.0
    """
    return _either("pow", lambda b, e: np.power(np.asarray(b, dtype=float)[()], e), base, exponent)


def exp(x: Number) -> Number:
    """Return e to the x.

    >>> exp(0)
    1.0
    """
    return _either("exp", np.exp, x)


def log(x: Number) -> Number:
    """Return the natural logarithm; x above 0.

    >>> log(1)
    0.0
    """
    return _either("log", np.log, x)


def absolute(x: Number) -> Number:
    """Return the distance from zero.

    >>> absolute(-3)
    3
    """
    return _either("abs", np.abs, x)


def where(test: Number, a: Number, b: Number) -> Number:
    """Return `a` where the test holds, `b` where it does not.

    Both are computed: guard denominators with `maximum`.

    >>> where(3 > 2, 10, 20)
    10
    """
    if any(isinstance(x, Expr) for x in (test, a, b)):
        return node("if", test, a, b)
    if isinstance(test, bool | np.bool_) and np.ndim(a) == np.ndim(b) == 0:
        return a if test else b
    return np.where(test, a, b)


# ---- text
# ------------------------------------------------------------------------------------------------------------


def below(roots: Iterable[Expr]) -> list[Expr]:
    """Return all nodes under the roots, each after its arguments.

    No recursion, so that long recurrences work too.
    """
    order, seen = [], set()
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        this, ready = stack.pop()
        if ready:
            order.append(this)
        elif id(this) not in seen:
            seen.add(id(this))
            stack.append((this, True))
            stack.extend((a, False) for a in reversed(this.args) if isinstance(a, Expr))
    return order


def number_text(value: Number) -> str:
    """Write a number as Vega reads it.

    >>> number_text(-1), number_text(0.5)
    ('(-1)', '0.5')
    """
    return f"({value!r})" if value < 0 else repr(value)


def texts(roots: Iterable[Expr], names: Mapping[int, str] | None = None) -> dict[int, str]:
    """Write every node under the roots, by id; a node in `names` (id → text) is referred to by that text."""
    written: dict[int, str] = {}
    known = names or {}

    def text(arg: Expr | float) -> str:
        return (known.get(id(arg)) or written[id(arg)]) if isinstance(arg, Expr) else number_text(arg)

    for this in below(roots):
        if this.op in ("param", "field"):
            written[id(this)] = this.args[0] if this.op == "param" else f"datum.{this.args[0]}"
            continue
        args = [text(a) for a in this.args]
        call = f"{this.op}({', '.join(args)})" if this.op in CALLS else f"({f' {this.op} '.join(args)})"
        written[id(this)] = f"(-{args[0]})" if this.op == "neg" else call
    return written
