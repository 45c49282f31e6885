"""Executed notebooks that are still right, so that only those run whose inputs changed.

An entry holds an executed notebook and, beside it, a digest of every input by name: the notebook's code, its
parameters, the modules of the package that this code imports in turn, the versions of what is pinned, and
what the run read of the tables: whole files, rows, or what a view returned. It is right if, and only if,
every one of them is the same now; `why` names those that are not. Markdown is no input: the words of the
notebook as it is now are put around the kept outputs. What a run reads is known only once it ran, so the
entries of a page are looked through, newest first: a page has few. That is why neither joblib's Memory nor
diskcache, which need the key beforehand, is used here.
"""

import gzip
import hashlib
import json
import os
import re
import sys
import sysconfig
import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.data import digests, tables, views
from chokepoint.data.result_cache import ResultCache
from chokepoint.data.result_cache import replace as write_whole
from chokepoint.errors import UserError
from chokepoint.site import imports
from chokepoint.site.chart_cache import ChartCache
from chokepoint.site.derived import digest_of
from chokepoint.site.runs import Run

KEPT = 4  # entries of a page: going back and forth between a few states of the data runs nothing
_APART = {"site", "ingest", "check.py", "cli.py"}  # code that no notebook runs; a test holds this true
# Of `site`, what runs notebooks.
RUNNER = {"execute.py", "engine.py", "kernels.py", "preloaded.py", "processes.py"}
_SOURCE = imports.SOURCE
PINS = tuple(_SOURCE.parents[1] / name for name in ("requirements.txt", "requirements-build.txt"))
_PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)


# The file of the kept result of a page that is right now, and ""; else None, and why its notebook must run.
Entry = tuple[Path | None, str]


@dataclass(frozen=True)
class Executed:
    """A notebook that ran.

    It is its JSON with outputs, what it read of the data (names as of `memory.reads`), its cells' own time
    [s].
    """

    notebook: str
    reads: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Cache:
    """Executed notebooks kept below `folder`.

    When `fresh`, none is found; `say` is told of entries that do not read.
    """

    folder: Path
    fresh: bool = False
    say: Callable[[str], None] = lambda _text: None

    @cached_property
    def charts(self) -> ChartCache:
        """Charts of notebooks that must run: those that did not change are kept beside the notebooks."""
        return ChartCache(None if self.fresh else self.folder.with_name("charts"))

    def find(self, run: Run) -> tuple[Executed | None, str]:
        """Find the kept result whose inputs are all as they are now, and ""; else None, and why to run."""
        path, why = self.entry(run)
        return self.read(run, path) if path else (None, why)

    def read(self, run: Run, path: Path) -> tuple[Executed | None, str]:
        """Return the result kept in a file that `entry` gave, and ""; its words are the notebook's of now.

        Else it returns None, and why the notebook must run.
        """
        if executed := self._read(path):
            os.utime(path)
            return replace(executed, notebook=with_words(executed.notebook, run.notebook)), ""
        return None, "what was kept of it is damaged"

    def version(self, run: Run, path: Path) -> str:
        """Return a text that differs where what `read` gives does, without reading the file."""
        words = self._once((run.notebook, "words"), lambda _: _sha(run.notebook.read_bytes()))
        return f"{path.name} {words} {self._once(__file__, lambda _: _sha(Path(__file__).read_bytes()))}"

    def entry(self, run: Run) -> Entry:
        """Look up what is kept of a run; nothing is unpacked."""
        if self.fresh:
            return None, "--fresh was given"
        why = ""  # by the newest
        for path in self._entries(run):
            if (inputs := self._inputs_of(path)) is None:
                self._drop(path)
            elif not (changed := self._changed(run, inputs)):
                return path, ""
            else:
                why = why or ", ".join(f"{name} changed" for name in changed)
        return None, why or "it has not run before"

    def entries(self, runs: Iterable[Run], notes: Path, inputs: Mapping[str, str]) -> dict[str, Entry]:
        """Look up what is kept of each run, by page.

        notes: a file that keeps what was found, for the next time that a page's notebook, its parameters and
        all that is not of the book are the same. inputs: a digest, by name, of all of these (see `build`).
        """
        known: dict[str, list[str]] = {}
        with suppress(OSError, ValueError, TypeError):
            known = dict(json.loads(notes.read_text(encoding="utf-8")))
        apart = digest_of({name: digest for name, digest in inputs.items() if not name.startswith("book/")})
        entries, found = {}, {}
        for run in runs:
            input_digest = digest_of([apart, inputs[f"book/{run.notebook.name}"], run.parameters])
            file, was = known.get(run.page, ("", ""))
            path = self.folder / file
            same = was == input_digest and not self.fresh and path.is_file()
            entries[run.page] = (path, "") if same else self.entry(run)
            if path := entries[run.page][0]:
                found[run.page] = path.relative_to(self.folder).as_posix(), input_digest
        write_whole(notes, json.dumps(found))
        self.save()
        return entries

    def keep(self, run: Run, executed: Executed) -> Path:
        """Keep a result and return its file. UserError if an input changed since the build began.

        What is rendered from such a result would not be told apart.
        """
        for name in self.changed_files(executed.reads):
            raise UserError(f"{name} changed while the book was being built. Build again.")
        inputs = self._code_inputs(run) | {name: self.digest(name) for name in executed.reads}
        text = json.dumps(inputs)
        path = self._folder(run) / f"{_sha(text.encode())[:16]}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        for file, content in (
            (path, gzip.compress(json.dumps(asdict(executed)).encode(), 3, mtime=0)),
            (_beside(path), text.encode()),
        ):
            new = file.with_name(f"{file.name}.new")
            new.write_bytes(content)
            new.replace(file)
        for old in self._entries(run)[KEPT:]:
            _remove(old)
        return path

    def note_state(self, tables_at_start: dict[str, str] | None = None) -> None:
        """Note how the tables are, for `changed_files`; else that is when the first of them is asked for.

        tables_at_start: how they were, where that is known; a digest for each name of `digests.all_reads`.
        """
        if tables_at_start is not None:
            vars(self)["_at_start"] = {name: tables_at_start[name] for name in digests.all_reads()}
        _ = self._at_start

    def changed_files(self, reads: Iterable[str]) -> list[str]:
        """List the files behind names of `memory.reads` that are not as they were when the build began."""
        files = dict.fromkeys(file for read in reads for file in _files(read))
        return [name for name in files if digests.digest(name) != self._at_start.get(name, "absent")]

    def seconds(self, run: Run) -> float:
        """Return how long its cells took the last time [s].

        Without a last time, chapters longer than pages made from a template.
        """
        last = next(filter(None, map(self._read, self._entries(run)[:1])), None)
        return last.seconds if last else 100 - len(run.parameters)

    def _folder(self, run: Run) -> Path:
        return self.folder / run.page

    def _entries(self, run: Run) -> list[Path]:
        """Newest first."""
        return sorted(
            self._folder(run).glob("*.json.gz"), key=lambda path: path.stat().st_mtime_ns, reverse=True
        )

    def _inputs_of(self, path: Path) -> dict[str, str] | None:
        """Read an entry's inputs, or None where they are damaged: the entry's name is a digest of them."""
        try:
            text = _beside(path).read_bytes()
            return json.loads(text) if path.name.startswith(_sha(text)[:16]) else None
        except (OSError, ValueError):
            return None

    def _read(self, path: Path) -> Executed | None:
        """Read an entry, or None where it is damaged (gzip holds a checksum).

        A damaged one goes, and the notebook runs again.
        """
        try:
            kept = json.loads(gzip.decompress(path.read_bytes()))
            return Executed(**{**kept, "reads": tuple(kept["reads"])})
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            self._drop(path)
            return None

    def _drop(self, path: Path) -> None:
        self.say(f"{path.parent.relative_to(self.folder)}: what was kept of it is damaged; it runs again.")
        _remove(path)

    def _changed(self, run: Run, inputs: dict[str, str]) -> list[str]:
        """Names of the inputs that are not what they were."""
        code = self._code_inputs(run)
        return [
            name
            for name, was in inputs.items()
            if not (self.same(name, was) if name.startswith(("data/", views.VIEW)) else code.get(name) == was)
        ]

    def same(self, name: str, was: str) -> bool:
        """Whether what a page read is what it was.

        A view is only asked again where its tables are others than then.
        """
        if not name.startswith(views.VIEW) or was.count(" ") < 2:
            return self.digest(name) == was
        tables_read, whole, result = was.split(" ", 2)
        return whole == self._whole(tables_read) or result == self._result_of(name)

    def digest(self, name: str) -> str:
        """Return what a name of `memory.reads` stands for.

        Of a view, that is the files of its tables, a digest of them and one of its result.
        """
        if name in self._at_start:
            return self._at_start[name]
        if name.startswith(views.VIEW):
            tables_read = ",".join(_files(name))
            return f"{tables_read} {self._whole(tables_read)} {self._result_of(name)}"
        return self._once(name, lambda read: digests.digest(read, self._states))

    def _whole(self, files: str) -> str:
        """Digest of files whose names are joined by commas."""
        digests_of = map(self.digest, files.split(","))
        return self._once((files, "whole"), lambda _: _sha("".join(digests_of).encode()))

    def _result_of(self, view: str) -> str:
        return self._once((view, "result"), lambda _: _result(view))

    def _code_inputs(self, run: Run) -> dict[str, str]:
        """Return a digest of every input that is no data, by name, as it was when the build began."""
        return self._once(run.notebook, self._of_notebook) | {
            "its parameters": _sha(json.dumps(run.parameters, sort_keys=True).encode()),
            "the package": self._shared[0],
            "an installed version": self._shared[1],
            "the newest release": tables.DEFAULT_RELEASE,
        }

    def _of_notebook(self, path: Path) -> dict[str, str]:
        """Digests of a notebook's code and of the modules that it may run."""
        code, source = code_of(path)
        modules = self.module_digests(path.name, source, lambda: modules_of(source, self._modules))
        return {f"book/{path.name}": _sha(code.encode())} | modules

    def module_digests(self, name: str, code: str, find: Callable[[], Iterable[str]]) -> dict[str, str]:
        """Digests of the modules that `find` gives for some code.

        It takes long, and is asked only where that code, under its name, or any module changed.
        """
        inputs = [code, json.dumps(self._all_module_digests)]
        found = self._modules_cache.get_or_compute(name, inputs, lambda: [sorted(find())])
        return {module: self._all_module_digests[module] for module in found[0]}

    def save(self) -> None:
        """Keep which modules code was found to run, for the next process."""
        self._modules_cache.save()

    def _once(self, key: Hashable, make: Callable) -> Any:
        if key not in self._computed:
            self._computed[key] = make(key)
        return self._computed[key]

    @cached_property
    def _computed(self) -> dict:
        return {}

    @cached_property
    def _modules(self) -> dict[str, Path]:
        return imports.modules()

    @cached_property
    def _all_module_digests(self) -> dict[str, str]:
        return {module: _sha(file.read_bytes()) for module, file in self._modules.items()}

    @cached_property
    def _modules_cache(self) -> ResultCache:
        return ResultCache(None if self.fresh else self.folder.with_name("modules.json"))

    @cached_property
    def _states(self) -> tuple:
        return tables.states()

    @cached_property
    def _shared(self) -> tuple[str, str]:
        return code(), versions()

    @cached_property
    def _at_start(self) -> dict[str, str]:
        return {name: digests.digest(name, self._states) for name in digests.all_reads()}


def _beside(path: Path) -> Path:
    """Return the file of an entry's inputs."""
    return path.with_name(path.name.replace(".json.gz", ".inputs.json"))


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)


def _view(read: str) -> tuple[Callable, list]:
    """Return the function and the arguments that a name of `memory.reads` gives."""
    where, _, arguments = read.removeprefix(views.VIEW).partition(" ")
    module, _, name = where.partition(":")
    return getattr(import_module(module), name), json.loads(arguments)


def _files(read: str) -> list[str]:
    """List the whole files behind a name of `memory.reads`."""
    if not read.startswith(views.VIEW):
        return [read.partition(": ")[0]]
    try:
        return [f"data/{tables.resource(name)['path']}" for name in _view(read)[0].tables]
    except (ImportError, AttributeError, UserError):
        return []


def _result(view: str) -> str:
    """Digest of what a view returns now; "absent" where function, table or column are gone."""
    try:
        function, arguments = _view(view)
        value = function(*arguments)
    except Exception as error:  # the notebook that asks meets it itself, and says so
        return f"absent: {type(error).__name__}"
    if isinstance(value, (pd.DataFrame, pd.Series)):
        text = value.to_json(orient="split", date_format="iso", default_handler=str)
    else:
        text = json.dumps(value, default=lambda v: sorted(v) if isinstance(v, frozenset | set) else str(v))
    return _sha(text.encode())


def code_of(notebook: Path) -> tuple[str, str]:
    """Return what of a notebook's file decides its outputs, as text, and its code; Markdown does not.

    A file that is no notebook is all code, of which nothing can be parsed.
    """
    text = notebook.read_text(encoding="utf-8")
    try:
        content = json.loads(text)
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
        kept = [
            [cell.get("id"), cell["metadata"], source] for cell, source in zip(cells, sources, strict=True)
        ]
        return json.dumps([content["metadata"], kept]), "\n".join(sources)
    except (ValueError, LookupError, TypeError):
        return text, ""


def modules_of(source: str, known: dict[str, Path] | None = None) -> set[str]:
    """Find the modules of the package that a notebook's code may run, what runs every notebook included.

    known: what `imports.modules` gives.
    """
    known = known or imports.modules()
    runners = {f"chokepoint.site.{name.removesuffix('.py')}" for name in RUNNER}
    start = {module for runner in runners for module in imports.imported(runner, known)}
    try:
        start |= imports.imported_by_code(source, known)
    except SyntaxError:  # a magic, such as %matplotlib: it may import anything
        start |= set(known)
    return imports.reachable(start, "chokepoint.site", known)


def with_words(executed: str, notebook: Path) -> str:
    """Return an executed notebook, as JSON, with the Markdown cells of the file as it is now.

    The code of both is the same.
    """
    done, now = json.loads(executed), json.loads(notebook.read_text(encoding="utf-8"))
    code, cells = [c for c in done.get("cells", []) if c["cell_type"] == "code"], []
    for cell in now.get("cells", []):
        cells.append(code.pop(0) if cell["cell_type"] == "code" else cell)
        if code and "injected-parameters" in code[0]["metadata"].get("tags", []):
            cells.append(code.pop(0))
    return json.dumps(done | {"cells": cells}, ensure_ascii=False) if cells else executed


def code(rendering: bool = False) -> str:
    """Digest of what runs every notebook, and of files that are no modules.

    With `rendering`, it is of all that makes the site.
    """
    files = [
        path.relative_to(_SOURCE)
        for path in sorted(_SOURCE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    if not rendering:
        files = [
            file
            for file in files
            if (file.suffix != ".py" and not _APART & set(file.parts)) or file.name in RUNNER
        ]
    return _sha(b"".join(f"{file}\0".encode() + (_SOURCE / file).read_bytes() + b"\0" for file in files))


def versions(pins: Iterable[Path] = PINS, site: Path | None = None) -> str:
    """Digest of the versions of Python and of what is pinned for the book, as they are installed in `site`.

    What is installed besides (what tests need, say) changes no page. Without the files of `pins`, as where
    the package was installed as a copy, all that is installed counts.
    """
    folders = Path(site or sysconfig.get_path("purelib")).glob("*.dist-info")
    installed = {_normal(folder.stem.rpartition("-")[0]): folder.stem for folder in folders}
    files = [file for file in pins if file.is_file()]
    pinned = {_normal(name) for file in files for name in _PINNED.findall(file.read_text(encoding="utf-8"))}
    found = [folder for name, folder in sorted(installed.items()) if name in pinned or not files]
    return _sha("\n".join([sys.version, *found]).encode())


def _normal(name: str) -> str:
    """Return the name of a distribution as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
