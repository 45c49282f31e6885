"""Executed notebooks that are still right, so that only those run whose inputs changed.

An entry holds an executed notebook and a digest of every input by name: the notebook, its parameters, the package's code, the
installed versions, and each table that the run read, with its declaration. It is right if, and only if, every one of them is the
same now; `why` names those that are not. What a run reads is known only once it ran, so the entries of a page are looked
through, newest first: a page has few. That is why neither joblib's Memory nor diskcache, which need the key beforehand, is used here.
"""

import gzip
import hashlib
import json
import os
import sys
import sysconfig
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.site.runs import Run

KEPT = 4  # entries of a page: going back and forth between a few states of the data runs nothing
_APART = {"site", "ingest", "check.py", "cli.py"}  # code that no notebook runs; a test holds this true
_PRESS = {"execute.py", "engine.py", "kernels.py"}  # of `site`, what runs them
_SOURCE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Executed:
    """A notebook that ran: its JSON with outputs, what it read of the data (names for `tables.digest`), its cells' own time [s]."""

    notebook: str
    reads: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Cache:
    """Executed notebooks kept below `folder`. When `fresh`, none is found; `say` is told of entries that do not read."""

    folder: Path
    fresh: bool = False
    say: Callable[[str], None] = lambda _text: None

    def find(self, run: Run) -> tuple[Executed | None, str]:
        """The kept result whose inputs are all as they are now, and ""; else None, and why it must run."""
        if self.fresh:
            return None, "--fresh was given"
        why = "it has not run before"
        for path in reversed(self._entries(run)):  # the newest says why last
            if entry := self._read(path):
                inputs, executed = entry
                changed = [
                    name for name, was in inputs.items() if self._inputs(run, executed.reads).get(name) != was
                ]
                if not changed:
                    os.utime(path)
                    return executed, ""
                why = ", ".join(f"{name} changed" for name in changed)
        return None, why

    def keep(self, run: Run, executed: Executed) -> None:
        """Keep a result. UserError if an input changed since the build began: what was printed from it would not be told apart."""
        inputs = self._inputs(run, executed.reads)
        for name in dict.fromkeys(
            name.partition(": ")[0] for name in executed.reads
        ):  # of a table of which some rows were read, all of it
            if tables.digest(name) != self._data.get(name, "absent"):
                raise UserError(f"{name} changed while the book was being built. Build again.")
        text = json.dumps({"inputs": inputs, "executed": asdict(executed)}).encode()
        path = self._folder(run) / f"{hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:16]}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_bytes(gzip.compress(text, 3, mtime=0))
        beside.replace(path)
        for old in self._entries(run)[KEPT:]:
            old.unlink()

    def seconds(self, run: Run) -> float:
        """How long its cells took the last time [s]; without a last time, chapters longer than pages made from a template."""
        last = next(filter(None, map(self._read, self._entries(run))), None)
        return last[1].seconds if last else 100 - len(run.parameters)

    def _folder(self, run: Run) -> Path:
        return self.folder / run.page

    def _entries(self, run: Run) -> list[Path]:
        """Newest first."""
        return sorted(
            self._folder(run).glob("*.json.gz"), key=lambda path: path.stat().st_mtime_ns, reverse=True
        )

    def _read(self, path: Path) -> tuple[dict, Executed] | None:
        """An entry, or None where it is damaged (gzip holds a checksum): it goes, and the notebook runs again."""
        try:
            entry = json.loads(gzip.decompress(path.read_bytes()))
            return entry["inputs"], Executed(
                **{**entry["executed"], "reads": tuple(entry["executed"]["reads"])}
            )
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            self.say(
                f"{path.parent.relative_to(self.folder)}: what was kept of it is damaged; it runs again."
            )
            path.unlink(missing_ok=True)
            return None

    def _inputs(self, run: Run, reads: tuple[str, ...]) -> dict[str, str]:
        """A digest of every input by name, as it was when the build began."""
        own = {
            f"book/{run.notebook.name}": _sha(run.notebook.read_bytes()),
            "its parameters": _sha(json.dumps(run.parameters, sort_keys=True).encode()),
        }
        return own | self._shared | {name: self._data.get(name) or tables.digest(name) for name in reads}

    @cached_property
    def _shared(self) -> dict[str, str]:
        return {
            "the package": code(),
            "an installed version": versions(),
            "the newest release": tables.DEFAULT_RELEASE,
        }

    @cached_property
    def _data(self) -> dict[str, str]:
        return {name: tables.digest(name) for name in tables.all_reads()}


def code(printing: bool = False) -> str:
    """Digest of the package's code that notebooks can run; with `printing`, of all that makes the site."""
    files = [
        path.relative_to(_SOURCE)
        for path in sorted(_SOURCE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    if not printing:
        files = [file for file in files if not _APART & set(file.parts) or file.name in _PRESS]
    return _sha(b"".join(f"{file}\0".encode() + (_SOURCE / file).read_bytes() + b"\0" for file in files))


def versions() -> str:
    """Digest of the versions of Python and of all that is installed beside it."""
    site = Path(sysconfig.get_path("purelib"))
    return _sha("\n".join([sys.version, *sorted(path.name for path in site.glob("*.dist-info"))]).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
