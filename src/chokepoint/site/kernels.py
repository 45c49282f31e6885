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
import multiprocessing
import os
import random
import signal
import sys
import time
from importlib.metadata import EntryPoint
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from chokepoint.data import memory, tables
from chokepoint.site import processes

FORKED, FRESH = "chokepoint-forked", "local-provisioner"
# Modules that are others than those imported for the kernels, joined by commas.
RELOAD = "CHOKEPOINT_RELOAD"
_forker: Connection | None = None  # where a worker asks for kernels


def prepare_worker(log: Path) -> None:
    """Make this process, forked just now, one that runs notebooks; see the module."""
    global _forker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
    processes.redirect_output(log)
    _forker, there = multiprocessing.Pipe()
    if os.fork() == 0:
        _forker.close()
        _fork_on_request(there)
    there.close()
    processes.end_with_parent()


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
        self.process = _Process(argv, how.get("cwd") or str(Path.cwd()), how["env"], processes.log)
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

    from chokepoint.site import preloaded
    from chokepoint.site.kept_results import ResultStore

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes.redirect_output(log)
    processes.end_with_parent(forked=True)
    random.seed()
    np.random.seed()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    memory.forget_changed()
    if changed := os.environ.pop(RELOAD, None):
        processes.forget_package(*changed.split(","))
    else:
        memory.keep_results_in(ResultStore(tables.home() / "build", preloaded.CODE))
    sys.argv, sys.path[:] = ["ipykernel_launcher", *argv], preloaded.PATH
    try:
        IPKernelApp.launch_instance([*argv, f"--IPKernelApp.parent_handle={os.getppid()}"])
    finally:
        sys.stdout.flush()
        os._exit(0)
