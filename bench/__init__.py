"""How fast and how small, measured in one run: `make bench` prints a table and writes build/bench.json.

Each entry has a value, the peer it is measured against, and their ratio. A new one is a function decorated with `bench`,
in the module of its subject: `models`, `press` (the build), `watch` (an edit), `page` (what the reader's browser does) or `phone` (a slow one).
"""

from collections.abc import Callable
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
BENCHES: dict[str, Callable[[], dict]] = {}


def bench(function: Callable[[], dict]) -> Callable[[], dict]:
    """Register a measurement: () -> {what, unit, value, peer, peer_value}; `peer` says what it is measured against.

    Its docstring says what the figure means. `aim` is the ratio we want, in words, and `points` what a slope was drawn through.
    """
    BENCHES[function.__name__] = function
    return function


def limited(what: str, unit: str, value: float, limit: float) -> dict:
    """Return the row of a figure that is held against a limit of our own.

    >>> limited("memory", "MB", 1200, 1500)["aim"]
    'at most 1, that is 1,500 MB'
    """
    return dict(
        aim=f"at most 1, that is {limit:,g} {unit}",
        what=what,
        unit=unit,
        value=value,
        peer="the limit we set ourselves",
        peer_value=limit,
    )
