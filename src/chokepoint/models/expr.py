"""One definition of a model for three uses: numbers, NumPy arrays, and the reader's browser.

A model is written with ``+ - * / **``, the comparisons ``< <= > >=`` and the functions of this file. Called with numbers
it gives numbers, with arrays arrays; called with ``Param("floor")`` it gives expressions, which `compile_vega` prints in
Vega's expression language. What Vega could not follow (an ``if``, ``np.sin``, a loop over an expression) raises at once,
naming the model and the line.

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

import numpy as np


class ExpressionError(TypeError):
    """A model did something that the browser cannot repeat; the message names the model, its file and line."""


class Expr:
    """A node of an expression. Equal nodes are one object, so that a shared step is computed once on the page.

    Made by `Param`, `Field`, operators and the functions of this file, never directly.
    """

    __slots__ = ("op", "args", "__weakref__")
    _known: weakref.WeakValueDictionary[tuple, Expr] = weakref.WeakValueDictionary()

    def __repr__(self):
        return _printed([self], {}, "signal")[id(self)]

    __hash__ = object.__hash__

    # what the browser can do too
    def __add__(self, other):
        return _node("+", self, other)

    def __radd__(self, other):
        return _node("+", other, self)

    def __sub__(self, other):
        return _node("-", self, other)

    def __rsub__(self, other):
        return _node("-", other, self)

    def __mul__(self, other):
        return _node("*", self, other)

    def __rmul__(self, other):
        return _node("*", other, self)

    def __truediv__(self, other):
        return _node("/", self, other)

    def __rtruediv__(self, other):
        return _node("/", other, self)

    def __pow__(self, other):
        return _node("pow", self, other)

    def __rpow__(self, other):
        return _node("pow", other, self)

    def __lt__(self, other):
        return _node("<", self, other)

    def __le__(self, other):
        return _node("<=", self, other)

    def __gt__(self, other):
        return _node(">", self, other)

    def __ge__(self, other):
        return _node(">=", self, other)

    def __neg__(self):
        return _node("neg", self)

    def __pos__(self):
        return self

    def __abs__(self):
        return _node("abs", self)

    # NumPy numbers hand their operators to __array_ufunc__; whole arrays and every other function are refused
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        operator = _NUMPY_OPERATORS.get(ufunc.__name__)
        plain = all(isinstance(x, Expr) or np.ndim(x) == 0 for x in inputs)
        if operator and method == "__call__" and not options and plain and len(inputs) == 2:
            return _node(operator, *inputs)
        _refuse(
            f"np.{ufunc.__name__} on an expression",
            "use the functions of chokepoint.models.expr, one number at a time",
        )

    def __array_function__(self, function, types, args, options):
        _refuse(f"np.{function.__name__} on an expression", "use the functions of chokepoint.models.expr")

    def __array__(self, *args, **options):
        _refuse(
            "an array made of an expression",
            "write the steps out with the functions of chokepoint.models.expr",
        )

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        message = _complaint(f"`.{name}` of an expression", "an expression has no methods or fields")
        raise AttributeError(message)


def _refused(what, advice):
    def method(self, *args):
        _refuse(what, advice)

    return method


Expr.__bool__ = _refused(
    "a decision (`if`, `and`, `or`, `not`, built-in `max`/`min`) on an expression",
    "use where(test, a, b), maximum or minimum, so that the browser decides as well",
)
for _name in "__float__ __int__ __index__ __complex__ __round__ __trunc__ __floor__ __ceil__".split():
    setattr(
        Expr,
        _name,
        _refused(
            "an expression taken as a number (`float`, `math.…`, `range`, `round`)",
            "use exp, log, power, absolute of chokepoint.models.expr",
        ),
    )
for _name in "__eq__ __ne__".split():
    setattr(Expr, _name, _refused("`==` on an expression", "compare with <, <=, > or >="))
for _name in "__getitem__ __iter__ __len__ __contains__ __call__".split():
    setattr(
        Expr,
        _name,
        _refused("indexing, a loop over, or a call of an expression", "an expression stands for one number"),
    )
for _name in "floordiv mod divmod matmul and or xor lshift rshift".split():
    for _form in (f"__{_name}__", f"__r{_name}__"):
        setattr(
            Expr,
            _form,
            _refused(
                f"the operator `{_name}` on an expression", "Vega's subset here is + - * / **, < <= > >="
            ),
        )
Expr.__invert__ = _refused("the operator `~` on an expression", "use where(test, a, b)")

_NUMPY_OPERATORS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "power": "pow",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}


def _complaint(what, advice):
    """'supply_shock (supply_shock.py, line 31: `if cut > 0:`): …' for the innermost frame that is a model's."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith((__name__, "numpy")):
        frame = frame.f_back
    code, line = frame.f_code, frame.f_lineno
    text = linecache.getline(code.co_filename, line).strip()
    place = f"{code.co_filename.replace(chr(92), '/').split('/')[-1]}, line {line}"
    return f"{code.co_name} ({place}{': `' + text + '`' if text else ''}): {what} is not possible; {advice}."


def _refuse(what, advice):
    raise ExpressionError(_complaint(what, advice))


def _node(op, *args):
    """The one node for this operation on these arguments."""
    return _interned(op, tuple(_operand(a) for a in args))


def _interned(op, args):
    key = (op, *(("e", id(a)) if isinstance(a, Expr) else ("v", repr(a)) for a in args))
    node = Expr._known.get(key)
    if node is None:
        node = object.__new__(Expr)
        node.op, node.args = op, args
        Expr._known[key] = node
    return node


def _operand(value):
    if isinstance(value, Expr):
        return value
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, float, np.integer, np.floating)) or (
        isinstance(value, np.ndarray) and value.ndim == 0
    ):
        number = float(value)
        if not math.isfinite(number):
            _refuse(f"the number {number} in an expression", "guard the step before it")
        return int(number) if number == int(number) and abs(number) < 2**53 else number
    _refuse(f"{type(value).__name__} joined with an expression", "only single numbers can be")


def Param(name):
    """A number the reader moves: prints as its name, a Vega signal."""
    return _interned("param", (str(name),))


def Field(name):
    """A column of the chart's own rows: prints as ``datum.name``."""
    return _interned("field", (str(name),))


# ---- functions -------------------------------------------------------------------------------------------------------

_PLAIN = (int, float)


def _either(op, function, *args):
    """Node if an argument is an expression, NumPy else; plain numbers in, plain number out."""
    if any(isinstance(a, Expr) for a in args):
        return _node(op, *args)
    value = function(*args)
    return value.item() if all(isinstance(a, (int, float)) for a in args) else value


def maximum(a, b):
    """The larger of two.

    >>> maximum(48, 0)
    48
    """
    if type(a) in _PLAIN and type(b) in _PLAIN:  # the same as NumPy's, NaN included, in a tenth of the time
        return a if a != a or a >= b else b
    return _either("max", np.maximum, a, b)


def minimum(a, b):
    """The smaller of two.

    >>> minimum(48, 0.5)
    0.5
    """
    if type(a) in _PLAIN and type(b) in _PLAIN:
        return a if a != a or a <= b else b
    return _either("min", np.minimum, a, b)


def power(base, exponent):
    """base ** exponent; base above 0.

    >>> power(4, 0.5)
    2.0
    """
    return _either("pow", lambda b, e: np.power(np.asarray(b, dtype=float)[()], e), base, exponent)


def exp(x):
    """e to the x.

    >>> exp(0)
    1.0
    """
    return _either("exp", np.exp, x)


def log(x):
    """Natural logarithm; x above 0.

    >>> log(1)
    0.0
    """
    return _either("log", np.log, x)


def absolute(x):
    """Distance from zero.

    >>> absolute(-3)
    3
    """
    return _either("abs", np.abs, x)


def where(test, a, b):
    """`a` where the test holds, `b` where it does not. Both are computed: guard denominators with `maximum`.

    >>> where(3 > 2, 10, 20)
    10
    """
    if any(isinstance(x, Expr) for x in (test, a, b)):
        return _node("if", test, a, b)
    if isinstance(test, (bool, np.bool_)) and np.ndim(a) == np.ndim(b) == 0:
        return a if test else b
    return np.where(test, a, b)


# ---- printing --------------------------------------------------------------------------------------------------------


def _below(roots):
    """All nodes under the roots, each after its arguments; no recursion, so that long recurrences print too."""
    order, seen = [], set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((a, False) for a in reversed(node.args) if isinstance(a, Expr))
    return order


def _spell(node, text, target):
    """One node, its arguments given by `text`."""
    op, args = node.op, node.args
    if op == "param":
        return args[0]
    if op == "field":
        return f"datum.{args[0]}"
    args = [text(a) for a in args]
    if op == "neg":
        return f"(-{args[0]})"
    if op in ("max", "min", "pow", "exp", "log", "abs", "if"):
        return f"{op}({', '.join(args)})"
    return f"({args[0]} {op} {args[1]})"


def _number(value):
    return f"({value!r})" if value < 0 else repr(value)


def _printed(roots, names, target):
    """Text of every node under the roots by id; a node in `names` (id → name) is referred to by that name."""
    texts = {}

    def text(arg):
        if not isinstance(arg, Expr):
            return _number(arg)
        if id(arg) in names:
            return f"datum.{names[id(arg)]}" if target == "datum" else names[id(arg)]
        return texts[id(arg)]

    for node in _below(roots):
        texts[id(node)] = _spell(node, text, target)
    return texts


def compile_vega(results, *, target="signal", prefix=""):
    """Named results as Vega expressions, in the order in which they can be computed.

    results  name → expression or number, as a model returns them
    target   "signal": later entries refer to earlier ones by plain name (top-level params with ``expr``);
             "datum": by ``datum.name`` (calculate transforms)
    prefix   put into the names of the shared steps, `_n<prefix>0`, `_n<prefix>1` …: give each model on a chart its own

    Returns (name, expression) pairs. A step used more than once has an entry of its own.

    >>> gap = maximum(Param("floor") - Param("price"), 0)
    >>> for pair in compile_vega({"levy": gap, "cost": gap * Param("tonnes") + gap * gap}): print(*pair, sep=" = ")
    levy = max((floor - price), 0)
    cost = ((levy * tonnes) + (levy * levy))
    """
    if target not in ("signal", "datum"):
        raise ValueError(f'target "{target}" is not one of signal, datum')
    roots = [r for r in results.values() if isinstance(r, Expr)]
    order = _below(roots)
    leaves = {a.args[0] for a in order if a.op == "param"}
    for name in results:
        if target == "signal" and name in leaves and not _is_param(results[name], name):
            raise ExpressionError(
                f"the result {name!r} has the name of a parameter; two signals cannot share a name"
            )
    if target == "signal" and any(n.op == "field" for n in order):
        field = next(n.args[0] for n in order if n.op == "field")
        raise ExpressionError(f'a signal cannot see the column {field!r}; compile with target="datum"')

    uses = {}
    for node in order:
        for arg in node.args:
            if isinstance(arg, Expr):
                uses[id(arg)] = uses.get(id(arg), 0) + 1
    names, position = {}, {id(node): i for i, node in enumerate(order)}
    for name, root in results.items():
        if isinstance(root, Expr) and root.op not in ("param", "field"):
            names.setdefault(id(root), name)
    shared = [
        n for n in order if uses.get(id(n), 0) > 1 and n.op not in ("param", "field") and id(n) not in names
    ]
    names.update({id(n): f"_n{prefix}{i}" for i, n in enumerate(shared)})
    texts = _printed(roots, names, target)

    entries = [(position[id(n)], names[id(n)], texts[id(n)]) for n in order if id(n) in names]
    done = {name for _, name, _ in entries}
    for name, root in results.items():
        if name in done or _is_param(root, name) and target == "signal":
            continue
        if not isinstance(root, Expr):
            entries.append((len(order), name, _number(_operand(root))))
        elif id(root) in names:
            entries.append(
                (len(order), name, f"datum.{names[id(root)]}" if target == "datum" else names[id(root)])
            )
        else:
            entries.append((len(order), name, texts[id(root)]))
    return [(name, text) for _, name, text in sorted(entries, key=lambda e: e[0])]


def _is_param(value, name):
    return isinstance(value, Expr) and value.op == "param" and value.args[0] == name
