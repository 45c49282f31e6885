"""Rows worked out of files, kept in a file until what they were worked out of changes.

Most of a check is of tables that nobody has touched since the last one.
"""

import hashlib
import json
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pandas as pd

STATES = 4  # of a part that are kept: going back and forth between a few states of the data works out nothing
Rows = list[list]


class Kept:
    """Rows by the name of a part and a digest of what they are made from; without a file, none is kept."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.parts: dict[str, dict[str, Rows]] = {}
        self.changed = False
        with suppress(OSError, ValueError, TypeError, KeyError):
            if file and (stored := json.loads(file.read_text(encoding="utf-8")))["code"] == _code():
                self.parts = stored["parts"]

    def rows(self, part: str, inputs: Iterable[str], work: Callable[[], Iterable[Iterable]]) -> Rows:
        """Return what `work` gave for these inputs, as lists of texts and numbers.

        It is called where that is not kept.

        >>> kept = Kept(None)
        >>> kept.rows("a table", ["its text"], lambda: [("a fault", 2)])
        [['a fault', 2]]
        >>> kept.rows("a table", ["its text"], lambda: [])
        [['a fault', 2]]
        >>> kept.rows("a table", ["another text"], lambda: [])
        []
        """
        digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()
        states = self.parts.setdefault(part, {})
        if digest not in states:
            states[digest] = [list(row) for row in work()]
            for old in list(states)[:-STATES]:
                del states[old]
            self.changed = True
        return states[digest]

    def save(self) -> None:
        """Write the file, whole or not at all; where it cannot be written, the next check takes longer."""
        if self.file and self.changed:
            new = self.file.with_name(f"{self.file.name}.new")
            with suppress(OSError):
                new.parent.mkdir(parents=True, exist_ok=True)
                new.write_text(json.dumps({"code": _code(), "parts": self.parts}), encoding="utf-8")
                new.replace(self.file)


@lru_cache(maxsize=1)
def _code() -> str:
    """Digest of what the rows are worked out with: the code that reads and checks data, Python and pandas."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    content = [f"{path.relative_to(folder)}\0".encode() + path.read_bytes() for path in files]
    versions = f"{platform.python_version()} {pd.__version__}".encode()
    return hashlib.sha256(b"\0".join([versions, *content])).hexdigest()
