"""Print the pages with Jupyter Book's own configuration and Sphinx: in parallel, and again only those that changed.

Sphinx keeps what it knows of the pages in build/sphinx. It looks at the time of a page's file alone, so four things are added:
a page that states facts is read again when one of them changed, and one that lists tables or parameters (a directive in its text)
when any data or notebook did; the evidence page is written again when another page states other facts; all pages are written again when something
changed that each of them repeats, such as a title or heading, a word that is linked, or the day of the newest evidence; and all
are printed anew when the configuration, the code, a static file or the last print itself is not what it was.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chokepoint import tables
from chokepoint.errors import UserError
from chokepoint.publish import kernels

if TYPE_CHECKING:  # a build that finds nothing to do need not import it
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_LISTS = re.compile(r"(?:`{3,}|:{3,})\{[a-z-]+\}|\{(?!fact\})[a-z-]+\}`")  # a directive of MyST, or a role other than that of facts


@contextmanager
def printer(home: Path, stage: Path, printed: Path, release: str) -> Iterator[Callable[[str, bool], None]]:
    """A process of its own, which works out all facts while notebooks run; call what is yielded to let it print.

    Then it prints `stage` into `printed`. UserError lists its warnings: each is an error here. The call takes a digest of all
    that every page depends on; another one than the last time, or True after it, prints all pages anew.
    """
    out, log = printed.with_name("sphinx"), printed.with_name("print.log")
    out.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    forks = kernels.loaded()
    begin = forks.Event()
    process = forks.Process(target=_print, args=(home, stage, out, release, log, begin))
    process.start()
    try:
        yield partial(_let_print, process, begin, home, stage, printed)
    finally:
        process.kill()
        process.join()


def _let_print(process, begin, home: Path, stage: Path, printed: Path, key: str, fresh: bool) -> None:
    """See `printer`."""
    out, log = printed.with_name("sphinx"), printed.with_name("print.log")
    whole = out / "whole"  # the key of a print that went through, and nothing while one is under way
    if fresh or not whole.is_file() or whole.read_text() != key:
        shutil.rmtree(out, ignore_errors=True)
    whole.unlink(missing_ok=True)
    begin.set()
    process.join()
    if process.exitcode:
        if shutil.disk_usage(out.parent).free < 2**20:  # then the log may be empty
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in log.read_text(encoding="utf-8").splitlines()]
        faults = [line.replace(f"{stage}/", "book/") for line in lines if re.search(r"WARNING|ERROR|Error:", line)]
        raise UserError("Printing the pages failed:\n" + "\n".join((faults or lines)[-20:]) + f"\nAll of it: {log.relative_to(home)}")
    whole.write_text(key)
    shutil.copytree(out / "html", printed, ignore=shutil.ignore_patterns(".buildinfo", "_sources"))
    _forget_words(printed / "searchindex.js")


def _print(home: Path, stage: Path, out: Path, release: str, log: Path, begin) -> None:
    """What `jupyter-book build -W -n --keep-going -q` does, once the event `begin` is set."""
    kernels.die_with_parent()
    os.register_at_fork(after_in_child=_die_with_parent)
    kernels.say_into(log)
    os.environ["CHOKEPOINT_RELEASE"] = release
    from jupyter_book.sphinx import build_sphinx

    from chokepoint import facts

    os.nice(10)  # the notebooks first
    facts.evaluate(release)
    begin.wait()
    result = build_sphinx(
        stage,
        out / "html",
        doctreedir=out / "doctrees",
        noconfig=True,
        path_config=home / "_config.yml",
        confoverrides={"external_toc_path": (home / "_toc.yml").as_posix(), "latex_individualpages": False, "nitpicky": True},
        warningiserror=True,
        keep_going=True,
        quiet=True,
        jobs=os.cpu_count() or 1,
    )
    raise SystemExit(1 if result else 0)


def _forget_words(index: Path) -> None:
    """Take the words that no page has any more out of the search's index, where Sphinx leaves them with no page."""
    before, between, after = re.fullmatch(r"(.*?\()(.*)(\).*?)", index.read_text(encoding="utf-8"), re.S).groups()
    known = json.loads(between)
    kept = known | {part: {word: pages for word, pages in known[part].items() if pages != []} for part in ("terms", "titleterms")}
    if kept != known:
        index.write_text(before + json.dumps(kept, sort_keys=True) + after, encoding="utf-8")


def _die_with_parent() -> None:
    """In a process that Sphinx forked: end when the one that prints has ended, and its folder is another build's."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def setup(app: Sphinx) -> None:
    """Make Sphinx print again what depends on more than the time of its own file."""
    app.connect("builder-inited", _declare_safe)
    app.connect("builder-inited", _forget_style)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-updated", _repeated)


def _declare_safe(app: Sphinx) -> None:
    """Two extensions of Jupyter Book do not say that pages may be read in parallel, and Sphinx would then read one at a time.

    One numbers sections in the parent process once all pages are read (there are no numbers here), the other is for LaTeX.
    """
    for name in {"sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"} & set(app.extensions):
        app.extensions[name].parallel_read_safe = app.extensions[name].parallel_write_safe = True


def _forget_style(app: Sphinx) -> None:
    """MyST-NB writes its style sheet last; Sphinx adds a checksum to its address where it finds one from the print before."""
    for path in (Path(app.outdir) / "_static").glob("mystnb.*.css"):
        path.unlink()


def _outdated(app: Sphinx, env: BuildEnvironment, added: set, changed: set, removed: set) -> Iterable[str]:
    """Pages that state a fact which is another now, or list tables or parameters where any data or notebook has changed.

    All facts have been worked out, before Sphinx forks the processes that read and write.
    """
    from chokepoint import facts
    from chokepoint.publish import crosslinks

    known, stating = facts.evaluate(app.config.cp_release), crosslinks.stating(Path(app.srcdir))
    stated: dict[str, list[str]] = {page: [] for page in env.found_docs}
    for fact_id, pages in stating.items():
        for page in stated.keys() & set(pages):
            stated[page].append(str(known.get(fact_id)))
    notebooks = {path.name: path.read_text(encoding="utf-8") for path in (tables.home() / "book").glob("*.ipynb")}
    changed = _differs(env, "data", [{name: tables.digest(name) for name in tables.all_reads()}, notebooks])
    listing = [page for page in env.found_docs if changed and _LISTS.search(_markdown_of(Path(env.doc2path(page))))]
    return {*listing, *(page for page, told in stated.items() if _differs(env, f"facts of {page}", told))}


def _markdown_of(source: Path) -> str:
    """The Markdown of a page: of a notebook, its Markdown cells."""
    text = source.read_text(encoding="utf-8")
    if source.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")


def _repeated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """All pages, where something that each repeats is new; the evidence, where other facts are stated."""
    from chokepoint.prose import horizon
    from chokepoint.publish import crosslinks

    stage = Path(app.srcdir)
    restated = _differs(env, "stating", crosslinks.stating(stage))
    titles = {page: (title.astext(), env.metadata[page].get("myst_slugs")) for page, title in sorted(env.titles.items())}
    labels = [env.domaindata["std"]["labels"], env.domaindata["std"]["anonlabels"]]
    linked = {word: vars(target) for word, target in crosslinks.words(stage / f"{crosslinks.GLOSSARY}.md").items()}
    if _differs(env, "repeated", [titles, labels, linked, horizon.sentence()]):
        return env.found_docs
    return {crosslinks.EVIDENCE} & env.found_docs if restated else []


def _differs(env: BuildEnvironment, name: str, now) -> bool:
    """Whether a value is not what it was at the last print; from here on it is what it is now."""
    before, digest = (
        getattr(env, f"chokepoint_{name}", None),
        hashlib.sha256(json.dumps(now, sort_keys=True, default=str).encode()).digest(),
    )
    setattr(env, f"chokepoint_{name}", digest)
    return before != digest
