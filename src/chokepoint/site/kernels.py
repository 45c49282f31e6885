"""Kernels forked from a process that has imported all they need.

So 150 notebooks do not each import it again.

The standard library's fork server holds the imports. Each worker is forked from it, and forks, before it has
a thread or has run a notebook, one more process that waits: that one is forked once more for each kernel.
jupyter_client starts kernels through its own extension point, a provisioner; papermill and nbclient do not
notice. Each kernel is a process with a namespace, an environment, a folder, a session and a random state of
its own. No notebook has been in the process it was forked from. `tests/test_press_kernels.py` compares the
outputs with those of fresh kernels.

Processor time of a mineral's or country's page, kernel and papermill together, measured on eight of them:
fresh kernel 2.9 s, forked kernel 0.9 s, of which its cells 0.6 s; a papermill engine that runs the cells in a
forked process without any kernel 1.2 s. The last saves too little to give up the kernel's own way of showing
results.
"""

import asyncio
import importlib
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from chokepoint.data import memory

FORKED, FRESH = "chokepoint-forked", "local-provisioner"
# Modules that are others than those imported for the kernels, joined by commas.
RELOAD = "CHOKEPOINT_RELOAD"
_log = os.devnull
_forker: Connection | None = None  # where a worker asks for kernels


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


def redirect_output(log: Path | str) -> None:
    """Keep what this process, and the kernels it starts, write out of the terminal."""
    global _log
    _log = str(log)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def prepare_worker(log: Path) -> None:
    """Make this process, forked just now, one that runs notebooks; see the module."""
    global _forker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    redirect_output(log)
    _forker, there = multiprocessing.Pipe()
    if os.fork() == 0:
        _forker.close()
        _fork_on_request(there)
    there.close()
    end_with_parent()


def _fork_on_request(asked: Connection) -> None:
    """Fork a kernel for each request, or say how one, by its id, has ended; until the worker ends.

    A request is (argv, folder, environment, log).
    """
    while True:
        try:
            request = asked.recv()
        except (EOFError, OSError):
            os._exit(0)
        if isinstance(request, int):
            ended, status = os.waitpid(request, os.WNOHANG)
            asked.send(os.waitstatus_to_exitcode(status) if ended else None)
        elif kernel := os.fork():
            asked.send(kernel)
        else:
            asked.close()
            _kernel(*request)


def register_provisioner(name: str | None) -> None:
    """Let jupyter_client start its kernels in this process as FORKED or FRESH ones; by default as it can."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[FORKED] = EntryPoint(
        FORKED, f"{__name__}:Forked", KernelProvisionerFactory.GROUP_NAME
    )
    factory.default_provisioner_name = name or (FORKED if _forker else FRESH)


class Forked(LocalProvisioner):
    """Starts a kernel as a fork."""

    async def launch_kernel(self, cmd: list[str], **how: Any) -> dict:
        """See the base class; `cmd` is `python -m ipykernel_launcher` with its arguments."""
        argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = _Process(argv, how.get("cwd") or str(Path.cwd()), how["env"], _log)
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """See the base class, which looks only ten times a second."""
        while self.process and self.process.poll() is None:
            await asyncio.sleep(0.01)
        return await super().wait()


class _Process:
    """A forked kernel with what jupyter_client asks of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, *request: Any) -> None:
        self.pid, self.returncode = self._ask(request), None

    def _ask(self, request: Any) -> Any:
        _forker.send(request)
        return _forker.recv()

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._ask(self.pid)
        return self.returncode

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.01)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _kernel(argv: list[str], cwd: str, env: dict, log: str) -> None:
    """Do what a fresh `python -m ipykernel_launcher` does, with nothing left to import."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    from chokepoint.site.preloaded import PATH

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    redirect_output(log)
    end_with_parent(forked=True)
    random.seed()
    np.random.seed()
    os.environ.clear()
    os.environ.update(env)
    if changed := os.environ.pop(RELOAD, None):
        forget_package(*changed.split(","))
    os.chdir(cwd)
    memory.forget_changed()
    sys.argv, sys.path[:] = ["ipykernel_launcher", *argv], PATH
    try:
        IPKernelApp.launch_instance([*argv, f"--IPKernelApp.parent_handle={os.getppid()}"])
    finally:
        sys.stdout.flush()
        os._exit(0)


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
