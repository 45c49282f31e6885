"""Facts as they were last computed, kept in a file, so that the prose is checked by what changed alone."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from chokepoint.analysis import facts
from chokepoint.data import memory, tables
from chokepoint.data.result_cache import replace
from chokepoint.site import cache, imports


class FactCache:
    """Facts by release and name, each with the names of what was read of the tables to compute it.

    A name is that of one fact, or of a part of all of them. All that is in the file is of one state of the
    tables: facts whose inputs changed are computed again. fresh: compute all of them again.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.file = folder / "facts.json"
        self.tables = cache.Cache(folder / "cache")
        self.tables.note_state()
        self.code = _code()
        self.reads: dict[str, str] = {}  # a digest of each thing that was read
        self.kept: dict[str, tuple[dict, list[str]]] = {}
        self.changed = False
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            stored = {} if fresh else json.loads(self.file.read_text(encoding="utf-8"))
            if stored.get("code") == self.code:
                self._load_unchanged(stored)

    def _load_unchanged(self, stored: dict) -> None:
        """Load what was computed from tables that are as they were."""
        self.reads = {name: was for name, was in stored["reads"].items() if self.tables.same(name, was)}
        names = list(stored["reads"])
        for key, (columns, numbers) in stored["kept"].items():
            read = [names[number] for number in numbers]
            if self.reads.keys() >= set(read):
                self.kept[key] = (columns, read)

    def get(self, fact_id: str, release: str = tables.DEFAULT_RELEASE) -> facts.Fact:
        """See `facts.get`."""
        found = self._of(f"{release} {fact_id}", lambda: {fact_id: facts.get(fact_id, release)})
        return found[fact_id]

    def every(self, release: str) -> dict[str, facts.Fact]:
        """See `facts.evaluate`."""
        parts = facts.parts(release).items()
        return facts.merge(self._of(f"{release} part {name}", compute) for name, compute in parts)

    def _of(self, key: str, compute: Callable[[], dict]) -> dict:
        """Return facts by id: what is kept under a key, or what is computed now."""
        if key not in self.kept:
            with memory.recorded() as reads:
                known = compute()
            self.reads |= {name: self.tables.digest(name) for name in reads if name not in self.reads}
            columns = {fact_id: fact and asdict(fact) for fact_id, fact in known.items()}
            self.kept[key] = columns, sorted(reads)
            self.changed = True
            return known
        columns, _ = self.kept[key]
        return {
            fact_id: cells and facts.Fact(**{name: _tuples(cell) for name, cell in cells.items()})
            for fact_id, cells in columns.items()
        }

    def save(self) -> None:
        """Write the file, whole or not at all, and only while the tables are as they were at the beginning.

        Where it is not written, the next check takes longer.
        """
        if self.changed and not self.tables.changed_files(self.reads):
            used = dict.fromkeys(name for _, read in self.kept.values() for name in read)
            numbers = {name: i for i, name in enumerate(used)}
            kept = {key: (of, [numbers[name] for name in read]) for key, (of, read) in self.kept.items()}
            reads = {name: self.reads[name] for name in used}
            replace(self.file, json.dumps({"code": self.code, "reads": reads, "kept": kept}))


def _tuples(cell: object) -> object:
    """Return lists, as JSON has them, as the tuples that they were."""
    return tuple(map(_tuples, cell)) if isinstance(cell, list) else cell


def _code() -> str:
    """Digest of what facts are computed with, and of the newest release, at which some always are."""
    modules, used = imports.modules(), imports.reachable(["chokepoint.analysis.facts"])
    code = [f"{name} {hashlib.sha256(modules[name].read_bytes()).hexdigest()}" for name in sorted(used)]
    rest = [cache.code(), cache.versions(), tables.DEFAULT_RELEASE]
    return hashlib.sha256("\n".join([*code, *rest]).encode()).hexdigest()
