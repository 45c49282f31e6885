"""What a process has read of the data, and the results that it keeps with what they were made from.

Both are needed to know which pages a change concerns: a result that is kept still counts as read each time it
is asked for, and is forgotten once a file that it was made from is another.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from chokepoint.checkout import data_dir
from chokepoint.errors import UserError

# Set for a process that computes all that is `remembered` once before others are forked from it.
PRECOMPUTE = "CHOKEPOINT_PRECOMPUTE"
_P = ParamSpec("_P")
_T = TypeVar("_T")
_reads: set[str] = set()
# What was read, as (function, arguments, state of files that it gave): see `remembered`.
_used: set[tuple] = set()
_ever_used: set[tuple] = set()
_changed: set[tuple] = set()  # of these, what was found to be another: not looked at until it is used again
_memories: list[dict] = []  # of every function that is `remembered`
_store: Store | None = None  # see `keep_results_in`
_by_release: list[tuple[Callable, list[str]]] = []  # functions of no more than a release and a year


def reads() -> list[str]:
    """Return what this process has read of the data so far: each a name for `digests.digest`.

    It is recorded whoever asked and whatever remembered it.

    >>> from chokepoint.data import tables
    >>> (
    ...     tables.load("sources") is None,
    ...     {"data/evidence/sources.csv", "data/datapackage.json: sources"} <= set(reads()),
    ... )
    (False, True)
    """
    return sorted(_reads)


def note(*names: str) -> None:
    """Record that these are read."""
    _reads.update(names)


def note_again(reads: set[str], used: set[tuple]) -> None:
    """Record what a result was made from, as it is asked for again."""
    _reads.update(reads)
    _used.update(used)
    _ever_used.update(used)


def forget_reads() -> None:
    """Begin anew: nothing has been read yet."""
    _reads.clear()


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Give what is read within, as names for `digests.digest`; whoever records outside has it too.

    >>> from chokepoint.data import tables
    >>> with recorded() as names:
    ...     _ = tables.load("sources")
    >>> "data/evidence/sources.csv" in names
    True
    """
    with recording() as (reads, _):
        yield reads


@contextmanager
def recording() -> Iterator[tuple[set[str], set[tuple]]]:
    """Give what is read within, and the states of files it used; whoever records outside has both too."""
    global _reads, _used
    outside, (_reads, _used) = (_reads, _used), (set(), set())
    inside = _reads, _used
    try:
        yield inside
    finally:
        _reads, _used = outside
        _reads |= inside[0]
        _used |= inside[1]


def note_state(state: Callable, arguments: tuple, gave: tuple) -> None:
    """Record that what is read depends on what `state` gave: the state of files."""
    _used.add(use := (state, arguments, gave))
    _ever_used.add(use)
    _changed.discard(use)


def remembered(work: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a function be worked out once for each set of arguments (and data folder) in a process.

    What it read is recorded each time it is asked, and a process that is forked from this one finds what is
    remembered here (see `forget_changed`). Callers get the same object, and leave it as it is.

    >>> from chokepoint.data import tables
    >>> _ = remembered(lambda: len(tables.load("sources")))()
    >>> "data/evidence/sources.csv" in reads()
    True
    """
    kept: dict[tuple, tuple[_T, set[str], set[tuple]]] = {}
    _memories.append(kept)

    @wraps(work)
    def ask(*arguments: _P.args, **named: _P.kwargs) -> _T:
        key = (data_dir(), *arguments, *named.items())
        while key[-1] is None:  # as where it is not given
            key = key[:-1]
        if key not in kept:
            with recording() as (reads, used):
                kept[key] = work(*arguments, **named), reads, used
        else:
            note_again(*kept[key][1:])
        return kept[key][0]

    takes = inspect.signature(work).parameters.values()
    given = [it.name for it in takes if it.name in ("release", "year")]
    if all(it.name in given or it.default is not it.empty for it in takes):  # release and year come first
        _by_release.append((ask, given))
    return ask


class Store(Protocol):
    """What keeps results from one process to the next; see `site.kept_results`."""

    def get_or_compute(self, group: str, key: str, compute: Callable[[], Any]) -> Any:
        """Return what is kept under a key, or what is computed now."""

    def save(self) -> None:
        """Keep what was computed."""


def keep_results_in(store: Store | None) -> None:
    """Let `kept` keep results in a store from here on; None: in none."""
    global _store
    _store = store


def keeps() -> bool:
    """Whether this process keeps results for the next."""
    return _store is not None


def kept(group: str, key: str, compute: Callable[[], _T]) -> _T:
    """Return what is computed, or what an earlier process kept of it under a key of a group.

    It is computed where nothing is kept of it, or what it read of the data is another now. It is of a form
    that JSON can hold, and has lists for tuples where it was kept.

    >>> kept("numbers", "two", lambda: 2)
    2
    """
    return _store.get_or_compute(group, key, compute) if _store else compute()


def save_kept() -> None:
    """Keep what was computed for the next process."""
    if _store:
        _store.save()


@contextmanager
def unrecorded() -> Iterator[None]:
    """Read without a trace: what only looks whether the data are as they were does not depend on them."""
    before = _reads.copy()
    yield
    _reads.intersection_update(before)


def work_out_beforehand(release: str) -> None:
    """Work out all that is remembered by release, at this one, for processes forked from this one.

    What cannot be is left to whoever asks.
    """
    for ask, given in _by_release:
        with suppress(Exception):
            ask(*({"release": release}.get(name) for name in given))


def forget_changed() -> None:
    """Forget what was remembered of files that are others now: for a process that is forked from another."""
    one_folder_after_another = sorted(_ever_used, key=lambda use: str(use[1][0]))
    with unrecorded():
        changed = {use for use in one_folder_after_another if not _is_still(*use)}
    _ever_used.difference_update(changed)
    _changed.update(changed)
    for kept in _memories if _changed else ():
        for key in [key for key, (_, _, used) in kept.items() if used & _changed]:
            del kept[key]


def forget_results() -> None:
    """Forget all that was remembered."""
    for kept in _memories:
        kept.clear()


def _is_still(state: Callable, arguments: tuple, gave: tuple) -> bool:
    with suppress(OSError, UserError):
        return state(*arguments) == gave
    return False
