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
from functools import partial
from pathlib import Path
from time import perf_counter

from chokepoint.analysis import facts
from chokepoint.data import check, digests, tables
from chokepoint.errors import UserError
from chokepoint.site import binder, cache, fact_links, kernels, linkcheck, page_metadata, repo_url
from chokepoint.site.derived import digest_of, write
from chokepoint.site.execute import execute
from chokepoint.site.extras import Extras
from chokepoint.site.fact_cache import FactCache
from chokepoint.site.lock import build_lock
from chokepoint.site.open_data import catalogue
from chokepoint.site.open_data import write as open_data
from chokepoint.site.render import Renderer, renderer
from chokepoint.site.runs import Edition, Run, Settings, plan
from chokepoint.site.settings import require_settings
from chokepoint.site.staging import is_of_book, names_in, stage_book
from chokepoint.site.unchanged import contents

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
) -> Path:
    """Make the whole site in build/html and return that folder.

    UserError, with the old site untouched, when a step fails.

    settings: parameters of notebooks that differ from the book's own. edition: gives the site a folder of its
    own, build/editions/<name>/html. fresh: run every notebook and render every page again. explain: `say`, a
    line a page, why it ran or did not. pool: where notebooks run, any executor of the kind of
    concurrent.futures; without one, processes here. extras: what goes with the pages; the site is then in
    build/published/html.
    """
    home = home or root()
    work = home / "build" / (f"editions/{edition.name}" if edition else "published" if extras else "")
    with _ending_what_it_started(), build_lock(home / "build"):
        recover(work / "html")
        return build_locked(home, work, release, settings, edition, fresh, explain, say, pool, extras)


def build_locked(
    home: Path,
    work: Path,
    release: str,
    settings: Settings | None = None,
    edition: Edition | None = None,
    fresh: bool = False,
    explain: bool = False,
    say: Callable[[str], None] = print,
    pool: Executor | None = None,
    extras: Extras | None = None,
) -> Path:
    """See `build`, for who holds the lock; `work` is where this edition is built."""
    took, start = {}, perf_counter()
    executed, stage, rendered, site, state = (
        work / name for name in ("executed", "stage", "printed", "html", "site.json")
    )

    def lap(step: str) -> None:
        took[step] = perf_counter() - start - sum(took.values())

    last = _load(state) or {"inputs": {}}
    checked = None if fresh else home / "build" / "checked.json"
    new = digests.digest(tables.DESCRIPTOR) != last["inputs"].get(tables.DESCRIPTOR)
    if new:  # what it declares is not to be trusted yet
        check.require_sound(kept=checked)
    runs = plan(home / "book", release, settings)
    require_settings(home, [run.page for run in runs])
    require_words(home / "book", release)
    before = inputs(home, runs, release, edition)
    same = last["inputs"] == before and not (fresh or explain or extras)
    if same and last.get("site") == contents(site):
        return site
    kept = cache.Cache(home / "build" / "cache", fresh, say)
    changed = {
        name for name in before.keys() | last["inputs"].keys() if before.get(name) != last["inputs"].get(name)
    }
    with ExitStack() as ends:
        render = None
        if all(name.startswith("book/") for name in changed) and not fresh:
            # Perhaps no notebook is due: the renderer itself imports what it needs, meanwhile.
            forks = multiprocessing.get_context("spawn")
            render = ends.enter_context(renderer(home, stage, rendered, release, forks))
        entries = _entries(runs, kept)
        due = sum(path is None for path, _ in entries.values())
        if due or not render:  # kernels and renderer are forked from a process that imports meanwhile
            forks = kernels.forkserver_context(precompute=due >= PRECOMPUTE_FROM)
        if not new:
            _require_sound(home / "build" / "sound.json", before, checked)
        fact_links.require_true(home / "book", release, FactCache(home / "build", fresh))
        lap("check")
        if not render:
            render = ends.enter_context(renderer(home, stage, rendered, release, forks, fresh))
        why = execute(runs, executed, kept, pool, entries)
        if explain:
            say("\n".join(f"{page}: {reason or 'nothing it needs changed'}" for page, reason in why.items()))
        lap("execute")
        stage_book(home / "book", runs, executed, stage, before["the package"])
        binder.record(runs, edition, stage, home)
        if extras:
            extras.record(stage)
        if not edition:
            catalogue.announce(stage)
        shutil.rmtree(rendered, ignore_errors=True)
        pages = {
            name: digest
            for name, digest in before.items()
            if not name.startswith(("book/", "data/", "editions/")) or name.startswith("book/_static")
        }
        keeps_pages = render.start(digest_of(pages | {"pages": names_in(stage)}))
        make_open_data = partial(_open_data, home, stage, release, before, render, fresh)
        beside: dict[str, bytes] = {}
        if not edition and keeps_pages and due < PRECOMPUTE_FROM:  # else both at once need much memory
            beside = _meanwhile(render, make_open_data)
        render.wait()
        lap("render")
        if not edition and not beside:
            beside = make_open_data()
    if extras:
        extras.add(rendered)
    for address, content in beside.items():
        write(rendered / address, content)
    lap("open data")
    linkcheck.require_whole(rendered, None if fresh else work / "links.json")
    if changed := [
        name for name, was in inputs(home, runs, release, edition).items() if before.get(name) != was
    ]:
        raise UserError(f"{changed[0]} changed while the book was being built. Build again.")
    state.unlink(missing_ok=True)
    swap(rendered, site)
    state.write_text(json.dumps({"inputs": before, "site": contents(site)}), encoding="utf-8")
    lap("inspect")
    cells = {run.page: kept.seconds(run) for run in runs}
    (work / "timing.json").write_text(
        json.dumps({"steps": took, "cells": cells, "ran": [p for p, w in why.items() if w]}, indent=1)
    )
    return site


def _meanwhile(render: Renderer, make: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
    """Make something while pages are rendered; what is wrong with a page is said before what fails here."""
    try:
        return make()
    except Exception:
        render.wait()
        raise


def _open_data(
    home: Path, stage: Path, release: str, before: dict[str, str], render: Renderer, fresh: bool
) -> dict[str, bytes]:
    """Make the open data, with the facts that pages are rendered with; perhaps while they are."""
    folder = home / "build" / "open-data"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if not render.wait_for_facts():  # why is said by `wait`
        return {}
    known = FactCache(home / "build").every(release)
    return open_data.files(stage, folder, release, known, open_data.state_of(before))


def _entries(runs: list[Run], kept: cache.Cache) -> dict[str, cache.Entry]:
    """Look up what is kept of each page; nothing where a table does not read, which the check says better."""
    try:
        return {run.page: kept.entry(run) for run in runs}
    except Exception:
        return {}


def _require_sound(passed: Path, before: dict[str, str], checked: Path | None) -> None:
    """Check the tables, unless these very ones passed before by this very code; `passed` keeps which did.

    checked: keeps what was found in each of them; None: all of them are checked.
    """
    data = tables.data_dir()
    there = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    kept = {name: of for name, of in before.items() if name.startswith(("data/", "the package"))}
    digest = digest_of(kept | {"there": there})
    if not checked or _load(passed) != {"tables": digest}:
        check.require_sound(kept=checked)
        with suppress(OSError):
            passed.write_text(json.dumps({"tables": digest}), encoding="utf-8")


def require_words(book: Path, release: str) -> None:
    """UserError where a sentence says another number than the registry.

    That is said before anything runs, once facts can check it.
    """
    if compare := getattr(facts, "require_words", None):
        compare(book, release)


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
