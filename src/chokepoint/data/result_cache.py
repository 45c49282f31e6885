"""Results computed from files, kept in a file until what they were computed from changes.

Most of a check is of tables that nobody has touched since the last one.
"""

import hashlib
import json
import os
import platform
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import pandas as pd

MAX_STATES = 4  # of a part: going back and forth between a few states of the data computes nothing
Rows = list[list]


class ResultCache:
    """Rows by the name of a part and a digest of what they are computed from.

    Without a file, results are kept for this object alone.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.parts: dict[str, dict[str, Rows]] = {}
        self.changed = False
        self._load()

    def _load(self) -> None:
        """Load the parts that are kept in the file and not known here."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            if self.file and (stored := json.loads(self.file.read_text(encoding="utf-8")))["code"] == _code():
                self.parts = stored["parts"] | self.parts

    def get_or_compute(
        self, part: str, inputs: Iterable[str], compute: Callable[[], Iterable[Iterable]]
    ) -> Rows:
        """Return what `compute` gives for these inputs, as lists of texts and numbers.

        It is called where no result is kept.

        >>> results = ResultCache(None)
        >>> results.get_or_compute("a table", ["its text"], lambda: [("a fault", 2)])
        [['a fault', 2]]
        >>> results.get_or_compute("a table", ["its text"], lambda: [])
        [['a fault', 2]]
        >>> results.get_or_compute("a table", ["another text"], lambda: [])
        []
        """
        digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()
        states = self.parts.setdefault(part, {})
        if digest in states:
            states[digest] = states.pop(digest)  # the one used last is the last to go
        else:
            states[digest] = [list(row) for row in compute()]
            for old in list(states)[:-MAX_STATES]:
                del states[old]
            self.changed = True
        return states[digest]

    def save(self) -> None:
        """Write the file, whole or not at all; where it cannot be written, the next check takes longer.

        Parts that another process kept there meanwhile stay.
        """
        if self.file and self.changed:
            self._load()
            replace(self.file, json.dumps({"code": _code(), "parts": self.parts}))


def replace(file: Path, content: str | bytes) -> None:
    """Write a file of kept results, whole or not at all; it is no fault where it cannot be written."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(file)


@lru_cache(maxsize=1)
def _code() -> str:
    """Digest of what results are computed with: the code that reads and checks data, Python and pandas."""
    folder = Path(__file__).parent
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    content = [f"{path.relative_to(folder)}\0".encode() + path.read_bytes() for path in files]
    versions = f"{platform.python_version()} {pd.__version__}".encode()
    return hashlib.sha256(b"\0".join([versions, *content])).hexdigest()
