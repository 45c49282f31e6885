"""What a page takes from whole tables through a function, and depends on by what that returns."""

import inspect
import json
from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any

import pandas as pd

from chokepoint.checkout import data_dir
from chokepoint.data import memory, tables

VIEW = "view "  # begins the name of what a page took from tables through a `view`
_views: set = set()  # the code of every view


def view(*names: str) -> Callable[[Callable], Callable]:
    """Let a function be handed these whole tables.

    What calls it depends on what it returns, not on their rows.
    For what cannot be asked by key: a newest day, a rule over a column. The function must be at the top of
    its module, take texts and numbers besides, and return a table, a column or a plain value. What else it
    reads is recorded as always, save that a view it asks itself, over the same tables, is no dependency of
    its own.

    >>> reads_of_all = view("sources")(lambda sources: len(sources))
    """

    def decorate(work: Callable) -> Callable:
        kept: dict[tuple, tuple[Any, set[str], set[tuple]]] = {}

        @wraps(work)
        def ask(*arguments: Any) -> Any:
            frame = inspect.currentframe()
            caller = frame.f_back.f_code if frame and frame.f_back else None
            if caller not in _views:  # a view that asks depends on this one's tables too
                memory.note(f"{VIEW}{work.__module__}:{work.__qualname__} {json.dumps(arguments)}")
            data = data_dir()
            key = (data, tables.load, arguments, *(tables.files_of(data, name, None) for name in names))
            if key not in kept:
                if len(kept) >= tables.MOST_KEPT:  # of past states of the tables: a process may live long
                    kept.clear()
                with memory.recording() as (reads, used):
                    frames = [tables.load(name) for name in names]
                    reads -= {read for read in reads if not read.startswith(tables.DESCRIPTOR)}
                    before = reads | used
                    kept[key] = work(*frames, *arguments), reads, used
                if before != reads | used:  # what else it reads may be another next time
                    return kept.pop(key)[0]
            else:
                memory.note_again(*kept[key][1:])
            return _copy(kept[key][0])

        _views.add(work.__code__)
        ask.tables = names  # type: ignore[attr-defined]
        return ask

    return decorate


def _copy(result: Any) -> Any:
    """Return what a caller may write to."""
    if isinstance(result, pd.DataFrame | pd.Series):
        return result.copy(deep=False)
    return copy(result) if isinstance(result, dict | list | set) else result
