"""Models written as Vega expressions, so that the reader's browser computes them."""

from collections import Counter
from collections.abc import Mapping

from chokepoint.models.expr import Expr, ExpressionError, Number, below, number_text, operand, texts

LEAVES = ("param", "field")
TARGETS = {"signal": "", "datum": "datum."}  # what is compiled for → what stands before a name


def compile_vega(
    results: Mapping[str, Number], *, target: str = "signal", prefix: str = ""
) -> list[tuple[str, str]]:
    """Write named results as Vega expressions, in the order in which they can be computed.

    results  name → expression or number, as a model returns them
    target   "signal": later entries refer to earlier ones by plain name (top-level params with ``expr``);
             "datum": by ``datum.name`` (calculate transforms)
    prefix   put into the names of the shared steps, `_n<prefix>0`, `_n<prefix>1` …: give each model on a
             chart its own

    Returns (name, expression) pairs. A step used more than once has an entry of its own. ExpressionError
    where two signals
    would share a name, or a signal would need a column.

    >>> from chokepoint.models.expr import Param, maximum
    >>> gap = maximum(Param("floor") - Param("price"), 0)
    >>> results = {"levy": gap, "cost": gap * Param("tonnes") + gap * gap}
    >>> for pair in compile_vega(results): print(*pair, sep=" = ")
    levy = max((floor - price), 0)
    cost = ((levy * tonnes) + (levy * levy))
    """
    if target not in TARGETS:
        raise ValueError(f'target "{target}" is not one of {", ".join(TARGETS)}')
    roots = {name: root for name, root in results.items() if isinstance(root, Expr)}
    order = below(roots.values())
    if target == "signal":
        _require_signals(results, order)
    names = _names(roots, order, prefix)
    references = {key: TARGETS[target] + name for key, name in names.items()}
    written = texts(roots.values(), references)
    entries = [(names[id(step)], written[id(step)]) for step in order if id(step) in names]
    computed = {name for name, _ in entries}
    for name, root in results.items():
        if name in computed or (target == "signal" and _is_param(root, name)):
            continue
        if isinstance(root, Expr):
            entries.append((name, references.get(id(root)) or written[id(root)]))
        else:
            entries.append((name, number_text(operand(root))))
    return entries


def _require_signals(results: Mapping[str, Number], order: list[Expr]) -> None:
    """Raise ExpressionError where results cannot be signals."""
    params = {step.args[0] for step in order if step.op == "param"}
    for name, root in results.items():
        if name in params and not _is_param(root, name):
            raise ExpressionError(
                f"the result {name!r} has the name of a parameter; two signals cannot share a name"
            )
    if column := next((step.args[0] for step in order if step.op == "field"), None):
        raise ExpressionError(f'a signal cannot see the column {column!r}; compile with target="datum"')


def _names(roots: Mapping[str, Expr], order: list[Expr], prefix: str) -> dict[int, str]:
    """Name, by id, every result and every step that is used more than once."""
    names: dict[int, str] = {}
    for name, root in roots.items():
        if root.op not in LEAVES:
            names.setdefault(id(root), name)
    uses = Counter(id(arg) for step in order for arg in step.args if isinstance(arg, Expr))
    shared = [s for s in order if uses[id(s)] > 1 and s.op not in LEAVES and id(s) not in names]
    return names | {id(step): f"_n{prefix}{i}" for i, step in enumerate(shared)}


def _is_param(value: Number, name: str) -> bool:
    return isinstance(value, Expr) and value.op == "param" and value.args[0] == name
