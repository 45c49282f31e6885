"""Parsing of Python source."""

import ast
import gc
from typing import Any


def parse(source: str, mode: str = "exec") -> Any:
    """Parse Python source, as `ast.parse` does, with garbage collection held until it is done.

    Python 3.11 fails with "AST constructor recursion depth mismatch" where a collection begins within the
    parse and what it ends logs an error: a traceback is written by parsing too (CPython issue 106905).

    >>> parse("a = 1").body[0].targets[0].id
    'a'
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source, mode=mode)
    finally:
        if collects:
            gc.enable()
