"""The processes of a build: forked from one that has imported all they need, ended with their parent."""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from multiprocessing import forkserver
from pathlib import Path

from chokepoint.data import memory

log = os.devnull  # where this process, and those that it starts, write what is not for the terminal


def forkserver_context(precompute: bool = False) -> multiprocessing.context.BaseContext:
    """How to start processes as forks of the one with the imports.

    That one itself starts with the first of them. precompute: it computes all that is
    remembered first, which counts where it has not started yet.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["chokepoint.site.preloaded"])
    terminal, silence = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(
        silence, 2
    )  # a process that is ended before it has begun complains here; others complain elsewhere
    if precompute:
        os.environ[memory.PRECOMPUTE] = "1"
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop(memory.PRECOMPUTE, None)
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(silence)
    return context


def end_with_parent(forked: bool = False) -> None:
    """End this process when the one that asked for it has ended, however that comes about.

    forked: by `os.fork`, and not by multiprocessing, whose fork server lives as long as any process it
    forked.
    """
    parent = os.getppid()

    def watch() -> None:
        while forked and os.getppid() == parent:
            time.sleep(0.2)
        if not forked:
            multiprocessing.parent_process().join()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def redirect_output(path: Path | str) -> None:
    """Keep what this process, and the kernels it starts, write out of the terminal."""
    global log
    log = str(path)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def forget_package(*parts: str) -> None:
    """Let these modules and packages be imported anew in this process, from the files as they are now."""
    sys.dont_write_bytecode = True  # two saves within a second may look alike to it
    for name in list(sys.modules):
        if any(name == part or name.startswith(f"{part}.") for part in parts):
            del sys.modules[name]
            package, _, last = name.rpartition(".")
            # or `from package import module` would take it from there
            if package in sys.modules:
                vars(sys.modules[package]).pop(last, None)
    importlib.invalidate_caches()
