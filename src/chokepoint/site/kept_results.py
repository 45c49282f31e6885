"""Results as they were last computed from the tables, in a file, so that only what changed is computed.

Unlike `data.result_cache`, what a result is computed from is not known beforehand: it is what was read
meanwhile, by the names of `memory.reads`.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from chokepoint.data import memory, tables
from chokepoint.data.result_cache import replace
from chokepoint.site import cache, imports

# The module whose code, with all that it imports, computes the results of a group; each has a file.
GROUPS = {"facts": "chokepoint.analysis.facts", "differences": "chokepoint.pages.what_changed"}


class KeptResults:
    """Results of a group by key, each with the names of what was read of the tables to compute it.

    All that is in the file is of one state of the tables: results whose inputs changed are computed again.
    folder: where a book is built. group: one of GROUPS. fresh: compute all of them again. tables_at_start:
    see `Cache.note_state`.
    """

    def __init__(
        self, folder: Path, group: str, fresh: bool = False, tables_at_start: dict[str, str] | None = None
    ) -> None:
        self.file = folder / f"{group}.json"
        self.tables = cache.Cache(folder / "cache")
        self.tables.note_state(tables_at_start)
        self.code = _code(self.tables, GROUPS[group])
        self.reads: dict[str, str] = {}  # a digest of each thing that was read
        self.kept: dict[str, tuple[Any, list[str]]] = {}
        self.changed = False
        if not fresh:
            self._load_unchanged()

    def _load_unchanged(self) -> None:
        """Load what was computed from tables that are as they were, and is not known here."""
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            stored = json.loads(self.file.read_text(encoding="utf-8"))
            if stored["code"] != self.code:
                return
            unchanged = {name: was for name, was in stored["reads"].items() if self.tables.same(name, was)}
            names = list(stored["reads"])
            for key, (result, numbers) in stored["kept"].items():
                read = [names[number] for number in numbers]
                if key not in self.kept and unchanged.keys() >= set(read):
                    self.kept[key] = (result, read)
            self.reads |= unchanged

    def get_or_compute(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return what is kept under a key, or what is computed now: what JSON can hold, lists for tuples."""
        if key not in self.kept:
            with memory.recorded() as reads:
                result = compute()
            self.reads |= {name: self.tables.digest(name) for name in reads if name not in self.reads}
            self.kept[key], self.changed = (result, sorted(reads)), True
        result, read = self.kept[key]
        memory.note(*read)
        return result

    def save(self) -> None:
        """Write the file, whole or not at all, and only while the tables are as they were at the beginning.

        What another process kept there meanwhile stays. Where it is not written, the next check takes longer.
        """
        self.tables.save()
        if self.changed and not self.tables.changed_files(self.reads):
            self._load_unchanged()
            used = dict.fromkeys(name for _, read in self.kept.values() for name in read)
            numbers = {name: i for i, name in enumerate(used)}
            kept = {
                key: (result, [numbers[name] for name in read]) for key, (result, read) in self.kept.items()
            }
            reads = {name: self.reads[name] for name in used}
            replace(self.file, json.dumps({"code": self.code, "reads": reads, "kept": kept}))


class ResultStore:
    """The results of every group, of each once it is asked for.

    code: a digest of the package as this process has imported it (see `cache.code`). Where the files are
    others by now, nothing is kept: it would pass for what these compute.
    """

    def __init__(self, folder: Path, code: str) -> None:
        self.folder, self.code = folder, code
        self.groups: dict[str, KeptResults | None] = {}

    def get_or_compute(self, group: str, key: str, compute: Callable[[], Any]) -> Any:
        """See `KeptResults.get_or_compute`."""
        if group not in self.groups:
            same = cache.code(rendering=True) == self.code
            with memory.unrecorded():
                self.groups[group] = KeptResults(self.folder, group) if same else None
        results = self.groups[group]
        return results.get_or_compute(key, compute) if results else compute()

    def save(self) -> None:
        """See `KeptResults.save`."""
        for results in filter(None, self.groups.values()):
            results.save()


def _code(kept: cache.Cache, module: str) -> str:
    """Digest of what results are computed with, and of the newest release, at which some always are."""
    used = kept.module_digests(module, "", lambda: imports.reachable([module]))
    code = [f"{name} {digest}" for name, digest in used.items()]
    rest = [cache.code(), cache.versions(), tables.DEFAULT_RELEASE]
    return hashlib.sha256("\n".join([*code, *rest]).encode()).hexdigest()
