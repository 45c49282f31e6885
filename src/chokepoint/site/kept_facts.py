"""Facts as they were last computed, kept in a file, so that the prose is checked by what changed alone."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.site import cache, imports


class KeptFacts:
    """Facts by release and id, each with the names of what was read of the tables to compute it.

    All that is in the file is of one state of the tables; a fact that read what is another now is computed
    anew. `fresh`: so is each.
    """

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.file = folder / "facts.json"
        self.tables = cache.Cache(folder / "cache")
        self.code = _code()
        self.reads: dict[str, str] = {}  # a digest of each thing that was read
        self.facts: dict[str, tuple[dict, list[str]]] = {}
        self.changed = False
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            stored = {} if fresh else json.loads(self.file.read_text(encoding="utf-8"))
            if stored.get("code") == self.code:
                self._take(stored)

    def _take(self, stored: dict) -> None:
        """Take what was computed from tables that are as they were."""
        reads = {name: was for name, was in stored["reads"].items() if self.tables.same(name, was)}
        names = list(stored["reads"])
        for key, (fact, numbers) in stored["facts"].items():
            read = [names[number] for number in numbers]
            if reads.keys() >= set(read):
                self.facts[key] = (fact, read)
        self.reads = {name: reads[name] for _, read in self.facts.values() for name in read}

    def get(self, fact_id: str, release: str = tables.DEFAULT_RELEASE) -> facts.Fact:
        """See `facts.get`."""
        key = f"{release} {fact_id}"
        if key not in self.facts:
            with tables.recorded() as reads:
                fact = facts.get(fact_id, release)
            self.reads |= {name: self.tables.digest(name) for name in reads if name not in self.reads}
            self.facts[key] = asdict(fact), sorted(reads)
            self.changed = True
            return fact
        return facts.Fact(**{name: _tuples(cell) for name, cell in self.facts[key][0].items()})

    def save(self) -> None:
        """Write the file, whole or not at all; where it cannot be written, the next check takes longer."""
        if self.changed:
            numbers = {name: i for i, name in enumerate(self.reads)}
            of_facts = {
                key: (fact, [numbers[name] for name in read]) for key, (fact, read) in self.facts.items()
            }
            content = {"code": self.code, "reads": self.reads, "facts": of_facts}
            new = self.file.with_name(f"{self.file.name}.new")
            with suppress(OSError):
                new.parent.mkdir(parents=True, exist_ok=True)
                new.write_text(json.dumps(content, default=lambda number: number.item()), encoding="utf-8")
                new.replace(self.file)


def _tuples(cell: object) -> object:
    """Return lists, as JSON has them, as the tuples that they were."""
    return tuple(map(_tuples, cell)) if isinstance(cell, list) else cell


def _code() -> str:
    """Digest of what facts are computed with."""
    modules, used = imports.modules(), imports.reachable(["chokepoint.analysis.facts"])
    code = [f"{name} {hashlib.sha256(modules[name].read_bytes()).hexdigest()}" for name in sorted(used)]
    return hashlib.sha256("\n".join([*code, cache.code(), cache.versions()]).encode()).hexdigest()
