"""Render the pages with Jupyter Book's own configuration and Sphinx: in parallel, only what changed.

Sphinx keeps what it knows of the pages in build/sphinx. It looks at the time of a page's file alone, so four
things are added: a page that states facts is read again when one of them changed, and one with a list (a
directive of the book) when what that reads of the data, or any notebook's code, did; the evidence page is
written again when another page states other facts; all pages are written again when something changed that
each of them repeats, such as a title or heading, a word that is linked, or the day of the newest evidence;
and all are rendered anew when the configuration, the code, a static file or the last rendering itself is not
what it was.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from chokepoint.data import memory, tables
from chokepoint.site import processes

if TYPE_CHECKING:  # a process forked from that of the kernels need not import it before them
    from multiprocessing.synchronize import Event

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from chokepoint.analysis.facts import Fact

READS = "reads"  # in the metadata of a page: what its directives have read of the data
_READ = "chokepoint_read"  # of Sphinx's environment: a digest of each of these as it was


class Job(NamedTuple):
    """What is rendered: the pages of `stage`, at a release, into `out`/html.

    tables: how the data are, a digest by name (see `digests.all_reads`). facts: all of them, where they are
    kept. fresh: every page is rendered anew.
    """

    home: Path
    stage: Path
    out: Path
    release: str
    log: Path
    tables: dict[str, str]
    facts: dict[str, Fact] | None
    fresh: bool


def render(job: Job, begin: Event, ready: Event) -> None:
    """Do what `jupyter-book build -W -n --keep-going -q` does, once the event `begin` is set; never return.

    It sets `ready` once all facts are kept. What it says goes into the job's log.
    """
    os.register_at_fork(after_in_child=partial(processes.end_with_parent, forked=True))
    processes.redirect_output(job.log)
    os.environ["CHOKEPOINT_RELEASE"] = job.release
    from jupyter_book.sphinx import build_sphinx

    from chokepoint.analysis import facts
    from chokepoint.site.fact_cache import FactCache

    os.nice(10)  # the notebooks first
    memory.forget_changed()
    if not (known := job.facts):
        kept = FactCache(job.home / "build", job.fresh, job.tables)
        known = kept.every(job.release)
        kept.save()
    facts.use_precomputed(job.release, known)
    ready.set()
    if job.fresh:
        from chokepoint.pages import vega_script

        shutil.rmtree(job.home / "build" / vega_script.FOLDER, ignore_errors=True)
    import_extensions(job.home)
    gc.freeze()  # or Python looks through it time and again
    begin.wait()
    of_build = {"cp_tables": job.tables} | ({"cp_charts": ""} if job.fresh else {})
    result = build_sphinx(
        job.stage,
        job.out / "html",
        doctreedir=job.out / "doctrees",
        noconfig=True,
        path_config=job.home / "_config.yml",
        confoverrides=overrides(job.home) | of_build,
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=os.cpu_count() or 1,
    )
    gc.freeze()  # or it takes a second to end
    raise SystemExit(1 if result else 0)


def import_extensions(home: Path) -> None:
    """Import what Sphinx loads by name, while notebooks run; what cannot be imported Sphinx says itself."""
    from jupyter_book.config import get_final_config

    with suppress(Exception):
        settings, _ = get_final_config(user_yaml=home / "_config.yml", cli_config=overrides(home))
        for name in (*settings["extensions"], settings["html_theme"]):
            with suppress(Exception):
                import_module(name)


def import_all(home: Path) -> None:
    """Import all that `render` needs; too much memory for a process beside kernels."""
    with suppress(Exception):  # who needs it says so
        import_extensions(home)
        for name in ("jupyter_book.sphinx", "myst_nb.sphinx_ext", "chokepoint.site.fact_cache"):
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
    app.connect("env-updated", _note_reads)
    app.connect("env-updated", _repeated)


def _declare_safe(app: Sphinx) -> None:
    """Declare an extension that numbers sections safe to read pages in parallel (there are no numbers here).

    It does not say so itself, and Sphinx would then read one page at a time.
    """
    numbering = app.extensions["sphinx_multitoc_numbering"]
    numbering.parallel_read_safe = numbering.parallel_write_safe = True


def _forget_style(app: Sphinx) -> None:
    """Delete MyST-NB's style sheet of the print before.

    MyST-NB writes it last; Sphinx adds a checksum to its address where it finds one from the print before.
    """
    for path in (Path(app.outdir) / "_static").glob("mystnb.*.css"):
        path.unlink()


def _outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> Iterable[str]:
    """Pages that state a fact which is another now, or have read what is another now.

    All facts have been worked out, before Sphinx forks the processes that read and write.
    """
    from chokepoint.analysis import facts
    from chokepoint.site import cache, crosslinks

    known, stating = facts.evaluate(app.config.cp_release), crosslinks.stating(Path(app.srcdir))
    stated: dict[str, list[str]] = {page: [] for page in env.found_docs}
    for fact_id, pages in stating.items():
        for page in stated.keys() & set(pages):
            stated[page].append(str(known.get(fact_id)))
    notebooks = {path.name: cache.code_of(path)[0] for path in (tables.home() / "book").glob("*.ipynb")}
    readers = {page: read for page, read in _read(env).items() if page in env.found_docs}
    if not _differs(env, "notebooks", notebooks):  # some list their parameters
        now = _digests(app, {name for read in readers.values() for name in read})
        before = getattr(env, _READ, {})
        changed_reads = {name for name, digest in now.items() if before.get(name) != digest}
        readers = {page: read for page, read in readers.items() if changed_reads & set(read)}
    return {*readers, *(page for page, told in stated.items() if _differs(env, f"facts of {page}", told))}


def _note_reads(app: Sphinx, env: BuildEnvironment) -> None:
    """Note how what the pages have read is now."""
    setattr(env, _READ, _digests(app, {name for read in _read(env).values() for name in read}))


def _read(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return of each page with a directive of the book what that has read of the data."""
    return {page: metadata[READS] for page, metadata in env.metadata.items() if READS in metadata}


def _digests(app: Sphinx, reads: Iterable[str]) -> dict[str, str]:
    """Return a digest for each name of `memory.reads`, and of `facts.evaluate` and `facts.find`."""
    from chokepoint.analysis import facts
    from chokepoint.site import cache

    kept = cache.Cache(tables.home() / "build" / "cache")
    kept.note_state(app.config.cp_tables)
    known = facts.evaluate(app.config.cp_release)
    of_facts = {facts.ALL: repr(sorted(known.items()))} | {
        facts.name_of(fact_id): repr(fact) for fact_id, fact in known.items()
    }
    return {
        name: _sha(of_facts.get(name, "none")) if name.startswith(facts.ALL) else kept.digest(name)
        for name in reads
    }


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
    before = getattr(env, f"chokepoint_{name}", None)
    digest = _sha(json.dumps(now, sort_keys=True, default=str))
    setattr(env, f"chokepoint_{name}", digest)
    return before != digest


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
