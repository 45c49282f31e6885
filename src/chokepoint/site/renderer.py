"""The process that renders the pages, as whoever builds sees it: started, told what to render, waited for.

It imports nothing heavy, so that the process can be started before anything else is imported; see `render`
for what is done in it.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chokepoint.errors import UserError

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Event

    from chokepoint.analysis.facts import Fact
    from chokepoint.site.render import Job


@dataclass
class Worker:
    """A process that renders one job: it is put into `job`, and begins once `begin` is set.

    ready: set by the process once it has kept all facts (see `fact_cache`).
    """

    process: BaseProcess
    job: Queue[Job]
    begin: Event
    ready: Event


@contextmanager
def worker(home: Path, forks: BaseContext | None = None) -> Iterator[Worker]:
    """Start a process for one job, which ends with this context.

    forks: how it is started. Without, it is a process of its own, which imports what it needs at once.
    """
    context = forks or multiprocessing.get_context("spawn")
    job, begin, ready = context.Queue(), context.Event(), context.Event()
    process = context.Process(target=_work, args=(home, job, begin, ready, forks is None))
    process.start()
    try:
        yield Worker(process, job, begin, ready)
    finally:
        process.kill()
        process.join()
        job.cancel_join_thread()  # nobody waits for what it sends


def _work(home: Path, job: Queue[Job], begin: Event, ready: Event, at_once: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    from chokepoint.site import processes, render

    processes.end_with_parent()
    processes.redirect_output(os.devnull)
    if at_once:
        render.import_all(home)
    render.render(job.get(), begin, ready)


@dataclass
class Renderer:
    """Renders the pages of `stage` into `rendered`, in a process that works out all facts meanwhile."""

    worker: Worker
    home: Path
    stage: Path
    rendered: Path
    release: str
    tables: dict[str, str]
    facts: dict[str, Fact] | None
    fresh: bool = False

    def __post_init__(self) -> None:
        from chokepoint.site.render import Job

        out = self._whole.parent
        out.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_text("", encoding="utf-8")
        where = self.home, self.stage, out, self.release, self._log
        self.worker.job.put(Job(*where, self.tables, self.facts, self.fresh))

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
        self.worker.begin.set()
        self.key = key
        return kept

    def wait_for_facts(self) -> bool:
        """Wait until it has kept all facts (see `fact_cache`); False where it ended without."""
        while not self.worker.ready.wait(0.1):
            if not self.worker.process.is_alive():
                return False
        return True

    def wait(self) -> None:
        """Wait until all is rendered. UserError lists its warnings: each is an error here."""
        self.worker.process.join()
        out = self._whole.parent
        if self.worker.process.exitcode:
            self._explain(out)
        self._whole.write_text(self.key)
        unwanted = shutil.ignore_patterns(".buildinfo", "_sources")
        shutil.copytree(out / "html", self.rendered, ignore=unwanted, dirs_exist_ok=True)

    @property
    def _whole(self) -> Path:
        """The file with the key of a rendering that went through; there is none while one is under way."""
        return self.rendered.with_name("sphinx") / "whole"

    @property
    def _log(self) -> Path:
        return self.rendered.with_name("render.log")

    def _explain(self, out: Path) -> None:
        if shutil.disk_usage(out.parent).free < 2**20:  # then the log may be empty
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))
        text = self._log.read_text(encoding="utf-8")
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
        faults = [
            line.replace(f"{self.stage}/", "book/")
            for line in lines
            if re.search(r"WARNING|ERROR|Error:", line)
        ]
        raise UserError(
            "Rendering the pages failed:\n"
            + "\n".join((faults or lines)[-20:])
            + f"\nAll of it: {self._log.relative_to(self.home)}"
        )
