"""A Sphinx that stays: it has read every page, and renders one in the time of one.

It runs in a process of its own, forked with all imports done, and knows the facts and the code of the moment
it began: after a change of data or code another takes its place. Sphinx's own steps are called one by one, so
that the page a writer waits for comes first: read that page, write it; then all that Sphinx, and `render`,
find to depend on it.
"""

import io
import os
import pickle
import re
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from chokepoint.errors import UserError
from chokepoint.site import processes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Renderer:
    """The process, from here.

    stage: the folder of pages; site: where their HTML goes, with `doctrees` beside it. reload: modules that
    have changed since this process began.
    """

    def __init__(self, home: Path, stage: Path, site: Path, release: str, reload: frozenset[str]) -> None:
        context = processes.forkserver_context(precompute=True)
        self._here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(home, stage, site, release, reload, there))
        self._process.start()
        there.close()

    def render(self, pages: list[str], more: bool) -> Iterator[dict]:
        """Render the pages asked for, then, unless `more` are to come, all that depend on them.

        Each step gives {"pages": rendered, "faults": text by page}.
        """
        self._here.send((pages, more))
        while True:
            try:
                found = self._here.recv()
            except EOFError:
                yield {"pages": [], "faults": {"the renderer": "Sphinx ended; see build/watch/render.log."}}
                return
            if found is None:
                return
            yield found

    def is_alive(self) -> bool:
        """Whether it still answers."""
        return self._process.is_alive()

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()


def _serve(
    home: Path, stage: Path, site: Path, release: str, reload: frozenset[str], requests: Connection
) -> None:
    """In the process: answer requests until the other side ends."""
    processes.redirect_output(site.with_name("render.log"))
    processes.end_with_parent()
    processes.forget_package(*reload)
    os.environ["CHOKEPOINT_RELEASE"] = release
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from chokepoint.analysis import facts
    from chokepoint.data import memory
    from chokepoint.site.fact_cache import FactCache

    memory.forget_changed()
    with patch_docutils(None), docutils_namespace():
        warnings = io.StringIO()
        app = _application(home, stage, site, warnings)
        with suppress(UserError):  # of tables that do not read: whoever asks for them says so
            kept = FactCache(home / "build")
            if kept.results.kept:  # by the code as it is now: what changed is soon worked out
                facts.use_precomputed(release, kept.every(release))
                kept.save()
            elif not requests.poll(1):  # else those that a page states come first, with it
                facts.evaluate(release)
        if not app.env.all_docs:  # what was known is of another folder: the book has been moved
            app.builder.read()
            keep(app.env, Path(app.doctreedir) / "environment.pickle")
        while True:
            try:
                pages, more = requests.recv()
            except EOFError:
                return
            for found in _rendered(app, pages, more):
                requests.send({"pages": found, "faults": _faults(warnings, stage)})
            requests.send(None)
            if not more:
                keep(app.env, Path(app.doctreedir) / "environment.pickle")


def keep(environment: object, path: Path) -> None:
    """Write what Sphinx knows of the book to a file, whole or not at all.

    The process may be ended at any moment, and the next one would find a broken file and know no page.
    """
    new = path.with_suffix(".new")
    new.write_bytes(pickle.dumps(environment, pickle.HIGHEST_PROTOCOL))
    new.replace(path)


def _application(home: Path, stage: Path, site: Path, warnings: io.StringIO) -> "Sphinx":
    """Sphinx as `render` sets it up, with what it knows of the last build."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx

    from chokepoint.site.render import overrides

    config, _ = get_final_config(
        user_yaml=home / "_config.yml", cli_config=overrides(home), sourcedir=stage, use_external_toc=True
    )
    doctrees = site.with_name("doctrees")
    return Sphinx(
        stage,
        None,
        site,
        doctrees,
        "html",
        confoverrides=config,
        status=None,
        warning=warnings,
        keep_going=True,
    )


def _rendered(app: "Sphinx", pages: list[str], more: bool) -> Iterator[list[str]]:
    """Read and write `pages`, then, unless there are `more`, whatever is out of date; the names each time."""
    builder, env = app.builder, app.env
    env.find_files(app.config, builder)
    now = [page for page in dict.fromkeys(pages) if page in env.found_docs]
    app.emit("env-before-read-docs", env, now)
    for page in now:
        app.emit("env-purge-doc", env, page)
        env.clear_doc(page)
        builder.read_doc(page)
    yield _written(app, now)
    if not more:
        yield _written(app, [page for page in builder.read() if page not in now])


def _written(app: "Sphinx", pages: list[str]) -> list[str]:
    if pages:
        app.builder.prepare_writing(set(pages))
    for page in pages:
        tree = app.env.get_and_resolve_doctree(page, app.builder)
        app.builder.write_doc_serialized(page, tree)
        app.builder.write_doc(page, tree)
    return pages


def _faults(warnings: io.StringIO, stage: Path) -> dict[str, str]:
    """Collect what Sphinx has warned of since the last time, by page."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue()).splitlines()
    warnings.seek(0)
    warnings.truncate()
    found: dict[str, str] = {}
    for line in lines:
        if re.search(r"WARNING|ERROR|CRITICAL", line):
            page = re.match(rf"{re.escape(str(stage))}/(.+?)\.(?:md|ipynb)", line)
            name = page[1] if page else "the book"
            found[name] = f"{found.get(name, '')}\n{line.replace(f'{stage}/', 'book/')}".strip()
    return found
