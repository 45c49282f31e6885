"""Serve the book, make again what a saved file changes, and let the reader's browser load it.

It takes seconds from an edit to its picture.

Three things are kept warm: processes that fork kernels, a Sphinx that knows every page (`live_render`), and
the records of what each page read (`cache`). A saved sentence is rendered at once; for anything else those
notebooks run first whose inputs changed. The whole is consistent again with `chokepoint build`: search, the
site map and the check of every link are left to it. What is served lies in build/watch; the published site is
not touched, and no page of it knows of this server.
"""

import http.server
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import partial
from pathlib import Path
from queue import Queue
from time import perf_counter
from typing import Any

import nbformat
from watchfiles import watch as changes_of

from chokepoint.data import check, tables
from chokepoint.errors import UserError
from chokepoint.site import build, cache, imports, live_render, processes
from chokepoint.site.derived import write
from chokepoint.site.execute import run_notebook, workers
from chokepoint.site.lean import lean
from chokepoint.site.lock import build_lock
from chokepoint.site.reruns import Reruns
from chokepoint.site.runs import Run, plan
from chokepoint.site.staging import ready_to_render
from chokepoint.site.watch_server import Handler, Messages

_RERUN = ("analysis", "charts", "models", "pages")  # parts of the package whose change reruns notebooks


def modules_needing_restart() -> set[str]:
    """Return the modules that the processes which run notebooks need; a change of one restarts them.

    Modules that the fork server loads by name are not among them: kernels forget these and load them again.
    """
    runners = {f"chokepoint.site.{Path(name).stem}" for name in cache.RUNNER}
    held = {m for runner in runners for m in imports.imported(runner, by_name=False)}
    return imports.reachable(held, by_name=False)


class Watch:
    """A book under watch. `say` is told a line for each change that was seen."""

    def __init__(self, home: Path, release: str, say: Callable[[str], None]) -> None:
        self.home, self.release, self.say, self.messages = home, release, say, Messages()
        self.work, self.site = home / "build", home / "build" / "watch" / "html"
        self.faults: dict[str, str] = {}  # by page, or by what else is wrong
        # modules that are others than those that kernels are forked with, or that import such
        self.changed: frozenset[str] = frozenset()
        self.pool: Executor | None = None
        self.renderer: live_render.Renderer | None = None

    def run(self, port: int) -> None:
        """Serve and watch until interrupted."""
        self.site.mkdir(parents=True, exist_ok=True)
        handler = partial(Handler, directory=self.site, messages=self.messages)
        with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}"
            self.say(f"{address} shows the book once it is built, and what you save (Ctrl-C stops it).")
            watched = [
                self.home / name for name in ("book", "data", "src/chokepoint", "_config.yml", "_toc.yml")
            ]
            with build_lock(self.work):
                changes = _changes_from_now(watched)  # what is saved while the book is built counts too
                self._report(self.start)
                for changed in changes:
                    names = {Path(path).relative_to(self.home).as_posix() for path in changed}
                    began = perf_counter()
                    pages = self._report(self.update, names)
                    shown = f"{', '.join(pages[:4])}{' …' if pages[4:] else ''}" if pages else "no page"
                    self.say(
                        f"{min(names)}{' …' if names - {min(names)} else ''}: {shown}, "
                        f"{perf_counter() - began:.1f} s"
                    )

    def _report(self, work: Callable[..., list[str]], *arguments: Any) -> list[str]:
        """Do a part of the work; what is wrong afterwards is said in the terminal, once, and on the pages."""
        before, pages = dict(self.faults), []
        try:
            self.faults.pop("the book", None)
            pages = work(*arguments)
        except UserError as error:
            self.faults["the book"] = str(error)
        except Exception as error:  # whatever it is, the next change may end it
            self.faults["the book"] = (
                f"A fault of the program: {error!r}. If it stays, start the watch again."
            )
        self.messages.fault = "\n\n".join(self.faults.values())
        for key in self.faults.keys() - {k for k, text in before.items() if self.faults.get(k) == text}:
            print(self.faults[key], file=sys.stderr)
        self.messages.send(pages)
        return pages

    # --- from nothing ---

    def start(self) -> list[str]:
        """Build the book as `chokepoint build` does, and keep all that is needed for the next change."""
        build.recover(self.work / "html")
        processes.forkserver_context(precompute=True)  # for every kernel of what is saved later
        build.Build(self.home, self.work, self.release).run()
        for name in ("html", "doctrees"):
            shutil.rmtree(self.site.with_name(name), ignore_errors=True)
            shutil.copytree(self.work / "sphinx" / name, self.site.with_name(name))
        self.runs = plan(self.home / "book", self.release)
        known = self._cache()
        self.staged = {run.page: known.entry(run)[0] for run in self.runs}
        self.code = {run.notebook.name: cache.code_of(run.notebook)[0] for run in self.runs}
        self.fixed = modules_needing_restart()
        self.rendering = imports.reachable(["chokepoint.site.sphinx_extension", "chokepoint.site.crosslinks"])
        self.pool = workers(os.cpu_count() or 2, self.work / "watch" / "kernels.log")
        self.renderer = self._new_renderer()
        return ["*"]

    def _cache(self) -> cache.Cache:
        return cache.Cache(self.work / "cache", say=self.say)

    def _new_renderer(self) -> live_render.Renderer:
        return live_render.Renderer(self.home, self.work / "stage", self.site, self.release, self.changed)

    # --- from a change ---

    def update(self, names: set[str]) -> list[str]:
        """Bring the pages up to date after these files changed, and return the pages that are new."""
        names = {name for name in names if not self._is_aside(name)}
        if not names:
            return []
        if not self.renderer or any(map(self._needs_restart, names)):
            self.say(f"{min(names)}: starting anew")
            self._stop()
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        if not self.renderer.is_alive():
            self.renderer = self._new_renderer()
            self.faults.pop("the renderer", None)
        written = [page for name in sorted(names) for page in self._stage_file(name)]
        if not any(map(self._reruns, names)):
            return self._render(written)
        if code := {self._module(name) for name in names if name.startswith("src/")}:
            self.changed |= _to_reload(code)
            processes.forget_package(*filter(_reruns_notebooks, self.changed))
        data = any(name.startswith("data/") for name in names)
        if data or self.rendering & set(map(self._module, names)):
            self.renderer.stop()  # it has tables or code of before; the next one starts while notebooks run
            self.renderer = self._new_renderer()
        return self._rerun(data, written)

    def _is_aside(self, name: str) -> bool:
        return any(part.startswith((".", "__pycache__")) for part in Path(name).parts) or name.endswith(
            ("~", ".tmp")
        )

    def _needs_restart(self, name: str) -> bool:
        """Whether a file is one that this process, its kernels or every page depends on."""
        if not name.startswith("src/"):
            staged = self.work / "stage" / name.removeprefix("book/")
            gone = staged.exists() and not (self.home / name).exists()
            return gone or name in ("_config.yml", "_toc.yml", "book/runs.yml")
        module = self._module(name)
        return module is None or module in self.fixed or not _reruns_notebooks(module)

    def _module(self, name: str) -> str | None:
        """Name the module of the package that a file is, if it is one."""
        return {file: module for module, file in imports.modules().items()}.get(self.home / name)

    def _reruns(self, name: str) -> bool:
        """Whether a changed file may be an input of a notebook's outputs."""
        if not name.startswith("book/"):
            return True
        path = self.home / name
        if path.suffix != ".ipynb" or not path.is_file():
            return False
        before, self.code[path.name] = self.code.get(path.name), cache.code_of(path)[0]
        return before != self.code[path.name]

    def _stage_file(self, name: str) -> list[str]:
        """Put a changed file of the book where it is rendered from or served.

        It returns the pages that the file is the text of.
        """
        path, inside = self.home / name, Path(name).relative_to("book") if name.startswith("book/") else None
        if inside is None or not path.is_file():
            return []
        if inside.parts[0] == "_static":
            content = path.read_bytes()
            if path.suffix in (".js", ".css"):
                content = lean(path.name, content.decode()).encode()
            for folder in (self.work / "stage", self.site):
                write(folder / inside, content)
            self.messages.send(["*"])
            return []
        if path.suffix == ".md":
            write(self.work / "stage" / inside, path.read_bytes())
            return [inside.with_suffix("").as_posix()]
        if path.suffix == ".ipynb":
            self.runs = plan(self.home / "book", self.release)
            known = self._cache()
            return [run.page for run in self.runs if run.notebook == path and self._stage_kept(run, known)]
        return []

    def _stage_kept(self, run: Run, known: cache.Cache) -> bool:
        """Stage a page's kept result with its words as they are now; False where it must run first."""
        kept, _why = known.find(run)
        if kept:
            self._stage(run, kept, known)
        return kept is not None

    def _stage(self, run: Run, executed: cache.Executed, known: cache.Cache) -> None:
        notebook = ready_to_render(nbformat.reads(executed.notebook, as_version=4), run.parameters)
        write(self.work / "stage" / f"{run.page}.ipynb", nbformat.writes(notebook).encode())
        self.staged[run.page] = known.entry(run)[0]
        self.faults.pop(run.page, None)

    def _rerun(self, check_data: bool, pages: list[str]) -> list[str]:
        """Run what is due, pages that somebody looks at first, and render each as soon as it has run."""
        self.runs, known = plan(self.home / "book", self.release), self._cache()
        reruns = Reruns(self._submit, self._submit_check if check_data else None)
        ready, done = [*pages, *self._look_through(known, reruns)], []
        reruns.start_others()
        while ready or reruns.unfinished:
            if ready:
                done += self._render(ready, more=reruns.has_notebooks)
                ready = []
                continue
            reruns.start_others()
            ready = [run.page for run, result in reruns.wait() if self._stage_result(run, result, known)]
        return done

    def _look_through(self, known: cache.Cache, reruns: Reruns) -> list[str]:
        """Hand over what is due; return the pages that need no more than what is kept of them."""
        viewed, ready = set(self.messages.viewed.values()), []
        for run in sorted(self.runs, key=lambda run: run.page not in viewed):
            path, _why = known.entry(run)
            if path is None and run.page in viewed:
                reruns.start(run)  # while the others are looked through
            elif path is None:
                reruns.others.append(run)
            else:
                self.faults.pop(run.page, None)
                if path != self.staged.get(run.page) and self._stage_kept(run, known):
                    ready.append(run.page)
        reruns.others.sort(key=known.seconds)
        return ready

    def _stage_result(self, run: Run, result: Future, known: cache.Cache) -> bool:
        """Keep and stage what a notebook gave; False where it failed, which is said on the pages."""
        try:
            known.keep(run, executed := result.result())
            self._stage(run, executed, known)
        except UserError as error:
            self.faults[run.page] = str(error)
            return False
        return True

    def _submit(self, run: Run) -> Future:
        return self.pool.submit(run_notebook, run, None, self.changed, self._cache().charts)

    def _submit_check(self) -> Future:
        return self.pool.submit(check.require_sound, kept=self.work / "checked.json")

    def _render(self, pages: list[str], more: bool = False) -> list[str]:
        """Render these pages, let them be loaded, then render what else depends on them.

        more: that is left to the next call.
        """
        rendered = []
        for found in self.renderer.render(pages, more):
            for page in found["pages"]:
                self.faults.pop(page, None)
            self.faults |= found["faults"]
            self.messages.send(found["pages"])
            rendered += found["pages"]
        return list(dict.fromkeys(rendered))

    def _stop(self) -> None:
        if self.renderer:
            self.renderer.stop()
        if self.pool:
            self.pool.shutdown(cancel_futures=True)


def _reruns_notebooks(module: str) -> bool:
    return module.split(".")[1] in _RERUN


def _to_reload(changed: set[str]) -> set[str]:
    """Return these modules and all that import them.

    Facts and models are entered in lists as their modules are imported: where one of these changed, all is
    imported anew, or it would be entered twice.
    """
    if any(module.split(".")[1] in ("analysis", "models") for module in changed):
        return {f"chokepoint.{part}" for part in _RERUN} | imports.dependents(changed)
    return imports.dependents(changed)


def _changes_from_now(folders: list[Path]) -> Iterator[set[str]]:
    """Return the paths that change, a set for each time that something is saved, from this moment on."""
    found: Queue[set[str]] = Queue()

    def collect() -> None:
        for changed in changes_of(*folders, debounce=400, step=40):
            found.put({path for _, path in changed})

    threading.Thread(target=collect, daemon=True).start()
    return iter(found.get, None)


def watch(
    release: str = tables.DEFAULT_RELEASE, port: int = 8000, say: Callable[[str], None] = print
) -> None:
    """See the module. UserError where the book is being built or watched already."""
    watched = Watch(build.root(), release, say)
    try:
        watched.run(port)
    except OSError as error:
        raise UserError(f"127.0.0.1:{port}: {error.strerror}. Name another with --port.") from None
    except KeyboardInterrupt:
        pass
    finally:
        watched._stop()
