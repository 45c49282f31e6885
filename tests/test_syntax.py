"""Parsing of Python source."""

import ast
import gc

from chokepoint import syntax


class LoggedAtItsEnd:
    """Is collected as garbage only, and parses then, as whoever logs a traceback does."""

    logs = True

    def __init__(self):
        self.itself = self

    def __del__(self):
        if self.logs:
            ast.parse("f(1 + 2) * 3")


def test_garbage_collected_in_the_middle_does_not_spoil_a_parse():
    source, thresholds = "\n".join(f"a{i} = f({i})" for i in range(500)), gc.get_threshold()
    try:
        for start in range(10, 60):
            LoggedAtItsEnd()
            gc.set_threshold(start, 5, 5)
            assert len(syntax.parse(source).body) == 500
    finally:
        gc.set_threshold(*thresholds)
        LoggedAtItsEnd.logs = False  # or the last of them would spoil a parse elsewhere
