"""What the rest of the house knows of a model: its name, its function, what its results mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Model:
    """A mechanism.

    name      as in the assumptions table and on the command line
    title     the question it answers
    function  keyword arguments → named results; takes numbers, arrays and expressions, so the browser runs it
              too
    results   name → (unit, meaning), in the order shown
    cautions  what must be said beside its sliders
    never     result → what to say where it is 0, in place of an event that does not come ("never", "not
              within sixty years")
    exact     the same keywords → further results that only Python can work out (roots, enumerations); plain
              numbers
    exact_results  name → (unit, meaning) of these
    validation     () → rows of predicted and seen, see `check`
    browser        False for the one function that only NumPy can follow
    """

    name: str
    title: str
    function: Callable[..., dict]
    results: Mapping[str, tuple[str, str]]
    cautions: tuple[str, ...] = ()
    never: Mapping[str, str] = field(default_factory=dict)
    exact: Callable[..., dict] | None = None
    exact_results: Mapping[str, tuple[str, str]] | None = None
    validation: Callable[[], list[dict]] | None = None
    browser: bool = True

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the function's keywords, in order."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def all_results(self) -> dict[str, tuple[str, str]]:
        """Unit and meaning of every result, the exact ones last."""
        return {**self.results, **(self.exact_results or {})}


TEST, FITTED, BOUND = "test", "fitted to it", "only a bound"
IDENTITY, DATA, ARITHMETIC = "true by construction", "two sets of data", "arithmetic"
KINDS = (TEST, FITTED, BOUND, IDENTITY, DATA, ARITHMETIC)
# What a check is worth. Only a TEST puts the model at risk: a figure it could have missed.


def check(what, predicted, seen, unit, low, high, note, source, kind=TEST):
    """Return a row of the validation page.

    The model's number beside the published one, whether it lies in the stated band, and its kind.

    >>> check("dearer", 3.0, 2.5, "x", 2.0, 3.5, "within a third", "M01")["verdict"]
    'within'
    """
    if kind not in KINDS:
        raise ValueError(f"{what}: {kind!r} is no kind of check; give one of {', '.join(KINDS)}")
    return {
        "what": what,
        "predicted": predicted,
        "seen": seen,
        "unit": unit,
        "low": low,
        "high": high,
        "verdict": "within" if low <= predicted <= high else "missed",
        "note": note,
        "source_id": source,
        "kind": kind,
    }
