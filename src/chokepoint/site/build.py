"""Publishing is a transaction: check the data, run, render, check the site, swap it in.

Any failure leaves the last site.

A build that fails, is killed or runs out of disk at any moment is taken up by the next one: what it had
executed is kept (see `cache`), what it had half written is not trusted. Nothing is done at all where every
input and the site are those of the last build.
"""

import hashlib
import json
import multiprocessing
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from pathlib import Path
from time import perf_counter

from chokepoint.data import check, digests, tables
from chokepoint.errors import UserError
from chokepoint.site import binder, cache, fact_links, linkcheck, page_metadata, processes, repo_url
from chokepoint.site.derived import digest_of, write
from chokepoint.site.execute import execute
from chokepoint.site.extras import Extras
from chokepoint.site.fact_cache import FactCache
from chokepoint.site.lock import build_lock
from chokepoint.site.open_data import catalogue
from chokepoint.site.open_data import write as open_data
from chokepoint.site.open_data.cache import OpenDataCache, input_digest
from chokepoint.site.renderer import Renderer, Worker, worker
from chokepoint.site.runs import Edition, Run, Settings, plan
from chokepoint.site.settings import require_settings
from chokepoint.site.staging import is_of_book, names_in, stage_book
from chokepoint.site.unchanged import BUILT, contents

# Notebooks to run, from which on it is worth while to compute once beforehand what several ask for.
PRECOMPUTE_FROM = 16


def root() -> Path:
    """Return the checkout: the folder that holds `book/` and `_config.yml`."""
    return tables.home()


def build(
    release: str = tables.DEFAULT_RELEASE,
    home: Path | None = None,
    settings: Settings | None = None,
    edition: Edition | None = None,
    fresh: bool = False,
    explain: bool = False,
    say: Callable[[str], None] = print,
    pool: Executor | None = None,
    extras: Extras | None = None,
    early: Worker | None = None,
) -> Path:
    """Make the whole site in build/html and return that folder.

    UserError, with the old site untouched, when a step fails.

    settings: parameters of notebooks that differ from the book's own. edition: gives the site a folder of its
    own, build/editions/<name>/html. fresh: run every notebook and render every page again. explain: `say`, a
    line a page, why it ran or did not. pool: where notebooks run, any executor of the kind of
    concurrent.futures; without one, processes here. extras: what goes with the pages; the site is then in
    build/published/html. early: a process that may render, started beforehand by whoever knew that the book
    alone changed.
    """
    home = home or root()
    work = home / "build" / (f"editions/{edition.name}" if edition else "published" if extras else "")
    asked = Build(home, work, release, settings, edition, fresh, explain, say, pool, extras, early)
    with _ending_what_it_started(), build_lock(home / "build"):
        recover(work / "html")
        return asked.run()


@dataclass
class Build:
    """One build of a site, for who holds the lock; `work` is where it is built. See `build` for the rest."""

    home: Path
    work: Path
    release: str
    settings: Settings | None = None
    edition: Edition | None = None
    fresh: bool = False
    explain: bool = False
    say: Callable[[str], None] = print
    pool: Executor | None = None
    extras: Extras | None = None
    early: Worker | None = None

    def __post_init__(self) -> None:
        self.executed, self.stage, self.rendered, self.site = (
            self.work / name for name in ("executed", "stage", "printed", "html")
        )
        self.kept = cache.Cache(self.home / "build" / "cache", self.fresh, self.say)
        self.checked = None if self.fresh else self.home / "build" / "checked.json"
        self.took: dict[str, float] = {}
        self.start = perf_counter()

    def run(self) -> Path:
        """Build the site and return its folder; see `build`."""
        last = _load(self.work / BUILT) or {"inputs": {}}
        new = digests.digest(tables.DESCRIPTOR) != last["inputs"].get(tables.DESCRIPTOR)
        if new:  # what it declares is not to be trusted yet
            check.require_sound(kept=self.checked)
        self.runs = plan(self.home / "book", self.release, self.settings)
        require_settings(self.home, [run.page for run in self.runs])
        self.inputs = inputs(self.home, self.runs, self.release, self.edition)
        same = last["inputs"] == self.inputs and not (self.fresh or self.explain or self.extras)
        if same and last.get("site") == contents(self.site):
            return self.site
        with ExitStack() as ends:
            begun, forks = self._begin(ends, last["inputs"])
            if not new:
                self._require_sound()
            known = FactCache(self.home / "build", self.fresh, self.inputs)
            fact_links.require_true(self.home / "book", self.release, known)
            begun = begun or ends.enter_context(worker(self.home, forks))
            every = known.all_kept(self.release)
            where = self.home, self.stage, self.rendered, self.release
            render = Renderer(begun, *where, self.inputs, every, self.fresh)
            self._lap("check")
            why = execute(self.runs, self.executed, self.kept, self.pool, self.entries)
            if self.due:  # what ran is noted too, for the next build
                self._entries()
            if self.explain:
                told = (f"{page}: {reason or 'nothing it needs changed'}" for page, reason in why.items())
                self.say("\n".join(told))
            self._lap("execute")
            self._render(render)
        self._inspect()
        self._note_times(why)
        return self.site

    def _begin(self, ends: ExitStack, last: dict[str, str]) -> tuple[Worker | None, BaseContext | None]:
        """Look up what is kept, and start the processes that are due: they import while tables are checked.

        It returns the process that renders, where it has been started, and how others are.
        """
        changed = {name for name, _ in last.items() ^ self.inputs.items()}
        begun, forks = self.early, None
        if not begun and all(name.startswith("book/") for name in changed) and not self.fresh:
            begun = ends.enter_context(worker(self.home))  # perhaps no notebook is due
        if self.fresh:  # what kernels keep
            (self.home / "build" / "differences.json").unlink(missing_ok=True)
        self.entries = self._entries()
        self.due = sum(path is None for path, _ in self.entries.values())
        if self.due or not begun:  # kernels and renderer are forked from a process with the imports
            forks = processes.forkserver_context(precompute=self.due >= PRECOMPUTE_FROM)
        return begun, forks

    def _entries(self) -> dict[str, cache.Entry]:
        """See `Cache.entries`; nothing where a table does not read, which the check says better."""
        try:
            return self.kept.entries(self.runs, self.work / "entries.json", self.inputs)
        except Exception:
            return {}

    def _require_sound(self) -> None:
        """Check the tables, unless these very ones passed before by this very code, which is noted."""
        passed, data = self.home / "build" / "sound.json", tables.data_dir()
        there = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
        kept = {name: of for name, of in self.inputs.items() if name.startswith(("data/", "the package"))}
        digest = digest_of(kept | {"there": there})
        if not self.checked or _load(passed) != {"tables": digest}:
            check.require_sound(kept=self.checked)
            with suppress(OSError):
                passed.write_text(json.dumps({"tables": digest}), encoding="utf-8")

    def _render(self, render: Renderer) -> None:
        """Render what has been executed, and make what goes with the pages."""
        stage_book(self.home / "book", self.runs, self.executed, self.stage, self.inputs["the package"])
        binder.record(self.runs, self.edition, self.stage, self.home)
        if self.extras:
            self.extras.record(self.stage)
        if not self.edition:
            catalogue.announce(self.stage)
        shutil.rmtree(self.rendered, ignore_errors=True)
        of_every_page = {
            name: digest
            for name, digest in self.inputs.items()
            if not name.startswith(("book/", "data/", "editions/")) or name.startswith("book/_static")
        }
        keeps_pages = render.start(digest_of(of_every_page | {"pages": names_in(self.stage)}))
        at_once = keeps_pages and self.due < PRECOMPUTE_FROM  # else both together need much memory
        if at_once:
            try:
                self._add_open_data(render)
            except Exception:  # what is wrong with a page is said before what fails here
                render.wait()
                raise
        render.wait()
        self._lap("render")
        if not at_once:
            self._add_open_data(render)
        if self.extras:
            self.extras.add(self.rendered)
        self._lap("open data")

    def _add_open_data(self, render: Renderer) -> None:
        """Put the open data beside the pages, made with the facts that these are rendered with.

        They are those of the last site where they would be the same.
        """
        if self.edition:
            return
        folder = self.home / "build" / "open-data"
        if self.fresh:
            shutil.rmtree(folder, ignore_errors=True)
        kept = OpenDataCache(folder, input_digest(self.stage, self.inputs, folder))
        if kept.reuse(self.site, self.rendered):
            return
        if not render.facts and not render.wait_for_facts():  # why is said by `wait`
            return
        known = render.facts or FactCache(self.home / "build").every(self.release)
        files = open_data.files(self.stage, folder, self.release, known, open_data.state_of(self.inputs))
        for address, content in files.items():
            write(self.rendered / address, content)
        kept.record(files)

    def _inspect(self) -> None:
        """Swap the site in, once it is whole and nothing changed meanwhile."""
        linkcheck.require_whole(self.rendered, None if self.fresh else self.work / "links.json")
        now = inputs(self.home, self.runs, self.release, self.edition)
        if changed := [name for name, digest in now.items() if self.inputs.get(name) != digest]:
            raise UserError(f"{changed[0]} changed while the book was being built. Build again.")
        note = self.work / BUILT
        note.unlink(missing_ok=True)
        swap(self.rendered, self.site)
        told = {"inputs": self.inputs, "site": contents(self.site)}
        note.write_text(json.dumps(told), encoding="utf-8")
        self._lap("inspect")

    def _note_times(self, why: dict[str, str]) -> None:
        """Note how long steps and cells took [s], and which pages ran."""
        file = self.work / "timing.json"
        known = (_load(file) or {}).get("cells", {})
        cells = {
            run.page: (not why[run.page] and known.get(run.page)) or self.kept.seconds(run)
            for run in self.runs
        }
        told = {"steps": self.took, "cells": cells, "ran": [page for page, reason in why.items() if reason]}
        file.write_text(json.dumps(told, indent=1), encoding="utf-8")

    def _lap(self, step: str) -> None:
        self.took[step] = perf_counter() - self.start - sum(self.took.values())


def inputs(home: Path, runs: list[Run], release: str, edition: Edition | None = None) -> dict[str, str]:
    """Return a digest, by name, of everything the site is made from."""
    files = [
        home / "_config.yml",
        home / "_toc.yml",
        home / "pyproject.toml",
        *sorted((home / "editions").glob("*.yml")),
        *sorted(p for p in (home / "book").rglob("*") if p.is_file() and is_of_book(p)),
    ]
    own = {path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    schemas = sorted(path.name for path in (tables.data_dir() / "schemas").glob("*.json"))
    packed = ["data/LICENSE.md", *(f"data/schemas/{name}" for name in schemas)]  # with the tables
    data = {name: digests.digest(name) for name in [*digests.all_reads(), *packed]}
    asked = digest_of(
        {
            "release": release,
            "runs": [[run.page, run.notebook.name, run.parameters, run.settings] for run in runs],
            "edition": [edition.title, edition.about] if edition else [],
            "addresses": [repo_url.repository(home), page_metadata.site_address()],
        }
    )
    return {
        **own,
        **data,
        "what was asked for": asked,
        "the package": cache.code(rendering=True),
        "an installed version": cache.versions(),
    }


def swap(new: Path, site: Path) -> None:
    """Put `new` in the place of `site`; the old one goes only when the new one stands."""
    old = _aside(site)
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def recover(site: Path) -> None:
    """Put the old site back, where a build was killed between taking it away and putting the new there."""
    if not site.exists() and _aside(site).exists():
        _aside(site).rename(site)


def _aside(site: Path) -> Path:
    return site.with_name(f"{site.name}.old")


@contextmanager
def _ending_what_it_started() -> Iterator[None]:
    """Whatever ends the work ends the processes it started.

    The system's own refusals and an interruption are said plainly.
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    answers = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, stop) if answers else None
    try:
        yield
    except KeyboardInterrupt:
        raise UserError(
            "The build was interrupted. The last good site stands; the next build goes on from what is done."
        ) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise UserError(
            f"The build stopped: {error.strerror or error}{where}. The last good site stands. "
            "Mend that, then build again."
        ) from None
    finally:
        for process in multiprocessing.active_children():
            process.kill()
        if answers:
            signal.signal(signal.SIGTERM, before)


def _load(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
