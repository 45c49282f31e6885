"""Render the pages with Jupyter Book's own configuration and Sphinx: in parallel, only what changed.

Sphinx keeps what it knows of the pages in build/sphinx. It looks at the time of a page's file alone, so four
things are added: a page that states facts is read again when one of them changed, and one that lists tables
or parameters (a directive in its text) when any data or a notebook's code did; the evidence page is written
again when another page states other facts; all pages are written again when something changed that each of
them repeats, such as a title or heading, a word that is linked, or the day of the newest evidence; and all
are rendered anew when the configuration, the code, a static file or the last rendering itself is not what it
was.
"""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from chokepoint.data import digests, memory, tables
from chokepoint.errors import UserError
from chokepoint.site import kernels

if TYPE_CHECKING:  # a build that finds nothing to do need not import it
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Event

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_LISTS = re.compile(r"(?:`{3,}|:{3,})\{[a-z-]+\}|\{[a-z-]+\}`")  # a directive of MyST, or a role


@contextmanager
def renderer(
    home: Path, stage: Path, rendered: Path, release: str, forks: BaseContext, fresh: bool = False
) -> Iterator[Renderer]:
    """Start a process that works out all facts while notebooks run, and renders once it is told to.

    forks: how the process is started. fresh: all pages are rendered anew.
    """
    out, log = rendered.with_name("sphinx"), rendered.with_name("render.log")
    out.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    begin, ready = forks.Event(), forks.Event()
    process = forks.Process(target=_render, args=(home, stage, out, release, log, begin, ready, fresh))
    process.start()
    try:
        yield Renderer(process, begin, ready, home, stage, rendered, fresh)
    finally:
        process.kill()
        process.join()


@dataclass
class Renderer:
    """A process that renders the pages of `stage` into `rendered`."""

    process: BaseProcess
    begin: Event
    ready: Event
    home: Path
    stage: Path
    rendered: Path
    fresh: bool

    def start(self, key: str) -> bool:
        """Let it render; return whether pages that did not change are kept.

        key: a digest of all that every page depends on; all pages are rendered anew where it is another than
        the last time.
        """
        whole = self._whole
        kept = not self.fresh and whole.is_file() and whole.read_text() == key
        if not kept:
            shutil.rmtree(whole.parent, ignore_errors=True)
        whole.unlink(missing_ok=True)
        self.begin.set()
        self.key = key
        return kept

    def wait_for_facts(self) -> bool:
        """Wait until it has kept all facts (see `fact_cache`); False where it ended without."""
        while not self.ready.wait(0.1):
            if not self.process.is_alive():
                return False
        return True

    def wait(self) -> None:
        """Wait until all is rendered. UserError lists its warnings: each is an error here."""
        self.process.join()
        out = self._whole.parent
        if self.process.exitcode:
            self._explain(out)
        self._whole.write_text(self.key)
        shutil.copytree(out / "html", self.rendered, ignore=shutil.ignore_patterns(".buildinfo", "_sources"))

    @property
    def _whole(self) -> Path:
        """The file with the key of a rendering that went through; there is none while one is under way."""
        return self.rendered.with_name("sphinx") / "whole"

    def _explain(self, out: Path) -> None:
        if shutil.disk_usage(out.parent).free < 2**20:  # then the log may be empty
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))
        log = self.rendered.with_name("render.log")
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in log.read_text(encoding="utf-8").splitlines()]
        faults = [
            line.replace(f"{self.stage}/", "book/")
            for line in lines
            if re.search(r"WARNING|ERROR|Error:", line)
        ]
        raise UserError(
            "Rendering the pages failed:\n"
            + "\n".join((faults or lines)[-20:])
            + f"\nAll of it: {log.relative_to(self.home)}"
        )


def _render(
    home: Path, stage: Path, out: Path, release: str, log: Path, begin: Event, ready: Event, fresh: bool
) -> None:
    """Do what `jupyter-book build -W -n --keep-going -q` does, once the event `begin` is set.

    It sets `ready` once all facts are kept.
    """
    kernels.end_with_parent()
    os.register_at_fork(after_in_child=partial(kernels.end_with_parent, forked=True))
    kernels.redirect_output(log)
    os.environ["CHOKEPOINT_RELEASE"] = release
    from jupyter_book.sphinx import build_sphinx

    from chokepoint.analysis import facts
    from chokepoint.site.fact_cache import FactCache

    os.nice(10)  # the notebooks first
    memory.forget_changed()
    kept = FactCache(home / "build", fresh)
    facts.use_precomputed(release, kept.every(release))
    kept.save()
    ready.set()
    if fresh:
        from chokepoint.pages import vega_script

        shutil.rmtree(home / "build" / vega_script.FOLDER, ignore_errors=True)
    _import_extensions(home)
    if multiprocessing.get_start_method(allow_none=True) == "spawn":  # no kernel runs that needs the memory
        import_module("myst_nb.sphinx_ext")  # which Sphinx would ask for
    begin.wait()
    result = build_sphinx(
        stage,
        out / "html",
        doctreedir=out / "doctrees",
        noconfig=True,
        path_config=home / "_config.yml",
        confoverrides=overrides(home),
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=os.cpu_count() or 1,
    )
    raise SystemExit(1 if result else 0)


def _import_extensions(home: Path) -> None:
    """Import what Sphinx loads by name, while notebooks run; what cannot be imported Sphinx says itself."""
    from jupyter_book.config import get_final_config

    with suppress(Exception):
        settings, _ = get_final_config(user_yaml=home / "_config.yml", cli_config=overrides(home))
        for name in (*settings["extensions"], settings["html_theme"]):
            with suppress(Exception):
                import_module(name)


def overrides(home: Path) -> dict:
    """Return what of Sphinx's configuration is not said in _config.yml."""
    return {
        "external_toc_path": (home / "_toc.yml").as_posix(),
        "latex_individualpages": False,
        "numfig": False,  # no figure has a number, and to find that out Sphinx would read every page again
        "nitpicky": True,
    }


def setup(app: Sphinx) -> None:
    """Make Sphinx render again what depends on more than the time of its own file."""
    app.connect("builder-inited", _declare_safe)
    app.connect("builder-inited", _forget_style)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _repeated)


def _declare_safe(app: Sphinx) -> None:
    """Declare two extensions of Jupyter Book safe to read pages in parallel.

    They do not say so themselves, and Sphinx would then read one page at a time.

    One numbers sections in the parent process once all pages are read (there are no numbers here), the other
    is for LaTeX.
    """
    for name in {"sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"} & set(app.extensions):
        app.extensions[name].parallel_read_safe = app.extensions[name].parallel_write_safe = True


def _forget_style(app: Sphinx) -> None:
    """Delete MyST-NB's style sheet of the print before.

    MyST-NB writes it last; Sphinx adds a checksum to its address where it finds one from the print before.
    """
    for path in (Path(app.outdir) / "_static").glob("mystnb.*.css"):
        path.unlink()


def _outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> Iterable[str]:
    """Pages that state a fact which is another now, or list what has changed.

    Those are lists of tables or parameters, where any data or a notebook's code has changed.

    All facts have been worked out, before Sphinx forks the processes that read and write.
    """
    from chokepoint.analysis import facts
    from chokepoint.site import cache, crosslinks, fact_links

    known, stating = facts.evaluate(app.config.cp_release), crosslinks.stating(Path(app.srcdir))
    stated: dict[str, list[str]] = {page: [] for page in env.found_docs}
    for fact_id, pages in stating.items():
        for page in stated.keys() & set(pages):
            stated[page].append(str(known.get(fact_id)))
    # What they say in words no list shows.
    notebooks = {path.name: cache.code_of(path)[0] for path in (tables.home() / "book").glob("*.ipynb")}
    changed = _differs(env, "data", [{name: digests.digest(name) for name in digests.all_reads()}, notebooks])
    words = {
        page: fact_links.markdown(Path(env.doc2path(page))).values() for page in env.found_docs if changed
    }
    listing = [page for page, texts in words.items() if any(map(_LISTS.search, texts))]
    return {*listing, *(page for page, told in stated.items() if _differs(env, f"facts of {page}", told))}


def _repeated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """All pages, where something that each repeats is new; the evidence, where other facts are stated."""
    from chokepoint.pages import horizon
    from chokepoint.site import crosslinks

    stage = Path(app.srcdir)
    restated = _differs(env, "stating", crosslinks.stating(stage))
    titles = {
        page: (title.astext(), env.metadata[page].get("myst_slugs"))
        for page, title in sorted(env.titles.items())
    }
    labels = [env.domaindata["std"]["labels"], env.domaindata["std"]["anonlabels"]]
    linked = {
        word: vars(target) for word, target in crosslinks.words(stage / f"{crosslinks.GLOSSARY}.md").items()
    }
    if _differs(env, "repeated", [titles, labels, linked, horizon.sentence()]):
        return env.found_docs
    return {crosslinks.EVIDENCE} & env.found_docs if restated else []


def _differs(env: BuildEnvironment, name: str, now: object) -> bool:
    """Whether a value is not what it was at the last print; from here on it is what it is now."""
    before, digest = (
        getattr(env, f"chokepoint_{name}", None),
        hashlib.sha256(json.dumps(now, sort_keys=True, default=str).encode()).digest(),
    )
    setattr(env, f"chokepoint_{name}", digest)
    return before != digest
